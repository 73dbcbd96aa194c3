"""The page put together: its template, what scripts and styles it has, and what stands in it without them."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from gzip import compress
from hashlib import sha256
from html import escape
from importlib.resources import files
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from symcost.conventions import Convention, load
from symcost.errors import NotForAPage, OpenWeights, SymcostError, ValueTooLarge
from symcost.export.webpage.colours import coloured
from symcost.export.webpage.data import Book, of_model
from symcost.export.webpage.packed import SIGNS, packed
from symcost.export.webpage.pictured import Pictures
from symcost.export.webpage.variants import lacks_values, variants
from symcost.formula import TooLarge
from symcost.once import once_each
from symcost.questions import question, questions

if TYPE_CHECKING:
    from pathlib import Path

    from symcost.diagnostics import Source
    from symcost.export.webpage.variants import Variants
    from symcost.model import Model

SCRIPTS = ("exact.js", "state.js", "view.js", "plots.js", "page.js")
"""In the order in which they stand on the page."""

FONT = "math.woff2"
"""Letters and signs of formulas, cut out of STIX Two Math; its licence lies beside it."""

MOST_PLAIN = 150_000
"""Data of more characters are compressed: those of a family of models shrink to a tenth."""

STATIC = ("params", "macs", "flops", "depth")
"""The formulas that are there without any script."""


def webpage(
    models: Sequence[Model], *, of: str = "macs", convention: str | Path | Convention = "default",
    draw: Callable[[Model], str] | None = None, left_out: list[tuple[str, SymcostError]] | None = None,
    version: str = "",
) -> str:  # fmt: skip
    """One HTML file about models: their formulas, what each line and block costs, a slider for each size.

    `of` is the quantity that it begins with; `draw` makes a picture in SVG, or nothing. Models that cannot be built
    without values which they were not given are left out, and gathered in `left_out`; all others count.

    Raises NotForAPage, OpenWeights, and SymcostError with what is wrong with a model, or with all of them.
    """
    _check(of)
    book = Book(_in_numbers(convention), of)
    found = _those_that_can_be_built(models, left_out)
    try:
        data = [of_model(one, book) for one in found]
    except TooLarge as big:
        raise ValueTooLarge(str(big)) from None
    pictures = {} if draw is None else {one.name: draw(one.graphs[one.variant]) for one in found}
    return _Page(data, book, Pictures(pictures), version).text()


def _check(quantity: str) -> None:
    """Raises NotForAPage, UnknownQuantity."""
    kind = question(quantity, "sum", "depth").kind
    if kind != "sum" and quantity != "depth":
        raise NotForAPage(quantity)


def _in_numbers(convention: str | Path | Convention) -> Convention:
    """A convention whose weights are numbers. Raises OpenWeights and the faults of reading one."""
    told = convention if isinstance(convention, Convention) else load(convention)
    if any(weight.free_symbols for weight in told.weights.values()):
        raise OpenWeights(told.name)
    return told


def _those_that_can_be_built(
    models: Iterable[Model], left_out: list[tuple[str, SymcostError]] | None
) -> list[Variants]:
    found: list[Variants] = []
    wrong: list[tuple[str, SymcostError]] = []
    for model in models:
        try:
            found.append(variants(model))
        except SymcostError as fault:
            if not lacks_values(fault):
                raise
            wrong.append((model.name, fault))
    if not found:
        raise wrong[0][1]
    if left_out is not None:
        left_out += wrong
    return found


class _Page:
    """The pieces of a page."""

    def __init__(self, data: list[dict[str, Any]], book: Book, pictures: Pictures, version: str) -> None:
        self._version = version
        self._data = data
        self._book = book
        self._pictures = pictures

    def text(self) -> str:
        """The whole file."""
        style, script = style_of_page(), script_of_page()
        styles = [style, *self._pictures.styles]
        names = map(_file_name, self._sources_of_models)
        return filled(
            read("page.html"),
            policy=policy(styles, script),
            version=escape(self._version),
            title=escape(self._title),
            styles="\n".join(f"<style>{one}</style>" for one in styles),
            files=escape(", ".join(dict.fromkeys(name for name in names if not name.startswith("<")))),
            heading=escape(self._data[0]["name"]),
            doc=escape(self._data[0]["doc"]),
            counted=self._counted,
            formulas=self._formulas(),
            pictures=self._pictures.html,
            sources="\n".join(map(self._source, range(len(self._book.sources.all)))),
            footer=f"Counted by symcost {escape(self._version)}. The formulas were derived from the text; "
            "this page works every number out exactly.",
            data=data_element(self._json()),
            script=script,
        )

    @property
    def _title(self) -> str:
        names = [model["name"] for model in self._data]
        shown = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
        return f"{shown}: what it costs" if len(names) == 1 else f"{shown}: what they cost"

    @property
    def _sources_of_models(self) -> list[Source]:
        sources = self._book.sources.all
        return [sources[model["source"]] for model in self._data]

    @property
    def _counted(self) -> str:
        told = self._book.convention
        ignored = f" Left out: {', '.join(told.ignored)}." if told.ignored else ""
        return (
            '<details class="counted"><summary>Counted for one example, forward; FLOPs: '
            f"{escape(told.title)}.</summary><p>A MAC is one multiplication with the addition of its product. "
            f"FLOPs are those of the convention “{escape(told.name)}”.{escape(ignored)}</p>"
            f"<p>{escape(told.source)}</p></details>"
        )

    # Without a script ---------------------------------------------------------------------------------

    def _formulas(self) -> str:
        """A table of formulas for each model."""
        return "\n".join(map(self._table, self._data))

    def _table(self, model: Mapping[str, Any]) -> str:
        quantities = model["variants"][model["start"]["variant"]]["quantities"]
        rows = "".join(self._row(name, quantities[name]) for name in STATIC if name in quantities)
        name = escape(model["name"])
        return (
            f'<table class="totals"><caption>{name}</caption><thead><tr><th scope="col">Quantity</th>'
            f'<th scope="col">Formula</th></tr></thead><tbody>{rows}</tbody></table>'
        )

    def _row(self, name: str, quantity: Mapping[str, Any]) -> str:
        words = escape(_capital(questions()[name].words))
        return f'<tr><th scope="row">{words}</th><td class="formula-cell">{self._math(quantity["math"])}</td></tr>'

    def _math(self, number: int) -> str:
        inside, spoken = self._book.math.all[number]
        return f'<math alttext="{escape(spoken)}"><mrow>{inside}</mrow></math>'

    def _source(self, number: int) -> str:
        """A text with room for the cost of every line; the first one is open."""
        source = self._book.sources.all[number]
        lines = coloured(source.text)
        rows = "".join(
            f'<tr id="s{number}-{line}"><td class="c"></td><td class="b"></td><th class="n" scope="row">{line}</th>'
            f"<td>{text}</td></tr>"
            for line, text in enumerate(lines, 1)
        )
        label = escape(_file_name(source))
        opened = " open" if number == 0 or source in self._sources_of_models else ""
        return (
            f'<details class="source"{opened}><summary>{label}</summary>'
            f'<div class="code" role="region" tabindex="0" aria-label="{label}">'
            f'<table aria-label="{label}, line by line"><tbody>{rows}</tbody></table></div></details>'
        )

    # For the script -----------------------------------------------------------------------------------

    def _json(self) -> str:
        asked = dict.fromkeys(
            name for model in self._data for variant in model["variants"] for name in variant["quantities"]
        )
        known = questions()
        data = {
            "models": self._data,
            "start": 0,
            "of": self._book.of,
            "questions": {name: {"words": _capital(known[name].words), "unit": known[name].unit} for name in asked},
            "math": [[packed(inside), spoken] for inside, spoken in self._book.math.all],
            "signs": SIGNS,
        }
        return as_data(data)


def as_data(value: Any) -> str:
    """JSON that no browser takes for the end of a script, whatever stands in it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def data_element(text: str) -> str:
    """The element in which the data of a page stand; `data-packed` says that they are compressed."""
    if len(text) <= MOST_PLAIN:
        return f'<script type="application/json" id="data">{text}</script>'
    packed_text = b64encode(compress(text.encode(), mtime=0)).decode()
    return f'<script type="text/plain" id="data" data-packed="gzip">{packed_text}</script>'


