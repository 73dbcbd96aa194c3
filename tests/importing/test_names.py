"""Integers get the smallest expression of the keys that has their values; where there is none, there is none."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from symcost.importing.choosing import kind, plans
from symcost.importing.names import Names, Product, Sum
from symcost.syntax.writer import write_expression

KEYS = {"B": (2, 3, 5, 7), "T": (64, 40, 56, 88), "D": (768, 180, 140, 88), "h": (12, 6, 10, 4), "L": (12, 3, 5, 2)}
NAMES = Names(KEYS)

FOUND = [
    ((768, 180, 140, 88), "D"),
    ((3072, 720, 560, 352), "4*D"),
    ((64, 30, 14, 22), "D/h"),
    ((32, 15, 7, 11), "D/(2*h)"),
    ((128, 120, 280, 616), "B*T"),
    ((65, 41, 57, 89), "T + 1"),
    ((63, 39, 55, 87), "T - 1"),
    ((4096, 1600, 3136, 7744), "T^2"),
    ((66, 43, 61, 95), "B + T"),
    ((4225, 1681, 3249, 7921), "(T + 1)^2"),
    ((228, 84, 172, 444), "(T/4 - 1)^2 + 3"),
    ((49920, 7380, 7980, 7832), "D*(T + 1)"),
]


@pytest.mark.parametrize(("values", "text"), FOUND, ids=[text for _, text in FOUND])
def test_smallest_expression(values: tuple[int, ...], text: str) -> None:
    """Each is the least that a reader could write."""
    found = NAMES.find(values)
    assert found is not None
    assert write_expression(found.tree()) == text


def test_what_is_the_same_everywhere_has_no_name() -> None:
    """A kernel of 3 is 3."""
    assert NAMES.find((3, 3, 3, 3)) is None


def test_what_follows_from_no_key_has_no_name() -> None:
    """Numbers of chance are not explained."""
    assert NAMES.find((1009, 313, 727, 881)) is None


def value(found: Sum, place: int) -> Fraction:
    """What an expression is, worked out anew."""
    total = Fraction(found.number)
    for product in found.products:
        term = product.factor
        for key in product.above:
            term *= KEYS[key][place]
        for key in product.below:
            term /= KEYS[key][place]
        total += term
    return total


@given(
    st.lists(st.sampled_from(list(KEYS)), min_size=1, max_size=3), st.sampled_from([1, 2, 3, 4, 8]), st.integers(-2, 2)
)
def test_names_have_the_values(above: list[str], factor: int, offset: int) -> None:
    """Whatever is found has, in each configuration, the value that was asked for."""
    wanted = Sum((Product(Fraction(factor), tuple(above)),), offset)
    values = tuple(int(value(wanted, place)) for place in range(4))
    found = NAMES.find(values)
    assert found is not None
    assert [value(found, place) for place in range(4)] == list(values)


# Choosing ------------------------------------------------------------------------------------------


LLAMA = {
    "B": 2, "T": 64, "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32,
    "num_key_value_heads": 8, "intermediate_size": 11008, "vocab_size": 32000, "bos_token_id": 1,
}  # fmt: skip


def test_plans_keep_what_divides_what() -> None:
    """Heads divide the width, groups of heads the heads, and nothing else may go wrong."""
    for plan in plans(LLAMA):
        for sizes in (*plan.configurations, plan.unseen):
            if "hidden_size" in sizes:
                assert sizes["hidden_size"] % sizes["num_attention_heads"] == 0
                assert sizes["num_attention_heads"] % sizes["num_key_value_heads"] == 0


def test_plans_begin_with_the_model_itself() -> None:
    """The text has the sizes of the model in its configuration, and those that are no sizes stay out of it."""
    first = next(iter(plans(LLAMA)))
    sizes = {key: size for key, size in LLAMA.items() if key != "bos_token_id"}
    assert first.configurations[0] == sizes
    assert kind("bos_token_id") == "fixed"


def test_plans_tell_keys_apart() -> None:
    """No two keys go up and down together, and the last configuration is none of the others."""
    first = next(iter(plans(LLAMA)))
    columns = {key: tuple(sizes[key] for sizes in first.configurations) for key in first.configurations[0]}
    directions = [tuple(Fraction(one, values[0]) for one in values) for values in columns.values()]
    assert len(set(directions)) == len(directions)
    assert first.unseen not in first.configurations


DEEPSEEK = {
    "hidden_size": 7168, "num_attention_heads": 128, "n_routed_experts": 256, "n_group": 8, "num_experts_per_tok": 8,
    "qk_rope_head_dim": 64, "qk_nope_head_dim": 128, "qk_head_dim": 192, "head_dim": 64,
}  # fmt: skip


def test_plans_keep_what_follows_from_others() -> None:
    """A width that a model works out stays the sum of its parts, and experts stay in as many equal groups."""
    for plan in plans(DEEPSEEK):
        for sizes in (*plan.configurations, plan.unseen):
            if "head_dim" in sizes:
                assert sizes["head_dim"] == sizes["qk_rope_head_dim"]
                assert sizes["qk_head_dim"] == sizes["qk_nope_head_dim"] + sizes["qk_rope_head_dim"]
                assert sizes["n_routed_experts"] % DEEPSEEK["n_group"] == 0


def test_models_that_go_by_steps_get_few_tokens() -> None:
    """Their programs are as long as their inputs; the model's own length stays the first."""
    for plan in plans(LLAMA, few_tokens=True):
        own, *others = plan.configurations
        assert own["T"] == 64
        assert all(sizes["T"] < 40 for sizes in (*others, plan.unseen))
