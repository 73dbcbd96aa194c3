"""Functions of what a layer is told: a number for all axes or a list with one for each, words, and texts that go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from symcost.diagnostics import Span
from symcost.errors import MissingArgument, TooManyArguments, UnknownArgument, WrongKind
from symcost.formula import Form, num
from symcost.graph.frame import Frame
from symcost.graph.values import Arguments, ListValue, Value, described, refusal

Told = Callable[[Arguments, Frame, Span], Value]


def per_axis(arguments: Arguments, frame: Frame, span: Span) -> Value:
    """`per_axis(kernel, 0, 2)`: what a list of 2 says of the first axis; anything else is said of every axis.

    Raises WrongKind for a list of another length.
    """
    (value, _), axis, axes = _exactly("per_axis", ("value", "axis", "axes"), arguments, span)
    if not isinstance(value, ListValue):
        return value
    wanted, place = _count(*axes), _count(*axis)
    if len(value.items) != wanted:
        found = f"a list of {len(value.items)}"
        one = "a number" if wanted == 1 else f"one number for all {wanted} axes"
        raise WrongKind(f"{one}, or a list of {wanted}", found, _where(value, span))
    if not 0 <= place < wanted:
        raise WrongKind(f"an axis from 0 to {wanted - 1}", described(axis[0]), axis[1])
    return value.items[place][0]


def axes_of(arguments: Arguments, frame: Frame, span: Span) -> Value:
    """`axes_of(size)`: of how many axes a list says something; a number speaks of one."""
    ((value, place),) = _exactly("axes_of", ("value",), arguments, span)
    if isinstance(value, ListValue):
        return num(len(value.items))
    if isinstance(value, Form):
        return num(1)
    raise refusal("a number or a list", value, place)


def one_of(arguments: Arguments, frame: Frame, span: Span) -> Value:
    """`one_of(mode, "nearest", "linear")`: the word itself. Raises WrongKind for any other."""
    _no_keywords("one_of", arguments)
    if not arguments.positional:
        raise MissingArgument("one_of", "word", span, None, "one_of(word, known, …)")
    (value, place), *known = arguments.positional
    words = [_word(*given) for given in known]
    if value not in words:
        raise refusal("one of " + ", ".join(f'"{word}"' for word in words), value, place)
    return value


def goes_on(arguments: Arguments, frame: Frame, span: Span) -> Value:
    """`goes_on()`: whether there are tokens before, of which something is kept. Recurrences have a form for that.

    Raises TooManyArguments, UnknownArgument.
    """
    _nothing("goes_on", arguments, span)
    behind = frame.context.resumed
    return behind is not None and behind != 0


def tokens_before(arguments: Arguments, frame: Frame, span: Span) -> Value:
    """`tokens_before()`: how many tokens there are before; 0 where a text begins.

    Raises TooManyArguments, UnknownArgument.
    """
    _nothing("tokens_before", arguments, span)
    behind = frame.context.resumed
    return num(0) if behind is None else behind


TOLD: Mapping[str, Told] = {
    "per_axis": per_axis,
    "axes_of": axes_of,
    "one_of": one_of,
    "goes_on": goes_on,
    "tokens_before": tokens_before,
}
"""By their names in the language."""


def _exactly(name: str, ports: tuple[str, ...], arguments: Arguments, span: Span) -> tuple[tuple[Value, Span], ...]:
    """The arguments of a function that takes so many, by their places. Raises MissingArgument, UnknownArgument."""
    _no_keywords(name, arguments)
    if len(arguments.positional) != len(ports):
        missing = ports[min(len(arguments.positional), len(ports) - 1)]
        raise MissingArgument(name, missing, span, None, f"{name}({', '.join(ports)})")
    return arguments.positional


def _nothing(name: str, arguments: Arguments, span: Span) -> None:
    _no_keywords(name, arguments)
    if arguments.positional:
        raise TooManyArguments(name, 0, len(arguments.positional), span)


def _no_keywords(name: str, arguments: Arguments) -> None:
    for keyword in arguments.keywords:
        raise UnknownArgument(name, keyword, arguments.place(keyword), ())


def _count(value: Value, place: Span) -> int:
    """A plain whole number. Raises WrongKind."""
    if isinstance(value, Form) and value.number is not None and value.number.denominator == 1:
        return int(value.number)
    raise refusal("a whole number", value, place)


def _word(value: Value, place: Span) -> str:
    """Raises WrongKind."""
    if isinstance(value, str):
        return value
    raise refusal("a word in quotes", value, place)


def _where(value: ListValue, span: Span) -> Span:
    """Where the items of a list stand; the call where it has none."""
    return value.items[0][1].to(value.items[-1][1]) if value.items else span
