"""How names, lists, shapes and assumptions are written in a report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symcost.diagnostics import Span
from symcost.formula import Form

NEAR = 0.6
"""How alike two names are, from 0 to 1, so that one is proposed for the other (`difflib`'s own measure and limit)."""


def did_you_mean(name: str, known: Iterable[str]) -> list[str]:
    """The help line that names the nearest known name, if one is near."""
    from difflib import get_close_matches  # only a fault needs it

    near = get_close_matches(name, sorted(set(known)), n=1, cutoff=NEAR)
    return [f"did you mean `{near[0]}`?"] if near else []


def listed(names: Iterable[str]) -> str:
    """Names as a sentence shows them: `a`, `b`, `c`."""
    return ", ".join(f"`{name}`" for name in names)


def one_of(things: Sequence[str]) -> str:
    """Things of which one is wanted: `a`, `b` or `c`."""
    *others, last = things
    return f"{', '.join(others)} or {last}" if others else last


def shape_text(shape: Sequence[Form]) -> str:
    """A shape as the user would write it: `[T, 2*H]`."""
    return f"[{', '.join(size.source() for size in shape)}]"


def as_written(fact: object, span: Span | None) -> str:
    """An assumption in the words of who wrote it; one made on the way in ours."""
    return span.text.removeprefix("assume ") if span and _is_written(span) else str(fact)


def assumed_label(span: Span | None) -> str:
    """What to say below an assumption."""
    return "assumed here" if span and _is_written(span) else "needed here"


def _is_written(span: Span) -> bool:
    """Whether a place is an `assume` of the text; others are made where an operation needs them."""
    return span.text.startswith("assume ") and "\n" not in span.text
