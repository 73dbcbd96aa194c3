"""Sizes, shapes and the operations that ask for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from symcost.diagnostics import Label, Span
from symcost.errors.base import SymcostError
from symcost.errors.words import as_written, assumed_label, shape_text
from symcost.formula import Assumptions, Divides, Form, Symbol, Verdict, mul, num
from symcost.formula.form import Rounding
from symcost.formula.terms import over, signed, terms


def why_unequal(
    left: Form, right: Form, verdict: Verdict | None, what: str = "they"
) -> tuple[str, list[str], list[str]]:
    """The code, the notes and the help for two sizes, `what`, that are not known to be equal."""
    if verdict is None:
        return "shape-mismatch", [], []
    if verdict.kind == "never":
        known = not left.free_symbols and not right.free_symbols
        notes = (
            [] if known else [f"{what} differ by `{_subtracted(left, right, verdict.difference)}`, which is never 0"]
        )
        return "shape-mismatch", notes, []
    notes = []
    if verdict.counterexample:
        at = ", ".join(f"{name} = {value}" for name, value in verdict.counterexample.items())
        notes.append(f"they differ at {at}: {verdict.left} against {verdict.right}")
    return "undecided-size", notes, [mend_for(left, right)]


def _subtracted(left: Form, right: Form, difference: Form) -> str:
    """`2*H - H = H`, the smaller from the larger where that is plain."""
    positive, negative = signed(difference)
    if positive == 0:
        left, right, positive = right, left, negative
    else:
        positive = difference
    smaller = f"({right.source()})" if len(terms(right)) > 1 else right.source()
    return f"{left.source()} - {smaller} = {positive.source()}"


def mend_for(left: Form, right: Form) -> str:
    """Which assumption would make two sizes equal."""
    for divided in _roundings(left, right):
        if Assumptions([divided]).compare(left, right).kind == "equal":
            return _if_divided(divided.divisor.source(), divided.multiple.source())
    return _if_equal(*min((left, right), over(left / right), key=_written_length))


def _if_divided(divisor: str, multiple: str) -> str:
    always = "even" if divisor == "2" else f"a multiple of {divisor}"
    return f"if {multiple} is always {always}, write `assume {divisor} divides {multiple}`"


def _if_equal(left: Form, right: Form) -> str:
    same = "use one name for both, or " if isinstance(left, Symbol) and isinstance(right, Symbol) else ""
    return f"if they are always equal, {same}write `assume {left.source()} == {right.source()}`"


def _written_length(sizes: Iterable[Form]) -> int:
    return sum(len(size.source()) for size in sizes)


def _roundings(*sizes: Form) -> list[Divides]:
    """What would make the roundings in sizes superfluous, the simplest first."""
    found: list[Divides] = []
    waiting = list(sizes)
    while waiting:
        form = waiting.pop()
        waiting += form.children
        if isinstance(form, Rounding):
            dimensions = [Divides(form.denominator, symbol) for symbol in form.numerator.free_symbols]
            found += [*dimensions, Divides(form.denominator, form.numerator)]
    return found


Placed = tuple[Sequence[Form], Span]
"""A shape and where it was written."""


class UnequalSizes(SymcostError):
    """Two sizes had to agree. `code` tells whether they never do or whether it cannot be told."""

    def __init__(
        self, message: str, what: str, left: Form, right: Form, verdict: Verdict | None, **places: Any
    ) -> None:
        code, notes, helps = why_unequal(left, right, verdict, what)
        vars(self)["code"] = code  # its own, where those of its class have another
        self.undecided: bool = code == "undecided-size"
        if code == "undecided-size":
            message = f"cannot tell whether `{left.source()}` and `{right.source()}` are equal"
        super().__init__(message, notes=notes, helps=helps, **places)


VERBS = {
    "+": "add",
    "-": "subtract",
    "*": "multiply",
    "/": "divide",
    "@": "take the matrix product of",
    "concat": "concat",
}


class ShapeMismatch(UnequalSizes):
    """Shapes that an operation cannot join."""

    code = "shape-mismatch"

    def __init__(self, name: str, left: Placed, right: Placed, a: Form, b: Form, verdict: Verdict | None) -> None:
        verb = VERBS.get(name, f"apply `{name}` to")
        message = f"cannot {verb} {shape_text(left[0])} and {shape_text(right[0])}"
        super().__init__(
            message,
            "the axes they share" if name == "@" else _axes(left[0], right[0], a, b),
            a,
            b,
            verdict,
            span=right[1],
            label=f"has shape {shape_text(right[0])}",
            others=[Label(left[1], f"has shape {shape_text(left[0])}")],
        )


def _axes(left: Sequence[Form], right: Sequence[Form], a: Form, b: Form) -> str:
    """Which axes, counted from the last, have these two sizes."""
    pairs = zip(reversed(left), reversed(right), strict=False)
    place = next((place for place, (x, y) in enumerate(pairs, 1) if x is a and y is b), 0)
    return {0: "they", 1: "the last axes", 2: "the axes before the last"}.get(place, f"the axes -{place}")


class ConcatMismatch(SymcostError):
    """Tensors of different rank cannot be joined."""

    code = "rank-mismatch"

    def __init__(self, left: Placed, right: Placed, axis: int) -> None:
        super().__init__(
            f"cannot concat {shape_text(left[0])} and {shape_text(right[0])}: one has more axes",
            right[1],
            f"has shape {shape_text(right[0])}",
            others=[Label(left[1], f"has shape {shape_text(left[0])}")],
        )


class PatternMismatch(UnequalSizes):
    """A size is not what a port or a declared result says."""

    code = "shape-mismatch"

    def __init__(self, what: str, port: Span, wanted: Form, found: Form, span: Span, verdict: Verdict) -> None:
        super().__init__(
            f"{what} has size `{found.source()}` where `{wanted.source()}` is wanted",
            "they",
            found,
            wanted,
            verdict,
            span=span,
            label=f"has size `{found.source()}`",
            others=[Label(port, f"wants `{wanted.source()}`")],
        )


class RankMismatch(SymcostError):
    """A tensor has more or fewer axes than a port or a declared result says."""

    code = "rank-mismatch"

    def __init__(
        self,
        what: str,
        port: Span,
        shape: Sequence[Form],
        span: Span,
        leading: tuple[str, Sequence[Form]] | None = None,
    ) -> None:
        notes = [] if leading is None else [f"`{leading[0]}` stands for {shape_text(leading[1])} here already"]
        super().__init__(
            f"{what} is {shape_text(shape)}, which does not fit `{port.text}`",
            span,
            f"has shape {shape_text(shape)}",
            others=[Label(port, "wanted here")],
            notes=notes,
        )


class UnsolvablePattern(SymcostError):
    """A port's shape that no shape can be matched with."""

    code = "bad-pattern"

    def __init__(self, span: Span, why: str) -> None:
        super().__init__(f"this shape cannot be matched: {why}", span)


