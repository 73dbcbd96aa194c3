"""The example files, each loaded and each checked once for all tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import symcost
from symcost.document import Checked

if TYPE_CHECKING:
    from _pytest.mark import ParameterSet

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
FILES = sorted(EXAMPLES.rglob("*.arch"))
ZOO = [path for path in FILES if "lecture" not in path.parts]
LONG = {EXAMPLES / "lecture/receptive.arch"}
"""What takes seconds among the files of the lecture."""


SAMPLE = set(
    "vgg unet mobilenet_v3_small swin lenet autoencoder gcn quantised tcn wavenet conformer bert t5 gpt2 "
    "whisper_decoding gpt2_decoding cached mixtral deepseek lora longformer performer mamba rwkv s4 lstm_lm".split()
)
"""What stands for the others where a test says the same of each: of every kind of network one that is quick."""


def each(paths: Iterable[Path] = FILES, *, sample: bool = False) -> list[ParameterSet]:
    """Files as parameters of a test; between two edits those of the lecture are enough.

    With `sample` the networks that are not in SAMPLE are looked at only with `--all`.
    """
    return [pytest.param(path, id=path.stem, marks=list(_marks(path, sample))) for path in paths]


def _marks(path: Path, sample: bool) -> Iterator[pytest.MarkDecorator]:
    if path in ZOO or path in LONG:
        yield pytest.mark.slow
    if sample and path in ZOO and path.stem not in SAMPLE:
        yield pytest.mark.thorough


@cache
def loaded(path: Path) -> symcost.Document:
    """A file; what its models were asked before they remember."""
    return symcost.load(path)


@cache
def checked(path: Path) -> list[Checked]:
    """What came of the expectations of a file."""
    return loaded(path).check()
