"""How many random examples a test looks at: few every time, all of them with `--all`."""

from __future__ import annotations

from hypothesis import settings

USUAL = 60
"""Examples of a test that does not say how many."""


def examples(few: int, many: int = USUAL) -> settings:
    """`few` of them, the same ones every time; `many` with `--all`, and more where another profile looks at more."""
    if settings.get_current_profile_name() == "brief":
        return settings(max_examples=few, deadline=None)
    return settings(max_examples=settings().max_examples * many // USUAL, deadline=None)
