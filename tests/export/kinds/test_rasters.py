"""The pages that matter look as they looked when somebody looked at them: rasters beside kept ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.export.kinds.rasters import PAGES, Page, Raster, apart, kept, made, missing

MOST = 0.3
"""Black cells of ink that may be out of place in a window. Computer Modern by another package is 0.2 apart from Latin
Modern, a name under a brace that is missing 0.7, a rule 1.0, two lines one over the other 1.6, a formula over the
margin 4."""

needs_tex = pytest.mark.skipif(bool(missing()), reason=f"needs {missing()}")


@pytest.mark.slow
@needs_tex
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_looks_as_it_did(page: Page, tmp_path: Path) -> None:
    """If it is meant to look otherwise: `python -m tests.export.kinds.rasters`, and look at what that draws."""
    found = made(page, tmp_path)
    there = kept(page.kept)
    if apart(found, there) > MOST:
        seen = tmp_path / f"{page.name}.png"
        seen.write_bytes(found.png)
        pytest.fail(f"{page.name} is {apart(found, there):.2f} from {page.kept.name}; it looks like {seen}")


@pytest.mark.slow
@needs_tex
def test_another_engine_sets_the_same(tmp_path: Path) -> None:
    """LuaLaTeX has its fonts from other files."""
    page = next(page for page in PAGES if page.name == "derivation")
    try:
        found = made(page, tmp_path, engine="lualatex")
    except FileNotFoundError:
        pytest.skip("needs lualatex: texlive-luatex")
    assert apart(found, kept(page.kept)) <= MOST


# The measure --------------------------------------------------------------------------------------

KEPT = [pytest.param(kept(page.kept), id=page.name) for page in PAGES]


def moved(raster: Raster, right: int, down: int) -> Raster:
    rows = [bytes(right) + row[: raster.width - right] for row in raster.rows]
    return replace(raster, rows=(*[bytes(raster.width)] * down, *rows[: len(rows) - down]))


def lines(raster: Raster) -> list[range]:
    """Rows with ink, as far as they follow each other and are as high as a line."""
    found: list[range] = []
    first = None
    for at, row in enumerate([*raster.rows, b""]):
        if any(row):
            first = at if first is None else first
        elif first is not None:
            found.append(range(first, at))
            first = None
    return [line for line in found if len(line) >= 4]


@pytest.mark.parametrize("raster", KEPT)
def test_what_nobody_sees_is_the_same(raster: Raster) -> None:
    """Moved by two pixels, and a little lighter."""
    lighter = replace(raster, rows=tuple(bytes(max(0, ink - 1) for ink in row) for row in raster.rows))
    assert apart(raster, moved(raster, 2, 2)) <= MOST
    assert apart(raster, lighter) <= MOST


@pytest.mark.parametrize("raster", KEPT)
def test_a_line_that_is_missing_is_seen(raster: Raster) -> None:
    line = lines(raster)[-1]
    gone = [bytes(raster.width) if at in line else row for at, row in enumerate(raster.rows)]
    assert apart(raster, replace(raster, rows=tuple(gone))) > MOST


@pytest.mark.parametrize("raster", KEPT)
def test_what_is_cut_off_is_seen(raster: Raster) -> None:
    """The last letters of all lines."""
    right = max(len(row.rstrip(b"\0")) for row in raster.rows) - 25
    cut = tuple(row[:right] + bytes(raster.width - right) for row in raster.rows)
    assert apart(raster, replace(raster, rows=cut)) > MOST


@pytest.mark.parametrize("raster", KEPT)
def test_one_line_over_another_is_seen(raster: Raster) -> None:
    """The page, and over it the same one a line lower."""
    over = zip(raster.rows, moved(raster, 4, 10).rows, strict=True)
    both = tuple(bytes(min(15, a + b) for a, b in zip(one, other, strict=True)) for one, other in over)
    assert apart(raster, replace(raster, rows=both)) > MOST


def test_kept_pictures_are_small() -> None:
    """All together they are less than one photograph."""
    sizes = [page.kept.stat().st_size for page in PAGES]
    assert max(sizes) < 30_000 and sum(sizes) < 100_000


def test_a_picture_is_read_as_it_was_written(tmp_path: Path) -> None:
    raster = Raster(3, (bytes([0, 7, 15]), bytes([1, 2, 3])))
    (tmp_path / "a.png").write_bytes(raster.png)
    assert kept(tmp_path / "a.png") == raster
