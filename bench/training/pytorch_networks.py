"""The networks of the zoo in PyTorch, layer by layer: the same parameters, the same paddings, the same shortcuts."""

import torch
import torch.nn as nn
import torch.nn.functional as functional


def conv_bn(inputs: int, outputs: int, size: int = 3, stride: int = 1, groups: int = 1, bias: bool = False) -> list[nn.Module]:
    convolution = nn.Conv2d(inputs, outputs, size, stride, size // 2, groups=groups, bias=bias)
    return [convolution, nn.BatchNorm2d(outputs)]


class BasicBlock(nn.Module):
    """He et al. 2016 with option A: where the shape changes, the shortcut takes every second pixel and pads with zero channels."""

    def __init__(self, inputs: int, width: int):
        super().__init__()
        self.grows = inputs != width
        self.before = (width - inputs) // 2
        self.after = width - inputs - self.before
        self.first = nn.Sequential(*conv_bn(inputs, width, stride=2 if self.grows else 1), nn.ReLU(inplace=True))
        self.second = nn.Sequential(*conv_bn(width, width))

    def forward(self, x):
        passed = functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.before, self.after)) if self.grows else x
        return functional.relu(self.second(self.first(x)) + passed, inplace=True)


class CifarResNet(nn.Module):
    def __init__(self, blocks_per_stage: int):
        super().__init__()
        self.stem = nn.Sequential(*conv_bn(3, 16), nn.ReLU(inplace=True))
        blocks, inputs = [], 16
        for width in [16, 32, 64]:
            for _ in range(blocks_per_stage):
                blocks.append(BasicBlock(inputs, width))
                inputs = width
        self.blocks = nn.Sequential(*blocks)
        self.classifier = nn.Linear(64, 10)

    def forward(self, x):
        return self.classifier(self.blocks(self.stem(x)).mean((2, 3)))


def cifar_vgg16() -> nn.Module:
    """With batch normalisation, a global average and one dense layer."""
    layers, inputs = [], 3
    for width, count in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]:
        for _ in range(count):
            layers += [*conv_bn(inputs, width, bias=True), nn.ReLU(inplace=True)]
            inputs = width
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))


def mobilenet_v2() -> nn.Module:
    import torchvision

    return torchvision.models.mobilenet_v2(weights=None)


class Ssd300(nn.Module):
    """Liu et al. 2016 on VGG-16: class logits [N, 8732, 21] and box offsets [N, 8732, 4]."""

    def __init__(self):
        super().__init__()

        def conv(inputs, outputs, size=3, **options):
            return [nn.Conv2d(inputs, outputs, size, **options), nn.ReLU(inplace=True)]

        def block(inputs, outputs, count):
            layers = conv(inputs, outputs, padding=1)
            for _ in range(count - 1):
                layers += conv(outputs, outputs, padding=1)
            return layers

        def extra(inputs, middle, outputs, **options):
            return nn.Sequential(*conv(inputs, middle, 1), *conv(middle, outputs, **options))

        pool = lambda: nn.MaxPool2d(2, ceil_mode=True)  # noqa: E731
        to_conv4 = [*block(3, 64, 2), pool(), *block(64, 128, 2), pool(), *block(128, 256, 3), pool(), *block(256, 512, 3)]
        to_conv7 = [pool(), *block(512, 512, 3), nn.MaxPool2d(3, 1, 1), *conv(512, 1024, padding=6, dilation=6), *conv(1024, 1024, 1)]
        self.stages = nn.ModuleList(
            [
                nn.Sequential(*to_conv4),
                nn.Sequential(*to_conv7),
                extra(1024, 256, 512, stride=2, padding=1),
                extra(512, 128, 256, stride=2, padding=1),
                extra(256, 128, 256),
                extra(256, 128, 256),
            ]
        )
        self.scale = nn.Parameter(torch.full((512,), 20.0))
        widths, boxes = [512, 1024, 512, 256, 256, 256], [4, 6, 6, 6, 4, 4]
        self.classes = nn.ModuleList(nn.Conv2d(width, count * 21, 3, padding=1) for width, count in zip(widths, boxes))
        self.boxes = nn.ModuleList(nn.Conv2d(width, count * 4, 3, padding=1) for width, count in zip(widths, boxes))

    def forward(self, x):
        sources = []
        for stage in self.stages:
            x = stage(x)
            sources.append(x)
        sources[0] = functional.normalize(sources[0]) * self.scale[:, None, None]
        rows = lambda heads, size: torch.cat(  # noqa: E731
            [head(source).permute(0, 2, 3, 1).reshape(x.shape[0], -1, size) for head, source in zip(heads, sources)], 1
        )
        return rows(self.classes, 21), rows(self.boxes, 4)


networks = {
    "resnet20": lambda: CifarResNet(3),
    "resnet56": lambda: CifarResNet(9),
    "vgg16-cifar-linear": cifar_vgg16,
    "mobilenet-v2": mobilenet_v2,
    "ssd300-vgg16": Ssd300,
}
