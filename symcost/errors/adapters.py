"""Adapters: what they ask for that is not counted, and bases of which too little is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symcost.diagnostics import Span
from symcost.errors.base import SymcostError
from symcost.errors.words import did_you_mean


class UncountedAdapter(SymcostError):
    """An adapter that does something of which the costs are not known."""

    code = "uncounted-adapter"

    def __init__(self, file: str, key: str, found: str, why: str, span: Span) -> None:
        super().__init__(f"`{file}` asks with `{key}` for what is not counted", span, f"is {found}", notes=[why])


class NoBase(SymcostError):
    """An adapter without the model that it adapts."""

    code = "no-base"

    def __init__(self, file: str, told: str | None, folder: str | None) -> None:
        """`told`: what the file calls it. `folder`: where one was looked for."""
        named = f"`{told}`" if told else "a model"
        super().__init__(
            f"`{file}` adapts {named}, whose `config.json` is not at hand",
            notes=[f"none lies in `{folder}`"] if folder else [],
            helps=["give it with `--base config.json`, or lay it beside the adapter"],
        )


class UnknownBase(SymcostError):
    """A base of which the linear layers are not known by name."""

    code = "unknown-base"

    def __init__(self, file: str, found: str, known: Iterable[str], span: Span) -> None:
        super().__init__(
            f"nobody looked up how the linear layers of `{file}` are called",
            span,
            f"is {found}",
            notes=["they are known of models that write texts and were compared with peft"],
            helps=did_you_mean(found, known),
        )


class NoSuchLayer(SymcostError):
    """An adapter for a layer that the base has not, or that is no linear one."""

    code = "no-such-layer"

    def __init__(self, file: str, name: str, kind: str, known: Sequence[str], span: Span) -> None:
        super().__init__(
            f"`{file}` adapts `{name}`, and no linear layer of `{kind}` is called so",
            span,
            "named here",
            notes=[f"it has {', '.join(f'`{one}`' for one in known)}"],
            helps=did_you_mean(name, known),
        )
