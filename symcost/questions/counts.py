"""What a model has and does: parameters, operations by class, FLOPs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from symcost.classes import WORDS, WORDS_INSIDE
from symcost.questions import Question, Subject, register

if TYPE_CHECKING:
    from symcost.analysis.counts.by_line import Measure
    from symcost.analysis.counts.flops import Flops
    from symcost.analysis.counts.parameters import Parameters
    from symcost.cost import Cost
    from symcost.formula import Form

# Parameters ----------------------------------------------------------------------------------------


def parameters(subject: Subject, *, active: bool = False, trained: bool = False, buffers: bool = False) -> Parameters:
    """The fold that counts learned numbers, or only some of them."""
    from symcost.analysis.counts.parameters import Parameters

    return subject.fold(Parameters, active=active, trained=trained, buffers=buffers)


def _learned(name: str, words: str, order: float, title: str = "", **which: bool) -> Question:
    """A question about parameters; `which` as for `parameters`."""

    def ask(subject: Subject) -> Form:
        return parameters(subject, **which).of(subject.graph)

    def by_line(subject: Subject) -> Measure:
        from symcost.analysis.counts.by_line import Learned

        return Learned(parameters(subject, **which))

    in_report = name not in ("trained", "buffers")
    unit = "numbers" if which.get("buffers") else "parameters"
    return Question(
        name=name, words=words, unit=unit, ask=ask, title=title, order=order, by_line=by_line,
        in_report=in_report,
    )  # fmt: skip


register(_learned("params", "parameters", 10, "Parameter count"))
register(_learned("active", "parameters that take part in one example", 11, active=True))
register(_learned("trained", "parameters that are not frozen", 30, trained=True))
register(_learned("buffers", "numbers stored beside the parameters, not learned by gradients", 30.5, buffers=True))

# Operations ----------------------------------------------------------------------------------------


def operations(subject: Subject) -> Cost:
    """All operations of the forward pass."""
    from symcost.analysis.counts.operations import Operations

    return subject.fold(Operations).of(subject.graph)


def _operations_by_line(name: str) -> Callable[[Subject], Measure]:
    def by_line(subject: Subject) -> Measure:
        from symcost.analysis.counts.by_line import Operated

        return Operated(lambda operation: operation.cost[name])

    return by_line


def _counted(name: str, subject: Subject) -> Form:
    return operations(subject)[name]


def _class(name: str, words: str, order: int, unit: str = "operations", title: str = "") -> Question:
    """A question about the operations of one class."""
    return Question(
        name=name, words=words, unit=unit, ask=partial(_counted, name), title=title, order=order,
        by_line=_operations_by_line(name), in_report=True,
    )  # fmt: skip


register(_class("macs", "multiply-accumulates", 12, "MACs", "Complexity"))
for _place, (_name, _words) in enumerate({**WORDS, **WORDS_INSIDE}.items()):
    register(_class(_name, _words, 20 + _place, "MACs" if _name == "mac" else "operations"))

# FLOPs ---------------------------------------------------------------------------------------------


def flops(subject: Subject) -> Flops:
    """The fold that counts FLOPs under the convention of the subject."""
    from symcost.analysis.counts.flops import Flops
    from symcost.analysis.counts.operations import Operations

    return subject.fold(Flops, subject.convention, subject.fold(Operations))


def _flops_by_line(subject: Subject) -> Measure:
    from symcost.analysis.counts.by_line import Weighed

    return Weighed(flops(subject))


register(
    Question(
        name="flops",
        words="FLOPs",
        unit="FLOPs",
        ask=lambda subject: flops(subject).of(subject.graph),
        title="FLOPs",
        order=13,
        by_line=_flops_by_line,
        in_report=True,
    )
)
