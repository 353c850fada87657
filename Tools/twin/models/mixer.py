"""`mlp-mixer`: perceptrons along patches and along channels in turn, with timm's names."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .base import ONE, ZERO, Init, Twin, lecun, normal, xavier
from .vit import Patches, Perceptron


@dataclass
class Knobs:
    """tokens and mlp are hidden widths: across patches, and across channels."""

    channels: int = 3
    size: tuple[int, int] = (32, 32)
    patch: int = 4
    classes: int = 10
    width: int = 128
    layers: int = 8
    tokens: int = 64
    mlp: int = 512
    activation: str = "gelu"


class Block(nn.Module):
    """Mixes patches, then channels."""

    def __init__(self, knobs: Knobs, patches: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(knobs.width, eps=1e-6)
        self.mlp_tokens = Perceptron(patches, knobs.tokens, knobs.activation)
        self.norm2 = nn.LayerNorm(knobs.width, eps=1e-6)
        self.mlp_channels = Perceptron(knobs.width, knobs.mlp, knobs.activation)

    def forward(self, x: Tensor) -> Tensor:
        """[batch, patches, width] to the same."""
        x = x + self.mlp_tokens(self.norm1(x).transpose(1, 2)).transpose(1, 2)
        x = x + self.mlp_channels(self.norm2(x))
        return x


class Mixer(Twin):
    """The mean over the patches makes the logits."""

    def __init__(self, knobs: Knobs) -> None:
        super().__init__()
        patches = (knobs.size[0] // knobs.patch) * (knobs.size[1] // knobs.patch)
        self.knobs = knobs
        self.stem = Patches(knobs.channels, knobs.patch, knobs.width)
        self.blocks = nn.Sequential(*(Block(knobs, patches) for _ in range(knobs.layers)))
        self.norm = nn.LayerNorm(knobs.width, eps=1e-6)
        self.head = nn.Linear(knobs.width, knobs.classes)

    @classmethod
    def defaults(cls, name: str) -> Knobs:
        return Knobs()

    def forward(self, x: Tensor) -> Tensor:
        """[batch, channels, rows, columns] to [batch, classes]."""
        x = self.head(self.norm(self.blocks(self.stem(x))).mean(1))
        return x

    def about(self, name: str, shape: torch.Size) -> tuple[str, Init]:
        if name.endswith("bias"):
            return "bias", normal(1e-6) if ".mlp_" in name else ZERO
        if "norm" in name:
            return "gain", ONE
        if name.startswith("stem"):
            return "convolution", lecun(shape)
        return ("head", ZERO) if name.startswith("head") else ("hidden", xavier(shape))

    @property
    def smooth(self) -> bool:
        return self.knobs.activation != "relu"
