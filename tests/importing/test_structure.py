"""Programs as a front end makes them come out as text that costs the same, and that reads as if written by hand.

The texts in `golden` are read in review; `pytest tests/importing/test_structure.py --rewrite-texts` writes them anew.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import symcost
from symcost.errors.alignment import NotAligned
from symcost.importing.plain import plain_text
from symcost.importing.program import Program
from symcost.importing.structure import arch_text
from tests.importing import written

GOLDEN = Path(__file__).parent / "golden"

Make = Callable[..., Program]
Sizes = dict[str, int]

CASES: dict[str, tuple[Make, list[Sizes], Sizes]] = {
    "gpt": (
        written.gpt,
        [
            {"B": 2, "T": 16, "width": 64, "heads": 4, "layers": 3, "vocabulary": 100},
            {"B": 3, "T": 20, "width": 90, "heads": 5, "layers": 4, "vocabulary": 113},
            {"B": 5, "T": 28, "width": 168, "heads": 7, "layers": 2, "vocabulary": 127},
        ],
        {"B": 4, "T": 24, "width": 110, "heads": 10, "layers": 6, "vocabulary": 77},
    ),
    "residual": (
        written.residual,
        [{"B": 2, "side": 32}, {"B": 3, "side": 48}, {"B": 5, "side": 80}],
        {"B": 4, "side": 64},
    ),
    "dense": (
        written.dense,
        [
            {"B": 2, "side": 16, "growth": 12, "layers": 5},
            {"B": 3, "side": 20, "growth": 10, "layers": 4},
            {"B": 5, "side": 28, "growth": 14, "layers": 7},
        ],
        {"B": 4, "side": 12, "growth": 9, "layers": 6},
    ),
    "experts": (
        written.experts,
        [
            {"N": 6, "width": 8, "inner": 20, "total": 5, "active": 2},
            {"N": 10, "width": 12, "inner": 21, "total": 7, "active": 3},
            {"N": 14, "width": 10, "inner": 33, "total": 11, "active": 5},
        ],
        {"N": 9, "width": 16, "inner": 25, "total": 13, "active": 4},
    ),
    "recurrence": (
        written.recurrence,
        [{"B": 2, "T": 6, "width": 8}, {"B": 3, "T": 5, "width": 10}, {"B": 5, "T": 9, "width": 14}],
        {"B": 4, "T": 7, "width": 9},
    ),
    "crossed": (
        written.crossed,
        [
            {"B": 2, "T": 6, "S": 9, "width": 24, "heads": 4},
            {"B": 3, "T": 10, "S": 11, "width": 30, "heads": 6},
            {"B": 5, "T": 14, "S": 21, "width": 56, "heads": 7},
        ],
        {"B": 4, "T": 8, "S": 5, "width": 45, "heads": 9},
    ),
    "attended": (
        written.attended,
        [
            {"B": 2, "T": 6, "S": 9, "width": 24, "heads": 4},
            {"B": 3, "T": 10, "S": 11, "width": 30, "heads": 6},
            {"B": 5, "T": 14, "S": 21, "width": 56, "heads": 7},
        ],
        {"B": 4, "T": 8, "S": 5, "width": 45, "heads": 9},
    ),
}


def text_of(name: str) -> str:
    make, seen, _ = CASES[name]
    return arch_text([make(**sizes) for sizes in seen])


def numbers(text: str, program: Program) -> dict[str, int]:
    """What a text counts at the sizes of a program."""
    model = symcost.loads(text).model()
    wanted = {symbol.name for symbol in model.symbols}
    at = model.at(**{key: value for key, value in program.configurations[0].items() if key in wanted})
    classes = ("params", "macs", "add", "mul", "div", "exp", "sqrt", "cmp")
    return {name: int(at.quantity(name)()) for name in classes}


@pytest.mark.parametrize("name", CASES)
def test_text_is_as_by_hand(name: str, request: pytest.FixtureRequest) -> None:
    """The text is the one that was read in review."""
    path = GOLDEN / f"{name}.arch"
    text = text_of(name)
    if request.config.getoption("--rewrite-texts"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_same_programs_same_bytes(name: str) -> None:
    """Nothing in the text depends on the order of sets or on the run."""
    assert text_of(name) == text_of(name)


@pytest.mark.parametrize("name", CASES)
def test_counts_are_those_of_the_statements(name: str) -> None:
    """At each traced size, parameters and operations of every class are those of the flat statements."""
    make, seen, _ = CASES[name]
    text = text_of(name)
    for sizes in seen:
        program = make(**sizes)
        assert numbers(text, program) == numbers(plain_text(program), program)


@pytest.mark.parametrize("name", CASES)
def test_counts_hold_where_nothing_was_traced(name: str) -> None:
    """At sizes that no name was made from, the formula has the value of the statements there."""
    make, _, unseen = CASES[name]
    program = make(**unseen)
    assert numbers(text_of(name), program) == numbers(plain_text(program), program)


def test_experts_are_active_by_choice() -> None:
    """Of the experts' parameters, a position uses those of the ones it was given."""
    model = symcost.loads(text_of("experts")).model()
    at = model.at(positions=6, width=8, inner=20, experts=5, active=2)
    assert int(at.params()) - int(at.active()) == (5 - 2) * 2 * 8 * 20


def test_another_network_is_refused() -> None:
    """Where the statements differ, the first place is told and no text is made."""
    with pytest.raises(NotAligned) as fault:
        arch_text([written.recurrence(), written.crossed()])
    assert "at other sizes" in str(fault.value)


def test_steps_with_numbers_of_their_own_are_no_loop() -> None:
    """A loop would multiply by the first of them in every round; with one number for all it is a loop."""
    assert "scan" in arch_text([written.recurrence(weights=("0.5",) * 6)])
    text = arch_text([written.recurrence(weights=("0.1", "0.2", "0.3", "0.4", "0.5", "0.6"))])
    assert "scan" not in text and all(f"0.{digit}" in text for digit in range(1, 7))
