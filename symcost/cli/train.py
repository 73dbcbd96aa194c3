"""`symcost train`: a model that is trained on many devices: memory, time, energy, price."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import click

from symcost.cli.amounts import Each, Many, Number
from symcost.cli.common import Shipped, deliver, result_options, subject, tell_assumptions
from symcost.cli.idle import refuse_for_training
from symcost.cli.serve import rates, rates_options, sharing_options

if TYPE_CHECKING:
    from symcost.hardware.electricity import Grid
    from symcost.model import Model
    from symcost.runs.kept import Recompute


@click.command(
    help="""\
Print what training takes: work, memory of a device, time with waiting and sending apart, energy and price.

Work is derived from the graph. What no machine undercuts is `at least`; for likely times name the program that trains
it (--profile), or the part of the peak that products reach while they run (--efficiency), or that is reached in all
(--mfu).
""",
    epilog="""\b
Examples:
  symcost train config.json --on a100-sxm-80 --dtype bf16 --devices 2048 --tokens 1.4e12 --batch 2048 T=2048
    --mfu 0.495 --overhead 1.1 --intensity 385
  symcost train config.json --on a100-sxm-80 --dtype bf16 --devices 64 --tokens 1e9 --batch 64 T=2048
    --tensor 8 --pipeline 8 --sequence --recompute selective --efficiency 0.6
  symcost train config.json --on h100-sxm --dtype bf16 --devices 64 --tokens 1e9 --batch 512 T=2048
    --zero 3 --recompute early --profile llm-foundry
  symcost train config.json --on a100-sxm-80 --dtype bf16 --devices 64 --tokens 1e9 --batch 64 T=2048
    --tensor 8 --pipeline 8 --sequence --recompute selective --profile megatron
  symcost train config.json --on a100-sxm-80 --dtype bf16 --devices 64 --tokens 1e9 --batch 64 T=2048 --fit
  symcost train config.json --on a100-sxm-80 --dtype bf16 --devices 64 --tokens 1e9 --batch 64 T=2048 --as formula
  symcost train config.json --on a100-sxm-80 --on h100-sxm --dtype bf16 --devices 64,128 --tokens 1e9 --batch 128
    --length 2048,4096 --fit --price 2.5
