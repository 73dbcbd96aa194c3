"""Quantities over arrays are what they are point by point, exactly, or a fault."""

from __future__ import annotations

import pickle
import subprocess
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

import symcost
from symcost.errors import (
    BadValue,
    DivisionByZero,
    MissingValue,
    NoSource,
    TooManyPoints,
    UnknownDimension,
    ValueTooLarge,
    ViolatedAssumption,
)
from symcost.formula import Form, ceil_div, counter, floor_div, ln, log2, log10, maximum, minimum, mod, power, symbol
from symcost.formula.form import Sum
from symcost.quantity import Fixed, Quantity
from tests.formula.strategies import Pair, agree, pairs

np = pytest.importorskip("numpy")

TEXT = """
model Rnn(x: [T, I], H) { return RNN(x, H) }
model Attending(x: [T, D], heads) {
  assume heads divides D
  return x -> SelfAttention(heads)
}
model Strided(x: [T, D], K, S) { assume T >= K  return x -> Conv1d(D, K, stride = S) }
model Windowed(x: [T, D], W = 4) { return x -> Conv1d(D, W, pad = W) }
"""
DOCUMENT = symcost.loads(TEXT)
T, D, K = symbol("T"), symbol("D"), symbol("K")


def of(form: Form) -> Quantity:
    """A form over T, D and K as a quantity of a model that assumes nothing."""
    model = symcost.loads("model M(x: [T, D], K) { return x -> Linear(K) }").model()
    return Quantity(form, model, Fixed(form))


def by_hand(form: Form, T: int, D: int, K: int) -> Fraction:
    """The tree walked on numbers of Python, here and not there."""
    return Fraction(form.evaluate({"T": T, "D": D, "K": K}))


round_ = counter("t", 0, T)
inner = counter("s", 0, round_)
FORMS = {
    "polynomial": (4 * T * T * D + 3 * T * D + 7) * K + D,
    "negative": T - 3 * D * K,
    "fraction": (T * T + D) / 7,
    "triangle": T * (T - 1) / 2,
    "quotient": T * D / K,
    "floor": floor_div(T * D + 1, K + 2),
    "floor below zero": floor_div(T - 5 * D, K + 1),
    "ceil": ceil_div(T + D, 3 * K),
    "mod": mod(T - 7 * D, K + 1),
    "least and most": minimum(T, D * K, 9) + maximum(D, K, T - 2),
    "logarithm": T * log2(D + 1),
    "other logarithms": T * ceil_div(ln(D + 1)) + floor_div(log10(T)),
    "floor of a logarithm": floor_div(log2(T), log2(D + 1)),
    "power of two": 2**T + T**3,
    "root": power(T, 1) * power(D, Fraction(1, 2)),
    "open sum": Sum(round_, symcost.form("0"), T, minimum(round_ * D, mod(round_, K + 1) * 5)),
    "sum of sums": Sum(round_, symcost.form("0"), T, Sum(inner, symcost.form("0"), round_, floor_div(inner * D, K))),
    "sum from within": Sum(round_, K, T, D * floor_div(round_, 2) + 1),
}
RANGES = {"T": np.arange(1, 13), "D": np.arange(1, 8)[:, None], "K": np.arange(1, 5)[:, None, None]}


@pytest.mark.parametrize("name", FORMS)
def test_every_point_is_what_the_tree_says(name: str) -> None:
    """Of every kind of formula, fractions and negative numbers too."""
    form = FORMS[name]
    found = of(form).over(**{key: RANGES[key] for key in ("T", "D", "K")})
    assert found.shape == (4, 7, 12)
    for k, h, t in product(range(4), range(7), range(12)):
        assert Fraction(found[k, h, t]) == by_hand(form, t + 1, h + 1, k + 1), (t + 1, h + 1, k + 1)
    whole = all(Fraction(value).denominator == 1 for value in found.flat)
    assert (found.dtype == np.int64) == whole


