"""How names and words are set in LaTeX. Nothing from the user's text reaches TeX unchecked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from unicodedata import normalize

from symcost.diagnostics import Span
from symcost.errors import UnsafeLatex

_LOWER = "alpha beta gamma delta zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon chi psi omega"
_UPPER = "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
_VARIANTS = "epsilon phi varepsilon vartheta varpi varrho varsigma varphi"
GREEK = frozenset(f"{_LOWER} {_UPPER} {_VARIANTS}".split())
"""Names that are set as the Greek letter they are called after."""

_LETTERS = {
    **dict(zip("αβγδζηθικλμνξπρστυχψω", _LOWER.split(), strict=True)),
    **dict(zip("ΓΔΘΛΞΠΣΥΦΨΩ", _UPPER.split(), strict=True)),
    "ε": "varepsilon", "ϵ": "epsilon", "φ": "varphi", "ϕ": "phi", "ϑ": "vartheta", "ς": "varsigma",
    "ϱ": "varrho", "ϖ": "varpi", "µ": "mu", "ℓ": "ell", "ħ": "hbar", "ℏ": "hbar", "∂": "partial",
}  # fmt: skip
"""Letters that LaTeX has a command for, in mathematics."""

GREEK_LETTERS = {name: letter for letter, name in _LETTERS.items() if name in GREEK and letter != "µ"}
"""The letter for each of these names."""

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "%": r"\%", "#": r"\#",
    "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}",
    ">": r"\textgreater{}", "|": r"\textbar{}", '"': "''", "`": r"\textasciigrave{}", "″": "''",
}  # fmt: skip

FONT_HAS = frozenset("ĂăĄąĆćČčĎďĐđĘęĚěĞğĹĺĽľŁłŃńŇňŐőŒœŔŕŘřŚśŞşŠšŢţŤťŮůŰűŸŹźŻżŽž–—‘’“”‚„…†‡•€").union(
    c for c in map(chr, range(0xA1, 0x100)) if c.isprintable()
)
"""Characters beyond ASCII that pdfLaTeX sets with its T1 fonts; others need a stand-in."""


def text(words: str) -> str:
    """Words for running text, every special character escaped."""
    return "".join(_character(c) for c in normalize("NFC", words))


def _character(char: str) -> str:
    if char in _SPECIAL:
        return _SPECIAL[char]
    if char in FONT_HAS:
        return char
    if char in _LETTERS:
        return _mathematical(char)
    if char.isspace():
        return " "
    return char if char.isprintable() else "?"


def _mathematical(char: str) -> str:
    """A letter by its command, in running text."""
    return rf"\ensuremath{{\{_LETTERS[char]}}}"


def stand_ins(written: str) -> dict[str, str]:
    """Characters in a text that pdfLaTeX cannot set, each with what stands for it there."""
    strange = sorted({c for c in written if ord(c) > 0x7F and c not in FONT_HAS})
    return {c: _stand_in(c) for c in strange}


def _stand_in(char: str) -> str:
    plain = normalize("NFKD", char).encode("ascii", "ignore").decode()
    return plain if plain.isalnum() else f"[{ord(char):04X}]"


def name(written: str) -> str:
    r"""A name in mathematics: `H`, `\lambda`, `d_{\mathrm{model}}`, `x_{0}`, `\mathrm{heads}`."""
    head, *below = re.sub(r"(?<=[^\W\d_])(\d+)$", r"_\1", written).split("_")
    if not head or not all(below):
        return _word(written)
    if not below:
        return _word(head)
    # Several subscripts would be an error in TeX: `n_a_b` becomes n with `a,b` below.
    return f"{_word(head)}_{{{','.join(map(_word, below))}}}"


def _word(part: str) -> str:
    if part in GREEK:
        return f"\\{part}"
    if part.isascii():
        return _ascii_word(part)
    if all(map(_is_plain, part)):
        return _lettered(part).strip()
    return rf"\text{{{text(part)}}}"


def _ascii_word(part: str) -> str:
    """One letter is in italics, a word stands upright."""
    if len(part) == 1 or part.isdigit():
        return _character(part)
    return rf"\mathrm{{{part}}}" if part.isalnum() else rf"\text{{{text(part)}}}"


def _is_plain(char: str) -> bool:
    """Whether mathematics has the character: a letter that has a command, or one of ASCII."""
    return char in _LETTERS or (char.isascii() and char.isalnum())


def _lettered(part: str) -> str:
    r"""With commands for the letters that have one: `\Delta t`."""
    return "".join(f"\\{_LETTERS[char]} " if char in _LETTERS else char for char in part)


def notation(symbols: Iterable[tuple[str, str | None, Span | None]]) -> Mapping[str, str]:
    """How each name is set: as its `latex "..."` says, else by its letters; no two look the same."""
    chosen: dict[str, str] = {}
    for written, wish, span in symbols:
        setting = name(written) if wish is None else checked(wish, span)
        chosen[written] = rf"\text{{{text(written)}}}" if setting in chosen.values() else setting
    return chosen


# What `latex "..."` may say --------------------------------------------------------------------

_FONTS = frozenset(
    ("mathrm", "mathit", "mathbf", "mathsf", "mathtt", "mathcal", "mathbb", "boldsymbol", "operatorname")
)
_ACCENTS = frozenset(
    ("hat", "bar", "tilde", "vec", "dot", "ddot", "check", "breve", "overline", "underline", "widehat")
)
_SIGNS = frozenset(("ell", "hbar", "partial", "infty", "star", "ast", "dagger", "cdot", "times", "max", "min", "quad"))
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL)
_PLAIN = re.compile(r"[A-Za-z0-9,;:.+*/()\[\]=<>|! -]|\\[,;:! ]")
LONGEST = 200
"""A longer notation is refused; it also bounds how deep braces can nest."""


def checked(wish: str, span: Span | None) -> str:
    """The user's own LaTeX for a name, put down again piece by piece.

    Raises UnsafeLatex for whatever is not plain notation.
    """
    spelled = _lettered(wish.strip())
    tokens = _Tokens(spelled)
    try:
        if not spelled or len(spelled) > LONGEST:
            raise _Refused(spelled)
        safe = _sequence(tokens)
        if tokens.next:
            raise _Refused(tokens.next)
    except _Refused as refused:
        raise UnsafeLatex(wish, str(refused), span) from None
    return re.sub(r"(\\[A-Za-z]+) (?![A-Za-z])", r"\1", safe).strip()


class _Refused(Exception):
    """The piece at which a user's LaTeX stops being plain notation."""


