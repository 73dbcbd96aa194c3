"""What `symcost plot` draws, a function for each kind of picture: from the options to a chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from symcost.cli.common import Value
from symcost.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from symcost.export.subject import Subject
    from symcost.model import Model
    from symcost.pictures.plots.chart import Chart
    from symcost.pictures.plots.over import Over
    from symcost.sweeping.grid import Axis

USUAL = "1:1e6:log"


@dataclass(frozen=True)
class Roof:
    """The options of `--roofline`."""

    machine: str | None
    dtype: str | None
    batch: int | None


@dataclass(frozen=True)
class Request:
    """What is asked for on the command line; `read` are the models before a configuration."""

    read: list[tuple[str, Model]]
    models: list[tuple[str, Model]]
    values: dict[str, Value]
    overs: tuple[str, ...]
    quantities: list[str]
    convention: str
    roof: Roof
    sizes: bool = False

    @property
    def subjects(self) -> list[Subject]:
        """The models with all numbers, one at least."""
        from symcost.export.subject import labelled, with_values

        if not self.models:
            raise click.UsageError("give a file, such as elman.arch or elman.arch:Elman")
        return with_values(labelled(self.models), self.values)

    def one(self, option: str) -> Subject:
        """The only model. Raises OneModel."""
        from symcost.errors import OneModel

        subjects = self.subjects
        if len(subjects) != 1:
            raise OneModel(option, [one.label for one in subjects])
        return subjects[0]

    def over(self) -> Over:
        """The one dimension that varies: as written, else `T` or the first without a number.

        Raises BadRange, NothingToVary.
        """
        from symcost.export.subject import labelled, with_values
        from symcost.pictures.plots.over import Over

        if len(self.overs) > 1:
            raise click.UsageError("--over is given several times: two dimensions go with `--heat`")
        subjects = self.subjects
        written = self.overs[0] if self.overs else _usual_range(subjects)
        axis, log = ranged(written)
        expressions = {name: value for name, value in self.values.items() if isinstance(value, str)}
        numbers = {name: value for name, value in self.values.items() if isinstance(value, int)}
        before = with_values(labelled(self.models), expressions)
        return Over(subjects, axis, log, self.convention, before, numbers)


def _usual_range(subjects: Sequence[Subject]) -> str:
    """Of `T`, else of the first dimension without a number. Raises NothingToVary where there is none."""
    from symcost.errors import NothingToVary

    names = [name for one in subjects for name, _ in one.symbols]
    if not names:
        raise NothingToVary(subjects[0].label)
    varied = "T" if "T" in names else names[0]
    return f"{varied}={USUAL}"


def ranged(over: str) -> tuple[Axis, bool]:
    """`T=1:1e6:log` as an axis, and whether it is logarithmic. Raises BadRange."""
    from symcost.sweeping.grid import axis

    name, _, written = (part.strip() for part in over.partition("="))
    if not (name and written):
        raise click.BadParameter(f"{over[:80]!r} is not of the form NAME=FROM:TO", param_hint="--over")
    return axis(name, written), ":log" in written.replace(" ", "")


def _lines(request: Request) -> Chart:
    from symcost.pictures.plots.lines import lines
    from symcost.pictures.plots.sizes import sizes

    over = request.over()
    if not request.sizes:
        return lines(over, request.quantities)
    return lines(over, request.quantities, sizes([model for _, model in request.read], over, request.values))


def _stack(request: Request) -> Chart:
    from symcost.pictures.plots.stack import stack

    return stack(request.over(), request.quantities)


def _roofline(request: Request) -> Chart:
    from symcost.cli.devices import by_role
    from symcost.hardware import Device
    from symcost.pictures.plots.roofline import of_device, of_model
    from symcost.timing import Timing
    from symcost.values import demand_numbers

    machine, dtype = request.roof.machine, request.roof.dtype
    if machine is None:
        raise click.UsageError("--roofline needs a device: `--on h100-sxm`; `symcost devices` lists them")
    device = Device.load(machine)
    if not request.models:
        return of_device(device, dtype)
    if dtype is None:
        raise click.UsageError(f"--roofline needs a number type: `--dtype {device.dtypes[0]}`")
    model = request.one("--roofline").model
    demand_numbers(model.symbols, model.values)
    try:
        timing = Timing(model, device, by_role(dtype), request.roof.batch or 1)
    except ValueError as problem:
        raise click.UsageError(str(problem)) from None
    return of_model(timing)


def _heat(request: Request) -> Chart:
    from symcost.pictures.plots.heat import Plane, heat

    if len(request.overs) != 2:
        raise click.UsageError("--heat needs two dimensions: `--over T=1:1e6:log --over D=64:4096:log`")
    (across, log_x), (up, log_y) = map(ranged, request.overs)
    if across.name == up.name:
        raise click.UsageError(f"--over gives {across.name!r} twice: --heat needs two dimensions")
    return heat(Plane(request.one("--heat"), across, up, log_x, log_y, request.convention), request.quantities)


def _work(request: Request) -> Chart:
    from symcost.pictures.plots.work import work

    return work(request.subjects)


KINDS: Mapping[str, Callable[[Request], Chart]] = {
    "lines": _lines,
    "stack": _stack,
    "heat": _heat,
    "roofline": _roofline,
    "work": _work,
}
