"""Small programs, one or more for every feature of the language, with sizes at which they can be run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Values = Mapping[str, int]


@dataclass(frozen=True)
class Program:
    """One model and the sizes it is run at."""

    name: str
    text: str
    values: tuple[Values, ...]


def model(name: str, ports: str, body: str, *values: Values) -> Program:
    """A program of one model `M`."""
    return Program(name, f"model M({ports}) {{\n{body}\n}}\n", values or ({},))


def spread(text: str) -> tuple[Values, ...]:
    """`T=1 2 5, I=1 3 2` as one mapping for each column."""
    rows = [entry.split("=") for entry in text.split(",")]
    columns = zip(*(numbers.split() for _, numbers in rows), strict=True)
    return tuple({name.strip(): int(n) for (name, _), n in zip(rows, column, strict=True)} for column in columns)


def pointwise(expression: str) -> Program:
    """An expression over x: [T, D], z: [T, D], v: [D] and a: []."""
    ports = "x: [T, D], z: [T, D], v: [D], a: []"
    return model(f"pointwise {expression}", ports, f"return {expression}", *spread("T=1 3, D=1 2"))


def library(call: str, ports: str, sizes: str) -> Program:
    """One library layer over x, y or z."""
    return model(f"library {call}", ports, f"return {call}", *spread(sizes))


INDEX = [
    model("matrix", "x: [N], M", "param W: [M, N]  y[m] = W[m, n] * x[n]  return y", *spread("N=1 3, M=1 2")),
    model(
        "batch",
        "x: [B, T, I], O",
        "param W: [I, O]  y[..., o] = x[..., i] * W[i, o]  return y",
        *spread("B=1 2, T=1 3, I=1 2, O=1 2"),
    ),
    model(
        "scores",
        "q: [H, M, D], k: [H, N, D]",
        "s[..., m, n] = q[..., m, d] * k[..., n, d]  return s",
        *spread("H=1 2, M=1 3, N=1 2, D=1 2"),
    ),
    model(
        "leading axes broadcast",
        "q: [H, M, D], k: [N, D]",
        "s[..., m, n] = q[..., m, d] * k[n, d]  return s",
        *spread("H=1 2, M=1 3, N=1 2, D=1 2"),
    ),
    model(
        "leading axes of one",
        "q: [A, 1, D], k: [B, D]",
        "s[...] = q[..., d] * k[..., d]  return s",
        *spread("A=1 2, B=1 3, D=1 2"),
    ),
    model("outer", "x: [N], z: [M]", "y[n, m] = x[n] * z[m]  return y", *spread("N=1 3, M=1 2")),
    model("diagonal", "x: [N, N], z: [N]", "y[n] = x[n, n] * z[n]  return y", *spread("N=1 3")),
    model("trace", "x: [N, N]", "y[] = x[n, n]  return y", *spread("N=1 3")),
    model("inner", "x: [N], z: [N]", "y[] = x[n] * z[n]  return y", *spread("N=1 3")),
    model("sum of one", "x: [T, I, J]", "y[t] = x[t, i, j]  return y", *spread("T=1 2, I=1 3, J=1 2")),
    model("permute", "x: [A, B, C]", "y[c, a, b] = x[a, b, c]  return y", *spread("A=1 2, B=1 3, C=1 2")),
    model(
        "three factors",
        "x: [I], z: [J], O",
        "param W: [O, I, J]  y[o] = x[i] * W[o, i, j] * z[j]  return y",
        *spread("I=1 2, J=1 3, O=1 2"),
    ),
    model(
        "four factors",
        "x: [A], y: [B], z: [C], D",
        """
          param G: [A, B, C, D]
          r[d] = x[a] * G[a, b, c, d] * y[b] * z[c]  return r""",
        *spread("A=1 2, B=1 3, C=1 2, D=1 2"),
    ),
    model(
        "outer of three",
        "x: [A], y: [B], z: [C]",
        "r[a, b, c] = x[a] * y[b] * z[c]  return r",
        *spread("A=1 2, B=1 3, C=1 2"),
    ),
    model(
        "early sum",
        "x: [A, I], y: [B], z: [B, C]",
        "r[a, c] = x[a, i] * y[b] * z[b, c]  return r",
        *spread("A=1 2, I=1 3, B=1 2, C=1 2"),
    ),
    model(
        "two products",
        "x: [I], h: [H]",
        """
          param W: [I, H], U: [H, H]
          y[o] = x[i] * W[i, o] + h[j] * U[j, o]  return y""",
        *spread("I=1 2, H=1 3"),
    ),
    model(
        "product and bias",
        "x: [I], O",
        """
          param W: [I, O], b: [O]
          y[o] = x[i] * W[i, o] + b[o]  return y""",
        *spread("I=1 2, O=1 3"),
    ),
    model(
        "product and two biases",
        "x: [T, I], O",
        """
          param W: [I, O], b: [O], c: [T]
          y[t, o] = b[o] + x[t, i] * W[i, o] - c[t]  return y""",
        *spread("T=1 2, I=1 2, O=1 3"),
    ),
    model(
        "product and summed bias",
        "x: [T, I], O, K",
        """
          param W: [I, O], b: [K, O]
          y[t, o] = x[t, i] * W[i, o] - b[k, o]  return y""",
        *spread("T=1 2, I=1 2, O=1 3, K=1 2"),
    ),
    model(
        "elementwise sum of products",
        "x: [N], s: [N]",
        """
          param a: [N], b: [N]
          y[i] = a[i] * s[i] - b[i] * x[i]  return y""",
        *spread("N=1 3"),
    ),
    model("singles", "x: [T, I], z: [T]", "y[t] = x[t, i] - z[t]  return y", *spread("T=1 2, I=1 3")),
    model("single pair", "x: [T], z: [S]", "y[t, s] = x[t] + z[s]  return y", *spread("T=1 2, S=1 3")),
    model(
        "static factor",
        "x: [I], O",
        "param W: [I, O]  y[o] = 2 * x[i] * W[i, o]  return y",
        *spread("I=1 2, O=1 3"),
    ),
    model("static divisor", "x: [T, N]", "y[t] = x[t, n] / N  return y", *spread("T=1 2, N=1 3")),
    model(
        "scaled product",
        "x: [I], O",
        "param W: [I, O]  y[o] = x[i] * W[i, o] / sqrt(I)  return y",
        *spread("I=1 2, O=1 3"),
    ),
    model(
        "scaled and added",
        "x: [I], O",
        """
          param W: [I, O], b: [O]
          y[o] = 2 * x[i] * W[i, o] + b[o]  return y""",
        *spread("I=1 2, O=1 3"),
    ),
    model("scalar operand", "x: [N], a: []", "y[n] = a * x[n]  return y", *spread("N=1 3")),
    model(
        "subscripts select",
        "x: [A, 3, B]",
        "y[b] = x[a, 1, b] + x[0, A - A, b]  return y",
        *spread("A=1 2, B=1 3"),
    ),
    model(
        "subscripts chain",
        "x: [T, D], z: [D]",
        "s[n] = z[d] * x[1:T][n, d]  return s",
        *spread("T=2 4, D=1 2"),
    ),
    model(
        "middle ellipsis",
        "x: [A, B, C]",
        "y[..., a] = x[a, ..., 0]  return y",
        *spread("A=1 2, B=1 3, C=1 2"),
    ),
    model("index like a tensor", "m: [T], x: [T]", "y[] = m[m] * x[m]  return y", *spread("T=1 3")),
    model(
        "matmul vectors",
        "x: [N], W: [N, M], z: [M]",
        "return (x @ W) @ z, W @ z, z @ z",
        *spread("N=1 2, M=1 3"),
    ),
    model(
        "matmul batch",
        "x: [B, T, N], W: [N, M], V: [B, M, K]",
        "return x @ W @ V",
        *spread("B=1 2, T=1 2, N=1 2, M=1 3, K=1 2"),
    ),
    model(
        "matmul low rank",
        "x: [T, D], r",
        "param A: [D, r], B: [r, D]  return x + x @ A @ B",
        *spread("T=1 2, D=1 3, r=1 2"),
    ),
]

AFFINE = [
    model("fir", "x: [T], K", "param w: [K]  y[t] = x[t + k] * w[k]  return y", *spread("T=1 5, K=1 3")),
    model(
        "strided",
        "x: [T, I], O, K, s",
        """
          param W: [K, I, O]
          y[t, o] = x[s*t + k, i] * W[k, i, o]  return y""",
        *spread("T=1 7 6, I=1 2 1, O=1 2 1, K=1 3 2, s=1 2 3"),
    ),
    model(
        "dilated",
        "x: [T, I], O",
        "param W: [3, I, O]  y[t, o] = x[t + 2*k, i] * W[k, i, o]  return y",
        *spread("T=5 8, I=1 2, O=1 2"),
    ),
    model(
        "strided and dilated",
        "x: [T], K, s, d",
        "param w: [K]  y[t] = x[s*t + d*k] * w[k]  return y",
        *spread("T=1 7 9, K=1 3 2, s=1 2 3, d=1 3 2"),
    ),
    model("offset", "x: [T]", "param w: [2]  y[t] = x[t + k + 1] * w[k]  return y", *spread("T=3 6")),
    model(
        "two axes",
        "x: [Y, X, C], O, K",
        """
          param W: [K, K, C, O]
          y[r, q, o] = x[2*r + i, q + j, c] * W[i, j, c, o]  return y""",
        *spread("Y=1 5, X=1 4, C=1 2, O=1 2, K=1 2"),
    ),
    model(
        "subsample",
        "x: [T, C]",
        "param w: [1]  y[t, c] = x[3*t + k, c] * w[k]  return y",
        *spread("T=1 7, C=1 2"),
    ),
    model(
        "transposed",
        "x: [T, I], O, K, s",
        """
          param W: [I, K, O]
          y[s*t + k, o] = x[t, i] * W[i, k, o]  return y""",
        *spread("T=1 3, I=1 2, O=1 2, K=1 3, s=1 2"),
    ),
    model(
        "transposed and dilated",
        "x: [T, I], O, K, s, d",
        """
          param W: [I, K, O]
          y[s*t + d*k, o] = x[t, i] * W[i, k, o]  return y""",
        *spread("T=1 3, I=1 2, O=1 2, K=1 3, s=1 2, d=1 3"),
    ),
    model("overlap and add", "x: [T, K], s", "y[s*t + k] = x[t, k]  return y", *spread("T=1 3, K=1 4, s=1 2")),
    model(
        "transposed in two axes",
        "x: [Y, X, I], O",
        """
          param W: [2, 3, I, O]
          y[2*r + j, 2*q + k, o] = x[r, q, i] * W[j, k, i, o]  return y""",
        *spread("Y=1 2, X=1 2, I=1 2, O=1 2"),
    ),
    model(
        "max pooling",
        "x: [Y, X, C]",
        "y[r, q, c] = max(j in 2, i in 2) x[2*r + j, 2*q + i, c]  return y",
        *spread("Y=2 5, X=2 4, C=1 2"),
    ),
    model(
        "min pooling",
        "x: [T, C], K, s",
        "y[t, c] = min(k in K) x[s*t + k, c]  return y",
        *spread("T=1 7, C=1 2, K=1 3, s=1 2"),
    ),
    model(
        "mean pooling",
        "x: [T, C], K, s",
        "y[t, c] = mean(k in K) x[s*t + k, c]  return y",
        *spread("T=1 7, C=1 2, K=1 3, s=1 2"),
    ),
    model(
        "sum pooling",
        "x: [B, T], K",
        "y[..., t] = sum(k in K) x[..., t + k]  return y",
        *spread("B=1 2, T=1 5, K=1 3"),
    ),
]

POINTWISE = [
    *map(
        pointwise,
        ("x + z", "x - v", "x * a", "x / z", "-x", "2 * x + 1", "x / sqrt(D)", "1 / x", "x == z", "x != 0"),
    ),
    *map(
        pointwise,
        ("x < z", "x <= v", "x > a", "0 >= x", "max(x, 0)", "max(x, z)", "min(x, v)", "where(x > z, x, v)"),
    ),
    *map(
        pointwise,
        ("exp(x)", "log(x)", "sqrt(x)", "rsqrt(x)", "tanh(x)", "sigmoid(x)", "relu(x)", "leaky_relu(x)"),
    ),
    *map(pointwise, ("elu(x)", "gelu(x)", "silu(x)", "softplus(x)", "erf(x)", "sin(x)", "cos(x)", "abs(x)")),
    *map(
        pointwise,
        ("x^2", "x^3", "x^1", "x^0.5", "x^-1", "x^2.5", "x^z", "2^x", "x -> tanh -> relu", "-x^2", "x * x^2"),
    ),
    *map(pointwise, ("sum(x)", "max(x, axis = 0)", "min(x, axis = -2)", "mean(x)", "mean(x, axis = [0, 1])")),
    *map(
        pointwise,
        ("sum(x, axis = [0, -1], keep = true)", "max(x, keep = true) - x", "sum(a * x, axis = 1) + 0.5"),
    ),
    *map(pointwise, ("softmax(x)", "log_softmax(x)", "softmax(v) * x", "max(x)", "min(min(x, z))")),
    model(
        "broadcast",
        "x: [A, 1, C], z: [B, 1], w: [1]",
        "return x * z + w, w * x",
        *spread("A=1 2, B=1 3, C=1 2"),
    ),
]

MOVES = [
    model(
        "reshape",
        "x: [T, D], heads",
        """
          assume heads divides D
          y = reshape(x, [T, heads, D/heads])
          return transpose(y, [1, 0, 2]) * 2, reshape(y, [-1, D/heads]) + 1, reshape(x, [T*D]) - 1""",
        *spread("T=1 3, D=1 4, heads=1 2"),
    ),
    model(
        "concat and split",
        "x: [T, D], z: [S, D]",
        """
          c = concat(x, z, axis = 0)
          a, b = split(c, [T, S], axis = 0)
          p, q, r = split(concat(x, x, x), 3)
          return relu(a), tanh(b), exp(c), sqrt(p), q * r""",
        *spread("T=1 3, S=1 2, D=1 2"),
    ),
    model(
        "pad and reverse",
        "x: [T, D], K",
        """
          y = x -> pad([K - 1, 0]) -> pad([1, 2], axis = -1) -> reverse(axis = -2)
          return relu(y)""",
        *spread("T=1 3, D=1 2, K=1 3"),
    ),
    model(
        "repeat_axis",
        "x: [T, D], n",
        "return exp(repeat_axis(x, n)), relu(repeat_axis(x, 2, axis = 1))",
        *spread("T=1 3, D=1 2, n=1 3"),
    ),
    model(
        "gather",
        "tokens: [T], V, D",
        "param E: [V, D]  y = E[tokens]  return y @ transpose(E)",
        *spread("T=1 3, V=1 4, D=1 2"),
    ),
    model("constants", "x: [T]", "return x + zeros([T]), x * ones([2, T]), zeros([T, T]) + 1", *spread("T=1 3")),
    model(
        "slices",
        "x: [T, D]",
        "return relu(x[1:T]), tanh(x[..., 0:1]), exp(x[T - 1]), abs(x[:, 0]), -x[0:1, :]",
        *spread("T=2 4, D=1 3"),
    ),
    model(
        "size",
        "x: [T, D]",
        "n = size(x, 0) * size(x, -1)  return reshape(x, [n]) / n",
        *spread("T=1 3, D=1 2"),
    ),
]

LOOPS = [
    model(
        "elman",
        "x: [T, I], H",
        """
          param W: [I, H], U: [H, H], b: [H]
          scan t in T with h: [H] {
            h = tanh(x[t] @ W + h @ U + b)
            emit y = h
          }
          return y, h""",
        *spread("T=1 3, I=1 2, H=1 2"),
    ),
    model(
        "parallel scan",
        "x: [T, I], H",
        "scan t in T { emit y = x[t] -> Linear(H) -> relu } return y",
        *spread("T=1 3, I=1 2, H=1 2"),
    ),
    model(
        "scan with init",
        "x: [T, H]",
        """
          scan t in T with h: [H] = tanh(x[0]) { h = h * x[t] }
          return h + 1""",
        *spread("T=1 3, H=1 2"),
    ),
    model(
        "scan over a range",
        "x: [T, H]",
        "scan t in 1..T { emit y = x[t] - x[t - 1] } return relu(y)",
        *spread("T=2 4, H=1 2"),
    ),
    model(
        "two carried",
        "x: [T, H]",
        """
          scan t in T with a: [H], b: [H, H] {
            a = a + x[t]
            b[i, j] = b[i, j] + a[i] * x[t, j]
            emit y = b @ a
            emit z = a
          }
          return y, z, a @ b""",
        *spread("T=1 3, H=1 2"),
    ),
    model(
        "scan in scan",
        "x: [T, S, D]",
        """
          scan t in T with h: [D] {
            scan s in S with g: [D] = h { g = g * x[t, s] + h }
            h = g -> Linear(D)
            emit y = h
          }
          return y""",
        *spread("T=1 3, S=1 2, D=1 2"),
    ),
    model(
        "triangle",
        "x: [N, D]",
        """
          scan t in N {
            s[n] = x[t, d] * x[0:t + 1][n, d]
            emit m = max(s)
          }
          return m""",
        *spread("N=1 4, D=1 2"),
    ),
    model(
        "nested triangle",
        "x: [N, D]",
        """
          scan t in N {
            scan s in t + 1 { emit y = x[s] * x[t] }
            emit z = sum(y, axis = [0, 1])
          }
          return z""",
        *spread("N=1 4, D=1 2"),
    ),
    model(
        "empty first round",
        "x: [N, D]",
        "scan t in N { emit y = sum(x[0:t], axis = 0) } return y",
        *spread("N=1 4, D=1 2"),
    ),
    model(
        "cache",
        "x0: [1, D], N",
        """
          scan t in N with x: [1, D] = x0, K: [t, D], V: [t, D] {
            K = concat(K, x -> Linear(D), axis = -2)
            V = concat(V, x -> Linear(D), axis = -2)
            x = attention(x -> Linear(D), K, V) -> Linear(D)
          }
          return x, K""",
        *spread("D=1 2, N=1 4"),
    ),
    model(
        "shrinking",
        "x: [N, D]",
        """
          scan t in N with r: [N - t, D] = x {
            emit m = sum(r, axis = [0, 1])
            r = r[1:N - t] * 2
          }
          return m""",
        *spread("N=1 4, D=1 2"),
    ),
    model("repeat", "x: [T, D], L", "repeat L { x = x + Linear(x, D) } return x", *spread("T=1 2, D=1 2, L=1 3")),
    model(
        "repeat counter",
        "x: [T, D], L",
        "repeat l in L { x = x * (l + 1) -> Linear(D) } return x",
        *spread("T=1 2, D=1 2, L=1 3"),
    ),
    model(
        "repeat shared",
        "x: [T, D], L",
        "repeat L shared { x = x -> Linear(D) -> tanh } return x",
        *spread("T=1 2, D=1 2, L=1 3"),
    ),
    model(
        "repeat over a range",
        "x: [D], L",
        "repeat l in 1..L { x = relu(x) -> Linear(D) } return x",
        *spread("D=1 2, L=2 4"),
    ),
    model(
        "repeat emits",
        "x: [D], L",
        "repeat L { x = x -> Linear(D)  emit y = x } return sum(y, axis = 0)",
        *spread("D=1 2, L=1 3"),
    ),
    model(
        "repeat carries several",
        "x: [D], z: [D], L",
        """
          repeat L {
            h = x -> Linear(D)
            z = z * h
            x = z + h
          }
          return x, z""",
        *spread("D=1 2, L=1 3"),
    ),
    model(
        "pyramid",
        "x: [N, C], L",
        """
          assume 2^L divides N
          repeat l in L with x: [N/2^l, C*2^l] {
            x = reshape(x, [N/2^(l + 1), C*2^(l + 1)]) -> Linear(C*2^(l + 1), bias = false)
          }
          return x""",
        *spread("N=2 8, C=1 2, L=1 2"),
    ),
    model(
        "unrolled",
        "x: [T, 2]",
        "repeat l in 3 { x = x -> Linear(2*2^(l + 1)) -> relu } return x",
        *spread("T=1 2"),
    ),
    model(
        "widening by the counter",
        "x: [T, D], L",
        """
          repeat l in L with x: [T, D + l] { x = x -> Linear(D + l + 1) }
          return x""",
        *spread("T=1 2, D=1 2, L=1 3"),
    ),
    model(
        "repeat in repeat",
        "x: [D], L, M",
        """
          repeat L {
            repeat M shared { x = x -> Linear(D) }
            repeat M { x = tanh(x) -> Linear(D, bias = false) }
          }
          return x""",
        *spread("D=1 2, L=1 3, M=1 2"),
    ),
    model(
        "scan in repeat",
        "x: [T, D], L",
        """
          repeat L {
            scan t in T with h: [D] { h = tanh(x[t] -> Linear(D)) + h  emit y = h }
            x = y
          }
          return x""",
        *spread("T=1 2, D=1 2, L=1 3"),
    ),
    model(
        "repeat in scan",
        "x: [T, D], L",
        """
          scan t in T with h: [D] {
            h = h + x[t]
            repeat L { h = h -> Linear(D) -> relu }
            emit y = h
          }
          return y""",
        *spread("T=1 2, D=1 2, L=1 3"),
    ),
    model(
        "choose",
        "x: [T, D], E, k, F",
        """
          g = x -> Linear(E, bias = false) -> softmax
          choose k of E { emit y = x -> Linear(F, bias = false) -> silu -> Linear(D, bias = false) }
          return sum(y, axis = 0) + 1, g""",
        *spread("T=1 2, D=1 2, E=1 4, k=1 2, F=1 2"),
    ),
    model(
        "choose in choose",
        "x: [D], E, F",
        """
          choose 1 of E {
            a = x -> Linear(D)
            choose F of F + 1 { emit z = a -> Linear(D, bias = false) }
            emit y = sum(z, axis = 0)
          }
          return y""",
        *spread("D=1 2, E=1 3, F=1 2"),
    ),
    model(
        "choose in repeat",
        "x: [D], L, E, k",
        """
          repeat L {
            choose k of E { emit y = x -> Linear(D) }
            x = x + sum(y, axis = 0)
          }
          return x""",
        *spread("D=1 2, L=1 2, E=1 3, k=1 2"),
    ),
    model(
        "layer outside of loops",
        "x: [T, D], L",
        """
          layer f = Linear(D)
          repeat L { x = x -> f }
          scan t in T { emit y = f(x[t]) -> tanh }
          return f(y)""",
        *spread("T=1 2, D=1 2, L=1 3"),
    ),
    model(
        "layer in loops",
        "x: [T, D], L",
        """
          repeat L {
            layer f = Linear(D)
            x = x -> f -> f
          }
          scan t in T {
            layer g = Linear(D, bias = false)
            emit y = g(g(x[t]))
          }
          return y""",
        *spread("T=1 2, D=1 2, L=1 3"),
    ),
    model(
        "param in loops",
        "x: [T, D], L",
        """
          repeat L { param W: [D, D]  x = x @ W }
          scan t in T { param U: [D, D]  emit y = x[t] @ U }
          return y""",
        *spread("T=1 2, D=1 2, L=1 3"),
    ),
    model(
        "counters as numbers",
        "x: [T, D]",
        "scan t in T { emit y = x[t] * t / (t + 1) + sqrt(t) } return y",
        *spread("T=1 3, D=1 2"),
    ),
]

CORNERS = [
    model(
        "empty first and only round",
        "x: [5, D]",
        "scan t in 1 { emit y = sum(x[0:t], axis = 0) + max(x[0:t], axis = 0) } return y",
        *spread("D=1 2"),
    ),
    model(
        "early return",
        "x: [T, D]",
        """
          if D >= 1 { return x -> Linear(D) }
          return x -> tanh""",
        *spread("T=1 2, D=1 2"),
    ),
    model(
        "ellipsis three",
        "q: [1, D], k: [1, D], v: [B, D]",
        "r[..., d] = q[..., d] * k[..., d] * v[..., d]  return r",
        *spread("D=1 2, B=1 3"),
    ),
    model(
        "ellipsis three sum",
        "q: [1, D], k: [1, D], v: [B, 2]",
        "r[..., e] = q[..., d] * k[..., d] * v[..., e]  return r",
        *spread("D=1 2, B=1 3"),
    ),
    model(
        "maybe empty product",
        "x: [N, D]",
        "scan t in N { s[d] = x[0:t][n, d] * x[0:t][n, d]  emit y = s } return y",
        *spread("N=1 4, D=1 2"),
    ),
    model(
        "maybe empty matmul",
        "x: [N, D]",
        "scan t in N { emit y = x[t, :] @ transpose(x[0:t]) @ x[0:t] } return y",
        *spread("N=1 4, D=1 2"),
    ),
    model(
        "maybe empty single",
        "x: [N, D]",
        "scan t in N { s[d] = x[0:t][n, d]  emit y = s } return y",
        *spread("N=1 4, D=1 2"),
    ),
    model(
        "maybe empty product+bias",
        "x: [N, D]",
        "scan t in N { s[d] = x[0:t][n, d] * x[0:t][n, d] + x[0, d]  emit y = s } return y",
        *spread("N=1 4, D=1 2"),
    ),
    model(
        "maybe empty softmax",
        "x: [N, D]",
        "scan t in N { emit y = sum(softmax(transpose(x[0:t]))) } return y",
        *spread("N=1 4, D=1 2"),
    ),
    model(
        "maybe empty mean",
        "x: [N, D]",
        "scan t in N { emit y = mean(x[0:t], axis = 0) } return y",
        *spread("N=1 4, D=1 2"),
    ),
    model(
        "zero rounds scan",
        "x: [N, D]",
        "scan t in 1..N { emit y = x[t] -> Linear(D) } return y",
        *spread("N=1 4, D=1 2"),
    ),
    model(
        "zero rounds carry",
        "x: [N, D]",
        "scan t in 1..N with h: [D] = x[0] { h = h * x[t] } return h",
        *spread("N=1 4, D=1 2"),
    ),
    model("zero rounds repeat", "x: [D], L", "repeat L - 1 { x = x -> Linear(D) } return x", *spread("L=1 4, D=1 2")),
    model("x^0", "x: [D]", "return x^0 + x^-0.5", *spread("D=1 2")),
    model("reverse index", "x: [T], z: [T]", "y[t] = x[t] * z[T - 1 - t]  return y", *spread("T=1 3")),
    model("offset index", "x: [T, 5]", "param w: [4]  y[t] = x[t, k + 1] * w[k]  return y", *spread("T=1 3")),
    model("size min", "x: [T]", "return zeros([max(T - 3, 1), min(T, 2)]) + 1", *spread("T=1 3 6")),
    model(
        "mask", "x: [T, T]", "scan t in T { emit y = sum(x[t, 0:t + 1]) * mean(x[t:T, 0]) } return y", *spread("T=1 4")
    ),
    model(
        "nested dependent carry",
        "x: [N, D]",
        """scan t in N with K: [t*(t + 1)/2, D] {
   scan s in t + 1 with J: [s, D] { J = concat(J, x[s:s + 1] * x[t], axis = 0) }
   K = concat(K, J, axis = 0)
   emit y = sum(K, axis = [0, 1])
 } return y, K""",
        *spread("N=1 4, D=1 2"),
    ),
    model(
        "repeat in counter",
        "x: [N, D]",
        "scan t in N { h = x[t] repeat t + 1 shared { h = h * 2 } emit y = h } return y",
        *spread("N=1 4, D=1 2"),
    ),
    model(
        "repeat by repeat counter",
        "x: [D], L",
        "repeat l in L { repeat l + 1 { x = x -> Linear(D) } } return x",
        *spread("L=1 3, D=1 2"),
    ),
    model(
        "triple repeat counter",
        "x: [D], L",
        "repeat l in L { repeat m in l..L { repeat m + l { x = x -> Linear(D) } } } return x",
        *spread("L=1 4, D=1 2"),
    ),
    model(
        "choose by counter",
        "x: [D], L",
        "repeat l in L { choose l + 1 of L { emit y = x -> Linear(D) } x = x + sum(y, axis = 0) } return x",
        *spread("L=1 3, D=1 2"),
    ),
    model(
        "layer in choose",
        "x: [D], E",
        "layer f = Linear(D) choose 1 of E { layer g = Linear(D, bias = false) emit y = x -> f -> g -> g } return y",
        *spread("E=1 3, D=1 2"),
    ),
    model(
        "unrolled emits",
        "x: [T, 2]",
        "repeat l in 2 { x = concat(x, x -> Linear(2*2^l), axis = -1) emit y = sum(x) } return x, y",
        *spread("T=1 3"),
    ),
    model(
        "floors",
        "x: [T, D], w",
        "scan t in T { emit y = sum(x[t//w:t + 1], axis = 0) * mean(x[0:t//2 + 1], axis = 0) } return y",
        *spread("T=1 7 8, D=1 2 2, w=1 3 2"),
    ),
    model(
        "mods",
        "x: [T, D], w",
        "scan t in T { emit y = sum(zeros([t % 3 + 1])) * x[t] } return y",
        *spread("T=1 7 8, D=1 2 2, w=1 3 2"),
    ),
    model(
        "windowed",
        "x: [T, D], w",
        "scan t in T { emit y = sum(x[t + 1 - min(t + 1, w):t + 1], axis = 0) } return y",
        *spread("T=1 7 3, D=1 2 2, w=1 3 5"),
    ),
    model(
        "exponents",
        "x: [D], L",
        "repeat l in L { x = x + sum(zeros([2^l, D, 3^(L - l)]), axis = [0, 2]) } return x",
        *spread("L=1 3, D=1 2"),
    ),
    model(
        "log rounds",
        "x: [N]",
        "repeat l in log2(N) with x: [N/2^l] { a, b = split(x, 2) x = a + b } return x",
        *spread("N=2 8"),
    ),
    model(
        "stack of strided conv",
        "x: [T, C]",
        'repeat 3 { x = x -> Conv1d(C, 3, stride = 2, pad = "same") } return x',
        *spread("T=1 7, C=1 2"),
    ),
    model(
        "upsampling by loop",
        "x: [T, C], L",
        'repeat l in L with x: [T*2^l, C] { x = repeat_axis(x, 2) -> Conv1d(C, 3, pad = "same") } return x',
        *spread("T=1 2, C=1 2, L=1 2"),
    ),
    model(
        "grouped and dilated by counter",
        "x: [T, C], L",
        'repeat l in L { x = x -> Conv1d(C, 2, pad = "causal", dilation = 2^l) -> relu } return x',
        *spread("T=1 4, C=1 2, L=1 3"),
    ),
    model(
        "scan emits param", "x: [T, D]", "scan t in T { param W: [D] emit y = W } return y * 2", *spread("T=1 4, D=1 2")
    ),
    model(
        "index over counter size",
        "x: [T, D]",
        "scan t in T { y[i, j] = x[0:t + 1][i, d] * x[0:t + 1][j, d] emit z = sum(y, axis = [0, 1]) } return z",
        *spread("T=1 4, D=1 2"),
    ),
    model(
        "two ellipsis terms",
        "x: [A, B, D], b: [D]",
        "param W: [D, D] y[..., o] = x[..., i] * W[i, o] + b[o] return y",
        *spread("A=1 2, B=1 3, D=1 2"),
    ),
    model(
        "ellipsis bias",
        "x: [A, B, D], b: [B, D]",
        "param W: [D, D] y[..., o] = b[..., o] + x[..., i] * W[i, o] return y",
        *spread("A=1 2, B=1 3, D=1 2"),
    ),
    model(
        "window over literal",
        "x: [8, C]",
        "y[t, c] = max(k in 3) x[2*t + k, c] z[t, c] = mean(k in 1) x[t + k, c] return y, z",
        *spread("C=1 2"),
    ),
    model("literal one summed", "x: [1, D]", "param W: [1, D] y[d] = x[i, d] * W[i, d] return y", *spread("D=1 2")),
    model("literal one sum of single", "x: [1, D]", "y[d] = x[i, d] return y", *spread("D=1 2")),
    model("minus", "x: [D], z: [D]", "y[d] = -x[d] + z[d]  u[d] = -x[d] * z[d] + z[d] return y, u", *spread("D=1 2")),
    model("lone minus", "x: [D], z: [D]", "y[d] = -x[d]  return y", *spread("D=1 2")),
    model("lone minus product", "x: [D], z: [D]", "y[d] = -x[d] * z[d] return y", *spread("D=1 2")),
    model("number term", "x: [D]", "y[d] = x[d] + 1 return y", *spread("D=1 2")),
    model("constant factor 1", "x: [D, D]", "y[d] = 1 * x[d, e] * x[e, d] return y", *spread("D=1 2")),
    model("two scalars", "x: [D, D]", "y[d] = 2 * x[d, e] * x[e, d] * 3 / D return y", *spread("D=1 2")),
    model("scatter single scaled", "x: [D]", "y[2*d + k] = 2 * x[d] * zeros([2])[k] return y", *spread("D=1 2")),
    model("scatter sum in", "x: [T, I]", "y[2*t] = x[t, i] return y", *spread("T=1 2, I=1 3")),
    model(
        "scatter two terms",
        "x: [T, I], z: [T]",
        "param W: [I, 3] y[t + k] = x[t, i] * W[i, k] + z[t] return y",
        *spread("T=1 2, I=1 3"),
    ),
    model(
        "last pair not summed",
        "x: [I], z: [O]",
        "param W: [O, I]  y[o] = x[i] * W[o, i] * z[o]  return y",
        *spread("I=1 2, O=1 3"),
    ),
    model("emit in if", "x: [T, D]", "scan t in T { if true { emit y = x[t] * 2 } } return y", *spread("T=1 2, D=1 3")),
    model(
        "shadow counter",
        "x: [T, D], t",
        "scan t in T { emit y = x[t] * 2 } return y * t",
        *spread("T=1 2, D=1 3, t=2 2"),
    ),
    model(
        "gather twice",
        "tokens: [T, S], V, D",
        "param E: [V, D] y = E[tokens] return y[0] * 2",
        *spread("T=1 2, D=1 3, V=2 2, S=1 2"),
    ),
    model(
        "carry gather",
        "tokens: [T], V",
        "param E: [V, V] scan t in T with h: [V] { h = tanh(h @ E) + E[tokens][t] } return h",
        *spread("T=1 2, V=2 3"),
    ),
]

MODULES = [
    Program(
        "calls and keywords",
        """
      module Affine(x: [..., I], O, scale = 1, bias = true, act = relu) -> [..., O] {
        y = x -> Linear(O, bias = bias) -> act
        if scale != 1 { y = y * scale }
        return y
      }
      model M(x: [T, I], O) {
        a = Affine(x, O)
        b = Affine(x, O = O, bias = false, act = tanh)
        c = x -> Affine(O, 2)
        d = x -> Affine(O, scale = 0.5, act = gelu)
        return a + b + c + d
      }
      """,
        spread("T=1 2, I=1 3, O=1 2"),
    ),
    Program(
        "several results",
        """
      module Gates(x: [..., D], n) -> [..., n], [..., D] {
        a = x -> Linear(n)
        return a, tanh(x)
      }
      model M(x: [T, D]) {
        a, b = Gates(x, 3)
        c, d = x -> Gates(2)
        return concat(a, c), b * d
      }
      """,
        spread("T=1 2, D=1 3"),
    ),
    Program(
        "sharing",
        """
      module Twice(x: [..., D], act = relu) {
        layer f = Linear(D, bias = false)
        return x -> f -> act -> f
      }
      model M(x: [T, D], L) {
        layer g = Twice(tanh)
        layer h = Twice(act = sigmoid)
        repeat L { x = g(x) + Twice(x) }
        return h(g(x)) + Twice(x)
      }
      """,
        spread("T=1 2, D=1 3, L=1 2"),
    ),
    Program(
        "statics decide",
        """
      module Block(x: [..., D], kind = "plain", depth = 2) {
        if kind == "plain" and depth > 1 {
          x = x -> Linear(D)
        } else if kind == "gated" or not (depth == 0) {
          x = x * sigmoid(x -> Linear(D))
        } else {
          x = -x
        }
        if D == D { x = x + 1 }
        return x
      }
      model M(x: [T, D]) {
        return Block(x) + Block(x, "gated") + Block(x, "none", 0) + Block(x, depth = 3)
      }
      """,
        spread("T=1 2, D=1 3"),
    ),
    Program(
        "own names hide the library",
        """
      module Linear(x: [..., I], O) { param W: [I, O], V: [I, O]  return x @ W + x @ V }
      module softmax(x: [...]) { return exp(x) }
      model M(x: [T, I], O) { return x -> Linear(O) -> softmax }
      """,
        spread("T=1 2, I=1 3, O=1 2"),
    ),
    Program(
        "definitions as values",
        """
      module apply(x: [...], f, g = identity) { return x -> f -> g }
      module Deep(x: [..., D], block, n) {
        repeat n { x = block(x, D) }
        return x
      }
      model M(x: [T, D], L) { return x -> apply(tanh) -> apply(f = relu, g = softmax) -> Deep(Linear, L) }
      """,
        spread("T=1 2, D=1 3, L=1 2"),
    ),
    Program(
        "shape arithmetic",
        """
      module halved(x: [..., D]) -> [..., D/2] {
        half = D/2
        return x[..., 0:half] * x[..., half:D]
      }
      model M(x: [T, D], s) {
        assume 4 divides D
        y = x -> halved -> halved
        n = ceil(T/s) + floor(T/s) + T//s + T % s + max(s, 2) + min(T, s)
        return y * n, repeat_axis(y, 2^s, axis = 0), zeros([log2(8), T]) + y[0, 0]
      }
      """,
        spread("T=1 5, D=4 8, s=1 2"),
    ),
    Program(
        "batch axes pass through",
        """
      module Mix(x: [..., T, D]) -> [..., T, D] {
        param W: [T, T]
        y[..., s, d] = x[..., t, d] * W[t, s]
        return y + x
      }
      model M(x: [A, B, T, D]) { return x -> Mix }
      """,
        spread("A=1 2, B=1 2, T=1 3, D=1 2"),
    ),
    Program(
        "tied embeddings",
        """
      model M(tokens: [T], V, D) {
        param E: [V, D]
        x = E[tokens] -> Linear(D)
        return x @ transpose(E)
      }
      """,
        spread("T=1 2, V=1 5, D=1 2"),
    ),
    Program(
        "a module with loops called in a loop",
        """
      module Run(x: [..., T, D], n) {
        scan t in T with h: [..., D] { h = h + x[..., t, :] -> Linear(D)  emit y = h }
        repeat n { y = y -> Linear(D, bias = false) }
        return sum(y, axis = 0)
      }
      model M(x: [B, T, D], L) {
        repeat L { emit z = Run(x, 2) }
        scan l in L { emit w = Run(x, l + 1 - l) }
        return z, w
      }
      """,
        spread("B=1 2, T=1 2, D=1 2, L=1 2"),
    ),
]

LIBRARY = [
    library("x -> Linear(O)", "x: [T, I], O", "T=1 2, I=1 3, O=1 2"),
    library("Bilinear(x, z, O)", "x: [T, I], z: [T, J], O", "T=1 2, I=1 3, J=1 2, O=1 2"),
    library("x -> Embedding(V, D)", "x: [T], V, D", "T=1 2, V=1 3, D=1 2"),
    library('x -> Conv1d(H, kernel = K, pad = "same")', "x: [T, I], H, K", "T=1 4, I=1 2, H=1 2, K=1 3"),
    library("x -> Conv1d(H, 3, stride = 2, pad = 1, dilation = 2)", "x: [T, I], H", "T=4 7, I=1 2, H=1 2"),
    library("x -> Conv1d(2*I, 2, groups = I, bias = false)", "x: [T, I]", "T=2 5, I=1 3"),
    library(
        'x -> Conv2d(O, kernel = 3, stride = 2, pad = "same")',
        "x: [Y, X, C], O",
        "Y=1 4, X=1 3, C=1 2, O=1 2",
    ),
    library("x -> Conv2d(O, kernel = 2, kernel_y = 1)", "x: [Y, X, C], O", "Y=1 3, X=2 3, C=1 2, O=1 2"),
    library("x -> Conv3d(O, kernel = 2)", "x: [Z, Y, X, C], O", "Z=2 3, Y=2 3, X=2 2, C=1 2, O=1 2"),
    library(
        "x -> ConvTranspose1d(O, 3, stride = 2, pad = 1, output_pad = 1)",
        "x: [T, I], O",
        "T=1 3, I=1 2, O=1 2",
    ),
    library("x -> ConvTranspose2d(O, 2, stride = 2)", "x: [Y, X, I], O", "Y=1 2, X=1 3, I=1 2, O=1 2"),
    library("x -> DepthwiseConv1d(2)", "x: [T, C]", "T=2 4, C=1 3"),
    library("x -> SqueezeExcitation(2)", "x: [Y, X, C]", "Y=1 2, X=1 3, C=1 2"),
    library("x -> FIR(K)", "x: [T], K", "T=1 4, K=1 3"),
    library("x -> IIR", "x: [B, T]", "B=1 2, T=1 4"),
    library("x -> LayerNorm -> RMSNorm -> BatchNorm", "x: [T, D]", "T=1 2, D=1 3"),
    library("x -> GroupNorm(2)", "x: [T, D]", "T=1 2, D=2 4"),
    library("x -> GroupNorm2d(1)", "x: [Y, X, D]", "Y=1 2, X=1 2, D=1 3"),
    library("x -> max_pool1d(2)", "x: [T, C]", "T=2 5, C=1 2"),
    library("x -> avg_pool1d(3, 2, 1)", "x: [T, C]", "T=1 5, C=1 2"),
    library("x -> max_pool2d(2) -> global_avg_pool2d", "x: [Y, X, C]", "Y=2 5, X=2 4, C=1 2"),
    library("x -> avg_pool2d(2, 1)", "x: [Y, X, C]", "Y=2 4, X=2 3, C=1 2"),
    library("x -> adaptive_avg_pool1d(2) -> upsample1d", "x: [T, C]", "T=2 4, C=1 2"),
    library("x -> pixel_shuffle(2) -> upsample2d -> relu", "x: [Y, X, C]", "Y=1 2, X=1 2, C=4 8"),
    library("relu6(x) + hardswish(x) + (x -> PReLU)", "x: [T, D]", "T=1 2, D=1 3"),
    library("x -> glu -> dropout", "x: [T, D]", "T=1 2, D=2 4"),
    library("x -> RNN(H)", "x: [T, I], H", "T=1 3, I=1 2, H=1 2"),
    library("x -> LSTM(H)", "x: [B, T, I], H", "B=1 2, T=1 2, I=1 2, H=1 2"),
    library(
        "x -> LSTM(H, biases = 1, proj = P, peepholes = true)",
        "x: [T, I], H, P",
        "T=1 3, I=1 2, H=1 2, P=1 3",
    ),
    library("x -> GRU(H)", "x: [T, I], H", "T=1 3, I=1 2, H=1 2"),
    library("x -> GRU(H, biases = 1, reset_after = false)", "x: [T, I], H", "T=1 3, I=1 2, H=1 2"),
    library("x -> Bidirectional(GRU, H)", "x: [T, I], H", "T=1 3, I=1 2, H=1 2"),
    library("x -> Stacked(LSTM, H, layers = 3)", "x: [T, I], H", "T=1 2, I=1 2, H=1 2"),
    library("x -> Stacked(RNN, H, 2, bidirectional = true)", "x: [T, I], H", "T=1 2, I=1 2, H=1 2"),
    library("attention(x, y, z)", "x: [M, D], y: [N, D], z: [N, E]", "M=1 2, N=1 3, D=1 2, E=1 2"),
    library("causal_attention(x, x, x)", "x: [T, D]", "T=1 4, D=1 2"),
    library("windowed_attention(x, x, x, w)", "x: [T, D], w", "T=1 5 3, D=1 2 2, w=1 2 4"),
    library("AdditiveAttention(x, y, y, A)", "x: [M, D], y: [N, C], A", "M=1 2, N=1 3, D=1 2, C=1 2, A=1 2"),
    library("SelfAttention(x, heads)", "x: [T, D], heads", "T=1 3, D=1 4, heads=1 2"),
    library("SelfAttention(x, 4, kv_heads = 2, positions = rotary)", "x: [T, D]", "T=1 2, D=8 8"),
    library("CrossAttention(x, y, 2)", "x: [M, D], y: [N, C]", "M=1 2, N=1 3, D=2 4, C=1 2"),
    library("x -> LearnedPositions(S) -> sinusoidal", "x: [T, D], S", "T=1 2, D=1 3, S=1 4"),
    library("x -> FeedForward -> SwiGLU(2)", "x: [T, D]", "T=1 2, D=1 2"),
    library("x -> MixtureOfExperts(E, k, F)", "x: [T, D], E, k, F", "T=1 2, D=1 2, E=1 3, k=1 2, F=1 2"),
    library("x -> TransformerEncoderLayer(2, F)", "x: [T, D], F", "T=1 3, D=2 4, F=1 3"),
    library(
        "x -> TransformerEncoderLayer(1, norm_first = true, norm = RMSNorm, ffn = SwiGLU, attend = causal_attention)",
        "x: [T, D]",
        "T=1 3, D=1 2",
    ),
    library("TransformerDecoderLayer(x, y, 2, F)", "x: [M, D], y: [N, C], F", "M=1 2, N=1 3, D=2 4, C=1 2, F=1 3"),
]

PROGRAMS = [*INDEX, *AFFINE, *POINTWISE, *MOVES, *LOOPS, *CORNERS, *MODULES, *LIBRARY]
