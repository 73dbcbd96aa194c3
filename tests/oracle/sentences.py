"""Random texts that look like `.arch`: sentences of its grammar, and examples with faults put in."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.oracle.programs import PROGRAMS
from tests.oracle.strategies import architectures

EXAMPLES = Path(__file__).parents[2] / "examples"

NAMES = st.sampled_from(["x", "x", "x", "y", "h", "T", "I", "H", "t", "W", "λ", "in", "model", "pi"])
FUNCTIONS = st.sampled_from(
    "Linear softmax relu tanh sum max mean size concat reshape split pad transpose zeros reverse f LSTM Conv1d".split()
)
NUMBERS = st.sampled_from(["0", "1", "2", "3", "10", "0.5", "1e3", "1e-3", "4_096", "1e400", "9" * 20, "-1"])
TOKEN = re.compile(r'"[^"\n]*"|\w+|\.\.\.|\.\.|->|==|!=|<=|>=|//|~=|\S|\s+')


def joined(*parts: Any) -> st.SearchStrategy[str]:
    """Strings one after the other; those given as strings as they are."""
    return st.tuples(*(st.just(p) if isinstance(p, str) else p for p in parts)).map("".join)


def listed(item: st.SearchStrategy[str], least: int = 0, most: int = 3) -> st.SearchStrategy[str]:
    return st.lists(item, min_size=least, max_size=most).map(", ".join)


def larger(expr: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions one step larger."""
    operators = st.sampled_from("+ - * / // % @ ^ == < and or".split()).map(lambda op: f" {op} ")
    position = st.one_of(expr, joined(expr, ":", expr), st.sampled_from([":", "...", "0:t + 1", "2*t + k", "-1"]))
    keyword = joined(st.sampled_from([", axis", ", O", ", bias", ", keep", ", H"]), " = ", expr)
    arguments = joined(listed(expr, least=1), st.one_of(st.just(""), keyword))
    return st.one_of(
        joined("(", expr, operators, expr, ")"),
        joined("(", expr, " -> ", FUNCTIONS, ")"),
        joined("(", expr, " -> ", FUNCTIONS, "(", arguments, ") -> ", FUNCTIONS, ")"),
        joined(FUNCTIONS, "(", expr, ")"),
        joined(FUNCTIONS, "(", arguments, ")"),
        joined(NAMES, "[", listed(position), "]"),
        joined("[", listed(st.one_of(expr, st.just("..."))), "]"),
        joined(st.sampled_from(["(-", "(not "]), expr, ")"),
        joined("(", st.sampled_from(["max", "mean", "sum", "F"]), "(", NAMES, " in ", expr, ") ", expr, ")"),
    )


EXPRESSIONS = st.recursive(st.one_of(NAMES, NAMES, NUMBERS, st.sampled_from(["true", '"same"'])), larger, max_leaves=5)
SIZES = st.one_of(st.sampled_from(["T", "I", "H", "2", "T/2", "I + H", "..."]), EXPRESSIONS)
SHAPES = joined("[", listed(SIZES), "]")
RANGES = st.one_of(st.sampled_from(["T", "H", "3", "1..T"]), EXPRESSIONS, joined(EXPRESSIONS, "..", EXPRESSIONS))
CARRIES = st.one_of(
    st.just(""), joined(" with ", NAMES, ": ", SHAPES), joined(" with ", NAMES, ": ", SHAPES, " = ", EXPRESSIONS)
)
INDICES = listed(st.sampled_from(["t", "k", "i", "o", "...", "2*t + k", "t + 1", "0"]))
CONTRACTIONS = st.sampled_from(
    [
        "x[t, i] * W[i, o]",
        "x[2*t + k, i] * x[k, i]",
        "max(k in 2) x[2*t + k, i]",
        "x[t, i] - 2 * x[i, t] / 3",
        "x[..., i]",
    ]
)
RELATIONS = st.sampled_from(["==", "grows"])
QUANTITIES = st.sampled_from(["params", "macs", "depth", "flops", "add", "memory", "speed"])