class AxisOutOfRange(SymcostError):
    """An axis that a tensor has not."""

    code = "no-such-axis"

    def __init__(self, axis: int, shape: Sequence[Form], span: Span, tensor: Span) -> None:
        rank = len(shape)
        notes = [f"its axes are 0 to {rank - 1}, or -{rank} to -1 from the end"] if rank else ["a scalar has none"]
        others = [] if tensor is span else [Label(tensor, f"has shape {shape_text(shape)}")]
        super().__init__(f"{shape_text(shape)} has no axis {axis}", span, others=others, notes=notes)


class BadPermutation(SymcostError):
    """A list of axes that is no order of all axes."""

    code = "bad-axes"

    def __init__(self, axes: Sequence[int], shape: Sequence[Form], span: Span) -> None:
        wanted = f"[{', '.join(str(place) for place in reversed(range(len(shape))))}]"
        if axes:
            message = f"{list(axes)} does not name each axis of {shape_text(shape)} once"
            super().__init__(message, span, helps=[f"one that does is `{wanted}`"])
        else:
            super().__init__(f"{shape_text(shape)} has no two axes to exchange", span)


class CannotReshape(SymcostError):
    """A shape that holds more or fewer numbers than there are."""

    code = "cannot-reshape"
    undecided = True

    def __init__(
        self,
        shape: Sequence[Form],
        wanted: Sequence[Form],
        span: Span,
        tensor: Span,
        why: str = "",
        verdict: Verdict | None = None,
    ) -> None:
        message = f"cannot reshape {shape_text(shape)} to {shape_text(wanted)}"
        notes = [why] if why else []
        helps: list[str] = []
        if verdict is not None:
            have, want = _held(shape), _held(wanted)
            code, more, helps = why_unequal(have, want, verdict)
            if code == "undecided-size":
                vars(self)["code"] = code  # its own, where those of its class have another
                message = f"cannot tell whether {shape_text(shape)} and {shape_text(wanted)} hold equally many"
            # Where nothing can be proposed, the two numbers are what explains it.
            notes += more if helps else [f"that is `{have.source()}` numbers against `{want.source()}`"]
        others = [] if tensor is span else [Label(tensor, f"has shape {shape_text(shape)}")]
        super().__init__(message, span, others=others, notes=notes, helps=helps)


