"""One process of Torch-Pruning's side: prunes one network to half its width, a number of times, and prints a `SideResult` (result.ts) as JSON;
with `memory` once, and prints a `MemoryResult`.

    python bench/prune/torch_pruning_peer.py time|memory <name> [--repetitions n] [--threads n]

Needs torch, torchvision and torch-pruning from PyPI.
"""

import argparse
import copy
import gc
import importlib.metadata
import json
import sys
import time
import warnings

warnings.filterwarnings("ignore")

import torch  # noqa: E402
import torch.nn as nn  # noqa: E402
import torch.nn.functional as functional  # noqa: E402
import torch_pruning as tp  # noqa: E402
import torchvision  # noqa: E402


class BasicBlock(nn.Module):
    """Two 3 x 3 convolutions; where the shape changes the shortcut is projected (option B of He et al. 2016)."""

    def __init__(self, inputs: int, width: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        changes = stride > 1 or inputs != width
        self.shortcut = (
            nn.Sequential(nn.Conv2d(inputs, width, 1, stride, bias=False), nn.BatchNorm2d(width)) if changes else nn.Identity()
        )

    def forward(self, x):
        inner = functional.relu(self.bn1(self.conv1(x)))
        return functional.relu(self.bn2(self.conv2(inner)) + self.shortcut(x))


class CifarResNet(nn.Module):
    def __init__(self, blocks_per_stage: int):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU())
        blocks, inputs = [], 16
        for stage, width in enumerate([16, 32, 64]):
            for index in range(blocks_per_stage):
                blocks.append(BasicBlock(inputs, width, 2 if stage > 0 and index == 0 else 1))
                inputs = width
        self.blocks = nn.Sequential(*blocks)
        self.classifier = nn.Linear(64, 10)

    def forward(self, x):
        return self.classifier(self.blocks(self.stem(x)).mean((2, 3)))


def build(name: str) -> tuple[nn.Module, torch.Tensor]:
    if name == "resnet56":
        return CifarResNet(9).eval(), torch.randn(1, 3, 32, 32)
    options = {"aux_logits": False, "transform_input": False, "init_weights": False} if name == "googlenet" else {}
    return getattr(torchvision.models, name)(weights=None, **options).eval(), torch.randn(1, 3, 224, 224)


def cost(model: nn.Module, image: torch.Tensor) -> tuple[int, int]:
    """Parameters, and multiply-accumulates of convolutions and dense layers for one image, without biases."""
    macs = 0

    def count(module, _, output):
        nonlocal macs
        if isinstance(module, nn.Conv2d):
            macs += output.numel() * module.weight[0].numel()
        elif isinstance(module, nn.Linear):
            macs += output.numel() * module.in_features

    hooks = [module.register_forward_hook(count) for module in model.modules()]
    with torch.no_grad():
        model(image)
    for hook in hooks:
        hook.remove()
    return sum(parameter.numel() for parameter in model.parameters()), macs


def prune_to_half(model: nn.Module, image: torch.Tensor) -> dict[str, float]:
    """What is timed: from a network in memory to its dependency graph and groups, the L2 norm of every filter, and half the width."""
    classifier = [module for module in model.modules() if isinstance(module, nn.Linear)][-1]
    cpu, start = time.process_time(), time.perf_counter()
    pruner = tp.pruner.BasePruner(
        model,
        image,
        importance=tp.importance.MagnitudeImportance(p=2, group_reduction="first", normalizer=None),
        pruning_ratio=0.5,
        ignored_layers=[classifier],
    )
    grouped = time.perf_counter()
    pruner.step()
    end = time.perf_counter()
    return {
        "groups": 1000 * (grouped - start),
        "total": 1000 * (end - start),
        "cpu": 1000 * (time.process_time() - cpu),
    }


def memory(key: str) -> int:
    """Resident memory in bytes: VmRSS now, VmHWM at its highest since the last reset (Linux, proc(5))."""
    with open("/proc/self/status") as status:
        return next(1024 * int(line.split()[1]) for line in status if line.startswith(key + ":"))


def measure_memory(name: str) -> None:
    # The smallest network first, so that libraries are loaded before the base line is taken.
    prune_to_half(*build("resnet56"))
    model, image = build(name)
    weights = sum(tensor.numel() * tensor.element_size() for tensor in model.state_dict().values())
    gc.collect()
    base = memory("VmRSS") - weights
    with open("/proc/self/clear_refs", "w") as clear:
        clear.write("5")
    prune_to_half(model, image)
    print(json.dumps({"weightBytes": weights, "peakBytes": memory("VmHWM") - base}))


def measure_time(name: str, repetitions: int) -> None:
    model, image = build(name)
    # Pruning is done in place, so every repetition gets a copy; making it is not timed.
    copies = (copy.deepcopy(model) for _ in range(repetitions - 1))
    first_copy = copy.deepcopy(model)
    first = prune_to_half(first_copy, image)
    later = [prune_to_half(again, image) for again in copies]
    parameters, macs = cost(model, image)
    parameters_after, macs_after = cost(first_copy, image)
    print(
        json.dumps(
            {
                "first": first,
                "later": later,
                "parameters": parameters,
                "macs": macs,
                "parametersAfter": parameters_after,
                "macsAfter": macs_after,
                "versions": [
                    f"Python {sys.version.split()[0]}",
                    f"PyTorch {torch.__version__}",
                    f"Torch-Pruning {importlib.metadata.version('torch-pruning')}",
                ],
            }
        )
    )


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("mode", choices=["time", "memory"])
    arguments.add_argument("name")
    arguments.add_argument("--repetitions", type=int, default=5)
    arguments.add_argument("--threads", type=int, default=None)
    options = arguments.parse_args()
    if options.threads is not None:
        torch.set_num_threads(options.threads)
    if options.mode == "memory":
        measure_memory(options.name)
    else:
        measure_time(options.name, options.repetitions)
