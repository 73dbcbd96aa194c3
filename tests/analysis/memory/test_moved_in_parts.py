"""Moved at least, where a part of what is handed on is made anew: against every row followed by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random

import pytest

import symcost

Row = tuple[str, frozenset[int]]
"""`given` with its own number, `made` from rows that were given (of the result a place more), or `zeros`."""

D = 3
PLACE = -1


class Rows:
    """Counts as tensors of shape [n, D] do that read and write every row as a whole."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = list(rows)

    @staticmethod
    def given(number: int, first: int = 0) -> Rows:
        """An input, of which the rows are numbered from the first on."""
        return Rows([("given", frozenset({first + row})) for row in range(number)])

    def __getitem__(self, part: slice) -> Rows:
        return Rows(self.rows[part])

    def tanh(self) -> Rows:
        """Made as a whole, so from all of it."""
        needed = frozenset().union(*(source for _, source in self.rows))
        return Rows([("made", needed)] * len(self.rows))

    def padded(self, before: int, after: int) -> Rows:
        """Among rows of zeros."""
        nothing: Row = ("zeros", frozenset())
        return Rows([nothing] * before + self.rows + [nothing] * after)

    def moved(self) -> int:
        """Rows that are given and needed for a row that is made, and those that were not given."""
        needed = frozenset().union(*(source for kind, source in self.rows if kind == "made"))
        return len(needed) + sum(kind != "given" for kind, _ in self.rows)


def joined(*parts: Rows) -> Rows:
    return Rows([row for part in parts for row in part.rows])


def moved(text: str, **sizes: int) -> tuple[int, int]:
    """What the formula says, and what is said of the graph with the numbers."""
    asked = symcost.loads(text).model()
    values = {info.name: {"D": D, **sizes}[info.name] for info in asked.symbols}
    numbers = symcost.loads(text).model().at(**values).settled().quantity("fused").form.number
    return asked.quantity("fused")(**values), numbers


def first_kept(rounds: int) -> Rows:
    x = Rows.given(3)
    for _ in range(rounds):
        x = joined(x[0:1], x[1:].tanh())
    return x


def window_moved_on(rounds: int) -> Rows:
    x = Rows.given(3)
    for _ in range(rounds):
        x = joined(x[1:], x[2:].tanh())
    return x


def appended(rounds: int) -> Rows:
    x = Rows.given(3)
    for _ in range(rounds):
        x = joined(x, x[2:3].tanh())
    return x


@pytest.mark.parametrize(
    ("body", "rows", "exact"),
    [
        ("x = concat(x[0:1], tanh(x[1:]), axis = 0)", first_kept, (1, 2, 3, 4)),
        ("x = concat(x[1:], tanh(x[2:]), axis = 0)", window_moved_on, (1,)),
    ],
)
@pytest.mark.parametrize("rounds", [1, 2, 3, 4])
def test_a_loop_that_keeps_a_part(body: str, rows: Callable[[int], Rows], exact: Sequence[int], rounds: int) -> None:
    """Never more than is moved, never nothing, and where the rounds keep the same part just as much."""
    text = f"model M(x: [3, D], L) {{ repeat L {{ {body} }} return x }}"
    formula, numbers = moved(text, L=rounds)
    truth = rows(rounds).moved() * D
    assert 0 < formula <= numbers <= truth
    if rounds in exact:
        assert formula == truth


def test_a_cache_alone() -> None:
    """What is appended to a cache is made from what it has, though nobody else reads it."""
    formula, numbers = moved("model M(x: [3, D]) { return concat(x, tanh(x[2:3]), axis = 0) }")
    assert formula == numbers == appended(1).moved() * D


@pytest.mark.parametrize(("length", "states"), [(2, 3), (4, 9), (5, 12), (8, 21)])
def test_a_linear_recurrence(length: int, states: int) -> None:
    """By hand: T - 1 rows of each input at least, and T - 1 new rows; the first one is handed on."""
    text = "model M(a: [T, D], b: [T, D]) { y, _ = linear_recurrence(a, b) return y }"
    assert moved(text, T=length) == (states * D, states * D)


