"""Writes Tests/Fixtures/operations.json: each operation of the engine forward and backward, by PyTorch in float64.

Run like generate.py. A case holds the operation, its knobs, the inputs (all exact in float32), the output, the gradient
that comes in from above, and the gradient of each input (of a loss: the gradient from above is 1). `changed` are the
running statistics after BatchNorm in training. `float32Errors`: how far PyTorch in float32 is off, the norm over each
tensor, the larger of two runs (with oneDNN and without) and at least one rounding of the result: ours may be 4 times
that. Nothing is written when a result is not finite, a gradient is 0 that should not be, or float32 does not agree with
float64; and the derivatives of the analytic operations agree with central differences.
"""

import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from operation_cases import OPERATIONS, Case, Inputs, cases

OUT = Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "operations.json"
STATISTICS = ("mean", "variance")
KINKED = ("max-pool",)


class CheckFailed(Exception):
    """A case that must not become a fixture."""


def differentiable(name: str, tensor: Tensor) -> bool:
    """Neither whole numbers nor running statistics nor targets."""
    return tensor.is_floating_point() and name not in (*STATISTICS, "targets")


def run(case: Case, above: Tensor | None, dtype: torch.dtype) -> dict[str, Tensor]:
    """Output, gradients and changed statistics, under their names."""
    inputs: Inputs = {}
    for name, tensor in case.inputs.items():
        copy = tensor.to(dtype).clone() if tensor.is_floating_point() else tensor
        inputs[name] = copy.requires_grad_() if differentiable(name, tensor) else copy
    output = OPERATIONS[case.operation](case.knobs, **inputs)
    output.backward(torch.ones_like(output) if above is None else above.to(dtype))
    results = {"output": output.detach()}
    for name, tensor in inputs.items():
        if tensor.requires_grad:
            results[name] = tensor.grad if tensor.grad is not None else torch.zeros_like(tensor)
        elif name in STATISTICS and case.knobs["training"]:
            results[name] = tensor
    return results


def value(case: Case, above: Tensor, name: str, index: int, step: float) -> float:
    """The weighted sum of outputs with one number of one input moved."""
    inputs = {key: tensor.clone() for key, tensor in case.inputs.items()}
    inputs[name].view(-1)[index] += step
    return float((OPERATIONS[case.operation](case.knobs, **inputs) * above).sum())


def check_differences(case: Case, above: Tensor, results: dict[str, Tensor]) -> None:
    """Gradients beside central differences, at a few numbers of each input."""
    if case.operation in KINKED or "relu" in str(case.knobs) or "without variance" in case.title:
        return
    for name, tensor in case.inputs.items():
        if not differentiable(name, tensor):
            continue
        scale = float(results[name].abs().max()) + 1e-3
        for index in range(0, tensor.numel(), max(1, tensor.numel() // 5)):
            slope = (value(case, above, name, index, 1e-5) - value(case, above, name, index, -1e-5)) / 2e-5
            if not abs(slope - float(results[name].reshape(-1)[index])) <= 1e-5 * scale:
                raise CheckFailed(f"{case.operation}, {case.title}: the difference of {name} is {slope}")


def check(case: Case, exact: dict[str, Tensor], errors: dict[str, float]) -> None:
    """Sane, and of one mind in both precisions."""
    for name, tensor in exact.items():
        where = f"{case.operation}, {case.title}: {name}"
        if not tensor.isfinite().all():
            raise CheckFailed(f"{where} is not finite")
        norm = float(tensor.norm())
        if name in case.flat:
            if norm > 1e-4:
                raise CheckFailed(f"{where} should be 0, is {norm}")
        elif norm == 0:
            raise CheckFailed(f"{where} is 0")
        elif errors[name] > 1e-4 * norm and "far" not in case.title:
            raise CheckFailed(f"{where} is off by {errors[name] / norm:.1e} in float32")


def entry(case: Case, generator: torch.Generator) -> dict[str, Any]:
    """One case as JSON has it."""
    shape = run(case, None, torch.float64)["output"].shape if not shape_is_scalar(case) else torch.Size([])
    above = None if shape == torch.Size([]) else torch.randint(-16, 16, shape, generator=generator) / 16 + 1 / 32
    exact = run(case, above, torch.float64)
    singles = [run(case, above, torch.float32)]
    torch.backends.mkldnn.enabled = False
    singles.append(run(case, above, torch.float32))
    torch.backends.mkldnn.enabled = True
    errors = {
        name: max([2.0**-24 * float(tensor.norm()), *(float((one[name].double() - tensor).norm()) for one in singles)])
        for name, tensor in exact.items()
    }
    errors |= {name: max(errors[name], 2.0**-22) for name in case.flat if name in errors}
    check(case, exact, errors)
    check_differences(case, torch.ones(()) if above is None else above.double(), exact)
    changed = {name: written(exact[name]) for name in STATISTICS if name in exact}
    gradients = {name: written(tensor) for name, tensor in exact.items() if name != "output" and name not in STATISTICS}
    return {
        "operation": case.operation,
        "title": case.title,
        "knobs": case.knobs,
        "inputs": {label(name): written(tensor) for name, tensor in case.inputs.items()},
        "output": written(exact["output"]),
        **({} if above is None else {"gradientFromAbove": written(above)}),
        "gradients": {label(name): tensor for name, tensor in gradients.items()},
        **({"changed": changed} if changed else {}),
        "float32Errors": {label(name): float(f"{error:.3g}") for name, error in errors.items()},
    }


def shape_is_scalar(case: Case) -> bool:
    """Losses."""
    return case.operation in ("cross-entropy", "mean-squared-error")


def label(name: str) -> str:
    """`k_` is a parameter's name in Python alone."""
    return name.rstrip("_")


def written(tensor: Tensor) -> dict[str, Any]:
    """Shape and numbers in row-major order, whole ones without a point."""
    numbers = [short(number) for number in tensor.reshape(-1).tolist()]
    return {"shape": list(tensor.shape), "values": numbers}


def short(number: float) -> float | int:
    """−0 stays."""
    whole = isinstance(number, int) or (number.is_integer() and abs(number) < 1e15 and str(number) != "-0.0")
    return int(number) if whole else number


def main() -> None:
    """Writes the file."""
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(6)
    entries = [entry(case, generator) for case in cases()]
    lines = ",\n".join(json.dumps(each, separators=(",", ":"), ensure_ascii=False) for each in entries)
    head = json.dumps({"torch": torch.__version__.split("+")[0]})[:-1]
    OUT.write_text(f'{head}, "cases": [\n{lines}\n]}}\n')
    print(f"{len(entries)} cases, {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
