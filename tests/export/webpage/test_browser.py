"""Pages in headless Chromium and Firefox: `run.py` beside this file has all examples, here are a few."""

import re
from pathlib import Path

import pytest

import symcost
from symcost.export.webpage import webpage
from tests.export.webpage.driven import KINDS, READ, NotHere, browser, compared, drive, opened
from tests.export.webpage.test_page import HOSTILE

pytestmark = pytest.mark.slow

WINDOWED = Path("examples/lecture/attention.arch")


@pytest.fixture(scope="module", params=KINDS)
def context(request):
    try:
        with browser(request.param) as there:
            yield there
    except NotHere as why:
        pytest.skip(str(why))


@pytest.fixture
def page(tmp_path):
    """A file with the page of some models."""

    def written(*models, **options):
        path = tmp_path / "page.html"
        path.write_text(webpage(list(models), **options), encoding="utf-8")
        return path

    return written


@pytest.mark.parametrize("file", ["lecture/elman", "lecture/conv2d"])
def test_numbers(context, page, file):
    """Wherever the sliders stand, what the page says is what the library says, and the console says nothing."""
    path = Path(f"examples/{file}.arch")
    with opened(context, page(*symcost.load(path).asked.values())) as driven:
        assert drive(driven, path) > 100
        assert driven.page.pdf(format="A4").startswith(b"%PDF")


def test_every_quantity(context, page):
    """Each quantity can be chosen; its lines and blocks are the library's."""
    model = symcost.load(WINDOWED).model("Windowed")
    with opened(context, page(model)) as driven:
        driven.page.locator("summary", has_text="Operations by class").click()
        for name in [row[0] for row in driven.read()["totals"]]:
            driven.page.check(f"input[value={name}]")
            shown = driven.read()
            assert shown["of"] == name
            shown["hidden"] = shown["hidden"] or name not in ("params", "macs", "flops")
            assert compared(model, shown)


def test_hostile(context, page):
    """Words that would be elements and scripts elsewhere are read as words."""
    model = symcost.loads(HOSTILE, "<img src=x>.arch").model()
    with opened(context, page(model)) as driven:
        driven.page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        shown = driven.read()
        assert compared(model, shown)
        assert "</script><script>alert(1)</script>" in driven.page.inner_text("#doc")
        assert driven.page.inner_text(".size .words").startswith("</title>")
        assert driven.run("() => document.querySelectorAll('script, img, b, header svg').length") == 2


@pytest.mark.parametrize(
    "address",
    ["#model=%3Cscript%3E&config=%22%3E&of=__proto__&size.T=1e999", "#size.T=-1&of=constructor", "#%E0%A4%A", "#=&&=&"],
)
def test_hostile_address(context, page, address):
    """An address that says nonsense is read as far as it says anything."""
    model = symcost.load("examples/lecture/elman.arch").model()
    with opened(context, page(model), address) as driven:
        assert compared(model, driven.read())


def test_font(context, page):
    """Formulas are set in the font that the page holds."""
    with opened(context, page(symcost.load("examples/lecture/elman.arch").model())) as driven:
        loaded = "() => document.fonts.ready.then((fonts) => [...fonts].map((font) => [font.family, font.status]))"
        ((family, status),) = driven.run(loaded)
        assert (family.strip('"'), status) == ("symcost Math", "loaded")


def test_link(context, page):
    """The address carries sizes and quantity to whoever opens it."""
    model = symcost.load("examples/lecture/elman.arch").model()
    path = page(model)
    with opened(context, path) as driven:
        driven.page.fill("#size-0", "2^20")
        driven.page.check("input[value=params]")
        shown = driven.read()
        driven.page.wait_for_timeout(500)
        link = driven.run("() => location.hash")
    with opened(context, path, link) as other:
        found = other.read()
        assert found["totals"] == shown["totals"] and found["sizes"] == shown["sizes"] and found["of"] == "params"
        assert compared(model, found)


def test_wrong_sizes(context, page):
    """What is no size, and sizes that break an assumption, leave no number, and it is said why."""
    text = "model M(x: [T, D], heads) -> [T, D] { assume heads divides D return x -> Linear(D) }"
    model = symcost.loads(text).model().at(T=8, D=64, heads=8)
    with opened(context, page(model)) as driven:
        driven.page.fill("#size-1", "65")
        shown = driven.read()
        assert "heads divides D does not hold" in shown["status"]
        assert compared(model, shown) == 0
        for wrong in ("0", "-3", "1.5", "many", "", "9" * 400):
            driven.page.fill("#size-1", wrong)
            shown = driven.read()
            assert all(value is None for _, value in shown["totals"]) and "a size is missing" in shown["status"]
            assert driven.page.get_attribute("#size-1", "aria-invalid") == "true"
        driven.page.fill("#size-1", "72")
        assert compared(model, driven.read())


