"""Options that would do nothing beside others: they are refused, so that no one takes a number for another."""

from __future__ import annotations

from collections.abc import Sequence

import click
from click.core import ParameterSource

RATES = ("price", "watts", "embodied", "intensity", "overhead")
"""What is given of energy and money."""


def typed(names: Sequence[str]) -> list[str]:
    """Those of the command that runs that were typed, as they are typed: `--tensor`."""
    context = click.get_current_context()
    options = {param.name: param.opts[0] for param in context.command.params}
    return [options[name] for name in names if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]


def refuse(names: Sequence[str], why: str, mend: str) -> None:
    """Raises UsageError where one of them was typed."""
    idle = typed(names)
    if not idle:
        return
    verb = "does" if len(idle) == 1 else "do"
    raise click.UsageError(f"{' and '.join(idle)} {verb} nothing here: {why}; {mend}")


def refuse_for_training(*, fit: bool, formula: bool, several: bool, most_devices: int) -> None:
    """What `symcost train` would leave out. Raises UsageError."""
    refuse_without_partner("embodied", "intensity")
    if fit:
        _refuse_with_fit(formula=formula)
    elif typed(["profile"]):
        refuse(["node"], "a profile says how many devices a node has", "leave it out, or ask for --fit")
    if formula:
        refuse(
            (*RATES, "mfu", "efficiency", "six"),
            "--as formula tells of memory and what is sent",
            "leave --as formula out",
        )
    if several and typed(["mfu"]) and typed(["efficiency", "profile"]):
        raise click.UsageError("side by side one time is told of each: give one of --mfu, --efficiency and --profile")
    if most_devices == 1:
        refuse(("link", "between"), "one device sends nothing", "leave it out, or ask for more --devices")


def _refuse_with_fit(*, formula: bool) -> None:
    """Layouts, micro-batches and recomputation are looked for."""
    if formula:
        raise click.UsageError("--fit ranks layouts by numbers: leave --as formula out, or name one layout")
    if typed(["mfu"]):
        raise click.UsageError(
            "--mfu is measured of one layout, and --fit looks for others: give --profile or --efficiency with --fit, "
            "or name the layout (--tensor, --pipeline) and leave --fit out"
        )
    refuse(
        ("tensor", "pipeline", "micro"), "--fit tries all layouts and micro-batches",
        "leave it out, or leave --fit out",
    )  # fmt: skip
    chosen = click.get_current_context().params["recompute"]
    if chosen in ("none", "selective"):
        refuse(("recompute",), "--fit tries `none`, `selective`, and `full` or `early`", "name one of these two")


def refuse_without_partner(name: str, partner: str) -> None:
    """Raises UsageError for an option that counts only beside another."""
    if typed([name]) and not typed([partner]):
        one, other = (option.replace("_", "-") for option in (name, partner))
        raise click.UsageError(f"--{one} does nothing without --{other}: give both, or none of them")


def refuse_for_serving(*, compared: bool, formula: bool, alone: bool, group: int) -> None:
    """What `symcost serve` would leave out. Raises UsageError."""
    refuse_without_partner("embodied", "intensity")
    refuse_without_partner("ahead", "draft")
    if compared:
        refuse(RATES, "--against compares room and times", "ask for each of the two alone")
    elif formula:
        refuse(RATES, "--as formula tells of room, times and what is sent", "leave --as formula out")
    if alone and group == 1:
        refuse(("link",), "what lies on one device is sent nowhere", "leave it out, or share it (--tensor, --pipeline)")
