"""Asks models in threads, processes and with interrupts for as long as it is given: `python -m tests.stress.run`.

`--minutes N`, `--seed N`; `--models N` of the examples that answer soon. Every answer has to be the one that the model
gives in one thread of a fresh process. The exit status is 1 if one is not.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

from tests.stress.asking import EXAMPLES, broken_off, forked_while_asked, in_processes, in_threads, models_of, truth

FILES = """
lecture/elman lecture/gru lecture/lstm lecture/attention lecture/conv1d lecture/conv2d lecture/mnist
lecture/bidirectional lecture/alignment lecture/cnn_autoencoder lecture/dnn_autoencoder lecture/fir
lecture/iir lecture/matvec lecture/memory lecture/minimal_conv lecture/parallel lecture/pooling
lecture/receptive lecture/sampling lecture/tensors lecture/training lecture/unrolled language/rnnlm
language/lstm_lm language/gpt language/bert language/linear_attention other/autoencoder other/gcn
language/fnet language/performer
""".split()


def say(words: str) -> None:
    """At once, as a long run is watched."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main() -> int:
    """Rounds over all models until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--models", type=int, default=30)
    given = parser.parse_args()
    until, random = time.monotonic() + 60 * given.minutes, Random(given.seed)

    paths = [path for name in FILES if (path := EXAMPLES / f"{name}.arch").is_file()][: given.models]
    wanted = truth(paths)
    questions = len(next(iter(wanted.values())))
    asked: Counter[str] = Counter()
    found: list[str] = []
    while time.monotonic() < until:
        for path in paths:
            found += _beside(path, wanted[path], random, asked, questions)
            if time.monotonic() > until:
                break
        for method in ("spawn", "fork"):
            some = random.sample(paths, min(6, len(paths)))
            found += in_processes(method, models_of(some, asked=random.random() < 0.5), wanted)
            asked[method] += questions * len(some)
        say(f"{sum(asked.values())} askings of {len(paths)} models: {dict(asked)}, {len(found)} differ")
    for told in found:
        say(told)
    return 1 if found else 0


def _beside(path: Path, wanted: dict[str, str], random: Random, asked: Counter[str], questions: int) -> list[str]:
    """One model in threads, broken off, and in processes that are forked meanwhile."""
    found = in_threads(path, wanted, random.randrange(1 << 30))
    asked["threads"] += 8 * questions
    found += broken_off(path, wanted, random, times=5)
    asked["interrupts"] += 6 * questions
    found += forked_while_asked(path, wanted, seconds=0.5)
    asked["forks"] += questions
    return found


if __name__ == "__main__":
    sys.exit(main())