class _Tokens:
    """The pieces of a text; `next` is the one in front, empty at the end."""

    def __init__(self, written: str) -> None:
        self._rest = iter(_TOKEN.findall(written))
        self.next: str = next(self._rest, "")

    def take(self) -> str:
        taken, self.next = self.next, next(self._rest, "")
        return taken

    def skip(self, char: str) -> str:
        """Take all of these in front."""
        taken = ""
        while self.next == char:
            taken += self.take()
        return taken


def _sequence(tokens: _Tokens) -> str:
    """Atoms with their scripts, up to a closing brace. TeX refuses a second script of one kind, so we do."""
    pieces = []
    while tokens.next not in ("", "}"):
        pieces.append(_atom(tokens) + tokens.skip("'"))
        tokens.skip(" ")
        pieces += _scripts(tokens)
    return "".join(pieces)


def _scripts(tokens: _Tokens) -> list[str]:
    """What stands below and above an atom, each in a brace."""
    scripts: dict[str, str] = {}
    while tokens.next in ("_", "^"):
        script = tokens.take()
        if script in scripts:
            raise _Refused(script)
        tokens.skip(" ")
        written = _atom(tokens)
        scripts[script] = written if written.startswith("{") else f"{{{written}}}"
        tokens.skip(" ")
    return [f"{script}{written}" for script, written in scripts.items()]


def _atom(tokens: _Tokens) -> str:
    piece = tokens.take()
    command = piece[1:] if piece.startswith("\\") else ""
    if piece == "{":
        return f"{{{_closed(tokens)}}}"
    if command == "text":
        return rf"\text{{{_words(tokens)}}}"
    if command in _FONTS | _ACCENTS:
        _open(tokens, piece)
        return f"{piece}{{{_closed(tokens)}}}"
    if command in GREEK | _SIGNS:
        return f"{piece} "
    if _PLAIN.fullmatch(piece):
        return piece
    raise _Refused(piece or "the end")


def _open(tokens: _Tokens, command: str) -> None:
    """Take the brace behind a command."""
    tokens.skip(" ")
    if tokens.take() != "{":
        raise _Refused(command)


def _closed(tokens: _Tokens) -> str:
    inside = _sequence(tokens)
    if tokens.take() != "}":
        raise _Refused("{")
    return inside


def _words(tokens: _Tokens) -> str:
    r"""Behind `\text`, where mathematics is not understood: a brace full of letters, digits and blanks."""
    _open(tokens, r"\text")
    written = ""
    while tokens.next != "}":
        if not _PLAIN.fullmatch(tokens.next) or tokens.next.startswith("\\"):
            raise _Refused(tokens.next or "{")
        written += tokens.take()
    tokens.take()
    return written


def key(words: str) -> str:
    r"""A label for `\ref`: letters, digits and a few signs; a hyphen for all else."""
    return re.sub(r"[^A-Za-z0-9:._/-]", "-", words)


_ACCENTED = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0308": '"', "\u030a": "r", "\u030c": "v",
    "\u0327": "c",
    "\u0304": "=", "\u0306": "u", "\u0307": ".", "\u030b": "H", "\u0328": "k",
}  # fmt: skip
"""The command that puts each of these signs upon a letter."""

_SPELLED = {
    "ß": r"\ss{}", "ø": r"\o{}", "Ø": r"\O{}", "æ": r"\ae{}", "Æ": r"\AE{}", "œ": r"\oe{}", "ł": r"\l{}", "Ł": r"\L{}",
    "–": r"\textendash{}", "—": r"\textemdash{}", "‘": r"\textquoteleft{}", "’": r"\textquoteright{}",
    "“": r"\textquotedblleft{}", "”": r"\textquotedblright{}", "…": r"\textellipsis{}", "·": r"\ensuremath{\cdot}",
    "×": r"\ensuremath{\times}", "²": r"\ensuremath{^2}", "³": r"\ensuremath{^3}", "±": r"\ensuremath{\pm}",
    "≤": r"\ensuremath{\le}", "≥": r"\ensuremath{\ge}", "→": r"\ensuremath{\to}", "√": r"\ensuremath{\surd}",
    "⌈": r"\ensuremath{\lceil}", "⌉": r"\ensuremath{\rceil}", "⌊": r"\ensuremath{\lfloor}",
    "⌋": r"\ensuremath{\rfloor}",
}  # fmt: skip


def spelled(char: str) -> str:
    """A letter beyond ASCII by commands, which TeX knows wherever it stands."""
    if char in _SPELLED:
        return _SPELLED[char]
    if char in _LETTERS:
        return _mathematical(char)
    base, marks = normalize("NFD", char)[0], normalize("NFD", char)[1:]
    # One sign upon the letter; TeX has no command for several.
    if marks in _ACCENTED and base.isascii():
        return rf"\{_ACCENTED[marks]}{{{base}}}"
    return text(_stand_in(char))
