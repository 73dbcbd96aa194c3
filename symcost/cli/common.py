"""What the commands share: the file, its values and choices, and how results leave."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from symcost.cli.output import Target, put
from symcost.cli.streams import tell
from symcost.export import writings

if TYPE_CHECKING:
    from symcost.decoding import Kind
    from symcost.document import Document
    from symcost.export.page import Page
    from symcost.model import Model
    from symcost.published.file import Published

Value = int | Fraction | bool | str
"""What may stand behind `NAME=`. Whether it suits that dimension, the model decides."""


def assigned(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> dict[str, Value]:
    """`T=448 vocab=51_865 N=2^20 bias=false pad="same"` as a table; each name once."""
    written = each_once(given, "NAME=VALUE, such as T=448", ctx, param)
    return {name: literal(value) for name, value in written.items()}


def each_once(
    given: Sequence[str], form: str, ctx: click.Context | None = None, param: click.Parameter | None = None
) -> dict[str, str]:
    """What stands behind each name, as it was written; `form` says how it should be. Raises click.BadParameter."""
    values: dict[str, str] = {}
    for text in given:
        name, _, value = (part.strip() for part in text.partition("="))
        if not (name and value):
            raise click.BadParameter(f"{text[:LONGEST]!r} is not of the form {form}", ctx, param)
        if name in values:
            known = f"{name}={values[name]}"
            raise click.BadParameter(f"{name!r} is given twice: {known[:LONGEST]} and {text[:LONGEST]}", ctx, param)
        values[name] = value
    return values


LONGEST = 80
"""Characters of what was typed that a message repeats."""


def literal(written: str) -> Value:
    """A value as a file would have it: a number, `true`, `false`, a string; a bare word or expression is one too."""
    if written in ("true", "false"):
        return written == "true"
    if NUMBER.fullmatch(written):
        number = Fraction(written)
        return number.numerator if number.denominator == 1 else number
    if written[0] in "\"'":
        return written.strip("\"'")
    from symcost.values import number_in

    return number_in(written)


NUMBER = re.compile(r"[+-]?[0-9](_?[0-9]){0,999}(\.[0-9]{1,99})?")
"""What is read without the grammar: most values, and such as are too long for it. Turning even longer digits into a
number takes quadratic time.
"""


class File(click.Path):
    """A file that is there, or `-`; who writes `FILE:MODEL` where an option chooses the model is told of it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        file, _, name = str(value).rpartition(":")
        options = [] if ctx is None else [option for one in ctx.command.params for option in one.opts]
        is_behind = name.isidentifier() and os.path.isfile(file) and not os.path.exists(str(value))
        if is_behind and "--model" in options:
            self.fail(f"write {file} --model {name}: the model is chosen by an option here", param, ctx)
        return super().convert(value, param, ctx)


FILE = File(exists=True, dir_okay=False, allow_dash=True)
PUBLISHED = click.Path(exists=True, dir_okay=False)


def subject(command: Callable[..., Any]) -> Callable[..., Any]:
    """Hands the command its `model`: `FILE [NAME=VALUE]... --model --config --hf` choose it and give it numbers.

    `--step` and `--generate` ask for what goes on with the texts that it reads.
    """

    @wraps(command)
    def asked(
        file: str, name: str | None, configs: tuple[str, ...], hf: str | None, assignments: dict[str, Value],
        decode: Kind | None, inline: bool, **others: Any,
    ) -> Any:  # fmt: skip
        model = open_model(file, name, configs, hf, assignments, decode)
        model = model.inlined if inline else model
        result = command(model=model, **others)
        tell_doubts(model)
        for remark in model.remarks:
            tell(remark)
        return result

    decorated: Callable[..., Any] = asked
    for decorate in (
        inline_option,
        decode_options,
        click.option("--hf", type=PUBLISHED, metavar="FILE", help="Take the numbers of a Hugging Face config.json."),
        click.option("--config", "configs", multiple=True, metavar="NAME", help="Take the numbers of a configuration."),
        click.option("--model", "name", metavar="NAME", help="Which model, if the file holds several."),
        click.argument("assignments", nargs=-1, callback=assigned, metavar="[NAME=VALUE]..."),
        click.argument("file", type=FILE),
    ):
        decorated = decorate(decorated)
    return decorated


