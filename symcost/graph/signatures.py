"""Signatures: what every call of a definition asks of its ports, read off them once."""

from __future__ import annotations

from collections.abc import Iterable

from symcost.records import dataclass
from symcost.syntax import ast


@dataclass(frozen=True, slots=True, eq=False)
class Signature:
    """The ports of a definition, by name and in their order."""

    ports: tuple[str, ...]
    tensors: tuple[str, ...]
    """The names of the tensors that go in."""
    switches: bool
    """Whether some port wants `true` or `false`."""


def signature_of(definition: ast.Definition) -> Signature:
    """What can be said of a definition before it is called."""
    return Signature(
        ports=tuple(port.name.text for port in definition.ports),
        tensors=tensors_among(definition.ports),
        switches=any(port.shape is None and isinstance(port.default, ast.Bool) for port in definition.ports),
    )


def tensors_among(ports: Iterable[ast.Port]) -> tuple[str, ...]:
    """The names of the tensors that go in by these ports."""
    return tuple(port.name.text for port in ports if port.shape is not None)
