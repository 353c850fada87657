"""Training steps: ours against PyTorch's, eager, on the CPU, in turn in one run.

    python3 Benchmarks/train.py [--models gpt,gpt-bench,resnet18] [--rounds 5] [--threads 2] [--bf16] [--record DIR]
    python3 Benchmarks/train.py --peer-only

In each round every model is trained for some seconds by PyTorch, in each of its settings, and at once by `downhill
bench train`, each in a process of its own, so that peak memory is that of the whole process and no idle threads spin
beside the other. Reported are medians over the rounds and the medians of the paired ratios. PyTorch's best: attention
by its fused kernel, fused optimizers, subnormal numbers as 0, tensors ready in memory; convolutions in channels-last
and in its default order. `--bf16` adds PyTorch's autocast and our bf16 products, both beside PyTorch's float32. The
models are those of `Tools/twin/models`. Needs torch (Tools/golden/requirements.txt); its build with CUDA takes more
memory than the one for CPUs alone, so `librariesBytes` says what its import takes.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from train_peer import SETTINGS, TASKS, Task

ROOT = Path(__file__).resolve().parents[1]
USAGE_ERROR = 64


@dataclass
class Row:
    """Every round of one model in one setting of one side."""

    model: str
    side: str
    setting: str
    rounds: list[dict[str, Any]] = field(default_factory=list)

    def median(self, what: str) -> float:
        """Over the rounds."""
        return statistics.median(each[what] for each in self.rounds)


class RunFailed(Exception):
    """A process that did not do what it was asked."""


def process(command: list[str], threads: int) -> dict[str, Any]:
    """The JSON that a command prints; usage errors have a key of their own."""
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    result = subprocess.run(command, capture_output=True, text=True, timeout=600, env=environment)
    if result.returncode == USAGE_ERROR:
        return {"refused": result.stderr.strip()}
    if result.returncode != 0:
        raise RunFailed(f"{' '.join(command)}: exit {result.returncode}: {result.stderr.strip()[-500:]}")
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def peer(task: Task, setting: str, options: argparse.Namespace) -> dict[str, Any]:
    """PyTorch."""
    script = str(Path(__file__).with_name("train_peer.py"))
    command = [sys.executable, script, task.model, setting, str(options.threads), str(options.seconds)]
    return process(command, options.threads)


def ours(task: Task, precision: str, options: argparse.Namespace) -> dict[str, Any]:
    """The contract's command."""
    command = [str(options.executable), "bench", "train", "--model", task.model, "--precision", precision]
    return process([*command, "--format", "json"], options.threads)


def measure(options: argparse.Namespace) -> list[Row]:
    """All rounds, in turn."""
    rows: dict[tuple[str, str, str], Row] = {}
    refused: set[tuple[str, str]] = set()
    precisions = ["f32", "bf16"] if options.bf16 else ["f32"]
    for number in range(options.rounds):
        for task in (TASKS[name] for name in options.models):
            for setting in task.settings:
                if SETTINGS[setting].bf16 and not options.bf16:
                    continue
                add(rows, task.model, "PyTorch", setting, peer(task, setting, options))
            for precision in [] if options.peer_only else precisions:
                if (task.model, precision) in refused:
                    continue
                result = ours(task, precision, options)
                if "refused" in result:
                    print(f"{task.model}, {precision}: left out: {result['refused']}", file=sys.stderr)
                    refused.add((task.model, precision))
                    continue
                add(rows, task.model, "Downhill", precision, result)
        print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
    return list(rows.values())


def add(rows: dict[tuple[str, str, str], Row], model: str, side: str, setting: str, result: dict[str, Any]) -> None:
    """A round more of a row."""
    rows.setdefault((model, side, setting), Row(model, side, setting)).rounds.append(result)


def ratios(row: Row, other: Row) -> list[float]:
    """How many times faster than `other`, round by round, in ascending order."""
    pairs = zip(other.rounds, row.rounds, strict=False)
    return sorted(theirs["millisecondsPerStep"] / mine["millisecondsPerStep"] for theirs, mine in pairs)


