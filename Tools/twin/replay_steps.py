"""Losses, gradients and weights of a trace's batches, as PyTorch has them in one precision."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

import torch
from torch import Tensor

from models import Twin
from training_trace import Trace, TraceError, numbers, same

Tensors = dict[str, Tensor]


@dataclass
class Step:
    """What one batch gave."""

    loss: Tensor
    gradients: Tensors


@dataclass
class Run:
    """Some steps, and where they ended."""

    steps: list[Step]
    weights: Tensors
    buffers: Tensors


def evaluate(twin: Twin, trace: Trace, step: int, order: Tensor | None = None) -> Step:
    """Loss and gradients of one batch, which may be taken in another order: the same sums, rounded otherwise."""
    dtype = next(twin.parameters()).dtype
    inputs, targets = trace.batch(step, dtype)
    if order is not None:
        inputs, targets = inputs[order], targets[order]
    twin.zero_grad(set_to_none=True)
    loss = twin.loss(inputs, targets, trace.smoothing)
    loss.backward()
    gradients = {}
    for name, parameter in twin.named_parameters():
        if parameter.grad is None:
            raise TraceError(f"{name}: takes no part in the loss")
        gradients[name] = parameter.grad.clone()
    return Step(loss.detach(), gradients)


def weights_of(twin: Twin) -> Tensors:
    """A copy."""
    return {name: parameter.detach().clone() for name, parameter in twin.named_parameters()}


def buffers_of(twin: Twin) -> Tensors:
    """Running statistics, without the counts of batches."""
    return {name: value.clone() for name, value in twin.named_buffers() if value.is_floating_point()}


def train(trace: Trace, dtype: torch.dtype, steps: int) -> Run:
    """PyTorch's own run from the first weights over the trace's batches."""
    twin = trace.twin(dtype)
    descent = trace.descent(twin)
    done = []
    for step in range(steps):
        result = evaluate(twin, trace, step)
        done.append(Step(result.loss, result.gradients if step == 0 else {}))
        descent.step()
    return Run(done, weights_of(twin), buffers_of(twin))


def recorded_weights(trace: Trace) -> Iterator[tuple[int, Tensors]]:
    """Before each step whose earlier gradients are all recorded: the weights to which those lead, in float32."""
    twin = trace.twin(torch.float32)
    descent = trace.descent(twin)
    shapes = {name: tuple(parameter.shape) for name, parameter in twin.named_parameters()}
    for step in range(trace.steps):
        yield step, weights_of(twin)
        gradients = trace.part("gradients", f"@{step}")
        if not gradients:
            return
        same(shapes, gradients, f"gradients@{step}")
        for name, parameter in twin.named_parameters():
            parameter.grad = numbers(gradients[name], torch.float32)
        descent.step()


def at(trace: Trace, weights: Tensors, dtype: torch.dtype) -> Twin:
    """A twin at the weights given."""
    twin = trace.twin(dtype)
    twin.load_state_dict(weights, strict=False)
    return twin


@contextmanager
def plain_kernels() -> Iterator[None]:
    """PyTorch's own loops in place of oneDNN's."""
    enabled = torch.backends.mkldnn.enabled
    torch.backends.mkldnn.enabled = False
    try:
        yield
    finally:
        torch.backends.mkldnn.enabled = enabled


def single(trace: Trace, weights: Tensors, step: int, more: int = 0) -> list[Step]:
    """One step in float32, its sums taken in three orders, and in `more` random ones."""
    count, generator = len(trace.batch(step, torch.float32)[0]), torch.Generator().manual_seed(step)
    orders = [torch.arange(count), torch.arange(count).flip(0)]
    orders += [torch.randperm(count, generator=generator) for _ in range(more)]
    results = [evaluate(at(trace, weights, torch.float32), trace, step, order) for order in orders]
    with plain_kernels():
        results.append(evaluate(at(trace, weights, torch.float32), trace, step))
    return results


def nearby(trace: Trace, weights: Tensors, count: int) -> Tensors:
    """The first step's error in float32 of each gradient: root mean square over `count` points that lie beside this one.

    A point's error is one draw: of a tensor of one number it may be anything down to nothing, and another order of a
    small batch rounds most sums as before (five results of 43 runs differ for resnet20). Where weights have moved by some
    of their last digits the problem is the same, and every rounding is drawn anew; half of the points take PyTorch's own
    loops.
    """
    generator, squares = torch.Generator().manual_seed(0), dict.fromkeys(weights, torch.zeros((), dtype=torch.float64))
    size = len(trace.batch(0, torch.float32)[0])
    for point in range(count):
        moved = {name: value * (1 + 2.0**-16 * torch.randn(value.shape, generator=generator))
                 for name, value in weights.items()}  # fmt: skip
        order = torch.randperm(size, generator=generator)
        exact = evaluate(at(trace, moved, torch.float64), trace, 0)
        with plain_kernels() if point % 2 else nullcontext():
            one = evaluate(at(trace, moved, torch.float32), trace, 0, order)
        squares = {name: square + (one.gradients[name].double() - exact.gradients[name]).square().sum()
                   for name, square in squares.items()}  # fmt: skip
    return {name: (square / count).sqrt() for name, square in squares.items()}


def distance(left: Tensor, right: Tensor) -> float:
    """Euclidean, in float64; not a number counts as infinite."""
    away = float((left.double() - right.double()).norm())
    return away if away == away else float("inf")


def own_errors(singles: list[Step], exact: Step) -> dict[str, float]:
    """PyTorch's error of each tensor in float32: the largest of its orders, at least one rounding of the result."""
    return {
        name: max(
            max(distance(result.gradients[name], gradient) for result in singles),
            2.0**-24 * float(gradient.norm()),
        )
        for name, gradient in exact.gradients.items()
    }
