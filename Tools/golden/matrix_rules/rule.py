"""What all references share: state by name, knobs by name, a step."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import numpy as np

from reference import Array

Knobs = Mapping[str, Any]


class Rule(ABC):
    """One tensor's state. Arithmetic is that of the weights' type: Python's floats do not promote float32."""

    defaults: Knobs

    def __init__(self, weights: Array, knobs: Knobs) -> None:
        unknown = set(knobs) - set(self.defaults)
        if unknown:
            raise ValueError(f"{type(self).__name__} has no knob {unknown}")
        self.knobs = {**self.defaults, **knobs}
        self.shape = weights.shape
        self.rows = weights.shape[0]
        self.columns = weights.size // self.rows
        self.type = weights.dtype
        self.count = 0
        self.parts: dict[str, Array] = {}

    def zeros(self, *shape: int) -> Array:
        """A part that starts at zero."""
        return np.zeros(shape, self.type)

    def restore(self, count: int, parts: Mapping[str, Array]) -> None:
        """Goes on from a given state."""
        if {name: part.shape for name, part in parts.items()} != {
            name: part.shape for name, part in self.parts.items()
        }:
            raise ValueError(f"not the parts of {type(self).__name__}: {sorted(parts)}, kept: {sorted(self.parts)}")
        self.count = count
        self.parts = {name: part.astype(self.type) for name, part in parts.items()}

    def step(self, weights: Array, gradient: Array) -> Array:
        """The weights after a step; decay is decoupled and comes first."""
        self.count += 1
        if self.knobs.get("decay") == "coupled":
            return weights - self.knobs["lr"] * self.direction(weights, gradient + self.knobs["weight-decay"] * weights)
        shrink = 1 - self.knobs["lr"] * self.knobs["weight-decay"]
        return shrink * weights - self.knobs["lr"] * self.direction(weights, gradient)

    @abstractmethod
    def direction(self, weights: Array, gradient: Array) -> Array:
        """Advances the state; what is subtracted after scaling by the rate."""

    def matrix(self, tensor: Array) -> Array:
        """The first dimension by all others."""
        return tensor.reshape(self.rows, self.columns)


def power_of_two(array: Array) -> float:
    """Brings the largest entry near 1, exactly: squares of 1e±30 are beyond float32."""
    largest = float(np.abs(array).max())
    return 2.0 ** -math.frexp(largest)[1] if largest > 0 else 1.0


def norm(array: Array) -> float:
    """The Frobenius norm."""
    unit = power_of_two(array)
    return float(np.linalg.norm(array * unit)) / unit


def lengths(matrix: Array, axis: int) -> Array:
    """The norms of columns (axis 0) or rows, in an array of the same dimensions."""
    unit = power_of_two(matrix)
    return np.linalg.norm(matrix * unit, axis=axis, keepdims=True) / unit


def ratio(above: float, below: float) -> float:
    """Zero where nothing is divided by nothing."""
    return above / below if below != 0 else 0.0


def over(above: Array, below: Array) -> Array:
    """Zero where the divisor is zero, element by element."""
    below = np.broadcast_to(below, above.shape)
    return np.divide(above, below, out=np.zeros_like(above), where=below != 0)
