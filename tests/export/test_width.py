"""The width of a terminal is the one that Python's own library tells."""

import shutil

import pytest
from click.testing import CliRunner

from symcost.cli.main import main
from symcost.export.width import columns_of_terminal


@pytest.mark.parametrize("said", [None, "", "0", "-3", "wide", "37", "61", "100", "400"])
def test_as_told_by_shutil(said: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever stands in `COLUMNS`."""
    monkeypatch.delenv("COLUMNS", raising=False)
    if said is not None:
        monkeypatch.setenv("COLUMNS", said)
    assert columns_of_terminal(73) == shutil.get_terminal_size((73, 24)).columns


@pytest.mark.parametrize("said", ["30", "61", "90", "400"])
def test_help_is_as_wide_as_click_would_have_it(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Help of all commands, with the margin and the limits of click."""
    monkeypatch.setenv("COLUMNS", said)
    ours = main.make_context("symcost", [], resilient_parsing=True)
    theirs = super(type(ours), ours).make_formatter()
    assert ours.make_formatter().width == theirs.width


def test_forced_by_who_tests() -> None:
    """click's own runner says how wide help is."""
    lines = CliRunner().invoke(main, ["--help"]).output.splitlines()
    assert max(map(len, lines)) <= 80
