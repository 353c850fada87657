"""Compares the references of matrix rules with packages that have the same rule, where those can be run.

    pip install pytorch_optimizer==4.1.0 kron_torch==0.3.3 optax==0.2.8 jax==0.10.2
    python Tools/golden/matrix_authors.py

Prints how far each package ends from the reference over twenty steps, as a part of the distance moved, and why where it
is more than rounding: `matrix_rules/DIALECTS.md` says it at length. Fails where a distance is beyond the one given.
Packages that orthogonalise in bfloat16, or factor in float32, are run once as they are, and once in float64 by
exchanging that one call or type, so that all else of theirs is compared exactly.
"""

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

os.environ.setdefault("TORCHDYNAMO_DISABLE", "1")

import jax
import kron_torch.kron
import numpy as np
import optax
import pytorch_optimizer as po
import torch
from pytorch_optimizer.optimizer import scion
from pytorch_optimizer.optimizer.muon import adamuon, base, normuon

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tools"))

from reference import Array, Spec, spec

from matrix_rules.cases import Case
from matrix_rules.kron import FIRST_STREAM
from matrix_rules.problems import Problem, problems
from matrix_rules.random_numbers import normals
from matrix_rules.runs import Start, run, warmed
from matrix_rules.tables import TABLES

jax.config.update("jax_enable_x64", True)
torch.set_num_threads(1)

ROUNDING = 1e-10
HALF = 0.02  # bfloat16 in the orthogonaliser
SINGLE = 1e-3  # float32 in a factorisation

Make = Callable[[torch.nn.Parameter, Start | None], Any]


@dataclass(frozen=True)
class Peer:
    """Our spec, their optimizer, on which problems, how near, and what differs."""

    title: str
    ours: Spec
    make: Make
    on: tuple[str, ...] = ("wide-5x7", "tall-7x5", "square-13x13")
    within: float = ROUNDING
    reason: str = ""
    warm: int = 0
    inside: Callable[[], AbstractContextManager[Any]] = field(default=nullcontext)


def doubles_in_torch() -> AbstractContextManager[Any]:
    """torch.optim.Muon with its iteration in float64."""

    def iteration(grad: Any, coefficients: Any, steps: int, eps: float) -> Any:
        a, b, c = coefficients
        tall = grad.size(0) > grad.size(1)
        x = grad.T if tall else grad
        x = x / x.norm().clamp(min=eps)
        for _ in range(steps):
            gram = x @ x.T
            x = a * x + (b * gram + c * gram @ gram) @ x
        return x.T if tall else x

    return patch("torch.optim._muon._zeropower_via_newtonschulz", iteration)


def doubles_in_package() -> AbstractContextManager[Any]:
    """pytorch_optimizer's orthogonaliser, by its own argument, in float64 in all modules that import it."""
    stack = ExitStack()
    for module in (base, normuon, adamuon, scion):
        name = "zero_power_via_newton_schulz_5"
        stack.enter_context(patch.object(module, name, partial(getattr(module, name), dtype=torch.float64, eps=0)))
    return stack


def doubles_in_factors() -> AbstractContextManager[Any]:
    """What asks for float32 gets float64."""
    return patch.object(torch, "float32", torch.float64)


def counted_noise(seed: int = 0) -> AbstractContextManager[Any]:
    """torch.randn_like draws the numbers that the reference draws."""
    step = 0

    def draw(like: Any, **_: Any) -> Any:
        nonlocal step
        step += 1
        return torch.from_numpy(normals(seed, FIRST_STREAM + step, like.numel()).reshape(like.shape))

    return patch.object(torch, "randn_like", draw)


def kron_in_doubles() -> AbstractContextManager[Any]:
    """pytorch_optimizer's Kron, which solves in float32."""
    stack = ExitStack()
    stack.enter_context(counted_noise())
    stack.enter_context(doubles_in_factors())
    return stack


def in_doubles(x: Any, a: Any) -> Any:
    """X·A⁻¹ of kron_torch, which takes it in float32."""
    return torch.linalg.solve_triangular(a, x.reshape(-1, x.size(-1)), upper=True, left=False).reshape_as(x)


def kron_noise() -> AbstractContextManager[Any]:
    stack = ExitStack()
    stack.enter_context(counted_noise())
    stack.enter_context(patch.object(kron_torch.kron, "_solve_triangular_right", in_doubles))
    return stack


def torch_muon(**options: Any) -> Make:
    return lambda weights, _: torch.optim.Muon([weights], **{"lr": 0.02, "weight_decay": 0.1, "eps": 0, **options})


