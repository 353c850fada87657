"""orth(U): singular values brought near 1 by odd polynomials, or to 1 by a decomposition.

Jordan et al. 2024 (Newton-Schulz for Muon); Boissin et al. 2025, arXiv:2512.04632 (AOL). The authors' codes work in
bfloat16 and add 1e-7 to the norm or take the larger of both; here the arithmetic is that of the matrix, and the least
norm is `eps`.
"""

import numpy as np

from reference import Array

from .rule import norm
from .tables import CUSHIONS, rows

EXACT = {"svd", "jacobi"}


def orthogonal(matrix: Array, method: str = "quintic", steps: int = 5, eps: float = 0.0) -> Array:
    """orth of a matrix m×n; zero for zero."""
    if method in EXACT:
        return polar_factor(matrix)
    size = max(norm(matrix), eps)
    if size == 0:
        return matrix
    tall = matrix.shape[0] > matrix.shape[1]
    x = (matrix.T if tall else matrix) / (size * CUSHIONS.get(method, 1.0))
    if method == "aol":
        x = rescaled(x)
    for row in rows(method, steps):
        x = iteration(x, *row)
    return x.T if tall else x


def iteration(x: Array, a: float, b: float, c: float) -> Array:
    """aX + (bA + cA²)X, A = XXᵀ."""
    gram = x @ x.T
    return a * x + (b * gram + c * (gram @ gram)) @ x


def rescaled(x: Array) -> Array:
    """AOL: rows over the roots of the sums of |XXᵀ|; the spectral norm is then at most 1."""
    sums = np.abs(x @ x.T).sum(axis=1, keepdims=True)
    return np.divide(x, np.sqrt(sums), out=np.zeros_like(x), where=sums > 0)


def polar_factor(matrix: Array) -> Array:
    """UVᵀ over the singular values that are not negligible."""
    left, values, right = np.linalg.svd(matrix, full_matrices=False)
    negligible = float(values[0]) * max(matrix.shape) * float(np.finfo(matrix.dtype).eps)
    kept = values > negligible
    return left[:, kept] @ right[kept]


def scalar(sigma: float, method: str, steps: int) -> float:
    """What a singular value σ of U/‖U‖ (for `aol`: of the rescaled matrix) becomes."""
    x = sigma / CUSHIONS.get(method, 1.0)
    for a, b, c in rows(method, steps):
        x = a * x + b * x**3 + c * x**5
    return x
