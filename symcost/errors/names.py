"""Names, definitions and calls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice

from symcost.diagnostics import Label, Report, Span
from symcost.errors.base import SymcostError
from symcost.errors.elsewhere import meant, option_meant, same_elsewhere
from symcost.errors.words import did_you_mean, shape_text
from symcost.formula import Form


class UnknownName(SymcostError):
    """A name that stands for nothing; `modules` are names that can be called.

    `as_port`: the head of the definition with the name among its ports, where it could be a size of its own.
    """

    code = "unknown-name"

    def __init__(
        self, name: str, span: Span, known: Iterable[str], modules: Iterable[str] = (), as_port: str = ""
    ) -> None:
        self.name: str = name
        self.span: Span = span
        helps = same_elsewhere(name, modules) or did_you_mean(name, known)
        if as_port and not helps:
            helps = [f"where it is a size of its own, it stands among the ports: `{as_port}`"]
        super().__init__(f"nothing is called `{name}` here", span, "not known", helps=helps)


class LeftInside(UnknownName):
    """A name that only the body of a loop has given a value, behind that loop."""

    def __init__(self, name: str, span: Span, loop: str) -> None:
        self.name: str = name
        self.span: Span = span
        how = f"`emit {name} = {name}` for the values of all rounds"
        if loop.startswith("scan"):
            how += f", `{loop} with {name}: [sizes]` for the last one"
        SymcostError.__init__(
            self,
            f"nothing is called `{name}` here",
            span,
            "not known",
            notes=[f"it has a value inside of `{loop}` only; a loop leaves what it emits and what it carries"],
            helps=[f"write {how}"],
        )


class NotYetSet(UnknownName):
    """A name that is read or called above the place where the definition gives it a meaning."""

    code = "not-yet-set"

    def __init__(self, name: str, span: Span, setting: Span) -> None:
        self.name: str = name
        self.span: Span = span
        SymcostError.__init__(
            self,
            f"`{name}` stands for nothing yet",
            span,
            "needed here",
            others=[Label(setting, "it gets a meaning only here")],
            helps=[f"write what gives `{name}` its meaning above"],
        )


class HiddenDimension(UnknownName):
    """A dimension of the file, read in a definition that gives the name another meaning; not yet, at this place."""

    code = "hidden-dimension"

    def __init__(self, name: str, span: Span, setting: Span, declared: Span) -> None:
        self.name: str = name
        self.span: Span = span
        SymcostError.__init__(
            self,
            f"`{name}` is not the dimension of that name here",
            span,
            "not known",
            others=[Label(setting, "this hides it in the whole definition"), Label(declared, "declared here")],
            helps=[f"give what hides `{name}` another name"],
        )


class NoSuchDimension(UnknownName):
    """A dimension that a definition reads by way of `dim`, and the model that is asked has not."""

    code = "no-such-dimension"

    def __init__(
        self, name: str, span: Span, declared: Span, reader: str, model: str, dimensions: Iterable[str]
    ) -> None:
        self.name: str = name
        self.span: Span = span
        known = ", ".join(f"`{dimension}`" for dimension in dimensions) or "none"
        own = f", or a port of `{reader}`" if reader != model else ""
        SymcostError.__init__(
            self,
            f"`{reader}` reads `{name}`, which is no dimension of `{model}`",
            span,
            f"a dimension of the model that is asked, here `{model}`",
            others=[Label(declared, "declared here")],
            notes=[f"the dimensions of `{model}` are {known}"],
            helps=[f"make `{name}` a port of `{model}`{own}"],
        )


class DuplicateName(SymcostError):
    """One name given twice."""

    code = "duplicate-name"

    def __init__(self, name: str, span: Span, first: Span) -> None:
        super().__init__(f"`{name}` is defined twice", span, others=[Label(first, "first here")])


class NoConstant(SymcostError):
    """A constant whose value is not known where it is written."""

    code = "no-constant"

    def __init__(self, span: Span, open_root: str | None = None) -> None:
        """`open_root`: what is called that comes to no fraction, such as `ln`."""
        help_ = "where it depends on dimensions, write `let` in the definition that has them"
        if open_root is not None:
            help_ = f"`{open_root}` comes to no fraction: write `{span.text}` where it is read, which keeps it exact"
        super().__init__(
            f"`{span.text}` is no value for a constant",
            span,
            notes=["a constant is a number, a word, `true`, `false` or a list of these, made of constants above it"],
            helps=[help_],
        )


class SaidByShape(SymcostError):
    """A size that the shape of a tensor says, and that is given or preset otherwise."""

    code = "said-by-shape"

    def __init__(self, name: str, known: Form, other: Form, span: Span, *, preset: bool) -> None:
        """`preset`: the other size is the default of its port."""
        if preset:
            helps = [f"leave `= {span.text}` out: `{name}` is read from the tensor"]
            helps.append(f"where it is always `{span.text}`, say so: `assume {name} == {span.text}`")
        else:
            helps = [f"leave it out: `{name}` is read from the tensor"]
        super().__init__(
            f"`{name}` is `{known.source()}`, as a shape says, and not `{other.source()}`", span, helps=helps
        )


class NotARate(SymcostError):
    """A rate that is no positive number over a second."""

    code = "not-a-rate"

    def __init__(self, name: str, span: Span) -> None:
        super().__init__(
            f"`{span.text}` does not say how many of `{name}` there are in a second",
            span,
            helps=[f"write a number above 0 and `/s`, such as `rate {name} = 100/s`"],
        )


MOST_NAMED = 6
"""Names that a mend lists."""


class NothingCounted(SymcostError):
    """A rate of something that no definition has."""

    code = "nothing-counted"

    def __init__(self, name: str, span: Span, known: Iterable[str]) -> None:
        super().__init__(
            f"no definition has a dimension `{name}`",
            span,
            "a rate is of a dimension in a signature",
            helps=did_you_mean(name, known) or _declared(known),
        )


def _declared(known: Iterable[str]) -> list[str]:
    """Which dimensions there are, a few of them."""
    shown = [f"`{name}`" for name in islice(dict.fromkeys(known), MOST_NAMED)]
    return [f"write the rate of one that a definition has: {', '.join(shown)}"] if shown else []


class UnknownModule(SymcostError):
    """A call of something that is not defined."""

    code = "unknown-module"

    def __init__(self, name: str, span: Span, known: Iterable[str]) -> None:
        super().__init__(
            f"there is no module `{name}`",
            span,
            "not defined here nor in the library",
            helps=meant(name, known),
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

    def __init__(self, name: str, keyword: str, span: Span, known: Sequence[str], shapes: Iterable[str] = ()) -> None:
        """`shapes`: the sizes that the shapes of its tensors name."""
        notes = [f"it takes {', '.join(f'`{port}`' for port in known)}"] if known else ["it takes no keywords"]
        helps = option_meant(keyword, known)
        if keyword in shapes:
            helps = [f"leave it out: `{keyword}` is read from the tensor"]
        super().__init__(f"`{name}` takes no `{keyword}`", span, notes=notes, helps=helps)


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

    def __init__(self, name: str, most: int, given: int, span: Span, usage: str = "") -> None:
        notes = [f"it is called as `{usage}`"] if usage else []
        super().__init__(
            f"`{name}` takes {most} argument{'s' if most != 1 else ''}, here are {given}", span, notes=notes
        )


class WrongKind(SymcostError):
    """A value of one kind where another is wanted: a number for a tensor, a list for a number."""

    code = "wrong-kind"

    def __init__(self, wanted: str, found: str, span: Span, helps: Sequence[str] = ()) -> None:
        self.wanted: str = wanted
        self.found: str = found
        super().__init__(f"expected {wanted}, found {found}", span, helps=helps)

    def read_from(self, places: Sequence[Label]) -> WrongKind:
        """The same, where the value comes from another file."""
        self.report: Report = replace(self.report, others=(*self.report.others, *places))
        return self


class NoInput(SymcostError):
    """A layer that is called without any tensor.

    `inputs` are the names of those it takes, `instead` is the call as it is meant, with its inputs left out.
    """

    code = "no-input"

    def __init__(self, name: str, span: Span, usage: str, inputs: Sequence[str], instead: str) -> None:
        self.inputs: Sequence[str] = inputs
        self.instead: str = instead
        helps = [f"hand it a tensor: `x -> {instead}`"] if len(inputs) == 1 else []
        super().__init__(
            f"`{name}` is called without a tensor", span, notes=[f"it is called as `{usage}`"], helps=helps
        )

    def assigned(self, name: str) -> None:
        """It stands behind `name =`: what is meant is a layer with a name."""
        call = f"x -> {name}" if len(self.inputs) == 1 else f"{name}({', '.join(self.inputs)})"
        self._help(f"write `layer {name} = {self.instead}` to give a layer a name, and call it: `{call}`")

    def handed_on(self, port: str) -> None:
        """It stands behind `port =` in a call: what is meant is a layer with a name, too."""
        first = f"write `layer f = {self.instead}` in a line before"
        self._help(f"{first}, and hand that on: `{port} = f`")

    def _help(self, text: str) -> None:
        self.report: Report = replace(self.report, helps=(text,))


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
