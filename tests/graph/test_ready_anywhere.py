"""What is ready for one document is for another what it would have built itself, whatever stands around it."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

import symcost
from symcost.errors import SymcostError
from symcost.graph import definitions
from symcost.graph.ready import SHELF
from tests.graph.around_layers import program

ASKED = ("params", "trained", "active", "macs", "flops", "depth", "backward", "activations", "peak")


@pytest.fixture(autouse=True)
def _empty_before_and_behind() -> Iterator[None]:
    """Other tests have a shelf of their own."""
    SHELF.clear()
    yield
    SHELF.clear()


def answers(text: str) -> list[str]:
    """What a model says of itself, faults and the places of what is assumed included."""
    try:
        model = symcost.loads(text, "mine.arch").model()
        facts = model.built.sizes
    except SymcostError as fault:
        return [str(fault)]
    said = [f"{fact} {facts.origin.get(fact)}" for fact in facts.assumptions]
    return [*(_answer(model, name) for name in ASKED), *said]


def _answer(model: symcost.Model, name: str) -> str:
    try:
        return model.quantity(name).form.source()
    except SymcostError as fault:
        return str(fault)


def alone(text: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The same where nothing is looked up."""
    with monkeypatch.context() as patched:
        patched.setattr(definitions, "key_of", lambda callee, frame: None)
        return answers(text)


def test_random_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """In `frozen`, `recompute` and `resume`, in loops, with other assumptions, named, with definitions of its own."""
    random = Random(13)
    texts = [program(random) for _ in range(40)]
    wanted = {text: alone(text, monkeypatch) for text in texts}
    for text in random.choices(texts, k=60):
        assert answers(text) == wanted[text], text
