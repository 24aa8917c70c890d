"""One process of PyTorch's side: training steps and inference passes of one network; prints a `SideResult` (result.ts) as JSON.

    python bench/training/pytorch_peer.py <zoo name> --batch n --side pixels --steps n [--threads n]

Needs torch and torchvision from PyPI.
"""

import argparse
import json
import sys
import time

import torch
import torch.nn.functional as functional

from pytorch_networks import networks

WARM_UP = 3


def timed(work, repetitions: int) -> list[dict[str, float]]:
    for _ in range(WARM_UP):
        work()
    times = []
    for _ in range(repetitions):
        cpu, start = time.process_time(), time.perf_counter()
        work()
        times.append({"wall": 1000 * (time.perf_counter() - start), "cpu": 1000 * (time.process_time() - cpu)})
    return times


def loss_of(outputs, targets):
    """Cross-entropy; for a detector the mean over all default boxes of it and of the smooth L1 distance of the offsets (step.ts says the same)."""
    if isinstance(outputs, torch.Tensor):
        return functional.cross_entropy(outputs, targets[0])
    classes, boxes = outputs
    return functional.cross_entropy(classes.flatten(0, 1), targets[0].flatten()) + functional.smooth_l1_loss(boxes, targets[1])


def main(options) -> None:
    if options.threads is not None:
        torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    model = networks[options.name]().to(memory_format=torch.channels_last)
    images = torch.randn(options.batch, 3, options.side, options.side).to(memory_format=torch.channels_last)
    with torch.no_grad():
        outputs = model.eval()(images[:1])
    if isinstance(outputs, tuple):
        rows = outputs[0].shape[1]
        targets = (torch.randint(outputs[0].shape[2], (options.batch, rows)), torch.randn(options.batch, rows, 4))
    else:
        targets = (torch.randint(outputs.shape[1], (options.batch,)),)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9, weight_decay=1e-4)

    def train():
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(model(images), targets)
        loss.backward()
        optimizer.step()
        return loss.item()

    def infer():
        with torch.inference_mode():
            outputs = model(images)
            return outputs.numpy() if isinstance(outputs, torch.Tensor) else [output.numpy() for output in outputs]

    model.train()
    training = timed(train, options.steps)
    model.eval()
    inference = timed(infer, options.steps)
    print(
        json.dumps(
            {
                "training": training,
                "inference": inference,
                "parameters": sum(parameter.numel() for parameter in model.parameters()),
                "versions": [f"Python {sys.version.split()[0]}", f"PyTorch {torch.__version__}"],
            }
        )
    )


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("name", choices=networks)
    arguments.add_argument("--batch", type=int, required=True)
    arguments.add_argument("--side", type=int, required=True)
    arguments.add_argument("--steps", type=int, required=True)
    arguments.add_argument("--threads", type=int, default=None)
    main(arguments.parse_args())
