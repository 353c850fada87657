"""Writes Tests/Fixtures/spectra.json: matrices with their singular values and what follows from them, by NumPy; and
Guides/Data/matrices.safetensors, which the guide shows.

    python Tools/golden/spectra.py
"""

import json
import pathlib

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
JORDAN = (3.4445, -4.7750, 2.0315)


def described(matrix):
    """Singular values, stable rank, condition and orthogonality error, each from its definition, not from the others."""
    rows, columns = matrix.shape
    short = matrix @ matrix.T if rows <= columns else matrix.T @ matrix
    scaled = short / (np.trace(short) / len(short))
    sigma = np.linalg.svd(matrix, compute_uv=False)
    return {"singularValues": sigma.tolist(), "stableRank": float((matrix**2).sum() / np.linalg.norm(matrix, 2)**2),
            "condition": float(np.linalg.cond(matrix)),
            "orthogonalityError": float(np.linalg.norm(scaled - np.eye(len(short))) / np.sqrt(len(short)))}


def quintic(matrix, steps=5):
    """Newton-Schulz with Jordan's coefficients on a matrix of norm 1."""
    x = matrix / np.linalg.norm(matrix)
    a, b, c = JORDAN
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x


def polar(matrix):
    """The exact orthogonal factor."""
    u, _, v = np.linalg.svd(matrix, full_matrices=False)
    return u @ v


def example(random):
    """Three matrices of 24 x 16 in float32: as a fresh layer has them, with a falling spectrum, and orthogonal."""
    gauss = random.standard_normal((24, 16)) / 4
    u, _, v = np.linalg.svd(gauss, full_matrices=False)
    tensors = {"fresh.weight": gauss, "falling.weight": u * 10 ** np.linspace(0, -6, 16) @ v, "orthogonal.weight": u @ v}
    header, data = {}, b""
    for name, value in tensors.items():
        piece = value.astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": [24, 16], "data_offsets": [len(data), len(data) + len(piece)]}
        data += piece
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    folder = ROOT / "Guides/Data"
    folder.mkdir(exist_ok=True)
    (folder / "matrices.safetensors").write_bytes(len(text).to_bytes(8, "little") + text + data)


def main():
    """Tall, wide, square, thin and folded ones."""
    random = np.random.default_rng(20261121)
    cases = []
    for shape in [(3, 5), (7, 2), (6, 6), (1, 4), (5, 1), (1, 1), (4, 3, 2), (2, 3, 2, 2)]:
        tensor = random.standard_normal(shape) * 10 ** random.uniform(-2, 2)
        matrix = tensor.reshape(shape[0], -1)
        cases.append({
            "shape": list(shape), "values": tensor.ravel().tolist(), "plain": described(matrix),
            "quintic": described(quintic(matrix)), "svd": described(polar(matrix))})
    example(random)
    (ROOT / "Tests/Fixtures/spectra.json").write_text(
        json.dumps({"numpy": np.__version__, "cases": cases}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
