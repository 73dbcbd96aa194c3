"""The script of a page works out what the library does: exact numbers, by node where it is installed."""

import json
import shutil
import subprocess
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from symcost.export.numbers import share, si
from symcost.export.shares import shares
from symcost.export.webpage.assembled import read
from symcost.export.webpage.programs import Shared, fact
from symcost.formula import (
    AtLeast,
    Divides,
    Equal,
    Form,
    TooLarge,
    add,
    ceil_div,
    counter,
    div,
    floor_div,
    log2,
    maximum,
    minimum,
    mod,
    mul,
    num,
    power,
    symbol,
)
from symcost.formula.form import Sum

NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="node is not there")

RUN = """
const values = (given) => given.map((text) => number(text));
const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
const answers = asked.map(([what, ...told]) => {
  try {
    if (what === "value") {
      const [data, inputs] = told;
      const steps = compiled(data.steps, inputs.length);
      return data.places.map((place) => exact(value(needed(steps, inputs.length, place), values(inputs))));
    }
    if (what === "keeps") return keeps(prepared(told[0], told[1].length), values(told[1]));
    if (what === "grouped") return grouped(number(told[0]));
    if (what === "si") return si(number(told[0]));
    if (what === "shares") {
      const found = shares(told[0], values(told[1]));
      const all = values(told[1]);
      return found.map((tenths, row) => [String(tenths), percent(tenths, all[row], all[0])]);
    }
  } catch (problem) {
    if (problem instanceof TooLarge || problem instanceof Undefined) return null;
    throw problem;
  }
});
console.log(JSON.stringify(answers));
"""


def answered(asked: list[list[object]]) -> list[object]:
    """What the script of the page says."""
    assert NODE is not None
    script = read("exact.js") + RUN
    ran = subprocess.run([NODE, "-e", script], input=json.dumps(asked), capture_output=True, text=True, check=True)
    answers: list[object] = json.loads(ran.stdout)
    return answers


A, B, C = symbol("A"), symbol("B"), symbol("C")
SYMBOLS = (A, B, C)


def forms() -> st.SearchStrategy[Form]:
    """Forms of every kind over three dimensions."""
    leaves = st.sampled_from([A, B, C, num(2), num(3), num(Fraction(1, 2)), num(7)])

    def larger(inner: st.SearchStrategy[Form]) -> st.SearchStrategy[Form]:
        pairs = st.tuples(inner, inner)
        joined = [pairs.map(lambda two, make=make: make(*two)) for make in (add, mul, div, maximum, minimum)]
        rounded = [
            pairs.map(lambda two, make=make: make(two[0], add(mul(two[1], two[1]), num(1))))
            for make in (floor_div, ceil_div, mod)
        ]
        return st.one_of(*joined, *rounded, inner.map(lambda one: one - 3))

    return st.recursive(leaves, larger, max_leaves=12)


CASES = st.lists(st.tuples(forms(), st.tuples(*[st.integers(1, 10**6)] * 3)), min_size=40, max_size=40)


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(CASES)
def test_any_form(cases):
    """A form has the same exact value on the page as in the library, and none where that has none."""
    asked, expected = [], []
    for form, sizes in cases:
        shared = Shared(SYMBOLS)
        shared.add(form)
        asked.append(["value", shared.data(), [str(size) for size in sizes]])
        try:
            expected.append([str(form.evaluate(dict(zip(SYMBOLS, sizes, strict=True))))])
        except (ZeroDivisionError, TooLarge):
            expected.append(None)
    assert answered(asked) == expected


def test_what_is_rare():
    """Powers, roots, logarithms, roundings of these, open sums, numbers far beyond floats: the same digits."""
    t = counter("t", num(0), A)
    special = [
        power(num(2), A),
        power(A, div(num(1), num(2))),
        power(A, num(-3)),
        log2(A),
        log2(mul(A, B)),
        ceil_div(log2(A), log2(B)),
        floor_div(log2(A), num(1)),
        power(A, num(60)),
        Sum(t, num(0), A, ceil_div(add(t, B), num(3))),
        Sum(t, num(0), A, maximum(t, minimum(B, C))),
        mul(A, power(num(10), num(40))),
    ]
    points = [(1, 2, 3), (8, 2, 5), (25, 5, 7), (1000, 10, 3), (37, 6, 1)]
    shared = Shared(SYMBOLS)
    for form in special:
        shared.add(form)
    found = answered([["value", shared.data(), list(map(str, point))] for point in points])
    expected = [[str(form.evaluate(dict(zip(SYMBOLS, point, strict=True)))) for form in special] for point in points]
    assert found == expected


def test_too_large():
    """A power of more digits than the library works out is none on the page either."""
    shared = Shared(SYMBOLS)
    shared.add(power(num(2), A))
    assert answered([["value", shared.data(), ["10001", "1", "1"]]]) == [None]


def test_assumptions():
    """An assumption is kept on the page by the same sizes as in the library, also one about rounds of a loop."""
    from symcost.values import keeps

    t = counter("t", num(1), A)
    facts = [Divides(B, A), AtLeast(A, B), Equal(A, mul(B, C)), Divides(t, mul(A, B)), AtLeast(B, add(t, C))]
    points = [(6, 3, 2), (6, 4, 1), (3, 6, 2), (1, 1, 1), (4, 12, 3)]
    asked = [["keeps", fact(one, SYMBOLS), list(map(str, point))] for one in facts for point in points]
    expected = [keeps(dict(zip("ABC", point, strict=True)), one) for one in facts for point in points]
    assert answered(asked) == expected


@pytest.mark.parametrize("value", [0, 7, 9999, 10000, 99949, 99950, 35_541_098_496, 10**33, 10**40, Fraction(1, 3)])
def test_rounded(value):
    """A number is rounded on the page as in a report, with its thin spaces."""
    assert answered([["si", str(value)]]) == [si(value).replace(" ", "\u202f")]


def test_shares():
    """Shares add up on the page as they do in a report."""
    levels, values = [0, 1, 1, 2, 2, 2, 1], [700, 100, 300, 100, 100, 100, 300]
    tenths = shares(levels, values)
    expected = [[str(tenth), share(value, values[0], tenth)] for tenth, value in zip(tenths, values, strict=True)]
    assert answered([["shares", levels, list(map(str, values))]]) == [expected]
