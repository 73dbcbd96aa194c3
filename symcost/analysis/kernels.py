"""Kernels: definitions of the library that PyTorch performs as one, with a derivative that was worked out by hand.

Written out, softmax needs its input, the powers and the result for its way back; its derivative, y (g - Σ g y), needs
the result alone, and that is what PyTorch's kernel saves. A norm works its normalised numbers out anew from the input
and the statistics of each row. What is meant is PyTorch's eager mode; a formula that a user writes out is no kernel
there, and none here. Where PyTorch is of two minds:

- RMSNorm on a CPU is not fused (torch 2.13): there x rstd is kept beside x and rstd. On a GPU it is, as here.
- softsign and the quotient of two tensors are written out in PyTorch or save other operands: here they keep what the
  table of pointwise operations says.
- glu may have any gate here, and is written out: the gate is kept beside the input. PyTorch's, which has only sigmoid,
  keeps the input alone.
- Batch normalisation is here what it is in use, a scale and a shift: in training PyTorch keeps mean and deviation of
  each channel besides.

The operations of the way back are counted as the definition is written.

Source  PyTorch's derivatives.yaml: `_softmax` and `_log_softmax` save `result`; `native_layer_norm`,
        `native_group_norm` and `_fused_rms_norm` `input` and the statistics; `hardtanh`, `hardsigmoid`, `hardswish`
        and `_prelu_kernel` `self`
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from symcost.graph.graph import Graph, Operation, Tensor
from symcost.ops.reads import reduced
from symcost.records import dataclass


@dataclass(frozen=True, slots=True)
class Kernel:
    """What is kept: the input, or the result; and `statistics`, what is reduced directly in it."""

    result: bool = False
    statistics: bool = False


OF_THE_INPUT, OF_THE_RESULT, NORM = Kernel(), Kernel(result=True), Kernel(statistics=True)

KERNELS: Mapping[str, Kernel] = MappingProxyType(
    {
        "softmax": OF_THE_RESULT,
        "log_softmax": OF_THE_RESULT,
        "LayerNorm": NORM,
        "RMSNorm": NORM,
        "GroupNorm": NORM,
        "relu6": OF_THE_INPUT,
        "hardsigmoid": OF_THE_INPUT,
        "hardswish": OF_THE_INPUT,
        "PReLU": OF_THE_INPUT,
    }
)
"""By the name in the library; what a file defines under such a name is no kernel."""


def keeps(graph: Graph) -> tuple[Tensor, ...] | None:
    """What the kernel that a definition is keeps of what it reads and makes; None where it is no kernel."""
    kernel = KERNELS.get(graph.library or "")
    if kernel is None:
        return None
    whole = graph.results if kernel.result else graph.ports
    return (*whole, *_reduced(graph)) if kernel.statistics else whole


def _reduced(graph: Graph) -> Iterator[Tensor]:
    """The results of reductions: a number or two for each row."""
    for node in graph:
        if isinstance(node, Operation) and node.primitive.reads is reduced:
            yield from node.outputs
