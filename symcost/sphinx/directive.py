"""The directive: its options, the model that they speak of, and what is wrong with it as warnings of Sphinx."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from symcost import __version__
from symcost.document import Document, load, loads
from symcost.errors import SymcostError
from symcost.export.parts import Notes
from symcost.export.reports.formula import in_words
from symcost.model import Model
from symcost.pages import report
from symcost.questions import question
from symcost.records import dataclass
from symcost.sphinx.annotations import complete
from symcost.sphinx.nodes import Nodes

LOGGER = logging.getLogger(__name__)

SHOWN = ("text", "formula", "table")
"""What is shown, in this order, unless `show` names some of them."""

PUBLIC = (
    "symcost.build.body", "symcost.build.file", "symcost.document", "symcost.export.page", "symcost.guards",
    "symcost.model", "symcost.pages", "symcost.quantity",
)  # fmt: skip
"""Where what is public lives: with this extension, autodoc finds the types that are mentioned there."""

INSIDE = "<symcost>"
"""What a text is called that stands in the directive itself."""


def words(text: str) -> tuple[str, ...]:
    """`params, macs` or `params macs`."""
    return tuple((text or "").replace(",", " ").split())


def shown(text: str) -> tuple[str, ...]:
    """What is to be shown. Raises ValueError for something that cannot be."""
    named = words(text)
    for name in named:
        if name not in SHOWN:
            raise ValueError(f"nothing is shown as {name!r}: there are {', '.join(SHOWN)}")
    return named


def values(text: str) -> dict[str, object]:
    """`T=512 H=4*D bias=false`; each name once. Raises ValueError for anything else."""
    found: dict[str, object] = {}
    for pair in words(text):
        name, _, value = pair.partition("=")
        if not (name and value):
            raise ValueError(f"{pair!r} is not of the form NAME=VALUE, such as T=448")
        if name in found:
            raise ValueError(f"{name!r} is given twice")
        found[name] = value == "true" if value in ("true", "false") else value
    return found


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options as they were given."""

    model: str | None
    of: tuple[str, ...]
    config: str | None
    values: dict[str, object]
    show: tuple[str, ...]
    depth: int

    @classmethod
    def of_options(cls, options: dict[str, Any]) -> Wanted:
        """With what holds for those that were left out."""
        return cls(
            options.get("model"),
            options.get("of") or ("macs",),
            options.get("config"),
            options.get("values", {}),
            options.get("show") or SHOWN,
            options.get("depth", 1),
        )


class Symcost(SphinxDirective):
    """`.. symcost:: FILE`, or with the text inside."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Any]] = {
        "model": directives.unchanged_required,
        "of": words,
        "config": directives.unchanged_required,
        "values": values,
        "show": shown,
        "depth": directives.nonnegative_int,
    }

    def run(self) -> list[nodes.Node]:
        """The text, the formulas and the table; of a faulty text only itself, with a warning for each fault."""
        if bool(self.arguments) == bool(self.content):
            raise self.error("symcost: a file or a text is wanted, and not both")
        wanted = Wanted.of_options(self.options)
        try:
            document, text = self._opened()
        except SymcostError as wrong:
            self._warn(wrong)
            return []
        made: list[nodes.Node] = [_listing(text)] if "text" in wanted.show else []
        try:
            if wanted.show == ("text",):
                _check(document)
                return made
            return [*made, *_told(_model(document, wanted), wanted)]
        except SymcostError as wrong:
            self._warn(wrong)
            return made or [_listing(text)]

    def _opened(self) -> tuple[Document, str]:
        """The document and its text. Raises SymcostError."""
        if self.content:
            text = "\n".join(self.content)
            place = Path(self.env.doc2path(self.env.docname)).parent
            return loads(text, INSIDE, base=place), text
        relative, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(relative)
        return load(path), Path(path).read_text(encoding="utf-8").rstrip("\n")

    def _warn(self, wrong: SymcostError) -> None:
        for fault in wrong.faults:
            LOGGER.warning(
                "%s", _in_brief(fault), type="symcost", subtype=fault.report.code, location=self._place(fault)
            )

    def _begins(self) -> int:
        """The line before the text inside: docutils counts lines of the page, MyST those behind the opening fence."""
        counts_from_page = self.content_offset >= self.lineno
        return self.content_offset if counts_from_page else self.lineno + self.content_offset

    def _place(self, fault: SymcostError) -> str | tuple[str, int]:
        """Where a fault stands: in the file, in the text inside of the directive, or nowhere but at the directive."""
        label = fault.report.label
        if label is None:
            return self.env.docname, self.lineno
        if label.span.source.name == INSIDE:
            return self.env.docname, self._begins() + label.span.line
        return f"{label.span.source.name}:{label.span.line}"


def _in_brief(fault: SymcostError) -> str:
    """`cannot add [H] and [2*H]; the last axes differ`, in a line."""
    told = fault.report
    return "; ".join([told.message, *told.notes, *told.helps])


def _check(document: Document) -> None:
    """Raises SymcostError for what is wrong with any of its models."""
    for model in document.models.values():
        _ = model.graph


def _model(document: Document, wanted: Wanted) -> Model:
    """The model that is spoken of, with its numbers. Raises SymcostError."""
    model = document.model(wanted.model)
    if wanted.config is not None:
        model = model.configured(wanted.config)
    return model.at(**wanted.values) if wanted.values else model


def _told(model: Model, wanted: Wanted) -> Iterator[nodes.Node]:
    """The formulas and the table of a model."""
    writer = Nodes(model)
    if "formula" in wanted.show:
        for name in wanted.of:
            answer = model.quantity(name)
            told = question(name).words
            yield nodes.paragraph("", f"{told[0].upper()}{told[1:]}:")
            yield writer.displayed(answer.form)
        yield from writer.notes(Notes(in_words(_assumed(model, wanted.of))))
    if "table" in wanted.show:
        for part in report(model, depth=wanted.depth).parts():
            yield from writer.part(part)


def _assumed(model: Model, names: Iterable[str]) -> Iterable[Any]:
    """What is assumed for any of the quantities, once."""
    return dict.fromkeys(fact for name in names for fact in model.assumed_for(name))


def _listing(text: str) -> nodes.Node:
    return nodes.literal_block(text, text, language="none", classes=["symcost"])


def setup(app: Sphinx) -> dict[str, Any]:
    """As Sphinx calls it for each extension."""
    app.add_directive("symcost", Symcost)
    for name in PUBLIC:
        complete(name)
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}
