r"""The text of the files, set by `listings`. Its environment is called what no text says."""

from __future__ import annotations

from symcost.export import notation
from symcost.export.kinds import Body, Wish
from symcost.syntax.words import RESERVED, SOFT

PACKAGES = ("listings",)


def write(wish: Wish) -> Body:
    """Each file once, in the order in which its models are named."""
    sources = {model.span.source.name: model.span.source.text for _, model in wish.models}
    return Body("\n".join(listing(text, wish.width) for text in sources.values()), PACKAGES)


def listing(text: str, width: float | None = None) -> str:
    """A text as a listing, its words in bold and its comments in italics; long lines are broken."""
    text = "".join(map(_printable, text.expandtabs(4))).strip("\n")
    name = "arch"
    while name in text:
        name += "x"
    wide = f"linewidth={width:.1f}pt," if width is not None else ""
    words = ",".join(sorted(RESERVED | SOFT))
    strange = sorted({char for char in text if ord(char) > 0x7F})
    literate = [f"literate={''.join(map(_literal, strange))}," if strange else ""]
    options = [
        r"basicstyle=\ttfamily\footnotesize,keywordstyle=\bfseries,commentstyle=\itshape,",
        "columns=fullflexible,keepspaces=true,breaklines=true,breakindent=2em,showstringspaces=false,",
        rf"morecomment=[l]\#,morestring=[b]\",{wide}",
        *filter(None, literate),
        f"morekeywords={{{words}}}",
    ]
    settings = "\n  ".join(options)
    lines = [
        r"\begingroup",
        f"\\lstset{{\n  {settings}}}",
        # Once for all listings of a document: the environment is known outside of the group.
        rf"\ifcsname end{name}\endcsname\else\lstnewenvironment{{{name}}}{{}}{{}}\fi",
        rf"\begin{{{name}}}",
        text,
        rf"\end{{{name}}}",
        r"\endgroup",
    ]
    return "\n".join(lines) + "\n"


def _printable(char: str) -> str:
    return char if char == "\n" or char.isprintable() else "?"


def _literal(char: str) -> str:
    """How a letter is set that `listings` does not know; the letter itself would be looked up again, without end."""
    return f"{{{char}}}{{{{{notation.spelled(char)}}}}}1"
