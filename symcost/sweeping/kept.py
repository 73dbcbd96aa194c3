"""What a quantity keeps for its next point, apart from what makes it: most quantities are never asked at one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symcost.sweeping.arrays.over import Plan
    from symcost.sweeping.point import Point


class At:
    """What is kept of a quantity for the next point; another process makes it again."""

    __slots__ = ("plan", "plans")

    def __init__(self) -> None:
        self.plan: Plan | None = None
        self.plans: dict[tuple[str, ...], Point | None] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return At, ()
