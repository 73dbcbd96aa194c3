"""Values for the names of a signature: which are allowed, and whether they keep what is assumed of them."""

from __future__ import annotations

import numbers
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from math import isfinite
from typing import Any, TypeGuard

from symcost.diagnostics import Source, Span
from symcost.errors import (
    BadValue,
    DivisionByZero,
    MissingValue,
    SymcostError,
    UnknownDimension,
    ValueTooLarge,
    ViolatedAssumption,
    WrongKind,
    gathered,
)
from symcost.formula import Form, Symbol, TooLarge, Unset, symbol as dimension
from symcost.formula.assumed import Said
from symcost.formula.numbers import exact_of
from symcost.graph import constants, evaluate
from symcost.graph.files import Unit
from symcost.graph.names import names_of, names_read
from symcost.graph.values import ListValue, Value, described
from symcost.once import once_each
from symcost.ops.rounds import of_all_rounds
from symcost.ops.sizes import Fact, Sizes
from symcost.records import dataclass
from symcost.syntax import ast
from symcost.syntax.parse import parse, parse_expression

LONGEST_EXPRESSION = 400
"""Characters of a text that stands for a size."""

LARGEST_SIZE = 1000
"""Bits of a size; a longer number is refused."""

MOST_CASES = 10_000
"""Rounds of a loop for which an assumption about its counter is checked one by one; of longer ones both ends."""


Plain = int | Fraction | bool | str
"""A value of a static, or an item of one that is a list."""

Given = Mapping[str, Plain | Form | tuple[Plain, ...]]
"""The values that were given to names of a signature; a form is a size over other dimensions, as in `I = H`."""


def is_number(value: object) -> TypeGuard[int]:
    """Whether a value is an integer; in Python, truth values are integers too."""
    return isinstance(value, int) and not isinstance(value, bool)


@contextmanager
def bounded(values: Mapping[str, int]) -> Iterator[None]:
    """What algebra cannot do with these numbers as a fault.

    Raises ValueTooLarge for numbers that are too long, DivisionByZero.
    """
    try:
        yield
    except TooLarge as big:
        raise ValueTooLarge(str(big)) from None
    except ZeroDivisionError:
        raise DivisionByZero(None, values) from None


def demand_numbers(symbols: Iterable[SymbolInfo], values: Mapping[str, int]) -> None:
    """Raises MissingValue for each dimension without a number."""
    missing = [info for info in symbols if info.name not in values]
    if missing:
        raise gathered([MissingValue(info.name, info.span, values) for info in missing])


def evaluated(form: Form, values: Mapping[str, int], ports: Mapping[str, Port]) -> int | Fraction:
    """The exact value of a form.

    Raises MissingValue, ValueTooLarge, DivisionByZero.
    """
    try:
        with bounded(values):
            value = form.evaluate(values)
    except Unset as unset:
        name = unset.symbol.name
        raise MissingValue(name, ports[name].span if name in ports else None, values) from None
    return value if isinstance(value, int) or value.denominator != 1 else int(value)


