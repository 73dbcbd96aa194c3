"""A statement in index notation, read against the names that are known where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from symcost.syntax import ast
from tests.oracle import primitives, statics
from tests.oracle.contraction import Affine, Contraction, Looked, Operand, Term, leading_name
from tests.oracle.counted import Number, Tally, Tensor, Unfit

if TYPE_CHECKING:
    from tests.oracle.interpreter import Frame


@dataclass
class Statement:
    """One statement in index notation, read against a frame."""

    frame: Frame
    node: ast.IndexAssign
    multiplied: set[str] = field(default_factory=set)
    """The indices that stand in a product with a number."""

    def run(self) -> Tensor:
        match self.node.value:
            case ast.Window(op=op, indices=indices, body=body):
                return self.window(op.text, indices, body)
        terms = [self.term(expr, negative) for expr, negative in summands(self.node.value)]
        if self.node.adds:
            target = self.node.target
            into = self.named(ast.Subscript(target.span, target, self.node.indices))
            left = [Affine({name: 1}) for name in into.names]
            return self.contraction(left, terms, self.bounds()).added(into)
        return self.contraction(self.left(terms), terms, self.bounds() | self.splits(terms)).run()

    def bounds(self) -> dict[str, int]:
        """What the left side says of how many values indices take."""
        said = [item for item in self.node.indices if isinstance(item, ast.Bound)]
        return {item.name.text: self.frame.size(item.extent) for item in said}

    def splits(self, terms: Sequence[Term]) -> dict[str, int]:
        """Of `M*a + i`, where neither index stands anywhere else, i takes M values, and M divides the axis."""
        axes = [(item, operand.tensor.shape[place]) for term in terms for operand in term.operands
                for place, item in enumerate(operand.items) if isinstance(item, Affine)]  # fmt: skip
        found: dict[str, int] = {}
        alone = {item.alone for item, _ in axes}
        for item, size in axes:
            names = list(item.factors)
            if len(names) != 2 or item.constant or alone & set(names) or set(names) & self.bounds().keys():
                continue
            far = [name for name in names if name in self.multiplied]
            if len(far) == 1:
                [near] = set(names) - set(far)
                if size % item.factors[far[0]]:
                    raise Unfit(f"{item.factors[far[0]]} does not divide {size}")
                found[near] = item.factors[far[0]]
        return found

    def contraction(self, left: Sequence[Affine], terms: Sequence[Term], extents: dict[str, int]) -> Contraction:
        return Contraction(left, terms, self.frame.machine.tally, extents)

    def window(self, op: str, indices: Sequence[ast.WindowIndex], body: ast.Expr) -> Tensor:
        """Lay the windows out along further axes, then reduce those."""
        names = {index.name.text: self.frame.size(index.extent) for index in indices}
        # Inside the window its indices are free, whatever these names stand for outside.
        self.frame = replace(self.frame, names={n: v for n, v in self.frame.names.items() if n not in names})
        terms = [self.term(body, False)]
        left = [*self.left(terms), *(Affine({name: 1}) for name in names)]
        laid_out = self.contraction(left, terms, dict(names)).run()
        return primitives.reduce_axes(op, laid_out, range(-len(names), 0), False, self.frame.machine.tally)

    def left(self, terms: Sequence[Term]) -> list[Affine]:
        """The left side; its `...` are all the leading axes that stand on the right."""
        widest = max((-int(name[3:]) for term in terms for name in term.names if name.startswith("...")), default=0)
        items: list[Affine] = []
        for item in self.node.indices:
            if isinstance(item, ast.Ellipsis):
                items.extend(Affine({leading_name(axis): 1}) for axis in range(-widest, 0))
            else:
                items.append(self.affine(item.name if isinstance(item, ast.Bound) else item))
        return items

    def term(self, expr: ast.Expr, negative: bool) -> Term:
        operands, scales = [], []
        for op, factor in factors(expr, self.is_static):
            if op == "-":
                negative = not negative
            elif self.is_static(factor):
                value = Number(float(self.frame.evaluate(factor)), self.frame.machine.tally)
                scales.append((op, value))
            elif op == "*":
                operands.append(self.operand(factor))
            else:
                raise Unfit("division by a tensor in index notation")
        if not operands:
            # A number by itself is a term like any other: it is added once.
            (op, value), *scales = scales
            operands = [Operand(Tensor((), [value]), ())]
        return Term(tuple(operands), tuple(scales), negative)

    def operand(self, expr: ast.Expr) -> Operand:
        """What a product reads."""
        return self.named(expr)

    def named(self, expr: ast.Expr) -> Operand:
        """A tensor with what its subscripts select already taken."""
        if not isinstance(expr, ast.Subscript):
            x = self.frame.tensor(expr)
            if x.rank:
                raise Unfit("a tensor without indices")
            return Operand(x, ())
        x, axis = self.frame.tensor(expr.base), 0
        items: list[Affine | Looked] = []
        further = x.rank - len(expr.items) + 1
        for item in expr.items:
            if isinstance(item, ast.Ellipsis):
                items.extend(Affine({leading_name(i - further): 1}) for i in range(further))
                axis += further
            elif isinstance(item, ast.Slice):
                raise Unfit("a slice among indices")
            elif isinstance(item, ast.Subscript):
                items.append(Looked(self.operand(item), x.shape[axis]))
                axis += 1
            elif isinstance(item, ast.Bound):
                items.append(self.affine(item.name))
                axis += 1
            elif self.is_static(item):
                x = self.frame.entry(x, axis, self.frame.evaluate(item))
            else:
                items.append(self.affine(item))
                axis += 1
        if len(items) != x.rank:
            raise Unfit("an axis without an index")
        return Operand(x, tuple(items))

    def is_static(self, expr: ast.Expr) -> bool:
        """Whether an expression has to do with bound numbers only: no tensor, no index."""
        match expr:
            case ast.Name(text=text):
                return text in self.frame.names and not isinstance(self.frame.names[text], Tensor)
            case ast.Number():
                return True
            case ast.Unary(operand=operand):
                return self.is_static(operand)
            case ast.Binary(left=left, right=right):
                return self.is_static(left) and self.is_static(right)
            case ast.Call(function=function, args=args):
                return function.text in statics.FUNCTIONS and all(map(self.is_static, args))
        return False

    def affine(self, expr: ast.Expr) -> Affine:
        if self.is_static(expr):
            return Affine({}, self.frame.evaluate(expr))
        match expr:
            case ast.Name(text=text):
                return Affine({text: 1})
            case ast.Unary(operand=operand):
                return scaled(self.affine(operand), -1)
            case ast.Binary(op="+", left=left, right=right):
                return plus(self.affine(left), self.affine(right))
            case ast.Binary(op="-", left=left, right=right):
                return plus(self.affine(left), scaled(self.affine(right), -1))
            case ast.Binary(op="*", left=left, right=right) if self.is_static(left):
                self.multiplied |= set(self.affine(right).factors)
                return scaled(self.affine(right), self.frame.evaluate(left))
            case ast.Binary(op="*", left=left, right=right) if self.is_static(right):
                self.multiplied |= set(self.affine(left).factors)
                return scaled(self.affine(left), self.frame.evaluate(right))
        raise Unfit("no affine expression of indices")


def summands(expr: ast.Expr, negative: bool = False) -> Iterator[tuple[ast.Expr, bool]]:
    """The terms of a sum, each with whether it is subtracted."""
    match expr:
        case ast.Binary(op="+" | "-" as op, left=left, right=right):
            yield from summands(left, negative)
            yield from summands(right, negative ^ (op == "-"))
        case ast.Unary(op="-", operand=operand):
            yield from summands(operand, not negative)
        case _:
            yield expr, negative


def factors(expr: ast.Expr, is_static: Callable[[ast.Expr], bool], op: str = "*") -> Iterator[tuple[str, ast.Expr]]:
    """The factors of a product, each with `*` or `/`, a sign with `-`; what is static stays together."""
    match expr:
        case ast.Unary(op="-", operand=operand) if not is_static(expr):
            yield "-", operand
            yield from factors(operand, is_static, op)
        case ast.Binary(op="*" | "/" as inner, left=left, right=right) if not is_static(expr):
            yield from factors(left, is_static, op)
            yield from factors(right, is_static, inner)
        case _:
            yield op, expr


def scaled(item: Affine, factor: int) -> Affine:
    return Affine({name: factor * c for name, c in item.factors.items()}, factor * item.constant)


def plus(a: Affine, b: Affine) -> Affine:
    names = {**a.factors, **b.factors}
    return Affine({n: a.factors.get(n, 0) + b.factors.get(n, 0) for n in names}, a.constant + b.constant)


def matrix_product(x: Tensor, w: Tensor, tally: Tally) -> Tensor:
    """`x @ w`, vectors as in NumPy."""
    if not x.rank or not w.rank:
        raise Unfit("`@` of a scalar")
    rows = () if x.rank == 1 else ("m",)
    columns = () if w.rank == 1 else ("n",)
    a = Operand(x, tuple(Affine({name: 1}) for name in (*leading(x.rank - 2), *rows, "k")))
    b = Operand(w, tuple(Affine({name: 1}) for name in (*leading(w.rank - 2), "k", *columns)))
    left = [Affine({name: 1}) for name in (*leading(max(x.rank, w.rank) - 2), *rows, *columns)]
    return Contraction(left, [Term((a, b))], tally, {}).run()


def leading(axes: int) -> list[str]:
    return [leading_name(axis) for axis in range(-axes, 0)]


def einsum(pattern: str, tensors: Sequence[Tensor], tally: Tally) -> Tensor:
    """The product of tensors, their axes named by a pattern: letters, or words where there are blanks between them."""
    before, behind = pattern.split("->")
    parts = [*before.split(","), behind]
    words = any(len(part.split()) > 1 for part in parts)

    def names(part: str, axes: int) -> list[str]:
        found = part.replace("...", " ... ").split()
        letters = found if words else [letter for word in found for letter in ([word] if word == "..." else word)]
        if "..." not in letters:
            return letters
        at = letters.index("...")
        return [*letters[:at], *leading(axes - len(letters) + 1), *letters[at + 1 :]]

    operands = []
    for part, x in zip(parts[:-1], tensors, strict=True):
        read = names(part, x.rank)
        if len(read) != x.rank:
            raise Unfit(f"{part} for {x.shape}")
        operands.append(Operand(x, tuple(Affine({name: 1}) for name in read)))
    open_axes = {name for operand in operands for name in operand.names if name.startswith("...")}
    left = names(
        behind, len(behind.replace("...", "").split() if words else behind.replace("...", "").strip()) + len(open_axes)
    )
    return Contraction([Affine({name: 1}) for name in left], [Term(tuple(operands))], tally, {}).run()
