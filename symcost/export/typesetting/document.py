"""A whole text around what was set: pdfLaTeX, LuaLaTeX and engines like them compile it as it is."""

from __future__ import annotations

from collections.abc import Sequence

from symcost.export import notation
from symcost.export.kinds import Body

ALWAYS = ("amsmath", "amssymb")
POINTS = 345.0
"""How wide the text of article is at 10 points."""


def document(body: Body, *, width: float | None = None, landscape: bool = False) -> str:
    """The document; its text is as wide as was wished, if something was."""
    if body.frames:
        return _lines(r"\documentclass{beamer}", [], _packages(body), body.text, body.text)
    geometry = _geometry(width, landscape=landscape)
    inner = body.text
    if body.mathematics:
        inner = f"\\noindent {body.above}\n\\[\n{body.text.rstrip()}\n\\]\n"
    elif body.above:
        inner = f"\\noindent {body.above}\n{body.text}"
    return _lines(r"\documentclass{article}", geometry, _packages(body), inner, body.text + body.above)


FONTS = r"\usepackage[T1]{fontenc}\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}"
ACM_FONTS = rf"\IfFileExists{{libertine.sty}}{{}}{{{FONTS}}}"
"""This class has fonts of its own, where they are installed."""

CLASSES = {
    "IEEEtran": r"\documentclass[conference]{IEEEtran}",
    "acmart": r"\documentclass[sigconf,nonacm]{acmart}",
    "article": r"\documentclass[twocolumn]{article}\usepackage[textwidth=500pt,columnsep=20pt,height=650pt]{geometry}",
}
"""How the classes of papers in two columns are asked for."""


def two_columns(body: Body, class_: str) -> str:
    """A paper that has nothing but this in it; an article where its class is not installed."""
    opening = CLASSES["article"]
    if class_ != "article":
        opening = rf"\IfFileExists{{{class_}.cls}}{{{CLASSES[class_]}}}{{{opening}}}"
    packages = _packages(body)
    text = body.text
    if class_ == "acmart":
        # This class has these letters from a font of its own, and takes them from nowhere else.
        packages = [name for name in packages if name != "amssymb"]
        # It has two columns from its title on.
        text = rf"\twocolumn{body.text}"
    compatible = [r"\pgfplotsset{compat=1.16}"] if "pgfplots" in packages else []
    return _lines(opening, [], packages, text, body.text, compatible)


def _geometry(width: float | None, *, landscape: bool) -> list[str]:
    """The page, where it is another one than that of article."""
    if width is not None:
        orientation = "landscape," if landscape else ""
        return [rf"\usepackage[{orientation}textwidth={width:.1f}pt]{{geometry}}"]
    return [r"\usepackage[landscape,margin=2cm]{geometry}"] if landscape else []


def _packages(body: Body) -> list[str]:
    return list(dict.fromkeys([*ALWAYS, *body.packages]))


def _lines(
    first: str, more: list[str], packages: list[str], inner: str, written: str, settings: Sequence[str] = ()
) -> str:
    stand_ins = [
        rf"\DeclareUnicodeCharacter{{{ord(char):04X}}}{{{stand_in}}}"
        for char, stand_in in notation.stand_ins(written).items()
    ]
    declared = [r"\ifdefined\DeclareUnicodeCharacter", *stand_ins, r"\fi"] if stand_ins else []
    lines = [
        first,
        *more,
        ACM_FONTS if "acmart" in first else FONTS,
        *(rf"\usepackage{{{package}}}" for package in packages),
        *settings,
        *declared,
        r"\pagestyle{empty}" if "beamer" not in first else r"\setbeamertemplate{navigation symbols}{}",
        r"\begin{document}",
        inner.rstrip("\n"),
        r"\end{document}",
    ]
    return "\n".join(lines) + "\n"
