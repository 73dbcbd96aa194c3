"""Files that are used by others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symcost.diagnostics import Label, Span
from symcost.errors.base import SymcostError
from symcost.errors.elsewhere import meant


class UnreadableFile(SymcostError):
    """A file that is not there or cannot be read."""

    code = "unreadable-file"

    def __init__(self, name: str, why: str, span: Span | None = None, *, in_library: bool = False) -> None:
        """`in_library`: a file of the library is called so."""
        helps = ["leave the `use` out: layers of the library are known everywhere"] if in_library else []
        super().__init__(f"cannot read `{name}`: {why[:1].lower()}{why[1:]}", span, helps=helps)


class FileTooLarge(SymcostError):
    """A file longer than any architecture."""

    code = "file-too-large"

    def __init__(self, name: str, limit: int, span: Span | None = None) -> None:
        super().__init__(f"`{name}` is longer than {limit} bytes", span)


class NotText(SymcostError):
    """A file that is no UTF-8 text."""

    code = "not-text"

    def __init__(self, name: str, byte: int, span: Span | None = None) -> None:
        super().__init__(
            f"`{name}` is not UTF-8 text from byte {byte} on",
            span,
            helps=["save the file as UTF-8"],
        )


class UseOutside(SymcostError):
    """A `use` that leads out of the project's folder."""

    code = "use-outside"

    def __init__(self, path: str, span: Span, why: str, helps: Sequence[str] = ()) -> None:
        super().__init__(f"`{path}` is not read", span, notes=[why], helps=helps)


class NotInFile(SymcostError):
    """A name that `use` wants from a file that has none such."""

    code = "not-in-file"

    def __init__(self, name: str, path: str, span: Span, known: Iterable[str]) -> None:
        super().__init__(
            f"`{path}` has no `{name}`",
            span,
            "no module, model or constant of that file",
            helps=meant(name, known),
        )


class UseCycle(SymcostError):
    """Files that use each other in a circle."""

    code = "use-cycle"

    def __init__(self, path: str, span: Span, chain: Sequence[Span]) -> None:
        super().__init__(
            f"`{path}` uses itself" + (" by way of others" if chain else ""),
            span,
            others=[Label(place, "by way of this") for place in chain],
        )