def table(rows: list[Row]) -> str:
    """Markdown; also what is printed."""
    lines = [
        "| model | by | ms a step | a second | GFLOP/s | peak memory, MB | times as fast as PyTorch float32 |",
        "|---|---|---:|---:|---:|---:|---|",
    ]
    for row in rows:
        rate = "tokensPerSecond" if "tokensPerSecond" in row.rounds[0] else "imagesPerSecond"
        milliseconds = row.median("millisecondsPerStep")
        flops = next((each.rounds[0].get("flops") for each in rows if each.model == row.model), None)
        others = [
            each
            for each in rows
            if each.model == row.model
            and each.side == "PyTorch"
            and each is not row
            and not SETTINGS[each.setting].bf16
        ]
        compared = "; ".join(
            f"{statistics.median(found):.2f} ({found[0]:.2f} to {found[-1]:.2f}), {other.setting}"
            for other in others
            if (found := ratios(row, other))
        )
        lines.append(
            f"| `{row.model}` | {row.side}, {row.setting} | {milliseconds:.1f} "
            f"| {row.median(rate):,.0f} {rate.removesuffix('PerSecond')} "
            f"| {f'{flops / milliseconds / 1e6:.0f}' if flops else ''} "
            f"| {row.median('peakMemoryBytes') / 1e6:.0f} | {compared} |"
        )
    return "\n".join(lines)


def conditions(options: argparse.Namespace) -> dict[str, object]:
    """What the figures depend on."""
    import torch

    from rules import output, processor

    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "threads": options.threads,
        "rounds": options.rounds,
        "secondsEach": options.seconds,
        "loadAverage": [round(load, 2) for load in os.getloadavg()],
        "torch": torch.__version__.split("+")[0],
        "torchInstructions": torch.backends.cpu.get_cpu_capability(),
        "downhill": "" if options.peer_only else output(str(options.executable), "--version"),
        "commit": output("git", "rev-parse", "--short=12", "HEAD"),
        "uncommittedChanges": bool(output("git", "status", "--porcelain")),
    }


def record(folder: Path, rows: list[Row], facts: dict[str, object]) -> None:
    """Every round, and the table that follows."""
    folder.mkdir(parents=True, exist_ok=True)
    document = {"conditions": facts, "rows": [asdict(row) for row in rows]}
    (folder / "train.json").write_text(json.dumps(document, indent=1) + "\n")
    listed = "\n".join(f"- {name}: {json.dumps(fact)}" for name, fact in facts.items())
    tasks = "\n".join(f"- `{task.model}`: {task.about}" for task in TASKS.values())
    text = (
        "# Training steps against PyTorch\n\n"
        "Each in a process of its own, in turn; medians over the rounds. In brackets the least and greatest of the\n"
        "paired ratios. GFLOP/s: the products and convolutions that PyTorch's counter counts, forward and backward.\n"
        "Peak memory is the whole process's, libraries included. Made by `Benchmarks/train.py`; all rounds are in\n"
        "`train.json`.\n\n"
        f"{tasks}\n\n{table(rows)}\n\n{listed}\n"
    )
    (folder / "train.md").write_text(text)


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--executable", type=Path, default=ROOT / ".build" / "release" / "downhill")
    parser.add_argument("--models", type=lambda text: text.split(","), default=list(TASKS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=5, help="of timed steps a process, five steps at least")
    parser.add_argument("--bf16", action="store_true", help="autocast and bf16 products too")
    parser.add_argument("--peer-only", action="store_true", help="PyTorch alone")
    parser.add_argument("--record", type=Path, metavar="DIR")
    options = parser.parse_args()
    unknown = [model for model in options.models if model not in TASKS]
    if unknown:
        parser.error(f"unknown model {unknown[0]}; known: {', '.join(TASKS)}")
    if min(options.rounds, options.threads) < 1 or options.seconds <= 0:
        parser.error("--rounds and --threads must be at least 1, --seconds above 0")
    if not options.peer_only and not options.executable.is_file():
        parser.error("no executable there: build with `swift build -c release`, or pass --executable or --peer-only")
    return options


def main() -> int:
    """Measures, prints, records."""
    options = parsed()
    if os.getloadavg()[0] > 0.5:
        print("other work is running on this machine: expect scatter", file=sys.stderr)
    try:
        rows = measure(options)
    except RunFailed as failure:
        print(f"failed: {failure}", file=sys.stderr)
        return 1
    print(table(rows))
    if options.record:
        record(options.record, rows, conditions(options))
    return 0


if __name__ == "__main__":
    sys.exit(main())
