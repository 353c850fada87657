"""`gpt`: GPT-2's shape with nanoGPT's names."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .base import ONE, ZERO, Init, Twin, activation, normal, windows


@dataclass
class Knobs:
    """vocabulary comes from the data."""

    layers: int = 4
    heads: int = 4
    width: int = 128
    context: int = 64
    vocabulary: int = 65
    bias: bool = False
    tied: bool = True
    activation: str = "gelu"


class Attention(nn.Module):
    """Every token looks at itself and those before it."""

    def __init__(self, knobs: Knobs) -> None:
        super().__init__()
        self.c_attn = nn.Linear(knobs.width, 3 * knobs.width, bias=knobs.bias)
        self.c_proj = nn.Linear(knobs.width, knobs.width, bias=knobs.bias)
        self.heads = knobs.heads

    def forward(self, x: Tensor) -> Tensor:
        """[batch, time, width] to the same."""
        q, k, v = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in self.c_attn(x).chunk(3, dim=-1))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        y = self.c_proj(y.transpose(1, 2).flatten(2))
        return y


class Perceptron(nn.Module):
    """Four times as wide inside."""

    def __init__(self, knobs: Knobs) -> None:
        super().__init__()
        self.c_fc = nn.Linear(knobs.width, 4 * knobs.width, bias=knobs.bias)
        self.c_proj = nn.Linear(4 * knobs.width, knobs.width, bias=knobs.bias)
        self.act = activation(knobs.activation)

    def forward(self, x: Tensor) -> Tensor:
        """The same shape."""
        x = self.c_proj(self.act(self.c_fc(x)))
        return x


class Block(nn.Module):
    """Attention and perceptron, each behind its norm and beside the sum."""

    def __init__(self, knobs: Knobs) -> None:
        super().__init__()
        self.ln_1 = nn.LayerNorm(knobs.width, bias=knobs.bias)
        self.attn = Attention(knobs)
        self.ln_2 = nn.LayerNorm(knobs.width, bias=knobs.bias)
        self.mlp = Perceptron(knobs)

    def forward(self, x: Tensor) -> Tensor:
        """The same shape."""
        x = x + self.attn(self.ln_1(x))
        x = x + self.mlp(self.ln_2(x))
        return x


class GPT(Twin):
    """Tokens to the logits of the next ones."""

    def __init__(self, knobs: Knobs) -> None:
        super().__init__()
        self.knobs = knobs
        self.transformer = nn.ModuleDict(
            {
                "wte": nn.Embedding(knobs.vocabulary, knobs.width),
                "wpe": nn.Embedding(knobs.context, knobs.width),
                "h": nn.ModuleList(Block(knobs) for _ in range(knobs.layers)),
                "ln_f": nn.LayerNorm(knobs.width, bias=knobs.bias),
            }
        )
        self.lm_head = nn.Linear(knobs.width, knobs.vocabulary, bias=False)
        if knobs.tied:
            self.lm_head.weight = self.transformer["wte"].weight

    @classmethod
    def defaults(cls, name: str) -> Knobs:
        return Knobs()

    def forward(self, tokens: Tensor) -> Tensor:
        """[batch, time] to [batch, time, vocabulary]."""
        wte, wpe, blocks, ln_f = self.transformer.values()
        x = wte(tokens) + wpe.weight[: tokens.shape[1]]
        for block in blocks:
            x = block(x)
        x = self.lm_head(ln_f(x))
        return x

    def about(self, name: str, shape: torch.Size) -> tuple[str, Init]:
        if name.endswith("bias"):
            return "bias", ZERO
        if "ln_" in name:
            return "gain", ONE
        if "wte" in name or "wpe" in name:
            return "embedding", normal(0.02)
        if name.endswith("c_proj.weight"):
            return "hidden", normal(0.02 / math.sqrt(2 * self.knobs.layers))
        return ("head" if name.startswith("lm_head") else "hidden"), normal(0.02)

    def sample(self, batch: int, size: tuple[int, int], generator: torch.Generator) -> tuple[Tensor, Tensor]:
        return windows(batch, self.knobs, generator)

    @property
    def smooth(self) -> bool:
        return self.knobs.activation != "relu"
