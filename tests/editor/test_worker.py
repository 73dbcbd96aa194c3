"""A question that takes too long is given up, and the next one is answered."""

import time

import pytest

from symcost.editor.worker import TooSlow, Worker


def test_slow_questions_do_not_block() -> None:
    worker = Worker()
    try:
        assert worker.ask(len, "abc", seconds=60) == 3
        with pytest.raises(TooSlow):
            worker.ask(time.sleep, 60, seconds=0.05)
        assert worker.ask(len, "abcd", seconds=60) == 4
        with pytest.raises(RuntimeError):
            worker.ask(int, "x", seconds=60)
    finally:
        worker.close()