def packaged(make: Any, **options: Any) -> Make:
    """Muon and kin of pytorch_optimizer."""
    group = {"use_muon": True, "lr": 0.02, "weight_decay": 0.1}
    return lambda weights, _: make([{"params": [weights], **group, **options}], foreach=False, **options)


def plain(make: Any, **options: Any) -> Make:
    return lambda weights, _: make([weights], **options)


def soap(**options: Any) -> Make:
    """pytorch_optimizer's SOAP, from our state."""

    def make(weights: torch.nn.Parameter, start: Start | None) -> Any:
        optimizer = po.SOAP([weights], **options)
        if start is not None:
            optimizer.param_groups[0]["step"] = start.step
            part = {name: torch.from_numpy(values.copy()) for name, values in start.parts.items()}
            optimizer.state[weights] = {
                "exp_avg": part["exp_avg"], "exp_avg_sq": part["exp_avg_sq"],
                "GG": [part["GG_left"], part["GG_right"]], "Q": [part["Q_left"], part["Q_right"]],
                "precondition_frequency": options["precondition_frequency"],
                "shampoo_beta": options.get("shampoo_beta", 0.95),
            }  # fmt: skip
        return optimizer

    return make


class Optax:
    """A transformation of optax on the transposed matrix: optax multiplies inputs from the left."""

    def __init__(self, weights: torch.nn.Parameter, transformation: Any) -> None:
        self.weights, self.transformation = weights, transformation
        self.point = jax.numpy.asarray(weights.detach().numpy().T)
        self.state = transformation.init(self.point)

    def step(self) -> None:
        gradient = jax.numpy.asarray(self.weights.grad.numpy().T)  # type: ignore[union-attr]
        change, self.state = self.transformation.update(gradient, self.state, self.point)
        self.point = optax.apply_updates(self.point, change)
        self.weights.data = torch.from_numpy(np.array(self.point).T.copy())


def optax_muon(**options: Any) -> Make:
    arguments = {"learning_rate": 0.02, "weight_decay": 0.1, "eps": 0.0, "nesterov": False, **options}
    return lambda weights, _: Optax(weights, optax.contrib.muon(**arguments))


def muons() -> list[Peer]:
    result = []
    for ours, theirs in (("original", None), ("match-rms-adamw", "match_rms_adamw"),
                         ("spectral-unclamped", "spectral_unclamped")):  # fmt: skip
        for nesterov in (True, False):
            knobs = spec("muon", lr=0.02, scale=ours, nesterov=nesterov)
            make = torch_muon(adjust_lr_fn=theirs, nesterov=nesterov)
            title = f"torch.optim.Muon, {ours}, nesterov={nesterov}"
            result.append(Peer(title, knobs, make, inside=doubles_in_torch))
            result.append(Peer(title, knobs, make, within=HALF, reason="bfloat16"))
    for name in ("quintic", "you"):
        knobs = {"ns_coeffs": {"quintic": "original", "you": "quintic"}[name]}
        ours = spec("muon", lr=0.02, orthogonalizer=name)
        result.append(Peer(f"pytorch_optimizer Muon, {name}", ours, packaged(po.Muon, **knobs),
                           ("wide-5x7", "tall-7x5", "filter-4x3x3x3"), inside=doubles_in_package))  # fmt: skip
    for name in ("quintic", "you", "cans", "cubic5", "deepseek"):
        table = TABLES[name] * (5 if name == "quintic" else 1)
        steps = 10 if name == "deepseek" else 5
        ours = spec("muon", lr=0.02, orthogonalizer=name, nesterov=False, steps=steps)
        result.append(Peer(f"optax muon, {name}", ours, optax_muon(ns_coeffs=tuple(table), ns_steps=steps)))
    result.append(Peer(
        "optax muon, consistent_rms", spec("muon", lr=0.02, nesterov=False, scale="match-rms-adamw"),
        optax_muon(consistent_rms=0.2),
    ))  # fmt: skip
    result.append(Peer(
        "optax muon, nesterov", spec("muon", lr=0.02), optax_muon(nesterov=True), within=0.5,
        reason="it corrects the bias of momentum and gradient apart, which turns U in the first steps",
    ))  # fmt: skip
    result.append(Peer(
        "optax muon, aol", spec("muon", lr=0.02, nesterov=False, orthogonalizer="aol", steps=4, scale="none"),
        optax_muon(preconditioning="aol", ns_coeffs=tuple(TABLES["aol"]), ns_steps=4), ("wide-5x7",),
    ))  # fmt: skip
    result.append(Peer(
        "optax muon, adaptive", spec("polar-grad", lr=0.01, nesterov=False, weight_decay=0.0, momentum=0.0),
        optax_muon(learning_rate=0.01, adaptive=True, weight_decay=0.0, beta=0.0), ("wide-5x7",),
    ))  # fmt: skip
    return result


