"""Every fault a user can meet, and every sentence we say about it.

The line that raises says what happened; the words are here. A fault is data until it is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, ClassVar

from symcost.diagnostics import Label, Report, Span
from symcost.formula import Assumptions, Divides, Form, Symbol, Verdict, mul, num
from symcost.formula.form import Ceil, Floor
from symcost.formula.terms import over, signed, terms

MOST_FAULTS = 20
"""Faults reported in one run; who mends them sees the next ones."""


class SymcostError(Exception):
    """A fault in what the user wrote. `str(error)` is the drawn report."""

    code: ClassVar[str] = "fault"

    def __init__(
        self,
        message: str,
        span: Span | None = None,
        label: str = "",
        *,
        others: Sequence[Label] = (),
        notes: Sequence[str] = (),
        helps: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.report = Report(
            code=self.code,
            message=message,
            label=None if span is None else Label(span, label),
            others=tuple(others),
            notes=tuple(notes),
            helps=tuple(helps),
        )

    @property
    def faults(self) -> tuple[SymcostError, ...]:
        """The single faults behind this error: itself, unless it gathers several."""
        return (self,)

    def called_at(self, call: Span, library: bool) -> None:
        """Say where a definition of another file was called; a library is right, so there it is the call's fault."""
        label, others = self.report.label, self.report.others
        if label is None or any(place.span.source is call.source for place in (label, *others)):
            return
        if library:
            report = replace(self.report, label=Label(call, "in this call"), others=(label, *others))
        else:
            report = replace(self.report, others=(*others, Label(call, "called here")))
        self.report = report

    def __str__(self) -> str:
        return str(self.report)


class Faults(SymcostError):
    """Several independent faults, reported in one run."""

    code = "faults"

    def __init__(self, faults: Iterable[SymcostError]) -> None:
        self._faults = tuple(single for fault in faults for single in fault.faults)
        super().__init__(f"{len(self._faults)} faults")

    @property
    def faults(self) -> tuple[SymcostError, ...]:
        return self._faults

    def __str__(self) -> str:
        return "\n\n".join(map(str, self._faults))


def gathered(faults: Iterable[SymcostError]) -> SymcostError:
    """Several faults as one error: what is said of one place once, and all in the order of the text."""
    distinct: dict[object, SymcostError] = {}
    for single in (single for fault in faults for single in fault.faults):
        label = single.report.label
        distinct.setdefault((single.report.code, label and (str(label.span), label.span.end)), single)
    ordered = sorted(distinct.values(), key=_place)[:MOST_FAULTS]
    return ordered[0] if len(ordered) == 1 else Faults(ordered)


def _place(fault: SymcostError) -> tuple[str, int]:
    label = fault.report.label
    return ("", 0) if label is None else (label.span.source.name, label.span.start)


def did_you_mean(name: str, known: Iterable[str]) -> list[str]:
    """The help line that names the nearest known name, if one is near."""
    near = get_close_matches(name, sorted(set(known)), n=1, cutoff=0.6)
    return [f"did you mean `{near[0]}`?"] if near else []


# Syntax ----------------------------------------------------------------------------------------


def one_of(things: Sequence[str]) -> str:
    """`a`, `b` or `c`"""
    *others, last = things
    return f"{', '.join(others)} or {last}" if others else last


class UnexpectedText(SymcostError):
    """Something stands where something else was expected; both are given as the user would write them."""

    code = "syntax"

    def __init__(self, found: str, expected: Sequence[str], span: Span, helps: Sequence[str] = ()) -> None:
        super().__init__(f"expected {one_of(expected)}, found {found}", span, helps=helps)


class UnknownCharacter(SymcostError):
    """A character that begins nothing in the language."""

    code = "unknown-character"

    def __init__(self, character: str, name: str, span: Span, instead: str | None = None) -> None:
        shown = f"`{character}` ({name})" if character.isprintable() else f"the character {name}"
        helps = [] if instead is None else [instead]
        super().__init__(f"{shown} means nothing here", span, helps=helps)


class UnclosedBlock(SymcostError):
    """A `{` without its `}`.

    `before` is where that can be told at the latest, `suspect` a `{` inside whose `}` is indented otherwise.
    """

    code = "unclosed-block"

    def __init__(self, opening: Span, before: Span | None, suspect: Span | None = None) -> None:
        others = [] if before is None else [Label(before, "expected `}` before this")]
        if suspect is not None:
            others.append(Label(suspect, "or is it this one? its `}` is indented otherwise"))
        super().__init__("a block is never closed", opening, "this `{` has no `}`", others=others)


