"""The roofline against times that are derived by hand or published."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import pytest

from symcost.analysis.memory.traffic import Crossing, Moved
from symcost.cost import NOTHING, Cost, cost
from symcost.diagnostics import Source, Span
from symcost.errors import SymcostError
from symcost.formula import Form, num, symbol
from symcost.graph.graph import Block, Graph, Operation, Tensor
from symcost.hardware import Device, Estimate, Types, estimate
from symcost.ops import every_primitive
from symcost.ops.indices import lone

NOWHERE = Span(Source("<test>", " "), 0, 1)
B, D, F, N = map(symbol, "BDFN")


@dataclass
class Part:
    """A block of a model as `estimate` sees it."""

    label: str
    cost: Cost
    node: Graph | Block
    kind: str = "model"
    inside: list[Part] = field(default_factory=list)

    def moved(self, fold: Moved) -> Crossing:
        return fold.of_node(self.node) if isinstance(self.node, Block) else fold.of(self.node)


RECORDS = {record.name: record for record in every_primitive()}


def graph(*nodes: Operation | Block) -> Graph:
    made = Graph()
    for node in nodes:
        made.insert(node)
    return made


def operation(kind: str, inputs: list[tuple[Form, ...]], output: tuple[Form, ...]) -> Operation:
    """With an index of its own on each axis, where the kind asks for that."""
    made = [Tensor(shape, NOWHERE) for shape in (*inputs, output)]
    reads = [[lone(f"{place}{axis}", NOWHERE) for axis, _ in enumerate(shape)] for place, shape in enumerate(inputs)]
    given = {"reads": reads, "extents": {}} if kind == "contract" else {}
    return Operation(RECORDS[kind], tuple(made[:-1]), (made[-1],), NOTHING, NOWHERE, given=given)


def product(device: str, dtype: str, batch: int, inputs: int, outputs: int) -> Estimate:
    """[B, D] @ [D, F] on a device."""
    whole = Part("matmul", cost({"mac": B * D * F}), graph(operation("contract", [(B, D), (D, F)], (B, F))))
    return estimate(whole, Device.load(device), Types.of(dtype), {"B": batch, "D": inputs, "F": outputs})


def test_a_large_product_is_compute_bound() -> None:
    """8192^3 MACs on an H100: 2·8192^3 / 989.4e12 = 1.11 ms; 3·8192^2·2 bytes / 3.35e12 = 0.12 ms."""
    large = product("h100-sxm", "bf16", 8192, 8192, 8192)
    assert large.bound == "compute-bound"
    assert large.time == large.compute == Fraction(2 * 8192**3 * 10, 9894 * 10**12)
    assert large.memory == Fraction(3 * 8192**2 * 2, 3350 * 10**9)
    assert f"{float(large.time):.2e}" == "1.11e-03"


def test_a_product_with_a_vector_is_memory_bound() -> None:
    """One token reads all 8192 x 8192 weights: (8192 + 8192^2 + 8192)·2 bytes / 3.35e12 = 40.07 us."""
    one = product("h100-sxm", "bf16", 1, 8192, 8192)
    assert one.bound == "memory-bound"
    assert one.bytes == 2 * (8192 + 8192**2 + 8192)
    assert one.time == one.memory == Fraction(one.bytes, 3350 * 10**9)
    assert f"{float(one.time):.3e}" == "4.007e-05"


def test_a_million_million_flop_on_an_h100() -> None:
    """How to Scale Your Model, part 1: 1e12 FLOP take 1.01 ms on an H100."""
    whole = Part("work", cost({"mac": num(10**12 // 2)}), graph())
    least = estimate(whole, Device.load("h100-sxm"), Types.of("bf16"), {})
    assert f"{float(least.time) * 1000:.2f}" == "1.01"


@pytest.mark.parametrize(("batch", "bound"), [(259, "memory-bound"), (260, "compute-bound")])
def test_the_critical_batch_of_a_tpu_v5e(batch: int, bound: str) -> None:
    """int8 [B, 4096] @ [4096, 16384] (How to Scale Your Model, part 2, question 4).

    Bytes 67.109e6 + 20480·B over 819e9, FLOP 134.2e6·B over 394e12: equal at
    8.194e-5 / (3.406e-7 - 2.501e-8) = 259.6. The book rounds (810e9, two digits) and prints 271.
    """
    assert product("tpu-v5e", "int8", batch, 4096, 16384).bound == bound


def test_classes_take_their_own_rates_one_after_the_other() -> None:
    """On a Cortex-M7: 480 MACs of int8 at 960 M/s, 48 tanh at 480 M / 25, 480 additions at 480 M/s.

    0.5 us + 2.5 us + 1 us = 4 us.
    """
    whole = Part("step", cost({"mac": num(480), "exp": num(48), "add": num(480)}), graph())
    least = estimate(whole, Device.load("cortex-m7-480"), Types.of("int8"), {})
    micro = Fraction(1, 10**6)
    assert dict(least.seconds) == {"mac": micro / 2, "exp": 5 * micro / 2, "add": micro}
    assert least.compute == 4 * micro


def test_blocks_have_their_own_times_and_their_own_bounds() -> None:
    """A product of [512, 4096] @ [4096, 4096], then N rounds of tanh on 4096 numbers, on an A100 in fp16.

    Product: 2·512·4096·4096 / 312e12 = 55.06 us against (2·512·4096 + 4096^2)·2 / 2.039e12 = 20.57 us.
    tanh, 100 rounds: 100·4096 / 2.436e12 = 0.168 us against 100·2·4096·2 / 2.039e12 = 0.804 us.
    """
    call = Block("call", "Linear", graph(operation("contract", [(B, D), (D, D)], (B, D))), NOWHERE)
    loop = Block("scan", "scan", graph(operation("tanh", [(D,)], (D,))), NOWHERE, count=N)
    first = Part("Linear", cost({"mac": B * D * D}), call, "call")
    second = Part("scan", cost({"exp": D * N}), loop, "scan")
    whole = Part("Model", cost({"mac": B * D * D, "exp": D * N}), graph(call, loop), inside=[first, second])
    least = estimate(whole, Device.load("a100-sxm-80"), Types.of("fp16"), {"B": 512, "D": 4096, "N": 100})
    product, tanh = least.children
    assert (product.bound, tanh.bound) == ("compute-bound", "memory-bound")
    assert product.time == Fraction(2 * 512 * 4096**2, 312 * 10**12)
    assert tanh.time == Fraction(100 * 2 * 4096 * 2, 2039 * 10**9)
    assert least.bytes == product.bytes + tanh.bytes
    assert least.compute == product.compute + tanh.compute
    assert least.time == max(least.compute, least.memory) <= product.time + tanh.time


def test_nothing_takes_no_time() -> None:
    assert estimate(Part("idle", NOTHING, graph()), Device.load("rpi5"), Types.of("fp32"), {}).time == 0


def test_a_type_the_device_has_not_is_a_fault() -> None:
    with pytest.raises(SymcostError, match="`rpi5` has no peak for `bf16`"):
        product("rpi5", "bf16", 1, 1, 1)
