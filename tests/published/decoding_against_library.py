"""Whether a step with a cache, and a text that is written, cost what the library's do, and its cache is as large.

    python -m tests.published.decoding_against_library llama mistral      these types
    python -m tests.published.decoding_against_library --all              every type of symcost/published/decoding.toml
    python -m tests.published.decoding_against_library llama --keys 1     and each key of their configurations changed

Needs transformers and torch; nothing is downloaded, and no weights are made (the meta device). A prompt of 40 tokens is
read with a cache, then one step of 1 and one of 3 tokens behind it, for 2 texts side by side: multiply-accumulates of
the step and all numbers that the library's cache holds behind it. A text is 40 tokens read, of which the last alone has
scores, and 3 written. Windows that the file leaves wide are made 16 tokens, so that they matter.

exact, refused, wrong and not built are what they are in `against_library.py`. `--all --brief --write` writes what the
library counts to `decoding.csv`, which test_decoding.py holds symcost against.
"""

from __future__ import annotations

import argparse
import csv
import inspect
import json
import signal
import sys
import tempfile
import time
from collections import Counter
from copy import deepcopy
from pathlib import Path
from typing import Any

from tests.published.against_library import (
    Late,
    Variant,
    built,
    classes_of,
    default_class,
    files_of,
    prepare,
    too_late,
    variants,
)

CACHES = ("cache", "past_key_values", "cache_params", "state")
"""How a cache is called, where it goes in and where it comes out."""

BATCH, WRITTEN, WINDOW = 2, 3, 16

SOURCE = 24
"""Tokens of what an encoder reads."""

PROMPT = [40]
"""How many tokens are read at first; `--prompt` says otherwise."""

NEEDED = {
    "ministral": {"head_dim": 64}, "hunyuan_v1_dense": {"head_dim": 128}, "hunyuan_v1_moe": {"head_dim": 128},
    "nemotron": {"num_key_value_heads": 8}, "deepseek_v2": {"num_experts_per_tok": 6, "n_group": 1, "topk_group": 1},
    "dots1": {"n_routed_experts": 8, "n_shared_experts": 1, "num_experts_per_tok": 2, "n_group": 1, "topk_group": 1},
    "gpt_neo": {"num_layers": 24}, "bamba": {"attn_layer_indices": [1, 4]},
    "granitemoehybrid": {"layer_types": ["linear_attention", "full_attention"] * 2, "num_hidden_layers": 4},
    "paligemma": {
        "text_config": {
            "model_type": "gemma", "hidden_size": 2048, "num_attention_heads": 8, "num_key_value_heads": 1,
        }
    },
    "lfm2_moe": {"layer_types": ["conv", "full_attention"] * 2, "num_hidden_layers": 4},
}  # fmt: skip
"""What types need before the library builds them."""


# What the library makes of it ---------------------------------------------------------------------


def library(model: Any) -> dict[str, Any]:
    """Multiply-accumulates of steps, with the numbers in the cache behind them, and of a prompt with what is written.

    The first token behind the prompt is the prompt's; the others take a step each.
    """
    last = {"logits_to_keep": 1} if "logits_to_keep" in inspect.signature(model.forward).parameters else {}
    text, kept = called(model, PROMPT[0], None, **last)
    three, behind = called(model, 3, deepcopy(kept))
    found: dict[str, Any] = {"step of 3": (three, held(behind))}
    for written in range(WRITTEN - 1):
        one, kept = called(model, 1, kept)
        text += one
        if written == 0:
            found["step of 1"] = one, held(kept)
    return {**found, "text": text, "cache of the text": held(kept)}


def called(model: Any, new: int, kept: Any, **more: Any) -> tuple[int, Any]:
    """A forward pass with what was kept, and what is kept then."""
    if "decoder_input_ids" in inspect.signature(model.forward).parameters:
        return called_behind(model, new, kept)
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    takes = inspect.signature(model.forward).parameters
    known = next(name for name in CACHES if name in takes)
    with torch.device("meta"), torch.no_grad(), FlopCounterMode(display=False) as counter:
        tokens = torch.zeros(BATCH, new, dtype=torch.long)
        out = model(input_ids=tokens, use_cache=True, **{known: kept}, **more)
    return counter.get_total_flops() // 2, next(out[name] for name in CACHES if out.get(name) is not None)


