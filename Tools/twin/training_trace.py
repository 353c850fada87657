"""A trace of training: what `downhill train … --trace` writes and `train_twin.py` reads; README.md has the format."""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save
from torch import Tensor

from models import ModelError, Twin, build
from models.spec import split

FORMAT = "downhill-trace/1"
SGD_KNOBS = {"lr": "lr", "momentum": "momentum", "dampening": "dampening", "nesterov": "nesterov",
             "weight-decay": "weight_decay"}  # fmt: skip


class TraceError(Exception):
    """A file that is no trace, or one that contradicts itself."""


@dataclass
class Trace:
    """Metadata and tensors, under the names of README.md."""

    model: str
    optimizer: str
    smoothing: float
    tensors: dict[str, Tensor]

    @property
    def steps(self) -> int:
        """Batches recorded, from 0."""
        return next(t for t in range(len(self.tensors) + 1) if f"inputs@{t}" not in self.tensors)

    def batch(self, step: int, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        """Inputs and targets: whole numbers as they are, others in `dtype`."""
        inputs, targets = (self.need(f"{part}@{step}") for part in ("inputs", "targets"))
        return numbers(inputs, dtype), numbers(targets, dtype)

    def part(self, prefix: str, suffix: str = "") -> dict[str, Tensor]:
        """The tensors `prefix/NAME` followed by `suffix`, under NAME."""
        return {
            name.removeprefix(prefix + "/").removesuffix(suffix): tensor
            for name, tensor in self.tensors.items()
            if name.startswith(prefix + "/") and name.endswith(suffix) and (suffix or "@" not in name)
        }

    def need(self, name: str) -> Tensor:
        """A tensor that must be there."""
        if name not in self.tensors:
            raise TraceError(f"no tensor {name}")
        return self.tensors[name]

    def twin(self, dtype: torch.dtype) -> Twin:
        """The model at the trace's first weights, which must be exactly its parameters."""
        twin = build(self.model)
        weights, buffers = self.part("weights"), self.part("buffers")
        shapes = {name: tuple(tensor.shape) for name, tensor in twin.named_parameters()}
        same(shapes, weights, "weights")
        state = {**weights, **buffers}
        missing = twin.load_state_dict(state, strict=False)
        if missing.unexpected_keys:
            raise TraceError(f"buffers that {self.model} does not have: {missing.unexpected_keys[:4]}")
        return twin.to(dtype).train()

    def descent(self, twin: Twin) -> torch.optim.SGD:
        """The optimizer of the metadata over a twin's parameters."""
        name, given = split(self.optimizer)
        if name != "sgd" or "lr" not in given or not given.keys() <= SGD_KNOBS.keys():
            raise TraceError(f"optimizer '{self.optimizer}': expected sgd:lr=… with {', '.join(SGD_KNOBS)}")
        knobs = {SGD_KNOBS[knob]: value == "true" if knob == "nesterov" else float(value)
                 for knob, value in given.items()}  # fmt: skip
        return torch.optim.SGD(twin.parameters(), **knobs)

    def save(self, path: Path) -> None:
        """Writes it."""
        metadata = {"format": FORMAT, "model": self.model, "optimizer": self.optimizer,
                    "label-smoothing": f"{self.smoothing:g}"}  # fmt: skip
        data = save({name: tensor.contiguous() for name, tensor in self.tensors.items()}, metadata)
        path.write_bytes(ordered(data))


def ordered(data: bytes) -> bytes:
    """The same file with its metadata in the order of the alphabet: theirs changes from run to run."""
    length = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:length])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps({"__metadata__": header.pop("__metadata__"), **header}, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + data[length:]


def same(shapes: dict[str, tuple[int, ...]], found: dict[str, Tensor], what: str) -> None:
    """Names and shapes as the model has them."""
    differing = sorted(shapes.keys() ^ found.keys())
    if differing:
        raise TraceError(f"{what}: these names are on one side alone: {', '.join(differing[:8])}")
    for name, shape in shapes.items():
        if tuple(found[name].shape) != shape:
            raise TraceError(f"{what}/{name} is {list(found[name].shape)}, expected {list(shape)}")


def numbers(tensor: Tensor, dtype: torch.dtype) -> Tensor:
    """Whole numbers as PyTorch wants indices, others in `dtype`."""
    return tensor.to(dtype) if tensor.is_floating_point() else tensor.long()


def load(path: Path) -> Trace:
    """Reads a file."""
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
        tensors = load_file(path)
    except (OSError, SafetensorError) as error:
        raise TraceError(f"{path}: {error}") from error
    for key in ("format", "model", "optimizer"):
        if key not in metadata:
            raise TraceError(f"{path}: no '{key}' in the metadata")
    if metadata["format"] != FORMAT:
        raise TraceError(f"{path}: format {metadata['format']}, expected {FORMAT}")
    try:
        build(metadata["model"])
    except ModelError as error:
        raise TraceError(f"{path}: {error}") from error
    return Trace(metadata["model"], metadata["optimizer"], float(metadata.get("label-smoothing", "0")), tensors)
