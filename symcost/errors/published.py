"""A published `config.json`, and the `config hf` that reads it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symcost.diagnostics import Label, Span
from symcost.errors.base import SymcostError
from symcost.errors.words import did_you_mean


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
