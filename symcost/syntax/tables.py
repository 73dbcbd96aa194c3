"""The tables of the grammar, which Lark works out: words as regular expressions, states as plain data.

They lie in the wheel, made when it is built; a checkout keeps them in the user's cache. Either way a run that finds
them does not load Lark.
"""

from __future__ import annotations

import sys
import zlib
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from lark.grammar import Rule

FORMAT = 3
"""Rises when `Tables` or `RuleRow` means something else."""

PACKED = "symcost.syntax.packed_tables"
"""The module in the wheel that holds them."""

OPTIONS: dict[str, Any] = {
    "parser": "lalr",
    "lexer": "basic",  # a word is the same token everywhere; the grammar says where it is a name
    "start": ["file", "expr"],
    "keep_all_tokens": True,  # every rule knows its first and last character
    "maybe_placeholders": True,
}


class RuleRow(NamedTuple):
    """A rule: how what it is made of becomes one value."""

    origin: str
    """What it makes."""
    callback: str
    """Who makes the tree: a method of the builder by this name; without one its parts go into the rule above."""
    size: int
    """Values it takes from the stack."""
    single: bool
    """Whether one part alone stands for the whole."""
    parts: tuple[tuple[int, bool, int], ...] | None
    """Which values are parts: the place, whether it is a list of parts, how many left out stand before. None: all."""
    after: int
    """How many that were left out stand behind the last."""


class Tables(NamedTuple):
    """All that reading needs."""

    pattern: str
    """One group for each kind of word; the first that matches is it."""
    ignored: tuple[str, ...]
    skipped: str
    """One pattern for all that is ignored."""
    reserved: dict[str, dict[str, str]]
    """For a kind of word those of its words that are a kind of their own."""
    words: dict[str, str]
    """How kinds are written that are one word or one sign."""
    starts: dict[str, int]
    ends: dict[str, int]
    states: tuple[dict[str, int], ...]
    """What a kind of word, or what was made, leads to: a state, or `~number` of the rule that is complete."""
    rules: tuple[RuleRow, ...]


def tables() -> Tables:
    """Those of `grammar/arch.lark`."""
    text = grammar()
    data = _packed(text)
    if data is None:
        from symcost.syntax import cache

        key = repr((text, FORMAT, sys.implementation.cache_tag))
        data = cache.load(key)
        if data is None:
            data = plain(worked_out(text))
            cache.save(key, data)
    return unpacked(data)


def grammar() -> str:
    """The text of `grammar/arch.lark`: in the package where it was installed, beside it in a checkout."""
    package = Path(__file__).parents[1]
    for folder in (package / "grammar", package.parent / "grammar"):
        if (file := folder / "arch.lark").is_file():
            return file.read_text(encoding="utf-8")
    return _archived()


def _archived() -> str:
    """The same from a package that is imported from an archive."""
    from importlib.resources import files

    if (file := files("symcost") / "grammar" / "arch.lark").is_file():
        return file.read_text(encoding="utf-8")
    raise FileNotFoundError("grammar/arch.lark is neither in the package nor beside it")


# In the wheel ------------------------------------------------------------------------------------


def packed_module() -> str:
    """The text of the module that the wheel holds."""
    text = grammar()
    return f'"""Made from grammar/arch.lark."""\n\nMADE_OF = {mark(text)!r}\nTABLES = {plain(worked_out(text))!r}\n'


def mark(text: str) -> tuple[int, int, int]:
    """By which tables are known to be of this grammar, and of this format."""
    data = text.encode()
    return FORMAT, len(data), zlib.crc32(data)


def plain(made: Tables) -> tuple[Any, ...]:
    """As plain data, which is quickly read."""
    return *made[:-1], tuple(map(tuple, made.rules))


def unpacked(data: tuple[Any, ...]) -> Tables:
    """The same with names."""
    made = Tables._make(data)
    return made._replace(rules=tuple(map(RuleRow._make, made.rules)))


def _packed(text: str) -> Any:
    """What the wheel holds; None where there is nothing, or another grammar's."""
    try:
        module = import_module(PACKED)
    except ModuleNotFoundError:
        return None
    return module.TABLES if mark(text) == module.MADE_OF else None


# By Lark -----------------------------------------------------------------------------------------


def worked_out(text: str) -> Tables:
    """The tables of a grammar, by Lark."""
    from lark import Lark
    from lark.lexer import PatternStr, UnlessCallback

    lark = Lark(text, **OPTIONS)
    lexer: Any = lark.parser.lexer
    scanner = lexer.scanner
    reserved = {}
    for kind, callback in lexer.callback.items():
        assert isinstance(callback, UnlessCallback)
        reserved[str(kind)] = {word.pattern.value: _name(word.name) for word in callback.scanner.terminals}
    table: Any = lark.parser.parser._parse_table
    numbers = {rule: number for number, rule in enumerate(lark.rules)}
    return Tables(
        pattern="|".join(f"(?P<{word.name}>{word.pattern.to_regexp()})" for word in scanner.terminals),
        ignored=tuple(map(str, lark.ignore_tokens)),
        skipped="|".join(word.pattern.to_regexp() for word in scanner.terminals if word.name in lark.ignore_tokens),
        reserved=reserved,
        words={str(word.name): word.pattern.value for word in lark.terminals if isinstance(word.pattern, PatternStr)},
        starts=dict(table.start_states),
        ends=dict(table.end_states),
        states=tuple(_state(table.states[number], numbers) for number in range(len(table.states))),
        rules=tuple(map(_row, lark.rules)),
    )


def _state(actions: dict[str, tuple[Any, Any]], numbers: dict[Rule, int]) -> dict[str, int]:
    return {
        _name(name): target if isinstance(target, int) else ~numbers[target] for name, (_, target) in actions.items()
    }


def _name(text: str) -> str:
    """One text for all places where a kind stands: what is kept is a quarter as long, and sooner found again."""
    return sys.intern(str(text))


def _row(rule: Rule) -> RuleRow:
    """A rule as Lark's own maker of trees reads it (`lark.parse_tree_builder`)."""
    left_out = _left_out(rule)
    parts = []
    for place, symbol in enumerate(rule.expansion):
        is_unfolded = not symbol.is_term and symbol.name.startswith("_")
        parts.append((place, is_unfolded, left_out[place]))
    is_any_unfolded = any(is_unfolded for _, is_unfolded, _ in parts)
    as_it_is = not is_any_unfolded and not any(left_out)
    return RuleRow(
        origin=_name(rule.origin.name),
        callback=_name(rule.alias or rule.origin.name),
        size=len(rule.expansion),
        single=bool(rule.options.expand1 and not rule.alias),
        parts=None if as_it_is else tuple(parts),
        after=left_out[-1],
    )


def _left_out(rule: Rule) -> list[int]:
    """How many optional parts that the text lacks stand before each part of a rule, and behind the last one."""
    if not rule.options.empty_indices:
        return [0] * (len(rule.expansion) + 1)
    marks = "".join(str(int(empty)) for empty in rule.options.empty_indices)
    return [len(ones) for ones in marks.split("0")]
