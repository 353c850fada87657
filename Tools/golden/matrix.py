"""Writes Tests/Fixtures/matrix-rules.json: twenty steps of every matrix rule; see matrix_rules/README.md."""

import argparse
import json
import platform
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tools"))

from reference import Array

from matrix_rules import identities, operations, random_numbers
from matrix_rules.cases import Case, cases
from matrix_rules.catalogue import RULES
from matrix_rules.checks import CheckFailed, check_case, distance, moved
from matrix_rules.problems import Problem, problems
from matrix_rules.kl_shampoo import KLShampoo
from matrix_rules.runs import KEPT, Start, followed, run, warmed
from matrix_rules.soap import SOAP


def numbers(array: Array) -> list[float]:
    return array.ravel().tolist()


def described(parts: dict[str, Array]) -> dict[str, Any]:
    return {name: {"shape": list(part.shape), "values": numbers(part)} for name, part in parts.items()}


def ends(case: Case, start: Start | None, problem: Problem) -> dict[str, Any]:
    """The state after the last step, without what is known but for signs."""
    parts = followed(case.rule, problem, start)[1]
    unsigned = RULES[case.rule.name] in (SOAP, KLShampoo)
    return described({name: part for name, part in parts.items() if not (unsigned and name.startswith("Q_"))})


def entry(case: Case, problem: Problem, last: bool) -> dict[str, Any]:
    """A case as the fixture holds it, checked; with its last state where that is asked for."""
    start = warmed(case, problem)
    points = run(case.rule, problem, start)
    rough = distance([p.astype(np.float64) for p in run(case.rule, problem, start, np.float32)], points)
    check_case(case, problem, start, points, rough)
    reference = RULES[case.rule.name]
    result: dict[str, Any] = {
        "name": case.title,
        "spec": str(case.rule),
        "problem": case.problem,
        "reference": f"Tools/golden/{reference.__module__.replace('.', '/')}.py, {reference.__name__}",
    }
    if start is not None:
        result["start"] = {"step": start.step, "parts": described(start.parts)}
    result["after"] = {str(step): numbers(points[step - 1]) for step in KEPT}
    if last:
        result["end"] = ends(case, start, problem)
    result["moved"] = moved(points, problem)
    result["float32Error"] = rough
    return result


def with_ends() -> list[tuple[Case, bool]]:
    """Cases, and whether their last state is kept: two of each rule, and what shows in the state alone."""
    result, seen = [], Counter[str]()
    for case in cases():
        ordinary = case.problem in ("wide-5x7", "tall-7x5", "heads-6x5")
        balanced = "balance" in case.rule.knobs
        last = ordinary and (seen[case.rule.name] < 2 or balanced)
        seen[case.rule.name] += last and not balanced
        result.append((case, last))
    return result


def document() -> dict[str, Any]:
    available = problems()
    return {
        "generator": "Tools/golden/matrix.py",
        "versions": {"python": platform.python_version(), "numpy": np.__version__},
        "problems": {
            name: {
                "shape": list(problem.shape),
                "weights": numbers(problem.weights),
                "gradients": [numbers(gradient) for gradient in problem.gradients],
            }
            for name, problem in available.items()
        },
        "operations": operations.entries(),
        "cases": [entry(case, available[case.problem], last) for case, last in with_ends()],
    }


def main() -> int:
    """Generates, checks and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "Tests" / "Fixtures" / "matrix-rules.json")
    options = parser.parse_args()
    random_numbers.check()
    try:
        identities.check()
        result = document()
    except CheckFailed as failure:
        print(f"check failed: {failure}", file=sys.stderr)
        return 1
    content = json.dumps(result, allow_nan=False, separators=(",", ":")).replace('{"name"', '\n{"name"')
    options.out.write_text(content.replace(".0,", ",").replace(".0]", "]") + "\n")
    print(f"{len(result['cases'])} cases, {options.out.stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
