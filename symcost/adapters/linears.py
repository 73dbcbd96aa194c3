"""Which linear layers a model of the library has, and which of them an adapter means.

`linears.toml` is written by tests/published/linears_in_library.py from the library's own classes.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence

from symcost.once import once_each
from symcost.packaged import files
from symcost.records import dataclass

NO_LINEAR, NOT_KNOWN = "-", "?"
"""In the place of widths: has weights and is no linear layer; is one of which no formula is known."""

EXPERTS = {"experts", "router", "gate", "moe", "block_sparse_moe"}
"""How what holds experts is called."""

STAR = "*"
"""In a name: the number of a layer."""


@dataclass(frozen=True, slots=True)
class Known:
    """A type of models: the class that writes texts, and the widths of its layers, by name."""

    kind: str
    written_by: str
    layers: Mapping[str, str]

    @property
    def has_experts(self) -> bool:
        """Whether weights of experts are one tensor: peft takes names of layers for parts of it."""
        return any(set(name.split(".")) & EXPERTS for name in self.layers)


@once_each
def known() -> Mapping[str, Known]:
    """What is known, by type."""
    data = tomllib.loads((files("symcost.adapters") / "linears.toml").read_text(encoding="utf-8"))
    return {kind: Known(kind, one["class"], one["layers"]) for kind, one in data.items()}


@dataclass(frozen=True, slots=True)
class Meant:
    """A layer that is meant, by its name with a star: in all layers of the model, or in those of some numbers."""

    name: str
    widths: str
    numbers: frozenset[int] | None = None


def meant(kind: Known, target: str) -> Iterator[Meant]:
    """The layers that a name means, as peft finds them: it is theirs, or their last parts."""
    wanted = target.split(".")
    for name, widths in kind.layers.items():
        parts = name.split(".")
        if len(wanted) > len(parts):
            continue
        numbers = _numbers(parts[-len(wanted) :], wanted)
        if numbers is not None:
            yield Meant(name, widths, frozenset(numbers) or None)


def _numbers(parts: Sequence[str], wanted: Sequence[str]) -> list[int] | None:
    """The number of a layer in a name, if it tells one; None where the names differ."""
    numbers: list[int] = []
    for part, word in zip(parts, wanted, strict=True):
        if part == STAR and _is_number(word):
            numbers.append(int(word))
        elif part != word:
            return None
    return numbers


def _is_number(word: str) -> bool:
    """As numbers of layers are written; a longer one is that of no layer."""
    return word.isascii() and word.isdecimal() and len(word) < 10 and str(int(word)) == word


def all_linear(kind: Known, head: str) -> Iterator[Meant]:
    """What `all-linear` means: all of them but the one that gives the scores."""
    for name, widths in kind.layers.items():
        if widths != NO_LINEAR and name != head:
            yield Meant(name, widths)