@pytest.mark.parametrize("name", FORMS)
def test_large_numbers_stay_exact(name: str) -> None:
    """Beyond 64 bits, in the result or only on the way."""
    large = [2**31, 3 * 2**40 + 1, 2**62, 10**30]
    sizes = [5, 6, 7, 8] if "sum" in name or name == "power of two" else large
    form = FORMS[name]
    found = of(form).over(T=sizes, D=large, K=[3, 10**9, 2**61, 2**70])
    for place, (t, h, k) in enumerate(zip(sizes, large, [3, 10**9, 2**61, 2**70], strict=True)):
        assert Fraction(found[place]) == by_hand(form, t, h, k)


SIZES = st.lists(st.integers(1, 9), min_size=1, max_size=4)


@settings(max_examples=150, deadline=None)
@given(pair=pairs, t=SIZES, d=SIZES, k=st.lists(st.integers(1, 9), min_size=1, max_size=3))
def test_any_formula(pair: Pair, t: list[int], d: list[int], k: list[int]) -> None:
    """Over a grid it is what a function made beside it says, or a fault where that or one point has none."""
    form, meaning = pair
    sizes = {"T": t, "D": [[size] for size in d], "K": [[[size]] for size in k]}
    points = [dict(zip("TDK", point, strict=True)) for point in product(t, d, k)]
    try:
        assert all(agree(form, meaning, [point]) for point in points)
        one_by_one = [of(form)(**point) for point in points]
    except (ValueTooLarge, DivisionByZero, ZeroDivisionError):
        with pytest.raises((ValueTooLarge, DivisionByZero)):
            of(form).over(**sizes)
        return
    found = of(form).over(**sizes)
    assert [Fraction(found[k.index(at["K"]), d.index(at["D"]), t.index(at["T"])]) for at in points] == one_by_one


@pytest.mark.parametrize(
    ("model", "name"), list(product(DOCUMENT.models, ["macs", "params", "flops", "state", "depth", "peak"]))
)
def test_models_over_arrays_are_models_at_points(model: str, name: str) -> None:
    """Whatever is asked, also what has cases of its own where sizes are small."""
    quantity = DOCUMENT.model(model).quantity(name)
    names = [info.name for info in DOCUMENT.model(model).symbols]
    choices = {"heads": [1, 2], "D": [2, 4], "T": [4, 5], "K": [1, 3], "S": [1, 2], "I": [1, 3], "H": [1, 2]}
    grid = np.meshgrid(*(np.array(choices[key]) for key in names), indexing="ij")
    found = quantity.over(**dict(zip(names, grid, strict=True)))
    for place in np.ndindex(found.shape):
        point = {key: int(axis[place]) for key, axis in zip(names, grid, strict=True)}
        assert Fraction(found[place]) == quantity.model.at(**point).quantity(name).form.evaluate({})


def test_a_size_that_the_graph_is_built_with() -> None:
    """A value that has a default is read on the way: the model is built for each."""
    macs = DOCUMENT.model("Windowed").macs
    found = macs.over(T=[[7], [9]], D=3, W=[2, 4, 8])
    assert found.tolist() == [[macs(T=t, D=3, W=w) for w in (2, 4, 8)] for t in (7, 9)]
    assert macs.over(T=9, D=3, W=[2, 4]).tolist() == [macs(T=9, D=3, W=2), macs(T=9, D=3, W=4)]


def test_many_values_that_the_graph_is_built_with_are_refused() -> None:
    with pytest.raises(TooManyPoints, match="more than 10000 different values of `W`"):
        DOCUMENT.model("Windowed").macs.over(T=9, D=3, W=range(1, 10_002))


READERS: dict[str, Any] = {
    "list": list,
    "tuple": tuple,
    "integers": np.array,
    "unsigned": lambda sizes: np.array(sizes, dtype=np.uint64),
    "floats": lambda sizes: np.array(sizes, dtype=float),
    "objects": lambda sizes: np.array(sizes, dtype=object),
}


