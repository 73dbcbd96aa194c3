"""Two that are served: thresholds against bisection of the numeric answers."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

import symcost
from symcost import pages
from symcost.cli import main
from symcost.hardware import Device
from symcost.hardware.regimes import Regime, Within
from symcost.runs import Ask, Layout, Service
from symcost.runs.against import Against, Named

FILE = Path(__file__).parents[2] / "examples/language/llama.arch"
LLAMA = symcost.load(FILE).model("Llama")
H100, B200, A100 = (Device.load(name) for name in ("h100-sxm", "b200-hgx", "a100-sxm-80"))
PAIRS = [
    ("llama3_8b", H100, "llama_7b", H100),
    ("llama_7b", H100, "llama_13b", B200),
    ("llama32_3b", A100, "llama3_8b", H100),
    ("llama32_3b", A100, "llama_7b", H100),
]


def served(config: str, device: Device, batch: int, layout: Layout | None = None) -> Service:
    return Service(LLAMA.configured(config), device, "bf16", Ask(1024, 64, batch), layout or Layout())


def compared(one: Service, other: Service, batch: int) -> tuple[Regime, ...]:
    return Against(Named("one", one), Named("other", other), batch).regimes


def inside(regime: Regime, size: int) -> bool:
    """Whether a size lies in one of its stretches."""
    assert isinstance(regime.where, Within)
    return any(low <= size and (high is None or size <= high) for low, high in regime.where.stretches)


def sizes(regime: Regime) -> list[int]:
    """Some, and those around each end."""
    assert isinstance(regime.where, Within)
    ends = [end for low, high in regime.where.stretches for end in (low, high) if end is not None]
    return sorted({1, 2, 100, 3333, 10**5, *(end + more for end in ends for more in (-1, 0, 1) if end + more >= 1)})


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_thresholds_by_trying(pair: tuple[str, Device, str, Device]) -> None:
    """Around each end, and at some sizes between: the numeric bound of each, and room as a quotient."""
    batch = 16
    one, other = served(*pair[:2], batch), served(*pair[2:], batch)
    rooms, tokens, batches = (compared(one, other, batch)[number : number + 2] for number in (0, 2, 4))

    def room(service: Service, cached: int) -> Fraction:
        return (service.there - service.weights) / service.cache_of(cached + 1)

    for mine, its, regime in ((one, other, rooms[0]), (other, one, rooms[1])):
        for cached in sizes(regime):
            assert inside(regime, cached) == (room(mine, cached) > room(its, cached))
    for mine, its, regime in ((one, other, tokens[0]), (other, one, tokens[1])):
        for cached in sizes(regime):
            times = [service.step(cached, batch).bound().time for service in (mine, its)]
            assert inside(regime, cached) == (times[0] < times[1])
    for mine, its, regime in ((one, other, batches[0]), (other, one, batches[1])):
        for count in sizes(regime):
            times = [service.step(one.mean, count).bound().time for service in (mine, its)]
            assert inside(regime, count) == (times[0] < times[1])


def test_a_model_whose_state_does_not_grow_has_room_for_more_from_some_length_on() -> None:
    """A state of the same size at every length against 32 768 bytes for each token, and more weights."""
    mamba = symcost.load(FILE.parent / "mamba.arch").model("Mamba").configured("mamba_130m")
    one, other = (
        Service(model, H100, "bf16", Ask(64, 64, 1), Layout()) for model in (mamba, LLAMA.configured("llama32_1b"))
    )
    regime = compared(one, other, 1)[0]
    rooms = (
        [(service.there - service.weights) / service.cache_of(cached + 1) for service in (one, other)]
        for cached in range(1, 10**4)
    )
    first = next(cached for cached, (mine, its) in enumerate(rooms, 1) if mine > its)
    assert first > 1
    assert isinstance(regime.where, Within)
    assert regime.where.stretches == ((first, None),)


SERVE = ("serve", str(FILE), "--config", "llama3_8b", "--on", "h100-sxm", "--dtype", "bf16", "--prompt", "512",
         "--write", "64")  # fmt: skip
AGAINST = ("--against", str(FILE), "--against-config", "llama_7b")


@pytest.mark.parametrize("more", [AGAINST, ("--against-on", "b200-hgx"), (*AGAINST, "--against-on", "b200-hgx")])
@pytest.mark.parametrize("writing", ["text", "json", "latex"])
def test_as_typed(more: tuple[str, ...], writing: str) -> None:
    """Each is told; six sentences say where which is better."""
    result = CliRunner().invoke(main, [*SERVE, *more, "--format", writing])
    assert result.exit_code == 0, result.stderr
    if writing == "json":
        assert len(json.loads(result.stdout)["regimes"]) == 6


@pytest.mark.parametrize(
    "wrong",
    [("--against-config", "llama_7b"), (*AGAINST, "--on", "b200-hgx"),
     (*AGAINST, "--tensor", "1,2")],
)  # fmt: skip
def test_wrong_use(wrong: tuple[str, ...]) -> None:
    """Status 2."""
    assert CliRunner().invoke(main, [*SERVE, *wrong]).exit_code == 2


def test_one_with_itself() -> None:
    """Is no comparison."""
    with pytest.raises(ValueError, match="two are compared"):
        pages.serve_against(LLAMA.configured("llama3_8b"), "h100-sxm", "bf16", ask=Ask(1, 1))
