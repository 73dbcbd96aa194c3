"""The statements of one definition, with names for its values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from itertools import product

from symcost.importing.fusing import main_values
from symcost.importing.live import Live
from symcost.importing.naming import hint, parameter_name
from symcost.importing.program import Arithmetic, Call, Constant, Contraction, Parameter, Ref, Size, Statement
from symcost.importing.rounds import ROUND, changes, in_round
from symcost.importing.sizes import SizeTrees, told_apart
from symcost.importing.spelling import Spelling
from symcost.importing.tree import Carried, Declaration, Emitted, Item, Loop, made as makes, source
from symcost.importing.walk import nodes, refs
from symcost.records import dataclass
from symcost.syntax import ast, made

SPARE = ("x", "y", "z", "u", "v", "w", "h")
"""Names for values that nothing names."""


@dataclass(slots=True, eq=False)
class Body:
    """Writes the statements of a body, one after the other."""

    path: str
    """Where it stands in the source: names of its parts are told from here."""
    names: dict[str, str]
    """Of the values it takes in; and later of all."""
    sizes: SizeTrees
    taken: frozenset[str]
    """Names that are no values: of sizes and of what is called."""
    defaults: Mapping[str, Mapping[str, Size | None]] = field(default_factory=dict)
    fixed: frozenset[str] = frozenset()
    """Values whose names no other value may take: parameters."""
    inputs: frozenset[str] = frozenset()
    """Inputs of the model, where this is its body."""
    lengths_hold: bool = True
    """Whether the shapes of its values are those of every call."""
    roles: Mapping[str, str] = field(default_factory=dict)
    """What some values are called for what is done with them."""
    shapes: Mapping[str, tuple[Size, ...]] = field(default_factory=dict)
    """Of the values of the program."""
    remarks: dict[ast.Node, str] = field(default_factory=dict)
    remarks_above: dict[ast.Node, str] = field(default_factory=dict)
    zeros: dict[str, Constant] = field(default_factory=dict)
    """Constants of zeros that a scan begins with; it does so by itself."""
    inits: dict[str, ast.Expr] = field(default_factory=dict)
    """What a scan begins with, by the key of what is carried within."""

    def written(self, items: Sequence[Item], outs: Sequence[str]) -> tuple[ast.Statement, ...]:
        """All statements, `return` at the end."""
        lines = self._lines(items, Live(items, outs))
        return (*lines[:-1], *self._ending(items, lines[-1:], outs))

    def _ending(
        self, items: Sequence[Item], last: Sequence[ast.Statement], outs: Sequence[str]
    ) -> Sequence[ast.Statement]:
        """The last statement and the `return`, as one where the last makes what is returned."""
        match (items[-1], last[0]):
            case (Statement(targets=targets), ast.Assign(value=value)) if targets == tuple(outs) and len(outs) == 1:
                line = made.returned([value])
                if last[0] in self.remarks_above:
                    self.remarks_above[line] = self.remarks_above[last[0]]
                return (line,)
        return (*last, made.returned([made.name(self.names[key]) for key in outs]))

    # Statements --------------------------------------------------------------------------------

    def _lines(self, items: Sequence[Item], live: Live) -> list[ast.Statement]:
        lines = self._declared(_parameters(items))
        for place, item in enumerate(items):
            match item:
                case Statement(targets=(key,), value=Constant(words="zeros") as value) if key in live.begun:
                    self.zeros[key] = value
                case Statement():
                    lines.append(self._told(item, place, live))
                case Loop():
                    lines.extend(self._loop(item, place, live))
        return lines

    def _declared(self, parameters: Sequence[Parameter]) -> list[ast.Statement]:
        """A line for each kind of parameters, and for those that the pass does not use."""
        lines: list[ast.Statement] = []
        for group in _alike(parameters):
            line = self._declaration(group)
            lines.append(line)
            if not group[0].used:
                self.remarks[line] = "not used in this pass"
        return lines

    def _declaration(self, group: Sequence[Parameter]) -> ast.Statement:
        before = len(self.sizes.unnamed)
        line = made.param(group[0].kind, [self._entry(each) for each in group])
        self._tell_apart(line, before)
        return line

    def _tell_apart(self, line: ast.Statement, before: int) -> None:
        """A remark on the numbers that were written for want of a name since there were so many of them."""
        if unnamed := self.sizes.unnamed[before:]:
            self.remarks_above[line] = told_apart(unnamed)

    def _entry(self, parameter: Parameter) -> tuple[str, ast.List]:
        name = self._fresh(parameter_name(parameter.name, self.path))
        self.names[parameter.value] = name
        return name, self._spelling().shape(parameter.shape)

    def _told(self, item: Statement, place: int, live: Live) -> ast.Statement:
        """A statement, with a remark where a number in it is one for want of a name."""
        before = len(self.sizes.unnamed)
        line = self._statement(item, place, live)
        self._tell_apart(line, before)
        return line

    def _statement(self, item: Statement, place: int, live: Live) -> ast.Statement:
        value = item.value
        spelling = self._spelling_of(item)
        if isinstance(value, Contraction):
            tree = spelling.contraction("", value)
            name = self._named(item, item.targets[0], place, live)
            return ast.IndexAssign(made.NOWHERE, made.name(name), tree.indices, tree.value)
        written = spelling.whole(value)
        names = [self._named(item, key, place, live) for key in item.targets]
        return made.assign(names, _turned(written, names[0]))

    # Loops -------------------------------------------------------------------------------------

    def _loop(self, item: Loop, place: int, live: Live) -> list[ast.Statement]:
        """Values that are carried have one name, before, within and behind the loop."""
        lines: list[ast.Statement] = []
        for each in item.carried:
            if item.kind == "scan":
                name = self._begin(each, live)
            else:
                name = self._go_on(each, place, live, lines)
            self.names[each.inside] = self.names[each.after] = name
        rounds = self._rounds(item)
        lines.append(self._head(item, rounds))
        return lines

    def _go_on(self, carried: Carried, place: int, live: Live, lines: list[ast.Statement]) -> str:
        """The name of what rounds work on: that of a copy, where what they begin with is read behind them, too."""
        name = self.names[carried.before]
        if live.last.get(carried.before, place) <= place and name not in live.around:
            return name
        copy = self._fresh("x" if name != "x" else "y")
        lines.append(made.assign([copy], made.name(name)))
        return copy

    def _begin(self, carried: Carried, live: Live) -> str:
        """The name of what a scan hands on: a new one, that begins with zeros or with what there is."""
        start = self.zeros.get(carried.before)
        if start is None:
            self.inits[carried.inside] = made.name(self.names[carried.before])
        return self._fresh("h")

    def _head(self, item: Loop, rounds: tuple[ast.Statement, ...]) -> ast.Statement:
        count = self._spelling().argument(item.count)
        if item.kind == "choose" and item.total is not None:
            total = self._spelling().argument(item.total)
            return ast.Choose(made.NOWHERE, count, total, rounds)
        if item.kind == "scan":
            step = made.name(item.counter)
            return ast.Scan(made.NOWHERE, step, count, self._carries(item), rounds)

        growth = self._growth(item)
        counter = made.name(ROUND) if growth else None
        return ast.Repeat(made.NOWHERE, counter, count, False, growth, rounds)

    def _growth(self, item: Loop) -> tuple[ast.Carry, ...]:
        """The shapes of what is carried, where they change from round to round; a number of rounds needs none."""
        if not isinstance(item.count, Size) or len(set(item.count.values)) == 1:
            return ()
        found = [self._grown(each) for each in item.carried]
        return tuple(carry for carry in found if carry is not None)

    def _grown(self, carried: Carried) -> ast.Carry | None:
        """The shape in any round of one value that is carried; None where it does not change, or is not known."""
        before = self.shapes.get(source(carried.before))
        after = self.shapes.get(source(carried.result))
        if before is None or after is None or not changes(before, after):
            return None
        name = made.name(self.names[carried.inside])
        return ast.Carry(made.NOWHERE, name, in_round(before, after, self.sizes.tree), None)

    def _carries(self, item: Loop) -> tuple[ast.Carry, ...]:
        """What a scan says that it hands on, with its shape."""
        spelling = self._spelling()
        shapes = [spelling.shape(self.shapes.get(source(each.result), ())) for each in item.carried]
        names = [made.name(self.names[each.inside]) for each in item.carried]
        inits = [self.inits.get(each.inside) for each in item.carried]
        return tuple(ast.Carry(made.NOWHERE, *row) for row in zip(names, shapes, inits, strict=True))

    def _rounds(self, item: Loop) -> tuple[ast.Statement, ...]:
        """One round. Names from around the loop are not assigned in it, but for those that are carried."""
        carried = {self.names[each.inside] for each in item.carried}
        around = frozenset(self.names.values()) - carried
        live = Live(item.body, item.results, around)
        for each in item.carried:
            self._hand_on(each, item.body, live)
        lines = self._lines(item.body, live)
        lines.extend(self._renamed(item.carried))
        for made_here in item.emitted:
            self._emit(made_here, item.body, lines, item.kind)
        return tuple(lines)

    def _renamed(self, carried: Sequence[Carried]) -> Iterator[ast.Statement]:
        """What a round hands on gets the name under which the next one takes it in."""
        for each in carried:
            target, value = self.names[each.inside], self.names[each.result]
            if target != value:
                yield made.assign([target], made.name(value))

    def _emit(self, emitted: Emitted, body: Sequence[Item], lines: list[ast.Statement], kind: str) -> None:
        """The last statement says it itself, if it makes what is emitted."""
        name = self.names[emitted.after] = self._fresh("outputs" if kind == "choose" else "y")
        match (body[-1], lines[-1]):
            case (Statement(targets=(key,)), ast.Assign(value=value)) if key == emitted.inside:
                lines[-1] = ast.Emit(made.NOWHERE, made.name(name), value)
                return
        lines.append(ast.Emit(made.NOWHERE, made.name(name), made.name(self.names[emitted.inside])))

    def _hand_on(self, carried: Carried, body: Sequence[Item], live: Live) -> None:
        """The result of a round has the name of what came in, if that is not read any more when it is there."""
        maker = next((place for place, item in enumerate(body) if carried.result in makes((item,))), -1)
        if maker >= live.last.get(carried.inside, -1) and isinstance(body[maker], Statement):
            self.names[carried.result] = self.names[carried.inside]
            live.until[self.names[carried.inside]] = maker

    # Names -------------------------------------------------------------------------------------

    def _named(self, item: Statement, key: str, place: int, live: Live) -> str:
        """A name for a value: that which it has, or a new one."""
        if key not in self.names:
            self.names[key] = self._chosen(item, key, place, live)
        return self.names[key]

    def _chosen(self, item: Statement, key: str, place: int, live: Live) -> str:
        """The name of what a value goes on from, or one for what it is, or any that is free."""
        told = self._word(item, key, live)
        goes_on = len(item.targets) == 1 and key not in self.roles
        name = self._continued(item, told, place, live) if goes_on else None
        return self._free(told, self._busy(place, live)) if name is None else name

    def _word(self, item: Statement, key: str, live: Live) -> str:
        """What a value is called for what is done with it, or for the module that makes it."""
        role = self.roles.get(key, "")
        if len(item.targets) > 1:
            return role  # the module made all of them together, and names none
        if key in live.carried or self._begins(item, live):
            return "x"
        return role or hint(item.scopes, self.path)

    def _busy(self, place: int, live: Live) -> set[str]:
        """Names of values that are read behind a place, and others that are spoken for."""
        later = [key for key, last in live.last.items() if last > place]
        names = {self.names[key] for key in later if key in self.names}
        return names | live.around | set(live.until)

    def _continued(self, item: Statement, told: str, place: int, live: Live) -> str | None:
        """The name of a value that is read here for the last time, if others that read it have no better one."""
        ends = live.last.get(item.targets[0], place)
        # the way around a block is read twice
        direct = sorted(_summands(item.value), key=lambda key: -live.readers[key])
        for key in (*direct, *main_values(item.value)):
            if not self._is_given_up(key, place, ends, live):
                continue
            wanted = live.readers[key] == 1 or not told or key in direct
            if wanted:
                return self.names.get(key, "")
        return None

    def _is_given_up(self, key: str, place: int, ends: int, live: Live) -> bool:
        """Whether a value is read here for the last time, and its name is free for one that is read until `ends`."""
        name = self.names.get(key, "")
        if key in self.fixed or key in self.roles or name in live.around:
            return False
        return live.last.get(key) == place and ends <= live.until.get(name, ends)

    def _begins(self, item: Statement, live: Live) -> bool:
        """Whether a value is the first that is made of an input of the model, which nothing else reads."""
        begun = [key for key in main_values(item.value) if key in self.inputs and live.readers[key] == 1]
        return len(item.targets) == 1 and bool(begun)

    def _free(self, told: str, busy: Iterable[str]) -> str:
        unwanted = {*busy, *self.taken}
        for name in (told, *SPARE):
            if name and name not in unwanted:
                return name
        return self._fresh(told or "h")

    def _fresh(self, word: str) -> str:
        used = {*self.names.values(), *self.taken}
        name, number = word, 1
        while name in used:
            number += 1
            name = f"{word}{number}"
        return name

    def _spelling_of(self, item: Statement) -> Spelling:
        """How a statement is written: a length without a name is that of an axis of what the statement reads."""
        lengths = self._lengths(item) if self.lengths_hold else {}

        def size(one: Size) -> ast.Expr:
            found = None if self.sizes.known(one) else lengths.get(one.values)
            return self.sizes.tree(one) if found is None else found

        return replace(self._spelling(), size=size)

    def _lengths(self, item: Statement) -> dict[tuple[int, ...], ast.Expr]:
        """`size(x, axis = 1)` by the values that it has in each configuration, of all that a statement reads."""
        found: dict[tuple[int, ...], ast.Expr] = {}
        for key in refs(item.value):
            for axis, size in enumerate(self.shapes.get(source(key), ()) if key in self.names else ()):
                told = made.call("size", [made.name(self.names[key])], axis=made.number(axis))
                found.setdefault(size.values, told)
        return found

    def _spelling(self) -> Spelling:
        return Spelling(self.names, self.sizes.tree, self.sizes.known, self.taken, self.defaults)


def _turned(written: ast.Expr, name: str) -> ast.Expr:
    """`x = x + y`, and not `x = y + x`."""
    match written:
        case ast.Binary(op="+", left=ast.Name(text=other) as left, right=ast.Name(text=text) as right):
            if text == name != other:
                return made.binary("+", right, left)
    return written


def _summands(value: object) -> list[str]:
    """The values that something is added to as they are: the way around a block."""
    match value:
        case Arithmetic(op="+", left=left, right=right):
            return [each.value for each in (left, right) if isinstance(each, Ref)]
    return []


def roles(items: Sequence[Item]) -> dict[str, str]:
    """Names for the operands of attention, back to where they were made."""
    told: dict[str, str] = {}
    statements = [item for item in items if isinstance(item, Statement)]
    for statement in statements:
        for call in _attentions(statement):
            told |= _told(call)
    return told


def _attentions(statement: Statement) -> Iterator[Call]:
    for node in nodes(statement.value):
        if isinstance(node, Call) and node.function == "attention":
            yield node


def _told(call: Call) -> dict[str, str]:
    pairs = zip(call.operands, ("q", "k", "v"), strict=False)
    return {key: name for operand, name in pairs for key in main_values(operand)[:1]}


def _parameters(items: Sequence[Item]) -> list[Parameter]:
    """The parameters that a body declares."""
    return [item.parameter for item in items if isinstance(item, Declaration)]


def _alike(parameters: Sequence[Parameter]) -> Iterator[Sequence[Parameter]]:
    """Those of one kind that the pass uses, and those that it does not."""
    for kind, used in product(("param", "buffer"), (True, False)):
        group = [each for each in parameters if (each.kind, each.used) == (kind, used)]
        if group:
            yield group
