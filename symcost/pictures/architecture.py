"""From the graph of a model to the scene that shows it: what is a box, what is opened, what is not drawn at all.

Parameters stand in the titles of the operations that read them. What only gives numbers another shape is no box: its
wire goes on, with both shapes beside it. A loop is a frame around one round, or several rounds side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from symcost.formula import Form, num
from symcost.graph.graph import Block, Carried, Graph, GraphNode, Operation, Parameter, Tensor
from symcost.pictures import titles
from symcost.pictures.calls import scope_of
from symcost.pictures.scene import Box, Loop, Scene, Wire
from symcost.pictures.weights import Weights
from symcost.records import dataclass

if TYPE_CHECKING:
    from symcost.model import Model

Made = tuple[Box, int, Tensor]
"""Which box makes a tensor, as which of its results, and as which tensor there."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How deep blocks are opened, whether layers without blocks in them are, and how many rounds stand side by side."""

    levels: int
    leaves: bool = True
    unroll: int | None = None


@dataclass
class Level:
    """A scene in the making: who makes each tensor, and which tensors are parameters, with their names."""

    place: tuple[Block, ...] = ()
    scene: Scene = field(default_factory=Scene)
    made: dict[Tensor, Made] = field(default_factory=dict)
    learned: dict[Tensor, str] = field(default_factory=dict)
    needed: set[Tensor] = field(default_factory=set)
    """The tensors that something reads, or that go out."""
    behind: dict[Box, frozenset[Box]] = field(default_factory=dict)
    """The boxes that each box waits for."""

    @property
    def depth(self) -> int:
        """How many blocks are around it."""
        return len(self.place)

    @property
    def recurs(self) -> bool:
        """Whether it is one round of a recurrence."""
        return any(block.kind == "scan" and block.carried for block in self.place)

    def drawn(self, tensors: Iterable[Tensor]) -> list[Tensor]:
        """Those that a box makes: no parameters, and nothing that is made of nothing, such as zeros."""
        return [tensor for tensor in tensors if tensor in self.made]

    def port(self) -> Box:
        """A port that things come in by."""
        box = Box("port", "")
        self.scene.inputs.append(box)
        return box


@dataclass
class Body:
    """The inside of a block: where tensors from around it come in, and where its own go out."""

    level: Level
    entries: dict[Tensor, Box] = field(default_factory=dict)
    """By the tensor around it."""
    starts: dict[Carried, Box] = field(default_factory=dict)
    exits: dict[Tensor, Box] = field(default_factory=dict)
    """By the tensor in it."""


class TooMany(Exception):
    """More boxes than were allowed: they are not made to be counted."""


