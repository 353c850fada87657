"""What each operation of the engine is in PyTorch, and the shapes it is tried on: odd, degenerate, special."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

Knobs = dict[str, Any]
Inputs = dict[str, Tensor]


@dataclass(frozen=True)
class Case:
    """An operation with its knobs on some inputs; `flat` names inputs whose gradient is 0 by nature, but
    for ε."""

    operation: str
    title: str
    inputs: Inputs
    knobs: Knobs = field(default_factory=dict)
    flat: tuple[str, ...] = ()


def activation(kind: str) -> Callable[[Tensor], Tensor]:
    """By the knob's name; `none` leaves it."""
    return {
        "none": lambda x: x,
        "relu": F.relu,
        "relu2": lambda x: F.relu(x).square(),
        "gelu": F.gelu,
        "gelu-tanh": lambda x: F.gelu(x, approximate="tanh"),
        "silu": F.silu,
        "tanh": torch.tanh,
    }[kind]


def rotary(x: Tensor, theta: float) -> Tensor:
    """Number i of the last axis is turned with number i + d/2; the axis before it is the position."""
    time, d = x.shape[-2:]
    angles = torch.outer(
        torch.arange(time, dtype=torch.float64), theta ** (-torch.arange(0, d, 2, dtype=torch.float64) / d)
    )
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    first, second = x.chunk(2, dim=-1)
    return torch.cat([first * cos - second * sin, second * cos + first * sin], dim=-1)


def batched(knobs: Knobs, a: Tensor, b: Tensor) -> Tensor:
    """Each factor may be stored transposed."""
    return (a.mT if knobs["transpose-a"] else a) @ (b.mT if knobs["transpose-b"] else b)


def batch_norm(knobs: Knobs, x: Tensor, weight: Tensor, bias: Tensor, mean: Tensor, variance: Tensor) -> Tensor:
    """Changes `mean` and `variance` in training."""
    return F.batch_norm(x, mean, variance, weight, bias, knobs["training"], 0.1, knobs["eps"])


OPERATIONS: dict[str, Callable[..., Tensor]] = {
    "linear": lambda k, x, weight, bias=None: activation(k["activation"])(F.linear(x, weight, bias)),
    "batched-product": batched,
    "attention": lambda k, q, k_, v: F.scaled_dot_product_attention(q, k_, v, is_causal=k["causal"]),
    "conv2d": lambda k, x, weight, bias=None: F.conv2d(x, weight, bias, k["stride"], k["padding"]),
    "max-pool": lambda k, x: F.max_pool2d(x, k["kernel"], k["stride"], k["padding"]),
    "average-pool": lambda k, x: F.avg_pool2d(x, k["kernel"], k["stride"], k["padding"]),
    "embedding": lambda k, tokens, weight: F.embedding(tokens, weight),
    "layer-norm": lambda k, x, weight, bias=None: F.layer_norm(x, weight.shape, weight, bias, k["eps"]),
    "rms-norm": lambda k, x, weight: F.rms_norm(x, weight.shape, weight, k["eps"]),
    "batch-norm": batch_norm,
    "activation": lambda k, x: activation(k["activation"])(x),
    "swiglu": lambda k, gate, up: F.silu(gate) * up,
    "softmax": lambda k, x: F.softmax(x, -1),
    "cross-entropy": lambda k, logits, targets: F.cross_entropy(
        logits, targets, ignore_index=-100, label_smoothing=k["label-smoothing"]
    ),
    "mean-squared-error": lambda k, x, targets: F.mse_loss(x, targets),
    "rotary": lambda k, x: rotary(x, k["theta"]),
    "concatenation": lambda k, **parts: torch.cat(list(parts.values()), k["axis"]),
}

generator = torch.Generator().manual_seed(20)
KINDS = ("relu", "relu2", "gelu", "gelu-tanh", "silu", "tanh")
SPECIAL = [0.0, -0.0, 2.0**-30, -(2.0**-30), 1e-3, -1e-3, 0.5, -0.5, 1.0, -1.0, 3.0, -3.0, 5.5, -5.5, 9.0, -9.0,
           30.0, -30.0, 100.0, -100.0]  # fmt: skip


def drawn(*shape: int) -> Tensor:
    """About standard normal, in steps of 1/64: exact in float32, short in print, never 0."""
    values = torch.randn(shape, generator=generator, dtype=torch.float64)
    return (values * 32).round() / 32 + 1 / 64


