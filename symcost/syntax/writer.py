"""Tree to text: as one writes by hand, within 100 columns, with no bracket that is not needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from itertools import groupby

from symcost.records import dataclass
from symcost.syntax import ast
from symcost.syntax.expressions import ATOM, COMPARISON, OR, SUM, choice, expression, number, shape, subscripts
from symcost.syntax.layout import HARD, LINE, Align, Break, Doc, Group, Nest, filled, join, render, separated

WIDTH = 100


@dataclass(frozen=True, slots=True)
class Remarks:
    """Comments by the node they speak of: on lines of their own above it, or behind its line."""

    first: str = ""
    """What stands at the head of the file."""
    above: Mapping[ast.Node, str] = field(default_factory=dict)
    beside: Mapping[ast.Node, str] = field(default_factory=dict)


def write(items: Sequence[ast.Item], remarks: Remarks | None = None) -> str:
    """The text of a file with these items; `parse` makes the same items of it."""
    remarks = remarks or Remarks()
    return _Writer(remarks).file(items)


def write_statement(node: ast.Statement, width: int = WIDTH) -> str:
    """One statement, as it stands at the left margin."""
    return render(_Writer(Remarks()).statement(node), width)


def write_expression(node: ast.Expr) -> str:
    """One expression, on one line."""
    return render(Group(expression(node, tight=True)), 10**9)


class _Writer:
    """One text, with the remarks that belong to it."""

    def __init__(self, remarks: Remarks) -> None:
        self._remarks = remarks

    def file(self, items: Sequence[ast.Item]) -> str:
        """Definitions stand apart; what is of one kind stands together."""
        first = self._remarks.first
        parts: list[Doc] = [_comment(first)] if first else []
        parts += self._spaced(items)
        if not parts:
            return ""
        return render(separated(parts, HARD), WIDTH) + "\n"

    def _spaced(self, items: Sequence[ast.Item]) -> Iterator[Doc]:
        before = ""
        for kind, doc in self._paragraphs(items):
            if before and _apart(before, kind):
                yield ""
            yield doc
            before = kind

    def _paragraphs(self, items: Sequence[ast.Item]) -> Iterator[tuple[str, Doc]]:
        """Each item with its kind; dimensions in a row are one `dim`."""
        for kind, group in groupby(items, lambda item: type(item).__name__):
            if kind == "Dim":
                dims: list[Doc] = [_dim(item) for item in group if isinstance(item, ast.Dim)]
                yield kind, join("dim ", Align(filled(dims)))
                continue
            for item in group:
                yield kind, self._remarked(item, self._item(item))

    # Top level ---------------------------------------------------------------------------------

    def _item(self, item: ast.Item) -> Doc:
        match item:
            case ast.Config():
                return _config(item)
            case ast.Expect():
                return self._expect(item)
            case ast.Definition():
                return self._definition(item)
        return self._line(item)

    def _line(self, item: ast.Use | ast.Const | ast.Rate | ast.Dim | ast.Divides | ast.Assume) -> Doc:
        """What holds no block at the top of a file."""
        if isinstance(item, ast.Use):
            return _use(item)
        if isinstance(item, ast.Const):
            return join(f"const {item.name.text} = ", Align(expression(item.value, tight=True)))
        if isinstance(item, ast.Rate):
            return join(f"rate {item.name.text} = ", Align(expression(item.value, tight=True)))
        if isinstance(item, ast.Dim):
            return join("dim ", _dim(item))
        return self.statement(item)

    def _expect(self, expect: ast.Expect) -> Doc:
        config = f"({expect.config.text})" if expect.config else ""
        head = f"expect {expect.model.text}{config} "
        if not expect.checks:
            return head + "{}"
        checks: list[Doc] = [self._remarked(check, _check(check)) for check in expect.checks]
        return join(head, Group(join("{", Nest(2, join(LINE, separated(checks, _CHECKS_APART))), LINE, "}")))

    def _definition(self, node: ast.Definition) -> Doc:
        ports: list[Doc] = [_port(port) for port in node.ports]
        made = [join("[", subscripts(returned.items), "]") for returned in node.returns]
        returns: Doc = join(" -> ", separated(made, ", ")) if made else ""
        head = join(f"{node.kind} {node.name.text}(", Align(filled(ports), latest=32), ")", returns, " ")
        return join(_documented(node.doc), head, self._lines(node.body))

    # Statements --------------------------------------------------------------------------------

    def statement(self, node: ast.Statement) -> Doc:
        """A statement; lines it breaks into are further in."""
        match node:
            case ast.Let():
                described = _described(node.words, node.latex)
                return join(f"let {node.name.text} = ", _size(node.value), described)
            case ast.Layer():
                value = expression(node.value)
                return join(f"layer {node.name.text} = ", Align(value))
            case ast.Assign():
                return join(_targets(node), " = ", Align(expression(node.value), latest=24))
            case ast.IndexAssign():
                target = join(node.target.text, "[", subscripts(node.indices), "]")
                return join(target, " += " if node.adds else " = ", Align(expression(node.value)))
            case ast.Emit():
                place = join("[", subscripts(node.place), "]") if node.place else ""
                return join(f"emit {node.name.text}", place, " = ", Align(expression(node.value), latest=24))
            case ast.Return():
                values: list[Doc] = list(map(expression, node.values))
                return join("return ", Align(filled(values)))
            case ast.Param() | ast.Divides() | ast.Assume():
                return _declaration(node)
        return join(self._head(node), " ", self._held(node))

    def _head(self, node: ast.Statement) -> Doc:
        """What stands in front of a block."""
        match node:
            case ast.Scan():
                counter = node.counter.text
                return join(f"{node.kind} {counter} in ", _size(node.over), _carries(node.carries))
            case ast.Repeat():
                return _repeat_head(node)
            case ast.RepeatTogether():
                counts = separated(list(map(_size, node.over)), ", ")
                return join(f"repeat {_names(node.names)} in ", counts)
            case ast.Choose():
                total = _size(node.total)
                return join("choose ", _size(node.active), " of ", total)
            case ast.Marked(tokens=None):
                return node.kind
            case ast.Marked(tokens=ast.Expr() as tokens):
                level = ATOM if node.kind == "weigh" else SUM
                return join(f"{node.kind} ", expression(tokens, level, tight=True))
            case ast.If():
                return join("if ", expression(node.condition, OR))
        raise AssertionError(node)

    def _held(self, node: ast.Statement) -> Doc:
        """The block of a statement, and of an `if` all that follows it."""
        match node:
            case ast.If(then=then, otherwise=(ast.If() as further,)):
                rest = self.statement(further)
                return join(self._lines(then), " else ", rest)
            case ast.If(then=then, otherwise=otherwise) if otherwise:
                rest = self._lines(otherwise)
                return join(self._lines(then), " else ", rest)
            case ast.If(then=body):
                return self._block(body)
            case ast.Scan() | ast.Repeat() | ast.RepeatTogether() | ast.Choose() | ast.Marked():
                return self._block(node.body)
        raise AssertionError(node)

    def _block(self, body: Sequence[ast.Statement]) -> Doc:
        """`{ ... }`: on one line if it holds one statement that fits there."""
        if len(body) != 1 or not self._is_short(body[0]):
            return self._lines(body)
        return Group(join("{", Nest(2, join(LINE, self.statement(body[0]))), LINE, "}"))

    def _lines(self, body: Sequence[ast.Statement]) -> Doc:
        if not body:
            return "{}"
        inner = [self._remarked(statement, self.statement(statement)) for statement in body]
        return join("{", Nest(2, join(HARD, separated(inner, HARD))), HARD, "}")

    def _is_short(self, node: ast.Statement) -> bool:
        remarked = node in self._remarks.above or node in self._remarks.beside
        holding = isinstance(node, ast.Scan | ast.Repeat | ast.RepeatTogether | ast.Choose | ast.Marked | ast.If)
        return not remarked and not holding

    def _remarked(self, node: ast.Node, doc: Doc) -> Doc:
        if beside := self._remarks.beside.get(node):
            doc = join(doc, f"  # {beside}")
        if above := self._remarks.above.get(node):
            doc = join(_comment(above), HARD, doc)
        return doc


# Parts -----------------------------------------------------------------------------------------


_CHECKS_APART: Doc = Break("  ")


def _use(item: ast.Use) -> Doc:
    """`use Cell, Encoder as Reader from "cells.arch"`"""
    picked: list[Doc] = []
    for one in item.picked:
        same = one.called.text == one.name.text
        picked.append(one.name.text if same else f"{one.name.text} as {one.called.text}")
    source: Doc = join("from ", expression(item.path)) if picked else expression(item.path)
    names: list[Doc] = [join(Align(filled(picked)), " ")] if picked else []
    return join("use ", *names, source)


def _apart(before: str, kind: str) -> bool:
    """Whether a blank line stands between two items of these kinds."""
    if kind == "Definition":
        return True
    head = {"Use", "Const", "Rate", "Dim", "Divides", "Assume"}
    return before != kind and not {before, kind} <= head


def _config(config: ast.Config) -> Doc:
    head, entries = _config_head(config), _config_entries(config)
    if not entries:
        return join(head, " {}")
    if config.types or config.classes or config.like:
        return join(head, " {", Group(join(Nest(2, join(LINE, filled(entries))), LINE, "}")))
    return join(head, " { ", Align(filled(entries)), " }")


def _config_entries(config: ast.Config) -> list[Doc]:
    values: list[Doc] = [join(entry.name.text, " = ", choice(entry.value)) for entry in config.entries]
    named: list[Doc] = [join(f"let {entry.name.text} = ", choice(entry.value)) for entry in config.locals]
    demands = [join("assume ", expression(demand.condition, OR, tight=True)) for demand in config.demands]
    return [*named, *values, *demands]


def _config_head(config: ast.Config) -> Doc:
    """`config hf Llama for "llama", "mistral" like "llama"`"""
    name = config.name.text
    parts: list[Doc] = [f"config {name}" if config.model is None else f"config {name} {config.model.text}"]
    like = () if config.like is None else (config.like,)
    for word, texts in (("for", config.types), ("as", config.classes), ("like", like)):
        if texts:
            said: list[Doc] = [f'"{text.value}"' for text in texts]
            parts.append(join(f"{word} ", filled(said)))
    if config.table is not None:
        parts.append(join("of ", expression(config.table)))
    return Nest(4, filled(parts, mark=""))


def _comment(text: str) -> Doc:
    return separated([f"# {line}".rstrip() for line in text.splitlines()], HARD)


def _documented(doc: str | None) -> Doc:
    if doc is None:
        return ""
    lines: list[Doc] = list(doc.splitlines() or [""])
    alone = len(lines) == 1 and not doc.endswith('"')
    close: Doc = '"""' if alone else join(HARD, '"""')
    return join('"""', separated(lines, HARD), close, HARD)


