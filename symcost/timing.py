"""Timing: a model on a device, with types and a batch: its least time, what it needs of memory, and its blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from symcost.errors import SymcostError
from symcost.formula import Form, add, mul, num
from symcost.hardware import (
    Bound,
    Device,
    Estimate,
    Footprint,
    Limits,
    Types,
    Workload,
    estimate,
    limits,
    memory_of,
    stored_bytes,
    workload,
)
from symcost.hardware.workload import carried
from symcost.model import Model
from symcost.once import once
from symcost.values import bounded


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of one case: what `symcost eval` prints."""

    model: str
    device: Device
    types: Types
    batch: int
    least: Bound
    every: Bound
    """The same where under `choose` every alternative is chosen."""
    footprint: Footprint
    apart: Estimate


class Timing:
    """A model on a device. Seconds, bytes; formulas as long as sizes are open."""

    def __init__(
        self, model: Model, device: Device, dtype: Mapping[str, str] | str, batch: Form | int = 1, devices: int = 1
    ) -> None:
        """On several `devices` the work is shared evenly, and links take nothing.

        Raises UnknownNumberType, and ValueError for a role or a type that there is not.
        """
        if isinstance(dtype, str):
            device.known(dtype)
        self.model = model
        self.device = device
        self.types = Types.of(dtype)
        device.known(self.types.products)
        self.devices = devices
        self.batch = batch if isinstance(batch, Form) else num(batch)

    # What it asks of any machine ------------------------------------------------------------------

    @once
    def work(self) -> Workload:
        """Operations, bytes and loops of the batch; under `choose` with the alternatives of one example."""
        return workload(self.model.subject, self.batch)

    @once
    def all_work(self) -> Workload:
        """The same where every alternative is chosen."""
        return workload(self.model.subject, self.batch, every=True)

    # The least time -------------------------------------------------------------------------------

    @once
    def limits(self) -> Limits:
        """The least time as a formula: of each unit, and of memory. Raises MissingFigure."""
        return limits(self.work, self.device, self.types, self.devices)

    # Memory ---------------------------------------------------------------------------------------

    @once
    def stored(self) -> Mapping[str, Form]:
        """Numbers of parameters by role."""
        model = self.model
        frozen = add(model.params.form, -model.trained.form).expand()
        return {"params": model.trained.form, "frozen": frozen, "buffers": model.quantity("buffers").form}

    @property
    def needed(self) -> Form:
        """Bytes without which it does not run: parameters, and what the batch carries from step to step."""
        return stored_bytes(self.stored, carried(self.model.subject), self.types, self.batch)

    def footprint(self) -> Footprint:
        """What it needs of the memory of the device. Raises MissingValue."""
        model = self.model
        state_numbers = num(model.number(carried(model.subject)))
        state = self._number(mul(num(self.types.bytes("state")), state_numbers, self.batch))
        parameters = self._number(stored_bytes(self.stored, num(0), self.types, 1))
        size = memory_of(self.device)
        return Footprint(parameters, state, self._alive(state), None if size is None else size * self.devices)

    def _alive(self, state: Fraction) -> Fraction | None:
        """Bytes that live at once at most, carried ones in their own width; None where that is not decided."""
        try:
            peaks = self.model.answers.peaks_in(self.types.widths.by_kind)
        except SymcostError:
            return None
        numbers = [peak.form.number for peak in peaks]
        if not numbers or any(number is None for number in numbers):
            return None
        largest = max(Fraction(number) for number in numbers if number is not None) * self._number(self.batch)
        narrower = self.types.bytes("activations") / self.types.bytes("state")
        return max(largest + state * (1 - narrower), state)

    # Numbers --------------------------------------------------------------------------------------

    def _number(self, form: Form) -> Fraction:
        return Fraction(self.model.number(form))

    def bound(self, work: Workload | None = None) -> Bound:
        """The least time with the numbers put in. Raises MissingValue, MissingFigure."""
        found = self.limits if work is None else limits(work, self.device, self.types, self.devices)
        with bounded(self.model.values):
            return found.each(self.model.values)

    def measured(self, depth: float) -> Measured:
        """All that is printed of one case, blocks down to a depth."""
        model, batch = self.model, int(self._number(self.batch))
        apart = estimate(model.tree, self.device, self.types, model.values, depth, batch)
        every = self.bound(self.all_work)
        return Measured(model.name, self.device, self.types, batch, self.bound(), every, self.footprint(), apart)
