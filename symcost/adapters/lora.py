"""A LoRA: beside a linear layer I -> O stand two more, I -> r and r -> O, whose sum is added to what it gives.

Source: Hu et al., LoRA (2021), section 4.1; which layers a file means, as peft 0.21 finds them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeGuard

from symcost.adapters.linears import NO_LINEAR, NOT_KNOWN, STAR, Known, Meant, all_linear, known, meant
from symcost.errors import NoBase, NoSuchLayer, SymcostError, UncountedAdapter, UnknownBase, gathered
from symcost.formula import Form, symbol
from symcost.model import Model
from symcost.once import once_each
from symcost.packaged import files
from symcost.published.expressions import described
from symcost.published.file import Published
from symcost.published.keys import Table
from symcost.records import dataclass
from symcost.values import form_in
from symcost.zoo import of_published

ALL = "all-linear"
HEAD = "lm_head"
WORDS = re.compile(r"[A-Za-z_0-9]+(\.[A-Za-z_0-9]+)*")
"""Names of layers; anything else would be a pattern."""

MOST_NAMES = 1000


@dataclass(frozen=True, slots=True)
class Beside:
    """Linear layers of one name, with their widths, and how many of them there are."""

    name: str
    width: int
    out: int
    many: int

    def parameters(self, rank: int) -> int:
        """Of what stands beside them; a token takes as many multiply-accumulates."""
        return self.many * rank * (self.width + self.out)


@dataclass(frozen=True, slots=True)
class Adapter:
    """An adapter with the model it stands beside."""

    base: Model
    rank: int
    layers: tuple[Beside, ...]

    @property
    def trained(self) -> int:
        """Parameters of the adapter."""
        return sum(layer.parameters(self.rank) for layer in self.layers)

    @property
    def params(self) -> int:
        """Those of the whole."""
        return int(self.base.params()) + self.trained

    @property
    def macs(self) -> tuple[Form, Form]:
        """Multiply-accumulates of a text: what is added to the base's, as nothing is merged, and all."""
        (tokens,) = (name for name, port in self.base.ports.items() if not port.static)
        more = self.base.shown(symbol(tokens) * self.trained)
        return more, self.base.macs.form + more


def opened(file: Published, base: Published, at: Mapping[str, object] | None = None) -> Adapter:
    """What a file adapts; `at` are numbers for the base, such as that of tokens.

    Raises UncountedAdapter, UnknownBase, NoSuchLayer, and the faults of the base's own file.
    """
    if faults := list(_uncounted(file)):
        raise gathered(faults)
    kind = _kind(base)
    model = of_published(_written_by(kind, base))
    rank = _rank(file)
    found = _transformed(_targets(file, kind), file)
    layers = tuple(_beside(one, model, file) for one in _joined(found))
    model = model.at(**at) if at else model
    return Adapter(model, rank, tuple(layer for layer in layers if layer.many))


def _rank(file: Published) -> int:
    """Raises UncountedAdapter."""
    rank = file.entries.get("r", 8)
    if not _is_whole(rank) or rank < 1:
        raise _fault(file, "r", "a rank is a whole number from 1 on")
    return rank


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def beside(file: Published, folder: Path | None) -> Published:
    """The base that lies in the same folder. Raises NoBase."""
    place = None if folder is None else folder / "config.json"
    if place is None or not place.is_file():
        told = file.entries.get("base_model_name_or_path")
        raise NoBase(file.source.name, str(told) if told else None, None if folder is None else str(folder))
    return Published.open(place)


# What the file says -------------------------------------------------------------------------------


@once_each
def _keys() -> Mapping[str, Mapping[str, object]]:
    """What `keys.toml` says."""
    return tomllib.loads((files("symcost.adapters") / "keys.toml").read_text(encoding="utf-8"))


READ = {"peft_type", "task_type", "r", "target_modules", "layers_to_transform", "init_lora_weights"}
OFF: tuple[object, ...] = (None, False, [], {}, "none")


