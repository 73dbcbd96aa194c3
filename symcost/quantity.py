"""Quantity: what a model answers, as a formula that takes numbers; and what is made of several such answers."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from fractions import Fraction
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal

from symcost.answering import Answering as Answering, Number, Renaming, Several, new_names
from symcost.arguments import FLAG, NAME, NOTHING, NUMBER, TEXTS, Kind, shown, taking
from symcost.asking import AskedBefore, Combined, Fixed as Fixed, Inlined, OfClass, decisive, quotient
from symcost.classes import CLASSES, INSIDE
from symcost.cost import Cost
from symcost.errors import MissingExtra, MissingValue, UndecidedComparison, UnknownDimension, UnknownQuantity
from symcost.formula import Form, Symbol, num, symbol
from symcost.formula.named import apart, inlined, names_in
from symcost.records import dataclass
from symcost.sweeping.kept import At
from symcost.values import bounded

if TYPE_CHECKING:
    from symcost.analysis.growth.compare import Crossing
    from symcost.analysis.growth.growth import Rise
    from symcost.sweeping.arrays.over import Plan

Relation = Literal["equal", "less", "greater", "at most", "at least", "undecided"]
"""Of one quantity to another for all values of their dimensions; `at most`: never greater, but somewhere equal."""


SIGN = Kind("`<`, `<=`, `>` or `>=`", lambda value: value in ("<", "<=", ">", ">="))


LANGUAGE = Kind("`python`, `numpy` or `c`", lambda value: value in ("python", "numpy", "c"))

MOST_PLANS = 16
"""Choices of names for which a formula is kept compiled."""

NAMES = Kind("a dict of names", lambda value: isinstance(value, Mapping) and TEXTS.fits([*value, *value.values()]))


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """Something counted, as a formula over the dimensions of its model.

    `str` is the author's form, `.expr` the SymPy expression, `.form` the expression tree; a call puts numbers in and
    returns an exact number. `==` compares with another quantity, a form or a number, for all values.

    Quantities are added, subtracted, multiplied and divided, with each other and with numbers: `a.macs + 2*b.macs`,
    `a.macs/b.macs`, `sum(model.macs for model in models)`. A dimension of the same name is the same dimension.
    """

    form: Form
    model: Answering
    ask: Callable[[Any], Form]
    """The same question to another model."""

    _points: At = field(default_factory=At, init=False, repr=False, compare=False)

    def __str__(self) -> str:
        return str(self.form)

    def __repr__(self) -> str:
        return str(self.form)

    def __format__(self, spec: str) -> str:
        """`f"{q}"` is the formula, `f"{q:latex}"` in another writing; `f"{q:si}"` a number with an SI prefix.

        Anything else is for the text of the formula, as in `f"{q:>40}"`. Raises ValueError for what is neither.
        """
        return self.model.written(self.form, spec) if spec.isalpha() else format(str(self), spec)

    @property
    def where(self) -> dict[str, Form]:
        """What the named sizes in it stand for: `{"d": D/heads}`."""
        return {name: let.value for name, let in names_in(self.form).items()}

    @property
    def inlined(self) -> Quantity:
        """The same with its named sizes written out."""
        return Quantity(inlined(self.form), self.model, Inlined(self.ask))

    # Numbers --------------------------------------------------------------------------------------

    @property
    def expr(self) -> Any:
        """The same as a SymPy expression; its symbols are positive integers."""
        return self.form.expr

    def _sympy_(self) -> Any:
        """What SymPy takes it for: `sympy.simplify(quantity)` and `sympy.Symbol("c")*quantity` work."""
        return self.expr

    def __call__(self, **values: object) -> Number:
        """The exact value.

        Raises MissingValue, BadValue, UnknownDimension, ViolatedAssumption.
        """
        names = tuple(values)
        plans = self._points.plans
        if names not in plans and len(plans) < MOST_PLANS:
            from symcost.sweeping.point import point  # only who puts numbers in

            plans[names] = point(self.form, tuple(self.model.facts), names, self.open_names)
        plan = plans.get(names)
        found = None if plan is None else plan.of(list(values.values()))  # type: ignore[arg-type]  # looked at there
        if found is not None:
            return found
        model = self.model.at(**values)
        return model.number(self.ask(model))

    @property
    def open_names(self) -> frozenset[str]:
        """The dimensions whose numbers go into the formula and change nothing of it.

        Of other names the model is built anew for each value; so it is for what is no sum over the lines, which has
        cases of its own where sizes are small, and for sizes for which alone a formula is told.
        """
        return self.model.open_names - decisive(self.ask, self.model)

    @property
    def plan(self) -> Plan:
        """The formula compiled to a function of arrays, with what has to be checked of them."""
        from symcost.sweeping.arrays.over import plan

        if self._points.plan is None:
            with bounded(self.model.values):
                self._points.plan = plan(self.form, tuple(self.model.facts))
        return self._points.plan

    @taking(kind=NAME)
    def over(self, kind: Literal["exact", "int64", "float64"] = "exact", /, **values: object) -> Any:
        """The value at every point of arrays that are broadcast together: `q.over(T=np.arange(1, 10**6), H=128)`.

        Arrays of NumPy and what it can read (lists, ranges, pandas) give an array of NumPy, those of Dask one of Dask,
        worked out block by block where Dask does that.

        kind    `exact`: 64-bit integers where it is proven that nothing on the way exceeds them, else `int` and
                `Fraction` in an array of objects (always objects of Dask, which has to know before). `int64`: these or
                a fault. `float64`: the exact value rounded once.

        Raises MissingValue, BadValue, UnknownDimension, ViolatedAssumption for the first point that breaks one,
        ValueTooLarge, DivisionByZero, TooManyPoints where the model has to be built for too many of them, MissingExtra.
        """
        try:
            from symcost.sweeping.arrays.asked import over
        except ModuleNotFoundError as missing:
            raise MissingExtra(missing.name or "numpy", "sweep") from None
        return over(self._opened(values), kind, values)

    def _opened(self, names: Iterable[str]) -> Quantity:
        """The same before some names had numbers, which others are to take the place of."""
        opened = getattr(self.model, "opened", None)
        again = self.model.values.keys() & set(names)
        if opened is None or not again or not again.isdisjoint(decisive(self.ask, self.model)):
            return self
        model: Answering = opened(names)
        return model.asked(self.ask)

    @taking(language=LANGUAGE)
    def compiled(self, language: Literal["python", "numpy", "c"] = "python") -> str:
        """The source of a function `count` of its dimensions, in the order of `.form.free_symbols`.

        Names in it are made here: `v0`, `v1`, ... The C one works in 64 bits and says where they do not do.
        Raises NoSource for C where it has logarithms, roots or powers with an open exponent.
        """
        from symcost.sweeping.source import source

        return source(self.form, language)

    def at(self, **values: object) -> Quantity:
        """The same with numbers, or sizes over other dimensions (`F="4*D"`, or a form), put in.

        Raises BadValue, UnknownDimension, ViolatedAssumption.
        """
        return self.model.at(**values).asked(self.ask)

    def __int__(self) -> int:
        """The number, where all dimensions have one and it is whole.

        Raises MissingValue, ValueError.
        """
        value = self._value()
        if value.denominator != 1:
            raise ValueError(f"{value} is not whole")
        return int(value)

    def __float__(self) -> float:
        """The nearest float of the number, where all dimensions have one.

        Raises MissingValue, OverflowError.
        """
        return float(self._value())

    def _value(self) -> Number:
        for missing in self.form.free_symbols:
            port = self.model.ports.get(missing.name)
            raise MissingValue(missing.name, port.span if port else None, self.model.values)
        return self.model.number(self.form)  # roots that are no fraction to 64 binary places

    # Arithmetic -----------------------------------------------------------------------------------

    def __add__(self, other: object) -> Quantity:
        return _combined(operator.add, self, other)

    def __radd__(self, other: object) -> Quantity:
        return _combined(operator.add, other, self)

    def __sub__(self, other: object) -> Quantity:
        return _combined(operator.sub, self, other)

    def __rsub__(self, other: object) -> Quantity:
        return _combined(operator.sub, other, self)

    def __mul__(self, other: object) -> Quantity:
        return _combined(operator.mul, self, other)

    def __rmul__(self, other: object) -> Quantity:
        return _combined(operator.mul, other, self)

    def __truediv__(self, other: object) -> Quantity:
        return _combined(quotient, self, other)

    def __rtruediv__(self, other: object) -> Quantity:
        return _combined(quotient, other, self)

    def __pow__(self, exponent: int) -> Quantity:
        """Multiplied by itself; the exponent is a whole number."""
        return _combined(operator.pow, self, exponent)

    def __neg__(self) -> Quantity:
        return _combined(operator.mul, -1, self)

    def __pos__(self) -> Quantity:
        return self

    # Comparison -----------------------------------------------------------------------------------

    def __eq__(self, other: object) -> bool:
        return self.form == (other.form if isinstance(other, Quantity) else other)

    def __hash__(self) -> int:
        return hash(self.form)

    def compare(self, other: object) -> Relation:
        """What is proven of this and another for all values that the assumptions of both allow.

        Raises TypeError for what is neither a quantity, a form nor a number.
        """
        from symcost.analysis.growth.compare import always

        right = _quantity(other, self.model)
        if right is None:
            raise TypeError(f"a quantity cannot be compared with {shown(other)}")
        if not (self.form.free_symbols or right.form.free_symbols):
            return _compared(self._value(), right._value())
        known = Together((self.model, right.model)).facts
        return always(self.form, right.form, known) or "undecided"

    def __lt__(self, other: object) -> bool:
        return self._is(other, "<")

    def __le__(self, other: object) -> bool:
        return self._is(other, "<=")

    def __gt__(self, other: object) -> bool:
        return self._is(other, ">")

    def __ge__(self, other: object) -> bool:
        return self._is(other, ">=")

    def _is(self, other: object, sign: str) -> bool:
        if _quantity(other, self.model) is None:
            return NotImplemented  # type: ignore[no-any-return]  # so that Python raises TypeError with its own words
        return self.keeps(sign, other)

    @taking(sign=SIGN)
    def keeps(self, sign: str, other: object) -> bool:
        """Whether `<`, `<=`, `>` or `>=` holds between this and another for all values, or for none.

        Raises UndecidedComparison where it depends on them, or is not proven, TypeError as `compare`.
        """
        from symcost.analysis.growth.compare import BOUNDS

        relation = self.compare(other)
        yes, no = BOUNDS[sign]
        if relation not in yes and relation not in no:
            raise UndecidedComparison(str(self), sign, str(other))
        return relation in yes

    @taking(names=NAMES)
    def renamed(self, names: Mapping[str, str]) -> Quantity:
        """The same over dimensions of other names, all at once: `q.renamed({"H": "hidden", "T": "n"})`.

        Numbers go in by the new names. Raises UnknownDimension, ValueError for what is no name, or is one already.
        """
        renamed = Renamed(self.model, new_names(names, self.model))
        return renamed.asked(AskedBefore(self.ask))

    # Analysis -------------------------------------------------------------------------------------

    @taking(dimension=NAME)
    def growth(self, dimension: str) -> Rise:
        """How it rises in one dimension: `.growth.kind` in words ("Quadratic"), `.leading` the leading term.

        Raises UnknownDimension, UnderivedGrowth.
        """
        from symcost.analysis.growth.growth import rises

        return rises(self.form, self._dimension(dimension), self.model.facts)

    @taking(dimension=NAME)
    def crossing(self, other: object, dimension: str) -> Crossing:
        """From where on another is smaller, in one dimension: a threshold as a formula, or ranges of numbers.

        Raises UnknownDimension, TypeError.
        """
        from symcost.analysis.growth.compare import crossing

        right = _quantity(other, self.model)
        if right is None:
            raise TypeError(f"a quantity cannot be compared with {shown(other)}")
        both = Together((self.model, right.model))
        return crossing(self.form, right.form, _dimension(dimension, both), both.facts)

    @taking(dimension=NAME)
    def diff(self, dimension: str) -> Quantity:
        """The derivative in one dimension, as if it were a real number.

        Raises UnknownDimension, UnderivedGrowth where it has steps (`ceil`, `min`) or open sums.
        """
        from symcost.analysis.growth.calculus import derivative

        return _fixed(derivative(self.form, self._dimension(dimension)), self.model)

    @taking(dimension=NAME)
    def limit(self, dimension: str) -> Quantity | Literal["oo", "-oo"]:
        """What it tends to as one dimension grows without end: `(a.macs/b.macs).limit("T")`.

        Raises UnknownDimension, UnderivedGrowth.
        """
        from symcost.analysis.growth.calculus import limit

        found = limit(self.form, self._dimension(dimension), self.model.facts)
        return found if isinstance(found, str) else _fixed(found, self.model)

    @taking(dimension=NAME)
    def solve(self, dimension: str, value: object) -> Quantity:
        """The one positive value of a dimension at which it is as large as something else, as a formula.

        Raises UnknownDimension, Unsolved where there is no such value, several, or no formula for it.
        """
        from symcost.analysis.growth.calculus import solution

        right = _quantity(value, self.model)
        if right is None:
            raise TypeError(f"a quantity cannot be equal to {shown(value)}")
        both = Together((self.model, right.model))
        return _fixed(solution(self.form, right.form, _dimension(dimension, both), both.facts), both)

    def _dimension(self, name: str) -> Symbol:
        return _dimension(name, self.model)

    # Writing --------------------------------------------------------------------------------------

    @taking(form=NAME, powers=FLAG, width=NUMBER | NOTHING)
    def latex(self, *, form: str = "author", powers: bool = False, width: float | None = None) -> str:
        """For mathematics mode, dimensions as `dim ... latex` has them.

        `form` is the order of terms: `author`, or as SymPy has it, `factored`, `expanded` or `collected`. `powers`:
        `D^2` for `D·D`. `width`, in points: as aligned lines that are no wider.
        Raises ValueError for another order, TooNarrow, UnsafeLatex.
        """
        from symcost.formula.algebra import in_order

        ordered = in_order(self.form, form)
        if not powers and width is None:
            return self.model.written(ordered, "latex")
        return self.model.typeset(ordered, powers=powers, width=width)

    def plot(self, *others: Quantity, **values: object) -> Any:
        """It and other quantities over one dimension: `lstm.macs.plot(gru.macs, T="1:1e6:log", I=64, H=128)`.

        The dimension that varies has a range as `symcost sweep` reads it, or several sizes; all others have a value.
        The `Plot` shows itself in a notebook, has a `.figure` of matplotlib, and goes to a file with `.save("x.pdf")`
        (`.svg`, `.png`, `.pgf`), as wide as a column or as it is told.

        Raises ValueError where not exactly one dimension varies, BadRange, UnknownDimension, MissingValue,
        NothingToPlot, TypeError for what is no quantity.
        """
        wrong = [other for other in others if not isinstance(other, Quantity)]
        if wrong:
            raise TypeError(f"only quantities are plotted, not {shown(wrong[0])}")
        for name in values:
            if not any(name in one.model.ports for one in (self, *others)):
                raise UnknownDimension(name, self.model.name, self.model.ports)
        return self.model.plotted((self, *others), values)

    def mathml(self) -> str:
        """A `<math>` element, which browsers set."""
        return self.model.written(self.form, "mathml")

    def typst(self) -> str:
        """For Typst's mathematics mode."""
        return self.model.written(self.form, "typst")

    def _repr_html_(self) -> str:
        """In a notebook: set by the browser itself, with or without a network."""
        return self.mathml()

    def _repr_latex_(self) -> str:
        return f"${self.latex()}$"


