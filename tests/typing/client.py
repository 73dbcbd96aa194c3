"""What somebody writes who builds on symcost, with every type said: it is checked by mypy and pyright, and it runs."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import symcost
from symcost.build import Body, File, Value, Words
from symcost.types import (
    Assumptions,
    BlockCost,
    Checked,
    Cost,
    Counted,
    Figure,
    Form,
    Page,
    Port,
    Question,
    Ranges,
    Report,
    Span,
    SymbolInfo,
    Threshold,
    Undecided,
)

LECTURE: Path = Path(__file__).parents[2] / "examples" / "lecture"


@dataclass(frozen=True)
class Candidate:
    """An architecture of a search, and what it costs."""

    layers: int
    width: int
    text: str
    params: int
    macs: int


# Documents and models --------------------------------------------------------------------------


def opened() -> tuple[symcost.Document, symcost.Model]:
    document: symcost.Document = symcost.load(LECTURE / "lstm.arch")
    other: symcost.Document = symcost.loads(b"model Net(x: [T]) { return x }", "net.arch", base=LECTURE)
    models: dict[str, symcost.Model] = other.models
    configs: tuple[str, ...] = document.configs
    checked: list[Checked] = document.check()
    kept: bool = all(one.ok for one in checked) and not configs and "Net" in models
    assert kept
    return document, document.model("Lstm")


def described(model: symcost.Model) -> str:
    ports: dict[str, Port] = model.ports
    symbols: tuple[SymbolInfo, ...] = model.symbols
    named: Mapping[str, Question] = model.questions
    facts: Assumptions = model.facts
    tree: BlockCost = model.tree
    span: Span = model.span
    doc: str | None = model.doc
    values: dict[str, int] = model.at(T=3).values
    lines: list[str] = [model.name, model.signature, tree.label, span.text, str(facts), doc or ""]
    lines += [f"{info.name}: {info.words}" for info in symbols if info.name in ports and info.name not in values]
    lines += [f"{question.name}: {question.words}" for question in named.values()]
    return "\n".join(lines)


# Quantities ------------------------------------------------------------------------------------


def calculated(lstm: symcost.Model, elman: symcost.Model) -> list[symcost.Quantity]:
    total: symcost.Quantity = lstm.macs + 2 * elman.macs - elman.macs / 3
    more: symcost.Quantity | int = sum(model.params for model in (lstm, elman))
    state: symcost.Quantity = lstm.state
    renamed: symcost.Quantity = total.renamed({"H": "hidden"}).at(hidden="4*I")
    slope: symcost.Quantity = total.diff("T")
    counted: Counted = lstm.operations
    exps: symcost.Quantity = counted["exp"]
    flops: symcost.Quantity = lstm.flops("exact")
    cost: Cost = lstm.cost
    assert isinstance(more, symcost.Quantity) and cost.counts
    return [total, more, state, renamed, slope, exps, flops]


def compared(lstm: symcost.Model, elman: symcost.Model) -> str:
    larger: bool = lstm.macs > elman.macs
    relation: str = lstm.macs.compare(elman.macs)
    crossing: Threshold | Ranges | Undecided = lstm.macs.crossing(elman.macs, "T")
    tends: symcost.Quantity | str = (lstm.macs / elman.macs).limit("T")
    solved: symcost.Quantity = lstm.macs.solve("T", 10**9)
    number: int | Fraction = lstm.macs(T=1, I=2, H=3)
    whole: int = int(lstm.macs.at(T=1, I=2, H=3))
    rounded: float = float(lstm.macs.at(T=1, I=2, H=3))
    form: Form = symcost.form(lstm.macs.expr)
    latex: str = solved.latex() + f"{solved:latex}" + form.source()
    kind: str = lstm.macs.growth("H").growth.kind
    assert larger and number == whole == rounded and form == lstm.macs
    return f"{relation} {crossing} {tends} {latex} {kind}"


# Pages, devices, guards ------------------------------------------------------------------------


def pages(document: symcost.Document, model: symcost.Model, other: symcost.Model) -> Iterator[str]:
    device: symcost.Device = symcost.Device.load("h100-sxm")
    figures: Mapping[str, Figure] = device.figures
    rate: Fraction = device.rate("mac", "bf16")
    assert rate > 0 and all(figure.source for figure in figures.values())
    numbers: symcost.Model = model.at(T=100, I=64, H=128)
    made: list[Page] = [
        symcost.report(model, convention=["default", "exact"]),
        symcost.training(model, optimizer="adam"),
        symcost.explain(model, "macs", depth=1),
        symcost.growth(model, dimensions=["T"]),
        symcost.memory(model, {"params": "bf16"}),
        symcost.path(model, port="x"),
        symcost.table([model, other], columns=["macs", "depth"]),
        symcost.compare(model, other, of=["macs", "params"]),
        symcost.time(numbers, device, "bf16"),
        symcost.energy(numbers, "h100-sxm", "bf16", utilization=0.001, runs=10),
        symcost.check(document),
        symcost.devices(),
        symcost.layers("LSTM"),
    ]
    for page in pickle.loads(pickle.dumps(made)):
        yield str(page) + page.written("markdown", width=100)


def guarded(model: symcost.Model) -> Report:
    symcost.assert_cost(model, at={"T": 10, "I": 2, "H": 3}, macs="<= 4e9", params="< 1000")
    try:
        symcost.loads("model Net(x: [T]) { return x -> Liner(3) }").model().params(T=3)
    except symcost.SymcostError as fault:
        faults: tuple[symcost.SymcostError, ...] = fault.faults
        return faults[0].report
    raise AssertionError("nothing is called Liner")


# Programs that write architectures -------------------------------------------------------------


def candidate(layers: int, width: int) -> Candidate:
    file = File()
    block: Body = file.module("Block", "A feed-forward layer.", x=["T", "D"], F=None)
    hidden: Value = block.x.then("LayerNorm").then("Linear", "F").then("gelu")
    block.returns(block.x + hidden.then("Linear", "D"))
    net: Body = file.model("Net", x=["T", "D"])
    with net.repeat(layers):
        net.let("x", net.x.then(block, width))
    net.returns(net.x.then("Conv1d", "D", 3, pad=Words("same")))
    model: symcost.Model = file.document().model()
    params, macs = int(model.params(T=8, D=16)), int(model.macs(T=8, D=16))
    return Candidate(layers, width, str(file), params, macs)


def searched(best: Callable[[Candidate], int]) -> Candidate:
    return min((candidate(layers, width) for layers in (1, 2) for width in (8, 16)), key=best)


def main() -> str:
    document, lstm = opened()
    elman: symcost.Model = symcost.load(LECTURE / "elman.arch").model()
    report: Report = guarded(lstm)
    found: Candidate = searched(lambda one: one.macs)
    told: list[str] = [described(lstm), compared(lstm, elman), *pages(document, lstm, elman)]
    told += map(str, calculated(lstm, elman))
    return "\n".join([*told, report.code, found.text])
