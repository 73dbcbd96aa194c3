"""A likely pass reads the experts that all its positions choose, not only those of one."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product
from pathlib import Path

import pytest

import symcost
from symcost.hardware import Device
from symcost.hardware.profile import Profile
from symcost.runs import Ask, Layout, Service
from symcost.runs.experts import likely_with_experts, read

LANGUAGE = Path(__file__).parents[2] / "examples/language"
MIXTRAL = symcost.load(LANGUAGE / "mixtral.arch").model("Mixtral").configured("mixtral_8x7b")
ENGINE = Profile.load("llm-engine")
H100 = Device.load("h100-sxm")


@pytest.mark.parametrize(("chosen", "total", "positions"), [(1, 3, 4), (2, 4, 3), (3, 4, 2), (2, 2, 3)])
def test_how_many_are_read(chosen: int, total: int, positions: int) -> None:
    """The mean over all ways to choose, one by one."""
    ways = list(product(combinations(range(total), chosen), repeat=positions))
    mean = Fraction(sum(len(set().union(*way)) for way in ways), len(ways))
    assert float(read(chosen, total, positions)) == pytest.approx(float(mean))


def served(batch: int) -> Service:
    return Service(MIXTRAL, H100, "bf16", Ask(2048, 256, batch), Layout(2))


def test_one_text_reads_its_own() -> None:
    """As it was counted before."""
    step = served(1).step(2175, 1)
    assert likely_with_experts(step, ENGINE).time == pytest.approx(float(step.likely(ENGINE).time))


def test_many_texts_read_all() -> None:
    """64 texts do not take less than all weights and their caches from the memory of two devices."""
    service = served(64)
    bytes_ = service.weights + 64 * service.cache_of(2175)
    assert service.writing(ENGINE, 64) > bytes_ / (2 * H100.bandwidth)
    alone = service.step(2175, 64).likely(ENGINE)
    assert service.token(ENGINE) > alone.time / 2


def test_a_prompt_reads_all() -> None:
    """2048 tokens leave no expert out."""
    service = served(1)
    stored = sum(kernel.stored for kernel in likely_with_experts(service.reading, ENGINE).kernels)
    assert float(stored * H100.bandwidth * ENGINE.memory) == pytest.approx(float(service.weights), rel=0.01)


def test_no_experts_no_change() -> None:
    """Of a model in which nothing is chosen."""
    llama = symcost.load(LANGUAGE / "llama.arch").model("Llama").configured("llama_7b")
    step = Service(llama, H100, "bf16", Ask(128, 16, 8), Layout()).step(100, 8)
    assert likely_with_experts(step, ENGINE) == step.likely(ENGINE)
