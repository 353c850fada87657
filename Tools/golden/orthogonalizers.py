"""Writes Tests/Fixtures/orthogonalizers.json: what each orthogonaliser does to singular values and to matrices.

Everything is computed in forty digits from the polynomials alone, and rounded once. What must hold in exact arithmetic
is checked on the way: Gram Newton-Schulz, with and without a restart, is plain Newton-Schulz; every singular value
becomes p(σ/‖X‖) on the same vectors; AOL leaves no singular value above 1.
"""

import argparse
import json
import platform
import sys
from itertools import product
from pathlib import Path
from typing import Any

import mpmath
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tools"))

from matrix_rules.orthogonalizers import scalar
from matrix_rules.tables import CUSHIONS, TABLES, Row, rows

DIGITS = 40
SIGMAS = [
    1e-6, 1e-5, 1e-4, 3e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.035, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.75, 0.85, 0.95, 1.0,
]  # fmt: skip
Exact = Any  # an array of mpf


def exact(array: Any) -> Exact:
    """The same numbers in forty digits."""
    return np.vectorize(mpmath.mpf, otypes=[object])(array)


def rounded(array: Exact) -> list[float]:
    return [float(value) for value in array.ravel()]


def mapped(sigma: float, method: str, steps: int) -> float:
    """p(σ), σ of U/‖U‖."""
    x = mpmath.mpf(sigma) / mpmath.mpf(CUSHIONS.get(method, 1.0))
    for a, b, c in rows(method, steps):
        x = x * (mpmath.mpf(a) + x * x * (mpmath.mpf(b) + x * x * mpmath.mpf(c)))
    return float(x)


def rescaled(x: Exact) -> Exact:
    """AOL."""
    sums = np.abs(x @ x.T).sum(axis=1)
    roots = np.array([1 / mpmath.sqrt(total) if total > 0 else mpmath.mpf(0) for total in sums], dtype=object)
    return roots[:, None] * x


def plain(x: Exact, table: list[Row]) -> Exact:
    """Newton-Schulz."""
    for a, b, c in exact(table) if table else []:
        gram = x @ x.T
        x = a * x + (b * gram + c * (gram @ gram)) @ x
    return x


def by_gram(x: Exact, table: list[Row], restarts: set[int]) -> Exact:
    """Gram Newton-Schulz (Dao-AILab/gram-newton-schulz): polynomials of XXᵀ, put onto X at a restart and at the end."""
    one = exact(np.eye(len(x)))
    gram, factor = x @ x.T, one
    for step, (a, b, c) in enumerate(exact(table) if table else []):
        if step in restarts:
            x = factor @ x
            gram, factor = x @ x.T, one
        change = a * one + b * gram + c * (gram @ gram)
        factor = factor @ change
        gram = change @ gram @ change
    return factor @ x


def orthogonal(matrix: Exact, method: str, steps: int) -> Exact:
    """orth of a matrix, zero for zero."""
    size = mpmath.sqrt((matrix * matrix).sum())
    if size == 0:
        return matrix
    tall = matrix.shape[0] > matrix.shape[1]
    x = (matrix.T if tall else matrix) / (size * mpmath.mpf(CUSHIONS.get(method, 1.0)))
    x = rescaled(x) if method == "aol" else x
    table = rows(method, steps)
    result = plain(x, table)
    for restarts in (set(), {2}, {1, 3}):
        gap = np.abs(by_gram(x, table, restarts) - result).max()
        require(gap < mpmath.mpf(10) ** -30, f"Gram Newton-Schulz differs by {gap} ({method}, {steps} steps)")
    return result.T if tall else result


def polar_factor(matrix: Exact) -> Exact:
    """UVᵀ over the singular values that are not zero."""
    tall = matrix.shape[0] > matrix.shape[1]
    left, values, right = mpmath.svd_r(mpmath.matrix((matrix.T if tall else matrix).tolist()))
    kept = [place for place in range(len(values)) if values[place] > values[0] * mpmath.mpf(10) ** -25]
    u = np.array(left.tolist(), dtype=object)[:, kept]
    v = np.array(right.tolist(), dtype=object)[kept]
    return (u @ v).T if tall else u @ v


def require(condition: bool, reason: str) -> None:
    if not condition:
        raise SystemExit(f"check failed: {reason}")


def single(array: Any) -> Any:
    """Representable in float32."""
    return np.asarray(array).astype(np.float32).astype(np.float64)


