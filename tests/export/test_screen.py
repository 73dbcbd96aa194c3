"""Pages that are set by hand are those that rich draws, and rich is not loaded for them."""

from __future__ import annotations

import subprocess
import sys

from hypothesis import given, strategies as st

from symcost.export.screen import Column, Screen, Styled

CELL = st.text("ab ·⌈1,²—", max_size=12)


@st.composite
def tables(draw: st.DrawFn) -> list[Column]:
    count = draw(st.integers(1, 4))
    rows = draw(st.integers(0, 4))
    return [
        Column(draw(CELL), draw(st.lists(CELL, min_size=rows, max_size=rows)), draw(st.booleans()))
        for _ in range(count)
    ]  # fmt: skip


class ByRich(Screen):
    """Never sets anything by hand."""

    _is_bare = False  # type: ignore[assignment]


@given(tables(), st.integers(40, 90), st.booleans())
def test_a_table(columns: list[Column], width: int, stiff: bool) -> None:
    """Whatever fits is the same by hand; what does not fit is rich's."""
    own = Screen(width, plain=True).table(columns, stiff=stiff)
    assert own == ByRich(width, plain=True).table(columns, stiff=stiff)


@given(st.lists(st.text("ab ·\n界\t", max_size=60), min_size=1, max_size=3), st.integers(40, 90))
def test_words(texts: list[str], width: int) -> None:
    """Lines are broken where rich breaks them; wide characters, tabs and the like are left to it."""
    parts = [Styled(text, style) for text, style in zip(texts, ("", "bold", ""), strict=False)]
    assert Screen(width, plain=True).text(parts) == ByRich(width, plain=True).text(parts)


def test_a_report_into_a_pipe_loads_no_rich() -> None:
    """It takes a tenth of the time of a short command."""
    script = (
        "import sys\nfrom symcost.cli.main import main\n"
        "sys.argv = ['symcost', 'report', 'examples/lecture/elman.arch', 'T=2', 'I=3', 'H=4']\n"
        "try:\n    main()\nfinally:\n    assert not any(name.startswith('rich') for name in sys.modules)\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "Elman" in run.stdout
