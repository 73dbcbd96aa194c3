"""The page itself: one file that loads nothing, valid, in which nothing of a user's text is code."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from importlib.resources import files

import pytest
from click.testing import CliRunner

import symcost
from symcost.cli import main
from symcost.conventions import load
from symcost.errors import MissingValue, NotForAPage, OpenWeights
from symcost.export.webpage import webpage
from symcost.export.webpage.assembled import filled
from symcost.export.webpage.colours import coloured
from symcost.export.webpage.data import Book, Sources
from symcost.export.webpage.lines import by_line
from symcost.export.webpage.marked import Marked, Terms
from symcost.export.webpage.packed import SIGNS, packed
from symcost.export.webpage.variants import variants
from symcost.pictures import graph

ELMAN = "examples/lecture/elman.arch"

HOSTILE = '''
"""Ends </script><script>alert(1)</script> <!-- <b onclick=alert(2)> {{script}} {{data}}"""
model Bad(x: [T, D], H) -> [T, H] { return Linear(x, H) }   # <img src=x onerror=alert(3)>
dim T "</title><svg onload=alert(4)>", D "\\u003cscript\\u003ealert(5)", H "]]>&lt;i&gt;"
config tiny { T = 2, D = 3, H = 4 }
'''


def page_of(text: str, **options: object) -> str:
    return webpage(list(symcost.loads(text, "<img src=x>.arch").asked.values()), **options)


def data_of(page: str) -> dict:
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])


class Reader(HTMLParser):
    """Elements in the order in which they open, and whether each is closed where it has to be."""

    VOID = ("meta", "link", "br", "input", "img", "mspace")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def elman():
    return webpage([symcost.load(ELMAN).model()], version="0.0.0")


# One file -----------------------------------------------------------------------------------------


def test_valid(elman):
    """Every element is closed, no id is given twice, every label and description is of something."""
    read = Reader(elman)
    assert not read.open
    ids = [given["id"] for _, given in read.elements if "id" in given]
    assert len(ids) == len(set(ids))
    for _, given in read.elements:
        for name in ("for", "aria-labelledby", "aria-describedby"):
            assert given.get(name) is None or given[name] in ids


def test_loads_nothing(elman):
    """Nothing outside of the file is named but in words: no address is in any attribute, none in the style."""
    read = Reader(elman)
    for tag, given in read.elements:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base", "form") or given.get("id") == "controls"
        assert not any(name in given for name in ("src", "action", "data", "poster", "srcset"))
        assert given.get("href", "#").startswith("#")
        assert not any(name.startswith("on") for name in given)
    assert re.findall(r"url\(.{0,16}", elman) == ['url("data:font/woff2'] and "@import" not in elman


def test_policy(elman):
    """The policy of the page names its one style and its one script by their hashes."""
    policy = next(given["content"] for tag, given in Reader(elman).elements if "http-equiv" in given)
    style = re.search(r"<style>(.*?)</style>", elman, re.DOTALL)[1]
    script = re.search(r"<script>(.*)</script>", elman, re.DOTALL)[1]
    for kind, text in (("style", style), ("script", script)):
        digest = b64encode(sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy and "font-src data:;" in policy and "unsafe" not in policy


def test_small():
    """The font of formulas is small, has its licence beside it, and leaves Whisper's page below 400 kB."""
    here = files("symcost.export.webpage")
    assert len(here.joinpath("math.woff2").read_bytes()) < 40_000
    assert "SIL OPEN FONT LICENSE Version 1.1" in here.joinpath("OFL.txt").read_text(encoding="utf-8")
    models = symcost.load("examples/speech/whisper.arch").asked.values()
    assert len(webpage(list(models), draw=lambda model: graph(model).written("svg")).encode()) < 400_000


def test_the_same_script_for_all(elman):
    """Scripts and styles do not depend on what is shown."""
    other = page_of(HOSTILE)
    for pattern in (r"<script>(.*)</script>", r"<style>(.*?)</style>"):
        assert re.search(pattern, elman, re.DOTALL)[1] == re.search(pattern, other, re.DOTALL)[1]


def test_nothing_runs():
    """Words that would be elements elsewhere are words here."""
    page = page_of(HOSTILE)
    read = Reader(page)
    assert not read.open
    tags = [tag for tag, _ in read.elements]
    assert tags.count("script") == 2 and "img" not in tags and "svg" not in tags and "b" not in tags
    told = data_of(page)
    assert "</script><script>alert(1)</script>" in told["models"][0]["doc"]
    assert told["models"][0]["variants"][0]["sizes"][0][:2] == ["T", "</title><svg onload=alert(4)>"]


