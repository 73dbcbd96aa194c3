"""The figures that we promise, side by side with the peers: `python tests/benchmarks/peers.py`.

Peers are installed into a scratch environment that is gone afterwards; `--python` names interpreters that have them
already, of which each line takes the first that can import what it needs. All times are of the processor: of whole
processes the medians of pairs that run in turn, of lines inside one process the least of several rounds, likewise in
turn.
`--before COMMIT` says in a last column what the ratio was there, whole processes only, measured in the same run.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
OWN = ["sympy", "lark", "networkx", "click", "rich"]
PEERS = ["numpy", "torch", "torchvision", "transformers", "onnx-tool"]


@dataclass(frozen=True)
class Process:
    """Two whole processes: a command of ours, a script of the peer, and what the ratio may be at most."""

    name: str
    command: str
    script: str
    imports: tuple[str, ...]
    at_most: float


@dataclass(frozen=True)
class Inside:
    """A script that prints what ours and what the other takes, in microseconds; and what the ratio may be at most."""

    name: str
    script: str
    imports: tuple[str, ...]
    at_most: float


@dataclass(frozen=True)
class Earlier:
    """A command of ours on the files of an earlier commit, beside the same by the package of that commit."""

    name: str
    command: str
    commit: str
    at_most: float
    imports: tuple[str, ...] = ()


LLAMA_META = """
import torch
from torch.utils.flop_counter import FlopCounterMode
from transformers import LlamaConfig, LlamaForCausalLM
with torch.device("meta"):
    model, ids = LlamaForCausalLM(LlamaConfig()), torch.zeros(1, 2048, dtype=torch.long)
with FlopCounterMode(display=False):
    model(ids)
"""

RESNET_META = """
import torch, torchvision
from torch.utils.flop_counter import FlopCounterMode
with torch.device("meta"):
    model, image = torchvision.models.resnet50(), torch.zeros(1, 3, 224, 224)
with FlopCounterMode(display=False):
    model(image)
"""

LLAMA_BUILDER = """
from onnx_tool.llm import Builder
builder = Builder(
    architectures=["LlamaForCausalLM"], model_type="llama", name="llama-7b", hidden_size=4096, intermediate_size=11008,
    num_hidden_layers=32, num_attention_heads=32, num_key_value_heads=32, vocab_size=32000, hidden_act="silu",
    max_position_embeddings=2048, rms_norm_eps=1e-6, rope_theta=10000.0, tie_word_embeddings=False)
builder.build_graph([1, 2048])
builder.graph.valid_shape = True
builder.graph.profile()
"""

TIMING = """
import time
import symcost
def least(*works, rounds=15, times=1):
    found = [1e9]*len(works)
    for _ in range(rounds):
        for place, work in enumerate(works):
            begin = time.process_time()
            for _ in range(times):
                work()
            found[place] = min(found[place], (time.process_time() - begin)/times)
    print(*(1e6*seconds for seconds in found))
llama = symcost.load("examples/language/llama.arch").model()
"""

ONE_AXIS = """
import numpy as np
macs = llama.at(D=4096, L=32, heads=32, F=11008, V=32000).macs
T = np.arange(1, 10**6 + 1)
def horner():
    return T*(T*262144 + 6607077376)
assert (macs.over(T=T) == horner()).all()
least(lambda: macs.over(T=T), horner)
"""

FIVE_AXES = """
import numpy as np
macs = llama.at(heads=1).macs
T, D, L, F, V = (np.arange(1, 17).reshape([-1 if axis == own else 1 for axis in range(5)]) for own in range(5))
D = 2*D
def horner():
    return D*T*((4*D + 2*T + 3*F)*L + V)
assert (macs.over(T=T, D=D, L=L, F=F, V=V) == horner()).all()
least(lambda: macs.over(T=T, D=D, L=L, F=F, V=V), horner)
"""

ONE_POINT = """
macs = llama.at(D=4096, L=32, heads=32, F=11008, V=32000).macs
form = macs.form
least(lambda: macs(T=7), lambda: form.evaluate({"T": 7}), times=2000)
"""

META = """
import torch
from torch.utils.flop_counter import FlopCounterMode
from pathlib import Path
def counted(model, given):
    with FlopCounterMode(display=False):
        model(given)
