"""`vit-tiny`: a transformer over patches, with timm's names."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .base import ONE, ZERO, Init, Twin, activation, fan_in, linear, normal


@dataclass
class Knobs:
    """channels, size and classes come from the data; mlp is the hidden width."""

    channels: int = 3
    size: tuple[int, int] = (32, 32)
    patch: int = 4
    classes: int = 10
    width: int = 192
    layers: int = 12
    heads: int = 3
    mlp: int = 768
    activation: str = "gelu"


class Patches(nn.Module):
    """An image as a row of vectors, patches row by row."""

    def __init__(self, channels: int, patch: int, width: int) -> None:
        super().__init__()
        self.proj = nn.Conv2d(channels, width, patch, patch)

    def forward(self, x: Tensor) -> Tensor:
        """[batch, channels, rows, columns] to [batch, patches, width]."""
        x = self.proj(x).flatten(2).transpose(1, 2)
        return x


class Attention(nn.Module):
    """Every token looks at every one."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.heads = heads

    def forward(self, x: Tensor) -> Tensor:
        """[batch, tokens, width] to the same."""
        q, k, v = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1))
        y = F.scaled_dot_product_attention(q, k, v)
        y = self.proj(y.transpose(1, 2).flatten(2))
        return y


class Perceptron(nn.Module):
    """Two layers along the last axis."""

    def __init__(self, width: int, hidden: int, kind: str) -> None:
        super().__init__()
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, width)
        self.act = activation(kind)

    def forward(self, x: Tensor) -> Tensor:
        """The same shape."""
        x = self.fc2(self.act(self.fc1(x)))
        return x


class Block(nn.Module):
    """Attention and perceptron, each behind its norm and beside the sum."""

    def __init__(self, knobs: Knobs) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(knobs.width, eps=1e-6)
        self.attn = Attention(knobs.width, knobs.heads)
        self.norm2 = nn.LayerNorm(knobs.width, eps=1e-6)
        self.mlp = Perceptron(knobs.width, knobs.mlp, knobs.activation)

    def forward(self, x: Tensor) -> Tensor:
        """The same shape."""
        x = x + self.attn(self.norm1(x))
        x = x + self.mlp(self.norm2(x))
        return x


class ViT(Twin):
    """The class token's last row makes the logits."""

    def __init__(self, knobs: Knobs) -> None:
        super().__init__()
        patches = (knobs.size[0] // knobs.patch) * (knobs.size[1] // knobs.patch)
        self.knobs = knobs
        self.cls_token = nn.Parameter(torch.zeros(1, 1, knobs.width))
        self.pos_embed = nn.Parameter(torch.zeros(1, patches + 1, knobs.width))
        self.patch_embed = Patches(knobs.channels, knobs.patch, knobs.width)
        self.blocks = nn.Sequential(*(Block(knobs) for _ in range(knobs.layers)))
        self.norm = nn.LayerNorm(knobs.width, eps=1e-6)
        self.head = nn.Linear(knobs.width, knobs.classes)

    @classmethod
    def defaults(cls, name: str) -> Knobs:
        return Knobs()

    def forward(self, x: Tensor) -> Tensor:
        """[batch, channels, rows, columns] to [batch, classes]."""
        x = self.patch_embed(x)
        x = torch.cat([self.cls_token.expand(x.shape[0], -1, -1), x], dim=1) + self.pos_embed
        x = self.head(self.norm(self.blocks(x))[:, 0])
        return x

    def about(self, name: str, shape: torch.Size) -> tuple[str, Init]:
        if name.startswith("patch_embed"):
            weight = self.patch_embed.proj.weight
            role = "convolution" if name.endswith("weight") else "bias"
            return role, linear(fan_in(weight.shape))
        if name == "cls_token":
            return "embedding", normal(1e-6)
        if name == "pos_embed":
            return "embedding", normal(0.02)
        if name.endswith("bias"):
            return "bias", ZERO
        if "norm" in name:
            return "gain", ONE
        return ("head" if name.startswith("head") else "hidden"), normal(0.02)

    @property
    def smooth(self) -> bool:
        return self.knobs.activation != "relu"
