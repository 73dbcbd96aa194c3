"""Whether symcost answers published configurations as the library builds them: exactly, or not at all.

    python tests/published/against_library.py qwen3 qwen3_moe     these types, each key changed once
    python tests/published/against_library.py --all               every type that a `config hf` of examples/ speaks of
    python tests/published/against_library.py --all --keys 0      their default configurations and classes only

Needs transformers and torch; nothing is downloaded, and no weights are made (the meta device). Of each type it asks for

  - the default configuration, as a whole and as a file that says nothing but its type;
  - each class of models that the library has for the type, under `architectures`;
  - for each key, tables inside included, other values: the file says all keys, or that one only.

A variant that the library itself refuses is left out. `exact`: parameters and, where the forward pass runs without a
device, multiply-accumulates are those of the library (eager attention, experts as batched products, one sequence of
128). `refused`: an error that says why. `wrong`: anything else; listed, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).parents[2] / "examples"
LENGTH = 128
"""Tokens of a sequence."""

SAMPLES, SIDE, FRAMES = 16000, 224, 500
"""A second of sound, the sides of an image, and spectral frames, where a configuration does not say."""

SOUNDS = {
    "wav2vec2", "hubert", "unispeech", "unispeech-sat", "omniasr_audio", "data2vec-audio", "wavlm", "sew",
    "wav2vec2-conformer",
}  # fmt: skip
IMAGES = {"resnet", "segformer", "glpn", "regnet", "bit", "poolformer", "pvt_v2"}
SIZES = {name: {"T": SAMPLES} for name in SOUNDS} | {name: {"Y": SIDE, "X": SIDE} for name in IMAGES}
SIZES |= {
    "parakeet_encoder": {"T": FRAMES},
    "parakeet_ctc": {"T": FRAMES},
    "lasr_encoder": {"T": FRAMES},
    "lasr_ctc": {"T": FRAMES},
    "speech_to_text": {"S": FRAMES},
}
"""What the dimensions of an input are called that is no sequence of tokens."""

WORDS = {
    "hidden_act": ["relu", "gelu_new"], "activation_function": ["relu", "gelu"], "hidden_activation": ["relu", "gelu"],
    "feed_forward_proj": ["gated-gelu", "relu"], "position_embedding_type": ["relative_key"],
    "torch_dtype": ["float16"], "dtype": ["float16"], "problem_type": ["regression"],
}  # fmt: skip
LEFT_OUT = {
    "model_type", "architectures", "transformers_version", "id2label", "label2id", "torch_dtype", "dtype",
    "_name_or_path", "_attn_implementation", "auto_map", "return_dict", "output_hidden_states",
}  # fmt: skip
"""Keys that are not changed one by one: they say what a file is, or the library sets them itself."""

Variant = tuple[str, dict[str, Any]]
"""How a variant is called, and its file."""


# What the library makes of it ---------------------------------------------------------------------


def built(name: str, config: Any) -> Any:
    """A model of a class without its weights."""
    import torch
    import transformers

    cls, last = getattr(transformers, name), None
    for extra in ({"experts_implementation": "batched_mm"}, {}):
        try:
            with torch.device("meta"):
                return cls._from_config(config, attn_implementation="eager", **extra).eval()
        except (ValueError, TypeError, AttributeError) as error:
            last = error
    raise last  # type: ignore[misc]


def parameters(model: Any) -> int:
    return sum({id(one): one.numel() for one in model.parameters()}.values())


def macs(model: Any) -> int | None:
    """Multiply-accumulates of a forward pass; None where it does not run here."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    for given in inputs(model):
        try:
            with torch.device("meta"), torch.no_grad(), FlopCounterMode(display=False) as counter:
                model(**given())
            return counter.get_total_flops() // 2
        except Exception:
            continue
    return None


