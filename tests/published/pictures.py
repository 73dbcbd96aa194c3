"""Multiply-accumulates of models that see and read, as the library computes them without data.

What is seen and what is read are counted one after the other: `get_image_features` of one image, then the words with as
many tokens before them as came out of it. That is what a forward pass does, but for putting the one into the other,
which costs no product and which no model without data can do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

GRID = 24
"""Image tokens in a row and in a column, where a model takes images of any size."""

PATCHES = 128
"""Patches of an image, for the one model that makes tokens of them at once."""

PAIR = 16
"""Words of a text that is compared with an image: fewer than any such model reads at most."""

TILED = ("llava_next", "llava_next_video", "llava_onevision")
TILES = 2
"""Models that see an image in tiles, and how many these here have in a row and in a column."""

FRAMES = 8
"""Images of a film, for the one model that sees films with a network of their own."""


def sizes(model: Any) -> dict[str, int]:
    """What the dimensions of an input are called that a file leaves open."""
    comparing = {"T": PAIR} if {"image", "tokens"} <= set(model.inputs) and "scores" not in model.ports else {}
    return {"rows": GRID, "columns": GRID} | comparing


def sees(model: Any) -> bool:
    """Whether a model writes about images."""
    asked = hasattr(model, "get_text_features") or hasattr(model, "mask_decoder")
    return hasattr(eye(model), "get_image_features") and not asked


def eye(model: Any) -> Any:
    """What of a model is asked for what it sees: the one inside of it, where it has no such question itself."""
    return model if hasattr(model, "get_image_features") else getattr(model, "model", model)


def compares(model: Any) -> bool:
    """Whether a model says how well an image and a text belong together."""
    return hasattr(model, "get_image_features") and hasattr(model, "get_text_features")


def pair(config: Any) -> dict[str, Any]:
    """An image and a text."""
    import torch

    vision = config.vision_config
    size, channels = side(first(vision, "image_size") or 224), first(vision, "num_channels") or 3
    return {"input_ids": words(PAIR), "pixel_values": torch.zeros(1, channels, size, size)}


HEARING = ("qwen2_audio", "audioflamingo3", "musicflamingo", "voxtral", "glmasr")
"""Models that hear half a minute of sound and write."""


def hears(model: Any) -> bool:
    return model.config.model_type in HEARING


def heard(model: Any, length: int) -> int | None:
    """For half a minute of sound and `length` words; None where it does not run here."""
    import torch

    inner, sound = getattr(model, "model", model), model.config.audio_config
    mel = torch.zeros(1, sound.num_mel_bins, 3000, device="meta")

    def listened() -> Any:
        states = inner.audio_tower(mel).last_hidden_state
        if model.config.model_type in ("voxtral", "glmasr"):
            states = states.reshape(1, -1, sound.intermediate_size)
        return inner.multi_modal_projector(states)

    steps = counting(listened)
    if steps is None:
        return None
    many, rest = divmod(number(steps[1]), model.config.get_text_config().hidden_size)
    read = counting(lambda: model(input_ids=words(many + length), use_cache=False))
    return None if rest or read is None else steps[0] + read[0]


def counted(model: Any, length: int) -> int | None:
    """For one image and `length` words; None where it does not run here."""
    seen = features(model)
    if seen is None:
        return None
    steps, tokens = seen
    if model.config.model_type == "video_llava":
        watched = film(model)
        if watched is None:
            return None
        steps, tokens = steps + watched[0], tokens + watched[1]
    read = counting(lambda: model(input_ids=words(tokens + length), use_cache=False))
    return None if read is None else steps + read[0]


def features(model: Any) -> tuple[int, int] | None:
    """What seeing costs, and how many tokens come out."""
    for given in images(model.config):
        found = counting(lambda given=given: eye(model).get_image_features(**given(), return_dict=True))
        if found is not None:
            return as_tokens(found, model.config)
    parts = counting(lambda: by_parts(model))
    return None if parts is None else as_tokens((parts[0], Whole(parts[1])), model.config)


@dataclass
class Whole:
    """What came out, called as the library calls it."""

    pooler_output: Any


def by_parts(model: Any) -> Any:
    """What sees and what stands behind it, one after the other, where the library looks at numbers in between."""
    import torch

    inner, vision = getattr(model, "model", model), model.config.vision_config
    patch = side(vision.patch_size)
    if hasattr(inner, "connector"):
        size = side(vision.image_size)
        mask = torch.ones(1, size // patch, size // patch, dtype=torch.bool)
        image = torch.zeros(1, vision.num_channels, size, size)
        seen = inner.vision_model(pixel_values=image, patch_attention_mask=mask).last_hidden_state
        given = {"attention_mask": mask.view(1, -1)} if model.config.model_type == "idefics2" else {}
        return inner.connector(seen, **given)
    size = GRID * patch * model.config.spatial_merge_size
    sizes = [(size, size)]
    image = torch.zeros(1, vision.num_channels, size, size)
    seen = inner.vision_tower(image, image_sizes=sizes).last_hidden_state
    return inner.multi_modal_projector(seen.squeeze(0), sizes)


def as_tokens(found: tuple[int, Any], config: Any) -> tuple[int, int] | None:
    """What seeing cost, and how many tokens as wide as words came out; None where numbers are left over."""
    out = found[1].pooler_output if found[1].pooler_output is not None else found[1].last_hidden_state
    many, rest = divmod(number(out), config.get_text_config().hidden_size)
    return None if rest else (found[0], many)


def film(model: Any) -> tuple[int, int] | None:
    """The same for a film."""
    import torch

    vision = model.config.vision_config
    shape = 1, FRAMES, vision.num_channels, vision.image_size, vision.image_size
    found = counting(lambda: model.get_video_features(torch.zeros(shape), return_dict=True))
    return None if found is None else as_tokens(found, model.config)


def number(seen: Any) -> int:
    """How many numbers came out: put in a row, they are cut into tokens as wide as words."""
    if isinstance(seen, (list, tuple)):
        return sum(map(number, seen))
    return int(seen.numel())


def counting(run: Callable[[], Any]) -> tuple[int, Any] | None:
    """Multiply-accumulates and what came out; None where it does not run."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    try:
        with torch.device("meta"), torch.no_grad(), FlopCounterMode(display=False) as counter:
            found = run()
    except Exception:
        return None
    return counter.get_total_flops() // 2, found


