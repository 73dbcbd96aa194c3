"""From the place where the grammar gave up to a fault in the user's words, with its mend if that is plain."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import islice

from symcost.diagnostics import Source, Span
from symcost.errors import BadNumber, SymcostError, UnexpectedText, UnknownCharacter, did_you_mean
from symcost.records import dataclass
from symcost.syntax.words import DEFINITIONS, RESERVED, SOFT, STATEMENTS

_EXPRESSION = frozenset({"NAME", "NUMBER", "STRING", "true", "false", "(", "[", "-", "not", "...", ":"})
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_OPERATORS = _COMPARISONS | frozenset("-> .. or and + - * / // % @ ^ [ ( PART".split())
_SIGNATURE = {"->", "{"}

_SHOWN = {
    "NAME": "a name",
    "NUMBER": "a number",
    "STRING": "a text in quotes",
    "DOC": "a text in triple quotes",
}

_PHRASES = (
    (STATEMENTS, "a statement", STATEMENTS | _EXPRESSION),
    (_EXPRESSION - {"not", "...", ":"}, "an expression", _EXPRESSION),
    (_COMPARISONS | {"divides"}, "a comparison such as `>=`", _COMPARISONS),
)
"""Where all these words could have stood, what is said for them, and for which others."""

_INSTEAD = {
    "'": 'a text stands between `"` and `"`',
    "“": 'a text stands between `"` and `"`',
    "”": 'a text stands between `"` and `"`',
    ";": "statements need no end mark",
    "·": "write `*`",
    "×": "write `*`",
    "−": "write `-`",
    "–": "write `-`",
    "→": "write `->`",
    "≤": "write `<=`",
    "≥": "write `>=`",
    "≠": "write `!=`",
    "≈": "write `~=`",
    "…": "write `...`",
    "&": "write `and`",
    "|": "write `or`",
    "!": "write `not`",
    "²": "write `^2`",
    "³": "write `^3`",
    "√": "write `sqrt(...)`",
    "\u00a0": "write an ordinary blank",
}
_FOREIGN = {
    "elif": "write `else if`",
    "for": "write `repeat l in L { ... }`, or `scan t in T { ... }` for a recurrence",
    "while": "write `repeat l in L { ... }`, or `scan t in T { ... }` for a recurrence",
    "var": "a name needs no word before it: `h = ...`",
    "const": "a name needs no word before it: `h = ...`",
    "def": "a definition begins with `module` or `model`",
    "class": "a definition begins with `module` or `model`",
    "fn": "a definition begins with `module` or `model`",
    "import": 'write `use "file.arch"`',
    "from": 'write `use "file.arch"`',
    "pass": "a body may be empty: `{}`",
}
"""Words of other languages, which are names here."""


_NUMBER = re.compile(r"[0-9][\w.]*")
_FRACTION = re.compile(r"(?<![\w.])\.[0-9]+")
_NAME = re.compile(r"[^\W\d]\w{0,80}")
_PREFIXES = frozenset({"F", "functional", "jnp", "keras", "layers", "nn", "np", "tf", "torch"})
"""What other languages write in front of the names of their layers."""

_NO_SELF = "there is no `self`: `h = x -> Linear(D)` makes a layer and calls it, `layer f = Linear(D)` names one"
_METHODS = {
    "view": "reshape",
    "reshape": "reshape",
    "permute": "transpose",
    "transpose": "transpose",
    "flatten": "reshape",
    "squeeze": "reshape",
    "unsqueeze": "reshape",
    "chunk": "split",
    "split": "split",
    "repeat": "repeat_axis",
    "mean": "mean",
    "sum": "sum",
    "softmax": "softmax",
}
"""What others call on a value, and what it is called here."""

_FUNCTIONS = {"cat": "concat", "chunk": "split", "permute": "transpose", "view": "reshape", "matmul": "@"}
"""What others call a function, and what it is called here."""

_NAME_BEFORE = re.compile(r"[^\W\d]\w{0,80}$")

REACH = 80
"""Characters in front of a fault that are looked at: a word and what it belongs to."""

SHORTEST, LONGEST = 4, 19
"""Letters of a word that is taken for another one misspelt."""


def unknown(source: Source, offset: int) -> SymcostError:
    """No word of the language begins here: a stray character, or a number that goes wrong."""
    text = source.text
    if number := _NUMBER.match(text, offset):
        why = "a name begins with a letter, a product is written with `*`"
        return BadNumber(Span(source, offset, number.end()), why)
    import unicodedata  # only for what is faulty

    character = text[offset]
    name = unicodedata.name(character, "").lower() or f"U+{ord(character):04X}"
    return UnknownCharacter(character, name, Span(source, offset, offset + 1), _instead(text, offset))


def _instead(text: str, offset: int) -> str | None:
    """What to write instead of a character, where that is plain."""
    if fraction := _FRACTION.match(text, offset):
        return f"write `0{fraction[0]}`"
    if text[offset] == ".":
        return _instead_of_dot(text, offset)
    return _INSTEAD.get(text[offset])


def _instead_of_dot(text: str, offset: int) -> str | None:
    """What to write instead of a dot: behind the name of a library of layers, or of anything else."""
    before = _NAME_BEFORE.search(text[max(0, offset - REACH) : offset])
    if before is None:
        return _INSTEAD.get(".")
    if before[0] == "self":
        return _NO_SELF
    behind = _NAME.match(text, offset + 1)
    if behind is not None and before[0] in _PREFIXES:
        return f"names stand alone here: write `{behind[0]}`"
    return "nothing has parts behind a dot; sizes are named where ports are declared, as in `x: [T, I]`"


def at_end(source: Source, end: int) -> Span:
    """The word that begins behind a stretch, or the empty place behind the last character."""
    if word := re.compile(r"\w+|\S").match(source.text, end):
        return Span(source, *word.span())
    last = len(source.text.rstrip())
    return Span(source, last, last)


def unexpected(source: Source, span: Span, accepted: set[str]) -> SymcostError:
    """A word in the wrong place; `accepted` could have stood there (words, or NAME, NUMBER, STRING, DOC)."""
    stop = _Stop(source, span, accepted)
    helps = (mend(stop) if callable(mend) else mend for applies, mend in _MENDS if applies(stop))
    return UnexpectedText(_shown(span.text), _expected(accepted), span, list(islice(helps, 1)))


def _shown(text: str) -> str:
    if not text:
        return "the end of the text"
    start = text.splitlines()[0]
    return f"`{text}`" if start == text and len(text) <= 40 else f"`{start[:20]}...`"


def _expected(accepted: set[str]) -> list[str]:
    """What could have stood there; the many ways to begin or to go on with something in one word."""
    rest = _without_operators(_without_soft(accepted - {"$END"}))
    rest = rest - SOFT if rest - SOFT == {"["} else rest
    if rest >= set(DEFINITIONS):
        return [f"`{word}`" for word in DEFINITIONS]
    phrases, words = _phrased(rest)
    return phrases + [_as_shown(word) for word in sorted(words, key=_closers_first)]


def _phrased(words: set[str]) -> tuple[list[str], set[str]]:
    """Phrases for many words at once, and the words that are left."""
    phrases: list[str] = []
    for wanted, phrase, covered in _PHRASES:
        if words >= wanted:
            phrases.append(phrase)
            words = words - covered
    return phrases, words


def _without_soft(accepted: set[str]) -> set[str]:
    """Words that are names as well need not be named where any name can stand."""
    return accepted - SOFT if "NAME" in accepted else accepted


def _without_operators(accepted: set[str]) -> set[str]:
    """What else could have stood there; where an operator is all, it stays as one."""
    if not accepted >= STATEMENTS:
        accepted = accepted - {"if", "for"}  # which go on with a value
    if "+" not in accepted:
        return accepted if accepted == _SIGNATURE else accepted - {"->"} or {"an operator"}
    comparisons = _COMPARISONS if "divides" in accepted else set[str]()
    return accepted - _OPERATORS | comparisons or {"an operator"}


def _as_shown(word: str) -> str:
    return _SHOWN.get(word, word if " " in word else f"`{word}`")


def _closers_first(word: str) -> tuple[bool, str]:
    return word not in ")]},=", word


# What to write instead ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Stop:
    """Where the grammar gave up: at the word of a span, where something else would have been accepted."""

    source: Source
    span: Span
    accepted: set[str]

    @property
    def text(self) -> str:
        """The word that stands there."""
        return self.span.text

    @property
    def before(self) -> str:
        """What stands in front of it, as far as it is looked at."""
        return self.source.text[max(0, self.span.start - REACH) : self.span.start]

    @property
    def word(self) -> str:
        """The word in front of it."""
        last = re.search(r"(\w+|\S)\s*$", self.before)
        return last[1] if last else ""

    @property
    def foreign(self) -> str | None:
        """What to write for a word of another language, there or in front."""
        return _FOREIGN.get(self.text, _FOREIGN.get(self.word))

    @property
    def among_items(self) -> bool:
        """Whether a definition could begin there."""
        return self.accepted >= set(DEFINITIONS)

    @property
    def in_statement(self) -> bool:
        """Whether a statement has begun with a name and does not go on."""
        return {"=", "["} <= self.accepted and "+" not in self.accepted

    @property
    def meant(self) -> list[str]:
        """The help for a word that is misspelt."""
        return _meant(self.text, filter(str.islower, _without_soft(self.accepted)))

    def goes_on(self, pattern: str) -> bool:
        """Whether the text from the word on is like a pattern."""
        return re.compile(pattern).match(self.source.text, self.span.start) is not None


def _meant(word: str, known: Iterable[str]) -> list[str]:
    return did_you_mean(word, known) if SHORTEST <= len(word) <= LONGEST else []


def _behind_dot(at: _Stop) -> str | None:
    """What to write for `nn.ReLU` or `x.shape`, at the dot or behind it."""
    if at.text == "(" and (dotted := re.search(r"([^\W\d]\w*)\.([^\W\d]\w*)\s*$", at.before)):
        return _called(dotted[1], dotted[2])
    return _instead(at.source.text, at.span.start) if at.text == "." else None


def _called(value: str, name: str) -> str:
    """What to write for `nn.Linear(...)`, `self.fc(...)` or `x.view(...)`."""
    if value == "self":
        return _NO_SELF
    if value not in _PREFIXES and name in _METHODS:
        return f"what is done to a value stands behind an arrow: write `{value} -> {_METHODS[name]}(...)`"
    return f"names stand alone here: write `{_FUNCTIONS.get(name, name)}`"


_IN_A_BODY = "statements stand in the body of a `module` or `model`"

_MENDS: tuple[tuple[Callable[[_Stop], object], str | Callable[[_Stop], str]], ...] = (
    (_behind_dot, lambda at: _behind_dot(at) or ""),
    (lambda at: re.search(r"= lambda [^\n]*$", at.before), "a function of your own is a `module`"),
    (
        lambda at: at.text == ":" and re.search(r"\bfor \w+ in range\([^\n]*\)$", at.before),
        "write `repeat l in L { ... }`, or `for t in T { ... }` where no round waits for another",
    ),
    (
        lambda at: at.text == "else" and re.search(r"=[^\n{}]*\bif [^\n{}]*$", at.before),
        "a choice between two values stands in brackets: `y = (a if H > 2 else b)`",
    ),
    (lambda at: at.text == "is", 'conditions compare sizes, words and options: `H > 2`, `bias`, `pad == "same"`'),
    (lambda at: at.foreign, lambda at: at.foreign or ""),
    (
        lambda at: at.before.rstrip().endswith('"""'),
        "a text in triple quotes documents a `module` or `model`; other comments begin with `#`",
    ),
    (lambda at: at.text == "*" and at.before.endswith("*"), "powers are written with `^`"),
    (lambda at: at.text == "//" or re.search(r"//[^\n]*$", at.before), "a comment begins with `#`"),
    (lambda at: at.word == "within" and {"==", "~="} <= at.accepted, "a tolerance goes with `~=`"),
    (
        lambda at: at.text == "(" and at.before.endswith(")"),
        "a layer is given its input first: `Linear(x, D)`, or `x -> Linear(D)`",
    ),
    (lambda at: at.text == "-" and at.word == "weigh", "a weight is not negative: `weigh 0.3 { ... }`"),
    (
        lambda at: "{" in at.accepted and re.search(r"\bweigh\b[^\n{}]*$", at.before),
        "a weight is a name or a number; anything else stands in brackets: `weigh (1 - p) { ... }`",
    ),
    (
        lambda at: at.text.startswith('"') and {")", ":"} <= at.accepted,
        lambda at: (
            f"what a size is called stands where it is declared, in front of the model: `dim {at.word} {at.text}`"
        ),
    ),
    # Signs.
    (
        lambda at: at.accepted == {":"} and re.search(r"\bwith\b[^\n{}]*$", at.before),
        lambda at: f"a state has a shape, and a start if that is not 0: `with {at.word}: [...] = ...`",
    ),
    (lambda at: at.text == "==" and "=" in at.accepted, "write `=` to give a name its value"),
    (lambda at: at.text == "=" and "==" in at.accepted, "write `==` to compare"),
    (lambda at: at.text == ":" and "{" in at.accepted, "a body stands between `{` and `}`"),
    (
        lambda at: at.text == "," and ")" in at.accepted and "NUMBER" not in at.accepted,
        "a list stands between `[` and `]`",
    ),
    (
        lambda at: at.text in _COMPARISONS and {"+", "and"} <= at.accepted,
        "compare two at a time: `a < b and b < c`",
    ),
    (lambda at: at.text.isidentifier() and at.accepted - SOFT == {"["}, lambda at: f"a shape is a list: `[{at.text}]`"),
    # Words.
    (lambda at: at.text == "else", "`else` follows the `}` of an `if`"),
    (lambda at: at.text in STATEMENTS and at.among_items, _IN_A_BODY),
    (
        lambda at: at.text in RESERVED and "NAME" in at.accepted and "NUMBER" not in at.accepted,
        lambda at: f"`{at.text}` has a meaning of its own; choose another name",
    ),
    (
        lambda at: at.in_statement and at.word == "rate",
        "a `rate` is said of the whole file: write it in front of the `model`",
    ),
    (lambda at: at.meant, lambda at: at.meant[0]),
    # Statements that have begun with a name and do not go on.
    (
        lambda at: at.in_statement and at.goes_on(r"[-+*/@]="),
        lambda at: f"write `{at.word} = {at.word} {at.text.rstrip('=')} ...`",
    ),
    (lambda at: at.in_statement and _meant(at.word, STATEMENTS), lambda at: _meant(at.word, STATEMENTS)[0]),
    (lambda at: at.in_statement, "a statement gives its value a name, as in `h = ...`, or returns it"),
    (lambda at: at.among_items and at.goes_on(r"\w+\s*[=\[,]"), _IN_A_BODY),
)
"""When to say what; the surest first, since only the first is said."""