class UnclosedBracket(SymcostError):
    """A `(` or `[` without its partner; `before` is where that can be told at the latest."""

    code = "unclosed-bracket"

    def __init__(self, opening: Span, closing: str, before: Span | None) -> None:
        others = [] if before is None else [Label(before, f"expected `{closing}` before this")]
        super().__init__(f"`{opening.text}` is never closed", opening, f"has no `{closing}`", others=others)


class UnopenedBracket(SymcostError):
    """A `)`, `]` or `}` with nothing to close."""

    code = "unopened-bracket"

    def __init__(self, span: Span) -> None:
        super().__init__(f"`{span.text}` closes nothing", span)


class UnclosedString(SymcostError):
    """A string that the line's end cuts off."""

    code = "unclosed-string"

    def __init__(self, span: Span) -> None:
        super().__init__('a string has no closing `"`', span, "it must end on this line")


class UnclosedDoc(SymcostError):
    """A doc that the file's end cuts off."""

    code = "unclosed-doc"

    def __init__(self, span: Span) -> None:
        super().__init__('a text in triple quotes has no closing `"""`', span, "begins here")


class NestingTooDeep(SymcostError):
    """More brackets or blocks inside one another than anyone can read."""

    code = "nesting-too-deep"

    def __init__(self, span: Span, limit: int) -> None:
        super().__init__(f"more than {limit} brackets and blocks inside one another", span, "one too many")


class ExpressionTooDeep(SymcostError):
    """More operations inside one another than one expression may hold; a long chain is one as well."""

    code = "expression-too-deep"

    def __init__(self, span: Span, limit: int) -> None:
        super().__init__(
            f"more than {limit} operations hang on one another in one expression",
            Span(span.source, span.start, span.start + 1),
            "begins here",
            helps=["give a part of it a name: `h = ...`"],
        )


class BadNumber(SymcostError):
    """Something that begins like a number and is none, or one that is too large."""

    code = "bad-number"

    def __init__(self, span: Span, why: str) -> None:
        text = span.text if len(span.text) <= 24 else f"{span.text[:20]}..."
        super().__init__(f"`{text}` cannot be read as a number", span, why)


class PositionalAfterKeyword(SymcostError):
    """`f(O = H, x)`"""

    code = "positional-after-keyword"

    def __init__(self, span: Span, keyword: Span) -> None:
        super().__init__(
            "an argument without a name stands behind one with a name",
            span,
            "has no name",
            others=[Label(keyword, "has one")],
            helps=["put it first, or give it a name as well"],
        )


class TextTooLong(SymcostError):
    """A file beyond any architecture."""

    code = "text-too-long"

    def __init__(self, name: str, limit: int) -> None:
        super().__init__(f"`{name}` has more than {limit} characters")


# Sizes and operations ---------------------------------------------------------------------------


def shape_text(shape: Sequence[Form]) -> str:
    """A shape as the user would write it: `[T, 2*H]`."""
    return f"[{', '.join(size.source() for size in shape)}]"


def why_unequal(
    left: Form, right: Form, verdict: Verdict | None, what: str = "they"
) -> tuple[str, list[str], list[str]]:
    """The code, the notes and the help for two sizes, `what`, that are not known to be equal."""
    if verdict is None:
        return "shape-mismatch", [], []
    if verdict.kind == "never":
        known = not left.free_symbols and not right.free_symbols
        notes = [] if known else [f"{what} differ by `{_subtracted(left, right, verdict)}`, which is never 0"]
        return "shape-mismatch", notes, []
    notes = []
    if verdict.counterexample:
        at = ", ".join(f"{name} = {value}" for name, value in verdict.counterexample.items())
        notes.append(f"they differ at {at}: {verdict.left} against {verdict.right}")
    return "undecided-size", notes, [mend_for(left, right)]


def _subtracted(left: Form, right: Form, verdict: Verdict) -> str:
    """`2*H - H = H`, the smaller from the larger where that is plain."""
    positive, negative = signed(verdict.difference)
    if positive == 0:
        left, right, positive = right, left, negative
    else:
        positive = verdict.difference
    smaller = f"({right.source()})" if len(terms(right)) > 1 else right.source()
    return f"{left.source()} - {smaller} = {positive.source()}"


def mend_for(left: Form, right: Form) -> str:
    """Which assumption would make two sizes equal."""
    for divided in _roundings(left, right):
        if Assumptions([divided]).compare(left, right).kind != "equal":
            continue
        divisor, multiple = divided.divisor.source(), divided.multiple.source()
        always = "even" if divisor == "2" else f"a multiple of {divisor}"
        return f"if {multiple} is always {always}, write `assume {divisor} divides {multiple}`"
    left, right = min((left, right), over(left / right), key=lambda sizes: sum(len(size.source()) for size in sizes))
    same = "use one name for both, or " if isinstance(left, Symbol) and isinstance(right, Symbol) else ""
    return f"if they are always equal, {same}write `assume {left.source()} == {right.source()}`"


