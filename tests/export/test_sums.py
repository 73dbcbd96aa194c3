"""Tables of blocks add up: what is in a block to the block, shares to 100 %, in every writing."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Sequence
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from hypothesis import given, strategies as st

from symcost.cli import main
from symcost.export.numbers import share
from symcost.export.shares import shares

WHISPER = str(Path(__file__).parents[2] / "examples/speech/whisper.arch")
TINY = (WHISPER, "--config", "tiny", "T=448")


def run(*words: str, input: str | None = None) -> str:
    result = CliRunner().invoke(main, words, input=input, prog_name="symcost")
    assert result.exit_code == 0, result.output
    return result.stdout


# Shares ----------------------------------------------------------------------------------------


@st.composite
def trees(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """Rows of a tree, each with its level and value; the values in a row add up to it."""
    levels, values = [0], [draw(st.integers(1, 10**15))]

    def inside(level: int, whole: int) -> None:
        cuts = sorted(draw(st.lists(st.integers(0, whole), max_size=5)))
        for low, high in zip([0, *cuts], [*cuts, whole], strict=True):
            levels.append(level)
            values.append(high - low)
            if level < 3 and draw(st.booleans()):
                inside(level + 1, high - low)

    inside(1, values[0])
    return levels, values


def inner(levels: Sequence[int], number: int) -> list[int]:
    """The rows directly below one."""
    found = []
    for row in range(number + 1, len(levels)):
        if levels[row] <= levels[number]:
            return found
        found += [row] if levels[row] == levels[number] + 1 else []
    return found


@given(trees())
def test_shares_add_up_at_every_row(tree: tuple[list[int], list[int]]) -> None:
    """And none is further than a tenth of a per cent from the truth."""
    levels, values = tree
    found = shares(levels, values)
    assert found[0] == 1000
    for number, value in enumerate(values):
        assert abs(found[number] - Fraction(value * 1000, values[0])) < 1
        below = inner(levels, number)
        assert not below or sum(found[row] for row in below) == found[number]


def test_three_equal_parts_are_the_whole() -> None:
    """33.4 + 33.3 + 33.3; what is not all of it is never called 100 %, nor what is something 0 %."""
    assert [share(1, 3, tenths) for tenths in shares([0, 1, 1, 1], [3, 1, 1, 1])[1:]] == ["33.4 %", "33.3 %", "33.3 %"]
    whole = [10**6, 10**6 - 1, 1]
    assert [share(value, 10**6, t) for value, t in zip(whole, shares([0, 1, 1], whole), strict=True)] == [
        "100 %", ">99.9 %", "<0.1 %",
    ]  # fmt: skip
    assert shares([0, 1], [0, 0]) == [0, 0]


def tenths(text: str) -> int:
    """`12.5 %` in tenths of a per cent."""
    match text:
        case "100 %" | ">99.9 %":
            return 1000
        case "0 %" | "<0.1 %":
            return 0
        case _:
            return int(text.replace(".", "").removesuffix(" %"))


def test_printed_shares_add_up() -> None:
    """Whisper by its encoder, decoder and what is in them: parameters, MACs and FLOPs, and the least time."""
    for command, columns in (("report", 3), ("eval", 1)):
        options = ("--on", "h100-sxm", "--dtype", "bf16") if command == "eval" else ()
        rows = [line for line in run(command, *TINY, *options).splitlines() if line.count(" %") == columns]
        levels = [(len(row) - len(row.lstrip())) // 2 for row in rows]
        found = [[tenths(text) for text in re.findall(r"[<>]?[\d.]+ %", row)] for row in rows]
        assert len(rows) > 10 and all(len(row) == columns for row in found)
        for number, row in enumerate(found):
            below = [found[other] for other in inner(levels, number)]
            assert not below or [sum(column) for column in zip(*below, strict=True)] == row


# Figures ---------------------------------------------------------------------------------------


def nested(block: dict[str, Any], read: Any) -> None:
    """Each block is the sum of the blocks in it, if there are any."""
    if block["blocks"]:
        assert sum(read(child) for child in block["blocks"]) == read(block), block["name"]
    for child in block["blocks"]:
        nested(child, read)


def test_figures_for_programs_add_up() -> None:
    """8.92 of the decoder's 17.1 G MACs are the product with the transposed embedding: 448·384·51865."""
    data = json.loads(run("report", *TINY, "--format", "json"))
    for name in ("params", "macs", "flops"):
        whole = {"name": "Whisper", "blocks": data["blocks"], name: data["totals"][name]}
        nested(whole, lambda block, name=name: block[name]["value"])
    (decoder,) = (block for block in data["blocks"] if block["name"] == "TextDecoder")
    (own,) = (block for block in decoder["blocks"] if block["kind"] == "own")
    assert own["macs"]["value"] == 448 * 384 * 51865
    assert own["params"]["value"] == 51865 * 384


def test_spreadsheets_add_up() -> None:
    rows = list(csv.DictReader(StringIO(run("report", *TINY, "--format", "csv"))))
    levels = [int(row["level"]) for row in rows]
    for column in ("params_value", "macs_value", "flops_value"):
        values = [int(row[column]) for row in rows]
        for number, value in enumerate(values):
            below = inner(levels, number)
            assert not below or sum(values[row] for row in below) == value


def test_times_add_up() -> None:
    """Arithmetic and traffic of blocks to those of the whole, exactly."""
    data = json.loads(run("eval", *TINY, "--on", "h100-sxm", "--dtype", "bf16", "--depth", "9", "--format", "json"))
    nested(data["by_itself"], lambda block: Fraction(block["bytes"]))


# Rows that cost nothing ------------------------------------------------------------------------

PADDED = "model M(x: [T, I], H) { return x -> Conv1d(H, 3, pad = 1) -> Conv1d(H, 3, groups = 2, pad = 1) }"


def test_what_costs_nothing_is_folded_away() -> None:
    """A convolution pads and groups its channels in modules that only move data."""
    few, all_ = (run("report", "-", "--depth", "9", *more, input=PADDED) for more in ((), ("--all",)))
    assert "Conv1d" in few and "padded" not in few and "grouped" not in few
    assert "padded" in all_ and "grouped" in all_
    assert "padded" in run("report", "-", "--format", "json", input=PADDED)
    assert "padded" in run("report", "-", "--format", "csv", input=PADDED)
    for kind in ("markdown", "latex", "typst"):
        assert "padded" not in run("report", "-", "--depth", "9", "--format", kind, input=PADDED)
        assert "padded" in run("report", "-", "--depth", "9", "--all", "--format", kind, input=PADDED)


def test_under_all_conventions_the_rows_are_the_same() -> None:
    """A block that counts under one of them has its row."""
    text = run("report", "-", "--convention", "all", "T=8", "I=4", "H=6", "--depth", "9", input=PADDED)
    assert "Conv1d" in text and "padded" not in text
    assert "padded" in run(
        "report", "-", "--convention", "all", "T=8", "I=4", "H=6", "--depth", "9", "--all", input=PADDED
    )
