"""Our Muon steps against torch.optim.Muon, in turn in one run.

    python3 Benchmarks/muon.py [--rounds 9] [--shapes 768x768x4,3072x768 ...] [--record DIR]

In each round every set of matrices takes a step in PyTorch (bf16 inside, as always there) and at once
one in `downhill bench muon`, in bf16 and in float32; reported are medians over the rounds, and the
median of the paired ratios. Then the error of both beside the polynomial in float64, on the same
matrices: normally distributed numbers, and singular values from 1 to 1e-3 and to 1e-6.
Needs numpy and torch (Tools/golden/requirements.txt).
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch.optim._muon import _zeropower_via_newtonschulz

from rules import ROOT, OursFailed, conditions

BLOCK = "768x768x4,3072x768,768x3072"
SHAPES = [
    BLOCK, "256x256x8", "1024x4096", "1024x1024", "2048x2048", "768x2304", "2304x768", "256x1024", "512x512",
    "128x128", "64x64", "100x50", "16x16", "1x1000",
]  # fmt: skip
COEFFICIENTS = (3.4445, -4.7750, 2.0315)
FEWEST_STEPS = 3


@dataclass
class Ours:
    """What `bench muon` says of one precision."""

    milliseconds: float
    rmsError: float
    flops: float
    peakFlops: float
    algorithms: list[str]


@dataclass
class Round:
    """One step of each side, in milliseconds."""

    torch: float
    bf16: Ours
    f32: Ours


@dataclass
class Row:
    """All rounds of a set of matrices."""

    shapes: str
    rounds: list[Round] = field(default_factory=list)

    def ratios(self, precision: str) -> list[float]:
        """How many times faster ours is, round by round, in ascending order."""
        return sorted(r.torch / getattr(r, precision).milliseconds for r in self.rounds)

    def median(self, precision: str) -> float:
        """Our median time."""
        return statistics.median(getattr(r, precision).milliseconds for r in self.rounds)


def matrices(text: str) -> list[tuple[int, int]]:
    """`3x4x2,5x6` is two of 3 × 4 and one of 5 × 6."""
    result = []
    for part in text.split(","):
        rows, columns, *count = (int(length) for length in part.split("x"))
        result += [(rows, columns)] * (count[0] if count else 1)
    return result


class Theirs:
    """torch.optim.Muon over one set of matrices."""

    def __init__(self, shapes: str) -> None:
        generator = torch.Generator().manual_seed(1)
        weights = [torch.nn.Parameter(torch.randn(*s, generator=generator)) for s in matrices(shapes)]
        for weight in weights:
            weight.grad = torch.randn(*weight.shape, generator=generator)
        self.optimizer = torch.optim.Muon(weights, lr=1e-3)
        self.milliseconds()

    def milliseconds(self) -> float:
        """The median of some steps in a row, after one that wakes the threads."""
        self.optimizer.step()
        times: list[float] = []
        begin = time.perf_counter()
        while len(times) < FEWEST_STEPS or (time.perf_counter() - begin < 0.1 and len(times) < 200):
            start = time.perf_counter()
            self.optimizer.step()
            times.append((time.perf_counter() - start) * 1e3)
        return statistics.median(times)


class OurBench:
    """The command line's timings."""

    def __init__(self, executable: Path, prefix: list[str]) -> None:
        self.executable = executable
        self.prefix = prefix
        self.threads: int | None = None

    def run(self, shapes: str, precision: str, rounds: int = 7) -> Ours:
        """A step over a set of matrices."""
        command = [
            *self.prefix, str(self.executable), "bench", "muon", "--shapes", shapes,
            "--precision", precision, "--rounds", str(rounds), "--format", "json",
        ]  # fmt: skip
        result = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if result.returncode != 0:
            raise OursFailed(f"{shapes}: exit {result.returncode}: {result.stderr.strip()}")
        document = json.loads(result.stdout)
        self.threads = document["threads"]
        members = Ours.__dataclass_fields__
        return Ours(**{name: document[name] for name in members})


def measure(bench: OurBench, sets: list[str], rounds: int) -> list[Row]:
    """Every set in every round, both sides in turn."""
    contest = [(Theirs(shapes), Row(shapes)) for shapes in sets]
    for number in range(rounds):
        for theirs, row in contest:
            peer = theirs.milliseconds()
            # A pause lets PyTorch's threads stop spinning first.
            time.sleep(0.2)
            row.rounds.append(Round(peer, bench.run(row.shapes, "bf16"), bench.run(row.shapes, "f32")))
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
    return [row for _, row in contest]


def sample(rows: int, columns: int, least: float | None) -> np.ndarray:
    """Normally distributed numbers, or singular values from 1 to `least` by equal factors."""
    random = np.random.default_rng(5)
    if least is None:
        return random.standard_normal((rows, columns)).astype(np.float32)
    rank = min(rows, columns)
    u = np.linalg.qr(random.standard_normal((rows, rank)))[0]
    v = np.linalg.qr(random.standard_normal((columns, rank)))[0]
    return ((u * np.geomspace(1, least, rank)) @ v.T).astype(np.float32)


def polynomial(x: np.ndarray, steps: int = 5) -> np.ndarray:
    """Newton-Schulz in float64."""
    a, b, c = COEFFICIENTS
    y = x.astype(np.float64)
    y /= np.linalg.norm(y)
    is_tall = y.shape[0] > y.shape[1]
    y = y.T if is_tall else y
    for _ in range(steps):
        gram = y @ y.T
        y = a * y + (b * gram + c * gram @ gram) @ y
    return y.T if is_tall else y


