"""Device files: what is wrong with a figure, and what a device cannot tell."""

from __future__ import annotations

from collections.abc import Sequence

from symcost.diagnostics import Span
from symcost.errors.base import SymcostError
from symcost.errors.words import did_you_mean, listed


class UnknownDevice(SymcostError):
    """A device that is not shipped."""

    code = "unknown-device"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(
            f"there is no device `{name}`",
            notes=["`symcost devices` lists those that are shipped; a path to one of your own ends in `.toml`"],
            helps=did_you_mean(name, known),
        )


class UnknownGrid(SymcostError):
    """A country whose electricity is not shipped."""

    code = "unknown-grid"

    def __init__(self, country: str, known: Sequence[str]) -> None:
        super().__init__(
            f"nothing is known of the electricity of `{country}`",
            notes=["countries are said by three letters or in English: `FRA`, `France`, `World`"],
            helps=did_you_mean(country, known) or ["give the grams of CO2e for a kWh: `385`"],
        )


class UnknownProfile(SymcostError):
    """A profile of a program that is not shipped."""

    code = "unknown-profile"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(
            f"there is no profile `{name}`",
            notes=[f"shipped: {listed(known)}; a path to one of your own ends in `.toml`"],
            helps=did_you_mean(name, known),
        )


class UnknownNumberType(SymcostError):
    """A number type for which a device has no peak."""

    code = "unknown-dtype"

    def __init__(self, dtype: str, device: str, known: Sequence[str]) -> None:
        super().__init__(
            f"`{device}` has no peak for `{dtype}`",
            notes=[f"it has peaks for {listed(known)}"],
            helps=did_you_mean(dtype, known),
        )


class MissingFigure(SymcostError):
    """A figure that a device file does not give and an estimate needs."""

    code = "missing-figure"

    def __init__(self, figure: str, device: str, entry: str, example: str) -> None:
        super().__init__(
            f"`{device}` has no figure for {figure}",
            helps=[f'give `{entry} = {{ value = "{example}", source = "..." }}` in a device file of your own'],
        )


class OldSchema(SymcostError):
    """A device file as it was written before figures had units."""

    code = "old-schema"

    def __init__(self, found: str, wanted: int, path: str, span: Span) -> None:
        super().__init__(
            f"this device file is of schema {found}, which is no longer read",
            span,
            notes=[f"figures of schema {wanted} have their units in the text, and a date"],
            helps=[f"`symcost devices {path} --migrate -o NEW.toml` writes it anew"],
        )


class NewerSchema(SymcostError):
    """A device file of a symcost that is still to come."""

    code = "newer-schema"

    def __init__(self, found: str, wanted: int, span: Span) -> None:
        super().__init__(
            f"this device file is of schema {found}, and this symcost reads {wanted}",
            span,
            helps=["install a newer symcost"],
        )


class MissingUnit(SymcostError):
    """A figure that is no number with a unit."""

    code = "missing-unit"

    def __init__(self, key: str, found: str, words: str, example: str, span: Span) -> None:
        super().__init__(
            f"`{key}` must be {words} with a unit, not `{found}`",
            span,
            helps=[f'write `value = "{example}"`, for example'],
        )


class OtherUnit(SymcostError):
    """A figure with a unit that measures something else."""

    code = "other-unit"

    def __init__(self, key: str, found: str, measures: str, words: str, example: str, span: Span) -> None:
        super().__init__(
            f"`{key}` must be {words}, and `{found}` is {measures}",
            span,
            helps=[f'write `value = "{example}"`, for example'],
        )


class SparseFigure(SymcostError):
    """A rate that holds only where half of the numbers are zero."""

    code = "sparse-figure"

    def __init__(self, key: str, found: str, span: Span) -> None:
        super().__init__(
            f"`{key}` must be a dense rate, and `{found}` is one with sparsity",
            span,
            notes=["with 2:4 sparsity data sheets count the products with zeros that are skipped"],
            helps=["give the dense rate, half of it"],
        )


class LevelTooLarge(SymcostError):
    """A level of memory that holds more than the one behind it."""

    code = "level-too-large"

    def __init__(self, level: str, size: str, behind: str, larger: str, span: Span) -> None:
        super().__init__(
            f"`{level}` holds {size}, more than the {larger} of `{behind}` behind it",
            span,
            notes=["levels stand from the nearest to the farthest; `copies` says how many there are of one"],
        )


class FigureTooHigh(SymcostError):
    """A figure above the one that is its most: a clock under load above the boost clock, idle power above the limit."""

    code = "figure-too-high"

    def __init__(self, name: str, figure: str, most: str, bound: str, span: Span) -> None:
        super().__init__(f"`{name}`, {figure}, is above `{most}`, {bound}", span)


class ImpossibleUtilization(SymcostError):
    """A part of the peak that memory, or another unit, does not let one reach."""

    code = "impossible-utilization"

    def __init__(self, asked: str, possible: str, device: str, why: str) -> None:
        super().__init__(
            f"a utilization of {asked} is not possible on `{device}`: at most {possible}",
            notes=[f"{why}, which takes longer than the products at their peak"],
            helps=[
                f"give at most `--utilization {possible}`, or with `--batch` how many examples share the parameters"
            ],
        )
