"""Names that PyTorch gave, as names of the language."""

from __future__ import annotations

import re

from symcost.syntax.words import RESERVED

_TAKEN = RESERVED | {"in", "of", "with", "shared", "divides"}


def identifier(text: str) -> str:
    """The text as a name: what cannot stand in one becomes `_`; a word of the language gets a `_` behind it."""
    name = re.sub(r"\W+", "_", text).strip("_") or "x"
    name = f"_{name}" if name[0].isdigit() else name
    return f"{name}_" if name in _TAKEN else name