def test_names_of_the_template():
    """What is put into the template is not taken for a part of it."""
    assert filled("{{a}} {{b}}", a="{{b}}", b="{{a}}") == "{{b}} {{a}}"


# What it says -------------------------------------------------------------------------------------


def test_static_formulas(elman):
    """Without a script there are the formulas and the text."""
    static = elman.split("<noscript>")[0]
    assert '<math alttext="I·H + H·H + H">' in static and 'alttext="(I·H + H·H)·T"' in static
    assert "The Elman recurrent network" in static


def test_start():
    """It begins with the numbers that the model has; else with a configuration; else with some that keep what is
    assumed.
    """
    model = symcost.load(ELMAN).model()
    assert variants(model.at(T=100, H=7, I=3)).start == {"T": 100, "H": 7, "I": 3}
    text = (
        "model M(x: [T, D], heads) -> [T, D] { assume heads divides D assume D >= 1000 assume T == 3*heads return x }"
    )
    found = variants(symcost.loads(text).model()).start
    assert found["D"] >= 1000 and found["D"] % found["heads"] == 0 and found["T"] == 3 * found["heads"]
    configured = symcost.loads(HOSTILE).model()
    assert variants(configured).start == {"T": 2, "D": 3, "H": 4}


def test_graphs_of_configurations():
    """Configurations that replace a default have a graph of their own, those that give sizes alone share one."""
    text = """
    model M(x: [T, D], layers = 2) -> [T, D] { repeat layers { x = x -> Linear(D) } return x }
    config small { D = 8 }
    config large { D = 16 }
    config deep  { D = 8, layers = 5 }
    """
    found = variants(symcost.loads(text).model())
    assert [(config.name, config.variant, config.values) for config in found.configs] == [
        ("small", 0, {"D": 8}),
        ("large", 0, {"D": 16}),
        ("deep", 1, {"D": 8}),
    ]
    assert [str(graph.params) for graph in found.graphs] == ["2·(D·D + D)", "5·(D·D + D)"]


def test_left_out():
    """A model that needs a list which it was not given is left out, and that is said; alone it is a fault."""
    text = """
    model Fine(x: [T, D]) -> [T, D] { return x -> Linear(D) }
    model Listed(x: [T, D], widths: list) -> [T, D] { return x -> Linear(axes_of(widths, 0)) }
    """
    document = symcost.loads(text)
    left_out = []
    page = webpage(list(document.models.values()), left_out=left_out)
    assert [model["name"] for model in data_of(page)["models"]] == ["Fine"]
    assert [name for name, _ in left_out] == ["Listed"]
    with pytest.raises(MissingValue):
        webpage([document.model("Listed")])


def test_refused():
    """Depths but `depth`, and conventions with open weights, cannot be worked out on a page."""
    model = symcost.load(ELMAN).model()
    with pytest.raises(NotForAPage):
        webpage([model], of="steps")
    with pytest.raises(OpenWeights):
        webpage([model], convention="symbolic")


# Lines and terms ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["params", "macs", "flops", "traffic", "training"])
@pytest.mark.parametrize("file", ["lecture/elman", "lecture/attention", "lecture/unrolled", "lecture/gru"])
def test_lines_of_the_model(file, name):
    """The lines that stand in the model itself, and in no block of it, add up to the model."""
    for model in symcost.load(f"examples/{file}.arch").asked.values():
        whole = model.explained(name)
        counted = by_line(model.questions[name], model.answers.subject)
        direct = {(line.span.source, line.span.line) for line in whole.lines}
        total = sum((counted[place] for place in direct), start=symcost.form("0"))
        assert model.shown(total) == model.quantity(name).form


def test_lines_of_what_is_called_twice():
    """A line of a module counts all calls of it, with the rounds of the loops around each."""
    text = "module F(x: [T, D]) -> [T, D] {\n return x -> Linear(D, bias = false)\n}\n"
    text += "model M(x: [T, D], L) -> [T, D] {\n x = F(x)\n repeat L {\n  x = F(F(x))\n }\n return x\n}\n"
    model = symcost.loads(text).model()
    counted = by_line(model.questions["macs"], model.answers.subject)
    found = {line: str(form.expand()) for (source, line), form in counted.items() if source is model.span.source}
    assert found == {2: "D·D·T + 2·D·D·T·L", 5: "D·D·T", 6: "2·D·D·T·L", 7: "2·D·D·T·L"}


