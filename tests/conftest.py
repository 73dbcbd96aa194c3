"""How the tests run: the random ones with the same examples every time, and the mark `fast`.

`-m fast` is what one runs between two edits: all that is not marked `slow`, less than a minute on one processor.
`--all` runs what is marked `thorough` too, for which a sample stands otherwise, and more random examples.
`--hypothesis-profile=thorough` looks further still.
"""

from __future__ import annotations

import gc

import pytest
from hypothesis import HealthCheck, Phase, settings

COMMON = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}

# Making a failing example smaller takes minutes; the thorough run does it.
settings.register_profile("brief", derandomize=True, max_examples=60, phases=[Phase.explicit, Phase.generate], **COMMON)
settings.register_profile("thorough", max_examples=3000, **COMMON)
settings.register_profile("all", settings.get_profile("brief"))
settings.load_profile("brief")

SELDOM = (200_000, 50, 50)
"""When garbage is looked for: the models that tests share are many objects, and looking through them takes seconds."""

MARKS = {
    "slow": "takes seconds, or proves on many cases what a few prove for a start",
    "fast": "everything else; `-m fast` ends within a minute and enters every room of the package",
    "thorough": "more of a kind of which others are run every time; runs with `--all`, or when named",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="run what is marked `thorough` too, and more random examples")


def pytest_configure(config: pytest.Config) -> None:
    for name, meaning in MARKS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")
    gc.set_threshold(*SELDOM)
    if config.getoption("--all"):
        settings.load_profile("all")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is neither slow nor thorough is fast, doctests included; what is thorough runs where it is asked for."""
    named = "thorough" in config.option.markexpr or any("::" in argument for argument in config.args)
    left_out: list[pytest.Item] = []
    for item in items:
        thorough = item.get_closest_marker("thorough") is not None
        if thorough and not (named or config.getoption("--all")):
            left_out.append(item)
        if not thorough and item.get_closest_marker("slow") is None:
            item.add_marker("fast")
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
