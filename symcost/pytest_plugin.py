"""A plugin for pytest: `pytest --arch` collects `.arch` files, each expectation a test.

Off unless asked for, by `--arch` or `arch = true` in the settings of pytest; pytest finds it by its entry point.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from symcost.document import Checked
    from symcost.errors import SymcostError


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--arch`, and `arch` in the settings."""
    parser.getgroup("symcost").addoption("--arch", action="store_true", help="Check the expectations of .arch files.")
    parser.addini("arch", "Check the expectations of .arch files.", type="bool", default=False)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """An `.arch` file as a collection of its expectations."""
    wanted = parent.config.getoption("--arch") or parent.config.getini("arch")
    if file_path.suffix == ".arch" and wanted:
        return ArchFile.from_parent(parent, path=file_path)
    return None


class ArchFile(pytest.File):
    """A file; it is built once for all its expectations."""

    def collect(self) -> Iterator[pytest.Item]:
        """An item for each expectation, or one for the faults of the file."""
        from symcost.document import load
        from symcost.errors import SymcostError
        from symcost.export.verdicts import own
        from symcost.guards import judged

        try:
            verdict = judged(load(self.path))
        except SymcostError as fault:
            yield Broken.from_parent(self, name="file", fault=fault)
            return
        for number, found in enumerate(own(verdict), 1):
            yield Broken.from_parent(self, name=f"fault {number}: {found.report.code}", fault=found)
        for item in verdict.checked:
            yield Expectation.from_parent(self, name=f"{item.about}: {item.text}", checked=item)


class Expectation(pytest.Item):
    """A line of an `expect` block."""

    def __init__(self, *, checked: Checked, **others: object) -> None:
        super().__init__(**others)  # type: ignore[arg-type]
        self.checked = checked

    def runtest(self) -> None:
        """Raises BrokenExpectation where it is not kept."""
        from symcost.errors import BrokenExpectation

        one = self.checked
        if not one.ok:
            raise BrokenExpectation(one.text, one.span, one.found, one.expected, one.difference)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        """The report, without a traceback."""
        return str(excinfo.value)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.checked.span.line - 1, self.name


class Broken(pytest.Item):
    """A file of which nothing can be checked."""

    def __init__(self, *, fault: SymcostError, **others: object) -> None:
        super().__init__(**others)  # type: ignore[arg-type]
        self.fault = fault

    def runtest(self) -> None:
        """Raises the fault of the file."""
        raise self.fault

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        """The report, without a traceback."""
        return str(excinfo.value)
