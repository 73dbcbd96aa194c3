"""A type that the library has and nobody counts is no slip of the pen."""

from __future__ import annotations

import pytest

import symcost
from symcost.errors import UnknownType
from symcost.published.library import every_type
from symcost.zoo import types


def test_what_is_counted_exists() -> None:
    """A text speaks of no type that transformers 5.24 has not."""
    assert types().keys() <= every_type()


@pytest.mark.parametrize(("kind", "said"), [("mllama", "hf:config"), ("vits", "hf:config"), ("lama", "mean `llama`")])
def test_only_a_misspelt_type_is_another_one(kind: str, said: str) -> None:
    """transformers 5.24 has Mllama and VITS."""
    with pytest.raises(UnknownType) as caught:
        symcost.from_config({"model_type": kind})
    assert said in str(caught.value)
