"""What every twin answers beside PyTorch's own questions: role and initialisation of each parameter."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .spec import ModelError

CUT = 0.87962566103423978
"""Standard deviation of a standard normal that is cut at ±2."""


@dataclass(frozen=True)
class Init:
    """How a tensor begins: `constant`, `normal`, `uniform` (± size) or `truncated` (size after the cut)."""

    kind: str
    size: float

    def fill(self, tensor: Tensor, generator: torch.Generator) -> None:
        """Draws it."""
        with torch.no_grad():
            if self.kind == "constant":
                tensor.fill_(self.size)
            elif self.kind == "uniform":
                tensor.uniform_(-self.size, self.size, generator=generator)
            elif self.kind == "normal":
                tensor.normal_(0, self.size, generator=generator)
            else:
                sigma = self.size / CUT
                nn.init.trunc_normal_(tensor, 0, sigma, -2 * sigma, 2 * sigma, generator)


ZERO, ONE = Init("constant", 0.0), Init("constant", 1.0)


def normal(deviation: float) -> Init:
    """N(deviation)."""
    return Init("normal", deviation)


def fan_in(shape: torch.Size) -> int:
    """Numbers that one output is a sum of."""
    return math.prod(shape[1:])


def he(shape: torch.Size) -> Init:
    """By the inputs."""
    return normal(math.sqrt(2 / fan_in(shape)))


def he_out(shape: torch.Size) -> Init:
    """By the outputs."""
    return normal(math.sqrt(2 / (shape[0] * math.prod(shape[2:]))))


def lecun(shape: torch.Size) -> Init:
    """Variance 1 / fan-in after a cut at two standard deviations."""
    return Init("truncated", math.sqrt(1 / fan_in(shape)))


def xavier(shape: torch.Size) -> Init:
    """Uniform, by inputs and outputs of a matrix."""
    return Init("uniform", math.sqrt(6 / (shape[0] + shape[1])))


def linear(fan: int) -> Init:
    """PyTorch's default of `nn.Linear` and `nn.Conv2d`, for weight and bias."""
    return Init("uniform", 1 / math.sqrt(fan))


def activation(name: str) -> Any:
    """The function of a knob."""
    known = {
        "relu": F.relu,
        "relu2": lambda x: F.relu(x).square(),
        "gelu": F.gelu,
        "gelu-tanh": lambda x: F.gelu(x, approximate="tanh"),
        "silu": F.silu,
        "tanh": torch.tanh,
    }
    if name not in known:
        raise ModelError(f"unknown activation '{name}'; known: {', '.join(known)}")
    return known[name]


def vectors(batch: int, inputs: int, classes: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Random rows and classes."""
    return (
        torch.randn(batch, inputs, generator=generator),
        torch.randint(classes, (batch,), generator=generator),
    )


def windows(batch: int, knobs: Any, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Random tokens, and of each the next one."""
    tokens = torch.randint(knobs.vocabulary, (batch, knobs.context + 1), generator=generator)
    return tokens[:, :-1].contiguous(), tokens[:, 1:].contiguous()


class Twin(nn.Module):
    """A model that knows the role and initialisation of its parameters."""

    knobs: Any

    @classmethod
    def defaults(cls, name: str) -> Any:
        """The knobs of the model of that name."""
        raise NotImplementedError

    def about(self, name: str, shape: torch.Size) -> tuple[str, Init]:
        """Role and initialisation of a parameter."""
        raise NotImplementedError

    def loss(self, inputs: Tensor, targets: Tensor, smoothing: float = 0.0) -> Tensor:
        """Cross-entropy, mean over the targets that are not −100."""
        outputs = self(inputs)
        return F.cross_entropy(outputs.flatten(0, -2), targets.flatten(), ignore_index=-100, label_smoothing=smoothing)

    def sample(self, batch: int, size: tuple[int, int], generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Random inputs and targets: images of the knobs channels and size (or `size`, where it has no such knob)."""
        knobs = self.knobs
        rows, columns = getattr(knobs, "size", size)
        images = torch.randn(batch, knobs.channels, rows, columns, generator=generator)
        return images, torch.randint(knobs.classes, (batch,), generator=generator)

    @property
    def smooth(self) -> bool:
        """Whether nothing in it has a kink (ReLU², whose slope is continuous, has none), so that no mask flips."""
        return True

    def initialise(self, seed: int) -> None:
        """Every parameter as its model has it, the buffers as they are."""
        generator = torch.Generator().manual_seed(seed)
        for name, parameter in self.named_parameters():
            self.about(name, parameter.shape)[1].fill(parameter, generator)
