"""The oracle itself, against counts derived by hand."""

from __future__ import annotations

import pytest

from tests.oracle.counted import Number, Tally, Tensor, Unfit
from tests.oracle.interpreter import CLASSES, Counted, Frame as InterpreterFrame, Machine, Owner, definitions_of, run


def counted(ports: str, body: str, **values: int) -> Counted:
    """The run of one model with this body."""
    return run(f"model M({ports}) {{ {body} }}", "M", values)


def classes(result: Counted) -> dict[str, int]:
    """The classes that count something."""
    return {name: getattr(result, name) for name in CLASSES if getattr(result, name)}


def test_matrix_times_vector() -> None:
    """A 2x2 matrix times a vector: two sums of two products, so 4 multiplications, 2 additions, 4 MACs."""
    result = counted("x: [2]", "param W: [2, 2]  y[m] = W[m, n] * x[n]  return y")
    assert (result.mac, result.multiplications, result.additions) == (4, 4, 2)
    assert (result.params, classes(result)) == (4, {"mac": 4})


def test_affine_layer() -> None:
    """A bias is one more addition for each output, apart from the MACs: 4, 4 and 4."""
    result = counted("x: [2]", "param W: [2, 2], b: [2]  y[m] = W[m, n] * x[n]  return y + b")
    assert (result.mac, result.multiplications, result.additions, result.params) == (4, 4, 4, 6)
    assert classes(result) == {"mac": 4, "add": 2}


def test_elman() -> None:
    """T = 3 steps of I*H + H*H = 2*4 + 4*4 MACs, two additions and a tanh for each of H = 4 channels."""
    body = """
      param W: [I, H], U: [H, H], b: [H]
      scan t in T with h: [H] { h = tanh(x[t] @ W + h @ U + b) emit y = h }
      return y
    """
    result = counted("x: [T, I], H", body, T=3, I=2, H=4)
    assert classes(result) == {"mac": 3 * 24, "add": 3 * 2 * 4, "exp": 3 * 4}
    assert (result.params, result.shapes) == (8 + 16 + 4, ((3, 4),))
    assert result.additions == 3 * (4 * 1 + 4 * 3) + 24  # inside the MACs I-1 and H-1 for each channel


def test_perceptron() -> None:
    """784*H + H*10 MACs, as many additions as biases, a comparison for each hidden channel."""
    text = "model Mnist(x: [784], H) -> [10] { return x -> Linear(H) -> relu -> Linear(10) }"
    result = run(text, "Mnist", {"H": 2})
    assert classes(result) == {"mac": 1568 + 20, "add": 12, "cmp": 2}
    assert result.params == 1568 + 2 + 20 + 10


def test_convolution_is_a_product_at_every_position() -> None:
    """T = 7, K = 3, stride 2 leave (7 - 3)//2 + 1 = 3 positions of K*I*O = 3*2*5 MACs."""
    body = "param W: [K, I, O]  y[t, o] = x[2*t + k, i] * W[k, i, o]  return y"
    result = counted("x: [T, I], O, K", body, T=7, I=2, O=5, K=3)
    assert (result.mac, result.shapes) == (3 * 30, ((3, 5),))


def test_convolution_computes_what_it_should() -> None:
    """[1, 2, 3, 4] filtered with [10, 1] is [12, 23, 34]: the numbers are there, not only the counts."""
    tally = Tally()
    names = {
        "x": Tensor((4,), [Number(v, tally) for v in (1, 2, 3, 4)]),
        "w": Tensor((2,), [Number(v, tally) for v in (10, 1)]),
    }
    machine = Machine({})
    machine.tally = tally
    frame = InterpreterFrame(machine, Owner(machine), names)
    [y] = frame.execute(definitions_of("model M() { y[t] = x[t + k] * w[k] return y }")["M"].body) or ()
    assert [n.value for n in y.data] == [12, 23, 34]


def test_padding_is_multiplied_too() -> None:
    """Zeros are numbers: T = 3 positions, each with a full window of K*I*H = 3*2*4."""
    result = counted("x: [T, I], H", 'return x -> Conv1d(H, kernel = 3, pad = "same")', T=3, I=2, H=4)
    assert (result.mac, result.add, result.params) == (3 * 24, 12, 24 + 4)


def test_transposed_convolution_writes_every_product() -> None:
    """Each of T*K*I*O products is added into zeros; T = 3, K = 2 write 2*(3 - 1) + 1*(2 - 1) + 1 = 6 steps."""
    body = "param W: [I, K, O]  y[2*t + k, o] = x[t, i] * W[i, k, o]  return y"
    result = counted("x: [T, I], O, K", body, T=3, I=2, O=2, K=2)
    assert (result.mac, result.multiplications, result.additions) == (24, 24, 24)
    assert result.shapes == ((6, 2),)


