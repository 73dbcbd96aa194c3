"""Decoding: models that go on with a text, made of a model that reads one.

A model says in its own text what it keeps of the tokens before (`cached`, see ops/cached.py), so that one step with a
cache, or a prompt with all that is written after it, is the same text once more: nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

from symcost.analysis.fold import NONE, Sum
from symcost.analysis.memory.state import caches_then
from symcost.diagnostics import Source
from symcost.errors import EmptyCache, NotDecoded, SymcostError
from symcost.formula import Form, num
from symcost.graph.files import Defined, Unit
from symcost.graph.graph import Block, Graph, GraphNode, Operation, Tensor
from symcost.graph.names import dimensions
from symcost.instance import Instance
from symcost.published.decoded import OfType, decoded
from symcost.records import dataclass
from symcost.syntax import ast
from symcost.syntax.parse import parse
from symcost.values import Given

Kind = Literal["step", "generate"]

STEP = '''\
dim {B} "sequences side by side", {c} "tokens in the cache"

"""One step: T tokens of each sequence behind those in the cache."""
model {name}({read}, {c}) {{
  layer go_on = {base}()
  for sequence_ in {B} {{
    resume {c} {{ emit scores = go_on({each}) }}
  }}
  return scores
}}
'''

GENERATE = '''\
dim {B} "sequences side by side", {n} "tokens written"

"""A prompt is read at once, and behind it tokens are written one by one; the prompt gives the first."""
model {name}({read}, {n}) {{
  layer go_on = {base}()
  for sequence_ in {B} {{
    resume 0 {{ scores = go_on({each}) }}
    token = max(scores[size(scores, axis = 0) - 1:], axis = -1)
    scan step_ in {n} - 1 with token: [1] = token {{
      resume {T} + step_ {{ scores = go_on({then}) }}
      token = max(scores, axis = -1)
    }}
    emit last = token
  }}
  return last
}}
'''

TEXTS: dict[str, str] = {"step": STEP, "generate": GENERATE}


class Decoding(Unit):
    """A file that stands nowhere: what goes on with the texts that a model reads."""

    def __init__(self, base: Defined, kind: Kind) -> None:
        self.base = base
        self.decodes = kind
        super().__init__(_tree(base, kind), (base.unit,))

    def __reduce__(self) -> tuple[Any, ...]:
        return Decoding, (self.base, self.decodes)

    @property
    def model(self) -> Defined:
        """The model in it."""
        (defined,) = self.own.values()
        return defined


def decoding(base: Instance, kind: Kind, of_type: OfType | None) -> tuple[Instance, Decoding]:
    """What goes on with the texts that a model reads, with its numbers: one `step`, or all of them, `generate`.

    The last of its inputs is the text; what is read besides, a sound or another text, is `once` computed.

    `of_type`: the type and class of a published model. Raises NotDecoded where nothing is kept of the tokens before, or
    something else is read besides, or nobody has compared the steps of that class with the library's.
    """
    if of_type is not None:
        _check_compared(base.defined.name, of_type)
    unit = Decoding(base.defined, kind)
    made = Instance(unit.model, _beginning(kind, base.defined, base.given))
    _check_goes_on_alone(base, made, kind)
    must_write = of_type is not None and kind == "generate"
    if must_write and _writes_nothing(made):
        raise NotDecoded(base.defined.name, "it has no scores for tokens, and writes none")
    return made, unit


def _check_compared(name: str, of_type: OfType) -> None:
    """Raises NotDecoded."""
    why = of_type.not_compared(decoded())
    if why:
        raise NotDecoded(name, why)


def _check_goes_on_alone(base: Instance, made: Instance, kind: Kind) -> None:
    """Raises NotDecoded where nothing is kept, or where each step reads more than the text."""
    name, definition = base.defined.name, base.defined.definition
    if _keeps_nothing(made):
        raise NotDecoded(name, "it keeps nothing of the tokens before", definition.head)
    is_given_more = len(_ports(definition).inputs) > 1
    if is_given_more and _has_more_to_read(base, made, kind):
        raise NotDecoded(name, "it reads something else than the tokens of one text", definition.head)


def check_goes_on(unit: Unit, values: Mapping[str, object]) -> None:
    """Raises EmptyCache for a step behind no token, which is no step: a text begins."""
    if isinstance(unit, Decoding):
        tokens = _ports(unit.base.definition).tokens
        kept = _free("c", dimensions(unit.base.definition))
        if values.get(kept) == 0:
            raise EmptyCache(kept, tokens)


def _keeps_nothing(made: Instance) -> bool:
    """Whether there is no cache; where there is no graph either, who asks for it says so."""
    try:
        return caches_then().of(made.built.graph) == NONE
    except SymcostError:
        return False


def _writes_nothing(made: Instance) -> bool:
    """Whether no token is asked for scores, as in models that tell states or classes."""
    try:
        return Scoring().of(made.built.graph) == NONE
    except SymcostError:
        return False


def _has_more_to_read(base: Instance, made: Instance, kind: Kind) -> bool:
    """Whether its steps read something besides the text; where there is no graph, who asks for it says so."""
    step = made
    if kind == "generate":
        step = Instance(Decoding(base.defined, "step").model, _beginning("step", base.defined, base.given))
    try:
        return _reads_all_again(step.built.graph)
    except SymcostError:
        return False


def _reads_all_again(graph: Graph) -> bool:
    """Whether a step has anything to do with what is read besides the text, which is its last input."""
    blocks = [node for node in graph if isinstance(node, Block)]
    for block in blocks:
        # What the wrapper calls is the model; all around it are its own loops.
        reads = _reads_others if block.kind == "call" else _reads_all_again
        if reads(block.graph):
            return True
    return False


def _reads_others(graph: Graph) -> bool:
    """Whether a model that is called reads any of its inputs but the last."""
    *others, _ = graph.ports
    seen: set[tuple[Graph, Tensor]] = set()
    return any(_is_read(port, graph, seen) for port in others)


def _is_read(tensor: Tensor, graph: Graph, seen: set[tuple[Graph, Tensor]]) -> bool:
    """Whether an operation reads it, also where it is only handed on; `seen`: where that was asked before."""
    if (graph, tensor) in seen:
        return False
    seen.add((graph, tensor))
    readers = [node for node in graph if tensor in node.inputs]
    return any(_reads(node, tensor, seen) for node in readers)


def _reads(node: GraphNode, tensor: Tensor, seen: set[tuple[Graph, Tensor]]) -> bool:
    """Whether a node does anything with what it is given but hand it on."""
    if not isinstance(node, Block):
        return True
    return any(_is_read(each, node.graph, seen) for each in _known_inside(node, tensor))


def _known_inside(node: Block, tensor: Tensor) -> list[Tensor]:
    """As what a tensor that a block reads is known in it."""
    if node.kind == "call":
        handed = zip(node.inputs, node.graph.ports, strict=True)
        return [port for given, port in handed if given is tensor]
    starts = [each.start for each in node.carried if each.initial is tensor]
    return [tensor, *starts]


class Scoring(Sum):
    """At how many places of a text tokens are picked that get scores."""

    def operation(self, operation: Operation) -> Form:
        return num(1) if operation.kind == "scored" else NONE


def _beginning(kind: Kind, base: Defined, given: Given) -> Given:
    """The numbers of a model, if it has any: for one text, and one new token in a step, unless it is told otherwise."""
    if not given:
        return {}
    batch = _free("B", dimensions(base.definition))
    tokens = _ports(base.definition).tokens
    one = {batch: 1, tokens: 1} if kind == "step" else {batch: 1}
    return {**one, **given}


def _tree(base: Defined, kind: Kind) -> ast.File:
    """The text of the wrapper, with all that the model itself is told."""
    taken = dimensions(base.definition)
    names = {letter: _free(letter, taken) for letter in "Bcn"}
    ports = _ports(base.definition)
    *others, _ = ports.inputs
    read = ", ".join(f"{name}: [{names['B']}, {shape}]" for name, shape in ports.inputs)
    text = TEXTS[kind].format(
        name=_called(base, kind),
        base=base.name,
        T=ports.tokens,
        read=read,
        each=", ".join(f"{name}[sequence_]" for name, _ in ports.inputs),
        then=", ".join([*(f"{name}[sequence_]" for name, _ in others), "token"]),
        **names,
    )
    tree = parse(Source(f"{base.name} ({kind})", text))
    return replace(tree, items=tuple(_completed(item, ports.statics) for item in tree.items))


def _called(base: Defined, kind: Kind) -> str:
    """A name that the file does not have."""
    name = base.name + kind.capitalize()
    while base.unit.find(name) is not None:
        name += "_"
    return name


def _free(letter: str, taken: set[str]) -> str:
    """A name that is no dimension of the model."""
    while letter in taken:
        letter += "_"
    return letter


@dataclass(frozen=True, slots=True)
class Ports:
    """What a model reads: names and sizes of tensors, the text last; how its tokens are called, and the other ports."""

    inputs: tuple[tuple[str, str], ...]
    tokens: str
    statics: tuple[ast.Port, ...]


def _ports(definition: ast.Definition) -> Ports:
    """What a model reads, of which the last is the text that goes on. Raises NotDecoded where that is none."""
    inputs: list[tuple[str, str]] = []
    statics: list[ast.Port] = []
    tokens = None
    for port in definition.ports:
        if port.shape is None:
            statics.append(port)
            continue
        tokens = _tokens(port.shape)
        sizes = ", ".join(item.span.text for item in port.shape.items)
        inputs.append((port.name.text, sizes))
    if tokens is None:
        raise NotDecoded(definition.name.text, "it reads something else than the tokens of one text", definition.head)
    return Ports(tuple(inputs), tokens, tuple(statics))


def _tokens(shape: ast.List) -> str | None:
    """The dimension of a row of tokens; None for any other shape."""
    match shape:
        case ast.List(items=(ast.Name(text=name),)):
            return name
    return None


def _completed(item: ast.Item, statics: tuple[ast.Port, ...]) -> ast.Item:
    """The model of the template with the ports of the one that it calls, which it hands on."""
    if not isinstance(item, ast.Definition):
        return item
    layer, *rest = item.body
    assert isinstance(layer, ast.Layer)
    assert isinstance(layer.value, ast.Call)
    call = replace(layer.value, keywords=tuple(_handed_on(statics)))
    return replace(item, ports=(*item.ports, *statics), body=(replace(layer, value=call), *rest))


def _handed_on(statics: tuple[ast.Port, ...]) -> Iterator[ast.Keyword]:
    for port in statics:
        yield ast.Keyword(port.span, port.name, port.name)
