"""The examples: every expectation kept, enough published figures met, short, and no text twice."""

from __future__ import annotations

import re
from pathlib import Path
from statistics import median

import pytest

from symcost.export.page import Room
from symcost.export.reports.check import Verdict, page
from symcost.export.writings.markdown import write
from tests.examples.files import FILES, ROOT, ZOO, checked, each

LONGEST_COPY = 11
"""Lines; what is longer belongs into a common file or the library."""


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("path", each())
def test_expectations_are_kept(path: Path) -> None:
    """Each expectation holds, to the last digit or within what is said."""
    assert [item.text for item in checked(path) if not item.ok] == []


@pytest.mark.parametrize("path", each())
def test_a_file_opens_with_what_it_shows(path: Path) -> None:
    """The first line is a comment; who states figures of an architecture names its paper, or uses a file that does."""
    head = [line for line in lines(path)[:8] if line.startswith(("#", "use "))]
    assert lines(path)[0].startswith("# ")
    if path in ZOO and any(item.figure for item in checked(path)):
        assert re.search(r"\(\d{4}\)|^use ", "\n".join(head), re.MULTILINE)


@pytest.mark.parametrize("path", each(ZOO))
def test_published_figures_name_their_source(path: Path) -> None:
    """Above or behind every number that is expected stands where it is from."""
    assert [item.text for item in checked(path) if item.figure and not item.source] == []


@pytest.mark.slow
@pytest.mark.parametrize(("quantity", "relations", "least"), [("params", {"=="}, 60), ("macs", {"==", "~="}, 40)])
def test_enough_figures_are_met(quantity: str, relations: set[str], least: int) -> None:
    """Exact parameters of at least 60 configurations, and MACs of at least 40."""
    met = {
        (path, item.about)
        for path in ZOO
        for item in checked(path)
        if item.figure and item.check.quantity.text == quantity and item.check.relation in relations
    }
    assert len(met) >= least


@pytest.mark.slow
def test_the_page_is_what_the_command_prints() -> None:
    """`symcost check examples --format markdown --output examples/README.md` writes it anew."""
    target = ROOT / "examples" / "README.md"
    figures = page([Verdict(str(path), checked(path)) for path in FILES], target.parent)
    assert write(figures, Room()) == target.read_text(encoding="utf-8")


def test_no_example_repeats_another() -> None:
    """Twelve lines in a row stand in one file only, blank ones and comments aside."""
    seen: dict[tuple[str, ...], Path] = {}
    for path in FILES:
        text = [line.strip() for line in lines(path) if line.strip() and not line.startswith("#")]
        for start in range(len(text) - LONGEST_COPY):
            piece = tuple(text[start : start + LONGEST_COPY + 1])
            assert seen.setdefault(piece, path) == path, piece


def test_examples_are_short() -> None:
    """Half of them say what a network is in fewer than 40 lines."""
    assert median(len(said(path)) for path in FILES) < 40


BESIDE = re.compile(r'^config [^{]*\{[^}]*\}\n|^expect [^{]*\{[^}]*\}\n|^"""[\s\S]*?"""\n|^#.*\n|^\s*\n', re.MULTILINE)
"""What stands beside a network: sizes, keys of published files, expectations, words about it."""


def said(path: Path) -> list[str]:
    """The lines of an example that say what is done."""
    return BESIDE.sub("", path.read_text(encoding="utf-8")).splitlines()