def test_three_factors_are_multiplied_from_the_left() -> None:
    """x[i]*W[o,i,j] first, summed over i: O*J sums of I; then O sums of J."""
    body = "param W: [O, I, J]  y[o] = x[i] * W[o, i, j] * z[j]  return y"
    result = counted("x: [I], z: [J], O", body, I=2, J=3, O=4)
    assert (result.mac, result.additions) == (24 + 12, 12 * 1 + 4 * 2)


def test_sum_of_products_is_one_accumulation() -> None:
    """a*s + b*x: two MACs, with one addition between them."""
    result = counted("x: [N], s: [N]", "param a: [N], b: [N]  y[i] = a[i]*s[i] + b[i]*x[i]  return y", N=3)
    assert (classes(result), result.multiplications, result.additions) == ({"mac": 6}, 6, 3)


def test_product_without_sum_is_no_mac() -> None:
    """An outer product multiplies and accumulates nothing."""
    assert classes(counted("x: [N], z: [M]", "y[n, m] = x[n] * z[m]  return y", N=2, M=3)) == {"mul": 6}


def test_single_operands_are_added() -> None:
    """`y[t] = x[t, i]` is a sum of I numbers; with `+ z[t]` one more addition."""
    assert classes(counted("x: [T, I]", "y[t] = x[t, i]  return y", T=2, I=4)) == {"add": 2 * 3}
    assert classes(counted("x: [T, I], z: [T]", "y[t] = x[t, i] + z[t]  return y", T=2, I=4)) == {"add": 2 * 4}


def test_pooling() -> None:
    """A window of two by two: three comparisons, or three additions and one multiplication."""
    window = "(j in 2, i in 2) x[2*r + j, 2*q + i]"
    assert classes(counted("x: [4, 6]", f"y[r, q] = max{window}  return y")) == {"cmp": 6 * 3}
    assert classes(counted("x: [4, 6]", f"y[r, q] = mean{window}  return y")) == {"add": 6 * 3, "mul": 6}


def test_softmax_row_by_row() -> None:
    """A row of n = 4: n-1 comparisons, n subtractions and n-1 additions, n exponentials, n divisions."""
    assert classes(counted("x: [2, 4]", "return softmax(x)")) == {"cmp": 6, "add": 14, "exp": 8, "div": 8}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("x + 1", {"add": 1}),
        ("2 - x", {"add": 1}),
        ("-x", {"add": 1}),
        ("x * x", {"mul": 1}),
        ("x / 3", {"div": 1}),
        ("x > 0", {"cmp": 1}),
        ("max(x, 0)", {"cmp": 1}),
        ("where(x > 0, x, 0)", {"cmp": 2}),
        ("abs(x)", {"cmp": 1}),
        ("relu(x)", {"cmp": 1}),
        ("leaky_relu(x)", {"cmp": 1, "mul": 1}),
        ("elu(x)", {"cmp": 1, "exp": 1, "add": 1}),
        ("gelu(x)", {"exp": 1, "mul": 3, "add": 1}),
        ("silu(x)", {"exp": 1, "mul": 1}),
        ("softplus(x)", {"exp": 2, "add": 1}),
        ("sigmoid(x)", {"exp": 1}),
        ("log(x)", {"exp": 1}),
        ("sqrt(x)", {"sqrt": 1}),
        ("rsqrt(x)", {"sqrt": 1, "div": 1}),
        ("x^2", {"mul": 1}),
        ("x^5", {"mul": 4}),
        ("x^1", {}),
        ("x^0.5", {"sqrt": 1}),
        ("x^-1", {"div": 1}),
        ("x^1.5", {"exp": 2, "mul": 1}),
        ("x^x", {"exp": 2, "mul": 1}),
        ("x * sqrt(N) / (N + 1)", {"mul": 1, "div": 1}),
    ],
)
def test_pointwise(expression: str, expected: dict[str, int]) -> None:
    """Each of six numbers costs the row of the table."""
    result = counted("x: [2, N]", f"return {expression}", N=3)
    assert classes(result) == {name: 6 * n for name, n in expected.items()}


def test_broadcasting_counts_the_result() -> None:
    """[3, 1] + [4] has 12 entries, each one addition."""
    result = counted("x: [3, 1], z: [4]", "return x + z")
    assert (classes(result), result.shapes) == ({"add": 12}, ((3, 4),))


