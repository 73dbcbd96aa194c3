"""One captured graph to one Program: values are followed node by node, rules write what is live and needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace
from typing import Literal

from symcost.errors import MOST_FAULTS, Faults, SymcostError, UnknownOperation
from symcost.graph.files import library_names
from symcost.importing.aten import constants
from symcost.importing.aten.registry import OF_COMPLEX, RULES
from symcost.importing.aten.site import COMPLEX, SAME, Refused, Site, reads_complex
from symcost.importing.aten.values import Order, Value, axis, features_last, in_order, long_axes, shared, sizes, valued
from symcost.importing.graph import Graph, Leaf, Node, Tensor
from symcost.importing.program import Call, Constant, Expr, Input, Parameter, Program, Ref, Scope, Size, Statement
from symcost.records import dataclass

FREE = {"dropout", "dropout_", "alpha_dropout", "feature_dropout", "native_dropout", "bernoulli_"}


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
            stored = leaf.kind in ("param", "buffer")
            key = keys.setdefault(leaf.source, leaf.name) if stored else leaf.name
            self.values[leaf.name] = self._leaf(leaf, key)
            self.shapes[key] = sizes(leaf.tensor.shape)

    def _leaf(self, leaf: Leaf, key: str) -> Value:
        tensor, words = leaf.tensor, constants.of_buffer(leaf.source)
        match leaf.kind:
            case "param":
                return valued(tensor, "live", key=key, leaf=leaf)
            case "buffer":
                return valued(tensor, "constant", key=key, words=words, leaf=leaf)
            case "constant":
                return valued(tensor, "constant")
        kind: Literal["live", "index"] = "live" if tensor.floating else "index"
        return valued(tensor, kind, key=key, words=leaf.name, leaf=leaf)

    def _count_users(self) -> None:
        """How often needed operations read a parameter, and how many of them stand in each module."""
        self.live = constants.live_nodes(self.graph)
        self.needed = constants.needed_nodes(self.graph, self.live)
        for node in self.graph.nodes:
            if node.name in self.needed:
                self._count(node)

    def _count(self, node: Node) -> None:
        for value in self._read(node):
            self.users[value.key] = self.users.get(value.key, 0) + 1
        for scope in node.scopes:
            self.inner[scope.path] = self.inner.get(scope.path, 0) + 1

    # One node --------------------------------------------------------------------------------------

    def _node(self, node: Node) -> None:
        if node.name not in self.live:
            self._constant(node)
            return
        self._written(node)
        if node.name not in self.needed:
            return
        try:
            self._needed(Site(self, node))
        except Refused as why:
            self._refuse(node, str(why))

    def _needed(self, site: Site) -> None:
        if not (self._out_of_constants(site) or self._indices(site)):
            self._by_rule(site)

    def _by_rule(self, site: Site) -> None:
        of_complex = reads_complex(site) and site.node.op not in COMPLEX
        rule = RULES.get(f"{site.node.op}{OF_COMPLEX}" if of_complex else site.node.op)
        if rule is None:
            raise Refused("it works on complex numbers" if of_complex else "there is no rule for it")
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
        self._give(node, lambda tensor: valued(tensor, "live", key=node.name, scopes=node.scopes))

    def _give(self, node: Node, make: Callable[[Tensor], Value]) -> None:
        """The results of a node, each made from its tensor."""
        results = [None if tensor is None else make(tensor) for tensor in node.results]
        self.values[node.name] = tuple(results) if node.several else results[0]

    def _read(self, node: Node) -> list[Value]:
        """The tensors that a node reads, as far as they are single ones."""
        found = [self.values.get(name) for name in constants.operands(node)]
        return [one for one in found if isinstance(one, Value)]

    # Constants and indices ---------------------------------------------------------------------------

    def _constant(self, node: Node) -> None:
        """A node that depends on no input and no parameter."""
        if node.op == "getitem":
            self.values[node.name] = self._part(node)
            return
        read = self._read(node)
        buffer = next((one for one in read if one.leaf is not None), None)
        if _hands_on(node, buffer):
            self.values[node.name] = buffer
            return
        self._fold(node, read)

    def _part(self, node: Node) -> Value | None:
        """One of several constants."""
        whole = self.values.get(constants.operands(node)[0])
        place = node.args.get("a1")
        if isinstance(whole, tuple) and isinstance(place, int):
            return whole[place]
        return None

    def _fold(self, node: Node, read: Sequence[Value]) -> None:
        """Constants, with a word for what they are."""
        words = [one.words for one in read]

        def folded(tensor: Tensor) -> Value:
            return valued(tensor, "constant", words=constants.named(node, words, tensor.dtype == "bool"))

        self._give(node, folded)

    def _out_of_constants(self, site: Site) -> bool:
        """What is worked out of nothing but which ones are the largest, and constants: nobody pays for it."""
        read = site.read_values()
        if site.node.op in ("getitem", *SAME) or not read:
            return False
        if any(value.kind != "constant" for value in read):
            return False
        self._fold(site.node, read)
        return True

    def _indices(self, site: Site) -> bool:
        """Whole numbers that come from an input of indices: what is worked out of them costs nothing here."""
        read = [value for value in site.read_values() if value.kind != "constant"]
        if site.makes_numbers() or {value.kind for value in read} != {"index"}:
            return False
        self._index(site.node, read[0])
        return True

    def _index(self, node: Node, first: Value) -> None:
        """Indices as they are given, in the same shape still, are the same ones; others are worked out of them."""
        unchanged = not node.several and _shape(node) == first.shape
        if unchanged and (node.op in SAME or first.key):
            self.values[node.name] = first
            return
        words = first.words if first.words.startswith("from ") else f"from {first.words}"
        self._give(node, lambda tensor: valued(tensor, "index", words=words))

    # The whole ---------------------------------------------------------------------------------------

    def _program(self) -> Program:
        outputs = tuple(dict.fromkeys(self._outputs()))
        if not outputs:
            raise UnknownOperation("output", "no result of numbers depends on the inputs", "", "", "", whole=True)
        self._note_constants()
        taken = self.graph.name in library_names()
        return Program(
            name=f"{self.graph.name}Model" if taken else self.graph.name,
            configurations=(self.graph.configuration,),
            inputs=tuple(_input(leaf) for leaf in self.graph.leaves if leaf.kind == "input"),
            parameters=tuple(self._parameters()),
            statements=tuple(self.statements),
            outputs=outputs,
            shapes=self.shapes,
            notes=tuple(dict.fromkeys(self.notes)),
            counts={"params": (self.graph.params,), "macs": (self.macs(),)},
            words=self.graph.words,
            versions=self.graph.versions,
        )

    def _outputs(self) -> Iterator[str]:
        """The keys of the results that are numbers."""
        for name in self.graph.outputs:
            value = self.values.get(name)
            if name in self.needed and isinstance(value, Value) and value.kind == "live":
                yield self._output(value)

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
        """Those that are tied are one, which is the first."""
        found: dict[str, Parameter] = {}
        for leaf in self.graph.leaves:
            for parameter in self._parameter(leaf):
                found.setdefault(parameter.value, parameter)
        return list(found.values())

    def _parameter(self, leaf: Leaf) -> Iterator[Parameter]:
        """Every parameter, and a buffer that something reads."""
        value = self.values[leaf.name]
        assert isinstance(value, Value)
        shape, used, owned = sizes(leaf.tensor.shape), value.key in self.read, value.key in self.owned
        if leaf.kind == "param":
            yield Parameter(value.key, leaf.source, shape, "param", used or owned, owned)
        elif leaf.kind == "buffer" and used:
            yield Parameter(value.key, leaf.source, shape, "buffer")

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
            return self.ref(_shown(value, order))
        common = shared(value.scopes, scopes)
        # A parameter is turned where it is used; what comes from outside, before the module begins.
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
        common = shared(value.scopes, scopes)
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


def _hands_on(node: Node, value: Value | None) -> bool:
    """Whether the result of a node is what it reads."""
    return value is not None and node.op in SAME and _shape(node) == value.shape


def _shown(value: Value, order: Order) -> Value:
    """Constants and indices in another order, which nobody pays for; a constant is no buffer then as it is stored."""
    return replace(value, axes=order, key="" if value.kind == "constant" else value.key)


def _whole_buffer(value: Value) -> bool:
    """Whether a constant is a buffer as it is stored."""
    leaf = value.leaf
    if value.kind != "constant" or leaf is None or leaf.kind != "buffer" or not value.key:
        return False
    return value.shape == leaf.tensor.shape and value.axes == in_order(value.rank)


def _shape(node: Node) -> tuple[int, ...] | None:
    """The shape of the first result."""
    first = node.results[0] if node.results else None
    return None if first is None else first.shape


def _input(leaf: Leaf) -> Input:
    kind: Literal["float", "index"] = "float" if leaf.tensor.floating else "index"
    return Input(leaf.name, leaf.name, sizes(leaf.tensor.shape), kind)