def test_sliders_stop(context, page):
    """A slider stops where it would break an assumption, and by keyboard gets over sizes that break one."""
    text = "model M(x: [T, D], heads) -> [T, D] { assume heads divides D assume T <= 100 return x -> Linear(D) }"
    model = symcost.loads(text).model().at(T=8, D=64, heads=4)
    with opened(context, page(model)) as driven:
        driven.move(0, -1)
        shown = driven.read()
        assert dict(shown["sizes"])["T"] == "100" and "T stops at 100: T <= 100" in shown["status"]
        driven.page.focus("#size-2-slider")
        driven.page.keyboard.press("ArrowRight")
        assert dict(driven.read()["sizes"])["heads"] == "8"
        driven.page.keyboard.press("ArrowLeft")
        assert dict(driven.read()["sizes"])["heads"] == "4"


def test_lines_and_terms(context, page):
    """A line that has the focus lights its terms up, a term that has it its lines."""
    text = Path("examples/lecture/elman.arch").read_text(encoding="utf-8")
    line = 1 + text[: text.index("param W")].count("\n")
    with opened(context, page(symcost.load("examples/lecture/elman.arch").model(), of="params")) as driven:
        driven.page.focus(f"#s0-{line} button")
        assert driven.run("() => document.querySelectorAll('#formula .t.lit').length") == 3
        assert f"Line {line}" in driven.page.inner_text("#line")
        driven.page.focus("#formula .t")
        assert driven.run("() => document.querySelector('tr.lit').id") == f"s0-{line}"
        driven.page.locator("#size-0").focus()
        assert driven.run("() => document.querySelectorAll('.lit').length") == 0


def test_read_aloud(context, page):
    """The accessibility tree has every slider with its name and value, the formula as mathematics, the total."""
    model = symcost.load("examples/lecture/elman.arch").model()
    with opened(context, page(model)) as driven:
        told = driven.page.locator("body").aria_snapshot()
        for part in ("heading", '- slider "T, time"', '- radio "Multiply-accumulates"', "math"):
            assert part in told, (part, told)
        assert re.search('- textbox "T ?time"', told), told  # the older Playwright leaves out the blank
        total = model.number(model.at(T=64, I=64, H=64).macs.form)
        assert driven.run("() => document.getElementById('status').textContent.replace(/\\s/g, '')") == f"{total}MACs"
        assert driven.run("() => document.getElementById('size-0-slider').getAttribute('aria-valuetext')") == "64"


def test_narrow_and_dark(context, page):
    """On a telephone nothing stands beside the page; in the dark the page is."""
    path = page(*symcost.load("examples/lecture/conv2d.arch").asked.values())
    with opened(context, path) as driven:
        driven.page.set_viewport_size({"width": 360, "height": 740})
        wide, room = driven.run("() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide == room <= 360
        if context.browser.browser_type.name == "firefox":
            return  # which takes no colour scheme from WebDriver BiDi yet
        driven.page.emulate_media(color_scheme="dark")
        assert driven.run("() => getComputedStyle(document.documentElement).backgroundColor") == "rgb(24, 26, 28)"


def test_without_mathml(context, page):
    """Where MathML is unknown, formulas are plain text."""
    other = context.new_page()
    other.add_init_script("delete window.MathMLElement")
    other.goto(page(symcost.load("examples/lecture/elman.arch").model()).as_uri())
    assert other.inner_text("#formula .set code") == "(I·H + H·H)·T"
    assert other.evaluate(READ)["totals"][0][1] == "8256"
    other.close()


def test_without_script(context, page):
    """Without JavaScript there are formulas and the text, and no controls that do nothing."""
    if context.browser.browser_type.name == "firefox":
        pytest.skip("WebDriver BiDi cannot switch JavaScript off")
    without = context.browser.new_context(java_script_enabled=False)
    plain = without.new_page()
    plain.goto(page(symcost.load("examples/lecture/elman.arch").model()).as_uri())
    assert not plain.locator("#controls").is_visible()
    assert plain.locator("#totals math").count() == 4
    without.close()


def test_names_that_objects_have(context, page):
    """A size may be called as what every object of JavaScript has."""
    text = "model M(x: [constructor, toString]) -> [constructor, toString] { return x -> Linear(toString) }"
    model = symcost.loads(text).model()
    with opened(context, page(model)) as driven:
        driven.move(0, -1)
        driven.move(1, 0.2)
        assert compared(model, driven.read())
