"""What a case must satisfy before it is written, so that a vacuous one fails here."""

import numpy as np

from reference import Array

from .cases import Case
from .problems import Problem
from .runs import Start, run

# What float32 may lose, of the distance moved: the package is held to 1e-4.
SINGLE = 5e-5
# Kron's factors are balanced for the sake of their range; their product stays the same.
NOT_NUMERIC = {"balance"}
# What leaving a knob out must change, of the distance moved.
LEAST = 1e-3


class CheckFailed(Exception):
    """A case that must not become a fixture."""


def require(condition: bool, case: Case, reason: str) -> None:
    """Fails with the case's name."""
    if not condition:
        raise CheckFailed(f"{case.title}: {reason}")


def moved(points: list[Array], problem: Problem) -> float:
    return float(np.abs(points[-1] - problem.weights).max())


def distance(points: list[Array], others: list[Array]) -> float:
    return max(float(np.abs(a - b).max()) for a, b in zip(points, others, strict=True))


def check_case(case: Case, problem: Problem, start: Start | None, points: list[Array], rough: float) -> None:
    """Finite, moving, of one mind in both precisions, and every knob that it names counts."""
    way = moved(points, problem)
    require(all(np.isfinite(point).all() for point in points), case, "not finite")
    require(way > 1e-4, case, f"moved by {way:.1e} only")
    require(rough < SINGLE * way, case, f"float32 is off by {rough / way:.1e} of the way")
    require(rough > 0, case, "float32 is exact")
    for knob, other in case.rule.variants():
        if knob in NOT_NUMERIC:
            continue
        try:
            change = distance(run(other, problem, start), points)
        except ValueError:
            continue  # the state has other shapes without this knob: it certainly matters
        require(change > max(LEAST * way, 20 * rough), case, f"{knob} changes the result by {change / way:.1e} only")
    check_sensitive(case, problem, start, points, way)


def check_sensitive(case: Case, problem: Problem, start: Start | None, points: list[Array], way: float) -> None:
    """Another gradient in one step shows at the end: state reaches from the first step to the last."""
    changed = [*problem.gradients]
    changed[3] = np.roll(changed[3], 1)
    other = Problem(problem.shape, problem.weights, changed)
    change = float(np.abs(run(case.rule, other, start)[-1] - points[-1]).max())
    require(change > LEAST * way, case, f"the gradient of step 4 changes the end by {change / way:.1e} only")
