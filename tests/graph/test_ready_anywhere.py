"""What is ready for one document is for another what it would have built itself, whatever stands around it."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from threading import Thread

import pytest

import symcost
from symcost.errors import SymcostError
from symcost.graph import definitions, ready
from symcost.graph.files import Defined
from symcost.graph.frame import Frame
from symcost.graph.ready import SHELF
from symcost.ops.pointwise import d, row, without_row
from tests.graph.around_layers import program

ASKED = ("params", "trained", "active", "macs", "flops", "depth", "backward", "activations")


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
    texts = [program(random) for _ in range(12)]
    wanted = {text: alone(text, monkeypatch) for text in texts}
    for text in random.choices(texts, k=20):
        assert answers(text) == wanted[text], text


def test_a_primitive_that_came_and_went() -> None:
    """Another operation of the same name is another one, for layers that were ready with the first, too."""
    text = "model M(x: [T, D], H) { return x -> FeedForward(H, act = halved) }"
    counts = []
    for operations in (1, 5):
        row("halved", "x / 2", d("g / 2", mul=1), mul=operations)
        try:
            counts.append(symcost.loads(text).model().quantity("mul"))
        finally:
            without_row("halved")
    T, H = map(symcost.form, "TH")
    assert counts[1].form - counts[0].form == 4 * T * H


def test_sizes_without_names_are_ready_for_their_like_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was built with sizes written out is not taken where they have names, and the other way round."""
    built: list[str] = []
    alone = definitions._by_itself

    def counted(callee: Defined, frame: Frame) -> ready.Ready | None:
        built.append(callee.name)
        return alone(callee, frame)

    monkeypatch.setattr(definitions, "_by_itself", counted)
    for _ in range(2):
        model = symcost.loads("model M(x: [T, D], H) { return x -> Linear(H) }").model()
        assert model.params == model.inlined.params
    assert built == ["Linear", "Linear"]


def test_a_fault_deep_inside_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong two layers down is met by itself, in the layer by itself and here: thrice, and not 2^2 times."""
    built: list[str] = []
    follow = definitions.follow_body

    def counted(callee: Defined, frame: Frame) -> None:
        built.append(callee.name)
        follow(callee, frame)

    monkeypatch.setattr(definitions, "follow_body", counted)
    with pytest.raises(SymcostError):
        _ = (
            symcost.loads("model M(x: [T, D]) { return x -> TransformerEncoderLayer(2, act = attention) }")
            .model()
            .params
        )
    assert built.count("FeedForward") == 3


def test_threads_that_build_the_same() -> None:
    """Eight threads ask for the same layers while another one empties the shelf: all are told the same."""
    random = Random(7)
    texts = [program(random) for _ in range(4)]
    wanted = [answers(text) for text in texts]
    differ: list[str] = []

    def work(seed: int) -> None:
        order = Random(seed)
        for place in order.choices(range(len(texts)), k=4):
            if answers(texts[place]) != wanted[place]:
                differ.append(texts[place])
            if seed == 0:
                SHELF.clear()

    threads = [Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not differ


def test_what_was_unrolled_is_not_kept() -> None:
    """A thousand statements of one text are no use to the next."""
    text = "model M(x: [T, D]) { return x -> Stacked(LSTM, D, 400) }"
    model = symcost.loads(text).model()
    T, D = map(symcost.form, "TD")
    assert model.macs == 400 * 8 * T * D * D
    assert all(one.steps <= ready.LARGEST for one in SHELF._recent.values())
