"""Scion: Frank-Wolfe steps over the ball of a norm.

Pethick et al. 2025, arXiv:2502.07529; LIONS-EPFL/scion, whose `momentum` is one minus ours and which adds 1e-8 to
norms of rows and columns. Its scale of filters has the kernel's volume k² beside √(out/in).
"""

import math

import numpy as np

from reference import Array

from .kin import ORTHOGONALIZER, Orthogonalized
from .rule import Knobs, lengths, over


class Scion(Orthogonalized):
    """W ← (1 − η)W − ηρ·lmo(M)."""

    defaults: Knobs = {
        "lr": 1e-3, "momentum": 0.9, "radius": 1.0, "norm": "spectral", "constrained": True, **ORTHOGONALIZER,
    }  # fmt: skip

    def __init__(self, weights: Array, knobs: Knobs) -> None:
        super().__init__(weights, knobs)
        self.parts["momentum_buffer"] = self.zeros(*self.shape)

    def step(self, weights: Array, gradient: Array) -> Array:
        shrink = 1 - self.knobs["lr"] if self.knobs["constrained"] else 1.0
        self.count += 1
        return shrink * weights - self.knobs["lr"] * self.direction(weights, gradient)

    def direction(self, weights: Array, gradient: Array) -> Array:
        momentum = self.knobs["momentum"]
        mean = momentum * self.parts["momentum_buffer"] + (1 - momentum) * gradient
        self.parts["momentum_buffer"] = mean
        return self.knobs["radius"] * self.oracle(self.matrix(mean)).reshape(self.shape)

    def oracle(self, mean: Array) -> Array:
        """The steepest direction of norm 1."""
        rows, columns = mean.shape
        if self.knobs["norm"] == "spectral":
            kernel = math.prod(self.shape[2:])
            return math.sqrt(rows / (columns / kernel)) / kernel * self.orth(mean)
        if self.knobs["norm"] == "sign":
            return np.sign(mean) / columns
        axis = 0 if self.knobs["norm"] == "column" else 1
        size = math.sqrt(rows) if axis == 0 else 1 / math.sqrt(columns)
        return size * over(mean, lengths(mean, axis))
