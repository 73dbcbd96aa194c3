"""Whatever is written, a text has an answer or a report; never anything else, and never late."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given

from tests.oracle.asking import ask
from tests.oracle.hostile import LONG, TEXTS
from tests.oracle.sampling import examples
from tests.oracle.sentences import SENTENCES, mutations

ROOT = Path(__file__).parents[1]


@given(SENTENCES)
def test_sentences_of_the_grammar(text: str) -> None:
    """What can be written and means nothing is reported."""
    assert isinstance(ask(text), str)


@pytest.mark.slow
@examples(25)
@given(mutations())
def test_examples_with_faults(text: str) -> None:
    """What was in order before somebody's cat walked over it is reported, or still means something."""
    assert isinstance(ask(text), str)


@pytest.fixture(scope="module")
def outcomes(request: pytest.FixtureRequest) -> dict[str, list[str]]:
    """What became of each hostile text, in a process with 500 MB."""
    long = any("thorough" in item.keywords for item in request.session.items)
    command = [sys.executable, "-m", "tests.oracle.hostile", *(["all"] if long else [])]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    return {name: rest for name, *rest in lines} | {"the end": [result.stderr[-500:]]}


@pytest.mark.slow
@pytest.mark.parametrize("name", [*TEXTS, *(pytest.param(name, marks=pytest.mark.thorough) for name in LONG)])
def test_hostile_texts_end(name: str, outcomes: dict[str, list[str]]) -> None:
    """Each has an answer or a report within seconds and 500 MB."""
    assert outcomes.get(name, outcomes["the end"])[0] == "answered"
