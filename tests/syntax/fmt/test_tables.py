"""What an author set by hand stays: tables of sizes, rows of figures, columns of comments."""

from __future__ import annotations

import pytest

from symcost.diagnostics import Source
from symcost.syntax.fmt import formatted

MODEL = "model A(x: [T, D]) -> [T, D] { return x }\n"

STAYS = {
    "a table of sizes": """
config small { D = 512,  L = 6,  heads = 8 }
config large { D = 1024, L = 24,   heads=16 }
""",
    "a mapping, however long": f"""
config hf A for "some" as "*Model" {{
  D = hidden_size, T = {" + ".join(["num_hidden_layers"] * 9)},
  assume one_of(kind, "a", "b"),
  assume spec_size % (patch_size*window_size*2^(len(depths) - 1)) == 0   # as the library asks
}}
""",
    "rows of figures with one that is longer": """
expect A  { params == 0                 macs == 0    depth == 0 }
expect A  { params == 0*(1 + 2 + 3 + 4 + 5)  macs == 0 }
expect A  { params == 0                 macs == 0    depth == 0 }
""",
    "comments of a paragraph, over a line that has none": """
expect A { params == 0 }      # the first
expect A { macs == 0 }
expect A { depth == 0*1000 }  # the last
""",
}


def anew(text: str) -> str:
    """The text as it is set."""
    return formatted(Source("text", text))


@pytest.mark.parametrize("what", STAYS)
def test_stays(what: str) -> None:
    """It is the author's."""
    assert anew(MODEL + STAYS[what]) == MODEL + STAYS[what]


def test_entries_left_of_the_first() -> None:
    """A row that goes on left of where the first entry stands does not fall to the margin."""
    text = "config large14 { D = 1024,\n            T = 77 }\n"
    assert anew(MODEL + text) == MODEL + text


def test_margin() -> None:
    """A configuration begins at the margin, and has no blanks at the ends of its lines."""
    text = "  config a {  D = 1,   \n             T = 2 }  \n"
    assert anew(MODEL + text) == MODEL + "config a {  D = 1,\n           T = 2 }\n"


def test_breaks_in_front_of_a_sign() -> None:
    """What fits on a line of its own is not broken inside of its brackets."""
    first, second = ", ".join(f"a{n} = 1000" for n in range(7)), "concat(near, far, axis = -2)"
    text = f"model A(x: [T, D]) {{\n  return Waves(x, {first}) + {second}\n}}\n"
    assert f"\n             + {second}\n" in anew(text)


def test_bounds_of_a_slice() -> None:
    """`:` touches both bounds, brackets or not."""
    text = "model A(x: [T, D]) { return x[(0 + 1)*2:(3 + 1)*2] }\n"
    assert anew(text) == text
