"""Networks of torchvision and timm at the sizes that are asked for: `make(**keys)` gives a module and its inputs."""

from __future__ import annotations

from typing import Any

import timm.models as timm
import torch
from torch import nn
from torchvision import models as vision

Made = tuple[nn.Module, torch.Tensor]


def _images(batch: int, side: int) -> torch.Tensor:
    return torch.zeros(batch, 3, side, side)


# torchvision ----------------------------------------------------------------------------------------------------------


def resnet(B: int, S: int, width: int, depth: int, classes: int) -> Made:
    """Bottlenecks of any width, as wide ResNets have them; equal stages."""
    block = vision.resnet.Bottleneck
    module = vision.ResNet(block, [depth] * 4, num_classes=classes, width_per_group=width)
    return module, _images(B, S)


def vit(B: int, S: int, P: int, D: int, M: int, heads: int, depth: int, classes: int) -> Made:
    """A vision transformer: patches of P by P, width D, an MLP of M."""
    return vision.VisionTransformer(S, P, depth, heads, D, M, num_classes=classes), _images(B, S)


def swin(B: int, S: int, C: int, depth: int, classes: int) -> Made:
    """A Swin transformer whose third stage has `depth` pairs of layers."""
    heads = [3, 6, 12, 24]
    module = vision.SwinTransformer([4, 4], C, [2, 2, 2 * depth, 2], heads, [7, 7], num_classes=classes)
    return module, _images(B, S)


def densenet(B: int, S: int, growth: int, stem: int, classes: int) -> Made:
    """Four dense blocks, of six layers to begin with."""
    return vision.DenseNet(growth, (6, 8, 6, 4), stem, num_classes=classes), _images(B, S)


def convnext(B: int, S: int, C: int, depth: int, classes: int) -> Made:
    """Four stages, twice as wide each."""
    setting = vision.convnext.CNBlockConfig
    stages = [setting(C, 2 * C, depth), setting(2 * C, 4 * C, depth), setting(4 * C, 8 * C, depth)]
    module = vision.ConvNeXt([*stages, setting(8 * C, None, depth)], num_classes=classes)
    return module, _images(B, S)


def mobilenet(B: int, S: int, width: int, classes: int) -> Made:
    """MobileNetV2 at `width` eighths of its usual width."""
    return vision.MobileNetV2(num_classes=classes, width_mult=width / 8), _images(B, S)


def vgg(B: int, S: int, C: int, classes: int) -> Made:
    """Four stages of two convolutions; S a multiple of 112, so that 7 by 7 positions pool evenly."""
    stages: list[Any] = []
    for times in (1, 2, 4, 8):
        stages += [times * C, times * C, "M"]
    features = vision.vgg.make_layers(stages, batch_norm=True)
    module = vision.VGG(features, num_classes=classes, init_weights=False)
    module.classifier[0] = nn.Linear(8 * C * 7 * 7, 4096)
    return module, _images(B, S)


def inception_block(B: int, S: int, I: int, O: int) -> Made:
    """Four branches side by side."""
    return vision.googlenet.Inception(I, O, O, 2 * O, O, 2 * O, O), torch.zeros(B, I, S, S)


# timm -----------------------------------------------------------------------------------------------------------------


def timm_vit(B: int, S: int, P: int, D: int, heads: int, depth: int, classes: int) -> Made:
    """A vision transformer."""
    module = timm.VisionTransformer(
        img_size=S, patch_size=P, embed_dim=D, num_heads=heads, depth=depth, num_classes=classes
    )
    return module, _images(B, S)


def mixer(B: int, S: int, P: int, D: int, depth: int, classes: int) -> Made:
    """An MLP-Mixer."""
    module = timm.MlpMixer(img_size=S, patch_size=P, embed_dim=D, num_blocks=depth, num_classes=classes)
    return module, _images(B, S)


def beit(B: int, S: int, D: int, heads: int, depth: int, classes: int) -> Made:
    """BEiT, with relative positions."""
    module = timm.Beit(
        img_size=S, embed_dim=D, num_heads=heads, depth=depth, num_classes=classes, use_rel_pos_bias=True,
        use_abs_pos_emb=False,
    )  # fmt: skip
    return module, _images(B, S)


def cait(B: int, S: int, D: int, heads: int, depth: int, classes: int) -> Made:
    """CaiT: heads that talk to one another."""
    module = timm.Cait(img_size=S, embed_dim=D, num_heads=heads, depth=depth, num_classes=classes)
    return module, _images(B, S)


def xcit(B: int, S: int, D: int, heads: int, depth: int, classes: int) -> Made:
    """XCiT: attention over channels."""
    module = timm.Xcit(img_size=S, embed_dim=D, num_heads=heads, depth=depth, num_classes=classes)
    return module, _images(B, S)


def metaformer(B: int, S: int, C: int, depth: int, classes: int) -> Made:
    """PoolFormer: pooling in place of attention."""
    module = timm.MetaFormer(depths=(depth,) * 4, dims=(C, 2 * C, 4 * C, 8 * C), num_classes=classes)
    return module, _images(B, S)


def timm_convnext(B: int, S: int, C: int, depth: int, classes: int) -> Made:
    """ConvNeXt."""
    module = timm.ConvNeXt(depths=(depth,) * 4, dims=(C, 2 * C, 4 * C, 8 * C), num_classes=classes)
    return module, _images(B, S)


def resnetv2(B: int, S: int, C: int, depth: int, classes: int) -> Made:
    """ResNetV2 with weights of unit variance; widths from C on."""
    module = timm.ResNetV2(layers=(depth,) * 4, channels=(C, 2 * C, 4 * C, 8 * C), num_classes=classes, stem_chs=C)
    return module, _images(B, S)
