"""`symcost eval` and `symcost devices`: what a model takes on a machine."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click

from symcost.cli.amounts import Batch, Rate
from symcost.cli.common import Shipped, all_option, deliver, result_options, subject
from symcost.cli.memory import chosen
from symcost.cli.output import put
from symcost.cli.streams import tell

PRODUCTS = "products"

if TYPE_CHECKING:
    from symcost.export.page import Page
    from symcost.model import Model


@click.command(
    "eval",
    help="""\
Print the least time on a device, and what binds it.

At least: the larger of operations by class over peak rates, and of the bytes over bandwidth that have to be moved
however much memory is on the chip. Below that by block, if each operation is by itself.
""",
    epilog="""\b
Examples:
  symcost eval elman.arch --on h100-sxm --dtype bf16 T=100 I=64 H=128
  symcost eval whisper.arch --config tiny --on rpi5 --dtype fp32 T=448
  symcost eval llama.arch --model Step --config llama3_8b --on h100-sxm --dtype params=int4,products=bf16 c=8192 G=1024
  symcost eval llama.arch --model Step --config llama3_8b --on h100-sxm --dtype bf16 c=100 G=1024
    --as formula --batch B --in B
  symcost eval llama.arch --model Step --config llama3_8b --on h100-sxm --dtype bf16 c=100 G=1024
    --as formula --batch B --profile llm-engine
  symcost eval llama.arch --model Step --config llama3_8b --on h100-sxm --dtype bf16 c=8192 G=1024 --roofline
""",
)
@subject
@click.option(
    "--on",
    "machine",
    required=True,
    metavar="DEVICE|FILE",
    help="A device of `symcost devices`, or a TOML file.",
)
@click.option(
    "--dtype", required=True, metavar="TYPE|ROLE=TYPE,...",
    help="The type of all numbers: bf16, fp16, fp32, int8, ...; or types of params, frozen, buffers, activations, "
    "state, and products, which are what matrix units multiply: params=int4,products=bf16.",
)  # fmt: skip
@click.option(
    "--batch", type=Batch(), default="1", show_default=True, metavar="NUMBER|NAME",
    help="So many examples at once: parameters once, everything else for each. A name for how many with --as formula.",
)  # fmt: skip
@click.option(
    "--as", "answer", type=click.Choice(["number", "formula"]), default="number", show_default=True,
    help="A formula leaves sizes open; the numbers of the device come last.",
)  # fmt: skip
@click.option(
    "--in", "dimensions", multiple=True, metavar="NAME",
    help="With --as formula: for which sizes in this dimension it is bound by memory, and fits.",
)  # fmt: skip
@click.option(
    "--profile", cls=Shipped, folder="hardware/profiles", metavar="NAME|FILE",
    help="Also the likely time, with a range, under a profile of the program that runs it.",
)  # fmt: skip
@click.option(
    "--rate", type=Rate(), metavar="NAME=NUMBER/s",
    help="How many a second a dimension counts, as `rate T = 100/s` in a file: times as parts of real time.",
)  # fmt: skip
@click.option("--roofline", is_flag=True, help="Where the blocks stand below the device's ceilings, and which binds.")
@click.option("--depth", type=click.IntRange(0), default=2, show_default=True, help="How deep to go into blocks.")
@all_option
@result_options
def evaluate(
    model: Model, machine: str, dtype: str, batch: int | str, answer: str, dimensions: tuple[str, ...],
    profile: str | None, rate: tuple[str, Fraction] | None, roofline: bool, depth: int, every: bool, writing: str,
    output: Path | None,
) -> None:  # fmt: skip
    """`symcost eval`"""
    from symcost import pages

    is_formula = answer == "formula"
    is_open = bool(dimensions) or isinstance(batch, str)
    is_likely = profile is not None or rate is not None
    _check_options(is_formula=is_formula, is_open=is_open, is_likely=is_likely, roofline=roofline)
    if is_formula and rate is not None:
        raise click.UsageError("--rate is for numbers")
    types = by_role(dtype)
    try:
        if is_formula or isinstance(batch, str):
            page = pages.time_formula(model, machine, types, batch=batch, dimensions=dimensions, profile=profile)
        elif roofline:
            page = pages.roofline(model, machine, types, batch=batch, depth=depth, every=every)
        else:
            page = pages.time(model, machine, types, batch=batch, depth=depth, every=every, profile=profile, rate=rate)
    except ValueError as problem:
        raise click.UsageError(str(problem)) from None
    deliver(page, writing, output)


def _check_options(*, is_formula: bool, is_open: bool, is_likely: bool, roofline: bool) -> None:
    """Refuse options of `eval` that do not go together: of a formula, of a likely time, of a roofline."""
    if is_open and not is_formula:
        raise click.UsageError("--in and a batch that is a name go with `--as formula`")
    if roofline and (is_formula or is_likely):
        raise click.UsageError("--roofline is a page of its own: without --as formula, --profile and --rate")


def by_role(dtype: str) -> str | dict[str, str]:
    """`bf16` as it is, so that a device can say which types it has; `params=int4,products=bf16` as a table."""
    if "=" not in dtype and "," not in dtype:
        return dtype
    return chosen((dtype,), (PRODUCTS,))


@click.command(
    help="""\
