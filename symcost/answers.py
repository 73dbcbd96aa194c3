"""Answers: a question asked of the graph of an instance that can answer it, the one with numbers or the one without.

A sum is the same of both. What is no sum over the lines has steps and cases that go as sizes become small, of which its
formula knows nothing: there the graph with the numbers is asked first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from symcost.building import Built
from symcost.errors import SymcostError
from symcost.formula import AtLeast, Divides, Form
from symcost.formula.named import inlined
from symcost.instance import Instance
from symcost.once import once
from symcost.ops.sizes import Fact
from symcost.questions import Question, Subject, question, window
from symcost.questions.depth import followed, longest_left
from symcost.questions.memory import largest, peaks
from symcost.values import bounded, keeps

if TYPE_CHECKING:
    from symcost.analysis.counts.by_line import Part
    from symcost.analysis.memory.largest import Candidate
    from symcost.analysis.window.path_length import AxisPath
    from symcost.conventions import Convention

Answer = TypeVar("Answer")

Holds = Callable[[Subject], Iterable[Fact]]
"""For which sizes a formula holds."""

LongestPaths = tuple[tuple["Part", tuple[AtLeast | Divides, ...]], ...]
"""Longest paths line by line, each with the facts under which it is the longest."""


class Answers:
    """What an instance answers."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance

    # Whom to ask ----------------------------------------------------------------------------------

    @once
    def subject(self) -> Subject:
        """The graph with open dimensions, as far as there is one."""
        return self._subject(self._instance.built)

    def subject_under(self, convention: str | Path | Convention) -> Subject:
        """The same for questions that weigh operations, under a convention."""
        return _under(convention, self.subject)

    def _subject(self, built: Built) -> Subject:
        may_settle = self._instance.closed and not built.fixed
        settle = (lambda: self._subject(self._instance.numeric)) if may_settle else None
        return Subject(built.graph, built.sizes.assumptions, built.folds, settle=settle)

    def with_numbers(
        self, ask: Callable[[Subject], Answer], convention: str | Path | Convention = "default",
        holds: Holds | None = None,
    ) -> Answer:  # fmt: skip
        """What a question finds in the graph built with the numbers there are; where that fails, with open dimensions.

        A sum over one number adds nothing, and a window sees no more than its axis has. Numbers that are none of the
        sizes for which the formula is told, as `holds` has it, are not put into it.
        """
        if self._has_graph_with_numbers:
            try:
                return ask(_under(convention, self._subject(self._instance.numeric)))
            except SymcostError as fault:
                if fault.final:
                    raise
                broken = [] if holds is None else self._broken(holds(self.subject_under(convention)))
                if broken:
                    fault.told_where(broken)
                    raise
        return ask(self.subject_under(convention))

    @property
    def _has_graph_with_numbers(self) -> bool:
        """Whether there is one beside that with open dimensions."""
        if self._instance.prefers_numbers:
            return True
        return bool(self._instance.values) and not self._instance.built.fixed

    def of_sum(
        self, ask: Callable[[Subject], Answer], convention: str | Path | Convention, holds: Holds | None = None
    ) -> Answer:
        """What a question finds whose formula holds for all sizes: only where open sizes decide, numbers are needed.

        So they are where the formula is told for other sizes only, as `holds` has it. Where there are numbers only,
        their graph answers: the other would be built for nothing.
        """
        if self._instance.prefers_numbers:
            with suppress(SymcostError):
                return ask(_under(convention, self._subject(self._instance.numeric)))
        try:
            broken = [] if holds is None else self._broken(holds(self.subject_under(convention)))
            if broken:
                return self._of_numbers(ask, convention, broken)
            return ask(self.subject_under(convention))
        except SymcostError as fault:
            if not any(single.undecided for single in fault.faults):
                raise
        return self.with_numbers(ask, convention)

    def _of_numbers(
        self, ask: Callable[[Subject], Answer], convention: str | Path | Convention, broken: Sequence[Fact]
    ) -> Answer:
        """What a question finds in the graph with numbers, which do not keep that for which the formula is told."""
        try:
            return ask(_under(convention, self._subject(self._instance.numeric)))
        except SymcostError as fault:
            fault.told_where(broken)
            raise

    def _are_kept(self, facts: Iterable[Fact]) -> bool:
        """Whether the numbers that there are keep that for which a formula is told."""
        return not self._broken(facts)

    def _broken(self, facts: Iterable[Fact]) -> list[Fact]:
        """What they do not keep of it."""
        return [fact for fact in facts if not keeps(self._instance.values, fact)]

    def fitting(self, asked: Question, convention: str | Path | Convention = "default") -> Subject:
        """The graph with open dimensions; that with numbers where these are not among the sizes a formula is told for.

        Raises what building that raises.
        """
        subject = self.subject_under(convention)
        if asked.holds is None or self._are_kept(asked.holds(subject)):
            return subject
        return _under(convention, self._subject(self._instance.numeric))

    def explained(self, asked: Question, convention: str | Path | Convention) -> Part:
        """The lines that add to a sum.

        Raises TooManyBlocks, what the question raises, and what building with numbers does.
        """
        return asked.explained(self.fitting(asked, convention))

    # For which sizes ------------------------------------------------------------------------------

    def holds(self, name: str) -> tuple[Fact, ...]:
        """For which sizes the formula of a quantity holds, as far as its dimensions are open.

        With smaller numbers put in, the quantity is that of the graph built with them, and may be another.

        Raises UnknownQuantity.
        """
        wanted = question(name).holds
        if wanted is None:
            return ()
        with suppress(SymcostError):
            facts = self.with_numbers(lambda subject: tuple(wanted(subject)))
            return tuple(dict.fromkeys(type(fact)(*map(inlined, fact.forms)) for fact in facts))
        return ()

    # Answers that are no formula ------------------------------------------------------------------

    def longest_paths(self, name: str) -> LongestPaths:
        """The operations that make up a depth, line by line; several, where open sizes decide which is the longest.

        Raises UnknownQuantity for what is no depth, UnderivedDepth.
        """
        asked = question(name, "depth")

        def longest(subject: Subject) -> LongestPaths:
            paths = longest_left(asked, subject, self._instance.values, self._instance.shown)
            return tuple((followed(path, subject), path.where) for path in paths)

        exact = self.with_numbers(longest)

        # A formula shows where its number comes from; sizes so small that a part of it goes are told by numbers alone.
        with suppress(SymcostError):
            general = longest(self.subject)
            if self._totals(general) == self._totals(exact):
                return general
        return exact

    def placed(self, asked: Question) -> Part:
        """The lines that have a share in what is no sum for all sizes: as a formula, where its number comes from that.

        Raises what the question itself raises.
        """
        exact = self.with_numbers(asked.explained)
        with suppress(SymcostError):
            general = asked.explained(self.subject)
            if self._instance.shown(general.total) == self._instance.shown(exact.total):
                return general
        return exact

    def _totals(self, paths: LongestPaths) -> list[Form]:
        """How long each of several paths is, with the numbers put in."""
        return [self._instance.shown(part.total) for part, _ in paths]

    def peaks_in(self, widths: Mapping[str, Form] | None) -> Sequence[Candidate]:
        """What may be the most that lives at once, and where; with `widths` in bytes.

        Raises UndecidedPeak.
        """
        with bounded(self._instance.values):
            found = peaks(self.fitting(question("peak")), widths)
        numbered = (one.changed(self._instance.shown) for one in found)
        return largest(numbered, self._instance.built.sizes.assumptions)

    def path(self, port: int, axis: int, result: int) -> AxisPath:
        """What a result sees of an axis of an input.

        Raises AxisOutOfRange, UnderivedWindow.
        """
        return self.with_numbers(lambda subject: window.path(subject, port, axis, result))

    def path_in_general(self, port: int, axis: int, result: int) -> AxisPath:
        """The same with open dimensions.

        Raises AxisOutOfRange, UnderivedWindow.
        """
        return window.path(self.subject, port, axis, result)

    def path_holds(self, port: int, axis: int, result: int) -> tuple[Fact, ...]:
        """For which sizes what `path` says holds."""
        facts: list[Fact] = []
        for wanted in (window.holds, window.divisors_hold):
            with suppress(SymcostError):  # what is not told needs no condition
                facts += self.with_numbers(partial(wanted, port=port, axis=axis, result=result))
        return tuple(facts)


def _under(convention: str | Path | Convention, subject: Subject) -> Subject:
    return subject if convention == "default" else replace(subject, counted_by=convention)