def _dim(dim: ast.Dim) -> Doc:
    return dim.name.text + _described(dim.words, dim.latex)


def _described(words: str | None, latex: str | None) -> str:
    """What a size means, and how it is set."""
    setting = f' latex "{latex}"' if latex is not None else ""
    return (f' "{words}"' if words is not None else "") + setting


def _check(check: ast.Check) -> Doc:
    within = f" within {_tolerance(check)}" if check.tolerance is not None else ""
    return join(f"{check.quantity.text} {check.relation} ", expression(check.value, SUM, tight=True), within)


def _tolerance(check: ast.Check) -> str:
    assert check.tolerance is not None
    return f"{number(check.tolerance * 100)}%"


def _port(port: ast.Port) -> Doc:
    if port.shape is not None:
        return join(port.name.text, ": ", shape(port.shape))
    if port.listed:
        return f"{port.name.text}: list"
    if port.default is not None:
        return join(port.name.text, " = ", expression(port.default, tight=True))
    return port.name.text


def _declaration(node: ast.Param | ast.Divides | ast.Assume) -> Doc:
    """What is stored, or what holds of sizes."""
    match node:
        case ast.Param():
            declared: list[Doc] = list(map(_stored, node.entries))
            return join(f"{node.kind} ", Align(filled(declared)))
        case ast.Divides():
            divisor, multiple = _size(node.divisor), _size(node.multiple)
            return join("assume ", divisor, " divides ", multiple)
        case ast.Assume():
            condition = expression(node.condition, COMPARISON, tight=True)
            return join("assume ", condition)


def _stored(entry: ast.ParamEntry) -> Doc:
    return join(entry.name.text, ": ", shape(entry.shape))


def _repeat_head(node: ast.Repeat) -> Doc:
    named = f"{node.counter.text} in " if node.counter else ""
    shared = " shared" if node.shared else ""
    return join(f"repeat {named}", _size(node.over), shared, _carries(node.carries))


def _names(names: Sequence[ast.Name]) -> str:
    return ", ".join(name.text for name in names)


def _targets(node: ast.Assign) -> Doc:
    """`y: [T, D], state`"""
    shapes = node.shapes or (None,) * len(node.targets)
    written: list[Doc] = []
    for name, said in zip(node.targets, shapes, strict=True):
        written.append(name.text if said is None else join(name.text, ": ", shape(said)))
    return separated(written, ", ")


def _carries(carries: Sequence[ast.Carry]) -> Doc:
    if not carries:
        return ""
    named = [join(carry.name.text, ": ", shape(carry.shape), _init(carry)) for carry in carries]
    return join(" with ", Align(filled(named)))


def _init(carry: ast.Carry) -> Doc:
    return "" if carry.init is None else join(" = ", expression(carry.init))


def _size(node: ast.Expr) -> Doc:
    return expression(node, SUM, tight=True)
