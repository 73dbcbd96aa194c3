"""One point beyond 64 bits is worked out as exactly as many points are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner

import symcost
from symcost.cli import main
from symcost.formula import Form, ceil_div, floor_div, maximum, minimum, mod, symbol
from symcost.quantity import Fixed, Quantity
from tests.examples.files import EXAMPLES

np = pytest.importorskip("numpy")

ELMAN = EXAMPLES / "lecture/elman.arch"
T, D = symbol("T"), symbol("D")

STEPS: dict[str, tuple[Form, Callable[[int, int], int]]] = {
    "add": (T + D, lambda t, d: t + d),
    "mul": (T * D, lambda t, d: t * d),
    "floor": (floor_div(T, D), lambda t, d: t // d),
    "ceil": (ceil_div(T, D), lambda t, d: (t + d - 1) // d),
    "mod": (mod(T, D), lambda t, d: t % d),
    "min": (minimum(T * T, D * D), lambda t, d: min(t * t, d * d)),
    "max": (maximum(T * T, D * D), lambda t, d: max(t * t, d * d)),
}


@pytest.mark.parametrize("steps", [9 * 10**18, 10**19, 10**20, 10**25])
def test_the_products_of_a_long_sequence(steps: int) -> None:
    """An Elman network takes (I·H + H·H)·T of them: 15·T where I = 2 and H = 3."""
    macs = symcost.load(ELMAN).model().macs
    for given in (steps, np.array(steps, dtype=object)):
        found = macs.over(T=given, I=2, H=3)
        assert found.shape == () and found[()] == 15 * steps


@pytest.mark.parametrize(
    ("arguments", "row"),
    [
        (["T=1e19"], "150000000000000000000"),
        (["T=9e18"], "135000000000000000000"),
        (["T=1e25", "--rounded"], "1.5e+26"),
    ],
)
def test_the_command(arguments: list[str], row: str) -> None:
    told = CliRunner().invoke(main, ["sweep", str(ELMAN), *arguments, "I=2", "H=3"])
    assert (told.exit_code, told.stdout.splitlines()) == (0, ["macs", row])


@pytest.mark.parametrize("kind", STEPS)
def test_every_step_at_one_point(kind: str) -> None:
    """Each operation, within 64 bits, at their end and beyond, is what Python's integers say."""
    form, exactly = STEPS[kind]
    model = symcost.loads("model M(x: [T, D]) { return x }").model()
    asked = Quantity(form, model, Fixed(form))
    for t in (5, 2**63 - 1, 2**63, 10**19, 2**64, 10**30):
        for d in (3, 2**63, 10**20):
            assert asked.over(T=t, D=d)[()] == exactly(t, d)


@pytest.mark.parametrize("value", [0, True, 2.5, "20", None])
def test_what_an_array_without_an_axis_holds_is_no_size(value: object) -> None:
    macs = symcost.load(ELMAN).model().macs
    with pytest.raises(symcost.errors.BadValue):
        macs.over(T=np.array(value, dtype=object), I=2, H=3)
