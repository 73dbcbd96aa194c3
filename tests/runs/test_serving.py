"""Serving: what fits, thresholds and rates against brute force, and against times that were measured."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import symcost
from symcost import pages
from symcost.errors import DoesNotFit, SymcostError
from symcost.hardware import Device
from symcost.hardware.profile import Profile
from symcost.hardware.regimes import Within
from symcost.runs import Ask, Layout, Service, ways_to_share
from symcost.runs.bill import Rates

H100 = Device.load("h100-sxm")
LLAMA = symcost.load(Path(__file__).parents[2] / "examples/language/llama.arch").model("Llama")
EIGHT, SEVENTY = LLAMA.configured("llama3_8b"), LLAMA.configured("llama2_70b")
ENGINE = Profile.load("llm-engine")


def test_weights_and_cache_by_hand() -> None:
    """8 030 261 248 parameters; 2 · 32 layers · 8 heads of 128 in two bytes: 131 072 bytes a token."""
    service = Service(EIGHT, H100, "bf16", Ask(2048, 256), Layout())
    assert service.weights == 2 * 8_030_261_248
    assert service.cache_of(2303) == 131_072 * 2303
    assert str(service.cache) == "131072·c + 131072"


@pytest.mark.parametrize("tokens", [1, 100, 2303, 8192, 131_072])
@pytest.mark.parametrize("tensor", [1, 2, 8])
def test_the_most_texts_by_trying(tokens: int, tensor: int) -> None:
    """One text more than fit at most is more than there is, one by one from the weights on."""
    service = Service(EIGHT, H100, "bf16", Ask(tokens, 1, memory=Fraction(9, 10)), Layout(tensor))
    used, count = service.weights, 0
    while used + 131_072 * tokens <= Fraction(9, 10) * 80 * 10**9 * tensor and count <= 10**5:
        used, count = used + 131_072 * tokens, count + 1
    assert min(service.most_at(tokens), 10**5 + 1) == count
    assert min(int(service.most.evaluate({"c": tokens - 1, "batch": 1})), 10**5 + 1) == count


def test_heads_that_are_fewer_than_devices_lie_several_times() -> None:
    """8 heads of keys on 16 devices: two hold the same."""
    alone, shared = (Service(EIGHT, H100, "bf16", Ask(64, 2), Layout(count)) for count in (8, 16))
    assert shared.cache_of(100) == 2 * alone.cache_of(100)


@pytest.mark.parametrize("prompt", [1, 16, 100])
def test_where_a_token_turns_by_trying(prompt: int) -> None:
    """From the first batch on for which arithmetic takes as long as memory, a token is bound by it."""
    service = Service(EIGHT, H100, "bf16", Ask(prompt, 1), Layout())
    where = service.turn().where
    assert isinstance(where, Within)
    bound = {
        batch: service.step(prompt, batch).bound().binds == "memory-bound"
        for batch in (*range(1, 1000, 37), *(end + more for _, end in where.stretches if end for more in (0, 1)))
    }
    said = {batch: any(low <= batch and (high is None or batch <= high) for low, high in where.stretches)
            for batch in bound}  # fmt: skip
    assert said == bound


def test_sums_of_partial_products_by_hand() -> None:
    """4 devices send 2 · 3/4 of the states of a token, 8192 numbers of two bytes, twice in each of 80 layers."""
    (sent,) = Service(SEVENTY, H100, "bf16", Ask(2048, 256), Layout(4)).sent(1)
    assert sent.bytes.evaluate({"batch": 7}) == 7 * 2 * 80 * Fraction(3, 2) * 8192 * 2
    assert sent.link.bandwidth == 450 * 10**9


def test_the_least_time_is_below_the_likely_one() -> None:
    """Whatever the layout and the lengths."""
    for layout in (Layout(2), Layout(4), Layout(8, 2), Layout(2, 4, 3)):
        for ask in (Ask(1, 1), Ask(2048, 256), Ask(16, 1024, 5)):
            service = Service(SEVENTY, H100, "bf16", ask, layout)
            least, (likely, _) = service.least(), service.likely(ENGINE)
            assert least.first <= likely.first
            assert least.token <= likely.token
            assert least.writing >= likely.writing
            assert least.steady >= likely.steady


def test_copies_are_as_fast_and_cost_as_much() -> None:
    """Three copies write three times as much at the same price."""
    one, three = (Service(EIGHT, H100, "bf16", Ask(64, 64, 8), Layout(data=count), Rates(price=Fraction(2)))
                  for count in (1, 3))  # fmt: skip
    assert three.least().steady == 3 * one.least().steady
    assert three.bill(three.least()).price == one.bill(one.least()).price


def test_what_does_not_fit_names_what_does() -> None:
    """70 B in 16 bits are 138 GB: two devices of 80 GB are the fewest; then as many texts as surely fit."""
    with pytest.raises(DoesNotFit, match="`--tensor 2` fits"):
        _ = Service(SEVENTY, H100, "bf16", Ask(2048, 256), Layout()).batch
    most = Service(SEVENTY, H100, "bf16", Ask(2048, 256), Layout(2)).most_at(2303)
    assert Service(SEVENTY, H100, "bf16", Ask(2048, 256, most), Layout(2)).batch == most
    surely = Service(SEVENTY, H100, "bf16", Ask(2048, 256), Layout(2)).batch
    with pytest.raises(DoesNotFit, match=f"`--batch {surely}` fits"):
        _ = Service(SEVENTY, H100, "bf16", Ask(2048, 256, most + 1), Layout(2)).batch


def test_what_does_not_go_on_is_not_served() -> None:
    """A model that keeps nothing of the tokens before writes none."""
    net = symcost.loads("model M(tokens: [T], D) { return tokens -> Embedding(9, D) -> SelfAttention(2) }").model()
    with pytest.raises(SymcostError) as fault:
        Service(net.at(D=8), H100, "bf16", Ask(1, 1), Layout())
    assert fault.value.code == "not-decoded"


def test_side_by_side_marks_what_nothing_beats() -> None:
    """By trying all pairs: of those that are marked none is both as fast and cheaper than another that is."""
    devices = [Device.load(name) for name in ("h100-sxm", "a100-sxm-80", "l40s")]
    rates = Rates(price=Fraction(2))
    page = pages.serve_side_by_side(EIGHT, devices, "bf16", ask=Ask(512, 64), rates=rates)
    assert page.data is not None
    rows = page.data()["rows"]
    ways = ways_to_share(EIGHT, Layout())
    assert len(rows) + len(page.data()["left_out"]) == len(devices) * len(ways) > 9
    for name, cost in (("price", "usd"), ("energy", "energy_joules")):
        for row in rows:
            beaten = any(
                other["token_seconds"] <= row["token_seconds"] and other[cost] <= row[cost]
                and (other["token_seconds"], other[cost]) != (row["token_seconds"], row[cost])
                for other in rows
            )  # fmt: skip
            assert (name in row["best_in"]) is not beaten
