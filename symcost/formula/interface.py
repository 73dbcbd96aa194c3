"""Form: what every expression can do. What it takes algebra to answer is asked of the rooms above, by one hook."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeAlias

from symcost.formula.keys import Key, intern
from symcost.formula.numbers import Rational, TooLarge
from symcost.formula.standing import alone

if TYPE_CHECKING:
    from symcost.formula.form import Result, Symbol, Visitor
    from symcost.formula.poly import Poly

Operand: TypeAlias = "Form | int | Fraction"

MAX_DEPTH = 120
"""Deeper nesting is refused: Python stops at 1 000 calls within one another, and a walk takes up to six a level."""
MAX_SIZE = 1_000_000
"""More nodes (shared ones counted each time) are refused: a walk visits each, and beyond that takes minutes."""


class Unset(KeyError):
    """A symbol had no value."""

    def __init__(self, symbol: Symbol) -> None:
        super().__init__(symbol.name)
        self.symbol = symbol

    def __reduce__(self) -> tuple[Any, ...]:
        return Unset, (self.symbol,)


class Above(NamedTuple):
    """What a form asks of the rooms above this one."""

    add: Callable[[Operand, Operand], Form]
    mul: Callable[[Operand, Operand], Form]
    div: Callable[[Operand, Operand], Form]
    floor_div: Callable[[Operand, Operand], Form]
    mod: Callable[[Operand, Operand], Form]
    power: Callable[[Operand, Operand], Form]
    canonical: Callable[[Form], Poly]
    substitute: Callable[[Form, Mapping[Symbol, Operand]], Form]
    evaluate: Callable[[Form, Mapping[Any, int]], Rational]
    text: Callable[[Form], str]
    source: Callable[[Form], str]
    sympy: Callable[[Form], Any]
    factored: Callable[[Form], Any]
    collected: Callable[[Form], Any]
    expanded: Callable[[Form], Any]


above: Above


def reach_up(rooms: Above) -> None:
    """Hang the rooms above in the hook; `symcost.formula` does so once, and whoever imports a room imports that."""
    global above
    above = rooms


class Form:
    """An exact expression over dimensions. `==` is equality for all values, by canonical polynomials."""

    __slots__ = ("_free", "_key", "_poly", "depth", "size")
    __array_ufunc__ = None  # a number of NumPy leaves arithmetic to the form beside it

    made_of: ClassVar[tuple[str, ...]]
    """What its maker takes, by name."""
    children: tuple[Form, ...]
    depth: int
    size: int
    _key: Key | None
    _poly: Poly | None
    _free: tuple[Symbol, ...] | None

    def _measure(self, children: Iterable[Form]) -> None:
        """Set depth and size from those of the children.

        Raises TooLarge, so that no walk over a form can exhaust the stack.
        """
        # A loop and no `max` or `sum`: this runs for every node that is made.
        depth, size = 0, 1
        for child in children:
            size += child.size
            if child.depth > depth:
                depth = child.depth
        if depth >= MAX_DEPTH or size > MAX_SIZE:
            raise TooLarge("an expression that is nested too deeply")
        self.depth, self.size = depth + 1, size
        self._key = self._poly = self._free = None

    # Identity ----------------------------------------------------------------------------------

    @property
    def key(self) -> Key:
        """Equal for forms that differ only in the order of terms, factors and arguments."""
        if self._key is None:
            self._key = intern(self._parts())
        return self._key

    def _parts(self) -> Hashable:
        raise NotImplementedError

    @property
    def term(self) -> tuple[Rational, Key]:
        """The numeric coefficient, and the key of the rest."""
        return 1, self.key

    @property
    def poly(self) -> Poly:
        """The canonical polynomial, computed once."""
        known = self._poly
        if known is not None:
            return known
        poly, settled = alone(partial(above.canonical, self))
        if settled:
            self._poly = poly
        return poly

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Form):
            return self is other or self.key == other.key or self.poly == other.poly
        if isinstance(other, (int, Fraction)):
            return self.poly.number == other
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self.poly)

    def __reduce__(self) -> tuple[Any, ...]:
        """By what it is, and nothing of what this process has worked out or numbered."""
        return type(self), tuple(getattr(self, part) for part in self.made_of)

    def __copy__(self) -> Form:
        return self

    def __deepcopy__(self, memo: object) -> Form:
        return self

    def __bool__(self) -> bool:
        raise TypeError("a formula is neither true nor false; compare it")

    # Arithmetic --------------------------------------------------------------------------------

    def __add__(self, other: Operand) -> Form:
        return above.add(self, other)

    def __radd__(self, other: Operand) -> Form:
        return above.add(other, self)

    def __sub__(self, other: Operand) -> Form:
        return above.add(self, above.mul(-1, other))

    def __rsub__(self, other: Operand) -> Form:
        return above.add(other, -self)

    def __mul__(self, other: Operand) -> Form:
        return above.mul(self, other)

    def __rmul__(self, other: Operand) -> Form:
        return above.mul(other, self)

    def __truediv__(self, other: Operand) -> Form:
        return above.div(self, other)

    def __rtruediv__(self, other: Operand) -> Form:
        return above.div(other, self)

    def __floordiv__(self, other: Operand) -> Form:
        return above.floor_div(self, other)

    def __rfloordiv__(self, other: Operand) -> Form:
        return above.floor_div(other, self)

    def __mod__(self, other: Operand) -> Form:
        return above.mod(self, other)

    def __rmod__(self, other: Operand) -> Form:
        return above.mod(other, self)

    def __pow__(self, other: Operand) -> Form:
        return above.power(self, other)

    def __rpow__(self, other: Operand) -> Form:
        return above.power(other, self)

    def __neg__(self) -> Form:
        return above.mul(-1, self)

    def __pos__(self) -> Form:
        return self

    # Questions ---------------------------------------------------------------------------------

    def accept(self, visitor: Visitor[Result]) -> Result:
        """The visitor's answer for this kind of form."""
        raise NotImplementedError

    @property
    def free_symbols(self) -> tuple[Symbol, ...]:
        """The symbols whose values are needed, in the order of their first appearance."""
        free = self._free
        if free is None:
            symbols: dict[Key, Symbol] = {}
            self._collect_symbols(symbols, set())
            free = self._free = tuple(symbols.values())
        return free

    def _collect_symbols(self, symbols: dict[Key, Symbol], visited: set[int]) -> None:
        """Add the free symbols by key; `visited` are the ids of nodes that have been walked over."""
        for child in self.children:
            if id(child) not in visited:
                visited.add(id(child))
                child._collect_symbols(symbols, visited)

    @property
    def number(self) -> Rational | None:
        """The value, if the form is the same number for all values of its symbols."""
        return self.poly.number

    def substitute(self, mapping: Mapping[Symbol, Operand]) -> Form:
        """The form with symbols replaced, all at once."""
        return above.substitute(self, mapping)

    def evaluate(self, values: Mapping[Any, int]) -> Rational:
        """The exact value under values by symbol or by name.

        Only logarithms and roots that are irrational are approximated, to more than 64 binary places.
        Raises `Unset` for a symbol without a value, `TooLarge` beyond the bounds, `ZeroDivisionError`.
        """
        return above.evaluate(self, values)

    def expand(self) -> Form:
        """The sum of products in the order of first appearance: `T - K + 1 + K - 1` is `T`."""
        return self.poly.form

    # Writing -----------------------------------------------------------------------------------

    def __str__(self) -> str:
        return above.text(self)

    def __repr__(self) -> str:
        return f"<{self}>"

    def source(self) -> str:
        """The form as `.arch` source: `2*H`."""
        return above.source(self)

    # SymPy, imported when one of these is asked for ---------------------------------------------

    @property
    def expr(self) -> Any:
        """The SymPy expression."""
        return above.sympy(self)

    def factored(self) -> Any:
        """SymPy's factored expression; `to_text` writes it."""
        return above.factored(self)

    def collected(self) -> Any:
        """SymPy's expression collected by the symbols; `to_text` writes it."""
        return above.collected(self)

    def expanded(self) -> Any:
        """SymPy's expanded expression; `to_text` writes it."""
        return above.expanded(self)
