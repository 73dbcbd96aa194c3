"""Scans, repetitions and what they carry."""

from __future__ import annotations

from collections.abc import Sequence

from symcost.diagnostics import Label, Report, Span
from symcost.errors.base import SymcostError
from symcost.errors.words import shape_text
from symcost.formula import Form, Verdict


class InLoop(SymcostError):
    """A statement where it cannot stand."""

    code = "misplaced"

    def __init__(self, why: str, span: Span) -> None:
        super().__init__(why, span)


class NotInLoop(SymcostError):
    """An `emit` outside of any loop."""

    code = "misplaced"

    def __init__(self, span: Span) -> None:
        super().__init__("`emit` stands outside of any loop", span, helps=["write `name = …` instead"])


class RaggedEmit(SymcostError):
    """Values of different shapes cannot be stacked."""

    code = "ragged-emit"

    def __init__(self, name: str, shape: Sequence[Form], span: Span) -> None:
        super().__init__(
            f"cannot stack `{name}`: its shape is not the same in each round",
            span,
            f"has shape {shape_text(shape)}",
        )


class UnequalLists(SymcostError):
    """Lists that are gone through together, of which one is longer."""

    code = "unequal-lists"

    def __init__(self, one: int, first: Span, other: int, span: Span) -> None:
        super().__init__(
            "lists that are gone through together are of one length",
            span,
            f"has {other} items",
            others=[Label(first, f"has {one}")],
        )


class NoSuchItem(SymcostError):
    """The number of an item that a list has not."""

    code = "no-such-item"

    def __init__(self, number: int, length: int, span: Span) -> None:
        notes = [f"it has {length} items, counted from 0" if length else "it is empty"]
        super().__init__(f"the list has no item {number}", span, notes=notes)


class RecurrenceWithoutCarry(SymcostError):
    """A value of the round before that is not carried."""

    code = "recurrence-without-carry"

    def __init__(self, name: str, span: Span, shape: Sequence[Form] | None, *, waits: bool = True) -> None:
        """`waits`: whether its rounds may wait for each other, as those of `for` may not."""
        sizes = "[sizes]" if shape is None else shape_text(shape)
        other = "" if shape is None else ", or give the value inside another name"
        if not waits:
            super().__init__(
                f"`{name}` is set in this `for` and read before that, but its rounds do not wait for each other",
                span,
                "which round's value?",
                helps=[f"if it is that of the round before, write `scan ... with {name}: {sizes}`{other}"],
            )
            return
        super().__init__(
            f"`{name}` is set in this scan and read before that, but it is not carried from step to step",
            span,
            "which step's value?",
            helps=[f"carry it: `{'' if other else 'scan ... '}with {name}: {sizes}`{other}"],
        )


class LostInside(SymcostError):
    """A name of outside that the body of a loop gave another value, which ended with the round, read behind it."""

    code = "lost-inside"

    def __init__(self, name: str, span: Span, loop: str, shape: Sequence[Form]) -> None:
        kind = loop.split()[0]
        carries = kind == "scan"
        carry = f", or carry it: `{loop} with {name}: {shape_text(shape)} = {name}`" if carries else ""
        super().__init__(
            f"`{name}` is set in `{loop}`, and what is set there ends there",
            span,
            f"`{name}` as it was before the loop, or as it is inside?",
            notes=[f"a `{kind}` hands nothing on but what it emits{' and what it carries' if carries else ''}"],
            helps=[
                f"write `emit y = …` and read `y`{carry}",
                f"where `{name}` as it was before is meant, give the value inside another name",
            ],
        )


class CarriedShape(SymcostError):
    """A carried value whose shape changes in another way than declared."""

    code = "carried-shape"
    undecided = True

    def __init__(
        self,
        name: str,
        wanted: Sequence[Form],
        found: Sequence[Form],
        declared: Span,
        span: Span,
        when: str,
        verdict: Verdict | None = None,
    ) -> None:
        notes: list[str] = []
        if verdict is not None and verdict.counterexample:
            at = ", ".join(f"{key} = {value}" for key, value in verdict.counterexample.items())
            notes.append(f"they differ at {at}: {verdict.left} against {verdict.right}")
        super().__init__(
            f"`{name}` is {shape_text(found)} {when}, not {shape_text(wanted)}",
            span,
            f"has shape {shape_text(found)}",
            others=[] if declared is span else [Label(declared, "declared here")],
            notes=notes,
            helps=[f"say how it changes, with a counter: `with {name}: […]`"] if "after" in when else [],
        )


class ChangingParameter(SymcostError):
    """A parameter whose shape depends on a round, in a loop whose rounds share their parameters."""

    code = "changing-parameter"

    def __init__(self, name: str, size: Form, counter: str, span: Span) -> None:
        super().__init__(
            f"`{name}` would have another shape in each round: `{size.source()}` depends on `{counter}`",
            span,
            notes=["all rounds of a `scan` or a `repeat ... shared` have the same parameters"],
        )


class UndecidedCondition(SymcostError):
    """A condition that depends on a size that is not known."""

    code = "undecided-condition"
    undecided = True

    def __init__(self, span: Span, left: Form, right: Form, op: str) -> None:
        assumed = f"; or where it always holds, write `assume {left.source()} {op} {right.source()}`"

        # What differs cannot be assumed, and what holds in one round of a loop does not in the next.
        of_a_round = any(symbol.uid for side in (left, right) for symbol in side.free_symbols)
        assumed = "" if op == "!=" or of_a_round else assumed
        super().__init__(
            f"cannot tell whether `{left.source()} {op} {right.source()}`",
            span,
            notes=["a condition is decided while the graph is built, before numbers are put in"],
            helps=["give it numbers" + assumed],
        )

    def of_layers(self, blamed: Span, why: str, helps: tuple[str, ...]) -> None:
        """Blame the part of a condition because of which the rounds of a loop cannot be told apart."""
        message = f"cannot tell whether `{blamed.text}`"
        self.report: Report = Report(self.code, message, Label(blamed, ""), notes=(why,), helps=helps)
