"""Every line of the text adds its share: the shares, taken through the blocks around them, are the total."""

from __future__ import annotations

from pathlib import Path

import pytest

import symcost
from symcost.analysis.counts.by_line import Line, Part, Step
from symcost.formula import Form, add, num
from symcost.graph.graph import Block
from symcost.model import Model
from symcost.questions import questions
from tests.examples.files import each, loaded


def shares(part: Part, around: tuple[Part, ...] = ()) -> list[Form]:
    """What each operation and parameter adds to the whole: its own count through the blocks around it, inside out."""
    found = []
    for line in part.lines:
        for item in line.items:
            if isinstance(item, Part):
                found += [num(line.times) * share for share in shares(item, (*around, item))]
            else:
                form = item.total
                for outer in reversed(around):
                    form = through(outer, form)
                found.append(num(line.times) * form)
    return found


def through(part: Part, form: Form) -> Form:
    """A count inside a block, over all its rounds: times its factor, or one round after the other."""
    if part.factor is not None:
        return form * part.factor
    assert part.block is not None and part.block.counter is not None
    low, high = part.block.counter.low.number, part.block.counter.high
    assert low is not None and high is not None
    if high.number is None:
        pytest.skip("summed over an open number of rounds")
    return add(*(form.substitute({part.block.counter: num(n)}) for n in range(int(low), int(high.number))))


@pytest.mark.parametrize("path", each(sample=True))
def test_the_lines_of_an_example_add_up(path: Path) -> None:
    """For every model and quantity, to the formula that `symcost formula` prints."""
    for model in loaded(path).models.values():
        if model.faults:
            continue  # some need a configuration before they can be built
        for quantity in ("params", "macs", "flops", "exp"):
            whole = model.explained(quantity)
            assert whole.total == model.quantity(quantity).ask(model), (model.name, quantity)
            assert all(consistent(part) for part in parts(whole))


def parts(part: Part) -> list[Part]:
    """A part and all parts inside."""
    inside = [item for line in part.lines for item in line.items if isinstance(item, Part)]
    return [part, *(deeper for one in inside for deeper in parts(one))]


def consistent(part: Part) -> bool:
    """A part is the sum of its lines, a line that of its items, and rounds multiply."""
    lines = all(add(*(item.total for item in line.items)) == line.once for line in part.lines)
    factor = part.factor is None or part.once * part.factor == part.total
    return lines and factor and add(*(num(line.times) * line.once for line in part.lines)) == part.once


ELMAN = """model Elman(x: [T, I], H) {
  param W: [I, H], U: [H, H], b: [H]
  scan t in T with h: [H] {
    h = tanh(x[t] @ W + h @ U + b)
    emit y = h
  }
  return y
}"""


def only(items: tuple[Line, ...]) -> Line:
    (line,) = items
    return line


def test_where_the_terms_of_an_elman_network_come_from() -> None:
    """I·H and H·H on line 4, T times by the scan of line 3."""
    whole = symcost.loads(ELMAN).model().explained("macs")
    scan = only(whole.lines)
    (loop,) = scan.items
    assert scan.span.line == 3
    assert isinstance(loop, Part) and str(loop.factor) == "T"
    inside = only(loop.lines)
    assert inside.span.line == 4
    assert [str(item.total) for item in inside.items] == ["I·H", "H·H"]
    assert [item.node.span.text for item in inside.items if isinstance(item, Step)] == ["x[t] @ W", "h @ U"]
    assert str(whole.total) == "(I·H + H·H)·T"


def test_rounds_that_differ_are_summed() -> None:
    """Causal attention: 2·D·(t + 1) at step t, D·T·(T + 1) in all; at T = 4, D = 3 that is 6·(1 + 2 + 3 + 4)."""
    model = symcost.loads("model Causal(x: [T, D]) { return causal_attention(x, x, x) }").model()
    whole = model.explained("macs")
    (scan,) = [part for part in parts(whole) if part.block is not None and part.block.kind == "scan"]
    assert scan.factor is None
    assert str(whole.total) == "D·T·(T + 1)"
    four = symcost.loads("model Causal(x: [4, 3]) { return causal_attention(x, x, x) }").model().explained("macs")
    assert add(*shares(four)) == four.total == 60


@pytest.mark.parametrize("quantity", questions("sum"))
def test_each_share_through_the_blocks_around_it(quantity: str) -> None:
    """Repeats, choices, shared layers: every leaf by itself makes the same total."""
    text = """
    model Mixture(x: [T, D], L, E) {
      assume E >= 2
      layer same = Linear(D)
      repeat L {
        x = x + same(x)
        repeat 3 shared { x = x -> Linear(D) -> relu }
        x = x -> MixtureOfExperts(experts = E, active = 2)
      }
      return x -> LayerNorm -> same
    }"""
    model: Model = symcost.loads(text).model()
    whole = model.explained(quantity)
    assert add(*shares(whole)) == whole.total == model.quantity(quantity).ask(model)


def test_a_layer_that_a_convention_counts_as_a_whole_is_one_step() -> None:
    """ptflops has a formula of its own for an LSTM; nothing is explained inside of it."""
    model = symcost.loads("model Net(x: [T, I], H) { return x -> LSTM(H) }").model()
    whole = model.explained("flops", "ptflops")
    (step,) = only(whole.lines).items
    assert isinstance(step, Step) and isinstance(step.node, Block) and step.node.name == "LSTM"
    assert whole.total == model.flops("ptflops").form


def test_what_is_no_sum_is_refused() -> None:
    """The depth of a network is the longest of its chains, not a sum over its lines."""
    with pytest.raises(symcost.SymcostError, match="depth"):
        symcost.loads(ELMAN).model().explained("depth")
