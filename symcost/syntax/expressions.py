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
    exponent = 0
    while value.denominator != 1:
        value, exponent = value * 10, exponent - 1
        if exponent < -9999:
            raise ValueError("no decimal says this number exactly")
    digits = value.numerator
    plain = str(digits).rjust(1 - exponent, "0")
    plain = plain if exponent == 0 else f"{plain[:exponent]}.{plain[exponent:]}"
    if len(plain) <= LONGEST_PLAIN or not digits:
        return plain
    zeros = len(str(digits)) - len(str(digits).rstrip("0"))
    mantissa, exponent = str(digits)[: len(str(digits)) - zeros], exponent + zeros
    pointed = mantissa if len(mantissa) == 1 else f"{mantissa[0]}.{mantissa[1:]}"
    short = f"{pointed}e{exponent + len(mantissa) - 1}"
    return min(plain, short, key=len)


def choice(node: ast.Expr) -> Doc:
    """Where `a if c else b` may stand without brackets."""
    return _chosen(node, True) if isinstance(node, ast.Chosen) else expression(node, tight=True)


def _chosen(node: ast.Chosen, tight: bool) -> Doc:
    then, condition = expression(node.then, tight=tight), expression(node.condition, OR, tight=tight)
    where = [join("if ", condition), join("else ", choice(node.otherwise))]
    return join(then, Nest(2, Join(tuple(Group(join(LINE, part)) for part in where))))


def _binds(node: ast.Expr) -> int:
    match node:
        case ast.Chosen():
            return CHOICE
        case ast.Pipe():
            return PIPE
        case ast.Binary(op=op):
            return _LEVELS[op]
        case ast.Unary(op="not"):
            return NOT
        case ast.Unary() | ast.Window():
            return UNARY
        case _:
            return ATOM


def _document(node: ast.Expr, tight: bool) -> Doc:
    match node:
        case ast.Name(text=text):
            return text
        case ast.Number(value=value):
            return number(value)
        case ast.String(value=text):
            return f'"{text}"'
        case ast.Bool(value=value):
            return "true" if value else "false"
        case ast.Ellipsis(group=group):
            return f"...{group}"
        case ast.List():
            return shape(node)
        case ast.Unary(op="-", operand=operand):
            return join("-", expression(operand, UNARY, tight=tight))
        case ast.Unary(operand=operand):
            return join("not ", expression(operand, NOT, tight=tight))
        case ast.Binary():
            return _binary(node, tight)
        case _:
            return _compound(node, tight)


def _compound(node: ast.Expr, tight: bool) -> Doc:
    """What holds other expressions in brackets of its own, or in a pipeline."""
    match node:
        case ast.Call(function=function):
            return join(function.text, "(", Align(filled(_arguments(node, tight))), ")")
        case ast.Pipe():
            return _pipeline(node, tight)
        case ast.Subscript(base=base, items=items):
            return join(expression(base, ATOM, tight=tight), "[", subscripts(items), "]")
        case ast.Slice(start=start, stop=stop, step=step):
            ends = ["" if end is None else expression(end, SUM, tight=True) for end in (start, stop)]
            by = "" if step is None else join(":", expression(step, SUM, tight=True))
            return join(ends[0], ":", ends[1], by)
        case ast.Member(base=base, name=name):
            return join(expression(base, ATOM, tight=tight), ".", name.text)
        case ast.Chosen():
            return _chosen(node, tight)
        case ast.Listed(item=item, name=name, over=over):
            return join("[", choice(item), f" for {name.text} in ", expression(over, SUM, tight=True), "]")
        case ast.Range(start=start, stop=stop):
            return join(expression(start, SUM, tight=True), "..", expression(stop, SUM, tight=True))
        case ast.Window(op=op, indices=indices, body=body):
            named = ", ".join(index.name.text + " in {}" for index in indices)
            head = named.format(*(flat(index.extent) for index in indices))
            return join(f"{op.text}({head}) ", expression(body, UNARY, tight=tight))
    raise AssertionError(node)


def subscripts(items: Sequence[ast.Expr]) -> Doc:
    """What stands between `[` and `]` behind a name."""
    return separated([expression(item, SUM, tight=True) for item in items], ", ")


def flat(node: ast.Expr) -> str:
    """An expression over sizes on one line."""
    return render(Group(expression(node, SUM, tight=True)), 10**9)


def _binary(node: ast.Binary, tight: bool) -> Doc:
    level = _LEVELS[node.op]
    left_level, right_level = level, level + 1
    if node.op == "^":
        left_level, right_level = ATOM, UNARY
    if level == COMPARISON:
        left_level = SUM
    left = expression(node.left, left_level, tight=tight)
    right = expression(node.right, right_level, tight=tight)
    if node.op == "^" or (level == PRODUCT and tight and node.op not in ("@", "%")):
        return join(left, Group(Nest(4, SOFT)), node.op, right)
    return join(left, Group(Nest(4, join(LINE, f"{node.op} "))), right)


def _arguments(node: ast.Call, tight: bool) -> list[Doc]:
    """Of positional ones, the first is what the call works on; the others are sizes as a rule."""
    args = [expression(arg, tight=tight or place > 0) for place, arg in enumerate(node.args)]
    return [*args, *(keyword(named) for named in node.keywords)]


def _pipeline(node: ast.Pipe, tight: bool) -> Doc:
    """A long one breaks in front of its arrows, which stand under one another."""
    stages: list[Doc] = []
    value: ast.Expr = node
    while isinstance(value, ast.Pipe):
        stages.append(_stage(value.stage))
        value = value.value
    stages.reverse()
    first = expression(value, OR, tight=tight)
    arrows = [join("-> ", stage) for stage in stages]
    if isinstance(value, ast.Name):
        return join(first, " ", Align(filled(arrows, mark="")))
    return join(first, Nest(4, Join(tuple(Group(join(LINE, arrow)) for arrow in arrows))))


def _stage(stage: ast.Name | ast.Call) -> Doc:
    if isinstance(stage, ast.Name):
        return stage.text
    args = [expression(arg, tight=True) for arg in stage.args]
    return join(stage.function.text, "(", Align(filled([*args, *map(keyword, stage.keywords)])), ")")
