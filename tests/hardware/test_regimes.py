"""Regimes against the numeric answer: what is said to hold up to a size holds there, and not one further."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction

import pytest
from click.testing import CliRunner

import symcost
from symcost.cli import main
from symcost.formula import symbol
from symcost.hardware import Device
from symcost.hardware.regimes import Above, Below, Regime, Within
from symcost.timing import Timing
from tests.examples.files import EXAMPLES, loaded

WRITERS = {
    "language/gpt2_decoding.arch": ("Generate", {"d_model": 768, "L": 12, "heads": 12, "V": 50257, "P": 64, "N": 8}),
    "language/retnet_decoding.arch": ("Generate", {"D": 2048, "L": 24, "heads": 8, "V": 50257, "N": 8}),
    "language/rwkv_decoding.arch": ("Generate", {"D": 2048, "L": 24, "V": 50277, "N": 8}),
    "language/deepseek_decoding.arch": (
        "Write",
        {"D": 5120, "L": 60, "dense": 1, "heads": 128, "q_rank": 1536, "kv_rank": 512, "d_h": 128, "d_r": 64,
         "F": 12288, "E": 1536, "experts": 160, "shared_experts": 2, "active_experts": 6, "V": 102400, "P": 64, "N": 4},
    ),
    "language/transformer_decoding.arch": (
        "Translate", {"d_model": 512, "d_ff": 2048, "h": 8, "N": 6, "V": 37000, "n": 64, "m": 16},
    ),
    "speech/whisper_decoding.arch": ("Transcript", {"D": 384, "heads": 6, "L": 4, "M": 80, "V": 51865, "T": 16}),
    "language/llama.arch": (
        "Generate", {"D": 4096, "L": 32, "heads": 32, "kv_heads": 8, "F": 14336, "V": 128256, "P": 64, "N": 8},
    ),
}  # fmt: skip
"""Models that write one token after the other, with sizes; what varies is how long the texts are."""

LENGTHS = {"P", "N", "n", "m", "T"}
DEVICES = ("h100-sxm", "a100-sxm-80", "rtx4090", "rpi5")
CASES = 20


def test_every_file_that_writes_is_here() -> None:
    """Files of the zoo that are called decoding."""
    files = {f"{path.parent.name}/{path.name}" for path in EXAMPLES.glob("*/*_decoding.arch")}
    assert files <= set(WRITERS)


def varied(file: str, rng: random.Random) -> tuple[symcost.Model, dict[str, int]]:
    """A model, and its sizes with other lengths."""
    name, sizes = WRITERS[file]
    model = loaded(EXAMPLES / file).model(name)
    known = {key: size for key, size in sizes.items() if key in model.ports}
    grown = {"transformer_decoding": {"n", "m"}}.get(file.split("/")[1].split(".")[0], LENGTHS - {"n", "m"})
    return model, {key: rng.randint(2, 440) if key in LENGTHS & grown else size for key, size in known.items()}


def boundaries(regime: Regime) -> Iterator[tuple[int, bool]]:
    """Sizes at the ends of stretches, and just outside of them, and whether the regime holds there."""
    assert isinstance(regime.where, Within)
    for low, high in regime.where.stretches:
        yield low, True
        if low > 1:
            yield low - 1, False
        if high is not None:
            yield high, True
            yield high + 1, False
    if not regime.where.stretches:
        yield from ((1, False), (1000, False))


@pytest.mark.parametrize("file", WRITERS)
def test_a_batch_at_which_memory_no_longer_binds(file: str) -> None:
    """Solved for the batch, and asked of the bound with numbers, at 20 sets of lengths."""
    rng = random.Random(file)
    for _ in range(CASES):
        model, sizes = varied(file, rng)
        device = Device.load(rng.choice(DEVICES))
        timing = Timing(model.at(**sizes), device, "fp16", symbol("batch"))
        binding, fitting = timing.regimes("batch")[:2]
        for batch, holds in boundaries(binding):
            found = timing.limits.each({**timing.model.values, "batch": batch})
            assert (found.binds == "memory-bound") is holds, (sizes, device, batch)
        for batch, holds in boundaries(fitting):
            needed = timing.needed.evaluate({**timing.model.values, "batch": batch})
            assert (needed <= device.size) is holds


@pytest.mark.parametrize("file", ["language/gpt2_decoding.arch", "language/llama.arch", "language/rwkv_decoding.arch"])
def test_a_length_at_which_memory_no_longer_binds(file: str) -> None:
    """The same for the number of tokens, by halving: the change is where the numeric answer changes."""
    rng = random.Random(file)
    for _ in range(4):
        model, sizes = varied(file, rng)
        sizes.pop("N")
        timing = Timing(model.at(**sizes), Device.load("h100-sxm"), "bf16", rng.choice((1, 64, 512)))
        binding = timing.regimes("N")[0]
        for tokens, holds in boundaries(binding):
            if tokens <= 1000:  # as far as the table of positions goes
                found = timing.limits.each({**timing.model.values, "N": tokens})
                assert (found.binds == "memory-bound") is holds


def test_the_batch_of_a_decoder_with_few_tokens_and_with_many() -> None:
    """LLaMA 3 8B in bf16 on an H100: about the ridge of 295 with an empty cache, and from 391 cached tokens on never.

    A sequence takes 15.17 us of products and 0.53 ns more a token, and 39.13 ns a token of cache: equal at 393; its
    128256 scores are as much as two tokens more.
    """
    step = loaded(EXAMPLES / "language/llama.arch").model("Step").configured("llama3_8b").at(G=1024)
    device = Device.load("h100-sxm")
    near = Timing(step.at(c=1), device, "bf16", symbol("B")).regimes("B")[0]
    assert near.where == Within(((1, 298),))
    for cached, never in ((390, False), (391, True)):
        found = Timing(step.at(c=cached), device, "bf16", symbol("B")).regimes("B")[0]
        assert (found.where == Within(((1, None),))) is never


def test_formulas_where_other_sizes_are_open() -> None:
    """What fits: 2 bytes for each of W weights, 4 for each of B numbers in and out: a formula in the weights."""
    model = symcost.loads("model M(x: [I], O) { return x @ (I -> weights(O)) }".replace("(I -> weights(O))", "w")
                          .replace("{ return", "{ param w: [I, O] return")).model()  # fmt: skip
    fits = Timing(model, Device.load("h100-sxm"), "fp16").regimes("O")[1]
    assert isinstance(fits.where, Below) and fits.where.reached
    assert fits.where.root == symcost.form("40000000000/I")


def test_recurrent_weights_on_the_chip() -> None:
    """H·H + 2·H numbers of two bytes in 119 206 016 bytes: while H is at most 7719."""
    elman = loaded(EXAMPLES / "lecture/elman.arch").model()
    stays = Timing(elman, Device.load("h100-sxm"), "fp16").regimes("H")[3]
    assert stays.where == Within(((1, 7719),))
    assert 2 * (7719**2 + 2 * 7719) <= 119206016 < 2 * (7720**2 + 2 * 7720)


def test_what_is_solved_is_where_the_formulas_meet() -> None:
    """A product [B, D] @ [D, D] in fp16 on an A100: 2·B·D² / 312e12 = 2·(2·B·D + D²) / 2.039e12, solved for B."""
    model = symcost.loads("model M(x: [B, D]) { param W: [D, D] return x @ W }").model()
    found = Timing(model, Device.load("a100-sxm-80"), "fp16").regimes("B")[0]
    assert not isinstance(found.where, Above)
    ridge = Fraction(312 * 10**12, 2039 * 10**9)
    at = Timing(model.at(D=4096), Device.load("a100-sxm-80"), "fp16").regimes("B")[0]
    assert isinstance(at.where, Within)
    exact = ridge / (1 - 2 * ridge / 4096)
    assert at.where.stretches[0][1] == int(exact)


def test_the_command_prints_them() -> None:
    llama = str(EXAMPLES / "language/llama.arch")
    given = ["eval", llama, "--model", "Step", "--config", "llama3_8b", "c=100", "G=1024", "--on", "h100-sxm"]
    told = CliRunner().invoke(main, [*given, "--dtype", "bf16", "--as", "formula", "--batch", "B", "--in", "B"])
    assert told.exit_code == 0
    assert "while B ≤ 400" in told.output and "495 TMAC/s" in told.output
    for wrong in (["--batch", "B"], ["--as", "formula", "--batch", "c"], ["--in", "c"]):
        assert CliRunner().invoke(main, [*given, "--dtype", "bf16", *wrong]).exit_code == 2
    wrong = ["--as", "formula", "--in", "nothing"]
    assert CliRunner().invoke(main, [*given, "--dtype", "bf16", *wrong]).exit_code == 1
