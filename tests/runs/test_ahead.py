"""Speculative decoding, prompts in chunks, prompts that are cached: against what is tried out, and by hand."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import product
from math import prod
from pathlib import Path

import pytest
from click.testing import CliRunner

import symcost
from symcost.cli import main
from symcost.errors import ChunkTooLarge, OtherVocabulary
from symcost.hardware import Device
from symcost.hardware.profile import Profile
from symcost.runs import Ask, Draft, Layout, Service
from symcost.runs.ahead import tokens_of_a_pass
from symcost.runs.prompts import Part

H100 = Device.load("h100-sxm")
FILE = Path(__file__).parents[2] / "examples/language/llama.arch"
LLAMA = symcost.load(FILE).model("Llama")
EIGHT, ONE = LLAMA.configured("llama3_8b"), LLAMA.configured("llama32_1b")
ENGINE = Profile.load("llm-engine")
SERVE = ("serve", str(FILE), "--config", "llama3_8b", "--on", "h100-sxm", "--dtype", "bf16", "--prompt", "512",
         "--write", "64", "--batch", "4")  # fmt: skip


def served(ask: Ask, layout: Layout | None = None, draft: Draft | None = None) -> Service:
    return Service(EIGHT, H100, "bf16", ask, layout or Layout(), draft=draft)


@pytest.mark.parametrize("accept", [Fraction(0), Fraction(1, 3), Fraction(7, 10), Fraction(1)])
@pytest.mark.parametrize("ahead", [1, 2, 5])
def test_tokens_of_a_pass_by_all_outcomes(accept: Fraction, ahead: int) -> None:
    """All ways in which tokens are accepted or not: those before the first that is not, and one of the large model."""
    mean = Fraction(0)
    for outcome in product((True, False), repeat=ahead):
        chance = prod((accept if taken else 1 - accept for taken in outcome), start=Fraction(1))
        before = outcome.index(False) if False in outcome else ahead
        mean += chance * (before + 1)
    assert Draft(ONE, accept, ahead).tokens == mean


def test_the_formula_of_the_tokens() -> None:
    """Leviathan et al. (2023), equation 1: half accepted, 3 ahead: (1 - 1/16)/(1/2); with a = 2: 15."""
    assert tokens_of_a_pass().evaluate({"a": 2, "k": 3}) == 15
    assert Draft(ONE, Fraction(1, 2), 3).tokens == Fraction(15, 8)


def test_a_token_of_speculation_by_its_steps() -> None:
    """4 steps of the small model and one of the large over 5 tokens, over the tokens that this writes."""
    service = served(Ask(100, 1, 8), draft=Draft(ONE, Fraction(7, 10), 4))
    tokens = sum(Fraction(7, 10) ** count for count in range(5))
    small, large = (Service(one, H100, "bf16", Ask(100, 1, 8), Layout()) for one in (ONE, EIGHT))
    least = (4 * small.step(100, 8).bound().memory + large.step(100, 8, 5).bound().memory) / tokens
    likely = (4 * small.step(100, 8).likely(ENGINE).time + large.step(100, 8, 5).likely(ENGINE).time) / tokens
    assert service.decoding().memory == least
    assert service.token(ENGINE) == likely


def test_two_models_lie_in_memory() -> None:
    """1 235 814 400 parameters of the small one, and 2 · 16 layers · 8 heads of 64 in two bytes a token."""
    alone, both = served(Ask(64, 64, 1)), served(Ask(64, 64, 1), draft=Draft(ONE, Fraction(1, 2), 2))
    assert both.weights - alone.weights == 2 * 1_235_814_400
    assert both.cache_of(100) - alone.cache_of(100) == 2 * 16 * 8 * 64 * 2 * 100


def test_nothing_accepted_is_slower_than_no_draft() -> None:
    """All that the small model does is lost then."""
    ask = Ask(100, 16, 1)
    assert served(ask, draft=Draft(ONE, Fraction(0), 4)).token(ENGINE) > served(ask).token(ENGINE)
    assert served(ask, draft=Draft(ONE, Fraction(9, 10), 4)).token(ENGINE) < served(ask).token(ENGINE)


def macs_behind(cached: int, tokens: int) -> int:
    """32 layers: two products of 4096 by 4096, two by 1024, three by 14 336; 4096 twice for what is seen; scores."""
    layer = 2 * 4096**2 + 2 * 4096 * 1024 + 3 * 4096 * 14_336
    return 32 * tokens * (layer + 2 * 4096 * (cached + tokens)) + 4096 * 128_256


@pytest.mark.parametrize("cached", [1, 100, 1000])
@pytest.mark.parametrize("tokens", [1, 7, 512])
def test_work_of_a_part_by_hand(cached: int, tokens: int) -> None:
    """Products of tokens behind others, scores of the last alone; likely takes 0.762 of the peak, and other work."""
    service = served(Ask(cached + tokens, 16, 1))
    wanted = macs_behind(cached, tokens) / H100.ceiling("mac", "bf16")
    assert service._pass_bound(Part(cached, tokens)).units["matrix products"] == wanted
    part = service._part(Part(cached, tokens), ENGINE)
    work = sum(kernel.arithmetic for kernel in part.kernels)
    assert 1 <= work * 762 / 1000 * H100.rate("mac", "bf16") / macs_behind(cached, tokens) < 1.15


def test_least_of_a_prompt_in_chunks_by_hand() -> None:
    """2048 tokens, 1024 of them cached, in four parts: their products, and the parameters four times."""
    service = served(Ask(2048, 16, 1, hit=Fraction(1, 2), chunk=256))
    macs = sum(macs_behind(cached, 256) for cached in (1024, 1280, 1536, 1792))
    assert service.reading_bound.units["matrix products"] == macs / H100.ceiling("mac", "bf16")
    assert service.reading_bound.bytes > 4 * 15_009_857_536 + 131_072 * (1024 + 1280 + 1536 + 1792)


def test_the_last_token_is_read_in_any_case() -> None:
    """All cached: one token is read."""
    assert Ask(512, 16, hit=Fraction(1)).cached == 511


@pytest.mark.parametrize("ask", [
    Ask(512, 64, 4, chunk=512), Ask(512, 64, 4, chunk=100), Ask(2048, 1024, 64, chunk=256, hit=Fraction(1, 3)),
    Ask(2000, 8, 64, chunk=64), Ask(700, 700, hit=Fraction(9, 10)), Ask(64, 1, 3, chunk=1),
])  # fmt: skip
@pytest.mark.parametrize("tensor", [1, 4])
def test_the_bound_stays_below(ask: Ask, tensor: int) -> None:
    """However prompts are read."""
    service = served(ask, Layout(tensor))
    least, (likely, _) = service.least(), service.likely(ENGINE)
    assert least.first <= likely.first
    assert least.token <= likely.token
    assert least.steady >= likely.steady


@pytest.mark.parametrize("accept", [Fraction(0), Fraction(7, 10), Fraction(1)])
def test_the_bound_of_speculation_stays_below(accept: Fraction) -> None:
    """For this acceptance."""
    service = served(Ask(300, 64, 8), draft=Draft(ONE, accept, 4))
    least, (likely, _) = service.least(), service.likely(ENGINE)
    assert least.token <= likely.token
    assert least.steady >= likely.steady


def test_passes_with_chunks_by_counting() -> None:
    """4 texts, 5 chunks each: 20 of the 63 passes that write a text read a chunk, too."""
    service = served(Ask(512, 64, 4, chunk=110))
    beside, plain = service.beside(ENGINE, 4), service.token(ENGINE)
    assert len(beside) == 5
    pace, _ = service.likely(ENGINE)
    assert pace.first == sum(beside)
    assert pace.of_texts == 4 * sum(beside) + (63 - 20) * plain


def test_a_chunk_holds_a_token_up_for_less_long() -> None:
    """Than a whole prompt, and longer than none; the first token of the prompt comes later."""
    service = served(Ask(2048, 256, 32, chunk=256))
    whole, chunk = service.waits(ENGINE)
    assert service.token(ENGINE) < chunk < whole
    assert service.likely(ENGINE)[0].first > served(Ask(2048, 256, 32)).likely(ENGINE)[0].first


def test_faults() -> None:
    """A chunk that is longer than what is read, a draft with other words, numbers out of bounds."""
    with pytest.raises(ChunkTooLarge, match="513"):
        Ask(512, 1, chunk=513)
    with pytest.raises(ChunkTooLarge, match="256 of 512"):
        Ask(512, 1, hit=Fraction(1, 2), chunk=257)
    with pytest.raises(OtherVocabulary):
        served(Ask(64, 64), draft=Draft(LLAMA.configured("llama_7b"), Fraction(1, 2), 2))
    for accept, ahead in ((Fraction(3, 2), 2), (Fraction(1, 2), 0), (Fraction(1, 2), 65)):
        with pytest.raises(ValueError, match="at most"):
            Draft(ONE, accept, ahead)
    with pytest.raises(ValueError, match="neither"):
        served(Ask(64, 64, chunk=8), Layout(pipeline=2))


DRAFT = ("--draft", str(FILE), "--draft-config", "llama32_1b")


@pytest.mark.parametrize("more", [("--chunk", "100"), ("--hit", "0.5"), (*DRAFT, "--accept", "0.7")])
@pytest.mark.parametrize("answer", ["number", "formula"])
def test_as_typed(more: tuple[str, ...], answer: str) -> None:
    """Each is told, in numbers and as formulas."""
    result = CliRunner().invoke(main, [*SERVE, *more, "--as", answer, "--format", "json"])
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["device"] == "h100-sxm"


@pytest.mark.parametrize(
    "wrong",
    [("--accept", "0.7"), DRAFT, (*DRAFT, "--accept", "1.1"), ("--hit", "2"), ("--chunk", "0"),
     (*DRAFT, "--accept", "0.5", "--chunk", "8"), (*DRAFT, "--accept", "0.5", "--against-on", "a100-sxm-80")],
)  # fmt: skip
def test_wrong_use(wrong: tuple[str, ...]) -> None:
    """Status 2."""
    assert CliRunner().invoke(main, [*SERVE, *wrong]).exit_code == 2


def test_a_title_of_what_is_cached() -> None:
    """What is cached and in which parts a prompt is read, one comma each."""
    title = CliRunner().invoke(main, [*SERVE, "--hit", "0.5", "--chunk", "100"]).output.split("\n\n")[0]
    assert "prompts of 512 tokens, 256 cached, in chunks of 100, 64 written" in " ".join(title.split())
