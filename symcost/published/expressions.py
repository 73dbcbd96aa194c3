"""The right sides of a `config hf`: expressions over the keys of a file, worked out with plain values.

`key or b` is `b` where the key is null or left out; between conditions `or` is what it is elsewhere. What is null can
be compared with `null`, and handed on; nothing is worked out with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor

from symcost.diagnostics import Span
from symcost.errors import DivisionByZero, UnknownModule, ValueTooLarge, WrongKind
from symcost.published.keys import Keys, Table, Unsaid
from symcost.syntax import ast

Number = int | Fraction

MOST_ITEMS = 10_000
"""Items of a list that is made."""

LARGEST_EXPONENT = 64
LARGEST_NUMBER = 1000
"""Bits."""


def value(expr: ast.Expr, keys: Keys, names: Mapping[str, object] | None = None) -> object:
    """What an expression says of a file: a number, a word, a truth, a list, a table, or None for null.

    Raises Unsaid, WrongKind and the faults of arithmetic.
    """
    return _Reader(keys, names or {}).value(expr)


def holds(expr: ast.Expr, keys: Keys) -> bool:
    """Whether a condition is met. Raises Unsaid, WrongKind and the faults of arithmetic."""
    return _Reader(keys, {}).truth(expr)


class _Reader:
    """Evaluates expressions; `names` are those that a list binds."""

    def __init__(self, keys: Keys, names: Mapping[str, object]) -> None:
        self.keys = keys
        self.names = names

    def value(self, expr: ast.Expr) -> object:
        match expr:
            case ast.Name():
                return self._named(expr)
            case ast.Number(value=number):
                return _whole_where_it_is(number)
            case ast.String() | ast.Bool():
                return expr.value
            case ast.Member() | ast.Subscript():
                return self._inside(expr)
            case ast.List(items=items):
                return list(map(self.value, items))
            case ast.Chosen():
                return self.value(expr.then if self.truth(expr.condition) else expr.otherwise)
            case ast.Listed():
                return list(self._made(expr))
        return self._worked_out(expr)

    def _worked_out(self, expr: ast.Expr) -> object:
        """The same of what has operands."""
        match expr:
            case ast.Unary(op="not"):
                return not self.truth(expr.operand)
            case ast.Unary():
                return -self.number(expr.operand)
            case ast.Binary():
                return self._of_two(expr)
            case ast.Call():
                return self._called(expr)
        raise WrongKind("something that can be read from a published file", f"`{expr.span.text}`", expr.span)

    def _of_two(self, expr: ast.Binary) -> object:
        """The same of what has two operands."""
        if expr.op in ("or", "and"):
            return self._joined(expr)
        if expr.op in COMPARISONS:
            return self._compared(expr)
        return self._arithmetic(expr)

    # Values of one kind ---------------------------------------------------------------------------

    def known(self, expr: ast.Expr) -> object:
        """A value that is not null. Raises Unsaid."""
        found = self.value(expr)
        if found is None:
            raise Unsaid(path_of(expr, self.keys), null=True)
        return found

    def number(self, expr: ast.Expr) -> Number:
        """Raises WrongKind, Unsaid."""
        return as_number(self.known(expr), expr.span)

    def whole(self, expr: ast.Expr) -> int:
        """Raises WrongKind, Unsaid."""
        found = Fraction(self.number(expr))
        if found.denominator != 1:
            raise WrongKind("a whole number", described(found), expr.span)
        return found.numerator

    def truth(self, expr: ast.Expr) -> bool:
        """A condition; `key or …` is none: it would be read as what holds for lack of the key.

        Raises WrongKind, Unsaid.
        """
        if isinstance(expr, ast.Binary) and expr.op == "or" and _is_key(expr.left):
            wanted = f"a condition on each side of `or`, such as `{expr.left.span.text} == true`"
            raise WrongKind(wanted, f"`{expr.left.span.text}`", expr.left.span)
        found = self.known(expr)
        if isinstance(found, bool):
            return found
        raise WrongKind("`true` or `false`", described(found), expr.span)

    def listed(self, expr: ast.Expr) -> list[object]:
        """Raises WrongKind, Unsaid."""
        found = self.known(expr)
        if isinstance(found, list):
            return found
        raise WrongKind("a list", described(found), expr.span)

    # Keys -----------------------------------------------------------------------------------------

    def _named(self, name: ast.Name) -> object:
        if name.text == "null":
            return None
        if name.text in self.names:
            return self.names[name.text]
        return self.keys.value(self.keys.root, name.text)

    def _inside(self, expr: ast.Member | ast.Subscript) -> object:
        """An entry of a table, an item or a stretch of a list. Raises WrongKind, Unsaid."""
        base = self.known(expr.base)
        if isinstance(expr, ast.Subscript):
            return self._subscript(expr, base)
        if isinstance(base, Table):
            return self.keys.value(base, expr.name.text)
        raise WrongKind("a table", described(base), expr.base.span)

    def _subscript(self, expr: ast.Subscript, base: object) -> object:
        if len(expr.items) != 1:
            raise WrongKind("the number of one item", f"`{expr.span.text}`", expr.span)

        place = expr.items[0]
        if isinstance(place, ast.Slice):
            return self._stretch(_as_list(base, expr.base), place)
        if isinstance(base, Table):
            key = self.known(place)
            if isinstance(key, str):
                return self.keys.value(base, key)
        return self._item(_as_list(base, expr.base), place)

    def _stretch(self, items: list[object], place: ast.Slice) -> list[object]:
        start, stop = (None if end is None else self.whole(end) for end in (place.start, place.stop))
        return items[start:stop]

    def _item(self, items: list[object], place: ast.Expr) -> object:
        number = self.whole(place)
        if not -len(items) <= number < len(items):
            raise WrongKind(f"the number of an item: there are {len(items)}", str(number), place.span)
        return items[number]

    def _made(self, expr: ast.Listed) -> Iterator[object]:
        """The items of a list that is worked out. Raises ValueTooLarge."""
        first, last = 0, expr.over
        if isinstance(expr.over, ast.Range):
            first, last = self.whole(expr.over.start), expr.over.stop
        over: Sequence[object]
        found = self.known(last)
        over = found if isinstance(found, list) else range(first, self.whole(last))
        if len(over) > MOST_ITEMS:
            raise ValueTooLarge(f"a list has at most {MOST_ITEMS} items", expr.span)
        for item in over:
            yield _Reader(self.keys, {**self.names, expr.name.text: item}).value(expr.item)

    # Operators ------------------------------------------------------------------------------------

    def _joined(self, expr: ast.Binary) -> object:
        """`and`, `or` between conditions; else the first value that is said."""
        if expr.op == "and":
            return self.truth(expr.left) and self.truth(expr.right)
        if _is_condition(expr.left):
            return self.truth(expr.left) or self.truth(expr.right)
        first = self._or_null(expr.left)
        return self.value(expr.right) if first is None else first

    def _compared(self, expr: ast.Binary) -> bool:
        """Values of two kinds are never equal; only numbers are less or more. Raises Unsaid, WrongKind."""
        if expr.op in ("==", "!="):
            same = self._same(expr.left, expr.right)
            return same == (expr.op == "==")
        left, right = self.number(expr.left), self.number(expr.right)
        return COMPARISONS[expr.op](left, right)

    def _same(self, left: ast.Expr, right: ast.Expr) -> bool:
        if is_null(left) or is_null(right):
            return self._or_null(left) is None and self._or_null(right) is None
        return same(self.value(left), self.value(right))

    def _or_null(self, expr: ast.Expr) -> object:
        """What nobody says is null, where it is compared with null or something stands in for it."""
        try:
            return self.value(expr)
        except Unsaid:
            return None

    def _arithmetic(self, expr: ast.Binary) -> object:
        """Each side once: twice on every level would be without end. Raises what `_worked_out` raises."""
        left, right = self.known(expr.left), self.known(expr.right)
        if isinstance(left, list):
            return _lists(expr, left, right)

        a, b = as_number(left, expr.left.span), as_number(right, expr.right.span)
        if expr.op not in ARITHMETIC:
            raise WrongKind("arithmetic", f"`{expr.op}`", expr.span)
        if expr.op in ("/", "//", "%") and b == 0:
            raise DivisionByZero(expr.right.span)
        if expr.op == "^":
            _check_exponent(b, expr.right.span)
        return bounded(ARITHMETIC[expr.op](a, b), expr.span)

    def _called(self, call: ast.Call) -> object:
        """Raises UnknownModule, WrongKind and the faults of the arguments."""
        name = call.function.text
        if name not in FUNCTIONS:
            raise UnknownModule(name, call.function.span, FUNCTIONS)
        if call.keywords:
            raise WrongKind(f"values in `{name}(…)`", f"`{call.keywords[0].span.text}`", call.keywords[0].span)
        return FUNCTIONS[name](self, call)


def _check_exponent(exponent: Number, span: Span) -> None:
    """Raises WrongKind for one that is no small whole number."""
    if not isinstance(exponent, int) or not 0 <= exponent <= LARGEST_EXPONENT:
        raise WrongKind(f"an exponent from 0 to {LARGEST_EXPONENT}", described(exponent), span)


def _lists(expr: ast.Binary, left: list[object], right: object) -> list[object]:
    """`a + b` one behind the other, `a*n` n times. Raises WrongKind, ValueTooLarge."""
    if expr.op == "+":
        if not isinstance(right, list):
            raise WrongKind("a list", described(right), expr.right.span)
        return _short(left + right, expr.span)
    if expr.op != "*":
        raise WrongKind("a number", described(left), expr.left.span)

    times = as_number(right, expr.right.span)
    if not isinstance(times, int):
        raise WrongKind("a whole number", described(times), expr.right.span)
    if times * len(left) > MOST_ITEMS:
        raise ValueTooLarge(f"a list has at most {MOST_ITEMS} items", expr.span)
    return left * times


def _short(items: list[object], span: Span) -> list[object]:
    """Raises ValueTooLarge."""
    if len(items) > MOST_ITEMS:
        raise ValueTooLarge(f"a list has at most {MOST_ITEMS} items", span)
    return items


def as_number(found: object, span: Span) -> Number:
    """Raises WrongKind."""
    if isinstance(found, int | Fraction) and not isinstance(found, bool):
        return found
    raise WrongKind("a number", described(found), span)


# What can be called -------------------------------------------------------------------------------


def _arguments(call: ast.Call, least: int, most: int | None) -> tuple[ast.Expr, ...]:
    count = len(call.args)
    if count < least or (most is not None and count > most):
        wanted = f"{least} value{'s' if least != 1 else ''}" if least == most else f"at least {least} values"
        raise WrongKind(f"{wanted} in `{call.function.text}(…)`", str(count), call.span)
    return call.args


def _len(reader: _Reader, call: ast.Call) -> int:
    (of,) = _arguments(call, 1, 1)
    found = reader.known(of)
    if isinstance(found, list | Table):
        return len(found)
    raise WrongKind("a list", described(found), of.span)


def _sum(reader: _Reader, call: ast.Call) -> Number:
    (of,) = _arguments(call, 1, 1)
    return bounded(sum(_numbers(reader, of)), call.span)


def _product(reader: _Reader, call: ast.Call) -> Number:
    (of,) = _arguments(call, 1, 1)
    found: Number = 1
    for number in _numbers(reader, of):
        found = bounded(_whole_where_it_is(found * number), call.span)
    return found


def _numbers(reader: _Reader, of: ast.Expr) -> list[Number]:
    """The items of a list of numbers. Raises WrongKind."""
    found: list[Number] = []
    for item in reader.listed(of):
        if not isinstance(item, int | Fraction) or isinstance(item, bool):
            raise WrongKind("a list of numbers", f"{described(item)} in it", of.span)
        found.append(item)
    return found


def _count(reader: _Reader, call: ast.Call) -> int:
    of, wanted = _arguments(call, 2, 2)
    item = reader.value(wanted)
    return sum(same(one, item) for one in reader.listed(of))


def _one_of(reader: _Reader, call: ast.Call) -> bool:
    of, *others = _arguments(call, 2, None)
    found = reader.value(of)
    return any(same(found, reader.value(other)) for other in others)


def _letters(reader: _Reader, call: ast.Call) -> list[str]:
    """The letters of a word, one by one. Raises WrongKind."""
    (of,) = _arguments(call, 1, 1)
    found = reader.known(of)
    if isinstance(found, str):
        return list(found)
    raise WrongKind("a word", described(found), of.span)


def _each(reader: _Reader, call: ast.Call) -> list[object]:
    """A list as it is, and n times what is none. Raises WrongKind, ValueTooLarge."""
    of, times = _arguments(call, 2, 2)
    found = reader.known(of)
    if isinstance(found, list):
        return found
    count = reader.whole(times)
    if count > MOST_ITEMS:
        raise ValueTooLarge(f"a list has at most {MOST_ITEMS} items", call.span)
    return [found] * count


def _by_layer(reader: _Reader, call: ast.Call) -> list[object]:
    """A list with what a table says of some of its items: `{"5": {"head_dim": 512}}` of the sixth.

    `by_layer(per_layer_config, "head_dim", widths, "num_key_value_heads")`: behind the list stand the keys that others
    read; any further one is refused. Raises WrongKind.
    """
    of, key, items, *others = _arguments(call, 3, None)
    table, name = reader.known(of), reader.known(key)
    found = list(reader.listed(items))
    read = {name, *map(reader.known, others)}
    if not isinstance(table, Table):
        raise WrongKind("a table", described(table), of.span)
    for number, said in table.entries.items():
        place = _place_in(number, len(found))
        if place is None:
            raise WrongKind(f"the numbers of {len(found)} layers", f"`{number}`", of.span)
        if not isinstance(said, dict) or not set(said) <= read:
            raise WrongKind(f"tables that say {' or '.join(sorted(map(str, read)))}", f"another of `{number}`", of.span)
        found[place] = said.get(name, found[place])
    return found


def _place_in(number: str, count: int) -> int | None:
    """A key such as `"5"` as a place in a list of so many; None for any other text."""
    is_number = number.isascii() and number.isdecimal() and len(number) < 6
    place = int(number) if is_number else count
    return place if place < count else None


def _rounded(function: Callable[[Number], int]) -> Callable[[_Reader, ast.Call], object]:
    def rounded(reader: _Reader, call: ast.Call) -> int:
        (of,) = _arguments(call, 1, 1)
        return function(reader.number(of))

    return rounded


def _extreme(function: Callable[[Sequence[Number]], Number]) -> Callable[[_Reader, ast.Call], object]:
    def extreme(reader: _Reader, call: ast.Call) -> Number:
        args = _arguments(call, 1, None)
        numbers = _numbers(reader, args[0]) if len(args) == 1 else [reader.number(one) for one in args]
        if not numbers:
            raise WrongKind("a list of numbers", "an empty one", call.span)
        return function(numbers)

    return extreme


FUNCTIONS: Mapping[str, Callable[[_Reader, ast.Call], object]] = {
    "len": _len,
    "sum": _sum,
    "product": _product,
    "count": _count,
    "one_of": _one_of,
    "letters": _letters,
    "each": _each,
    "by_layer": _by_layer,
    "ceil": _rounded(ceil),
    "floor": _rounded(floor),
    "min": _extreme(min),
    "max": _extreme(max),
}
"""`count(layer_types, "full_attention")`: how many items are so; `one_of(hidden_act, "silu", "swish")`: a condition;
`letters(hybrid_override_pattern)`: what a word says letter by letter; `each(attention_window, num_hidden_layers)`: a
list as it is, or one value for all; `by_layer(per_layer_config, "head_dim", widths)`: a list with what a table says of
some layers."""


def _quotient(a: Number, b: Number) -> Number:
    return _whole_where_it_is(Fraction(a) / b)


def _whole_where_it_is(number: Number) -> Number:
    return number.numerator if number.denominator == 1 else number


ARITHMETIC: Mapping[str, Callable[[Number, Number], Number]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: _whole_where_it_is(a * b),
    "/": _quotient,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
    "^": lambda a, b: _whole_where_it_is(Fraction(a) ** int(b)),
}

COMPARISONS: Mapping[str, Callable[[Number, Number], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def bounded(number: Number, span: Span) -> Number:
    """Raises ValueTooLarge."""
    if number.numerator.bit_length() + number.denominator.bit_length() > LARGEST_NUMBER:
        raise ValueTooLarge(f"a number has at most {LARGEST_NUMBER} bits", span)
    return number


def same(left: object, right: object) -> bool:
    """Whether two values are the same; `1` and `true` are not."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return left == right


