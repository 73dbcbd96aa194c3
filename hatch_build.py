"""Puts the tables of the grammar into the wheel, so that nobody who installs it waits for Lark to work them out."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
INSIDE = "symcost/syntax/packed_tables.py"


class TablesOfTheGrammar(BuildHookInterface[Any]):
    """Called while a wheel is built."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        sys.path.insert(0, str(ROOT))
        try:
            from symcost.syntax.tables import packed_module
        finally:
            sys.path.remove(str(ROOT))
        self._folder = tempfile.TemporaryDirectory()
        module = Path(self._folder.name) / "packed_tables.py"
        module.write_text(packed_module(), encoding="utf-8")
        build_data["force_include"][str(module)] = INSIDE

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        self._folder.cleanup()