@pytest.mark.parametrize("name", READERS)
def test_whatever_has_numbers_goes_in(name: str) -> None:
    read = READERS[name]
    macs = DOCUMENT.model("Rnn").macs
    assert macs.over(T=read([3, 5]), I=2, H=7).tolist() == [macs(T=3, I=2, H=7), macs(T=5, I=2, H=7)]


def test_sizes_over_others_and_texts_go_in_beside_arrays() -> None:
    macs = DOCUMENT.model("Rnn").macs
    assert macs.over(T="2^10", H=np.array([3, 4]), I="2*H").tolist() == [macs(T=1024, H=h, I=2 * h) for h in (3, 4)]


def test_numbers_that_were_put_in_give_way() -> None:
    """`q.at(T=5)(T=7)` is that of 7, at one point and over arrays; for any number of them."""
    macs = DOCUMENT.model("Rnn").macs
    put_in = macs.at(T=5, I=2, H=3)
    assert put_in(T=7) == put_in(T=7) == macs.form.evaluate({"T": 7, "I": 2, "H": 3})
    assert put_in.over(T=[7, 5]).tolist() == [put_in(T=7), put_in(T=5)]
    assert put_in.over(T=range(1, 20_001), H=4)[-1] == macs.form.evaluate({"T": 20_000, "I": 2, "H": 4})
    broken = DOCUMENT.model("Attending").macs.at(T=2, D=4, heads=2)
    with pytest.raises(ViolatedAssumption):
        broken.over(D=[6, 9])


def test_none_and_one() -> None:
    macs = DOCUMENT.model("Rnn").macs
    assert macs.over(T=[], I=2, H=3).shape == (0,)
    assert int(macs.over(T=4, I=2, H=3)) == macs(T=4, I=2, H=3)


def test_floats_only_where_they_are_asked_for() -> None:
    macs = DOCUMENT.model("Rnn").macs
    assert macs.over(T=[2**60], I=2**20, H=3).dtype == object
    assert macs.over("float64", T=[2**60], I=2**20, H=3).tolist() == [float(macs(T=2**60, I=2**20, H=3))]
    with pytest.raises(ValueTooLarge):
        macs.over("int64", T=[2**60], I=2**20, H=3)
    with pytest.raises(ValueTooLarge):
        macs.over("float64", T=[2**900], I=2**900, H=3)
    with pytest.raises(ValueError, match="float32"):
        macs.over("float32", T=[2], I=2, H=3)  # type: ignore[arg-type]


def test_the_first_point_that_breaks_an_assumption_is_named() -> None:
    macs = DOCUMENT.model("Attending").macs
    with pytest.raises(ViolatedAssumption, match="does not hold for heads = 2, D = 9"):
        macs.over(T=[[1], [2]], D=[4, 9, 5], heads=2)
    strided = DOCUMENT.model("Strided").macs
    with pytest.raises(ViolatedAssumption, match="does not hold for K = 3, T = 2"):
        strided.over(T=np.arange(9, 0, -1), D=1, K=3, S=1)
    with pytest.raises(ViolatedAssumption):
        macs(T=1, D=9, heads=2)


@pytest.mark.parametrize("size", [0, -1, 2.5, float("nan"), float("inf"), True, "x", None, 2**2000])
def test_what_is_no_size_is_refused(size: object) -> None:
    with pytest.raises(BadValue):
        DOCUMENT.model("Rnn").macs.over(T=np.array([3, size], dtype=object), I=2, H=3)


def test_faults_are_those_of_one_point() -> None:
    macs = DOCUMENT.model("Rnn").macs
    with pytest.raises(UnknownDimension):
        macs.over(Q=[1])
    with pytest.raises(MissingValue):
        macs.over(T=[1])
    with pytest.raises(DivisionByZero):
        of(T / (D - 3)).over(T=[1], D=[2, 3], K=1)
    with pytest.raises(ValueError, match="broadcast"):
        macs.over(T=[1, 2, 3], I=[1, 2], H=1)


# Source --------------------------------------------------------------------------------------------

POINTS = [(1, 1, 1), (5, 3, 2), (12, 7, 4), (9, 1, 6)]


