"""GPT-2 on random weights, written by PyPI's transformers and read by `downhill`: the same loss and the same text.

    swift build -c release
    python3 Tools/twin/check_gpt2.py [--executable FILE] [--full]

Without --full a small configuration is taken, with it that of the 124 million weights. The loss of a text's last tenth
must agree to 2e-6 of it, and behind each of eight prompts the five likeliest tokens, one after the other, must be the same.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch.nn import functional as F
from transformers import GPT2Config, GPT2LMHeadModel

from randoms import randomise

ROOT = Path(__file__).resolve().parents[2]
SMALL = GPT2Config(vocab_size=257, n_positions=48, n_embd=60, n_layer=3, n_head=5, bos_token_id=0, eos_token_id=0)
TOKENS = 5


def spec(config: GPT2Config) -> str:
    """As `downhill` names it."""
    return (
        f"gpt2:layers={config.n_layer},heads={config.n_head},width={config.n_embd},context={config.n_positions},"
        f"vocabulary={config.vocab_size}"
    )


def text(count: int) -> str:
    """Letters in no order."""
    places = torch.randint(26, (count,), generator=torch.Generator().manual_seed(3))
    return "".join(chr(97 + int(place)) for place in places)


def held_out_loss(net: GPT2LMHeadModel, words: str) -> float:
    """The mean over the last tenth, in windows that do not overlap."""
    tokens = torch.tensor(list(words[len(words) * 9 // 10 :].encode()))
    context, total = net.config.n_positions, 0.0
    with torch.no_grad():
        for start in range(0, len(tokens) - 1, context):
            window = tokens[start : start + context + 1]
            logits = net(window[None, :-1], use_cache=False).logits[0]
            total += float(F.cross_entropy(logits.double(), window[1:], reduction="sum"))
    return total / (len(tokens) - 1)


def greedy(net: GPT2LMHeadModel, prompt: str) -> list[int]:
    """Bytes alone, as that is all that the other side knows."""
    tokens = list(prompt.encode())
    with torch.no_grad():
        for _ in range(TOKENS):
            tokens.append(int(net(torch.tensor([tokens]), use_cache=False).logits[0, -1, :256].argmax()))
    return tokens[len(prompt) :]


def run(executable: Path, *arguments: str) -> dict[str, object]:
    """What it prints as JSON."""
    done = subprocess.run([executable, *arguments, "--format", "json"], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments[:2])}: exit {done.returncode}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def main() -> int:
    """Compares and reports."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--executable", type=Path, default=ROOT / ".build" / "release" / "downhill")
    parser.add_argument("--full", action="store_true")
    options = parser.parse_args()
    config = GPT2Config() if options.full else SMALL
    net = GPT2LMHeadModel(config).eval()
    if not options.full:
        randomise(net, torch.Generator().manual_seed(1))
    words = text(config.n_positions * 25)
    with TemporaryDirectory() as folder:
        net.save_pretrained(folder)
        weights, data = f"{folder}/model.safetensors", Path(folder, "text.txt")
        data.write_text(words)
        network = ["--model", spec(config), "--tokenizer", "bytes"]
        measured = run(options.executable, "evaluate", weights, *network, "--data", str(data))
        prompts = [words[12 * place :][: 3 + 3 * place] for place in range(8)]
        choice = ["--tokens", str(TOKENS), "--temperature", "0"]
        written = [run(options.executable, "generate", weights, *network, "--prompt", prompt, *choice)["tokens"]
                   for prompt in prompts]  # fmt: skip
    net = net.double()
    loss, tokens = held_out_loss(net, words), [greedy(net, prompt) for prompt in prompts]
    off = abs(float(measured["loss"]) - loss) / loss
    print(f"{spec(config)}: {measured['parameters']} weights, {measured['count']} tokens")
    print(f"loss {measured['loss']}, transformers {loss:.9f}: off by {off:.1e}")
    print(f"tokens {'the same' if written == tokens else 'other'}: {written}, {tokens}")
    parameters = sum(parameter.numel() for parameter in net.parameters())
    return 0 if off < 2e-6 and written == tokens and measured["parameters"] == parameters else 1


if __name__ == "__main__":
    sys.exit(main())
