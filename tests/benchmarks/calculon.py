"""Training steps as Calculon tells them and as we do, beside those that were published.

    git clone https://github.com/calculon-ai/calculon && python -m venv env && env/bin/pip install pandas psutil
    python -m tests.benchmarks.calculon PATH/calculon env/bin/python

Published  Korthikanti et al., Reducing activation recomputation (2022), table 5 and figure 1; Narayanan et al. (2021),
           table 1, whose time of a step is its FLOPs over what all devices reach
Calculon   validation/seqsel of its repository, and the same for the rows of Narayanan, on its systems/a100_80g.json,
           whose efficiencies were measured on Selene; @caa4b11f
Ours       products at a part of the peak that is told below, waiting and sending behind them; and under the profile
           that was fitted to llm-foundry, which ran on other software, in which no product is shared
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import symcost
from symcost.hardware import Device
from symcost.runs import Counts, Layout, Plan, Program, Training
from symcost.runs.kept import Recompute
from tests.runs.fit import fitted, korthikanti, parts

A100 = Device.load("a100-sxm-80")
GPT3 = symcost.load(Path(__file__).parents[2] / "examples/language/gpt3.arch").model()
FOUNDRY, MEGATRON = Program.load("llm-foundry"), Program.load("megatron")
EFFICIENCY = Fraction(65, 100)


@dataclass(frozen=True)
class Row:
    """A step of a GPT with 51 200 words and 2048 tokens; seconds, and GiB of activations, where they were published."""

    model: str
    width: int
    layers: int
    heads: int
    layout: Layout
    batch: int
    micro: int
    recompute: Recompute
    interleave: int
    seconds: float
    gib: float | None = None

    @property
    def sequence(self) -> bool:
        return self.recompute == "selective"


def rows() -> Iterator[Row]:
    """Ten of them."""
    sizes = (
        ("megatron-22B", 6144, 48, 64, Layout(8), 4, 4, 1, (1.42, 1.10), 9.5625),
        ("gpt3-175B", 12_288, 96, 96, Layout(8, 8), 64, 1, 3, (18.13, 13.75), 12.3515625),
        ("turing-530B", 20_480, 105, 128, Layout(8, 35), 280, 1, 3, (49.05, 37.83), 23.076171875),
        ("megatron-1T", 25_600, 128, 160, Layout(8, 64), 512, 1, 1, (94.42, 71.49), 26.5625),
    )
    for model, width, layers, heads, layout, batch, micro, pieces, (full, selective), gib in sizes:
        yield Row(model, width, layers, heads, layout, batch, micro, "full", pieces, full)
        yield Row(model, width, layers, heads, layout, batch, micro, "selective", pieces, selective, gib)
    # FLOPs of a step, 96·B·s·l·h²·(1 + s/6h + V/16lh), over devices and what each reaches.
    yield Row("megatron-7.5B", 4096, 36, 32, Layout(4, 1, 32), 512, 4, "full", 1, _seconds(4096, 36, 512, 128, 142))
    yield Row("megatron-39B", 8192, 48, 64, Layout(8, 2, 32), 1536, 4, "full", 1, _seconds(8192, 48, 1536, 512, 138))


def _seconds(width: int, layers: int, batch: int, devices: int, teraflops: int) -> float:
    shares = 1 + 2048 / (6 * width) + 51_200 / (16 * layers * width)
    return 96 * batch * 2048 * layers * width**2 * shares / (devices * teraflops * 1e12)


def without(model: str) -> Program:
    """Megatron's, fitted to the rows of other models."""
    others = [one for one in korthikanti() if not model.endswith(f"-{one.model}")]
    first, second, third = (Fraction(factor) for factor in fitted([parts(one, MEGATRON) for one in others]))
    reached = replace(MEGATRON.devices[A100.id], products=1 / first, scores=1 / second, passes=third)
    return replace(MEGATRON, devices={A100.id: reached})