def _compared(left: Number, right: Number) -> Relation:
    if left == right:
        return "equal"
    return "less" if left < right else "greater"


def _dimension(name: str, model: Answering) -> Symbol:
    """The symbol of a dimension that a model knows. Raises UnknownDimension."""
    if name not in model.ports:
        raise UnknownDimension(name, model.name, model.ports)
    return symbol(name)


# Several quantities together ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Together(Several):
    """Several models, answering as one, and what they answer."""

    def asked(self, ask: Callable[[Any], Form]) -> Quantity:
        """The answer to a question about all of them."""
        return Quantity(apart(self.shown(ask(self))), self, ask)


@dataclass(frozen=True, slots=True, eq=False)
class Renamed(Renaming):
    """A model some of whose dimensions have other names, and what it answers."""

    def asked(self, ask: Callable[[Any], Form]) -> Quantity:
        """The answer to a question."""
        return Quantity(self.shown(ask(self)), self, ask)


def _fixed(form: Form, model: Answering) -> Quantity:
    """A formula over the dimensions of a model as its answer."""
    return Quantity(form, model, Fixed(form))


def _combined(operation: Callable[[Any, Any], Form], left: object, right: object) -> Quantity:
    """Two quantities, or one and a number or form, joined by an operation."""
    model = next(one.model for one in (left, right) if isinstance(one, Quantity))
    first, second = _quantity(left, model), _quantity(right, model)
    if first is None or second is None:
        return NotImplemented  # type: ignore[no-any-return]  # Python asks the other operand, then raises TypeError
    ask = Combined(operation, first.ask, second.ask)
    return Together((first.model, second.model)).asked(ask)


