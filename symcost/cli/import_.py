"""`symcost import`: a PyTorch model in, its text out."""

from __future__ import annotations

import re
from pathlib import Path

import click

from symcost.cli.common import each_once, output_option
from symcost.cli.output import put
from symcost.cli.streams import tell

Lists = dict[str, tuple[int, ...]]

SIZE = re.compile(r"[1-9][0-9]{0,17}")


def _lists(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> Lists:
    """`width=64,96,160` as a table; each key once."""
    form = "NAME=VALUE,VALUE,..., such as width=64,96,160"
    found: Lists = {}
    for key, values in each_once(given, form, ctx, param).items():
        numbers = [part.strip() for part in values.split(",")]
        if not all(SIZE.fullmatch(one) for one in numbers):
            raise click.BadParameter(f"{f'{key}={values}'!r} is not of the form {form}", ctx, param)
        found[key] = tuple(map(int, numbers))
    return found


@click.command(
    "import",
    help="""\
Make the .arch text of a PyTorch model.

SOURCE is torchvision:NAME, timm:NAME, hf:config.json (or the name of a type of transformers),
package.module:function for a function that returns a module and its inputs, or FILE.onnx; several files of one model
at several sizes name its widths.

This runs the model's code, in a process of its own with bounds of time and memory. No weights are read. Before
anything is written, parameters and MACs are compared with PyTorch's own counts. Needs PyTorch: pip install
'symcost[import]'.
""",
    epilog="""\b
Examples:
  symcost import torchvision:resnet50 -o resnet50.arch
  symcost import hf:config.json --vary hidden_size=512,768,1280 --vary num_attention_heads=8,6,16
  symcost import my_package.my_module:make --vary width=64,96,160 --vary depth=3,4,5
  symcost import torchvision:fasterrcnn_resnet50_fpn --module backbone
  symcost import model.onnx
  symcost import small.onnx large.onnx
""",
)
@click.argument("source")
@click.argument("others", nargs=-1, metavar="[FILE.onnx ...]")
@click.option(
    "--vary", multiple=True, callback=_lists, metavar="NAME=VALUE,...",
    help="Make the model at several sizes, and name its sizes by this key; one value sets it.",
)  # fmt: skip
@click.option("--module", "part", metavar="PATH", help="Only a part of the model, such as `backbone`.")
@click.option("--plain", is_flag=True, help="Sizes as numbers, those of the first values given.")
@click.option("--flat", is_flag=True, help="One plain list of statements, without modules and names.")
@click.option("--graph", is_flag=True, help="Write what was captured, for `symcost import graph:FILE` without PyTorch.")
@click.option("--seconds", type=click.IntRange(1, 86400), default=300, show_default=True, help="How long it may take.")
@click.option(
    "--gigabytes", type=click.IntRange(1, 4096), default=16, show_default=True, help="Address space it may use."
)
@output_option
def import_(
    source: str,
    others: tuple[str, ...],
    vary: Lists,
    part: str | None,
    plain: bool,
    flat: bool,
    graph: bool,
    seconds: int,
    gigabytes: int,
    output: Path | None,
) -> None:
    """`symcost import`"""
    from symcost.importing.capture import Bounds
    from symcost.importing.imported import UnusableLists, captured_graphs, imported

    vary = {key: values[:1] for key, values in vary.items()} if plain else vary
    bounds = Bounds(seconds=seconds, memory=gigabytes << 30)
    if source.endswith(".onnx"):
        _files((source, *others), output)
        return
    if others:
        raise click.UsageError("one model at a time: only .onnx files can be several, of one model at several sizes")
    try:
        if graph:
            text = captured_graphs(source, vary, part, bounds)
        else:
            text = imported(source, vary, part, bounds, plain=plain, flat=flat)
    except UnusableLists as problem:
        raise click.BadParameter(str(problem), param_hint="--vary") from None
    put(text, output)
    for line in unnamed(text):
        tell(f"note: {line}")
    if pinned := PINNED.findall(text):
        tell(f"note: so the text holds at {' and '.join(pinned)} alone, and refuses other sizes")


def _files(paths: tuple[str, ...], output: Path | None) -> None:
    """Files of ONNX, of one model."""
    from symcost.importing.onnx import MOST_FILES, text_of_files

    if len(paths) > MOST_FILES or not all(path.endswith(".onnx") for path in paths):
        raise click.UsageError(f"give at most {MOST_FILES} files, all of them .onnx, of one model at several sizes")
    put(text_of_files(paths), output)


PINNED = re.compile(r"^assume (\w+ == \d+)$", re.MULTILINE)


def unnamed(text: str) -> list[str]:
    """What the text says of numbers that vary and have no name."""
    comments = (line.partition("# ")[2] for line in text.splitlines())
    return [comment for comment in comments if comment.endswith("no name in the keys")]
