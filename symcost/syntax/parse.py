"""Text to tree. Everything that knows Lark is in this room."""

from __future__ import annotations

import hashlib
import marshal
import os
import platform
import tempfile
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from symcost.diagnostics import Source, Span
from symcost.errors import Faults, SymcostError, TextTooLong
from symcost.syntax import ast, faults
from symcost.syntax.brackets import outline
from symcost.syntax.tree import TreeBuilder

if TYPE_CHECKING:
    from lark import Lark, UnexpectedInput

LONGEST_TEXT = 4_000_000
MOST_FAULTS = 20
"""Reported in one run; who mends them sees the next ones."""


def parse(source: Source) -> ast.File:
    """The tree of a file.

    Raises a `SymcostError` whose `.faults` are all syntax faults that can be told apart: at most one for each top-level
    item, since what follows a fault is read in its light.
    """
    found: list[SymcostError] = []
    items: list[ast.Item] = []
    for part in _parts(source, "file"):
        if isinstance(part, SymcostError):
            found.append(part)
        else:
            items.extend(part.items)
    if len(found) == 1:
        raise found[0]
    if found:
        raise Faults(sorted(found, key=_place)[:MOST_FAULTS])
    return ast.File(source, tuple(items))


def parse_expression(source: Source) -> ast.Expr:
    """The tree of one expression, such as the value in `T=448` on the command line."""
    for part in _parts(source, "expr"):
        if isinstance(part, SymcostError):
            raise part
        return part  # type: ignore[no-any-return]
    raise AssertionError("an expression is a single part")


def _place(fault: SymcostError) -> int:
    label = fault.report.label
    return 0 if label is None else label.span.start


def _parts(source: Source, start: str) -> Iterator[Any]:
    """The trees of the sound stretches of a text, and the faults between them."""
    size = len(source.text)
    if size > LONGEST_TEXT:
        raise TextTooLong(source.name, LONGEST_TEXT)
    shape = outline(source)
    yield from shape.faults
    count = 0
    for begin, end in shape.sound(size):
        while begin < end or begin == 0:
            part = _read(source, start, begin, end)
            yield part
            if not isinstance(part, SymcostError):
                break
            count += 1
            if count == MOST_FAULTS:
                return
            begin = shape.after(_place(part), end)
            if begin == end:
                break


_one_at_a_time = Lock()  # Lark binds its callbacks when it is made, so there is one builder for all texts


def _read(source: Source, start: str, begin: int, end: int) -> Any:
    """The tree of a stretch, or its first fault."""
    from lark import TextSlice, UnexpectedInput

    with _one_at_a_time:
        lark, builder = _reader()
        builder.read(source)
        try:
            return lark.parse(TextSlice(source.text, begin, end), start=start)
        except UnexpectedInput as error:
            return _fault(lark, source, end, error)
        except SymcostError as fault:
            return fault
        finally:
            builder.read(Source("", ""))  # keeps no text alive


def _fault(lark: Lark, source: Source, end: int, error: UnexpectedInput) -> SymcostError:
    """What Lark noticed, in the terms of the language."""
    from lark import UnexpectedToken
    from lark.lexer import PatternStr

    if not isinstance(error, UnexpectedToken):
        return faults.unknown(source, error.pos_in_stream or 0)
    words = {t.name: t.pattern.value for t in lark.terminals if isinstance(t.pattern, PatternStr)}
    accepted = {words.get(name, name) for name in error.accepts or ()}
    if error.token.type == "$END":
        return faults.unexpected(source, faults.at_end(source, end), accepted)
    return faults.unexpected(source, Span(source, error.token.start_pos, error.token.end_pos), accepted)


# The tables of the grammar -----------------------------------------------------------------------


_OPTIONS: dict[str, Any] = {
    "parser": "lalr",
    "lexer": "basic",  # a word is the same token everywhere; where it may be a name as well, the grammar says so
    "start": ["file", "expr"],
    "keep_all_tokens": True,  # every rule knows its first and last character
    "maybe_placeholders": True,
}


@cache
def _reader() -> tuple[Lark, TreeBuilder]:
    """Lark for our grammar, its tables from the user's cache where that can be trusted, and the builder it calls."""
    from lark import Lark

    builder, grammar = TreeBuilder(), _grammar()
    file = _cache_file(grammar)
    tables = file and _load(file)
    if not tables:
        tables = _tables(grammar)
        if file:
            _save(file, tables)
    data, memo = tables
    return Lark._load_from_dict(
        data, memo, transformer=builder
    ), builder  # as the parsers do that Lark generates


def _grammar() -> str:
    """The text of `grammar/arch.lark`: inside the package where it was installed, else beside it in a checkout."""
    for folder in (files("symcost") / "grammar", Path(__file__).parents[2] / "grammar"):
        if (grammar := folder / "arch.lark").is_file():
            return grammar.read_text(encoding="utf-8")
    raise FileNotFoundError("grammar/arch.lark is neither in the package nor beside it")


def _tables(grammar: str) -> tuple[Any, Any]:
    """What Lark works out from the grammar, as plain data."""
    from lark import Lark
    from lark.grammar import Rule
    from lark.lexer import TerminalDef

    return Lark(grammar, **_OPTIONS).memo_serialize([TerminalDef, Rule])


def _cache_file(grammar: str) -> Path | None:
    """Where the tables of this grammar, this Lark and this Python are kept; None where no folder can be trusted."""
    import lark

    key = repr(
        (grammar, _OPTIONS, lark.__version__, platform.python_implementation(), platform.python_version())
    )
    try:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        folder = Path(base) / "symcost"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return (
            folder / f"grammar-{hashlib.sha256(key.encode()).hexdigest()[:32]}" if _is_ours(folder) else None
        )
    except (OSError, RuntimeError):
        return None


def _is_ours(path: Path) -> bool:
    """Whether nobody else can have written there."""
    about = path.stat()
    return not hasattr(os, "getuid") or (about.st_uid == os.getuid() and not about.st_mode & 0o022)


def _load(file: Path) -> Any:
    """The tables in a cache file, behind their checksum; None if there are none or they are damaged."""
    try:
        if not _is_ours(file):
            return None
        checksum, content = (text := file.read_bytes())[:32], text[32:]
        return marshal.loads(content) if hashlib.sha256(content).digest() == checksum else None
    except (OSError, ValueError, EOFError, TypeError):
        return None


def _save(file: Path, tables: Any) -> None:
    """Written beside and moved into place, so that no one ever reads half of it."""
    content = marshal.dumps(tables)
    try:
        handle, name = tempfile.mkstemp(dir=file.parent)
    except OSError:
        return
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(hashlib.sha256(content).digest() + content)
        os.replace(name, file)
    except OSError:
        Path(name).unlink(missing_ok=True)