def inputs(model: Any) -> Iterator[Callable[[], dict[str, Any]]]:
    """What to try as inputs."""
    import inspect

    import torch

    config, takes = model.config, inspect.signature(model.forward).parameters
    common: dict[str, Any] = {"use_cache": False} if "use_cache" in takes else {}

    def tokens() -> Any:
        return torch.zeros(1, LENGTH, dtype=torch.long)

    if getattr(config, "is_encoder_decoder", False) and "decoder_input_ids" in takes:
        common["decoder_input_ids"] = tokens()
    main = model.main_input_name
    if main == "pixel_values" and "input_ids" not in takes:
        holder = getattr(config, "backbone_config", None) or config
        size = getattr(config, "image_size", None) or getattr(holder, "image_size", None) or SIDE
        height, width = (size, size) if isinstance(size, int) else (size[-2], size[-1])
        channels = getattr(config, "num_channels", None) or getattr(holder, "num_channels", 3)
        frames = getattr(config, "num_frames", None) or 8
        yield lambda: {"pixel_values": torch.zeros(1, channels, height, width)}
        yield lambda: {"pixel_values": torch.zeros(1, frames, channels, height, width)}
    elif main == "input_features":
        holder = getattr(config, "encoder_config", config)
        names = ("num_mel_bins", "input_feat_per_channel", "feature_size")
        mel = next((value for name in names if (value := getattr(holder, name, None))), 80)
        mel *= getattr(config, "input_channels", 1)
        yield lambda: {"input_features": torch.zeros(1, mel, 3000), **common}
        yield lambda: {"input_features": torch.zeros(1, FRAMES, mel), **common}
    elif main == "input_values":
        yield lambda: {"input_values": torch.zeros(1, SAMPLES), **common}
        yield lambda: {"input_values": torch.zeros(1, 1, SAMPLES), **common}
    else:
        yield lambda: {"input_ids": tokens(), **common}
        yield lambda: {"input_ids": tokens()}


# What is changed ----------------------------------------------------------------------------------


