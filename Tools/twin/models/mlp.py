"""`mlp`: `depth` hidden layers of one width."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .base import ZERO, Init, Twin, activation, he, vectors, xavier


@dataclass
class Knobs:
    """inputs and classes come from the data."""

    inputs: int = 64
    classes: int = 10
    depth: int = 2
    width: int = 256
    activation: str = "relu"


class MLP(Twin):
    """Names `layers.0.weight` to `layers.DEPTH.bias`."""

    def __init__(self, knobs: Knobs) -> None:
        super().__init__()
        sizes = [knobs.inputs] + [knobs.width] * knobs.depth + [knobs.classes]
        self.layers = nn.ModuleList(map(nn.Linear, sizes[:-1], sizes[1:]))
        self.knobs = knobs
        self.act = activation(knobs.activation)

    @classmethod
    def defaults(cls, name: str) -> Knobs:
        return Knobs()

    def forward(self, x: Tensor) -> Tensor:
        """[batch, …] to [batch, classes]."""
        x = x.flatten(1)
        for layer in self.layers[:-1]:
            x = self.act(layer(x))
        x = self.layers[-1](x)
        return x

    def about(self, name: str, shape: torch.Size) -> tuple[str, Init]:
        if name.endswith("bias"):
            return "bias", ZERO
        if name == f"layers.{self.knobs.depth}.weight":
            return "head", xavier(shape)
        return "hidden", (xavier if self.knobs.activation == "tanh" else he)(shape)

    def sample(self, batch: int, size: tuple[int, int], generator: torch.Generator) -> tuple[Tensor, Tensor]:
        return vectors(batch, self.knobs.inputs, self.knobs.classes, generator)

    @property
    def smooth(self) -> bool:
        return self.knobs.activation != "relu"
