"""Which sizes a model is asked at, so that each integer in it tells which keys it comes from.

What is built without memory costs nothing, so that widths may be any; layers are few, for they cost time.
Widths are multiples of what divides them, times primes that no other size has. Several plans are tried in turn, each
more careful than the one before: a model may want widths that are multiples of 8 or of 32, or an image of one size.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from itertools import filterfalse
from math import lcm

from symcost.records import dataclass

Sizes = dict[str, int]

_KINDS = (
    ("fixed", r"(^|_)id$|token|version|seed|label|chunk|kernel|stride|groups?$|conv|window|beam|bits|interval|tp$|"
     r"_step|dtype|dropout|theta|base|prob|group_num|extract|factor|topk_|mtp|nextn|first_k|min_|frames|tubelet|channels$|mask|bucket"),
    ("active", r"per_tok|top_?k$|num_selected|moe_k$"),
    ("experts", r"experts$"),
    ("layers", r"layers?$|depth$|^n_layer$"),
    ("heads", r"heads?$|^n_head$|head_count$"),
    ("head_width", r"head_dim|qk_|v_head|kv_channels|rotary_dim|^d_kv$|dim_head"),
    ("vocabulary", r"vocab"),
    ("positions", r"position|n_ctx|max_seq|max_source|max_target"),
    ("image", r"image_size|img_size"),
    ("patch", r"patch_size"),
    ("batch", r"^B$"),
    ("tokens", r"^[TU]$"),
    ("width", r"size|dim|width|hidden|d_model|d_ff|inter|ffn|embd|inner|rank|proj|state|features|embed|mel_bins"),
)  # fmt: skip
"""What a key is the size of, by its name; the first that fits."""

_PRIMES = (7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103)
_HEADS = ((6, 10, 4, 14), (10, 6, 14, 4), (14, 4, 10, 6), (4, 14, 6, 10))
_GROUPS = (2, 5, 3, 7)
"""Heads that share keys, where some do."""
_SHARED = re.compile(r"kv|key_value")
"""Keys of the heads that are shared."""
_LAYERS = ((5, 4, 6, 7), (4, 6, 5, 8), (6, 5, 4, 9), (7, 8, 5, 4))
"""At least four: where the first and the last are different, two are left that are equal."""
_BATCHES, _TOKENS = (3, 5, 7, 4), ((40, 56, 88, 72), (48, 72, 40, 56))
_FEW_TOKENS = ((10, 14, 22, 18), (12, 18, 10, 14))
"""Of models that go step by step, and whose programs are as long as their inputs."""
_PATCHES = (8, 4, 10, 12)
_SIDES = {2: (5, 11, 9, 6), 8: (14, 21, 28, 35)}
"""How many patches an image is long, by what widths are multiples of."""
_SUMS = {"head_dim": ("qk_rope_head_dim",), "qk_head_dim": ("qk_nope_head_dim", "qk_rope_head_dim")}
"""Widths that follow from others, where they do so in the model (DeepSeek)."""
_CAREFUL = (2, 8, 32)
"""What every width is a multiple of, plan by plan."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Configurations that name the sizes, the first of them the model's own; and one to test them."""

    configurations: tuple[Sizes, ...]
    unseen: Sizes


def kind(key: str) -> str:
    """What a key is the size of: "fixed" where it is none, or none that may change by itself."""
    last = key.rpartition(".")[2]
    return next((name for name, pattern in _KINDS if re.search(pattern, last)), "fixed")


def plans(sizes: Mapping[str, int], *, few_tokens: bool = False) -> Iterator[Plan]:
    """Plans for a model whose keys have these sizes; those that are no sizes are left alone."""
    keys = {key: value for key, value in sizes.items() if value > 0 and kind(key) != "fixed"}
    groups = max(sizes.get("n_group", 1), 1)
    for careful in _CAREFUL:
        yield _plan(_Chooser(keys, careful, few_tokens, groups))

    # Layers that take turns are aligned at few counts of them: all else may still be named.
    others = {*map(kind, keys)} - {"layers"}
    as_many = _of_kinds(keys, others)
    if as_many != keys:
        yield _plan(_Chooser(as_many, 2, few_tokens, groups))

    # At last all widths are left as they are.
    inputs = _of_kinds(keys, {"batch", "tokens", "layers"})
    if inputs != keys:
        yield _plan(_Chooser(inputs, 2, few_tokens))


def _of_kinds(keys: Sizes, kinds: Set[str]) -> Sizes:
    return {key: size for key, size in keys.items() if kind(key) in kinds}


