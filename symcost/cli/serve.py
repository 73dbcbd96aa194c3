"""`symcost serve`: a model that is served: memory, texts that fit, times, what is sent, and what tokens cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from symcost.cli.amounts import EMITTED, Each, Emitted, Many, Number
from symcost.cli.common import PUBLISHED, Shipped, deliver, open_model, result_options, subject, tell_assumptions
from symcost.cli.devices import by_role
from symcost.cli.idle import refuse_for_serving
from symcost.records import dataclass

if TYPE_CHECKING:
    from symcost.export.page import Page
    from symcost.hardware.electricity import Grid
    from symcost.model import Model
    from symcost.runs import Ask, Draft, Layout, Rates

DEVICES = 10**6
"""As many devices as a way of sharing may have."""


def rates_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What is given of energy and money, never derived."""
    for decorate in (
        click.option("--price", type=Number(), help="USD for an hour of one device.  [default: of the device file]"),
        click.option("--watts", type=Number(positive=True), help="Power of a device under this load, as measured."),
        click.option("--embodied", type=Number(), help="Grams of CO2e for an hour of one device: what making it took."),
        click.option("--intensity", type=Emitted(), help=EMITTED),
        click.option("--overhead", type=Number(low=1), default="1", show_default=True,
                     help="All energy for each joule of the devices (power usage effectiveness, PUE)."),
    ):  # fmt: skip
        command = decorate(command)
    return command


def rates(
    overhead: Fraction, intensity: Fraction | Grid | None, embodied: Fraction | None, watts: Fraction | None,
    price: Fraction | None,
) -> Rates:  # fmt: skip
    """The same as one record."""
    from symcost.runs import Rates

    if intensity is None or isinstance(intensity, Fraction):
        return Rates(overhead, intensity, price, embodied, watts)
    return Rates(overhead, intensity.grams, price, embodied, watts, intensity)


def sharing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """How devices share a model."""
    for decorate in (
        click.option("--link", metavar="NAME", help="The link over which they talk.  [default: the nearest]"),
        click.option("--expert", type=Many(1, DEVICES), default=1, help="Devices among which experts lie."),
        click.option("--pipeline", type=Many(1, DEVICES), default=1, help="Stages, each with as many layers."),
        click.option("--tensor", type=Many(1, DEVICES), default=1, help="Devices that share every product."),
    ):  # fmt: skip
        command = decorate(command)
    return command


def shares_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """How devices share a model that is served; several ways are set side by side."""
    for decorate in (
        click.option("--link", metavar="NAME", help="The link over which they talk.  [default: the nearest]"),
        click.option("--expert", type=Many(1, DEVICES), default=1, help="Devices among which experts lie."),
        click.option("--pipeline", "pipelines", type=Each(DEVICES), default="1", metavar="NUMBER,...",
                     help="Stages, each with as many layers; several numbers are set side by side."),
        click.option("--tensor", "tensors", type=Each(DEVICES), metavar="NUMBER,...",
                     help="Devices that share every product.  [default: 1; of several --on as many as fit]"),
    ):  # fmt: skip
        command = decorate(command)
    return command


def ahead_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """How prompts are read, and who writes ahead."""
    for decorate in (
        click.option("--ahead", type=click.IntRange(1, 64), default=4, show_default=True,
                     help="Tokens that a draft writes ahead."),
        click.option("--accept", type=Number(high=1), help="How often one of these is accepted, as measured: 0.7."),
        click.option("--draft-config", metavar="NAME", help="The configuration of the draft, where its file has some."),
        click.option("--draft", type=PUBLISHED, metavar="FILE",
                     help="A small model that writes ahead (speculative decoding): a config.json, or a file."),
        click.option("--hit", type=Number(high=1), default="0", show_default=True,
                     help="The part of a prompt that is cached already (prefix caching)."),
        click.option("--chunk", type=Many(1, 10**9),
                     help="Tokens of a prompt that are read in a pass, beside the writing.  [default: all at once]"),
    ):  # fmt: skip
        command = decorate(command)
    return command