def _uncounted(file: Published) -> Iterator[SymcostError]:
    """A fault for each key that changes something that is not counted here."""
    yield from _of_another_kind(file)
    for key, value in file.entries.items():
        if key in READ or key in _keys()["harmless"] or value is None:
            continue
        if why := _uncounted_change(key, value):
            yield _fault(file, key, why)


def _of_another_kind(file: Published) -> Iterator[SymcostError]:
    """Faults for the keys that say what sort of adapter it is."""
    if file.entries.get("peft_type") != "LORA":
        yield _fault(file, "peft_type", "only adapters of type `LORA` are counted")
    if file.entries.get("task_type") not in (None, "CAUSAL_LM"):
        yield _fault(file, "task_type", "only models that write texts are counted: `CAUSAL_LM`")
    if not _begins_as_usual(file.entries.get("init_lora_weights", True)):
        yield _fault(file, "init_lora_weights", "some ways to begin change ranks")


def _uncounted_change(key: str, value: object) -> str | None:
    """What is wrong with a key: it is not known, or what it switches on is not counted; None if it is off."""
    off = _keys()["off"]
    if key not in off:
        return "nobody knows here what it changes"
    return None if any(_is_same(value, one) for one in OFF) else str(off[key])


def _is_same(value: object, other: object) -> bool:
    """As `==`, but that 0 is not False."""
    return value is other or (value == other and not isinstance(value, int))


def _begins_as_usual(value: object) -> bool:
    word = str(value).lower() if isinstance(value, bool) else value
    usual = _keys()["begins"]["as"]
    assert isinstance(usual, list)
    return isinstance(word, str) and (word in usual or re.fullmatch(r"pissa_niter_[0-9]{1,4}", word) is not None)


def _fault(file: Published, key: str, why: str) -> SymcostError:
    value = file.entries.get(key)
    found = described(Table((key,), value) if isinstance(value, dict) else value)
    return UncountedAdapter(file.source.name, key, found, why, file.place((key,)))


def _kind(base: Published) -> Known:
    """What is known of the base's layers. Raises UnknownBase."""
    told = base.entries.get("model_type")
    kind = known().get(told) if isinstance(told, str) else None
    if kind is None:
        raise UnknownBase(base.source.name, str(told), known(), base.place(("model_type",)))
    return kind


def _written_by(kind: Known, base: Published) -> Published:
    """The base as the model that writes texts. Raises UnknownBase for another class of models."""
    told = base.entries.get("architectures")
    if told not in (None, [], [kind.written_by]):
        raise UnknownBase(base.source.name, str(told), [kind.written_by], base.place(("architectures",)))
    return replace(base, entries={**base.entries, "architectures": [kind.written_by]})


# Which layers -------------------------------------------------------------------------------------


def _targets(file: Published, kind: Known) -> list[Meant]:
    """The layers that `target_modules` means. Raises UncountedAdapter, NoSuchLayer."""
    told = file.entries.get("target_modules")
    if isinstance(told, str) and told.lower() == ALL:
        return _all_linear(file, kind)
    found: list[Meant] = []
    for name in _listed(told, file):
        found += _named(name, file, kind)
    return found


def _listed(told: object, file: Published) -> list[object]:
    """The names of layers as they are told. Raises UncountedAdapter."""
    if isinstance(told, list) and 0 < len(told) <= MOST_NAMES:
        return told
    raise _fault(file, "target_modules", f"it has to be a list of names, or `{ALL}`: patterns are not read")


def _all_linear(file: Published, kind: Known) -> list[Meant]:
    """Raises UncountedAdapter where experts are among them."""
    if kind.has_experts:
        raise _fault(file, "target_modules", "that means experts, too, which are no linear layers")
    return list(all_linear(kind, HEAD))