# What a signature allows ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Port:
    """A name of a signature that can have a value: a static of its own, or a dimension in the shape of a tensor."""

    name: str
    span: Span
    declared: ast.Port
    in_shapes: bool = False
    """Whether it stands in the shape of a result or a parameter, too: then it is a size and no word."""

    @property
    def static(self) -> bool:
        """Whether it stands by itself in the signature and not in a shape."""
        return self.declared.shape is None

    @property
    def defaulted(self) -> bool:
        """Whether the signature has a value for it."""
        return self.static and self.declared.default is not None

    def stays_open(self, value: object) -> bool:
        """Whether the graph is the same whatever the number: a static with a default is read on the way."""
        return is_number(value) and not self.defaulted

    def stands_for_size(self, value: object) -> bool:
        """Whether it is a dimension under this value (None: not given): a default has to be one by being replaced."""
        if self.listed or isinstance(value, bool | str | Form):
            return False
        return is_number(value) or not self.defaulted

    @property
    def listed(self) -> bool:
        """Whether it is a list of words or numbers."""
        return self.declared.listed or isinstance(self.declared.default, ast.List)

    def checked(self, value: object, given: Span | None = None) -> Plain | tuple[Plain, ...]:
        """A value that suits: a positive integer, also as a text such as `2^20`, or what a static may be besides.

        Integers of NumPy, pandas and SymPy are integers, and so is a whole float: `128.0` is 128.

        Raises BadValue.
        """
        if self.listed:
            return self._list(value, given)
        value = self._read(value)
        if self._may_be_word and isinstance(value, bool | str):
            return value

        exact = _exact(value)
        if self._takes(exact):
            return exact

        lacks_default = isinstance(exact, Fraction) and self._lacks_default
        raise BadValue(self.name, exact, self.span, given, zero=self._may_be_zero, lacks_default=lacks_default)

    @property
    def _may_be_word(self) -> bool:
        """Whether a word or a truth can be its value: where it is the size of nothing."""
        return self.static and not self.in_shapes

    @property
    def _lacks_default(self) -> bool:
        """Whether a fraction would do, were it declared with one."""
        return self.static and not self.defaulted

    def _read(self, value: object) -> object:
        """The number in a text where words are none: on the command line everything is a text."""
        if isinstance(value, str) and not self.takes_words:
            return number_in(value)
        return value

    def _list(self, value: object, given: Span | None) -> tuple[Plain, ...]:
        """A list of words and numbers, of which none is a size by itself; as a text with commas. Raises BadValue."""
        items = _listed(value)
        if items is None:
            raise BadValue(self.name, value, self.span, given, listed=True)
        found: list[Plain] = []
        for item in items:
            exact = _exact(item)
            if not isinstance(exact, int | Fraction | bool | str):
                raise BadValue(self.name, value, self.span, given, listed=True)
            found.append(exact)
        return tuple(found)

    def _takes(self, exact: object) -> TypeGuard[int | Fraction]:
        """Whether a number suits: a size, and a rate or 0 where the default is one."""
        if isinstance(exact, Fraction):
            return self._is_rate
        return _is_size(exact) or (exact == 0 and self._may_be_zero)

    @property
    def takes_words(self) -> bool:
        """Whether its default is a text or a name: a text that looks like a number may be meant as one too."""
        return self.defaulted and self._usual is None

    @property
    def _may_be_zero(self) -> bool:
        """Whether 0 is what it is without a value, as a padding: then it can be given, too."""
        return self._usual == 0

    @property
    def _is_rate(self) -> bool:
        """Whether it may be a fraction, as that of a dropout: its default is a number."""
        return self._usual is not None

    @property
    def _usual(self) -> Fraction | None:
        """The number that its default is, also as `1/2`; None for a word, a size over others, and what is negative."""
        default = self.declared.default
        if not self.static or not isinstance(default, ast.Number | ast.Binary):
            return None
        try:
            usual = constants.number(default, {})
        except (SymcostError, TooLarge):
            return None
        return usual if usual >= 0 else None

    def read(self, value: Value, given: Span) -> Plain | tuple[Plain, ...]:
        """A value of a file as Python has it. Raises WrongKind, BadValue."""
        if isinstance(value, ListValue) and self.listed:
            return self.checked([_plain(item, place) for item, place in value.items], given)
        if isinstance(value, Form):
            return self.checked(value.source() if value.number is None else value.number, given)
        if not isinstance(value, bool | str):
            raise WrongKind("a number, a text, `true` or `false`", described(value), given)
        return self.checked(value, given)

    def published(self, value: object, given: Span) -> Plain | tuple[Plain, ...]:
        """A value of a published file: words and truths only where the signature has such, a number as it stands.

        Raises BadValue.
        """
        if self.listed:
            return self.checked(value, given)
        default = self.declared.default
        if isinstance(value, bool | str):
            as_declared = {bool: ast.Bool, str: ast.String | ast.Name}
            if not isinstance(default, as_declared[type(value)]):
                raise BadValue(self.name, value, self.span, given, quoted=True)
            return value
        if isinstance(default, ast.Bool | ast.String):
            raise BadValue(self.name, value, self.span, given)
        return self.checked(value, given)

    @property
    def wanted(self) -> str:
        """What it takes, in words."""
        if self.listed:
            return "a list"
        match self.declared.default:
            case ast.Bool():
                return "`true` or `false`"
            case ast.String():
                return "a text"
        return self._wanted_number

    @property
    def _wanted_number(self) -> str:
        """Which numbers it takes, in words."""
        if not self._is_rate or _is_size(self._usual):
            return "a whole number from 1 on"
        return "a whole number from 0 on" if self._may_be_zero else "a number"


def _plain(value: Value, span: Span) -> Plain:
    """An item of a list. Raises WrongKind."""
    if isinstance(value, Form) and value.number is not None:
        exact = value.number
        return exact.numerator if exact.denominator == 1 else exact
    if isinstance(value, bool | str):
        return value
    raise WrongKind("a number, a text, `true` or `false`", described(value), span)


def _listed(value: object) -> Sequence[object] | None:
    """The items of a list; a number alone is a list of one, a text has its numbers and words between commas."""
    if isinstance(value, str):
        return [number_in(part.strip()) for part in value.split(",")]
    if isinstance(value, int | Fraction):
        return [value]
    return value if isinstance(value, list | tuple) else None