def words(length: int) -> Any:
    import torch

    return torch.zeros(1, length, dtype=torch.long)


def images(config: Any) -> Iterator[Callable[[], dict[str, Any]]]:
    """What to try as one image: with its sides, in pieces, as patches in a row, or by itself."""
    import torch

    if config.model_type == "fuyu":
        patches = torch.zeros(1, PATCHES, config.patch_size**2 * config.num_channels)
        yield lambda: {"pixel_values": patches.to("meta")}
        return
    vision = config.vision_config
    channels = first(vision, "num_channels", "in_channels", "in_chans") or 3
    patch = side(first(vision, "patch_size") or 1)
    merge = first(config, "spatial_merge_size") or first(vision, "spatial_merge_size") or 1

    if hasattr(vision, "temporal_patch_size") or hasattr(vision, "spatial_merge_size"):
        yield lambda: in_a_row(vision, channels, patch, merge)
    if vision.model_type == "pixtral":
        size = GRID * merge * patch
        yield lambda: {"pixel_values": torch.zeros(1, channels, size, size), "image_sizes": [(size, size)]}
    size = side(first(vision, "image_size") or 224)
    if config.model_type in TILED:
        config.image_grid_pinpoints = [[TILES * size, TILES * size]]
        tiles = torch.zeros(1, 1 + TILES * TILES, channels, size, size)
        yield lambda: {"pixel_values": tiles.to("meta"), "image_sizes": [[TILES * size, TILES * size]]}
        return
    yield lambda: {"pixel_values": torch.zeros(1, channels, size, size)}
    yield lambda: {"pixel_values": torch.zeros(1, 1, channels, size, size)}


def row(vision: Any) -> dict[str, Any]:
    """The same for a model that does nothing but see."""
    channels = first(vision, "num_channels", "in_channels", "in_chans") or 3
    given = in_a_row(vision, channels, side(vision.patch_size), vision.spatial_merge_size)
    return {"hidden_states": given.pop("pixel_values"), "grid_thw": given.pop("image_grid_thw"), **given}


def in_a_row(vision: Any, channels: int, patch: int, merge: int) -> dict[str, Any]:
    """An image as a row of patches; where each lies is worked out beforehand, for it needs numbers."""
    import torch
    from transformers import vision_utils

    times = first(vision, "temporal_patch_size") or 1
    with torch.device("cpu"):
        grid = torch.tensor([[1, GRID * merge, GRID * merge]])
        many = int(grid.prod())
        places = vision_utils.get_vision_position_ids(grid, merge)
        found = {"image_grid_thw": grid, "cu_seqlens": torch.tensor([0, many], dtype=torch.int32)}
        if hasattr(vision, "window_size"):
            order, ends = vision_utils.get_vision_window_index(grid, merge, vision.window_size, patch)
            found |= {"window_index": order.to("meta"), "cu_window_seqlens": ends}
    found |= {"position_ids": places.to("meta"), "pixel_values": torch.zeros(many, channels * times * patch * patch)}
    if hasattr(vision, "num_position_embeddings"):
        found |= {"interp_indices": torch.zeros(many, 4, dtype=torch.long), "interp_weights": torch.zeros(many, 4)}
    return found


def foretold(self: Any, states: Any, context: list[Any], target: list[Any], mask_index: int = 1) -> Any:
    """What V-JEPA's foreteller reads, without looking at numbers for which of the places is the last."""
    import torch

    hidden = self.mask_tokens[mask_index % self.num_mask_tokens].repeat(len(states), target[0].shape[1], 1)
    return torch.cat([self.predictor_embeddings(states), hidden], 1), torch.cat([*context, *target], 1)


def side(size: Any) -> int:
    return size if isinstance(size, int) else int(size[-1])


def first(config: Any, *names: str) -> Any:
    """What a configuration says under the first of these names that it has."""
    return next((getattr(config, name) for name in names if getattr(config, name, None) is not None), None)