def _roundings(*sizes: Form) -> list[Divides]:
    """What would make the roundings in sizes superfluous, the simplest first."""
    found: list[Divides] = []
    waiting = list(sizes)
    while waiting:
        form = waiting.pop()
        waiting += form.children
        if isinstance(form, Floor | Ceil):
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
        self.code = code  # type: ignore[misc]
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
        self, what: str, port: Span, shape: Sequence[Form], span: Span, leading: Sequence[Form] | None = None
    ) -> None:
        notes = [] if leading is None else [f"`...` stands for {shape_text(leading)} here already"]
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

    def __init__(
        self,
        shape: Sequence[Form],
        wanted: Sequence[Form],
        span: Span,
        tensor: Span,
        why: str = "",
        verdict: Verdict | None = None,
    ) -> None:
        notes = [why] if why else []
        helps: list[str] = []
        message = f"cannot reshape {shape_text(shape)} to {shape_text(wanted)}"
        if verdict is not None:
            left, right = (mul(*s) if s else num(1) for s in (shape, wanted))
            code, more, helps = why_unequal(left, right, verdict)
            if code == "undecided-size":
                self.code = code  # type: ignore[misc]
                message = f"cannot tell whether {shape_text(shape)} and {shape_text(wanted)} hold equally many"
            notes += more if helps else [f"that is `{left.source()}` numbers against `{right.source()}`"]
        super().__init__(
            message,
            span,
            others=[] if tensor is span else [Label(tensor, f"has shape {shape_text(shape)}")],
            notes=notes,
            helps=helps,
        )


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
        if form.number is None or (least is not None and least.number is None):
            super().__init__(f"`{form.source()}` is always less than `{limit}`", span)
        elif form.number.denominator != 1:
            super().__init__(f"expected a whole number, found `{form.source()}`", span)
        else:
            super().__init__(f"expected a number from {limit} on, found `{form.source()}`", span)


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
    """An assumption that can never hold."""

    code = "impossible-assumption"

    def __init__(self, fact: object, span: Span) -> None:
        super().__init__(f"`{_as_written(fact, span)}` never holds", span, _assumed(span))


def _as_written(fact: object, span: Span | None) -> str:
    """An assumption in the words of who wrote it; one made on the way in ours."""
    return span.text.removeprefix("assume ") if span and _is_written(span) else str(fact)


def _assumed(span: Span | None) -> str:
    return "assumed here" if span and _is_written(span) else "needed here"


def _is_written(span: Span) -> bool:
    return span.text.startswith("assume ") and "\n" not in span.text


class DivisionByZero(SymcostError):
    """A number divided by zero."""

    code = "division-by-zero"

    def __init__(self, span: Span | None, values: Mapping[str, object] | None = None) -> None:
        at = ", ".join(f"{name} = {value}" for name, value in (values or {}).items())
        super().__init__(f"division by zero at {at}" if at else "division by zero", span, "is 0")


class IndexConflict(UnequalSizes):
    """One index along two axes of different sizes."""

    code = "shape-mismatch"

    def __init__(self, index: str, before: tuple[Form, Span], now: tuple[Form, Span], verdict: Verdict) -> None:
        shown = "the leading axes" if index.startswith("...") else f"`{index}`"
        super().__init__(
            f"{shown} would run over `{before[0].source()}` and over `{now[0].source()}`",
            "they",
            before[0],
            now[0],
            verdict,
            span=now[1],
            label=f"runs over `{now[0].source()}`",
            others=[Label(before[1], f"runs over `{before[0].source()}`")],
        )


class MissingIndex(SymcostError):
    """An index of the left side that nothing on the right explains, or `...` the other way round."""

    code = "unknown-index"

    def __init__(self, index: str, span: Span) -> None:
        if index == "...":
            super().__init__(
                "`...` stands on the right but not on the left",
                span,
                helps=["begin the left side with `...`"],
            )
        else:
            super().__init__(f"`{index}` stands on the left but nowhere on the right", span, "how far does it run?")


class UnsummedIndex(SymcostError):
    """An index in a window that is neither reduced nor kept."""

    code = "unknown-index"

    def __init__(self, index: str, span: Span) -> None:
        super().__init__(
            f"`{index}` is neither on the left nor in the window",
            span,
            helps=[f"reduce over it with `{index} in …`, or keep it on the left"],
        )


class UnknownExtent(SymcostError):
    """Indices whose range cannot be solved for."""

    code = "unknown-extent"

    def __init__(self, indices: Sequence[str], span: Span) -> None:
        names = " and ".join(f"`{name}`" for name in indices)
        super().__init__(
            f"cannot tell how far {names} run: only one of them may be unknown here",
            span,
            helps=[f"let `{indices[-1]}` stand alone along another axis, as in `w[{indices[-1]}]`"],
        )


