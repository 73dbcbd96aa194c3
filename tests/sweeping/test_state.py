"""State over very many sizes: one formula, where no cache grows from round to round."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import symcost
from symcost.cli import main

np = pytest.importorskip("numpy")

RNN = "model Rnn(x: [T, I], H) { return RNN(x, H) }\n"


def test_more_sizes_than_a_model_is_built_for() -> None:
    """What a recurrent network carries is as wide as its state, whatever the length: at a hundred thousand of them."""
    state = symcost.loads(RNN).model().quantity("state")
    T, H = np.arange(1, 10**5 + 1), np.array([[3], [5]])
    assert (state.over(T=T, I=2, H=H) == np.broadcast_to(H, (2, 10**5))).all()


def test_a_cache_that_grows_in_a_loop_is_asked_one_by_one() -> None:
    """Of what is written behind a prompt the state is that of the last round, and there may be no round."""
    writing = symcost.from_config({"model_type": "llama", "num_hidden_layers": 2}).generate()
    state = writing.at(B=1).quantity("state")
    assert not state.open_names
    T, n = np.array([1, 2, 5]), np.array([[1], [2], [4]])
    assert state.over(T=T, n=n).tolist() == [[state(T=int(t), n=int(m)) for t in T] for m in n[:, 0]]


def test_a_refused_sweep_leaves_nothing(tmp_path: Path) -> None:
    """What cannot be worked out is not in the way of what is asked next."""
    file, output = tmp_path / "rnn.arch", tmp_path / "x.csv"
    file.write_text(RNN, encoding="utf-8")
    common = ["sweep", str(file), "I=2", "H=3", "-o", str(output)]
    refused = CliRunner().invoke(main, [*common, "T=1:20000", "--of", "peak"])
    assert refused.exit_code == 1 and "too-many-points" in refused.output
    assert [path.name for path in tmp_path.iterdir()] == ["rnn.arch"]
    assert CliRunner().invoke(main, [*common, "T=1:20", "--of", "peak"]).exit_code == 0
