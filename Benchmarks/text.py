"""AdamW and Muon on a character-level transformer: held-out losses after equally many steps.

    python3 Benchmarks/text.py --data tinyshakespeare.txt [--seeds 3] [--steps 2000] [--record DIR]

Every rate of each grid is trained with the first seed; the best of each optimizer with the other seeds as well, and
with bf16 products where `--bf16` asks for them. Two runs at a time, each on one thread; the runs are `downhill train`'s.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RATES = {"adamw": ["1e-3", "2e-3", "4e-3", "8e-3"], "muon": ["0.01", "0.02", "0.04"]}
"""Muon's rate is that of the hidden matrices; the rest has AdamW at the best rate of its own grid."""


def schedule(rate: str, steps: int) -> str:
    """Cosine to a tenth after a warmup of a hundred steps, or a tenth of them."""
    return f"cosine({rate},total={steps},final=0.1,warmup={min(100, steps // 10)})"


class Contest:
    """Runs of `downhill train` on one text."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options = options
        self.folder = folder

    def run(self, name: str, rate: str, seed: int, rest: str, model: str = "gpt") -> dict[str, Any]:
        """One run's result, with what it was."""
        out = self.folder / f"{name}-{rate}-{seed}-{model.replace(':', '-')}"
        steps = self.options.steps
        command = [
            str(self.options.executable), "train", model, "--data", str(self.options.data), "--steps", str(steps),
            "--batch", "12", "--seed", str(seed), "--threads", "1", "--eval-every", str(steps // 4),
            "--out", str(out), "--format", "json", "--optimizer", f"{name}:lr={schedule(rate, steps)}",
        ]  # fmt: skip
        if name != "adamw":
            command += ["--rest", f"adamw:lr={schedule(rest, steps)}"]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode != 0:
            raise SystemExit(f"{' '.join(command)}: exit {result.returncode}: {result.stderr.strip()[-500:]}")
        document = json.loads(result.stdout)
        log = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
        curve = [[e["step"], e["heldOutLoss"]] for e in log if "heldOutLoss" in e and "step" in e]
        print(f"{model} {name} {rate} seed {seed}: {document['heldOutLoss']:.4f}", file=sys.stderr)
        return {
            "model": model, "optimizer": name, "rate": rate, "seed": seed, "rest": rest,
            "trainLoss": document["trainLoss"], "heldOutLoss": document["heldOutLoss"], "curve": curve,
        }  # fmt: skip


def best(runs: list[dict[str, Any]], name: str) -> str:
    """The rate of an optimizer with the least held-out loss."""
    rate: str = min((r for r in runs if r["optimizer"] == name), key=lambda r: r["heldOutLoss"])["rate"]
    return rate


def table(runs: list[dict[str, Any]]) -> str:
    """Markdown: a line an optimizer and rate."""
    lines = ["| model | optimizer | rate | seeds | held-out loss | from | to |", "|---|---|---:|---:|---:|---:|---:|"]
    keys = sorted({(r["model"], r["optimizer"], float(r["rate"])) for r in runs})
    for model, name, rate in keys:
        found = sorted(
            r["heldOutLoss"] for r in runs if (r["model"], r["optimizer"], float(r["rate"])) == (model, name, rate)
        )
        lines.append(
            f"| {model} | {name} | {rate:g} | {len(found)} | {statistics.median(found):.4f} "
            f"| {found[0]:.4f} | {found[-1]:.4f} |"
        )
    return "\n".join(lines)


def main() -> int:
    """Runs the grid, prints, records."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--executable", type=Path, default=ROOT / ".build" / "release" / "downhill")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--bf16", action="store_true", help="the best AdamW with bf16 products too")
    parser.add_argument("--record", type=Path, metavar="DIR")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        contest = Contest(options, Path(folder))
        runs = list(pool.map(lambda rate: contest.run("adamw", rate, 1, ""), RATES["adamw"]))
        rest = best(runs, "adamw")
        runs += pool.map(lambda rate: contest.run("muon", rate, 1, rest), RATES["muon"])
        final = [
            (name, best(runs, name), seed) for seed in range(2, options.seeds + 1) for name in ("adamw", "muon")
        ]
        runs += pool.map(lambda each: contest.run(*each, rest), final)
        if options.bf16:
            models = [(seed, "gpt:precision=bf16") for seed in range(1, options.seeds + 1)]
            runs += pool.map(lambda each: contest.run("adamw", rest, each[0], rest, each[1]), models)
    print(table(runs))
    if options.record:
        options.record.mkdir(parents=True, exist_ok=True)
        (options.record / "text.json").write_text(json.dumps(runs, indent=1) + "\n")
        (options.record / "table.md").write_text(table(runs) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
