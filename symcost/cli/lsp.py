"""`symcost lsp`: the language server, for editors."""

from __future__ import annotations

import click


@click.command(
    help="""\
Serve an editor over standard input and output (language server protocol).

Faults as you type, with what mends them; what a line costs; layers with their signatures; where a name is defined;
a new name for a dimension; files set anew. It needs the extra `lsp`.
""",
    epilog="""\b
Examples:
  symcost lsp                   what an editor is told to start for .arch files
""",
)
def lsp() -> None:
    """`symcost lsp`"""
    try:
        from symcost.editor.server import server
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise click.ClickException("the language server needs pygls: pip install 'symcost[lsp]'") from None
    server().start_io()