def decode_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--step` and `--generate`: what goes on with the texts that the file reads, as `decode`."""
    step = click.option(
        "--step", "decode", flag_value="step",
        help="A step with a cache: T tokens behind c that are kept, for B texts side by side.",
    )  # fmt: skip
    generate = click.option(
        "--generate", "decode", flag_value="generate",
        help="A prompt of T tokens and n tokens that are written behind it, for B texts side by side.",
    )  # fmt: skip
    return step(generate(command))


def inline_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--inline`: without names for sizes."""
    return click.option(
        "--inline", is_flag=True, help="Write out what the file calls by a name, such as `let d = D/heads`."
    )(command)  # fmt: skip


def convention_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--convention NAME` or a TOML file of one's own."""
    return click.option(
        "--convention", default="default", metavar="NAME|FILE", show_default=True,
        help="What each operation weighs in FLOPs.",
    )(command)  # fmt: skip


UNITS = {"pt": 1.0, "mm": 72.27 / 25.4, "cm": 72.27 / 2.54, "in": 72.27, "pc": 12.0, "em": 10.0}
LENGTHS = {r"\columnwidth": 240.0, r"\linewidth": 240.0, r"\textwidth": 345.0}
"""TeX's lengths are known only where the text is compiled: those of acmart with two
columns (IEEEtran's are wider, article's 200 pt) and of article with one."""
LEAST, MOST = 20.0, 5_000.0


class Width(click.ParamType):  # type: ignore[type-arg]  # generic in the newest click only
    r"""`84mm`, `3.5in`, `240pt`, `\\columnwidth`: in points."""

    name = "width"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        if value in LENGTHS:
            return LENGTHS[value]
        found = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,6})?)(pt|mm|cm|in|pc|em)", value.strip())
        points = float(found[1]) * UNITS[found[2]] if found else 0.0
        if not LEAST <= points <= MOST:
            self.fail(
                f"{value[:40]!r} is no width from {LEAST:.0f} pt on, such as 84mm, 3.5in or \\columnwidth", param, ctx
            )
        return points


WIDTH = "symcost.width"
"""Where a command remembers how wide a line of print is."""


