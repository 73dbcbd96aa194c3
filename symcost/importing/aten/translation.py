"""One captured graph to one Program: values are followed node by node, rules write what is live and needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from symcost.errors import MOST_FAULTS, Faults, SymcostError, UnknownOperation
from symcost.graph.files import library_names
from symcost.importing.aten import constants
from symcost.importing.aten.registry import RULES
from symcost.importing.aten.values import Order, Value, axis, features_last, in_order, long_axes, sizes
from symcost.importing.graph import Argument, Graph, Leaf, Link, Node, Tensor
from symcost.importing.program import (
    Call,
    Constant,
    Expr,
    Input,
    Negative,
    Parameter,
    Plain,
    Program,
    Ref,
    Scope,
    Size,
    Statement,
)

FREE = {"dropout", "dropout_", "alpha_dropout", "feature_dropout", "native_dropout", "bernoulli_"}


class Refused(Exception):
    """An operation that is not understood; `str` says what about it."""


Values = Value | tuple[Value | None, ...] | None


@dataclass
class Translation:
    """A graph on its way into a program."""

    graph: Graph
    values: dict[str, Values] = field(default_factory=dict)
    statements: list[Statement] = field(default_factory=list)
    shapes: dict[str, tuple[Size, ...]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    owned: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    turns: dict[tuple[str, Order, tuple[str, ...]], str] = field(default_factory=dict)
    faults: list[SymcostError] = field(default_factory=list)
    told: set[tuple[str, str]] = field(default_factory=set)
    imaginary: dict[str, Value] = field(default_factory=dict)
    """The imaginary parts of complex values, by the keys of their real parts."""
    users: dict[str, int] = field(default_factory=dict)
    inner: dict[str, int] = field(default_factory=dict)
    """How many needed operations stand in a module, by its path."""
    live: set[str] = field(default_factory=set)
    needed: set[str] = field(default_factory=set)

    def run(self) -> Program:
        """The program. Raises UnknownOperation, several at once where there are several."""
        self._leaves()
        self._count_users()
        for node in self.graph.nodes:
            self._node(node)
        if self.faults:
            raise self.faults[0] if len(self.faults) == 1 else Faults(self.faults[:MOST_FAULTS])
        return self._program()

    # What the graph is given -----------------------------------------------------------------------

    def _leaves(self) -> None:
        keys: dict[str, str] = {}
        for leaf in self.graph.leaves:
            if leaf.kind in ("param", "buffer"):
                key = keys.setdefault(leaf.source, leaf.name)
            else:
                key = leaf.name
            self.values[leaf.name] = self._leaf(leaf, key)
            self.shapes[key] = sizes(leaf.tensor.shape)

    def _leaf(self, leaf: Leaf, key: str) -> Value:
        tensor, words = leaf.tensor, constants.of_buffer(leaf.source)
        match leaf.kind:
            case "param":
                return _valued(tensor, "live", key=key, leaf=leaf)
            case "buffer":
                return _valued(tensor, "constant", key=key, words=words, leaf=leaf)
            case "constant":
                return _valued(tensor, "constant")
        return _valued(tensor, "live" if tensor.floating else "index", key=key, words=leaf.name, leaf=leaf)

    def _count_users(self) -> None:
        """How often needed operations read a parameter, and how many of them stand in each module."""
        self.live = constants.live_nodes(self.graph)
        floating = {leaf.name: leaf.tensor.floating for leaf in self.graph.leaves}
        for node in self.graph.nodes:
            floating[node.name] = any(one is not None and one.floating for one in node.results)
        self.needed = constants.needed_nodes(self.graph, self.live, floating)
        for node in self.graph.nodes:
            if node.name not in self.needed:
                continue
            for name in constants.operands(node):
                value = self.values.get(name)
                if isinstance(value, Value) and value.key:
                    self.users[value.key] = self.users.get(value.key, 0) + 1
            for scope in node.scopes:
                self.inner[scope.path] = self.inner.get(scope.path, 0) + 1

    # One node --------------------------------------------------------------------------------------

    def _node(self, node: Node) -> None:
        if node.name not in self.live:
            self.values[node.name] = self._constant(node)
            return
        self._written(node)
        if node.name not in self.needed:
            return
        site = Site(self, node)
        try:
            if not (self._out_of_constants(site) or self._indices(site)):
                self._by_rule(site)
        except Refused as why:
            self._refuse(node, str(why))

    def _by_rule(self, site: Site) -> None:
        rule = RULES.get(site.node.op)
        if rule is None:
            raise Refused("there is no rule for it")
        if _reads_complex(site) and site.node.op not in COMPLEX:
            raise Refused("it works on complex numbers")
        rule(site)
        site.all_understood()
        if site.node.name not in self.values:
            raise Refused("its result is not known")

    def _written(self, node: Node) -> None:
        """A write that nothing reads would be lost, and with it what it costs."""
        schema = self.graph.schemas.get(node.op)
        if schema and schema.mutable and node.name not in self.needed and node.op.rsplit(".", 1)[-1] not in FREE:
            self._refuse(node, "it writes in place, and what it writes is not followed")

    def _refuse(self, node: Node, why: str) -> None:
        """Note the fault and go on, as if the result were known, to find the others."""
        scope = node.scopes[-1] if node.scopes else Scope("", "")
        if (node.op, why) not in self.told:
            self.told.add((node.op, why))
            self.faults.append(UnknownOperation(node.op, why, scope.path, scope.cls, node.where, not scope.path))
        results = [None if one is None else _unknown(node, one) for one in node.results]
        self.values[node.name] = tuple(results) if node.several else results[0]

    def _constant(self, node: Node) -> Values:
        read = [self.values.get(name) for name in constants.operands(node)]
        known = [one for one in read if isinstance(one, Value)]
        if node.op == "getitem" and isinstance(whole := self.values.get(constants.operands(node)[0]), tuple):
            place = node.args.get("a1")
            return whole[place] if isinstance(place, int) else None
        same = [one for one in known if one.leaf is not None and node.op in SAME]
        if same and node.results[0] is not None and node.results[0].shape == same[0].shape:
            return same[0]
        results = [self._folded(node, one, [one.words for one in known]) for one in node.results]
        return tuple(results) if node.several else results[0]

    def _folded(self, node: Node, tensor: Tensor | None, words: Sequence[str]) -> Value | None:
        if tensor is None:
            return None
        said = constants.named(node, words, tensor.dtype == "bool")
        return _valued(tensor, "constant", words=said)

    def _out_of_constants(self, site: Site) -> bool:
        """What is worked out of nothing but which ones are the largest, and constants: nobody pays for it."""
        node = site.node
        if node.op in ("getitem", *SAME):
            return False
        read = site.read_values()
        if not read or any(value.kind != "constant" for value in read):
            return False
        results = [self._folded(node, one, [value.words for value in read]) for one in node.results]
        self.values[node.name] = tuple(results) if node.several else results[0]
        return True

    def _indices(self, site: Site) -> bool:
        """Whole numbers that come from an input of indices: what is worked out of them costs nothing here."""
        node = site.node
        read = [value for value in site.read_values() if value.kind != "constant"]
        others = [value for value in read if value.kind != "index"]
        if not read or others or site.makes_numbers():
            return False
        first, result = read[0], node.results[0]
        assert result is not None
        if not node.several and result.shape == first.shape and (node.op in SAME or first.key):
            self.values[node.name] = first
            return True
        words = first.words if first.words.startswith("from ") else f"from {first.words}"
        results = [None if one is None else _valued(one, "index", words=words) for one in node.results]
        self.values[node.name] = tuple(results) if node.several else results[0]
        return True

    # The whole ---------------------------------------------------------------------------------------

    def _program(self) -> Program:
        outputs = []
        for name in self.graph.outputs:
            value = self.values.get(name)
            if name in self.needed and isinstance(value, Value) and value.kind == "live":
                outputs.append(self._output(value))
        if not outputs:
            raise UnknownOperation("output", "no result of numbers depends on the inputs", "", "", "", whole=True)
        self._note_constants()
        inputs = tuple(
            Input(leaf.name, leaf.name, sizes(leaf.tensor.shape), "float" if leaf.tensor.floating else "index")
            for leaf in self.graph.leaves
            if leaf.kind == "input"
        )
        taken = self.graph.name in library_names()
        return Program(
            name=f"{self.graph.name}Model" if taken else self.graph.name,
            configurations=(self.graph.configuration,),
            inputs=inputs,
            parameters=tuple(self._parameters()),
            statements=tuple(self.statements),
            outputs=tuple(dict.fromkeys(outputs)),
            shapes=self.shapes,
            notes=tuple(dict.fromkeys(self.notes)),
            counts={"params": (self.graph.params,), "macs": (self.macs(),)},
            words=self.graph.words,
            versions=self.graph.versions,
        )

    def _note_constants(self) -> None:
        """What PyTorch counts and no formula does, as it has nothing to do with the inputs."""
        hidden = sum(node.macs for node in self.graph.nodes if node.name not in self.live)
        if hidden:
            self.notes.append(f"PyTorch counts {hidden} MACs more, for constants such as tables of positions")

    def _output(self, value: Value) -> str:
        """A result of the network in PyTorch's order, but for features that stand last."""
        if value.axes in (in_order(value.rank), features_last(value.rank)):
            return value.key
        return self._moved(value, in_order(value.rank), ())

    def macs(self) -> int:
        """What PyTorch counts for all that depends on an input or a parameter."""
        return sum(node.macs for node in self.graph.nodes if node.name in self.live)

    def _parameters(self) -> list[Parameter]:
        found: dict[str, Parameter] = {}
        for leaf in self.graph.leaves:
            value = self.values[leaf.name]
            assert isinstance(value, Value)
            shape, used = sizes(leaf.tensor.shape), value.key in self.read
            if leaf.kind == "param":
                owned = value.key in self.owned
                found.setdefault(value.key, Parameter(value.key, leaf.source, shape, "param", used or owned, owned))
            elif leaf.kind == "buffer" and used:
                found.setdefault(value.key, Parameter(value.key, leaf.source, shape, "buffer"))
        return list(found.values())

    # Expressions of values -----------------------------------------------------------------------------

    def ref(self, value: Value) -> Expr:
        """A value as it is stored."""
        if value.kind == "live" or (value.kind == "index" and value.key) or _whole_buffer(value):
            self.read.add(value.key)
            return Ref(value.key)
        words = f"index {value.words}" if value.kind == "index" else value.words
        return Constant(sizes(value.stored), words.strip())

    def moved(self, value: Value, order: Order, scopes: tuple[Scope, ...]) -> Expr:
        """A value with its axes stored in another order: a transpose, outside the module that asks for it."""
        if value.axes == order:
            return self.ref(value)
        if value.kind != "live":
            shown = replace(value, axes=order, key="" if value.kind == "constant" else value.key)
            return self.ref(shown)
        common = _common(value.scopes, scopes)
        if len(common) == len(scopes) or value.parameter:
            return self.turned(value, order)
        return Ref(self._moved(value, order, scopes))

    def turned(self, value: Value, order: Order) -> Expr:
        """The transpose itself; a reshape where only axes of one entry move."""
        if long_axes(value, value.axes) == long_axes(value, order):
            return Call("reshape", (self.ref(value),), (sizes([value.shape[one] for one in order]),))
        places = tuple(axis(value.axes.index(one)) for one in order)
        return Call("transpose", (self.ref(value),), (places,))

    def _moved(self, value: Value, order: Order, scopes: tuple[Scope, ...]) -> str:
        """A statement of its own, before the module that is about to read it."""
        common = _common(value.scopes, scopes)
        place = (value.key, order, tuple(scope.path for scope in common))
        if place not in self.turns:
            key = f"{value.key}.turned{len(self.turns)}"  # no operation of the source has such a name
            self.turns[place] = key
            self.shapes[key] = sizes([value.shape[one] for one in order])
            statement = Statement((key,), self.turned(value, order), common, "a transpose")
            at = self._before(scopes[: len(common) + 1]) if scopes else len(self.statements)
            self.statements.insert(at, statement)
        return self.turns[place]

    def leaving(self, value: Value, scopes: tuple[Scope, ...]) -> Value:
        """A value in PyTorch's order, turned by the last statement of the module that it leaves."""
        order = in_order(value.rank)
        place = (value.key, order, ())
        if place not in self.turns:
            key = f"{value.key}.turned{len(self.turns)}"
            self.turns[place] = key
            self.shapes[key] = sizes(value.shape)
            made = next(at for at, each in enumerate(self.statements) if value.key in each.targets)
            statement = Statement((key,), self.turned(value, order), scopes, "a transpose")
            self.statements.insert(made + 1, statement)
        return replace(value, axes=order, key=self.turns[place], scopes=scopes)

    def _before(self, module: tuple[Scope, ...]) -> int:
        """Where the module begins that is being written."""
        at = len(self.statements)
        while at and self.statements[at - 1].scopes[: len(module)] == module:
            at -= 1
        return at


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
        if value.kind != "live" or value.axes in (in_order(value.rank), features_last(value.rank)):
            return value
        common = _common(value.scopes, self.node.scopes)
        left = value.scopes[len(common) :]
        if left and self.whole.inner.get(left[0].path, 0) > 1 and not value.parameter:
            return self.whole.leaving(value, value.scopes[: len(common) + 1])
        if len(common) == len(self.node.scopes) or value.parameter:
            return value
        if self.whole.inner.get(self.node.scopes[len(common)].path, 0) <= 1:
            return value
        order = in_order(value.rank)
        key = self.whole._moved(value, order, self.node.scopes)
        return replace(value, axes=order, key=key, scopes=common)

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
        return _valued(tensor, "constant", words=words)

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
        value = _valued(tensor, "live", axes=tuple(axes), key=key, scopes=self.node.scopes)
        self.whole.shapes[key] = sizes(value.stored)
        return value


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


