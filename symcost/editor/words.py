"""The word at a place of a text: what it stands for, where that is said, and what could stand there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.resources import files as resources
from pathlib import Path

from symcost.diagnostics import Span
from symcost.editor.desk import Desk
from symcost.errors import SymcostError
from symcost.graph.calls import usage
from symcost.graph.files import Defined, Unit, library_definition, library_names, open_source
from symcost.records import dataclass
from symcost.syntax import ast
from symcost.syntax.tokens import STRING, Token, tokens
from symcost.syntax.words import DEFINITIONS, NAME, RESERVED, SOFT
from symcost.syntax.writer import write_expression


@dataclass(frozen=True, slots=True)
class Target:
    """Where something is said: a file, or the text itself."""

    path: Path | None
    start: int
    end: int
    text: str = ""
    """The text of that file, so that lines can be counted."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A word that could stand at a place."""

    word: str
    kind: str
    """`layer`, `dimension`, `name` or `keyword`"""
    detail: str = ""
    doc: str = ""


def unit_of(desk: Desk) -> Unit | None:
    """The text as it stands, or as much of it as can be read: what is typed is seldom whole."""
    source = desk.source()
    try:
        return open_source(source, desk.path, desk.unsaved)
    except SymcostError:
        return None


def word_at(text: str, offset: int) -> Token | None:
    """The word around a place, or the one that ends there."""
    touching = [token for token in tokens(text) if _touches(token, offset)]
    names = [token for token in touching if token.is_name]
    if names:
        return names[0]
    return touching[-1] if touching else None


def _touches(token: Token, offset: int) -> bool:
    return token.start <= offset <= token.end


# Definition ------------------------------------------------------------------------------------------


def definition(desk: Desk, offset: int) -> Target | None:
    """Where the word at a place is defined: a file, a module, a port or another name of a body, a dimension."""
    word = word_at(desk.text, offset)
    unit = unit_of(desk)
    if word is None or unit is None:
        return None
    if word.kind == STRING:
        return _used_file(desk, unit, word)

    # What the definition around the place says hides what the file says.
    nearest = next(_declared(unit.tree, word.text, offset), None)
    if nearest is not None:
        return Target(None, nearest.start, nearest.end)
    return _said_by_file(desk, unit, word.text)


def _said_by_file(desk: Desk, unit: Unit, name: str) -> Target | None:
    """Where a module, a dimension or a constant of this name is defined."""
    if defined := unit.find(name):
        return _target(desk, defined.definition.name.span)
    for named in (unit.dims.get(name), unit.constants.get(name)):
        if named is not None:
            return _target(desk, named.name.span)
    return None


def _used_file(desk: Desk, unit: Unit, word: Token) -> Target | None:
    """The file that a `use` names; a text that is in no folder cannot say where that lies."""
    if desk.path is None:
        return None
    for item in unit.tree.items:
        if isinstance(item, ast.Use) and item.path.span.start == word.start:
            used = desk.path.parent / item.path.value
            return Target(used.resolve(), 0, 0)
    return None


def _target(desk: Desk, span: Span) -> Target:
    name = span.source.name
    if span.source.text == desk.text:
        return Target(None, span.start, span.end)
    if name.startswith("library/"):
        path = Path(str(resources("symcost.library") / name.removeprefix("library/")))
    else:
        path = (desk.path.parent if desk.path else Path()) / name
    return Target(path.resolve(), span.start, span.end, span.source.text)


def _declared(tree: ast.File, name: str, offset: int) -> Iterator[Span]:
    """Where the definition around a place says what a name is: its ports, then its body, the nearest above first."""
    around = _around(tree, offset)
    if around is None:
        return
    yield from _said_above(around, name, offset)
    for port in around.ports:
        yield from _said_by_port(port, name)


def _said_above(around: ast.Definition, name: str, offset: int) -> list[Span]:
    """Where statements up to a place give a name a value, the nearest first."""
    said = [one.span for one in _names_of(around.body) if one.text == name]
    above = [span for span in said if span.start <= offset]
    return sorted(above, key=lambda span: -span.start)


def _said_by_port(port: ast.Port, name: str) -> Iterator[Span]:
    """The port itself, or the sizes of its shape that have this name."""
    if port.name.text == name:
        yield port.name.span
    elif port.shape is not None:
        sizes = [item for item in port.shape.items if isinstance(item, ast.Name)]
        yield from (size.span for size in sizes if size.text == name)


def _around(tree: ast.File, offset: int) -> ast.Definition | None:
    definitions = [item for item in tree.items if isinstance(item, ast.Definition)]
    around = (one for one in definitions if one.span.start <= offset <= one.span.end)
    return next(around, None)


def _names_of(body: tuple[ast.Statement, ...]) -> Iterator[ast.Name]:
    """The names that statements give values."""
    for statement in body:
        yield from _named_by(statement)
        yield from _names_of(_held_by(statement))


def _named_by(statement: ast.Statement) -> Iterable[ast.Name]:
    """The names that a statement itself gives a value, whatever it holds."""
    match statement:
        case ast.Assign(targets=targets):
            return targets
        case ast.IndexAssign(target=name) | ast.Let(name=name) | ast.Layer(name=name) | ast.Emit(name=name):
            return (name,)
        case ast.Param(entries=entries):
            return [entry.name for entry in entries]
        case ast.Scan(counter=counter, carries=carries):
            return (counter, *_carried(carries))
        case ast.Repeat(carries=carries):
            return _carried(carries)
    return ()