def relative(found: np.ndarray, exact: np.ndarray) -> float:
    """‖found − exact‖ / ‖exact‖."""
    return float(np.linalg.norm(found - exact) / np.linalg.norm(exact))


def ours_of(bench: OurBench, x: np.ndarray, precision: str) -> np.ndarray:
    """Our orthogonal factor, by way of one replayed step from zero weights."""
    from safetensors.numpy import load_file, save_file

    with tempfile.TemporaryDirectory() as folder:
        paths = {name: str(Path(folder) / f"{name}.safetensors") for name in ("w", "g", "o")}
        save_file({"w": np.zeros_like(x)}, paths["w"])
        save_file({"w@0": x}, paths["g"])
        spec = f"muon:lr=1,weight-decay=0,momentum=0,nesterov=false,scale=none,precision={precision}"
        command = [
            str(bench.executable), "replay", "--optimizer", spec, "--weights", paths["w"],
            "--gradients", paths["g"], "--out", paths["o"],
        ]  # fmt: skip
        result = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if result.returncode != 0:
            raise OursFailed(f"replay: exit {result.returncode}: {result.stderr.strip()}")
        return -load_file(paths["o"])["w"]


def errors(bench: OurBench) -> list[dict[str, object]]:
    """Both sides beside float64, on the same matrices."""
    table = []
    for rows, columns in [(768, 768), (3072, 768), (768, 3072), (256, 256), (1024, 4096)]:
        for name, least in [("normal", None), ("1 to 1e-3", 1e-3), ("1 to 1e-6", 1e-6)]:
            x = sample(rows, columns, least)
            exact = polynomial(x)
            theirs = _zeropower_via_newtonschulz(torch.from_numpy(x), COEFFICIENTS, 5, 1e-7).float().numpy()
            table.append({
                "shape": f"{rows}x{columns}", "input": name, "torch": relative(theirs, exact),
                "bf16": relative(ours_of(bench, x, "bf16"), exact),
                "f32": relative(ours_of(bench, x, "f32"), exact),
            })  # fmt: skip
    return table


def speed_table(rows: list[Row]) -> str:
    """Markdown; also what is printed."""
    lines = [
        "| matrices | PyTorch, ms | bf16, ms | ratio | of the rounds | of the peak | f32, ms | ratio | how (bf16) |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    for row in rows:
        ratios, accurate = row.ratios("bf16"), row.ratios("f32")
        part = statistics.median(
            r.bf16.flops / (r.bf16.milliseconds * 1e-3) / r.bf16.peakFlops for r in row.rounds
        )
        lines.append(
            f"| {row.shapes} | {statistics.median(r.torch for r in row.rounds):.4g} "
            f"| {row.median('bf16'):.4g} | **{statistics.median(ratios):.2f}** "
            f"| {ratios[0]:.2f} to {ratios[-1]:.2f} | {100 * part:.0f} % | {row.median('f32'):.4g} "
            f"| {statistics.median(accurate):.2f} | {'; '.join(row.rounds[0].bf16.algorithms)} |"
        )
    return "\n".join(lines)


def error_table(entries: list[dict[str, object]]) -> str:
    """Markdown."""
    lines = ["| shape | input | PyTorch | bf16 | of PyTorch's | f32 |", "|---|---|---:|---:|---:|---:|"]
    for e in entries:
        lines.append(
            f"| {e['shape']} | {e['input']} | {e['torch']:.4f} | {e['bf16']:.4f} "
            f"| {e['bf16'] / e['torch']:.2f} | {e['f32']:.1e} |"
        )
    return "\n".join(lines)


def main() -> int:
    """Measures, prints, records."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--executable", type=Path, default=ROOT / ".build" / "release" / "downhill")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--shapes", nargs="+", default=SHAPES)
    parser.add_argument("--threads", type=int, default=2, help="PyTorch's")
    parser.add_argument("--prefix", default="", help="what our command is started by, such as `nice`")
    parser.add_argument("--no-errors", action="store_true")
    parser.add_argument("--record", type=Path, metavar="DIR")
    options = parser.parse_args()
    if not options.executable.is_file():
        parser.error("no executable there: build with ./downhill, or pass --executable")
    torch.set_num_threads(options.threads)
    bench = OurBench(options.executable.resolve(), options.prefix.split())
    try:
        rows = measure(bench, options.shapes, options.rounds)
        entries = [] if options.no_errors else errors(bench)
    except OursFailed as failure:
        print(f"failed: {failure}", file=sys.stderr)
        return 1
    print(speed_table(rows))
    print()
    print(error_table(entries))
    if options.record:
        options.record.mkdir(parents=True, exist_ok=True)
        facts = conditions(bench, options.rounds) | {"peakFlops": {
            precision: statistics.median(getattr(r, precision).peakFlops for row in rows for r in row.rounds)
            for precision in ("bf16", "f32")
        }}  # fmt: skip
        document = {"conditions": facts, "speed": [asdict(row) for row in rows], "errors": entries}
        (options.record / "muon.json").write_text(json.dumps(document, indent=1) + "\n")
        lines = "\n".join(f"- {name}: {json.dumps(value)}" for name, value in facts.items())
        text = f"# Tables\n\n{speed_table(rows)}\n\n{error_table(entries)}\n\n{lines}\n"
        (options.record / "tables.md").write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
