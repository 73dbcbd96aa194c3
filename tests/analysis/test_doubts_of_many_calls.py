"""Doubts are looked for once in each module, however many places it stands in."""

import symcost


def test_modules_that_call_each_other_twice() -> None:
    """Forty of them stand in 2^40 places; without a memory this would never end."""
    lines = ["module M0(x: [N]) -> [N] { return exp(x) }"]
    lines += [f"module M{n}(x: [N]) -> [N] {{ return M{n - 1}(x) + M{n - 1}(x) }}" for n in range(1, 40)]
    model = symcost.loads("\n".join([*lines, "model Tree(x: [N]) -> [N] { return M39(x) }"])).model()
    assert model.doubts == ()
