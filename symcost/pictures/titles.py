"""What stands in a box: the words of a paper where there are such, else those of the text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from symcost.formula import Form, num
from symcost.graph.graph import Block, GraphNode, Operation, Tensor
from symcost.pictures.calls import LONGEST, Scope, with_arguments

if TYPE_CHECKING:
    from symcost.model import Model

SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}
"""Operations of two tensors that are drawn as a sign in a circle."""

CONVOLUTION = re.compile(r"Conv(Transpose)?([123])d")
POWER = re.compile(r"\^\s*([\w.]{1,10})\s*\)?$")
"""`^2` at the end of `(x - y)^2`."""
OF_A_NAME = re.compile(r"\w+\(\w+\)")
"""`sigmoid(f)`."""
COUNTED = re.compile(r"(\w+ \w+) in \w+")
"""`scan t in n`."""
BEHIND_A_SIGN = re.compile(r"[-+*/^]\s*([\w.]{1,10}(\([\w.*/ ]{1,10}\))?)\s*$")
"""`/ sqrt(D)` at the end of `s / sqrt(D)`."""
BEFORE_A_SIGN = re.compile(r"([\w.]{1,10})\s*[-+*/]")
"""`1 -` at the beginning of `1 - z`."""
ASSIGNED = re.compile(r"(\w+)\s*(?::\s*\[[^\]\n]*\]\s*)?=\s*$")
"""`y =` or `y: [T, D] =` before what it is made of."""


def shape(model: Model, tensor: Tensor) -> str:
    """`[T, 4·H]`, with the numbers put in."""
    return f"[{', '.join(str(model.shown(size)) for size in tensor.shape)}]"


def words(text: str) -> str:
    """A text in one line; nothing where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else ""


def file_of(node: GraphNode) -> str:
    """The name of the file in which it stands."""
    return PurePath(node.span.source.name).name


def hint(node: GraphNode) -> str:
    """Where it stands, and its first line there."""
    first = node.span.text.strip().split("\n", 1)[0][:80]
    return f"{file_of(node)}:{node.span.line}  {first}"


def of_operation(operation: Operation, learned: Sequence[str], tensors: int, *, recurs: bool = False) -> str:
    """`@ W`, `+ b`, `/ sqrt(D)`, `tanh`; `learned` are the parameters that it reads, `tensors` how many others.

    `recurs`: in a recurrence it is said of what it is taken, `sigmoid(f)`, so that gates can be told apart.
    """
    kind = operation.kind
    if kind in ("contract", "window"):
        return _of_product(operation, learned)
    if learned:
        return _of_parameters(kind, learned)
    if tensors > 1:
        return kind
    return _of_one_tensor(operation, recurs=recurs)


def _of_parameters(kind: str, learned: Sequence[str]) -> str:
    if kind == "gather":
        return f"rows of {learned[0]}"
    return f"{SIGNS.get(kind, kind)} {', '.join(learned)}"


def _of_one_tensor(operation: Operation, *, recurs: bool) -> str:
    kind, text = operation.kind, words(operation.span.text)
    if kind in SIGNS:
        return _with_a_number(operation)
    if kind == "^":
        power = POWER.search(text)
        return f"^ {power[1]}" if power else kind
    is_of_a_name = recurs and OF_A_NAME.fullmatch(text) is not None
    return text if is_of_a_name else kind


def is_sign(operation: Operation, learned: Sequence[str], tensors: int) -> bool:
    """Whether one character in a circle tells it."""
    return operation.kind in SIGNS and not learned and tensors > 1


def _of_product(operation: Operation, learned: Sequence[str]) -> str:
    if learned:
        sign = "@" if "@" in operation.names else "·"
        return f"{sign} {', '.join(learned)}"
    text = " ".join(operation.span.text.split()).replace("..., ", "")
    narrowest = operation.names[0]
    return words((text.partition("=")[2] or text).strip()) or ("product" if narrowest == "contract" else narrowest)


def _with_a_number(operation: Operation) -> str:
    """`× 2` or `1 −`, where the other operand is no tensor."""
    sign = SIGNS[operation.kind]
    text = _without_brackets(" ".join(operation.span.text.split()))
    tensor = _as_written(operation.inputs[0]) if operation.inputs else ""
    is_last = bool(tensor) and text.endswith(tensor) and not text.startswith(tensor)

    behind = BEHIND_A_SIGN.search(text)
    if behind and not is_last:
        return f"{sign} {behind[1]}"

    before = BEFORE_A_SIGN.match(text)
    if before is None:
        return sign
    is_number = before[1].replace(".", "").isdigit()
    return f"{before[1]} {sign}" if is_last or is_number else sign


