"""The word at a place of a text: what it stands for, where that is said, and what could stand there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files as resources
from pathlib import Path

from symcost.diagnostics import Span
from symcost.editor.desk import Desk
from symcost.errors import SymcostError
from symcost.graph.calls import usage
from symcost.graph.files import Defined, Unit, library_definition, library_names, open_source
from symcost.syntax import ast
from symcost.syntax.tokens import STRING, Token, tokens
from symcost.syntax.words import DEFINITIONS, NAME, RESERVED, SOFT


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
    found = None
    for token in tokens(text):
        if token.start > offset:
            break
        if token.start <= offset <= token.end:
            found = token
            if token.is_name:
                break
    return found


# Definition ------------------------------------------------------------------------------------------


def definition(desk: Desk, offset: int) -> Target | None:
    """Where the word at a place is defined: a file, a module, a port or another name of a body, a dimension."""
    word, unit = word_at(desk.text, offset), unit_of(desk)
    if word is None or unit is None:
        return None
    if word.kind == STRING:
        return _used_file(desk, unit, word)
    for span in _declared(unit.tree, word.text, offset):
        return Target(None, span.start, span.end)
    if defined := unit.find(word.text):
        return _target(desk, defined.definition.name.span)
    if dim := unit.dims.get(word.text):
        return _target(desk, dim.name.span)
    return None


def _used_file(desk: Desk, unit: Unit, word: Token) -> Target | None:
    for item in unit.tree.items:
        if isinstance(item, ast.Use) and item.path.span.start == word.start and desk.path is not None:
            return Target((desk.path.parent / item.path.value).resolve(), 0, 0)
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
    before = [one.span for one in _names_of(around.body) if one.text == name and one.span.start <= offset]
    yield from sorted(before, key=lambda span: -span.start)
    for port in around.ports:
        if port.name.text == name:
            yield port.name.span
        elif port.shape is not None:
            yield from (item.span for item in port.shape.items if isinstance(item, ast.Name) and item.text == name)


def _around(tree: ast.File, offset: int) -> ast.Definition | None:
    for item in tree.items:
        if isinstance(item, ast.Definition) and item.span.start <= offset <= item.span.end:
            return item
    return None


def _names_of(body: tuple[ast.Statement, ...]) -> Iterator[ast.Name]:
    """The names that statements give values."""
    for statement in body:
        match statement:
            case ast.Assign(targets=targets):
                yield from targets
            case ast.IndexAssign(target=name) | ast.Let(name=name) | ast.Layer(name=name) | ast.Emit(name=name):
                yield name
            case ast.Param(entries=entries):
                yield from (entry.name for entry in entries)
            case ast.Scan(counter=counter, carries=carries, body=inner):
                yield counter
                yield from (carry.name for carry in carries)
                yield from _names_of(inner)
            case ast.Repeat(carries=carries, body=inner):
                yield from (carry.name for carry in carries)
                yield from _names_of(inner)
            case ast.RepeatTogether(body=inner) | ast.Choose(body=inner) | ast.Marked(body=inner):
                yield from _names_of(inner)
            case ast.If(then=then, otherwise=otherwise):
                yield from _names_of((*then, *otherwise))


# Completion ------------------------------------------------------------------------------------------


def offers(desk: Desk) -> list[Offer]:
    """Layers with how they are called, dimensions and other names of the text, words of the language."""
    unit = unit_of(desk)
    found: dict[str, Offer] = {}
    for name, defined in unit.definitions.items() if unit else ():
        found[name] = _layer(name, defined)
    for name, dim in unit.dims.items() if unit else ():
        found.setdefault(name, Offer(name, "dimension", dim.words or ""))
    for name in library_names():
        if defined_there := library_definition(name):
            found.setdefault(name, _layer(name, defined_there))
    for word in sorted(RESERVED | SOFT | set(DEFINITIONS)):
        found.setdefault(word, Offer(word, "keyword"))
    for token in tokens(desk.text):
        if token.kind == "NAME":
            found.setdefault(token.text, Offer(token.text, "name"))
    return list(found.values())


def _layer(name: str, defined: Defined) -> Offer:
    return Offer(name, "layer", usage(defined.definition), defined.definition.doc or "")


# Rename ----------------------------------------------------------------------------------------------


def renamed(desk: Desk, offset: int, new: str) -> list[tuple[int, int]] | str:
    """Every place of the word at a place, to be replaced by another; or why not.

    Names mean the same wherever they stand in a file, so all of them change. What a key of a published file or an
    option of a definition elsewhere is called, that file says; it stays.
    """
    word, unit = word_at(desk.text, offset), unit_of(desk)
    if unit is None:
        return "a text with faults cannot be renamed in; mend them first"
    if word is None or not word.is_name:
        return "there is no name here"
    if not NAME.fullmatch(new) or new in RESERVED:
        return f"`{new}` cannot be a name"
    if any(token.text == new for token in tokens(desk.text)):
        return f"`{new}` stands in this text already"
    fixed = set(_said_elsewhere(unit))
    if word.start in fixed or (word.text not in unit.own and unit.find(word.text)):
        return f"`{word.text}` is named elsewhere"
    places = [(token.start, token.end) for token in tokens(desk.text) if token.is_name and token.text == word.text]
    return [found for found in places if found[0] not in fixed]


def _said_elsewhere(unit: Unit) -> Iterator[int]:
    """Where names stand that another file has given."""
    for node in walked(unit.tree.items):
        match node:
            case ast.Config(model=model, name=name, entries=entries) if model or name.text == "hf":
                for entry in entries:
                    yield from (inner.span.start for inner in walked((entry.value,)) if isinstance(inner, ast.Name))
            case ast.Call(function=function, keywords=keywords) if function.text not in unit.own:
                yield from (keyword.name.span.start for keyword in keywords)
            case ast.Check(quantity=quantity):
                yield quantity.span.start


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
