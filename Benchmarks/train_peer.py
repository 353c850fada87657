"""Times PyTorch's training steps in one setting and prints them as JSON; `train.py` calls it in a process of its own.

python3 Benchmarks/train_peer.py MODEL SETTING THREADS SECONDS
"""

import json
import resource
import statistics
import sys
import time
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WARMUP = 5
FEWEST = 5


@dataclass(frozen=True)
class Setting:
    """A way in which PyTorch can run a model."""

    channels_last: bool = False
    bf16: bool = False


SETTINGS = {
    "float32": Setting(),
    "channels-last": Setting(channels_last=True),
    "autocast": Setting(bf16=True),
    "channels-last autocast": Setting(channels_last=True, bf16=True),
}


@dataclass(frozen=True)
class Task:
    """A model with its batch and optimizer."""

    model: str
    spec: str
    batch: int
    settings: tuple[str, ...]
    about: str


TEXT, PICTURES = ("float32", "autocast"), ("channels-last", "float32", "channels-last autocast", "autocast")
TASKS = {
    task.model: task
    for task in (
        Task("gpt", "gpt", 12, TEXT,
             "4 layers, width 128, 4 heads, batch 12 × 64 tokens, vocabulary 65, no biases, tied head, AdamW"),
        Task("gpt-bench", "gpt-bench", 4, TEXT,
             "6 layers, width 384, 6 heads, batch 4 × 256 tokens, vocabulary 65, no biases, tied head, AdamW"),
        Task("resnet18", "resnet18", 64, PICTURES,
             "3×3 stem, 64 images of 32×32, 10 classes, SGD with momentum 0.9"),
    )
}  # fmt: skip


def run(task: Task, setting: Setting, threads: int, seconds: float) -> dict[str, object]:
    """Median time of a step: forward, loss, backward, optimizer."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    sys.path.insert(0, str(ROOT / "Tools" / "twin"))
    from models import build

    libraries = peak()
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    twin = build(task.spec)
    twin.initialise(1)
    inputs, targets = twin.sample(task.batch, (32, 32), torch.Generator().manual_seed(1))
    text = "gpt" in task.model
    if setting.channels_last:
        twin, inputs = twin.to(memory_format=torch.channels_last), inputs.contiguous(memory_format=torch.channels_last)
    if text:
        optimizer: torch.optim.Optimizer = torch.optim.AdamW(twin.parameters(), lr=1e-3, fused=True)
    else:
        optimizer = torch.optim.SGD(twin.parameters(), lr=0.01, momentum=0.9, fused=True)
    cast = torch.autocast("cpu", torch.bfloat16) if setting.bf16 else nullcontext()

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        with cast:
            loss = twin.loss(inputs, targets)
        loss.backward()
        optimizer.step()

    for _ in range(WARMUP):
        step()
    times: list[float] = []
    while len(times) < FEWEST or sum(times) < 1e3 * seconds:
        start = time.perf_counter_ns()
        step()
        times.append((time.perf_counter_ns() - start) / 1e6)
    highest = peak()
    with FlopCounterMode(display=False) as counter:
        step()
    each = task.batch * (inputs.shape[1] if text else 1)
    milliseconds = statistics.median(times)
    return {
        "model": task.model,
        "millisecondsPerStep": milliseconds,
        "tokensPerSecond" if text else "imagesPerSecond": 1e3 * each / milliseconds,
        "parameters": sum(parameter.numel() for parameter in twin.parameters()),
        "peakMemoryBytes": highest,
        "librariesBytes": libraries,
        "flops": counter.get_total_flops(),
        "steps": len(times),
        "lastLoss": float(twin.loss(inputs, targets).detach()),
    }


def peak() -> int:
    """The most memory that this process has had, in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else 1024 * most


if __name__ == "__main__":
    name, setting, threads, seconds = sys.argv[1:]
    print(json.dumps(run(TASKS[name], SETTINGS[setting], int(threads), float(seconds))))
