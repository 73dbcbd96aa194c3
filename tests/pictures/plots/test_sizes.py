"""Published sizes as points: each where its own configuration puts it, with the number of the library."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

import symcost
from symcost.cli import main
from symcost.errors import MissingValue, NoSizes
from symcost.export.subject import labelled, with_values
from symcost.pictures.plots.chart import Chart
from symcost.pictures.plots.lines import lines
from symcost.pictures.plots.over import Over
from symcost.pictures.plots.sizes import sizes
from symcost.sweeping.grid import axis

TEXT = """
model Dense(x: [T, D], L) -> [T, D] {
  repeat L {
    x = x -> Linear(D, bias = false)
  }
  return x
}
config small  { D = 16, L = 2 }
config large  { D = 64, L = 8 }
config larger { D = 64, L = 8 }
config long   { T = 99 }
"""


def drawn(over: str = "D", **values: int) -> Chart:
    model = symcost.loads(TEXT).model()
    asked = Over(with_values(labelled([("a", model)]), values), axis(over, "1:1000:log"), log=True)
    return lines(asked, ["params"], sizes([model], asked, values))


def test_each_stands_at_its_own_number() -> None:
    """L·D·D parameters; those that agree are one point, and one that does not set D is none."""
    dots = {dot.label: (dot.x, dot.y) for dot in drawn().panels[0].dots}
    assert dots == {"small": (16, 2 * 16 * 16), "large, larger": (64, 8 * 64 * 64)}


def test_a_line_is_drawn_where_its_numbers_are_given() -> None:
    """Without one for L only the points are there, and it is said."""
    assert not drawn().panels[0].curves
    assert any("no line of Dense" in note for note in drawn().notes)
    (curve,) = drawn(L=3).panels[0].curves
    assert all(y == 3 * x * x for x, y in curve.points)
    assert {dot.y for dot in drawn(L=3).panels[0].dots} == {512, 32768}


def test_without_sizes_a_missing_number_is_a_fault() -> None:
    """As before."""
    model = symcost.loads(TEXT).model()
    with pytest.raises(MissingValue):
        lines(Over(labelled([("a", model)]), axis("D", "1:8"), log=False), ["params"])


def test_no_configuration_in_the_range() -> None:
    """None sets `L` above 8."""
    model = symcost.loads(TEXT).model()
    with pytest.raises(NoSizes):
        sizes([model], Over(labelled([("a", model)]), axis("L", "9:20"), log=False), {})


def test_whisper_as_published() -> None:
    """Whisper (Radford et al. 2022), table 1: 39 M, 74 M, 244 M, 769 M, 1550 M; each name stands once."""
    asked = ["plot", "examples/speech/whisper.arch:Whisper", "--over", "D=192:2048:64", "--sizes", "--of", "params"]
    told = CliRunner().invoke(main, [*asked, "--format", "pgf"])
    assert told.exit_code == 0, told.output
    for name in ("tiny", "base", "small", "medium", "large"):
        assert f"{{{name}" in told.output
