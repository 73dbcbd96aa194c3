"""What is asked of a model and is not counted, or for which no formula is found."""

from __future__ import annotations

from collections.abc import Sequence

from symcost.diagnostics import Span
from symcost.errors.base import SymcostError
from symcost.errors.words import did_you_mean


class UnknownQuantity(SymcostError, KeyError):
    """Something asked for that is not counted."""

    code = "unknown-quantity"

    def __init__(self, name: str, known: Sequence[str], span: Span | None = None) -> None:
        # The list grows with every question that is added: help prints it, with what each one means.
        near = did_you_mean(name, known)
        super().__init__(
            f"nothing called `{name}` is counted",
            span,
            helps=near or ["`symcost formula --help` says what can be asked"],
        )


class WrongOrder(SymcostError):
    """A growth in several dimensions at once."""

    code = "wrong-order"

    def __init__(self, span: Span, names: Sequence[str]) -> None:
        listed = " and ".join(f"`{name}`" for name in names)
        super().__init__(
            f"growth is asked in one dimension, here are {listed}", span, helps=[f"write `grows {names[0]}`"]
        )


class UnderivedGrowth(SymcostError):
    """An order that is not derived."""

    code = "growth-not-derived"

    def __init__(self, name: str, what: str, span: Span | None = None) -> None:
        super().__init__(
            f"the growth in `{name}` is not derived: {what}",
            span,
            helps=["put a number in for another dimension, or ask for the formula itself"],
        )


class Unsolved(SymcostError):
    """A dimension for which an equation is not solved."""

    code = "not-solved"

    def __init__(self, name: str, why: str) -> None:
        super().__init__(
            f"there is no formula for `{name}`: {why}",
            helps=["put numbers in for other dimensions, as in `quantity.at(H=128)`, or ask `crossing`"],
        )


class UndecidedComparison(SymcostError, ValueError):
    """Two quantities of which neither is proven to be the smaller for all values."""

    code = "undecided-comparison"

    def __init__(self, left: str, sign: str, right: str, span: Span | None = None) -> None:
        in_file = "expect it of a configuration: `expect Name(config) { ... }`"
        in_python = "ask `compare` or `crossing`, or put numbers in first, as in `quantity.at(T=100)`"
        super().__init__(
            f"cannot tell whether `{left} {sign} {right}`",
            span,
            notes=["it depends on the dimensions, or is not proven for all of them"],
            helps=[in_file if span else in_python],
        )


class UnderivedWindow(SymcostError):
    """A receptive field, or a path through it, that is not derived."""

    code = "window-not-derived"

    def __init__(self, what: str, why: str, span: Span, *, final: bool = False) -> None:
        self.final = final
        super().__init__(f"what {what} sees of the input is not derived: {why}", span)


class NoPath(SymcostError):
    """A path length of what does not bring all positions together."""

    code = "no-path"
    final = True

    def __init__(self, why: str, span: Span) -> None:
        self.why = why
        super().__init__(f"no path joins all positions of the input: {why}", span)


class UnderivedDepth(SymcostError):
    """A depth for which no formula is found."""

    code = "depth-not-derived"

    def __init__(self, what: str, why: str, span: Span) -> None:
        super().__init__(f"the depth of {what} is not derived: {why}", span)


def _unsettled(differs: str, *, may_be_empty: bool, counted: bool = False) -> tuple[str, str]:
    """What is said of a loop that never comes to rest, or may have no round, and what to do."""
    if may_be_empty:
        label = "without a round other values have a gradient than after one"
        if counted:
            return label, "begin the loop around it where this one has a round, as in `repeat l in 1..L`"
        return label, "give it numbers, so that it is known how many rounds there are"
    return f"from round to round other {differs}", "write two rounds in one, so that what is carried keeps its place"


class UnderivedBackward(SymcostError):
    """A loop that never comes to rest: from round to round other carried values need a gradient, or get one."""

    code = "backward-not-derived"

    def __init__(self, loop: str, span: Span, *, may_be_empty: bool = False, counted: bool = False) -> None:
        """`may_be_empty`: there may be no round, and other values than those of a round have a gradient then.

        `counted`: how many there are is said by the round of a loop around it.
        """
        self.undecided: bool = may_be_empty
        label, mend = _unsettled("carried values have a gradient", may_be_empty=may_be_empty, counted=counted)
        super().__init__(f"the backward pass of `{loop}` is not derived", span, label, helps=[mend])


class UnderivedMemory(SymcostError):
    """A loop that never comes to rest: from round to round other values have to be kept."""

    code = "memory-not-derived"

    def __init__(self, loop: str, span: Span, *, may_be_empty: bool = False, counted: bool = False) -> None:
        """`may_be_empty`: there may be no round, and other values than those of a round have a gradient then.

        `counted`: how many there are is said by the round of a loop around it.
        """
        self.undecided: bool = may_be_empty
        label, mend = _unsettled("values are needed", may_be_empty=may_be_empty, counted=counted)
        super().__init__(f"what `{loop}` keeps for the backward pass is not derived", span, label, helps=[mend])


class UndecidedPeak(SymcostError):
    """A loop whose rounds take more and less memory, and no proof which of them the most."""

    code = "undecided-peak"

    def __init__(self, loop: str, span: Span, counter: str) -> None:
        super().__init__(
            f"cannot tell in which round `{loop}` takes the most memory",
            span,
            f"what lives in a round neither grows nor shrinks with `{counter}` for all sizes",
            helps=["give numbers to the dimensions, as in `T=448`"],
        )


class RoundsDiffer(SymcostError):
    """Rounds that differ by their number, some of which hand on what is not made in them, and nobody knows how many."""

    code = "rounds-differ"

    def __init__(self, what: str, loop: str, span: Span, why: str = "") -> None:
        super().__init__(
            f"cannot tell {what} `{loop}` while the number of its rounds is open",
            span,
            why or "rounds differ, and not all of them make anew what they hand on",
            helps=["give numbers to the dimensions, as in `L=24`: then each round is looked at by itself"],
        )
