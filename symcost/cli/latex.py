"""`symcost latex`: what goes into papers and lectures as it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from symcost.cli.common import Value, Width, all_option, convention_option, output_option, tell_assumptions, tell_doubts
from symcost.cli.formula import FORMS
from symcost.cli.models import models_of, parted, sizes_options, with_sizes
from symcost.cli.output import put
from symcost.cli.quantities import Asking, quantity_option
from symcost.cli.streams import tell

if TYPE_CHECKING:
    from symcost.export.kinds import Wish
    from symcost.model import Model


class KindName(click.ParamType):  # type: ignore[type-arg]  # likewise
    """The name of a kind: those that lie in the package."""

    name = "kind"

    def _choice(self) -> click.Choice:  # type: ignore[type-arg]  # likewise
        from symcost.export import kinds

        return click.Choice(kinds.names())

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """Made when help is printed."""
        return f"[{'|'.join(self._choice().choices)}]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return self._choice().convert(value, param, ctx)


def setting_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """How it is set."""
    for decorate in (
        click.option("--format", "writing", type=click.Choice(["latex", "typst", "markdown"]), default="latex",
                     show_default=True, help="Typst compiles as it is; Markdown has formulas between dollar signs."),
        click.option("--solutions", is_flag=True, help="An exercise with its solutions."),
        click.option("--units", type=click.Choice(["none", "si"]), default="none", show_default=True,
                     help="Numbers in tables as they are, or with k, M and G."),
        click.option("--landscape", is_flag=True, help="A table on its side."),
        click.option("--label", metavar="NAME", help=r"What \ref calls it."),
        click.option("--short", metavar="TEXT", help="The caption for the list of tables."),
        click.option("--caption", metavar="TEXT", help="A caption of your own for a table."),
        click.option("--width", type=Width(), metavar="LENGTH",
                     help=r"How wide it may be: 84mm, 3.5in, \columnwidth (240 pt), \textwidth (345 pt)."),
        click.option("--dmath", is_flag=True, help="A formula as `dmath` of breqn, which breaks its lines itself."),
        click.option("--powers", is_flag=True, help="D^2 for D·D."),
        click.option("--form", type=click.Choice(FORMS), default="author", show_default=True,
                     help="In which order of terms and factors."),
    ):  # fmt: skip
        command = decorate(command)
    return command


@click.command(
    cls=Asking,
    help="""\
Set a formula, its derivation, a table, a listing, slides or an exercise in LaTeX.

A fragment for \\input, its packages named in its first line; with --standalone a whole document.
""",
    epilog="""\b
Examples:
  symcost latex elman.arch                      (I \\cdot H + H \\cdot H) \\cdot T
  symcost latex elman.arch --width 84mm --powers
  symcost latex elman.arch --kind derivation --of depth
  symcost latex lstm.arch gru.arch --kind table --width \\columnwidth
  symcost latex elman.arch --kind table --standalone -o elman.tex && pdflatex elman
""",
)
@click.argument("given", nargs=-1, required=True, callback=parted, metavar="FILE[:MODEL]... [NAME=VALUE]...")
@click.option("--model", "name", metavar="NAME", help="Which model, if the file holds several.")
@sizes_options
@quantity_option
@click.option("--kind", type=KindName(), default="formula", show_default=True, help="What to set.")
@setting_options
@click.option(
    "--depth",
    type=click.IntRange(0),
    default=2,
    show_default=True,
    help="How deep the table goes into blocks.",
)
@all_option
@click.option("--standalone", is_flag=True, help="A whole document, ready for pdflatex.")
@convention_option
@output_option
def latex(
    given: tuple[list[str], dict[str, Value]], name: str | None, configs: tuple[str, ...], hf: str | None, inline: bool,
    kind: str, standalone: bool, writing: str, output: Path | None, **wishes: Any,
) -> None:  # fmt: skip
    """`symcost latex`"""
    from symcost.export import kinds
    from symcost.export.typesetting.document import document

    words, values = given
    if kind == "table":
        for_formulas_only({"quantity": "--of", "convention": "--convention"})
    models = chosen(words, name, configs, hf, inline=inline)
    sized = [(file, model.at(**values) if values else model) for file, model in models]
    wish = wished(sized, wishes)
    if writing == "latex":
        made = kinds.body(kind, wish)
        put(document(made, width=wish.width, landscape=wish.landscape) if standalone else made.fragment, output)
    else:
        put(on_a_page(kind, wish, writing), output)
    for _, model in sized:
        tell_assumptions(model, wish.quantity if kind == "formula" else None)
        tell_doubts(model)
        for remark in model.remarks:
            tell(remark)


TEX_ONLY = ("standalone", "width", "landscape", "label", "short", "dmath")
"""The options that other writings than LaTeX do not take."""


def on_a_page(kind: str, wish: Wish, writing: str) -> str:
    """A kind in Typst or Markdown.

    Raises UsageError for options that only LaTeX has.
    """
    from symcost.export import sheets, writings
    from symcost.export.page import Room

    context = click.get_current_context()
    for name in TEX_ONLY:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"`--{name}` belongs to `--format latex`")
    return writings.written(writing, sheets.page(kind, wish), Room(plain=True, powers=wish.powers))


def chosen(
    words: list[str], name: str | None, configs: tuple[str, ...], hf: str | None, *, inline: bool
) -> list[tuple[str, Model]]:
    """The model of one file, chosen as other commands do; or all that several files name."""
    from pathlib import PurePath

    from symcost.cli.common import open_model
    from symcost.cli.models import is_file

    if len(words) > 1:
        if name is not None:
            raise click.UsageError("`--model` goes with one file; of several, write FILE:MODEL")
        return with_sizes([pair for word in words for pair in models_of(word)], configs, hf, inline=inline)
    file, named = words[0], name
    if not is_file(file) and ":" in file:
        file, _, named = file.rpartition(":")
    if not is_file(file):
        raise click.BadParameter(f"there is no file {words[0]!r}")
    model = open_model(file, named, configs, hf, {})
    return [(PurePath(file).stem, model.inlined if inline else model)]


def wished(models: list[tuple[str, Model]], options: dict[str, Any]) -> Wish:
    """The options as one record."""
    from symcost.export.kinds import Wish

    return replace(Wish(models=models), **options)


def for_formulas_only(options: dict[str, str]) -> None:
    """Raises UsageError where one of these options is given with a table, which shows parameters and MACs."""
    context = click.get_current_context()
    for name, option in options.items():
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"`{option}` belongs to `--kind formula`: the table shows parameters and MACs")
