"""Random stacks of layers along an axis, as `.arch` text."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

LEAVES = {
    "causal": 'Conv1d({x}, D, {k}, pad = "causal")',
    "same": 'Conv1d({x}, D, {k}, pad = "same")',
    "dilated": 'Conv1d({x}, D, 2, pad = "causal", dilation = 2)',
    "attention": "attention({x}, {x}, {x})",
    "causal attention": "causal_attention({x}, {x}, {x})",
    "windowed attention": "windowed_attention({x}, {x}, {x}, window = 3)",
    "recurrence": "GRU({x}, D)",
    "both ways": "Bidirectional({x}, RNN, D) -> Linear(D)",
    "reversed": "reverse({x}, axis = 0)",
    "shifted": "pad({x}, [1, 0], axis = 0)[0:T]",
    "pointwise": "Linear({x}, D) -> relu",
    "mean": "{x} + mean({x}, axis = 0, keep = true)",
    "squeezed": "{x} * sigmoid(mean({x}, axis = 0, keep = true))",
    "pooled": "max_pool1d({x}, 3, stride = 1, pad = 1)",
}
JOINS = {
    "sum": "{a} + {b}",
    "gate": "{a} * sigmoid({b})",
    "beside": "concat({a}, {b}, axis = 1) -> Linear(D)",
    "behind": "concat({a}[0:3], {b}[3:T], axis = 0)",
}


@dataclass
class Stack:
    """Statements one after the other; every one names a new tensor."""

    lines: list[str] = field(default_factory=list)
    names: int = 0

    def named(self, layer: str) -> str:
        name = self.new()
        self.lines.append(f"{name} = {layer}")
        return name

    def new(self) -> str:
        self.names += 1
        return f"v{self.names}"


@st.composite
def stacks(draw: st.DrawFn) -> str:
    """The body of a model of `x: [T, D], L`."""
    stack, name = Stack(), "x"
    for _ in range(draw(st.integers(1, 2))):
        name = _layer(draw, stack, name, 2)
    return "\n".join([*stack.lines, f"return {name}"])


def _layer(draw: st.DrawFn, stack: Stack, x: str, depth: int) -> str:
    kind = draw(st.sampled_from(["leaf", "leaf", "residual", "join", "repeat", "scan"])) if depth else "leaf"
    match kind:
        case "leaf":
            layer = draw(st.sampled_from(list(LEAVES.values())))
            return stack.named(layer.format(x=x, k=draw(st.integers(2, 4))))
        case "residual":
            return stack.named(f"{x} + {_layer(draw, stack, x, depth - 1)}")
        case "join":
            a, b = (_layer(draw, stack, x, depth - 1) for _ in range(2))
            return stack.named(draw(st.sampled_from(list(JOINS.values()))).format(a=a, b=b))
        case "repeat":
            name = stack.new()
            stack.lines.append(f"repeat L with {name}: [T, D] = {x} {{")
            stack.lines.append(f"{name} = {_layer(draw, stack, name, depth - 1)}\n}}")
            return name
        case _:
            name, past = stack.new(), stack.new()
            carried = draw(st.sampled_from([f"tanh({name})", f"{x}[t]", f"{x}[t] * {past}"]))
            stack.lines.append(f"scan t in T with {past}: [D] {{\ny = {past} + {x}[t]")
            stack.lines.append(f"{past} = {carried.replace(name, 'y')}\nemit {name} = y\n}}")
            return name