# What is said of expressions ----------------------------------------------------------------------


def is_null(expr: ast.Expr) -> bool:
    """Whether it is the word `null`."""
    return isinstance(expr, ast.Name) and expr.text == "null"


def _is_key(expr: ast.Expr) -> bool:
    """`a`, `a.b`, `a[0]`"""
    while isinstance(expr, ast.Member | ast.Subscript):
        expr = expr.base
    return isinstance(expr, ast.Name)


def _is_condition(expr: ast.Expr) -> bool:
    """Whether it can be nothing but true or false."""
    if isinstance(expr, ast.Unary):
        return expr.op == "not"
    if isinstance(expr, ast.Call):
        return expr.function.text == "one_of"
    return isinstance(expr, ast.Binary) and (expr.op == "and" or expr.op in COMPARISONS or _joins_conditions(expr))


def _joins_conditions(expr: ast.Binary) -> bool:
    return expr.op == "or" and _is_condition(expr.left)


def _as_list(found: object, expr: ast.Expr) -> list[object]:
    """Raises WrongKind for anything else."""
    if not isinstance(found, list):
        raise WrongKind("a list", described(found), expr.span)
    return found


def path_of(expr: ast.Expr, keys: Keys) -> tuple[str, ...]:
    """The key that an expression reads first, where it is one."""
    if isinstance(expr, ast.Name):
        kind = keys.root.type
        return (expr.text if kind is None else kind.canonical(expr.text),)
    if isinstance(expr, ast.Member):
        return (*path_of(expr.base, keys), expr.name.text)
    return (expr.span.text,)


def described(found: object) -> str:
    """What a value is, in the reader's words."""
    match found:
        case None:
            return "null"
        case bool():
            return f"`{str(found).lower()}`"
        case int():
            return f"the number `{found}`"
        case Fraction():
            return f"the number `{float(found):g}`"
        case str():
            return f'the text "{found}"'
        case list():
            return "a list"
    return "a table"
