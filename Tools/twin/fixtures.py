"""Writes Tests/Fixtures/networks: small networks with losses and gradients in float64, so that tests need no PyTorch.

    python3 Tools/twin/fixtures.py [NAME…]

All of them, or those named. `NAME.safetensors` is a trace (README.md) whose `loss@t`, `gradients/NAME@0`,
`weights/NAME@10` and `buffers/NAME@10` are F64, from PyTorch in float64, and which holds besides:

    outputs@0         F64   what the network gives in training
    evaluation@0      F64   what it gives in evaluation, at the first running statistics (networks with BatchNorm)
    float32-errors@0  F64   PyTorch's own error in float32, the norm over each tensor, in the order of the sorted names:
                            root mean square over 32 points beside this one (`nearby`), at least one rounding

    directions/NAME   F32   a direction v, and
    curvatures/NAME   F64   the second derivatives of the first loss times it (some of them)

No gain is 1, no bias 0 and no running mean 0, so that whatever leaves one out shows. `models.json`: every parameter of
every model and preset at its defaults. `gpt2-public.safetensors`: a file as the public one, with masks; its tokens and
logits by PyPI's transformers in `gpt2-public-outputs.safetensors`.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel
from transformers import GPT2Config, GPT2LMHeadModel

from models import MODELS, PRESETS, build, complete
from randoms import randomise
from replay_steps import at, buffers_of, evaluate, nearby, own_errors, single, train, weights_of
from training_trace import Trace

STEPS = 10
OUT = Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "networks"
LARGE = [f"resnet{depth}:stem=imagenet,classes=1000" for depth in (18, 34, 50)]
VARIANTS = ["resnet20:skip=false", "gpt:bias=true,tied=false", "gpt-modern:mlp=relu2,qk-norm=false",
            "gpt-modern:tied=true", "mlp:activation=tanh"]  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A file's name and what is in it; `curved` adds a product with the Hessian; `off` is the share of a gradient that
    float32 may be off by, a mask that flips being the worse."""

    name: str
    model: str
    batch: int = 3
    size: tuple[int, int] = (13, 17)
    time: int = 0
    rate: float = 0.1
    smoothing: float = 0.0
    ignored: bool = False
    curved: bool = False
    off: float = 2e-5


CASES = [
    Case("linear-regression", "linear-regression:inputs=5,outputs=2", 7, curved=True),
    Case("softmax-regression", "softmax-regression:inputs=13,classes=3", 5, ignored=True, curved=True),
    Case("mlp-gelu", "mlp:inputs=7,classes=5,depth=3,width=9,activation=gelu", 5, smoothing=0.1, curved=True),
    Case("mlp-relu-one", "mlp:inputs=17,classes=2,depth=1,width=3", 1),
    Case("mlp-tanh", "mlp:inputs=1,classes=3,depth=2,width=5,activation=tanh", 4, curved=True),
    Case("cnn", "cnn:channels=2,size=13x18,classes=4,width=3,hidden=5", 3),
    Case("cnn-one-channel", "cnn:channels=1,size=7x5,classes=3,width=1,hidden=2,activation=silu", 1, curved=True),
    Case("resnet8", "resnet8:channels=2,classes=5,width=3", 3, (9, 7), rate=0.01, smoothing=0.1),
    Case("resnet8-silu", "resnet8:channels=1,classes=3,width=1,activation=silu", 2, (11, 8), curved=True),
    Case("resnet18", "resnet18:classes=5,width=1,activation=silu", 3, (11, 9), rate=0.001),
    Case("resnet18-imagenet", "resnet18:channels=1,classes=5,stem=imagenet,width=1,activation=silu", 4, (33, 37),
         rate=0.01),
    Case("resnet34", "resnet34:channels=1,classes=4,width=1,activation=silu", 5, (13, 11), rate=0.01),
    Case("resnet50-imagenet", "resnet50:channels=1,classes=3,stem=imagenet,width=1,activation=silu", 8, (33, 38),
         rate=1e-4, off=1e-4),
    Case("resnet50", "resnet50:channels=1,classes=3,width=1,activation=silu", 4, (9, 10), rate=1e-5),
    Case("resnet20", "resnet20:classes=3,width=2,activation=silu", 4, (10, 9), rate=0.01),
    Case("resnet20-no-skip", "resnet20:channels=1,classes=3,width=1,skip=false,activation=silu", 8, (9, 10),
         rate=0.01),
    Case("resnet56", "resnet56:classes=3,width=1,activation=silu", 5, (9, 10), rate=1e-5),
    Case("vit-tiny", "vit-tiny:size=8x12,patch=4,classes=5,width=9,layers=2,heads=3,mlp=17", 3),
    Case("vit-tiny-one-head", "vit-tiny:channels=1,size=6x4,patch=2,classes=3,width=5,layers=1,heads=1,mlp=3", 1,
         curved=True),
    Case("mlp-mixer", "mlp-mixer:size=8x12,patch=4,classes=5,width=7,layers=2,tokens=5,mlp=11", 3),
    Case("mlp-mixer-one-patch", "mlp-mixer:channels=1,size=3,patch=3,classes=2,width=5,layers=1,tokens=3,mlp=7", 1,
         curved=True),
    Case("gpt", "gpt:layers=2,heads=3,width=9,context=8,vocabulary=17", 3, time=7, ignored=True),
    Case("gpt-biases", "gpt:layers=1,heads=2,width=10,context=5,vocabulary=11,bias=true,tied=false,"
         "activation=gelu-tanh",
         2, smoothing=0.1, curved=True),
    Case("gpt-one-token", "gpt:layers=1,heads=1,width=5,context=3,vocabulary=7,bias=true", 1, time=1),
    Case("gpt-bench", "gpt-bench:layers=1,heads=3,width=18,context=70,vocabulary=9", 2, time=69),
    Case("gpt2-small", "gpt2:layers=1,heads=2,width=14,context=6,vocabulary=19", 3),
    Case("gpt-modern", "gpt-modern:layers=2,heads=3,width=12,context=9,vocabulary=13,hidden=10", 3, time=8, curved=True),
    Case("gpt-modern-relu2", "gpt-modern:layers=1,heads=2,width=12,context=5,vocabulary=7,mlp=relu2,hidden=9,"
         "qk-norm=false,theta=500,tied=true", 2, ignored=True, curved=True),
    Case("gpt-modern-one-token", "gpt-modern:layers=1,heads=1,width=6,context=3,vocabulary=5,hidden=7", 1, time=1),
]  # fmt: skip


