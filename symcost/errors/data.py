"""Conventions and optimizers: the TOML files; what is said of all such files."""

from __future__ import annotations

from collections.abc import Sequence

from symcost.diagnostics import Span
from symcost.errors.base import SymcostError
from symcost.errors.words import did_you_mean, listed


class UnreadableData(SymcostError):
    """A convention or device file that cannot be read."""

    code = "unreadable-data"

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"cannot read `{path}`: {reason}")


class BadToml(SymcostError):
    """A convention or device file that is not TOML."""

    code = "bad-toml"

    def __init__(self, complaint: str, span: Span) -> None:
        super().__init__("this is not TOML", span, complaint)


class UnknownEntry(SymcostError):
    """A key that means nothing in its table."""

    code = "unknown-entry"

    def __init__(self, key: str, known: Sequence[str], span: Span) -> None:
        super().__init__(
            f"there is no entry `{key}` here",
            span,
            "not known",
            notes=[f"known here: {listed(known)}"],
            helps=did_you_mean(key, known),
        )


class MissingEntry(SymcostError):
    """A key that may not be left out."""

    code = "missing-entry"

    def __init__(self, key: str, span: Span, help: str = "") -> None:
        super().__init__(f"the entry `{key}` is missing", span, "in here", helps=[help] if help else [])


class WrongEntry(SymcostError):
    """A value of the wrong kind; `example` is an entry of the right one."""

    code = "wrong-entry"

    def __init__(self, key: str, found: object, wanted: str, span: Span, example: str = "") -> None:
        shown = f'"{found}"' if isinstance(found, str) else str(found).lower()
        shown = shown if len(shown) <= 40 else f"{shown[:40]}..."
        helps = [f"write `{example}`, for example"] if example else []
        super().__init__(f"`{key}` must be {wanted}, not `{shown}`", span, helps=helps)


class UnknownConvention(SymcostError):
    """A convention that is not shipped."""

    code = "unknown-convention"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(
            f"there is no convention `{name}`",
            notes=[f"shipped: {listed(known)}; a path to one of your own ends in `.toml`"],
            helps=did_you_mean(name, known),
        )


class LayerNotCounted(SymcostError):
    """A layer that a convention has no number for, and says so."""

    code = "layer-not-counted"

    def __init__(self, convention: str, layer: str, why: str, span: Span) -> None:
        super().__init__(
            f"the convention `{convention}` cannot count `{layer}`",
            span,
            notes=[why],
            helps=["`--convention mac` and `--convention default` count every layer"],
        )


class TrainingNotCounted(SymcostError):
    """A convention that counts layers as a whole, and only forward."""

    code = "training-not-counted"

    def __init__(self, convention: str) -> None:
        super().__init__(
            f"the convention `{convention}` does not say what training costs",
            notes=["it counts some layers as a whole, and only forward"],
            helps=["`--convention mac` and `--convention default` count every operation, whichever way it goes"],
        )


class UnknownOptimizer(SymcostError):
    """An optimizer that is not shipped."""

    code = "unknown-optimizer"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(
            f"there is no optimizer `{name}`",
            notes=[f"shipped: {listed(known)}; a path to one of your own ends in `.toml`"],
            helps=did_you_mean(name, known),
        )
