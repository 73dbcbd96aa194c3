"""A configuration that has all its numbers is built once, with them; what holds for all sizes is there when asked."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import symcost
from symcost.building import Built, with_dimensions
from symcost.errors import ViolatedAssumption
from symcost.graph.files import Defined

TEXT = """
model Net(x: [T, D], H, deep = 2) {
  assume H >= 4
  x = x -> Linear(H)
  repeat deep { x = x + (x -> Linear(H) -> relu) }
  return x -> Linear(D)
}
config small { T = 5, D = 6, H = 7 }
config deeper { T = 5, D = 6, H = 7, deep = 3 }
"""

# By hand: D*H + H, then twice H*H + H, then H*D + D parameters; as many MACs a position as there are weights.
PARAMS = 6 * 7 + 7 + 2 * (7 * 7 + 7) + 7 * 6 + 6
MACS = 5 * (6 * 7 + 2 * 7 * 7 + 7 * 6)


@pytest.fixture
def open_builds(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of models whose graphs are built with open dimensions."""
    built: list[str] = []

    def counted(defined: Defined, *given: Any, **options: Any) -> Built:
        built.append(defined.name)
        return with_dimensions(defined, *given, **options)

    monkeypatch.setattr("symcost.instance.with_dimensions", counted)
    return built


def test_totals_take_no_open_graph(open_builds: list[str]) -> None:
    """Parameters, MACs and depth of a configuration are those of the graph with its numbers alone."""
    small = symcost.loads(TEXT).model().configured("small")
    assert small.params == PARAMS
    assert small.macs == MACS
    assert small.depth.form.number is not None
    assert open_builds == []


def test_open_graph_comes_when_asked(open_builds: list[str]) -> None:
    """What is assumed for all sizes stands in the open graph, which is made then, and sums are the same from it."""
    small = symcost.loads(TEXT).model().configured("small")
    assert [str(fact) for fact in small.assumptions] == ["H >= 4"]
    assert open_builds == ["Net"]
    assert small.params == PARAMS
    assert small.macs == MACS


def test_second_numbers_share_one_graph(open_builds: list[str]) -> None:
    """Who fills in numbers many times has the open graph built once."""
    model = symcost.loads(TEXT).model()
    found = [model.at(T=T, D=6, H=7).macs.form.number for T in (1, 5, 9)]
    assert found == [MACS // 5, MACS, 9 * MACS // 5]
    assert open_builds == ["Net"]


def test_configuration_that_is_read_is_built_once(open_builds: list[str]) -> None:
    """A default that is replaced needs no open graph of its own."""
    deeper = symcost.loads(TEXT).model().configured("deeper")
    assert deeper.params == PARAMS + 7 * 7 + 7
    assert open_builds == []


def test_broken_assumption_is_told_of_the_dimension() -> None:
    """What numbers break is told as the text has it, though the graph with numbers finds it first."""
    with pytest.raises(ViolatedAssumption, match="H"):
        symcost.loads(TEXT).model().at(T=5, D=6, H=3)


@contextmanager
def no_collector() -> Iterator[None]:
    """Without looks for garbage: what goes, goes because nobody holds it."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def test_graph_goes_with_its_model() -> None:
    """A graph that nobody needs any more is gone at once: building leaves no circle around it."""
    with no_collector():
        model = symcost.loads(TEXT).model()
        graph = weakref.ref(model.graph)
        del model
        assert graph() is None


def test_file_that_is_used_is_read_anew_when_it_changes(tmp_path: Path) -> None:
    """Trees of files that others use are kept by their text, so that another text is another tree."""
    user, used = tmp_path / "user.arch", tmp_path / "used.arch"
    user.write_text('use "used.arch"\nmodel M(x: [T, D]) { return x -> Layer }\n')
    for times in (1, 2, 1):
        used.write_text(f"module Layer(x: [T, D]) {{ return x -> Linear({times}*D, bias = false) }}\n")
        assert str(symcost.load(user).model().params) == ("D·D" if times == 1 else "2·D·D")