def _plan(chooser: _Chooser) -> Plan:
    first, second, third, unseen = (chooser.sizes(number) for number in range(4))
    return Plan((dict(chooser.keys), first, second, third), unseen)


class _Chooser:
    """Sizes for the same keys, time after time others."""

    def __init__(self, keys: Mapping[str, int], careful: int, few_tokens: bool, groups: int = 1) -> None:
        self.keys = keys
        self._groups = groups
        """Of experts, each of which has several (DeepSeek)."""
        self._lengths = _FEW_TOKENS if few_tokens else _TOKENS
        self._careful = careful
        self._kinds = {key: kind(key) for key in keys}

    def sizes(self, number: int) -> Sizes:
        """The sizes of one configuration."""
        out = self._heads(number)
        whole = lcm(*out.values()) if out else 1
        out |= {key: self._layers(place, key, number) for place, key in enumerate(self._of("layers"))}
        out |= self._widths(number, whole)
        out |= self._inputs(number)
        out |= self._experts(number)
        return self._following({key: out.get(key, value) for key, value in self.keys.items()})

    def _following(self, chosen: Sizes) -> Sizes:
        """Widths of heads that a model works out of others, and writes into its configuration beside them."""
        out = dict(chosen)
        for key, summands in _SUMS.items():
            known = key in self.keys and all(one in self.keys for one in summands)
            if known and self.keys[key] == sum(self.keys[one] for one in summands):
                out[key] = sum(chosen[one] for one in summands)
        return out

    def _of(self, *kinds: str) -> list[str]:
        return [key for key, known in self._kinds.items() if known in kinds]

    def _layers(self, place: int, key: str, number: int) -> int:
        return _LAYERS[place % len(_LAYERS)][number] if self.keys[key] > 1 else 1

    def _heads(self, number: int) -> Sizes:
        """Heads that share keys stay a multiple of those that they share; where they do not, they stay as many."""
        heads = self._of("heads")
        own = list(filterfalse(_SHARED.search, heads))
        shared = list(filter(_SHARED.search, heads))
        if not own:
            return {key: self.keys[key] for key in shared}

        out = {key: _HEADS[place % len(_HEADS)][number] for place, key in enumerate(own)}
        for key in shared:
            out |= self._sharing(own[0], key, out, number)
        return out

    def _sharing(self, own: str, shared: str, chosen: Sizes, number: int) -> Sizes:
        """As many heads that are shared as there are others; or one; or a part of them."""
        if self.keys[shared] == self.keys[own]:
            return {shared: chosen[own]}
        if self.keys[shared] == 1:
            return {shared: 1}
        half = chosen[own] // 2
        return {shared: half, own: half * _GROUPS[number]}

    def _widths(self, number: int, whole: int) -> Sizes:
        """Multiples of what divides them in the model."""
        widths = {
            key: self._multiple(key, whole) * self._careful * self._prime(place, number)
            for place, key in enumerate(self._of("width", "head_width"))
        }
        lengths = {
            key: self.keys[key] + self._prime(place + 3, number) * (place + 1) + number
            for place, key in enumerate(self._of("vocabulary", "positions"))
        }
        return widths | lengths

    def _multiple(self, key: str, whole: int) -> int:
        """What a width is a multiple of, whatever the plan: of the heads, if those of the model divide it there."""
        if self._kinds[key] != "width":
            return 1
        heads = [self.keys[each] for each in self._of("heads")]
        divided = heads and all(self.keys[key] % count == 0 for count in heads)
        return whole if divided else 4

    def _prime(self, place: int, number: int) -> int:
        return _PRIMES[(place * 5 + number * 3 + place * number) % len(_PRIMES)]

    def _inputs(self, number: int) -> Sizes:
        batches = dict.fromkeys(self._of("batch"), _BATCHES[number])
        tokens = {key: self._lengths[place % 2][number] for place, key in enumerate(self._of("tokens"))}
        return batches | tokens | self._images(number)

    def _images(self, number: int) -> Sizes:
        """Images of whole patches; the most careful plan leaves both as they are."""
        if self._careful not in _SIDES:
            return {}
        patches = dict.fromkeys(self._of("patch"), _PATCHES[number]) if self._careful == 2 else {}
        patch = next(iter(patches.values()), 32)
        images = dict.fromkeys(self._of("image"), patch * _SIDES[self._careful][number])
        return images | patches

    def _experts(self, number: int) -> Sizes:
        count = (11, 13, 17, 19)[number] if self._groups == 1 else self._groups * (3, 5, 4, 7)[number]
        out = {key: count for key in self._of("experts") if self.keys[key] > 2}
        return out | {key: (4, 3, 6, 5)[number] for key in self._of("active") if self.keys[key] > 1}
