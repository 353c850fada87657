"""One layer: `linear-regression` by squares, `softmax-regression` by cross-entropy."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .base import ZERO, Init, Twin, vectors


@dataclass
class LinearKnobs:
    """Both come from the data."""

    inputs: int = 10
    outputs: int = 1


@dataclass
class SoftmaxKnobs:
    """Both come from the data."""

    inputs: int = 64
    classes: int = 10


class OneLayer(Twin):
    """y = x Wᵀ + b, begun at zero: the problem is convex."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.linear = nn.Linear(inputs, outputs)

    def forward(self, x: Tensor) -> Tensor:
        """[batch, …] to [batch, outputs]."""
        outputs: Tensor = self.linear(x.flatten(1))
        return outputs

    def about(self, name: str, shape: torch.Size) -> tuple[str, Init]:
        return ("bias" if name.endswith("bias") else "head"), ZERO


class LinearRegression(OneLayer):
    """Its loss is the mean of squares over all numbers."""

    def __init__(self, knobs: LinearKnobs) -> None:
        super().__init__(knobs.inputs, knobs.outputs)
        self.knobs = knobs

    @classmethod
    def defaults(cls, name: str) -> LinearKnobs:
        return LinearKnobs()

    def loss(self, inputs: Tensor, targets: Tensor, smoothing: float = 0.0) -> Tensor:
        return F.mse_loss(self(inputs), targets)

    def sample(self, batch: int, size: tuple[int, int], generator: torch.Generator) -> tuple[Tensor, Tensor]:
        return (
            torch.randn(batch, self.knobs.inputs, generator=generator),
            torch.randn(batch, self.knobs.outputs, generator=generator),
        )


class SoftmaxRegression(OneLayer):
    """Its outputs are logits."""

    def __init__(self, knobs: SoftmaxKnobs) -> None:
        super().__init__(knobs.inputs, knobs.classes)
        self.knobs = knobs

    @classmethod
    def defaults(cls, name: str) -> SoftmaxKnobs:
        return SoftmaxKnobs()

    def sample(self, batch: int, size: tuple[int, int], generator: torch.Generator) -> tuple[Tensor, Tensor]:
        return vectors(batch, self.knobs.inputs, self.knobs.classes, generator)
