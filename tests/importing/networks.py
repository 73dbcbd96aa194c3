"""Small networks with what is hard about importing: shared and unused parameters, writes in place, masks, loops.

Each function makes a module and its inputs of some sizes, as `symcost import tests.importing.networks:perceptron`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

Made = tuple[nn.Module, Any]


def perceptron(B: int = 2, H: int = 16) -> Made:
    return nn.Sequential(nn.Flatten(), nn.Linear(12, H), nn.ReLU(), nn.Dropout(), nn.Linear(H, 3)), torch.zeros(B, 3, 4)


class Tied(nn.Module):
    """A language model whose table reads and writes; a pooler that nobody asks."""

    def __init__(self, V: int, D: int) -> None:
        super().__init__()
        self.table, self.out, self.pooler = nn.Embedding(V, D), nn.Linear(D, V, bias=False), nn.Linear(D, D)
        self.out.weight = self.table.weight

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.out(self.table(tokens))


def tied(B: int = 2, T: int = 5, V: int = 20, D: int = 8) -> Made:
    return Tied(V, D), torch.zeros(B, T, dtype=torch.long)


class Written(nn.Module):
    """States that are written into a buffer step by step, as in RWKV."""

    def __init__(self, D: int) -> None:
        super().__init__()
        self.cell = nn.Linear(D, D)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = torch.zeros_like(x)
        state = torch.zeros(x.shape[0], x.shape[2], device=x.device)
        for t in range(x.shape[1]):
            state = torch.tanh(self.cell(x[:, t] + state))
            out[:, t] = state
        return out


def written(B: int = 2, T: int = 4, D: int = 6) -> Made:
    return Written(D), torch.zeros(B, T, D)


class Standardised(nn.Module):
    """A convolution whose weight is normalised first: no layer of the library owns it."""

    def __init__(self, C: int) -> None:
        super().__init__()
        self.conv, self.gain = nn.Conv2d(3, C, 3, padding=1, groups=1), nn.Parameter(torch.ones(C, 1, 1, 1))
        self.deep = nn.Conv2d(C, C, (3, 1), stride=(2, 1), groups=2, padding=(1, 0))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        weight = self.conv.weight - self.conv.weight.mean((1, 2, 3), keepdim=True)
        x = F.conv2d(x, weight * self.gain, self.conv.bias, padding=1)
        return self.deep(F.relu_(x))


def standardised(B: int = 2, S: int = 8, C: int = 4) -> Made:
    return Standardised(C), torch.zeros(B, 3, S, S)


class Block(nn.Module):
    def __init__(self, D: int, heads: int) -> None:
        super().__init__()
        self.norm, self.qkv, self.out = nn.LayerNorm(D), nn.Linear(D, 3 * D), nn.Linear(D, D)
        self.heads = heads
        self.register_buffer("mask", torch.ones(64, 64, dtype=torch.bool).tril())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        B, T, D = x.shape
        q, k, v = self.qkv(self.norm(x)).view(B, T, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=self.mask[:T, :T])
        return x + self.out(y.transpose(1, 2).reshape(B, T, D))


class Transformer(nn.Module):
    def __init__(self, D: int, heads: int, layers: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Block(D, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(D)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for block in self.blocks:
            x = block(x)
        return self.norm(x)


def transformer(B: int = 2, T: int = 10, D: int = 24, heads: int = 4, layers: int = 3) -> Made:
    return Transformer(D, heads, layers), torch.zeros(B, T, D)


class Recurrent(nn.Module):
    def __init__(self, I: int, H: int) -> None:
        super().__init__()
        self.rnn, self.out = nn.LSTM(I, H, 2, batch_first=True, bidirectional=True), nn.Linear(2 * H, 3)
        self.gru = nn.GRU(I, H, bias=False)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return self.out(self.rnn(x)[0]), self.gru(x.transpose(0, 1))[0]


def recurrent(B: int = 2, T: int = 7, I: int = 5, H: int = 6) -> Made:
    return Recurrent(I, H), torch.zeros(B, T, I)


class Experts(nn.Module):
    """A router that picks k of E, and their weights by index."""

    def __init__(self, D: int, E: int, k: int) -> None:
        super().__init__()
        self.k, self.router = k, nn.Linear(D, E, bias=False)
        self.up, self.down = nn.Parameter(torch.ones(E, D, 2 * D)), nn.Parameter(torch.ones(E, 2 * D, D))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        weight, chosen = torch.topk(self.router(x).softmax(-1), self.k)
        y = torch.einsum("td,tkdf->tkf", x, self.up[chosen])
        z = torch.einsum("tkf,tkfd->tkd", F.gelu(y), self.down[chosen])
        return (z * weight[..., None]).sum(1)


def experts(T: int = 6, D: int = 4, E: int = 5, k: int = 2) -> Made:
    return Experts(D, E, k), torch.zeros(T, D)


class Images(nn.Module):
    """What images go through: norms, pooling, transposed convolutions, a skip that is joined."""

    def __init__(self, C: int) -> None:
        super().__init__()
        self.down = nn.Sequential(nn.Conv2d(3, C, 3, padding=1, bias=False), nn.BatchNorm2d(C), nn.ReLU(inplace=True))
        self.deep = nn.Sequential(nn.Conv2d(C, 2 * C, 3, padding=1), nn.GroupNorm(2, 2 * C), nn.SiLU())
        self.up, self.out = nn.ConvTranspose2d(2 * C, C, 2, 2), nn.Conv2d(2 * C, 4, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.down(x)
        y = self.up(self.deep(F.max_pool2d(x, 2)))
        return self.out(torch.cat([x, y], 1))


def images(B: int = 2, S: int = 8, C: int = 4) -> Made:
    return Images(C), torch.zeros(B, 3, S, S)


class Strided(nn.Module):
    """Attention over the positions that strided convolutions without zeros leave of a wave, under a mask of its own."""

    def __init__(self, C: int, heads: int) -> None:
        super().__init__()
        self.first, self.second = nn.Conv1d(1, C, 10, 5), nn.Conv1d(C, C, 3, 2)
        self.out, self.heads = nn.Linear(C, C), heads

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.second(self.first(x)).transpose(1, 2)
        batch, length, width = x.shape
        q = self.out(x).reshape(batch, length, self.heads, width // self.heads).transpose(1, 2)
        scores = q @ q.transpose(-1, -2) + torch.full((length, length), -1e9, device=x.device).triu(1)
        return (scores.softmax(-1) @ q).transpose(1, 2).reshape(batch, length, width)


def strided(B: int = 2, T: int = 103, C: int = 8, heads: int = 2) -> Made:
    return Strided(C, heads), torch.zeros(B, 1, T)


ALL: tuple[Callable[..., Made], ...] = (
    perceptron, tied, written, standardised, transformer, recurrent, experts, images, strided,
)  # fmt: skip
