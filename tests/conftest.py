"""How the tests run: the random ones with the same examples every time, and the mark `fast`.

`--hypothesis-profile=thorough` looks further. `-m fast` is what one runs between two edits: all that is not marked
`slow`, a minute on one processor.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings

COMMON = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}

# Making a failing example smaller takes minutes; the thorough run does it.
settings.register_profile("brief", derandomize=True, max_examples=60, phases=[Phase.explicit, Phase.generate], **COMMON)
settings.register_profile("thorough", max_examples=3000, **COMMON)
settings.load_profile("brief")

MARKS = {
    "slow": "takes seconds, or proves on many cases what a few prove for a start",
    "fast": "everything else; `-m fast` ends within a minute and enters every room of the package",
}


def pytest_configure(config: pytest.Config) -> None:
    for name, meaning in MARKS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is not slow is fast, doctests included."""
    for item in items:
        if item.get_closest_marker("slow") is None:
            item.add_marker("fast")