def others(key: str, value: Any) -> list[Any]:
    """Values that a key may have instead; those that the library refuses are left out later."""
    match value:
        case bool():
            return [not value]
        case int():
            return [one for one in (value * 2, value // 2, value + 1, value + 8) if one > 0 and one != value] or [1]
        case float():
            return [value / 2 + 0.125]
        case str():
            return [word for word in WORDS.get(key, []) if word != value]
        case None:
            return [True, 64, 2]
        case list() if value and all(isinstance(item, int) for item in value):
            return [[2 * item for item in value], value[:-1]]
        case list() if value and all(isinstance(item, str) for item in value):
            return [[value[0]] * len(value), value[::-1]]
    return []


def changes(table: dict[str, Any], limit: int) -> Iterator[tuple[tuple[str, ...], Any]]:
    """A key, with those of the tables around it, and another value for it."""
    for key, value in table.items():
        if key in LEFT_OUT or key.startswith("_"):
            continue
        if isinstance(value, dict):
            for path, other in changes(value, limit):
                yield (key, *path), other
        for other in others(key, value)[:limit]:
            yield (key,), other


def placed(table: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """A table with another value at a place."""
    key, *rest = path
    inner = placed(table.get(key) or {}, tuple(rest), value) if rest else value
    return {**table, key: inner}


def variants(model_type: str, names: list[str], keys: int, each_class: bool) -> Iterator[Variant]:
    """The files of a type, the plain ones first; with `each_class` each key changed for each class of models, too."""
    from transformers import CONFIG_MAPPING

    whole = json.loads(CONFIG_MAPPING[model_type]().to_json_string(use_diff=False))
    least = {"model_type": model_type}
    yield "default", whole
    yield "type only", least
    for name in names:
        yield f"of class {name}", {**whole, "architectures": [name]}
    if keys:
        three = {"id2label": {"0": "a", "1": "b", "2": "c"}, "label2id": {"a": 0, "b": 1, "c": 2}}
        for name in names:
            yield f"three labels of class {name}", {**whole, **three, "architectures": [name]}
    for path, value in changes(whole, keys):
        said = f"{'.'.join(path)} = {json.dumps(value)[:40]}"
        yield said, placed(whole, path, value)
        yield f"only {said}", placed(least, path, value)
    for name in names if each_class else []:
        for path, value in changes(whole, 1):
            said = f"{name}, {'.'.join(path)} = {json.dumps(value)[:40]}"
            yield said, {**placed(whole, path, value), "architectures": [name]}


# What symcost makes of it -------------------------------------------------------------------------


def files_of() -> dict[str, Path]:
    """The file of examples/ that speaks of a type."""
    found: dict[str, Path] = {}
    for path in sorted(EXAMPLES.rglob("*.arch")):
        for types in re.findall(r'^config hf\b[^{]*?\bfor\s+((?:"[^"]*"\s*,?\s*)+)', path.read_text("utf-8"), re.M):
            for name in re.findall(r'"([^"]*)"', types):
                found.setdefault(name, path)
    return found


def answer(document: Any, file: dict[str, Any]) -> tuple[int, Any] | str:
    """Parameters and a function for the multiply-accumulates; or why it is refused."""
    import symcost
    from symcost.published.file import Published

    with tempfile.NamedTemporaryFile("w", suffix=".json") as written:
        json.dump(file, written)
        written.flush()
        try:
            model = document.published(Published.open(written.name))
            counted = int(model.params())
        except symcost.SymcostError as refused:
            return str(refused).splitlines()[0]
    sizes = SIZES.get(file.get("model_type", ""), {})

    def counted_macs() -> int:
        """Multiply-accumulates, with the sizes of an input that the file leaves open."""
        names = [str(one) for one in model.macs.expr.free_symbols]
        return int(model.macs(**{name: sizes.get(name, LENGTH) for name in names}))

    return counted, counted_macs


def classes_of(model_type: str) -> list[str]:
    """The classes of a type that can be built, the one for texts to be written first."""
    from symcost.published.library import type_of

    known = type_of(model_type)
    names = [] if known is None else list(known.classes)
    return sorted(names, key=lambda name: (not name.endswith(("ForCausalLM", "LMHeadModel")), name))


def default_class(document: Any, file: dict[str, Any]) -> str | None:
    """The class that the file means for symcost where it names none."""
    from symcost.diagnostics import Source
    from symcost.published.file import Published
    from symcost.published.mapping import chosen

    mapping, keys = chosen(document._unit, Published.read(Source("config.json", json.dumps(file))))
    names = mapping.names(keys.root.type)
    return next((name for name in names if keys.root.type is None or name in keys.root.type.classes), None)


def compared(model_type: str, document: Any, variant: Variant) -> tuple[str, str]:
    """`exact`, `refused`, `wrong` or `not built`, and what there is to say."""
    from transformers import CONFIG_MAPPING

    _, file = variant
    mine = answer(document, file)
    if isinstance(mine, str):
        return "refused", mine
    named = file.get("architectures")
    name = named[0] if named else default_class(document, file)
    if name is None:
        return "wrong", "no class of the library is meant"
    try:
        model = built(name, CONFIG_MAPPING[model_type].from_dict(json.loads(json.dumps(file))))
    except Exception as error:
        return "not built", f"{type(error).__name__}: {error}"[:100]
    wanted = parameters(model)
    if wanted != mine[0]:
        return "wrong", f"parameters {mine[0]}, {name} has {wanted} ({mine[0] - wanted:+d})"
    steps = macs(model)
    if steps is None:
        return "exact", "parameters only"
    try:
        found = mine[1]()
    except Exception as error:
        return "wrong", f"no macs: {error}"[:160]
    if found != steps:
        return "wrong", f"macs {found}, {name} has {steps} ({found - steps:+d})"
    return "exact", ""


# All of it ----------------------------------------------------------------------------------------


def prepare() -> None:
    """The library, told to be quiet and to ask meta tensors for no truth values."""
    warnings.simplefilter("ignore")
    os.environ["TRANSFORMERS_VERBOSITY"] = "error"
    import torch
    import transformers
    from transformers import masking_utils

    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    masking_utils.is_tracing = lambda *_, **__: True
    masking_utils.find_packed_sequence_indices = lambda *_, **__: None


class Late(Exception):
    """A variant took too long."""


def too_late(*_: object) -> None:
    raise Late


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("types", nargs="*")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--keys", type=int, default=2, help="other values of a key")
    parser.add_argument("--each-class", action="store_true", help="each key once more for each class of models")
    parser.add_argument("--limit", type=int, default=60, help="seconds for a variant")
    parser.add_argument("--verbose", "-v", action="store_true", help="say why what is refused is")
    options = parser.parse_args()
    import symcost

    prepare()
    files = files_of()
    total: Counter[str] = Counter()
    signal.signal(signal.SIGALRM, too_late)
    for model_type in sorted(files) if options.all else options.types:
        if model_type not in files:
            print(f"{model_type}: no `config hf` of {EXAMPLES.name}/ speaks of it")
            total["wrong"] += 1
            continue
        document = symcost.load(files[model_type])
        begun, counts = time.time(), Counter[str]()
        for variant in variants(model_type, classes_of(model_type), options.keys, options.each_class):
            signal.alarm(options.limit)
            try:
                verdict, why = compared(model_type, document, variant)
            except Late:
                verdict, why = "late", ""
            except Exception as error:
                verdict, why = "wrong", f"{type(error).__name__}: {error}"[:200]
            finally:
                signal.alarm(0)
            counts[verdict] += 1
            if verdict == "wrong" or options.verbose or variant[0] in ("default", "type only"):
                print(f"  {model_type}: {variant[0]}: {verdict} {why}", flush=True)
        total += counts
        shown = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
        print(f"{model_type} ({files[model_type].name}): {shown}  [{time.time() - begun:.0f} s]", flush=True)
    print("all: " + ", ".join(f"{count} {verdict}" for verdict, count in sorted(total.items())))
    return 1 if total["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
