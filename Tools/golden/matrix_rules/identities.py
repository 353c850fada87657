"""What the theory says of the references themselves, before anything is written."""

from itertools import product

import numpy as np

from reference import Spec, spec

from .checks import CheckFailed, distance
from .orthogonalizers import orthogonal, scalar
from .problems import problems
from .runs import made, run
from .steepest import Steepest, norm_of
from .tables import TABLES

# Two specs that must do the same.
SAME: list[tuple[Spec, Spec]] = [
    (spec("muon-clip"), spec("muon", momentum_form="sum", nesterov=False, scale="match-rms-adamw")),
    (spec("spectral-descent"), spec("polar-grad", lr=0.01, momentum=0.0, nesterov=False, weight_decay=0.0)),
    (spec("spectral-descent"), spec("steepest", orthogonalizer="quintic")),
    (spec("muon"), spec("muon", momentum_form="sum")),
    (spec("muon", nesterov=False), spec("muon", nesterov=False, momentum_form="sum")),
    (
        spec("muon", scale="none"),
        spec(
            "steepest", lr=0.001, dual=False, momentum=0.95, nesterov=True, weight_decay=0.1, orthogonalizer="quintic"
        ),
    ),
    (
        spec("scion", lr=0.01, constrained=False),
        spec("steepest", norm="rms-to-rms", dual=False, momentum=0.9, orthogonalizer="quintic"),
    ),
    (
        spec("scion", lr=0.01, constrained=False, norm="column"),
        spec("steepest", norm="one-to-rms", dual=False, momentum=0.9),
    ),
    (
        spec("scion", lr=0.01, constrained=False, norm="row"),
        spec("steepest", norm="rms-to-inf", dual=False, momentum=0.9),
    ),
    (spec("dion2", fraction=1.0, ef_decay=1.0), spec("dion2", fraction=1.0, ef_decay=1.0, by="l2")),
]
NORMS = (
    "frobenius", "spectral", "nuclear", "schatten-p", "max", "sum", "rms-to-rms", "one-to-rms", "rms-to-inf",
    "one-to-two", "two-to-inf",
)  # fmt: skip


def require(condition: bool, reason: str) -> None:
    if not condition:
        raise CheckFailed(reason)


def check() -> None:
    """All of them, in seconds."""
    check_same()
    check_singular_values()
    check_duality()
    check_radius()


def check_same() -> None:
    available = problems()
    for (one, other), name in product(SAME, ("wide-5x7", "tall-7x5", "zero-4x5")):
        gap = distance(run(one, available[name], None), run(other, available[name], None))
        require(gap < 1e-13, f"{one} and {other} differ by {gap:.1e} on {name}")


def check_singular_values() -> None:
    """Each singular value becomes p(σ/‖X‖), on the same vectors."""
    random = np.random.default_rng(1)
    for shape, method, steps in product(((4, 6), (6, 4), (5, 5), (1, 4), (3, 1)), TABLES, (1, 3, 5, 8)):
        if method == "aol":
            continue
        matrix = random.standard_normal(shape)
        left, values, right = np.linalg.svd(matrix, full_matrices=False)
        mapped = [scalar(sigma / np.linalg.norm(matrix), method, steps) for sigma in values]
        gap = np.abs(orthogonal(matrix, method, steps) - (left * mapped) @ right).max()
        require(gap < 1e-10, f"{method}, {steps} steps, {shape}: off by {gap:.1e}")


def check_duality() -> None:
    """‖d‖ = 1, ⟨U, d⟩ is the dual norm by formula, and no other direction of unit norm gains more."""
    random = np.random.default_rng(2)
    for name, shape in product(NORMS, ((4, 6), (6, 4), (5, 5), (1, 4), (3, 1))):
        u = random.standard_normal(shape)
        rule = made(spec("steepest", norm=name), u)
        if not isinstance(rule, Steepest):
            raise CheckFailed("steepest is another rule")
        d = rule.unit(u)
        gained = float((u * d).sum())
        require(abs(norm_of(name, d) - 1) < 1e-12, f"{name}: a direction of norm {norm_of(name, d)}")
        for other in random.standard_normal((200, *shape)):
            near = d + 0.1 * other
            for trial in (other, near):
                require((u * trial).sum() / norm_of(name, trial) < gained + 1e-12, f"{name}: beaten on {shape}")


def check_radius() -> None:
    """muon-h keeps the norm of every matrix."""
    available = problems()
    for point in run(spec("muon-h", experts=True), available["experts-3x5x7"], None):
        for w, start in zip(point, available["experts-3x5x7"].weights, strict=True):
            require(abs(np.linalg.norm(w) / np.linalg.norm(start) - 1) < 1e-13, "muon-h leaves its sphere")
