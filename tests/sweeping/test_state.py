"""State over very many sizes: one formula, where no cache grows from round to round."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import symcost
from symcost.cli import main

np = pytest.importorskip("numpy")

RNN = "model Rnn(x: [T, I], H) { return RNN(x, H) }\n"

GROWING = """
model Growing(x: [T, N, D]) {
  scan t in N - 1 with h: [D] {
    k = x[:, t, :] -> cached
    h = h + sum(k, axis = 0)
    emit y = h
  }
  return y
}
"""


def test_more_sizes_than_a_model_is_built_for() -> None:
    """What a recurrent network carries is as wide as its state, whatever the length: at a hundred thousand of them."""
    state = symcost.loads(RNN).model().quantity("state")
    T, H = np.arange(1, 10**5 + 1), np.array([[3], [5]])
    assert (state.over(T=T, I=2, H=H) == np.broadcast_to(H, (2, 10**5))).all()


def test_the_same_as_one_by_one() -> None:
    """Also where there may be no round at all, for which the formula has a case of its own."""
    state = symcost.loads(GROWING).model().quantity("state")
    sizes = [(T, N, D) for T in (1, 2, 3) for N in (2, 3) for D in (1, 4)]
    T, N, D = (np.array(column) for column in zip(*sizes, strict=True))
    alone = [state(T=t, N=n, D=d) for t, n, d in sizes]
    assert state.over(T=T, N=N, D=D).tolist() == alone


def test_a_refused_sweep_leaves_nothing(tmp_path: Path) -> None:
    """What cannot be worked out is not in the way of what is asked next."""
    file, output = tmp_path / "rnn.arch", tmp_path / "x.csv"
    file.write_text(RNN, encoding="utf-8")
    common = ["sweep", str(file), "I=2", "H=3", "-o", str(output)]
    refused = CliRunner().invoke(main, [*common, "T=1:20000", "--of", "peak"])
    assert refused.exit_code == 1 and "too-many-points" in refused.output
    assert [path.name for path in tmp_path.iterdir()] == ["rnn.arch"]
    assert CliRunner().invoke(main, [*common, "T=1:20", "--of", "peak"]).exit_code == 0
