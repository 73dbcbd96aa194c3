"""Microbenchmarks of the CPU one sits at: six questions, each asked often, through NumPy with its own threads.

Each answer is the best of several rounds, which is what the machine does when nothing else runs; its noise is how far
the best of the second half of the rounds is from that of the first. Of a round the shorter of two times is taken: by
the clock, and of the processor. The second leaves out what others took of a core; it is the longer one where several
threads work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import perf_counter, process_time
from typing import Any

from symcost.records import dataclass

PRODUCT = 256
"""Rows and columns of the matrices that are multiplied."""

ROWS = 32
"""Rows of a product whose matrix is copied for few of them."""

EXPONENTIALS = 2**15
"""So many that their launch takes little of it."""

LADDER = tuple(2**power for power in range(14, 28))
"""Bytes of the working sets that are added to: 16 KiB to 64 MiB."""

LARGE = 128 * 2**20
"""Bytes of a result that is new."""

WINDOW = 3
"""Side of the window of a depthwise convolution."""

ROUND_SECONDS = 0.18
"""So long a benchmark repeats what it does in each half."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one benchmark found: seconds of one time, how much work that is, in which unit, and the noise as a part."""

    name: str
    words: str
    seconds: float
    work: float
    unit: str
    noise: float

    @property
    def rate(self) -> float:
        """Work a second."""
        return self.work / self.seconds


def answers(numpy: Any) -> Iterator[Answer]:
    """All six benchmarks, one after the other, the ladder with a read of memory behind it; takes some 8 s."""
    yield from _products(numpy)
    yield from _ladder(numpy)
    yield _exponentials(numpy)
    yield _read(numpy)
    yield _tiny(numpy)
    yield _depthwise(numpy)
    yield _large(numpy)


def _products(numpy: Any) -> Iterator[Answer]:
    """With many rows, with some, and of one number by one: the rate, what a matrix takes beside it, and the launch."""
    for name, rows, side in (("product", PRODUCT, PRODUCT), ("rows", ROWS, PRODUCT), ("one-product", 1, 1)):
        left, right = (numpy.ones((many, side), numpy.float32) for many in (rows, side))
        out = numpy.empty((rows, side), numpy.float32)

        def multiply(left: Any = left, right: Any = right, out: Any = out) -> None:
            numpy.matmul(left, right, out=out)

        yield _asked(name, f"product of {rows} by {side} by {side} in fp32", 2 * rows * side**2, "FLOP/s", multiply)


def _ladder(numpy: Any) -> Iterator[Answer]:
    """Two inputs and a result that fill a working set together."""
    for size in LADDER:
        count = size // 12
        left, right, out = (numpy.ones(count, numpy.float32) for _ in range(3))

        def add(left: Any = left, right: Any = right, out: Any = out) -> None:
            numpy.add(left, right, out=out)

        yield _asked(f"add-{size // 1024}k", f"addition within {size // 1024} KiB", 12 * count, "B/s", add)


def _read(numpy: Any) -> Answer:
    """The largest working set, read alone: nothing is faster from memory."""
    given = numpy.ones(LADDER[-1] // 4, numpy.float32)
    return _asked("read", f"reading {LADDER[-1] // 2**20} MiB", LADDER[-1], "B/s", lambda: numpy.dot(given, given))


def _exponentials(numpy: Any) -> Answer:
    given = numpy.linspace(-1, 1, EXPONENTIALS, dtype=numpy.float32)
    out = numpy.empty_like(given)
    words = f"{EXPONENTIALS} exponentials in fp32"
    return _asked("exp", words, EXPONENTIALS, "OP/s", lambda: numpy.exp(given, out=out))


def _tiny(numpy: Any) -> Answer:
    one = numpy.ones(1, numpy.float32)
    out = numpy.empty_like(one)
    return _asked("tiny", "addition of one number", 1, "launch", lambda: numpy.add(one, one, out=out))


def _depthwise(numpy: Any) -> Answer:
    """32 channels of 56 by 56: each position of the window in one multiplication and one addition."""
    side, channels = 56, 32
    image = numpy.ones((side + WINDOW - 1, side + WINDOW - 1, channels), numpy.float32)
    weights = numpy.ones((WINDOW, WINDOW, channels), numpy.float32)
    out, part = (numpy.empty((side, side, channels), numpy.float32) for _ in range(2))

    def convolve() -> None:
        out.fill(0)
        for row in range(WINDOW):
            for column in range(WINDOW):
                numpy.multiply(image[row : row + side, column : column + side], weights[row, column], out=part)
                numpy.add(out, part, out=out)

    work = 2 * side * side * channels * WINDOW * WINDOW
    return _asked("depthwise", "depthwise convolution of 3 by 3 in fp32", work, "FLOP/s", convolve)


def _large(numpy: Any) -> Answer:
    """Memory that is new is given by the system page by page."""
    return _asked("large", "a new result of 128 MiB", LARGE, "B/s", lambda: numpy.ones(LARGE // 4, numpy.float32))


def _asked(name: str, words: str, work: float, unit: str, run: Callable[[], object]) -> Answer:
    """The best time of one, and how far the two halves of the rounds are apart."""
    run()  # what is made when first used
    first, second = _best(run), _best(run)
    best = min(first, second)
    return Answer(name, words, best, work, unit, abs(first - second) / best)


def _best(run: Callable[[], object]) -> float:
    """The least seconds of one time, over rounds of so many times that the clock is fine enough."""
    started = perf_counter()
    run()
    times = max(1, min(10_000, int(0.002 / max(perf_counter() - started, 1e-7))))
    best, end = float("inf"), perf_counter() + ROUND_SECONDS
    while perf_counter() < end:
        best = min(best, _round(run, times) / times)
    return best


def _round(run: Callable[[], object], times: int) -> float:
    """Seconds of so many times: by the clock or of the processor, whichever is less."""
    clock, processor = perf_counter(), process_time()
    for _ in range(times):
        run()
    return min(perf_counter() - clock, process_time() - processor)