def totals(path, config):
    model = symcost.load(path).model().configured(config)
    model.params, model.macs, model.flops(), model.depth
"""

WARM_LLAMA = (
    META
    + """
from transformers import LlamaConfig, LlamaForCausalLM
with torch.device("meta"):
    model, ids = LlamaForCausalLM(LlamaConfig()), torch.zeros(1, 2048, dtype=torch.long)
least(lambda: totals("examples/language/llama.arch", "llama_7b"), lambda: counted(model, ids), rounds=5)
"""
)

PARSED_ANEW = WARM_LLAMA.replace(
    "def totals(path, config):",
    "from symcost.syntax import parse as room\ndef totals(path, config):\n    room._kept.clear()",
)
"""The same without the trees of texts that were read before."""

WARM_EFFICIENTNET = (
    META
    + """
import torchvision
with torch.device("meta"):
    model, image = torchvision.models.efficientnet_b0(), torch.zeros(1, 3, 224, 224)
least(lambda: totals("examples/vision/efficientnet.arch", "b0"), lambda: counted(model, image), rounds=5)
"""
)

MANY_MODELS = """
import gc
from symcost.document import loads
gc.set_threshold(200_000)  # as the command line has it
def text(count):
    return "".join(
        f"model M{number}(x: [T, I], H) {{ return x -> Linear(H) -> relu -> Linear({number % 7 + 2}) }}"
        f"expect M{number} {{ params == I*H + H + {number % 7 + 2}*(H + 1) }}"
        for number in range(count)
    )
def checked(count):
    gc.collect()  # what the files before have left is not of this one
    begin = time.process_time()
    assert all(one.ok for one in loads(text(count)).check())
    return time.process_time() - begin
