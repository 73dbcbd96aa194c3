"""A primitive that somebody adds in one place answers every question, and is gone when it is taken away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import symcost
from symcost.cli import main
from symcost.cost import cost
from symcost.formula import Assumptions, Form, add, counter, num
from symcost.ops import PRIMITIVES, every_primitive
from symcost.ops.base import Applied, Operand, Primitive, Site, axis_of, op, unregister
from symcost.ops.gradient import Gradient, Work, every_input, into_sum, nothing_kept
from symcost.ops.memory import NEW
from symcost.ops.pointwise import d, row, without_row
from symcost.ops.reads import At, Reading, alike, moved
from symcost.ops.sizes import Sizes
from symcost.ops.use import Use

TEXT = """
model M(x: [T, D], K) {
  y = blur(x -> Linear(D), K, axis = 0)
  return y -> halved
}
"""


@alike
def _reads(use: Use, result: int, at: At) -> Iterator[Reading]:
    """K entries from the own place on."""
    axis = use.given["axis"] % len(at)
    near = counter("i", 0, use.given["width"])
    yield Reading(0, moved(at, axis, add(at[axis], near)), (near,))


def _work(use: Use, sizes: Sizes) -> Iterator[Work]:
    """Every gradient is scaled and added to those of K entries."""
    (x,), (y,) = use.inputs, use.outputs
    yield Work((0,), cost({"mul": y.size, "add": add(y.size * use.given["width"] - x.size, into_sum(x, use))}))


def _steps(use: Use, assumptions: Assumptions) -> Form:
    """K - 1 additions in turn, and a product."""
    steps: Form = use.given["width"]
    return steps


@pytest.fixture
def blur() -> Iterator[Primitive]:
    """The mean of K entries in a row, as somebody might add it, and a row of the pointwise table."""

    @op(
        reads=_reads,
        gradient=Gradient(through=every_input, work=_work, needs=nothing_kept, in_place=False),
        memory=NEW,
        steps=_steps,
    )
    def blur(site: Site, x: Operand, width: Form, axis: int = -1) -> Applied:
        """The mean of so many entries in a row.

        Shape   (..., n) -> (..., n - K + 1)
        Counts  add K-1 and mul 1 for each result
        """
        where = axis_of(x, axis, site)
        size = site.sizes.size(add(x.shape[where], -width, 1), site.span)
        shape = (*x.shape[:where], size, *x.shape[where + 1 :])
        results = num(1)
        for length in shape:
            results = results * length
        return Applied((shape,), cost({"add": results * (width - 1), "mul": results}))

    row("halved", "x / 2, kept for nothing", d("g / 2", mul=1), mul=1)
    yield blur
    unregister(blur)
    without_row("halved")


NUMBERS = {"T": 9, "D": 4, "K": 3}
ROWS = 7
"""T - K + 1."""

ANSWERS = {
    "params": 4 * 4 + 4,
    "active": 4 * 4 + 4,
    "trained": 4 * 4 + 4,
    "macs": 9 * 4 * 4,
    "flops": 2 * 9 * 4 * 4 + 9 * 4 + 3 * ROWS * 4 + ROWS * 4,  # Linear, its bias, K for each result, the halves
    "add": 9 * 4 + 2 * ROWS * 4,
    "mul": 2 * ROWS * 4,
    "additions": 9 * 4 * 3 + 9 * 4 + 2 * ROWS * 4,
    "depth": 4,
    "steps": 1,
    "scalar_depth": 1 + 2 + 1 + 3 + 1,
    "backward": 9 * 4 * 4,
    "training": 2 * 9 * 4 * 4,
    "training_flops": 4 * 9 * 4 * 4 + 2 * 9 * 4 + 4 * ROWS * 4 + 2 * ROWS * 4 + (3 * ROWS * 4 - 9 * 4),
    "activations": 9 * 4,  # x, for the gradient of the weights
    "masks": 0,
    "state": 0,
    "peak": 2 * 9 * 4,
    "traffic": (9 * 4 + 16 + 9 * 4) + (9 * 4 + 4 + 9 * 4) + (9 * 4 + ROWS * 4) + 2 * ROWS * 4,
    "fused": 9 * 4 + 16 + 4 + ROWS * 4,
    "receptive_field": 3,
    "look_ahead": 2,
}


@pytest.mark.usefixtures("blur")
@pytest.mark.parametrize(("quantity", "number"), ANSWERS.items(), ids=ANSWERS)
def test_it_answers(quantity: str, number: int) -> None:
    """The figures are worked out by hand beside it."""
    model = symcost.loads(TEXT).model()
    assert model.quantity(quantity)(**NUMBERS) == number


@pytest.mark.usefixtures("blur")
@pytest.mark.parametrize(
    "command",
    [
        ("report", "--training"),
        ("report",),
        ("explain", "--of", "flops"),
        ("explain", "--of", "depth"),
        ("growth", "--of", "flops"),
        ("formula", "--of", "path_length", "T=9", "D=4", "K=3"),
        ("memory",),
        ("path",),
        ("formula", "--of", "flops", "--convention", "pytorch"),
        ("eval", "--on", "h100-sxm", "--dtype", "bf16", "T=9", "D=4", "K=3"),
    ],
    ids=" ".join,
)
def test_every_command_takes_it(tmp_path: Path, command: tuple[str, ...]) -> None:
    file = tmp_path / "made_up.arch"
    file.write_text(TEXT, encoding="utf-8")
    name, *rest = command
    result = CliRunner().invoke(main, [name, str(file), *rest], catch_exceptions=False)
    assert result.exit_code == 0, result.output


def test_it_is_gone(blur: Primitive) -> None:
    """Taken away it is unknown; a graph that was built before still answers."""
    before = symcost.loads(TEXT).model()
    assert len(before.graph) == 3
    unregister(blur)
    try:
        assert blur not in every_primitive()
        with pytest.raises(symcost.SymcostError, match="there is no module `blur`"):
            symcost.loads(TEXT).model().macs(**NUMBERS)
        assert str(before.quantity("depth")) == "4"
    finally:
        PRIMITIVES["blur"] = blur


def test_the_largest_of_two_records_of_one_name_is_not_meant() -> None:
    """`max` of two tensors is a row of the table, of one a reduction: each has its own record."""
    both = symcost.loads("model M(x: [T], y: [T]) { return max(max(x, y)) }").model()
    kinds = [(node.primitive.name, len(node.inputs)) for node in both.graph]  # type: ignore[union-attr]
    assert kinds == [("max", 2), ("max", 1)]
    assert str(both.quantity("scalar_depth")) == "1 + ceil(log2(T))"
