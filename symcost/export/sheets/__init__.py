"""The kinds of `symcost latex` as pages, which Typst and Markdown print: every file here is one of them.

A file has a function `page(wish)`, which gives a `Page`. LaTeX has rooms of its own (`symcost.export.kinds`), as it is
told where each line breaks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from pkgutil import iter_modules

from symcost.export.kinds import Wish
from symcost.export.kinds.table import explanations
from symcost.export.naming import forms_in
from symcost.export.page import Page
from symcost.export.parts import Part
from symcost.values import SymbolInfo


def names() -> list[str]:
    """All kinds that are pages: the files of this folder."""
    return sorted(module.name for module in iter_modules(__path__))


def page(kind: str, wish: Wish) -> Page:
    """What was wished, as this kind has it.

    Raises TooManyBlocks, UnknownQuantity.
    """
    made: Page = import_module(f"{__name__}.{kind}").page(wish)
    return made


def symbols(wish: Wish) -> tuple[SymbolInfo, ...]:
    """The dimensions of all models, each once."""
    return tuple({info.name: info for _, model in wish.models for info in model.symbols}.values())


def explained(wish: Wish, parts: Sequence[Part]) -> Iterator[Part]:
    """The parts, and below them what the letters mean and what is assumed; named sizes are told by who writes."""
    yield from parts
    yield from explanations(wish, list(forms_in(tuple(parts))))
