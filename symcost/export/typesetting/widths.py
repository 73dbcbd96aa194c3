r"""How wide a formula or a word is in Computer Modern at 10 points: near enough to know where a line has to break.

Source  The fonts cmmi10, cmr10 and cmsy10 as TeX measures them, with italic corrections (`\settowidth`, 2022).
Other text fonts of papers (Times, Libertine) are narrower, so what fits by these fits there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from symcost.export import notation

_ITALIC = """
    a 53  b 43  c 43  d 52  e 47  f 60  g 51  h 58  i 34  j 47  k 55  l 32  m 88  n 60  o 48  p 50  q 48  r
    48  s 47  t 36  u 57  v 52  w 74  x 57  y 53  z 51  A 75  B 81  C 79  D 86  E 80  F 78  G 79  H 91  I 52
    J 65  K 92  L 68  M 108  N 91  O 79  P 78  Q 79  R 77  S 67  T 72  U 79  V 81  W 108  X 91  Y 80  Z 75
"""

_ROMAN = """
    a 50  b 56  c 44  d 56  e 44  f 31  g 50  h 56  i 28  j 31  k 53  l 28  m 83  n 56  o 50  p 56  q 53  r
    39  s 39  t 39  u 56  v 53  w 72  x 53  y 53  z 44  A 75  B 71  C 72  D 76  E 68  F 65  G 78  H 75  I 36
    J 51  K 78  L 63  M 92  N 75  O 78  P 68  Q 78  R 74  S 56  T 72  U 75  V 75  W 103  X 75  Y 75  Z 61  0
    50  1 50  2 50  3 50  4 50  5 50  6 50  7 50  8 50  9 50  . 28  , 28  : 28  ; 28  ( 39  ) 39  [ 28  ] 28
    / 50  - 33  + 78  = 78  * 50  ! 28  ? 47  ' 28
"""

_COMMANDS = """
    alpha 64  beta 62  gamma 57  delta 48  zeta 51  eta 53  theta 50  iota 35  kappa 58  lambda 58  mu 60
    nu 56  xi 48  pi 61  rho 52  sigma 61  tau 55  upsilon 58  chi 63  psi 69  omega 66  Gamma 63  Delta 83
    Theta 78  Lambda 69  Xi 67  Pi 75  Sigma 72  Upsilon 78  Phi 72  Psi 78  Omega 72  epsilon 41  phi 60
    varepsilon 47  vartheta 59  varpi 86  varrho 52  varsigma 44  varphi 65  ell 42  hbar 54  partial 59
    infty 100  star 50  ast 50  dagger 44  sum 106
    cdot 28  times 78  mid 28  le 78  ge 78  in 67  max 186  min 167  log 129  bmod 203  lfloor 44  rfloor 44  lceil 44
    rceil 44  quad 100  dots 117  to 100
"""


def _table(written: str) -> dict[str, float]:
    """Points by sign; written as tenths."""
    words = written.split()
    return {sign: int(tenths) / 10 for sign, tenths in zip(words[::2], words[1::2], strict=True)}


ITALIC, ROMAN, COMMANDS = _table(_ITALIC), _table(_ROMAN), _table(_COMMANDS)
OTHER = 8.0
"""A sign that none of the tables has."""

BINARY, RELATION = 4.45, 5.56
"""The space around `+` and around `=`, both sides together."""
THIN = 1.67
SCRIPT = 0.8
"""Letters above and below are 7 points high, and wider than so much less."""

SIGNS = {"-": 7.78}
"""A minus is no hyphen."""
_SPACED = {
    **dict.fromkeys(("+", "-", "cdot", "times", "bmod"), BINARY),
    **dict.fromkeys(("=", "le", "ge", "mid", "in", "<", ">"), RELATION),
    **dict.fromkeys((",", "max", "min", "log"), THIN),
}
_SPACES = {"\\,": THIN, "\\ ": 3.34, "\\;": 2.78, "\\:": 2.22, "\\!": -THIN, "~": 3.34}
_UPRIGHT = frozenset(("text", "mathrm", "operatorname", "texttt", "textbf", "mathsf", "mathtt", "mathbf"))
_HIGH = {"left": 4.0, "right": 4.0, "bigl": 1.0, "bigr": 1.0, "Bigl": 2.1, "Bigr": 2.1}
"""What high brackets are wider than low ones, at most."""

BRACE = 18.0
"""What a horizontal brace takes at least."""
TELETYPE = 5.25
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\s+|.", re.DOTALL)


def of_words(text: str) -> float:
    """Plain words in the font of running text."""
    return sum(map(_of_character, text))


def _of_character(char: str) -> float:
    if char in ROMAN:
        return ROMAN[char]
    if char.isspace():
        return 3.34
    if char.isascii() or char in notation.FONT_HAS:
        return OTHER
    return sum(ROMAN.get(sign, OTHER) for sign in notation.stand_ins(char)[char])


def _of_sign(token: str, *, upright: bool) -> float:
    """A space or a single sign, which may have a backslash before it."""
    if upright:
        return _of_character(token[-1])
    if token.isspace():
        return 0.0
    return SIGNS.get(token, ITALIC.get(token, ROMAN.get(token, OTHER))) + _SPACED.get(token, 0.0)


def of_formula(latex: str) -> float:
    """What stands in mathematics mode, as the printers here write it."""
    return _Measuring(latex).row(upright=False)


class _Measuring:
    """Walks through LaTeX once, group by group."""

    def __init__(self, latex: str) -> None:
        self._tokens: Iterator[str] = iter(_TOKEN.findall(latex))
        self._ahead: str | None = None

    def _take(self) -> str:
        if self._ahead is not None:
            token, self._ahead = self._ahead, None
            return token
        return next(self._tokens, "")

    def row(self, *, upright: bool) -> float:
        """Up to the brace that closes, or the end."""
        total = 0.0
        while (token := self._take()) not in ("", "}"):
            total += self._width(token, upright=upright)
        return total

    def _width(self, token: str, *, upright: bool) -> float:
        if token == "{":
            return self.row(upright=upright)
        if token in ("_", "^"):
            return SCRIPT * self._argument() + 0.5
        if token in _SPACES:
            return _SPACES[token]
        if token.startswith("\\") and token[1:].isalpha():
            return self._command(token[1:])
        return _of_sign(token, upright=upright)

    def _command(self, name: str) -> float:
        if name == "texttt":
            return self._teletype()
        if name in _UPRIGHT:
            return self._argument(upright=True)
        if name == "frac":
            return max(self._argument(), self._argument()) + 2.4
        if name == "underbrace":
            body = self._argument()
            below = self._argument_below()
            return max(body, below, BRACE)
        if name in _HIGH:
            return _HIGH[name]
        return COMMANDS.get(name, 0.0) + _SPACED.get(name, 0.0)

    def _teletype(self) -> float:
        r"""All letters are equally wide; `\_` is one of them, and may have an empty group behind it."""
        total, depth = 0.0, 0
        while token := self._take():
            depth += (token == "{") - (token == "}")
            if depth == 0:
                break
            total += TELETYPE * (len(token) if token.isspace() else token not in ("{", "}"))
        return total

    def _argument_below(self) -> float:
        """What is set below a brace, if anything is."""
        token = self._take()
        if token == "_":
            return SCRIPT * self._argument()
        self._ahead = token
        return 0.0

    def _argument(self, *, upright: bool = False) -> float:
        """One group, or one sign."""
        token = self._take()
        return self.row(upright=upright) if token == "{" else self._width(token, upright=upright)
