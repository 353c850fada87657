"""Shampoo with grafting, blocks and roots taken now and then.

Gupta, Koren, Singer 2018, arXiv:1802.09568; order, bias corrections, blocks and grafting as in Shi et al. 2023,
arXiv:2309.06497 (facebookresearch/optimizers), whose ratio of norms has 1e-16 below. pytorch_optimizer's Shampoo starts
its factors at eps·I, sums, and takes no average of the gradient; its ScalableShampoo (Anil et al. 2020) adds momentum
behind the step and grafts over a whole tensor.
"""

import itertools
import math

import numpy as np

from reference import Array

from .rule import Knobs, Rule, norm, over, ratio

FACTORS = ("GG_left", "GG_right", "inv_left", "inv_right")
SQUARES = {"adagrad", "rmsprop", "adam"}


def cuts(length: int, size: int) -> list[slice]:
    """A side in pieces of a size, the last one shorter."""
    return [slice(start, min(start + size, length)) for start in range(0, length, size)]


def inverse_root(matrix: Array, eps: float) -> Array:
    """(A + eps·I)^(−1/4) of a symmetric A without negative eigenvalues but for rounding."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * (np.maximum(values, 0) + eps) ** -0.25) @ vectors.T


class Shampoo(Rule):
    """Every block is a matrix of its own, with four factors."""

    defaults: Knobs = {
        "lr": 1e-2, "beta1": 0.9, "beta2": 1.0, "eps": 1e-12, "weight-decay": 0.0, "precondition-frequency": 1,
        "block-size": 1024, "grafting": "none", "grafting-beta2": 0.999, "grafting-eps": 1e-8,
    }  # fmt: skip

    def __init__(self, weights: Array, knobs: Knobs) -> None:
        super().__init__(weights, knobs)
        size = self.knobs["block-size"]
        self.places = list(itertools.product(cuts(self.rows, size), cuts(self.columns, size)))
        if self.knobs["beta1"] != 0:
            self.parts["exp_avg"] = self.zeros(*self.shape)
        if self.knobs["grafting"] in SQUARES:
            self.parts["exp_avg_sq"] = self.zeros(*self.shape)
        for name in FACTORS:
            lengths = [self.length(name, place) for place in self.places]
            shape = (lengths[0], lengths[0]) if len(lengths) == 1 else (sum(length**2 for length in lengths),)
            self.parts[name] = self.zeros(*shape)

    def length(self, name: str, place: tuple[slice, slice]) -> int:
        side = place[0 if name.endswith("left") else 1]
        return side.stop - side.start

    def factor(self, name: str, number: int) -> Array:
        """A block's matrix, as a view of the part."""
        start = sum(self.length(name, place) ** 2 for place in self.places[:number])
        length = self.length(name, self.places[number])
        return self.parts[name].reshape(-1)[start : start + length**2].reshape(length, length)

    def direction(self, weights: Array, gradient: Array) -> Array:
        averaged = self.averaged(gradient)
        mean, graft = self.matrix(averaged), self.matrix(self.grafted(averaged, gradient))
        result = np.zeros_like(mean)
        for number, place in enumerate(self.places):
            self.learn(number, self.matrix(gradient)[place])
            if self.count < self.knobs["precondition-frequency"]:
                result[place] = graft[place]
                continue
            step = self.factor("inv_left", number) @ mean[place] @ self.factor("inv_right", number)
            scale = 1.0 if self.knobs["grafting"] == "none" else ratio(norm(graft[place]), norm(step))
            result[place] = scale * step
        return result.reshape(self.shape)

    def averaged(self, gradient: Array) -> Array:
        """m̂."""
        beta1 = self.knobs["beta1"]
        if beta1 == 0:
            return gradient
        self.parts["exp_avg"] = beta1 * self.parts["exp_avg"] + (1 - beta1) * gradient
        return self.parts["exp_avg"] / (1 - beta1**self.count)

    def grafted(self, mean: Array, gradient: Array) -> Array:
        """F, what the method grafted from would do."""
        method, beta = self.knobs["grafting"], self.knobs["grafting-beta2"]
        if method not in SQUARES:
            return mean
        kept, fresh = (1.0, 1.0) if method == "adagrad" else (beta, 1 - beta)
        square = kept * self.parts["exp_avg_sq"] + fresh * gradient * gradient
        self.parts["exp_avg_sq"] = square
        correction = 1 - beta**self.count if method == "adam" else 1.0
        return over(mean, np.sqrt(square) / math.sqrt(correction) + self.knobs["grafting-eps"])

    def learn(self, number: int, gradient: Array) -> None:
        """A block's factors, and their roots where it is time."""
        beta = self.knobs["beta2"]
        kept, fresh, correction = (beta, 1 - beta, 1 - beta**self.count) if beta < 1 else (1.0, 1.0, 1.0)
        for side, square in (("left", gradient @ gradient.T), ("right", gradient.T @ gradient)):
            factor = self.factor(f"GG_{side}", number)
            factor[...] = kept * factor + fresh * square
            if self.count % self.knobs["precondition-frequency"] == 0:
                root = inverse_root(factor / correction, self.knobs["eps"])
                self.factor(f"inv_{side}", number)[...] = root
