"""Types by role: in what is stored, carried, computed and multiplied."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from symcost.analysis.memory.widths import ALL, ROLES, Widths
from symcost.hardware.reading import DTYPES
from symcost.records import dataclass

PRODUCTS = "products"
"""The role of what matrix units multiply."""

NARROWEST: Mapping[str, Fraction] = {"masks": Fraction(1), "rows": Fraction(4)}
"""Bytes of truth values and row numbers, where other numbers are wider."""


@dataclass(frozen=True, slots=True)
class Types:
    """Bytes of what is stored and moved, by role, and the number type of products.

    What is multiplied has the type of `activations` unless another is given; vector units compute in it, too.
    """

    widths: Widths
    products: str

    @classmethod
    def of(cls, given: Mapping[str, str] | str) -> Types:
        """One type for all; or by role: `params`, `frozen`, `buffers`, `activations`, `state`, `products`, ...

        >>> types = Types.of({"params": "int4", "activations": "bf16"})
        >>> types.bytes("params"), types.bytes("state"), types.products
        (Fraction(1, 2), Fraction(2, 1), 'bf16')

        Raises ValueError for a role or a type that there is not.
        """
        by_role = dict.fromkeys(ALL, given) if isinstance(given, str) else dict(given)
        products = by_role.pop(PRODUCTS, None)
        _check(by_role, products)

        # What is multiplied in a type is kept in it, too, as far as nothing else is said.
        rest = products or by_role.get("activations") or by_role.get("params", "fp32")
        widths = Widths.of({**dict.fromkeys(ALL, rest), **by_role})
        return cls(widths, products or widths.types["activations"])

    def bytes(self, role: str) -> Fraction:
        """Bytes of one number; truth values and row numbers are never wider than other numbers."""
        if role in NARROWEST:
            return min(self.widths["activations"], NARROWEST[role])
        return self.widths[role]

    def __str__(self) -> str:
        """`bf16`; `params int4, activations bf16` where they differ."""
        shown = {role: self.widths.types[role] for role in ("params", "activations", "state")}
        shown[PRODUCTS] = self.products
        if len(set(shown.values())) == 1:
            return self.products
        return ", ".join(f"{role} {type_}" for role, type_ in shown.items())


def _check(by_role: Mapping[str, str], products: str | None) -> None:
    """Raises ValueError for a role that there is not, and for a type that nothing multiplies in."""
    if products is not None and products not in DTYPES:
        raise ValueError(f"no device multiplies {products!r}; known: {', '.join(DTYPES)}")
    for role in by_role:
        if role not in ROLES:
            raise ValueError(f"nothing is called {role!r}; known: {', '.join((*ROLES, PRODUCTS))}")