class Architect:
    """Draws one model."""

    def __init__(self, model: Model, weights: Weights, wish: Wish, most: int) -> None:
        self._model = model
        self._weights = weights
        self._wish = wish
        self._unplaced: dict[Tensor | Graph, tuple[Form, tuple[Block, ...]]] = {}
        """What parameters and named layers count, until a box is drawn that reads them."""
        self._left = most
        self.unrolled = False

    def scene(self) -> Scene:
        """The whole model, with its inputs and results."""
        graph = self._model.graph
        level = Level(needed=_read_in(graph))
        for tensor, name in zip(graph.ports, graph.port_names, strict=True):
            box = Box("input", name, line=tensor.span.line)
            self._add(level, box, (), (tensor,))
        self._fill(level, graph)
        for tensor in graph.results:
            box = Box("output", _result_name(tensor))
            self._add(level, box, level.drawn([tensor]), ())
        return level.scene

    # Nodes ----------------------------------------------------------------------------------------

    def _fill(self, level: Level, graph: Graph) -> None:
        """The nodes of a graph, in the order of the text."""
        for node in graph:
            match node:
                case Parameter():
                    level.learned[node.tensor] = node.name
                    self._unplaced[node.tensor] = (self._weights.of(node, level.place), level.place)
                case Block(kind="layer"):
                    self._unplaced[node.graph] = (self._weights.of(node, level.place), level.place)
                case Operation():
                    self._operation(level, node)
                case Block():
                    self._block(level, node)

    def _operation(self, level: Level, node: Operation) -> None:
        tensors = level.drawn(node.inputs)
        learned = titles.parameter_names(node.inputs, level.learned)
        if _is_box(node, tensors, learned):
            self._box_of(level, node, tensors, learned)
        elif tensors:
            self._hand_on(level, tensors[0], node.outputs)
        elif learned:
            level.learned |= dict.fromkeys(node.outputs, " ".join(learned))

    def _box_of(self, level: Level, node: Operation, tensors: Sequence[Tensor], learned: Sequence[str]) -> None:
        """An operation as a box, or as a sign in a circle."""
        title = titles.of_operation(node, learned, len(tensors), recurs=level.recurs)
        box = Box("operation", title, costs=bool(node.cost.counts))
        if titles.is_sign(node, learned, len(tensors)):
            box.kind, box.title = "sign", titles.SIGNS[node.kind]
        parameters = [tensor for tensor in node.inputs if tensor in level.learned]
        self._weigh(box, node, level, parameters)
        self._add(level, box, tensors, node.outputs)

    def _hand_on(self, level: Level, tensor: Tensor, outputs: Iterable[Tensor]) -> None:
        """What is made of a tensor without a box of its own."""
        level.made |= dict.fromkeys(outputs, level.made[tensor])

    def _block(self, level: Level, node: Block) -> None:
        tensors = level.drawn(node.inputs)
        if self._only_reshapes(node, tensors):
            self._hand_on(level, tensors[0], node.outputs)
        elif self._opens(level, node):
            self._frame(level, node)
        else:
            self._closed(level, node, tensors)

    def _only_reshapes(self, node: Block, tensors: Sequence[Tensor]) -> bool:
        """Whether a call counts nothing, under no question, and makes as many numbers as it is given."""
        if node.kind != "call" or len(tensors) != 1 or len(node.outputs) != 1:
            return False
        if any(_counts(inner) for inner in node.graph):
            return False
        return bool(tensors[0].size == node.outputs[0].size)

    def _opens(self, level: Level, node: Block) -> bool:
        return self._opens_at(level.depth + 1, node)

    def _opens_at(self, depth: int, node: Block) -> bool:
        """Whether a block with so many around it, itself counted, is opened; not for a single closed block in it."""
        if depth >= self._wish.levels or not (self._wish.leaves or not _is_leaf(node)):
            return False
        alone = titles.alone_in(node) if node.kind == "call" else None
        return alone is None or self._opens_at(depth + 1, alone)

    def _closed(self, level: Level, node: Block, tensors: Sequence[Tensor]) -> None:
        """A block as one box; calls of a named layer that do not wait for each other share one."""
        title = titles.of_block(self._model, node, scope_of(self._model, level.place))
        again = self._same_layer(level, node, title, tensors)
        if again is not None:
            self._share(level, again, node, tensors)
            return
        box = Box("block", title, costs=_counts(node))
        self._weigh(box, node, level, _home(node))
        self._add(level, box, tensors, node.outputs)

    def _share(self, level: Level, box: Box, node: Block, tensors: Sequence[Tensor]) -> None:
        """One more call in the box of another: its results come after those that are there."""
        self._wire(level, box, tensors)
        taken = [out for maker, out, _ in level.made.values() if maker is box]
        following = 1 + max(taken, default=-1)
        for out, tensor in enumerate(node.outputs, following):
            level.made[tensor] = (box, out, tensor)

    def _same_layer(self, level: Level, node: Block, title: str, tensors: Sequence[Tensor]) -> Box | None:
        if node.home is None:
            return None
        before = self._behind(level, tensors)
        alike = (box for box in level.scene.boxes if box.kind == "block" and box.title == title and box.hint)
        return next((box for box in alike if box not in before and box.costs == _counts(node)), None)

    # Boxes ----------------------------------------------------------------------------------------

    def _add(self, level: Level, box: Box, tensors: Sequence[Tensor], outputs: Iterable[Tensor]) -> None:
        """A box with its wires."""
        self._put(level, box)
        level.behind[box] = self._behind(level, tensors)
        self._wire(level, box, tensors)
        level.made |= {tensor: (box, out, tensor) for out, tensor in enumerate(outputs)}

    def _put(self, level: Level, box: Box) -> None:
        """Raises TooMany."""
        self._left -= 1
        if self._left < 0:
            raise TooMany
        level.scene.boxes.append(box)

    def _behind(self, level: Level, tensors: Sequence[Tensor]) -> frozenset[Box]:
        makers = [level.made[tensor][0] for tensor in tensors]
        return frozenset(makers).union(*(level.behind.get(maker, frozenset()) for maker in makers))

    def _wire(self, level: Level, box: Box, tensors: Sequence[Tensor]) -> None:
        slots = sum(wire.head is box for wire in level.scene.wires)
        for slot, tensor in enumerate(tensors, slots):
            level.scene.wires.append(self._wire_of(level, tensor, box, slot))

    def _wire_of(self, level: Level, tensor: Tensor, head: Box, slot: int) -> Wire:
        tail, out, made = level.made[tensor]
        shapes = titles.shape(self._model, made), titles.shape(self._model, tensor)
        return Wire(tail, out, head, slot, shapes[0], "" if shapes[0] == shapes[1] else shapes[1])

    def _weigh(self, box: Box, node: GraphNode, level: Level, learned: Iterable[Tensor | Graph]) -> None:
        """What it counts, with the parameters that no box before it reads."""
        counts = self._weights
        parts = [(counts.of(node, level.place), level.place)]
        parts += self._now_placed(learned)
        forms = [form for form, _ in parts]
        written = counts.written(counts.together(forms))

        if counts.has_numbers:
            shares = [counts.share(form, place) for form, place in parts]
            box.share = sum(share or 0.0 for share in shares)
        box.lines = (written,) if written else ()
        box.hint = f"{titles.hint(node)}\n{written}".rstrip()
        box.line = node.span.line
        box.file = titles.file_of(node)

    def _now_placed(self, learned: Iterable[Tensor | Graph]) -> Iterator[tuple[Form, tuple[Block, ...]]]:
        """What these count, each once: they wait for a box no longer."""
        for each in learned:
            if each in self._unplaced:
                yield self._unplaced.pop(each)

    # Frames ---------------------------------------------------------------------------------------

    def _frame(self, level: Level, node: Block) -> None:
        """A block that is opened: one round of it, or several side by side."""
        title = titles.of_block(self._model, node, scope_of(self._model, level.place), opened=True)
        box = Box("frame", title, badge=titles.rounds(self._model, node))
        self._weigh(box, node, level, _home(node))
        if node.kind == "choose":
            self._side_by_side(level, node, box, self._experts(node))
        elif node.kind == "scan" and node.carried and self._wish.unroll is not None:
            self.unrolled = True
            self._side_by_side(level, node, box, self._rounds(node))
        else:
            self._one_round(level, node, box)

    def _one_round(self, level: Level, node: Block, box: Box) -> None:
        body = self._body(level, node)
        box.inside = _spliced(body.level.scene, box)
        initial = [carried.initial for carried in node.carried]
        tensors = [*body.entries, *level.drawn(initial)]
        self._put(level, box)
        level.behind[box] = self._behind(level, tensors)
        ports = box.inside.inputs
        for tensor, port in self._outer_wires(level, body):
            level.scene.wires.append(self._wire_of(level, tensor, box, ports.index(port)))
        for outer, inner in _results(node, level.needed):
            if inner in body.exits:
                level.made[outer] = (box, box.inside.outputs.index(body.exits[inner]), outer)

    def _outer_wires(self, level: Level, body: Body) -> Iterator[tuple[Tensor, Box]]:
        """What comes into a block, and by which port."""
        yield from body.entries.items()
        for carried, port in body.starts.items():
            if carried.initial in level.made:
                yield carried.initial, port

    def _body(self, level: Level, node: Block) -> Body:
        """The inside of a block, in its place."""
        needed = _read_in(node.graph).union(inner for _, inner in _results(node, level.needed))
        needed |= {carried.end for carried in node.carried}
        inner = Level((*level.place, node), learned=dict(level.learned), needed=needed)
        body = Body(inner)
        self._entries(level, body, node)
        for carried in node.carried:
            port = body.starts[carried] = inner.port()
            inner.made[carried.start] = (port, 0, carried.start)
        self._fill(inner, node.graph)
        self._exits(level, body, node)
        self._loops(level, body, node)
        return body

    def _entries(self, around: Level, body: Body, node: Block) -> None:
        """Parameters that are handed in, and a port for each thing that a box around it makes."""
        inner = body.level
        by_maker: dict[tuple[Box, int], Box] = {}
        for outer, tensor in _entering(node):
            if outer in around.learned:
                inner.learned[tensor] = around.learned[outer]
                self._move(outer, tensor)
            elif outer in around.made:
                maker, out, made = around.made[outer]
                if (maker, out) not in by_maker:
                    by_maker[maker, out] = body.entries[outer] = inner.port()
                known_as = tensor if node.kind == "call" else made
                inner.made[tensor] = (by_maker[maker, out], 0, known_as)

    def _move(self, outer: Tensor, inner: Tensor) -> None:
        """What a parameter counts goes where it is handed to."""
        if outer is not inner and outer in self._unplaced:
            self._unplaced[inner] = self._unplaced.pop(outer)

    def _exits(self, around: Level, body: Body, node: Block) -> None:
        """Ports for what goes out; faint ones for what goes on to the next round alone."""
        outside: dict[Tensor, list[str]] = {carried.end: [] for carried in node.carried}
        for outer, inner in _results(node, around.needed):
            outside.setdefault(inner, []).append(titles.shape(self._model, outer))
        for tensor in body.level.drawn(outside):
            self._exit(body, tensor, outside[tensor])

    def _exit(self, body: Body, tensor: Tensor, outside: Sequence[str]) -> None:
        """The port of a tensor, whose wire says no shape that is said `outside`, too."""
        level = body.level
        port = body.exits[tensor] = Box("port", "", faint=not outside)
        level.scene.outputs.append(port)
        wire = self._wire_of(level, tensor, port, 0)
        wire.quiet = wire.made in outside
        level.scene.wires.append(wire)

    def _loops(self, outer: Level, body: Body, node: Block) -> None:
        """The ways of what is handed from round to round."""
        for carried in _handed_on(node):
            if carried.end in body.exits and carried.end is not carried.start:
                shape = titles.shape(self._model, carried.start)
                ends = body.starts[carried], body.exits[carried.end]
                body.level.scene.loops.append(Loop(carried.name, shape, *ends, fed=carried.initial in outer.made))

    # Side by side ---------------------------------------------------------------------------------

    def _rounds(self, node: Block) -> list[str]:
        """The rounds that are drawn, by what stands over them; dots for those left out."""
        wanted = self._wish.unroll
        assert wanted is not None
        count = self._model.shown(node.count)
        name, first = self._counted_from(node)
        if count.number is not None and count.number <= wanted:
            return _numbered(name, first, int(count.number))
        last = f"{name} = {first + count - 1}"
        return [*_numbered(name, first, wanted - 1), "", last]

    def _counted_from(self, node: Block) -> tuple[str, Form]:
        """How the number of a round is called, and the first one."""
        counter = node.counter
        if counter is None:
            return "round", num(0)
        return str(counter), self._model.shown(counter.low)

    def _experts(self, node: Block) -> list[str]:
        """The alternatives: the first, the second and the last."""
        assert node.total is not None
        total = self._model.shown(node.total)
        if total.number is not None and total.number <= 3:
            return [str(number + 1) for number in range(int(total.number))]
        return ["1", "2", "", str(total)]

    def _side_by_side(self, level: Level, node: Block, box: Box, headings: Sequence[str]) -> None:
        """Rounds or alternatives as columns of a frame, each with all that is inside of it."""
        scene = box.inside = Scene()
        # All columns read the same parameters: each begins with what waited for a box before the first.
        unplaced = dict(self._unplaced)
        bodies: list[Body] = []
        columns: list[Box] = []
        for heading in headings:
            if not heading:
                scene.columns.append(Box("dots", "⋯"))
                continue
            self._unplaced = dict(unplaced)
            body = self._body(level, node)
            bodies.append(body)
            _mark_repeated(body.level.scene)
            column = Box("frame", heading, inside=_spliced(body.level.scene))
            columns.append(column)
            scene.columns.append(column)
        self._leads(level, node, box, columns, bodies)

    def _leads(self, level: Level, node: Block, box: Box, columns: Sequence[Box], bodies: Sequence[Body]) -> None:
        """The wires of the frame around the columns, and from its ports to theirs."""
        self._put(level, box)
        scene = box.inside
        assert scene is not None
        first = bodies[0]
        entering = list(self._outer_wires(level, first))
        level.behind[box] = self._behind(level, [tensor for tensor, _ in entering])
        for slot, (tensor, port) in enumerate(entering):
            level.scene.wires.append(self._wire_of(level, tensor, box, slot))
            outside = Box("port", "")
            scene.inputs.append(outside)
            number = first.level.scene.inputs.index(port)
            only_first = port in first.starts.values()
            readers = columns[:1] if only_first else columns
            for column in readers:
                scene.wires.append(Wire(outside, 0, column, number))
        self._results_of(level, node, box, columns, bodies)

    def _results_of(self, level: Level, node: Block, box: Box, columns: Sequence[Box], bodies: Sequence[Body]) -> None:
        """What goes out of all columns, or is left by the last of them."""
        scene, first = box.inside, bodies[0]
        assert scene is not None
        results = [pair for pair in _results(node, level.needed) if pair[1] in first.exits]
        lasts = {carried.last for carried in node.carried}
        stacked: set[Tensor] = set()
        for out, (outer, inner) in enumerate(results):
            level.made[outer] = (box, out, outer)
            outside = Box("port", "")
            scene.outputs.append(outside)
            number = first.level.scene.outputs.index(first.exits[inner])
            if outer in lasts:
                makers = columns[-1:]
            else:
                makers = columns
                stacked.add(inner)
            scene.wires += [Wire(column, number, outside, 0) for column in makers]
        handed_on = {inner for _, inner in results} - stacked
        for body in bodies[:-1]:
            _make_faint(body, handed_on)