def _without_brackets(text: str) -> str:
    is_in_brackets = text.startswith("(") and text.endswith(")")
    return text[1:-1] if is_in_brackets else text


def _as_written(tensor: Tensor) -> str:
    """What stands for a tensor where it is read: the name that it was given, else its own text."""
    span = tensor.span
    found = ASSIGNED.search(span.source.text, max(0, span.start - 2 * LONGEST), span.start)
    return found[1] if found else " ".join(span.text.split())


def of_block(model: Model, block: Block, scope: Scope, *, opened: bool = False) -> str:
    """`Conv2d 3×3, 64`, `Linear(H)`, `LSTMCell`, `scan t in T`, `choose 2 of 8`; a closed stack as `12 × Layer`."""
    if block.kind == "call":
        return _of_call(model, block, scope)
    if block.kind == "choose":
        assert block.total is not None
        return f"choose {model.shown(block.count)} of {model.shown(block.total)}"
    if block.kind == "repeat" and not opened:
        return _of_stack(model, block)
    return _first_words(model, block)


def _first_words(model: Model, block: Block) -> str:
    """`scan t in T`, with what its end stands for where that is short; `scan` alone where all of it is long."""
    found = COUNTED.fullmatch(block.name)
    count = str(model.shown(block.count))
    if found and len(count) <= LONGEST // 2:
        return f"{found[1]} in {count}"
    return block.name if len(block.name) <= 2 * LONGEST else block.kind


def _of_call(model: Model, block: Block, scope: Scope) -> str:
    if block.home is not None:
        return _named(block.home, block.name)
    if block.graph.library is not None:
        return _of_layer(model, block, scope)
    return with_arguments(model, block, scope) or block.name


def _of_layer(model: Model, block: Block, scope: Scope) -> str:
    """A layer of the library: by its channels, if it has such."""
    channels = block.graph.statics.get("O")
    if CONVOLUTION.fullmatch(block.name):
        return _of_convolution(model, block)
    if isinstance(channels, Form):
        return words(f"{block.name} {model.shown(channels)}") or block.name
    return with_arguments(model, block, scope) or block.name


def _of_stack(model: Model, block: Block) -> str:
    """`12 × Layer`, where nothing but one layer is in it."""
    alone = alone_in(block)
    if alone is None:
        return _first_words(model, block)
    count = str(model.shown(block.count))
    if count == "1":
        return alone.name
    times = count if count.isalnum() else f"({count})"
    return f"{times} × {alone.name}"


def alone_in(block: Block) -> Block | None:
    """The only node in a block, if that is a call."""
    inside = list(block.graph)
    if len(inside) != 1:
        return None
    alone = inside[0]
    return alone if isinstance(alone, Block) and alone.kind == "call" else None


def _named(home: object, name: str) -> str:
    """A layer by its own name, `cell: Cell`."""
    own = next((node.name for node in home if isinstance(node, Block)), name)  # type: ignore[attr-defined]
    return own if own == name else f"{own}: {name}"


def _of_convolution(model: Model, block: Block) -> str:
    """As papers write it: its window, its channels, and by how much it makes the picture smaller."""
    statics = block.graph.statics
    axes = int(block.name[-2])
    kernel = _sizes(model, statics.get("kernel"), axes)
    title = f"{block.name} {kernel}".strip()
    channels = statics.get("O")
    if isinstance(channels, Form):
        title += f", {model.shown(channels)}"
    stride = statics.get("stride")
    if isinstance(stride, Form) and stride != num(1):
        title += f", /{model.shown(stride)}"
    return title


def _sizes(model: Model, given: object, axes: int) -> str:
    """`3×3`; nothing for what is no number for all axes alike."""
    return "×".join([str(model.shown(given))] * axes) if isinstance(given, Form) else ""


def rounds(model: Model, block: Block) -> str:
    """What stands in the corner of a frame: `× L`; nothing where there is one round."""
    if block.kind in ("call", "layer", "choose"):
        return ""
    return f"× {model.shown(block.count)}"


def parameter_names(tensors: Sequence[Tensor], known: Mapping[Tensor, str]) -> list[str]:
    """The parameters among operands, each once."""
    return list(dict.fromkeys(known[tensor] for tensor in tensors if tensor in known))
