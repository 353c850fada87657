"""Writes Tests/Fixtures/matrix-problems.json: the matrix problems made anew in NumPy, with losses and gradients.

    python Tools/golden/matrix_problems.py

The random numbers come from a Philox4x32-10 of its own, as CounterRandom documents it; bases by NumPy's QR with a positive
diagonal; gradients from autograd-free formulas over whole arrays; the least loss from a pseudo-inverse, not from bases.
"""

import json
import pathlib
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
STREAM = {"weights": 0xDA7A0001, "noise": 0xDA7A0002, "start": 0xDA7A0005, "left": 0xDA7A0010, "right": 0xDA7A0012,
          "keys": 0xDA7A0014, "values": 0xDA7A0015}
WORD = 0xFFFFFFFF


def philox(counter, key):
    """Ten rounds on four words of 32 bits, the first the lowest."""
    a, b, c, d = counter
    k, l = key
    for _ in range(10):
        p, q = a * 0xD2511F53, c * 0xCD9E8D57
        a, b, c, d = (q >> 32) ^ b ^ k, q & WORD, (p >> 32) ^ d ^ l, p & WORD
        k, l = (k + 0x9E3779B9) & WORD, (l + 0xBB67AE85) & WORD
    return a | b << 32, c | d << 32


def normals(count, seed, stream):
    """Box and Muller over the blocks from 2^63 up."""
    result = np.empty(count + 1)
    for pair in range((count + 1) // 2):
        block = pair | 1 << 63
        words = philox((block & WORD, block >> 32, stream & WORD, stream >> 32), (seed & WORD, seed >> 32))
        u, v = (((word >> 11) | 1) * 2.0**-53 for word in words)
        radius, angle = np.sqrt(-2 * np.log(u)), 2 * np.pi * v
        result[2 * pair], result[2 * pair + 1] = radius * np.cos(angle), radius * np.sin(angle)
    return result[:count]


def basis(length, count, seed, stream):
    """Orthonormal columns: the numbers lie column by column."""
    columns = normals(length * count, seed, stream).reshape(count, length).T
    q, r = np.linalg.qr(columns)
    return q * np.sign(np.diag(r))


def spectral(rows, columns, sigma, seed, stream):
    """U diag(sigma) V^T."""
    return basis(rows, len(sigma), seed, stream) * sigma @ basis(columns, len(sigma), seed, stream + 1).T


def falling(condition, count):
    """From 1 to one over the condition number in equal factors."""
    return condition ** -(np.arange(count) / max(count - 1, 1))


def least_squares(seed, probe, rows, columns, condition, right_condition=0, noise=0.0):
    """|AWB - C|^2 at the probe, and where it is least."""
    a = spectral(2 * rows, rows, falling(condition, rows), seed, STREAM["left"])
    b = spectral(columns, 2 * columns, falling(right_condition or condition, columns), seed, STREAM["right"])
    true = normals(rows * columns, seed, STREAM["weights"]).reshape(rows, columns) / np.sqrt(columns)
    c = a @ true @ b + noise * normals(4 * rows * columns, seed, STREAM["noise"]).reshape(2 * rows, 2 * columns)
    w = probe(rows * columns).reshape(rows, columns)
    best = np.linalg.pinv(a) @ c @ np.linalg.pinv(b)
    error = a @ w @ b - c
    gradient = 2 * a.T @ error @ b.T
    return {"loss": (error**2).sum(), "gradient": gradient, "minimum": ((a @ best @ b - c)**2).sum(), "weights": w,
            "distance": np.linalg.norm(w - best) / np.linalg.norm(best)}


def factorization(seed, probe, rows, columns, rank, condition, true_rank=0):
    """|UV^T - M|^2 at the probe; the least by truncation."""
    m = spectral(rows, columns, falling(condition, true_rank or rank), seed, STREAM["left"])
    w = probe((rows + columns) * rank)
    u, v = w[: rows * rank].reshape(rows, rank), w[rows * rank:].reshape(columns, rank)
    error = u @ v.T - m
    tail = np.linalg.svd(m, compute_uv=False)[rank:]
    return {"loss": (error**2).sum(), "gradient": np.concatenate([(2 * error @ v).ravel(), (2 * error.T @ u).ravel()]),
            "minimum": (tail**2).sum(), "weights": w}


def memory(seed, probe, rows, columns, items, exponent):
    """Cross-entropy of recalling value i from key i."""
    keys = normals(items * columns, seed, STREAM["keys"]).reshape(items, columns) / np.sqrt(columns)
    values = normals(items * rows, seed, STREAM["values"]).reshape(items, rows) / np.sqrt(rows)
    p = np.arange(1, items + 1.0) ** -exponent
    p /= p.sum()
    w = probe(rows * columns).reshape(rows, columns)
    scores = keys @ w.T @ values.T
    shifted = scores - scores.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    gradient = sum(p[i] * np.outer(np.exp(logs[i]) @ values - values[i], keys[i]) for i in range(items))
    hits = scores.argmax(axis=1) == np.arange(items)
    return {"loss": -(p * np.diag(logs)).sum(), "gradient": gradient, "weights": w, "recall": hits.mean(),
            "tailRecall": hits[items // 2:].mean()}


def probe(size):
    """Weights of some size, the same for every problem of as many."""
    return lambda count: size * np.sin(np.arange(1, count + 1) * 1.7)


CASES = [
    ("matrix-least-squares", least_squares, 0, 0.3, dict(rows=6, columns=5, condition=10)),
    ("matrix-least-squares", least_squares, 7, 0.3, dict(rows=3, columns=7, condition=1, right_condition=50)),
    ("matrix-least-squares", least_squares, 3, 0.3, dict(rows=5, columns=4, condition=20, noise=0.5)),
    ("matrix-least-squares", least_squares, 1 << 40, 0.3, dict(rows=1, columns=1, condition=3, noise=2.0)),
    ("matrix-factorization", factorization, 0, 0.4, dict(rows=6, columns=5, rank=2, condition=10)),
    ("matrix-factorization", factorization, 5, 0.4, dict(rows=4, columns=9, rank=3, true_rank=4, condition=5)),
    ("matrix-factorization", factorization, 5, 0.4, dict(rows=3, columns=3, rank=1, true_rank=3, condition=1)),
    ("associative-memory", memory, 0, 2.0, dict(rows=6, columns=5, items=20, exponent=1.0)),
    ("associative-memory", memory, 9, 20.0, dict(rows=3, columns=8, items=11, exponent=1.7)),
    ("associative-memory", memory, 2, 0.5, dict(rows=7, columns=7, items=5, exponent=0.0)),
]


def main():
    """Computes all cases and checks their gradients by differences before anything is written."""
    # The known answer of Random123: all words zero.
    assert philox((0, 0, 0, 0), (0, 0)) == (0x6627E8D5 | 0xE169C58D << 32, 0xBC57AC4C | 0x9B00DBD8 << 32)
    cases = []
    for name, make, seed, size, knobs in CASES:
        base = make(seed, probe(size), **knobs)
        flat, gradient = np.ravel(base["weights"]), np.ravel(base["gradient"])
        for index in range(len(flat)):
            shift = np.zeros(len(flat))
            shift[index] = 1e-5
            above, below = (make(seed, lambda _, s=s: flat + s * shift, **knobs)["loss"] for s in (1, -1))
            if abs((above - below) / 2e-5 - gradient[index]) > 1e-6 * (1 + abs(base["loss"])):
                sys.exit(f"{name} {knobs}: the gradient at {index} is wrong")
        spec = name + ":" + ",".join(f"{k.replace('_', '-')}={v:g}" for k, v in knobs.items())
        case = {"problem": spec, "seed": seed, "weights": flat.tolist(), "gradient": gradient.tolist()}
        case |= {k: float(v) for k, v in base.items() if k not in ("weights", "gradient")}
        cases.append(case)
    fixture = {"numpy": np.__version__, "cases": cases}
    (ROOT / "Tests/Fixtures/matrix-problems.json").write_text(json.dumps(fixture, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
