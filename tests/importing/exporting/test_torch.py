"""PyTorch's models come in with PyTorch's own numbers, by FlopCounterMode over the module as it is and by `numel`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from symcost.document import loads  # noqa: E402 - torch first
from symcost.errors import CannotCapture, NoSuchSource, SymcostError  # noqa: E402
from symcost.importing.capture import Bounds, Session  # noqa: E402
from symcost.importing.imported import from_torch, imported  # noqa: E402
from tests.importing import networks  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")  # PyTorch's own, of its own code

VARY: dict[str, dict[str, tuple[int, ...]]] = {
    "perceptron": {"B": (2, 3, 5), "H": (16, 20, 28)},
    "tied": {"B": (2, 3, 5), "T": (5, 7, 11), "V": (20, 26, 34), "D": (8, 12, 9)},
    "transformer": {"B": (2, 3, 5), "T": (10, 14, 9), "D": (24, 60, 56), "heads": (4, 6, 7), "layers": (3, 2, 4)},
    "recurrent": {"B": (2, 3, 5), "T": (7, 11, 9), "I": (5, 8, 13), "H": (6, 10, 14)},
    "images": {"B": (2, 3, 5), "S": (8, 20, 12), "C": (4, 6, 14)},
    "strided": {"B": (2, 3, 5), "T": (103, 83, 147), "C": (8, 20, 12), "heads": (2, 4, 3)},
}


def counted(make: Callable[..., Any], **sizes: int) -> tuple[int, int]:
    """Parameters and multiply-accumulates of the module itself, as PyTorch runs it: on the meta device, for on a CPU
    FlopCounterMode counts neither attention nor recurrent layers.
    """
    from torch.utils.flop_counter import FlopCounterMode

    with torch.device("meta"):
        module, inputs = make(**sizes)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        module.eval()(inputs)
    return sum(one.numel() for one in {id(p): p for p in module.parameters()}.values()), counter.get_total_flops() // 2


@pytest.mark.parametrize("make", networks.ALL, ids=lambda make: make.__name__)
def test_numbers_are_those_of_pytorch(make: Callable[..., Any]) -> None:
    """Of every small network: parameters and MACs to the digit."""
    model = from_torch(*make()).model()
    assert (model.params(), model.macs()) == counted(make)


@pytest.mark.parametrize("name", VARY)
def test_names_hold_at_sizes_that_were_never_seen(name: str) -> None:
    """The formula over the keys has PyTorch's value where no name was made from."""
    make = getattr(networks, name)
    model = from_torch(make, vary=VARY[name]).model()
    sizes = {key: 3 * values[0] for key, values in VARY[name].items()}
    wanted = {symbol.name for symbol in model.symbols}
    at = model.at(**{key: value for key, value in sizes.items() if key in wanted})
    assert (at.params(), at.macs()) == counted(make, **sizes)


def test_lengths_without_a_name_are_asked_for() -> None:
    """What strided convolutions leave is no expression of the keys: the text asks for the length, and holds for all."""
    text = str(imported("tests.importing.networks:strided", VARY["strided"]))
    assert "size(" in text
    assert "assume T" not in text


def test_the_module_stays_as_it_is() -> None:
    """What is imported is a copy without numbers; the user's own keeps its place, its numbers and its mode."""
    module, inputs = networks.tied()
    before = {name: one.clone() for name, one in module.state_dict().items()}
    module.train()
    from_torch(module, inputs)
    assert module.training and module.out.weight is module.table.weight
    assert all(torch.equal(one, before[name]) for name, one in module.state_dict().items())


def test_what_is_not_used_is_declared() -> None:
    """A pooler of 8·8 + 8 that nobody asks counts among the parameters, and a tied table once: 20·8."""
    assert from_torch(*networks.tied()).model().params() == 20 * 8 + 8 * 8 + 8


# Published types ------------------------------------------------------------------------------------------------------

SMALL: dict[str, dict[str, Any]] = {
    "gpt2": {"n_embd": 32, "n_layer": 3, "n_head": 4, "vocab_size": 96, "n_positions": 128},
    "llama": {
        "hidden_size": 32, "intermediate_size": 56, "num_hidden_layers": 3, "num_attention_heads": 4,
        "num_key_value_heads": 2, "vocab_size": 96,
    },
    "bert": {
        "hidden_size": 32, "intermediate_size": 56, "num_hidden_layers": 3, "num_attention_heads": 4, "vocab_size": 96,
        "max_position_embeddings": 128,
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", SMALL)
def test_a_published_type_is_named_by_its_configuration(kind: str, tmp_path: Path) -> None:
    """From `config.json` alone: sizes are its keys, and the text keeps what PyTorch counts."""
    pytest.importorskip("transformers")
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"model_type": kind, **SMALL[kind]}))
    document = loads(imported(f"hf:{path}", {}))
    assert set(SMALL[kind]) <= {symbol.name for symbol in document.model().symbols}
    assert all(item.ok for item in document.check())