class AffineSign(SymcostError):
    """An index multiplied by a number that is not positive, or not known to be."""

    code = "bad-index"

    def __init__(self, coefficient: Form, span: Span) -> None:
        helps = ["turn the axis around first, with `reverse`"] if coefficient == -1 else []
        super().__init__(
            f"cannot tell how far an index runs that is multiplied by `{coefficient.source()}`", span, helps=helps
        )


class BadIndexing(SymcostError):
    """Index notation that says something it cannot."""

    code = "bad-index"

    def __init__(self, why: str, span: Span, help: str = "") -> None:
        super().__init__(why, span, helps=[help] if help else [])


class IndexCount(SymcostError):
    """More or fewer indices or positions than a tensor has axes."""

    code = "index-count"

    def __init__(
        self, found: int, shape: Sequence[Form], span: Span, what: str = "index", many: str = "indices"
    ) -> None:
        rank = len(shape)
        super().__init__(
            f"{found} {what if found == 1 else many} for {rank} ax{'is' if rank == 1 else 'es'}",
            span,
            notes=[f"the tensor has shape {shape_text(shape)}"],
        )


class IndexHidden(SymcostError):
    """An index named like a dimension or a counter."""

    code = "index-is-a-dimension"

    def __init__(self, name: str, span: Span) -> None:
        super().__init__(
            f"`{name}` is a dimension here and cannot be an index as well",
            span,
            helps=["give the index another name"],
        )


class BadSubscript(SymcostError):
    """A selection that is not possible."""

    code = "bad-subscript"

    def __init__(self, why: str, span: Span) -> None:
        super().__init__(why, span)


# Files ------------------------------------------------------------------------------------------


class UnreadableFile(SymcostError):
    """A file that is not there or cannot be read."""

    code = "unreadable-file"

    def __init__(self, name: str, why: str, span: Span | None = None) -> None:
        super().__init__(f"cannot read `{name}`: {why[:1].lower()}{why[1:]}", span)


class FileTooLarge(SymcostError):
    """A file longer than any architecture."""

    code = "file-too-large"

    def __init__(self, name: str, limit: int, span: Span | None = None) -> None:
        super().__init__(f"`{name}` is longer than {limit} bytes", span)


class NotText(SymcostError):
    """A file that is no UTF-8 text."""

    code = "not-text"

    def __init__(self, name: str, byte: int, span: Span | None = None) -> None:
        super().__init__(
            f"`{name}` is not UTF-8 text from byte {byte} on",
            span,
            helps=["save the file as UTF-8"],
        )


class UseOutside(SymcostError):
    """A `use` that leads out of the project's folder."""

    code = "use-outside"

    def __init__(self, path: str, span: Span, why: str) -> None:
        super().__init__(f"`{path}` is not read", span, notes=[why])


class UseCycle(SymcostError):
    """Files that use each other in a circle."""

    code = "use-cycle"

    def __init__(self, path: str, span: Span, chain: Sequence[Span]) -> None:
        super().__init__(
            f"`{path}` uses itself" + (" by way of others" if chain else ""),
            span,
            others=[Label(place, "by way of this") for place in chain],
        )


class DuplicateName(SymcostError):
    """One name given twice."""

    code = "duplicate-name"

    def __init__(self, name: str, span: Span, first: Span) -> None:
        super().__init__(f"`{name}` is defined twice", span, others=[Label(first, "first here")])


# Names and calls --------------------------------------------------------------------------------


class UnknownName(SymcostError):
    """A name that stands for nothing."""

    code = "unknown-name"

    def __init__(self, name: str, span: Span, known: Iterable[str]) -> None:
        self.name, self.span = name, span
        super().__init__(f"nothing is called `{name}` here", span, "not known", helps=did_you_mean(name, known))


class UnknownModule(SymcostError):
    """A call of something that is not defined."""

    code = "unknown-module"

    def __init__(self, name: str, span: Span, known: Iterable[str]) -> None:
        super().__init__(
            f"there is no module `{name}`",
            span,
            "not defined here nor in the library",
            helps=did_you_mean(name, known),
        )


class MissingArgument(SymcostError):
    """A call without a value for a port that needs one."""

    code = "missing-argument"

    def __init__(self, name: str, port: str, span: Span, declared: Span | None, usage: str) -> None:
        others = [] if declared is None else [Label(declared, "needed here")]
        super().__init__(
            f"`{name}` is called without `{port}`", span, others=others, notes=[f"it is called as `{usage}`"]
        )


