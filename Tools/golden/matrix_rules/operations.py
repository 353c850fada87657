"""QK-clip: what MuonClip does to weights of queries and keys after the step. Kimi K2, arXiv:2507.20534, section 2.1."""

from typing import Any

import numpy as np

from reference import Array


def clipped(weights: Array, logits: Array, threshold: float, exponent: float) -> Array:
    """Rows of head h times min(1, τ/S_h)^exponent."""
    factors = np.minimum(1, threshold / logits) ** exponent
    return weights * np.repeat(factors, len(weights) // len(logits))[:, None]


def entries() -> list[dict[str, Any]]:
    """Queries, keys and the rotary part of queries (exponent 1), with heads below the threshold and above it."""
    random = np.random.default_rng(20261123)
    result = []
    for role, alpha, exponent in (("query", 0.5, 0.5), ("key", 0.5, 0.5), ("query", 0.3, 0.3), ("key", 0.3, 0.7)):
        for shape, heads in (((6, 5), 3), ((8, 3), 2), ((4, 7), 4)):
            weights = np.round(random.standard_normal(shape) * 64) / 64
            logits = np.round(random.uniform(20, 400, heads) * 4) / 4
            output = clipped(weights, logits, 100.0, exponent)
            result.append({
                "name": "qk-clip", "role": role, "alpha": alpha, "threshold": 100.0, "shape": list(shape),
                "logits": logits.tolist(), "weights": weights.ravel().tolist(), "output": output.ravel().tolist(),
            })  # fmt: skip
    return result
