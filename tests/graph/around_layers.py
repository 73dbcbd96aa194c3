"""Random programs that ask layers of the library for the same things in different surroundings."""

from __future__ import annotations

from random import Random

LAYERS = (
    "Linear(H)",
    "Linear(2*H)",
    "Linear(H*2)",
    "Linear(H, bias = false)",
    "LayerNorm",
    "FeedForward(H)",
    "FeedForward(H, act = relu)",
    "FeedForward(H, act = double)",
    "GRU(H)",
    "LSTM(H)",
    "Conv1d(H, 3, stride = 2)",
    'Conv1d(H, 3, pad = "same")',
    "max_pool1d(2)",
    "SelfAttention(heads)",
    "SelfAttention(2)",
    "TransformerEncoderLayer(heads, 4*H)",
    "MixtureOfExperts(4, 2, H)",
    "MixtureOfExperts(4, 2, H, expert = FeedForward)",
    "Bidirectional(GRU, H)",
    "Stacked(LSTM, H, 2)",
    "dropout",
)
SHAPES = ("T, D", "T, 2*D", "T, D*2", "T, heads*D", "B, T, D", "T, D+H", "2*T, D")
ASSUMED = ("", "assume heads divides D", "assume 2 divides T", "assume T >= 9", "assume D == 4*H", "let W = D/2")


def program(random: Random) -> str:
    """A model with a few layers, each of them somewhere, and what its text says of sizes."""
    said, shape = random.choice(ASSUMED), random.choice(SHAPES)
    width = shape.split(", ")[-1]
    names = [f"y{number}" for number in range(random.randint(1, 4))]
    lines = [said, *(_statement(random, name, width) for name in names), f"return {', '.join(names)}"]
    body = "\n".join(f"  {line}" for line in lines if line)
    return f"module double(x: [...]) {{ return x * 2 + x }}\nmodel M(x: [{shape}], H, heads, L) {{\n{body}\n}}"


def _statement(random: Random, name: str, width: str) -> str:
    """A layer, and where it stands; in a loop its result has the width that it was given."""
    layer = random.choice(LAYERS)
    value = f"x -> {layer}" if random.random() < 0.7 else f"x -> {layer} -> {random.choice(LAYERS)}"
    called = f"layer f_{name} = {layer}  {name} = f_{name}(x) + f_{name}(x)"
    around = (
        f"{name} = {value}",
        f"frozen {{ {name} = {value} }}",
        f"recompute {{ {name} = {value} }}",
        f"resume T {{ {name} = {value} }}",
        f"{name} = x  repeat 3 {{ {name} = {name} -> {layer} -> Linear({width}) }}",
        f"{name} = x  repeat L {{ {name} = {name} -> {layer} -> Linear({width}) }}",
        f"{name} = x  repeat l in L {{ {name} = {name} -> {layer} -> Linear(l + 1) -> Linear({width}) }}",
        f"choose 1 of 2 {{ emit {name} = {value} }}",
        f"for t in T {{ emit {name} = x[t:t+1] -> {layer} }}",
        called,
        f"frozen {{ {called} }}",
    )
    return random.choice(around)
