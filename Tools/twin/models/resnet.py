"""Residual networks with torchvision's names: `resnet8`, `18`, `34`, `50`, and those for CIFAR, `20` and `56`."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .base import ONE, ZERO, Init, Twin, activation, he_out, linear

# Blocks of each stage, whether they are bottlenecks, and channels of the first stage.
RESNETS = {
    "resnet8": ([1, 1, 1], False, 64),
    "resnet18": ([2, 2, 2, 2], False, 64),
    "resnet34": ([3, 4, 6, 3], False, 64),
    "resnet50": ([3, 4, 6, 3], True, 64),
    "resnet20": ([3, 3, 3], False, 16),
    "resnet56": ([9, 9, 9], False, 16),
}


@dataclass
class Knobs:
    """channels and classes come from the data; width is the first stage's."""

    name: str
    channels: int = 3
    classes: int = 10
    stem: str = "cifar"
    skip: bool = True
    width: int = 64
    activation: str = "relu"


def convolution(inputs: int, outputs: int, kernel: int, stride: int = 1) -> nn.Conv2d:
    """Padded to keep the size at stride 1, without bias."""
    return nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False)


class Block(nn.Module):
    """Two or three convolutions beside a shortcut."""

    def __init__(self, inputs: int, channels: int, stride: int, deep: bool, knobs: Knobs) -> None:
        super().__init__()
        outputs = 4 * channels if deep else channels
        self.deep, self.skip, self.act = deep, knobs.skip, activation(knobs.activation)
        if deep:
            self.conv1, self.bn1 = convolution(inputs, channels, 1), nn.BatchNorm2d(channels)
            self.conv2, self.bn2 = convolution(channels, channels, 3, stride), nn.BatchNorm2d(channels)
            self.conv3, self.bn3 = convolution(channels, outputs, 1), nn.BatchNorm2d(outputs)
        else:
            self.conv1, self.bn1 = convolution(inputs, channels, 3, stride), nn.BatchNorm2d(channels)
            self.conv2, self.bn2 = convolution(channels, channels, 3), nn.BatchNorm2d(channels)
        if self.skip and (stride > 1 or inputs != outputs):
            self.downsample = nn.Sequential(convolution(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        """The activation comes after the sum."""
        y = self.bn2(self.conv2(self.act(self.bn1(self.conv1(x)))))
        if self.deep:
            y = self.bn3(self.conv3(self.act(y)))
        if self.skip:
            y = y + (self.downsample(x) if hasattr(self, "downsample") else x)
        y = self.act(y)
        return y


class ResNet(Twin):
    """Stem, stages `layer1` …, mean over rows and columns, `fc`."""

    def __init__(self, knobs: Knobs) -> None:
        super().__init__()
        blocks, deep, _ = RESNETS[knobs.name]
        width, large = knobs.width, knobs.stem == "imagenet"
        self.knobs, self.act, self.stages = knobs, activation(knobs.activation), len(blocks)
        self.conv1 = convolution(knobs.channels, width, 7 if large else 3, 2 if large else 1)
        self.bn1 = nn.BatchNorm2d(width)
        inputs = width
        for stage, count in enumerate(blocks):
            layer = nn.Sequential()
            for block in range(count):
                stride = 2 if stage > 0 and block == 0 else 1
                layer.append(Block(inputs, width << stage, stride, deep, knobs))
                inputs = (width << stage) * (4 if deep else 1)
            setattr(self, f"layer{stage + 1}", layer)
        self.fc = nn.Linear(inputs, knobs.classes)

    @classmethod
    def defaults(cls, name: str) -> Knobs:
        return Knobs(name, width=RESNETS[name][2])

    def forward(self, x: Tensor) -> Tensor:
        """[batch, channels, rows, columns] to [batch, classes]."""
        x = self.act(self.bn1(self.conv1(x)))
        if self.knobs.stem == "imagenet":
            x = F.max_pool2d(x, 3, 2, padding=1)
        for stage in range(self.stages):
            x = getattr(self, f"layer{stage + 1}")(x)
        x = self.fc(x.mean((2, 3)))
        return x

    def about(self, name: str, shape: torch.Size) -> tuple[str, Init]:
        if name.startswith("fc"):
            role = "bias" if name.endswith("bias") else "head"
            return role, linear(self.fc.in_features)
        if len(shape) == 4:
            return "convolution", he_out(shape)
        return ("bias", ZERO) if name.endswith("bias") else ("gain", ONE)

    @property
    def smooth(self) -> bool:
        """The large stem pools by maximum."""
        return self.knobs.stem == "cifar" and self.knobs.activation != "relu"