class WritingName(click.ParamType):  # type: ignore[type-arg]  # generic in the newest click only
    """The name of a writing: those that lie in the package, and those that were registered."""

    name = "writing"

    def __init__(self, more: Sequence[str] = ()) -> None:
        self._more = more

    def _names(self) -> list[str]:
        return [*writings.names(), *self._more]

    def _choice(self) -> click.Choice:  # type: ignore[type-arg]  # likewise
        return click.Choice(self._names())

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """Made when help is printed, with what is registered by then; older clicks do not hand over the context."""
        return f"[{'|'.join(self._names())}]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str) and (value in self._more or writings.is_name(value)):
            return value
        return self._choice().convert(value, param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        return self._choice().shell_complete(ctx, param, incomplete)


def conventions_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--convention NAME` or a TOML file of one's own; several, or `all` that are shipped, side by side."""
    return click.option(
        "--convention", "conventions", default=("default",), metavar="NAME|FILE|all", show_default=True, multiple=True,
        help="What each operation weighs in FLOPs. Several stand side by side; `all` are those that are shipped.",
    )(command)  # fmt: skip


class Shipped(click.Option):
    """An option that names a data file; `folder` is where the shipped ones lie, which its help lists."""

    def __init__(self, *args: Any, folder: str, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.folder = folder

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Names only: no file is read for it."""
        from importlib.resources import files

        inside = (entry.name for entry in files("symcost").joinpath(self.folder).iterdir())
        names = sorted(name.removesuffix(".toml") for name in inside if name.endswith(".toml"))
        option, words = super().get_help_record(ctx) or ("", "")
        return option, f"{words} Shipped: {', '.join(names)}."


def optimizer_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--optimizer NAME` or a TOML file of one's own."""
    return click.option(
        "--optimizer", cls=Shipped, folder="optimizers", default="adam", metavar="NAME|FILE", show_default=True,
        help="The update of --training, or a TOML file of your own.",
    )(command)  # fmt: skip


def all_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--all`: blocks that cost nothing too."""
    return click.option(
        "--all", "every", is_flag=True, help="Blocks that cost nothing, too.  [default: json and csv only]"
    )(command)  # fmt: skip


def output_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--output FILE`."""
    return click.option(
        "-o",
        "--output",
        type=Target(),
        help="Write to a file, replaced as a whole; `-` is standard output.",
    )(command)


def result_options(command: Callable[..., Any], more: Sequence[str] = ()) -> Callable[..., Any]:
    """`--format WRITING` and `--output FILE`, for whatever prints a result; `more` are formats of this one alone."""
    option = click.option(
        "--format", "writing", type=WritingName(more), default="text", show_default=True, help="How to write it."
    )
    width = click.option(
        "--width", type=Width(), metavar="LENGTH", expose_value=False, callback=_remember_width,
        help=r"How wide a table in LaTeX may be: 84mm, 3.5in, \columnwidth.",
    )  # fmt: skip
    return option(width(output_option(command)))


def _remember_width(ctx: click.Context, param: click.Parameter, points: float | None) -> None:
    ctx.meta[WIDTH] = points


def open_document(file: str) -> Document:
    """The file, or standard input for `-`; of a published configuration the file of the zoo that speaks of it."""
    from symcost.document import Document

    found = open_any(file)
    if isinstance(found, Document):
        return found
    from symcost.zoo import document_of

    return document_of(found)


def open_any(file: str) -> Document | Published:
    """An architecture or a published configuration, told apart by how they begin; `-` is standard input."""
    import symcost
    from symcost.published.begins import holds_published

    if file == "-":
        text = standard_input()
        return _published(text) if holds_published(text) else symcost.loads(text, "<stdin>")
    return _published(file) if holds_published(_beginning(file), file) else symcost.load(file)


def _published(given: str | bytes) -> Published:
    """A published configuration: the path of one, or what stands on standard input."""
    from symcost.graph.files import decode
    from symcost.published.file import Published

    return Published.open(given) if isinstance(given, str) else Published.read(decode(given, "<stdin>"))


def _beginning(file: str) -> bytes:
    """The first bytes of a file; none where it cannot be read, which who opens it says better."""
    try:
        if not Path(file).is_file():  # a pipe is read once
            return b""
        with Path(file).open("rb") as stream:
            return stream.read(BEGINNING)
    except OSError:
        return b""


BEGINNING = 400
"""Bytes of a file that tell what it is."""


def standard_input() -> bytes:
    """What stands there, as far as it is read. Raises UnreadableFile."""
    from symcost.errors import UnreadableFile
    from symcost.graph.files import LARGEST_FILE

    if sys.stdin is None:
        raise UnreadableFile("<stdin>", "it is closed", None)
    try:
        return sys.stdin.buffer.read(LARGEST_FILE + 1)
    except OSError as problem:  # such as a folder
        raise UnreadableFile("<stdin>", problem.strerror or "it cannot be read", None) from None


def open_model(
    file: str, name: str | None, configs: tuple[str, ...], hf: str | None, assignments: dict[str, Value],
    decode: Kind | None = None,
) -> Model:  # fmt: skip
    """The chosen model with the numbers of configurations, of a published file, and of the command line put in."""
    model = _model(open_any(file), name, hf).in_general
    for config in configs:
        model = model.configured(config)
    if decode is not None:
        model = model.step() if decode == "step" else model.generate()
    return model.at(**assignments) if assignments else model


def _model(found: Document | Published, name: str | None, hf: str | None) -> Model:
    """The model of a file, with the numbers of a published one; or that of the zoo which a published file describes."""
    from symcost.document import Document

    if isinstance(found, Document):
        return found.model(name) if hf is None else found.published(_published(hf), name)
    if hf is not None:
        raise click.UsageError("a published configuration is given twice; `--hf` goes with an architecture")
    from symcost.zoo import of_published

    return of_published(found, name)


def tell_assumptions(model: Model, quantity: str | None = None) -> None:
    """On standard error, so that standard output stays the result alone; and what stands for some dimensions.

    With what the formula of a quantity needs besides.
    """
    for name, form in model.expressed.items():
        tell(f"with {name} = {form}")
    assumed = model.assumptions if quantity is None else model.assumed_for(quantity)
    for fact in model.still_assumed(assumed):
        tell(f"assuming {fact}")


def tell_expected(model: Model, quantity: str) -> None:
    """What a quantity counts as often as it is expected, on standard error: no number settles that.

    And for which sizes it is that number, where sizes are open.
    """
    from symcost.formula.assumed import not_expected

    holds = model.still_assumed(model.holds(quantity))
    for fact in model.assumed_for(quantity):
        if not not_expected(fact) or fact in holds:
            tell(f"assuming {fact}")


def tell_doubts(model: Model) -> None:
    """Notes on what may not be meant, on standard error; nothing of a model that cannot be built."""
    if not model.faults:
        for note in model.doubts:
            click.echo(f"\n{note}", err=True)


def deliver(page: Page, writing: str, output: Path | None) -> None:
    """Print a page in a writing, or replace a file by it."""
    from symcost.export.page import Room

    points = click.get_current_context().meta.get(WIDTH)
    put(writings.written(writing, page, Room(plain=output is not None, points=points)), output)
