"""KL-Shampoo: Shampoo's factors as the nearest in Kullback-Leibler divergence.

Lin et al. 2025, arXiv:2509.03378, and the authors' code (class KLOpt, without its bfloat16, with its clamp of 1/√eig).
Emerging-Optimizers decomposes the factors in every step instead, and has the power −1/4 and a scale of the shape.
"""

import numpy as np

from reference import Array

from .dion import orthonormal
from .rule import Knobs
from .soap import SIDES, Eigenbasis, eigenvectors


def least(length: int) -> float:
    """1/√eig is at most 10, or the length where that is more, or 4000."""
    return max(10, min(length, 4000)) ** -2.0


class KLShampoo(Eigenbasis):
    """Eigenvalues are averages of their own; eigenvectors follow every f-th step."""

    defaults: Knobs = {
        "lr": 1e-3, "beta1": 0.9, "beta2": 0.98, "eps": 1e-8, "weight-decay": 0.01, "precondition-frequency": 10,
        "init-factor": 0.1,
    }  # fmt: skip

    def __init__(self, weights: Array, knobs: Knobs) -> None:
        super().__init__(weights, knobs)
        self.parts["eig_left"] = self.zeros(self.rows)
        self.parts["eig_right"] = self.zeros(self.columns)

    def begin(self, gradient: Array) -> None:
        fresh = 1 - self.knobs["beta2"]
        self.parts["GG_left"] = fresh * (gradient @ gradient.T) / self.columns
        self.parts["GG_right"] = fresh * (gradient.T @ gradient) / self.rows
        for side in SIDES:
            self.parts[f"Q_{side}"] = eigenvectors(self.parts[f"GG_{side}"])
            self.parts[f"eig_{side}"] = np.full_like(self.parts[f"eig_{side}"], self.knobs["init-factor"])

    def direction(self, weights: Array, gradient: Array) -> Array:
        beta1 = self.knobs["beta1"]
        self.parts["exp_avg"] = beta1 * self.parts["exp_avg"] + (1 - beta1) * gradient
        root = 1 / np.sqrt(np.outer(self.parts["eig_left"], self.parts["eig_right"]))
        turned = self.into(self.matrix(self.parts["exp_avg"]))
        return self.back(turned * (root / (1 + self.knobs["eps"] * root))).reshape(self.shape)

    def learn(self, gradient: Array) -> None:
        beta, rows, columns = self.knobs["beta2"], self.rows, self.columns
        left, right = self.parts["eig_left"], self.parts["eig_right"]
        by_right = gradient @ self.basis("right")
        by_left = gradient.T @ self.basis("left")
        squares = self.into(gradient) ** 2
        self.average("GG_left", (by_right / right) @ by_right.T / columns)
        self.average("GG_right", (by_left / left) @ by_left.T / rows)
        fresh_left = beta * left + (1 - beta) * (squares / right).mean(axis=1)
        fresh_right = beta * right + (1 - beta) * (squares / left[:, None]).mean(axis=0)
        self.parts["eig_left"] = np.maximum(fresh_left, least(rows))
        self.parts["eig_right"] = np.maximum(fresh_right, least(columns))
        if self.refreshes:
            for side in SIDES:
                self.parts[f"Q_{side}"] = orthonormal(self.parts[f"GG_{side}"] @ self.parts[f"Q_{side}"])

    def average(self, name: str, fresh: Array) -> None:
        beta = self.knobs["beta2"]
        self.parts[name] = beta * self.parts[name] + (1 - beta) * fresh
