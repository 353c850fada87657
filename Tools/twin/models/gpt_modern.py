"""`gpt-modern`: rotary positions, RMSNorm, norms on queries and keys; the names of Qwen3 in PyPI's transformers."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .base import ONE, Init, Twin, normal, windows


@dataclass
class Knobs:
    """vocabulary comes from the data; hidden = 0 takes the default of README.md."""

    layers: int = 4
    heads: int = 4
    width: int = 128
    context: int = 64
    vocabulary: int = 65
    mlp: str = "swiglu"
    hidden: int = 0
    qk_norm: bool = True
    theta: float = 10000.0
    tied: bool = False

    @property
    def hidden_width(self) -> int:
        """`hidden`, or its default."""
        thirds = math.ceil(8 * self.width / 3 / 16) * 16
        return self.hidden or (4 * self.width if self.mlp == "relu2" else thirds)


class RMSNorm(nn.Module):
    """x / √(mean(x²) + 1e-6) times a gain."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        """Along the last axis."""
        return F.rms_norm(x, self.weight.shape, self.weight, eps=1e-6)


def rotated(x: Tensor, theta: float) -> Tensor:
    """Number i of a head is turned with number i + d/2, by an angle that grows with the position."""
    time, d = x.shape[-2:]
    rates = theta ** (-torch.arange(0, d, 2, dtype=torch.float64) / d)
    angles = torch.outer(torch.arange(time, dtype=torch.float64), rates)
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    first, second = x.chunk(2, dim=-1)
    return torch.cat([first * cos - second * sin, second * cos + first * sin], dim=-1)


class Attention(nn.Module):
    """Causal, positions by rotation."""

    def __init__(self, knobs: Knobs) -> None:
        super().__init__()
        width = knobs.width
        self.q_proj = nn.Linear(width, width, bias=False)
        self.k_proj = nn.Linear(width, width, bias=False)
        self.v_proj = nn.Linear(width, width, bias=False)
        self.o_proj = nn.Linear(width, width, bias=False)
        self.knobs = knobs
        if knobs.qk_norm:
            self.q_norm = RMSNorm(width // knobs.heads)
            self.k_norm = RMSNorm(width // knobs.heads)

    def forward(self, x: Tensor) -> Tensor:
        """[batch, time, width] to the same."""
        heads = (self.knobs.heads, -1)
        q, k, v = (layer(x).unflatten(-1, heads).transpose(1, 2) for layer in (self.q_proj, self.k_proj, self.v_proj))
        if self.knobs.qk_norm:
            q, k = self.q_norm(q), self.k_norm(k)
        q, k = rotated(q, self.knobs.theta), rotated(k, self.knobs.theta)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        y = self.o_proj(y.transpose(1, 2).flatten(2))
        return y


class Perceptron(nn.Module):
    """SwiGLU, or the square of ReLU."""

    def __init__(self, knobs: Knobs) -> None:
        super().__init__()
        self.gated = knobs.mlp == "swiglu"
        if self.gated:
            self.gate_proj = nn.Linear(knobs.width, knobs.hidden_width, bias=False)
        self.up_proj = nn.Linear(knobs.width, knobs.hidden_width, bias=False)
        self.down_proj = nn.Linear(knobs.hidden_width, knobs.width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """The same shape."""
        y = F.silu(self.gate_proj(x)) * self.up_proj(x) if self.gated else F.relu(self.up_proj(x)).square()
        y = self.down_proj(y)
        return y


class Block(nn.Module):
    """Attention and perceptron, each behind its norm and beside the sum."""

    def __init__(self, knobs: Knobs) -> None:
        super().__init__()
        self.self_attn = Attention(knobs)
        self.mlp = Perceptron(knobs)
        self.input_layernorm = RMSNorm(knobs.width)
        self.post_attention_layernorm = RMSNorm(knobs.width)

    def forward(self, x: Tensor) -> Tensor:
        """The same shape."""
        x = x + self.self_attn(self.input_layernorm(x))
        x = x + self.mlp(self.post_attention_layernorm(x))
        return x


class GPTModern(Twin):
    """Tokens to the logits of the next ones."""

    def __init__(self, knobs: Knobs) -> None:
        super().__init__()
        self.knobs = knobs
        self.model = nn.ModuleDict(
            {
                "embed_tokens": nn.Embedding(knobs.vocabulary, knobs.width),
                "layers": nn.ModuleList(Block(knobs) for _ in range(knobs.layers)),
                "norm": RMSNorm(knobs.width),
            }
        )
        self.lm_head = nn.Linear(knobs.width, knobs.vocabulary, bias=False)
        if knobs.tied:
            self.lm_head.weight = self.model["embed_tokens"].weight

    @classmethod
    def defaults(cls, name: str) -> Knobs:
        return Knobs()

    def forward(self, tokens: Tensor) -> Tensor:
        """[batch, time] to [batch, time, vocabulary]."""
        embed_tokens, layers, norm = self.model.values()
        x = embed_tokens(tokens)
        for block in layers:
            x = block(x)
        x = self.lm_head(norm(x))
        return x

    def about(self, name: str, shape: torch.Size) -> tuple[str, Init]:
        if "norm" in name:
            return "gain", ONE
        if "embed_tokens" in name:
            return "embedding", normal(0.02)
        if name.endswith(("o_proj.weight", "down_proj.weight")):
            return "hidden", normal(0.02 / math.sqrt(2 * self.knobs.layers))
        return ("head" if name.startswith("lm_head") else "hidden"), normal(0.02)

    def sample(self, batch: int, size: tuple[int, int], generator: torch.Generator) -> tuple[Tensor, Tensor]:
        return windows(batch, self.knobs, generator)

    @property
    def smooth(self) -> bool:
        """ReLU² has no jump in its slope."""
        return True