class UnknownArgument(SymcostError):
    """A keyword that a definition has not."""

    code = "unknown-argument"

    def __init__(self, name: str, keyword: str, span: Span, known: Sequence[str]) -> None:
        notes = [f"it takes {', '.join(f'`{port}`' for port in known)}"] if known else ["it takes no keywords"]
        super().__init__(f"`{name}` takes no `{keyword}`", span, notes=notes, helps=did_you_mean(keyword, known))


class GivenTwice(SymcostError):
    """Two values for one port."""

    code = "given-twice"

    def __init__(self, port: str, span: Span, first: Span | None) -> None:
        others = [] if first is None else [Label(first, "first here")]
        shown = port if " " in port else f"`{port}`"
        super().__init__(f"{shown} is given twice", span, others=others)


class TooManyArguments(SymcostError):
    """A call with another number of arguments than the definition takes."""

    code = "argument-count"

    def __init__(self, name: str, most: int, given: int, span: Span) -> None:
        super().__init__(f"`{name}` takes {most} argument{'s' if most != 1 else ''}, here are {given}", span)


class WrongKind(SymcostError):
    """A value of one kind where another is wanted: a number for a tensor, a list for a number."""

    code = "wrong-kind"

    def __init__(self, wanted: str, found: str, span: Span) -> None:
        super().__init__(f"expected {wanted}, found {found}", span)


class WrongCount(SymcostError):
    """More or fewer values than names for them."""

    code = "value-count"

    def __init__(self, what: str, wanted: int, found: int, span: Span) -> None:
        if what == "returned":
            super().__init__(f"{found} returned, {wanted} declared behind `->`", span)
        else:
            many = f"{wanted} name{'s' if wanted != 1 else ''} for {found} value{'s' if found != 1 else ''}"
            super().__init__(many, span)


class CallsItself(SymcostError):
    """A definition that calls itself, at once or by way of others."""

    code = "calls-itself"

    def __init__(self, chain: Sequence[str], name: str, span: Span) -> None:
        way = " calls ".join(f"`{one}`" for one in (*chain[chain.index(name) :], name))
        super().__init__(f"`{name}` calls itself", span, notes=[way], helps=["use `repeat` to do a thing many times"])


class OtherLayerShape(SymcostError):
    """A named layer called with inputs that would need other parameters."""

    code = "other-layer-shape"

    def __init__(self, layer: str, param: str, before: Sequence[Form], now: Sequence[Form], span: Span) -> None:
        super().__init__(
            f"`{layer}` has one set of parameters, but this call would need others",
            span,
            f"needs `{param}: {shape_text(now)}`",
            notes=[f"its first call made `{param}: {shape_text(before)}`"],
            helps=["call the module itself for a layer of its own"],
        )


class UnusedLayer(SymcostError):
    """A named layer that is never called, so that its input and its parameters stay unknown."""

    code = "unused-layer"

    def __init__(self, name: str, span: Span) -> None:
        super().__init__(
            f"the layer `{name}` is never called, so its parameters are unknown",
            span,
            helps=["call it, or take the line out"],
        )


class MissingReturn(SymcostError):
    """A definition that returns nothing."""

    code = "missing-return"

    def __init__(self, name: str, span: Span) -> None:
        super().__init__(f"`{name}` returns nothing", span, helps=["end it with `return …`"])


class TooManyOperations(SymcostError):
    """A text that asks for more than can be built."""

    code = "too-large"

    def __init__(self, span: Span, why: str) -> None:
        super().__init__(f"this is too large to build: {why}", span)


# Loops ------------------------------------------------------------------------------------------


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


class RecurrenceWithoutCarry(SymcostError):
    """A value of the round before that is not carried."""

    code = "recurrence-without-carry"

    def __init__(self, name: str, span: Span, shape: Sequence[Form]) -> None:
        super().__init__(
            f"`{name}` is set in this scan and read before that, but it is not carried from step to step",
            span,
            "which step's value?",
            helps=[f"carry it: `with {name}: {shape_text(shape)}`, or give the value inside another name"],
        )


class CarriedShape(SymcostError):
    """A carried value whose shape changes in another way than declared."""

    code = "carried-shape"

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

    def __init__(self, span: Span, left: Form, right: Form, op: str) -> None:
        super().__init__(
            f"cannot tell whether `{left.source()} {op} {right.source()}`",
            span,
            notes=["a condition is decided while the graph is built, before numbers are put in"],
            helps=[
                f"give it numbers; or where it always holds, write `assume {left.source()} "
                f"{op.replace('!=', '==')} {right.source()}`"
            ],
        )


# Models and values ------------------------------------------------------------------------------


class NoModel(SymcostError):
    """A file in which nothing can be asked."""

    code = "no-model"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"`{name}` holds no model",
            helps=["write `model Name(x: [T, D]) { … }`, or ask a file that has one"],
        )


