"""A program as source: exact in Python and in NumPy on objects; in C with 64 bits, told where they do not do.

All names in it are made here, from the places of the steps; nothing of what a user wrote stands in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from symcost.errors import NoSource
from symcost.formula import Form
from symcost.formula.numbers import Rational
from symcost.sweeping.program import Program, Step, compiled


def source(form: Form, language: str) -> str:
    """A function `count` of the free symbols of a form, in their order. Raises NoSource, TooLarge."""
    return WRITERS[language](compiled(form, form.free_symbols))


PYTHON = {
    "add": "{0} + {1}",
    "mul": "{0}*{1}",
    "div": "Fraction({0})/{1}",
    "floor": "{0}//{1}",
    "ceil": "-(-{0}//{1})",
    "mod": "{0} - {1}*({0}//{1})",
    "min": "min({0}, {1})",
    "max": "max({0}, {1})",
    "power": "power({0}, {1})",
    "log2": "logarithm({0})",
    "log_to": "logarithm_to({1}, {0})",
    "ln": "natural_logarithm({0})",
    "log10": "decimal_logarithm({0})",
}
"""Of `int` and `Fraction`."""

NUMPY = PYTHON | {
    "div": "divided({0}, {1})",
    "ceil": "-np.floor_divide(-({0}), {1})",
    "floor": "np.floor_divide({0}, {1})",
    "mod": "np.mod({0}, {1})",
    "min": "np.minimum({0}, {1})",
    "max": "np.maximum({0}, {1})",
    "power": "np.frompyfunc(power, 2, 1)({0}, {1})",
    "log2": "np.frompyfunc(logarithm, 1, 1)({0})",
    "log_to": "np.frompyfunc(logarithm_to, 2, 1)({1}, {0})",
    "ln": "np.frompyfunc(natural_logarithm, 1, 1)({0})",
    "log10": "np.frompyfunc(decimal_logarithm, 1, 1)({0})",
}
"""Of arrays of such objects, or of 64-bit integers where all of it fits."""

IMPORTS = {
    "Fraction": "from fractions import Fraction",
    "power": "from symcost.formula.evaluate import power",
    "logarithm": "from symcost.formula.evaluate import logarithm",
    "logarithm_to": "from symcost.formula.evaluate import logarithm_to",
    "natural_logarithm": "from symcost.formula.evaluate import natural_logarithm",
    "decimal_logarithm": "from symcost.formula.evaluate import decimal_logarithm",
}

DIVIDED = """\
divided = np.frompyfunc(lambda above, below: Fraction(above)/below, 2, 1)  # exact: an array of objects
"""


class _Lines:
    """Lines of a function, and the names of what they work out."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.made = 0

    def name(self) -> str:
        self.made += 1
        return f"v{self.made - 1}"

    def put(self, program: Program, inputs: list[str], indent: str) -> str:
        """The steps of a program; under which name the result stands."""
        names: list[str] = []
        for step in program.steps:
            if step.kind == "input":
                names.append(inputs[int(step.number)])
            elif step.kind == "number":
                names.append(self.number(step.number))
            else:
                put = self.sum if step.kind == "sum" else self.worked_out
                names.append(put(step, [names[arg] for arg in step.args], indent))
        return names[-1]

    def number(self, value: Rational) -> str:
        """As the language writes it."""
        raise NotImplementedError

    def worked_out(self, step: Step, args: list[str], indent: str) -> str:
        """One operation; under which name its result stands."""
        raise NotImplementedError

    def sum(self, step: Step, args: list[str], indent: str) -> str:
        """A loop over a counter; under which name the total stands."""
        raise NotImplementedError


class _Python(_Lines):
    """Lines of Python, over numbers or arrays: `words` has how each operation is written."""

    def __init__(self, words: Mapping[str, str]) -> None:
        super().__init__()
        self.words = words

    def number(self, value: Rational) -> str:
        return _python_number(value)

    def worked_out(self, step: Step, args: list[str], indent: str) -> str:
        """One operation on a line."""
        found = self.name()
        self.lines.append(f"{indent}{found} = {self.words[step.kind].format(*args)}")
        return found

    def sum(self, step: Step, args: list[str], indent: str) -> str:
        """A loop; over arrays it runs from the least to the greatest, and a round counts where it is within."""
        low, high, *read = args
        total, turn = self.name(), self.name()
        assert step.body is not None
        over_arrays = self.words is NUMPY
        ends = f"int(np.min({low})), int(np.max({high}))" if over_arrays else f"{low}, {high}"
        self.lines += [f"{indent}{total} = 0", f"{indent}for {turn} in range({ends}):"]
        body = self.put(step.body, [turn, *read], indent + "    ")
        more = f"np.where(({low} <= {turn}) & ({turn} < {high}), {body}, 0)" if over_arrays else body
        self.lines.append(f"{indent}    {total} = {total} + {more}")
        return total


def _python_number(value: Rational) -> str:
    if isinstance(value, Fraction):
        return f"Fraction({value.numerator}, {value.denominator})"
    return str(value) if value >= 0 else f"({value})"


def _python(program: Program) -> str:
    return _function(program, PYTHON, "")