def _reads_complex(site: Site) -> bool:
    """Whether an operation reads complex numbers."""
    return any(value.complex for value in site.read_values())


def number(value: float | bool) -> Expr:
    """A number that is no size, as it is written in the language."""
    if value != value or value in (float("inf"), float("-inf")):
        return Constant((), "infinity" if value == value else "not a number")
    text = repr(abs(value))
    return Negative(Plain(text)) if value < 0 else Plain(text)


def _whole_buffer(value: Value) -> bool:
    """Whether a constant is a buffer as it is stored."""
    leaf = value.leaf
    if value.kind != "constant" or leaf is None or leaf.kind != "buffer" or not value.key:
        return False
    return value.shape == leaf.tensor.shape and value.axes == in_order(value.rank)


def _unknown(node: Node, tensor: Tensor) -> Value:
    return _valued(tensor, "live", key=node.name, scopes=node.scopes)


def _valued(
    tensor: Tensor, kind: Literal["live", "index", "constant"], *, axes: Order | None = None, key: str = "",
    words: str = "", scopes: tuple[Scope, ...] = (), leaf: Leaf | None = None,
) -> Value:  # fmt: skip
    """A value for a tensor, in PyTorch's order unless another is given."""
    order = in_order(len(tensor.shape)) if axes is None else axes
    boolean = tensor.dtype == "bool"
    return Value(tensor.shape, order, kind, key, words, leaf, scopes, tensor.floating, boolean)


def _common(one: Sequence[Scope], other: Sequence[Scope]) -> tuple[Scope, ...]:
    """The modules that two places are both in."""
    shared = []
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        shared.append(left)
    return tuple(shared)
