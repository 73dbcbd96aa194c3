"""Which `config hf` speaks of a published file, and what it says of a model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import field, replace

from symcost.diagnostics import Label, Span
from symcost.errors import (
    DivisionByZero,
    MissingKey,
    NoMapping,
    OtherArchitecture,
    OtherClass,
    OtherType,
    SymcostError,
    UnknownMapping,
    UseCycle,
    ValueTooLarge,
    WrongKey,
    WrongKind,
    gathered,
)
from symcost.graph.files import Unit
from symcost.graph.names import dimensions, names_read
from symcost.published import odd
from symcost.published.closed import mentioned, unread
from symcost.published.expressions import described, holds, path_of, value
from symcost.published.file import Path_, Published
from symcost.published.keys import Keys, Table, Unsaid
from symcost.published.library import Type, type_of
from symcost.published.named import inside_of, written_out
from symcost.published.refused import refused
from symcost.records import dataclass
from symcost.syntax import ast

EVERY = "*"
"""In the name of a class: how the names of all classes of a type begin."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """A `config hf` with what it takes from those that it is `like`, for one type of files."""

    block: ast.Config
    model: ast.Name | None
    classes: tuple[ast.String, ...]
    entries: tuple[ast.Keyword, ...]
    demands: tuple[ast.Demand, ...]

    @property
    def types(self) -> tuple[str, ...]:
        """The model types it speaks of; none where it does not say."""
        return tuple(word.value for word in self.block.types)

    def takes(self, architecture: str, kind: Type | None) -> bool:
        """Whether it speaks of models of a class."""
        known = kind is None or not kind.classes or architecture in kind.classes
        return known and architecture in self.names(kind)

    def names(self, kind: Type | None) -> list[str]:
        """The classes of the models it speaks of."""
        prefix = "" if kind is None else kind.prefix
        return [word.value.replace(EVERY, prefix) for word in self.classes]


def mappings(unit: Unit, model: str | None = None) -> list[Mapping]:
    """Those of a file, with what they are `like`; of a model those that speak of it.

    Raises UnknownMapping, UseCycle.
    """
    found: list[Mapping] = []
    for block in unit.mappings:
        one = _complete(block, unit, ())
        if model is None or one.model is None or one.model.text == model:
            found.append(one)
    return found


def _complete(block: ast.Config, unit: Unit, inside: tuple[ast.Config, ...]) -> Mapping:
    """A mapping with the settings of the one that it is like, where it has none of that name itself."""
    own = written_out(block)
    if block.like is None:
        return Mapping(block, block.model, block.classes, own.entries, own.demands)
    if block in inside:
        raise UseCycle(block.like.value, block.like.span, [one.name.span for one in inside])
    base, home = _like(block.like, block, unit)
    other = _complete(base, home, (*inside, block))
    if block.table is not None:
        other = replace(
            other, entries=inside_of(block.table, other.entries), demands=inside_of(block.table, other.demands)
        )

    # What both set is as this one has it; what either demands has to hold.
    taken = [entry for entry in other.entries if _has(block.model, entry.name.text, unit)]
    entries = {entry.name.text: entry for entry in (*taken, *own.entries)}
    return Mapping(
        block=block,
        model=block.model or other.model,
        classes=block.classes or other.classes,
        entries=tuple(entries.values()),
        demands=(*other.demands, *own.demands),
    )


def _has(model: ast.Name | None, name: str, unit: Unit) -> bool:
    """Whether a model takes a setting from a mapping for another; what is not taken is not read, either."""
    found = None if model is None else unit.find(model.text)
    return found is None or name in dimensions(found.definition)


def _like(word: ast.String, block: ast.Config, unit: Unit) -> tuple[ast.Config, Unit]:
    """The mapping for a type, in this file or in one that it uses. Raises UnknownMapping."""
    known: list[str] = []
    for home, other in _mappings(unit):
        types = [name.value for name in other.types]
        if word.value in types and other is not block:
            return other, home
        known += types
    raise UnknownMapping(word.value, known, word.span)


def _mappings(unit: Unit) -> Iterator[tuple[Unit, ast.Config]]:
    """Every mapping in this file and in those that it uses, with its file."""
    for home in _units(unit):
        for block in home.mappings:
            yield home, block


def _units(unit: Unit) -> Iterator[Unit]:
    yield unit
    for used in unit.used:
        yield from _units(used)


# Which of them ------------------------------------------------------------------------------------


def chosen(unit: Unit, published: Published, model: str | None = None) -> tuple[Mapping, Keys]:
    """The mapping that speaks of a file, and the keys of the file as a configuration of its type.

    Raises NoMapping, OtherType, OtherClass.
    """
    known = mappings(unit, model)
    if not known:
        raise NoMapping(unit.tree.source.name, model)

    name = _type(known, published)
    mapping = _of_class(_of_type(known, name, published), published, name)
    if not mapping.types or name is None:
        return mapping, Keys(published, Table((), published.entries))
    return mapping, Keys(published, Table((), published.entries, _known_type(name)))


def _known_type(name: str) -> Type:
    """A type of the library; one that it has not has a name only."""
    return type_of(name) or Type(name)


def _type(known: Sequence[Mapping], published: Published) -> str | None:
    """The type of a file; where it says none, the one that is spoken of. Raises OtherType."""
    told = published.entries.get("model_type")
    if isinstance(told, str):
        return told
    types = _types(known)
    if told is not None or len(types) > 1:
        raise OtherType(published.source.name, None, types, published.place(("model_type",)))
    return types[0] if types else None


def _types(known: Iterable[Mapping]) -> list[str]:
    """All types that are spoken of."""
    return list(dict.fromkeys(name for one in known for name in one.types))


def _of_type(known: Sequence[Mapping], name: str | None, published: Published) -> list[Mapping]:
    """The mappings for a type; where there are none, those that say of no type what they are for. Raises OtherType."""
    typed = [one for one in known if name in one.types]
    found = typed or [one for one in known if not one.types]
    if not found:
        raise OtherType(published.source.name, name, _types(known), published.place(("model_type",)))
    return found


def _of_class(of_type: Sequence[Mapping], published: Published, name: str | None) -> Mapping:
    """The mapping for the architecture that a file names; the first, where it names none. Raises OtherClass."""
    told = published.entries.get("architectures")
    if told in (None, []) or not of_type[0].types:
        return of_type[0]

    kind = None if name is None else type_of(name)
    names = told if isinstance(told, list) else [told]
    for one in of_type:
        if _takes_all(one, names, kind):
            return one
    offered = _classes(of_type, kind)
    raise OtherClass(published.source.name, names, offered, published.place(("architectures",)))


def _takes_all(mapping: Mapping, names: Sequence[object], kind: Type | None) -> bool:
    """Whether a mapping is for all classes that a file names, and it names some."""
    return bool(names) and all(isinstance(word, str) and mapping.takes(word, kind) for word in names)


def class_of(mapping: Mapping, keys: Keys) -> str | None:
    """The class that a file names, or the one that is meant where it names none; None where nobody says."""
    told = keys.root.entries.get("architectures")
    named = told if isinstance(told, list) and told else mapping.names(keys.root.type)
    return str(named[0]) if named else None


def _classes(known: Iterable[Mapping], kind: Type | None) -> list[str]:
    """All classes that are spoken of."""
    return list(dict.fromkeys(word for one in known for word in one.names(kind)))


# What it says -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """What a mapping says of a file, by the names of the signature; nothing of what is null."""

    mapping: Mapping
    keys: Keys
    values: tuple[tuple[ast.Keyword, object], ...] = field(default=())

    def reads(self, expr: ast.Expr) -> list[Path_]:
        """The keys of the file that an expression reads."""
        reading = Keys(self.keys.published, self.keys.root)
        with suppress(Unsaid, SymcostError):
            value(expr, reading)
        return sorted(reading.read)

    def places(self, expr: ast.Expr) -> list[Label]:
        """Where the file has them."""
        return [Label(self.keys.published.place(path), "read here") for path in self.reads(expr)]

    def in_the_file(self, fault: SymcostError, expr: ast.Expr, wanted: str = "") -> SymcostError:
        """A fault of an expression, told of by what the file says; `wanted` is what the model takes."""
        return odd.in_the_file(fault, expr, self.keys, self.reads(expr), wanted)


def read(mapping: Mapping, keys: Keys) -> Said:
    """Everything that a mapping says of a file.

    Raises MissingKey, WrongKey, OtherArchitecture and the faults of arithmetic.
    """
    if faults := list(odd.wrong_kinds(keys, mentioned(_exprs(mapping), keys.root))):
        raise gathered(faults)
    values: list[tuple[ast.Keyword, object]] = []
    for demand in mapping.demands:
        try:
            _check(demand, mapping, keys)
        except SymcostError as fault:
            faults.append(fault)
    for entry in mapping.entries:
        try:
            values.append((entry, _said(entry.value, keys)))
        except (WrongKind, DivisionByZero, ValueTooLarge) as fault:
            faults.append(_of_an_entry(fault, entry.value, Said(mapping, keys)))
        except SymcostError as fault:
            faults.append(fault)
    if faults:
        raise gathered(faults)
    return Said(mapping, keys, tuple(values))


def _of_an_entry(fault: SymcostError, expr: ast.Expr, said: Said) -> SymcostError:
    """What is wrong with what is worked out, by the file if that is a published one of a known type."""
    told = said.in_the_file(fault, expr)
    if told is fault and isinstance(fault, WrongKind):
        return fault.read_from(said.places(expr))
    return told


def check_all_read(said: Said) -> None:
    """A closed world. Raises UnreadKey for what nobody reads and what may change a count, and what `refused` finds."""
    mapping, keys = said.mapping, said.keys
    spoken_of = mentioned(_exprs(mapping), keys.root)
    faults = [*refused(keys, spoken_of), *unread(keys, spoken_of, mapping.names(keys.root.type))]
    if faults:
        raise gathered(faults)


def _exprs(mapping: Mapping) -> Iterator[ast.Expr]:
    """Everything that a mapping works out."""
    for entry in mapping.entries:
        yield entry.value
    for demand in mapping.demands:
        yield demand.condition


def _check(demand: ast.Demand, mapping: Mapping, keys: Keys) -> None:
    """What a mapping demands of the file; without a type of the library, what nobody says is as demanded.

    Raises OtherArchitecture, MissingKey, WrongKey.
    """
    expr = demand.condition
    if keys.root.type is None and not _all_said(expr, keys):
        return
    said = Said(mapping, keys)
    try:
        met = holds(expr, keys)
    except Unsaid as unsaid:
        raise _fault(unsaid, expr, keys) from None
    except (WrongKind, DivisionByZero, ValueTooLarge) as fault:
        raise _of_an_entry(fault, expr, said) from None
    if not met:
        raise OtherArchitecture(keys.published.source.name, expr.span, said.places(expr))


def _all_said(expr: ast.Expr, keys: Keys) -> bool:
    """Whether the file says all that a condition reads."""
    return all(keys.published.entries.get(name.text) is not None for name in names_read(expr) if name.text != "null")


def _said(expr: ast.Expr, keys: Keys) -> object:
    """What an expression says. Raises MissingKey, WrongKey for what nobody says."""
    try:
        return value(expr, keys)
    except Unsaid as unsaid:
        raise _fault(unsaid, expr, keys) from None


def _fault(unsaid: Unsaid, expr: ast.Expr, keys: Keys) -> SymcostError:
    """A key that nobody says, where a mapping needs it."""
    file, path = keys.published, unsaid.path
    span = _mention(expr, path) or expr.span
    if not unsaid.null:
        return MissingKey(path, file.source.name, _beside(path, file), span, keys.root.type is not None)
    if keys.root.type is not None:
        return odd.null(path, keys)
    return WrongKey(".".join(path), "null", file.place(path), span)


def _mention(expr: ast.Expr, path: Path_) -> Span | None:
    """Where an expression speaks of a key."""
    return next((name.span for name in names_read(expr) if name.text == path[0]), None)


def _beside(path: Path_, file: Published) -> Iterable[str]:
    """The keys that the file has in the same table."""
    table: object = file.entries
    for name in path[:-1]:
        table = table.get(name) if isinstance(table, dict) else None
    return table if isinstance(table, dict) else ()


def wrong_key(entry: ast.Keyword, found: object, said: Said) -> SymcostError:
    """An entry that comes to null, a list or a table, for a name that takes something else."""
    path = path_of(entry.value, said.keys)
    if found is None and said.keys.root.type is not None:
        return odd.null(path, said.keys)
    return WrongKey(".".join(path), described(found), said.keys.published.place(path), entry.value.span)