def indices(limit: int, *shape: int) -> Tensor:
    """Whole numbers below the limit."""
    return torch.randint(limit, shape, generator=generator)


def products() -> Iterator[Case]:
    """Linear layers with each activation, and batched products stored either way."""
    for kind in ("none", *KINDS):
        inputs = {"x": drawn(5, 7), "weight": drawn(3, 7) / 2, "bias": drawn(3)}
        yield Case("linear", f"5×7 to 3, {kind}", inputs, {"activation": kind})
    for rows, width, out in ((1, 1, 1), (1, 17, 1), (3, 1, 5), (17, 33, 19)):
        inputs = {"x": drawn(rows, width), "weight": drawn(out, width) / 4, "bias": drawn(out)}
        yield Case("linear", f"{rows}×{width} to {out}", inputs, {"activation": "none"})
    yield Case("linear", "no bias", {"x": drawn(2, 3, 5), "weight": drawn(4, 5)}, {"activation": "gelu"})
    for ta in (False, True):
        for tb in (False, True):
            a, b = drawn(3, *((7, 5) if ta else (5, 7))), drawn(3, *((2, 7) if tb else (7, 2)))
            knobs = {"transpose-a": ta, "transpose-b": tb}
            yield Case("batched-product", f"3 of 5×7 · 7×2, {ta}, {tb}", {"a": a, "b": b}, knobs)
    knobs = {"transpose-a": False, "transpose-b": False}
    yield Case("batched-product", "1 of 1×1 · 1×1", {"a": drawn(1, 1, 1), "b": drawn(1, 1, 1)}, knobs)
    yield Case("batched-product", "2 of 1×9 · 9×17", {"a": drawn(2, 1, 9), "b": drawn(2, 9, 17)}, knobs)


def attentions() -> Iterator[Case]:
    """[batch, heads, time, size of a head]; with one token, queries and keys matter to nothing."""
    shapes = ((2, 3, 7, 5), (1, 1, 1, 1), (2, 1, 1, 3), (1, 2, 33, 4), (1, 1, 17, 1))
    for shape in shapes:
        for causal in (True, False):
            inputs = {"q": drawn(*shape), "k_": drawn(*shape), "v": drawn(*shape)}
            flat = ("q", "k_") if shape[2] == 1 else ()
            yield Case("attention", f"{list(shape)}", inputs, {"causal": causal}, flat)
    far = {"q": 16 * drawn(1, 1, 6, 2), "k_": 16 * drawn(1, 1, 6, 2), "v": drawn(1, 1, 6, 2)}
    yield Case("attention", "scores in the hundreds", far, {"causal": True})


def convolutions() -> Iterator[Case]:
    """[batch, channels, rows, columns]; kernels, strides and paddings are rows, then columns."""
    table: list[tuple[str, tuple[int, ...], tuple[int, ...], tuple[int, int], tuple[int, int], bool]] = [
        ("3×3", (2, 3, 5, 7), (4, 3, 3, 3), (1, 1), (1, 1), True),
        ("3×3 without bias", (1, 17, 4, 5), (3, 17, 3, 3), (1, 1), (1, 1), False),
        ("3×3 stride 2, odd", (2, 2, 7, 5), (3, 2, 3, 3), (2, 2), (1, 1), False),
        ("3×3 stride 2, even", (1, 2, 6, 8), (3, 2, 3, 3), (2, 2), (1, 1), False),
        ("3×3 on one pixel", (3, 2, 1, 1), (2, 2, 3, 3), (1, 1), (1, 1), False),
        ("3×3 without padding", (1, 2, 5, 4), (2, 2, 3, 3), (1, 1), (0, 0), True),
        ("one of everything", (1, 1, 1, 1), (1, 1, 1, 1), (1, 1), (0, 0), True),
        ("1×1", (2, 5, 3, 2), (7, 5, 1, 1), (1, 1), (0, 0), False),
        ("1×1 stride 2, odd", (2, 3, 5, 7), (2, 3, 1, 1), (2, 2), (0, 0), False),
        ("7×7 stride 2", (1, 3, 9, 12), (2, 3, 7, 7), (2, 2), (3, 3), False),
        ("patches of 4×4", (2, 3, 8, 12), (5, 3, 4, 4), (4, 4), (0, 0), True),
        ("patches, the rest dropped", (1, 1, 7, 5), (2, 1, 2, 2), (2, 2), (0, 0), True),
        ("2×3, uneven strides and padding", (2, 2, 6, 5), (3, 2, 2, 3), (1, 2), (0, 1), True),
        ("5×1 column", (1, 2, 7, 3), (2, 2, 5, 1), (1, 1), (2, 0), False),
        ("one channel to 17", (1, 1, 4, 6), (17, 1, 3, 3), (1, 1), (1, 1), False),
        ("16 channels to 16", (1, 16, 4, 4), (16, 16, 3, 3), (1, 1), (1, 1), False),
    ]
    for title, x, weight, stride, padding, bias in table:
        inputs = {"x": drawn(*x), "weight": drawn(*weight) / 4}
        if bias:
            inputs["bias"] = drawn(weight[0])
        yield Case("conv2d", title, inputs, {"stride": list(stride), "padding": list(padding)})


