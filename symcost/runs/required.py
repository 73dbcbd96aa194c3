"""What must hold of the numbers that a run is asked with."""

from __future__ import annotations


def require(holds: bool, otherwise: str) -> None:
    """Raises ValueError with these words where it does not hold."""
    if not holds:
        raise ValueError(otherwise)