class SeveralModels(SymcostError):
    """A file with several models, and none was named."""

    code = "several-models"

    def __init__(self, name: str, models: Iterable[str]) -> None:
        listed = one_of([f"`{model}`" for model in models])
        first = next(iter(models))
        super().__init__(
            f"`{name}` holds several models: {listed}",
            helps=[f'choose one with `--model {first}`, or `.model("{first}")`'],
        )


class UnknownModel(SymcostError):
    """A model that the file has not."""

    code = "unknown-model"

    def __init__(self, name: str, known: Iterable[str], span: Span | None = None) -> None:
        listed = ", ".join(f"`{model}`" for model in known)
        super().__init__(
            f"there is no model `{name}`",
            span,
            notes=[f"models: {listed}"] if listed else [],
            helps=did_you_mean(name, known),
        )


class UnknownConfig(SymcostError):
    """A configuration that the file has not."""

    code = "unknown-config"

    def __init__(self, name: str, known: Iterable[str], span: Span | None = None) -> None:
        listed = ", ".join(f"`{config}`" for config in known)
        super().__init__(
            f"there is no configuration `{name}`",
            span,
            notes=[f"configurations: {listed}" if listed else "the file has no configurations"],
            helps=did_you_mean(name, known),
        )


class UnknownDimension(SymcostError):
    """A value for something that the model has not."""

    code = "unknown-dimension"

    def __init__(self, name: str, model: str, known: Iterable[str], span: Span | None = None) -> None:
        listed = ", ".join(f"`{dimension}`" for dimension in known)
        super().__init__(
            f"`{model}` has no `{name}`",
            span,
            notes=[f"it has {listed}" if listed else "it has no dimensions"],
            helps=did_you_mean(name, known),
        )


class BadValue(SymcostError):
    """A value that is no size: zero, negative, broken or no number at all."""

    code = "bad-value"

    def __init__(self, name: str, value: object, span: Span | None, given: Span | None = None) -> None:
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        if len(shown) > 40:
            shown = f"{shown[:20]}… ({len(shown)} {'digits' if shown.isdecimal() else 'characters'})"
        wanted = "smaller number" if shown[:1] in "123456789" and "digits" in shown else "positive integer"
        super().__init__(
            f"`{name}` cannot be `{shown}`",
            given or span,
            "" if given else "declared here",
            others=[Label(span, "declared here")] if given and span else [],
            helps=[f"give `{name}` a {wanted}"],
        )

    def read_from(self, places: Sequence[Label]) -> BadValue:
        """The same, where the value comes from another file."""
        self.report = replace(self.report, others=(*self.report.others, *places))
        return self


# Published files --------------------------------------------------------------------------------


class NoMapping(SymcostError):
    """A published file was given, and the architecture does not say how to read one."""

    code = "no-mapping"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"`{name}` does not say what it needs of a published file",
            helps=["add for example `config hf { D = hidden_size, L = num_hidden_layers }`, dimensions at the left"],
        )


class MisplacedAssumption(SymcostError):
    """An `assume` in a configuration that gives its numbers itself."""

    code = "misplaced-assumption"

    def __init__(self, span: Span) -> None:
        super().__init__(
            "only `config hf` assumes something, of the file that it reads",
            span,
            helps=["write it outside of the configuration, over dimensions"],
        )


class NumbersElsewhere(SymcostError):
    """`hf` was asked for like a configuration with numbers of its own."""

    code = "numbers-elsewhere"

    def __init__(self, name: str, span: Span, asked: Span | None = None) -> None:
        super().__init__(
            f"the numbers of `{name}` stand in a published file",
            asked or span,
            "" if asked else "names of that file",
            others=[Label(span, "names of that file")] if asked else [],
            helps=['give the file with `--hf config.json`, or `.configured_from("config.json")`'],
        )


class NotJson(SymcostError):
    """A published file that is not JSON."""

    code = "not-json"

    def __init__(self, name: str, span: Span, label: str) -> None:
        super().__init__(f"`{name}` is no JSON table", span, label)


class MissingKey(SymcostError):
    """A name that a published file has not."""

    code = "missing-key"

    def __init__(self, key: str, file: str, known: Iterable[str], span: Span) -> None:
        helps = did_you_mean(key, [name for name in known if name.isidentifier()])
        super().__init__(
            f"`{file}` has no `{key}`",
            span,
            "read here",
            helps=helps or [f"where such files may leave it out, write what holds then: `{key} or 1`"],
        )


class OtherArchitecture(SymcostError):
    """A published file that is not what a mapping assumes of it."""

    code = "other-architecture"

    def __init__(self, file: str, span: Span, places: Sequence[Label]) -> None:
        super().__init__(
            f"`{file}` is of another architecture: `{span.text}` does not hold", span, "assumed here", others=places
        )