def _named(name: object, file: Published, kind: Known) -> list[Meant]:
    """The layers that one name means. Raises UncountedAdapter, NoSuchLayer."""
    if not isinstance(name, str) or not WORDS.fullmatch(name):
        raise _fault(file, "target_modules", "each has to be a name: patterns are not read")
    layers = list(meant(kind, name))
    if not layers or any(layer.widths == NO_LINEAR for layer in layers):
        raise _no_such(file, name, kind)
    _check_no_expert(name, layers, file, kind)
    return layers


def _check_no_expert(name: str, layers: Iterable[Meant], file: Published, kind: Known) -> None:
    """Raises UncountedAdapter."""
    if kind.has_experts and not all(map(_is_of_attention, layers)):
        raise _fault(file, "target_modules", f"`{name}` may mean experts, too, which are no linear layers")


def _is_of_attention(layer: Meant) -> bool:
    """Whether a layer belongs to no expert: it stands in an attention, or gives the scores."""
    return layer.name == HEAD or any(part.endswith(("attn", "attention")) for part in layer.name.split("."))


def _no_such(file: Published, name: str, kind: Known) -> SymcostError:
    linear = dict.fromkeys(one.rpartition(".")[2] for one, widths in kind.layers.items() if widths != NO_LINEAR)
    return NoSuchLayer(file.source.name, name, kind.kind, list(linear), file.place(("target_modules",)))


def _transformed(found: list[Meant], file: Published) -> list[Meant]:
    """Those in the layers that `layers_to_transform` tells; without it all. Raises UncountedAdapter."""
    told = file.entries.get("layers_to_transform")
    if told is None or told == []:
        return found
    numbers = _layer_numbers(told, file)
    _check_in_layers(found, file)
    return [_only(one, numbers) for one in found]


def _layer_numbers(told: object, file: Published) -> frozenset[int]:
    """The numbers of layers that are told. Raises UncountedAdapter for what is no such number."""
    numbers: set[int] = set()
    for one in told if isinstance(told, list) else [told]:
        if not _is_whole(one) or one < 0:
            raise _fault(file, "layers_to_transform", "it has to be the number of a layer, or a list of such")
        numbers.add(one)
    return frozenset(numbers)


def _check_in_layers(found: list[Meant], file: Published) -> None:
    """Raises UncountedAdapter where something that is meant stands in no numbered layer."""
    outside = any(STAR not in one.name for one in found)
    if outside or file.entries.get("target_modules") == ALL:
        raise _fault(file, "layers_to_transform", "what stands in no layer is adapted, too")


def _only(one: Meant, numbers: frozenset[int]) -> Meant:
    """What is meant, in the layers of these numbers."""
    return replace(one, numbers=numbers if one.numbers is None else one.numbers & numbers)


def _joined(found: list[Meant]) -> Iterator[Meant]:
    """Each name once: what two names mean is adapted once."""
    by_name: dict[str, Meant] = {}
    for one in found:
        other = by_name.get(one.name)
        by_name[one.name] = one if other is None else _both(one, other)
    yield from by_name.values()


def _both(one: Meant, other: Meant) -> Meant:
    """The same layer, in the numbers of either; without numbers it stands for all."""
    if one.numbers is None or other.numbers is None:
        return replace(one, numbers=None)
    return replace(one, numbers=other.numbers | one.numbers)


def _beside(one: Meant, model: Model, file: Published) -> Beside:
    """A layer with its widths in numbers. Raises UncountedAdapter for one of which they are not known."""
    if one.widths == NOT_KNOWN:
        raise _fault(file, "target_modules", f"the widths of `{one.name}` are not known here")
    width, out = (_number(text, model) for text in one.widths.split(" -> "))
    layers = model.values["L"] if STAR in one.name else 1
    many = layers if one.numbers is None else sum(number < layers for number in one.numbers)
    return Beside(one.name, width, out, many)


def _number(text: str, model: Model) -> int:
    form = form_in(text)
    assert form is not None, "the table is ours"
    return int(model.number(form))
