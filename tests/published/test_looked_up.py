"""Published files as people have them: `config.json` files that lie in public repositories.

Each line of `looked_up.jsonl` has the repository on github.com, the commit and the path; what stands in the file (what
it says layer by layer of how numbers are stored is cut: it is in no count); and how many parameters transformers 5.24
makes of it on the meta device, or why it makes none. `refused` is the first line of the answer where there is no
number.
`looked_up_in_library.py` writes them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import symcost
from symcost.errors import SymcostError

FACTS: list[dict[str, Any]] = [
    json.loads(line) for line in (Path(__file__).parent / "looked_up.jsonl").read_text("utf-8").splitlines()
]
EVERY = 6
"""One of so many stands for the others, which run with `--all`."""

FACT = [
    pytest.param(fact, id=fact["path"].rsplit("/", 1)[-1], marks=[pytest.mark.thorough] if place % EVERY else [])
    for place, fact in enumerate(FACTS)
]


@pytest.mark.slow
@pytest.mark.parametrize("fact", FACT)
def test_a_published_file(fact: dict[str, Any]) -> None:
    """Exactly as many parameters as the library makes of it; or a refusal, where a reason for one is stated.

    What was refused when the file was looked up may be counted since then.
    """
    try:
        found = symcost.from_config(fact["config"]).params()
    except SymcostError:
        assert "refused" in fact
        return
    assert found == fact["params"]


def test_there_are_many() -> None:
    """At least sixty that are counted, of at least twenty types; and none without its source."""
    counted = [fact for fact in FACTS if "refused" not in fact]
    assert len(counted) >= 60
    assert len({fact["config"]["model_type"] for fact in counted}) >= 20
    assert all(fact["repository"] and len(fact["commit"]) == 40 and fact["path"] for fact in FACTS)


def test_no_number_without_the_librarys() -> None:
    """What the library does not build is refused too."""
    assert all("refused" in fact for fact in FACTS if "params" not in fact)
