"""Running sums, sorted numbers and the largest of them, against runs on numbers that count."""

from __future__ import annotations

from itertools import permutations
from math import ceil, log2

import pytest

import symcost
from tests.oracle import schedule
from tests.oracle.counted import Number, Tally
from tests.oracle.primitives import inserted, running_sum
from tests.oracle.reach import reach


def model(body: str, ports: str = "x: [T, D]") -> symcost.Model:
    return symcost.loads(f"model M({ports}) {{ {body} }}").model()


@pytest.mark.parametrize("numbers", range(1, 7))
def test_insertion_sorts_and_always_counts_the_same(numbers: int) -> None:
    """Every order of a few numbers is sorted, with as many comparisons as the formula says."""
    formula = model("return sort(x)", "x: [n]").quantity("cmp")(n=numbers)
    assert formula == sum(ceil(log2(k)) for k in range(1, numbers + 1))  # Knuth, volume 3, 5.3.1
    for values in permutations(range(numbers)):
        tally = Tally()
        places = inserted([Number(float(value), tally) for value in values])
        assert [values[place] for place in places] == sorted(values)
        assert tally["cmp"] == formula


@pytest.mark.parametrize("most", range(1, 5))
@pytest.mark.parametrize("numbers", range(1, 6))
def test_the_largest_are_picked_and_always_counted_the_same(numbers: int, most: int) -> None:
    """Every order of a few numbers; for one it is the n - 1 comparisons of a maximum."""
    if most > numbers:
        return
    formula = model("return topk(x, k)", "x: [n], k").quantity("cmp")(n=numbers, k=most)
    assert most > 1 or formula == numbers - 1
    for values in permutations(range(numbers)):
        tally = Tally()
        places = inserted([Number(float(value), tally) for value in values], most)
        assert [values[place] for place in places] == sorted(values, reverse=True)[:most]
        assert tally["cmp"] == formula


def test_no_more_can_be_picked_than_there_are() -> None:
    """What is not certain is said with the result; what cannot be is a fault."""
    assert [str(fact) for fact in model("return topk(x, k)", "x: [n], k").assumptions] == ["n >= k"]
    with pytest.raises(symcost.SymcostError):
        model("return topk(x, 4)", "x: [3]").quantity("cmp")


@pytest.mark.parametrize("numbers", [1, 2, 3, 8, 9])
def test_a_running_sum_in_turn_and_in_a_tree(numbers: int) -> None:
    """n - 1 additions one after the other; in a tree the last sum is there after ⌈log2 n⌉ (Ladner & Fischer 1980)."""
    in_turn = model("return cumsum(x)", "x: [n]")
    tree = model("return cumsum(x, associative = true)", "x: [n]")
    tally = Tally()
    running_sum([Number(1.0, tally)] * numbers)
    assert in_turn.quantity("add")(n=numbers) == tree.quantity("add")(n=numbers) == tally["add"]
    assert in_turn.quantity("scalar_depth")(n=numbers) == numbers - 1
    assert tree.quantity("scalar_depth")(n=numbers) == ceil(log2(numbers))


BODIES = {
    "a running sum": "return cumsum(x, axis = 0) -> softsign",
    "in a tree": "return cumsum(tanh(x), axis = 0, associative = true)",
    "behind a recurrence": "scan t in T with h: [D] { h = tanh(x[t] + h)  emit y = h }  return cumsum(y, axis = 0)",
    "before a recurrence": "y = cumsum(x, axis = 0)  scan t in T with h: [D] { h = tanh(y[t] + h) }  return h",
    "between recurrences": (
        "scan t in T with h: [D] { h = tanh(x[t] + h)  emit y = h }  z = cumsum(y, axis = 0)"
        "  scan s in T with g: [D] { g = tanh(z[s] + g)  emit u = g }  return u"
    ),
    "sorted": "return sort(tanh(x), axis = 0)",
    "sorted between recurrences": (
        "scan t in T with h: [D] { h = tanh(x[t] + h)  emit y = h }  z = sort(y, axis = 0)"
        "  scan s in T with g: [D] { g = tanh(z[s] + g)  emit u = g }  return u"
    ),
    "the largest": "return topk(tanh(x), 1, axis = 0) -> softsign",
    "the largest in every step": "scan t in T with h: [2] { h = topk(x[t], 2) + h }  return h",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_nothing_waits_longer_than_in_an_unrolled_schedule(body: str) -> None:
    asked = model(body)
    for measure, name in (("operations", "depth"), ("scalars", "scalar_depth")):
        for sizes in ({"T": 2, "D": 2}, {"T": 3, "D": 4}, {"T": 5, "D": 3}):
            assert asked.quantity(name)(**sizes) == schedule.depth(asked.graph, sizes, measure)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "body", ["cumsum(x, axis = 0)", "sort(x, axis = 0)", "topk(x, 2, axis = 0)", "sort(cumsum(x), axis = 0)"]
)
def test_what_is_seen_is_seen_in_the_unrolled_graph(body: str) -> None:
    """The widest field, the farthest ahead, and the longest way, over all positions."""
    asked = model(f"return {body}")
    for length in (2, 3, 5):
        sizes = {"T": length, "D": 2}
        seen = reach(asked.graph, sizes)
        field = max(max(positions) + 1 - min(positions) for positions in seen.values())
        ahead = max(max(positions) - place[0] for place, positions in seen.items())
        layers = max(layers for positions in seen.values() for layers in positions.values())
        assert asked.quantity("receptive_field")(**sizes) == field
        assert asked.quantity("look_ahead")(**sizes) == ahead
        assert asked.quantity("path_length")(**sizes) == layers


def test_row_numbers_are_kept_for_the_way_back() -> None:
    """One for each number of the result, as torch.sort and topk keep indices; a running sum keeps nothing."""

    def kept(body: str) -> dict[str, str]:
        found = model(f"param W: [D, D]  return {body}").kept
        return {kind: str(found[kind]) for kind in ("numbers", "rows")}

    assert kept("sort(x @ W)") == {"numbers": "T·D", "rows": "T·D"}  # the numbers are x, for the gradient of W
    assert kept("topk(x @ W, 2)") == {"numbers": "T·D", "rows": "2·T"}
    assert kept("cumsum(x @ W)") == {"numbers": "T·D", "rows": "0"}


def test_traffic_is_that_of_any_operation() -> None:
    """Everything read once, what comes out written once."""
    assert str(model("return sort(x)").quantity("traffic")) == "2·T·D"
    assert str(model("return topk(x, 2)").quantity("traffic")) == "T·D + 2·T"
    assert str(model("return cumsum(x)").quantity("fused")) == "2·T·D"


@pytest.mark.parametrize("body", ["sort(x)", "topk(x, 2)", "cumsum(x)", "softsign(x)"])
def test_flop_counter_mode_counts_none_of_them(body: str) -> None:
    """PyTorch's FlopCounterMode knows products only; here the classes say what is done."""
    asked = model(f"return {body}")
    assert asked.flops("pytorch")(T=4, D=8) == 0
    assert asked.flops("default")(T=4, D=8) > 0
