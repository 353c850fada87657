"""Faults planted in traces that are right, each of which the check must find."""

from collections.abc import Callable
from copy import copy

from torch import Tensor

from training_trace import Trace, TraceError
from write_trace import Recipe, write

MODELS = ["mlp:inputs=7,width=9,activation=gelu", "resnet8:width=3,activation=silu", "resnet8:width=3",
          "gpt:layers=2,heads=3,width=12,context=7,vocabulary=11"]  # fmt: skip


def changed(trace: Trace, name: str, change: Callable[[Tensor], Tensor]) -> Trace:
    """The same with one tensor changed."""
    other = copy(trace)
    other.tensors = {**trace.tensors, name: change(trace.tensors[name].clone())}
    return other


def faults(trace: Trace) -> dict[str, Trace]:
    """Small ones: each is a bug that an engine may have."""
    gradient = next(name for name in trace.tensors if name.startswith("gradients/") and name.endswith("weight@1"))
    weight = gradient.replace("gradients", "weights").removesuffix("@1")
    twisted = {
        "a loss off by 3e-5": changed(trace, "loss@1", lambda x: x * (1 + 3e-5)),
        "a loss that is not a number": changed(trace, "loss@2", lambda x: x * float("nan")),
        "a gradient off by 1e-3": changed(trace, gradient, lambda x: x * 1.001),
        "one number of a gradient left out": changed(trace, gradient, one_left_out),
        "weights off by 1/50 of the last step": changed(trace, f"{weight}@10", lambda x: x + 0.02 * (
            x - trace.tensors[weight]) / 10),
        "another learning rate": copy(trace),
        "a weight that is missing": copy(trace),
    }  # fmt: skip
    twisted["another learning rate"].optimizer = "sgd:lr=0.0501"
    missing = twisted["a weight that is missing"]
    missing.tensors = {name: value for name, value in trace.tensors.items() if name != weight}
    statistic = next((name for name in trace.tensors if name.endswith("running_var@10")), None)
    if statistic:
        start = trace.tensors[statistic.removesuffix("@10")]
        twisted["running variances divided by n"] = changed(
            trace, statistic, lambda x: start + (x - start) * (1 - 1 / (5 * 13 * 17))
        )
    return twisted


def one_left_out(gradient: Tensor) -> Tensor:
    """The largest number becomes 0."""
    flat = gradient.flatten()
    flat[flat.abs().argmax()] = 0
    return gradient


def found(check: Callable[[Trace], list[str]], trace: Trace) -> list[str]:
    """What is outside, or the refusal."""
    try:
        return check(trace)
    except TraceError as error:
        return [str(error)]


def self_test(check: Callable[[Trace], list[str]]) -> int:
    """Prints a line for each model and fault."""
    missed = 0
    for model in MODELS:
        trace = write(model, Recipe())
        complaints = found(check, trace)
        missed += bool(complaints)
        print(f"{'FAIL' if complaints else 'ok  '} {model}: as it is: {complaints[:3]}")
        for fault, broken in faults(trace).items():
            complaints = found(check, broken)
            missed += not complaints
            print(f"{'ok  ' if complaints else 'MISS'} {model}: {fault}: {complaints[:1]}")
    return 1 if missed else 0
