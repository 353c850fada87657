"""Muon and the rules that put something before or behind its orthogonal factor."""

import math

import numpy as np

from reference import Array

from .orthogonalizers import orthogonal
from .rule import Knobs, Rule, norm, over, ratio

ORTHOGONALIZER = {"eps": 0.0, "steps": 5, "orthogonalizer": "quintic"}
BLOCKS = {"heads": 1, "experts": False}
MOMENTUM = {"lr": 1e-3, "momentum": 0.95, "nesterov": True, "momentum-form": "ema"}
DECAY = {"weight-decay": 0.1, "decay": "decoupled"}


def shape_scale(name: str, rows: int, columns: int) -> float:
    """s of a block of this shape; the names are those of torch.optim.Muon's adjust_lr_fn."""
    return {
        "original": math.sqrt(max(1.0, rows / columns)),
        "match-rms-adamw": 0.2 * math.sqrt(max(rows, columns)),
        "spectral-unclamped": math.sqrt(rows / columns),
        "none": 1.0,
    }[name]


class Orthogonalized(Rule):
    """Blocks, momentum and the orthogonaliser."""

    def matrices(self, tensor: Array) -> Array:
        """A stack of matrices: one, or one an expert."""
        if self.knobs.get("experts") and len(self.shape) > 2:
            return tensor.reshape(self.shape[0], self.shape[1], -1)
        return tensor.reshape(1, self.rows, self.columns)

    def blocks(self, tensor: Array) -> Array:
        """A stack of matrices: every head of every expert."""
        stack = self.matrices(tensor)
        heads = self.knobs.get("heads", 1)
        if stack.shape[1] % heads:
            raise ValueError(f"{heads} heads do not divide {stack.shape[1]} rows")
        return stack.reshape(len(stack) * heads, stack.shape[1] // heads, stack.shape[2])

    def orth(self, matrix: Array) -> Array:
        return orthogonal(matrix, self.knobs["orthogonalizer"], self.knobs["steps"], self.knobs["eps"])

    def looked_ahead(self, gradient: Array) -> Array:
        """U of the two forms of momentum: PyTorch's average, or Moonshot's sum."""
        momentum, buffer = self.knobs["momentum"], self.parts["momentum_buffer"]
        fresh = 1 - momentum if self.knobs["momentum-form"] == "ema" else 1.0
        buffer = momentum * buffer + fresh * gradient
        self.parts["momentum_buffer"] = buffer
        return fresh * gradient + momentum * buffer if self.knobs["nesterov"] else buffer


class Muon(Orthogonalized):
    """Jordan et al. 2024; torch.optim.Muon. The scales: Liu et al. 2025, arXiv:2502.16982; Bernstein 2025.

    PyTorch orthogonalises in bfloat16 and takes 2-D tensors only. KellerJordan/Muon takes the scale of a filter
    from its last two dimensions; here, as in its later ports, from the flattened matrix.
    """

    defaults: Knobs = {**MOMENTUM, **DECAY, **ORTHOGONALIZER, "scale": "original", **BLOCKS}

    def __init__(self, weights: Array, knobs: Knobs) -> None:
        super().__init__(weights, knobs)
        self.parts["momentum_buffer"] = self.zeros(*self.shape)

    def direction(self, weights: Array, gradient: Array) -> Array:
        blocks = self.blocks(self.looked_ahead(gradient))
        return np.stack([self.block(place, block) for place, block in enumerate(blocks)]).reshape(self.shape)

    def block(self, place: int, update: Array) -> Array:
        """The direction of one matrix, from what momentum made of its gradient."""
        return self.orth(update) * shape_scale(self.knobs["scale"], *update.shape)


class NorMuon(Muon):
    """Li et al. 2025, arXiv:2510.05491, as published in zichongli5/NorMuon and microsoft/dion.

    The paper's own scale is 0.2·√(mn)/‖Ô‖; the code keeps ‖O‖ and Muon's scale, and so do we.
    """

    defaults: Knobs = {**Muon.defaults, "beta2": 0.95, "root-eps": 1e-8, "norm": "rows"}

    def __init__(self, weights: Array, knobs: Knobs) -> None:
        super().__init__(weights, knobs)
        count, rows, columns = self.blocks(weights).shape
        self.by_columns = self.knobs["norm"] == "shorter" and rows < columns
        self.parts["second_momentum_buffer"] = self.zeros(count * (columns if self.by_columns else rows))

    def block(self, place: int, update: Array) -> Array:
        factor = self.orth(update)
        length = update.shape[1] if self.by_columns else update.shape[0]
        kept = slice(place * length, (place + 1) * length)
        scaled, self.parts["second_momentum_buffer"][kept] = neuron_normalized(
            factor, self.parts["second_momentum_buffer"][kept], self.knobs, self.by_columns
        )
        return scaled * shape_scale(self.knobs["scale"], *update.shape)


def neuron_normalized(factor: Array, second: Array, knobs: Knobs, by_columns: bool = False) -> tuple[Array, Array]:
    """Rows (or columns) over the root of their average mean square, at the old norm; and the new averages."""
    axis = 0 if by_columns else 1
    beta2 = knobs["beta2"]
    second = beta2 * second + (1 - beta2) * (factor * factor).mean(axis=axis)
    scaled = over(factor, np.expand_dims(np.sqrt(second) + knobs["root-eps"], axis))
    return scaled * ratio(norm(factor), norm(scaled)), second


class AdaMuon(Muon):
    """Si et al. 2025, arXiv:2507.11005, with one decay rate of its own for V (the authors take μ)."""

    defaults: Knobs = {
        **MOMENTUM, **DECAY, **ORTHOGONALIZER, **BLOCKS, "beta2": 0.95, "root-eps": 1e-8, "sign": True,
    }  # fmt: skip

    def __init__(self, weights: Array, knobs: Knobs) -> None:
        super().__init__(weights, knobs)
        self.parts["second_momentum_buffer"] = self.zeros(*self.shape)

    def block(self, place: int, update: Array) -> Array:
        factor = self.orth(np.sign(update) if self.knobs["sign"] else update)
        second = self.blocks(self.parts["second_momentum_buffer"])[place]  # a view: written in place
        second[...] = self.knobs["beta2"] * second + (1 - self.knobs["beta2"]) * factor * factor
        scaled = over(factor, np.sqrt(second) + self.knobs["root-eps"])
        return scaled * ratio(0.2 * math.sqrt(factor.size), norm(scaled))


class MuonClip(Muon):
    """Kimi K2, arXiv:2507.20534: the step of MuonClip, without its QK-clip."""

    defaults: Knobs = {"lr": 1e-3, "momentum": 0.95, "weight-decay": 0.1, **ORTHOGONALIZER, **BLOCKS}

    def __init__(self, weights: Array, knobs: Knobs) -> None:
        super().__init__(weights, knobs)
        self.knobs |= {"nesterov": False, "momentum-form": "sum", "scale": "match-rms-adamw"}


class MuonH(Muon):
    """Hyperball, arXiv:2606.16899, as in NVIDIA-NeMo/Emerging-Optimizers: both norms are of a whole matrix.

    Emerging-Optimizers clamps both norms at 1e-8 and refuses weights that are zero.
    """

    defaults: Knobs = {**MOMENTUM, "lr": 1e-2, **ORTHOGONALIZER, **BLOCKS}

    def step(self, weights: Array, gradient: Array) -> Array:
        self.count += 1
        blocks = self.blocks(self.looked_ahead(gradient))
        factor = np.stack([self.orth(block) for block in blocks]).reshape(self.shape)
        moved = [self.moved(w, o) for w, o in zip(self.matrices(weights), self.matrices(factor), strict=True)]
        return np.stack(moved).reshape(self.shape)

    def moved(self, weights: Array, factor: Array) -> Array:
        radius = norm(weights)
        if norm(factor) == 0 or radius == 0:
            return weights
        result = weights - self.knobs["lr"] * radius / norm(factor) * factor
        return result * (radius / norm(result))


class PolarGrad(Muon):
    """Lau, Long, Su 2025, arXiv:2505.21799, with momentum before the polar factor."""

    defaults: Knobs = {**MOMENTUM, **DECAY, **ORTHOGONALIZER, **BLOCKS}

    def block(self, place: int, update: Array) -> Array:
        factor = self.orth(update)
        return float((update * factor).sum()) * factor


class SpectralDescent(PolarGrad):
    """Carlson et al. 2015, Preconditioned Spectral Descent for Deep Learning."""

    defaults: Knobs = {"lr": 1e-2, "weight-decay": 0.0, **ORTHOGONALIZER, **BLOCKS}

    def __init__(self, weights: Array, knobs: Knobs) -> None:
        super().__init__(weights, knobs)
        self.parts.clear()

    def looked_ahead(self, gradient: Array) -> Array:
        return gradient