@pytest.mark.parametrize("language", ["python", "numpy"])
@pytest.mark.parametrize("name", FORMS)
def test_source_counts_the_same(name: str, language: str) -> None:
    form = FORMS[name]
    names = [found.name for found in form.free_symbols]
    room: dict[str, Any] = {}
    exec(of(form).compiled(language), room)  # noqa: S102 - that is what it is for
    points = [dict(zip("TDK", point, strict=True)) for point in POINTS]
    expected = [by_hand(form, *point) for point in POINTS]
    if language == "python":
        assert [room["count"](*(point[key] for key in names)) for point in points] == expected
    else:
        columns = [np.array([point[key] for point in points], dtype=object) for key in names]
        assert [Fraction(value) for value in room["count"](*columns)] == expected


def test_no_name_of_a_user_is_in_source() -> None:
    text = "model M(x: [__import__, eval], os) { return RNN(x, os) }"
    macs = symcost.loads(text).model().macs
    for language in ("python", "numpy", "c"):
        assert not any(word in macs.compiled(language) for word in ("__import__", "eval", "os"))


def compiler() -> str | None:
    from shutil import which

    return which("cc")


@pytest.mark.skipif(compiler() is None, reason="no C compiler")
def test_c_counts_the_same_or_says_why_not(tmp_path: Path) -> None:
    import ctypes

    for number, (name, form) in enumerate(FORMS.items()):
        if name in ("logarithm", "other logarithms", "floor of a logarithm", "power of two", "root"):
            with pytest.raises(NoSource):
                of(form).compiled("c")
            continue
        file, library = tmp_path / f"{number}.c", tmp_path / f"{number}.so"
        file.write_text(of(form).compiled("c"))
        subprocess.run([compiler() or "", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library, file], check=True)
        count = ctypes.CDLL(str(library)).count
        names = [found.name for found in form.free_symbols]
        for point in POINTS:
            sizes = dict(zip("TDK", point, strict=True))
            result = ctypes.c_int64()
            status = count(*(ctypes.c_int64(sizes[key]) for key in names), ctypes.byref(result))
            expected = by_hand(form, *point)
            assert (status, result.value) == (0, expected) if expected.denominator == 1 else status == 3
        if name == "polynomial":
            assert count(*(ctypes.c_int64(2**40) for _ in names), ctypes.byref(result)) == 1


# Elsewhere -----------------------------------------------------------------------------------------


def test_quantities_still_travel() -> None:
    macs = DOCUMENT.model("Rnn").macs
    macs.over(T=[1], I=1, H=1), macs(T=1, I=1, H=1)
    assert pickle.loads(pickle.dumps(macs))(T=3, I=2, H=1) == macs(T=3, I=2, H=1)


def test_dask_carries_it_over_a_cluster() -> None:
    """More points than are held at once, worked out in other processes."""
    dask = pytest.importorskip("dask.array")
    distributed = pytest.importorskip("distributed")
    macs = DOCUMENT.model("Rnn").macs
    sizes = dask.arange(1, 40_001, chunks=10_000)
    lazy = macs.over("int64", T=sizes[:, None], I=np.arange(1, 9), H=5)
    assert (lazy.shape, lazy.dtype) == ((40_000, 8), np.int64)
    broken = DOCUMENT.model("Attending").macs.over(T=2, D=sizes, heads=2)
    built = DOCUMENT.model("Windowed").macs.over(T=9, D=3, W=dask.from_array(np.array([2, 4, 8]), chunks=2))
    cluster = distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None)
    with cluster, distributed.Client(cluster):
        assert int(lazy.sum().compute()) == sum(macs.over(T=range(1, 40_001), I=i, H=5).sum() for i in range(1, 9))
        assert built.compute().tolist() == [DOCUMENT.model("Windowed").macs(T=9, D=3, W=w) for w in (2, 4, 8)]
        with pytest.raises(ViolatedAssumption, match=r"`2 divides D` does not hold for D = [0-9]+"):
            broken.compute()