def _result_name(tensor: Tensor) -> str:
    """What a result is called in the text, where that is a name."""
    text = titles.words(tensor.span.text)
    return text if text.isidentifier() else "result"


def _is_box(node: Operation, tensors: Sequence[Tensor], learned: Sequence[str]) -> bool:
    """Whether an operation counts, or brings several things together; all others only give numbers another shape."""
    if node.cost.counts or len(tensors) > 1:
        return True
    return bool(tensors and learned)


def _home(node: Block) -> list[Graph]:
    """The named layer that a block calls, if it calls one."""
    return [] if node.home is None else [node.home]


def _numbered(name: str, first: Form, count: int) -> list[str]:
    """What stands over so many rounds, from the first on."""
    return [f"{name} = {first + number}" for number in range(count)]


def _mark_repeated(scene: Scene) -> None:
    for inner in scene.everything():
        inner.repeated = True


def _make_faint(body: Body, handed_on: Iterable[Tensor]) -> None:
    """What goes out of it as these only goes on to the next round."""
    for tensor in handed_on:
        body.exits[tensor].faint = True


def _spliced(scene: Scene, around: Box | None = None) -> Scene:
    """A scene without the border of the only frame in it; a loop `around` it is called after what is repeated, too."""
    alone = _only_frame(scene)
    if alone is None:
        return scene
    inner = alone.inside
    assert inner is not None
    if around is not None and around.badge:
        around.title = f"{around.title}: {alone.title}"

    ports: dict[Box, Box] = {}
    for wire in scene.wires:
        if wire.head is alone:
            ports[inner.inputs[wire.slot]] = wire.tail
        else:
            ports[inner.outputs[wire.out]] = wire.head
    for wire in inner.wires:
        wire.tail = ports.get(wire.tail, wire.tail)
        wire.head = ports.get(wire.head, wire.head)
    return Scene(inner.boxes, inner.wires, scene.inputs, scene.outputs, scene.loops)


