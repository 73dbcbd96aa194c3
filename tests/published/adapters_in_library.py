"""What peft makes of adapters: `adapters.csv`, which test_adapters.py holds symcost against.

    python -m tests.published.adapters_in_library            every type of symcost/adapters/linears.toml
    python -m tests.published.adapters_in_library llama --write

Needs peft 0.21, transformers and torch; nothing is downloaded, and no weights are made (the meta device). Each base is
as shallow as it can be, and two more are drawn in all their sizes; beside them stand an adapter for `all-linear`, one
for the layers that are called like the first two, one for every name in one layer, and one for the head. Of each:
parameters that are trained, all parameters, and multiply-accumulates of 128 tokens.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from symcost.adapters.linears import NO_LINEAR, NOT_KNOWN, known
from tests.published.against_library import LENGTH, SHAPES, built, counting, parameters, prepare, shallow
from tests.published.linears_in_library import Drawn

DATA = Path(__file__).parent / "adapters.csv"
COLUMNS = ("base", "adapter", "trained", "parameters", "macs")


def adapters(kind: Any) -> Iterator[dict[str, Any]]:
    """What an adapter may ask for."""
    names = [name.rpartition(".")[2] for name, widths in kind.layers.items() if widths not in (NO_LINEAR, NOT_KNOWN)]
    inside = list(dict.fromkeys(name for name in names if name != "lm_head")) or ["lm_head"]
    whole = {"peft_type": "LORA", "task_type": "CAUSAL_LM"}
    yield {**whole, "r": 8, "target_modules": "all-linear"}
    yield {**whole, "r": 16, "target_modules": inside[:2], "use_rslora": True}
    yield {**whole, "r": 3, "target_modules": inside, "layers_to_transform": [1, 900]}
    if "lm_head" in names:
        yield {**whole, "r": 2, "target_modules": [inside[-1], "lm_head"]}


def asked(kind: Any) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Adapters beside a base as it is by default, and beside two of which all sizes are drawn anew."""
    usual = {"model_type": kind.kind, **shallow(kind.kind)}
    yield from ((usual, adapter) for adapter in adapters(kind))
    for _, drawn in itertools.islice(Drawn(kind.kind).files(), 2):
        yield drawn, next(adapters(kind))


def library(kind: Any, base: dict[str, Any], adapter: dict[str, Any]) -> dict[str, int]:
    """What peft makes of it."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import CONFIG_MAPPING

    SHAPES.clear()
    model = built(kind.written_by, CONFIG_MAPPING[kind.kind].from_dict(dict(base)))
    told = {key: value for key, value in adapter.items() if key != "peft_type"}
    with torch.device("meta"):
        adapted = get_peft_model(model, LoraConfig(**told))
        counter = counting()
        with torch.no_grad(), counter:
            adapted.eval()(input_ids=torch.zeros(1, LENGTH, dtype=torch.long), use_cache=False)
    trained = sum(one.numel() for one in adapted.parameters() if one.requires_grad)
    return {"trained": trained, "parameters": parameters(adapted), "macs": int(counter.flops) // 2}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("types", nargs="*")
    parser.add_argument("--write", action="store_true", help="write adapters.csv")
    options = parser.parse_args()
    prepare()
    asked_now = set(options.types or known())
    rows, wrong = list(earlier(asked_now)), 0
    for name in options.types or known():
        kind = known()[name]
        for base, adapter in asked(kind):
            mine = answer(base, adapter)
            try:
                theirs = library(kind, base, adapter)
            except Exception as error:
                print(f"{name}: {json.dumps(adapter)}: not built: {error}"[:250], flush=True)
                continue
            verdict = "refused" if isinstance(mine, str) else "exact" if mine == theirs else "wrong"
            wrong += verdict == "wrong"
            why = "" if verdict == "exact" else f"{mine} {theirs}"[:300]
            print(f"{name}: {verdict} {json.dumps(adapter['target_modules'])[:60]} {why}", flush=True)
            if verdict == "exact":
                rows.append({"base": json.dumps(base), "adapter": json.dumps(adapter), **theirs})
    if options.write and not wrong:
        with DATA.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return 1 if wrong else 0


def earlier(again: set[str]) -> Iterator[dict[str, Any]]:
    """What earlier runs counted of other types."""
    if DATA.exists():
        with DATA.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                if json.loads(row["base"])["model_type"] not in again:
                    yield row


def answer(base: dict[str, Any], adapter: dict[str, Any]) -> dict[str, int] | str:
    """The same from symcost; or why it is refused."""
    import symcost
    from symcost.adapters.lora import opened
    from symcost.zoo import opened as read

    try:
        found = opened(read(adapter), read(base))
        (tokens,) = (name for name, port in found.base.ports.items() if not port.static)
        macs = found.base.at(**{tokens: LENGTH}).number(found.macs[1])
        return {"trained": found.trained, "parameters": found.params, "macs": int(macs)}
    except symcost.SymcostError as refused:
        return str(refused).splitlines()[0]


if __name__ == "__main__":
    sys.exit(main())
