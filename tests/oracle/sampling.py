"""How many random examples a test looks at: few every time, and all of them with `--all`."""

from __future__ import annotations

from hypothesis import settings


def examples(few: int, many: int) -> settings:
    """So many examples, the same ones every time; `many` under any other profile than the usual one."""
    usual = settings.get_current_profile_name() == "brief"
    return settings(max_examples=few if usual else many, deadline=None)
