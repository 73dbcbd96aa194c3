"""Which model and which configuration of a file is meant."""

from __future__ import annotations

from collections.abc import Iterable

from symcost.diagnostics import Span
from symcost.errors.base import SymcostError
from symcost.errors.words import did_you_mean, one_of


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


class NotDecoded(SymcostError):
    """A model that cannot go on with a text, or of which nobody knows whether it would do so as counted."""

    code = "not-decoded"

    def __init__(self, model: str, why: str, span: Span | None = None, mend: str | None = None) -> None:
        """`mend`: what to do instead; of a text it says how it is written, unless told otherwise."""
        if mend is None and span is not None:
            mend = "what is kept of the tokens before is written `k -> cached` where it is made"
        super().__init__(f"`{model}` has no step with a cache: {why}", span, helps=[mend] if mend else [])


class EmptyCache(SymcostError):
    """A step behind no token at all."""

    code = "empty-cache"

    def __init__(self, kept: str, tokens: str) -> None:
        """What the tokens in the cache and the new ones are called."""
        super().__init__(
            f"`{kept}` is 0: behind no token there is no step, a text begins",
            notes=["whoever begins a text needs the scores of its last token alone, and keeps what a step then reads"],
            helps=[
                f"with all scores, ask without `--step`: `{tokens}=…`; "
                f"as a text is begun to go on with it, ask for `--generate {tokens}=… n=1`"
            ],
        )
