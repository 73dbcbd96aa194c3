"""Serving and training on many devices: layouts that do not divide, links that are not there, what does not fit."""

from __future__ import annotations

from collections.abc import Sequence

from symcost.errors.base import SymcostError
from symcost.errors.words import did_you_mean, listed


class UnevenLayout(SymcostError):
    """So many devices cannot share something evenly."""

    code = "uneven-layout"

    def __init__(self, option: str, devices: int, words: str, size: int, nearest: Sequence[int]) -> None:
        named = " or ".join(f"`--{option} {count}`" for count in nearest)
        super().__init__(
            f"`--{option} {devices}` does not divide the {size} {words}",
            notes=["every device gets as much as any other"],
            helps=[f"the nearest that does: {named}"] if nearest else [],
        )


class UnevenDevices(SymcostError):
    """Devices of which groups of a size cannot be made."""

    code = "uneven-devices"

    def __init__(self, devices: int, group: int, words: str, nearest: Sequence[int]) -> None:
        super().__init__(
            f"{devices} devices are no whole number of groups of {group} ({words})",
            helps=[f"the nearest that works: {' or '.join(f'`--devices {count}`' for count in nearest)}"],
        )


class UnevenBatch(SymcostError):
    """A batch that the devices cannot share evenly."""

    code = "uneven-batch"

    def __init__(self, batch: int, group: int, words: str, nearest: Sequence[int]) -> None:
        super().__init__(
            f"a batch of {batch} is no whole number of {group} ({words})",
            helps=[f"the nearest that works: {' or '.join(f'`--batch {count}`' for count in nearest)}"],
        )


class TooFewTokens(SymcostError):
    """A run that is shorter than one step."""

    code = "too-few-tokens"

    def __init__(self, tokens: int, batch: int, length: int) -> None:
        step = batch * length
        super().__init__(
            f"{tokens} tokens are less than one step: {batch} sequences of {length} tokens are {step}",
            helps=[f"give at least `--tokens {step}`, or a smaller `--batch`"],
        )


class NoLinks(SymcostError):
    """Devices that have to talk to each other, and no link is known."""

    code = "no-links"

    def __init__(self, device: str) -> None:
        super().__init__(
            f"`{device}` has no link to other devices",
            notes=["what several devices share they have to send each other"],
            helps=[
                'give `bandwidth = { value = "300 GB/s", source = "..." }` under `[links.nvlink]` in a device file of '
                "your own, or ask for one device"
            ],
        )


class NoSuchLink(SymcostError):
    """A link that the device does not have."""

    code = "no-such-link"

    def __init__(self, link: str, device: str, known: Sequence[str]) -> None:
        super().__init__(
            f"`{device}` has no link called `{link}`",
            notes=[f"it has {', '.join(f'`{name}`' for name in known)}"],
        )


class UnsaidSize(SymcostError):
    """A size that a layout divides, or that is sent over links, and the model has no name for it that is known."""

    code = "unsaid-size"

    def __init__(self, model: str, words: str, names: Sequence[str], why: str) -> None:
        super().__init__(
            f"nothing says {words} of `{model}`",
            notes=[f"{why}: a dimension with a number that is called {' or '.join(f'`{n}`' for n in names)}"],
            helps=["call the dimension so in the file, or ask for one device"],
        )


class NotAlike(SymcostError):
    """What cannot be told for each layer, or by powers of the length."""

    code = "not-alike"

    def __init__(self, model: str, what: str, why: str, instead: str) -> None:
        super().__init__(f"{what} of `{model}` cannot be shared out: {why}", helps=[instead])


class NoLayout(SymcostError):
    """So many devices that neither heads, layers nor sequences can be shared out among them."""

    code = "no-layout"

    def __init__(self, model: str, devices: int, batch: int, nearest: Sequence[int]) -> None:
        named = " or ".join(f"`--devices {count}`" for count in nearest)
        super().__init__(
            f"no layout shares `{model}` and {batch} sequences a step out among {devices} devices",
            notes=["what shares products divides the heads, stages divide the layers, copies divide the sequences"],
            helps=[f"the nearest that does: {named}"] if nearest else [],
        )


class DoesNotFit(SymcostError):
    """What needs more memory than there is, in the layout that was asked for."""

    code = "does-not-fit"

    def __init__(self, what: str, needed: str, there: str, nearest: str | None) -> None:
        helps = [nearest] if nearest else []
        notes = [] if nearest else ["no layout was found in which it fits"]
        super().__init__(f"{what} does not fit: {needed} of {there} on each device", notes=notes, helps=helps)


class ImpossibleMfu(SymcostError):
    """A part of the peak that waiting and recomputation do not let one reach."""

    code = "impossible-mfu"

    def __init__(self, asked: str, possible: str, why: str) -> None:
        super().__init__(
            f"a utilization of {asked} is not possible in this layout: at most {possible}",
            notes=[f"{why}, of the time of the products"],
            helps=[f"give at most `--mfu {possible}`, fewer stages, more micro-batches, or `--interleave`"],
        )


class ChunkTooLarge(SymcostError):
    """Chunks that are longer than what they are parts of."""

    code = "chunk-too-large"

    def __init__(self, chunk: int, tokens: int, prompt: int) -> None:
        read = f"{tokens} tokens" if tokens == prompt else f"the {tokens} of {prompt} tokens that are not cached"
        super().__init__(
            f"`--chunk {chunk}` is more than is read of a prompt: {read}",
            helps=[f"give at most `--chunk {tokens}`, or leave it out: a prompt is then read at once"],
        )


class OtherVocabulary(SymcostError):
    """A draft that writes other tokens than the model that looks at them."""

    code = "other-vocabulary"

    def __init__(self, model: str, words: int, draft: str, drafted: int) -> None:
        super().__init__(
            f"`{draft}` cannot write ahead for `{model}`: it has {drafted} tokens, not {words}",
            notes=["the large model accepts or refuses the very tokens of the draft, so both have one vocabulary"],
            helps=["take a draft of the same family"],
        )


class UnknownProgram(SymcostError):
    """A program that trains that is not shipped."""

    code = "unknown-program"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(
            f"there is no profile `{name}` of a program that trains",
            notes=[f"shipped: {listed(known)}; a path to one of your own ends in `.toml`"],
            helps=did_you_mean(name, known),
        )


class NotFitted(SymcostError):
    """A device, or a type of numbers, on which the constants of a program were not fitted."""

    code = "not-fitted"

    def __init__(self, program: str, asked: str, known: Sequence[str]) -> None:
        super().__init__(
            f"`{program}` was not fitted on {asked}",
            notes=[f"fitted on: {listed(known)}; constants of one type of device miss another by far"],
            helps=["give --efficiency, the part of the peak that products reach, or a TOML file of your own"],
        )
