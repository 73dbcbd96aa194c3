r"""Mathematics between dollar signs, written so that no Markdown reads it first.

Jupyter, GitHub and VS Code set `$…$`, but not all of them before they read Markdown: there `\,` becomes a comma, two
`_` become italics, and `|` ends the cell of a table. So nothing stands here that Markdown knows: commands are spelled
with letters, and a `_` has a blank before it, after which it can begin nothing that ever ends.

Source  CommonMark 0.31, sections 2.4 (backslash escapes) and 6.2 (emphasis: a delimiter between a blank and punctuation
        may open, never close); GitHub Flavored Markdown 0.29, section 4.10 (cells of tables)
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from symcost.export.typesetting.printer import LatexPrinter
from symcost.formula import Symbol

_SPELLED = {
    r"\,": r"\thinspace ", r"\;": r"\thickspace ", r"\:": r"\medspace ", r"\!": r"\negthinspace ",
    r"\ ": r"\thickspace ", r"\{": r"\lbrace ", r"\}": r"\rbrace ", "|": r"\vert ", "<": r"\lt ", ">": r"\gt ",
    "*": r"\ast ",
}  # fmt: skip
_SIGN = re.compile(r"\\[^A-Za-z]|[|<>*]")
_WORDS = re.compile(r"\\text\{([^{}\\]*)\}")

_LOOK_ALIKES = str.maketrans({
    "\\": "\u29f5", "_": "\u02cd", "*": "\u2217", "{": "\uff5b", "}": "\uff5d", "$": "\uff04", "%": "\uff05",
    "#": "\uff03", "&": "\uff06", "^": "\u02c6", "~": "\u02dc", "|": "\u2223", "<": "\u2039", ">": "\u203a",
    "`": "\u02cb", "[": "\uff3b", "]": "\uff3d", "\n": " ",
})  # fmt: skip
r"""What stands for a sign in words inside of mathematics, where some know no escapes (MathJax's `\text` none but of
braces and dollars, KaTeX no bare `_`)."""


def inline(tex: str) -> str:
    """Within a line."""
    return f"${safe(tex).strip()}$"


def displayed(tex: str) -> str:
    """In a paragraph of its own."""
    return f"$${safe(tex).strip()}$$"


def words(text: str) -> str:
    """Any words within mathematics."""
    return rf"\text{{{text.translate(_LOOK_ALIKES)}}}"


def safe(tex: str) -> str:
    r"""LaTeX with nothing in it that Markdown reads; what stands in a `\text` has no escapes of its own."""
    pieces = _WORDS.split(tex)
    # Every other piece is what stands in a \text.
    return "".join(words(piece) if number % 2 else _signs(piece) for number, piece in enumerate(pieces))


def _signs(tex: str) -> str:
    spelled = _SIGN.sub(lambda found: _SPELLED.get(found[0], ""), tex)
    return re.sub(r"(?<! )_", " _", spelled)


class DollarPrinter(LatexPrinter):
    """Formulas for between dollar signs; `wished` are names with a setting of the user's own."""

    def __init__(self, names: Mapping[str, str], wished: Collection[str] = (), *, powers: bool = False) -> None:
        super().__init__(names, powers=powers)
        self._wished = wished

    def symbol(self, item: Symbol) -> str:
        """Letters that LaTeX has to be told of by escapes stand as they are."""
        setting = super().symbol(item)
        return words(item.name) if r"\text" in setting and item.name not in self._wished else setting
