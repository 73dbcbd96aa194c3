"""A published `config.json`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from symcost.diagnostics import Label, Span
from symcost.errors.base import SymcostError, did_you_mean
from symcost.errors.sizes import _as_written, _assumed


class NoMapping(SymcostError):
    """A published file was given, and the architecture does not say how to read one."""

    code = "no-mapping"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"`{name}` does not say what it needs of a published file",
            helps=["add for example `config hf { D = hidden_size, L = num_hidden_layers }`, dimensions at the left"],
        )


class MisplacedAssumption(SymcostError):
    """An `assume` in a configuration that gives its numbers itself."""

    code = "misplaced-assumption"

    def __init__(self, span: Span) -> None:
        super().__init__(
            "only `config hf` assumes something, of the file that it reads",
            span,
            helps=["write it outside of the configuration, over dimensions"],
        )


class NumbersElsewhere(SymcostError):
    """`hf` was asked for like a configuration with numbers of its own."""

    code = "numbers-elsewhere"

    def __init__(self, name: str, span: Span, asked: Span | None = None) -> None:
        super().__init__(
            f"the numbers of `{name}` stand in a published file",
            asked or span,
            "" if asked else "names of that file",
            others=[Label(span, "names of that file")] if asked else [],
            helps=['give the file with `--hf config.json`, or `.configured_from("config.json")`'],
        )


class NotJson(SymcostError):
    """A published file that is not JSON."""

    code = "not-json"

    def __init__(self, name: str, span: Span, label: str) -> None:
        super().__init__(f"`{name}` is no JSON table", span, label)


class MissingKey(SymcostError):
    """A name that a published file has not."""

    code = "missing-key"

    def __init__(self, key: str, file: str, known: Iterable[str], span: Span) -> None:
        helps = did_you_mean(key, [name for name in known if name.isidentifier()])
        super().__init__(
            f"`{file}` has no `{key}`",
            span,
            "read here",
            helps=helps or [f"where such files may leave it out, write what holds then: `{key} or 1`"],
        )


class OtherArchitecture(SymcostError):
    """A published file that is not what a mapping assumes of it."""

    code = "other-architecture"

    def __init__(self, file: str, span: Span, places: Sequence[Label]) -> None:
        super().__init__(
            f"`{file}` is of another architecture: `{span.text}` does not hold", span, "assumed here", others=places
        )


class WrongKey(SymcostError):
    """A name of a published file behind which no single value stands."""

    code = "wrong-key"

    def __init__(self, key: str, found: str, span: Span, asked: Span) -> None:
        super().__init__(
            f"`{key}` is {found}, not a number",
            span,
            f"is {found}",
            others=[Label(asked, "read here")],
            helps=[f"write what holds then: `{key} or 1`"] if found == "null" else [],
        )


class ValueTooLarge(SymcostError):
    """Numbers whose result cannot be computed."""

    code = "too-large"

    def __init__(self, why: str, span: Span | None = None) -> None:
        super().__init__(f"the result is too large to compute: {why}", span)


class ViolatedAssumption(SymcostError):
    """Numbers that break what was assumed."""

    code = "violated-assumption"

    def __init__(self, fact: str, span: Span | None, values: Mapping[str, int]) -> None:
        given = ", ".join(f"{name} = {value}" for name, value in values.items())
        super().__init__(f"`{_as_written(fact, span)}` does not hold for {given}", span, _assumed(span))


class UnknownQuantity(SymcostError, KeyError):
    """Something asked for that is not counted."""

    code = "unknown-quantity"

    def __init__(self, name: str, known: Sequence[str], span: Span | None = None) -> None:
        super().__init__(
            f"nothing called `{name}` is counted",
            span,
            notes=[f"there are {', '.join(f'`{quantity}`' for quantity in known)}"],
            helps=did_you_mean(name, known),
        )


class WrongOrder(SymcostError):
    """A growth in several dimensions at once."""

    code = "wrong-order"

    def __init__(self, span: Span, names: Sequence[str]) -> None:
        listed = " and ".join(f"`{name}`" for name in names)
        super().__init__(
            f"growth is asked in one dimension, here are {listed}", span, helps=[f"write `grows {names[0]}`"]
        )


class UnderivedGrowth(SymcostError):
    """An order that is not derived."""

    code = "growth-not-derived"

    def __init__(self, name: str, what: str, span: Span | None = None) -> None:
        super().__init__(
            f"the growth in `{name}` is not derived: {what}",
            span,
            helps=["put a number in for another dimension, or ask for the formula itself"],
        )


class UnderivedWindow(SymcostError):
    """A receptive field, or a path through it, that is not derived."""

    code = "window-not-derived"

    def __init__(self, what: str, why: str, span: Span, mend: str | None = None) -> None:
        helps = [] if mend is None else [mend]
        super().__init__(f"what {what} sees of the input is not derived: {why}", span, helps=helps)


class NoPath(SymcostError):
    """A path length of what does not bring all positions together."""

    code = "no-path"

    def __init__(self, why: str, span: Span) -> None:
        self.why = why
        super().__init__(f"no path joins all positions of the input: {why}", span)


class UnderivedDepth(SymcostError):
    """A depth for which no formula is found."""

    code = "depth-not-derived"

    def __init__(self, what: str, why: str, span: Span) -> None:
        super().__init__(f"the depth of {what} is not derived: {why}", span)


class UnderivedBackward(SymcostError):
    """A loop that never comes to rest: from round to round other carried values need a gradient."""

    code = "backward-not-derived"

    def __init__(self, loop: str, span: Span) -> None:
        super().__init__(
            f"the backward pass of `{loop}` is not derived",
            span,
            "from round to round other carried values depend on what is trained",
            helps=["write two rounds in one, so that what is carried keeps its place"],
        )


class UnderivedMemory(SymcostError):
    """A loop that never comes to rest: from round to round other values have to be kept."""

    code = "memory-not-derived"

    def __init__(self, loop: str, span: Span) -> None:
        super().__init__(
            f"what `{loop}` keeps for the backward pass is not derived",
            span,
            "from round to round other values are needed",
            helps=["write two rounds in one, so that what is carried keeps its place"],
        )


class UndecidedPeak(SymcostError):
    """A loop whose rounds take more and less memory, and no proof which of them the most."""

    code = "undecided-peak"

    def __init__(self, loop: str, span: Span, counter: str) -> None:
        super().__init__(
            f"cannot tell in which round `{loop}` takes the most memory",
            span,
            f"what lives in a round neither grows nor shrinks with `{counter}` for all sizes",
            helps=["give numbers to the dimensions, as in `T=448`"],
        )