def _carried(carries: Iterable[ast.Carry]) -> list[ast.Name]:
    return [carry.name for carry in carries]


def _held_by(statement: ast.Statement) -> tuple[ast.Statement, ...]:
    """The statements inside of one."""
    match statement:
        case ast.If(then=then, otherwise=otherwise):
            return (*then, *otherwise)
        case ast.Scan() | ast.Repeat() | ast.RepeatTogether() | ast.Choose() | ast.Marked():
            return statement.body
    return ()


# Completion ------------------------------------------------------------------------------------------


def offers(desk: Desk) -> list[Offer]:
    """Layers with how they are called, dimensions and other names of the text, words of the language."""
    found: dict[str, Offer] = {}
    # The first that says what a word is says it best: a layer is also a word of the text.
    for offer in (*_of_unit(unit_of(desk)), *_of_library(), *_of_language(), *_of_text(desk.text)):
        found.setdefault(offer.word, offer)
    return list(found.values())


def _of_unit(unit: Unit | None) -> Iterator[Offer]:
    if unit is None:
        return
    for name, defined in unit.definitions.items():
        yield _layer(name, defined)
    yield from _sizes_of(unit)


def _sizes_of(unit: Unit) -> Iterator[Offer]:
    """The dimensions and constants of a file."""
    for name, dim in unit.dims.items():
        yield Offer(name, "dimension", dim.words or "")
    for name, constant in unit.constants.items():
        yield Offer(name, "constant", write_expression(constant.value))


def _of_library() -> Iterator[Offer]:
    for name in library_names():
        if defined := library_definition(name):
            yield _layer(name, defined)


def _of_language() -> Iterator[Offer]:
    for word in sorted(RESERVED | SOFT | set(DEFINITIONS)):
        yield Offer(word, "keyword")


def _of_text(text: str) -> Iterator[Offer]:
    for token in tokens(text):
        if token.kind == "NAME":
            yield Offer(token.text, "name")


def _layer(name: str, defined: Defined) -> Offer:
    return Offer(name, "layer", usage(defined.definition), defined.definition.doc or "")


# Rename ----------------------------------------------------------------------------------------------


def renamed(desk: Desk, offset: int, new: str) -> list[tuple[int, int]] | str:
    """Every place of the word at a place, to be replaced by another; or why not.

    Names mean the same wherever they stand in a file, so all of them change. What a key of a published file or an
    option of a definition elsewhere is called, that file says; it stays.
    """
    unit = unit_of(desk)
    if unit is None:
        return "a text with faults cannot be renamed in; mend them first"
    old = word_at(desk.text, offset)
    if old is None or not old.is_name:
        return "there is no name here"
    words = list(tokens(desk.text))
    unfit = _unfit(new, words)
    return _places(old, words, unit) if unfit is None else unfit


def _places(old: Token, words: Iterable[Token], unit: Unit) -> list[tuple[int, int]] | str:
    """Where a name stands that this file has given; or that another has."""
    fixed = set(_said_elsewhere(unit))
    if old.start in fixed or _comes_from_elsewhere(unit, old.text):
        return f"`{old.text}` is named elsewhere"
    same = [word for word in words if word.is_name and word.text == old.text]
    return [(word.start, word.end) for word in same if word.start not in fixed]


def _unfit(new: str, words: Iterable[Token]) -> str | None:
    """Why a word cannot be the new name in a text of these words; None where it can."""
    if not NAME.fullmatch(new) or new in RESERVED:
        return f"`{new}` cannot be a name"
    is_taken = any(word.text == new for word in words)
    return f"`{new}` stands in this text already" if is_taken else None


def _comes_from_elsewhere(unit: Unit, name: str) -> bool:
    """Whether a module of this name is defined in another file or in the library."""
    return name not in unit.own and unit.find(name) is not None


def _said_elsewhere(unit: Unit) -> Iterator[int]:
    """Where names stand that another file has given."""
    for node in walked(unit.tree.items):
        match node:
            case ast.Config():
                yield from _published_keys(node)
            case ast.Call(function=function) if function.text not in unit.own:
                yield from _keywords(node)
            case ast.Check(quantity=quantity):
                yield quantity.span.start


def _keywords(call: ast.Call) -> Iterator[int]:
    """Where the keywords of a call stand."""
    for keyword in call.keywords:
        yield keyword.name.span.start


def _published_keys(config: ast.Config) -> Iterator[int]:
    """Where keys of a published file stand: names in the values of a configuration that is read from one."""
    is_published = config.model or config.name.text == "hf"
    if not is_published:
        return
    values = tuple(entry.value for entry in config.entries)
    yield from (part.span.start for part in walked(values) if isinstance(part, ast.Name))


def walked(nodes: tuple[object, ...]) -> Iterator[ast.Node]:
    """All nodes of trees."""
    from dataclasses import fields

    stack: list[object] = list(nodes)
    while stack:
        part = stack.pop()
        if isinstance(part, tuple):
            stack.extend(part)
        elif isinstance(part, ast.Node):
            yield part
            stack.extend(getattr(part, entry.name) for entry in fields(part) if entry.name != "span")
