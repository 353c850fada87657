"""PyTorch twins of the models, by the names and knobs of `downhill train`; README.md has the tables."""

from dataclasses import fields

import torch

from .base import Twin
from .cnn import CNN
from .gpt import GPT
from .gpt_modern import GPTModern
from .mixer import Mixer
from .mlp import MLP
from .regressions import LinearRegression, SoftmaxRegression
from .resnet import RESNETS, ResNet
from .spec import ModelError, knobs_from, split
from .vit import ViT

MODELS: dict[str, type[Twin]] = {
    "linear-regression": LinearRegression,
    "softmax-regression": SoftmaxRegression,
    "mlp": MLP,
    "cnn": CNN,
    **dict.fromkeys(RESNETS, ResNet),
    "vit-tiny": ViT,
    "mlp-mixer": Mixer,
    "gpt": GPT,
    "gpt-modern": GPTModern,
}
PRESETS = {
    "gpt-bench": "gpt:layers=6,heads=6,width=384,context=256",
    "gpt2": "gpt:layers=12,heads=12,width=768,context=1024,vocabulary=50257,bias=true,activation=gelu-tanh",
}


def resolve(text: str) -> tuple[str, dict[str, str]]:
    """A model's name and the knobs given, a preset's first."""
    name, given = split(text)
    if name in PRESETS:
        model, preset = split(PRESETS[name])
        return model, {**preset, **given}
    if name not in MODELS:
        known = ", ".join([*MODELS, *PRESETS])
        raise ModelError(f"unknown model '{name}'; known: {known}")
    return name, given


def build(text: str) -> Twin:
    """The module of a spec such as `gpt:layers=2,width=48`, in float32, its weights as PyTorch makes them."""
    name, given = resolve(text)
    kind = MODELS[name]
    defaults = kind.defaults(name)
    with torch.random.fork_rng():
        return kind(knobs_from(name, given, defaults))


def complete(text: str) -> str:
    """The same spec with every knob written out."""
    name, given = resolve(text)
    knobs = knobs_from(name, given, MODELS[name].defaults(name))
    hidden = {"name"}
    pairs = [(f.name, getattr(knobs, f.name)) for f in fields(knobs) if f.name not in hidden]
    written = [f"{key.replace('_', '-')}={spelled(value)}" for key, value in pairs]
    return f"{name}:{','.join(written)}"


def spelled(value: object) -> str:
    """A knob's value as a spec has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return str(value[0]) if value[0] == value[1] else f"{value[0]}x{value[1]}"
    return f"{value:g}" if isinstance(value, float) else str(value)


__all__ = ["MODELS", "PRESETS", "ModelError", "Twin", "build", "complete", "resolve"]
