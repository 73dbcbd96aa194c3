"""Annotations of the public face, complete: what is imported for type checkers only is imported for readers too.

Sphinx reads annotations where a function lives. There `Page` is a word without a meaning as long as it is imported
for the type checker alone, which is so wherever starting up would take longer; a documentation has the time.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType


def complete(name: str) -> None:
    """Give a module the names that it imports under `if TYPE_CHECKING:`."""
    module = import_module(name)
    for statement in _for_type_checkers(module):
        assert statement.module is not None  # imports are absolute here
        source = _imported(statement.module)
        if source is None:
            continue
        for alias in statement.names:
            vars(module).setdefault(alias.asname or alias.name, getattr(source, alias.name))


def _imported(name: str) -> ModuleType | None:
    """None for an extra that is not installed, such as NumPy: no reader is told its types."""
    try:
        return import_module(name)
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("symcost"):
            raise
        return None


def _for_type_checkers(module: ModuleType) -> Iterator[ast.ImportFrom]:
    for statement in ast.parse(inspect.getsource(module)).body:
        match statement:
            case ast.If(test=ast.Name(id="TYPE_CHECKING"), body=body):
                yield from (inner for inner in body if isinstance(inner, ast.ImportFrom))
