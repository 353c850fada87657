"""Traces that PyTorch makes by itself, for testing what reads or checks traces."""

from dataclasses import dataclass

import torch

from models import build, complete
from replay_steps import buffers_of, evaluate, weights_of
from training_trace import Trace


@dataclass(frozen=True)
class Recipe:
    """How such a trace is made."""

    optimizer: str = "sgd:lr=0.05"
    batch: int = 5
    size: tuple[int, int] = (13, 17)
    steps: int = 10
    gradients: int = 3
    smoothing: float = 0.0
    seed: int = 1


def write(model: str, recipe: Recipe) -> Trace:
    """Trains in float32 from the model's own initialisation on random batches."""
    twin = build(model)
    twin.initialise(recipe.seed)
    trace = Trace(complete(model), recipe.optimizer, recipe.smoothing, {})
    trace.tensors |= {f"weights/{name}": value for name, value in weights_of(twin).items()}
    trace.tensors |= {f"buffers/{name}": value for name, value in buffers_of(twin).items()}
    descent = trace.descent(twin)
    generator = torch.Generator().manual_seed(recipe.seed)
    for step in range(recipe.steps):
        inputs, targets = twin.sample(recipe.batch, recipe.size, generator)
        trace.tensors |= {f"inputs@{step}": inputs, f"targets@{step}": targets}
        result = evaluate(twin, trace, step)
        trace.tensors[f"loss@{step}"] = result.loss
        if step < recipe.gradients:
            trace.tensors |= {f"gradients/{n}@{step}": g for n, g in result.gradients.items()}
        descent.step()
    trace.tensors |= {f"weights/{n}@{recipe.steps}": value for n, value in weights_of(twin).items()}
    trace.tensors |= {f"buffers/{n}@{recipe.steps}": value for n, value in buffers_of(twin).items()}
    return trace
