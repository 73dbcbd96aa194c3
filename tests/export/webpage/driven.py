"""A page in a headless browser, driven by hand and eye: sliders are moved, and what stands there is read.

Needs Playwright (PyPI) and a Chromium or Firefox of the system: Playwright 1.58 speaks to Firefox 153 by WebDriver
BiDi, 1.65 asks it for what it does not know. What the page shows is compared with what the library says of the
same model with the same sizes: totals, lines of the model's own text, blocks. Both say nothing, or both the same.
"""

from __future__ import annotations

import json
import shutil
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from gzip import decompress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import symcost
from symcost.errors import SymcostError
from symcost.export.summary import Summary
from symcost.model import Model

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
KINDS = {"chromium": CHROMIUM, "firefox": FIREFOX}

READ = """
() => {
  const number = (cell) => cell?.querySelector("data")?.value ?? null;
  const sizes = [...document.querySelectorAll(".size")].map((one) => [
    one.dataset.size, one.querySelector("input").value.replace(/\\s/g, ""),
  ]);
  const totals = [...document.querySelectorAll("[data-quantity]")].map((row) => [
    row.dataset.quantity, number(row.querySelector(".exact")),
  ]);
  const lines = [...document.querySelectorAll(".code .c button")].map((button) => [
    button.closest("tr").id, button.dataset.exact || null,
  ]);
  const blocks = [...document.querySelectorAll("#tree .leaf, #tree summary")].map((row) => [
    row.querySelector(".name").textContent, number(row.querySelector(".value")),
  ]);
  const of = document.querySelector("input[name=quantity]:checked").value;
  const status = document.getElementById("status").textContent;
  return { sizes, totals, lines, blocks, of, status, hidden: document.getElementById("blocks").hidden };
}
"""

SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))"

MOVE = """
([id, place]) => {
  const slider = document.getElementById(id);
  slider.value = place < 0 ? slider.max : String(Math.round(place * slider.max));
  slider.dispatchEvent(new Event("input", { bubbles: true }));
}
"""

CHOOSE = """
([id, value]) => {
  const select = document.getElementById(id);
  select.value = value;
  select.dispatchEvent(new Event("change", { bubbles: true }));
}
"""


@dataclass
class Driven:
    """A page that is open, and what it complained of."""

    page: Any
    complaints: list[str] = field(default_factory=list)

    def run(self, script: str, given: Any = None) -> Any:
        """A function of the page's own language."""
        return self.page.evaluate(script, given)

    def read(self) -> dict[str, Any]:
        """What stands there, once the picture is drawn."""
        self.run(SETTLED)
        found = self.run(READ)
        assert not self.complaints, self.complaints
        return found

    def move(self, place: int, to: float) -> None:
        """The slider of a size to a part of its way."""
        self.run(MOVE, [f"size-{place}-slider", to])

    def choose(self, what: str, name: str) -> None:
        """A model or a configuration."""
        self.run(CHOOSE, [f"choose-{what}", name])


class NotHere(Exception):
    """A browser that is not installed, or that Playwright cannot speak to."""


@contextmanager
def browser(kind: str = "chromium", *, offline: bool = True) -> Iterator[Any]:
    """A headless browser, with a network that leads nowhere, or only to this machine. Raises NotHere."""
    if KINDS[kind] is None or find_spec("playwright") is None:
        raise NotHere(f"no {kind} or no Playwright")
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as play:
        try:
            there = _launched(play, kind)
            context = there.new_context(offline=offline)
            context.new_page().close()
        except Error as problem:
            raise NotHere(f"Playwright cannot speak to this {kind}: {str(problem).splitlines()[0]}") from None
        yield context
        there.close()


def _launched(play: Any, kind: str) -> Any:
    if kind == "chromium":
        return play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    return play.firefox.launch(channel="moz-firefox", executable_path=FIREFOX)


