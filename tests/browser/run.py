"""The package under Pyodide, Python as browsers have it: `python -m tests.browser.run` from the root of the repository.

Needs node and npm, which fetches Pyodide; without them it says so and ends with status 0. What is asked there is asked
here too, and has to come out the same: totals of models, a report, a fault.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYODIDE = "pyodide@0.28.3"
"""Python 3.13.2."""

FILES = ("lecture/elman", "lecture/mnist", "language/gpt2", "vision/resnet", "speech/whisper")

ASK = """
import json, sys, time
start = time.perf_counter()
import symcost
first = str(symcost.load("/repository/examples/lecture/elman.arch").model().macs)
needed = time.perf_counter() - start
answers = {}
for name in FILES:
    document = symcost.load(f"/repository/examples/{name}.arch")
    for model in document.asked.values():
        answers[f"{name} {model.name}"] = [str(model.params), str(model.macs)]
    answers[name] = [item.ok for item in document.check()]
answers["sympy"] = "sympy" in sys.modules
try:
    symcost.loads("model M(x: [T]) { return y }").model().macs
except symcost.SymcostError as fault:
    answers["fault"] = str(fault)
mnist = symcost.load("/repository/examples/lecture/mnist.arch").model("Mnist")
answers["report"] = str(symcost.report(mnist.at(H=128)))
json.dumps({"first": first, "seconds": needed, "answers": answers})
"""

RUN = """
const { loadPyodide } = require("pyodide");
(async () => {
  const pyodide = await loadPyodide();
  for (const [place, folder] of [["/repository", process.argv[2]], ["/site", process.argv[3]]]) {
    pyodide.FS.mkdir(place);
    pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: folder }, place);
  }
  pyodide.runPython('import sys; sys.path[:0] = ["/repository", "/site"]; sys.dont_write_bytecode = True');
  console.log(pyodide.runPython(require("fs").readFileSync(process.argv[4], "utf8")));
})().catch((problem) => { console.error(String(problem)); process.exit(1); });
"""


def main() -> int:
    if shutil.which("node") is None or shutil.which("npm") is None:
        print("skipped: node and npm are not there")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return _compared(Path(folder))


def _compared(folder: Path) -> int:
    """Whether both Pythons say the same."""
    installed = subprocess.run(["npm", "install", "--silent", PYODIDE], cwd=folder, capture_output=True, text=True)
    if installed.returncode:
        print(f"skipped: npm cannot fetch {PYODIDE}\n{installed.stderr[-500:]}")
        return 0
    asked = ASK.replace("FILES", repr(FILES))
    (folder / "ask.py").write_text(asked, encoding="utf-8")
    (folder / "run.js").write_text(RUN, encoding="utf-8")

    start = time.perf_counter()
    command = ["node", "run.js", str(ROOT), str(_site()), "ask.py"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if ran.returncode:
        print(ran.stdout, ran.stderr, sep="\n")
        return 1
    there = json.loads(ran.stdout.splitlines()[-1])
    here = json.loads(_here(asked))
    if there["answers"] != here["answers"]:
        differing = [name for name, answer in there["answers"].items() if answer != here["answers"].get(name)]
        print("other answers under Pyodide:", differing, there["answers"], sep="\n")
        return 1
    print(f"{len(there['answers'])} answers are the same under Pyodide; first formula {there['seconds']:.1f} s there, "
          f"all {time.perf_counter() - start:.1f} s")  # fmt: skip
    return 0


def _site() -> Path:
    """Where what symcost needs is installed."""
    import lark

    return Path(lark.__file__).parents[1]


def _here(asked: str) -> str:
    """The same in a process of this Python."""
    lines = asked.replace("/repository", str(ROOT)).rstrip().splitlines()
    text = "\n".join([*lines[:-1], f"print({lines[-1]})"])
    return subprocess.run([sys.executable, "-c", text], cwd=ROOT, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