class WrongKey(SymcostError):
    """A name of a published file behind which no single value stands."""

    code = "wrong-key"

    def __init__(self, key: str, found: str, span: Span, asked: Span) -> None:
        super().__init__(
            f"`{key}` is {found}, not a number",
            span,
            f"is {found}",
            others=[Label(asked, "read here")],
            helps=[f"write what holds then: `{key} or 1`"] if found == "null" else [],
        )


class ValueTooLarge(SymcostError):
    """Numbers whose result cannot be computed."""

    code = "too-large"

    def __init__(self, why: str, span: Span | None = None) -> None:
        super().__init__(f"the result is too large to compute: {why}", span)


class ViolatedAssumption(SymcostError):
    """Numbers that break what was assumed."""

    code = "violated-assumption"

    def __init__(self, fact: str, span: Span | None, values: Mapping[str, int]) -> None:
        given = ", ".join(f"{name} = {value}" for name, value in values.items())
        super().__init__(f"`{_as_written(fact, span)}` does not hold for {given}", span, _assumed(span))


class UnknownQuantity(SymcostError, KeyError):
    """Something asked for that is not counted."""

    code = "unknown-quantity"

    def __init__(self, name: str, known: Sequence[str], span: Span | None = None) -> None:
        super().__init__(
            f"nothing called `{name}` is counted",
            span,
            notes=[f"there are {', '.join(f'`{quantity}`' for quantity in known)}"],
            helps=did_you_mean(name, known),
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


class UnderivedWindow(SymcostError):
    """A receptive field, or a path through it, that is not derived."""

    code = "window-not-derived"

    def __init__(self, what: str, why: str, span: Span, mend: str | None = None) -> None:
        helps = [] if mend is None else [mend]
        super().__init__(f"what {what} sees of the input is not derived: {why}", span, helps=helps)


class NoPath(SymcostError):
    """A path length of what does not bring all positions together."""

    code = "no-path"

    def __init__(self, why: str, span: Span) -> None:
        self.why = why
        super().__init__(f"no path joins all positions of the input: {why}", span)


class UnderivedDepth(SymcostError):
    """A depth for which no formula is found."""

    code = "depth-not-derived"

    def __init__(self, what: str, why: str, span: Span) -> None:
        super().__init__(f"the depth of {what} is not derived: {why}", span)


class UnderivedBackward(SymcostError):
    """A loop that never comes to rest: from round to round other carried values need a gradient."""

    code = "backward-not-derived"

    def __init__(self, loop: str, span: Span) -> None:
        super().__init__(
            f"the backward pass of `{loop}` is not derived",
            span,
            "from round to round other carried values depend on what is trained",
            helps=["write two rounds in one, so that what is carried keeps its place"],
        )


class UnderivedMemory(SymcostError):
    """A loop that never comes to rest: from round to round other values have to be kept."""

    code = "memory-not-derived"

    def __init__(self, loop: str, span: Span) -> None:
        super().__init__(
            f"what `{loop}` keeps for the backward pass is not derived",
            span,
            "from round to round other values are needed",
            helps=["write two rounds in one, so that what is carried keeps its place"],
        )


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


# Command line ----------------------------------------------------------------------------------


class MissingValue(SymcostError):
    """Numbers were asked for, and a dimension has none."""

    code = "missing-value"

    def asked_by(self, check: Span) -> MissingValue:
        """The same, where an expectation with a tolerance needs numbers."""
        label, others = self.report.label, self.report.others
        self.report = replace(
            self.report,
            label=Label(check, "needs numbers"),
            others=others if label is None else (label, *others),
            helps=("expect it of a configuration: `expect Name(config) { ... }`",),
        )
        return self

    def __init__(self, name: str, span: Span | None, given: Mapping[str, object]) -> None:
        values = ", ".join(f"{known}={value}" for known, value in given.items()) or "none"
        super().__init__(
            f"no value for `{name}`",
            span,
            "declared here",
            notes=[f"values given: {values}"],
            helps=[f"add `{name}=<positive integer>`"],
        )


class BrokenExpectation(SymcostError):
    """A line of an `expect` block that the model does not keep."""

    code = "broken-expectation"

    def __init__(self, text: str, span: Span, found: str, expected: str, difference: str = "") -> None:
        super().__init__(
            f"`{text}` does not hold",
            span,
            "expected here",
            notes=[
                f"found    {found}\nexpected {expected}" + (f"\nfound - expected = {difference}" if difference else "")
            ],
        )


class NothingToCheck(SymcostError):
    """A folder without a single `.arch` file."""

    code = "nothing-to-check"

    def __init__(self, folder: str) -> None:
        super().__init__(f"there is no `.arch` file in `{folder}`")


class UnknownLayer(SymcostError):
    """A name that is not in the library."""

    code = "unknown-layer"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        helps = did_you_mean(name, known) or ["`symcost layers` lists them all"]
        super().__init__(f"the library has no `{name}`", helps=helps)


# Export ----------------------------------------------------------------------------------------


class TooManyBlocks(SymcostError):
    """A listing without end."""

    code = "too-many-blocks"

    def __init__(self, most: int) -> None:
        super().__init__(f"there are more than {most} blocks to list", helps=["add `--depth 2`"])


class UnsafeLatex(SymcostError):
    """A `latex "..."` that says more than notation."""

    code = "unsafe-latex"

    def __init__(self, wish: str, piece: str, span: Span | None) -> None:
        super().__init__(
            f"`{wish}` is not plain mathematical notation",
            span,
            f"`{piece}` cannot stand here",
            notes=[
                "letters, digits, `^` and `_`, Greek letters, accents and fonts such as `\\mathrm{...}` can be used"
            ],
            helps=['write for example `latex "d_{\\mathrm{model}}"`'],
        )


# Conventions and devices -----------------------------------------------------------------------


class UnreadableData(SymcostError):
    """A convention or device file that cannot be read."""

    code = "unreadable-data"

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"cannot read `{path}`: {reason}")


