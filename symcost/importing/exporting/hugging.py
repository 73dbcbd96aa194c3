"""The types of transformers: a model from its `config.json`, and inputs of the sizes that its configuration wants."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
import transformers
from transformers.models.auto import modeling_auto

from symcost.importing.exporting.sources import BATCH, BadSource, Built, on_meta

MOST_BYTES = 1 << 20

TASKS = (
    "SEQ_TO_SEQ_CAUSAL_LM", "SPEECH_SEQ_2_SEQ", "CAUSAL_LM", "IMAGE_TEXT_TO_TEXT", "MULTIMODAL_LM", "", "PRETRAINING",
    "MASKED_LM", "IMAGE_CLASSIFICATION", "OBJECT_DETECTION", "MASK_GENERATION", "CTC", "SEMANTIC_SEGMENTATION",
    "UNIVERSAL_SEGMENTATION", "DEPTH_ESTIMATION", "TEXT_TO_WAVEFORM", "ZERO_SHOT_OBJECT_DETECTION",
    "TIME_SERIES_PREDICTION", "VIDEO_CLASSIFICATION", "AUDIO_CLASSIFICATION",
)  # fmt: skip
"""Whose class a configuration without `architectures` stands for, in this order."""

KEYS = {"B": "batch", "T": "tokens", "U": "tokens of the decoder"}
"""Sizes of inputs, which no config.json knows."""

TOKENS = 64


def build(name: str, configuration: Mapping[str, int]) -> Built:
    """A model from a file `config.json`, or by the name of its type with the sizes that transformers gives it."""
    transformers.logging.set_verbosity_error()
    given = _given(name)
    kind = str(given.get("model_type"))
    if kind not in transformers.CONFIG_MAPPING:
        raise BadSource(f"transformers has no type `{kind}`")
    sizes = {key: value for key, value in configuration.items() if key not in KEYS}
    config = _config(kind, given, sizes)
    module = _model(_class(config, kind), config)
    batch, tokens = configuration.get("B", BATCH), configuration.get("T", TOKENS)
    asked = {"B": batch, "T": tokens, "U": configuration.get("U", tokens)}
    inputs = _inputs(module, config, asked)
    used = {key: value for key, value in asked.items() if key == "B" or _is_used(key, inputs)}
    return Built(
        module,
        kwargs=inputs,
        name=type(module).__name__,
        configuration=used | sizes,
        settings=dict(_whole_numbers(config.to_dict())),
        words=KEYS | _words(type(config)),
        packages=("transformers",),
    )


def _given(name: str) -> Mapping[str, Any]:
    path = Path(name)
    if not name.endswith(".json") and not path.exists():
        return {"model_type": name}
    try:
        with path.open("rb") as file:
            data = json.loads(file.read(MOST_BYTES))
    except (OSError, ValueError) as problem:
        raise BadSource(f"cannot read `{name}`: {problem}") from None
    if not isinstance(data, dict):
        raise BadSource(f"`{name}` is no configuration")
    return data


def _config(kind: str, given: Mapping[str, Any], sizes: Mapping[str, int]) -> Any:
    """The configuration anew, so that what follows from a size follows from the new one."""
    kept = {key: value for key, value in given.items() if key not in ("model_type", "auto_map")}
    told = json.loads(json.dumps(kept))  # a copy, all the way down
    for key, value in sizes.items():
        at, *path = told, *key.split(".")
        for part in path[:-1]:
            at = at.setdefault(part, {})
        before, at[path[-1]] = at.get(path[-1]), value
        if re.search(LAYERS, path[-1]) and isinstance(before, int):
            _as_many(at, before, value)
    return transformers.CONFIG_MAPPING[kind].from_dict(told)


LAYERS = r"layers?$|depth$|^n_layer$"
"""Keys that count layers."""


def _as_many(part: dict[str, Any], before: int, count: int) -> None:
    """What a file says of each layer goes on as it did where there are more layers, and ends where there are fewer."""
    for key, told in part.items():
        if isinstance(told, list) and len(told) == before:
            period = next(step for step in range(1, before + 1) if told[step:] == told[:-step] or step == before)
            part[key] = [told[place % period] for place in range(count)]


def _class(config: Any, kind: str) -> Any:
    """The class that a configuration names, or the one that its type is best known by."""
    for name in config.architectures or ():
        if re.fullmatch(r"\w+", name) and hasattr(transformers, name):
            return getattr(transformers, name)
    return _best_known(config, kind)


def _best_known(config: Any, kind: str) -> Any:
    """The first class of a type that takes the configuration, else the first of all. Raises BadSource for none."""
    classes = [getattr(transformers, name) for name in _candidates(kind)]
    if not classes:
        raise BadSource(f"transformers has no model for the type `{kind}`")
    # A whole of several parts may be listed with the class of its text alone, which wants the configuration of that.
    for cls in classes:
        if _takes(cls, config):
            return cls
    return classes[0]


def _takes(cls: Any, config: Any) -> bool:
    """Whether a class is made for configurations of this kind."""
    wanted = getattr(cls, "config_class", None)
    return wanted is None or isinstance(config, wanted)


def _candidates(kind: str) -> Iterator[str]:
    """An encoder that can also be a decoder is taken for what its paper calls it."""
    base = _names("", kind)
    if _names("MASKED_LM", kind) and _names("CAUSAL_LM", kind) and not _names("SEQ_TO_SEQ_CAUSAL_LM", kind):
        yield from base
    for task in TASKS:
        yield from _names(task, kind)


def _names(task: str, kind: str) -> list[str]:
    mapping = f"MODEL_FOR_{task}_MAPPING_NAMES" if task else "MODEL_MAPPING_NAMES"
    name = getattr(modeling_auto, mapping, {}).get(kind, [])
    return [name] if isinstance(name, str) else list(name)


IMPLEMENTATIONS: tuple[dict[str, str], ...] = (
    {"attn_implementation": "sdpa", "experts_implementation": "batched_mm"},
    {"attn_implementation": "eager", "experts_implementation": "batched_mm"},
    {"attn_implementation": "sdpa"},
    {"attn_implementation": "eager"},
    {},
)
"""Attention as one operation where a type has it so; experts without loops over the data."""


def _model(cls: Any, config: Any) -> Any:
    last: Exception | None = None
    for options in IMPLEMENTATIONS:
        try:
            return on_meta(lambda options=options: cls._from_config(config, **options))  # type: ignore[misc]
        except (ValueError, TypeError, AttributeError, ImportError) as problem:
            last = problem
    assert last is not None
    raise last


# Inputs --------------------------------------------------------------------------------------------------------------


def _inputs(module: Any, config: Any, asked: Mapping[str, int]) -> dict[str, Any]:
    """What a model is called with, by the names of its `forward`."""
    takes = inspect.signature(module.forward).parameters
    main = getattr(module, "main_input_name", "input_ids")
    batch = asked["B"]
    inputs: dict[str, Any] = dict(_texts(takes, config, asked))
    if _sees(takes, config, main):
        inputs["pixel_values"] = _pixels(config, batch)
    if _hears(takes, main):
        inputs["input_features"] = _features(config, batch)
    if main == "input_values" and main in takes:
        inputs["input_values"] = _waves(config, batch)
    if "past_values" in takes:
        inputs |= _series(takes, config, batch)
    if "use_cache" in takes:
        inputs["use_cache"] = False
    return inputs


def _texts(takes: Mapping[str, Any], config: Any, asked: Mapping[str, int]) -> Iterator[tuple[str, Any]]:
    """Tokens, those of the decoder, and where each stands on a page."""
    if "input_ids" in takes:
        yield "input_ids", _ids(asked["B"], asked["T"])
    if "decoder_input_ids" in takes and getattr(config, "is_encoder_decoder", False):
        books = getattr(getattr(config, "decoder", None), "num_codebooks", 1)  # of sounds, a row of tokens for each
        yield "decoder_input_ids", _ids(asked["B"] * books, asked["U"])
    if "bbox" in takes:
        yield "bbox", torch.zeros(asked["B"], asked["T"], 4, dtype=torch.long, device="meta")


def _sees(takes: Mapping[str, Any], config: Any, main: str) -> bool:
    """Whether images go in: alone, or beside text of which they are no part (CLIP)."""
    if main == "pixel_values":
        return True
    return main == "input_ids" and "pixel_values" in takes and _has_vision(config) and _dual(takes)


def _hears(takes: Mapping[str, Any], main: str) -> bool:
    """Whether spectra go in, and not as a part of a text."""
    return main == "input_features" or ("input_features" in takes and "input_ids" not in takes)


def _dual(takes: Mapping[str, Any]) -> bool:
    """Whether text and images both go in, neither as a part of the other (CLIP)."""
    return "return_loss" in takes or "image_text_alignment" in takes


def _is_used(key: str, inputs: Mapping[str, Any]) -> bool:
    return ("decoder_input_ids" if key == "U" else "input_ids") in inputs


def _ids(batch: int, tokens: int) -> torch.Tensor:
    return torch.zeros(batch, tokens, dtype=torch.long, device="meta")


def _find(config: Any, *names: str) -> Any:
    """The first of some keys that a configuration or one of its parts has."""
    parts = ("vision_config", "audio_config", "encoder", "encoder_config", "backbone_config")
    for holder in (config, *(getattr(config, part, None) for part in parts)):
        for name in names:
            value = getattr(holder, name, None)
            if isinstance(value, (int, list, tuple)) and not isinstance(value, bool) and value:
                return value
    return None


def _has_vision(config: Any) -> bool:
    return hasattr(config, "vision_config")


def _pixels(config: Any, batch: int) -> torch.Tensor:
    size = _find(config, "image_size", "crop_size", "input_size") or 224
    sides = [size] if isinstance(size, int) else list(size)
    # Of one side, a square; of more than two, the first are no sides of an image.
    height, width = (sides * 2)[-2:] if len(sides) == 1 else sides[-2:]
    return torch.zeros(batch, *_frames(config), _channels(config), height, width, device="meta")


def _frames(config: Any) -> list[int]:
    """How many images a film has, if it is films that go in."""
    frames = _find(config, "num_frames", "frames_per_clip")
    return [frames] if isinstance(frames, int) else []


def _channels(config: Any) -> int:
    channels = _find(config, "num_channels", "in_channels", "in_chans")
    return channels if isinstance(channels, int) else 3


def _features(config: Any, batch: int) -> torch.Tensor:
    """Spectra: mel bands first where a convolution reads them (Whisper), last elsewhere."""
    positions = getattr(config, "max_source_positions", None)
    if not positions or not hasattr(config, "num_mel_bins"):
        bands = _find(config, *BANDS)
        return torch.zeros(batch, 100, bands if isinstance(bands, int) else 80, device="meta")
    if config.model_type == "speech_to_text":
        return torch.zeros(batch, 300, config.input_feat_per_channel, device="meta")
    return torch.zeros(batch, config.num_mel_bins, 2 * positions, device="meta")


BANDS = (
    "feature_projection_input_dim", "num_mel_bins", "input_feat_per_channel", "feature_size", "input_dim",
)  # fmt: skip
"""What configurations call the length of a spectrum."""


def _waves(config: Any, batch: int) -> torch.Tensor:
    if bands := getattr(config, "num_mel_bins", None):  # the spectrogram transformer calls its spectra so
        return torch.zeros(batch, getattr(config, "max_length", 1024), bands, device="meta")
    channels = getattr(config, "audio_channels", None)
    return torch.zeros(batch, *([channels] if channels else []), 16000, device="meta")


def _series(takes: Mapping[str, Any], config: Any, batch: int) -> dict[str, Any]:
    """Time series: as many steps and channels as the configuration says; one channel, and how often, for TimesFM."""
    length = getattr(config, "context_length", 128)
    if "past_values_padding" in takes:
        once = torch.zeros(batch, length, dtype=torch.long, device="meta")
        return {
            "past_values": torch.zeros(batch, length, device="meta"),
            "past_values_padding": once,
            "freq": once[:, :1],
        }
    channels = getattr(config, "num_input_channels", 1)
    return {"past_values": torch.zeros(batch, length, channels, device="meta")}


# What is known about the keys ----------------------------------------------------------------------------------------


def _whole_numbers(data: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, int]]:
    for key, value in data.items():
        if isinstance(value, dict):
            yield from _whole_numbers(value, f"{before}{key}.")
        elif isinstance(value, int) and not isinstance(value, bool) and value > 0:
            yield f"{before}{key}", value


ENTRY = re.compile(r"^ *(\w+) \(`?[^\n]*\):?\n +([^\n]+)", re.MULTILINE)


def _words(config: type) -> dict[str, str]:
    """What the documentation of a configuration says about its keys, to the end of the first sentence."""
    found = {}
    for key, said in ENTRY.findall(config.__doc__ or ""):
        sentence = re.split(r"(?<=\w)\.(?:\s|$)", said.strip())[0]
        plain = re.sub(r'[`"\\]|\[|\]', "", sentence)
        found[key] = " ".join(plain.split())[:100]
    return found