def matrices() -> dict[str, Any]:
    """Of all shapes and ranks; ill-conditioned, tiny, huge, with a row of zeros, zero, diagonal."""
    random = np.random.default_rng(20261124)

    def coarse(*shape: int) -> Any:
        return np.round(random.standard_normal(shape) * 64) / 64

    def conditioned(rows: int, columns: int, least: float) -> Any:
        u, v = (np.linalg.qr(random.standard_normal((size, rows)))[0] for size in (rows, columns))
        return single((u * np.geomspace(1, least, rows)) @ v.T)

    gap = coarse(4, 5)
    gap[2] = 0
    return {
        "wide": coarse(5, 7), "tall": coarse(7, 5), "row": coarse(1, 9), "column": coarse(9, 1),
        "square": coarse(7, 7), "rank-2": coarse(5, 2) @ coarse(2, 6), "ill-conditioned": conditioned(6, 9, 1e-6),
        "tiny": coarse(3, 4) * 2.0**-110, "huge": coarse(3, 4) * 2.0**110, "zero-row": gap, "zero": np.zeros((3, 4)),
        "one": np.array([[-2.5]]), "diagonal": np.diag([3.0, -0.5, 0.125, -1.0]),
    }  # fmt: skip


def check_singular_values(matrix: Any, output: Exact, method: str, steps: int) -> None:
    """By LAPACK's decomposition of the input, to its precision."""
    if method == "aol" or not matrix.any():
        return
    unit = 1 / np.abs(matrix).max()
    left, values, right = np.linalg.svd(matrix * unit, full_matrices=False)
    sizes = values / np.sqrt((values**2).sum())
    expected = (left * [scalar(size, method, steps) for size in sizes]) @ right
    gap = np.abs(expected - output.astype(float)).max()
    require(gap < 1e-9, f"{method}, {steps} steps: singular values are off by {gap:.1e}")


def aol_entries() -> list[dict[str, Any]]:
    """The rescaling alone, of lying matrices."""
    result = []
    for name, matrix in matrices().items():
        lying = matrix.T if matrix.shape[0] > matrix.shape[1] else matrix
        size = np.sqrt((exact(lying) ** 2).sum()) if lying.any() else mpmath.mpf(1)
        output = rescaled(exact(lying) / size)
        largest = np.linalg.svd(output.astype(float), compute_uv=False)[0]
        require(largest < 1 + 1e-12, f"AOL leaves a singular value of {largest}")
        result.append({"matrix": name, "shape": list(lying.shape), "output": rounded(output)})
    return result


def output_entries() -> list[dict[str, Any]]:
    """Whole orthogonalisers; `svd` stands for the exact ones."""
    result = []
    for (name, matrix), method in product(matrices().items(), [*TABLES, "svd"]):
        for steps in (0,) if method == "svd" else (1, 10) if method == "deepseek" else (1, 5, 7):
            if method == "svd":
                output = polar_factor(exact(matrix)) if matrix.any() else exact(matrix)
            else:
                output = orthogonal(exact(matrix), method, steps)
                check_singular_values(matrix, output, method, steps)
            result.append({"matrix": name, "orthogonalizer": method, "steps": steps, "output": rounded(output)})
    return result


def main() -> int:
    """Generates, checks and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "Tests" / "Fixtures" / "orthogonalizers.json")
    options = parser.parse_args()
    mpmath.mp.dps = DIGITS
    document = {
        "generator": "Tools/golden/orthogonalizers.py",
        "versions": {
            "python": platform.python_version(), "numpy": np.__version__, "mpmath": mpmath.__version__,
        },
        "tables": {name: [list(row) for row in table] for name, table in TABLES.items()},
        "cushions": CUSHIONS,
        "sigmas": SIGMAS,
        "maps": [
            {"orthogonalizer": name, "steps": steps, "values": [mapped(sigma, name, steps) for sigma in SIGMAS]}
            for name, steps in product(TABLES, range(11))
        ],
        "matrices": {
            name: {"shape": list(matrix.shape), "values": matrix.ravel().tolist()}
            for name, matrix in matrices().items()
        },
        "aol": aol_entries(),
        "outputs": output_entries(),
    }  # fmt: skip
    content = json.dumps(document, allow_nan=False, separators=(",", ":"))
    content = content.replace('{"orthogonalizer"', '\n{"orthogonalizer"').replace('{"matrix"', '\n{"matrix"')
    options.out.write_text(content.replace(".0,", ",").replace(".0]", "]") + "\n")
    print(f"{len(document['outputs'])} outputs, {options.out.stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