def _quantity(value: object, model: Answering) -> Quantity | None:
    """A number or a form as a quantity of a model; None for anything else."""
    if isinstance(value, Quantity):
        return value
    form = value if isinstance(value, Form) else _number(value)
    return None if form is None else _fixed(form, model)


def _number(value: object) -> Form | None:
    """A number as a form, a float as it is printed: `0.1` is a tenth; None for anything else.

    Raises ValueError for a float that is infinite or no number.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        if not isfinite(value):
            raise ValueError(f"{value} is no size")
        return num(Fraction(repr(float(value))))
    if isinstance(value, Fraction):
        return num(value)
    try:
        return num(operator.index(value))  # type: ignore[arg-type]  # also the integers of NumPy and SymPy
    except TypeError:
        return None


class Counted(Mapping[str, Quantity]):
    """Operations by class; every class can be asked for, those that count something are listed."""

    def __init__(self, ask: Callable[[Any], Cost], model: Answering, like: Callable[[Any], Form]) -> None:
        """`like`: the question that says for which sizes this holds."""
        self._ask = ask
        self._model = model
        self._like = like

    @property
    def cost(self) -> Cost:
        """All classes at once."""
        return self._ask(self._model)

    @taking(name=NAME)
    def __getitem__(self, name: str) -> Quantity:
        if name not in (*CLASSES, *INSIDE):
            raise UnknownQuantity(name, (*CLASSES, *INSIDE))
        return self._model.asked(OfClass(self._ask, name, self._like))

    def __iter__(self) -> Iterator[str]:
        return iter(self._ask(self._model).counts)

    def __len__(self) -> int:
        return len(self._ask(self._model).counts)

    def __repr__(self) -> str:
        return f"{{{', '.join(f'{name}: {self[name]}' for name in self)}}}"
