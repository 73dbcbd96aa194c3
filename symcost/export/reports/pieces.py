"""The likely time as a formula: what each kind of kernel does and moves, and the rates that this is over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from symcost.export.numbers import plain_number
from symcost.export.parts import Figure, Layout, Row, Table

if TYPE_CHECKING:
    from fractions import Fraction

    from symcost.formula import Form
    from symcost.hardware.pieces import Piece, Pieces, Reached
    from symcost.hardware.profile import Profile
    from symcost.timing import Timing


def tables(timing: Timing, pieces: Pieces, profile: Profile) -> Iterator[Table]:
    """An entry for each kind of kernel; then what all of them are over."""
    columns = _columns(pieces)
    head = ("kernel", "launches", *columns.values(), "parameters", "other bytes")
    rows = tuple(_row(timing, number, piece, columns) for number, piece in enumerate(pieces.pieces, 1))
    yield Table(head, rows, Layout.ENTRIES)
    yield Table(("likely", "over", "of"), tuple(_rates(timing, pieces, profile)), Layout.LINES)


def _columns(pieces: Pieces) -> Mapping[Reached, str]:
    """A name for each rate of operations: what performs them, and how fast where that performs some slower."""
    found = list(dict.fromkeys(work.at for piece in pieces.pieces for work in piece.works))
    names = [reached.name for reached in found]
    columns: dict[Reached, str] = {}
    for reached in found:
        several = names.count(reached.name) > 1
        columns[reached] = f"{reached.name} at {float(reached.rate):.3g}/s" if several else reached.name
    return columns


def _row(timing: Timing, number: int, piece: Piece, columns: Mapping[Reached, str]) -> Row:
    """What one kernel does in all its launches; nothing where it does nothing of a kind."""
    shown = timing.model.shown
    many = f"{piece.many} × " if piece.many > 1 else ""
    amounts = {work.at: shown(work.amount) for work in piece.works}
    works: list[Form | str] = [amounts.get(reached, "") for reached in columns]
    stored, moved = _unless_none(shown(piece.stored)), _unless_none(shown(piece.moved))
    name = f"{number}: {many}{piece.name}"
    return Row((name, shown(piece.launches), *works, stored, moved))


def _unless_none(form: Form) -> Form | str:
    return "" if form == 0 else form


def _rates(timing: Timing, pieces: Pieces, profile: Profile) -> Iterator[Row]:
    """Each rate that is reached, and the part of the peak that it is; launches, and runs."""
    for reached, name in _columns(pieces).items():
        yield Row((name, Figure(reached.rate, reached.unit), _of_peak(reached)))
    for reached, size in zip(pieces.levels, (*pieces.sizes, None), strict=True):
        about = (*_where(size), *_of_peak(reached))
        yield Row((f"bytes from {reached.name}", Figure(reached.rate, "B/s"), about))
    for latency in dict.fromkeys(piece.latency for piece in pieces.pieces if piece.latency):
        yield Row(("a launch", Figure(latency, "s"), f"profile {profile.id}"))
    if pieces.run:
        runs = timing.model.shown(pieces.runs)
        yield Row(("runs of the host", Figure(pieces.run, "s"), ("each; there are ", runs)))


def _where(size: Fraction | None) -> tuple[str | Figure, ...]:
    """For which launches a level counts; the last one counts for all others."""
    if size is None:
        return ()
    return ("where ", Figure(size, "B"), " hold what a launch moves, ")


def _of_peak(reached: Reached) -> tuple[str | Figure, ...]:
    return (f"{float(reached.part):g} of ", Figure(reached.peak, reached.unit))


def notes(pieces: Pieces, profile: Profile) -> Iterator[str]:
    """How the time follows from the tables."""
    behind = f" and {float(1 - pieces.overlap):g} of the smaller" if pieces.overlap < 1 else ""
    yield (
        f"likely, profile {profile.id}: for each kernel the larger of its operations over their rates, added up, and "
        f"its bytes over theirs{behind}, and its launches; all kernels added up, and the runs of the host"
    )
    yield f"range: {float(profile.range[0]):g} to {float(profile.range[1]):g} of it; {profile.source}"
    if any(work.copied != 0 for piece in pieces.pieces for work in piece.works):
        packing = float(profile.packing)
        yield f"products: {packing:g} more for each parameter where there are more products than parameters"
    if pieces.warm:
        yield "parameters come from the nearest memory that holds all of them"
    elif len(pieces.levels) > 1:
        yield "parameters come from the main memory"
    if pieces.least is not None:
        yield "likely is no less than the least time above"


def data(timing: Timing, pieces: Pieces, profile: Profile) -> Mapping[str, Any]:
    """Formulas and rates."""
    return {
        "profile": profile.id,
        "overlap": plain_number(pieces.overlap),
        "run_seconds": plain_number(pieces.run),
        "runs": str(timing.model.shown(pieces.runs)),
        "range": [plain_number(end) for end in profile.range],
        "kernels": [_piece_data(timing, piece) for piece in pieces.pieces],
        "levels": [_level_data(level) for level in pieces.levels],
        "level_bytes": [plain_number(size) for size in pieces.sizes],
    }


def _piece_data(timing: Timing, piece: Piece) -> dict[str, Any]:
    shown = timing.model.shown
    works = [{"amount": str(shown(work.amount)), "rate_per_s": plain_number(work.at.rate)} for work in piece.works]
    return {
        "name": piece.name,
        "many": piece.many,
        "launches": str(shown(piece.launches)),
        "work": works,
        "parameter_bytes": str(shown(piece.stored)),
        "other_bytes": str(shown(piece.moved)),
        "launch_seconds": plain_number(piece.latency),
    }


def _level_data(level: Reached) -> dict[str, Any]:
    return {"name": level.name, "bytes_per_s": plain_number(level.rate)}