def poolings() -> Iterator[Case]:
    """The gradient of a maximum goes to the first of equals in reading order; padding counts in the mean as zeros."""
    table = [
        ("2×2", (2, 3, 4, 6), 2, 2, 0),
        ("2×2, the rest dropped", (1, 2, 5, 7), 2, 2, 0),
        ("3×3 stride 2 padding 1", (2, 2, 7, 6), 3, 2, 1),
        ("3×3 stride 1 padding 1, one pixel", (2, 3, 1, 1), 3, 1, 1),
        ("one of everything", (1, 1, 1, 1), 1, 1, 0),
    ]
    for title, shape, kernel, stride, padding in table:
        knobs = {"kernel": [kernel] * 2, "stride": [stride] * 2, "padding": [padding] * 2}
        yield Case("max-pool", title, {"x": drawn(*shape)}, knobs)
        yield Case("average-pool", title, {"x": drawn(*shape)}, knobs)
    ties = drawn(1, 2, 6, 5).round()
    knobs = {"kernel": [3, 3], "stride": [2, 2], "padding": [1, 1]}
    yield Case("max-pool", "many equals", {"x": ties}, knobs)
    yield Case("max-pool", "2×3, all below 0", {"x": -drawn(1, 1, 4, 6).abs()},
               {"kernel": [2, 3], "stride": [2, 1], "padding": [1, 1]})  # fmt: skip
    knobs = {"kernel": [5, 3], "stride": [1, 1], "padding": [0, 0]}
    yield Case("average-pool", "everything", {"x": drawn(2, 3, 5, 3)}, knobs)


def embeddings() -> Iterator[Case]:
    """Tokens that come again add up their gradients; rows that no token names get 0."""
    yield Case("embedding", "again and again", {"tokens": indices(4, 3, 7), "weight": drawn(6, 5)})
    yield Case("embedding", "one row", {"tokens": indices(1, 1, 1), "weight": drawn(1, 1)})
    yield Case("embedding", "17 wide", {"tokens": indices(11, 2, 5), "weight": drawn(11, 17)})


def norms() -> Iterator[Case]:
    """Along the last axis; for BatchNorm over all but the channels."""
    for shape in ((5, 7), (2, 3, 17), (1, 1, 3)):
        inputs = {"x": drawn(*shape), "weight": drawn(shape[-1]), "bias": drawn(shape[-1])}
        yield Case("layer-norm", f"{list(shape)}", inputs, {"eps": 1e-5})
        yield Case("rms-norm", f"{list(shape)}", {"x": drawn(*shape), "weight": drawn(shape[-1])}, {"eps": 1e-6})
    yield Case("layer-norm", "no bias, ε 1e-6", {"x": drawn(3, 9), "weight": drawn(9)}, {"eps": 1e-6})
    yield Case("layer-norm", "one wide", {"x": drawn(3, 1), "weight": drawn(1), "bias": drawn(1)}, {"eps": 1e-5},
               ("x", "weight"))  # fmt: skip
    yield Case("rms-norm", "one wide", {"x": drawn(3, 1), "weight": drawn(1)}, {"eps": 1e-6}, ("x",))
    even = torch.ones(2, 4, dtype=torch.float64) * torch.tensor([[0.5], [0.0]], dtype=torch.float64)
    inputs = {"x": even, "weight": drawn(4), "bias": drawn(4)}
    yield Case("layer-norm", "rows without variance", inputs, {"eps": 1e-5}, ("weight",))
    zeros = {"x": torch.stack([drawn(5), torch.zeros(5, dtype=torch.float64)]), "weight": drawn(5)}
    yield Case("rms-norm", "a row of zeros", zeros, {"eps": 1e-6})
    yield Case(
        "layer-norm", "far from 0", {"x": drawn(3, 8) + 100, "weight": drawn(8), "bias": drawn(8)}, {"eps": 1e-5}
    )
    shapes = ((3, 2, 4, 5), (2, 17, 1, 1), (1, 1, 2, 3), (5, 3, 1, 7))
    for shape in shapes:
        for training in (True, False):
            yield batch_norm_case(f"{list(shape)}", drawn(*shape), training)
    yield batch_norm_case(
        "a channel without variance", torch.cat([drawn(2, 1, 2, 3), torch.full((2, 1, 2, 3), 0.25)], 1), True
    )
    yield batch_norm_case("far from 0", drawn(2, 2, 3, 4) + 50, True)