class BadToml(SymcostError):
    """A convention or device file that is not TOML."""

    code = "bad-toml"

    def __init__(self, complaint: str, span: Span) -> None:
        super().__init__("this is not TOML", span, complaint)


class UnknownEntry(SymcostError):
    """A key that means nothing in its table."""

    code = "unknown-entry"

    def __init__(self, key: str, known: Sequence[str], span: Span) -> None:
        super().__init__(
            f"there is no entry `{key}` here",
            span,
            "not known",
            notes=[f"known here: {listed(known)}"],
            helps=did_you_mean(key, known),
        )


class MissingEntry(SymcostError):
    """A key that may not be left out."""

    code = "missing-entry"

    def __init__(self, key: str, span: Span, help: str = "") -> None:
        super().__init__(f"the entry `{key}` is missing", span, "in here", helps=[help] if help else [])


class WrongEntry(SymcostError):
    """A value of the wrong kind."""

    code = "wrong-entry"

    def __init__(self, key: str, found: object, wanted: str, span: Span) -> None:
        shown = f'"{found}"' if isinstance(found, str) else str(found).lower()
        shown = shown if len(shown) <= 40 else f"{shown[:40]}..."
        super().__init__(f"`{key}` must be {wanted}, not `{shown}`", span)


class UnknownConvention(SymcostError):
    """A convention that is not shipped."""

    code = "unknown-convention"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(
            f"there is no convention `{name}`",
            notes=[f"shipped: {listed(known)}; a path to one of your own ends in `.toml`"],
            helps=did_you_mean(name, known),
        )


class LayerNotCounted(SymcostError):
    """A layer that a convention has no number for, and says so."""

    code = "layer-not-counted"

    def __init__(self, convention: str, layer: str, why: str, span: Span) -> None:
        super().__init__(
            f"the convention `{convention}` cannot count `{layer}`",
            span,
            notes=[why],
            helps=["`--convention mac` and `--convention default` count every layer"],
        )


class TrainingNotCounted(SymcostError):
    """A convention that counts layers as a whole, and only forward."""

    code = "training-not-counted"

    def __init__(self, convention: str) -> None:
        super().__init__(
            f"the convention `{convention}` does not say what training costs",
            notes=["it counts some layers as a whole, and only forward"],
            helps=["`--convention mac` and `--convention default` count every operation, whichever way it goes"],
        )


class UnknownDevice(SymcostError):
    """A device that is not shipped."""

    code = "unknown-device"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(
            f"there is no device `{name}`",
            notes=[f"shipped: {listed(known)}; a path to one of your own ends in `.toml`"],
            helps=did_you_mean(name, known),
        )


class UnknownNumberType(SymcostError):
    """A number type for which a device has no peak."""

    code = "unknown-dtype"

    def __init__(self, dtype: str, device: str, known: Sequence[str]) -> None:
        super().__init__(
            f"`{device}` has no peak for `{dtype}`",
            notes=[f"it has peaks for {listed(known)}"],
            helps=did_you_mean(dtype, known),
        )


class MissingFigure(SymcostError):
    """A figure that a device file does not give and an estimate needs."""

    code = "missing-figure"

    def __init__(self, figure: str, device: str, entry: str) -> None:
        super().__init__(
            f"`{device}` has no figure for {figure}",
            helps=[f"give `{entry}` with its source in a device file of your own"],
        )


def listed(names: Iterable[str]) -> str:
    """Names as a sentence shows them: `a`, `b`, `c`."""
    return ", ".join(f"`{name}`" for name in names)
