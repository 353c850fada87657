"""Our elementwise rules against PyTorch's, in turn in one run, on float32 weights.

    python3 Benchmarks/rules.py [--count 10000000] [--rounds 7] [--record DIR]

In each round every rule is timed in PyTorch and at once in `downhill bench rules`; reported are the
medians over the rounds, and the median of the paired ratios. PyTorch runs on as many threads as
`--threads` says, in the best setting of each rule (fused where that exists for the CPU).
Needs numpy and torch (Tools/golden/requirements.txt).
"""

import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol

import torch

from torch_steps import PEERS, Peer, Setting, Stage, best_setting, setting_name

ROOT = Path(__file__).resolve().parents[1]
USAGE_ERROR = 64
BUDGET_SECONDS = 300
FEWEST_ROUNDS = 3


@dataclass
class Pair:
    """One rule in one round, both in milliseconds, and the limit for ours."""

    torch: float
    ours: float
    limit: float


@dataclass
class Row:
    """All rounds of a rule."""

    rule: str
    setting: str
    pairs: list[Pair] = field(default_factory=list)

    def median(self, side: str) -> float:
        """The median time of `torch` or `ours`."""
        return statistics.median(getattr(pair, side) for pair in self.pairs)

    @property
    def ratios(self) -> list[float]:
        """How many times faster ours is, round by round, in ascending order."""
        return sorted(pair.torch / pair.ours for pair in self.pairs)

    @property
    def of_limit(self) -> float:
        """The part of the attainable speed that ours reaches."""
        return statistics.median(pair.limit / pair.ours for pair in self.pairs)


class OursFailed(Exception):
    """Our command failed for another reason than an unknown rule."""


class OurBench:
    """The command line's timings."""

    def __init__(self, executable: Path, count: int) -> None:
        self.executable = executable
        self.count = count
        self.threads: int | None = None

    def run(self, rule: str) -> dict[str, float] | None:
        """The row of one rule, or nothing where this build has no such rule."""
        command = [
            str(self.executable), "bench", "rules", "--count", str(self.count),
            "--only", rule, "--format", "json",
        ]  # fmt: skip
        result = subprocess.run(command, capture_output=True, text=True, timeout=120)
        if result.returncode == USAGE_ERROR:
            print(f"{rule}: left out: {result.stderr.strip()}", file=sys.stderr)
            return None
        if result.returncode != 0:
            raise OursFailed(f"{rule}: exit {result.returncode}: {result.stderr.strip()}")
        document = json.loads(result.stdout)
        self.threads = document["threads"]
        rows = [row for row in document["rules"] if row["rule"] == rule]
        if len(rows) != 1:
            raise OursFailed(f"{rule}: {len(rows)} rows of that name")
        return rows[0]


def measure(bench: OurBench, rounds: int) -> list[Row]:
    """Every rule that both sides have, in every round, in turn; fewer rounds on a slow machine."""
    stage = Stage(bench.count)
    contest: list[tuple[Peer, Setting, Row]] = []
    for peer in PEERS:
        if bench.run(peer.spec) is not None:
            setting = best_setting(stage, peer)
            contest.append((peer, setting, Row(peer.spec, setting_name(setting))))
    start = time.monotonic()
    for number in range(rounds):
        if number >= FEWEST_ROUNDS and time.monotonic() - start > BUDGET_SECONDS:
            print(f"stopped after {number} rounds: out of time", file=sys.stderr)
            break
        for peer, setting, row in contest:
            row.pairs.append(pair(stage, bench, peer, setting))
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
    return [row for _, _, row in contest]


def pair(stage: Stage, bench: OurBench, peer: Peer, setting: Setting) -> Pair:
    """PyTorch, then ours; a pause lets PyTorch's threads stop spinning first."""
    theirs = stage.milliseconds(peer, setting)
    time.sleep(0.2)
    ours = bench.run(peer.spec)
    if ours is None:
        raise OursFailed(f"{peer.spec}: was there in the first round")
    return Pair(theirs, ours["milliseconds"], ours["limitMilliseconds"])


