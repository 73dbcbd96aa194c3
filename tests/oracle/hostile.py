"""Texts that would take for ever or all memory, if they were done as written.

Run as a module it asks each of them in a process with little memory, and says in one line of JSON how each ended; with
`all` also those of LONG, which are some of them written as long as they may be.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import traceback
from types import FrameType

from tests.oracle.asking import ask

MEMORY = 500 * 2**20
# A guard against what never ends. The limits themselves count steps, so the slowest text takes 12 s where this was
# written, and more on a slower machine.
SECONDS = 45


class TooLate(BaseException):
    """Not an `Exception`, so that nothing on the way takes it for something else."""


def model(body: str, ports: str = "x: [T, D], L, N") -> str:
    return f"model M({ports}) {{\n{body}\n}}\n"


def nested(head: str, depth: int, inside: str) -> str:
    """A block in a block in a block; `@` in the head is how deep it stands."""
    heads = "".join(head.replace("@", str(level)) + " {\n" for level in range(depth))
    return heads + inside + "\n}" * depth


def doubling(levels: int, call: str) -> str:
    """Each module calls the one before twice."""
    modules = ["module f0(x: [..., D], n = 1) { return x -> Linear(D) }"]
    for level in range(1, levels):
        first, second = (call.replace("f", f"f{level - 1}", 1).replace("#", what) for what in ("2*n", "2*n + 1"))
        modules.append(f"module f{level}(x: [..., D], n = 1) {{ x = {first}  return {second} }}")
    return "\n".join(modules) + "\n" + model(f"return f{levels - 1}(x)")


def triangles(levels: int) -> str:
    """Loops that grow with the loop around them."""
    heads = "\n".join(f"scan t{n} in {f't{n - 1} + 1' if n else 'N'} {{" for n in range(levels))
    return model(heads + " emit y = x * 2 " + "}" * levels + " return x")


def assumptions(count: int) -> str:
    facts = "".join(f"assume {n} divides D assume N >= {n} assume L + {n} <= N\n" for n in range(2, count))
    return model(facts + "y = reshape(x, [T*D]) return y * 2")


def maxima(count: int) -> str:
    products = ", ".join(f"A{n}*B{n} + {n}" for n in range(count))
    return model("return x * 2", f"x: [max({products})], " + ", ".join(f"A{n}, B{n}" for n in range(count)))


MANY_TERMS = " + ".join(f"x[t, i] * W{n}[i]" for n in range(300))

TEXTS: dict[str, str] = {
    # Deep.
    "brackets": model("return " + "(" * 20_000 + "x" + ")" * 20_000),
    "brackets that stay open": model("return " + "(" * 20_000 + "x"),
    "lists": model("return reshape(x, " + "[" * 10_000 + "]" * 10_000 + ")"),
    "subscripts": model("return x" + "[0:T]" * 10_000),
    "calls": model("return " + "relu(" * 3_000 + "x" + ")" * 3_000),
    "signs": model("return " + "-" * 20_000 + "x"),
    "negations": model("if " + "not " * 10_000 + "true { x = x * 2 } return x"),
    "powers": model("return x^" + "2^" * 5_000 + "2"),
    "blocks": model(nested("if true", 5_000, "x = x * 2") + " return x"),
    "else if": model("if false { x = x }" + " else if false { x = x }" * 5_000 + " return x"),
    "scan in scan": model(nested("scan t@ in N", 40, "emit y = x * 2") + " return x"),
    "scan in a growing scan": model("scan t0 in N {" + nested("scan t@ in t@ + 1", 0, "") + "emit y = x } return y"),
    "triangles": triangles(14),
    "repeat in repeat": model(nested("repeat 1000000000", 30, "x = x -> Linear(D)") + " return x"),
    "choose in choose": model(nested("choose 2 of 1000000000", 40, "emit y = x -> Linear(D)") + " return x"),
    "as deep as may be": model("return " + "(" * 90 + "x" + ")" * 90),
    "blocks as deep as may be": model(nested("repeat 2", 90, "x = x -> Linear(D)") + " return x"),
    "scans as deep as may be": model(nested("scan t@ in N", 90, "emit y = x * 2") + " return x"),
    "calls as deep as may be": model("return " + "relu(" * 90 + "x" + ")" * 90),
    "powers as deep as may be": model("return x^" + "2^" * 150 + "2"),
    "tower as deep as may be": model("return x * 2", "x: [" + "2^" * 150 + "2]"),
    # Long.
    "sum as long as may be": model("return x" + " + x" * 190),
    "product of many indices": model("y[] = " + " * ".join(["x[t, d]"] * 180) + " return y"),
    "outer product": model("y[" + ", ".join(f"i{n}" for n in range(180)) + "] = "
                           + " * ".join(f"x[t, i{n}]" for n in range(180)) + " return y"),
    "pipeline": model("return x" + " -> relu" * 20_000),
    "sum": model("return x" + " + x" * 20_000),
    "product of sums": model("return x", "x: [" + " * ".join(f"(A{n} + B{n})" for n in range(40)) + "], "
                             + ", ".join(f"A{n}, B{n}" for n in range(40))),
    "power of a sum": model("return x * 2", "x: [(A + B + C + E + F)^40], A, B, C, E, F"),
    "power of a power of a sum": model("return x * 2", "x: [((A + B + C)^100)^100], A, B, C"),
    "axes": model("return x * 2", "x: [" + ", ".join(["T"] * 5_000) + "]"),
    "different axes": model("return x * 2", "x: [" + ", ".join(f"T{n}" for n in range(500)) + "]"),
    "statements": model("x = x * 2\n" * 600 + "return x"),
    "layers": model("x = x -> Linear(D)\n" * 400 + "return x"),
    "models": "".join(f"model M{n}(x: [T]) {{ return x * {n} }}\n" for n in range(40)),
    "faults": model("x = y\n" * 2_000 + "return x"),
    "broken items": "model (\n" * 5_000,
    "assumptions": assumptions(25),
    "products of many": model("y[] = " + " * ".join(["x[t, d]"] * 1_000) + " return y"),
    "sums of many": model("".join(f"param W{n}: [D]\n" for n in range(300)) + f"y[t] = {MANY_TERMS} return y"),
    "one line": "#" + "x" * 3_000_000,
    "a name": model("return x", f"x: [{'T' * 1_000_000}]"),
    "dimensions": "dim " + ", ".join(f'a{n} "w"' for n in range(5_000)),
    # Large.
    "tower": model("return x * 2", "x: [2^2^2^2^2^2^2]"),
    "tower of dimensions": model("return x * 2", "x: [T^T^T^T^T]"),
    "power": model("return x * 2", "x: [10^1000000000]"),
    "power of a power": model("return x * 2", "x: [" + "(" * 40 + "10" + ")^10" * 40 + "]"),
    "negative power": model("return x * 2", "x: [2^(0 - 10^12)]"),
    "root": model("return x * 2^0.5 * 10^1e30"),
    "digits": model("return x * 2", "x: [" + "9" * 200_000 + "]"),
    "exponent": model("return x * 2", "x: [1e1000000000]"),
    "small exponent": model("return x * 1e-1000000000"),
    "billion layers": model("repeat 1000000000 { x = x -> Linear(D) } return x"),
    "billion unrolled": model("repeat 1000000000 { x = concat(x, x) } return x"),
    "billion unrolled with a counter": model("repeat l in 1000000000 { x = x -> Linear(2*D + l) } return x"),
    "many unrolled": model("repeat 1000 { x = concat(x, x) } return x"),
    "unrolled in unrolled": model("repeat 30 { repeat 30 { x = concat(x, x[:, 0:1]) } } return x"),
    "billion parts": model("y = split(x, 1000000000) return y"),
    "billion experts": model("choose 1000000000 of 1000000000 { emit y = x -> Linear(D) } return y"),
    "long scan with floors": model("scan t in 10^15 { emit y = sum(zeros([t//7 + t % 3 + min(t, 5) + 1])) } return y"),
    "scan over powers": model("scan t in 10^12 { emit y = sum(zeros([2^t])) } return y"),
    "scan over high powers": model("scan t in N { emit y = sum(zeros([(t + 1)^500])) } return y"),
    "scan over roots": model("scan t in N { emit y = sum(zeros([ceil(log2(t + 2))])) } return y"),
    "floors in floors": model("return x * 2", "x: [" + "ceil(" * 300 + "T" + "/2)" * 300 + "]"),
    "maxima": maxima(25),
    "maxima of maxima": model("return x * 2",
                              "x: [" + "".join(f"max(T, {n}*D, " for n in range(60)) + "N" + ")" * 60 + "], D"),
    "padding": model("return pad(x, [10^100, 10^100]) * 2"),
    "expected tower": model("return x") + "expect M { params == 2^2^2^2^2^2 }",
    "expected order": model("return x") + "expect M { macs grows T^(10^9)  macs grows 2^T^T  macs grows log(log(T)) }",
    "expected exponent": model("return x") + "expect M { params ~= 1e9999 within 1%  params ~= 9^9999 within 1e-99 }",
    "expected division": model("return x") + "expect M { params == 1/0  params == 0^-1  macs == 5 % 0 }",
    "configuration": model("return x * 2") + "config c { T = 1e400, D = " + "9" * 4_000 + " } expect M(c) { mul == 1 }",
    # Round and round.
    "doubling": doubling(40, "f(x)"),
    "doubling with statics": doubling(8, "f(x, #)"),
    "doubling of named layers": "module f0(x: [..., D]) { return x -> Linear(D) }\n" + "\n".join(
        f"module f{n}(x: [..., D]) {{ layer g = f{n - 1}  layer h = f{n - 1}  return x -> g -> h -> g }}"
        for n in range(1, 40)
    ) + model("return x -> f39"),
    "calls itself": "module F(x: [...]) { return F(x) }\n" + model("return F(x)"),
    "calls itself with more": "module F(x: [...], n = 1) { return F(x, n + 1) }\n" + model("return F(x)"),
    "calls itself with larger": "module F(x: [D]) { return F(concat(x, x)) }\n" + model("return F(x)", "x: [D]"),
    "calls itself twice": "module F(x: [...], n = 30) { if n > 0 { x = F(x, n - 1) + F(x, n - 1) } return x }\n"
                          + model("return F(x)"),
    "calls itself through others": "module F(x: [...]) { return x -> G }\nmodule G(x: [...], f = F) { return f(x) }\n"
                                   + model("return F(x)"),
    "is its own argument": "module F(x: [...], f = F) { return f(x, f) }\n" + model("return F(x, F)"),
    "default of itself": "module F(x: [...], a = b, b = a) { return x * a }\n" + model("return F(x)"),
    "uses": 'use "../../../../etc/passwd"\nuse "/dev/zero"\nuse "<text>"\nuse ""\n' + model("return x"),
    # Odd characters.
    "zeros": "model M\0(x: [T]) { return x }",
    "controls": "model M(x: [T]) { return x \x1b[31m \u202e \ufeff + y }",
    "surrogates": "model M(x: [T]) { return \ud800 }",
    "digits of elsewhere": model("return x * ٣ + x * ² + x * 𝟚", "x: [T٣]"),
    "no text": "",
    "an open text": 'dim T "time',
    "an open document": '"""' * 1_001,
}  # fmt: skip