def kin() -> list[Peer]:
    on = ("wide-5x7", "tall-7x5", "filter-4x3x3x3")
    adjusted = {"use_adjusted_lr": True}
    nor = spec("nor-muon", lr=0.02, root_eps=1e-10)
    ada = spec("ada-muon", lr=0.02, sign=False, nesterov=False, root_eps=1e-8)
    reason = "eps beside the root that it corrects for bias, and beside ‖Ô‖"
    clip = spec("muon-clip", lr=0.02)
    result = [
        Peer("pytorch_optimizer NorMuon", nor, packaged(po.NorMuon), on, 1e-8, "1e-10 beside ‖Ô‖",
             inside=doubles_in_package),
        Peer("pytorch_optimizer NorMuon", nor, packaged(po.NorMuon), on, HALF, "bfloat16"),
        Peer("pytorch_optimizer AdaMuon", ada, packaged(po.AdaMuon, betas=(0.95, 0.95), eps=1e-8, **adjusted), on, 1e-6,
             reason, inside=doubles_in_package),
        Peer("pytorch_optimizer MuonClip", clip, packaged(po.MuonClip, **adjusted), on, inside=doubles_in_package),
        Peer("pytorch_optimizer MuonClip", clip, packaged(po.MuonClip, **adjusted), on, HALF, "bfloat16"),
    ]  # fmt: skip
    norm = scion.LMONorm
    for name, theirs in (("spectral", norm.SPECTRAL), ("sign", norm.SIGN), ("column", norm.COL), ("row", norm.ROW)):
        knobs = {"lr": 0.02, "radius": 3.0} | ({} if name == "spectral" else {"norm": name})
        options = {"lr": 0.02, "scale": 3.0, "momentum": 0.1, "constraint": True, "norm_type": theirs, "foreach": False}
        near = (1e-7, "1e-8 beside the norm") if name in ("column", "row") else (ROUNDING, "")
        result.append(Peer(f"pytorch_optimizer SCION, {name}", spec("scion", **knobs), plain(po.SCION, **options),
                           ("wide-5x7", "tall-7x5"), *near, inside=doubles_in_package))  # fmt: skip
    options |= {"norm_type": norm.AUTO}
    result.append(Peer("pytorch_optimizer SCION, filter", spec("scion", lr=0.02, radius=3.0),
                       plain(po.SCION, **options), ("filter-4x3x3x3",), inside=doubles_in_package))  # fmt: skip
    return result


