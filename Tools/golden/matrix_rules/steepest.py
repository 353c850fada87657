"""Steepest descent under a norm: the direction of unit norm that descends fastest, times the dual norm.

Bernstein, Newhouse 2024, arXiv:2409.20325 (Old Optimizer, New Norm), 2410.21265 (Modular Duality); Boyd, Vandenberghe,
Convex Optimization, section 9.4. W maps inputs (columns) to outputs (rows).
"""

import math

import numpy as np

from reference import Array

from .kin import ORTHOGONALIZER, Orthogonalized
from .rule import Knobs, lengths, norm, over, ratio


def unit_columns(matrix: Array) -> Array:
    return over(matrix, lengths(matrix, 0))


def unit_rows(matrix: Array) -> Array:
    return unit_columns(matrix.T).T


def largest_entry(matrix: Array) -> Array:
    """The sign of the largest entry in its place; the first of equals."""
    result = np.zeros_like(matrix)
    place = np.unravel_index(int(np.abs(matrix).argmax()), matrix.shape)
    result[place] = np.sign(matrix[place])
    return result


def leading(matrix: Array) -> Array:
    """u₁v₁ᵀ."""
    if not matrix.any():
        return matrix
    left, _, right = np.linalg.svd(matrix, full_matrices=False)
    return np.outer(left[:, 0], right[0])


def schatten(matrix: Array, p: float) -> Array:
    """Σ (σᵢ/‖σ‖_q)^(q−1) uᵢvᵢᵀ."""
    q = p / (p - 1)
    left, values, right = np.linalg.svd(matrix, full_matrices=False)
    # What rounding leaves of a rank that is not full would grow: (1e-16)^(q - 1) is no small number.
    values = np.where(values > max(matrix.shape) * np.finfo(values.dtype).eps * values[0], values, 0)
    size = float((values**q).sum()) ** (1 / q)
    weights = (values / size) ** (q - 1) if size > 0 else values
    return (left * weights) @ right


class Steepest(Orthogonalized):
    """D = ‖U‖*·d, d = argmax ⟨U, d⟩ over ‖d‖ ≤ 1."""

    defaults: Knobs = {
        "lr": 1e-2, "norm": "spectral", "p": 4.0, "dual": True, "momentum": 0.0, "nesterov": False,
        "weight-decay": 0.0, **ORTHOGONALIZER, "orthogonalizer": "svd",
    }  # fmt: skip

    def __init__(self, weights: Array, knobs: Knobs) -> None:
        super().__init__(weights, knobs)
        self.knobs |= {"momentum-form": "ema"}
        if self.knobs["momentum"] > 0:
            self.parts["momentum_buffer"] = self.zeros(*self.shape)

    def direction(self, weights: Array, gradient: Array) -> Array:
        update = self.matrix(self.looked_ahead(gradient) if self.parts else gradient)
        unit = self.unit(update)
        size = float((update * unit).sum()) if self.knobs["dual"] else 1.0
        return (size * unit).reshape(self.shape)

    def unit(self, u: Array) -> Array:
        """d."""
        name, (rows, columns) = self.knobs["norm"], u.shape
        if name == "frobenius":
            return u * ratio(1.0, norm(u))
        if name in ("spectral", "rms-to-rms"):
            return (math.sqrt(rows / columns) if name == "rms-to-rms" else 1.0) * self.orth(u)
        if name in ("one-to-two", "one-to-rms"):
            return (math.sqrt(rows) if name == "one-to-rms" else 1.0) * unit_columns(u)
        if name in ("two-to-inf", "rms-to-inf"):
            return (1 / math.sqrt(columns) if name == "rms-to-inf" else 1.0) * unit_rows(u)
        if name == "schatten-p":
            return schatten(u, self.knobs["p"])
        return {"max": np.sign, "sum": largest_entry, "nuclear": leading}[name](u)


def norm_of(name: str, w: Array, p: float = 4.0) -> float:
    """‖W‖ itself, for the checks."""
    rows, columns = w.shape
    values = np.linalg.svd(w, compute_uv=False)
    by_column, by_row = np.linalg.norm(w, axis=0), np.linalg.norm(w, axis=1)
    return float({
        "frobenius": np.linalg.norm(w), "spectral": values[0], "nuclear": values.sum(),
        "schatten-p": (values**p).sum() ** (1 / p), "max": np.abs(w).max(), "sum": np.abs(w).sum(),
        "rms-to-rms": math.sqrt(columns / rows) * values[0], "one-to-rms": by_column.max() / math.sqrt(rows),
        "rms-to-inf": by_row.max() * math.sqrt(columns), "one-to-two": by_column.max(), "two-to-inf": by_row.max(),
    }[name])  # fmt: skip
