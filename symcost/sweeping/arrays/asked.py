"""What `Quantity.over` does: which of the sizes are arrays, and whether the model has to be built for each of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Protocol, get_args

import numpy as np

from symcost.errors import MissingValue, UnknownDimension, ValueTooLarge
from symcost.records import dataclass
from symcost.sweeping.arrays.over import Plan, Violated, distinct, filled, is_array, raised, sizes
from symcost.sweeping.arrays.running import Array
from symcost.values import Port, bounded

Kind = Literal["exact", "int64", "float64"]


class Host(Protocol):
    """What is needed of the model that is asked."""

    @property
    def name(self) -> str: ...

    @property
    def ports(self) -> Mapping[str, Port]: ...

    @property
    def values(self) -> Mapping[str, int]: ...


class Asked(Protocol):
    """What is needed of a quantity."""

    @property
    def model(self) -> Host: ...

    @property
    def open_names(self) -> frozenset[str]: ...

    @property
    def plan(self) -> Plan: ...

    def at(self, **values: object) -> Asked: ...

    def __call__(self, **values: object) -> Any: ...


def over(quantity: Asked, kind: Kind, values: Mapping[str, object]) -> Array:
    """A quantity at every point of arrays; see `Quantity.over`."""
    if kind not in get_args(Kind):
        raise ValueError(f"{kind!r} is none of {', '.join(get_args(Kind))}")
    for name in values:
        if name not in quantity.model.ports:
            raise UnknownDimension(name, quantity.model.name, quantity.model.ports)

    several: dict[str, object] = {}
    single: dict[str, object] = {}
    for name, value in values.items():
        chosen = several if _is_several(quantity.model.ports[name], value) else single
        chosen[name] = value

    fixed = quantity.at(**single) if single else quantity
    if any(map(_is_lazy, several.values())):
        return _lazily(fixed, kind, several)
    ports = quantity.model.ports
    arrays = {name: sizes(name, value, ports[name].span) for name, value in several.items()}
    return _of_kind(_exact(fixed, arrays), kind)


def _is_several(port: Port, value: object) -> bool:
    """Whether it is an array of values, and not one value of a name that takes lists."""
    is_list = isinstance(value, list | tuple) and port.listed
    return is_array(value) and not is_list


def _exact(quantity: Asked, arrays: Mapping[str, Array]) -> Array:
    """Of names that a graph is built with, it is asked anew for each different number."""
    built_with = {name: array for name, array in arrays.items() if name not in quantity.open_names}
    if built_with:
        return _one_by_one(quantity, built_with, arrays)
    return _planned(quantity, plan_of(quantity, arrays), arrays)


def plan_of(quantity: Asked, arrays: Mapping[str, object]) -> Plan:
    """The formula of a quantity as a function of arrays. Raises MissingValue where a dimension is not among them."""
    found = quantity.plan
    for name in found.names:
        if name not in arrays:
            port = quantity.model.ports.get(name)
            raise MissingValue(name, port.span if port else None, quantity.model.values)
    return found


def _planned(quantity: Asked, planned: Plan, arrays: Mapping[str, Array]) -> Array:
    with bounded(quantity.model.values):
        try:
            return planned.of(arrays)
        except Violated as broken:
            quantity(**broken.point)  # says it better: where it was assumed
            raise raised(broken) from None


def _one_by_one(quantity: Asked, built_with: Mapping[str, Array], arrays: Mapping[str, Array]) -> Array:
    """For each different choice of the sizes that a graph is built with, over what is left."""
    together = dict(zip(arrays, np.broadcast_arrays(*arrays.values()), strict=True))
    chosen = {name: together.pop(name) for name in built_with}
    found = np.zeros(next(iter(chosen.values())).shape, dtype=np.int64)
    for point, where in distinct(chosen):
        some = {name: array[where] for name, array in together.items()}
        there = _exact(quantity.at(**point), some) if some else quantity(**point)
        found = filled(found, where, there)
    return found


def _of_kind(found: Array, kind: Kind) -> Array:
    """Exact numbers, or each rounded once to the nearest double. Raises ValueTooLarge."""
    if kind == "exact":
        return found
    if kind == "int64":
        return _in_64_bits(found)
    return _as_doubles(found)


def _in_64_bits(found: Array) -> Array:
    if found.dtype != np.int64:
        raise ValueTooLarge("a number that is not whole, or longer than 64 bits")
    return found


def _as_doubles(found: Array) -> Array:
    try:
        return found.astype(np.float64)  # of objects, `float()` of each: the nearest
    except OverflowError:
        raise ValueTooLarge("a number beyond the greatest double") from None


# Arrays that are not there yet ---------------------------------------------------------------------


def _is_lazy(value: object) -> bool:
    """Whether it is an array of Dask."""
    return type(value).__module__.partition(".")[0] == "dask" and hasattr(value, "map_blocks")


@dataclass(frozen=True, slots=True)
class Block:
    """A quantity at the points of one block, wherever that is worked out."""

    quantity: Asked | None
    planned: Plan | None
    names: tuple[str, ...]
    kind: Kind

    def __call__(self, *blocks: Array) -> Array:
        arrays = {name: sizes(name, block) for name, block in zip(self.names, blocks, strict=True)}
        if self.quantity is not None:
            return self._typed(_exact(self.quantity, arrays))

        assert self.planned is not None  # there is always one of the two
        with bounded({}):
            try:
                return self._typed(self.planned.of(arrays))
            except Violated as broken:
                raise raised(broken) from None

    def _typed(self, found: Array) -> Array:
        return found.astype(object) if self.kind == "exact" else _of_kind(found, self.kind)


def _lazily(quantity: Asked, kind: Kind, values: Mapping[str, object]) -> Any:
    """An array of Dask that says what each block is when it is asked for."""
    from dask.array import blockwise, from_array  # who has such an array has it

    lazy: list[Any] = []
    for name, value in values.items():
        lazy.append(value if _is_lazy(value) else from_array(sizes(name, value)))

    block = _block(quantity, kind, values)
    dtype = np.dtype(object if kind == "exact" else kind)
    axes = tuple(range(max(value.ndim for value in lazy)))
    aligned: list[Any] = []
    for value in lazy:
        aligned += [value, axes[len(axes) - value.ndim :]]
    return blockwise(block, axes, *aligned, dtype=dtype, meta=np.empty((0,) * len(axes), dtype=dtype))


def _block(quantity: Asked, kind: Kind, values: Mapping[str, object]) -> Block:
    """With the formula alone, where no graph has to be built for a block."""
    names = tuple(values)
    if quantity.open_names.issuperset(names):
        return Block(None, plan_of(quantity, values), names, kind)
    return Block(quantity, None, names, kind)
