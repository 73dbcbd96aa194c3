"""A network that is another one at other sizes, so that its sizes cannot be named."""

from __future__ import annotations

from symcost.errors.base import SymcostError


class NotAligned(SymcostError):
    """Two configurations of one model, whose statements are not the same but for sizes."""

    code = "not-aligned"

    def __init__(self, path: str, one: str, other: str, configurations: tuple[str, str]) -> None:
        super().__init__(
            f"the model does something else at other sizes{f', in `{path}`' if path else ''}",
            notes=[f"with {configurations[0]}: {one}", f"with {configurations[1]}: {other}"],
            helps=[
                "give sizes at which it does the same with `--vary`, such as 3 and more layers (two are written out), "
                "or leave its sizes numbers with `--plain`"
            ],
        )