def called_behind(model: Any, new: int, kept: Any) -> tuple[int, Any]:
    """The same behind an encoder, which reads what it reads when nothing was kept.

    What it made of that is kept besides the cache.
    """
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    with torch.device("meta"), torch.no_grad(), FlopCounterMode(display=False) as counter:
        tokens = torch.zeros(BATCH, new, dtype=torch.long)
        begun = source(model) if kept is None else {"encoder_outputs": (kept[1],)}
        cache = None if kept is None else kept[0]
        out = model(**begun, decoder_input_ids=tokens, use_cache=True, cache=cache)
    return counter.get_total_flops() // 2, (
        next(out[name] for name in CACHES if out.get(name) is not None),
        out.encoder_last_hidden_state,
    )


def source(model: Any) -> dict[str, Any]:
    """What an encoder reads: 24 tokens, or a sound."""
    import torch

    if model.main_input_name == "input_features":
        wide = getattr(model.config, "num_mel_bins", None)
        return {"input_features": torch.zeros(BATCH, wide, 2 * model.config.max_source_positions)}
    return {"input_ids": torch.zeros(BATCH, SOURCE, dtype=torch.long)}


def held(kept: Any) -> int:
    """All numbers in a cache: of an object with layers, in those and beside them; of a list, in its tensors."""
    import torch

    found: dict[int, int] = {}
    if isinstance(kept, tuple) and hasattr(kept[0], "cross_attention_cache"):
        return held(kept[0].self_attention_cache) + held(kept[0].cross_attention_cache)
    waiting = list(kept) if isinstance(kept, list | tuple) else [*vars(kept).values()]
    waiting += [value for layer in getattr(kept, "layers", ()) for value in vars(layer).values()]
    while waiting:
        value = waiting.pop()
        if isinstance(value, torch.Tensor) and value.is_floating_point():
            found[id(value)] = value.numel()
        elif isinstance(value, list | tuple):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()
    return sum(found.values())


# What symcost makes of it -------------------------------------------------------------------------


def answers(document: Any, file: dict[str, Any]) -> dict[str, Any] | str:
    """The same from symcost; or why it is refused."""
    import symcost
    from symcost.published.decoded import WRITING, wholes
    from symcost.published.file import Published
    from symcost.zoo import of_published

    with tempfile.NamedTemporaryFile("w", suffix=".json") as written:
        json.dump(file, written)
        written.flush()
        try:
            published = Published.open(written.name)
            model = of_published(published) if file["model_type"] in wholes() else document.published(published)
            found: dict[str, Any] = {}
            for new in (1, 3):
                step = of_source(model.step()).at(T=new, B=BATCH, c=PROMPT[0])
                found[f"step of {new}"] = int(step.macs()), int(step.state())
            if file["model_type"] in wholes() or not file.get("architectures", [WRITING[0]])[0].endswith(WRITING):
                return found  # a prompt of wholes would be read with what they see; without scores nothing is written
            text = of_source(model.generate()).at(T=PROMPT[0], B=BATCH, n=WRITTEN)
            found |= {"text": int(text.macs()), "cache of the text": int(text.state())}
        except symcost.SymcostError as refused:
            return str(refused).splitlines()[0]
    return found


def of_source(model: Any) -> Any:
    """With the tokens that an encoder reads."""
    return model.at(N=SOURCE) if "N" in model.ports else model


