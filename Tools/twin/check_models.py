"""Checks the twins in `models/` against the public implementations whose parameter names they have.

    python3 Tools/twin/check_models.py

For each pair, in float64, on random weights (gains and running statistics too): the same names and shapes, then the
same outputs, in training and where it differs in evaluation, and the same gradients of every parameter. Prints what was
compared and the largest difference; exit 1 where one is above 1e-9 of the largest number (2e-6 for Qwen3, which takes
its norms and angles in float32 whatever the weights are). Where the public module initialises as ours is described, the
spread of each fresh tensor is compared too. Last, names and shapes at the published sizes.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import timm
import torch
import torchvision
from torch import Tensor, nn
from transformers import GPT2Config, GPT2LMHeadModel, Qwen3Config, Qwen3ForCausalLM
from transformers.models.nemotron.configuration_nemotron import NemotronConfig
from transformers.models.nemotron.modeling_nemotron import NemotronMLP

from models import Twin, build
from randoms import randomise

ALLOWED = 1e-9
ALLOWED_SINGLE = 2e-6
Basic = torchvision.models.resnet.BasicBlock
TRANSPOSED = ("attn.c_attn.weight", "attn.c_proj.weight", "mlp.c_fc.weight", "mlp.c_proj.weight")


@dataclass
class Peer:
    """A public module beside a spec of ours, and an input for both."""

    title: str
    spec: str
    module: nn.Module
    inputs: Tensor
    outputs: Callable[[nn.Module, Tensor], Tensor] = lambda module, x: module(x)
    transposed: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    fresh: bool = False
    allowed: float = ALLOWED


def cifar_resnet(blocks: list[int], width: int) -> nn.Module:
    """torchvision's network with the small stem, three stages and another width."""
    net = torchvision.models.resnet.ResNet(Basic, [1, 1, 1, 1], num_classes=10)
    net.conv1, net.bn1 = nn.Conv2d(3, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)
    net.maxpool, net.layer4 = nn.Identity(), nn.Identity()
    net.inplanes = width
    for stage, count in enumerate(blocks):
        stride = 2 if stage else 1
        setattr(net, f"layer{stage + 1}", net._make_layer(Basic, width << stage, count, stride))
    net.fc = nn.Linear(width << 2, 10)
    return net


def modern(tied: bool, squared: bool) -> nn.Module:
    """Qwen3 with one key and value a head; its perceptrons by Nemotron's where `squared`."""
    config = Qwen3Config(
        vocab_size=29, hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=3,
        num_key_value_heads=3, head_dim=8, max_position_embeddings=16, tie_word_embeddings=tied,
        attn_implementation="eager",
    )  # fmt: skip
    net = Qwen3ForCausalLM(config)
    if squared:
        inner = NemotronConfig(hidden_size=24, intermediate_size=40, hidden_act="relu2", mlp_bias=False)
        for layer in net.model.layers:
            layer.mlp = NemotronMLP(inner)
    return net


def gpt2() -> nn.Module:
    """Small, with the public arithmetic: tied head, biases, GELU by tanh."""
    config = GPT2Config(
        vocab_size=29, n_positions=16, n_embd=24, n_layer=2, n_head=3, resid_pdrop=0, embd_pdrop=0, attn_pdrop=0,
    )  # fmt: skip
    return GPT2LMHeadModel(config)


def peers() -> Iterator[Peer]:
    """All of them, at odd sizes."""
    resnet = torchvision.models
    picture = torch.randn(3, 3, 45, 37, dtype=torch.float64)
    for name in ("resnet18", "resnet34", "resnet50"):
        spec = f"{name}:stem=imagenet,classes=11"
        yield Peer(f"torchvision {name}", spec, getattr(resnet, name)(num_classes=11), picture, fresh=True)
    small = torch.randn(3, 3, 13, 17, dtype=torch.float64)
    for name, blocks, width in (("resnet8", 1, 64), ("resnet20", 3, 16), ("resnet56", 9, 16)):
        title = f"torchvision ResNet, three stages of {blocks}, width {width}"
        yield Peer(title, name, cifar_resnet([blocks] * 3, width), small)
    vit = timm.create_model(
        "vit_tiny_patch16_224", img_size=(12, 20), patch_size=4, depth=3, num_classes=11
    )  # fmt: skip
    crop = torch.randn(3, 3, 12, 20, dtype=torch.float64)
    yield Peer("timm vit_tiny", "vit-tiny:size=12x20,layers=3,classes=11", vit, crop, fresh=True)
    mixer = timm.models.mlp_mixer.MlpMixer(num_classes=11, img_size=(12, 20), patch_size=4, num_blocks=2, embed_dim=48)
    spec = "mlp-mixer:size=12x20,classes=11,layers=2,width=48,tokens=24,mlp=192"
    yield Peer("timm MlpMixer", spec, mixer, crop, fresh=True)
    tokens = torch.randint(29, (3, 13))
    size = "layers=2,heads=3,width=24,context=16,vocabulary=29"
    yield Peer(
        "transformers GPT2LMHeadModel", f"gpt:{size},bias=true,activation=gelu-tanh", gpt2(), tokens,
        logits, TRANSPOSED, ("lm_head.weight",), True,
    )  # fmt: skip
    for tied in (False, True):
        ignored = ("lm_head.weight",) if tied else ()
        title = f"transformers Qwen3ForCausalLM{', tied' if tied else ''}"
        spec = f"gpt-modern:{size},hidden=40,tied={str(tied).lower()}"
        yield Peer(title, spec, modern(tied, False), tokens, logits, (), ignored, allowed=ALLOWED_SINGLE)
    spec = f"gpt-modern:{size},hidden=40,mlp=relu2"
    yield Peer("the same with NemotronMLP (ReLU²)", spec, modern(False, True), tokens, logits, allowed=ALLOWED_SINGLE)


