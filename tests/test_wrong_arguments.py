"""Whatever is handed to a public function in place of what it wants: a fault, or a TypeError that says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import symcost
import symcost.types
from symcost.build import File, Words
from symcost.errors import SymcostError

LECTURE = Path(__file__).parents[1] / "examples" / "lecture"
TEXT = "model Net(x: [T, D], H) { return x -> Linear(H) -> relu -> Linear(D) }\nconfig small { T = 2, D = 8, H = 16 }"
DOCUMENT = symcost.loads(TEXT)
MODEL = DOCUMENT.model()
WRITER = (
    "model Writer(tokens: [T], D) { return tokens -> Embedding(9, D) -> SelfAttention(2, cache = true) -> Linear(9) }"
)
DOCUMENT_OF_A_WRITER = symcost.loads(WRITER)
MACS = MODEL.macs
NUMBERS = MODEL.configured("small")
DEVICE = symcost.Device.load("h100-sxm")
PAGE = symcost.report(MODEL)

JUNK: tuple[object, ...] = (
    None, True, 3, -1, 2.5, float("nan"), "", "junk", "junk\0", b"x", [], [3], (None,), {}, {"a": 3}, {3: 4}, object(),
    1j, len, int, Fraction(1, 3), symcost.form("4*D"), MACS, MODEL, DOCUMENT, DEVICE, PAGE,
)  # fmt: skip

Call = tuple[Callable[..., object], dict[str, object]]


def body() -> Any:
    return File().model("Net", x=["T", "D"])


def calls() -> Iterator[tuple[str, Callable[..., object], dict[str, object]]]:
    """Every public function and method, with arguments by name as they are meant."""
    yield "load", symcost.load, {"path": LECTURE / "elman.arch"}
    yield "loads", symcost.loads, {"text": TEXT, "name": "a.arch", "base": LECTURE}
    yield "form", symcost.form, {"value": "4*D"}
    yield "assert_cost", symcost.assert_cost, {"subject": MODEL, "config": "small", "at": {"T": 3}, "macs": ">= 3"}
    yield "from_config", symcost.from_config, {"config": {"model_type": "llama"}, "model": None}
    yield "check", symcost.check, {"documents": DOCUMENT, "verbose": False}
    yield "report", symcost.report, {"model": MODEL, "convention": "default", "depth": 1, "every": True}
    training = {"model": MODEL, "convention": "default", "optimizer": "adam", "inputs": False}
    yield "training", symcost.training, training
    yield "explain", symcost.explain, {"model": MODEL, "quantity": "macs", "depth": 1, "convention": "default"}
    growth = {"model": MODEL, "quantity": "macs", "dimensions": ["T"], "together": False, "convention": "default"}
    yield "growth", symcost.growth, growth
    yield "memory", symcost.memory, {"model": MODEL, "types": "bf16"}
    yield "path", symcost.path, {"model": MODEL, "port": "x", "axis": 0, "result": 0}
    table = {"columns": ["macs"], "dimension": "T", "orders": False, "convention": "default", "values": {"H": "D"}}
    yield "table", symcost.table, {"models": [MODEL], **table}
    compare = {"of": "macs", "dimensions": ["T"], "convention": "default", "values": {"H": "D"}}
    yield "compare", symcost.compare, {"left": MODEL, "right": MODEL, **compare}
    yield "time", symcost.time, {"model": NUMBERS, "device": "h100-sxm", "dtype": "bf16", "depth": 1, "every": False}
    use = {"utilization": 0.0001, "runs": 2, "training": False, "devices": 2, "overhead": 1.5, "intensity": 300}
    yield "energy", symcost.energy, {"model": NUMBERS, "device": DEVICE, "dtype": "bf16", **use}
    writer, ask = DOCUMENT_OF_A_WRITER.model().at(D=8), symcost.types.Ask(2, 3)
    given = {"layout": symcost.types.Layout(), "rates": symcost.types.Rates(), "profile": "none", "formula": False}
    draft = {"draft": None}
    yield "serve", symcost.serve, {"model": writer, "device": "h100-sxm", "dtype": "bf16", "ask": ask, **draft, **given}
    both = {"model": writer, "dtype": "bf16", "ask": ask, "layout": symcost.types.Layout(), "profile": "none"}
    several = {"devices": ["h100-sxm"], "layouts": [symcost.types.Layout()], "rates": symcost.types.Rates(), **draft}
    yield "serve_side_by_side", symcost.serve_side_by_side, {**both, **several}
    yield "serve_against", symcost.serve_against, {**both, "device": "h100-sxm", "on": "l40s", "other": None}
    plan = {"plan": symcost.types.Plan(100, 1, 1), "rates": symcost.types.Rates(), "formula": False, "node": 8}
    yield "train", symcost.train, {"model": NUMBERS, "device": "h100-sxm", "dtype": "bf16", "fit": False, **plan}
    yield "layers", symcost.layers, {"name": "Linear"}
    yield "models", symcost.models, {"name": "llama"}

    yield "Document.model", DOCUMENT.model, {"name": "Net"}
    yield "Model.at", MODEL.at, {"T": 3}
    yield "Model.configured", MODEL.configured, {"name": "small"}
    yield "Model.configured_from", MODEL.configured_from, {"path": "config.json"}
    yield "Model.number", NUMBERS.number, {"form": symcost.form("T")}
    yield "Model.shown", MODEL.shown, {"form": symcost.form("T")}
    yield "Model.written", MODEL.written, {"form": symcost.form("T"), "writing": "latex"}
    yield "Model.quantity", MODEL.quantity, {"name": "flops", "convention": "default"}
    yield "Model.holds", MODEL.holds, {"name": "depth"}
    yield "Model.assumed_for", MODEL.assumed_for, {"name": "depth"}
    yield "Model.explained", MODEL.explained, {"name": "flops", "convention": "default"}
    yield "Model.longest_paths", MODEL.longest_paths, {"name": "depth"}
    yield "Model.flops", MODEL.flops, {"convention": "default"}
    yield "Model.gradients", MODEL.gradients, {"inputs": True}
    yield "Model.path", MODEL.path, {"port": 0, "axis": 0, "result": 0}
    yield "Model.network", MODEL.network, {"flat": True, "plain": False}
    yield "Model.operations", MODEL.operations.__getitem__, {"": "mac"}

    yield "Quantity()", MACS, {"T": 3, "D": 4, "H": 5}
    yield "Quantity.at", MACS.at, {"T": 3}
    #        yield "Quantity.renamed", MACS.renamed, {"names": {"H": "hidden"}}
    yield "Quantity.compare", MACS.compare, {"other": 3}
    yield "Quantity.keeps", MACS.keeps, {"sign": ">=", "other": 1}
    yield "Quantity.growth", MACS.growth, {"dimension": "T"}
    yield "Quantity.crossing", MACS.crossing, {"other": 3, "dimension": "T"}
    yield "Quantity.diff", MACS.diff, {"dimension": "T"}
    yield "Quantity.limit", MACS.limit, {"dimension": "T"}
    yield "Quantity.solve", MACS.solve, {"dimension": "T", "value": 3}

    yield "Device.load", symcost.Device.load, {"name_or_path": "h100-sxm"}
    yield "Device.width", DEVICE.width, {"dtype": "bf16"}
    yield "Device.rate", DEVICE.rate, {"operation": "mac", "dtype": "bf16"}
    yield "Device.unit", DEVICE.unit, {"operation": "mac"}
    yield "Device.ridge", DEVICE.ridge, {"dtype": "bf16"}
    yield "Page.written", PAGE.written, {"writing": "text", "width": 80}

    yield "File.use", File().use, {"path": "blocks.arch"}
    yield "File.dims", File().dims, {"T": "time"}
    yield "File.module", File().module, {"": "Block", "x": ["T"]}
    yield "File.model", File().model, {"": "Block", "x": ["T"]}
    yield "File.config", File().config, {"": "tiny", "T": 3}
    yield "File.document", writing().document, {"base": LECTURE}
    yield "Body.call", body().call, {"layer": "Linear", "": "H"}
    yield "Body.let", body().let, {"names": "a", "value": 3}
    yield "Body.param", body().param, {"word": "W", "sizes": ["T"], "kind": "param"}
    yield "Body.layer", body().layer, {"word": "f", "layer": "Linear"}
    yield "Body.index", body().index, {"word": "y", "indices": ["t"], "value": "x[t]"}
    yield "Body.emit", body().emit, {"word": "y", "value": "x"}
    yield "Body.assume", body().assume, {"divisor": 2, "divides": "T"}
    yield "Body.returns", body().returns, {"": "x"}
    yield "Body.repeat", entered(body().repeat), {"count": "L", "counter": "l", "shared": False}
    yield "Body.scan", entered(body().scan), {"counter": "t", "over": "T", "h": ["H"]}
    yield "Body.choose", entered(body().choose), {"active": 2, "of": 8}
    yield "Body.when", entered(body().when), {"condition": True}
    yield "Value.then", body().x.then, {"layer": "Linear", "": "H"}
    yield "Words", Words, {"text": "same"}


def writing() -> File:
    file = File()
    net = file.model("Net", x=["T"])
    net.returns(net.x)
    return file


def entered(block: Callable[..., Any]) -> Callable[..., None]:
    def enter(**arguments: object) -> None:
        with block(**arguments):
            pass

    return enter


def given(call: Callable[..., object], arguments: dict[str, object]) -> object:
    """What has no name is handed over by its place."""
    placed = [value for name, value in arguments.items() if name == ""]
    named = {name: value for name, value in arguments.items() if name != ""}
    return call(**named) if not placed else _placed(call, placed, named)


def _placed(call: Callable[..., object], placed: list[object], named: dict[str, object]) -> object:
    layer = named.pop("layer", None)
    return call(*([] if layer is None else [layer]), *placed, **named)


CALLS = {name: (call, arguments) for name, call, arguments in calls()}

FROM_INSIDE = re.compile(
    r"object is not|object has no|unsupported operand|must be (str|an? )|expected (str|bytes)|not supported between"
    r"|unhashable|argument after|bad operand|required argument|cannot unpack|can only|expected at|descriptor"
    r"|first argument|slice indices|takes \d|is not JSON|cannot be interpreted|NoneType"
)
"""What Python itself says when it meets something that it cannot use, somewhere."""


@pytest.mark.parametrize("name", CALLS)
def test_as_it_is_meant(name: str) -> None:
    """Every call of the list is one that can be made (a file that is not there apart)."""
    call, arguments = CALLS[name]
    if name != "Model.configured_from":
        given(call, arguments)


@pytest.mark.parametrize("name", CALLS)
def test_junk_is_told(name: str) -> None:
    """In place of each argument: what is taken is taken; what is not is a fault of the file, or said in a sentence."""
    call, arguments = CALLS[name]
    for argument in arguments:
        for junk in JUNK:
            said = outcome(partial(given, call, {**arguments, argument: junk}))
            assert not said, f"{argument} = {junk!r}: {said}"


def outcome(ask: Callable[[], object]) -> str:
    """What is wrong with how a call ended; nothing where it ended well."""
    try:
        ask()
    except (SymcostError, ValueError, AssertionError) as fault:
        if isinstance(fault, UnicodeError) or (isinstance(fault, AssertionError) and not fault.args):
            return repr(fault)
    except TypeError as fault:
        return repr(fault) if FROM_INSIDE.search(str(fault)) else ""
    except KeyError as fault:
        return "" if str(fault.args[0]).startswith("no writing") else repr(fault)
    except Exception as fault:
        return repr(fault)
    return ""
