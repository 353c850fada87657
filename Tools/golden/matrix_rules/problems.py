"""Weights and recorded gradients, representable in float32 with few digits, so that the fixture stays small."""

from dataclasses import dataclass

import numpy as np

from reference import Array

STEPS = 20
SEED = 20261122
UNIT = 2.0**-6


@dataclass(frozen=True)
class Problem:
    """One tensor and a gradient for each step."""

    shape: tuple[int, ...]
    weights: Array
    gradients: list[Array]


def coarse(array: Array) -> Array:
    """The nearest multiple of 1/64."""
    return np.round(array / UNIT) * UNIT


def regular(random: np.random.Generator, shape: tuple[int, ...], scale: float = 1.0) -> Problem:
    """Noise around a slowly turning mean of full rank, with a few exact zeros."""
    matrices = [shape[0], int(np.prod(shape[1:]))]
    start, end = random.standard_normal(matrices), random.standard_normal(matrices)
    progress = np.linspace(0, 1, STEPS)[:, None, None]
    gradients = start * (1 - progress) + end * progress + 0.7 * random.standard_normal((STEPS, *matrices))
    gradients = gradients * 10 ** random.uniform(-0.4, 0.4, matrices)
    gradients[random.random(gradients.shape) < 0.02] = 0
    weights = coarse(random.standard_normal(shape))
    return Problem(shape, weights, [scale * coarse(gradient.reshape(shape)) for gradient in gradients])


def from_zero(random: np.random.Generator, shape: tuple[int, ...]) -> Problem:
    """Weights and first gradients of zero, then a row and a column that stay zero."""
    problem = regular(random, shape)
    for step, gradient in enumerate(problem.gradients):
        gradient[1] = 0
        gradient[:, 2] = 0
        if step < 2:
            gradient[:] = 0
    return Problem(shape, np.zeros(shape), problem.gradients)


def small(random: np.random.Generator, shape: tuple[int, ...]) -> Problem:
    """Gradients near 1/512, whose squares meet bounds."""
    return regular(random, shape, scale=2.0**-9)


def tiny(random: np.random.Generator, shape: tuple[int, ...]) -> Problem:
    """Gradients near 1e-30, whose squares float32 does not hold."""
    return regular(random, shape, scale=2.0**-100)


def huge(random: np.random.Generator, shape: tuple[int, ...]) -> Problem:
    """Gradients near 1e30."""
    return regular(random, shape, scale=2.0**100)


MAKERS = {
    "wide-5x7": (regular, (5, 7)),
    "tall-7x5": (regular, (7, 5)),
    "row-1x9": (regular, (1, 9)),
    "column-9x1": (regular, (9, 1)),
    "square-13x13": (regular, (13, 13)),
    "square-6x6": (regular, (6, 6)),
    "wide-3x11": (regular, (3, 11)),
    "heads-6x5": (regular, (6, 5)),
    "filter-4x3x3x3": (regular, (4, 3, 3, 3)),
    "experts-3x5x7": (regular, (3, 5, 7)),
    "experts-2x6x4": (regular, (2, 6, 4)),
    "small-11x11": (small, (11, 11)),
    "zero-4x5": (from_zero, (4, 5)),
    "tiny-3x4": (tiny, (3, 4)),
    "huge-3x4": (huge, (3, 4)),
}


def problems() -> dict[str, Problem]:
    """All of them by name, each from a stream of its own."""
    return {name: make(np.random.default_rng([SEED, *name.encode()]), shape) for name, (make, shape) in MAKERS.items()}
