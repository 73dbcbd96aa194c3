"""`symcost play`: a playground in the browser."""

from __future__ import annotations

from pathlib import Path

import click

from symcost.cli.common import FILE
from symcost.cli.streams import tell

BEGIN = """\
# A text of your own: what it costs stands on the right.
dim T "time", I "input channels", H "hidden channels"

model Elman(x: [T, I], H) -> [T, H] {
  param W: [I, H], U: [H, H], b: [H]
  scan t in T with h: [H] {
    h = tanh(x[t] @ W + h @ U + b)
    emit y = h
  }
  return y
}
"""


@click.command(
    help="""\
Open a page where one edits an architecture and sees its faults, formulas, numbers and picture while typing.

It is served to this machine alone, under an address that holds a token; the file itself is not changed.
""",
    epilog="""\b
Examples:
  symcost play
  symcost play elman.arch
  symcost play elman.arch --no-browser --port 8000
  symcost play elman.arch --build site
""",
)
@click.argument("file", type=FILE, required=False)
@click.option(
    "--build", "folder", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER",
    help="Write a folder that a browser runs alone, for any server of files; npm fetches Pyodide for it.",
)  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65535), default=0, metavar="N", help="The port.  [default: a free one]")
@click.option("--no-browser", is_flag=True, help="Say the address, and open nothing.")
def play(file: str | None, folder: Path | None, port: int, no_browser: bool) -> None:
    """`symcost play`"""
    from symcost.graph.files import read

    path = None if file in (None, "-") else Path(file or "").resolve()
    text = BEGIN if path is None else read(path, str(file)).text
    if folder is None:
        serve(text, path, port, no_browser)
    else:
        build_site(folder, text, path)


def build_site(folder: Path, text: str, path: Path | None) -> None:
    """Write the folder."""
    from symcost.playing.site import build

    try:
        build(folder, text, path)
    except OSError as problem:
        raise click.BadParameter(f"cannot write {str(folder)!r}: {problem.strerror}", param_hint="--build") from None
    tell(f"a playground for any server of files: {folder}")


def serve(text: str, path: Path | None, port: int, no_browser: bool) -> None:
    """Serve until it is interrupted."""
    from symcost.playing.server import Playground

    try:
        playground = Playground(text, path, port)
    except OSError as problem:
        raise click.ClickException(f"port {port} cannot be had: {problem.strerror or problem}") from None
    tell(f"playground at {playground.address} until Ctrl-C")
    if not no_browser:
        import webbrowser

        webbrowser.open(playground.address)
    with playground:
        playground.serve_forever()
