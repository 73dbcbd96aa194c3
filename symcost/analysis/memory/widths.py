"""Widths: how many bytes numbers take, by what they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType

from symcost.formula import Form, mul, num

WIDTHS: Mapping[str, Fraction] = MappingProxyType(
    {
        "fp64": Fraction(8), "fp32": Fraction(4), "tf32": Fraction(4), "fp16": Fraction(2), "bf16": Fraction(2),
        "fp8": Fraction(1), "fp4": Fraction(1, 2), "int64": Fraction(8), "int32": Fraction(4), "int16": Fraction(2),
        "int8": Fraction(1), "int4": Fraction(1, 2), "bool": Fraction(1), "bit": Fraction(1, 8),
    }
)  # fmt: skip
"""Bytes of one number in memory, by number type. TF32 is stored as FP32, a truth value as a byte."""

ROLES: Mapping[str, str] = MappingProxyType(
    {"params": "fp32", "frozen": "", "activations": "fp32", "masks": "bool", "rows": "int32", "state": ""}
)
"""What has a type of its own, and which unless another is given; frozen parameters are as wide as `params`, and what is
carried from step to step as `activations`."""


class Widths(Mapping[str, Fraction]):
    """Bytes of one number, by role."""

    def __init__(self, types: Mapping[str, str] | None = None) -> None:
        given = {**ROLES, **(types or {})}
        given["frozen"] = given["frozen"] or given["params"]
        given["state"] = given["state"] or given["activations"]
        self.types: Mapping[str, str] = given

    def __getitem__(self, role: str) -> Fraction:
        return WIDTHS[self.types[role]]

    def __iter__(self) -> Iterator[str]:
        return iter(self.types)

    def __len__(self) -> int:
        return len(self.types)

    def bytes(self, form: Form, role: str) -> Form:
        """So many numbers in bytes."""
        return mul(num(self[role]), form)

    @property
    def by_kind(self) -> dict[str, Form]:
        """Bytes of what lives while a model runs, as `Peak` and `Activations` tell it apart."""
        return {"numbers": num(self["activations"]), "masks": num(self["masks"]), "rows": num(self["rows"])}
