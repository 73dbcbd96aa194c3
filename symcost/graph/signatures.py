"""Signatures: what every call of a definition asks of its ports, read off them once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from symcost.diagnostics import Span
from symcost.formula import Form, num
from symcost.formula.arithmetic import LARGEST_SHARED
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
    literals: Mapping[str, tuple[Form | bool | str, Span]]
    """The defaults that are the same in every call, and where they stand."""


def signature_of(definition: ast.Definition) -> Signature:
    """What can be said of a definition before it is called."""
    return Signature(
        ports=tuple(port.name.text for port in definition.ports),
        tensors=tensors_among(definition.ports),
        switches=any(port.shape is None and isinstance(port.default, ast.Bool) for port in definition.ports),
        literals=_literals(definition.ports),
    )


def _literals(ports: Iterable[ast.Port]) -> dict[str, tuple[Form | bool | str, Span]]:
    found: dict[str, tuple[Form | bool | str, Span]] = {}
    for port in ports:
        match port.default:
            case ast.Number(value=value, span=span) if value <= LARGEST_SHARED:
                found[port.name.text] = num(value), span
            case ast.Bool(value=value, span=span) | ast.String(value=value, span=span):
                found[port.name.text] = value, span
    return found


def tensors_among(ports: Iterable[ast.Port]) -> tuple[str, ...]:
    """The names of the tensors that go in by these ports."""
    return tuple(port.name.text for port in ports if port.shape is not None)
