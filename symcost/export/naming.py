"""Named sizes on a page: a name means one thing there, and what it means stands below."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from symcost.formula import Form
from symcost.formula.named import Naming, inlined, names_in

if TYPE_CHECKING:
    from symcost.diagnostics import Span
    from symcost.export.page import Page
    from symcost.export.parts import Line, Part
    from symcost.formula.form import Let

Anything = TypeVar("Anything")


def told(page: Page) -> Page:
    """The page with what its names of sizes mean.

    A name that means something else on it, to another model or as a dimension, is written out.
    """
    taken = {info.name for info in page.symbols}
    known: dict[str, Any] = {}
    if page.alone is not None:
        if not names_in(page.alone):
            return page
        naming = Naming((page.alone,), taken)
        alone = naming.of(page.alone)
        known = {"alone": alone, "where": naming.said((alone,))}
    if page.brief is not None:
        known["brief"] = lambda brief=page.brief: _with_meanings(list(brief()), taken)
    if page.data is not None:
        known["data"] = lambda data=page.data: _data(data(), taken)
    return replace(page, parts=lambda: _with_meanings(list(page.parts()), taken), **known)


def without_names(page: Page) -> Page:
    """The page with all sizes written out, for who reads a cell by itself."""
    records = page.records
    return replace(
        page,
        parts=lambda: [mapped(part, inlined) for part in page.parts()],
        records=None if records is None else lambda: mapped(records(), inlined),
    )


def where(lets: Iterable[Let]) -> Line:
    """`where d = D/heads, T2 = ceil(T/2)`"""
    pieces = [piece for let in lets for piece in (", ", let, " = ", let.value)]
    return ("where ", *pieces[1:])


def settings(parts: Iterable[Part]) -> Iterator[tuple[str, str | None, Span | None]]:
    """How the named sizes on a page want to be set in LaTeX, and where that was written."""
    for let in names_in(*forms_in(tuple(parts))).values():
        yield let.name, let.latex, let.origin


def _with_meanings(parts: list[Part], taken: set[str]) -> list[Part]:
    from symcost.export.parts import Legend, Notes

    if not names_in(*forms_in(parts)):
        return parts
    naming = Naming(forms_in(parts), taken)
    changed: list[Part] = [mapped(part, naming.of) for part in parts]
    lets = naming.said(forms_in(changed))
    if not lets:
        return changed
    # The words of the names stand with those of the letters.
    for place, part in enumerate(changed):
        if isinstance(part, Legend):
            changed[place] = _explained(part, lets)
            break
    return [*changed, Notes((where(lets),))]


def _explained(legend: Any, lets: Iterable[Let]) -> Any:
    """What the letters mean, and the names that have words."""
    from symcost.export.parts import Letter

    return replace(legend, letters=(*legend.letters, *(Letter(let.name, None, let.words) for let in lets if let.words)))


def _data(data: Mapping[str, Any], taken: set[str]) -> Mapping[str, Any]:
    if not names_in(*forms_in(data)):
        return data
    naming = Naming(forms_in(data), taken)
    changed = mapped(data, naming.of)
    lets = naming.said(forms_in(changed))
    if not lets:
        return changed
    return {**changed, "where": {let.name: {"form": let.value, "words": let.words} for let in lets}}


# What holds forms --------------------------------------------------------------------------------


def forms_in(value: object) -> Iterator[Form]:
    """The forms in parts of a page, or in what is for programs, in the order of the page."""
    if isinstance(value, Form):
        yield value
    else:
        for inner in _inside(value):
            yield from forms_in(inner)


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return value.values()
    if isinstance(value, tuple | list):
        return value
    return _attributes(value).values()


def _attributes(value: object) -> dict[str, Any]:
    """The fields of a part, by name; none of what is no part."""
    if isinstance(value, type) or not is_dataclass(value):
        return {}
    return {field.name: getattr(value, field.name) for field in fields(value)}


def mapped(value: Anything, change: Callable[[Form], Form]) -> Anything:
    """The same with its forms changed."""
    return _mapped(value, change)  # type: ignore[no-any-return]


def _mapped(value: Any, change: Callable[[Form], Form]) -> Any:
    match value:
        case Form():
            return change(value)
        case Mapping():
            return {key: _mapped(inner, change) for key, inner in value.items()}
        case tuple() | list():
            return type(value)(_mapped(inner, change) for inner in value)
        case _:
            return _mapped_fields(value, change)


def _mapped_fields(value: Any, change: Callable[[Form], Form]) -> Any:
    """A part with its forms changed; what is no part stays."""
    attributes = _attributes(value)
    return replace(value, **_mapped(attributes, change)) if attributes else value
