"""An ONNX file to a graph, as a capture of PyTorch gives one. Everything that knows `onnx` is in this room.

The numbers of parameters are not read, only their shapes. Axes that the file names get sizes, so that several readings
of one file name them again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import prod
from pathlib import Path
from typing import Any

from symcost.errors import MissingExtra, NoSuchSource, UnknownOperation
from symcost.importing.graph import Argument, Graph, Kind, Leaf, Link, Node, Tensor
from symcost.importing.onnx.operations import SAME, VIEWS, Given, NotWritten, row, zeros_around
from symcost.importing.onnx.recurrent import RECURRENT, recurrent_layer
from symcost.importing.onnx.scopes import scopes_of
from symcost.importing.program import Scope

BIASED = frozenset({"Conv", "ConvTranspose", "Gemm"})

BIASES = 3
"""Where a recurrent layer reads its biases."""

MOST_NUMBERS = 64
"""Of a small whole tensor, such as a shape, that are read."""

ENDLESS = 1e15
"""From here on a number is taken for one without a bound, such as the end of a slice."""


def load(path: str | Path) -> Any:
    """The model of a file, without numbers that lie in other files. Raises MissingExtra."""
    onnx = _package()
    try:
        return onnx.load(str(path), load_external_data=False)
    except OSError as problem:
        raise NoSuchSource(str(path), f"cannot be read: {problem.strerror or problem}") from None
    except Exception as problem:  # whatever the decoder of protobuf raises for what is no such file
        raise NoSuchSource(str(path), f"is no ONNX file: {type(problem).__name__}") from None


def _package() -> Any:
    try:
        import onnx
    except ModuleNotFoundError:
        raise MissingExtra("onnx") from None
    return onnx


def axes_of(model: Any) -> list[str]:
    """The axes that the inputs of a model name, in their order."""
    axes = [axis for each in _inputs(model.graph) for axis in each.type.tensor_type.shape.dim]
    named = [axis.dim_param for axis in axes if axis.dim_param]
    return list(dict.fromkeys(named))


def graph_of(model: Any, name: str, sizes: Mapping[str, int]) -> tuple[Graph, bool]:
    """The graph of a model whose named axes have these sizes, and whether layers share a stored bias.

    Raises UnknownOperation.
    """
    reading = _Reading(_sized(model, sizes), name, sizes)
    return reading.graph(), reading.parted


def _sized(model: Any, sizes: Mapping[str, int]) -> Any:
    """The model with numbers for its named axes, and the shapes that follow from them."""
    import onnx

    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    for each in copy.graph.input:
        for axis in each.type.tensor_type.shape.dim:
            if axis.dim_param in sizes:
                axis.dim_value = sizes[axis.dim_param]
    del copy.graph.value_info[:]
    for each in copy.graph.output:
        each.type.tensor_type.ClearField("shape")
    return onnx.shape_inference.infer_shapes(copy, data_prop=True)


class _Reading:
    """One model on its way into a graph."""

    def __init__(self, model: Any, name: str, sizes: Mapping[str, int]) -> None:
        self._model, self._name, self._sizes = model, name, sizes
        self._tensors: dict[str, Tensor] = {}
        self._numbers: dict[str, tuple[int, ...]] = {}
        self._names: dict[str, str] = {}
        """What a value is called in the graph, where it is another value's name."""
        self._leaves: list[Leaf] = []
        self._in_parts: dict[str, Leaf] = {}
        """Stored tensors in the place of which their parts stand: another layer may read the same."""
        self._nodes: list[Node] = []
        self.parted = False
        """Whether layers share a stored bias."""

    def graph(self) -> Graph:
        self._declare()
        for node in self._model.graph.node:
            self._node(node)
        outputs = [self._known(each.name) for each in self._model.graph.output]
        return Graph(
            name=self._name,
            configuration=dict(self._sizes),
            leaves=tuple(self._leaves),
            nodes=tuple(self._nodes),
            outputs=tuple(outputs),
            schemas={},
            params=self._params(),
        )

    def _params(self) -> int:
        learned = [leaf.tensor for leaf in self._leaves if leaf.kind == "param"]
        return sum(prod(tensor.shape) for tensor in learned)

    # What is given -----------------------------------------------------------------------------

    def _declare(self) -> None:
        graph = self._model.graph
        for each in (*graph.value_info, *graph.output, *graph.input):
            self._tensors[each.name] = _tensor(each)
        for each in _inputs(graph):
            self._leaves.append(Leaf(each.name, "input", self._tensors[each.name], each.name))
        statistics = set(_statistics(graph.node))
        for each in graph.initializer:
            self._initializer(each, each.name in statistics)
        self._part_biases()

    def _part_biases(self) -> None:
        """A bias of its own for each layer: exporters store equal tensors once, such as those that are all zero."""
        leaves = {leaf.name: leaf for leaf in self._leaves}
        biases = _biases(self._model.graph.node)
        left = Counter(bias for _, bias in biases)
        for number, (node, bias) in enumerate(biases):
            left[bias] -= 1
            # The last layer keeps the tensor that is stored.
            if bias in leaves and left[bias] > 0:
                node.input[2] = f"{bias}.{number}"
                self._own_bias(leaves[bias], node.input[2])

    def _own_bias(self, stored: Leaf, name: str) -> None:
        self._leaves.append(replace(stored, name=name, source=name))
        self._tensors[name] = self._tensors[stored.name]
        self.parted = True

    def _initializer(self, given: Any, is_statistic: bool) -> None:
        tensor = Tensor(tuple(given.dims), _dtype(given.data_type))
        self._tensors[given.name] = tensor
        learned = tensor.floating and bool(tensor.shape)
        if not learned:
            self._numbers |= _read(given)
        kind: Kind = "param" if learned else "constant"
        self._leaves.append(Leaf(given.name, "buffer" if is_statistic else kind, tensor, _source(given.name)))

    # Nodes -------------------------------------------------------------------------------------

    def _node(self, node: Any) -> None:
        if node.op_type == "Constant":
            self._constant(node)
        elif self._is_same(node):
            self._names[node.output[0]] = self._known(node.input[0])
            self._tensors.setdefault(node.output[0], self._tensors[node.input[0]])
        elif all(map(self._is_whole, _given_names(node))):
            self._whole(node)
        else:
            self._operation(node)

    def _operation(self, node: Any) -> None:
        """What works on tensors that are known only when the network runs."""
        if node.op_type == "Gemm":
            self._affine(node)
        elif node.op_type == "Split":
            self._split(node)
        elif node.op_type == "Shape":
            self._shape(node)
        elif node.op_type in RECURRENT:
            self._recurrent(node)
        else:
            self._plain(node)

    def _is_same(self, node: Any) -> bool:
        """Whether the result is the input under another name."""
        return node.op_type in SAME or (node.op_type in VIEWS and self._is_whole(node.input[0]))

    def _constant(self, node: Any) -> None:
        value = next((each.t for each in node.attribute if each.name == "value"), None)
        if value is None:
            raise self._unknown(node, "it holds no tensor")
        value.name = node.output[0]
        self._initializer(value, is_statistic=True)

    def _is_whole(self, name: str) -> bool:
        """Whether a value is known before the network runs: a shape, or a number."""
        return self._known(name) in self._numbers

    def _whole(self, node: Any) -> None:
        """What is worked out of shapes is worked out here."""
        from onnx.reference import ReferenceEvaluator

        arrays = {name: self._array(name) for name in _given_names(node)}
        if any(array is None for array in arrays.values()):
            raise self._unknown(node, "a shape that it works out is not known")
        results = ReferenceEvaluator(node).run(None, arrays)
        for name, result in zip(node.output, results, strict=False):
            numbers = result.ravel()[:MOST_NUMBERS]
            self._numbers[name] = tuple(map(int, numbers))
            self._tensors[name] = Tensor(tuple(result.shape), str(result.dtype))

    def _array(self, name: str) -> Any:
        """A known value; None where it has more numbers than are kept."""
        import numpy

        values, shape = self._numbers[self._known(name)], self._tensors[name].shape
        if prod(shape) != len(values):
            return None
        return numpy.array(values, dtype=numpy.int64).reshape(shape)

    def _shape(self, node: Any) -> None:
        shape = self._tensors[node.input[0]].shape
        self._numbers[node.output[0]] = shape
        self._tensors[node.output[0]] = Tensor((len(shape),), "int64")

    def _plain(self, node: Any) -> None:
        written = row(node.op_type)
        if written is None or node.domain not in ("", "ai.onnx"):
            raise self._unknown(node, "there is no rule for it")
        try:
            op, args = written(self._padded(node))
        except NotWritten as why:
            raise self._unknown(node, str(why)) from None
        self._emit(node, node.output[0], f"aten.{op}", args)

    def _padded(self, node: Any) -> Given:
        """What an operation has; zeros that are not the same on both sides are an operation of their own before it."""
        given = self._given(node)
        amounts = zeros_around(node.op_type, given)
        if not amounts:
            return given

        shape = list(given.shapes[0])
        for side in range(len(amounts) // 2):
            shape[-1 - side] += amounts[2 * side] + amounts[2 * side + 1]
        name = f"{node.output[0]}.padded"
        self._tensors[name] = Tensor(tuple(shape), self._tensors[node.input[0]].dtype)
        self._emit(node, name, "aten.constant_pad_nd", {"self": given.input(0), "pad": amounts})
        return replace(
            given,
            inputs=[Link(name), *given.inputs[1:]],
            shapes=[tuple(shape), *given.shapes[1:]],
            attributes={**given.attributes, "auto_pad": "VALID"},
        )

    def _given(self, node: Any) -> Given:
        attributes = {each.name: _attribute(each) for each in node.attribute}
        numbers = [self._numbers.get(self._known(name)) for name in node.input]
        shapes = [self._tensors[name].shape if name else () for name in node.input]
        return Given([self._argument(name) for name in node.input], attributes, numbers, shapes)

    def _argument(self, name: str) -> Argument:
        known = self._known(name)
        if not name:
            return None
        value = self._numbers.get(known)
        single = value is not None and not self._tensors[name].shape
        return value[0] if single and value is not None else Link(known)

    def _affine(self, node: Any) -> None:
        """Gemm: the matrix is stored as a layer of PyTorch stores it, or turned."""
        given = self._given(node)
        alpha, beta = given.attributes.get("alpha", 1.0), given.attributes.get("beta", 1.0)
        if given.flag("transA") or (alpha, beta) != (1.0, 1.0):
            raise self._unknown(node, "it turns its first matrix, or scales")
        if not given.flag("transB"):
            self._turn(node.input[1])
        args: dict[str, Argument] = {"input": given.input(0), "weight": given.input(1), "bias": given.input(2)}
        self._emit(node, node.output[0], "aten.linear", args)

    def _turn(self, name: str) -> None:
        """A stored matrix with its axes the other way round: its numbers are not read."""
        place = next(place for place, leaf in enumerate(self._leaves) if leaf.name == self._known(name))
        leaf = self._leaves[place]
        turned = Tensor(tuple(reversed(leaf.tensor.shape)), leaf.tensor.dtype)
        self._leaves[place] = Leaf(leaf.name, leaf.kind, turned, leaf.source)

    def _split(self, node: Any) -> None:
        given = self._given(node)
        axis = given.attributes.get("axis", 0)
        assert isinstance(axis, int)
        parts = tuple(self._tensors[name].shape[axis] for name in node.output)
        args: dict[str, Argument] = {"self": given.input(0), "split_sizes": parts, "dim": axis}
        whole = f"{node.output[0]}.parts"
        self._nodes.append(self._made(node, whole, "aten.split_with_sizes", args, [*node.output], several=True))
        for number, name in enumerate(node.output):
            self._nodes.append(self._made(node, name, "getitem", {"a0": Link(whole), "a1": number}, [name]))

    def _recurrent(self, node: Any) -> None:
        """LSTM, GRU, RNN: the weights of a direction as PyTorch stores them, and results with directions apart."""
        given = self._given(node)
        try:
            layer = recurrent_layer(node.op_type, given)
        except NotWritten as why:
            raise self._unknown(node, str(why)) from None
        parts = [self._weights_of(node, place, layer.directions) for place in (1, 2)]
        biases = self._biases_of(node, layer.directions)
        params: list[Argument] = []
        for direction in range(layer.directions):
            params += [parts[0][direction], parts[1][direction], *biases[direction]]
        steps, batch, hidden = given.shapes[0][0], given.shapes[0][1], layer.hidden
        whole = f"{node.output[0] or node.name}.whole"
        self._result(whole, (steps, batch, layer.directions * hidden))
        args: dict[str, Argument] = {
            "input": given.input(0), "params": tuple(params), "has_biases": bool(biases[0]), "num_layers": 1,
            "bidirectional": layer.directions == 2, "train": False, "batch_first": False, **layer.options,
        }  # fmt: skip
        made = self._made(node, f"{whole}.s", layer.op, args, [whole], several=True)
        self._nodes += [made, self._made(node, whole, "getitem", {"a0": Link(made.name), "a1": 0}, [whole])]
        self._shown(node, whole, (steps, batch, layer.directions, hidden))

    def _weights_of(self, node: Any, place: int, directions: int) -> list[Argument]:
        """A stored tensor of all directions as one for each. Raises UnknownOperation where it is computed."""
        leaf = self._stored(node, place)
        return [Link(self._part_of(leaf, f"{direction}", leaf.tensor.shape[1:])) for direction in range(directions)]

    def _stored(self, node: Any, place: int) -> Leaf:
        """The weights that a node reads there. Raises UnknownOperation where they are computed."""
        name = self._known(node.input[place])
        for leaf in self._leaves:
            if leaf.kind == "param" and leaf.name == name:
                return leaf
        if name in self._in_parts:
            return self._in_parts[name]
        raise self._unknown(node, "its weights are computed")

    def _part_of(self, leaf: Leaf, which: str, shape: tuple[int, ...]) -> str:
        """A part of a stored tensor as one of its own, which takes its place."""
        name = f"{leaf.name}.{which}"
        self._in_parts[leaf.name] = leaf
        self._leaves = [one for one in self._leaves if one.name != leaf.name]
        if all(one.name != name for one in self._leaves):
            part = Tensor(shape, leaf.tensor.dtype)
            self._leaves.append(Leaf(name, leaf.kind, part, f"{leaf.source}.{which}"))
            self._tensors[name] = part
        return name

    def _biases_of(self, node: Any, directions: int) -> list[list[Argument]]:
        """Two for each direction, of the input and of the state; none where there is no tensor."""
        has_biases = len(node.input) > BIASES and bool(node.input[BIASES])
        if not has_biases:
            return [[] for _ in range(directions)]
        leaf = self._stored(node, BIASES)
        half = (leaf.tensor.shape[1] // 2,)
        biases: list[list[Argument]] = []
        for direction in range(directions):
            of_input = self._part_of(leaf, f"{direction}.input", half)
            of_state = self._part_of(leaf, f"{direction}.state", half)
            biases.append([Link(of_input), Link(of_state)])
        return biases

    def _shown(self, node: Any, whole: str, shape: tuple[int, int, int, int]) -> None:
        """What a recurrent layer shows: all steps, [T, directions, B, H], and the last state of each direction."""
        if node.output[0]:
            apart = f"{whole}.apart"
            self._result(apart, shape)
            self._emit(node, apart, "aten.view", {"self": Link(whole)})
            self._emit(node, node.output[0], "aten.permute", {"self": Link(apart), "dims": (0, 2, 1, 3)})
        if len(node.output) > 1 and node.output[1]:
            ends: list[Argument] = [self._end(node, whole, way, shape) for way in range(shape[2])]
            self._emit(node, node.output[1], "aten.stack", {"tensors": tuple(ends), "dim": 0})

    def _end(self, node: Any, whole: str, way: int, shape: tuple[int, int, int, int]) -> Link:
        """The last state of a direction: that of the last step, or of the first where it goes backwards."""
        steps, batch, _, hidden = shape
        half, end = f"{whole}.half{way}", f"{whole}.end{way}"
        self._result(half, (steps, batch, hidden))
        self._result(end, (batch, hidden))
        cut: dict[str, Argument] = {"dim": 2, "start": way * hidden, "end": (way + 1) * hidden}
        self._emit(node, half, "aten.slice", {"self": Link(whole), **cut})
        self._emit(node, end, "aten.select", {"self": Link(half), "dim": 0, "index": 0 if way else steps - 1})
        return Link(end)

    def _result(self, name: str, shape: tuple[int, ...]) -> None:
        self._tensors[name] = Tensor(shape, "float32")

    def _emit(self, node: Any, name: str, op: str, args: Mapping[str, Argument]) -> None:
        self._nodes.append(self._made(node, name, op, args, [name]))

    def _made(
        self, node: Any, name: str, op: str, args: Mapping[str, Argument], results: Sequence[str], several: bool = False
    ) -> Node:
        tensors = tuple(self._tensors.get(each) for each in results)
        if any(tensor is None for tensor in tensors):
            raise self._unknown(node, "the shape of its result is not known")
        left_out = {key: value for key, value in args.items() if value is not None}
        return Node(name, op, left_out, tensors, several, self._scopes(node), node.name)

    def _scopes(self, node: Any) -> tuple[Scope, ...]:
        metadata = {each.key: each.value for each in getattr(node, "metadata_props", ())}
        return scopes_of(node.name, metadata)

    def _known(self, name: str) -> str:
        return self._names.get(name, name)

    def _unknown(self, node: Any, why: str) -> UnknownOperation:
        scopes = self._scopes(node)
        path, cls = (scopes[-1].path, scopes[-1].cls) if scopes else ("", "")
        return UnknownOperation(f"onnx.{node.op_type}", why, path, cls, node.name, not path)


# Parts of a file -------------------------------------------------------------------------------


def _tensor(info: Any) -> Tensor:
    kind = info.type.tensor_type
    return Tensor(tuple(axis.dim_value for axis in kind.shape.dim), _dtype(kind.elem_type))


def _dtype(number: int) -> str:
    import onnx

    return str(onnx.TensorProto.DataType.Name(number)).lower().replace("float", "float32" if number == 1 else "float")


def _read(given: Any) -> dict[str, tuple[int, ...]]:
    """The whole numbers of a small tensor."""
    if prod(given.dims) > MOST_NUMBERS:
        return {}
    from onnx import numpy_helper

    values = numpy_helper.to_array(given).ravel()
    whole = [number for number in map(_whole_number, values) if number is not None]
    return {given.name: tuple(whole)} if len(whole) == len(values) else {}


def _whole_number(value: Any) -> int | None:
    """A number of a file; None of one that is not whole, 0 of one so large that it means no bound."""
    if not abs(float(value)) < ENDLESS:
        return 0
    return int(value) if float(value) == int(value) else None


def _attribute(attribute: Any) -> Argument:
    """A text, a number or a list of numbers; None of what no rule reads, such as a graph."""
    import onnx

    value = onnx.helper.get_attribute_value(attribute)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, int | float):
        return value
    kinds = onnx.AttributeProto
    if attribute.type == kinds.STRINGS:
        return tuple(each.decode("utf-8", "replace") for each in value)
    return tuple(value) if attribute.type in (kinds.FLOATS, kinds.INTS) else None


def _inputs(graph: Any) -> list[Any]:
    """What is given when the network runs: older files list what they store, too."""
    stored = {each.name for each in graph.initializer}
    return [each for each in graph.input if each.name not in stored]


def _given_names(node: Any) -> list[str]:
    """The inputs of a node but those left out."""
    return [name for name in node.input if name]


def _biases(nodes: Sequence[Any]) -> list[tuple[Any, str]]:
    """The layers that have a bias, with the tensor that is stored for it."""
    same = {node.output[0]: node.input[0] for node in nodes if node.op_type == "Identity"}
    biased = [node for node in nodes if node.op_type in BIASED and len(node.input) > 2]
    return [(node, same.get(node.input[2], node.input[2])) for node in biased]


def _statistics(nodes: Sequence[Any]) -> Iterator[str]:
    """What is stored and not learned: means and variances of normalisation."""
    for node in nodes:
        if node.op_type == "BatchNormalization":
            yield from node.input[3:5]


def _source(name: str) -> str:
    """The name of a parameter in the source, where the exporter kept it."""
    return name.removeprefix("p_")
