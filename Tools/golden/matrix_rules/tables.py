"""Coefficients (a, b, c) of x ← ax + bx³ + cx⁵, a row a step, with where they were read."""

Row = tuple[float, float, float]

# Jordan et al. 2024, kellerjordan.github.io/posts/muon; torch.optim.Muon.
QUINTIC: list[Row] = [(3.4445, -4.7750, 2.0315)]

# You Jiacheng, x.com/YouJiacheng/status/1905861218138804534; pytorch_optimizer's "quintic".
YOU: list[Row] = [
    (4.0848, -6.8946, 2.9270),
    (3.9505, -6.3029, 2.6377),
    (3.7418, -5.5913, 2.3037),
    (2.8769, -3.1427, 1.2046),
    (2.8366, -3.0525, 1.2012),
]

# Amsel et al. 2025, arXiv:2505.16932, algorithm 1, before its safety factor of 1.01.
UNMODIFIED: list[Row] = [
    (8.28721201814563, -23.595886519098837, 17.300387312530933),
    (4.107059111542203, -2.9478499167379106, 0.5448431082926601),
    (3.9486908534822946, -2.908902115962949, 0.5518191394370137),
    (3.3184196573706015, -2.488488024314874, 0.51004894012372),
    (2.300652019954817, -1.6689039845747493, 0.4188073119525673),
    (1.891301407787398, -1.2679958271945868, 0.37680408948524835),
    (1.8750014808534479, -1.2500016453999487, 0.3750001645474248),
    (1.875, -1.25, 0.375),
]

# modded-nanogpt and microsoft/dion: num_iters=5, safety_factor=2e-2, cushion=2. The last of the five is
# not divided by the safety factor, so what the paper has for later steps can follow.
POLAR_EXPRESS: list[Row] = [
    (8.156554524902461, -22.48329292557795, 15.878769915207462),
    (4.042929935166739, -2.808917465908714, 0.5000178451051316),
    (3.8916678022926607, -2.772484153217685, 0.5060648178503393),
    (3.285753657755655, -2.3681294933425376, 0.46449024233003106),
    (2.3465413258596377, -1.7097828382687081, 0.42323551169305323),
    *UNMODIFIED[5:],
]

# Dao-AILab/gram-newton-schulz: p(x / 1.05) in each of its five steps.
POLAR_EXPRESS_SAFE: list[Row] = [
    *[(a / 1.05, b / 1.05**3, c / 1.05**5) for a, b, c in UNMODIFIED[:5]],
    *UNMODIFIED[5:],
]

# Grishina et al. 2025, arXiv:2506.10935, as NVIDIA-NeMo/Emerging-Optimizers ships it.
CANS: list[Row] = [
    (8.4703, -25.1081, 18.6293),
    (4.1828, -3.1087, 0.5806),
    (3.9619, -2.9541, 0.5630),
    (3.2866, -2.4647, 0.5074),
    (2.2737, -1.6447, 0.4162),
]

# Kovarik 1970; Björck, Bowie 1971; Higham, Functions of Matrices, section 8.3.
CLASSIC: list[Row] = [(15 / 8, -5 / 4, 3 / 8)]
CUBIC: list[Row] = [(3 / 2, -1 / 2, 0.0)]

# arXiv:2606.00371, as Emerging-Optimizers ships it.
CUBIC5: list[Row] = [
    (3.3656576, -3.3420992, 0.0),
    (2.5744352, -1.4957376, 0.0),
    (2.5368962, -1.4312570, 0.0),
    (2.4418906, -1.2764040, 0.0),
    (2.2230472, -0.9630650, 0.0),
]

# DeepSeek-V4, as Emerging-Optimizers ships it: ten steps.
DEEPSEEK: list[Row] = [*QUINTIC * 8, (2.0, -1.5, 0.5), (2.0, -1.5, 0.5)]

# Boissin et al. 2025, arXiv:2512.04632; thib-s/flash-newton-schulz. For matrices that were rescaled by AOL.
AOL: list[Row] = [
    (4.6051, -9.6552, 5.6769),
    (4.7505, -6.0861, 2.1790),
    (2.7763, -2.3190, 0.5523),
    (2.4231, -2.2861, 0.8193),
]

TABLES: dict[str, list[Row]] = {
    "quintic": QUINTIC,
    "you": YOU,
    "polar-express": POLAR_EXPRESS,
    "polar-express-safe": POLAR_EXPRESS_SAFE,
    "cans": CANS,
    "classic": CLASSIC,
    "cubic": CUBIC,
    "cubic5": CUBIC5,
    "deepseek": DEEPSEEK,
    "aol": AOL,
}

# What the Frobenius norm is multiplied by before it is divided by.
CUSHIONS = {"polar-express": 1.02}


def rows(name: str, steps: int) -> list[Row]:
    """The rows of that many steps; the last one repeats."""
    table = TABLES[name]
    return [table[min(step, len(table) - 1)] for step in range(steps)]