def drafted(file: str | None, config: str | None, accept: Fraction | None, ahead: int) -> Draft | None:
    """The model that writes ahead, where there is one."""
    from symcost.runs import Draft

    if file is None:
        if accept is not None or config is not None:
            raise click.UsageError("--accept and --draft-config go with --draft")
        return None
    if accept is None:
        raise click.UsageError("--draft needs --accept: how often one of its tokens is accepted, as measured")
    configs = () if config is None else (config,)
    return Draft(open_model(file, None, configs, None, {}), accept, ahead)


def _go_together(*, several: bool, compared: bool, drafted: bool) -> None:
    """Refuse options that do not."""
    if compared and (several or drafted):
        raise click.UsageError("--against compares one device, layout and length each, without --draft")


@dataclass(frozen=True, slots=True)
class _Order:
    """What is served where: the same for every kind of answer. Each answer raises ValueError for what does not fit."""

    model: Model
    machines: Sequence[str]
    types: Mapping[str, str] | str
    asks: Sequence[Ask]
    layout: Layout
    profile: str
    costs: Rates
    draft: Draft | None

    def alone(self, *, formula: bool) -> Page:
        """One model on one device, for one length."""
        from symcost import pages

        return pages.serve(
            self.model, self.machines[0], self.types, ask=self.asks[0], layout=self.layout, rates=self.costs,
            profile=self.profile, formula=formula, draft=self.draft,
        )  # fmt: skip

    def side_by_side(self, layouts: Sequence[Layout], *, formula: bool) -> Page:
        """Several devices, ways of sharing, or lengths."""
        from symcost import pages

        return pages.serve_side_by_side(
            self.model, self.machines, self.types, ask=self.asks, layout=self.layout, layouts=layouts,
            rates=self.costs, profile=self.profile, draft=self.draft, formula=formula,
        )  # fmt: skip

    def against(self, other: Model | None, on: str | None, *, formula: bool) -> Page:
        """Another model, or the same on another device, beside it."""
        from symcost import pages

        return pages.serve_against(
            self.model, self.machines[0], self.types, ask=self.asks[0], other=other, on=on, layout=self.layout,
            profile=self.profile, formula=formula,
        )  # fmt: skip


def _ways(order: _Order, tensors: tuple[int, ...] | None, pipelines: tuple[int, ...]) -> Sequence[Layout]:
    """The ways of sharing that are asked for; none where several devices share as the model fits on each."""
    from symcost.runs import layouts_of

    is_any_asked = tensors is not None or pipelines != (1,)
    if len(order.machines) > 1 and not is_any_asked:
        return ()
    return layouts_of(tensors or (1,), pipelines, order.layout)


def _other(file: str | None, config: str | None) -> Model | None:
    """The model that is compared with, where there is one."""
    if file is None:
        return None
    return open_model(file, None, () if config is None else (config,), None, {})


@click.command(
    help="""\
Print how many texts fit at once, how fast they are read and written, and what a million tokens cost.

What no machine undercuts stands under `bound`; what is likely, under a profile, stands beside it.
""",
    epilog="""\b
Examples:
  symcost serve config.json --on h100-sxm --dtype bf16 --prompt 2048 --write 256
  symcost serve config.json --on h100-sxm --dtype bf16 --prompt 2048 --write 256 --tensor 4 --price 2.5
  symcost serve config.json --on h100-sxm --dtype bf16 --prompt 2048 --write 256 --as formula --format latex
  symcost serve config.json --on h100-sxm --dtype bf16 --prompt 2048 --write 256 --chunk 512 --hit 0.5
  symcost serve config.json --on h100-sxm --dtype bf16 --prompt 2048 --write 256 --draft small.json --accept 0.7
  symcost serve config.json --on h100-sxm --on b200-hgx --dtype bf16 --prompt 2048 --write 256
  symcost serve config.json --on h100-sxm --on l40s --dtype bf16 --prompt 2048 --write 256 --tensor 1,2,4
  symcost serve config.json --on h100-sxm --dtype bf16 --prompt 512,2048,8192 --write 256 --tensor 1,2,4 --price 2.5
  symcost serve config.json --on h100-sxm --dtype bf16 --prompt 2048 --write 256 --against other.json
  symcost serve config.json --on h100-sxm --dtype bf16 --prompt 2048 --write 256 --against-on b200-hgx
""",
)
@subject
@click.option(
    "--on", "machines", required=True, multiple=True, metavar="DEVICE|FILE",
    help="A device of `symcost devices`, or a file; several are set side by side.",
)  # fmt: skip
@click.option("--dtype", required=True, metavar="TYPE|ROLE=TYPE,...", help="As in `symcost eval`.")
@click.option("--prompt", "prompts", type=Each(10**9), required=True, metavar="NUMBER,...",
              help="Tokens of a prompt; several numbers are set side by side.")  # fmt: skip
