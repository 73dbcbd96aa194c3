"""Widths: how many bytes numbers take, by what they are; those of weight files with the scales that the files keep."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType

from symcost.formula import Form, mul, num
from symcost.records import dataclass

WIDTHS: Mapping[str, Fraction] = MappingProxyType(
    {
        "fp64": Fraction(8), "fp32": Fraction(4), "tf32": Fraction(4), "fp16": Fraction(2), "bf16": Fraction(2),
        "fp8": Fraction(1), "fp4": Fraction(1, 2), "int64": Fraction(8), "int32": Fraction(4), "int16": Fraction(2),
        "int8": Fraction(1), "int4": Fraction(1, 2), "bool": Fraction(1), "bit": Fraction(1, 8),
    }
)  # fmt: skip
"""Bytes of one number in memory, by number type. TF32 is stored as FP32, a truth value as a byte."""

WITHOUT_SCALES = ("fp4", "int4")
"""Types of so few bits that files keep scales beside them; these widths are without."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How files keep weights of few bits: bits for each, scales included, and where that was read."""

    bits: Fraction
    source: str


def _block(numbers: int, size: int, source: str) -> Layout:
    """So many numbers in a block of so many bytes."""
    return Layout(Fraction(8 * size, numbers), source)


_GGML = "llama.cpp, ggml/src/ggml-common.h"
_MX = "OCP Microscaling Formats (MX) v1.0 (2023), section 5.2"

LAYOUTS: Mapping[str, Layout] = MappingProxyType(
    {
        "q4_0": _block(32, 2 + 16, f"{_GGML}, block_q4_0: 32 times 4 bits and a scale of 16"),
        "q4_1": _block(32, 4 + 16, f"{_GGML}, block_q4_1: 32 times 4 bits, a scale and a minimum of 16"),
        "q5_0": _block(32, 2 + 4 + 16, f"{_GGML}, block_q5_0: 32 times 5 bits and a scale of 16"),
        "q5_1": _block(32, 4 + 4 + 16, f"{_GGML}, block_q5_1: 32 times 5 bits, a scale and a minimum of 16"),
        "q8_0": _block(32, 2 + 32, f"{_GGML}, block_q8_0: 32 times 8 bits and a scale of 16"),
        "q4_k": _block(256, 4 + 12 + 128, f"{_GGML}, block_q4_K: 256 times 4 bits, scales and minima of 6, two of 16"),
        "q5_k": _block(256, 4 + 12 + 32 + 128, f"{_GGML}, block_q5_K: as q4_k, with 5 bits"),
        "q6_k": _block(256, 2 + 16 + 64 + 128, f"{_GGML}, block_q6_K: 256 times 6 bits, 16 scales of 8, one of 16"),
        "q4_k_s": Layout(Fraction("4.58"), "llama.cpp, examples/quantize/README.md (2023), Llama 2 7B; a mixture"),
        "q4_k_m": Layout(
            Fraction("4.83"),
            "llama.cpp, examples/quantize/README.md (2023), Llama 2 13B; a mixture: 4.84 for 7B, 4.80 for 70B, and for "
            "Llama 3.1 8B 4.89 (tools/quantize/README.md)",
        ),
        "q5_k_m": Layout(Fraction("5.68"), "llama.cpp, examples/quantize/README.md (2023), Llama 2 7B; a mixture"),
        "mxfp4": _block(32, 1 + 16, f"{_MX}: 32 times 4 bits and a scale of 8"),
        "mxfp8": _block(32, 1 + 32, f"{_MX}: 32 times 8 bits and a scale of 8"),
        "nf4": _block(64, 4 + 32, "Dettmers et al., QLoRA (2023), section 2: 64 times 4 bits, a scale of 32"),
        "nf4_double": Layout(
            4 + Fraction(8, 64) + Fraction(32, 64 * 256),
            "Dettmers et al., QLoRA (2023), section 3: scales of 8 bits, 256 of which share one of 32",
        ),
    }
)  # fmt: skip
"""Layouts of weights, by the name that files give them."""

BITS = re.compile(r"([0-9]{1,3}(\.[0-9]{1,6})?)bit")
"""`4.5bit`: so many bits for each number, whatever keeps them."""

ROLES: Mapping[str, str] = MappingProxyType(
    {
        "params": "fp32", "frozen": "", "buffers": "fp32", "activations": "fp32", "masks": "bool", "rows": "int32",
        "state": "",
    }
)  # fmt: skip
"""What has a type of its own, and which unless another is given; frozen parameters are as wide as `params`, and what is
carried from step to step as `activations`."""


def width(type_: str) -> Fraction | None:
    """Bytes of one number of a type, a layout, or `<number>bit`; None for what is none of them."""
    if type_ in WIDTHS:
        return WIDTHS[type_]
    if type_ in LAYOUTS:
        return LAYOUTS[type_].bits / 8
    written = BITS.fullmatch(type_)
    bits = Fraction(written[1]) if written else Fraction(0)
    return bits / 8 if bits else None


ALL = ("params", "buffers", "activations")
"""What one type without a role is that of."""


def unknown_type(name: str) -> str:
    """What there is instead."""
    return f"there is no type {name!r}; known: {', '.join([*WIDTHS, *LAYOUTS])}, and bits as in 4.5bit"


class Widths(Mapping[str, Fraction]):
    """Bytes of one number, by role."""

    def __init__(self, types: Mapping[str, str] | None = None) -> None:
        given = {**ROLES, **(types or {})}
        given["frozen"] = given["frozen"] or given["params"]
        given["state"] = given["state"] or given["activations"]
        self.types: Mapping[str, str] = given

    @classmethod
    def of(cls, types: Mapping[str, str] | str) -> Widths:
        """The widths of types by role; of one type alone those of parameters, buffers and activations.

        Raises ValueError for a role or a type that there is not.
        """
        given = dict.fromkeys(ALL, types) if isinstance(types, str) else types
        for role, name in given.items():
            if role not in ROLES:
                raise ValueError(f"nothing is called {role!r}; known: {', '.join(ROLES)}")
            if width(name) is None:
                raise ValueError(unknown_type(name))
        return cls(given)

    def __getitem__(self, role: str) -> Fraction:
        known = width(self.types[role])
        assert known is not None  # whoever asks has looked at the types
        return known

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

    @property
    def notes(self) -> Iterator[str]:
        """What has to be known of the types: where a layout was read, and that others are without scales."""
        for type_ in dict.fromkeys(self.types.values()):
            if type_ in LAYOUTS:
                bits = LAYOUTS[type_].bits
                yield f"{type_}: {float(bits):.6g} bits for each number ({LAYOUTS[type_].source})"
            elif type_ in WITHOUT_SCALES:
                yield f"{type_}: 4 bits for each number, without the scales that files keep: with them {FILES}"


FILES = "q4_0 (4.5), q4_k_m (4.83), mxfp4 (4.25), nf4 (4.5)"
"""Layouts of 4 bits, with what each takes."""
