"""Which spec runs on which problem, and whether from a given state.

Every rule has a case with its defaults, every knob one away from its default, every choice of a knob one. A knob is
named only where it changes the numbers (`checks.py` sees to it).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from reference import Knob, Spec, spec

from .problems import MAKERS
from .steepest import Steepest
from .tables import TABLES

WIDE, TALL, ROW, COLUMN = "wide-5x7", "tall-7x5", "row-1x9", "column-9x1"
SQUARE, SMALL, FLAT = "square-13x13", "square-6x6", "wide-3x11"
HEADS, FILTER, EXPERTS, BOTH = "heads-6x5", "filter-4x3x3x3", "experts-3x5x7", "experts-2x6x4"
ZERO, TINY, HUGE, FAINT = "zero-4x5", "tiny-3x4", "huge-3x4", "small-11x11"
SHAPES = [WIDE, TALL, ROW, COLUMN, SQUARE, FILTER]


@dataclass(frozen=True)
class Case:
    """What is run on what; `warm` steps of other gradients before it make the state that it starts from."""

    rule: Spec
    problem: str
    warm: int = 0

    @property
    def title(self) -> str:
        start = f", from step {self.warm}" if self.warm else ""
        return f"{self.rule} on {self.problem}{start}"


def on(problems: str | list[str], rule: str, warm: int = 0, **knobs: Knob) -> Iterator[Case]:
    """A spec on one problem or several."""
    for problem in [problems] if isinstance(problems, str) else problems:
        yield Case(spec(rule, **knobs), problem, max(warm, full_rank(problem)) if warm > 1 else warm)


def full_rank(problem: str) -> int:
    """How many gradients give the factors of both sides full rank, and one more."""
    shape = MAKERS[problem][1]
    sides = shape[0], math.prod(shape[1:])
    return -(-max(sides) // min(sides)) + 1


def muon() -> Iterator[Case]:
    yield from on([*SHAPES, EXPERTS, ZERO, TINY, HUGE], "muon", lr=0.02)
    yield from on(WIDE, "muon")
    for method in TABLES:
        if method not in ("quintic", "deepseek"):
            yield from on([WIDE, TALL], "muon", lr=0.02, orthogonalizer=method)
        if method != "quintic":
            yield from on(TALL, "muon", lr=0.02, orthogonalizer=method, steps=10 if method == "deepseek" else 3)
    yield from on(WIDE, "muon", lr=0.02, orthogonalizer="you", steps=7)
    yield from on(WIDE, "muon", lr=0.02, orthogonalizer="polar-express", steps=9)
    yield from on(TALL, "muon", lr=0.02, orthogonalizer="polar-express-safe", steps=6)
    yield from on([ROW, COLUMN, FILTER, ZERO], "muon", lr=0.02, orthogonalizer="aol")
    yield from on([WIDE, COLUMN, ZERO, FILTER], "muon", lr=0.02, orthogonalizer="svd")
    yield from on([TALL, ROW], "muon", lr=0.02, orthogonalizer="jacobi")
    yield from on([COLUMN, FILTER], "muon", lr=0.02, scale="match-rms-adamw")
    yield from on([ROW, FLAT], "muon", lr=0.02, scale="spectral-unclamped")
    yield from on([COLUMN, TALL], "muon", lr=0.02, scale="none")
    yield from on(WIDE, "muon", lr=0.02, momentum=0.7)
    yield from on(TALL, "muon", lr=0.02, nesterov=False)
    yield from on(WIDE, "muon", lr=0.02, momentum_form="sum", eps=60.0)
    yield from on(WIDE, "muon", lr=0.02, momentum_form="sum", nesterov=False, eps=60.0)
    yield from on(FLAT, "muon", lr=0.02, eps=3.0)
    yield from on(WIDE, "muon", lr=0.02, weight_decay=0.5)
    yield from on(TALL, "muon", lr=0.02, weight_decay=0.5, decay="coupled")
    yield from on(WIDE, "muon", lr=0.02, weight_decay=0.0)
    yield from on(HEADS, "muon", lr=0.02, heads=2)
    yield from on(HEADS, "muon", lr=0.02, heads=3, scale="match-rms-adamw")
    yield from on(HEADS, "muon", lr=0.02, heads=6)
    yield from on([EXPERTS, FILTER], "muon", lr=0.02, experts=True)
    yield from on(BOTH, "muon", lr=0.02, experts=True, heads=3, scale="spectral-unclamped")
    yield from on(
        BOTH, "muon", lr=0.03, momentum=0.8, nesterov=False, momentum_form="sum", weight_decay=0.3, eps=12.0, steps=4,
        scale="match-rms-adamw", orthogonalizer="cans", heads=2, experts=True,
    )  # fmt: skip


def kin() -> Iterator[Case]:
    yield from on([*SHAPES, ZERO, TINY, HUGE], "nor-muon", lr=0.02)
    yield from on(TALL, "nor-muon", lr=0.02, beta2=0.7)
    yield from on(WIDE, "nor-muon", lr=0.02, root_eps=0.1)
    yield from on([WIDE, FILTER, ZERO], "nor-muon", lr=0.02, norm="shorter")
    yield from on(HEADS, "nor-muon", lr=0.02, heads=3)
    yield from on(HEADS, "nor-muon", lr=0.02, heads=3, norm="shorter")
    yield from on(EXPERTS, "nor-muon", lr=0.02, experts=True, norm="shorter")
    yield from on(
        BOTH, "nor-muon", lr=0.03, momentum=0.8, nesterov=False, weight_decay=0.3, decay="coupled", steps=4,
        scale="match-rms-adamw", orthogonalizer="you", heads=2, experts=True, beta2=0.8, root_eps=0.1,
    )  # fmt: skip
    yield from on([*SHAPES, ZERO, TINY, HUGE], "ada-muon", lr=0.02)
    yield from on(WIDE, "ada-muon", lr=0.02, beta2=0.7)
    yield from on(TALL, "ada-muon", lr=0.02, sign=False)
    yield from on(WIDE, "ada-muon", lr=0.02, root_eps=0.1, sign=False)
    yield from on(
        BOTH, "ada-muon", lr=0.03, momentum=0.8, nesterov=False, weight_decay=0.3, decay="coupled", steps=4,
        orthogonalizer="cans", heads=2, experts=True, beta2=0.8, root_eps=0.1,
    )  # fmt: skip
    yield from on([*SHAPES, ZERO], "muon-clip", lr=0.02)
    yield from on(
        BOTH, "muon-clip", lr=0.03, momentum=0.8, weight_decay=0.3, steps=4, orthogonalizer="polar-express-safe",
        heads=3, experts=True, eps=9.0,
    )  # fmt: skip
    yield from on([*SHAPES, EXPERTS, TINY], "muon-h", lr=0.05)
    yield from on([TALL], "muon-h")
    yield from on(
        BOTH, "muon-h", lr=0.1, momentum=0.8, nesterov=False, steps=4, orthogonalizer="cubic5", heads=2, experts=True,
    )  # fmt: skip
    yield from on(WIDE, "muon-h", lr=0.05, momentum_form="sum", eps=60.0)
    yield from on([*SHAPES, ZERO], "polar-grad", lr=0.01)
    yield from on(WIDE, "polar-grad")
    yield from on(
        BOTH, "polar-grad", lr=0.003, momentum=0.8, nesterov=False, momentum_form="sum", weight_decay=2.0,
        decay="coupled", orthogonalizer="svd", heads=2, experts=True,
    )  # fmt: skip
    yield from on([*SHAPES, ZERO], "spectral-descent", lr=0.003)
    yield from on(WIDE, "spectral-descent")
    yield from on(
        BOTH, "spectral-descent", lr=0.002, weight_decay=3.0, steps=4, orthogonalizer="cans", heads=2, experts=True,
        eps=9.0,
    )  # fmt: skip


def scion() -> Iterator[Case]:
    for name in ("spectral", "sign", "column", "row"):
        choice = {} if name == "spectral" else {"norm": name}
        yield from on([*SHAPES, ZERO, TINY, HUGE], "scion", lr=0.02, radius=3.0, **choice)
    yield from on(TALL, "scion")
    yield from on(WIDE, "scion", lr=0.02, constrained=False)
    yield from on(WIDE, "scion", lr=0.02, momentum=0.0)
    yield from on(
        TALL, "scion", lr=0.03, momentum=0.6, radius=2.0, constrained=False, steps=4, orthogonalizer="cans", eps=9.0,
    )  # fmt: skip


def dions() -> Iterator[Case]:
    for rule in ("dion2", "nor-dion2"):
        yield from on([*SHAPES, ZERO, TINY, HUGE], rule, lr=0.05)
        yield from on(WIDE, rule)
        yield from on([SQUARE, TALL], rule, fraction=0.6)
        yield from on(WIDE, rule, fraction=1.0)
        yield from on(EXPERTS, rule, experts=True, fraction=0.5)
        yield from on(SQUARE, rule, by="l2")
        yield from on(WIDE, rule, ef_decay=0.5, scale="original", weight_decay=0.4)
    yield from on(
        TALL, "nor-dion2", lr=0.03, fraction=0.5, ef_decay=0.8, weight_decay=0.2, steps=4, eps=30.0,
        scale="match-rms-adamw", orthogonalizer="cans", beta2=0.8, root_eps=0.02,
    )  # fmt: skip
    yield from on(
        FLAT, "dion2", lr=0.03, fraction=0.6, ef_decay=0.8, weight_decay=0.2, steps=4, eps=20.0, scale="none",
        orthogonalizer="you",
    )  # fmt: skip
    yield from on([WIDE, TALL, ROW, COLUMN, SQUARE], "dion")
    yield from on([WIDE, TALL, SQUARE, FILTER], "dion", rank=3)
    yield from on(SQUARE, "dion", rank=4, seed=7)
    yield from on([TALL, WIDE], "dion", warm=3, rank=2)
    yield from on(
        WIDE, "dion", warm=2, lr=0.03, momentum=0.7, rank=2, eps=0.5, weight_decay=0.3,
    )  # fmt: skip


def eigenbases() -> Iterator[Case]:
    yield from on([*SHAPES, EXPERTS], "soap", warm=4)
    yield from on([SMALL, SQUARE], "soap", precondition_frequency=4)
    yield from on([WIDE, TALL], "soap", warm=4, lr=0.02, precondition_frequency=1)
    yield from on(WIDE, "soap", warm=8, lr=0.02, precondition_frequency=3, shampoo_beta=0.8)
    yield from on([WIDE, TALL], "soap", warm=4, lr=0.02, precondition_frequency=2, max_precondition_dim=6)
    yield from on(
        FILTER, "soap", warm=5, lr=0.02, beta1=0.8, beta2=0.9, shampoo_beta=0.85, eps=0.1, weight_decay=0.3,
        precondition_frequency=2, max_precondition_dim=20,
    )  # fmt: skip
    yield from on(
        TALL, "soap", warm=1, lr=0.02, beta1=0.7, beta2=0.9, eps=0.05, weight_decay=0.5, precondition_frequency=5,
    )  # fmt: skip
    yield from on([WIDE, TALL, ROW, COLUMN, FILTER, SQUARE], "kl-shampoo", warm=4, lr=0.01)
    yield from on(SMALL, "kl-shampoo", precondition_frequency=3)
    yield from on(FAINT, "kl-shampoo", lr=0.01, beta2=0.9, init_factor=0.011)
    yield from on(SMALL, "kl-shampoo", lr=0.01, init_factor=0.5, precondition_frequency=4)
    yield from on(
        WIDE, "kl-shampoo", warm=3, lr=0.02, beta1=0.7, beta2=0.9, eps=0.2, weight_decay=0.4, precondition_frequency=2,
    )  # fmt: skip


def shampoo() -> Iterator[Case]:
    yield from on([*SHAPES], "shampoo", warm=4)
    yield from on(SMALL, "shampoo", lr=0.02, eps=0.01)
    for graft in ("sgd", "adagrad", "rmsprop", "adam"):
        yield from on([WIDE, FILTER if graft == "adam" else TALL], "shampoo", warm=4, beta2=0.95, grafting=graft)
        yield from on(TALL, "shampoo", lr=0.02, eps=3.0, grafting=graft, precondition_frequency=4)
    yield from on(SQUARE, "shampoo", warm=6, beta2=0.9, block_size=5)
    yield from on(WIDE, "shampoo", lr=0.02, eps=0.01, block_size=3, grafting="adam", grafting_beta2=0.9)
    yield from on(TALL, "shampoo", lr=0.02, eps=3.0, block_size=6, grafting="sgd")
    yield from on(WIDE, "shampoo", warm=4, precondition_frequency=3)
    yield from on(TALL, "shampoo", warm=7, beta1=0.0, beta2=0.9, weight_decay=0.3)
    yield from on(
        FILTER, "shampoo", warm=5, lr=0.03, beta1=0.6, beta2=0.8, eps=0.1, weight_decay=0.4, precondition_frequency=2,
        block_size=9, grafting="rmsprop", grafting_beta2=0.9, grafting_eps=0.05,
    )  # fmt: skip


def kron() -> Iterator[Case]:
    yield from on([*SHAPES, ZERO], "kron", lr=0.01)
    yield from on(WIDE, "kron")
    yield from on(SQUARE, "kron", lr=0.01, precondition_frequency=3)
    yield from on([WIDE, TALL], "kron", lr=0.01, max_triangular=6)
    yield from on(FILTER, "kron", lr=0.01, max_triangular=3)
    yield from on(TALL, "kron", lr=0.01, balance=4, max_triangular=6)
    yield from on(WIDE, "kron", lr=0.01, momentum_into_precondition=False)
    yield from on(TALL, "kron", lr=0.01, seed=5)
    yield from on(WIDE, "kron", lr=0.01, precondition_init=4.0, clip=0.0)
    yield from on(TALL, "kron", warm=5, lr=0.01)
    yield from on(
        SMALL, "kron", warm=3, lr=0.02, momentum=0.7, weight_decay=0.5, precondition_lr=0.3, precondition_frequency=2,
        clip=0.6, seed=3, momentum_into_precondition=False,
    )  # fmt: skip
    yield from on(
        HEADS, "kron", lr=0.02, momentum=0.7, weight_decay=0.5, precondition_lr=0.3, precondition_init=0.25, balance=3,
        clip=0.6, seed=3,
    )  # fmt: skip


def steepest() -> Iterator[Case]:
    for name in ("frobenius", "spectral", "nuclear", "schatten-p", "max", "sum", "rms-to-rms", "one-to-rms",
                 "rms-to-inf", "one-to-two", "two-to-inf"):  # fmt: skip
        choice = {} if name == Steepest.defaults["norm"] else {"norm": name}
        same = ("frobenius", "nuclear", "schatten-p", "one-to-two")  # on a column
        yield from on([WIDE, TALL] if name in same else [WIDE, TALL, COLUMN], "steepest", lr=0.001, **choice)
        yield from on(FILTER, "steepest", lr=0.02, dual=False, momentum=0.9, **choice)
        yield from on(ZERO, "steepest", lr=0.02, dual=False, **choice)
    yield from on(WIDE, "steepest", lr=0.001, norm="schatten-p", p=1.5)
    yield from on(TALL, "steepest", lr=0.001, norm="schatten-p", p=32.0)
    yield from on(WIDE, "steepest", norm="max", dual=False)
    yield from on(
        TALL, "steepest", lr=0.02, dual=False, momentum=0.8, nesterov=True, weight_decay=0.5, orthogonalizer="quintic",
        steps=4, eps=9.0,
    )  # fmt: skip
    yield from on(
        FLAT, "steepest", lr=0.002, norm="rms-to-rms", momentum=0.6, weight_decay=3.0, orthogonalizer="polar-express",
    )  # fmt: skip


def cases() -> list[Case]:
    """All of them."""
    makers = (muon, kin, scion, dions, eigenbases, shampoo, kron, steepest)
    return [case for maker in makers for case in maker()]
