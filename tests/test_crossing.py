"""What crosses processes: documents, models and quantities by their texts and values; how symcost is found there."""

from __future__ import annotations

import copy
import os
import pickle
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import symcost
from symcost.questions import questions

ROOT = Path(__file__).parents[1]


def both(thing: object) -> list[object]:
    return [pickle.loads(pickle.dumps(thing)), copy.copy(thing), copy.deepcopy(thing)]


def test_texts_travel(tmp_path: Path) -> None:
    """A model of a file that uses another is the same where neither file is there any more, or where they changed."""
    (tmp_path / "part.arch").write_text("module Part(x: [T, D], F) { return x -> Linear(F) -> relu -> Linear(D) }")
    (tmp_path / "whole.arch").write_text('use "part.arch"\nmodel Whole(x: [T, D], F) { return x -> Part(F) }')
    document = symcost.load(tmp_path / "whole.arch")
    sent = pickle.dumps((document, document.model(), document.model().params, document.model().at(F="4*D")))
    wanted = document.model().params
    (tmp_path / "part.arch").write_text("module Part(x: [T, D], F) { return x }")
    (tmp_path / "whole.arch").unlink()
    came, model, params, wide = pickle.loads(sent)
    assert came.model().params == model.params == params == wanted
    assert str(wide.params) == str(wide.at().params) and wide.params(D=2) == wanted(D=2, F=8)
    assert params(D=3, F=5) == wanted(D=3, F=5)
    assert came.model().span.source.name == str(tmp_path / "whole.arch")


def test_before_and_after_being_asked() -> None:
    """Whatever was asked before, what comes back says the same to every question."""
    document = symcost.loads("model A(x: [T, I], H, O = 2) { return x -> LSTM(H) -> Linear(O) }", "a.arch")
    model = document.model().at(H=4)
    for _ in range(2):
        for one in both(model):
            assert isinstance(one, symcost.Model)
            assert one.values == {"H": 4}
            for name in ("params", "macs", "depth", "peak"):
                assert str(one.quantity(name)) == str(model.quantity(name))
        for again in both(document):
            assert isinstance(again, symcost.Document)
            assert again.model().params == document.model().params
    settled = model.at(T=3, I=2, O=5).settled()
    assert [one.params for one in both(settled)] == [settled.params] * 3  # type: ignore[attr-defined]


def test_answers_travel() -> None:
    """Quantities, also those by class, take numbers in another place; costs and assumptions are what they were."""
    model = symcost.loads("model A(x: [T, D], heads) { return x -> SelfAttention(heads) }").model()
    for thing in (model.macs, model.operations["exp"], model.backward["mac"], model.flops("exact"), 2 * model.macs):
        again = pickle.loads(pickle.dumps(thing))
        assert again == thing and again(T=4, D=8, heads=2) == thing(T=4, D=8, heads=2)
    assert pickle.loads(pickle.dumps(model.cost)) == model.cost
    assert pickle.loads(pickle.dumps(model.facts)) == model.facts
    for name in questions():
        if name != "scalar_depth":
            assert pickle.loads(pickle.dumps(model.quantity(name))).form == model.quantity(name).form


class Whole:
    """An integer of another library, as NumPy has them."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __index__(self) -> int:
        return self.value


@pytest.mark.parametrize("value", [128, 128.0, Whole(128), "128"])
def test_whole_numbers_of_any_type(value: object) -> None:
    """Integers of other libraries and whole floats are taken for what they are."""
    model = symcost.loads("model A(x: [T, I], H) { return x -> Linear(H) }").model()
    assert model.macs(T=value, I=2, H=3) == 128 * 6
    if not isinstance(value, str):
        T = symcost.form("T")
        assert T.evaluate({"T": value}) == 128  # type: ignore[dict-item]
        assert T * value == T * 128  # type: ignore[operator]


@pytest.mark.parametrize("value", [128.5, float("nan"), float("inf"), True, None, "T+", 3j, object()])
def test_no_numbers(value: object) -> None:
    """What is no whole number is refused, and never taken for another."""
    model = symcost.loads("model A(x: [T, I], H) { return x -> Linear(H) }").model()
    with pytest.raises(symcost.SymcostError, match="bad-value"):
        model.macs(T=value, I=2, H=3)
    with pytest.raises(TypeError):
        symcost.form("T").evaluate({"T": value})  # type: ignore[dict-item]


def test_other_libraries() -> None:
    """NumPy's, pandas' and SymPy's integers, where these are installed."""
    sympy = pytest.importorskip("sympy")
    model = symcost.loads("model A(x: [T, I], H) { return x -> Linear(H) }").model()
    assert model.macs(T=sympy.Integer(128), I=2, H=3) == 128 * 6
    numpy = pytest.importorskip("numpy")
    for value in (numpy.int64(128), numpy.uint8(128), numpy.float64(128.0), numpy.float32(128.0)):
        assert model.macs(T=value, I=2, H=3) == 128 * 6
        assert value * symcost.form("T") == symcost.form("128*T")
    with pytest.raises(symcost.SymcostError, match="bad-value"):
        model.macs(T=numpy.float64(128.5), I=2, H=3)


@pytest.mark.slow
def test_from_a_zip_file_and_without_a_home(tmp_path: Path) -> None:
    """Grammar, library, conventions and devices are found in a zip file; a home that is not there is not made."""
    with zipfile.ZipFile(tmp_path / "symcost.zip", "w") as packed:
        for file in sorted((ROOT / "symcost").rglob("*")):
            if file.suffix in (".py", ".arch", ".toml"):
                packed.write(file, file.relative_to(ROOT))
        packed.write(ROOT / "grammar/arch.lark", "symcost/grammar/arch.lark")
    program = (
        "import symcost\n"
        "assert 'symcost.zip' in symcost.__file__\n"
        "model = symcost.loads('model A(x: [T, I]) { return x -> LSTM(4) }').model()\n"
        "print(model.params, model.flops('exact'))\n"
    )
    home = tmp_path / "nobody"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "symcost.zip"), "HOME": str(home)}
    environment.pop("XDG_CACHE_HOME", None)
    said = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, cwd=tmp_path
    )
    assert said.stdout.startswith("16·I"), said.stderr
    devices = [sys.executable, "-m", "symcost", "devices"]
    assert subprocess.run(devices, env=environment, capture_output=True, cwd=tmp_path).returncode == 0
    assert not home.exists()


@pytest.mark.skipif(shutil.which("mypy") is None, reason="mypy is not here")
@pytest.mark.slow
def test_a_name_that_is_not_there_is_a_type_error(tmp_path: Path) -> None:
    """`symcost.laod` is found by who checks types."""
    (tmp_path / "wrong.py").write_text("import symcost\nsymcost.laod('a.arch')\nsymcost.load('a.arch')\n")
    command = ["mypy", "--follow-imports=silent", "wrong.py"]
    environment = {**os.environ, "MYPYPATH": str(ROOT)}
    said = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert 'has no attribute "laod"' in said.stdout and "Found 1 error" in said.stdout
