"""What PyTorch itself counts at each operation of an exported program: FlopCounterMode, halved to multiply-accumulates.

Each operation is run by itself on meta tensors of the shapes that were exported, so the sum is that of the whole
program, and a difference is known by its operation.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.fx.node import map_arg
from torch.utils.flop_counter import FlopCounterMode

PER_MAC = 2
"""FlopCounterMode counts a multiplication and an addition for each."""


class NotCounted(Exception):
    """PyTorch cannot say what an operation costs; `str` says which and why."""


@contextmanager
def counting() -> Iterator[FlopCounterMode]:
    """FlopCounterMode without its tree of modules, which is not asked here."""
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        yield counter


def macs_of(node: Any, counter: FlopCounterMode) -> int:
    """The multiply-accumulates of one node of a graph. Raises NotCounted."""
    if not _computes(node):
        return 0
    before = counter.get_total_flops()
    try:
        args, kwargs = map_arg((node.args, node.kwargs), _on_meta)
        node.target(*args, **_without_device(kwargs))
    except Exception as problem:
        raise NotCounted(f"{node.target}: {type(problem).__name__}: {problem}"[:300]) from None
    counted: int = counter.get_total_flops() - before
    return counted // PER_MAC


KNOWN_FREE = {
    "add", "sub", "mul", "div", "view", "reshape", "transpose", "permute", "slice", "select", "unsqueeze", "squeeze",
    "to", "expand", "cat", "relu", "relu_", "gelu", "silu", "sigmoid", "tanh", "softmax", "layer_norm", "batch_norm",
    "dropout", "mean", "pow", "rsqrt", "neg", "cos", "sin", "arange", "contiguous", "flatten", "embedding", "split",
    "chunk", "index", "add_", "mul_", "clone", "sum", "unbind", "where", "stack", "pad", "group_norm", "max_pool2d",
    "avg_pool2d", "adaptive_avg_pool2d", "detach", "copy_", "copy", "zeros", "ones", "full", "eq", "ne", "lt", "gt",
    "le", "ge", "__and__", "__or__", "cumsum", "exp", "hardtanh", "hardtanh_", "rms_norm", "split_with_sizes", "roll",
    "select_scatter", "slice_scatter", "topk", "gather", "masked_fill", "masked_fill_", "softplus", "hardswish_",
}  # fmt: skip
"""Operations whose count by FlopCounterMode is zero, tested to be so: they need not be run."""


def _computes(node: Any) -> bool:
    """Whether an operation could count: nothing else is run, as an assertion may need numbers that meta lacks."""
    if not isinstance(node.target, torch._ops.OpOverload):
        return False
    namespace, name = node.target._schema.name.split("::")
    if namespace == "aten" and (name in KNOWN_FREE or name.startswith(("_assert", "sym_", "item", "_local_scalar"))):
        return False
    return any(isinstance(one.meta.get("val"), torch.Tensor) for one in node.all_input_nodes)


def _on_meta(node: Any) -> Any:
    value = node.meta.get("val")
    if isinstance(value, (list, tuple)):
        return type(value)(_empty(one) for one in value)
    return _empty(value)


def _empty(value: Any) -> Any:
    if not isinstance(value, torch.Tensor):
        return value
    return torch.empty_strided(value.shape, value.stride(), dtype=value.dtype, device="meta")


def _without_device(kwargs: dict[str, Any]) -> dict[str, Any]:
    return {name: "meta" if name == "device" and value is not None else value for name, value in kwargs.items()}