def _only_frame(scene: Scene) -> Box | None:
    """The one frame that a scene is made of, if it is drawn once and without columns."""
    if len(scene.boxes) != 1:
        return None
    (box,) = scene.boxes
    if box.badge or box.inside is None or box.inside.columns:
        return None
    return box


def _counts(node: GraphNode) -> bool:
    """Whether a node has parameters or operations, anywhere inside."""
    waiting, seen = [node], set()
    while waiting:
        match waiting.pop():
            case Parameter():
                return True
            case Operation() as operation if operation.cost.counts:
                return True
            case Block() as block if block.graph not in seen:
                seen.add(block.graph)
                waiting += block.graph
    return False


def _is_leaf(node: Block) -> bool:
    """Whether a layer of the library is one that everybody knows: nothing in it learns or recurs by itself."""
    if node.kind != "call" or node.graph.library is None:
        return False
    inside = [inner for inner in node.graph if isinstance(inner, Block)]
    return not any(_learns(inner) or inner.carried for inner in inside)


def _learns(block: Block) -> bool:
    return any(isinstance(node, Parameter) or (isinstance(node, Block) and _learns(node)) for node in block.graph)


def _entering(node: Block) -> Iterator[tuple[Tensor, Tensor]]:
    """What comes into a block: by the tensor around it, and by the one inside."""
    if node.kind in ("call", "layer"):
        yield from zip(node.inputs, node.graph.ports, strict=True)
        return
    starting = {carried.initial for carried in node.carried}
    captured = node.graph.captured()
    for tensor in node.inputs:
        if tensor not in starting or tensor in captured:
            yield tensor, tensor


