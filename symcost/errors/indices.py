"""Index notation and selections: which index runs where, and how far."""

from __future__ import annotations

from collections.abc import Sequence

from symcost.diagnostics import Label, Span
from symcost.errors.base import SymcostError
from symcost.errors.sizes import UnequalSizes
from symcost.errors.words import shape_text
from symcost.formula import Form, Verdict


class IndexConflict(UnequalSizes):
    """One index along two axes of different sizes."""

    code = "shape-mismatch"

    def __init__(self, index: str, before: tuple[Form, Span], now: tuple[Form, Span], verdict: Verdict) -> None:
        shown = "the leading axes" if index.startswith("...") else f"`{index}`"
        super().__init__(
            f"{shown} would run over `{before[0].source()}` and over `{now[0].source()}`",
            "they",
            before[0],
            now[0],
            verdict,
            span=now[1],
            label=f"runs over `{now[0].source()}`",
            others=[Label(before[1], f"runs over `{before[0].source()}`")],
        )


class MissingIndex(SymcostError):
    """An index of the left side that nothing on the right explains, or `...` the other way round."""

    code = "unknown-index"

    def __init__(self, index: str, span: Span) -> None:
        if index == "...":
            super().__init__(
                "`...` stands on the right but not on the left",
                span,
                helps=["begin the left side with `...`"],
            )
        else:
            super().__init__(f"`{index}` stands on the left but nowhere on the right", span, "how far does it run?")


class UnsummedIndex(SymcostError):
    """An index in a window that is neither reduced nor kept."""

    code = "unknown-index"

    def __init__(self, index: str, span: Span) -> None:
        super().__init__(
            f"`{index}` is neither on the left nor in the window",
            span,
            helps=[f"reduce over it with `{index} in …`, or keep it on the left"],
        )


class UnknownExtent(SymcostError):
    """Indices whose range cannot be solved for."""

    code = "unknown-extent"

    def __init__(self, indices: Sequence[str], span: Span) -> None:
        names = " and ".join(f"`{name}`" for name in indices)
        super().__init__(
            f"cannot tell how far {names} run: only one of them may be unknown here",
            span,
            helps=[
                f"let `{indices[-1]}` stand alone along another axis, as in `w[{indices[-1]}]`, or say on the left how "
                f"many values it has: `{indices[-1]} in 2`"
            ],
        )


class AffineSign(SymcostError):
    """An index multiplied by a number that is not positive, or not known to be."""

    code = "bad-index"

    def __init__(self, coefficient: Form, span: Span) -> None:
        helps = ["turn the axis around first, with `reverse`"] if coefficient == -1 else []
        super().__init__(
            f"cannot tell how far an index runs that is multiplied by `{coefficient.source()}`", span, helps=helps
        )


class BadIndexing(SymcostError):
    """Index notation that says something it cannot."""

    code = "bad-index"

    def __init__(self, why: str, span: Span, help: str = "") -> None:
        super().__init__(why, span, helps=[help] if help else [])


class IndexCount(SymcostError):
    """More or fewer indices or positions than a tensor has axes."""

    code = "index-count"

    def __init__(
        self, found: int, shape: Sequence[Form], span: Span, what: str = "index", many: str = "indices"
    ) -> None:
        rank = len(shape)
        super().__init__(
            f"{found} {what if found == 1 else many} for {rank} ax{'is' if rank == 1 else 'es'}",
            span,
            notes=[f"the tensor has shape {shape_text(shape)}"],
        )


class IndexHidden(SymcostError):
    """An index named like a dimension or a counter."""

    code = "index-is-a-dimension"

    def __init__(self, name: str, span: Span) -> None:
        super().__init__(
            f"`{name}` is a dimension here and cannot be an index as well",
            span,
            helps=["give the index another name"],
        )


class BadSubscript(SymcostError):
    """A selection that is not possible."""

    code = "bad-subscript"

    def __init__(self, why: str, span: Span) -> None:
        super().__init__(why, span)


class NothingToAddTo(SymcostError):
    """`+=` to a name that stands for nothing."""

    code = "nothing-to-add-to"

    def __init__(self, name: str, span: Span) -> None:
        super().__init__(
            f"there is no `{name}` to which anything could be added",
            span,
            helps=[f"begin with zeros above: `{name} = zeros([N, F])`"],
        )
