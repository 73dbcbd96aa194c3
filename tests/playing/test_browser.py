"""The playground of this machine in headless Chromium and Firefox; `run.py` beside this file has the one that needs no
server, too.
"""

import pytest

from tests.export.webpage.driven import KINDS, NotHere, browser
from tests.playing.driven import FIRST, drive, opened, played_here, typed

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=KINDS)
def context(request):
    try:
        with browser(request.param, offline=False) as there:
            yield there
    except NotHere as why:
        pytest.skip(str(why))


def test_typed(context):
    """Faults, formula, tree, picture and numbers are the library's; nothing else is asked; the console is silent."""
    with played_here(FIRST) as address, opened(context, address) as page:
        assert drive(page) > 20


def test_file(context, tmp_path):
    """It begins with the file, whose name it says and which it does not change; what it uses is found."""
    (tmp_path / "beside.arch").write_text("module Beside(x: [T, D]) -> [T, D] { return x -> Linear(D) }\n")
    mine = tmp_path / "mine.arch"
    mine.write_text('use "beside.arch"\nmodel M(x: [T, D]) -> [T, D] { return Beside(x) }\n')
    with played_here(mine.read_text(), mine) as address, opened(context, address) as page:
        assert page.locator("#file").inner_text() == "mine.arch"
        assert page.locator("#status").inner_text() == "no faults"
        typed(page, 'use "../outside.arch"\n')
        assert page.locator("#status").inner_text() == "1 fault"
        assert mine.read_text().startswith('use "beside.arch"')


def test_sliders_stay(context):
    """Who goes on typing keeps the sizes and the quantity that he chose."""
    with played_here(FIRST) as address, opened(context, address) as page:
        text = "model M(x: [T, D]) -> [T, D] { return x -> Linear(D) }"
        typed(page, text)
        frame = page.frame_locator("#page")
        frame.locator("#size-0").fill("77")
        frame.locator("input[value=params]").check()
        page.wait_for_timeout(500)
        typed(page, text.replace("Linear(D)", "Linear(D) -> relu -> Linear(D)"))
        frame.locator("#formula .pieces[aria-label='2·D·D + 2·D']").wait_for()
        assert frame.locator("#size-0").input_value() == "77"
        assert frame.locator("input[value=params]").is_checked()


def test_nothing_is_run_in_vain(context):
    """An answer that comes late does not replace a later one."""
    with played_here(FIRST) as address, opened(context, address) as page:
        field = page.locator("#text")
        field.fill("model A(x: [T, D]) -> [T, D] { return x -> Linear(D) }")
        page.wait_for_timeout(400)
        typed(page, "model B(x: [T, D]) -> [T, D] { return x -> Linear(D) }")
        page.frame_locator("#page").locator("h1", has_text="B").wait_for()
        page.wait_for_timeout(500)
        assert page.frame_locator("#page").locator("h1").inner_text() == "B"
