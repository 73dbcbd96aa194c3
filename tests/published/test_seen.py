"""What networks that see do that one would not expect of their files: each truth was seen in transformers 5.24."""

from __future__ import annotations

from typing import Any

import symcost

EYES = {"vision_config": {"num_hidden_layers": 1, "global_attn_indexes": [], "hidden_size": 96, "mlp_dim": 96}}


def params(config: dict[str, Any]) -> int:
    return int(symcost.from_config(config).params())


def test_only_the_last_attention_of_sam_follows_the_rate() -> None:
    """Four maps between 256 and 256 / rate channels, of that one alone: 3·257·64 and 64·256 less for a rate of 4."""
    two, four = ({**EYES, "model_type": "sam", "mask_decoder_config": {"attention_downsample_rate": r}} for r in (2, 4))
    assert params(two) - params(four) == 3 * 257 * 64 + 64 * 256


def test_layers_of_deformable_detr_share_their_heads() -> None:
    """However many layers say a class and a box, there is one matrix for classes and one network for boxes."""
    file = {
        "model_type": "deformable_detr",
        "encoder_layers": 1,
        "decoder_layers": 2,
        "id2label": {"0": "a", "1": "b", "2": "c"},
        "backbone_config": {"model_type": "timm_backbone", "backbone": "resnet50", "out_indices": [2, 3, 4]},
    }
    found = {**file, "architectures": ["DeformableDetrForObjectDetection"]}
    assert params(found) - params(file) == 257 * 3 + 2 * 257 * 256 + 257 * 4


def test_layers_of_rt_detr_have_heads_of_their_own() -> None:
    """Six for six layers, in version 2 as well, whose file says that they are tied."""
    for model_type, name in (("rt_detr", "RTDetr"), ("rt_detr_v2", "RTDetrV2")):
        file = {"model_type": model_type, "backbone_config": {"model_type": "rt_detr_resnet", "out_indices": [2, 3, 4]}}
        found = {**file, "num_labels": 80, "architectures": [f"{name}ForObjectDetection"]}
        trunk = {**file, "num_labels": 80, "architectures": [f"{name}Model"]}
        assert params(found) - params(trunk) == 6 * (257 * 80 + 2 * 257 * 256 + 257 * 4)


def test_what_a_file_of_levit_says_of_shrinking_is_taken() -> None:
    """A saved file has `down_ops`, which the library works out of `key_dim` only where it is not there."""
    narrow = {"model_type": "levit", "key_dim": [32, 16, 16]}
    between = [["Subsample", 16, 8, 4, 2, 2], ["Subsample", 16, 16, 4, 2, 2]]
    assert params({**narrow, "down_ops": between}) != params(narrow)
    assert params({**narrow, "key_dim": [16, 16, 16], "down_ops": between}) == params({"model_type": "levit"})
