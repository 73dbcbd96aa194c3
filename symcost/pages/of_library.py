"""Pages of the library, the zoo, and files that are checked."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING

from symcost.arguments import FLAG, NAME, NOTHING, Kind, each, taking
from symcost.errors import UnknownFamily, UnknownLayer
from symcost.pages.given import DOCUMENTS, is_document

if TYPE_CHECKING:
    from symcost.document import Document
    from symcost.export.page import Page
    from symcost.export.reports.catalogue import Entry
    from symcost.export.reports.families import Shelf
    from symcost.zoo import Family


@taking(name=NAME | NOTHING)
def layers(name: str | None = None) -> Page:
    """The layers of the library, or one with its documentation, formulas and text.

    Raises UnknownLayer.
    """
    from symcost.conventions import load
    from symcost.export.reports import catalogue
    from symcost.graph.files import library_names

    names, convention = library_names(), load("default")
    if name is None:
        return catalogue.page([_entry(each) for each in names], convention)
    if name not in names:
        raise UnknownLayer(name, names)
    return catalogue.layer_page(_entry(name), convention)


def _entry(name: str) -> Entry:
    """A layer of the library by its name."""
    from symcost.export.reports.catalogue import Entry
    from symcost.graph.files import library_definition
    from symcost.instance import Instance
    from symcost.model import Model

    defined = library_definition(name)
    assert defined is not None  # it is listed
    definition = defined.definition
    return Entry(
        signature=" ".join(definition.head.text.split()).removeprefix("module "),
        doc=definition.doc or "",
        source=definition.span.text,
        file=defined.unit.tree.source.name,
        model=Model(Instance(defined), defined.unit),
    )


@taking(name=NAME | NOTHING)
def models(name: str | None = None) -> Page:
    """The zoo: families, the types of published configurations they read, and their sizes; or one of them.

    `name` is a type (`qwen3_moe`) or a family (`qwen`). Raises UnknownFamily.
    """
    from symcost import zoo
    from symcost.export.reports import families

    known = zoo.families()
    if name is None:
        return families.page(list(map(_shelf, known)))
    found = [family for family in known if name in _names(family)]
    if not found:
        raise UnknownFamily(name, list(chain.from_iterable(map(_names, known))))
    of_one_type = None if name == found[0].name else name
    return families.family_page(list(map(_shelf, found)), of_one_type)


def _names(family: Family) -> tuple[str, ...]:
    """What a family can be asked for by: its own name, or one of the types it reads."""
    return (family.name, *family.types)


def _shelf(family: Family) -> Shelf:
    """A family as reports have it."""
    from symcost import zoo
    from symcost.export.reports.families import Shelf

    return Shelf(
        name=family.name,
        title=family.title,
        file=family.path.relative_to(zoo.folder()).as_posix(),
        types=family.types,
        sizes=family.sizes,
        models=dict(family.models),
        text=family.path.read_text(encoding="utf-8"),
    )


@taking(documents=DOCUMENTS, verbose=FLAG)
def check(documents: Document | Iterable[Document], *, verbose: bool = False) -> Page:
    """What came of the `expect` blocks of documents; `Document.check` gives them one by one.

    Faults of a document count as its verdict.
    """
    from symcost.document import Document
    from symcost.export.reports.check import page
    from symcost.guards import judged

    if isinstance(documents, Document):
        given = [documents]
    else:
        given = list(each("check", "documents", Kind("documents", is_document), iter(documents)))
    return page([judged(document) for document in given], verbose=verbose)
