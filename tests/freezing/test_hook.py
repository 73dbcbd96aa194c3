"""Programs that PyInstaller freezes: the hook names every room that is loaded when asked for, and all data."""

from __future__ import annotations

import runpy
import shutil
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import symcost
from symcost.freezing import get_hook_dirs

PACKAGE = Path(symcost.__file__).parent

PROGRAM = """
import symcost
model = symcost.load(__import__("sys").argv[1]).model()
print(model.params, model.at(T=100, I=64, H=128).macs, len(str(symcost.devices()).splitlines()) > 3)
"""


def hooked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the hook says, with helpers that do what those of PyInstaller do with a package."""
    hooks = ModuleType("PyInstaller.utils.hooks")
    files = [path for path in PACKAGE.rglob("*") if path.is_file()]

    def modules(package: str, filter: Any) -> list[str]:
        names = [
            ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in files if path.suffix == ".py"
        ]
        return [name for name in names if filter(name)]

    def data(package: str, excludes: list[str]) -> list[tuple[str, str]]:
        return [(str(path), str(path.parent.relative_to(PACKAGE.parent))) for path in files if path.suffix != ".py"]

    vars(hooks).update(collect_submodules=modules, collect_data_files=data, copy_metadata=lambda package: [])
    for name in ("PyInstaller", "PyInstaller.utils"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, "PyInstaller.utils.hooks", hooks)
    (folder,) = get_hook_dirs()
    return runpy.run_path(str(Path(folder) / "hook-symcost.py"))


def test_what_is_loaded_late_and_all_data_go_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rooms behind `symcost.__getattr__`, devices, conventions and the library; nothing that needs an extra."""
    said = hooked(monkeypatch)
    assert {"symcost.pages.of_model", "symcost.hardware.device", "symcost.questions.counts"} <= set(
        said["hiddenimports"]
    )
    assert not [name for name in said["hiddenimports"] if name.startswith(("symcost.sphinx", "symcost.importing"))]
    folders = {folder for _, folder in said["datas"]}
    assert {"symcost/library", "symcost/hardware/devices", "symcost/conventions", "symcost/optimizers"} <= folders


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pyinstaller") is None, reason="PyInstaller is not installed")
@pytest.mark.skipif(not entry_points(group="pyinstaller40", name="hook-dirs"), reason="symcost is not installed")
def test_a_frozen_program_answers(tmp_path: Path) -> None:
    """A program in one folder, run from another, finds grammar, library and devices."""
    program = tmp_path / "cost.py"
    program.write_text(PROGRAM)
    subprocess.run(["pyinstaller", "--log-level=ERROR", str(program)], cwd=tmp_path, check=True)
    example = Path(__file__).parents[2] / "examples" / "lecture" / "elman.arch"
    frozen = tmp_path / "dist" / "cost" / "cost"
    said = subprocess.run([str(frozen), str(example)], cwd="/", check=True, capture_output=True, text=True).stdout
    assert said.endswith("True\n")
