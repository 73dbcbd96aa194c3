"""Commands are loaded when they are asked for; what help says of them is written down beside."""

import subprocess
import sys

import click
import pytest

from symcost.cli.main import COMMANDS, main


@pytest.mark.parametrize("name", COMMANDS)
def test_the_sentence_is_the_command_s_own(name: str) -> None:
    """The table of help says of a command what its own help begins with."""
    command = main.get_command(None, name)
    assert command is not None and command.name == name
    assert command.get_short_help_str(10**6) == click.Command(name, help=COMMANDS[name].says).get_short_help_str(10**6)


def loaded_by(*arguments: str) -> set[str]:
    code = (
        "import sys\nfrom symcost.cli import main\n"
        f"try: main({list(arguments)!r}, prog_name='symcost')\n"
        "except SystemExit: pass\nprint(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_help_loads_no_command() -> None:
    """Neither a command nor what it speaks about."""
    loaded = {name for name in loaded_by("--help") if name.startswith("symcost")}
    assert loaded <= {
        "symcost", "symcost.forking", "symcost.cli", "symcost.cli.main", "symcost.cli.streams", "symcost.export",
        "symcost.export.width",
    }  # fmt: skip


def test_one_command_loads_no_other() -> None:
    """`formula --help` knows nothing of reports."""
    rooms = {f"symcost.cli.{row.room}" for row in COMMANDS.values()}
    assert loaded_by("formula", "--help") & rooms == {"symcost.cli.formula"}
