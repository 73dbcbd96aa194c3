"""Text to tree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from symcost.diagnostics import Source, Span
from symcost.errors import Faults, SymcostError, TextTooLong
from symcost.once import once_each
from symcost.syntax import ast
from symcost.syntax.brackets import outline
from symcost.syntax.reader import END, Reader, UnexpectedWord, UnknownCharacter
from symcost.syntax.tables import Tables, tables
from symcost.syntax.tree import TreeBuilder

LONGEST_TEXT = 4_000_000
MOST_UNKNOWN = 100
"""Characters that begin no word, in a text that is looked at word by word; what follows them is not looked at."""

LONGEST_KEPT, MOST_KEPT = 100_000, 400_000
"""Characters of a file whose tree is kept, and of all that are kept at a time: some 12 MB of trees."""

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


_kept: dict[tuple[str, str], ast.File] = {}
"""Trees of files by name and text; those that were asked for last stand last."""


def parse_again(source: Source) -> ast.File:
    """The tree of a file that may have been read before: by itself, or for others that use it. No tree ever changes.

    Raises what `parse` raises.
    """
    asked = source.name, source.text
    tree = _kept.pop(asked, None) or parse(source)
    if len(source.text) <= LONGEST_KEPT:
        _kept[asked] = tree
        _forget_the_oldest()
    return tree


def _forget_the_oldest() -> None:
    """Other threads may put trees in meanwhile, and take them out."""
    known = list(_kept)
    characters = sum(len(text) for _, text in known)
    for one in known:
        if characters <= MOST_KEPT:
            return
        characters -= len(one[1])
        _kept.pop(one, None)


def parse_stretch(source: Source, begin: int, end: int) -> ast.File:
    """The tree of a stretch of a file that is known to be sound, as the library is. Raises its first fault."""
    part: ast.File | SymcostError = _read(source, "file", begin, end)
    if isinstance(part, SymcostError):
        raise part
    return part


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


_idle: list[tuple[Reader, TreeBuilder]] = []
"""Readers that read nothing now. A reader binds the methods of its builder, so that each has one of its own; a thread
takes one out while it reads, and a process that is forked meanwhile makes another."""


def _taken() -> tuple[Reader, TreeBuilder]:
    """A reader that nobody uses."""
    try:
        return _idle.pop()
    except IndexError:
        builder = TreeBuilder()
        return Reader(_tables(), builder), builder


@once_each
def _tables() -> Tables:
    return tables()


def _read(source: Source, start: str, begin: int, end: int) -> Any:
    """The tree of a stretch, or its first fault."""
    reader, builder = _taken()
    builder.read(source)
    read: Any
    try:
        read = reader.parse(source.text, begin, end, start)
    except UnknownCharacter as error:
        from symcost.syntax import faults  # most texts have none

        read = faults.unknown(source, error.place)
    except UnexpectedWord as error:
        read = _fault(reader, source, end, error)
    except SymcostError as fault:
        read = fault

    # One that was interrupted is not used again.
    builder.read(Source("", ""))  # keeps no text alive
    _idle.append((reader, builder))
    return read


def lexed(text: str) -> Iterator[tuple[str, str, int]]:
    """Kind, text and place of each word, comments among them; a word or sign of the language is its own kind."""
    reader, builder = _taken()
    written, begin, unknown = reader.tables.words, 0, 0
    try:
        while begin < len(text) and unknown < MOST_UNKNOWN:
            try:
                for word in reader.all_words(text, begin, len(text), BLANKS):
                    yield written.get(word.type, word.type), str(word), word.start_pos
                break
            except UnknownCharacter as error:
                begin = error.place
                yield "UNKNOWN", text[begin], begin
                begin, unknown = begin + 1, unknown + 1
        if unknown == MOST_UNKNOWN and begin < len(text):
            yield "UNKNOWN", text[begin:], begin
    finally:
        _idle.append((reader, builder))


BLANKS = frozenset({"BLANK"})


def _fault(reader: Reader, source: Source, end: int, error: UnexpectedWord) -> SymcostError:
    """What was noticed, in the terms of the language."""
    from symcost.syntax import faults  # likewise

    written, word = reader.tables.words, error.word
    accepted = {written.get(kind, kind) for kind in error.accepted}
    span = faults.at_end(source, end) if word.type == END else Span(source, word.start_pos, word.end_pos)
    return faults.unexpected(source, span, accepted)