def test_a_part_of_what_is_joined() -> None:
    """Of two that are worked out and joined only one is needed, so nothing of the other is read."""
    text = "model M(x: [A, D], y: [B, D]) { return concat(tanh(x), tanh(y), axis = 0)[0:A] }"
    assert moved(text, A=2, B=1) == (4 * D, 4 * D)
    assert moved(text, A=1, B=4) == (2 * D, 2 * D)


def test_parts_behind_a_pad() -> None:
    """Three looks at three rows and the zeros around them see every row: 3 in, 3 out."""
    text = "model M(x: [T, D]) { y = pad(x, [1, 1], axis = 0) return y[0:T] + y[1:T + 1] + y[2:T + 2] }"
    assert moved(text, T=4) == (8 * D, 8 * D)


def statements(dice: Random, x: Rows) -> Iterator[tuple[str, Rows]]:
    """A few statements that move and make rows, with what they do to rows."""
    known = {"x": x}
    for number in range(dice.randint(1, 5)):
        name, rows = dice.choice(list(known.items()))
        low = dice.randint(0, len(rows.rows) - 1)
        high = dice.randint(low + 1, len(rows.rows))
        other, beside = dice.choice(list(known.items()))
        text, found = dice.choice(
            [
                (f"{name}[{low}:{high}]", rows[low:high]),
                (f"tanh({name})", rows.tanh()),
                (f"pad({name}, [{low}, 1], axis = 0)", rows.padded(low, 1)),
                (f"concat({name}, {other}, axis = 0)", joined(rows, beside)),
                (f"concat(tanh({name}), {other}[0:1], axis = 0)", joined(rows.tanh(), beside[0:1])),
            ]
        )
        new = f"y{number}"
        known[new] = found
        yield f"{new} = {text}", found


@pytest.mark.parametrize("seed", range(120))
def test_never_more_than_is_moved(seed: int) -> None:
    """Programs by dice of parts, joints, zeros and work on them."""
    lines = list(statements(Random(seed), Rows.given(4)))
    body = "\n".join(line for line, _ in lines)
    formula, numbers = moved(f"model M(x: [4, D]) {{\n{body}\nreturn y{len(lines) - 1} }}")
    assert formula <= numbers <= lines[-1][1].moved() * D


def test_a_second_round_that_wants_more() -> None:
    """What only the next round reads is not read by one round alone: told from two on, where that is so."""
    text = """model M(x: [D], u: [D], L) {
      h = zeros([D])
      repeat L { x = x + h  h = tanh(u) }
      return x
    }"""
    assert [str(fact) for fact in symcost.loads(text).model().assumed_for("fused")] == ["L >= 2"]
    assert [symcost.loads(text).model().at(D=D, L=rounds).fused for rounds in (1, 2, 3)] == [2 * D, 3 * D, 3 * D]


@pytest.mark.parametrize("seed", range(30))
def test_never_more_than_rounds_move(seed: int) -> None:
    """The same programs as rounds of a loop: what they make, and before it what there was, four rows of it."""
    lines = [line for line, _ in statements(Random(seed), Rows.given(4))]
    body = "\n".join(lines)
    keep = f"x = concat(y{len(lines) - 1}, x, axis = 0)[0:4]"
    text = f"model M(x: [4, D], L) {{\nrepeat L {{\n{body}\n{keep}\n}}\nreturn x }}"
    asked = symcost.loads(text).model()
    told_for = asked.assumed_for("fused")

    x = Rows.given(4)
    for rounds in (1, 2, 3):
        *_, (_, made) = statements(Random(seed), x)
        x = joined(made, x)[0:4]
        formula, numbers = moved(text, L=rounds)
        assert numbers <= x.moved() * D
        if all(fact.holds({"D": D, "L": rounds}) for fact in told_for):
            assert formula <= numbers
