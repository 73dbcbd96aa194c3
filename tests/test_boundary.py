"""What is public: its names, all documented, and how it shows itself."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

import symcost
from symcost import types

EXAMPLES = Path(__file__).parents[1] / "examples"

PUBLIC = """
    Device Document Model Quantity SymcostError adapter assert_cost check compare devices energy explain form
    from_config from_onnx from_torch grade growth layers load load_ipython_extension loads memory models path
    report roofline serve serve_against serve_side_by_side sweep table time train training
""".split()  # fmt: skip
"""Whatever is not here is a private room and may change; what is here changes with a line in the CHANGELOG, and what
goes away warns for one release before."""


def test_what_is_public_is_listed() -> None:
    """A new public name is a decision, and so is the end of one."""
    assert sorted(symcost.__all__) == PUBLIC
    assert set(PUBLIC) <= set(dir(symcost))


@pytest.mark.parametrize("name", PUBLIC)
def test_what_is_public_is_documented(name: str) -> None:
    """Each name, and each public method and property of the classes, by a sentence of its own."""
    public = getattr(symcost, name)
    assert inspect.getdoc(public)
    if not inspect.isclass(public):
        return
    members = {word: member for word, member in vars(public).items() if not word.startswith("_")}
    fields = getattr(public, "__dataclass_fields__", {})
    undocumented = [word for word, member in members.items() if word not in fields and not inspect.getdoc(member)]
    assert undocumented == []


def test_what_public_signatures_mention_is_listed() -> None:
    """`symcost.types` is sorted, whole, and has the classes themselves."""
    assert sorted(types.__all__) == sorted(name for name in vars(types) if name[0].isupper() and name.upper() != name)
    assert all(inspect.isclass(getattr(types, name)) for name in types.__all__)
    assert types.Page is type(symcost.devices())


def test_everything_shows_itself_in_a_line() -> None:
    """In a notebook, whatever one looks at: no text of a file, no table of a thousand entries."""
    document = symcost.load(EXAMPLES / "language" / "llama.arch")
    model = document.model()
    shown = [document, model, model.macs, model.tree, model.facts, model.graph, model.span, *model.symbols]
    shown += [model.configured("llama_7b"), *model.ports.values(), *model.questions.values(), *document.check()[:3]]
    shown += [symcost.Device.load("h100-sxm"), symcost.report(model)]
    assert max(len(repr(one)) for one in shown) < 400
