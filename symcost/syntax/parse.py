"""Text to tree. Everything that knows Lark is in this room."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symcost.diagnostics import Source, Span
from symcost.errors import Faults, SymcostError, TextTooLong
from symcost.syntax import ast, cache, faults
from symcost.syntax.brackets import outline
from symcost.syntax.tree import TreeBuilder

if TYPE_CHECKING:
    from lark import Lark, UnexpectedInput

LONGEST_TEXT = 4_000_000
MOST_UNKNOWN = 100
"""Characters that begin no word, in a text that is looked at word by word; what follows them is not looked at."""

MOST_FAULTS = 20
"""Reported in one run; who mends them sees the next ones."""


def parse(source: Source) -> ast.File:
    """The tree of a file.

    Raises a `SymcostError` whose `.faults` are all syntax faults that can be told apart: at most one for each
    top-level item, since what follows a fault is read in its light.
    """
    found: list[SymcostError] = []
    items: list[ast.Item] = []
    for part in _parts(source, "file"):
        if isinstance(part, SymcostError):
            found.append(part)
        else:
            items.extend(part.items)
        if len(found) == MOST_FAULTS:
            break
    if found:
        raise found[0] if len(found) == 1 else Faults(sorted(found, key=_place))
    return ast.File(source, tuple(items))


def parse_expression(source: Source) -> ast.Expr:
    """The tree of one expression, such as the value in `T=448` on the command line."""
    part: ast.Expr | SymcostError = next(_parts(source, "expr"))
    if isinstance(part, SymcostError):
        raise part
    return part


def _parts(source: Source, start: str) -> Iterator[Any]:
    """The trees of the sound stretches of a text, and the faults of the others."""
    size = len(source.text)
    if size > LONGEST_TEXT:
        raise TextTooLong(source.name, LONGEST_TEXT)
    shape = outline(source)
    yield from shape.faults
    for begin, end in shape.sound(size):
        part = _read(source, start, begin, end)
        yield part
        while isinstance(part, SymcostError) and (begin := shape.after(_place(part), end)) < end:
            part = _read(source, start, begin, end)  # behind a fault, reading goes on with the next item
            yield part


def _place(fault: SymcostError) -> int:
    label = fault.report.label
    return 0 if label is None else label.span.start


_idle: list[tuple[Lark, TreeBuilder]] = []
"""Readers that read nothing now. Lark binds its callbacks when it is made, so that each has a builder of its own; a
thread takes one out while it reads, and a process that is forked meanwhile makes another."""


def _read(source: Source, start: str, begin: int, end: int) -> Any:
    """The tree of a stretch, or its first fault."""
    from lark import TextSlice, UnexpectedInput

    try:
        lark, builder = _idle.pop()
    except IndexError:
        lark, builder = _reader()
    builder.read(source)
    read: Any
    try:
        read = lark.parse(TextSlice(source.text, begin, end), start=start)
    except UnexpectedInput as error:
        read = _fault(lark, source, end, error)
    except SymcostError as fault:
        read = fault

    # One that was interrupted is not used again.
    builder.read(Source("", ""))  # keeps no text alive
    _idle.append((lark, builder))
    return read


def lexed(text: str) -> Iterator[tuple[str, str, int]]:
    """Kind, text and place of each word, comments among them; a word or sign of the language is its own kind."""
    from lark import UnexpectedCharacters

    try:
        lark, builder = _idle.pop()
    except IndexError:
        lark, builder = _reader()
    words, begin, unknown = _words(lark), 0, 0
    try:
        while begin < len(text) and unknown < MOST_UNKNOWN:
            try:
                for token in lark.lex(text[begin:], dont_ignore=True):
                    if token.type != "BLANK":
                        yield words.get(token.type, token.type), str(token), begin + (token.start_pos or 0)
                break
            except UnexpectedCharacters as error:
                begin += error.pos_in_stream or 0
                yield "UNKNOWN", text[begin], begin
                begin, unknown = begin + 1, unknown + 1
        if unknown == MOST_UNKNOWN and begin < len(text):
            yield "UNKNOWN", text[begin:], begin
    finally:
        _idle.append((lark, builder))


def _fault(lark: Lark, source: Source, end: int, error: UnexpectedInput) -> SymcostError:
    """What Lark noticed, in the terms of the language."""
    from lark import UnexpectedToken

    if not isinstance(error, UnexpectedToken):
        return faults.unknown(source, error.pos_in_stream or 0)
    words = _words(lark)
    accepted = {words.get(name, name) for name in error.accepts or ()}
    at_end = error.token.type == "$END"
    span = faults.at_end(source, end) if at_end else Span(source, error.token.start_pos, error.token.end_pos)
    return faults.unexpected(source, span, accepted)


def _words(lark: Lark) -> dict[str, str]:
    """How terminals are written, by their names in the grammar: those that are one word or one sign."""
    from lark.lexer import PatternStr

    return {known.name: known.pattern.value for known in lark.terminals if isinstance(known.pattern, PatternStr)}


# The tables of the grammar -----------------------------------------------------------------------


_OPTIONS: dict[str, Any] = {
    "parser": "lalr",
    "lexer": "basic",  # a word is the same token everywhere; the grammar says where it is a name
    "start": ["file", "expr"],
    "keep_all_tokens": True,  # every rule knows its first and last character
    "maybe_placeholders": True,
}


def _reader() -> tuple[Lark, TreeBuilder]:
    """Lark for our grammar, and the builder it calls."""
    from lark import Lark

    builder, (data, memo) = TreeBuilder(), _tables(grammar())
    lark: Lark = Lark._load_from_dict(data, memo, transformer=builder)  # type: ignore[no-untyped-call]
    return lark, builder


def grammar() -> str:
    """The text of `grammar/arch.lark`: in the package where it was installed, beside it in a checkout."""
    for folder in (files("symcost") / "grammar", Path(__file__).parents[2] / "grammar"):
        if (file := folder / "arch.lark").is_file():
            return file.read_text(encoding="utf-8")
    raise FileNotFoundError("grammar/arch.lark is neither in the package nor beside it")


def _tables(grammar: str) -> tuple[Any, Any]:
    """What Lark works out from the grammar, as plain data; kept, for a short run would mostly do this."""
    import lark
    from lark.grammar import Rule
    from lark.lexer import TerminalDef

    key = repr((grammar, _OPTIONS, lark.__version__, sys.implementation.cache_tag))
    tables = cache.load(key)
    if tables is None:
        tables = lark.Lark(grammar, **_OPTIONS).memo_serialize([TerminalDef, Rule])
        cache.save(key, tables)
    data, memo = tables
    return data, memo
