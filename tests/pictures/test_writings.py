"""Every writing of a picture is read back by who reads it: XML, GraphML, Graphviz, TeX; and no text in it is more."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import pytest
from click.testing import CliRunner

import symcost
from symcost.cli import main
from symcost.pictures import Picture, graph
from symcost.pictures.flat import edges
from symcost.pictures.mermaid import quoted
from symcost.pictures.scene import Box, Scene, Wire
from symcost.pictures.writing import TEXTS

HOSTILE = """\
</text><script>alert(1)</script>"]; x -> y; \\N \\input{/etc/passwd} $^_%#&~{}`' ]]> --> %%{init} \x00\x1b λ漢 é"""
"""What a name could try; names of files are free, those in a file are letters and digits."""


def hostile() -> Picture:
    """A picture in which every text tries."""
    tail = Box("input", HOSTILE, hint=HOSTILE)
    head = Box("block", HOSTILE, (HOSTILE,), HOSTILE, HOSTILE, 0.5)
    frame = Box("frame", HOSTILE, (HOSTILE,), HOSTILE, inside=Scene([Box("operation", HOSTILE, (HOSTILE,))]))
    wires = [Wire(tail, 0, head, 0, HOSTILE, HOSTILE)]
    return Picture(HOSTILE, Scene([tail, head, frame], wires), (HOSTILE,))


def llama() -> Picture:
    return graph(symcost.load("examples/language/llama.arch").model("Llama"), levels=4)


@pytest.mark.parametrize("writing", ["svg", "graphml"])
@pytest.mark.parametrize("picture", [hostile, llama])
def test_xml_is_well_formed(picture, writing: str) -> None:  # type: ignore[no-untyped-def]
    """No text opens an element or ends one."""
    root = ElementTree.fromstring(picture().written(writing))
    assert not [element for element in root.iter() if element.tag.endswith("script")]


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
@pytest.mark.parametrize("picture", [hostile, llama])
def test_graphviz_reads_it(picture) -> None:  # type: ignore[no-untyped-def]
    """It has the boxes of the scene, and no more."""
    made = picture()
    done = subprocess.run(["dot", "-Tplain"], input=made.written("dot").encode(), capture_output=True, check=True)
    nodes = [line for line in done.stdout.decode().splitlines() if line.startswith("node ")]
    assert len(nodes) == sum(box.inside is None for box in made.scene.everything())


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdfLaTeX is not installed")
def test_tex_compiles_and_reads_nothing(tmp_path: Path) -> None:
    """The worst names and an ordinary picture, in one run each; the log names no file of others."""
    for number, picture in enumerate([hostile(), llama()]):
        (tmp_path / f"{number}.tex").write_text(picture.written("tikz"), encoding="utf-8")
        done = subprocess.run(
            ["pdflatex", "-halt-on-error", "-no-shell-escape", f"{number}.tex"],
            cwd=tmp_path,
            capture_output=True,
            check=False,
        )
        if b"standalone.cls' not found" in done.stdout:
            pytest.skip("TeX has no standalone.cls")
        assert done.returncode == 0, done.stdout[-2000:]
        assert b"/etc/passwd" not in (tmp_path / f"{number}.log").read_bytes()


def test_mermaid_takes_letters_and_numbers_only() -> None:
    """Between quotes no sign is left that Mermaid, Markdown or HTML reads."""
    inside = quoted(HOSTILE)[1:-1]
    assert re.fullmatch(r"(?:[\w ·×−÷→⋯.,()\[\]+\-*/@=:�]|#\d+;)*", inside)


def test_networkx_reads_what_it_is_told() -> None:
    """Nodes with their figures, edges with their shapes."""
    built = nx.parse_graphml(graph(symcost.load("examples/lecture/elman.arch").model()).written("graphml"))
    by_label = {data["label"]: node for node, data in built.nodes(data=True)}
    assert built.nodes[by_label["@ W"]]["figure"] == "I·H"
    assert [data["style"] for _, _, data in built.in_edges(by_label["@ U"], data=True)] == ["state"]


def test_what_goes_through_frames_arrives() -> None:
    """From the table of words to the first layer, through two borders; past the layer by the way around."""
    scene = llama().scene
    pairs = {(edge.tail.title, edge.head.title) for edge in edges(scene)}
    assert ("rows of E", "RMSNorm") in pairs and ("rows of E", "+") in pairs


@pytest.mark.parametrize("writing", TEXTS)
def test_a_picture_is_the_same_each_time(writing: str) -> None:
    """Nothing in it depends on a hash or the time."""
    model = symcost.load("examples/language/mixtral.arch").model("Mixtral")
    assert graph(model).written(writing) == graph(model).written(writing)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "x.bmp"], "ends like no picture"),
        (["-o", "missing/x.svg"], "cannot write"),
        (["--levels", "0"], "'--levels'"),
        (["--unroll", "1"], "'--unroll'"),
        (["--of", "state"], "nothing called `state`"),
        (["--format", "bmp"], "'--format'"),
    ],
)
def test_wrong_use_is_told(arguments: list[str], said: str) -> None:
    """Each with a sentence, none with a traceback."""
    done = CliRunner().invoke(main, ["graph", "examples/lecture/elman.arch", *arguments])
    assert done.exit_code in (1, 2) and said in done.stderr and "Traceback" not in done.stderr
