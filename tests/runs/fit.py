"""Fit what a program that trains reaches on each type of device to published steps.

    python -m tests.runs.fit llm-foundry PATH/llmfoundry_throughput.csv > symcost/runs/programs/llm-foundry.toml
    python -m tests.runs.fit megatron > symcost/runs/programs/megatron.toml

Each row is told with constants that were fitted to all others of its type of device. Of llm-foundry rows in fp8 are
left out: three are too few for three constants.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import symcost
from symcost.hardware import Device
from symcost.runs import Counts, Layout, Plan, Program, Training
from symcost.runs.program import Measured, Reached

ONE = Fraction(1)
LANGUAGE = Path(__file__).parents[2] / "examples/language"
GPT = symcost.load(LANGUAGE / "gpt2.arch").model("GPT2")
DROPPED = symcost.load(LANGUAGE / "gpt3.arch").model()
"""As Megatron trains: with dropout, whose masks are kept, and 2048 positions."""

SIZES = {"125m": (768, 12, 12), "350m": (1024, 24, 16), "1b": (2048, 24, 16), "3b": (2560, 32, 20),
         "7b": (4096, 32, 32), "13b": (5120, 40, 40), "30b": (7168, 48, 56)}  # fmt: skip
"""Width, layers and heads: scripts/train/yamls/pretrain/mpt-*.yaml of llm-foundry; the parameters say the same."""

MEGATRON = {"22B": (6144, 48, 64), "175B": (12_288, 96, 96), "530B": (20_480, 105, 128), "1T": (25_600, 128, 160),
            "7.5B": (4096, 36, 32), "39B": (8192, 48, 64)}  # fmt: skip
"""The same of Korthikanti et al. (2022), table 3, and of Narayanan et al. (2021), table 1."""

DEVICES = {"h100_80gb": "h100-sxm", "a100_80gb": "a100-sxm-80", "a100_40gb": "a100-sxm-40"}
WORDS, MEGATRON_WORDS = 50_368, 51_200


@cache
def counts(model: str, length: int) -> Counts:
    """What is trained: a GPT with biases, learned positions as long as its texts, and an embedding that is tied."""
    if model in MEGATRON:
        width, layers, heads = MEGATRON[model]
        return Counts(DROPPED.at(d_model=width, L=layers, heads=heads, V=MEGATRON_WORDS, T=length))
    width, layers, heads = SIZES[model]
    return Counts(GPT.at(d_model=width, L=layers, heads=heads, V=WORDS, T=length, positions=length))


def run(sample: Measured, program: Program) -> Training:
    """The plan of a row."""
    plan = Plan(
        sample.batch * sample.length, sample.devices, sample.batch, sample.layout, sample.micro, sample.zero,
        sample.recompute, sample.sequence, sample.interleave, program=program,
    )  # fmt: skip
    return Training(counts(sample.model, sample.length), Device.load(sample.device), program.dtype, plan)


def parts(sample: Measured, program: Program) -> tuple[float, float, float, float]:
    """Seconds at the peaks, with waiting: products, scores, elsewhere; and of sending; over what was measured."""
    peaks = Reached(ONE, ONE, ONE, ONE, ONE)
    found = run(sample, replace(program, devices={sample.device: peaks}))
    spent = found.likely
    assert spent is not None
    # Stages wait for as large a part of each.
    longer = (1 + found.bubble) / sample.seconds
    first, second, third = (float(part * longer) for part in (spent.products, spent.scores, spent.elsewhere))
    return first, second, third, float(spent.sending / sample.seconds)


def fitted(rows: Sequence[Sequence[float]]) -> list[float]:
    """Factors of the first three with the least squares of relative misses, the last being what it is."""
    normal = [[sum(row[i] * row[j] for row in rows) for j in range(3)] for i in range(3)]
    right = [sum(row[i] * (1 - row[3]) for row in rows) for i in range(3)]
    return _solved(normal, right)


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """By elimination; the matrix is positive definite."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for at, pivot in enumerate(rows):
        pivot[:] = [value / pivot[at] for value in pivot]
        for other in rows:
            if other is not pivot:
                factor = other[at]
                other[:] = [value - factor * own for value, own in zip(other, pivot, strict=True)]
    return [row[-1] for row in rows]


