"""The zoo: the architectures that ship with the package, and which of their files speaks of a published configuration.

>>> import symcost
>>> symcost.from_config({"model_type": "llama"}).params()
6738415616
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from symcost.arguments import FILE, NAME, NOTHING, VALUES, taking
from symcost.diagnostics import Source
from symcost.document import Document, load
from symcost.errors import UnknownType
from symcost.graph.files import PROJECT
from symcost.model import Model
from symcost.once import once_each
from symcost.packaged import files
from symcost.published.decoded import of_texts
from symcost.published.file import Published
from symcost.published.library import every_type
from symcost.records import dataclass

if TYPE_CHECKING:
    import tempfile
    from importlib.resources.abc import Traversable

MAPPING = re.compile(r"^config hf\b([^{]*)\{", re.MULTILINE)
"""The head of a mapping; found without parsing, so that one file of many is parsed."""

CONFIG = re.compile(r"^config (?!hf\b)(\w+)", re.MULTILINE)
TYPES = re.compile(r'\bfor\s+("[^"]*"(?:\s*,\s*"[^"]*")*)')
MODEL = re.compile(r"^\s*(?!for\b|as\b|like\b)(\w+)")


@dataclass(frozen=True, slots=True)
class Family:
    """A file of the zoo that reads published configurations: the types it speaks of, and sizes that it has itself."""

    path: Path
    types: tuple[str, ...]
    models: Mapping[str, tuple[str, ...]]
    """The models that are spoken of, by type."""
    sizes: tuple[str, ...]
    title: str

    @property
    def name(self) -> str:
        """As its file is called."""
        return self.path.stem


@once_each
def folder() -> Path:
    """The folder of the zoo: in the package where it is installed, beside it in a checkout; of an archive a copy."""
    for place in (files("symcost") / "examples", Path(__file__).parents[1] / "examples"):
        if isinstance(place, Path) and place.is_dir():
            return place
        if place.is_dir():
            return _copied(place)
    raise FileNotFoundError("examples/ is neither in the package nor beside it")


def _copied(place: Traversable) -> Path:
    """The files of an archive, where files can be read that use one another; gone when the program ends."""
    import tempfile

    held = tempfile.TemporaryDirectory(prefix="symcost-")
    _HELD.append(held)
    _copy(place, Path(held.name))
    return Path(held.name)


_HELD: list[tempfile.TemporaryDirectory[str]] = []


def _copy(place: Traversable, target: Path) -> None:
    target.mkdir(exist_ok=True)
    for entry in place.iterdir():
        if entry.is_dir():
            _copy(entry, target / entry.name)
        elif entry.name.endswith((".arch", PROJECT)):
            (target / entry.name).write_bytes(entry.read_bytes())


@once_each
def families() -> tuple[Family, ...]:
    """The files that read published configurations, by their names."""
    found: list[Family] = []
    for path in sorted(folder().rglob("*.arch")):
        text = path.read_text(encoding="utf-8")
        if heads := MAPPING.findall(text):
            found.append(_family(path, text, heads))
    return tuple(found)


def _family(path: Path, text: str, heads: list[str]) -> Family:
    models: dict[str, list[str]] = {}
    for head in heads:
        told, named = TYPES.search(head), MODEL.match(head)
        for name in re.findall(r'"([^"]*)"', told[1]) if told else ():
            models.setdefault(name, []).append(named[1] if named else "")
    by_type = {name: tuple(dict.fromkeys(spoken)) for name, spoken in models.items()}
    return Family(path, tuple(by_type), by_type, tuple(CONFIG.findall(text)), _title(text))


def _title(text: str) -> str:
    """The first sentence of a file."""
    comment = re.match(r"(?:#[^\n]*\n)+", text)
    words = " ".join(line.strip("# ") for line in comment[0].splitlines()) if comment else ""
    return re.split(r"(?<=[.!?])\s", words, maxsplit=1)[0]


def types() -> dict[str, Family]:
    """Each type that is spoken of, and the file that does."""
    found: dict[str, Family] = {}
    for family in families():
        for name in family.types:
            found.setdefault(name, family)
    return found


def speaking_of(kind: str, model: str | None = None) -> Iterator[Family]:
    """The files that speak of a type; those first that have the model, where one is asked for."""
    of_type = [family for family in families() if kind in family.types]
    yield from sorted(of_type, key=lambda family: model is not None and model not in family.models[kind])


@taking(config=FILE | VALUES, model=NAME | NOTHING)
def from_config(config: str | PathLike[str] | Mapping[str, object], model: str | None = None) -> Model:
    """The model of the zoo that a published `config.json` describes, with its numbers: a path, or what stands in one.

    `model` is the name of another model that reads the same file, such as `Generate`.
    Raises UnknownType, NotJson, OtherClass, OtherArchitecture, UnreadKey and the faults of reading a file.
    """
    return of_published(opened(config), model)


def opened(config: str | PathLike[str] | Mapping[str, object], name: str = "config") -> Published:
    """A published file: by its path, or what stands in one, which is called by a name then."""
    if isinstance(config, Mapping):
        import json

        return Published.read(Source(name, json.dumps(config, indent=2)))
    return Published.open(Path(config))


def of_published(file: Published, model: str | None = None) -> Model:
    """The same of a file that is open."""
    found = document_of(file, model).published(file, model)
    part = of_texts(file) if model is None else None
    return found if part is None else found.written_by(partial(of_published, part))


def document_of(file: Published, model: str | None = None) -> Document:
    """The file of the zoo that speaks of a published one. Raises UnknownType."""
    kind = file.entries.get("model_type")
    found = next(speaking_of(kind, model), None) if isinstance(kind, str) else None
    if found is None:
        place = file.place(("model_type",)) if kind is not None else None
        told = kind if isinstance(kind, str) else None
        exists = told in every_type()
        raise UnknownType(file.source.name, told, types(), place, _adapts(file), exists=exists)
    return load(found.path)


def _adapts(file: Published) -> str | None:
    """What a file says it adapts, where it is that of an adapter and describes no model."""
    base = file.entries.get("base_model_name_or_path")
    return (str(base) if base else "another model") if "peft_type" in file.entries else None
