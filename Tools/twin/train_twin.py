"""Checks a trace of `downhill train … --trace FILE` against the PyTorch twin of its model.

    python3 Tools/twin/train_twin.py TRACE…            compare; exit 1 where something is outside
    python3 Tools/twin/train_twin.py --write FILE MODEL  make a trace by PyTorch itself, in float32
    python3 Tools/twin/train_twin.py --self-test        see faults caught that are planted in such traces

At each step whose earlier gradients are recorded, loss and gradients are those at the recorded weights, so that errors
do not add up. Losses: within 1e-5 of the float64 twin (four roundings where the loss is above 40). Gradients: each
tensor within 4 times PyTorch's own float32 error, or, in a model without kinks, within 1e-4 of its norm. Weights after
the last step: within 1e-3 of the distance moved (running statistics 1e-4, at which n shows for n − 1) by PyTorch's
float64 run over the same batches, and a rounding of the weights a step beyond; a tensor whose gradient is 0 but for
rounding (`mlp_tokens.fc2.bias`, which every norm takes out again) may be 4 times PyTorch's own error off, up to 1e-5 of
the distance that all moved. Losses of steps whose earlier gradients
are not recorded: beside that run, within 1e-5 or 4 times its distance from the float32 one.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from models import ModelError, build
from replay_steps import Run, Tensors, at, distance, evaluate, own_errors, recorded_weights, single, train
from self_test import self_test
from training_trace import Trace, TraceError, load, same
from write_trace import Recipe, write

LOSS, OWN, SMOOTH, STILL = 1e-5, 4.0, 1e-4, 1e-5
MOVED = {"weights": 1e-3, "buffers": 1e-4}


@dataclass(frozen=True)
class Row:
    """One comparison: our error, what is allowed, and PyTorch's own in float32."""

    what: str
    error: float
    allowed: float
    own: float

    @property
    def failed(self) -> bool:
        """Not a number fails too."""
        return not self.error <= self.allowed

    @property
    def share(self) -> float:
        """How much of what is allowed was used."""
        return self.error / self.allowed if self.allowed > 0 else (0.0 if self.error == 0 else float("inf"))


def allowed_loss(loss: float) -> float:
    """An absolute bound, which float32 can hold."""
    return max(LOSS, 4 * 2.0**-24 * abs(loss))


def loss_row(what: str, ours: float, exact: float, own: float, allowed: float) -> Row:
    """A loss beside the float64 one."""
    error = abs(ours - exact)
    return Row(what, error if error == error else float("inf"), allowed, own)


def at_recorded_weights(trace: Trace) -> Iterator[Row]:
    """Losses and gradients step by step."""
    for step, weights in recorded_weights(trace):
        exact = evaluate(at(trace, weights, torch.float64), trace, step)
        singles = single(trace, weights, step)
        loss = float(exact.loss)
        own = max(abs(float(result.loss) - loss) for result in singles)
        yield loss_row(f"loss@{step}", float(trace.need(f"loss@{step}")), loss, own, allowed_loss(loss))
        gradients = trace.part("gradients", f"@{step}")
        if not gradients:
            continue
        smooth = at(trace, weights, torch.float64).smooth
        for name, error in own_errors(singles, exact).items():
            norm = float(exact.gradients[name].norm())
            allowed = max(OWN * error, SMOOTH * norm if smooth else 0.0)
            away = distance(gradients[name], exact.gradients[name])
            yield Row(f"gradients/{name}@{step}", away, allowed, error)


def free(trace: Trace) -> Iterator[Row]:
    """Later losses, and weights and running statistics after the last step."""
    last = trace.steps
    exact, single_run = (train(trace, dtype, last) for dtype in (torch.float64, torch.float32))
    first = next((t for t in range(last) if not trace.part("gradients", f"@{t}")), last) + 1
    for step in range(first, last):
        loss, own = (float(run.steps[step].loss) for run in (exact, single_run))
        allowed = max(allowed_loss(loss), OWN * abs(own - loss))
        yield loss_row(f"loss@{step}", float(trace.need(f"loss@{step}")), loss, abs(own - loss), allowed)
    yield from moved(trace, "weights", exact, single_run)
    yield from moved(trace, "buffers", exact, single_run)


