"""One use of a primitive, as its record sees it: what went in, what came out, and what it was told besides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from symcost.formula import Form

Shape = tuple[Form, ...]


class Value(Protocol):
    """A tensor that goes in or comes out: its axes, how many numbers it holds, and whether it is a parameter."""

    @property
    def shape(self) -> Shape: ...
    @property
    def size(self) -> Form: ...
    @property
    def parameter(self) -> bool: ...


class Use(Protocol):
    """Where a primitive stands in a model. `given` is what it was told besides tensors, by the names of its ports."""

    @property
    def inputs(self) -> Sequence[Value]: ...
    @property
    def outputs(self) -> Sequence[Value]: ...
    @property
    def given(self) -> Mapping[str, Any]: ...
