"""Dion, Dion2 and NorDion2: what is not applied stays in the momentum (microsoft/dion)."""

import math

import numpy as np

from reference import Array

from .kin import ORTHOGONALIZER, Orthogonalized, neuron_normalized, shape_scale
from .random_numbers import normals
from .rule import Knobs, Rule, over

FIRST_STREAM = 0x51_0000_0000


def orthonormal(matrix: Array) -> Array:
    """Q of QR with R's diagonal positive, so that it is unique; LAPACK leaves the signs open."""
    q, r = np.linalg.qr(matrix)
    return q * np.where(np.diag(r) < 0, -1, 1).astype(q.dtype)


class Dion(Rule):
    """Ahn et al. 2025, arXiv:2504.05295, `dion_simple.py`: its Q starts from torch.randn."""

    defaults: Knobs = {
        "lr": 1e-2, "momentum": 0.95, "rank": 768, "eps": 1e-8, "weight-decay": 0.01, "seed": 0,
    }  # fmt: skip

    def __init__(self, weights: Array, knobs: Knobs) -> None:
        super().__init__(weights, knobs)
        self.rank = min(self.knobs["rank"], self.rows, self.columns)
        self.parts["momentum_buffer"] = self.zeros(*self.shape)
        self.parts["Q"] = self.zeros(self.columns, self.rank)

    def direction(self, weights: Array, gradient: Array) -> Array:
        if self.count == 1:
            numbers = normals(self.knobs["seed"], FIRST_STREAM, self.columns * self.rank)
            self.parts["Q"] = numbers.reshape(self.columns, self.rank).astype(self.type)
        momentum = self.matrix(self.parts["momentum_buffer"] + gradient)
        left = orthonormal(momentum @ self.parts["Q"])
        right = momentum.T @ left
        momentum = momentum - (1 - self.knobs["momentum"]) * (left @ right.T)
        self.parts["momentum_buffer"] = momentum.reshape(self.shape)
        self.parts["Q"] = over(right, np.linalg.norm(right, axis=0) + self.knobs["eps"])
        return (math.sqrt(self.rows / self.columns) * (left @ self.parts["Q"].T)).reshape(self.shape)


class Dion2(Orthogonalized):
    """Ahn et al. 2025, arXiv:2512.16928; of equal norms the first are chosen (torch.topk says nothing)."""

    defaults: Knobs = {
        "lr": 1e-2, "fraction": 0.25, "ef-decay": 0.95, "by": "l1", "weight-decay": 0.01,
        **ORTHOGONALIZER, "scale": "spectral-unclamped", "experts": False,
    }  # fmt: skip

    def __init__(self, weights: Array, knobs: Knobs) -> None:
        super().__init__(weights, knobs)
        self.parts["momentum_buffer"] = self.zeros(*self.shape)

    def selects_rows(self, rows: int, columns: int) -> bool:
        return rows <= columns

    def direction(self, weights: Array, gradient: Array) -> Array:
        momentum = self.matrices(self.parts["momentum_buffer"] + gradient)
        result = [self.selected(place, matrix) for place, matrix in enumerate(momentum)]  # decays in place
        self.parts["momentum_buffer"] = momentum.reshape(self.shape)
        return np.stack(result).reshape(self.shape)

    def selected(self, place: int, momentum: Array) -> Array:
        """The direction of a matrix, zero where nothing was chosen."""
        by_rows = self.selects_rows(*momentum.shape)
        lines = momentum if by_rows else momentum.T  # views: what is written shows in the matrix
        sizes = np.abs(lines).sum(axis=1) if self.knobs["by"] == "l1" else (lines * lines).sum(axis=1)
        count = max(1, math.ceil(self.knobs["fraction"] * len(lines)))
        chosen = np.sort(np.argsort(-sizes, kind="stable")[:count])
        picked = lines[chosen]
        factor = self.normalized(place, chosen, self.orth(picked if by_rows else picked.T))
        lines[chosen] = self.knobs["ef-decay"] * picked
        result = np.zeros_like(momentum)
        target = result if by_rows else result.T
        target[chosen] = (factor if by_rows else factor.T) * shape_scale(self.knobs["scale"], *momentum.shape)
        return result

    def normalized(self, place: int, chosen: Array, factor: Array) -> Array:
        return factor


class NorDion2(Dion2):
    """microsoft/dion's NorDion2, also called Dion3: rows, and NorMuon's normalisation of those chosen."""

    defaults: Knobs = {**Dion2.defaults, "beta2": 0.95, "root-eps": 1e-8}

    def __init__(self, weights: Array, knobs: Knobs) -> None:
        super().__init__(weights, knobs)
        count, rows, _ = self.matrices(weights).shape
        self.parts["second_momentum_buffer"] = self.zeros(count * rows)

    def selects_rows(self, rows: int, columns: int) -> bool:
        return True

    def normalized(self, place: int, chosen: Array, factor: Array) -> Array:
        rows = self.matrices(self.parts["momentum_buffer"]).shape[1]
        kept = place * rows + chosen
        second = self.parts["second_momentum_buffer"]
        scaled, second[kept] = neuron_normalized(factor, second[kept], self.knobs)
        return scaled