List the devices that --on knows, with their peaks; or one with every source.
""",
    epilog="""\b
Examples:
  symcost devices --class gpu --type fp8 --memory "80 GB"
  symcost devices h100-sxm
  symcost devices old.toml --migrate -o new.toml
""",
)
@click.argument("device", required=False, metavar="[DEVICE|FILE]")
@click.option("--class", "kind", metavar="CLASS", help="Only gpu, cpu, tpu, mcu, phone, ...")
@click.option("--vendor", metavar="NAME", help="Only those of a vendor.")
@click.option("--type", "dtype", metavar="TYPE", help="Only those with a peak for a number type.")
@click.option("--memory", metavar="SIZE", help="Only those with so much memory or more, such as 24 GB.")
@click.option("--migrate", is_flag=True, help="Write a file of schema 1 as one of schema 2, its figures with units.")
@result_options
def devices(
    device: str | None, kind: str | None, vendor: str | None, dtype: str | None, memory: str | None, migrate: bool,
    writing: str, output: Path | None,
) -> None:  # fmt: skip
    """`symcost devices`"""
    from symcost import pages

    filtered = any(given is not None for given in (kind, vendor, dtype, memory))
    if device is not None and filtered:
        raise click.UsageError("a filter goes with the list of devices, not with one of them")
    if migrate:
        _migrate(device, output)
    elif device is not None:
        deliver(pages.devices(device), writing, output)
    else:
        deliver(_listed(kind, vendor, dtype, memory), writing, output)


def _listed(kind: str | None, vendor: str | None, dtype: str | None, memory: str | None) -> Page:
    """The devices that pass the filters."""
    from symcost import pages

    try:
        return pages.devices(kind=kind, vendor=vendor, dtype=dtype, memory=_bytes(memory))
    except ValueError as problem:
        raise click.UsageError(str(problem)) from None


def _bytes(text: str | None) -> Fraction:
    """`24 GB` in bytes."""
    from symcost.hardware.units import measured

    found = measured(text or "0 B")
    if found is None or found.dimension != "bytes":
        raise click.BadParameter(f"{text!r} is no size such as '24 GB'", param_hint="--memory")
    return found.value


def _migrate(device: str | None, output: Path | None) -> None:
    """A file of the old schema, written anew."""
    from symcost.hardware.migrate import migrated

    if device is None:
        raise click.UsageError("--migrate needs the file that is written anew")
    put(migrated(device), output)
    tell("written as schema 2; its date is today's: put the day on which its sources were read")
