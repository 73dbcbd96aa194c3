"""Changes of a text that change no answer: what is asked before and after must come to the same.

Each takes a random architecture and gives a text of the same model written otherwise, or None where it does not apply.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from random import Random

import symcost
from symcost.building import with_numbers
from symcost.formula import num, symbol
from symcost.instance import Instance
from symcost.model import Model
from symcost.questions import questions
from symcost.values import keeps
from tests.oracle.strategies import DIMENSIONS, Architecture

Answers = dict[str, object]
Change = Callable[[Architecture, Random], str | None]

HEAD = re.compile(r"model M\((?P<ports>.*)\) \{")
STATEMENT = re.compile(r"  (?P<name>\w+) = (?P<made>.*)")
WORD = re.compile(r"[A-Za-z_]\w*")

NOT_KEPT: Mapping[str, frozenset[str]] = {
    "reordered": frozenset({"peak"}),  # what lives at once depends on the order of the text
}


def answers(model: Model, values: Mapping[str, int], ask: frozenset[str] | None = None) -> Answers:
    """The number, or the code of the fault, of each question to a model with these numbers."""
    given = {info.name: values[info.name] for info in model.symbols}
    found: Answers = {}
    for name in questions():
        if ask is None or name in ask:
            try:
                asked_of = model.at(**given)
                found[name] = asked_of.number(asked_of.quantity(name).form)
            except symcost.SymcostError as fault:
                found[name] = fault.faults[0].code
    return found


def asked(text: str, values: Mapping[str, int], ask: frozenset[str] | None = None) -> Answers:
    """The same of the model of a text."""
    return answers(symcost.loads(text).model("M"), values, ask)


# Changes of a text ---------------------------------------------------------------------------------


def renamed(architecture: Architecture, rng: Random) -> str | None:
    """Other names for tensors and parameters, which come in another order of the alphabet."""
    names = sorted(set(re.findall(r"\b(?:x|v|W|w|y|h|l|t|K)\d+\b", architecture.text)))
    others = [f"z{number}" for number in range(len(names))]
    rng.shuffle(others)
    table = dict(zip(names, others, strict=True))
    return WORD.sub(lambda word: table.get(word[0], word[0]), architecture.text)


def reordered(architecture: Architecture, rng: Random) -> str | None:
    """Two statements exchanged that stand one behind the other and have nothing to do with each other."""
    lines = architecture.text.splitlines()
    begin = next(number for number, line in enumerate(lines) if HEAD.match(line))
    places = [number for number in range(begin + 1, len(lines) - 1) if _independent(lines[number], lines[number + 1])]
    if not places:
        return None
    place = rng.choice(places)
    lines[place : place + 2] = lines[place + 1], lines[place]
    return "\n".join(lines) + "\n"


def _independent(first: str, second: str) -> bool:
    one, other = STATEMENT.fullmatch(first), STATEMENT.fullmatch(second)
    if one is None or other is None or "{" in first + second:
        return False
    return one["name"] not in WORD.findall(second) and other["name"] not in WORD.findall(first)


def split_off(architecture: Architecture, rng: Random) -> str | None:
    """All of the model in a module, which the model calls."""
    ports = HEAD.search(architecture.text)
    assert ports is not None
    names = [port.split(":")[0] for port in re.split(r", (?![^\[]*\])", ports["ports"])]
    body = WORD.findall(architecture.text[ports.end() :])
    if any(name.startswith("x") and name not in body for name in names):
        return None  # what the model leaves alone would now be handed to the module
    given = ", ".join(name if name.startswith("x") else f"{name} = {name}" for name in names)
    results = architecture.text.rstrip().splitlines()[-2].split("return ")[1].split(", ")
    made = ", ".join(f"made{number}" for number in range(len(results)))
    whole = architecture.text.replace("model M(", "module Whole(")
    return f"{whole}model M({ports['ports']}) {{\n  {made} = Whole({given})\n  return {made}\n}}\n"


def with_literals(architecture: Architecture, rng: Random) -> str | None:
    """The numbers written into the text in place of the dimensions."""
    text = HEAD.sub(lambda head: f"model M({_tensors(head['ports'])}) {{", architecture.text)
    values = architecture.values
    return re.sub(rf"\b({'|'.join(DIMENSIONS)})\b", lambda name: str(values[name[0]]), text)


def _tensors(ports: str) -> str:
    return ", ".join(port for port in re.split(r", (?![^\[]*\])", ports) if ":" in port)


CHANGES: Mapping[str, Change] = {
    "renamed": renamed,
    "reordered": reordered,
    "split off": split_off,
    "with literals": with_literals,
}


def differences(name: str, architecture: Architecture, rng: Random) -> Iterator[str]:
    """Where answers are others after a change, in words."""
    text = CHANGES[name](architecture, rng)
    if text is None:
        return
    kept = frozenset(questions()) - NOT_KEPT.get(name, frozenset())
    before, after = asked(architecture.text, architecture.values, kept), asked(text, architecture.values, kept)
    for words in unequal(before, after):
        yield f"{name}: {words} at {dict(architecture.values)}\n{architecture.text}\n{text}"


def unequal(before: Answers, after: Answers) -> Iterator[str]:
    """Which answers are others; one that is refused in one writing only says so."""
    for question in before:
        one, other = before[question], after[question]
        if one != other:
            refused = isinstance(one, str) or isinstance(other, str)
            yield f"{question}{' (refused in one)' if refused else ''}: {one} and {other}"


# Loops written out ---------------------------------------------------------------------------------

BODIES = (
    "x -> Linear(B) -> tanh",
    "x + relu(Linear(x, B))",
    "LayerNorm(x + Linear(x, B, bias = false))",
    "softmax(x @ transpose(x)) @ x",
    "x * sigmoid(x) - mean(x, keep = true)",
    'x + Conv1d(x, B, 3, pad = "same")',
    "x / max(x, axis = 0, keep = true)",
)
"""What one round makes of x: [A, B], of the same shape."""


def rounds(rng: Random) -> tuple[str, str]:
    """`repeat 3`, and its body three times."""
    body = "\n    ".join(f"x = {rng.choice(BODIES)}" for _ in range(rng.randint(1, 3)))
    head = "model M(x: [A, B]) {"
    return (
        f"{head}\n  repeat 3 {{\n    {body}\n  }}\n  return x\n}}\n",
        f"{head}\n    " + f"{body}\n    " * 3 + "return x\n}\n",
    )


STEPS = ("tanh(f(h) + x[{t}])", "relu(f(h + x[{t}]))", "h * sigmoid(f(x[{t}]))", "f(tanh(h)) * x[{t}] + h")


def steps(rng: Random) -> tuple[str, str]:
    """A scan over three positions, and its steps one by one with the same layer."""
    lines = [f"h = {rng.choice(STEPS)}" for _ in range(rng.randint(1, 2))]
    head = "model M(x: [3, B]) {\n  layer f = Linear(B)\n  s = zeros([B])\n"
    body = "\n    ".join(line.format(t="t") for line in lines)
    scanned = f"{head}  scan t in 3 with h: [B] = s {{\n    {body}\n  }}\n  return h\n}}\n"
    written = "\n  ".join(line.format(t=t) for t in range(3) for line in lines)
    return scanned, f"{head}  h = s\n  {written}\n  return h\n}}\n"


LOOP_KEEPS = frozenset({"peak", "traffic", "fused", "state", "activations", "masks", "backward_depth", "path_length"})
"""What a loop may count otherwise: what it carries, keeps and reads again for every round; a round is a layer."""


def loop_differences(rng: Random) -> Iterator[str]:
    """Where a loop and its rounds one by one differ, in words."""
    values = {"A": rng.randint(1, 4), "B": rng.randint(1, 4)}
    kept = frozenset(questions()) - LOOP_KEEPS
    for looped, written in (rounds(rng), steps(rng)):
        before, after = asked(looped, values, kept), asked(written, values, kept)
        for words in unequal(before, after):
            yield f"written out: {words} at {values}\n{looped}\n{written}"


# The formula and the number ------------------------------------------------------------------------


def formula_differences(
    model: Model, values: Mapping[str, int], *, skip: frozenset[str] = frozenset()
) -> Iterator[str]:
    """Where a formula with numbers put in is not what the graph built with them says, in words.

    Where the formula says that it does not hold for these sizes, nothing is compared.
    """
    given = {info.name: values[info.name] for info in model.symbols}
    defined = model._instance.defined
    numeric = Model(Instance(defined, given, with_numbers(defined, given)), model.unit)
    known = {symbol(name): num(value) for name, value in given.items()}
    for name in questions():
        if name in skip:
            continue
        try:
            formula, exact = model.quantity(name).form, numeric.quantity(name).form
        except symcost.SymcostError:
            continue  # what the one tells and the other does not is no contradiction
        if not all(keeps(given, fact) for fact in model.assumed_for(name)):
            continue
        found = formula.substitute(known)
        if found.number != exact.number:
            yield f"formula and number: {name}: {found} of {formula}, and {exact} at {given} (model {model.name})"
