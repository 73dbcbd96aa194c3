"""Fit what a program that trains reaches on each type of device to published steps.

    python -m tests.runs.fit PATH/llmfoundry_throughput.csv > symcost/runs/programs/llm-foundry.toml

Each row is told with constants that were fitted to all others of its type of device. Rows in fp8 are left out: three
are too few for three constants.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import symcost
from symcost.hardware import Device
from symcost.runs import Counts, Plan, Program, Training
from symcost.runs.program import Measured, Reached

ONE = Fraction(1)
GPT = symcost.load(Path(__file__).parents[2] / "examples/language/gpt2.arch").model("GPT2")
SIZES = {"125m": (768, 12, 12), "350m": (1024, 24, 16), "1b": (2048, 24, 16), "3b": (2560, 32, 20),
         "7b": (4096, 32, 32), "13b": (5120, 40, 40), "30b": (7168, 48, 56)}  # fmt: skip
"""Width, layers and heads: scripts/train/yamls/pretrain/mpt-*.yaml of llm-foundry; the parameters say the same."""

DEVICES = {"h100_80gb": "h100-sxm", "a100_80gb": "a100-sxm-80", "a100_40gb": "a100-sxm-40"}
WORDS = 50_368


@cache
def counts(model: str, length: int) -> Counts:
    """What is trained: a GPT with biases, learned positions as long as its texts, and an embedding that is tied."""
    width, layers, heads = SIZES[model]
    return Counts(GPT.at(d_model=width, L=layers, heads=heads, V=WORDS, T=length, positions=length))


def run(sample: Measured, program: Program) -> Training:
    """The plan of a row."""
    plan = Plan(
        sample.batch * sample.length, sample.devices, sample.batch, micro=sample.micro, zero=sample.zero,
        recompute="early" if sample.again else "none", program=program,
    )  # fmt: skip
    return Training(counts(sample.model, sample.length), Device.load(sample.device), program.dtype, plan)


def parts(sample: Measured, program: Program) -> tuple[float, float, float, float]:
    """Seconds at the peaks: products, scores, elsewhere; and of sending; each over those that were measured."""
    peaks = Reached(ONE, ONE, ONE, ONE, ONE)
    spent = run(sample, replace(program, devices={sample.device: peaks})).likely
    assert spent is not None
    first, second, third, sending = (
        float(part / sample.seconds) for part in (spent.products, spent.scores, spent.elsewhere, spent.sending)
    )
    return first, second, third, sending


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
                device=DEVICES[row["GPU"]], model=row["Model"], length=length, devices=int(row["# GPUs"]), batch=batch,
                micro=int(row["MicroBatchSize"]), zero=3 if row["Sharding Strategy"] == "FULL_SHARD" else 2,
                again=row["Activation Checkpointing"] == "True",
                seconds=Fraction(batch * length, int(row["Throughput (T/s)"])),
            )  # fmt: skip


HEAD = """\
words = "FSDP in PyTorch with FlashAttention, as MosaicML's llm-foundry trains its MPT models"
source = "{source}"
dtype = "bf16"

[node]
devices = 8
network = "200 GB/s"  # 1600 Gbit/s between nodes, as the tables say of both A100; that of the H100 is not told
"""


def main() -> None:
    samples = list(published(Path(sys.argv[1])))
    program = Program("llm-foundry", "", "", "bf16", 8, Fraction(200 * 10**9), {}, ())
    rows = {device: [one for one in samples if one.device == device] for device in DEVICES.values()}
    shapes = {device: [parts(one, program) for one in mine] for device, mine in rows.items()}
    left_out = {device: each_left_out(mine) for device, mine in shapes.items()}
    told = "; ".join(_told(device, rows[device], misses) for device, misses in left_out.items())
    print(HEAD.format(source=SOURCE.format(rows=len(samples), told=told)))
    for device, mine in shapes.items():
        first, second, third = fitted(mine)
        sizes = [abs(one) for one in left_out[device]]
        print(f"[devices.{device}]  # {len(mine)} rows")
        print(f"products = {1 / first:.4f}\nscores = {1 / second:.4f}\npasses = {third:.3f}")
        print(f"mean = {sum(sizes) / len(sizes):.4f}\nworst = {max(sizes):.4f}\n")
    for device, mine in rows.items():
        print(f"[measured.{device}]")
        for one, off in zip(mine, left_out[device], strict=True):
            name = f"{one.model}-{one.length}-{one.devices}"
            print(
                f'{name} = {{ model = "{one.model}", length = {one.length}, devices = {one.devices}, '
                f"batch = {one.batch}, micro = {one.micro}, zero = {one.zero}, again = {str(one.again).lower()}, "
                f'time = "{float(one.seconds):.6g} s" }}  # {off:+.1%}'
            )
        print()


SOURCE = (
    "mosaicml/llm-foundry, scripts/train/benchmarking/README.md: {rows} steps in bf16, constants fitted on each "
    "type of GPU. With each row left out in turn: {told}. Neither tensor nor pipeline parallelism is in it"
)


def _told(device: str, rows: Sequence[Measured], misses: Sequence[float]) -> str:
    sizes = [abs(one) for one in misses]
    worst = rows[sizes.index(max(sizes))]
    mean = sum(sizes) / len(sizes)
    return f"{device} {mean:.1%} in the mean, {max(sizes):.0%} at worst ({worst.model} on {worst.devices})"


if __name__ == "__main__":
    main()