def logits(module: nn.Module, x: Tensor) -> Tensor:
    """What transformers wraps."""
    outputs: Tensor = module(x, use_cache=False).logits
    return outputs


def full_size() -> Iterator[tuple[str, str, nn.Module]]:
    """The public models as they are published, without memory for their weights."""
    yield "transformers GPT-2 124M", "gpt2", GPT2LMHeadModel(GPT2Config())
    yield "timm vit_tiny", "vit-tiny:size=224,patch=16,classes=1000", timm.create_model("vit_tiny_patch16_224")
    spec = "mlp-mixer:size=224,patch=16,classes=1000,width=768,layers=12,tokens=384,mlp=3072"
    yield "timm mixer_b16_224", spec, timm.create_model("mixer_b16_224")


def shapes(module: nn.Module, transposed: tuple[str, ...] = ()) -> dict[str, list[int]]:
    """Of every parameter, the matrices named in `transposed` turned."""
    return {
        name: list(value.shape)[:: -1 if name.endswith(transposed or "\0") else 1]
        for name, value in module.named_parameters()
    }


def gap(left: Tensor, right: Tensor) -> float:
    """The largest difference, relative to the largest number."""
    left, right = left.detach(), right.detach()
    return float((left - right).abs().max() / right.abs().max().clamp(min=1e-30))


def spreads(peer: Peer, ours: Twin) -> list[str]:
    """The tensors whose root mean square, as the public module begins, is not what ours is described to have."""
    odd = []
    public = dict(peer.module.named_parameters())
    for name, parameter in ours.named_parameters():
        init = ours.about(name, parameter.shape)[1]
        expected = {"uniform": init.size / 3**0.5, "constant": abs(init.size)}.get(init.kind, init.size)
        found = float(public[name].detach().square().mean().sqrt())
        # The root mean square of n draws is off by 1/√(2n) of itself for a normal, less for a uniform.
        slack = 0.0 if init.kind == "constant" else 5 / (2 * parameter.numel()) ** 0.5
        if not abs(found - expected) <= slack * expected:
            odd.append(f"{name}: {found:.3g}, expected {expected:.3g}")
    return odd


def compare(peer: Peer) -> tuple[str, float]:
    """What was compared, and the worst of the differences."""
    theirs, ours = peer.module.double(), build(peer.spec).double()
    state = {
        name: value.T if name.endswith(peer.transposed or "\0") else value
        for name, value in theirs.state_dict().items()
        if name not in peer.ignored
    }
    own = {name: value for name, value in ours.state_dict().items() if name not in peer.ignored}
    differing = sorted(state.keys() ^ own.keys())
    differing += [name for name in own.keys() & state.keys() if own[name].shape != state[name].shape]
    if differing:
        return f"names or shapes differ: {differing[:8]}", float("inf")
    odd = spreads(peer, ours) if peer.fresh else []
    if odd:
        return f"initialisation differs: {odd[:4]}", float("inf")
    randomise(theirs, torch.Generator().manual_seed(2))
    ours.load_state_dict(state, strict=not peer.ignored)
    gaps = []
    for training in (False, True):
        theirs.train(training), ours.train(training)
        expected, found = peer.outputs(theirs, peer.inputs), ours(peer.inputs)
        gaps.append(gap(found, expected))
    direction = torch.randn(expected.shape, dtype=torch.float64)
    (expected * direction).sum().backward()
    (found * direction).sum().backward()
    gradients = {name: parameter.grad for name, parameter in theirs.named_parameters()}
    for name, parameter in ours.named_parameters():
        theirs_too = gradients[name].T if name.endswith(peer.transposed or "\0") else gradients[name]
        gaps.append(gap(parameter.grad, theirs_too))
    for name, buffer in ours.named_buffers():
        gaps.append(gap(buffer.double(), theirs.get_buffer(name).double()))
    order = [name for name, _ in theirs.named_parameters()] == [n for n, _ in ours.named_parameters()]
    text = f"{len(own)} tensors, outputs {list(expected.shape)}, order {'equal' if order else 'differs'}"
    if peer.fresh:
        text += ", initialisation"
    return text, max(gaps)


def main() -> int:
    """Prints a line for each pair."""
    torch.manual_seed(1)
    failed = 0
    for peer in peers():
        text, error = compare(peer)
        passed = error <= peer.allowed
        failed += not passed
        print(f"{'ok  ' if passed else 'FAIL'} {error:8.1e}  {peer.title} = {peer.spec}: {text}", flush=True)
    with torch.device("meta"):
        for title, spec, module in full_size():
            transposed = TRANSPOSED if spec == "gpt2" else ()
            own, public = shapes(build(spec)), shapes(module, transposed)
            failed += own != public
            count = sum(parameter.numel() for parameter in module.parameters())
            print(f"{'ok  ' if own == public else 'FAIL'} {title} = {spec}: {len(own)} shapes, {count:,} parameters")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
