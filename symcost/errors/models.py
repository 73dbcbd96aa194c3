"""Models, their values and what is asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from symcost.diagnostics import Label, Span
from symcost.errors.base import SymcostError, did_you_mean
from symcost.errors.syntax import one_of


class NoModel(SymcostError):
    """A file in which nothing can be asked."""

    code = "no-model"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"`{name}` holds no model",
            helps=["write `model Name(x: [T, D]) { … }`, or ask a file that has one"],
        )


class SeveralModels(SymcostError):
    """A file with several models, and none was named."""

    code = "several-models"

    def __init__(self, name: str, models: Iterable[str]) -> None:
        listed = one_of([f"`{model}`" for model in models])
        first = next(iter(models))
        super().__init__(
            f"`{name}` holds several models: {listed}",
            helps=[f'choose one with `--model {first}`, or `.model("{first}")`'],
        )


class UnknownModel(SymcostError):
    """A model that the file has not."""

    code = "unknown-model"

    def __init__(self, name: str, known: Iterable[str], span: Span | None = None) -> None:
        listed = ", ".join(f"`{model}`" for model in known)
        super().__init__(
            f"there is no model `{name}`",
            span,
            notes=[f"models: {listed}"] if listed else [],
            helps=did_you_mean(name, known),
        )


class UnknownConfig(SymcostError):
    """A configuration that the file has not."""

    code = "unknown-config"

    def __init__(self, name: str, known: Iterable[str], span: Span | None = None) -> None:
        listed = ", ".join(f"`{config}`" for config in known)
        super().__init__(
            f"there is no configuration `{name}`",
            span,
            notes=[f"configurations: {listed}" if listed else "the file has no configurations"],
            helps=did_you_mean(name, known),
        )


class UnknownDimension(SymcostError):
    """A value for something that the model has not."""

    code = "unknown-dimension"

    def __init__(self, name: str, model: str, known: Iterable[str], span: Span | None = None) -> None:
        listed = ", ".join(f"`{dimension}`" for dimension in known)
        super().__init__(
            f"`{model}` has no `{name}`",
            span,
            notes=[f"it has {listed}" if listed else "it has no dimensions"],
            helps=did_you_mean(name, known),
        )


class BadValue(SymcostError):
    """A value that is no size: zero, negative, broken or no number at all."""

    code = "bad-value"

    def __init__(self, name: str, value: object, span: Span | None, given: Span | None = None) -> None:
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        if len(shown) > 40:
            shown = f"{shown[:20]}… ({len(shown)} {'digits' if shown.isdecimal() else 'characters'})"
        wanted = "smaller number" if shown[:1] in "123456789" and "digits" in shown else "positive integer"
        super().__init__(
            f"`{name}` cannot be `{shown}`",
            given or span,
            "" if given else "declared here",
            others=[Label(span, "declared here")] if given and span else [],
            helps=[f"give `{name}` a {wanted}"],
        )

    def read_from(self, places: Sequence[Label]) -> BadValue:
        """The same, where the value comes from another file."""
        self.report = replace(self.report, others=(*self.report.others, *places))
        return self
