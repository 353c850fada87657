"""Weights in which no gain is 1 and no bias 0, so that whatever leaves one out shows."""

import math

import torch
from torch import nn


def randomise(module: nn.Module, generator: torch.Generator) -> None:
    """Fills every parameter and running statistic: values representable in float32, activations of order 1."""
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            values = torch.randn(parameter.shape, generator=generator)
            parameter.copy_(scaled(name, values).to(torch.float32))
        for name, buffer in module.named_buffers():
            values = torch.randn(buffer.shape, generator=generator)
            if name.endswith("running_mean"):
                buffer.copy_((0.2 * values).to(torch.float32))
            elif name.endswith("running_var"):
                buffer.copy_((0.4 * values).exp().to(torch.float32))


def scaled(name: str, values: torch.Tensor) -> torch.Tensor:
    """Standard normal numbers made a weight, a gain or a bias of that name."""
    if name.endswith("bias"):
        return 0.2 * values
    if values.dim() == 1:
        return 1 + 0.2 * values
    if "wte" in name or "wpe" in name or "embed" in name or name == "cls_token":
        return 0.5 * values
    return values / math.sqrt(math.prod(values.shape[1:]))
