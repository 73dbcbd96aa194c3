"""Words from a text, and trees from words, by the tables of the grammar: an LALR(1) parser.

Aho, Lam, Sethi & Ullman, Compilers, 2nd edition, algorithm 4.44. It does what Lark's does with the same tables, without
lines, columns and what other grammars need, so that a short run does not load Lark.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from sys import intern
from typing import Any

from symcost.syntax.tables import RuleRow, Tables

END = "$END"
"""The kind of word that ends a text."""

Maker = Callable[[list[Any]], Any]


class Word(str):
    """A word of a text with its kind and its place."""

    __slots__ = ("end_pos", "start_pos", "type")

    type: str
    start_pos: int
    end_pos: int


class UnknownCharacter(Exception):
    """No word begins here."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place


class UnexpectedWord(Exception):
    """A word that cannot follow; `accepted` are the kinds that could."""

    def __init__(self, word: Word, accepted: frozenset[str]) -> None:
        super().__init__(word)
        self.word = word
        self.accepted = accepted


class Reader:
    """Reads texts, and has the methods of a builder called for each rule that is complete."""

    def __init__(self, tables: Tables, builder: object) -> None:
        self.tables = tables
        # Blanks belong to the word behind them; no word at all is the end. What was skipped is never tried otherwise.
        pattern = re.compile(rf"(?:{tables.skipped})*+(?:{tables.pattern}|\Z)")
        self._match = pattern.match
        self._kinds = {group: intern(kind) for kind, group in pattern.groupindex.items()}
        makers = [_maker(rule, getattr(builder, rule.callback, None)) for rule in tables.rules]
        self._steps = [(rule.size, make, rule.origin) for rule, make in zip(tables.rules, makers, strict=True)]
        self._lone: dict[int, tuple[Maker, str] | None] = {}
        """The states met behind words: who makes a value of the word, where it is one whatever follows."""
        self._passing = frozenset(~number for number, rule in enumerate(tables.rules) if _passes(rule))
        self._passed: dict[tuple[int, int, str], int] = {}
        """Where rules lead that pass their one part on, from a state over another before a kind of word."""

    def words(self, text: str, begin: int, end: int) -> Iterator[Word]:
        """The words of a stretch, without blanks and comments. Raises UnknownCharacter."""
        match, kinds, reserved = self._match, self._kinds, self.tables.reserved
        place = begin
        while (found := match(text, place, end)) is not None:
            group = found.lastindex
            if group is None:
                return
            kind = kinds[group]
            word = Word(found[group])
            word.type = reserved[kind].get(word, kind) if kind in reserved else kind
            word.start_pos, place = found.span(group)
            word.end_pos = place
            yield word
        blanks = re.compile(rf"(?:{self.tables.skipped})*+").match(text, place, end)
        raise UnknownCharacter(place if blanks is None else blanks.end())

    def all_words(self, text: str, begin: int, end: int, ignored: frozenset[str]) -> Iterator[Word]:
        """The same with all but the kinds that are named. Raises UnknownCharacter."""
        match, reserved = re.compile(self.tables.pattern).match, self.tables.reserved
        place = begin
        while place < end:
            found = match(text, place, end)
            if found is None:
                raise UnknownCharacter(place)
            kind, place, start = str(found.lastgroup), found.end(), place
            if kind in ignored:
                continue
            word = Word(found.group())
            word.type = reserved[kind].get(word, kind) if kind in reserved else kind
            word.start_pos, word.end_pos = start, place
            yield word

    def parse(self, text: str, begin: int, end: int, start: str) -> Any:
        """The tree of a stretch. Raises UnknownCharacter, UnexpectedWord, and what the builder raises."""
        states = [self.tables.starts[start]]
        values: list[Any] = []
        last, table, lone = self.tables.ends[start], self.tables.states, self._lone
        for word in self.words(text, begin, end):
            kind = word.type
            state = table[states[-1]].get(kind, -1)
            if state < 0:  # most words stand behind one another without a rule between
                self._reduced(word, states, values, last)
                state = table[states[-1]][kind]
            made = lone[state] if state in lone else self._made_of_word(state)
            if made is None:
                values.append(word)
                states.append(state)
            else:
                make, origin = made
                values.append(make([word]))
                states.append(table[states[-1]][origin])
        behind = Word("")
        behind.type, behind.start_pos, behind.end_pos = END, end, end
        self._reduced(behind, states, values, last)
        return values[-1]

    def _made_of_word(self, state: int) -> tuple[Maker, str] | None:
        """What makes a value of the word that leads to a state, a name or a number, if nothing else can follow."""
        led_to = set(self.tables.states[state].values())
        action = led_to.pop()
        found = None
        if not led_to and action < 0 and self._steps[~action][0] == 1:
            _, make, origin = self._steps[~action]
            found = make, origin
        self._lone[state] = found
        return found

    def _reduced(self, word: Word, states: list[int], values: list[Any], last: int) -> None:
        """All rules that are complete before a word become values; then the word can be put behind them.

        Behind the whole text, `last` is the state that the whole leads to.
        """
        table, steps, passing, kind = self.tables.states, self._steps, self._passing, word.type
        while not (kind == END and states[-1] == last):
            action = table[states[-1]].get(kind)
            if action is None:
                raise UnexpectedWord(word, self._accepted(states, last))
            if action >= 0:
                return
            if action in passing and kind != END:
                states[-1] = self._passed_on(states, kind)
                continue
            size, make, origin = steps[~action]
            parts: list[Any] = []
            if size:
                parts = values[-size:]
                del values[-size:], states[-size:]
            values.append(make(parts))
            states.append(table[states[-1]][origin])

    def _passed_on(self, states: list[int], kind: str) -> int:
        """The state behind all rules that pass one part on: a name is a power, a product, a sum, and so forth.

        There are a dozen levels of expressions and most have one part, so that the way is walked once and then known.
        """
        below, top = states[-2:]
        known = self._passed.get((below, top, kind))
        if known is not None:
            return known
        table, rules, state = self.tables.states, self.tables.rules, top
        while (action := table[state].get(kind)) in self._passing:
            state = table[below][rules[~action].origin]
        self._passed[below, top, kind] = state
        return state

    def _accepted(self, states: list[int], last: int) -> frozenset[str]:
        """The kinds of words that can follow."""
        kinds = (kind for kind in self.tables.states[states[-1]] if kind.isupper())
        return frozenset(kind for kind in kinds if self._can_follow(kind, list(states), last))

    def _can_follow(self, kind: str, states: list[int], last: int) -> bool:
        """Whether a kind of word is taken, once all rules before it are complete."""
        table, rules = self.tables.states, self.tables.rules
        while not (kind == END and states[-1] == last):
            action = table[states[-1]].get(kind)
            if action is None or action >= 0:
                return action is not None
            if size := rules[~action].size:
                del states[-size:]
            states.append(table[states[-1]][rules[~action].origin])
        return True