def test_reductions_leave_their_axes() -> None:
    """Two rows of three: two additions a row; over both axes five, and one multiplication for the mean."""
    rows = counted("x: [2, 3]", "return sum(x), max(x, axis = 0, keep = true)")
    assert (classes(rows), rows.shapes) == ({"add": 4, "cmp": 3}, ((2,), (1, 3)))
    assert classes(counted("x: [2, 3]", "return mean(x, axis = [0, 1])")) == {"add": 5, "mul": 1}


def test_moves_cost_nothing() -> None:
    """Reshape, transpose, concat, split, pad, reverse, repeat_axis, slices and rows only move numbers."""
    body = """
      param E: [5, 2]
      a, b = split(x, 2, axis = 0)
      c = concat(a, transpose(transpose(b)), axis = 0) -> pad([1, 2], axis = -2) -> reverse -> repeat_axis(2)
      return reshape(c[0:4, :], [-1, 2, 2]), E[tokens], size(x, 0) * zeros([1])
    """
    result = counted("x: [4, 2], tokens: [7]", body)
    assert (classes(result), result.shapes) == ({"mul": 1}, ((2, 2, 2), (7, 2), (1,)))


def test_parameters_of_loops() -> None:
    """Three rounds of 4 parameters: scan once, repeat thrice, shared once, choose all, of which two run."""
    layer = "Linear(2, bias = false)"
    scan = counted("x: [3, 2]", f"scan t in 3 {{ emit y = x[t] -> {layer} }} return y")
    repeat = counted("x: [1, 2]", f"repeat 3 {{ x = x -> {layer} }} return x")
    shared = counted("x: [1, 2]", f"repeat 3 shared {{ x = x -> {layer} }} return x")
    choose = counted("x: [1, 2]", f"choose 2 of 3 {{ emit y = x -> {layer} }} return y")
    assert [r.params for r in (scan, repeat, shared, choose)] == [4, 12, 4, 12]
    assert [r.active for r in (scan, repeat, shared, choose)] == [4, 12, 4, 8]
    assert [r.mac for r in (scan, repeat, shared, choose)] == [12, 12, 12, 8]
    assert choose.shapes == ((2, 1, 2),)


def test_named_layers_are_shared() -> None:
    """Two calls make two sets of parameters; a named layer has one, wherever it is called."""
    apart = counted("x: [2]", "return x -> Linear(2) -> Linear(2)")
    named = counted("x: [2]", "layer f = Linear(2)  repeat 2 { x = f(x) }  return x -> f")
    assert (apart.params, apart.mac, named.params, named.mac) == (12, 8, 6, 12)


def test_growing_carried_shape() -> None:
    """Round t adds a row to what is carried and sums t + 1 rows of two: 2*(t + 1) - 1 additions."""
    body = """
      scan t in N with K: [t, 2] { K = concat(K, x[t:t + 1], axis = 0) emit s = sum(K, axis = [0, 1]) }
      return K, s
    """
    result = counted("x: [N, 2]", body, N=3)
    assert (result.add, result.shapes) == (1 + 3 + 5, ((3, 2), (3,)))


def test_empty_sums_add_nothing() -> None:
    """At t = 0 there is nothing to sum: no addition, not minus one."""
    assert counted("x: [N]", "scan t in N { emit y = sum(x[0:t], axis = 0) } return y", N=3).add == 0 + 0 + 1


def test_unrolled_widths() -> None:
    """Widths 4, 8, 16: the counter is a number in every round."""
    text = "repeat l in 2 { x = x -> Linear(4*2^(l + 1), bias = false) } return x"
    result = counted("x: [4]", text)
    assert (result.params, result.shapes) == (4 * 8 + 8 * 16, ((16,),))


def test_branches_are_taken_once() -> None:
    """Only the branch that holds is run, strings and booleans included."""
    text = """
      module F(x: [..., D], how = "none", act = relu) {
        if how == "none" { return x } else if how == "act" and D > 1 { x = act(x) } else { return x / 2 }
        return x + 1
      }
      model M(x: [2]) { return F(x), F(x, "act"), F(x, act = tanh, how = "act"), F(x, "half") }
    """
    assert classes(run(text, "M", {})) == {"cmp": 2, "exp": 2, "add": 4, "div": 2}


@pytest.mark.parametrize(
    "body",
    [
        "return x + zeros([3])",
        "assume 3 divides N  return x",
        "assume N > 2  return x",
        "return reshape(x, [3])",
        "return x[2]",
        "y[i] = x[i] * zeros([3])[i]  return y",
        "return y",
    ],
)
def test_what_cannot_be_run_is_refused(body: str) -> None:
    """Sizes that disagree, assumptions that fail and names nobody knows end the run."""
    with pytest.raises(Unfit):
        counted("x: [N]", body, N=2)
