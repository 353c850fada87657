"""SOAP: Adam in the eigenbasis of Shampoo's factors.

Vyas et al. 2024, arXiv:2409.11321, and nikhilvyas/SOAP; pytorch_optimizer's SOAP is the same step. Both add 1e-30·I
before the first decomposition, and keep a factor for every dimension of a filter, where a tensor here is a matrix of
its first dimension by all others. Another version of the code that circulates starts GG at GGᵀ rather than (1 − β)GGᵀ
and corrects the bias inside the averages.
"""

import math

import numpy as np

from reference import Array

from .dion import orthonormal
from .rule import Knobs, Rule

SIDES = ("left", "right")


def eigenvectors(matrix: Array) -> Array:
    """Largest eigenvalue first."""
    return np.linalg.eigh(matrix)[1][:, ::-1]


class Eigenbasis(Rule):
    """Factors of both sides and their eigenvectors, which SOAP and KL-Shampoo share."""

    def __init__(self, weights: Array, knobs: Knobs) -> None:
        super().__init__(weights, knobs)
        self.parts["exp_avg"] = self.zeros(*self.shape)
        self.sides = [
            side for side, length in zip(SIDES, (self.rows, self.columns), strict=True)
            if length <= self.knobs.get("max-precondition-dim", length)
        ]  # fmt: skip
        for side in self.sides:
            length = self.rows if side == "left" else self.columns
            self.parts[f"GG_{side}"] = self.zeros(length, length)
            self.parts[f"Q_{side}"] = self.zeros(length, length)

    def basis(self, side: str) -> Array:
        """The eigenvectors, or the identity where a side is too long."""
        length = self.rows if side == "left" else self.columns
        return self.parts.get(f"Q_{side}", np.eye(length, dtype=self.type))

    def into(self, matrix: Array) -> Array:
        return self.basis("left").T @ matrix @ self.basis("right")

    def back(self, matrix: Array) -> Array:
        return self.basis("left") @ matrix @ self.basis("right").T

    def step(self, weights: Array, gradient: Array) -> Array:
        self.count += 1
        matrix = self.matrix(gradient)
        if self.count == 1:
            self.begin(matrix)
            return weights
        weights = weights - self.knobs["lr"] * self.direction(weights, gradient)
        self.learn(matrix)
        return (1 - self.knobs["lr"] * self.knobs["weight-decay"]) * weights

    @property
    def refreshes(self) -> bool:
        return (self.count - 1) % self.knobs["precondition-frequency"] == 0

    def begin(self, gradient: Array) -> None:
        """The first step, which moves nothing."""
        raise NotImplementedError

    def learn(self, gradient: Array) -> None:
        """The factors, after the weights have moved."""
        raise NotImplementedError


class SOAP(Eigenbasis):
    """The authors' order: old basis, moments, weights, decay, factors, and a new basis every f-th step."""

    defaults: Knobs = {
        "lr": 3e-3, "beta1": 0.95, "beta2": 0.95, "shampoo-beta": 0.95, "eps": 1e-8, "weight-decay": 0.01,
        "precondition-frequency": 10, "max-precondition-dim": 10000,
    }  # fmt: skip

    def __init__(self, weights: Array, knobs: Knobs) -> None:
        super().__init__(weights, knobs)
        self.parts["exp_avg_sq"] = self.zeros(*self.shape)

    def begin(self, gradient: Array) -> None:
        self.accumulate(gradient)
        for side in self.sides:
            self.parts[f"Q_{side}"] = eigenvectors(self.parts[f"GG_{side}"])

    def accumulate(self, gradient: Array) -> None:
        beta = self.knobs["shampoo-beta"]
        for side in self.sides:
            square = gradient @ gradient.T if side == "left" else gradient.T @ gradient
            self.parts[f"GG_{side}"] = beta * self.parts[f"GG_{side}"] + (1 - beta) * square

    def direction(self, weights: Array, gradient: Array) -> Array:
        beta1, beta2, steps = self.knobs["beta1"], self.knobs["beta2"], self.count - 1
        turned = self.into(self.matrix(gradient)).reshape(self.shape)
        self.parts["exp_avg"] = beta1 * self.parts["exp_avg"] + (1 - beta1) * gradient
        self.parts["exp_avg_sq"] = beta2 * self.parts["exp_avg_sq"] + (1 - beta2) * turned * turned
        mean = self.into(self.matrix(self.parts["exp_avg"]))
        root = np.sqrt(self.matrix(self.parts["exp_avg_sq"])) + self.knobs["eps"]
        correction = math.sqrt(1 - beta2**steps) / (1 - beta1**steps)
        return correction * self.back(mean / root).reshape(self.shape)

    def learn(self, gradient: Array) -> None:
        self.accumulate(gradient)
        if not self.refreshes:
            return
        for side in self.sides:
            old = self.parts[f"Q_{side}"]
            product = self.parts[f"GG_{side}"] @ old
            order = np.argsort(-(old * product).sum(axis=0), kind="stable")
            square = self.matrix(self.parts["exp_avg_sq"])
            square = square[order] if side == "left" else square[:, order]
            self.parts["exp_avg_sq"] = square.reshape(self.shape)
            self.parts[f"Q_{side}"] = orthonormal(product[:, order])