def _passes(rule: RuleRow) -> bool:
    """Whether it is made of one part that stands for the whole, whatever it is."""
    return rule.size == 1 and rule.single and rule.parts is None


def _maker(rule: RuleRow, made: Maker | None) -> Maker:
    """What becomes of the values of a rule."""
    if rule.single:
        made = _one_or(made)
    if rule.parts is None:
        return _itself if made is None else made
    return _chosen(rule.parts, rule.after, _itself if made is None else made)


def _itself(parts: list[Any]) -> list[Any]:
    """For a rule without a tree of its own."""
    return parts


def _one_or(made: Maker | None) -> Maker:
    def maker(parts: list[Any]) -> Any:
        if len(parts) == 1:
            return parts[0]
        return parts if made is None else made(parts)

    return maker


def _chosen(wanted: tuple[tuple[int, bool, int], ...], after: int, made: Maker) -> Maker:
    """With None for what was left out, and the parts of rules that have no tree."""

    def maker(values: list[Any]) -> Any:
        parts: list[Any] = []
        for place, many, left_out in wanted:
            if left_out:
                parts += [None] * left_out
            if not many:
                parts.append(values[place])
            elif parts:
                parts += values[place]
            else:
                parts = values[place]  # nobody else has it: a long list is not copied for each of its entries
        if after:
            parts += [None] * after
        return made(parts)

    return maker
