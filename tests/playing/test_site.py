"""A playground as a folder: what is in it, and in a browser that has no network but the folder."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from symcost.cli import main
from symcost.errors import NoPyodide
from symcost.playing import site
from tests.export.webpage.driven import NotHere
from tests.playing.driven import FIRST
from tests.playing.run import played


@pytest.fixture
def without_python(monkeypatch):
    """Everything but Pyodide, which npm would have to fetch."""
    monkeypatch.setattr(site, "_python", lambda room, into: None)


def test_what_is_in_it(tmp_path, without_python):
    """The page with its policy, the library with what it needs and its grammar, the text with the files it uses."""
    out = tmp_path / "site"
    ran = CliRunner().invoke(main, ["play", "examples/language/llama.arch", "--build", str(out)])
    assert ran.exit_code == 0, ran.output
    index = (out / "index.html").read_text()
    assert 'data-way="alone"' in index
    assert "'wasm-unsafe-eval'" in index and "'unsafe-eval'" not in index
    start = json.loads((out / "start.json").read_text())
    assert start["name"] == "llama.arch" and start["path"] == "/library/project/llama.arch"
    with zipfile.ZipFile(out / "library.zip") as packed:
        names = packed.namelist()
    assert len(names) == len(set(names))
    assert {"symcost/playing/answer.py", "symcost/grammar/arch.lark", "lark/__init__.py", "networkx/__init__.py"} <= {
        *names
    }
    assert {"project/llama.arch", "project/llama_blocks.arch"} <= {*names}
    assert not any("tests" in Path(name).parts or name.startswith(("sympy", "/")) or ".." in name for name in names)
    with zipfile.ZipFile(out / "sympy.zip") as packed:
        assert "sympy/__init__.py" in packed.namelist()


def test_the_same_again(tmp_path, without_python):
    """The same packages make the same archive."""
    for name in ("one", "two"):
        assert CliRunner().invoke(main, ["play", "--build", str(tmp_path / name)]).exit_code == 0
    assert (tmp_path / "one/library.zip").read_bytes() == (tmp_path / "two/library.zip").read_bytes()


def test_not_over_something(tmp_path, without_python):
    """What is in a folder stays."""
    (tmp_path / "mine.txt").write_text("mine")
    ran = CliRunner().invoke(main, ["play", "--build", str(tmp_path)])
    assert ran.exit_code == 1 and "not-empty" in ran.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


def test_not_writable(tmp_path, without_python):
    """A place that cannot be written is said, with status 2."""
    (tmp_path / "file").write_text("")
    ran = CliRunner().invoke(main, ["play", "--build", str(tmp_path / "file" / "site")])
    assert ran.exit_code == 2 and "cannot write" in ran.output


def test_without_npm(tmp_path, monkeypatch):
    """Without npm it is said what is missing, and nothing is written."""
    monkeypatch.setattr(shutil, "which", lambda name: None)
    ran = CliRunner().invoke(main, ["play", "--build", str(tmp_path / "site")])
    assert ran.exit_code == 1 and "npm is not installed" in ran.stderr and not (tmp_path / "site").exists()


def test_another_archive(tmp_path, monkeypatch):
    """An archive with another hash than the known one is not unpacked."""
    wrong = tmp_path / "pyodide-0.tgz"
    wrong.write_bytes(b"something else")
    monkeypatch.setattr(site, "_fetched", lambda room: wrong)
    with pytest.raises(NoPyodide, match="another archive"):
        site.build(tmp_path / "site", "", None)


@pytest.mark.thorough
@pytest.mark.slow
@pytest.mark.skipif(shutil.which("npm") is None, reason="no npm")
def test_in_a_browser(tmp_path):
    """Opened, a program is typed, and its faults, formula, numbers and picture are read, from the folder alone."""
    site.build(tmp_path / "site", FIRST, None)
    try:
        played("chromium", tmp_path / "site")
    except NotHere as why:
        pytest.skip(str(why))
