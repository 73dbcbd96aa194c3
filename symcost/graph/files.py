"""Files and the library: which texts belong together, and which definition a name means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files as resources
from pathlib import Path

from symcost.diagnostics import Source, Span
from symcost.errors import (
    DuplicateName,
    FileTooLarge,
    MisplacedAssumption,
    NotText,
    NumbersElsewhere,
    SymcostError,
    UnknownConfig,
    UnreadableFile,
    UseCycle,
    UseOutside,
    gathered,
)
from symcost.graph.values import Defined
from symcost.syntax import ast
from symcost.syntax.parse import parse

LARGEST_FILE = 4_000_000
"""Bytes; a longer file is refused before it is read."""

MAPPING = "hf"
"""The configuration whose right sides are names in a published file; it speaks of the models of its own file."""


class Unit:
    """One file with its definitions and, flat, those of the files it uses."""

    def __init__(self, tree: ast.File, used: tuple[Unit, ...] = ()) -> None:
        self.tree = tree
        self.used = used
        self.own: dict[str, Defined] = {}
        self.definitions: dict[str, Defined] = {}
        self.configs: dict[str, ast.Config] = {}
        self.mapping: ast.Config | None = None
        self.dims: dict[str, ast.Dim] = {}
        faults: list[SymcostError] = []
        for unit in used:
            for name, defined in unit.definitions.items():
                faults += _put(self.definitions, name, defined, defined.definition.name.span)
            self.configs |= unit.configs
            self.dims |= unit.dims
        for item in tree.items:
            match item:
                case ast.Definition(name=called):
                    self.own[called.text] = Defined(item, self)
                    faults += _put(self.definitions, called.text, self.own[called.text], called.span)
                    faults += twice([port.name for port in item.ports])
                case ast.Config(name=called):
                    faults += twice([entry.name for entry in item.entries])
                    if called.text == MAPPING:
                        known = self.mapping = self.mapping or item
                    else:
                        known = self.configs.setdefault(called.text, item)
                        faults += [MisplacedAssumption(assumed.span) for assumed in item.assumptions]
                    if known is not item:
                        faults.append(DuplicateName(called.text, called.span, known.name.span))
                case ast.Dim(name=called):
                    self.dims[called.text] = item
        faults += twice([item.name for item in tree.items if isinstance(item, ast.Dim)])
        if faults:
            raise gathered(faults)

    def find(self, name: str) -> Defined | None:
        """The definition a name means here: of this file, of the files it uses, of the library."""
        return self.definitions.get(name) or library_definition(name)

    def config(self, name: str, at: Span | None = None) -> ast.Config:
        """A configuration by its name.

        Raises UnknownConfig, NumbersElsewhere.
        """
        if name == MAPPING and self.mapping is not None:
            raise NumbersElsewhere(name, self.mapping.name.span, at)
        if name not in self.configs:
            raise UnknownConfig(name, self.configs, at)
        return self.configs[name]

    @property
    def models(self) -> dict[str, Defined]:
        """The models that stand in this file itself."""
        return {name: defined for name, defined in self.own.items() if defined.definition.kind == "model"}

    def assumptions(self) -> Iterator[ast.Divides | ast.Assume]:
        """Every `assume` that stands outside of definitions, used files first."""
        for unit in self.used:
            yield from unit.assumptions()
        for item in self.tree.items:
            if isinstance(item, ast.Divides | ast.Assume):
                yield item


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


def read(path: Path, shown: str | None = None, at: Span | None = None) -> Source:
    """The text of a file.

    Raises UnreadableFile, FileTooLarge, NotText.
    """
    name = shown or str(path)
    try:
        if not path.is_file() and path.exists() and not path.is_fifo():
            raise UnreadableFile(name, "it is no file", at)
        with path.open("rb") as stream:
            data = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise UnreadableFile(name, error.strerror or "it cannot be read", at) from None
    return decode(data, name, at)


def decode(data: bytes, name: str, at: Span | None = None) -> Source:
    """Bytes as a source text; UTF-8, with or without a byte order mark.

    Raises FileTooLarge, NotText.
    """
    if len(data) > LARGEST_FILE:
        raise FileTooLarge(name, LARGEST_FILE, at)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotText(name, error.start, at) from None
    if "\0" in text:
        raise NotText(name, text.index("\0"), at)
    return Source(name, text.replace("\r\n", "\n"))


def open_file(path: str | Path) -> Unit:
    """A file and all it uses. Only files in its own folder and below are read through `use`."""
    path = Path(path)
    return open_source(read(path, str(path)), path)


def open_source(source: Source, path: Path | None = None) -> Unit:
    """A text, and what it uses when it stands in a file."""
    root = path.resolve().parent if path else None
    return _open(source, path.resolve() if path else None, root, {}, ())


def _open(
    source: Source,
    path: Path | None,
    root: Path | None,
    known: dict[Path, Unit],
    stack: tuple[tuple[Path, Span], ...],
) -> Unit:
    tree = parse(source)
    used: list[Unit] = []
    faults: list[SymcostError] = []
    for item in tree.items:
        if isinstance(item, ast.Use):
            try:
                unit = _use(item, path, root, known, stack)
                if unit not in used:
                    used.append(unit)
            except SymcostError as fault:
                faults.append(fault)
    if faults:
        raise gathered(faults)
    unit = Unit(tree, tuple(used))
    if path is not None:
        known[path] = unit
    return unit


def _use(
    item: ast.Use,
    path: Path | None,
    root: Path | None,
    known: dict[Path, Unit],
    stack: tuple[tuple[Path, Span], ...],
) -> Unit:
    written, span = item.path.value, item.path.span
    if path is None or root is None:
        raise UseOutside(written, span, "a text that is no file cannot use one")
    try:
        target = (path.parent / written).resolve()
    except (OSError, RuntimeError, ValueError):
        raise UnreadableFile(written, "there is no such file", span) from None
    if not target.is_relative_to(root):
        raise UseOutside(written, span, f"only files in `{root.name}/` and below are read")
    chain = (*stack, (path, span))
    for place, (earlier, _) in enumerate(chain):
        if earlier == target:
            raise UseCycle(written, span, [s for _, s in chain[place:-1]])
    if target in known:
        return known[target]
    shown = str(Path(span.source.name).parent / written)
    return _open(read(target, shown, span), target, root, known, chain)


@cache
def _library_index() -> dict[str, str]:
    """Which library file defines a name; found without parsing."""
    index: dict[str, str] = {}
    for entry in sorted(resources("symcost.library").iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".arch"):
            text = entry.read_text(encoding="utf-8")
            index |= dict.fromkeys(re.findall(r"^module\s+(\w+)", text, re.MULTILINE), entry.name)
    return index


@cache
def library_file(name: str) -> Unit:
    """One file of the library, parsed."""
    text = (resources("symcost.library") / name).read_text(encoding="utf-8")
    return Unit(parse(Source(f"library/{name}", text)))


def library_definition(name: str) -> Defined | None:
    """A layer of the library."""
    file = _library_index().get(name)
    return library_file(file).own[name] if file else None


def library_names() -> list[str]:
    """Every layer of the library, file by file in the order of the text."""
    return list(_library_index())