def _numpy(program: Program) -> str:
    return _function(program, NUMPY, "import numpy as np\n")


def _function(program: Program, words: Mapping[str, str], imports: str) -> str:
    lines = _Python(words)
    inputs = [lines.name() for _ in range(program.inputs)]
    result = lines.put(program, inputs, "    ")
    body = "\n".join([*lines.lines, f"    return {result}"])
    head = _head(body, over_arrays=words is NUMPY, imports=imports)
    return f"{head}\n\ndef count({', '.join(inputs)}):\n{body}\n".lstrip("\n")


def _head(body: str, *, over_arrays: bool, imports: str) -> str:
    """What stands before a function: what it imports, and the division of arrays where it divides."""
    divides = over_arrays and "divided(" in body
    used = [line for word, line in IMPORTS.items() if _calls(body, word)]
    if divides and IMPORTS["Fraction"] not in used:
        used.append(IMPORTS["Fraction"])
    head = "".join(f"{line}\n" for line in used) + imports
    return f"{head}\n{DIVIDED}" if divides else head


def _calls(body: str, word: str) -> bool:
    """Whether a function is called in it, or given to another."""
    return f"{word}(" in body or f"({word}," in body


# C -------------------------------------------------------------------------------------------------

C_HEAD = """\
#include <stdint.h>

/* 0: exact. 1: it does not fit into 64 bits. 2: a division by zero. 3: the result is no whole number. */
"""

C_CHECKED = {"add": "__builtin_add_overflow", "mul": "__builtin_mul_overflow"}

C_CHOSEN = {"min": "<", "max": ">"}


class _C(_Lines):
    """Lines of C; every step says where 64 bits do not do."""

    def number(self, value: Rational) -> str:
        return _c_number(value)

    def worked_out(self, step: Step, args: list[str], indent: str) -> str:
        found = self.name()
        self.lines.append(f"{indent}int64_t {found};")
        left, right = args if len(args) == 2 else (args[0], "")
        if step.kind in C_CHECKED:
            self.lines.append(f"{indent}if ({C_CHECKED[step.kind]}({left}, {right}, &{found})) return 1;")
        elif step.kind in C_CHOSEN:
            self.lines.append(f"{indent}{found} = {left} {C_CHOSEN[step.kind]} {right} ? {left} : {right};")
        elif step.kind in C_DIVISIONS:
            self.divide(step.kind, found, left, right, indent)
        else:
            raise NoSource("C", {"power": "power or root"}.get(step.kind, "logarithm"))
        return found

    def divide(self, kind: str, found: str, left: str, right: str, indent: str) -> None:
        """Division in C cuts towards zero; ours goes down or up."""
        self.lines.append(f"{indent}if ({right} == 0) return 2;")
        self.lines.append(f"{indent}if ({left} == INT64_MIN && {right} == -1) return 1;")
        self.lines += [f"{indent}{line}" for line in C_DIVISIONS[kind](found, left, right)]

    def sum(self, step: Step, args: list[str], indent: str) -> str:
        low, high, *read = args
        total, turn = self.name(), self.name()
        assert step.body is not None
        self.lines += [
            f"{indent}int64_t {total} = 0;",
            f"{indent}for (int64_t {turn} = {low}; {turn} < {high}; {turn}++) {{",
        ]
        body = self.put(step.body, [turn, *read], indent + "    ")
        self.lines.append(f"{indent}    if (__builtin_add_overflow({total}, {body}, &{total})) return 1;")
        self.lines.append(f"{indent}}}")
        return total


def _c_number(value: Rational) -> str:
    if isinstance(value, Fraction):
        raise NoSource("C", "fraction")
    if abs(value) >= 1 << 63:
        raise NoSource("C", "number of more than 64 bits")
    return f"INT64_C({value})" if value >= 0 else f"(-INT64_C({-value}))"


C_DIVISIONS: Mapping[str, Callable[[str, str, str], tuple[str, ...]]] = {
    "div": lambda f, a, b: (f"if ({a} % {b}) return 3;", f"{f} = {a} / {b};"),
    "floor": lambda f, a, b: (f"{f} = {a} / {b} - ({a} % {b} != 0 && ({a} % {b} < 0) != ({b} < 0));",),
    "ceil": lambda f, a, b: (f"{f} = {a} / {b} + ({a} % {b} != 0 && ({a} % {b} < 0) == ({b} < 0));",),
    "mod": lambda f, a, b: (f"{f} = {a} % {b};", f"if ({f} != 0 && ({f} < 0) != ({b} < 0)) {f} += {b};"),
}


def _c(program: Program) -> str:
    lines = _C()
    inputs = [lines.name() for _ in range(program.inputs)]
    result = lines.put(program, inputs, "    ")
    given = ", ".join([*(f"int64_t {name}" for name in inputs), "int64_t *result"])
    body = "\n".join([*lines.lines, f"    *result = {result};", "    return 0;"])
    return f"{C_HEAD}int count({given}) {{\n{body}\n}}\n"


WRITERS: Mapping[str, Callable[[Program], str]] = {"python": _python, "numpy": _numpy, "c": _c}