def filled(template: str, **pieces: str) -> str:
    """A template with its `{{names}}` replaced, in one go: what is put in is not looked at again."""
    return re.sub(r"\{\{(\w+)\}\}", lambda found: pieces[found[1]], template)


def policy(styles: Iterable[str], script: str) -> str:
    """Nothing may be loaded but the font that the style holds, and no other script or style runs than these."""
    hashes = " ".join(f"'{digest(style)}'" for style in styles)
    return (
        f"default-src 'none'; style-src {hashes}; script-src '{digest(script)}'; font-src data:; base-uri 'none'; "
        "form-action 'none'"
    )


def digest(text: str) -> str:
    """As a Content-Security-Policy names what may run."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


@once_each
def read(name: str) -> str:
    """A file that lies here."""
    return files(__package__ or "").joinpath(name).read_text(encoding="utf-8").strip()


@once_each
def font(name: str) -> str:
    """A font that lies here, as an address that holds it."""
    data = files(__package__ or "").joinpath(name).read_bytes()
    return f"data:font/woff2;base64,{b64encode(data).decode()}"


def style_of_page() -> str:
    """The style of every page, with the font of its formulas."""
    return filled(read("page.css"), font=font(FONT))


def script_of_page() -> str:
    """All scripts as one, which leaves no names behind."""
    body = "\n".join(map(read, SCRIPTS))
    return f'(async () => {{\n"use strict";\n{body}\n}})();'


def _file_name(source: Source) -> str:
    """The name of a file without its folders, which are nobody's matter."""
    return PurePath(source.name).name or source.name


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
