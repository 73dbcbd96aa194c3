"""Crossovers are told of numbers that keep the assumptions, and of no others."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from symcost.analysis.growth.compare import Ranges, Undecided, crossing
from symcost.cli import main
from symcost.formula import Assumptions, AtLeast, Divides, minimum, num, symbol

T = symbol("T")

WINDOWED = """
model Windowed(x: [T, D], w) { assume T >= w  return x[0:w] -> Linear(D, bias = false) }
model Narrow(x: [T, D]) { return x -> Linear(3, bias = false) }
"""


def test_from_a_number_on_and_up_to_another() -> None:
    """T·T against 400 where 64 divides 4·T (16, 32, ...) and T is 448 at most: always more from 32 on."""
    facts = Assumptions([AtLeast(num(448), T), Divides(num(64), 4 * T), AtLeast(2 * T, num(20))])
    found = crossing(T * T, num(400), T, facts)
    assert isinstance(found, Ranges) and found.stretches == ((16, 16, -1), (32, 448, 1))


def test_what_is_tried() -> None:
    """min(T, 100) against 50: less up to 49, equal at 50; of that only what lies in 40 to 60."""
    facts = Assumptions([AtLeast(T, num(40)), AtLeast(num(60), T)])
    found = crossing(minimum(T, num(100)), num(50), T, facts)
    assert isinstance(found, Ranges) and found.stretches == ((40, 49, -1), (50, 50, 0), (51, 60, 1))


def test_a_far_beginning() -> None:
    """From a billion on a thousand numbers are tried, not a billion."""
    found = crossing(minimum(T, num(10**9 + 5)), num(10**9 + 5), T, Assumptions([AtLeast(T, num(10**9))]))
    assert isinstance(found, Ranges) and found.stretches[0] == (10**9, 10**9 + 4, -1)


def test_nothing_is_allowed() -> None:
    """Where no number keeps the assumptions, none is told."""
    facts = Assumptions([AtLeast(T, num(64)), AtLeast(num(60), T)])
    assert isinstance(crossing(T * T, num(400), T, facts), Undecided)


def test_an_assumption_with_a_number_put_in(tmp_path: Path) -> None:
    """64·8·8 = 4096 against 24·T, where T >= w and w = 64: nothing is said below 64; 24·170 < 4096 < 24·171."""
    (tmp_path / "windowed.arch").write_text(WINDOWED, encoding="utf-8")
    told = CliRunner().invoke(main, ["compare", str(tmp_path / "windowed.arch"), "D=8", "w=64"]).stdout
    assert "Windowed needs more for T = 64 to 170, fewer from T = 171 on." in told