def narrowed(file: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """A file whose windows are smaller than the text, if its type has any; of few layers, where it says nothing."""
    found = dict(file)
    if isinstance(whole.get("text_config"), dict):
        told = {key: whole["text_config"][key] for key in ("model_type",) if key in whole["text_config"]}
        inner = {**told, **(found.get("text_config") or {})}
        found["text_config"] = narrowed(inner, whole["text_config"])
        return found
    layers = next((key for key in ("num_hidden_layers", "n_layer", "num_layers", "n_layers") if key in whole), None)
    if layers is not None and not found.keys() & {layers, "layer_types"}:
        found[layers] = 8
    for key in ("sliding_window", "window_size", "attention_chunk_size"):
        value = found.get(key, whole.get(key))
        if isinstance(value, int) and value > 100:
            found[key] = WINDOW
    return found


def compared(model_type: str, document: Any, variant: Variant) -> tuple[str, str]:
    """`exact`, `refused`, `wrong` or `not built`, and what there is to say."""
    from transformers import CONFIG_MAPPING

    _, file = variant
    mine = answers(document, file)
    if isinstance(mine, str):
        return "refused", mine
    name = (file.get("architectures") or [default_class(document, file)])[0]
    try:
        model = built(name, CONFIG_MAPPING[model_type].from_dict(json.loads(json.dumps(file))))
        theirs = library(model)
    except Late:
        raise
    except Exception as error:
        return "not built", f"{type(error).__name__}: {error}"[:150]
    counted[model_type] = file, theirs
    if differing := [key for key in mine if mine[key] != theirs[key]]:
        return "wrong", "; ".join(f"{key}: {mine[key]}, {name} {theirs[key]}" for key in differing)
    return "exact", ""


counted: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
"""The last file of each type, and what the library makes of it."""


def write() -> None:
    """What was counted, as test data; what earlier runs counted of other types stays."""
    data = Path(__file__).parent / "decoding.csv"
    columns = ["config", "step", "step_cache", "three", "three_cache", "text"]
    rows: dict[str, list[Any]] = {}
    with data.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            rows[json.loads(row["config"])["model_type"]] = [row[name] for name in columns]
    for model_type, (file, found) in counted.items():
        rows[model_type] = [json.dumps(file), *found["step of 1"], *found["step of 3"], found["text"]]
    with data.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows.values())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("types", nargs="*")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--unlisted", action="store_true", help="also types that decoding.toml does not name")
    parser.add_argument("--keys", type=int, default=0, help="other values of a key")
    parser.add_argument("--prompt", type=int, default=40, help="tokens that are read at first")
    parser.add_argument("--write", action="store_true", help="write decoding.csv")
    parser.add_argument("--say", type=json.loads, default={}, help="further keys, as JSON")
    parser.add_argument("--brief", action="store_true", help="a few layers only")
    parser.add_argument("--limit", type=int, default=60, help="seconds for a variant")
    parser.add_argument("--harmless", action="store_true", help="also keys that are known to change nothing")
    parser.add_argument("--verbose", "-v", action="store_true", help="say why what is refused is")
    options = parser.parse_args(namespace=argparse.Namespace(deep=False, each_class=False))
    PROMPT[:] = [options.prompt]
    import symcost
    from symcost.published import decoded as listed
    from symcost.published.decoded import decoded, wholes

    prepare()
    from transformers import CONFIG_MAPPING

    types = sorted(decoded() | wholes().keys()) if options.all else options.types
    if options.unlisted:
        listed.decoded = lambda: frozenset(types)  # type: ignore[assignment]
        named = options.say.get("architectures", [])
        listed.classes = lambda: frozenset(named)  # type: ignore[assignment]
    files, total = files_of(), Counter[str]()
    signal.signal(signal.SIGALRM, too_late)
    for model_type in types:
        document = symcost.load(files[model_type])
        begun, counts = time.time(), Counter[str]()
        whole = json.loads(CONFIG_MAPPING[model_type]().to_json_string(use_diff=False))
        for name, file in variants(model_type, classes_of(model_type)[:1] if options.keys else [], options):
            if not options.keys and name not in ("default", "type only") and not name.startswith("of class"):
                continue
            if options.brief and name != "type only" and not name.startswith("only "):
                continue
            signal.alarm(options.limit)
            try:
                verdict, why = compared(
                    model_type, document, (name, narrowed({**NEEDED.get(model_type, {}), **file, **options.say}, whole))
                )
            except Late:
                verdict, why = "late", ""
            except Exception as error:
                verdict, why = "wrong", f"{type(error).__name__}: {error}"[:200]
            finally:
                signal.alarm(0)
            counts[verdict] += 1
            if verdict == "wrong" or options.verbose:
                print(f"  {model_type}: {name}: {verdict} {why}", flush=True)
            if not options.keys and name == "type only":
                break
        total += counts
        shown = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
        print(f"{model_type} ({files[model_type].name}): {shown}  [{time.time() - begun:.0f} s]", flush=True)
    if options.write and not total["wrong"]:
        write()
    print("all: " + ", ".join(f"{count} {verdict}" for verdict, count in sorted(total.items())))
    return 1 if total["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
