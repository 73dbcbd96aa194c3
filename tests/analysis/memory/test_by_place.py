"""What each line keeps or carries: told line by line, the lines add up to what a run keeps, at numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

import pytest
from click.testing import CliRunner
from hypothesis import given

import symcost
from symcost.analysis.counts.by_line import Held, Line, Part, Step
from symcost.cli import main
from symcost.errors import SymcostError, TooManyBlocks
from symcost.export.steps import statements
from symcost.formula import Form, num, symbol
from tests.examples.files import EXAMPLES, loaded
from tests.oracle.agreement import loaded_text
from tests.oracle.counted import Unfit
from tests.oracle.programs import Program, each_program
from tests.oracle.sampling import examples
from tests.oracle.storage import kept, unseen
from tests.oracle.strategies import Architecture, architectures

COUNTED = "TripleRepeatCounter"
"""A loop in it has no round in some rounds of another: what it keeps is refused."""

KINDS = ("activations", "masks")
"""What has lines; row numbers have no question of their own."""


class Unrolled:
    """Adds the lines up at numbers, round by round, with no formula but those of the lines."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._known = {symbol(name): num(int(str(value))) for name, value in values.items()}

    def of(self, part: Part) -> Fraction:
        """All lines, in every round."""
        block = part.block
        if block is None or block.kind == "call" or part.at_once:
            return self._lines(part)
        if block.counter is None:
            return self._number(block.count) * self._lines(part)
        total = Fraction(0)
        low, high = self._number(block.counter.low), self._number(block.counter.low + block.count)
        for at in range(int(low), int(high)):
            self._known[block.counter] = num(at)
            total += self._lines(part)
        self._known.pop(block.counter, None)
        return total

    def _lines(self, part: Part) -> Fraction:
        return sum((line.times * self._line(line) for line in part.lines), Fraction(0))

    def _line(self, line: Line) -> Fraction:
        return sum(
            (self._number(one.total) if isinstance(one, Step) else self.of(one) for one in line.items), Fraction(0)
        )

    def _number(self, form: Form) -> Fraction:
        number = form.substitute(self._known).number
        assert number is not None, form
        return Fraction(number)


def assert_lines_add_up(text: str, name: str, values: Mapping[str, object]) -> None:
    """The lines of numbers and masks, and the row numbers, are what a run keeps."""
    try:
        expected = kept(text, name, values)
    except Unfit:
        return
    model = loaded_text(text).model(name).at(**values)
    rows = int(model.asked(lambda model: model.kept["rows"])())
    found = sum(Unrolled(values).of(model.explained(kind)) for kind in KINDS)
    if found + rows != expected:
        with unseen():
            assert found + rows == kept(text, name, values)


@pytest.mark.parametrize("program", each_program())
def test_the_lines_of_programs_keep_what_a_run_keeps(program: Program) -> None:
    for values in program.values[:2] if program.model != COUNTED else ():
        assert_lines_add_up(program.text, program.model, values)


@pytest.mark.slow
@examples(8, 60)
@given(architectures())
def test_random_architectures(architecture: Architecture) -> None:
    """Also where rounds at the beginning and the end differ."""
    assert_lines_add_up(architecture.text, "M", architecture.values)


# What stands where --------------------------------------------------------------------------------


def lines(part: Part) -> Iterator[tuple[str, Form]]:
    """Each value or cache of a part, and what it holds."""
    for line in part.lines:
        for item in line.items:
            if isinstance(item, Part):
                yield from lines(item)
            elif isinstance(item.node, Held):
                yield item.node.name, item.total
            else:
                yield item.node.span.text, item.total


@pytest.mark.parametrize(
    ("ports", "body", "expected"),
    [
        ("x: [T, I], H", "return x -> LSTM(H)", [("h", "H"), ("c", "H")]),
        # One layer; the block around it says how often.
        ("x: [T, H], L", "repeat L { x = x -> RNN(H) } return x", [("h", "H")]),
        # What an inner scan hands on lives within one step of the outer one.
        (
            "x: [T, D]",
            "scan t in T with h: [] { scan d in D with g: [] { g = g + x[t, d] } h = h + g } return h",
            [("h", "1")],
        ),
        ("x: [T, D]", "scan t in T with c: [D] { emit y = x[t] + c } return y", []),
    ],
)
def test_which_values_are_carried(ports: str, body: str, expected: list[tuple[str, str]]) -> None:
    model = symcost.loads(f"model M({ports}) {{ {body} }}").model()
    assert [(name, str(form)) for name, form in lines(model.explained("state"))] == expected


