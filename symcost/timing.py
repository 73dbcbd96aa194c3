"""Timing: a model on a device, with types and a batch: its least time, what it needs of memory, and its blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from symcost.analysis.growth.compare import Undecided
from symcost.errors import ImpossibleUtilization, NotOpen, SymcostError, UnknownDimension
from symcost.formula import Form, Symbol, add, mul, num, symbol
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
from symcost.hardware.kernels import Kernel, kernels
from symcost.hardware.likely import Case, Likely, likely
from symcost.hardware.pieces import Maker, Pieces
from symcost.hardware.profile import Profile
from symcost.hardware.regimes import Regime, Solver, fits_alone, fits_beside, stays_on_chip
from symcost.hardware.roofline import Point, Roof
from symcost.hardware.workload import carried
from symcost.model import Model
from symcost.once import once
from symcost.questions import question
from symcost.records import dataclass
from symcost.values import bounded


@dataclass(frozen=True, slots=True)
class Rated:
    """A dimension that counts what comes at a known rate, such as frames: how many there are, and how many a second."""

    name: str
    count: int
    rate: Fraction

    @property
    def seconds(self) -> Fraction:
        """How long it lasts."""
        return self.count / self.rate


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
    likely: Likely | None = None
    profile: Profile | None = None
    rated: tuple[Rated, ...] = ()


def rounded_down(part: Fraction) -> str:
    """In three digits, never more than it is: `0.00407`."""
    size = 0
    while part * 10**size < 100 and size < MOST_DIGITS:
        size += 1
    return f"{float(Fraction(int(part * 10**size), 10**size)):.12g}"


MOST_DIGITS = 12
"""Digits behind the point of a part of a peak."""


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
        self.types: Types = Types.of(dtype)
        device.known(self.types.products)
        self.devices = devices
        self.batch: Form = batch if isinstance(batch, Form) else num(batch)

    # What it asks of any machine ------------------------------------------------------------------

    @once
    def work(self) -> Workload:
        """Operations, bytes and loops of the batch; under `choose` with the alternatives of one example."""
        return workload(self.model.answers.fitting(question("fused")), self.batch)

    @once
    def all_work(self) -> Workload:
        """The same where every alternative is chosen."""
        return workload(self.model.answers.fitting(question("fused")), self.batch, every=True)

    # The least time -------------------------------------------------------------------------------

    @once
    def limits(self) -> Limits:
        """The least time as a formula: of each unit, and of memory. Raises MissingFigure."""
        return limits(self.work, self.device, self.types, self.devices)

    # The likely time ------------------------------------------------------------------------------

    def kernels(self, profile: Profile) -> tuple[Kernel, ...]:
        """What the program launches, one after the other."""
        return kernels(self.model.subject, profile.joined)

    def likely(self, profile: Profile) -> Likely:
        """The likely time under a profile, on one device, with a range. Raises MissingValue, MissingFigure."""
        case = Case(self.device, self.types, int(self._number(self.batch)), self.model.values)
        with bounded(self.model.values):
            found = likely(self.kernels(profile), case, profile, self.runs())
        # What is in a cache already need not come from memory once more.
        return found if profile.warm else replace(found, least=self.bound().time)

    def runs(self) -> int:
        """How often a host starts it: once, and once more for each round of a loop that hands on what a run made."""
        return 1 + sum(int(self._number(loop.rounds)) + 1 for loop in self.work.again if "params" in loop.numbers)

    def likely_formula(self, profile: Profile) -> Pieces:
        """The likely time over open sizes: with numbers put in it is what `likely` says. Raises MissingFigure."""
        hands_on = [loop.rounds for loop in self.work.again if "params" in loop.numbers]
        runs = add(num(1 + len(hands_on)), *hands_on)
        maker = Maker(self.device, self.types, profile, self.batch)
        return maker.of(self.kernels(profile), runs, self.limits)

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

    def footprint(self, profile: Profile | None = None) -> Footprint:
        """What it needs of the memory of the device, with what the program reserves. Raises MissingValue."""
        model = self.model
        state_numbers = num(model.number(carried(model.subject)))
        state = self._number(mul(num(self.types.bytes("state")), state_numbers, self.batch))
        parameters = self._number(stored_bytes(self.stored, num(0), self.types, 1))
        size = memory_of(self.device)
        reserved = Fraction(0) if profile is None else profile.reserved
        return Footprint(parameters, state, self.alive(state), None if size is None else size * self.devices, reserved)

    def alive(self, state: Fraction) -> Fraction | None:
        """Bytes that live at once at most, carried ones in their own width; None where that is not decided."""
        try:
            peaks = self.model.answers.peaks_in(self.types.widths.by_kind)
        except SymcostError:
            return None
        known = [peak.form.number for peak in peaks]
        decided = [Fraction(number) for number in known if number is not None]
        if not decided or len(decided) < len(known):
            return None

        largest = max(decided) * self._number(self.batch)
        narrower = self.types.bytes("activations") / self.types.bytes("state")
        return max(largest + state * (1 - narrower), state)

    def _alive_in_all(self) -> tuple[Form, ...]:
        """What may be the bytes with which it surely runs, parameters included, as `footprint` has them in numbers.

        Empty where it is not derived what lives at once.
        """
        model = self.model
        try:
            peaks = model.answers.peaks_in(self.types.widths.by_kind)
        except SymcostError:
            return ()
        parameters = stored_bytes(self.stored, num(0), self.types, 1)
        state = add(self.needed, -parameters)
        narrower = self.types.bytes("activations") / self.types.bytes("state")
        carried_wider = mul(num(1 - narrower), state)
        alive = [add(parameters, mul(peak.form, self.batch), carried_wider) for peak in peaks]
        least, *most = (model.shown(form) for form in (self.needed, *alive))

        # Among several, each pair would take a proof: their sizes have to be numbers anyway.
        alone = len(most) == 1 and model.facts.at_least(most[0], least) is True
        return tuple(most) if alone else (least, *most)

    # Numbers --------------------------------------------------------------------------------------

    def _number(self, form: Form) -> Fraction:
        return Fraction(self.model.number(form))

    def bound(self, work: Workload | None = None) -> Bound:
        """The least time with the numbers put in. Raises MissingValue, MissingFigure."""
        found = self.limits if work is None else limits(work, self.device, self.types, self.devices)
        with bounded(self.model.values):
            return found.each(self.model.values)

    def utilization(self) -> Fraction:
        """The largest part of the sheet's peak of products that can be reached: 1, or what the least time leaves.

        Raises MissingValue, MissingFigure.
        """
        least = self.bound().time
        products = self._number(self.work.operations("mac")) / self.device.rate("mac", self.types.products)
        return min(Fraction(1), products / (least * self.devices)) if least else Fraction(1)

    def demand_possible(self, utilization: Fraction) -> None:
        """Raises ImpossibleUtilization for more than can be reached."""
        possible = self.utilization()
        if utilization <= possible:
            return
        least = self.bound()
        seconds = float(max(least.memory, least.compute))
        what = f"moving {float(least.bytes):.3g} bytes" if least.memory >= least.compute else least.busiest
        why = f"at least {seconds:.3g} s go by with {what}"
        raise ImpossibleUtilization(f"{float(utilization):g}", rounded_down(possible), self.device.id, why)

    # Regimes --------------------------------------------------------------------------------------

    def regimes(self, dimension: str) -> tuple[Regime, ...]:
        """For which sizes in one dimension it is bound by memory, fits, and keeps on the chip what loops read again.

        The dimension is one without a number, or the name of the batch.

        Raises UnknownDimension, NotOpen, MissingFigure.
        """
        return tuple(self._regimes(self._open(dimension)))

    def _open(self, name: str) -> Symbol:
        wanted = symbol(name)
        if wanted in self.batch.free_symbols:
            return wanted
        if name not in self.model.ports:
            raise UnknownDimension(name, self.model.name, [info.name for info in self.model.symbols])
        if name in self.model.values:
            raise NotOpen(name, self.model.values[name])
        return wanted

    def _regimes(self, dimension: Symbol) -> Iterator[Regime]:
        solver = Solver(dimension, self.model.facts)
        shown = self.model.shown
        least = self.limits
        arithmetic, memory = ([shown(form) for form in forms] for forms in (least.arithmetic, least.memory))
        bound_by_memory = solver.all_smaller("memory-bound", arithmetic, memory)
        if isinstance(bound_by_memory.where, Undecided):
            bound_by_memory = self._products_against_memory(solver)
        yield bound_by_memory

        size, on_chip = memory_of(self.device), self.device.on_chip
        if size is not None:
            yield fits_alone(solver, shown(self.needed), size * self.devices)
            yield fits_beside(solver, self._alive_in_all(), size * self.devices)
        if on_chip is not None:
            for loop in self.work.again:
                read = shown(self.work.read_by_a_round(loop, self.types))
                yield stays_on_chip(solver, loop.name, read, on_chip * self.devices)

    def _products_against_memory(self, solver: Solver) -> Regime:
        """Where other sizes are open: the products alone, against what has to be moved once."""
        shown, least = self.model.shown, self.limits
        words = "matrix products take less time than what has to be moved once"
        products = least.of_unit("matrix products")[0] if "matrix products" in least.units else num(0)
        return solver.smaller(words, shown(products), shown(least.memory[0]))

    def rated(self, name: str, rate: Fraction) -> Rated:
        """How long so many last as a dimension says. Raises UnknownDimension for one without a number."""
        if name not in self.model.values:
            raise UnknownDimension(name, self.model.name, list(self.model.values))
        return Rated(name, self.model.values[name], rate)

    def rates(self) -> tuple[Rated, ...]:
        """The dimensions of which the file says a rate, `rate T = 100/s`, and that have a number."""
        values = self.model.values
        rates = self.model.defined.unit.rates
        return tuple(Rated(name, values[name], rate) for name, rate in rates.items() if name in values)

    def around(self) -> int:
        """How many blocks stand around all that there is, one in another, such as a loop over the batch."""
        many, inside = -1, [self.model.tree]
        while len(inside) == 1:
            many += 1
            inside = [part for part in inside[0].inside if part.kind != "own" or part.cost.counts]
        return many

    def roofline(self, depth: float) -> tuple[Point, Point]:
        """Where it stands below the roof: as a whole with the least bytes, and its blocks, each operation by itself.

        Raises MissingValue, MissingFigure.
        """
        model = self.model
        roof = Roof(self.device, self.types, model.values, int(self._number(self.batch)))
        return roof.whole(model.name, model.tree, self.bound()), roof.apart(model.tree, depth)

    def measured(self, depth: float, profile: Profile | None = None, rated: Sequence[Rated] = ()) -> Measured:
        """All that is printed of one case, blocks down to a depth; under a profile with the likely time."""
        model, batch = self.model, int(self._number(self.batch))
        apart = estimate(model.tree, self.device, self.types, model.values, depth, batch)
        return Measured(
            model=model.name,
            device=self.device,
            types=self.types,
            batch=batch,
            least=self.bound(),
            every=self.bound(self.all_work),
            footprint=self.footprint(profile),
            apart=apart,
            likely=None if profile is None else self.likely(profile),
            profile=profile,
            rated=tuple(rated),
        )
