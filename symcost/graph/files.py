"""Files and the library: which texts belong together, and which definition a name means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from symcost.diagnostics import Source, Span
from symcost.errors import (
    DuplicateName,
    FileTooLarge,
    MisplacedAssumption,
    MisplacedMapping,
    NotInFile,
    NotText,
    NumbersElsewhere,
    SymcostError,
    UnknownConfig,
    UnreadableFile,
    UseCycle,
    UseOutside,
    gathered,
)
from symcost.graph import constants, rates
from symcost.graph.constants import Constant
from symcost.graph.signatures import Signature, signature_of
from symcost.once import once, once_each
from symcost.packaged import files as packaged
from symcost.records import dataclass
from symcost.syntax import ast
from symcost.syntax.parse import parse, parse_again, parse_stretch

LARGEST_FILE = 4_000_000
"""Bytes; a longer file is refused before it is read."""

PROJECT = ".symcost"
"""An empty file of this name says that a project begins in its folder."""

MAPPING = "hf"
"""The configuration whose right sides are names in a published file; it speaks of the models of its own file."""


@dataclass(frozen=True, slots=True, eq=False)
class Defined:
    """A module or model, and the file whose names it sees."""

    definition: ast.Definition
    unit: Unit
    called: str = ""
    """Under which name another file takes it, where that is another."""

    @property
    def name(self) -> str:
        return self.called or self.definition.name.text

    def __reduce__(self) -> tuple[Any, ...]:
        return _defined, (self.unit, self.definition.name.text, self.called)


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """A file of which another takes some names alone: `use Cell, Encoder as Reader from "cells.arch"`."""

    unit: Unit
    item: ast.Use


class Unit:
    """One file with its definitions and, flat, those of the files it uses.

    Raises the faults of names that are given twice.
    """

    decodes = ""
    """What it has been made for, if it stands nowhere: to go on with the texts of a model (see decoding.py)."""

    def __init__(self, tree: ast.File, used: tuple[Unit, ...] = (), taken: tuple[Taken, ...] = ()) -> None:
        self.tree = tree
        self.used = used
        self.taken = taken
        self.constants: dict[str, Constant] = {}
        """The constants that this file may read: its own, and those of the files it uses."""
        self.own: dict[str, Defined] = {}
        self.definitions: dict[str, Defined] = {}
        self.configs: dict[str, ast.Config] = {}
        self.mappings: list[ast.Config] = []
        self.dims: dict[str, ast.Dim] = {}
        """What each dimension means, also by the words of the files that this one uses."""
        self.own_dims: dict[str, ast.Dim] = {}
        """The dimensions that the modules of this file may read."""
        self.rates: dict[str, Fraction] = {}
        """How many of a dimension there are in a second, in models of this file: elsewhere it may be another."""
        self.names_set: dict[ast.Definition, Mapping[str, ast.Name]] = {}
        """What each of its definitions was found to set itself, as soon as one is built that may read dimensions."""
        self._signatures: dict[ast.Definition, Signature] = {}
        faults: list[SymcostError] = []
        for unit in used:
            faults += self._take_over(unit)
        for part in taken:
            faults += self._take(part)
        faults += self._read_constants()
        for item in self.tree.items:
            faults += self._enter(item)
        faults += self._read_rates()
        for kind in (ast.Dim, ast.Rate):
            faults += twice([item.name for item in tree.items if isinstance(item, kind)])
        if faults:
            raise gathered(faults)

    def __reduce__(self) -> tuple[Any, ...]:
        """By its text and those it uses, which travel along; of the library by name."""
        for name in self.own:
            if name in _library() and library_layer(name) is self:
                return library_layer, (name,)
        return _of_text, (self.tree.source, self.used, [(part.unit, part.item.span.start) for part in self.taken])

    def _read_constants(self) -> list[SymcostError]:
        """The constants of this file, put in where they are read; and what is wrong with them."""
        faults: list[SymcostError] = []
        for item in self.tree.items:
            if isinstance(item, ast.Const):
                try:
                    faults += self._keep(constants.worked_out(item, self.constants))
                except SymcostError as fault:
                    faults.append(fault)
        if self.constants and not faults:
            faults += constants.hidden(self.tree.items, self.constants)
            items = tuple(constants.put_in(item, self.constants) for item in self.tree.items)
            self.tree = ast.File(self.tree.source, items)
        return faults

    def _keep(self, constant: Constant) -> list[SymcostError]:
        known = self.constants.setdefault(constant.name.text, constant)
        if known is constant or known.name.span == constant.name.span:
            return []
        return [DuplicateName(constant.name.text, constant.name.span, known.name.span)]

    def _take(self, part: Taken) -> list[SymcostError]:
        """The names that are taken of a file, and what is wrong with them."""
        unit, faults = part.unit, list[SymcostError]()
        for picked in part.item.picked:
            name, called = picked.name.text, picked.called
            if name in unit.definitions:
                one = unit.definitions[name]
                renamed = replace(one, called=called.text if called.text != one.definition.name.text else "")
                faults += _put(self.definitions, called.text, renamed, called.span)
            elif name in unit.constants:
                faults += self._keep(Constant(called, unit.constants[name].value))
            else:
                known = [*unit.definitions, *unit.constants]
                faults.append(NotInFile(name, part.item.path.value, picked.name.span, known))
        self.dims |= unit.dims
        return faults

    def _take_over(self, unit: Unit) -> list[SymcostError]:
        """The names of a file that this one uses, and what is wrong with them."""
        faults: list[SymcostError] = []
        for name, defined in unit.definitions.items():
            faults += _put(self.definitions, name, defined, defined.definition.name.span)
        for constant in unit.constants.values():
            faults += self._keep(constant)
        self.configs |= unit.configs
        self.dims |= unit.dims
        return faults

    def _enter(self, item: ast.Item) -> list[SymcostError]:
        """The name of an item of this file, and what is wrong with it."""
        match item:
            case ast.Definition():
                return self._enter_definition(item)
            case ast.Config():
                named = [local.name for local in item.locals] + [entry.name for entry in item.entries]
                return twice(named) + self._enter_config(item)
            case ast.Dim():
                self._enter_dim(item)
        return []

    def _enter_definition(self, item: ast.Definition) -> list[SymcostError]:
        name = item.name
        self.own[name.text] = Defined(item, self)
        faults = _put(self.definitions, name.text, self.own[name.text], name.span)
        return faults + twice([port.name for port in item.ports])

    def _enter_dim(self, item: ast.Dim) -> None:
        """A dimension without words does not hide the words that a file in use has for it."""
        name = item.name.text
        self.own_dims[name] = item
        if item.words is not None or name not in self.dims:
            self.dims[name] = item

    def _read_rates(self) -> list[SymcostError]:
        """The rates of this file, of dimensions that its definitions have."""
        faults: list[SymcostError] = []
        definitions = [defined.definition for defined in self.own.values()]
        for item in self.tree.items:
            if isinstance(item, ast.Rate):
                try:
                    self.rates[item.name.text] = rates.a_second(item)
                    rates.counted(item, definitions)
                except SymcostError as fault:
                    faults.append(fault)
        return faults

    def _enter_config(self, config: ast.Config) -> list[SymcostError]:
        """A configuration under its name; only the mappings of published files demand and say something else."""
        name, faults = config.name, list[SymcostError]()
        if name.text == MAPPING:
            self.mappings.append(config)
            return _mapped_twice(config, self.mappings[:-1])
        known = self.configs.setdefault(name.text, config)
        faults += [MisplacedAssumption(demand.span) for demand in config.demands]
        only_there = [config.model, *config.types, *config.classes, config.like, *config.locals]
        faults += [MisplacedMapping(part.span) for part in only_there if part is not None][:1]
        if known is not config:
            faults.append(DuplicateName(name.text, name.span, known.name.span))
        return faults

    def find(self, name: str) -> Defined | None:
        """The definition a name means here: of this file, of the files it uses, of the library."""
        return self.definitions.get(name) or library_definition(name)

    def signature(self, definition: ast.Definition) -> Signature:
        """What one of its definitions asks of every call, looked for once."""
        known = self._signatures.get(definition)
        if known is None:
            known = self._signatures.setdefault(definition, signature_of(definition))
        return known

    def config(self, name: str, place: Span | None = None) -> ast.Config:
        """A configuration by its name.

        Raises UnknownConfig, NumbersElsewhere.
        """
        if name == MAPPING and self.mappings:
            raise NumbersElsewhere(name, self.mappings[0].name.span, place)
        if name not in self.configs:
            raise UnknownConfig(name, self.configs, place)
        return self.configs[name]

    @property
    def models(self) -> dict[str, Defined]:
        """The models that stand in this file itself."""
        return {name: defined for name, defined in self.own.items() if defined.definition.kind == "model"}

    @property
    def picked_models(self) -> list[Defined]:
        """The models that are taken by name from other files."""
        names = [picked.called.text for part in self.taken for picked in part.item.picked]
        found = [self.definitions[name] for name in names if name in self.definitions]
        return [defined for defined in found if defined.definition.kind == "model"]

    def assumptions(self) -> Iterator[ast.Divides | ast.Assume]:
        """Every `assume` that stands outside of definitions, used files first."""
        for unit in dict.fromkeys((*self.used, *(part.unit for part in self.taken))):
            yield from unit.assumptions()
        yield from self.own_assumptions

    @once
    def own_assumptions(self) -> tuple[ast.Divides | ast.Assume, ...]:
        """Every `assume` of this file that stands outside of definitions; looked for once, and not for each model."""
        return tuple(item for item in self.tree.items if isinstance(item, ast.Divides | ast.Assume))


def _defined(unit: Unit, name: str, called: str) -> Defined:
    return replace(unit.own[name], called=called) if called else unit.own[name]


def _of_text(source: Source, used: tuple[Unit, ...], taken: Sequence[tuple[Unit, int]]) -> Unit:
    tree = parse(source)
    uses = {item.span.start: item for item in tree.items if isinstance(item, ast.Use)}
    return Unit(tree, used, tuple(Taken(unit, uses[start]) for unit, start in taken))


def _mapped_twice(config: ast.Config, before: Sequence[ast.Config]) -> list[SymcostError]:
    """A fault for a mapping of the same model, types and classes as one before: which is meant, nobody can tell."""
    for other in before:
        if _speaks_of(config) & _speaks_of(other):
            return [DuplicateName(config.name.text, config.name.span, other.name.span)]
    return []


def _speaks_of(config: ast.Config) -> set[tuple[str, str, str]]:
    """Each model, type and class; an empty text for what is not said."""
    model = config.model.text if config.model else ""
    types = [word.value for word in config.types] or [""]
    classes = [word.value for word in config.classes] or [""]
    return {(model, kind, one) for kind in types for one in classes}


def twice(names: Sequence[ast.Name]) -> list[SymcostError]:
    """A fault for each name that stands in a list for the second time."""
    first: dict[str, ast.Name] = {}
    return [
        DuplicateName(name.text, name.span, first[name.text].span)
        for name in names
        if first.setdefault(name.text, name) is not name
    ]


def _put(table: dict[str, Defined], name: str, new: Defined, span: Span) -> list[SymcostError]:
    old = table.setdefault(name, new)
    return [] if old.definition is new.definition else [DuplicateName(name, span, old.definition.name.span)]


def read(path: Path, shown: str | None = None, place: Span | None = None) -> Source:
    """The text of a file.

    Raises UnreadableFile, FileTooLarge, NotText.
    """
    name = shown or str(path)
    return decode(_bytes(path, name, place), name, place)


def _bytes(path: Path, name: str, place: Span | None) -> bytes:
    """What stands in a file, as far as it is read. Raises UnreadableFile."""
    try:
        if _is_no_file(path):
            raise UnreadableFile(name, "it is no file", place)
        with path.open("rb") as stream:
            return stream.read(LARGEST_FILE + 1)
    except OSError as error:
        in_library = place is not None and _is_of_library(path.name)
        raise UnreadableFile(name, error.strerror or "it cannot be read", place, in_library=in_library) from None


def _is_no_file(path: Path) -> bool:
    """Whether something else is there: a folder, a device. A pipe can be read, and what is not there says so itself."""
    return path.exists() and not (path.is_file() or path.is_fifo())


def _is_of_library(name: str) -> bool:
    return any(stretch.source.name == f"library/{name}" for stretch in _library().values())


def decode(data: bytes, name: str, place: Span | None = None) -> Source:
    """Bytes as a source text; UTF-8, with or without a byte order mark.

    Raises FileTooLarge, NotText.
    """
    if len(data) > LARGEST_FILE:
        raise FileTooLarge(name, LARGEST_FILE, place)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotText(name, error.start, place) from None
    if "\0" in text:
        raise NotText(name, text.index("\0"), place)
    return Source(name, text.replace("\r\n", "\n"))


def open_file(path: str | Path) -> Unit:
    """A file and all it uses. Only files of its project are read through `use` (see `project_of`)."""
    path = Path(path)
    return open_source(read(path, str(path)), path)


def open_source(source: Source, path: Path | None = None, unsaved: Mapping[Path, str] | None = None) -> Unit:
    """A text, and what it uses when it stands in a file; `unsaved` are texts that hold instead of what is on disk."""
    if path is None:
        return _Reading(None, {}).unit(source, None, ())
    path = path.resolve()
    return _Reading(project_of(path), {}, unsaved or {}).unit(source, path, ())


def project_of(path: Path) -> Path:
    """The folder that no `use` leaves: the nearest one around a file that holds a file `.symcost`, else the file's own.

    So whoever hands on a folder decides for what lies in it, and for nothing around it.
    """
    for folder in path.parents:
        if (folder / PROJECT).is_file():
            return folder
    return path.parent


Chain = tuple[tuple[Path, Span], ...]
"""Files that use one another, each with the place of the `use`."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text being read with all it uses: the folder that is not left, and the files that are known already."""

    root: Path | None
    known: dict[Path, Unit]
    unsaved: Mapping[Path, str] = field(default_factory=dict)

    def unit(self, source: Source, path: Path | None, chain: Chain) -> Unit:
        """A text with all it uses. Raises the faults of every `use` in it."""
        tree = parse_again(source)
        used: dict[Unit, None] = {}
        taken: list[Taken] = []
        faults: list[SymcostError] = []
        for item in tree.items:
            if isinstance(item, ast.Use):
                try:
                    other = self._used(item, path, chain)
                except SymcostError as fault:
                    faults.append(fault)
                    continue
                if item.picked:
                    taken.append(Taken(other, item))
                else:
                    used[other] = None
        if faults:
            raise gathered(faults)
        unit = Unit(tree, tuple(used), tuple(taken))
        if path is not None:
            self.known[path] = unit
        return unit

    def _used(self, item: ast.Use, path: Path | None, chain: Chain) -> Unit:
        """The file that a `use` names. Raises UseOutside, UseCycle and the faults of reading it."""
        written, span = item.path.value, item.path.span
        if path is None or self.root is None:
            raise UseOutside(written, span, "a text that is no file cannot use one")
        target = self._target(written, path, span)
        if not target.is_relative_to(self.root):
            why = f"only files in `{self.root.name}/` and below are read"
            mend = f"an empty file `{PROJECT}` in a folder says that a project begins there"
            raise UseOutside(written, span, why, [mend])
        longer = (*chain, (path, span))
        _no_cycle(item.path, target, longer)
        if target in self.known:
            return self.known[target]
        shown = str(Path(span.source.name).parent / written)
        unsaved = self.unsaved.get(target)
        source = read(target, shown, span) if unsaved is None else Source(shown, unsaved)
        return self.unit(source, target, longer)

    @staticmethod
    def _target(written: str, path: Path, span: Span) -> Path:
        """The file that a `use` means, seen from the file it stands in. Raises UnreadableFile."""
        try:
            return (path.parent / written).resolve()
        except (OSError, RuntimeError, ValueError):
            raise UnreadableFile(written, "there is no such file", span) from None