""",
)
@subject
@click.option(
    "--on", "machines", required=True, multiple=True, metavar="DEVICE|FILE",
    help="A device of `symcost devices`, or a file; several are set side by side.",
)  # fmt: skip
@click.option("--dtype", required=True, help="The type of parameters, activations and products.")
@click.option("--devices", "counts", type=Each(10**9), required=True, metavar="NUMBER,...",
              help="How many; several numbers are set side by side.")  # fmt: skip
@click.option("--tokens", type=Many(1, 10**30), required=True, help="Tokens in all.")
@click.option("--batch", "batches", type=Each(10**12), required=True, metavar="NUMBER,...",
              help="Sequences of a step, on all devices; several numbers are set side by side.")  # fmt: skip
@click.option("--length", "lengths", type=Each(10**9), metavar="NUMBER,...",
              help="Tokens of a sequence, set side by side.  [default: of the file, or as T=2048]")  # fmt: skip
@click.option("--micro", type=Many(1, 10**12), default=1, show_default=True, help="Sequences at a time on each copy.")
@sharing_options
@click.option("--between", metavar="NAME", help="The link between stages and between copies.  [default: as --link]")
@click.option("--sequence", is_flag=True, help="Share what lies outside of products, too: sequence parallelism.")
@click.option("--zero", type=click.IntRange(0, 3), default=0, show_default=True, help="What copies share: ZeRO stage.")
@click.option(
    "--recompute", type=click.Choice(["none", "selective", "early", "full"]), default="none", show_default=True,
    help="What is made anew: of attention what grows with the square of the length, or all but inputs of layers, "
    "stopping early as PyTorch does, or in full.",
)  # fmt: skip
@click.option("--interleave", type=Many(1, 10**4), default=1, show_default=True, help="Parts of each stage.")
@click.option(
    "--optimizer", cls=Shipped, folder="optimizers", default="adam", metavar="NAME|FILE", show_default=True,
    help="The update, or a TOML file of your own.",
)  # fmt: skip
@click.option("--states", default="fp32", show_default=True, help="The type of what the optimizer keeps.")
@click.option("--gradients", help="The type of gradients.  [default: as --dtype]")
@click.option("--master/--no-master", default=True, help="A copy of narrower parameters in fp32.  [default: kept]")
@click.option("--mfu", type=Number(high=1, positive=True), help="The part of the peak that is reached, as measured.")
@click.option(
    "--efficiency", type=Number(high=1, positive=True), help="The part of the peak that products reach while they run."
)
@click.option(
    "--profile", cls=Shipped, folder="runs/programs", metavar="NAME|FILE",
    help="Of the program that trains it, for the likely times on devices that it was fitted on: `llm-foundry` for "
    "copies (FSDP), `megatron` for shared products and stages. Notes say how far rows that were left out are missed.",
)  # fmt: skip
@click.option("--six", is_flag=True, help="Work as six for each parameter and token.  [default: derived]")
@click.option("--as", "answer", type=click.Choice(["number", "formula"]), default="number", show_default=True,
              help="Formulas are over the layout.")  # fmt: skip
@click.option("--fit", is_flag=True, help="The layouts that fit, the fastest first.")
@click.option("--node", type=Many(1, 10**4), default=8, show_default=True,
              help="Devices of a node: with --fit as many may share products.")  # fmt: skip
@rates_options
@result_options
def train(
    model: Model, machines: tuple[str, ...], dtype: str, counts: tuple[int, ...], tokens: int,
    batches: tuple[int, ...], lengths: tuple[int, ...] | None, micro: int, tensor: int,
    pipeline: int, expert: int, link: str | None, between: str | None, sequence: bool, zero: int,
    recompute: Recompute, interleave: int, optimizer: str, states: str, gradients: str | None, master: bool,
    mfu: Fraction | None, efficiency: Fraction | None, profile: str | None, six: bool, answer: str, fit: bool,
    node: int, overhead: Fraction, intensity: Fraction | Grid | None, embodied: Fraction | None, watts: Fraction | None,
    price: Fraction | None, writing: str, output: Path | None,
) -> None:  # fmt: skip
    """`symcost train`"""
    from symcost import pages
    from symcost.runs import Layout, Plan, Program

    several = lengths is not None or max(map(len, (machines, counts, batches))) > 1
    refuse_for_training(fit=fit, formula=answer == "formula", several=several, most_devices=max(counts))
    costs = rates(overhead, intensity, embodied, watts, price)
    try:
        plan = Plan(
            tokens=tokens, devices=counts[0], batch=batches[0], layout=Layout(tensor, pipeline, 1, expert), micro=micro,
            zero=zero, recompute=recompute, sequence=sequence, interleave=interleave, optimizer=optimizer,
            states=states, gradients=gradients, master=master, mfu=mfu, efficiency=efficiency, six=six, link=link,
            between=between, program=None if profile is None else Program.load(profile),
        )  # fmt: skip
        if several and answer == "formula":
            raise click.UsageError("--as formula is for one device, one number of them, one batch and length")
        if lengths is not None:
            _demand_one_length(model, lengths)
        if several:
            plans = [replace(plan, devices=count, batch=batch) for count, batch in product(counts, batches)]
            page = pages.train_side_by_side(
                model, machines, dtype, plans=plans, lengths=lengths or (), rates=costs, fit=fit, node=node
            )
        else:
            page = pages.train(
                model, machines[0], dtype, plan=plan, rates=costs, formula=answer == "formula", fit=fit, node=node
            )  # fmt: skip
    except ValueError as problem:
        raise click.UsageError(str(problem)) from None
    deliver(page, writing, output)
    tell_assumptions(model)


def _demand_one_length(model: Model, lengths: tuple[int, ...]) -> None:
    """A length that was typed as `T=8192`, and others as `--length`. Raises UsageError."""
    name = next((name for name, port in model.ports.items() if not port.static), None)
    assigned = click.get_current_context().params.get("assignments") or {}
    if name not in assigned or lengths == (assigned[name],):
        return
    listed = ",".join(map(str, lengths))
    raise click.UsageError(
        f"{name}={assigned[name]} and --length {listed} say the length differently: leave one of them out"
    )