def miss(row: Sequence[float], factors: Sequence[float]) -> float:
    """As a part of what was measured."""
    return sum(factor * part for factor, part in zip(factors, row, strict=False)) + row[3] - 1


def each_left_out(rows: Sequence[Sequence[float]]) -> list[float]:
    """The miss of each row by what was fitted to the others."""
    return [miss(row, fitted([*rows[:at], *rows[at + 1 :]])) for at, row in enumerate(rows)]


def published(path: Path) -> Iterator[Measured]:
    """The rows in bf16."""
    with path.open() as file:
        for row in csv.DictReader(file):
            if row["Precision"] == "amp_fp8":
                continue
            length, batch = int(row["SeqLen (T)"]), int(row["GlobalBatchSize"])
            yield Measured(
                device=DEVICES[row["GPU"]], model=row["Model"], length=length,
                layout=Layout(data=int(row["# GPUs"])), batch=batch, micro=int(row["MicroBatchSize"]),
                seconds=Fraction(batch * length, int(row["Throughput (T/s)"])),
                zero=3 if row["Sharding Strategy"] == "FULL_SHARD" else 2,
                recompute="early" if row["Activation Checkpointing"] == "True" else "none",
            )  # fmt: skip


def korthikanti() -> Iterator[Measured]:
    """Table 5, with the layouts of table 3: each model twice: layers made anew, or scores and sequences shared.

    Calculon's validation/seqsel/tab5 has the same layouts.
    """
    sizes = (("22B", Layout(8), 4, 4, 1, "1.42", "1.10"),
             ("175B", Layout(8, 8), 64, 1, 3, "18.13", "13.75"),
             ("530B", Layout(8, 35), 280, 1, 3, "49.05", "37.83"),
             ("1T", Layout(8, 64), 512, 1, 1, "94.42", "71.49"))  # fmt: skip
    for model, layout, batch, micro, interleave, full, selective in sizes:
        one = Measured("a100-sxm-80", model, 2048, layout, batch, micro, Fraction(full), recompute="full",
                       interleave=interleave)  # fmt: skip
        yield one
        yield replace(one, seconds=Fraction(selective), recompute="selective", sequence=True)


@dataclass(frozen=True)
class Form:
    """What a file says of itself."""

    name: str
    words: str
    source: str
    network: str
    why: str


FORMS = (
    Form(
        "llm-foundry",
        "FSDP in PyTorch with FlashAttention, as MosaicML's llm-foundry trains its MPT models",
        "mosaicml/llm-foundry, scripts/train/benchmarking/README.md: {rows} steps in bf16, constants fitted on each "
        "type of GPU. With each row left out in turn: {told}. Neither tensor nor pipeline parallelism is in it",
        "200 GB/s",
        "1600 Gbit/s between nodes, as the tables say of both A100; that of the H100 is not told",
    ),
    Form(
        "megatron",
        "Megatron-LM of 2022, with tensor, sequence and pipeline parallelism and without FlashAttention",
        "Korthikanti et al., Reducing activation recomputation in large transformer models (2022), tables 3 and 5: "
        "{rows} steps of GPTs in 16 bits, three constants. With each row left out in turn: {told}; with both rows of a "
        "model {pairs}. Two steps of Narayanan et al. (2021), table 1, by an older version, are not in it and are "
        "missed by {older}",
        "200 GB/s",
        "eight links of 200 Gbit/s a node, as is told of Selene",
    ),
)


def main() -> None:
    form = next(one for one in FORMS if one.name == sys.argv[1])
    samples = list(published(Path(sys.argv[2])) if form.name == "llm-foundry" else korthikanti())
    program = Program(form.name, "", "", "bf16", 8, Fraction(200 * 10**9), {}, ())
    rows = {device: [one for one in samples if one.device == device] for device in DEVICES.values()}
    shapes = {device: [parts(one, program) for one in mine] for device, mine in rows.items() if mine}
    left_out = {device: each_left_out(mine) for device, mine in shapes.items()}
    told = "; ".join(_told(device, rows[device], misses) for device, misses in left_out.items())
    more = _of_megatron(samples, program) if form.name == "megatron" else {}
    source = form.source.format(rows=len(samples), told=told, **more)
    print(f'words = "{form.words}"\nsource = "{source}"\ndtype = "bf16"\n')
    print(f'[node]\ndevices = 8\nnetwork = "{form.network}"  # {form.why}\n')
    for device, mine in shapes.items():
        _print_constants(device, mine)
    for device, misses in left_out.items():
        print(f"[measured.{device}]")
        for one, off in zip(rows[device], misses, strict=True):
            print(f"{_row(one)}  # {off:+.1%}")
        print()


