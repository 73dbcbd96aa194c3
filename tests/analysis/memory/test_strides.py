"""What a stride skips is not read: counted position by position."""

from __future__ import annotations

import pytest

import symcost

T, C = 11, 3


def read(stride: int, kernel: int, dilation: int = 1) -> int:
    """The positions of T that windows read, each once, in all C channels."""
    last = dilation * (kernel - 1)
    windows = range(0, T - last, stride)
    return C * len({start + dilation * inside for start in windows for inside in range(kernel)})


def written(stride: int, kernel: int) -> int:
    return C * len(range(0, T - kernel + 1, stride))


@pytest.mark.parametrize("quantity", ["fused", "traffic"])
@pytest.mark.parametrize(("stride", "kernel"), [(1, 1), (2, 1), (4, 2), (5, 2), (2, 2), (1, 3)])
def test_pooling_and_convolution_read_what_their_windows_hold(quantity: str, stride: int, kernel: int) -> None:
    """All of it where windows touch, though the last entries may be left over: those are counted as read."""
    kept = read(stride, kernel) if stride > kernel else T * C
    pool = symcost.loads(f"model M(x: [T, C]) {{ return max_pool1d(x, {kernel}, stride = {stride}) }}").model()
    assert pool.quantity(quantity)(T=T, C=C) == kept + written(stride, kernel)

    text = f"model M(x: [T, C]) {{ return Conv1d(x, C, {kernel}, stride = {stride}, bias = false) }}"
    convolution = symcost.loads(text).model()
    assert convolution.quantity(quantity)(T=T, C=C) == kept + kernel * C * C + written(stride, kernel)


def test_an_image_skips_along_both_axes() -> None:
    """A 1×1 convolution by a stride of 2 over 7×7: 4·4 of 49 places, as the shortcut of a ResNet."""
    text = "model M(x: [7, 7, C]) { return Conv2d(x, C, 1, stride = 2, bias = false) }"
    model = symcost.loads(text).model()
    assert model.quantity("fused")(C=C) == 2 * 16 * C + C * C


def test_even_and_odd_places_together_are_all_of_it() -> None:
    """One tensor in two places is read as a whole: 2·4 numbers in, 4 out."""
    model = symcost.loads("model M(x: [8]) { y[t] = x[2*t] * x[2*t + 1] return y }").model()
    assert model.quantity("traffic")() == model.quantity("fused")() == 12


def test_two_readers_count_once() -> None:
    """The same 4 of 8 numbers, read twice: at least 4 in, 4 out."""
    model = symcost.loads("model M(x: [8], w: [4]) { y[t] = x[2*t] * w[t] z[t] = x[2*t] + w[t] return y + z }").model()
    assert model.quantity("fused")() == 4 + 4 + 4


def test_rounds_that_read_the_same_count_once() -> None:
    """Every other number in every round is the same: no more than 4 of 8, a sum out for each of 5 rounds."""
    text = "model M(x: [8]) { param W: [4] scan r in 5 { y[] = x[2*t] * W[t] emit z = y } return z }"
    assert symcost.loads(text).model().quantity("fused")() == 4 + 4 + 5
