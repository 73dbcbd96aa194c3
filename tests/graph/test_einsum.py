"""`einsum("b h i d, b h j d -> b h i j", q, k)`: as PyTorch's where it is installed, and as index notation."""

from __future__ import annotations

import pytest

import symcost
from symcost import SymcostError

PORTS = "q: [B, H, I, D], k: [B, H, J, D], x: [B, I], W: [I, D], s: [I, I]"
SIZES = {"B": 2, "H": 3, "I": 4, "J": 5, "D": 6}
SAME = {
    'einsum("b h i d, b h j d -> b h i j", q, k)': "y[b, h, i, j] = q[b, h, i, d] * k[b, h, j, d]",
    'einsum("bhid,bhjd->bhij", q, k)': "y[b, h, i, j] = q[b, h, i, d] * k[b, h, j, d]",
    'einsum("...i, i o -> ...o", x, W)': "y[..., o] = x[..., i] * W[i, o]",
    'einsum("... query d, ... keyed d -> ... query keyed", q, k)': "y[..., m, n] = q[..., m, d] * k[..., n, d]",
    'einsum("bi,io,io->b", x, W, W)': "y[b] = x[b, i] * W[i, o] * W[i, o]",
    'einsum("ii->i", s)': "y[i] = s[i, i]",
    'einsum("bi->ib", x)': "y[i, b] = x[b, i]",
    'einsum("b i ->", x)': "y[] = x[b, i]",
}


@pytest.mark.parametrize("pattern", SAME)
def test_is_index_notation(pattern: str) -> None:
    """The same counts and the same shape."""
    ours = symcost.loads(f"model M({PORTS}) {{ return {pattern} }}").model()
    plain = symcost.loads(f"model M({PORTS}) {{ {SAME[pattern]}  return y }}").model()
    for question in ("macs", "add", "mul", "flops", "depth", "backward"):
        assert ours.quantity(question) == plain.quantity(question), question
    assert ours.graph.results[0].shape == plain.graph.results[0].shape


@pytest.mark.parametrize("pattern", [name for name in SAME if "..." not in name and "->b" not in name])
def test_as_pytorch(pattern: str) -> None:
    """FlopCounterMode counts two for each MAC of the product of two."""
    torch = pytest.importorskip("torch")
    from torch.utils.flop_counter import FlopCounterMode

    model = symcost.loads(f"model M({PORTS}) {{ return {pattern} }}").model()
    shapes = {"q": "BHID", "k": "BHJD", "x": "BI", "W": "ID", "s": "II"}
    word, *names = pattern.removeprefix("einsum(").removesuffix(")").split('"')[1:]
    given = [torch.zeros([SIZES[size] for size in shapes[name]]) for name in names[0].strip(", ").split(", ")]
    with FlopCounterMode(display=False) as counted:
        out = torch.einsum(word, *given)
    values = {symbol.name: SIZES[symbol.name] for symbol in model.symbols}
    assert model.macs(**values) == counted.get_total_flops() // 2
    assert [int(size.evaluate(values)) for size in model.graph.results[0].shape] == list(out.shape)


@pytest.mark.parametrize(
    "call",
    [
        'einsum("b i", x)', 'einsum("bi,io->bo", x)', 'einsum("bio->b", x)', 'einsum("bi->bb", x)',
        'einsum("bi->bz", x)', 'einsum("b.i->b", x)', 'einsum("bi,oo->b", x, W)', "einsum(x, W)", "einsum()",
        'einsum("......i->i", x)', 'einsum("...i->i", x)', 'einsum("bi->b", x, axis = 1)', 'einsum("bi->b", 3)',
    ],
)  # fmt: skip
def test_what_no_pattern_says(call: str) -> None:
    """Each is a fault with a place."""
    with pytest.raises(SymcostError) as caught:
        _ = symcost.loads(f"model M({PORTS}) {{ return {call} }}").model().macs
    assert caught.value.report.label is not None
