"""Layout: how devices share a model: its products, its layers, its experts, and its examples.

tensor     devices that share every matrix product and every head (Shoeybi et al., Megatron-LM, 2019, section 3)
pipeline   stages one behind the other, each with as many layers (Narayanan et al., 2021, section 2.2)
data       copies that work on other examples
expert     devices among which experts lie (Lepikhin et al., GShard, 2020)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import isqrt

from symcost.errors import NoLinks, NoSuchLink, UnevenDevices, UnevenLayout, UnsaidSize
from symcost.hardware import Device
from symcost.model import Model
from symcost.records import dataclass

NAMES: Mapping[str, tuple[str, ...]] = {
    "width": ("D", "d_model", "h"),
    "layers": ("L",),
    "heads": ("heads", "a"),
    "kv_heads": ("kv_heads",),
    "experts": ("experts",),
    "active_experts": ("active_experts",),
    "latent": ("kv_rank",),
}
"""What the files of the zoo call the sizes that devices share."""

WORDS: Mapping[str, str] = {"width": "the width", "layers": "how many layers", "heads": "how many heads",
                            "experts": "how many experts"}  # fmt: skip

WHY: Mapping[str, str] = {
    "width": "what devices send each other is as wide as the model",
    "layers": "a pipeline shares layers",
    "heads": "devices that share products share heads",
    "experts": "experts lie among devices",
}

BETWEEN = ("nvlink", "fabric", "ici", "pcie", "network", "usb")
"""Links to other devices, the nearest first."""


@dataclass(frozen=True, slots=True)
class Layout:
    """So many devices in each way of sharing; `data · tensor · pipeline` in all."""

    tensor: int = 1
    pipeline: int = 1
    data: int = 1
    expert: int = 1

    def __post_init__(self) -> None:
        """Raises ValueError for what is not positive."""
        if min(self.tensor, self.pipeline, self.data, self.expert) < 1:
            raise ValueError("each way of sharing takes at least one device")

    @property
    def devices(self) -> int:
        """All of them."""
        return self.tensor * self.pipeline * self.data

    @property
    def group(self) -> int:
        """Those that hold one copy of the model."""
        return self.tensor * self.pipeline

    def __str__(self) -> str:
        named = (("tensor", self.tensor), ("pipeline", self.pipeline), ("data", self.data), ("expert", self.expert))
        return ", ".join(f"{name} {count}" for name, count in named if count > 1) or "one device"


ALONE = Layout()
"""One device."""


def size_of(model: Model, what: str) -> int | None:
    """The number of the dimension that says the width, the layers, ... of a model; None where none does."""
    for name in NAMES[what]:
        if name in model.values:
            return model.values[name]
    return None


def name_of(model: Model, what: str) -> str | None:
    """What the dimension is called."""
    return next((name for name in NAMES[what] if name in model.values), None)


def demand(model: Model, what: str) -> int:
    """The same. Raises UnsaidSize."""
    found = size_of(model, what)
    if found is None:
        raise UnsaidSize(model.name, WORDS[what], NAMES[what], WHY[what])
    return found


def share_out(devices: int, layout: Layout) -> Layout:
    """The layout with as many copies as there are devices for. Raises UnevenDevices."""
    group = layout.group
    if devices % group:
        below = devices // group * group
        nearest = tuple(count for count in (below, below + group) if count)
        raise UnevenDevices(devices, group, f"tensor {layout.tensor} times pipeline {layout.pipeline}", nearest)
    return Layout(layout.tensor, layout.pipeline, devices // group, layout.expert)


def demand_even(model: Model, layout: Layout) -> None:
    """Raises UnevenLayout for what does not divide heads, layers or experts, UnsaidSize where nothing says them."""
    shared = (("tensor", layout.tensor, "heads"), ("pipeline", layout.pipeline, "layers"),
              ("expert", layout.expert, "experts"))  # fmt: skip
    for option, count, what in shared:
        if count == 1:
            continue
        size = demand(model, what)
        if size % count:
            raise UnevenLayout(option, count, what, size, tuple(nearest(size, count)))


def nearest(size: int, count: int) -> Iterator[int]:
    """The divisors of a size that lie next to a number, below and above."""
    ordered = divisors(size)
    below = [one for one in ordered if one < count]
    above = [one for one in ordered if one > count]
    yield from below[-1:]
    yield from above[:1]


def divisors(size: int) -> tuple[int, ...]:
    """All of them, in order; of a number that is very large those that are small, and their counterparts."""
    small = [one for one in range(1, min(isqrt(size), MOST_TRIED) + 1) if size % one == 0]
    return tuple(sorted({*small, *(size // one for one in small)}))


MOST_TRIED = 10**5
"""Divisors are looked for up to here: nobody has so many heads, layers or experts."""


# Links -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wire:
    """A link with numbers: bytes a second in one direction, and seconds until the first arrives, if they are known."""

    name: str
    bandwidth: Fraction
    latency: Fraction | None


def wire(device: Device, name: str | None = None) -> Wire:
    """The nearest link to other devices; or the one that is called so. Raises NoLinks, NoSuchLink."""
    wires = {link: found for link, found in _wires(device) if link in BETWEEN}
    if not wires:
        raise NoLinks(device.id)
    if name is None:
        return wires[min(wires, key=BETWEEN.index)]
    if name not in wires:
        raise NoSuchLink(name, device.id, tuple(wires))
    return wires[name]


def _wires(device: Device) -> Iterator[tuple[str, Wire]]:
    """The links of a device whose bandwidth is known."""
    for name, link in device.links.items():
        if link.bandwidth is not None:
            yield name, Wire(link.name, link.bandwidth, link.latency)