def moved(trace: Trace, what: str, exact: Run, single_run: Run) -> Iterator[Row]:
    """What the steps did to weights or buffers."""
    end: Tensors = getattr(exact, what)
    ours, start = trace.part(what, f"@{trace.steps}"), trace.part(what)
    if not ours and (what == "buffers" or trace.steps < 10):
        return
    same({name: tuple(value.shape) for name, value in end.items()}, ours, f"{what}@{trace.steps}")
    fresh = dict(trace.twin(torch.float64).named_buffers())
    start = {name: start.get(name, fresh.get(name)) for name in end}
    total = sum(distance(value, start[name]) ** 2 for name, value in end.items()) ** 0.5
    for name, value in end.items():
        before = start[name]
        own = distance(getattr(single_run, what)[name], value)
        rounding = trace.steps * 2.0**-24 * float(value.norm())
        allowed = max(MOVED[what] * distance(value, before) + rounding, min(OWN * own, STILL * total))
        yield Row(f"{what}/{name}@{trace.steps}", distance(ours[name], value), allowed, own)


def report(title: str, rows: list[Row], everything: bool) -> bool:
    """A table: each loss, the worst tensor of each kind and step, whatever failed."""
    kinds: dict[str, list[Row]] = {}
    for row in rows:
        head, _, step = row.what.rpartition("@")
        kinds.setdefault(f"{head.partition('/')[0]}@{step}", []).append(row)
    print(f"{title}\n  {'':34}{'error':>10}{'allowed':>10}{'PyTorch f32':>13}  worst of")
    for kind, members in kinds.items():
        worst = max(members, key=lambda row: row.share)
        shown = members if everything else [row for row in members if row.failed and row is not worst][:8]
        name = worst.what.partition("/")[2].rpartition("@")[0]
        for row, label in [(worst, f"{len(members)}: {name}" if name else "1"), *((row, row.what) for row in shown)]:
            mark = "FAIL" if row.failed else ""
            print(f"  {kind:34}{row.error:10.1e}{row.allowed:10.1e}{row.own:13.1e}  {label} {mark}".rstrip())
    if any(row.failed and row.own > row.allowed for row in rows):
        print("  PyTorch's own float32 run is outside too: chaotic; take a smaller rate or a smooth activation")
    failed = sum(row.failed for row in rows)
    print(f"  {len(rows)} comparisons, {failed} outside")
    return failed == 0


def check(trace: Trace) -> list[Row]:
    """Every comparison."""
    if trace.steps == 0:
        raise TraceError("no inputs@0: nothing to compare")
    if not trace.part("gradients", "@0"):
        raise TraceError("no gradients@0: nothing to compare")
    return [*at_recorded_weights(trace), *free(trace)]


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("arguments", nargs="*", metavar="TRACE", help="traces; with --write a model's spec")
    parser.add_argument("--all", action="store_true", help="print every tensor")
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--write", type=Path, metavar="FILE")
    parser.add_argument("--optimizer", default="sgd:lr=0.05")
    parser.add_argument("--batch", type=int, default=5)
    parser.add_argument("--size", default="13x17", help="of images, where the model has no such knob")
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--gradients", type=int, default=3, help="steps whose gradients are recorded")
    parser.add_argument("--smoothing", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main() -> int:
    """Compares, or writes."""
    options = parsed()
    torch.set_num_threads(options.threads)
    try:
        if options.self_test:
            return self_test(lambda trace: [row.what for row in check(trace) if row.failed])
        if options.write:
            rows, _, columns = options.size.partition("x")
            recipe = Recipe(
                options.optimizer, options.batch, (int(rows), int(columns or rows)), options.steps,
                options.gradients, options.smoothing, options.seed,
            )  # fmt: skip
            build(*options.arguments)
            write(options.arguments[0], recipe).save(options.write)
            return 0
        passed = [report(f"{path}: {(trace := load(Path(path))).model}", check(trace), options.all)
                  for path in options.arguments]  # fmt: skip
    except (TraceError, ModelError) as error:
        print(f"train_twin.py: {error}", file=sys.stderr)
        return 1
    return 0 if passed and all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