def _no_cycle(written: ast.String, target: Path, chain: Chain) -> None:
    """Raises UseCycle where a file is used that is being read."""
    files = [file for file, _ in chain]
    if target in files:
        uses = [use for _, use in chain[files.index(target) : -1]]
        raise UseCycle(written.value, written.span, uses)


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Where a layer stands in the library."""

    source: Source
    begin: int
    end: int


LAYER = re.compile(r'^(?:"""(?:[^"]|"(?!""))*"""\s*)?module\s+(\w+)', re.MULTILINE)
"""How a layer of the library begins: with what it says of itself; it goes on to where the next one begins."""


@once_each
def _library() -> dict[str, Stretch]:
    """Every layer of the library; found without parsing, since most texts use a few of a hundred."""
    found: dict[str, Stretch] = {}
    for entry in sorted(packaged("symcost.library").iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".arch"):
            source = Source(f"library/{entry.name}", entry.read_text(encoding="utf-8"))
            heads = list(LAYER.finditer(source.text))
            ends = [*(head.start() for head in heads[1:]), len(source.text)]
            for head, end in zip(heads, ends, strict=True):
                found[head[1]] = Stretch(source, head.start(), end)
    return found


@once_each
def library_layer(name: str) -> Unit:
    """A layer of the library, parsed by itself; what it calls is found by name, in its file or another."""
    stretch = _library()[name]
    return Unit(parse_stretch(stretch.source, stretch.begin, stretch.end))


_of_library: dict[str, Defined] = {}
"""The layers of the library that were asked for, by name."""


def library_definition(name: str) -> Defined | None:
    """A layer of the library."""
    known = _of_library.get(name)
    if known is None and name in _library():
        known = _of_library.setdefault(name, library_layer(name).own[name])
    return known


def library_names() -> list[str]:
    """Every layer of the library, file by file in the order of the text."""
    return list(_library())