def number_in(text: str) -> int | Fraction | str:
    """The number that a text stands for, such as `448`, `1e6` or `3*2^20`; the text itself where it is none.

    Names are no numbers, nor is what is too large to write out.
    """
    form = form_in(text)
    if form is None or form.number is None:
        return text
    number = form.number
    return number.numerator if number.denominator == 1 else number


def form_in(text: str) -> Form | None:
    """What a text says of dimensions, such as `H`, `4*D` or `2^20`; its names are dimensions. None for other words."""
    if not text.strip() or len(text) > LONGEST_EXPRESSION:
        return None
    try:
        tree = parse_expression(Source("", text))
        names = {name.text: dimension(name.text) for name in names_read(tree)}
        return evaluate.number(tree, _nothing_defined(), names)
    except (SymcostError, TooLarge, ZeroDivisionError):
        return None


@once_each
def _nothing_defined() -> Unit:
    """A file in which nothing stands."""
    return Unit(parse(Source("", "")))


def checked(values: Mapping[str, object], ports: Mapping[str, Port], model: str) -> Given:
    """Values that suit the names of a signature.

    Raises UnknownDimension, BadValue.
    """
    for name in values:
        if name not in ports:
            raise UnknownDimension(name, model, ports)
    return {name: _checked(value, ports[name], ports) for name, value in values.items()}


def _checked(value: object, port: Port, ports: Mapping[str, Port]) -> Plain | Form | tuple[Plain, ...]:
    """A value that suits, or a size over other dimensions of the model. Raises BadValue."""
    form = _form_given(value, port)
    if form is not None and _is_over(form, ports):
        return form

    # A number given as a form is checked as a number; all else, a text among it, as it was given.
    if isinstance(value, Form) and value.number is not None:
        return port.checked(value.number)
    return port.checked(value)


def _is_over(form: Form, ports: Mapping[str, Port]) -> bool:
    """Whether it is over dimensions of the model, and no number."""
    return form.number is None and all(one.name in ports for one in form.free_symbols)


def _form_given(value: object, port: Port) -> Form | None:
    """A size, given as such or as a text where words are none; None for anything else."""
    if isinstance(value, Form):
        return value
    if isinstance(value, str) and not port.takes_words and not port.listed:
        return form_in(value)
    return None


def resolved(given: Given, ports: Mapping[str, Port]) -> Given:
    """The same values, sizes over dimensions that have one themselves written over the others: `I = H, H = 4*D`.

    Raises BadValue where a dimension would stand for itself.
    """
    forms = {dimension(name): value for name, value in given.items() if isinstance(value, Form)}
    found = dict(given)
    for name, value in given.items():
        if not isinstance(value, Form):
            continue

        form = _written_over(value, forms)
        stands_for_itself = not forms.keys().isdisjoint(form.free_symbols)
        if stands_for_itself:
            raise BadValue(name, value, ports[name].span)
        found[name] = form
    return found


def _written_over(form: Form, forms: Mapping[Symbol, Form]) -> Form:
    """With what others stand for put in, as often as there are any: a longer chain meets one of them twice."""
    for _ in forms:
        form = form.substitute(forms)
    return form


def ports_of(definition: ast.Definition) -> dict[str, Port]:
    """Every name of a signature that can have a value, as it stands there first.

    A dimension of an input that has a default further on (`x: [T, D], D = 512`) is that port.
    """
    defaults = _defaults(definition)
    sizes = set(_in_shapes(definition))
    found: dict[str, Port] = {}
    for port in definition.ports:
        for name in _names_in(port):
            declared = defaults.get(name.text, port)
            found.setdefault(name.text, Port(name.text, name.span, declared, name.text in sizes))
    return found


def _defaults(definition: ast.Definition) -> dict[str, ast.Port]:
    """The statics of a signature that have a default, by their names."""
    statics = [port for port in definition.ports if port.shape is None]
    return {port.name.text: port for port in statics if port.default is not None}


def _names_in(port: ast.Port) -> Sequence[ast.Name]:
    """What can have a value: a static itself, of a tensor the names in its shape."""
    return [port.name] if port.shape is None else names_of(port.shape)


def _in_shapes(definition: ast.Definition) -> Iterator[str]:
    """The names in the shapes of the results and of the parameters of a definition itself."""
    params = [statement for statement in definition.body if isinstance(statement, ast.Param)]
    shapes = [*definition.returns, *(entry.shape for param in params for entry in param.entries)]
    for shape in shapes:
        for name in names_of(shape):
            yield name.text


def _is_size(value: object) -> TypeGuard[int]:
    return is_number(value) and value >= 1 and value.bit_length() <= LARGEST_SIZE