def test_terms():
    """A line lights those terms of the formula up that have a product in common with it, inside parentheses too."""
    whole = symcost.form("(a*b + b*b)*T + 3*c - a*T")
    marked = Marked()
    text = marked.marked(whole)
    assert [str(leaf) for leaf in marked.leaves] == ["T·a·b", "T·b·b", "3·c", "-a·T"]
    assert text.count('class="t"') == 4
    terms = Terms(marked.leaves)
    assert terms.touched(symcost.form("7*b*b*T + c")) == [1, 2]
    assert terms.touched(symcost.form("a")) == []


def test_marks_change_nothing():
    """Without its marks, the formula is what it is elsewhere."""
    from symcost.export.mathml import MathmlPrinter

    for source in ("x", "3", "a*b", "(a + b)*(c + d)", "floor((a + 1)/2)*(b - c) - 2*(a - b)/c", "a - (b + c)*2"):
        form = symcost.form(source)
        plain = re.sub(r'<mrow class="t" data-t="\d+">(.*?)</mrow>', r"\1", "") or Marked().marked(form)
        depth, text = [], ""
        for piece in re.split(r"(<[^>]*>)", plain):  # a mark is an element, and so is its end
            if piece.startswith("<mrow"):
                depth.append("class" in piece)
                piece = "" if depth[-1] else piece
            elif piece == "</mrow>" and depth.pop():
                piece = ""
            text += piece
        assert text == MathmlPrinter()(form)


def test_packed():
    """Signs stand for elements, and what has such signs itself is left as it is."""
    text = "<mrow><mi>T</mi><mo>·</mo><mn>2</mn></mrow>"
    short = packed(text)
    assert "".join(SIGNS.get(sign, sign) for sign in short) == text and len(short) < 10
    assert packed("<mtext>a[0]</mtext>") == "=<mtext>a[0]</mtext>"


def test_coloured():
    """Each line by itself, with strings that go over several of them."""
    lines = coloured('"""a\n<b>"""\nmodel M # "x"\n')
    assert lines == [
        '<span class="str">&quot;&quot;&quot;a</span>',
        '<span class="str">&lt;b&gt;&quot;&quot;&quot;</span>',
        '<span class="key">model</span> M <span class="rem"># &quot;x&quot;</span>',
    ]


def test_library_is_not_shown():
    """Of files, those that count and are no library's have their text on the page."""
    book = Book(load("default"))
    assert isinstance(book.sources, Sources)
    page = webpage([symcost.load("examples/language/llama.arch").model("Step")])
    names = re.findall(r'<details class="source"[^>]*><summary>(.*?)</summary>', page)
    assert names[0] == "llama.arch" and "llama_blocks.arch" in names
    assert not any("library" in name for name in names)


# The command --------------------------------------------------------------------------------------


def test_command(tmp_path):
    """It writes a file with the numbers that it was given as the page's first."""
    out = tmp_path / "page.html"
    ran = CliRunner().invoke(main, ["html", ELMAN, "T=100", "--of", "params", "-o", str(out)])
    assert ran.exit_code == 0, ran.output
    told = data_of(out.read_text(encoding="utf-8"))
    assert told["of"] == "params" and told["models"][0]["start"]["values"]["T"] == "100"


def test_several_files():
    """Models of several files are on one page, each with its text."""
    ran = CliRunner().invoke(main, ["html", ELMAN, "examples/lecture/gru.arch"])
    assert ran.exit_code == 0, ran.output
    told = data_of(ran.stdout)
    assert len({model["source"] for model in told["models"]}) == 2


@pytest.mark.parametrize("arguments", [["-o", "no/such/folder/x.html"], ["--of", "peak"], ["--of", "nothing"]])
def test_wrong_use(arguments):
    """A place that cannot be written, a quantity that no page has: said, with status 2."""
    ran = CliRunner().invoke(main, ["html", ELMAN, *arguments])
    assert ran.exit_code == 2 and "Error" in ran.output


def test_faults(tmp_path):
    """A file with faults is no page; an older one stays."""
    wrong, out = tmp_path / "wrong.arch", tmp_path / "page.html"
    wrong.write_text("model M(x: [T]) { return y }")
    out.write_text("older")
    ran = CliRunner().invoke(main, ["html", str(wrong), "-o", str(out)])
    assert ran.exit_code == 1 and out.read_text() == "older" and "error[" in ran.stderr
