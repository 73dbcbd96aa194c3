"""A depth is told, and compared, for the sizes for which its formula holds: one position leaves nothing to add up."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from symcost.cli.main import main

LECTURE = Path(__file__).parents[2] / "examples" / "lecture"
ATTENTION = f"{LECTURE / 'attention.arch'}"


def test_a_number_that_holds_from_two_positions_on_says_so() -> None:
    """At T = 1 attention has 6 steps and not 8, which is said on standard error."""
    shown = CliRunner().invoke(main, ["formula", ATTENTION, "--model", "SelfAttending", "--of", "depth"])
    assert (shown.stdout, shown.stderr) == ("8\n", "assuming T >= 2\n")
    given = CliRunner().invoke(main, ["formula", ATTENTION, "--model", "SelfAttending", "--of", "depth", "T=1"])
    assert (given.stdout, given.stderr) == ("6\n", "")


def test_two_depths_are_compared_where_both_formulas_hold() -> None:
    """7·T against 8: an LSTM needs more at T = 1 too, where attention needs 6."""
    pair = [f"{LECTURE / 'lstm.arch'}:Lstm", f"{ATTENTION}:SelfAttending"]
    shown = CliRunner().invoke(main, ["compare", *pair, "--of", "depth"])
    assert "Lstm needs more than SelfAttending, for T >= 2." in shown.stdout
    assert "at T = 1" not in shown.stdout