@click.option("--write", "writes", type=Each(10**9), required=True, metavar="NUMBER,...",
              help="Tokens that are written behind it; several numbers are set side by side.")  # fmt: skip
@click.option("--batch", type=Many(1, 10**9), help="Texts at once on each copy.  [default: as many as fit]")
@shares_options
@click.option("--data", type=Many(1, DEVICES), default=1, help="Copies of the model.")
@click.option(
    "--memory", type=Number(high=1, positive=True), default="1", show_default=True,
    help="The part of the memory that is used; vLLM's gpu_memory_utilization is 0.9 unless it is set.",
)  # fmt: skip
@click.option(
    "--profile", cls=Shipped, folder="hardware/profiles", metavar="NAME|FILE", default="llm-engine", show_default=True,
    help="Of the program that runs it, for the likely times.",
)  # fmt: skip
@ahead_options
@click.option("--against", type=PUBLISHED, metavar="FILE",
              help="Another model: figures of both, and for which sizes which of them is better.")  # fmt: skip
@click.option("--against-config", metavar="NAME", help="The configuration of that, where its file has some.")
@click.option("--against-on", metavar="DEVICE|FILE", help="The device of the other, of this model where there is none.")
@click.option("--as", "answer", type=click.Choice(["number", "formula"]), default="number", show_default=True,
              help="Formulas leave the batch and the tokens in the cache open, of each case.")  # fmt: skip
@rates_options
@result_options
def serve(
    model: Model, machines: tuple[str, ...], dtype: str, prompts: tuple[int, ...], writes: tuple[int, ...],
    batch: int | None,
    tensors: tuple[int, ...] | None, pipelines: tuple[int, ...], expert: int, link: str | None,
    data: int, memory: Fraction, profile: str, answer: str,
    overhead: Fraction, intensity: Fraction | Grid | None, embodied: Fraction | None, watts: Fraction | None,
    price: Fraction | None, chunk: int | None, hit: Fraction, draft: str | None, draft_config: str | None,
    accept: Fraction | None, ahead: int, against: str | None, against_config: str | None, against_on: str | None,
    writing: str, output: Path | None,
) -> None:  # fmt: skip
    """`symcost serve`"""
    from symcost.runs import Ask, Layout

    helper = drafted(draft, draft_config, accept, ahead)
    first = Layout((tensors or (1,))[0], pipelines[0], data, expert)
    costs = rates(overhead, intensity, embodied, watts, price)
    several = max(map(len, (machines, tensors or (), pipelines, prompts, writes))) > 1
    compared = against is not None or against_on is not None
    if against_config is not None and against is None:
        raise click.UsageError("--against-config goes with --against")
    _go_together(several=several, compared=compared, drafted=helper is not None)
    refuse_for_serving(
        compared=compared, formula=answer == "formula", alone=not several, group=first.group * first.expert
    )
    try:
        asks = [Ask(prompt, write, batch, memory, link, hit, chunk) for prompt, write in product(prompts, writes)]
        order = _Order(model, machines, by_role(dtype), asks, first, profile, costs, helper)
        if compared:
            page = order.against(_other(against, against_config), against_on, formula=answer == "formula")
        elif several:
            page = order.side_by_side(_ways(order, tensors, pipelines), formula=answer == "formula")
        else:
            page = order.alone(formula=answer == "formula")
    except ValueError as problem:
        raise click.UsageError(str(problem)) from None
    deliver(page, writing, output)
    tell_assumptions(model)
