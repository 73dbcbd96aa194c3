"""Help says the same however Python runs."""

import os
import subprocess
import sys

from symcost.cli import main


def test_help_without_docstrings():
    """`PYTHONOPTIMIZE=2` strips them; what a command does is told all the same."""
    code = (
        "from symcost.cli import main\n"
        "for name in ['', *main.commands]:\n"
        "    try: main([*name.split(), '--help'], prog_name='symcost')\n"
        "    except SystemExit as done: assert done.code == 0\n"
    )
    told = [
        subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONOPTIMIZE": level}, text=True,
                       capture_output=True, encoding="utf-8", check=True).stdout
        for level in ("0", "2")
    ]  # fmt: skip
    assert told[0] == told[1]
    assert all(command.help for command in main.commands.values())