def _held(shape: Sequence[Form]) -> Form:
    """How many numbers a shape holds: that of a single number one."""
    return mul(*shape) if shape else num(1)


class NotDivisible(SymcostError):
    """A split that does not come out."""

    code = "cannot-split"

    def __init__(self, size: Form, parts: Form, span: Span) -> None:
        super().__init__(
            f"cannot split an axis of `{size.source()}` this way",
            span,
            f"makes `{parts.source()}`" if span.text.startswith("[") else "",
            helps=["give a number of parts such as `2`, or sizes that add up to the axis"],
        )


class NotASize(SymcostError):
    """A number that cannot be the size of an axis, a count or a position."""

    code = "not-a-size"

    def __init__(self, form: Form, span: Span, least: Form | None = None) -> None:
        limit = "1" if least is None else least.source()
        helps: list[str] = []
        if not form.free_symbols and form.number is None:
            message = f"expected a whole number, found `{form.source()}`"
            helps = _way_out(span)
        elif form.number is None or _is_open(least):
            message = f"`{form.source()}` is always less than `{limit}`"
        elif form.number.denominator != 1:
            message = f"expected a whole number, found `{form.source()}`"
        else:
            message = f"expected a number from {limit} on, found `{form.source()}`"
            if form.number == 0 and limit == "1":
                helps = ["leave out what has no size, as in `if n >= 1 { … }`"]
        super().__init__(message, span, helps=helps)


class NoSuchPosition(SymcostError):
    """A position or a slice beyond the end of an axis."""

    code = "no-such-position"

    def __init__(self, position: Form, size: Form, span: Span, slice: bool = False) -> None:
        last = (size if slice else size - 1).expand().source()
        what = "ends in front of" if slice else "has no position"
        super().__init__(
            f"an axis of size `{size.source()}` {what} `{position.source()}`",
            span,
            notes=[
                f"{'a slice ends at' if slice else 'positions run from 0 to'} `{last}`"
                + (" at the latest" if slice else "")
            ],
        )


class ImpossibleAssumption(SymcostError):
    """An assumption that can never hold, or not in a round of the loop around it."""

    code = "impossible-assumption"

    def __init__(self, fact: object, span: Span, counter: object = None, value: Form | None = None) -> None:
        """`value`: with which a loop counter it fails, where it may hold in other rounds."""
        said = as_written(fact, span)
        in_library = span.source.name.startswith("library/")  # whose names are not the reader's
        notes = [f"it says `{fact}` here"] if in_library and said != str(fact) else []
        fails = "never holds" if value is None else f"does not hold for `{counter} = {value.source()}`"
        super().__init__(f"`{said}` {fails}", span, assumed_label(span), notes=notes, helps=_way_out(span))


class OneRoundOnly(SymcostError):
    """An assumption about the counter of a loop that no two rounds in a row can keep."""

    code = "impossible-assumption"

    def __init__(self, fact: object, span: Span, counter: object) -> None:
        super().__init__(
            f"`{as_written(fact, span)}` does not hold for every `{counter}`",
            span,
            assumed_label(span),
            notes=["what is assumed in a loop has to hold in all of its rounds"],
            helps=["ask it instead, as in `if … { … }`, or assume something of the sizes outside of the loop"],
        )


def _is_open(limit: Form | None) -> bool:
    """Whether a limit depends on dimensions."""
    return limit is not None and limit.number is None


def _way_out(span: Span) -> list[str]:
    """How to do without an assumption of the library: what a comment behind it says, if there is one."""
    source = span.source
    written = source.line(source.position(span.start)[0])
    if not source.name.startswith("library/") or not written.lstrip().startswith("assume "):
        return []
    comment = written.partition("#")[2].strip()
    return [comment] if comment else []


class DivisionByZero(SymcostError):
    """A number divided by zero."""

    code = "division-by-zero"

    def __init__(self, span: Span | None, values: Mapping[str, object] | None = None) -> None:
        at = ", ".join(f"{name} = {value}" for name, value in (values or {}).items())
        super().__init__(f"division by zero at {at}" if at else "division by zero", span, "is 0")
