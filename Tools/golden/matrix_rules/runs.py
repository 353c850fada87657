"""A case run by its reference."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from reference import Array, Spec

from .cases import Case
from .catalogue import RULES
from .problems import SEED, STEPS, Problem, regular
from .rule import Rule

KEPT = (1, 5, 20)


@dataclass(frozen=True)
class Start:
    """The state that an optimizer is given before the first gradient."""

    step: int
    parts: dict[str, Array]


def made(rule: Spec, weights: Array) -> Rule:
    """The reference, with nothing seen."""
    return RULES[rule.name](weights, dict(rule.knobs))


def warmed(case: Case, problem: Problem) -> Start | None:
    """The state after some gradients of another stream, rounded to float32."""
    if case.warm == 0:
        return None
    random = np.random.default_rng([SEED + 1, *str(case.rule).encode()])
    scale = float(np.abs(problem.gradients[-1]).max())
    other = regular(random, problem.shape, scale=unit_of(scale))
    rule = made(case.rule, problem.weights)
    for gradient in other.gradients[: case.warm]:
        rule.step(problem.weights, gradient)
    parts = {name: part.astype(np.float32).astype(np.float64) for name, part in rule.parts.items()}
    return Start(case.warm, parts)


def unit_of(scale: float) -> float:
    """The power of two that brings numbers to the problem's scale, 1 for ordinary ones."""
    return 1.0 if 0.5 < scale < 64 else 2.0 ** round(np.log2(scale / 4))


def run(rule: Spec, problem: Problem, start: Start | None, dtype: Any = np.float64) -> list[Array]:
    """The weights after each step, in the precision asked for."""
    return followed(rule, problem, start, dtype)[0]


def followed(
    rule: Spec, problem: Problem, start: Start | None, dtype: Any = np.float64
) -> tuple[list[Array], dict[str, Array]]:
    """The weights after each step, and the state in the end."""
    weights = problem.weights.astype(dtype)
    reference = made(rule, weights)
    if start is not None:
        reference.restore(start.step, start.parts)
    points = []
    for gradient in problem.gradients[:STEPS]:
        weights = reference.step(weights, gradient.astype(dtype))
        if weights.dtype != dtype:
            raise TypeError(f"{rule} leaves {dtype.__name__}")
        points.append(weights)
    return points, reference.parts