def test_the_cache_of_a_language_model() -> None:
    """Keys and values of 4096 channels for 4096 tokens in 32 layers, in 16 bit: 2 GiB, known of Llama 7B."""
    writer = loaded(EXAMPLES / "language/mistral.arch").model("Generate")
    sizes = {"L": 32, "D": 4096, "heads": 32, "kv_heads": 32, "w": 4096, "P": 96, "N": 4000}
    told = {name: form.evaluate(sizes) for name, form in lines(writer.explained("state"))}
    assert set(told) == {"token", "keys", "values"}
    assert 2 * (told["keys"] + told["values"]) == 2**31


def test_the_cache_of_a_step_stands_where_it_is_kept() -> None:
    """Keys and values by themselves, of one layer for one text; the blocks around them say how many of each."""
    step = loaded(EXAMPLES / "language/llama.arch").model("Llama").step()
    told = lines(step.explained("state"))
    assert [form.evaluate({"c": 5, "T": 2, "D": 6}) for _, form in told] == [42, 42]  # 7 tokens of 6 channels
    sizes = {"B": 3, "T": 2, "c": 5, "D": 6, "L": 4, "heads": 2}
    assert Unrolled(sizes).of(step.explained("state")) == 3 * 4 * 2 * 42


def test_a_transformer_layer() -> None:
    """34·s·b·h + 5·a·s²·b bytes in 16 bit, masks one byte (Korthikanti et al. 2022, equation 2), added up by line."""
    layer = loaded(EXAMPLES / "lecture/memory.arch").model("Layer")
    s, h, a, b = 8, 16, 4, 3
    numbers, masks = (Unrolled({"S": s, "H": h, "a": a, "B": b}).of(layer.explained(kind)) for kind in KINDS)
    assert 2 * numbers + masks == 34 * s * b * h + 5 * a * s * s * b


def test_calls_that_call_each_other_twice_are_too_many() -> None:
    """2^40 places are an error in no time; the sum itself is none."""
    text = "module A0(x: [D]) { param w: [D] return tanh(x * w) }\n"
    text += "\n".join(f"module A{n}(x: [D]) {{ return x -> A{n - 1} -> A{n - 1} }}" for n in range(1, 41))
    model = symcost.loads(f"{text}\nmodel M(x: [D]) {{ return x -> A40 }}").model()
    with pytest.raises(TooManyBlocks):
        model.explained("activations")


# Written ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("quantity", ["state", "activations", "masks"])
@pytest.mark.parametrize(
    "file", ["lecture/lstm.arch", "lecture/memory.arch", "language/gpt2_decoding.arch", "speech/whisper.arch"]
)
def test_every_statement_adds_up(file: str, quantity: str) -> None:
    """The last is the quantity itself."""
    for model in loaded(EXAMPLES / file).models.values():
        if model.faults:
            continue
        try:
            whole = model.quantity(quantity).form
        except SymcostError:
            continue
        assert statements(model, quantity)[-1].total == whole


@pytest.mark.parametrize("writing", ["latex", "typst", "markdown"])
@pytest.mark.parametrize("kind", ["derivation", "beamer"])
def test_a_derivation_names_what_is_held(kind: str, writing: str) -> None:
    """The hidden and the cell state of an LSTM, each under a brace."""
    lstm = str(EXAMPLES / "lecture/lstm.arch")
    made = CliRunner().invoke(main, ["latex", lstm, "--kind", kind, "--of", "state", "--format", writing])
    assert made.exit_code == 0, made.output
    braces = {"typst": 'underbrace(H, "c")', "latex": r"\underbrace{H}_{\text{c}}", "markdown": r"{H} _{\text{c}}"}
    assert braces[writing] in made.stdout


def test_explain_shows_where_something_is_kept() -> None:
    """The input of an Elman network, 10 by 3, and what tanh makes in each step, 10 by 4."""
    elman = str(EXAMPLES / "lecture/elman.arch")
    told = CliRunner().invoke(main, ["explain", elman, "--of", "activations", "T=10", "I=3", "H=4"]).stdout
    shown = [" ".join(line.split()) for line in told.splitlines()]
    assert "x: [T, I] T·I = 30" in shown and "tanh [H] -> [H] H·T = 40" in shown
    assert "total T·I + H·T = 70" in shown
