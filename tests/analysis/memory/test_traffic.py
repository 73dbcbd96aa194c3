"""Least traffic and the rounds of blocks, derived by hand."""

from typing import Literal

import pytest

from symcost.analysis.fold import rounds
from symcost.analysis.memory.traffic import Traffic, moved
from symcost.cost import NOTHING
from symcost.diagnostics import Source, Span
from symcost.formula import Form, counter, num, symbol
from symcost.graph.graph import Block, Graph, Operation, Parameter, Tensor
from symcost.ops import every_primitive
from symcost.ops.indices import lone

RECORDS = {record.name: record for record in every_primitive()}
NOWHERE = Span(Source("<test>", " "), 0, 1)
T, M, K, N, D = map(symbol, "TMKND")


def tensor(*shape: Form) -> Tensor:
    return Tensor(shape, NOWHERE)


def operation(kind: str, inputs: list[Tensor], *shape: Form) -> Operation:
    """With an index of its own on each axis, where the kind asks for that."""
    reads = [[lone(f"{place}{axis}", NOWHERE) for axis, _ in enumerate(x.shape)] for place, x in enumerate(inputs)]
    given = {"reads": reads, "extents": {}} if kind == "contract" else {}
    return Operation(RECORDS[kind], tuple(inputs), (tensor(*shape),), NOTHING, NOWHERE, given=given)


def graph(*nodes: Operation | Block | Parameter) -> Graph:
    made = Graph()
    for node in nodes:
        made.insert(node)
    return made


def block(kind: Literal["call", "scan", "repeat", "choose"], inside: Graph, **more: object) -> Block:
    return Block(kind, kind, inside, NOWHERE, **more)  # type: ignore[arg-type]


def test_a_product_reads_both_factors_and_writes_the_result() -> None:
    """M·K + K·N + M·N numbers (How to Scale Your Model, part 1: 2BD + 2DF + 2BF bytes in bf16)."""
    product = operation("contract", [tensor(M, K), tensor(K, N)], M, N)
    assert moved(product) == M * K + K * N + M * N


def test_the_same_tensor_is_read_once() -> None:
    """x*x reads D numbers and writes D."""
    x = tensor(D)
    assert moved(operation("*", [x, x], D)) == 2 * D


@pytest.mark.parametrize("kind", ["reshape", "transpose", "select", "split", "stack"])
def test_a_view_moves_nothing(kind: str) -> None:
    assert moved(operation(kind, [tensor(M, K)], K, M)) == 0


def test_a_copy_is_read_and_written() -> None:
    """concat of M and N numbers: M + N in, M + N out."""
    assert moved(operation("concat", [tensor(M), tensor(N)], M + N)) == 2 * (M + N)


def test_a_gather_reads_only_its_rows() -> None:
    """T rows of D numbers out of a table of N rows: T indices, T·D in, T·D out; N does not matter."""
    assert moved(operation("gather", [tensor(N, D), tensor(T)], T, D)) == T + 2 * T * D


def test_a_call_counts_its_inside_once() -> None:
    inside = graph(operation("tanh", [tensor(D)], D))
    call = block("call", inside)
    found = Traffic(graph(call))
    assert found.numbers == found.part(call).numbers == 2 * D


def test_repeats_multiply_with_everything_around_them() -> None:
    """L layers of N steps of one pointwise operation on D numbers: 2·D in the layer, times N, times L."""
    step = block("scan", graph(operation("tanh", [tensor(D)], D)), count=N)
    layers = block("repeat", graph(step), count=K)
    found = Traffic(graph(layers))
    assert found.numbers == found.part(layers).numbers == found.part(layers).part(step).numbers == 2 * D * N * K


def test_a_growing_cache_is_summed() -> None:
    """Reading t + 1 keys of D numbers in each of N steps, D out: sum of D(t + 1) + D = D·N(N + 1)/2 + D·N."""
    t = counter("t", num(0), N)
    step = block("scan", graph(operation("sum", [tensor(t + 1, D)], D)), counter=t, count=N)
    assert Traffic(graph(step)).numbers == D * N * (N + 1) / 2 + D * N


def test_only_the_chosen_run() -> None:
    """2 of 8 experts: twice the traffic of one."""
    chosen = block("choose", graph(operation("relu", [tensor(D)], D)), count=num(2), total=num(8))
    assert rounds(chosen, D) == 2 * D
    assert Traffic(graph(chosen)).numbers == 4 * D


def test_parameters_alone_move_nothing() -> None:
    """A weight is read by the operation that uses it."""
    weight = Parameter("W", tensor(M, N), NOWHERE)
    assert Traffic(graph(weight)).numbers == 0
