"""The command line: arguments in, text out, exit status. One file for a group of commands."""

from __future__ import annotations

from symcost.cli.main import main as main
