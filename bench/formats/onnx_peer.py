"""Proves Espalier's ONNX files against the onnx package and its own ONNX Runtime, and prints what differs by how much.

    python bench/formats/onnx_peer.py [--opset 17]… [--network <zoo name>]… [--node <interpreter>]

Every network of the zoo, whole and cut, is written by Espalier. The file must pass onnx's checker, with all types and shapes inferred strictly, and ONNX
Runtime must answer as Espalier's TensorFlow does: no number may differ by more than 1e-4 of the largest of the answer or of 1. A hundred layers
of float32, summed in another order, stay below that, and a wrong weight or layer does not.

Needs onnx, onnxruntime and numpy from PyPI. Ends with 1 if any file fails.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOLERANCE = 1e-4


def difference(path):
    """The largest difference as a share of the largest number of the answer, or of 1."""
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    [entry] = session.get_inputs()
    read = lambda ending: np.fromfile(path.with_suffix(ending), dtype="<f4")
    outputs = session.run(None, {entry.name: read(".input.bin").reshape(1, *entry.shape[1:])})
    answer = np.concatenate([output.ravel() for output in outputs])
    expected = read(".output.bin")
    return float(np.abs(answer - expected).max() / max(1, np.abs(expected).max()))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--opset", type=int, action="append")
    parser.add_argument("--network", action="append", default=[])
    parser.add_argument("--node", default="node")
    arguments = parser.parse_args()
    failed = 0
    for opset in arguments.opset or [17]:
        with tempfile.TemporaryDirectory() as folder:
            command = [arguments.node, "--import", "tsx", "bench/formats/onnx-side.ts", folder, str(opset), *arguments.network]
            subprocess.run(command, cwd=ROOT, check=True)
            for path in sorted(pathlib.Path(folder).glob("*.onnx")):
                try:
                    share = difference(path)
                    verdict = "alike" if share <= TOLERANCE else "DIFFERS"
                    print(f"opset {opset}  {path.stem:24} {share:.1e}  {verdict}")
                except Exception as error:
                    verdict = "FAILS"
                    print(f"opset {opset}  {path.stem:24} FAILS: {error}")
                failed += verdict != "alike"
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
