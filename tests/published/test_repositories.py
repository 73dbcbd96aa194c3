"""Published files as people have them: the facts of `config.json` in public repositories on huggingface.co.

Each line of `repositories.jsonl` has the repository, what stands in its file (long lists of words cut), and how many
parameters transformers 5.24 makes of it on the meta device; `labels` stands for as many names of classes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import symcost
from symcost.errors import SymcostError

FACTS: list[dict[str, Any]] = [
    json.loads(line) for line in (Path(__file__).parent / "repositories.jsonl").read_text("utf-8").splitlines()
]


def config(fact: dict[str, Any]) -> dict[str, Any]:
    """What stands in the file."""
    names = {str(number): f"class {number}" for number in range(fact.get("labels", 0))}
    return {**fact["config"], **({"id2label": names} if names else {})}


@pytest.mark.slow
@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact["repository"])
def test_a_published_file(fact: dict[str, Any]) -> None:
    """Exactly as many parameters, or a refusal that names the key that is in the way."""
    if "refused" not in fact:
        assert symcost.from_config(config(fact)).params() == fact["params"]
        return
    with pytest.raises(SymcostError) as refused:
        symcost.from_config(config(fact)).params()
    assert fact["refused"] in str(refused.value)


def test_there_are_many() -> None:
    """At least forty repositories, of at least twenty types."""
    assert len(FACTS) >= 40
    assert len({fact["config"]["model_type"] for fact in FACTS}) >= 20
