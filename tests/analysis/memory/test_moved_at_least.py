"""What has to be moved at least, by hand: never more than a machine moves that keeps everything on the chip."""

from __future__ import annotations

import pytest
from hypothesis import given

import symcost
from symcost.analysis.memory.fused import Fused
from symcost.analysis.memory.traffic import Traffic
from tests.examples.files import EXAMPLES, loaded
from tests.oracle.sampling import examples
from tests.oracle.strategies import Architecture, architectures


def fused(ports: str, body: str, **sizes: int) -> int:
    return symcost.loads(f"model M({ports}) {{ {body} }}").model().quantity("fused")(**sizes)


@pytest.mark.parametrize(
    ("ports", "body", "sizes", "moved"),
    [
        # A chain of ten moves its input and its result, as one operation does.
        ("x: [N]", "repeat 10 { x = relu(x) } return x", {"N": 9}, 18),
        # Two lists of numbers joined and added up: both are read, one number is written.
        ("x: [N], y: [N]", "return sum(concat(x, y))", {"N": 5}, 11),
        # Copies of an input are read once: 3·5 in, 3 out.
        ("x: [N, D]", "return sum(repeat_axis(x, 4, axis = -1))", {"N": 3, "D": 5}, 18),
        # A part of a parameter, and the same part twice: 2·3 numbers in, 2·3 of the parameter, 2·3 out.
        ("x: [T, D], V", "param E: [V, D] return x + E[0:T]", {"T": 2, "D": 3, "V": 99}, 18),
        ("x: [T, D], V", "param E: [V, D] return x + E[0:T] + E[0:T]", {"T": 2, "D": 3, "V": 99}, 18),
        # Parts that lie one over the other: the larger; those that lie apart: both.
        ("x: [D], V", "param E: [V, D] return x + sum(E[0:2], axis = 0) + sum(E[0:5], axis = 0)", {"D": 3, "V": 9}, 21),
        ("x: [D], V", "param E: [V, D] return x + E[1] + E[4]", {"D": 3, "V": 9}, 12),
        ("x: [D]", "param W: [4*D] a, b, c, d = split(W, 4) return x * b + d", {"D": 3}, 12),
        # Of an input only what is read: row 1 of 7.
        ("x: [T, D]", "return relu(x[1])", {"T": 7, "D": 3}, 6),
        ("x: [T, D]", "y = reshape(x, [D, T]) return relu(y[1])", {"T": 7, "D": 3}, 14),
        # The same rows in every round are read once: 2 row numbers, 2·3 of the table, 2·3 out.
        (
            "t: [T], V, D",
            "param E: [V, D] y = zeros([T, D]) repeat 5 { y = y + E[t] } return y",
            {"T": 2, "D": 3, "V": 9},
            14,
        ),
        # A table is read once, however many rows are taken: 100 row numbers, 4·3 numbers, 100·3 out.
        ("t: [T], V, D", "param E: [V, D] return E[t] + 1", {"T": 100, "D": 3, "V": 4}, 412),
        # Round by round each row of the parameter; and the same row every time.
        ("x: [T, D]", "param W: [T, D] scan t in T { emit y = x[t] * W[t] } return y", {"T": 4, "D": 3}, 36),
        ("x: [T, D]", "param W: [T, D] scan t in T { emit y = x[t] * W[0] } return y", {"T": 4, "D": 3}, 27),
        # The last state of a recurrent layer still needs all the steps before it: 2·3·3 weights, 4·3 in, 3 out.
        ("x: [T, D]", "y = x -> RNN(D, bias = false) return y[T - 1]", {"T": 4, "D": 3}, 33),
        # A named layer has its weights once, called twice: 5·5 + 5, and 5 in and out.
        ("x: [D]", "layer f = Linear(D) return f(f(x))", {"D": 5}, 40),
        # What nobody reads stays where it is.
        ("x: [D], y: [D]", "z = Linear(y, D) return relu(x)", {"D": 5}, 10),
        # What is handed back as it came is not moved; one result seen twice is written once.
        ("x: [D], y: [D]", "return relu(x), y", {"D": 5}, 10),
        ("x: [A, B]", "y = relu(x) return y, transpose(y)", {"A": 2, "B": 3}, 12),
        # Of eight experts all positions choose the same two: 2·5·5 weights, 3·5 in and out.
        (
            "x: [T, D]",
            "choose 2 of 8 { emit y = Linear(x, D, bias = false) } return sum(y, axis = 0)",
            {"T": 3, "D": 5},
            80,
        ),
    ],
)
def test_what_an_ideal_machine_moves(ports: str, body: str, sizes: dict[str, int], moved: int) -> None:
    assert fused(ports, body, **sizes) == moved


def test_a_cache_is_read_once_and_appended_to() -> None:
    """c keys of D numbers in, the new one out; a query in, an answer out; the weights of the key."""
    body = "K = concat(keys, Linear(x, D, bias = false), axis = 0) return attention(x, K, K), K"
    assert fused("x: [1, D], keys: [c, D]", body, c=7, D=3) == 7 * 3 + 3 + 3 + 3 + 9


def test_a_token_after_a_prompt_moves_the_parameters_once() -> None:
    """LLaMA 3 8B without its 128256·4096 words, of which 8192 are read; row numbers in, one out."""
    sizes = {"P": 8191, "N": 1, "kv_heads": 8}
    model = loaded(EXAMPLES / "language/llama.arch").model("Generate").configured("llama3_8b").at(**sizes)
    words = 128256 * 4096
    assert model.quantity("fused")() == 8030261248 - words + 8192 * 4096 + 8192 + 1


def test_every_expert_may_be_read() -> None:
    """For eight positions that choose otherwise all experts: 4·25 weights instead of 1·25."""
    model = symcost.loads(
        "model M(x: [8, 5]) { choose 1 of 4 { emit y = Linear(x, 5, bias = false) } return sum(y, axis = 0) }"
    ).model()
    assert [Fused(every=every).of(model.graph) for every in (False, True)] == [25 + 80, 100 + 80]


@examples(25)
@given(architectures())
def test_at_least_is_never_more_than_each_operation_by_itself(architecture: Architecture) -> None:
    """What crosses once crosses where the operations that read and write it are by themselves, too."""
    graph = symcost.loads(architecture.text).model("M").graph
    sizes = architecture.values
    assert Fused().of(graph).evaluate(sizes) <= Traffic(graph).numbers.evaluate(sizes)
