"""`cnn`: two convolutions with pooling, two layers; the names of PyTorch's MNIST example."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .base import ZERO, Init, Twin, activation, he, xavier


@dataclass
class Knobs:
    """channels, size and classes come from the data."""

    channels: int = 3
    size: tuple[int, int] = (32, 32)
    classes: int = 10
    width: int = 32
    hidden: int = 128
    activation: str = "relu"


class CNN(Twin):
    """3×3 convolutions, padded, each followed by a 2×2 maximum."""

    def __init__(self, knobs: Knobs) -> None:
        super().__init__()
        self.knobs = knobs
        rows, columns = (side // 2 // 2 for side in knobs.size)
        self.conv1 = nn.Conv2d(knobs.channels, knobs.width, 3, padding=1)
        self.conv2 = nn.Conv2d(knobs.width, 2 * knobs.width, 3, padding=1)
        self.fc1 = nn.Linear(2 * knobs.width * rows * columns, knobs.hidden)
        self.fc2 = nn.Linear(knobs.hidden, knobs.classes)
        self.act = activation(knobs.activation)

    @classmethod
    def defaults(cls, name: str) -> Knobs:
        return Knobs()

    def forward(self, x: Tensor) -> Tensor:
        """[batch, channels, rows, columns] to [batch, classes]."""
        x = F.max_pool2d(self.act(self.conv1(x)), 2)
        x = F.max_pool2d(self.act(self.conv2(x)), 2)
        x = self.fc2(self.act(self.fc1(x.flatten(1))))
        return x

    def about(self, name: str, shape: torch.Size) -> tuple[str, Init]:
        if name.endswith("bias"):
            return "bias", ZERO
        if name.startswith("conv"):
            return "convolution", he(shape)
        return ("hidden", he(shape)) if name.startswith("fc1") else ("head", xavier(shape))

    @property
    def smooth(self) -> bool:
        """The maximum has kinks whatever the activation."""
        return False
