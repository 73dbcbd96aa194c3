"""Pointwise operations: one table says what each costs per element, and NumPy's rule says over which shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import partial
from types import MappingProxyType
from typing import Literal

from symcost.cost import Cost, cost, total
from symcost.errors import ShapeMismatch
from symcost.formula import Assumptions, Form, num
from symcost.once import once
from symcost.ops.base import Applied, Operand, Primitive, Shape, Site, changed, product
from symcost.ops.gradient import Gradient, Work, summed
from symcost.ops.memory import (
    Kind,
    Memory,
    always,
    at_once,
    each_input_once,
    no_box,
    no_cache,
    no_copy,
    nowhere,
    own_room,
)
from symcost.ops.reads import broadcast as broadcast_reads
from symcost.ops.sizes import Sizes
from symcost.ops.use import Use, Value
from symcost.records import dataclass

ONE = num(1)


@dataclass(frozen=True, slots=True)
class Derivative:
    """What the gradient of one operand costs per element, from the gradient g of the result y.

    `needs`: what else it is worked out from, a letter each: operands a, b, c and the result y.
    """

    counts: Mapping[str, int]
    meaning: str
    needs: str


@dataclass(frozen=True)
class Pointwise:
    """One row of the table: what an operation costs per element, where that comes from, and its derivatives.

    There is one for each operand; None where no gradient goes through. `beside`: so many can run beside others.
    `condition`: the first operand is one, true or false. `makes`: what the results are.
    """

    name: str
    counts: Mapping[str, int]
    meaning: str
    derivatives: tuple[Derivative | None, ...]
    beside: int = 0
    condition: bool = False
    makes: Literal["numbers", "masks"] = "numbers"

    @property
    def operands(self) -> int:
        """How many operands it takes."""
        return len(self.derivatives)

    @property
    def in_turn(self) -> int:
        """How many operations must follow one another."""
        return sum(self.counts.values()) - self.beside

    @once
    def record(self) -> Primitive:
        """The row as a primitive."""
        return Primitive(
            name=self.name,
            apply=self._apply,
            reads=broadcast_reads,
            gradient=gradient(lambda use: self.derivatives),
            memory=Memory(
                view=own_room,
                makes=self.makes,
                takes=self._takes,
                moves=each_input_once,
                on_the_way=at_once,
                box=no_box,
                lies=nowhere,
                copies=no_copy,
                caches=no_cache,
                made_if=always,
            ),
            steps=self._steps,
        )

    def _apply(self, site: Site, *operands: Operand) -> Applied:
        shape = broadcast(self.name, operands, site)
        return Applied((shape,), per_element(self.counts, shape), given={"fixed": fixed(*operands)})

    def _takes(self, use: Use, place: int) -> Kind:
        """The first operand may be a condition; it is none of the inputs where it is a number."""
        return "masks" if self.condition and place == 0 and not use.given["fixed"][0] else "numbers"

    def _steps(self, use: Use, assumptions: Assumptions) -> Form:
        return num(self.in_turn)


def d(meaning: str, needs: str = "", **counts: int) -> Derivative:
    """A derivative: its formula, the letters that it needs, and what it costs."""
    return Derivative(MappingProxyType(counts), meaning, needs)


POINTWISE: dict[str, Pointwise] = {}
"""The table: every pointwise operation, by its sign or name."""

NAMED: dict[str, Pointwise] = {}
"""Those that are called by name."""


def row(
    name: str,
    meaning: str,
    *derivatives: Derivative | None,
    beside: int = 0,
    condition: bool = False,
    makes: Literal["numbers", "masks"] = "numbers",
    by_name: bool = True,
    **counts: int,
) -> Pointwise:
    """Add a row to the table. `by_name`: it can be called by that. Raises ValueError where the name is taken."""
    if name in POINTWISE:
        raise ValueError(f"there is a pointwise operation `{name}` already")
    made = Pointwise(name, MappingProxyType(counts), meaning, derivatives, beside, condition, makes)
    POINTWISE[name] = made
    if by_name:
        NAMED[name] = made
    changed()
    return made


def without_row(name: str) -> None:
    """Take a row out of the table; models that are built already keep it."""
    del POINTWISE[name]
    NAMED.pop(name, None)
    changed()


_sign = partial(row, by_name=False)

# Arithmetic: one operation each (IEEE 754-2019, section 5.4.1). Derivatives by the rules of differentiation
# (Griewank & Walther, Evaluating Derivatives, 2008, table 2.3), written as they are worked out: every sign
# and product is an operation, y is at hand, nothing is shared between operands.
_sign("+", "x + y", d("g"), d("g"), add=1)
_sign("-", "x - y", d("g"), d("-g", add=1), add=1)
_sign("*", "x y", d("g y", "b", mul=1), d("g x", "a", mul=1), mul=1)
_sign("/", "z = x / y", d("g / y", "b", div=1), d("-(g / y) z", "by", div=1, mul=1, add=1), div=1)
_sign("negate", "-x, as 0 - x", d("-g", add=1), add=1)
# Comparison and selection (IEEE 754-2019, sections 5.11 and 9.6).
for _comparison in ("==", "!=", "<", "<=", ">", ">="):
    _sign(_comparison, f"x {_comparison} y", None, None, makes="masks", cmp=1)
row("max", "the larger of x and y", d("g or 0", "ab", cmp=1), d("g or 0", "ab", cmp=1), cmp=1)
row("min", "the smaller of x and y", d("g or 0", "ab", cmp=1), d("g or 0", "ab", cmp=1), cmp=1)
row(
    "where",
    "y where x holds, else z",
    None,
    d("g or 0", "a", cmp=1),
    d("g or 0", "a", cmp=1),
    condition=True,
    cmp=1,
)
row("abs", "max(x, -x); the sign costs nothing", d("g or -g", "a", cmp=1), cmp=1)
# Elementary functions (IEEE 754-2019, section 9.2): each one call, of class exp.
row("exp", "y = exp x", d("g y", "y", mul=1), exp=1)
row("log", "log x", d("g / x", "a", div=1), exp=1)
row("tanh", "y = tanh x", d("g (1 - y y)", "y", mul=2, add=1), exp=1)
row("erf", "erf x", d("g (2 / sqrt(pi) exp(-(x x)))", "a", mul=3, add=1, exp=1), exp=1)
row("sin", "sin x", d("g cos x", "a", mul=1, exp=1), exp=1)
row("cos", "cos x", d("-(g sin x)", "a", mul=1, exp=1, add=1), exp=1)
row("sqrt", "y = square root (IEEE 754-2019, section 5.4.1)", d("g / (2 y)", "y", mul=1, div=1), sqrt=1)
row("rsqrt", "y = 1 / sqrt(x) (IEEE 754-2019, section 9.2)", d("g (-1/2 y y y)", "y", mul=4), sqrt=1, div=1)
# Activations, by the formula of their paper.
row(
    "sigmoid",
    "y = 1 / (1 + exp(-x)), one call of class exp as in hardware tables",
    d("g (y (1 - y))", "y", mul=2, add=1),
    exp=1,
)
row("relu", "max(x, 0) (Nair & Hinton 2010)", d("g or 0", "y", cmp=1), cmp=1)
row("leaky_relu", "x where x > 0, else a x (Maas et al. 2013)", d("g or a g", "a", cmp=1, mul=1), cmp=1, mul=1)
row(
    "elu",
    "x where x > 0, else exp(x) - 1 (Clevert et al. 2016)",
    d("g, or g exp x", "a", cmp=1, exp=1, mul=1),
    cmp=1,
    exp=1,
    add=1,
)
row(
    "gelu",
    "x / 2 * (1 + erf(x / sqrt(2))) (Hendrycks & Gimpel 2016)",
    d("g (1/2 (1 + erf(x / sqrt(2))) + x (1 / sqrt(2 pi) exp(-1/2 (x x))))", "a", exp=2, mul=7, add=2),
    exp=1,
    mul=3,
    add=1,
    beside=1,  # x / 2
)
row(
    "silu",
    "x sigmoid(x) (Elfwing et al. 2018)",
    d("g (s (1 + x (1 - s))), s = sigmoid x", "a", exp=1, mul=3, add=2),
    exp=1,
    mul=1,
)
row("softplus", "log(1 + exp(x)) (Dugas et al. 2001)", d("g sigmoid x", "a", exp=1, mul=1), exp=2, add=1)
row(
    "softsign",
    "y = x / (1 + |x|) (Turian, Bergstra & Bengio 2009)",
    d("g ((1 - |y|) (1 - |y|)), as 1 - |y| = 1 / (1 + |x|)", "y", cmp=1, add=1, mul=2),
    cmp=1,
    add=1,
    div=1,
)


def pointwise(name: str, operands: Sequence[Operand], site: Site) -> Applied:
    """A row of the table over broadcast shapes.

    Shape   operands broadcast as in NumPy
    Counts  the row's counts for each element of the result
    Source  the row; for broadcasting NumPy's user guide, "Broadcasting"
    """
    return POINTWISE[name].record(site, *operands)


def broadcast(name: str, operands: Sequence[Operand], site: Site) -> Shape:
    """The common shape of operands whose axes agree or are 1, aligned at the last.

    Raises ShapeMismatch.
    """
    shape = operands[0].shape
    widest = operands[0]
    for operand in operands[1:]:
        other = operand.shape
        rank = max(len(shape), len(other))
        left, right = ((ONE,) * (rank - len(s)) + s for s in (shape, other))
        axes = []
        for a, b in zip(left, right, strict=True):
            size = _common(a, b, site)
            if size is None:
                verdict = site.sizes.compare(a, b)
                raise ShapeMismatch(name, (shape, widest.span), (other, operand.span), a, b, verdict)
            axes.append(size)
        shape = tuple(axes)
    return shape


def _common(a: Form, b: Form, site: Site) -> Form | None:
    """The size of an axis of two operands; None where they do not agree."""
    if a is b or b is ONE or b == 1:
        return a
    if a == 1:
        return b
    return a if site.sizes.compare(a, b).kind == "equal" else None


def fixed(*operands: Operand) -> tuple[bool, ...]:
    """Which operands are numbers that are known when the network is written."""
    return tuple(operand.fixed for operand in operands)


def per_element(counts: Mapping[str, int], shape: Shape) -> Cost:
    """So many operations of each class at every element of a shape."""
    size = product(shape)
    return cost({name: num(count) * size for name, count in counts.items()})


# The way back -------------------------------------------------------------------------------------


def gradient(derivatives: Callable[[Use], Sequence[Derivative | None]]) -> Gradient:
    """The gradient of a pointwise operation, from the derivatives of one use, one for each operand."""

    def of_inputs(use: Use) -> list[Derivative | None]:
        """Operands that are numbers are no inputs and have none."""
        known = zip(derivatives(use), use.given["fixed"], strict=True)
        return [derivative for derivative, number in known if not number]

    def through(use: Use) -> tuple[int, ...]:
        return tuple(place for place, derivative in enumerate(of_inputs(use)) if derivative is not None)

    def work(use: Use, sizes: Sizes) -> Iterator[Work]:
        for place, derivative in enumerate(of_inputs(use)):
            if derivative is not None:
                yield Work((place,), _handed_on(use, use.inputs[place], derivative, sizes))

    def needs(use: Use, wanted: Set[int]) -> Iterator[Value]:
        values = _by_letter(use)
        for place, derivative in enumerate(of_inputs(use)):
            if derivative is not None and place in wanted:
                yield from (values[letter] for letter in derivative.needs if letter in values)

    return Gradient(through=through, work=work, needs=needs, in_place=False)


def _handed_on(use: Use, operand: Value, derivative: Derivative, sizes: Sizes) -> Cost:
    """The derivative at each element of the result, summed where the operand was broadcast."""
    shape = use.outputs[0].shape
    copies = product(_stretched(shape, operand.shape))
    sums = product(shape) if operand.parameter else summed(operand.size, copies, sizes)
    return total([per_element(derivative.counts, shape), cost({"add": sums})])


def _stretched(shape: Shape, own: Shape) -> list[Form]:
    """The axes of a result along which an operand is repeated: it lacks them, or has them with one entry."""
    lacks = len(shape) - len(own)
    ones = [size for size, mine in zip(shape[lacks:], own, strict=True) if mine == 1 != size]
    return [*shape[:lacks], *ones]


def _by_letter(use: Use) -> dict[str, Value]:
    """The operands that are tensors, as a, b and c, and the result as y."""
    inputs = iter(use.inputs)
    values = {letter: next(inputs) for letter, number in zip("abc", use.given["fixed"], strict=False) if not number}
    return {**values, "y": use.outputs[0]}