def table(rows: list[Row]) -> str:
    """Markdown; also what is printed."""
    lines = [
        "| rule | PyTorch, ms | setting | Downhill, ms | ratio | of the rounds | of the limit |",
        "|---|---:|---|---:|---:|---:|---:|",
    ]
    for row in rows:
        ratios = row.ratios
        lines.append(
            f"| `{row.rule}` | {row.median('torch'):.2f} | {row.setting} "
            f"| {row.median('ours'):.2f} | {statistics.median(ratios):.2f} "
            f"| {ratios[0]:.2f} to {ratios[-1]:.2f} | {100 * row.of_limit:.0f} % |"
        )
    return "\n".join(lines)


def processor() -> str:
    """The CPU's model name."""
    listing = Path("/proc/cpuinfo")
    if listing.exists():
        for line in listing.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return output("sysctl", "-n", "machdep.cpu.brand_string") or platform.machine()


def output(*command: str) -> str:
    """What a command prints, or nothing where it fails."""
    try:
        result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=30)
    except OSError:
        return ""
    return result.stdout.strip() if result.returncode == 0 else ""


class Timed(Protocol):
    """A command of ours that was timed."""

    executable: Path
    threads: int | None


def conditions(bench: Timed, rounds: int) -> dict[str, object]:
    """What the figures depend on."""
    return {
        "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d"),
        "processor": processor(),
        "cores": os.cpu_count(),
        "threads": {"torch": torch.get_num_threads(), "downhill": bench.threads},
        "rounds": rounds,
        "loadAverage": [round(load, 2) for load in os.getloadavg()],
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "torch": torch.__version__.split("+")[0],
        "torchInstructions": torch.backends.cpu.get_cpu_capability(),
        "downhill": output(str(bench.executable), "--version"),
        "commit": output("git", "rev-parse", "--short=12", "HEAD"),
        "uncommittedChanges": bool(output("git", "status", "--porcelain")),
    }


def record(folder: Path, rows: list[Row], facts: dict[str, object]) -> None:
    """Writes every measurement, and the table that follows from them."""
    folder.mkdir(parents=True, exist_ok=True)
    document = {"conditions": facts, "rules": [asdict(row) for row in rows]}
    (folder / "rules.json").write_text(json.dumps(document, indent=1) + "\n")
    facts_list = "\n".join(f"- {name}: {json.dumps(value)}" for name, value in facts.items())
    text = (
        "# Elementwise rules against PyTorch\n\n"
        f"A step over {facts['count']:,} float32 weights; medians of {facts['rounds']} rounds, in\n"
        "which each rule ran in PyTorch and at once in Downhill. Ratio: PyTorch's time over ours,\n"
        "the median of the pairs, and the least and greatest of them. Limit: a loop with the same\n"
        "memory traffic and no arithmetic. Made by `Benchmarks/rules.py`; all pairs are in\n"
        f"`rules.json`.\n\n{table(rows)}\n\n{facts_list}\n"
    )
    (folder / "rules.md").write_text(text)


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--executable", type=Path, default=ROOT / ".build" / "release" / "downhill")
    parser.add_argument("--count", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2, help="PyTorch's")
    parser.add_argument("--record", type=Path, metavar="DIR")
    options = parser.parse_args()
    if min(options.count, options.rounds, options.threads) < 1:
        parser.error("--count, --rounds and --threads must be at least 1")
    if not options.executable.is_file():
        parser.error(
            "no executable there: build with `swift build -c release`, or pass --executable"
        )
    return options


def main() -> int:
    """Measures, prints, records."""
    options = parsed()
    torch.set_num_threads(options.threads)
    if os.getloadavg()[0] > 0.5:
        print("other work is running on this machine: expect scatter", file=sys.stderr)
    bench = OurBench(options.executable.resolve(), options.count)
    try:
        rows = measure(bench, options.rounds)
    except OursFailed as failure:
        print(f"failed: {failure}", file=sys.stderr)
        return 1
    if not rows:
        print("failed: the command knows none of the rules", file=sys.stderr)
        return 1
    print(table(rows))
    if bench.threads != options.threads:
        print(f"PyTorch had {options.threads} threads, ours {bench.threads}.", file=sys.stderr)
    if options.record:
        facts = conditions(bench, len(rows[0].pairs)) | {"count": bench.count}
        record(options.record, rows, facts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