def blocks(body: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Statements with statements inside."""
    block = joined(" {\n", st.lists(body, max_size=3).map("".join), "}\n")
    return st.one_of(
        joined("scan ", NAMES, " in ", RANGES, CARRIES, block),
        joined("repeat ", RANGES, st.sampled_from(["", " shared"]), CARRIES, block),
        joined("repeat ", NAMES, " in ", RANGES, CARRIES, block),
        joined("choose ", EXPRESSIONS, " of ", EXPRESSIONS, block),
        joined("if ", EXPRESSIONS, block),
        joined("if ", EXPRESSIONS, block, "else", block),
    )


STATEMENTS = st.recursive(
    st.one_of(
        joined(NAMES, " = ", EXPRESSIONS, "\n"),
        joined(NAMES, ", ", NAMES, " = ", EXPRESSIONS, "\n"),
        joined(NAMES, "[", INDICES, "] = ", st.one_of(EXPRESSIONS, CONTRACTIONS), "\n"),
        joined("param W: ", SHAPES, "\n"),
        joined("let ", NAMES, " = ", SIZES, st.sampled_from(["", ' "words"', ' "words" latex "n"']), "\n"),
        joined("layer f = ", FUNCTIONS, "(", EXPRESSIONS, ")\n"),
        joined("emit ", NAMES, " = ", EXPRESSIONS, "\n"),
        joined("return ", EXPRESSIONS, "\n"),
        joined("assume ", EXPRESSIONS, st.sampled_from([" divides ", " >= ", " == "]), EXPRESSIONS, "\n"),
    ),
    blocks,
    max_leaves=4,
)
DEFINITIONS = joined(
    st.sampled_from(["model M", "model N", "module f"]),
    st.sampled_from(["(x: [T, I], H) {\n", "(x: [T, I], H) -> [T, H] {\n", "(x: [..., I], H = 2) {\n"]),
    st.lists(STATEMENTS, max_size=4).map("".join),
    st.sampled_from(["return x\n}\n", "return x\n}\n", "return y\n}\n", "}\n"]),
)
ITEMS = st.one_of(
    DEFINITIONS,
    DEFINITIONS,
    joined("expect ", st.sampled_from("MMN"), " {", QUANTITIES, " ", RELATIONS, " ", EXPRESSIONS, "}\n"),
    joined("config ", NAMES, " { ", NAMES, " = ", NUMBERS, " }\n"),
    joined("dim ", NAMES, ' "words"\n'),
    st.sampled_from(["assume 2 divides T\n", "module g(x: [...], a, b: [T], c = g) { return x }\n"]),
)
SENTENCES = st.lists(ITEMS, min_size=1, max_size=3).map("".join)


@cache
def seeds() -> list[str]:
    """Texts that are in order: the project's examples and the oracle's own programs."""
    examples = [path.read_text(encoding="utf-8") for path in sorted(EXAMPLES.rglob("*.arch"))]
    texts = [text for program in PROGRAMS for text in program.text.split("\n\n")]
    return [text for text in examples if len(text) < 4000] + sorted(set(texts))


@st.composite
def mutations(draw: Callable[..., Any]) -> str:
    """A text in order, with a few of its tokens and characters taken out, doubled or exchanged."""
    number = draw(st.integers(-len(seeds()) // 2, len(seeds()) - 1))
    text = seeds()[number] if number >= 0 else draw(architectures()).text
    parts = TOKEN.findall(text)
    for _ in range(draw(st.integers(1, 3))):
        parts = mutated(draw, parts)
    text = "".join(parts)
    return "".join(mutated(draw, list(text))) if draw(st.integers(0, 3)) == 0 else text


def mutated(draw: Callable[..., Any], parts: list[str]) -> list[str]:
    """One change. Most often a word takes another's place, so that the text can still be read."""
    if not parts:
        return parts
    first, second = (draw(st.integers(0, len(parts) - 1)) for _ in range(2))
    match draw(st.sampled_from(["rename", "rename", "rename", "delete", "duplicate", "swap", "cut"])):
        case "rename":
            kin = [part for part in parts if kind(part) == kind(parts[first])]
            return [*parts[:first], draw(st.sampled_from(kin)), *parts[first + 1 :]]
        case "delete":
            return [*parts[:first], *parts[first + 1 :]]
        case "duplicate":
            return [*parts[:first], parts[first], *parts[first:]]
        case "swap":
            changed = list(parts)
            changed[first], changed[second] = changed[second], changed[first]
            return changed
    start = min(first, second)
    return [*parts[:start], *parts[min(max(first, second), start + 20) :]]


OPERATORS = frozenset(["+", "-", "*", "/", "//", "%", "@", "^", "==", "<", ">", "<=", ">=", "!="])
RESERVED = frozenset(
    "model module param layer emit return scan repeat choose if else assume and or not in of with divides".split()
)


def kind(part: str) -> str:
    """Which parts can stand for one another without a syntax fault."""
    if part in OPERATORS:
        return "operator"
    if part in RESERVED or not re.fullmatch(r'[\w.]+|"[^"]*"', part):
        return part
    return "value" if part[0].isalpha() else "number"
