"""Receptive fields, look-aheads and path lengths of the examples, as recorded.

`recorded.json` was written once by asking `Model.path(port, axis)` of every model under examples/, for every axis of
every input but the last one. Each entry has the file, the model, the port, the axis and the three answers as text; null
where there was none within ten seconds of processor time. They were answers of another derivation, which kept several
ends and stretches for each tensor, so they are held against this one. What that one told and this one refuses has its
place in REFUSED. Where the zoo has since named a number, as S the 1500 states of Whisper, the answer has that name; at
the number it is the one that was recorded.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from symcost.errors import NoPath, UnderivedWindow
from symcost.model import Model
from tests.examples.files import loaded

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[2] / "examples"
RECORDED = json.loads((HERE / "recorded.json").read_text(encoding="utf-8"))
KINDS = ("receptive_field", "look_ahead", "length_of_path")
REFUSED = set(RECORDED["refused"])
"""What is refused here though another derivation told it: taken out of what was joined, counted through an axis that is
a quotient (patches of an image, heads of a width), and path lengths where a shorter way is not excluded."""


GIVEN = {
    "speech/wav2vec2.arch Wav2Vec2": {
        "widths": [512] * 7, "kernels": [10, 3, 3, 3, 3, 2, 2], "strides": [5, 2, 2, 2, 2, 2, 2],
    },
    "vision/convnext.arch ConvNeXt": {"depths": [3, 3, 9, 3], "widths": [96, 192, 384, 768]},
}  # fmt: skip
"""Lists that were defaults when the answers were recorded."""


OF_THE_NETWORKS = ("unet", "tcn", "conformer", "longformer")
"""Which of the published networks are asked every time: one for each kind of window; the others with `--all`."""


def asked_every_time(name: str) -> bool:
    """Whether it is of the lecture, where each shows something else, or one of those that stand for the others."""
    path = Path(name.split()[0])
    return path.parts[0] == "lecture" or path.stem in OF_THE_NETWORKS


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=[] if asked_every_time(n) else [pytest.mark.thorough]) for n in RECORDED["answers"]],
)
def test_answers_stay(name: str) -> None:
    """What was told is told again, in the same words."""
    file, model = name.split()
    for port, axis, *answers in RECORDED["answers"][name]:
        for kind, recorded in zip(KINDS, answers, strict=True):
            if recorded is not None:
                expected = None if f"{name} {port} {axis} {kind}" in REFUSED else recorded
                asked = loaded(EXAMPLES / file).model(model).at(**GIVEN.get(name, {}))
                assert text(asked, port, axis, kind) == expected, (port, axis, kind)


def text(model: Model, port: int, axis: int, kind: str) -> str | None:
    """An answer as it is printed; None where it is refused."""
    try:
        return str(getattr(model.path(port, axis), kind))
    except NoPath:
        return "none"
    except UnderivedWindow:
        return None