def batch(case: Case, twin: torch.nn.Module, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Inputs and targets, one of them ignored where the case says so."""
    inputs, targets = twin.sample(case.batch, case.size, generator)
    if case.time:
        inputs, targets = inputs[:, : case.time].contiguous(), targets[:, : case.time].contiguous()
    if case.ignored:
        targets.view(-1)[1] = -100
    return inputs, targets if targets.is_floating_point() else targets.int()


class IllConditioned(Exception):
    """Weights and a batch at which float32 says little: a mask on the edge, or a sum that cancels."""


def trace_of(case: Case) -> Trace:
    """The whole file, at the first seed at which float32 holds."""
    for seed in range(1, 30):
        try:
            return attempt(case, seed)
        except IllConditioned as reason:
            print(f"seed {seed}: {reason}")
    raise SystemExit(f"{case.name}: no seed will do")


def attempt(case: Case, seed: int) -> Trace:
    """The whole file."""
    twin, generator = build(case.model), torch.Generator().manual_seed(seed)
    randomise(twin, generator)
    trace = Trace(complete(case.model), f"sgd:lr={case.rate}", case.smoothing, {})
    trace.tensors |= {f"weights/{name}": value for name, value in weights_of(twin).items()}
    trace.tensors |= {f"buffers/{name}": value for name, value in buffers_of(twin).items()}
    for step in range(STEPS):
        inputs, targets = batch(case, twin, generator)
        inputs = inputs if inputs.is_floating_point() else inputs.int()
        trace.tensors |= {f"inputs@{step}": inputs, f"targets@{step}": targets}
    first_step(trace, case.off)
    run(trace)
    if case.curved:
        hessian_product(trace, generator)
    held_by_float32(trace)
    return trace


def first_step(trace: Trace, off: float) -> None:
    """Outputs, gradients, and what float32 makes of these."""
    start = trace.part("weights")
    exact = evaluate(at(trace, start, torch.float64), trace, 0)
    # Chooses the seed; what ours may be off by comes from `nearby`.
    worst = own_errors(single(trace, start, 0, more=8), exact)
    total = max(float(gradient.norm()) for gradient in exact.gradients.values())
    own = {name: float(error) for name, error in nearby(trace, start, 32).items()}
    for name, error in worst.items():
        norm = float(exact.gradients[name].norm())
        if (error > off * norm or own[name] > 1e-4 * norm) and max(error, own[name]) > 1e-6 * total:
            raise IllConditioned(f"{name} is off by {error:.1e} in float32, by {own[name]:.1e} nearby, of {norm:.1e}")
    trace.tensors |= {f"gradients/{name}@0": value for name, value in exact.gradients.items()}
    errors = {name: max(own[name], 2.0**-24 * float(exact.gradients[name].norm())) for name in own}
    trace.tensors["float32-errors@0"] = torch.tensor([errors[name] for name in sorted(errors)], dtype=torch.float64)
    inputs, _ = trace.batch(0, torch.float64)
    with torch.no_grad():
        trace.tensors["outputs@0"] = at(trace, start, torch.float64)(inputs)
        if trace.part("buffers"):
            trace.tensors["evaluation@0"] = at(trace, start, torch.float64).eval()(inputs)


def run(trace: Trace) -> None:
    """Losses along the way, weights and running statistics at its end."""
    twin = trace.twin(torch.float64)
    descent = trace.descent(twin)
    for step in range(STEPS):
        trace.tensors[f"loss@{step}"] = evaluate(twin, trace, step).loss
        descent.step()
    trace.tensors |= {f"buffers/{name}@{STEPS}": value for name, value in buffers_of(twin).items()}
    trace.tensors |= {f"weights/{name}@{STEPS}": value for name, value in weights_of(twin).items()}


def hessian_product(trace: Trace, generator: torch.Generator) -> None:
    """The second derivatives of the first loss times a random direction, by differentiating twice."""
    twin = trace.twin(torch.float64)
    parameters = dict(twin.named_parameters())
    inputs, targets = trace.batch(0, torch.float64)
    directions = {name: torch.randn(p.shape, generator=generator).double() for name, p in parameters.items()}
    with sdpa_kernel(SDPBackend.MATH):
        loss = twin.loss(inputs, targets, trace.smoothing)
        gradients = torch.autograd.grad(loss, list(parameters.values()), create_graph=True)
        slope = sum((g * v).sum() for g, v in zip(gradients, directions.values(), strict=True))
        products = torch.autograd.grad(slope, list(parameters.values()), allow_unused=True)
    for (name, direction), product in zip(directions.items(), products, strict=True):
        trace.tensors[f"directions/{name}"] = direction.float()
        trace.tensors[f"curvatures/{name}"] = torch.zeros_like(direction) if product is None else product.clone()


def held_by_float32(trace: Trace) -> None:
    """PyTorch's own ten steps in float32 end at a fifth of what ours may be off, or the run is chaotic."""
    single_run = train(trace, torch.float32, trace.steps)
    for step, one in enumerate(single_run.steps):
        if abs(float(one.loss) - float(trace.tensors[f"loss@{step}"])) > 2e-6 * max(1, float(one.loss)):
            raise IllConditioned(f"{trace.model}: the loss at {step} is off in float32")
    for name, value in single_run.weights.items():
        exact, start = trace.tensors[f"weights/{name}@{trace.steps}"], trace.tensors[f"weights/{name}"]
        moved = float((exact - start).norm())
        error = float((value.double() - exact).norm())
        if error > 2e-4 * moved + 6e-7 * float(exact.norm()):
            raise IllConditioned(f"{trace.model}: {name} is {error / moved:.0e} of its way off in float32")


def parameters() -> dict[str, object]:
    """Every parameter of every model."""
    table: dict[str, object] = {}
    for spec in [*MODELS, *PRESETS, *LARGE, *VARIANTS]:
        twin = build(spec)
        rows = []
        for name, parameter in twin.named_parameters():
            role, init = twin.about(name, parameter.shape)
            rows.append([name, list(parameter.shape), role, init.kind, init.size])
        buffers = {name: list(value.shape) for name, value in buffers_of(twin).items()}
        table[spec] = {"knobs": complete(spec), "count": sum(p.numel() for p in twin.parameters()),
                       "parameters": rows, "buffers": buffers}  # fmt: skip
    return table


def compact(table: dict[str, object]) -> str:
    """JSON with a line for each model."""
    lines = [f"{json.dumps(spec)}: {json.dumps(value, separators=(',', ':'))}" for spec, value in table.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def public_gpt2() -> None:
    """A small GPT-2 as its authors' files are: no prefix, matrices [in, out], masks beside them."""
    config = GPT2Config(
        vocab_size=17, n_positions=8, n_embd=12, n_layer=2, n_head=3, bos_token_id=0, eos_token_id=0,
        resid_pdrop=0, embd_pdrop=0, attn_pdrop=0,
    )  # fmt: skip
    net, generator = GPT2LMHeadModel(config).double().eval(), torch.Generator().manual_seed(5)
    randomise(net, generator)
    state = {name.removeprefix("transformer."): value.float().contiguous() for name, value in net.state_dict().items()
             if name != "lm_head.weight"}  # fmt: skip
    for layer in range(2):
        state[f"h.{layer}.attn.bias"] = torch.ones(8, 8).tril().view(1, 1, 8, 8)
    save_file(state, OUT / "gpt2-public.safetensors", {"format": "pt"})
    tokens = torch.randint(17, (2, 7), generator=generator)
    with torch.no_grad():
        logits = net(tokens, use_cache=False).logits
    save_file({"tokens": tokens.int(), "logits": logits}, OUT / "gpt2-public-outputs.safetensors")


def main() -> None:
    """Writes all of them."""
    torch.set_num_threads(1)
    OUT.mkdir(parents=True, exist_ok=True)
    total = 0
    names = sys.argv[1:]
    for case in [case for case in CASES if not names or case.name in names]:
        path = OUT / f"{case.name}.safetensors"
        trace_of(case).save(path)
        total += path.stat().st_size
        print(f"{path.name}: {path.stat().st_size} bytes")
    if names:
        return
    public_gpt2()
    (OUT / "models.json").write_text(compact(parameters()))
    print(f"traces {total} bytes, models.json {(OUT / 'models.json').stat().st_size}")


if __name__ == "__main__":
    main()