checked(10)
few = min(checked(1000) for _ in range(3))
print(1e6*checked(3000), 1e6*3*few)
"""

LINES: Sequence[Process | Inside | Earlier] = (
    Process("formula elman / import sympy", "formula examples/lecture/elman.arch", "import sympy", (), 0.5),
    Process("--help / import sympy", "--help", "import sympy", (), 0.15),
    Process(
        "report llama / onnx-tool", "report examples/language/llama.arch --config llama_7b", LLAMA_BUILDER,
        ("onnx_tool",), 0.8,
    ),
    Process(
        "report llama / FlopCounterMode", "report examples/language/llama.arch --config llama_7b", LLAMA_META,
        ("torch", "transformers"), 1 / 15,
    ),
    Process(
        "report resnet50 / FlopCounterMode", "report examples/vision/resnet.arch --config resnet50", RESNET_META,
        ("torch", "torchvision"), 1 / 15,
    ),
    Inside("warm llama / FlopCounterMode", WARM_LLAMA, ("torch", "transformers"), 1 / 30),
    Inside("warm llama, parsed anew / the same", PARSED_ANEW, ("torch", "transformers"), 1 / 30),
    Inside("warm efficientnet / FlopCounterMode", WARM_EFFICIENTNET, ("torch", "torchvision"), 1),
    Inside("10^6 sizes / NumPy in Horner form", ONE_AXIS, ("numpy",), 1.2),
    Inside("grid of 16^5 / NumPy in Horner form", FIVE_AXES, ("numpy",), 1.2),
    Inside("quantity(T=7) / Form.evaluate", ONE_POINT, (), 3),
    Inside("check 3000 models / 3 times 1000", MANY_MODELS, (), 1.15),
    Earlier("check examples / as at 47657e7", "check {tree}/examples", "47657e7", 0.1),
)  # fmt: skip


COMPILED = tempfile.TemporaryDirectory()
"""Where Python keeps what it compiled, whatever the surroundings say: who installs a package has it compiled."""


def environment(tree: Path = ROOT) -> dict[str, str]:
    """One thread each, and a tree of ours."""
    others = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return others | {"PYTHONPATH": str(tree), "OMP_NUM_THREADS": "1", "PYTHONPYCACHEPREFIX": COMPILED.name}


def processor_time(command: Sequence[str], tree: Path = ROOT, allowed: Sequence[int] = (0,)) -> float:
    """Seconds of a whole process; one that fails ends all."""
    process = subprocess.Popen(command, cwd=tree, env=environment(tree), stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in allowed:
        raise SystemExit(f"{command[:3]} ended with status {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def measured(
    line: Process | Inside | Earlier, python: str, pairs: int, tree: Path = ROOT
) -> tuple[float, float, float]:
    """Seconds of ours and of the other, and their ratio."""
    if isinstance(line, Earlier):
        return side_by_side(line, python)
    if isinstance(line, Inside):
        command = [python, "-c", TIMING + line.script]
        said = subprocess.run(command, cwd=ROOT, env=environment(), check=True, capture_output=True, text=True).stdout
        ours, other = (float(word) / 1e6 for word in said.split()[-2:])
        return ours, other, ours / other
    commands = [[python, "-m", "symcost", *line.command.split()], [python, "-c", line.script]]
    for command in commands:
        processor_time(command, tree)  # compiled once
    found = [[processor_time(command, tree) for command in commands] for _ in range(pairs)]
    columns = [median(column) for column in zip(*found, strict=True)]
    return columns[0], columns[1], median(ours / other for ours, other in found)


def side_by_side(line: Earlier, python: str) -> tuple[float, float, float]:
    """The least of two runs of ours, and one of what was; files that say something else today end nothing."""
    with earlier(line.commit) as tree:
        assert tree is not None
        command = [python, "-m", "symcost", *line.command.format(tree=tree).split()]
        other = processor_time(command, tree, (0, 1))
        ours = min(processor_time(command, ROOT, (0, 1)) for _ in range(2))
    return ours, other, ours / other


def able(pythons: Sequence[str], imports: Sequence[str]) -> str | None:
    """The first interpreter that finds some packages, and ours."""
    asked = ", ".join(repr(name) for name in (*imports, *OWN))
    script = f"import importlib.util, sys; sys.exit(not all(map(importlib.util.find_spec, ({asked},))))"
    return next(
        (python for python in pythons if not subprocess.run([python, "-c", script], check=False).returncode), None
    )


@contextmanager
def earlier(commit: str | None) -> Iterator[Path | None]:
    """A worktree of a commit, if one is named; it is gone afterwards."""
    if commit is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "before"
        subprocess.run(["git", "-C", ROOT, "worktree", "add", "--quiet", "--detach", tree, commit], check=True)
        try:
            yield tree
        finally:
            subprocess.run(["git", "-C", ROOT, "worktree", "remove", "--force", tree], check=True)


@contextmanager
def peers(given: Sequence[str]) -> Iterator[Sequence[str]]:
    """Interpreters that have the peers."""
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = str(Path(folder) / ("Scripts" if os.name == "nt" else "bin") / "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", *OWN, *PEERS], check=True)
        yield [python]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--python", action="append", default=[], help="an interpreter that has peers; several may be")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--before", metavar="COMMIT", help="what to say the ratios of beside")
    given = parser.parse_args()
    with peers(given.python) as pythons, earlier(given.before) as tree:
        sys.stdout.write(f"{'':<38} {'ours':>11} {'other':>11} {'ratio':>8} {'promised':>9} {'before':>8}\n")
        for line in LINES:
            python = able(pythons, line.imports)
            if python is None:
                sys.stdout.write(f"{line.name:<38} not measured: no {', '.join(line.imports)}\n")
                continue
            ours, other, ratio = measured(line, python, given.pairs)
            kept = "" if ratio <= line.at_most else "  missed"
            before = " " * 8
            if tree is not None and isinstance(line, Process):
                before = f"{measured(line, python, given.pairs, tree)[2]:8.3f}"
            times = f"{1e3 * ours:8.3f} ms {1e3 * other:8.3f} ms {ratio:8.3f}"
            sys.stdout.write(f"{line.name:<38} {times} {line.at_most:9.3f} {before}{kept}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
