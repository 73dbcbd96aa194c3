"""What cannot be written out."""

from __future__ import annotations

from symcost.diagnostics import Span
from symcost.errors.base import SymcostError


class TooManyBlocks(SymcostError):
    """A listing without end."""

    code = "too-many-blocks"

    def __init__(self, most: int) -> None:
        super().__init__(f"there are more than {most} blocks to list", helps=["add `--depth 2`"])


class UnsafeLatex(SymcostError):
    """A `latex "..."` that says more than notation."""

    code = "unsafe-latex"

    def __init__(self, wish: str, piece: str, span: Span | None) -> None:
        super().__init__(
            f"`{wish}` is not plain mathematical notation",
            span,
            f"`{piece}` cannot stand here",
            notes=[
                "letters, digits, `^` and `_`, Greek letters, accents and fonts such as `\\mathrm{...}` can be used"
            ],
            helps=['write for example `latex "d_{\\mathrm{model}}"`'],
        )


class TooNarrow(SymcostError):
    """A width that a sign does not fit into."""

    code = "too-narrow"

    def __init__(self, piece: str, width: float) -> None:
        super().__init__(
            f"`{piece}` is wider than {width:.0f} pt and cannot be broken",
            helps=["give a greater `--width`"],
        )


class NotForAPage(SymcostError):
    """A quantity that has cases where sizes are small, of which its formula says nothing."""

    code = "not-for-a-page"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"a page cannot work `{name}` out: with small sizes it is not what its formula says",
            helps=["a page has `depth`, and whatever is a sum over the lines, such as `--of macs`"],
        )


class OpenWeights(SymcostError):
    """A convention under which FLOPs are no number."""

    code = "open-weights"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"FLOPs are no number under the convention `{name}`: its weights stay open",
            helps=["take a convention whose weights are numbers, such as `--convention default`"],
        )
