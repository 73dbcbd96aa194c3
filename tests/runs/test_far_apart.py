"""More devices than a node has: who shares a copy over the nearest link is told that nodes send each other less."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from symcost.cli import main
from tests.examples.files import EXAMPLES

SERVE = [
    "serve", str(EXAMPLES / "language/llama.arch"), "--model", "Llama", "--config", "llama_7b", "--on", "h100-sxm",
    "--dtype", "bf16", "--prompt", "64", "--write", "8",
]  # fmt: skip


@pytest.mark.parametrize(
    ("layout", "told"),
    [
        (["--tensor", "8"], False),  # a node
        (["--tensor", "16"], True),
        (["--tensor", "8", "--pipeline", "2"], True),
        (["--tensor", "16", "--link", "pcie"], False),  # who names a link knows it
        (["--tensor", "4,16"], True),
    ],
)
def test_it_is_told(layout: list[str], *, told: bool) -> None:
    """Sixteen devices of a copy are two nodes of eight."""
    done = CliRunner().invoke(main, [*SERVE, *layout])
    assert done.exit_code == 0
    assert ("all 16 devices of a copy" in " ".join(done.stdout.split())) == told