@contextmanager
def opened(context: Any, path: Path, address: str = "") -> Iterator[Driven]:
    """A file as a page. Whatever the console says is a complaint."""
    page = context.new_page()
    driven = Driven(page)
    page.on("console", lambda message: driven.complaints.append(message.text))
    page.on("pageerror", lambda problem: driven.complaints.append(str(problem)))
    page.on(
        "request", lambda request: None if request.url.startswith("file:") else driven.complaints.append(request.url)
    )
    page.goto(path.as_uri() + address)
    page.wait_for_function("() => document.documentElement.classList.contains('live')")
    yield driven
    assert not driven.complaints, driven.complaints
    page.close()


def compared(model: Model, shown: dict[str, Any]) -> int:
    """How many numbers of a page are those of a model with its sizes; AssertionError for the first that is not."""
    try:
        with_sizes = model.at(**{name: int(size) for name, size in shown["sizes"]})
    except SymcostError:
        assert all(value is None for _, value in shown["totals"]), shown
        assert "No numbers" in shown["status"]
        return 0
    return (
        _totals(with_sizes, shown)
        + _lines(with_sizes, shown)
        + (0 if shown["hidden"] else _blocks(with_sizes, shown))
    )  # fmt: skip


def _totals(model: Model, shown: dict[str, Any]) -> int:
    seen = 0
    for name, value in shown["totals"]:
        if value is None and name == "depth":
            continue  # with sizes so small the formula does not hold, and the page says so
        expected = model.number(model.quantity(name).form)
        assert value == str(expected), (model, name, value, expected)
        seen += 1
    return seen


def _lines(model: Model, shown: dict[str, Any]) -> int:
    """The lines of the model's own definition, which are counted nowhere else."""
    if shown["of"] == "depth":
        return 0
    told = dict(shown["lines"])
    expected: dict[str, Fraction] = {}
    source = model.span.source
    for line in model.explained(shown["of"]).lines:
        if line.span.source is source:
            place = f"s0-{line.span.line}"
            expected[place] = expected.get(place, Fraction(0)) + model.number(line.total)
    for place, value in expected.items():
        assert told[place] == str(value), (model, place, told[place], value)
    return len(expected)


def _blocks(model: Model, shown: dict[str, Any]) -> int:
    """The blocks as a report has them, in the same order."""
    from symcost.conventions import load

    summary = Summary(model, load("default"))
    rows = [(row.label, model.number(model.shown(getattr(row, shown["of"])))) for row in summary.rows(9)]
    known = iter([(label, str(value)) for label, value in rows if value != 0])
    for label, value in shown["blocks"]:
        if value == "0":
            continue  # a loop without a round: with numbers it has no row
        assert (label, value) in known, (model, label, value)  # in this order, with others between
    return len(shown["blocks"])


def told_by(driven: Driven) -> dict[str, Any]:
    """The data of a page, which it may hold compressed."""
    text, is_packed = driven.run(
        "() => { const one = document.getElementById('data'); return [one.text, 'packed' in one.dataset]; }"
    )
    data: dict[str, Any] = json.loads(decompress(b64decode(text)) if is_packed else text)
    return data


def drive(driven: Driven, path: Path) -> int:
    """Every model with every configuration, every slider at both ends and between; how many numbers were compared."""
    data = told_by(driven)
    document = symcost.load(path)
    seen = 0
    for told in data["models"]:
        if len(data["models"]) > 1:
            driven.choose("model", told["name"])
        starts = [config["name"] for config in told["configs"]]
        if not starts or _is_whole(document.model(told["name"])):
            starts.insert(0, "")
        for config in starts:
            model = document.model(told["name"])
            if config:
                model = model.configured(config)
            if told["configs"]:
                driven.choose("config", config)
            shown = driven.read()
            seen += compared(model, shown)
            if config in (starts[0], starts[-1]):
                seen += _moved(driven, model, shown)
    return seen


def _is_whole(model: Model) -> bool:
    """Whether it can be built without the numbers of a configuration."""
    try:
        return bool(model.graph)
    except SymcostError:
        return False


def _moved(driven: Driven, model: Model, shown: dict[str, Any]) -> int:
    seen = 0
    for place in range(len(shown["sizes"])):
        for to in (0, 0.37, -1, 0.6):
            driven.move(place, to)
            found = driven.read()
            seen += compared(model, found)
            assert "No numbers" not in found["status"], found  # a slider breaks no assumption
    return seen
