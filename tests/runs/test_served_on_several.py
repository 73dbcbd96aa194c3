"""Published times of language models on several GPUs beside the least and the likely ones; each miss with its reason.

The rows: InternLM/lmdeploy docs/en/benchmark/a100_fp16.md @3e391df4, pytorch-labs/gpt-fast README @0f925b5d,
NVIDIA/TensorRT-LLM docs/source/performance.md @138f96d4 (v0.5 for first tokens, v0.6.1 for throughput).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest

import symcost
from symcost.hardware import Device
from symcost.hardware.profile import Profile
from symcost.runs import Ask, Layout, Service

LLAMA = symcost.load(Path(__file__).parents[2] / "examples/language/llama.arch").model("Llama")
SEVENTY = LLAMA.configured("llama2_70b")
SEVEN = LLAMA.at(D=4096, L=32, heads=32, kv_heads=32, F=11_008, V=32_000)
ENGINE = Profile.load("llm-engine")


@dataclass(frozen=True)
class Row:
    """Seconds of a token behind `prompt` others (write 0), of a first token (write 1), or of all texts."""

    device: str
    devices: int
    dtype: str
    batch: int
    prompt: int
    write: int
    seconds: float
    small: bool = False

    @property
    def service(self) -> Service:
        model = SEVEN if self.small else SEVENTY
        ask = Ask(self.prompt, max(1, self.write), self.batch)
        return Service(model, Device.load(self.device), self.dtype, ask, Layout(self.devices))

    def times(self) -> tuple[float, float]:
        """At least, and likely."""
        service = self.service
        least, (likely, _) = service.least(), service.likely(ENGINE)
        name = {0: "token", 1: "first"}.get(self.write, "of_texts")
        return float(getattr(least, name)), float(getattr(likely, name))


ROWS = {
    "lmdeploy-70b-tp4-b1": Row("a100-sxm-80", 4, "fp16", 1, 64, 0, 0.0294638),
    "gptfast-70b-tp4": Row("a100-sxm-80", 4, "fp16", 1, 100, 0, 0.0263089),
    "gptfast-70b-tp8": Row("a100-sxm-80", 8, "fp16", 1, 100, 0, 0.016),
    "gptfast-7b-tp4": Row("a100-sxm-80", 4, "fp16", 1, 100, 0, 0.0039367, small=True),
    "lmdeploy-70b-2048": Row("a100-sxm-80", 4, "fp16", 1, 2048, 1, 0.402),
    "trt-70b-a100-2048": Row("a100-sxm-80", 4, "fp16", 1, 2048, 1, 0.377),
    "trt-70b-h100-128": Row("h100-sxm", 4, "fp8", 1, 128, 1, 0.026),
    "trt-70b-a100-b1280-128-128": Row("a100-sxm-80", 4, "fp16", 1280, 128, 128, 61.1343),
    "trt-70b-a100-b240-128-2048": Row("a100-sxm-80", 4, "fp16", 240, 128, 2048, 234.057),
    "trt-70b-h100-b480-128-2048": Row("h100-sxm", 4, "fp8", 480, 128, 2048, 165.384),
    "trt-70b-h100-b64-2048-2048": Row("h100-sxm", 2, "fp8", 64, 2048, 2048, 119.81),
}

MISSED = {
    "lmdeploy-70b-tp4-b1": "no sheet has the latency of NVLink: 160 sums a token, 52 µs of each are missing",
    "trt-70b-h100-128": "the same for a short prompt: 90 µs of each of 160 sums are missing",
    "trt-70b-a100-b240-128-2048": "keys and values are shared by 8 heads, and seem to be read for each of them",
    "trt-70b-h100-b480-128-2048": "the same",
    "trt-70b-h100-b64-2048-2048": "the same",
}


@pytest.mark.parametrize("name", ROWS)
def test_within_a_quarter_or_with_its_reason(name: str) -> None:
    """The bound lies below every row; what is likely within 25 % of six, and five are missed, none of them upwards."""
    row = ROWS[name]
    least, likely = row.times()
    assert least <= row.seconds
    off = likely / row.seconds - 1
    assert (abs(off) > 0.25) is (name in MISSED), f"{off:+.1%}"
    assert off < 0.25


@pytest.mark.parametrize("name", ["trt-70b-h100-b480-128-2048", "trt-70b-h100-b64-2048-2048"])
def test_reading_the_cache_for_each_head_explains_long_writing(name: str) -> None:
    """Seven further readings of all caches in each step, at the part of the bandwidth of the profile, give what was
    measured within 12 %; what is read once misses it by more than half.
    """
    row = ROWS[name]
    _, likely = row.times()
    service = row.service
    device = service.device
    again = 7 * row.batch * service.cache_of(service.mean) / (device.bandwidth * row.devices * ENGINE.memory)
    assert likely + float(again) * (row.write - 1) == pytest.approx(row.seconds, rel=0.12)


@pytest.mark.parametrize(("name", "sums"), [("gptfast-7b-tp4", 64), ("gptfast-70b-tp4", 160), ("gptfast-70b-tp8", 160)])
def test_a_sum_of_gpt_fast_takes_about_as_long_everywhere(name: str, sums: int) -> None:
    """One CUDA graph, nothing of a host: what is missing of each sum is 33 to 52 µs, for 8 and for 16 kB."""
    row = ROWS[name]
    _, likely = row.times()
    missing = (row.seconds - (likely - float(ENGINE.run))) / sums
    assert 33e-6 < missing < 52e-6


def test_the_sheet_has_no_latency_of_its_links() -> None:
    """Which is why nothing of it is in what is likely; with one, it would be."""
    link = Device.load("a100-sxm-80").links["nvlink"]
    assert link.latency is None
    assert ENGINE.run == Fraction(2990, 10**6)
