"""Expressions as documents: how tightly each binds, where brackets are needed, where a line may break."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from symcost.syntax import ast
from symcost.syntax.layout import LINE, SOFT, Align, Doc, Group, Join, Nest, filled, join, render, separated

CHOICE = -1
PIPE, OR, AND, NOT, COMPARISON, SUM, PRODUCT, UNARY, POWER, ATOM = range(10)
"""How tightly an expression binds, loosest first: the ladder of the grammar."""

_LEVELS = {"or": OR, "and": AND, "+": SUM, "-": SUM, "^": POWER}
_LEVELS |= dict.fromkeys("* / // % @".split(), PRODUCT)
_LEVELS |= dict.fromkeys("== != < <= > >=".split(), COMPARISON)

_BINDING: dict[type[ast.Expr], int] = {ast.Chosen: CHOICE, ast.Pipe: PIPE, ast.Window: UNARY}
"""What is no operator; the rest needs no brackets anywhere."""

LONGEST_PLAIN = 12
"""Digits before a number is written with an exponent, if that is shorter."""


def expression(node: ast.Expr, level: int = PIPE, *, tight: bool = False) -> Doc:
    """The document of an expression where the grammar wants one that binds at least as tightly as `level`.

    tight: the products are of sizes, and stand without blanks: `4*D`, but `x * w`.
    """
    doc = _document(node, tight)
    return join("(", Align(doc), ")") if _binds(node) < level else doc


def shape(node: ast.List) -> Doc:
    """`[T, 4*D]`"""
    return join("[", Align(filled([expression(item, SUM, tight=True) for item in node.items])), "]")


def keyword(node: ast.Keyword) -> Doc:
    """`axis = -1`"""
    return join(node.name.text, " = ", expression(node.value, tight=True))


def number(value: Fraction) -> str:
    """An exact decimal: the shorter of `4090000000` and `4.09e9`. Raises ValueError where there is none."""
    digits, exponent = _decimal(value)
    plain = _pointed(digits, exponent)
    if len(plain) <= LONGEST_PLAIN or not digits:
        return plain
    return min(plain, _scientific(str(digits), exponent), key=len)


def _decimal(value: Fraction) -> tuple[int, int]:
    """A number as digits times a power of ten: the digits, and the exponent, which is at most 0."""
    exponent = 0
    while value.denominator != 1:
        value, exponent = value * 10, exponent - 1
        if exponent < -9999:
            raise ValueError("no decimal says this number exactly")
    return value.numerator, exponent


def _pointed(digits: int, exponent: int) -> str:
    """`0.125` of 125 and -3."""
    plain = str(digits).rjust(1 - exponent, "0")
    return plain if exponent == 0 else f"{plain[:exponent]}.{plain[exponent:]}"


def _scientific(digits: str, exponent: int) -> str:
    """`4.09e9` of 4090000000 and 0."""
    mantissa = digits.rstrip("0")
    pointed = mantissa if len(mantissa) == 1 else f"{mantissa[0]}.{mantissa[1:]}"
    # The point stands behind the first digit: every digit behind it counts one.
    return f"{pointed}e{exponent + len(digits) - 1}"


def choice(node: ast.Expr) -> Doc:
    """Where `a if c else b` may stand without brackets."""
    return _chosen(node, True) if isinstance(node, ast.Chosen) else expression(node, tight=True)


def _chosen(node: ast.Chosen, tight: bool) -> Doc:
    then, condition = expression(node.then, tight=tight), expression(node.condition, OR, tight=tight)
    where = [join("if ", condition), join("else ", choice(node.otherwise))]
    return join(then, Nest(2, Join(tuple(Group(join(LINE, part)) for part in where))))


def _binds(node: ast.Expr) -> int:
    if isinstance(node, ast.Binary):
        return _LEVELS[node.op]
    if isinstance(node, ast.Unary):
        return NOT if node.op == "not" else UNARY
    return _BINDING.get(type(node), ATOM)


def _document(node: ast.Expr, tight: bool) -> Doc:
    match node:
        case ast.Name() | ast.Ellipsis() | ast.String() | ast.Number() | ast.Bool():
            return _word(node)
        case ast.Unary(op="-"):
            operand = expression(node.operand, UNARY, tight=tight)
            return join("-", operand)
        case ast.Unary():
            operand = expression(node.operand, NOT, tight=tight)
            return join("not ", operand)
        case ast.Binary():
            return _binary(node, tight)
        case ast.Pipe():
            return _pipeline(node, tight)
        case ast.Chosen():
            return _chosen(node, tight)
    return _compound(node, tight)


def _word(node: ast.Name | ast.Ellipsis | ast.String | ast.Number | ast.Bool) -> str:
    """What holds no other expression."""
    if isinstance(node, ast.Name):
        return node.text
    if isinstance(node, ast.Ellipsis):
        return f"...{node.group}"
    return _constant(node)


def _constant(node: ast.String | ast.Number | ast.Bool) -> str:
    if isinstance(node, ast.String):
        return f'"{node.value}"'
    if isinstance(node, ast.Number):
        return number(node.value)
    return "true" if node.value else "false"


def _compound(node: ast.Expr, tight: bool) -> Doc:
    """What holds other expressions behind a name, or in brackets of its own."""
    match node:
        case ast.Call():
            arguments = filled(_arguments(node, tight))
            return join(node.function.text, "(", Align(arguments), ")")
        case ast.Subscript():
            base = expression(node.base, ATOM, tight=tight)
            return join(base, "[", subscripts(node.items), "]")
        case ast.Member():
            base = expression(node.base, ATOM, tight=tight)
            return join(base, ".", node.name.text)
        case ast.Window():
            indices = ", ".join(f"{index.name.text} in {flat(index.extent)}" for index in node.indices)
            body = expression(node.body, UNARY, tight=tight)
            return join(f"{node.op.text}({indices}) ", body)
    return _of_sizes(node)


def _of_sizes(node: ast.Expr) -> Doc:
    """What holds sizes, whose products stand without blanks wherever it is written."""
    match node:
        case ast.List():
            return shape(node)
        case ast.Slice():
            start, stop = _end(node.start), _end(node.stop)
            by = "" if node.step is None else join(":", _size(node.step))
            return join(start, ":", stop, by)
        case ast.Range():
            start, stop = _size(node.start), _size(node.stop)
            return join(start, "..", stop)
        case ast.Listed():
            over = _size(node.over)
            return join("[", choice(node.item), f" for {node.name.text} in ", over, "]")
    raise AssertionError(node)


def _end(node: ast.Expr | None) -> Doc:
    """One end of a slice, which may be left out."""
    return "" if node is None else _size(node)


def _size(node: ast.Expr) -> Doc:
    return expression(node, SUM, tight=True)


def subscripts(items: Sequence[ast.Expr]) -> Doc:
    """What stands between `[` and `]` behind a name."""
    return separated(list(map(_position, items)), ", ")


def _position(item: ast.Expr) -> Doc:
    if isinstance(item, ast.Bound):
        return join(item.name.text, " in ", expression(item.extent, SUM, tight=True))
    return expression(item, SUM, tight=True)


def flat(node: ast.Expr) -> str:
    """An expression over sizes on one line."""
    return render(Group(expression(node, SUM, tight=True)), 10**9)


def _binary(node: ast.Binary, tight: bool) -> Doc:
    left_level, right_level = _sides(node.op)
    left = expression(node.left, left_level, tight=tight)
    right = expression(node.right, right_level, tight=tight)
    if node.op == "^":
        return join(left, node.op, right)
    if _is_close(node.op, tight):
        return join(left, Group(Nest(4, SOFT)), node.op, right)
    if isinstance(node.left, ast.Name):
        # A line of one word would say less than one that breaks further behind.
        return join(left, Group(Nest(4, join(LINE, f"{node.op} "))), right)
    # What does not fit behind the sign goes on the next line with it, before it is broken itself.
    return join(left, Group(Nest(4, join(LINE, f"{node.op} ", right))))


def _sides(op: str) -> tuple[int, int]:
    """How tightly each operand has to bind; most operators take their like on the left alone."""
    level = _LEVELS[op]
    if level == POWER:
        return ATOM, UNARY
    return (SUM if level == COMPARISON else level), level + 1


def _is_close(op: str, tight: bool) -> bool:
    """Whether an operator stands without blanks: `x^2`, and between sizes `4*D`."""
    return op == "^" or (tight and _LEVELS[op] == PRODUCT and op not in ("@", "%"))


def _arguments(node: ast.Call, tight: bool) -> list[Doc]:
    """Of positional ones, the first is what the call works on; the others are sizes as a rule."""
    args = [expression(arg, tight=tight or place > 0) for place, arg in enumerate(node.args)]
    return [*args, *(keyword(named) for named in node.keywords)]


def _pipeline(node: ast.Pipe, tight: bool) -> Doc:
    """A long one breaks in front of its arrows, which stand under one another."""
    arrows: list[Doc] = []
    value: ast.Expr = node
    # The last stage is the outermost node.
    while isinstance(value, ast.Pipe):
        arrows.insert(0, join("-> ", _stage(value.stage)))
        value = value.value
    first = expression(value, OR, tight=tight)
    if isinstance(value, ast.Name):
        return join(first, " ", Align(filled(arrows, mark="")))
    return join(first, Nest(4, Join(tuple(Group(join(LINE, arrow)) for arrow in arrows))))


def _stage(stage: ast.Name | ast.Call) -> Doc:
    if isinstance(stage, ast.Name):
        return stage.text
    args = [expression(arg, tight=True) for arg in stage.args]
    return join(stage.function.text, "(", Align(filled([*args, *map(keyword, stage.keywords)])), ")")