def ours(row: Row, program: Program | None) -> Training:
    counts = Counts(GPT3.at(d_model=row.width, L=row.layers, heads=row.heads, V=51_200, T=2048))
    plan = Plan(
        row.batch * 2048, row.layout.devices, row.batch, row.layout, micro=row.micro, recompute=row.recompute,
        sequence=row.sequence, interleave=row.interleave, program=program,
        efficiency=EFFICIENCY if program is None else None,
    )  # fmt: skip
    return Training(counts, A100, "bf16", plan)


ASK = """\
import json, logging, sys
import calculon
from calculon.llm import *
from calculon.llm.llm import Llm
app, exe, system = (json.loads(text) for text in sys.stdin.read().split(chr(0)))
model = Llm(Llm.Application(app), logging.getLogger())
syst = calculon.System(system)
model.compile(syst, Llm.Execution.from_json(exe))
model.run(syst)
stats = model.get_stats_json(False)
print(json.dumps([stats["total_time"], (stats["act_space"] + stats["act_checkpoint_size"]) / 2**30]))
"""


def theirs(row: Row, folder: Path, python: str) -> tuple[float, float]:
    """Seconds of a step, and GiB of activations."""
    named = folder / "models" / f"{row.model}.json"
    mode = "seqsel" if row.sequence else "full"
    base = json.loads((folder / "validation/seqsel/tab5/gpt3-175B_full.json").read_text())
    app = {"name": row.model, "seq_size": 2048, "hidden": row.width, "feedforward": 4 * row.width,
           "attn_heads": row.heads, "attn_size": row.width // row.heads, "num_blocks": row.layers}  # fmt: skip
    if named.exists() and (folder / f"validation/seqsel/tab5/{row.model}_{mode}.json").exists():
        app = json.loads(named.read_text())
        base = json.loads((folder / f"validation/seqsel/tab5/{row.model}_{mode}.json").read_text())
    else:
        base |= {"num_procs": row.layout.devices, "tensor_par": row.layout.tensor, "data_par": row.layout.data,
                 "pipeline_par": row.layout.pipeline, "batch_size": row.batch, "microbatch_size": row.micro,
                 "pipeline_interleaving": 1}  # fmt: skip
    system = (folder / "systems/a100_80g.json").read_text()
    asked = "\0".join((json.dumps(app), json.dumps(base), system))
    answer = subprocess.run([python, "-c", ASK], input=asked, capture_output=True, text=True, check=True, cwd=folder)
    seconds, gib = json.loads(answer.stdout.splitlines()[-1])
    return seconds, gib


def main() -> None:
    folder, python = Path(sys.argv[1]), sys.argv[2]
    print("model recomputed published calculon off ours(0.65) off llm-foundry off megatron off", end=" ")
    print("| GiB published calculon ours")
    misses: list[list[float]] = []
    for row in rows():
        seconds, gib = theirs(row, folder, python)
        plain = ours(row, None)
        found = (plain, ours(row, FOUNDRY), ours(row, without(row.model)))
        times = [seconds, *(float(one.likely.time) for one in found if one.likely is not None)]
        offs = [time / row.seconds - 1 for time in times]
        misses.append([abs(off) for off in offs])
        told = " ".join(f"{time:.2f} {off:+.1%}" for time, off in zip(times, offs, strict=True))
        held = float(plain.needed["activations"]) / 2**30
        print(f"{row.model} {row.recompute} {row.seconds:.2f} {told} | {row.gib or '-'} {gib:.2f} {held:.2f}")
    for words, some in (("Korthikanti's 8", misses[:8]), ("all", misses)):
        means = (sum(column) / len(some) for column in zip(*some, strict=True))
        print(
            "mean miss of {}: calculon {:.1%}, ours {:.1%}, llm-foundry {:.1%}, megatron {:.1%}".format(words, *means)
        )


if __name__ == "__main__":
    main()
