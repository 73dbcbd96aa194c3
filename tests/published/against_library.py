"""Whether symcost answers published configurations as the library builds them: exactly, or not at all.

    python tests/published/against_library.py qwen3 qwen3_moe     these types, each key changed once
    python tests/published/against_library.py --all               every type that a `config hf` of examples/ speaks of
    python tests/published/against_library.py --all --keys 0      their default configurations and classes only
    python tests/published/against_library.py --all --out FILE    the same for hours: goes on where it was stopped

Needs transformers and torch; nothing is downloaded, and no weights are made (the meta device). Of each type it asks for

  - the default configuration, as a whole and as a file that says nothing but its type;
  - each class of models that the library has for the type, under `architectures`;
  - for each key, tables inside included, other values: the file says all keys, or that one only. These models are as
    shallow as they can be with a layer of each kind (`--deep`: as deep as by default).

A variant that the library itself refuses is `not built`. `exact`: parameters and, where the forward pass runs without a
device, multiply-accumulates are those of the library (eager attention, experts as batched products, one sequence of
128). `refused`: an error that says why. `wrong`: anything else; listed, and the exit status is 1. At the end there is a
table of all types; with `--out` it has those of earlier runs, too, and each says at which commit.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.published import pictures

EXAMPLES = Path(__file__).parents[2] / "examples"
LENGTH = 128
"""Tokens of a sequence."""

SAMPLES, SIDE, FRAMES, HEARD = 16000, 224, 500, 1001
"""A second of sound, the sides of an image, and spectral frames, where a configuration does not say."""

SOUNDS = {
    "wav2vec2", "hubert", "unispeech", "unispeech-sat", "omniasr_audio", "data2vec-audio", "wavlm", "sew",
    "wav2vec2-conformer", "dac", "encodec", "mimi",
}  # fmt: skip
FILTERED = {"parakeet_encoder", "parakeet_ctc", "parakeet_rnnt", "parakeet_tdt", "lasr_encoder", "lasr_ctc"}
IMAGES = {"resnet", "segformer", "glpn", "regnet", "bit", "poolformer", "pvt_v2", "detr", "table-transformer",
          "hgnet_v2", "rt_detr", "rt_detr_v2", "rt_detr_resnet", "deformable_detr"}  # fmt: skip
SIZES = {
    **{name: {"T": SAMPLES} for name in SOUNDS},
    **{name: {"Y": SIDE, "X": SIDE} for name in IMAGES},
    **{name: {"rows": pictures.TILES, "columns": pictures.TILES} for name in pictures.TILED},
    "video_llava": {"frames": pictures.FRAMES},
    **{name: {"T": FRAMES} for name in FILTERED},
    "speech_to_text": {"S": FRAMES},
    "moonshine": {"S": SAMPLES},
    "clap": {"N": HEARD},
    "clip_text_model": {"T": pictures.PAIR},
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

DEPTHS = (
    "num_hidden_layers", "num_layers", "n_layer", "n_layers", "encoder_layers", "decoder_layers", "num_decoder_layers",
)  # fmt: skip
SHALLOW = 4
"""How deep a model may be called, and how deep it is made; deeper where its kinds of layers ask for it."""

Variant = tuple[str, dict[str, Any]]
"""How a variant is called, and its file."""


# What the library makes of it ---------------------------------------------------------------------


def built(name: str, config: Any, device: str = "meta") -> Any:
    """A model of a class, without its weights unless it is to run on the processor."""
    import torch
    import transformers

    cls, last = getattr(transformers, name), None
    for extra in ({"experts_implementation": "batched_mm"}, {}):
        try:
            with torch.device(device):
                return cls._from_config(config, attn_implementation="eager", **extra).eval().requires_grad_(False)
        except (ValueError, TypeError, AttributeError) as error:
            last = error
    raise last  # type: ignore[misc]


def measured(name: str, config: Any) -> tuple[int, int | None]:
    """Parameters and multiply-accumulates of a model of a class; of one configuration once.

    Raises what the library raises.
    """
    key = (name, config.to_json_string(use_diff=False))
    if key not in MEASURED:
        model = built(name, config)
        steps = macs(model)
        if steps is None and config.model_type in WITH_NUMBERS and parameters(model) < MOST:
            steps = macs(built(name, config, device="cpu"), device="cpu")
        MEASURED[key] = parameters(model), steps
    return MEASURED[key]


MEASURED: dict[tuple[str, str], tuple[int, int | None]] = {}


def parameters(model: Any) -> int:
    return sum({id(one): one.numel() for one in model.parameters()}.values())


WITH_NUMBERS = {"longformer", "led", "canine", "encodec", "mimi"}
"""Types whose forward pass asks what its numbers are; it runs on the processor where there are few weights."""

MOST = 500e6


def macs(model: Any, device: str = "meta") -> int | None:
    """Multiply-accumulates of a forward pass; None where it does not run here."""
    import torch

    model.to(device)  # a table or two are made without asking where
    if pictures.hears(model):
        return pictures.heard(model, LENGTH)
    if pictures.sees(model):
        return pictures.counted(model, LENGTH)
    for given in inputs(model):
        try:
            counter = counting()
            with torch.device(device), torch.no_grad(), torch.backends.mkldnn.flags(enabled=False), counter:
                model(**given())
            return int(counter.flops) // 2
        except Exception:
            continue
    return None


def counting() -> Any:
    """A mode that counts as `FlopCounterMode` of torch does, and asks for shapes once: most of its time goes there."""
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode
    from torch.utils.flop_counter import flop_registry

    class Counting(TorchDispatchMode):
        flops = 0

        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            kwargs = kwargs or {}
            key = (func, described(args), described(kwargs)) if plain(func) else None
            if key in SHAPES:
                flops, size, stride, dtype = SHAPES[key]
                self.flops += flops
                return torch.empty_strided(size, stride, dtype=dtype, device="meta")

            rule = flop_registry.get(func._overloadpacket)
            if rule is None and func is not torch.ops.prim.device.default:
                with self:
                    parts = func.decompose(*args, **kwargs)
                if parts is not NotImplemented:
                    return parts
            out = func(*args, **kwargs)
            flops = 0 if rule is None else rule(*args, **kwargs, out_val=out)
            self.flops += flops
            if key is not None and isinstance(out, torch.Tensor) and out.is_meta:
                SHAPES[key] = flops, tuple(out.shape), out.stride(), out.dtype
            return out

    return Counting()


SHAPES: dict[Any, Any] = {}
"""Of an operation on tensors of certain shapes: what it costs, and shape, strides and type of what comes out."""


def plain(func: Any) -> bool:
    """Whether an operation makes one new tensor and changes none."""
    arguments, results = func._schema.arguments, func._schema.returns
    return len(results) == 1 and not any(one.alias_info for one in (*arguments, *results))


def described(value: Any) -> Any:
    """What shapes depend on, of the arguments of an operation."""
    import torch

    if isinstance(value, torch.Tensor):
        return "tensor", tuple(value.shape), value.stride(), value.dtype, value.device.type
    if isinstance(value, list | tuple):
        return tuple(map(described, value))
    if isinstance(value, dict):
        return tuple((name, described(one)) for name, one in value.items())
    return type(value), str(value)


def inputs(model: Any) -> Iterator[Callable[[], dict[str, Any]]]:
    """What to try as inputs."""
    import inspect

    import torch

    config, takes = model.config, inspect.signature(model.forward).parameters
    common: dict[str, Any] = {"use_cache": False} if "use_cache" in takes else {}

    length = pictures.PAIR if config.model_type == "clip_text_model" else LENGTH

    def tokens() -> Any:
        return torch.zeros(1, length, dtype=torch.long)

    if "bbox" in takes:
        common["bbox"] = torch.zeros(1, LENGTH, 4, dtype=torch.long, device="meta")

    if "entity_ids" in takes:
        common["entity_ids"] = torch.zeros(1, LENGTH, dtype=torch.long, device="meta")
        many = config.max_mention_length if hasattr(config, "max_mention_length") else 30
        common["entity_position_ids"] = torch.zeros(1, LENGTH, many, dtype=torch.long, device="meta")
        common["entity_attention_mask"] = torch.ones(1, LENGTH, device="meta")
    if getattr(config, "is_encoder_decoder", False) and "decoder_input_ids" in takes:
        common["decoder_input_ids"] = tokens()
    main = model.main_input_name
    if config.model_type == "clap":
        sound = 1, 1, HEARD, config.audio_config.num_mel_bins
        mask = torch.ones(1, LENGTH, device="meta")
        yield lambda: {"input_ids": tokens(), "input_features": torch.zeros(sound), "attention_mask": mask}
    if main == "pixel_values_videos" and config.model_type == "vjepa2":
        film = torch.zeros(1, config.frames_per_clip, config.in_chans, config.crop_size, config.crop_size)
        yield lambda: {"pixel_values_videos": film.to("meta")}
    if pictures.compares(model):
        yield lambda: pictures.pair(model.config)
    if {"hidden_states", "grid_thw"} <= takes.keys():
        yield lambda: pictures.row(config)
    if main == "pixel_values" and "input_ids" not in takes:
        holder = getattr(config, "backbone_config", None) or config
        size = getattr(config, "image_size", None) or getattr(holder, "image_size", None) or SIDE
        height, width = (size, size) if isinstance(size, int) else (size[-2], size[-1])
        channels = getattr(config, "num_channels", None) or getattr(holder, "num_channels", 3)
        frames = getattr(config, "num_frames", None) or 8
        if "input_points" in takes:
            eyes = getattr(config.vision_config, "backbone_config", config.vision_config)
            size = pictures.side(eyes.image_size)
            image, points = torch.zeros(1, eyes.num_channels, size, size), torch.zeros(1, 1, LENGTH, 2)
            yield lambda: {"pixel_values": image.to("meta"), "input_points": points.to("meta")}
        yield lambda: {"pixel_values": torch.zeros(1, channels, height, width)}
        yield lambda: {"pixel_values": torch.zeros(1, frames, channels, height, width)}
    elif main == "input_features":
        holder = getattr(config, "encoder_config", config)
        names = ("num_mel_bins", "input_feat_per_channel", "feature_size")
        mel = next((value for name in names if (value := getattr(holder, name, None))), 80)
        mel *= getattr(config, "input_channels", 1)
        yield lambda: {"input_features": torch.zeros(1, mel, 3000), **common}
        yield lambda: {"input_features": torch.zeros(1, FRAMES, mel), **common}
    elif main == "input_values" and hasattr(config, "num_mel_bins"):
        yield lambda: {"input_values": torch.zeros(1, config.max_length, config.num_mel_bins)}
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


def kinds_end(whole: dict[str, Any]) -> int:
    """How many layers there are up to the first of the last kind."""
    last = 0
    for value in whole.values():
        if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
            last = max(last, *(value.index(kind) for kind in set(value)))
    return last + 1


def shallow(model_type: str) -> dict[str, Any]:
    """How many layers the models of a type have where keys are changed, in tables of its file, too.

    Nothing where that is as many as by default, or where the library refuses it, for its lists have an item a layer.
    """
    from transformers import CONFIG_MAPPING

    less = fewer(json.loads(CONFIG_MAPPING[model_type]().to_json_string(use_diff=False)))
    try:
        CONFIG_MAPPING[model_type](**less)
    except Exception:
        return {}
    return less


def fewer(table: dict[str, Any]) -> dict[str, Any]:
    """The keys of a table that say how many layers there are, with fewer."""
    enough = max(SHALLOW, kinds_end(table) + 1)
    less: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, dict) and (inner := fewer(value)):
            told = {"model_type": value["model_type"]} if "model_type" in value else {}
            less[key] = told | inner
        elif key in DEPTHS and isinstance(value, int) and value > enough:
            less[key] = enough
        elif key == "deepstack_visual_indexes":  # layers of Qwen's eye whose outputs are read
            less[key] = list(range(min(enough, len(value))))
    return less


def more(model_type: str, all_types: bool) -> list[str]:
    """Keys that the library has not for a type and that are known to change nothing; with those of all types."""
    from symcost.published.closed import harmless

    known = harmless()
    of_type = list(known.some.get(model_type, {}))
    return [*of_type, *known.always, *known.unless_own, *known.noted] if all_types else of_type


def variants(model_type: str, names: list[str], options: argparse.Namespace) -> Iterator[Variant]:
    """The files of a type, the plain ones first; with `each_class` each key changed for each class of models, too."""
    from transformers import CONFIG_MAPPING

    whole = json.loads(CONFIG_MAPPING[model_type]().to_json_string(use_diff=False))
    least: dict[str, Any] = {"model_type": model_type}
    yield "default", whole
    yield "type only", least
    for name in names:
        yield f"of class {name}", {**whole, "architectures": [name]}
    if not options.keys:
        return

    less = {} if options.deep else shallow(model_type)
    whole = json.loads(CONFIG_MAPPING[model_type](**less).to_json_string(use_diff=False))
    least |= less
    three = {"id2label": {"0": "a", "1": "b", "2": "c"}, "label2id": {"a": 0, "b": 1, "c": 2}}
    for name in names:
        yield f"three labels of class {name}", {**whole, **three, "architectures": [name]}
    told = {**dict.fromkeys(more(model_type, options.harmless)), **whole}
    for path, value in changes(told, options.keys):
        change = f"{'.'.join(path)} = {json.dumps(value)[:40]}"
        yield change, placed(whole, path, value)
        yield f"only {change}", placed(least, path, value)
    for name in names if options.each_class else []:
        for path, value in changes(whole, 1):
            change = f"{name}, {'.'.join(path)} = {json.dumps(value)[:40]}"
            yield change, {**placed(whole, path, value), "architectures": [name]}


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
            published = Published.open(written.name)
            key = said(document, published)
            if key not in COUNTED:
                model = document.published(published)
                COUNTED[key] = model, int(model.params())
        except symcost.SymcostError as refused:
            return str(refused).splitlines()[0]
    model, counted = COUNTED[key]
    sizes = pictures.sizes(model) | SIZES.get(file.get("model_type", ""), {})
    return counted, lambda: macs_of(key, model, sizes)


def said(document: Any, published: Any) -> tuple[str, str]:
    """The model that a file means, and its numbers: many keys change none, and the same is counted once."""
    from symcost import configs_published as configs
    from symcost.published.mapping import chosen

    mapping, _ = chosen(document._unit, published)
    model = document.model(mapping.model.text)
    values, *_ = configs.of_published(document._unit, published, model.name, model.ports)
    return model.name, repr(values)


def macs_of(key: tuple[str, str], model: Any, sizes: dict[str, int]) -> int:
    """Multiply-accumulates, with the sizes of an input that the file leaves open."""
    if key not in STEPS:
        names = [str(one) for one in model.macs.expr.free_symbols]
        STEPS[key] = int(model.macs(**{name: sizes.get(name, LENGTH) for name in names}))
    return STEPS[key]


COUNTED: dict[tuple[str, str], tuple[Any, int]] = {}
STEPS: dict[tuple[str, str], int] = {}


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
        config = CONFIG_MAPPING[model_type].from_dict(json.loads(json.dumps(file), object_hook=special))
        wanted, steps = measured(name, config)
    except Late:
        raise
    except Exception as error:
        return "not built", f"{type(error).__name__}: {error}"[:100]
    if wanted != mine[0]:
        return "wrong", f"parameters {mine[0]}, {name} has {wanted} ({mine[0] - wanted:+d})"
    if steps is None:
        return "parameters", "the forward pass does not run here"
    try:
        found = mine[1]()
    except Late:
        raise
    except Exception as error:
        return "wrong", f"no macs: {error}"[:160]
    if found != steps:
        return "wrong", f"macs {found}, {name} has {steps} ({found - steps:+d})"
    return "exact", ""


def special(table: dict[str, Any]) -> Any:
    """A number that JSON has no word for, as the library writes it."""
    return float(table["__float__"]) if table.keys() == {"__float__"} else table


# All of it ----------------------------------------------------------------------------------------


@dataclass
class Row:
    """What came of a type."""

    model_type: str
    file: str
    commit: str
    counts: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0


COLUMNS = ("exact", "parameters", "refused", "not built", "late", "left", "wrong")
"""`parameters`: exact, the forward pass does not run; `late`, `left`: out of the seconds for a variant or a type."""


def table(rows: list[Row]) -> str:
    """All types, and the sum."""
    total: Counter[str] = Counter()
    lines = [f"{'type':28} variants " + " ".join(f"{name:>10}" for name in COLUMNS)]
    for row in rows:
        total.update(row.counts)
        lines.append(_line(row.model_type, row.counts))
    commits = ", ".join(sorted({row.commit for row in rows}))
    return "\n".join([*lines, _line(f"{len(rows)} types", total), f"at {commits}"])


def _line(name: str, counts: dict[str, int]) -> str:
    return f"{name:28} {sum(counts.values()):8} " + " ".join(f"{counts.get(column, 0):10}" for column in COLUMNS)


def commit() -> str:
    """Of the checkout; with a `+` where something is not committed."""

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=EXAMPLES, capture_output=True, text=True).stdout.strip()

    return git("rev-parse", "--short", "HEAD") + ("+" if git("status", "--porcelain", "-uno") else "")


def prepare() -> None:
    """The library, told to be quiet and to ask meta tensors for no truth values."""
    warnings.simplefilter("ignore")
    os.environ["TRANSFORMERS_VERBOSITY"] = "error"
    import torch
    import transformers
    from transformers import PreTrainedModel, masking_utils
    from transformers.models.rt_detr_v2 import modeling_rt_detr_v2
    from transformers.models.vjepa2 import modeling_vjepa2

    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    PreTrainedModel.warn_if_padding_and_no_attention_mask = lambda *_, **__: None
    masking_utils.is_tracing = lambda *_, **__: True
    masking_utils.find_packed_sequence_indices = lambda *_, **__: None
    modeling_rt_detr_v2.torch_compilable_check = lambda *_, **__: None
    modeling_vjepa2.VJEPA2PredictorEmbeddings.forward = pictures.foretold


class Late(Exception):
    """A variant took too long."""


def too_late(*_: object) -> None:
    raise Late


def asked(model_type: str, document: Any, row: Row, options: argparse.Namespace) -> None:
    """All variants of a type."""
    MEASURED.clear()
    COUNTED.clear()
    STEPS.clear()
    SHAPES.clear()
    begun, counts = time.time(), Counter[str]()
    for variant in variants(model_type, classes_of(model_type), options):
        if time.time() - begun > options.seconds:
            counts["left"] += 1
            continue
        verdict, why = in_time(model_type, document, variant, options.limit)
        counts[verdict] += 1
        line = f"  {model_type}: {variant[0]}: {verdict} {why}"
        if verdict in ("wrong", "late"):
            row.faults.append(line.strip())
        if verdict in ("wrong", "late") or options.verbose or variant[0] in ("default", "type only"):
            print(line, flush=True)
    row.counts, row.seconds = dict(counts), round(time.time() - begun, 1)


def in_time(model_type: str, document: Any, variant: Variant, seconds: int) -> tuple[str, str]:
    """The verdict on a variant, or that it came late."""
    signal.alarm(seconds)
    try:
        return compared(model_type, document, variant)
    except Late:
        return "late", ""
    except Exception as error:
        return "wrong", f"{type(error).__name__}: {error}"[:200]
    finally:
        signal.alarm(0)


def done(out: Path | None) -> list[Row]:
    """What an earlier run wrote."""
    if out is None or not out.exists():
        return []
    return [Row(**json.loads(line)) for line in out.read_text("utf-8").splitlines()]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("types", nargs="*")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--keys", type=int, default=2, help="other values of a key")
    parser.add_argument("--each-class", action="store_true", help="each key once more for each class of models")
    parser.add_argument("--deep", action="store_true", help="keys are changed in models as deep as by default")
    parser.add_argument("--harmless", action="store_true", help="with the keys that change nothing in any type")
    parser.add_argument("--limit", type=int, default=60, help="seconds for a variant")
    parser.add_argument("--seconds", type=int, default=3600, help="for a type; what is left then is counted as that")
    parser.add_argument("--out", type=Path, help="JSON lines, one for each type; those that it has are not run again")
    parser.add_argument("--verbose", "-v", action="store_true", help="say why what is refused is")
    options = parser.parse_args()
    import symcost

    prepare()
    signal.signal(signal.SIGALRM, too_late)
    files, rows = files_of(), done(options.out)
    known = {row.model_type for row in rows}
    for model_type in sorted(files) if options.all else options.types:
        if model_type in known:
            continue
        row = Row(model_type, files[model_type].name if model_type in files else "", commit())
        if model_type in files:
            asked(model_type, symcost.load(files[model_type]), row, options)
        else:
            row.counts = {"wrong": 1}
            row.faults.append(f"no `config hf` of {EXAMPLES.name}/ speaks of it")
        rows.append(row)
        shown = ", ".join(f"{count} {verdict}" for verdict, count in sorted(row.counts.items()))
        print(f"{model_type} ({row.file}): {shown}  [{row.seconds:.0f} s]", flush=True)
        if options.out is not None:
            with options.out.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(asdict(row)) + "\n")
    print(table(rows))
    print("\n".join(fault for row in rows for fault in row.faults))
    return 1 if any(row.counts.get("wrong") for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
