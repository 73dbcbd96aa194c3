"""A playground as a folder: what is in it, and in a browser that has no network but the folder."""

import json
import shutil
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner

from symcost.cli import main
from symcost.errors import NoPyodide
from symcost.playing import site

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


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
@pytest.mark.skipif(
    CHROMIUM is None or find_spec("playwright") is None or shutil.which("npm") is None,
    reason="no Chromium, no Playwright or no npm",
)
def test_in_a_browser(tmp_path):
    """Opened, a program is typed, and its formula read, from the folder alone."""
    from playwright.sync_api import sync_playwright

    site.build(tmp_path / "site", "model First(x: [T]) -> [T] { return x }", None)
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "site"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here = f"http://127.0.0.1:{server.server_address[1]}/"
    with sync_playwright() as play:
        page = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]).new_page()
        complaints = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("request", lambda request: complaints.append(request.url) if here not in request.url else None)
        page.goto(here)
        page.locator("#text").fill("model My(x: [T, D]) -> [T, 3*D] { return x -> Linear(3*D, bias = false) }")
        frame = page.frame_locator("#page")
        frame.locator("h1", has_text="My").wait_for(timeout=240_000)
        assert frame.locator("#formula .pieces").get_attribute("aria-label") == "D·3·D·T"
        assert not complaints
    server.shutdown()
