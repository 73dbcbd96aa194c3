"""The grammar itself: no conflict, a tree for every rule, its words known to those who speak about them."""

import logging
from collections.abc import Iterator

import lark
import pytest
from lark.lexer import PatternStr

from symcost.syntax import words
from symcost.syntax.tables import OPTIONS, grammar
from symcost.syntax.tree import TreeBuilder


@pytest.fixture
def tables(caplog: pytest.LogCaptureFixture) -> Iterator[lark.Lark]:
    with caplog.at_level(logging.DEBUG, logger="lark"):
        lark.logger.setLevel(logging.DEBUG)
        yield lark.Lark(grammar(), debug=True, **OPTIONS)
        lark.logger.setLevel(logging.CRITICAL)


def test_no_conflict(tables: lark.Lark, caplog: pytest.LogCaptureFixture) -> None:
    """LALR(1) decides everything: Lark never had to prefer one reading to another."""
    assert tables.rules and not [record for record in caplog.messages if "conflict" in record.lower()]


def test_a_tree_for_every_rule(tables: lark.Lark) -> None:
    """Each rule that builds something has its method, and each method its rule."""
    kept = {rule for rule in tables.rules if not rule.origin.name.startswith("_")}
    inlined = {rule for rule in kept if rule.options.expand1 and len(rule.expansion) == 1}
    built = {rule.alias or rule.origin.name for rule in kept - inlined}
    methods = {name for name in vars(TreeBuilder) if not name.startswith("_")} - {"read"}
    assert {str(name) for name in built} == methods


def test_the_words(tables: lark.Lark) -> None:
    """Every word of the grammar is reserved or soft, and named as such where messages are made."""
    literal = {t.pattern.value for t in tables.terminals if isinstance(t.pattern, PatternStr)}
    soft = {rule.expansion[0].name.lower() for rule in tables.rules if rule.origin.name == "_soft"}
    assert soft == words.SOFT
    assert {word for word in literal if word.isalpha()} == words.SOFT | words.RESERVED