LONG: dict[str, str] = {
    "many triangles": triangles(40),
    "many statements": model("x = x * 2\n" * 5_000 + "return x"),
    "many layers": model("x = x -> Linear(D)\n" * 1_000 + "return x"),
    "many models": "".join(f"model M{n}(x: [T]) {{ return x * {n} }}\n" for n in range(100)),
    "many faults": model("x = y\n" * 5_000 + "return x"),
    "many assumptions": assumptions(110),
    "many maxima": maxima(60),
    "more unrolled": model("repeat 5000 { x = concat(x, x) } return x"),
    "longer unrolled in unrolled": model("repeat 100 { repeat 30 { x = concat(x, x[:, 0:1]) } } return x"),
    "unrolled and cut in unrolled": model("repeat 900 { repeat 900 { x = concat(x, x[:, 0:1]) } } return x"),
    "more doubling with statics": doubling(40, "f(x, #)"),
}


def outcome(text: str) -> str:
    """`answered`, or what came instead."""
    try:
        ask(text)
    except TooLate:
        return f"not within {SECONDS} s: {traceback.format_exc(limit=-4)}"
    except BaseException:
        return traceback.format_exc(limit=-4)
    return "answered"


def too_late(number: int, frame: FrameType | None) -> None:
    raise TooLate


def alone(name: str, text: str) -> None:
    """Ask in a process of its own, so that one text cannot spoil another's memory or time."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        if status:
            report(name, f"ended with status {status}")
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    # Time on the processor, so that a busy machine is no fault. What cannot be interrupted is killed.
    signal.signal(signal.SIGPROF, too_late)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS + 5, SECONDS + 5))
    report(name, outcome(text))
    os._exit(0)


def report(name: str, what: str) -> None:
    os.write(1, f"{json.dumps([name, what[-1500:]])}\n".encode())


if __name__ == "__main__":
    # Asked once before, so that every process starts with the library read.
    ask("model M(x: [T]) { return x -> Linear(T) }")
    for each, hostile in (TEXTS | LONG if "all" in sys.argv else TEXTS).items():
        alone(each, hostile)
