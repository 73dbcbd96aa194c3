"""Graphs in a file: captured on one machine, where PyTorch is, and written out on another, where it need not be.

A file has one JSON object a line, as the capturing process answers: `{"graph": {...}}`, and `{"unseen": true, ...}`
for a configuration that only has to agree with the text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from symcost.errors import NoSuchSource
from symcost.importing.capture import answered, decoded
from symcost.importing.graph import Graph

KIND = "graph:"
MOST_BYTES = 512 << 20


def read_recorded(source: str) -> tuple[list[Graph], int]:
    """The graphs of a file, and how many of them name the sizes.

    Raises NoSuchSource where there is no such file, and what the lines say went wrong.
    """
    path = Path(source.removeprefix(KIND))
    try:
        with path.open("rb") as file:
            lines = file.read(MOST_BYTES).splitlines()
    except OSError as problem:
        raise NoSuchSource(source, f"cannot read it: {problem.strerror}") from None
    answers = [decoded(line, source) for line in lines if line.strip()]
    if not answers:
        raise NoSuchSource(source, "the file is empty")
    answers.sort(key=lambda one: bool(one.get("unseen")))
    graphs = [answered(one, source) for one in answers]
    return graphs, sum(not one.get("unseen") for one in answers)


def recorded(answers: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The lines of a file for graphs as they were answered."""
    for answer in answers:
        yield json.dumps(answer, sort_keys=True, separators=(",", ":")) + "\n"