# In a process of its own ----------------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of a user's own code."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, body: str) -> None:
    (folder / "mine.py").write_text(f"import torch\nfrom torch import nn\n\n{body}")


LINEAR = """
def make(width=8):
    print("hello from the code")
    return nn.Linear(width, 3), torch.zeros(2, width)
"""


def test_a_function_of_the_user(elsewhere: Path) -> None:
    """What its code prints does not come between; the same bytes twice."""
    write(elsewhere, LINEAR)
    once, twice = (imported("mine:make", {"width": (8, 12, 20)}) for _ in range(2))
    assert once == twice
    assert "hello" not in once and "width" in once


def test_a_part_of_a_model(elsewhere: Path) -> None:
    """Its inputs are those that the whole gives it; what the whole does behind it need not be exported."""
    write(
        elsewhere,
        "class Whole(nn.Module):\n"
        "    def __init__(self):\n        super().__init__()\n        self.body = nn.Linear(4, 5)\n"
        "    def forward(self, x):\n        return self.body(x)[x[:, 0].nonzero()]\n"
        "def make():\n    return Whole(), torch.zeros(2, 4)\n",
    )
    with pytest.raises(CannotCapture) as refused:
        imported("mine:make", {})
    assert "--module body" in str(refused.value)
    assert "Linear(5)" in imported("mine:make", {}, "body")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("def make():\n    raise ValueError('too wide')", "too wide"),
        ("def make():\n    return nn.Linear(2, 2)", "does not return `module, inputs`"),
        ("def make():\n    import os; os._exit(3)", "ended without an answer"),
        ("import nothing_like_it", "nothing_like_it"),
    ],
)
def test_code_that_fails(elsewhere: Path, body: str, said: str) -> None:
    """A report, whatever the code does."""
    write(elsewhere, body)
    with pytest.raises(SymcostError) as refused:
        imported("mine:make", {})
    assert said in str(refused.value)


def test_code_that_never_ends(elsewhere: Path) -> None:
    """It is stopped, with all that it started."""
    write(elsewhere, "import subprocess\nsubprocess.Popen(['sleep', '1000'])\nwhile True: pass\n")
    with pytest.raises(SymcostError) as refused:
        imported("mine:make", {}, None, Bounds(seconds=6))
    assert refused.value.report.code == "import-too-long"


def test_code_that_takes_all_memory(elsewhere: Path) -> None:
    """It gets no more than it may have."""
    write(elsewhere, "def make():\n    held = bytearray(1 << 40)\n")
    with pytest.raises(SymcostError) as refused:
        imported("mine:make", {})
    assert refused.value.report.code == "import-too-large"


def test_sources_that_lead_nowhere(elsewhere: Path) -> None:
    """What is no source, and what names nothing."""
    write(elsewhere, "other = 1")
    for source in ("mine:make", "absent:make", "mine", "mine:make()", "hf:nothing_like_it.json"):
        with pytest.raises(SymcostError) as refused:
            imported(source, {})
        assert isinstance(refused.value, NoSuchSource) or refused.value.report.code == "missing-package"


def test_nothing_is_unpickled() -> None:
    """Neither the process nor its parent ever opens a pickle."""
    folder = Path(__file__).parents[3] / "symcost" / "importing"
    for file in folder.rglob("*.py"):
        text = file.read_text()
        assert "torch.load" not in text and "pickle.load" not in text and "import pickle" not in text


def test_a_formula_needs_no_torch() -> None:
    """The package is imported without it, and so is all that writes an import down."""
    code = (
        "import sys, symcost, symcost.importing.imported, symcost.cli.main\n"
        "assert 'torch' not in sys.modules\n"
        "print('well')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "well\n", done.stderr


def test_a_session_answers_once_for_each_configuration() -> None:
    """One process for all of them."""
    with Session("tests.importing.networks:perceptron") as session:
        graphs = session.ask([{}, {"H": 20}], [{"H": 0, "nothing": 1}, {"H": 24}])
    assert [graph.configuration for graph in graphs] == [{}, {"H": 20}, {"H": 24}]


def test_the_same_bytes_in_every_process(elsewhere: Path) -> None:
    """A network captured anew in two processes whose sets have other orders comes out as one text."""
    networks_path = str(Path(networks.__file__).parents[2])
    texts = []
    for seed in ("1", "2"):
        path = os.pathsep.join(filter(None, (networks_path, os.environ.get("PYTHONPATH"))))
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path}
        vary = [f"--vary={key}={','.join(map(str, values))}" for key, values in VARY["transformer"].items()]
        command = [sys.executable, "-m", "symcost", "import", "tests.importing.networks:transformer", *vary]
        texts.append(subprocess.run(command, env=environment, capture_output=True, check=True).stdout)
    assert texts[0] == texts[1]
    assert b"heads" in texts[0]
