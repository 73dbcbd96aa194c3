"""One node while a rule writes it: its arguments, which must all be asked for, and what it may emit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING

from symcost.importing.aten import constants
from symcost.importing.aten.values import Value, features_last, in_order, shared, sizes, valued
from symcost.importing.graph import Argument, Link, Node, Tensor
from symcost.importing.program import Arithmetic, Constant, Expr, Negative, Plain, Scope, Statement
from symcost.records import dataclass

if TYPE_CHECKING:
    from symcost.importing.aten.translation import Translation


class Refused(Exception):
    """An operation that is not understood; `str` says what about it."""


SAME = {
    "aten." + name
    for name in (
        "contiguous", "clone", "to", "_to_copy", "detach", "detach_", "alias", "lift_fresh", "lift_fresh_copy",
        "type_as", "nan_to_num", "positive", "requires_grad_", "conj", "resolve_conj", "dropout",
        "dropout_", "feature_dropout", "alpha_dropout", "float",
    )
}  # fmt: skip
"""What leaves the numbers as they are, or changes how they are written."""


COMPLEX = {"aten.real", "aten.imag", "aten.fft_fft", "aten.fft_fft2", "aten.fft_fftn", *SAME}
"""What is written of complex numbers by their two parts."""


def reads_complex(site: Site) -> bool:
    """Whether an operation reads complex numbers."""
    return any(value.complex for value in site.read_values())


@dataclass
class Site:
    """One node while a rule writes it: its arguments, which must all be asked for, and what it may emit."""

    whole: Translation
    node: Node
    asked: set[str] = field(default_factory=set)

    # Arguments -----------------------------------------------------------------------------------------

    def argument(self, name: str) -> Argument:
        """An argument by its name in PyTorch, or its default."""
        self.asked.add(name)
        if name in self.node.args:
            return self.node.args[name]
        schema = self.whole.graph.schemas.get(self.node.op)
        return schema.defaults.get(name) if schema else None

    def has(self, name: str) -> bool:
        """Whether an argument is given and not None; it is not understood by asking this alone."""
        return self.node.args.get(name) is not None

    def understood(self, *names: str) -> None:
        """Say that arguments change nothing here."""
        self.asked.update(names)

    def all_understood(self) -> None:
        """Raises Refused where an argument is given that no rule has asked for, and is not what is left out."""
        schema = self.whole.graph.schemas.get(self.node.op)
        for name, given in self.node.args.items():
            if name not in self.asked and (schema is None or schema.defaults.get(name) != given):
                raise Refused(f"its argument `{name}` is not understood")

    def integer(self, name: str, otherwise: int = 0) -> int:
        """A whole number."""
        given = self.argument(name)
        if given is None:
            return otherwise
        if isinstance(given, bool) or not isinstance(given, int):
            raise Refused(f"its argument `{name}` is no whole number")
        return given

    def number(self, name: str, otherwise: float = 0.0) -> float:
        """A number."""
        given = self.argument(name)
        if given is None:
            return otherwise
        if isinstance(given, bool) or not isinstance(given, (int, float)):
            raise Refused(f"its argument `{name}` is no number")
        return given

    def integers(self, name: str) -> tuple[int, ...]:
        """A list of whole numbers; one alone is a list of one."""
        given = self.argument(name)
        given = () if given is None else given if isinstance(given, tuple) else (given,)
        numbers = tuple(one for one in given if isinstance(one, int) and not isinstance(one, bool))
        if len(numbers) < len(given):
            raise Refused(f"its argument `{name}` is no list of whole numbers")
        return numbers

    def flag(self, name: str) -> bool:
        """True or false."""
        return bool(self.argument(name))

    def axis(self, name: str, rank: int, otherwise: int = 0) -> int:
        """An axis, counted from 0."""
        return self.integer(name, otherwise) % max(rank, 1)

    def value(self, name: str) -> Value:
        """A tensor."""
        found = self.optional(name)
        if found is None:
            raise Refused(f"its argument `{name}` is no tensor")
        return found

    def optional(self, name: str) -> Value | None:
        """A tensor, or None where it is left out."""
        given = self.argument(name)
        if given is None:
            return None
        if not isinstance(given, Link):
            raise Refused(f"its argument `{name}` is no tensor")
        return self.known(given)

    def known(self, link: Argument) -> Value:
        """The value of a node."""
        found = self.whole.values.get(link.node) if isinstance(link, Link) else None
        if not isinstance(found, Value):
            raise Refused("it reads a result that is not followed")
        return self.bordered(found)

    def all_values(self, name: str) -> list[Value]:
        """A list of tensors."""
        given = self.argument(name)
        if not isinstance(given, tuple):
            raise Refused(f"its argument `{name}` is no list of tensors")
        return [self.known(one) for one in given]

    def read_values(self) -> list[Value]:
        """All tensors that it reads."""
        found = (self.whole.values.get(name) for name in constants.operands(self.node))
        flat = [one for whole in found for one in (whole if isinstance(whole, tuple) else (whole,))]
        return [one for one in flat if isinstance(one, Value)]

    def makes_numbers(self) -> bool:
        """Whether a result is numbers, not indices or truth values; or not known."""
        return any(one is None or one.floating for one in self.node.results)

    def bordered(self, value: Value) -> Value:
        """A value in an order that may pass into a module: PyTorch's, or with the features of a convolution last."""
        passes = value.axes in (in_order(value.rank), features_last(value.rank))
        if passes or value.kind != "live" or value.parameter:
            return value
        common = shared(value.scopes, self.node.scopes)
        # Turned at the end of the module that it leaves, else before the one that it enters.
        if self._has_several(value.scopes, len(common)):
            return self.whole.leaving(value, value.scopes[: len(common) + 1])
        if not self._has_several(self.node.scopes, len(common)):
            return value
        order = in_order(value.rank)
        key = self.whole._moved(value, order, self.node.scopes)
        return replace(value, axes=order, key=key, scopes=common)

    def _has_several(self, scopes: Sequence[Scope], depth: int) -> bool:
        """Whether there is a module at this depth that does more than one operation: a border worth keeping."""
        return depth < len(scopes) and self.whole.inner.get(scopes[depth].path, 0) > 1

    def own(self, *values: Value | None) -> bool:
        """Whether parameters are leaves that nothing else reads, as a layer of the library has them."""
        given = [value for value in values if value is not None]
        return all(self._own(value) for value in given)

    def _own(self, value: Value) -> bool:
        whole = value.leaf is not None and value.axes == in_order(value.rank) and value.shape == value.leaf.tensor.shape
        return value.parameter and whole and self.whole.users.get(value.key) == 1

    def owns(self, *values: Value | None) -> tuple[str, ...]:
        """The keys of the parameters of a layer of the library."""
        keys = tuple(value.key for value in values if value is not None)
        self.whole.owned.update(keys)
        return keys

    # Expressions ---------------------------------------------------------------------------------------

    def ref(self, value: Value) -> Expr:
        """A value as it is stored."""
        return self.whole.ref(value)

    def moved(self, value: Value, order: Sequence[int]) -> Expr:
        """A value with its axes in some order."""
        return self.whole.moved(value, tuple(order), self.node.scopes)

    def plain(self, value: Value) -> Expr:
        """A value in PyTorch's order."""
        return self.moved(value, in_order(value.rank))

    # Results -------------------------------------------------------------------------------------------

    @property
    def result(self) -> Tensor:
        """Its only, or first, result."""
        for one in self.node.results:
            if one is not None:
                return one
        raise Refused("it has no result")

    def emit(self, expr: Expr, axes: Sequence[int], shape: Sequence[int] | None = None, key: str = "") -> Value:
        """A statement for the result, stored in an order; with a key, for what is on the way to it."""
        tensor = self.result
        value = self.made(key or self.node.name, tensor.shape if shape is None else shape, axes, tensor.dtype)
        self.state((value.key,), expr)
        if not key:
            self.whole.values[self.node.name] = (value,) if self.node.several else value
        return value

    def emit_several(self, expr: Expr, axes: Sequence[int]) -> None:
        """A statement for all results, each stored in the same order."""
        made = []
        for place, tensor in enumerate(self.node.results):
            assert tensor is not None
            made.append(self.made(f"{self.node.name}.{place}", tensor.shape, axes, tensor.dtype))
        self.state(tuple(value.key for value in made), expr)
        self.give(*made)

    def part(self, place: int, expr: Expr, axes: Sequence[int]) -> Value:
        """A statement for one of several results."""
        tensor = self.node.results[place]
        assert tensor is not None
        value = self.made(f"{self.node.name}.{place}", tensor.shape, axes, tensor.dtype)
        self.state((value.key,), expr)
        return value

    def give(self, *values: Value | None) -> None:
        """The results, each known."""
        self.whole.values[self.node.name] = values

    def alias(self, value: Value) -> None:
        """The result is a value that is known already."""
        self.whole.values[self.node.name] = (value,) if self.node.several else value

    def constant(self, words: str, place: int = 0) -> Value:
        """A result whose numbers nobody pays for, such as which ones are the largest."""
        tensor = self.node.results[place]
        assert tensor is not None
        return valued(tensor, "constant", words=words)

    def note(self, text: str) -> None:
        """Something that a reader of the text should know."""
        self.whole.notes.append(text)

    def state(self, targets: tuple[str, ...], expr: Expr) -> None:
        """A statement."""
        where = f"{self.node.op} {self.node.where}".strip()
        self.whole.statements.append(Statement(targets, expr, self.node.scopes, where))

    def made(self, key: str, shape: Sequence[int], axes: Sequence[int], dtype: str = "float32") -> Value:
        """A value that a statement is about to make."""
        tensor = Tensor(tuple(shape), dtype)
        value = valued(tensor, "live", axes=tuple(axes), key=key, scopes=self.node.scopes)
        self.whole.shapes[key] = sizes(value.stored)
        return value


def scaled(expr: Expr, factor: float) -> Expr:
    """A number times an expression; a factor of one is not written."""
    return expr if factor == 1 else Arithmetic("*", number(factor), expr)


def number(value: float | bool) -> Expr:
    """A number that is no size, as it is written in the language."""
    if value != value or value in (float("inf"), float("-inf")):
        return Constant((), "infinity" if value == value else "not a number")
    text = repr(abs(value))
    return Negative(Plain(text)) if value < 0 else Plain(text)
