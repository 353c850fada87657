"""PSGD with Kronecker factors, whitening.

Li 2015, arXiv:1512.04202, and 2024, arXiv:2402.11858; evanatyourservice/kron_torch and pytorch_optimizer's Kron. Those
decide by chance when factors are updated and balanced, anneal how often from 1 to 0.03, and divide by ℓ + 1.2e-38; here
both come at fixed steps, and the noise V is counted (random_numbers.py).
"""

import math

import numpy as np
from scipy.linalg import solve_triangular

from reference import Array

from .random_numbers import normals
from .rule import Knobs, Rule, norm, over

FIRST_STREAM = 0x56_0000_0000


def spectral_bound(matrix: Array) -> float:
    """ℓ: a lower bound of a symmetric matrix's spectral norm."""
    largest = float(np.abs(matrix).max())
    if largest == 0:
        return 0.0
    scaled = matrix / largest
    column = int(np.argmax((scaled * scaled).sum(axis=0)))
    image = scaled @ scaled[:, column]
    return largest * norm(scaled @ image) / norm(image)


def dense(factor: Array) -> Array:
    """A factor as a matrix."""
    return np.diag(factor) if factor.ndim == 1 else factor


class Kron(Rule):
    """Q_left and Q_right with QᵀQ ⊗ QᵀQ nearing the inverse root of the gradients' covariance."""

    defaults: Knobs = {
        "lr": 1e-3, "momentum": 0.9, "weight-decay": 0.0, "precondition-lr": 0.1, "precondition-frequency": 1,
        "precondition-init": 1.0, "balance": 100, "max-triangular": 8192, "momentum-into-precondition": True,
        "clip": 1.1, "seed": 0,
    }  # fmt: skip

    def __init__(self, weights: Array, knobs: Knobs) -> None:
        super().__init__(weights, knobs)
        self.parts["momentum_buffer"] = self.zeros(*self.shape)
        start = math.sqrt(self.knobs["precondition-init"])
        for name, length in (("Q_left", self.rows), ("Q_right", self.columns)):
            diagonal = length == 1 or length > self.knobs["max-triangular"]
            one = np.ones(length, self.type) if diagonal else np.eye(length, dtype=self.type)
            self.parts[name] = start * one

    def direction(self, weights: Array, gradient: Array) -> Array:
        momentum = self.knobs["momentum"]
        self.parts["momentum_buffer"] = momentum * self.parts["momentum_buffer"] + (1 - momentum) * gradient
        mean = self.matrix(self.parts["momentum_buffer"]) / (1 - momentum**self.count)
        if (self.count - 1) % self.knobs["precondition-frequency"] == 0:
            if self.knobs["balance"] > 0 and self.count % self.knobs["balance"] == 0:
                self.balance()
            self.learn(mean if self.knobs["momentum-into-precondition"] else self.matrix(gradient))
        left, right = dense(self.parts["Q_left"]), dense(self.parts["Q_right"])
        result = left.T @ left @ mean @ right.T @ right
        if self.knobs["clip"] > 0:
            result = result * min(1.0, self.knobs["clip"] / (norm(result) / math.sqrt(result.size) + 1e-6))
        return result.reshape(self.shape)

    def balance(self) -> None:
        """Both factors to the same largest entry."""
        sizes = {side: float(np.abs(self.parts[side]).max()) for side in ("Q_left", "Q_right")}
        for side, size in sizes.items():
            self.parts[side] = self.parts[side] * (math.sqrt(sizes["Q_left"] * sizes["Q_right"]) / size)

    def learn(self, update: Array) -> None:
        """A step of both factors along the relative gradient of the whitening criterion."""
        noise = normals(self.knobs["seed"], FIRST_STREAM + self.count, update.size).reshape(update.shape)
        left, right = dense(self.parts["Q_left"]), dense(self.parts["Q_right"])
        a = left @ update @ right.T
        halfway = solve_triangular(left, noise.astype(self.type), trans="T")
        b = solve_triangular(right, halfway.T, trans="T").T
        self.improve("Q_left", a @ a.T, b @ b.T)
        self.improve("Q_right", a.T @ a, b.T @ b)

    def improve(self, name: str, s: Array, t: Array) -> None:
        factor, rate = self.parts[name], self.knobs["precondition-lr"]
        if factor.ndim == 1:
            size = float(np.abs(np.diag(s + t)).max())
            change = np.diag(s - t) * factor
        else:
            size = spectral_bound(s + t)
            change = np.triu(s - t) @ factor
        self.parts[name] = factor - rate * over(change, np.full_like(change, size))