def factored() -> list[Peer]:
    result = []
    for every in (3, 1):
        ours = spec("soap", lr=0.02, precondition_frequency=every)
        make = soap(lr=0.02, weight_decay=0.01, precondition_frequency=every)
        squares = ("square-6x6", "square-13x13")
        title = f"pytorch_optimizer SOAP, every {every}"
        result.append(Peer(title, ours, make, squares, inside=doubles_in_factors))
        result.append(Peer(title, ours, make, warm=4, inside=doubles_in_factors))
        result.append(Peer(title, ours, make, within=SINGLE, warm=4, reason="QR in float32"))
    result.append(Peer(
        "pytorch_optimizer Shampoo", spec("shampoo", beta1=0.0, eps=1e-6),
        plain(po.Shampoo, lr=0.01, matrix_eps=1e-6), ("square-6x6", "wide-5x7"), 1e-6,
        "it starts factors at eps·I where we add eps before the root",
    ))  # fmt: skip
    scalable = {
        "lr": 0.01, "betas": (0.0, 0.9), "moving_average_for_momentum": True, "nesterov": False,
        "start_preconditioning_step": 1, "preconditioning_compute_steps": 1, "matrix_eps": 1e-12, "use_svd": True,
        "shape_interpretation": False,
    }  # fmt: skip
    for number, name in ((1, "sgd"), (2, "adagrad"), (3, "rmsprop")):
        ours = spec("shampoo", beta1=0.0, beta2=0.9, grafting=name, grafting_beta2=0.9, grafting_eps=1e-10)
        result.append(Peer(
            f"pytorch_optimizer ScalableShampoo, {name} grafted", ours,
            plain(po.ScalableShampoo, **scalable, graft_type=number), ("square-6x6", "square-13x13"), 1e-9,
            "no bias correction, which grafting hides; factors start at eps·I",
        ))  # fmt: skip
    # It has no sums (β₂ = 1): averages with a tiny share are sums, but for that share and its root in the step.
    share = 2.0**-40
    blocks = {
        **scalable, "lr": 0.01 * share**0.5, "betas": (0.0, 1 - share), "matrix_eps": 0.01 * share, "block_size": 5,
        "graft_type": 0,
    }  # fmt: skip
    result.append(Peer(
        "pytorch_optimizer ScalableShampoo, blocks", spec("shampoo", beta1=0.0, eps=0.01, block_size=5),
        plain(po.ScalableShampoo, **blocks), within=1e-9, reason="its sums are averages of a tiny share",
    ))  # fmt: skip
    options = {"lr": 0.01, "pre_conditioner_update_probability": 1.0, "balance_prob": 0.0}
    for knobs, more in (
        ({}, {}), ({"max_triangular": 6}, {"max_size_triangular": 6}),
        ({"momentum_into_precondition": False}, {"momentum_into_precondition_update": False}),
        ({"precondition_frequency": 3}, {"pre_conditioner_update_probability": 1 / 3}),
        ({"weight_decay": 0.5, "momentum": 0.7}, {"weight_decay": 0.5, "momentum": 0.7}),
    ):  # fmt: skip
        frequent = "precondition_frequency" not in knobs
        result.append(Peer(
            f"pytorch_optimizer Kron {knobs}", spec("kron", lr=0.01, **knobs),
            plain(po.Kron, **{**options, **more, "precondition_dtype": torch.float64}),
            ("wide-5x7", "tall-7x5", "row-1x9"), ROUNDING if frequent else 2.0,
            "" if frequent else "it counts to 1/p before the first update, and its noise is drawn by updates",
            inside=kron_in_doubles,
        ))  # fmt: skip
    result.append(Peer(
        "kron_torch Kron", spec("kron", lr=0.01),
        plain(kron_torch.kron.Kron, lr=0.01, preconditioner_update_probability=1.0, precond_dtype=torch.float64),
        ("wide-5x7", "tall-7x5"), 0.02, "adds 3.5e-4·mean|m̂|·V to the momentum, the step's as well", inside=kron_noise,
    ))  # fmt: skip
    return result


def theirs(peer: Peer, problem: Problem, start: Start | None) -> Array:
    """The weights at the end of the package's run."""
    weights = torch.nn.Parameter(torch.from_numpy(problem.weights.copy()))
    with peer.inside():
        optimizer = peer.make(weights, start)
        for gradient in problem.gradients:
            weights.grad = torch.from_numpy(gradient.copy())
            optimizer.step()
    result: Array = weights.detach().numpy()
    return result


def clipped() -> float:
    """QK-clip of pytorch_optimizer's MuonClip against ours, in a step that moves nothing."""
    from matrix_rules.operations import entries

    worst = 0.0
    for entry in entries():
        weights = torch.nn.Parameter(torch.tensor(entry["weights"], dtype=torch.float64).reshape(entry["shape"]))
        group = {"params": [weights], "use_muon": True, "lr": 0.0, "weight_decay": 0.0}
        group |= {"qk_clip": entry["role"], "attention_name": "one", "qk_clip_alpha": entry["alpha"]}
        optimizer = po.MuonClip([group], qk_clip_threshold=entry["threshold"])
        weights.grad = torch.zeros_like(weights)
        with doubles_in_factors(), patch.object(torch.Tensor, "float", torch.Tensor.double):
            optimizer.step(attention_max_logits={"one": torch.tensor(entry["logits"], dtype=torch.float64)})
        gap = np.abs(weights.detach().numpy().ravel() - entry["output"]).max()
        worst = max(worst, float(gap))
    return worst


def main() -> int:
    """All of them."""
    available, failed = problems(), 0
    for peer in [*muons(), *kin(), *factored()]:
        for name in peer.on:
            problem = available[name]
            start = warmed(Case(peer.ours, name, peer.warm), problem)
            end = run(peer.ours, problem, start)[-1]
            gap = float(np.abs(theirs(peer, problem, start) - end).max() / np.abs(end - problem.weights).max())
            failed += not gap < peer.within
            mark = "  " if gap < peer.within else "! "
            print(f"{mark}{peer.title}, {name}: {gap:.1e}{' — ' + peer.reason if peer.reason else ''}")
    worst = clipped()
    print(f"  pytorch_optimizer MuonClip, QK-clip: {worst:.1e}")
    return 1 if failed or worst > 1e-6 else 0


if __name__ == "__main__":
    sys.exit(main())
