"""Fused traffic: the numbers that a part of a model moves at least, however much memory there is on the chip.

What it is given and reads, its results, and the parameters that it reads cross once; everything between them stays on
the chip, and so does what it hands on as it came, such as the keys and values that a cache already has. What of an
input or a parameter is read, `demands` says; what of a result was there before, `handed`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from symcost.analysis.fold import NONE
from symcost.analysis.memory.demand import WHOLE, Demand
from symcost.analysis.memory.demands import Asked, Demands, Learned, learned_together
from symcost.analysis.memory.handed import Handed
from symcost.analysis.memory.state import caches_before
from symcost.analysis.memory.uses import port_kinds
from symcost.formula import Assumptions, Form, add
from symcost.graph.build import room_to_recurse
from symcost.graph.graph import Block, Graph, Operation, Tensor
from symcost.ops.memory import View

NUMBERS_OF = {"numbers": "activations", "masks": "masks", "rows": "rows"}
"""The role of an input that is no cache, by what it is used as."""


class Fused:
    """Numbers that a part of a model moves at least if all inside it is fused.

    Of the alternatives of a `choose` all positions choose the same, which is the least; with `every` all are chosen.
    Loops in `once` are taken to have one round.
    """

    def __init__(
        self, assumptions: Assumptions | None = None, *, every: bool = False, once: Collection[Block] = ()
    ) -> None:
        self._demands = Demands(assumptions or Assumptions(), every=every, once=once)
        self._handed = Handed(assumptions)
        self._caches = caches_before()

    def of(self, part: Graph | Block) -> Form:
        """All that is moved by a model, or by a block once."""
        return add(*self.split(part))

    @property
    def going_on(self) -> Collection[Block]:
        """The loops of what was asked of which more may be read where there is a second round."""
        return self._demands.going_on

    def split(self, part: Graph | Block) -> tuple[Form, Form]:
        """Numbers moved that are parameters, and all others."""
        roles = self.by_role(part)
        learned = [roles.pop(role) for role in ("params", "frozen", "buffers") if role in roles]
        return add(NONE, *learned), add(NONE, *roles.values())

    def by_role(self, part: Graph | Block, read: Collection[Tensor] | None = None) -> Learned:
        """Numbers moved by what they are (see `widths.ROLES`); of a block only results that are `read` around it."""
        room_to_recurse()
        found = self._of_block(part, read) if isinstance(part, Block) else self._of_model(part)

        # A cache is read whole; what a text keeps while it is written may have stayed on the chip.
        cached = self._caches.of_node(part) if isinstance(part, Block) else self._caches.of(part)
        return found if cached == NONE else learned_together([found, {"state": cached}])

    def _of_model(self, graph: Graph) -> Learned:
        still = self._handed.of(graph, [port.size for port in graph.ports])

        # What is handed on, or added to, stays where it is: nothing is read for that.
        wanted = [_unless(form, result) for result, form in zip(graph.results, still, strict=True)]
        asked, learned = self._demands.of(graph, wanted)
        kept = self._kept(graph) if any(form != 0 for form in still) else ()
        found = [learned]
        for port, kind in zip(graph.ports, port_kinds(graph), strict=True):
            role = "state" if port in kept else NUMBERS_OF[kind]
            found.append({role: self._read(asked, port)})
        return learned_together([*found, *_results(graph, still)])

    def _kept(self, graph: Graph) -> Collection[Tensor]:
        """The inputs that are handed on in a result, added to or as they came: caches."""
        found = []
        for port in graph.ports:
            alone = [other.size if other is port else NONE for other in graph.ports]
            if any(form != 0 for form in self._handed.of(graph, alone)):
                found.append(port)
        return found

    def _of_block(self, block: Block, read: Collection[Tensor] | None) -> Learned:
        still = dict(zip(block.outputs, self._handed.of_block(block), strict=True))
        outputs = [out for out in block.outputs if read is None or out in read]
        asked, learned = self._demands.of_block(block, outputs)
        named = self._demands.named_around(block)

        # An input that stands in several places is read once.
        inputs = (self._input(asked, tensor) for tensor in dict.fromkeys(block.inputs))
        results = (_written(out, still[out], "activations") for out in outputs)
        return learned_together([learned, named, *inputs, *results])

    def _input(self, asked: Asked, tensor: Tensor) -> Learned:
        return {"params" if tensor.parameter else "activations": self._read(asked, tensor)}

    def _read(self, asked: Asked, tensor: Tensor) -> Form:
        return self._demands.amount(asked.get(tensor, Demand()), tensor)


def _results(graph: Graph, still: Sequence[Form]) -> Iterator[Learned]:
    """What has to be written of the results of a model; one that is seen twice is written once."""
    seen: dict[Tensor, Form] = {}
    for result, form in zip(graph.results, still, strict=True):
        seen[_looked_at(graph, result)] = form
    for tensor, form in seen.items():
        yield _written(tensor, form, "state")


def _unless(still: Form, result: Tensor) -> Demand:
    """All of a result; if there are numbers in it that were handed on, what is made for the others."""
    return WHOLE if still == 0 else Demand(made=(result.size,))


def _written(tensor: Tensor, still: Form, role: str) -> Learned:
    """What has to be written of a result: what was not there before; `role`: what one is that hands something on."""
    return {role: add(tensor.size, -still)} if still != 0 else {"activations": tensor.size}


def _looked_at(graph: Graph, tensor: Tensor) -> Tensor:
    """What a view shows as a whole; any other tensor itself."""
    node = graph.source(tensor)
    while isinstance(node, Operation) and node.primitive.memory.view(node) is View.WHOLE and len(node.inputs) == 1:
        tensor = node.inputs[0]
        node = graph.source(tensor)
    return tensor