def batch_norm_case(title: str, x: Tensor, training: bool) -> Case:
    """With running statistics that are not those of a fresh layer."""
    channels = x.shape[1]
    inputs = {
        "x": x.double(), "weight": drawn(channels), "bias": drawn(channels),
        "mean": drawn(channels), "variance": drawn(channels).abs() + 0.25,
    }  # fmt: skip
    return Case("batch-norm", title, inputs, {"training": training, "eps": 1e-5})


def functions() -> Iterator[Case]:
    """Activations at special points and in bulk; the derivative of ReLU at 0 is 0."""
    for kind in KINDS:
        yield Case("activation", f"{kind}, special points", {"x": torch.tensor(SPECIAL, dtype=torch.float64)},
                   {"activation": kind})  # fmt: skip
        yield Case("activation", f"{kind}, 37 numbers", {"x": 2 * drawn(37)}, {"activation": kind})
    yield Case("swiglu", "3×7", {"gate": 2 * drawn(3, 7), "up": drawn(3, 7)})
    yield Case("softmax", "5×7", {"x": drawn(5, 7)})
    yield Case("softmax", "one wide", {"x": drawn(3, 1)}, {}, ("x",))
    large = torch.tensor([[1000.0, 999.0, -1000.0], [-2000.0, -2000.5, -2001.0], [0.5, 0.5, 0.5]])
    yield Case("softmax", "in the thousands", {"x": large.double()})
    yield Case("softmax", "2×3×17", {"x": 3 * drawn(2, 3, 17)})


def losses() -> Iterator[Case]:
    """Means: of the targets that are not −100, or of all numbers."""
    for smoothing in (0.0, 0.1):
        knobs = {"label-smoothing": smoothing}
        targets = indices(7, 5)
        yield Case("cross-entropy", "5×7", {"logits": 2 * drawn(5, 7), "targets": targets}, knobs)
        ignored = targets.clone()
        ignored[[1, 4]] = -100
        yield Case("cross-entropy", "two ignored", {"logits": 2 * drawn(5, 7), "targets": ignored}, knobs)
        yield Case("cross-entropy", "1×2", {"logits": drawn(1, 2), "targets": indices(2, 1)}, knobs)
        large = {"logits": 200 * drawn(3, 17), "targets": indices(17, 3)}
        yield Case("cross-entropy", "in the hundreds", large, knobs)
    one = {"logits": drawn(3, 1), "targets": indices(1, 3)}
    yield Case("cross-entropy", "one class", one, {"label-smoothing": 0.0}, ("logits", "output"))
    yield Case("mean-squared-error", "5×3", {"x": drawn(5, 3), "targets": drawn(5, 3)})
    yield Case("mean-squared-error", "1×1", {"x": drawn(1, 1), "targets": drawn(1, 1)})


def positions() -> Iterator[Case]:
    """Rotary positions from 0; parts joined along an axis."""
    for shape, theta in (
        ((2, 3, 5, 4), 10000.0),
        ((1, 1, 1, 2), 10000.0),
        ((1, 2, 33, 6), 500.0),
        ((1, 1, 7, 18), 10000.0),
    ):
        yield Case("rotary", f"{list(shape)}, θ = {theta:g}", {"x": drawn(*shape)}, {"theta": theta})
    yield Case("concatenation", "a token in front", {"a": drawn(2, 1, 3), "b": drawn(2, 4, 3)}, {"axis": 1})
    yield Case(
        "concatenation", "three along the last", {"a": drawn(2, 3), "b": drawn(2, 1), "c": drawn(2, 5)}, {"axis": -1}
    )
    yield Case("concatenation", "along the first", {"a": drawn(1, 3), "b": drawn(4, 3)}, {"axis": 0})


def cases() -> Iterator[Case]:
    """All, in an order that fixes the random numbers."""
    for group in (products, attentions, convolutions, poolings, embeddings, norms, functions, losses, positions):
        yield from group()
