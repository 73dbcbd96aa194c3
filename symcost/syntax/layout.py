"""Text that knows where it may break: documents, and the line-filling that turns one into text.

After Wadler, A prettier printer (2003): a group stands on one line where it fits; else its own breaks may break.
"""

from __future__ import annotations

from itertools import islice

from symcost.records import dataclass


@dataclass(frozen=True, slots=True)
class Break:
    """Where a line may end: `flat` if it does not."""

    flat: str = " "


@dataclass(frozen=True, slots=True)
class Hard:
    """Where a line ends."""


@dataclass(frozen=True, slots=True)
class Join:
    """One after the other."""

    parts: tuple[Doc, ...]


@dataclass(frozen=True, slots=True)
class Nest:
    """Lines that begin inside are further in by `by`."""

    by: int
    inner: Doc


@dataclass(frozen=True, slots=True)
class Align:
    """Lines that begin inside stand under the place where this begins, or 4 further in if that is past `latest`."""

    inner: Doc
    latest: int = 48


@dataclass(frozen=True, slots=True)
class Group:
    """On one line if that fits."""

    inner: Doc


Doc = str | Break | Hard | Join | Nest | Align | Group
_Piece = tuple[int, bool, Doc]
"""A document, how far in its lines begin, and whether it stands on one line."""

SOFT = Break("")
LINE = Break()
HARD = Hard()


def join(*parts: Doc) -> Doc:
    """One behind the other."""
    return Join(parts)


def separated(parts: list[Doc], separator: Doc) -> Doc:
    """The parts with a separator between each two."""
    between: list[Doc] = []
    for number, part in enumerate(parts):
        if number:
            between.append(separator)
        between.append(part)
    return Join(tuple(between))


def filled(parts: list[Doc], mark: str = ",") -> Doc:
    """As many parts on a line as fit, the mark behind each but the last."""
    done: list[Doc] = []
    for number, part in enumerate(parts):
        marked = part if number == len(parts) - 1 else join(part, mark)
        done.append(Group(join(LINE, marked)) if number else marked)
    return Join(tuple(done))


def render(doc: Doc, width: int) -> str:
    """The text of a document, with lines of at most `width` characters where that can be."""
    out: list[str] = []
    column = 0
    todo: list[_Piece] = [(0, False, doc)]
    while todo:
        indent, flat, piece = todo.pop()
        match piece:
            case str():
                out.append(piece)
                column += len(piece)
            case Break() if flat:
                out.append(piece.flat)
                column += len(piece.flat)
            case Break() | Hard():
                out.append("\n" + " " * indent)
                column = indent
            case Join():
                todo.extend(_parts(indent, flat, piece))
            case Nest():
                further = indent + piece.by
                todo.append((further, flat, piece.inner))
            case Align():
                begin = column if column <= piece.latest else indent + 4
                todo.append((begin, flat, piece.inner))
            case Group():
                on_one_line = (indent, True, piece.inner)
                fits = flat or _fits(on_one_line, todo, width - column)
                todo.append((indent, fits, piece.inner))
    return _without_blanks("".join(out))


def _without_blanks(text: str) -> str:
    """The text with no blank at the end of a line."""
    return "\n".join(line.rstrip() for line in text.split("\n"))


def _parts(indent: int, flat: bool, joined: Join) -> list[_Piece]:
    """The parts as they go on a stack: the first is taken first."""
    return [(indent, flat, part) for part in reversed(joined.parts)]


def _fits(first: _Piece, rest: list[_Piece], room: int) -> bool:
    """Whether a piece on one line, and what follows it up to the next place to break, needs no more than the room."""
    following = reversed(rest)
    todo = [first]
    while room >= 0:
        if not todo:
            todo.extend(islice(following, 1))
        if not todo:
            return True
        indent, flat, piece = todo.pop()
        match piece:
            case str():
                room -= len(piece)
            case Break() if flat:
                room -= len(piece.flat)
            case Break():
                # The line may end here.
                return True
            case Hard():
                # It has to end here, which it cannot inside a group that stands on one line.
                return not flat
            case Join():
                todo.extend(_parts(indent, flat, piece))
            case Nest() | Align() | Group():
                # How far in a line begins is of no matter while none begins.
                todo.append((indent, flat, piece.inner))
    return False
