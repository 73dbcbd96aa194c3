"""How many texts fit with all that lives beside their caches: against numbers that are tried one after the other."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

import symcost
from symcost import pages
from symcost.cli import main
from symcost.hardware import Device
from symcost.runs import Ask, Draft, Layout, Service
from symcost.timing import Timing

H100 = Device.load("h100-sxm")
FILE = Path(__file__).parents[2] / "examples/language/llama.arch"
LLAMA = symcost.load(FILE).model("Llama")
EIGHT, SEVENTY, ONE = (LLAMA.configured(name) for name in ("llama3_8b", "llama2_70b", "llama32_1b"))
SERVE = ("serve", str(FILE), "--config", "llama3_8b", "--on", "h100-sxm", "--dtype", "bf16")


def writing(service: Service, texts: int) -> Fraction:
    """Bytes of a step that writes a token of so many texts behind the longest cache, as `symcost time` counts them."""
    behind = max(1, service.longest - 1)
    model = EIGHT.step().at(B=1, T=1, c=behind)
    return Timing(model, H100, "bf16", texts).footprint().most


def reading(service: Service) -> Fraction:
    """Bytes while a prompt is read, without the parameters."""
    ask = service.ask
    tokens = ask.chunk or ask.prompt - ask.cached
    if tokens == ask.prompt:
        found = Timing(EIGHT.generate().at(B=1, T=tokens, n=1), H100, "bf16").footprint()
    else:
        found = Timing(EIGHT.step().at(B=1, T=tokens, c=ask.prompt - tokens), H100, "bf16").footprint()
    return found.most - found.parameters


def fits(service: Service, texts: int) -> bool:
    """By the numbers of each kind of pass."""
    others = texts - 1
    while_read = service.weights + reading(service)
    if service.ask.chunk is None:
        while_read += others * 131_072 * service.longest
    else:
        while_read += writing(service, others) - service.weights if others else 0
    return max(writing(service, texts), while_read) <= 80 * 10**9


@pytest.mark.parametrize(
    "ask",
    [Ask(1, 1), Ask(512, 64), Ask(2048, 256), Ask(8192, 256, chunk=512), Ask(8192, 256, chunk=4096), Ask(8192, 16),
     Ask(4096, 128, hit=Fraction(3, 4)), Ask(4096, 128, hit=Fraction(1, 2), chunk=256)],
    ids=str,
)  # fmt: skip
def test_the_most_texts_with_room_by_trying(ask: Ask) -> None:
    """So many texts fit by the numeric peaks of their passes, and one more does not; the formula says the same."""
    service = Service(EIGHT, H100, "bf16", ask, Layout())
    most = service.batch
    assert fits(service, most)
    assert not fits(service, most + 1)
    assert service.most_with_room is not None
    assert service.most_with_room.evaluate({"c": max(1, service.longest - 1)}) == most


def test_scores_of_the_batch_by_hand() -> None:
    """128 256 scores of two bytes, a state of 4096, and a token stand beside two tokens of the cache of each text."""
    service = Service(EIGHT, H100, "bf16", Ask(1, 1), Layout())
    each = 2 * 131_072 + 2 * 128_256 + 2 * 4096 + 4
    assert service.batch == (80 * 10**9 - 2 * 8_030_261_248) // each


def test_chunks_leave_room_for_more() -> None:
    """32 768 tokens at once hold scores of 137 GB, which are more than there is; 512 behind them do not."""
    at_once, chunks = (Service(EIGHT, H100, "bf16", ask, Layout())
                       for ask in (Ask(32_768, 256), Ask(32_768, 256, chunk=512)))  # fmt: skip
    assert at_once.surely == 0
    assert chunks.surely > 10


@pytest.mark.parametrize("tensor", [2, 4, 8])
def test_several_devices_hold_no_less_than_one_and_no_more_than_each_all(tensor: int) -> None:
    """What devices share is there once, what they do not as often as there are devices."""
    ask = Ask(2048, 256)
    one, shared = (Service(SEVENTY, Device.load("mi300x"), "bf16", ask, layout).living
                   for layout in (Layout(), Layout(tensor)))  # fmt: skip
    assert one is not None
    assert shared is not None
    for alone, all_ in ((one.writing, shared.writing), (one.reading, shared.reading)):
        assert alone < all_ < tensor * alone
    # 4 states of 8192 numbers and 32 000 scores, in two bytes, in each of the others.
    assert shared.writing - one.writing <= (tensor - 1) * 2 * (4 * 8192 + 32_000)


def test_stages_read_a_prompt_each() -> None:
    """Two stages have two prompts in hand, whose scores are there at the same time."""
    ask = Ask(2048, 256)
    one, two = (Service(SEVENTY, Device.load("mi300x"), "bf16", ask, layout).living
                for layout in (Layout(), Layout(pipeline=2)))  # fmt: skip
    assert one is not None
    assert two is not None
    assert two.needed(10) == 2 * one.reading + 8 * one.cache


def test_a_draft_takes_room_as_well() -> None:
    """What lives in both models."""
    draft = Draft(ONE, Fraction(7, 10), 4)
    ask = Ask(2048, 256)
    with_it = Service(EIGHT, H100, "bf16", ask, Layout(), draft=draft)
    alone, small = (Service(model, H100, "bf16", ask, Layout()).living for model in (EIGHT, ONE))
    assert alone is not None
    assert small is not None
    assert with_it.living is not None
    assert with_it.living.reading == alone.reading + small.reading
    assert with_it.most_with_room is not None
    assert with_it.most_with_room.evaluate({"c": with_it.longest - 1}) == with_it.batch


def test_what_the_program_takes_for_itself() -> None:
    """2 GB on each of 2 devices are not there for texts."""
    ask = Ask(2048, 256)
    all_, less = (Service(SEVENTY, H100, "bf16", one, Layout(2))
                  for one in (ask, replace(ask, reserved=Fraction(2 * 10**9))))  # fmt: skip
    assert all_.there - less.there == 4 * 10**9
    with pytest.raises(ValueError, match="reserves"):
        replace(ask, reserved=Fraction(-1))


def test_it_is_taken_from_the_profile(tmp_path: Path) -> None:
    """A profile that reserves 40 GB leaves 24 of 64."""
    text = (Path(symcost.__file__).parent / "hardware/profiles/llm-engine.toml").read_text()
    mine = tmp_path / "mine.toml"
    mine.write_text(text.replace("[latency]", '[memory]\nreserved = "40 GB"\n\n[latency]'))
    texts = []
    for profile in ("llm-engine", mine):
        page = pages.serve(EIGHT, "h100-sxm", "bf16", ask=Ask(2048, 256), profile=profile)
        assert page.data is not None
        texts.append(page.data()["most_texts"])
    assert texts == [(80 * 10**9 - 2 * 8_030_261_248 - taken) // (131_072 * 2303) for taken in (0, 40 * 10**9)]


def test_more_than_surely_fits_is_said() -> None:
    """209 texts have caches, 185 of them room for all that lives besides: 200 may fit, and it is told."""
    result = CliRunner().invoke(main, [*SERVE, "--prompt", "2048", "--write", "256", "--batch", "200"])
    assert result.exit_code == 0
    assert "it may not fit" in " ".join(result.stdout.split())
    result = CliRunner().invoke(main, [*SERVE, "--prompt", "2048", "--write", "256", "--batch", "100"])
    assert "it may not fit" not in " ".join(result.stdout.split())


def test_one_token_is_no_tokens() -> None:
    """One is one."""
    for more in ((), ("--against-on", "b200-hgx")):
        result = CliRunner().invoke(main, [*SERVE, "--prompt", "1", "--write", "1", *more])
        assert "1 tokens" not in " ".join(result.stdout.split())
    result = CliRunner().invoke(main, [*SERVE, "--prompt", "1", "--write", "1", "--format", "json"])
    found = json.loads(result.stdout)
    assert found["texts"] < found["most_texts"]