def _handed_on(node: Block) -> list[Carried]:
    """What a recurrence hands to its next round; a stack of layers is no recurrence."""
    return list(node.carried) if node.kind == "scan" else []


def _read_in(graph: Graph) -> set[Tensor]:
    """What the nodes of a graph read, and its results."""
    return {*graph.results, *(tensor for node in graph for tensor in node.inputs)}


def _results(node: Block, needed: set[Tensor]) -> Iterator[tuple[Tensor, Tensor]]:
    """What goes out of a block and is needed there: by the tensor around it, and by the one inside."""
    inside = _made_inside(node)
    for tensor in node.outputs:
        if tensor in inside and tensor in needed:
            yield tensor, inside[tensor]


def _made_inside(node: Block) -> dict[Tensor, Tensor]:
    """By what goes out of a block, what that is in it."""
    if node.kind in ("call", "layer"):
        return dict(zip(node.outputs, node.graph.results, strict=True))
    lasts = {carried.last: carried.end for carried in node.carried}
    stacked = {emitted.stacked: emitted.each for emitted in node.emitted}
    return lasts | stacked


def drawn(model: Model, weights: Weights, wish: Wish, most: int) -> tuple[Scene, bool]:
    """The scene of a model as it is wished, and whether some recurrence in it is unrolled.

    Raises TooMany where it has more boxes.
    """
    architect = Architect(model, weights, wish, most)
    return architect.scene(), architect.unrolled