def _print_constants(device: str, rows: Sequence[Sequence[float]]) -> None:
    first, second, third = fitted(rows)
    sizes = [abs(one) for one in each_left_out(rows)]
    print(f"[devices.{device}]  # {len(rows)} rows")
    print(f"products = {1 / first:.4f}\nscores = {1 / second:.4f}\npasses = {third:.3f}")
    print(f"mean = {sum(sizes) / len(sizes):.4f}\nworst = {max(sizes):.4f}\n")


def _row(one: Measured) -> str:
    """As a line of TOML; what means nothing else is left out."""
    entries = {
        "model": f'"{one.model}"', "length": one.length, "devices": one.devices, "tensor": one.layout.tensor,
        "pipeline": one.layout.pipeline, "batch": one.batch, "micro": one.micro, "interleave": one.interleave,
        "zero": one.zero, "sequence": str(one.sequence).lower(), "recompute": f'"{one.recompute}"',
        "time": f'"{float(one.seconds):.6g} s"',
    }  # fmt: skip
    unsaid = {"tensor": 1, "pipeline": 1, "interleave": 1, "zero": 0, "sequence": "false", "recompute": '"none"'}
    said = ", ".join(f"{key} = {value}" for key, value in entries.items() if value != unsaid.get(key))
    last = one.devices if one.layout.group == 1 else one.recompute
    return f"{one.model}-{one.length}-{last} = {{ {said} }}"


def _of_megatron(samples: Sequence[Measured], program: Program) -> dict[str, str]:
    """The misses where both rows of a model are left out, and those of an older version."""
    shapes = [parts(one, program) for one in samples]
    pairs = [abs(one) for one in models_left_out([one.model for one in samples], shapes)]
    older = [miss(parts(one, program), fitted(shapes)) for one in narayanan()]
    return {
        "pairs": f"{sum(pairs) / len(pairs):.1%} in the mean, {max(pairs):.0%} at worst",
        "older": " and ".join(f"{one:+.0%}" for one in older),
    }


def models_left_out(models: Sequence[str], rows: Sequence[Sequence[float]]) -> list[float]:
    """The miss of each row by what was fitted to those of other models."""
    named = list(zip(models, rows, strict=True))
    return [miss(row, fitted([other for name, other in named if name != model])) for model, row in named]


def narayanan() -> Iterator[Measured]:
    """Two rows of table 1: a step is 96·B·s·l·h²·(1 + s/6h + V/16lh) FLOPs over what all devices reach.

    Their micro-batches are not told there; 4 is near the best of its figures 7 and 8.
    """
    for model, layout, batch, teraflops in (("7.5B", Layout(4, 1, 32), 512, 142), ("39B", Layout(8, 2, 32), 1536, 138)):
        width, layers, _ = MEGATRON[model]
        shares = 1 + Fraction(2048, 6 * width) + Fraction(MEGATRON_WORDS, 16 * layers * width)
        flops = 96 * batch * 2048 * layers * width**2 * shares
        seconds = flops / (layout.devices * teraflops * 10**12)
        yield Measured("a100-sxm-80", model, 2048, layout, batch, 4, seconds, recompute="full")


def _told(device: str, rows: Sequence[Measured], misses: Sequence[float]) -> str:
    sizes = [abs(one) for one in misses]
    worst = rows[sizes.index(max(sizes))]
    mean = sum(sizes) / len(sizes)
    return f"{device} {mean:.1%} in the mean, {max(sizes):.0%} at worst ({worst.model} on {worst.devices})"


if __name__ == "__main__":
    main()
