"""The types of published models whose steps and caches are known to be the library's: `decoding.toml`."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from symcost.once import once_each


@once_each
def decoded() -> frozenset[str]:
    """By their names."""
    text = (files("symcost.published") / "decoding.toml").read_text(encoding="utf-8")
    return frozenset(tomllib.loads(text)["types"])
