"""Definitions to the text of a file: dimensions, assumptions, modules, the model, its sizes, what it must cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import chain, count, filterfalse

from symcost.importing.body import Body, roles
from symcost.importing.definitions import Definition, Structured
from symcost.importing.fusing import fuse
from symcost.importing.naming import hint_apart, identifier, parameter_name
from symcost.importing.ports import Port
from symcost.importing.program import Call, Contraction, Size
from symcost.importing.sizes import SizeTrees
from symcost.importing.spelling import Local, Spelling, measure
from symcost.importing.tree import Item, source
from symcost.importing.walk import nodes
from symcost.records import dataclass
from symcost.syntax import ast, made
from symcost.syntax.writer import Remarks, write

LONGEST_WORDS = 48

Shape = tuple[Size | Local | None, ...]
"""Of an input: an axis is a size of the program, something over the ports, or has no name."""


@dataclass(frozen=True, slots=True)
class Written:
    """The text of a file, and the keys that it holds at one value of alone, said in it or not: numbers have no name."""

    text: str
    pins: Mapping[str, int]


def written(structured: Structured) -> Written:
    """The file of a program."""
    file = _File(structured)
    return Written(file.text(), file.pins)


class _File:
    def __init__(self, structured: Structured) -> None:
        self._structured = structured
        self._program = structured.program
        keys = self._program.configurations[0]
        self._sizes = SizeTrees(structured.names)
        self._remarks: dict[ast.Node, str] = {}
        self._keys = list(keys)
        self._defaults = {
            each.name: {port.name: port.default for port in each.ports} for each in structured.definitions
        }
        self._told = {each.value: identifier(each.name) for each in self._program.inputs}
        self._told |= {each.value: parameter_name(each.name, "") for each in self._program.parameters}
        self._made: dict[str, str] = {}
        """Where each value is made, as a path of the source."""
        for statement in self._program.statements:
            path = statement.scopes[-1].path if statement.scopes else ""
            self._made |= dict.fromkeys(statement.targets, path)
        self._remarks_above: dict[ast.Node, str] = {}

    def text(self) -> str:
        modules = [self._module(each) for each in self._structured.definitions]
        model = self._with_statics(self._model())
        items: list[ast.Item] = [
            *self._dims(),
            *self._assumptions(),
            *self._pinned(),
            *modules,
            model,
            *self._config(model),
            *self._expect(model),
        ]
        return write(
            items, Remarks(first="\n".join(self._program.notes), above=self._remarks_above, beside=self._remarks)
        )

    @property
    def pins(self) -> dict[str, int]:
        """The keys that numbers without a name were written for, once everything is written."""
        return self._sizes.pins

    def _spelling(self, names: Mapping[str, str]) -> Spelling:
        return Spelling(names, self._sizes.tree, self._sizes.known, defaults=self._defaults)

    # Sizes -------------------------------------------------------------------------------------

    @property
    def _used(self) -> list[str]:
        """The keys that the text speaks of, in the order of the configuration."""
        return [key for key in self._keys if key in self._sizes.keys]

    def _dims(self) -> list[ast.Dim]:
        words = self._program.words
        return [ast.Dim(made.NOWHERE, made.name(key), _short(words.get(key)), None) for key in self._used]

    def _assumptions(self) -> list[ast.Divides]:
        return [
            ast.Divides(made.NOWHERE, made.number(int(one)) if one.isdigit() else made.name(one), made.name(other))
            for one, other in self._sizes.ratios
        ]

    def _pinned(self) -> list[ast.Assume]:
        """Another size is refused where a number of the text may follow from it; a key that the text does not speak of
        has no other size.
        """
        pins = {key: value for key, value in self.pins.items() if key in self._sizes.keys}
        conditions = [made.binary("==", made.name(key), made.number(value)) for key, value in pins.items()]
        return [ast.Assume(made.NOWHERE, condition) for condition in conditions]

    # Definitions -------------------------------------------------------------------------------

    def _module(self, definition: Definition) -> ast.Definition:
        names = self._input_names(definition)
        ports = self._input_ports(definition, names)
        statics = [made.port(port.name, default=self._default(port)) for port in definition.ports]

        axes = set(chain.from_iterable(map(_axes, ports)))
        taken = axes | {port.name for port in definition.ports}
        body = self._body(
            definition.path, names, taken, definition.body, definition.outs, lengths_hold=definition.calls == 1
        )
        return made.definition("module", definition.name, [*ports, *statics], body)

    def _input_names(self, definition: Definition) -> dict[str, str]:
        """What the inputs are called, by their keys: the first is x."""
        names: dict[str, str] = {}
        for key, told in zip(definition.ins, definition.told, strict=True):
            names[key] = self._input_name(told, definition.path, names) if names else "x"
        return names

    def _input_ports(self, definition: Definition, names: Mapping[str, str]) -> list[ast.Port]:
        first, others = definition.shapes[:1], definition.shapes[1:]
        taken = {*self._keys, *(port.name for port in definition.ports), *names.values()}
        leading, letters = _letters(definition, "mnpqrs", taken), _letters(definition, "abcdefghijk", taken)
        patterns = [
            *(self._first_pattern(shape, leading) for shape in first),
            *(self._pattern(shape, letters) for shape in others),
        ]
        return [made.port(names[key], pattern) for key, pattern in zip(definition.ins, patterns, strict=True)]

    def _default(self, port: Port) -> ast.Expr | None:
        return None if port.default is None else self._sizes.tree(port.default)

    def _model(self) -> ast.Definition:
        program = self._program
        names = {each.value: identifier(each.name) for each in program.inputs}
        spelling = self._spelling(names)
        ports = [made.port(names[each.value], spelling.shape(each.shape)) for each in program.inputs]
        body = self._body(self._structured.path, names, set(), self._structured.body, program.outputs)
        return made.definition("model", identifier(program.name), ports, body)

    def _with_statics(self, model: ast.Definition) -> ast.Definition:
        """The dimensions of a model are what its modules may read: those that no input says are its ports."""
        said = {
            size.text for port in model.ports if port.shape for size in port.shape.items if isinstance(size, ast.Name)
        }
        statics = [made.port(key) for key in self._used if key not in said]
        return replace(model, ports=(*model.ports, *statics))

    def _body(
        self, path: str, names: dict[str, str], taken: set[str], items: tuple[Item, ...], outs: Sequence[str], *,
        lengths_hold: bool = True,
    ) -> tuple[ast.Statement, ...]:  # fmt: skip
        called = {node.function for node in nodes(items) if isinstance(node, Call)}
        keys = set(self._program.configurations[0])
        sizes = SizeTrees(self._structured.names)  # of their own: what is only measured is not in the text
        fused = fuse(items, outs, measure(Spelling({}, sizes.tree, sizes.known, defaults=self._defaults)))
        body = Body(
            path,
            names,
            self._sizes,
            defaults=self._defaults,
            taken=frozenset(taken | called | keys),
            fixed=self._fixed(),
            inputs=frozenset(each.value for each in self._program.inputs if each.value in names),
            lengths_hold=lengths_hold,
            roles=roles(fused),
            shapes=self._program.shapes,
            remarks=self._remarks,
            remarks_above=self._remarks_above,
        )
        return body.written(fused, outs)

    def _fixed(self) -> frozenset[str]:
        """Values that keep their names: parameters, and inputs but for those of a letter or two."""
        parameters = {each.value for each in self._program.parameters}
        inputs = {each.value for each in self._program.inputs if each.kind == "index" or len(each.name) > 2}
        return frozenset(parameters | inputs)

    def _first_pattern(self, shape: Shape, letters: Iterator[str]) -> ast.List:
        """What is said of the shape of the first input: all of it if it has a name, else leading axes are `...`."""
        said = self._said(shape)
        if said and all(said):
            return made.shape(_filled(said, iter(())))
        rest = said[_first_bound(shape) :]
        return made.shape([ast.Ellipsis(made.NOWHERE), *_filled(rest, map(made.name, letters))])

    def _pattern(self, shape: Shape, letters: Iterator[str]) -> ast.List:
        """What is said of the shape of another input: an axis without a name is bound to a letter."""
        return made.shape(_filled(self._said(shape), map(made.name, letters)))

    def _said(self, shape: Shape) -> list[ast.Expr | None]:
        return [self._axis(size) for size in shape]

    def _axis(self, size: Size | Local | None) -> ast.Expr | None:
        """The name of an axis; None where it has none."""
        match size:
            case Local(expression=tree):
                return tree
            case Size(values=values):
                found = self._sizes.names.find(values)
                if found is not None and found.key is not None:
                    self._sizes.keys.add(found.key)
                    return made.name(found.key)
        return None

    def _input_name(self, key: str, path: str, taken: Mapping[str, str]) -> str:
        """What an input is called where it is made: an attribute, an input of the model, a parameter."""
        word = self._told.get(source(key)) or hint_apart(self._made.get(source(key), ""), path) or "y"
        name, number = word, 1
        while name in taken.values() or name in self._keys:
            number += 1
            name = f"{word}{number}"
        return name

    # What holds --------------------------------------------------------------------------------

    def _config(self, model: ast.Definition) -> list[ast.Config]:
        values: Mapping[str, int] = self._program.configurations[0]
        entries = [ast.Keyword(made.NOWHERE, made.name(key), made.number(values[key])) for key in self._used]
        return [ast.Config(made.NOWHERE, made.name("traced"), tuple(entries), ())] if entries else []

    def _expect(self, model: ast.Definition) -> list[ast.Expect]:
        checks = [
            ast.Check(made.NOWHERE, made.name(key), "==", made.number(Fraction(values[0])), None)
            for key, values in self._program.counts.items()
        ]
        if not checks:
            return []

        config = made.name("traced") if self._used else None
        expect = ast.Expect(made.NOWHERE, model.name, config, tuple(checks))
        versions = self._versions()
        if versions:
            self._remarks_above[expect] = f"Counted by PyTorch: {versions}."
        return [expect]

    def _versions(self) -> str:
        return ", ".join(f"{package} {version}" for package, version in self._program.versions.items())


def _filled(axes: Sequence[ast.Expr | None], letters: Iterator[ast.Expr]) -> list[ast.Expr]:
    """The axes, those without a name by letters."""
    return [axis or next(letters) for axis in axes]


def _first_bound(shape: Shape) -> int:
    """The first axis that the text speaks of; behind the last where there is none."""
    return next((place for place, size in enumerate(shape) if isinstance(size, Local)), len(shape))


def _letters(definition: Definition, usual: str, taken: set[str]) -> Iterator[str]:
    """Names for axes, without end: none that is taken, or that index notation in the same definition has."""
    contractions = [node for node in nodes(definition.body) if isinstance(node, Contraction)]
    indices = taken.union(chain.from_iterable(map(_indices, contractions)))
    letters = chain(usual, (f"{usual[0]}{number}" for number in count(1)))
    return filterfalse(indices.__contains__, letters)


def _axes(port: ast.Port) -> list[str]:
    """The sizes that a port binds."""
    return [item.text for item in port.shape.items if isinstance(item, ast.Name)] if port.shape else []


def _short(words: str | None) -> str | None:
    """The first clause of what a documentation says, if that is short enough to stand in a text."""
    if words is None:
        return None
    first = words.strip().partition(".")[0]
    plain = not set(first) & set('("`')
    return first if plain and 0 < len(first) <= LONGEST_WORDS else None


def _indices(contraction: Contraction) -> Iterator[str]:
    """All the indices of index notation, which no dimension of the same definition may be called as."""
    yield from contraction.indices
    for _, places in contraction.terms:
        for place in places:
            yield from (place,) if isinstance(place, str) else (name for _, name in place.terms)