def _exact(value: object) -> object:
    """A number without rounding, of whatever type (see `exact_of`); what is infinite, or no number, as its text."""
    number = exact_of(value)
    if number is not None:
        return number
    if isinstance(value, numbers.Real) and not isinstance(value, bool):
        return Fraction(float(value)) if isfinite(value) else str(value)
    return value


@dataclass(frozen=True, slots=True)
class SymbolInfo:
    """A dimension of a model: its name, what it means, how it is set in LaTeX, and where it is declared."""

    name: str
    words: str
    latex: str | None
    span: Span

    def __repr__(self) -> str:
        return f"<{self.name}: {self.words}>" if self.words else f"<{self.name}>"


def dimensions(ports: Iterable[Port], given: Given, declared: Mapping[str, ast.Dim]) -> Iterator[SymbolInfo]:
    """The names that stand for sizes, with what the file declares of them.

    A name with a default stands for a size only where a number was given for it.
    """
    for port in ports:
        if not port.stands_for_size(given.get(port.name)):
            continue
        dim = declared.get(port.name)
        if dim is None:
            yield SymbolInfo(port.name, "", None, port.span)
        else:
            yield SymbolInfo(port.name, dim.words or "", dim.latex, port.span)


# What is assumed of them ---------------------------------------------------------------------------


def keeps(values: Mapping[str, int], fact: Fact) -> bool:
    """Whether numbers keep an assumption, for every round of the loops it speaks of; true while some are open."""
    return _keeps(values, {}, fact)


def _keeps(values: Mapping[str, int], rounds: Mapping[Symbol, int], fact: Fact) -> bool:
    """The same with some counters of loops fixed to one round."""
    known: dict[Any, int] = {**values, **rounds}
    free = _free(fact, known)
    if not free:
        return fact.holds(_own_numbers(fact, known))

    # A dimension that is open may still get a number that suits.
    if not all(map(_counts_rounds, free)):
        return True

    counter = free[0]
    cases = ({**rounds, counter: case} for case in _rounds(counter, known))
    return all(_keeps(values, case, fact) for case in cases)


def _own_numbers(fact: Fact, known: Mapping[Any, int]) -> dict[Any, int]:
    """The numbers that a fact speaks of: of a hundred two, and `holds` looks through all that it is given."""
    spoken_of = _symbols(fact)
    own = {one: known[one] for one in spoken_of if one in known}
    named = {one.name: known[one.name] for one in spoken_of if one.name in known}
    return {**named, **own}


def _free(fact: Fact, known: Mapping[Any, int]) -> list[Symbol]:
    """The dimensions and counters that have no number yet."""
    return [symbol for symbol in _symbols(fact) if symbol not in known and symbol.name not in known]


def _symbols(fact: Said) -> list[Symbol]:
    """The dimensions and counters in an assumption."""
    return [symbol for form in fact.forms for symbol in form.free_symbols]


def _counts_rounds(symbol: Symbol) -> bool:
    """Whether a symbol is the counter of a loop and no dimension."""
    return bool(symbol.uid)


def _rounds(counter: Symbol, known: Mapping[Any, int]) -> Iterable[int]:
    """The rounds of a loop; none while it is open how many there are.

    Of very many the first and the last: an approximation, or a check would take as long as the loop.
    """
    try:
        low = int(counter.low.evaluate(known))
        high = 0 if counter.high is None else int(counter.high.evaluate(known))
    except Unset:
        return ()
    if high - low > MOST_CASES:
        return low, high - 1
    return range(low, high)


def check(values: Mapping[str, int], sizes: Sizes) -> None:
    """Raises ViolatedAssumption for the first assumption that the numbers do not keep."""
    for fact in sizes.assumptions:
        if not keeps(values, fact):
            raise ViolatedAssumption(of_all_rounds(fact), sizes.origin.get(fact), _relevant(values, fact))


def is_settled(fact: Said, values: Mapping[str, int]) -> bool:
    """Whether an assumption is about dimensions that have numbers, all of them: then `check` has looked at it."""
    spoken_of = _symbols(fact)
    return bool(spoken_of) and all(one.name in values and not _counts_rounds(one) for one in spoken_of)


def _relevant(values: Mapping[str, int], fact: Fact) -> dict[str, int]:
    """The numbers an assumption speaks of, be it in the bounds of a loop."""
    spoken_of: set[Symbol] = set()
    for symbol in _symbols(fact):
        spoken_of.add(symbol)
        if _counts_rounds(symbol):
            spoken_of |= _bounds(symbol)
    names = {symbol.name for symbol in spoken_of}
    return {name: value for name, value in values.items() if name in names}


def _bounds(counter: Symbol) -> set[Symbol]:
    """The dimensions that say where the rounds begin and end."""
    below = set(counter.low.free_symbols)
    return below if counter.high is None else below | set(counter.high.free_symbols)
