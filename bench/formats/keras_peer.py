"""Proves the Keras formats against Keras itself, in both directions, and prints what differs by how much.

    python bench/formats/keras_peer.py [--only out|in] [--network <name>]… [--node <interpreter>]

Out: every network of the zoo, whole and cut, is written by Espalier as .h5 and .keras; Keras loads it without any code of ours and must answer
alike. In: networks of keras.applications and others are saved by Keras with random weights in both formats (and, where tf_keras is there, by
Keras 2 as .h5); Espalier reads them and must answer alike, and written back they must answer alike in Keras.

Two answers are alike when no number differs by more than 1e-4 of the largest number of the answer or of 1: a hundred layers of float32, summed in
another order, stay an order of magnitude below that, and a wrong weight or layer does not.

Needs keras (3), tensorflow-cpu, h5py and numpy from PyPI, and tf-keras for files of Keras 2. Ends with 1 if any two answers differ.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402
import keras  # noqa: E402

try:
    import tf_keras
except ImportError:
    tf_keras = None

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOLERANCE = 1e-4


def espalier(node, *arguments):
    command = [node, "--import", "tsx", "bench/formats/keras-side.ts", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.strip().splitlines()[-1]) if done.returncode == 0 else None


def floats(path):
    return np.fromfile(path, np.float32)


def flat_answer(model, picture):
    outputs = model.predict(picture, verbose=0)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    return np.concatenate([np.asarray(output).reshape(-1) for output in outputs])


class Report:
    def __init__(self):
        self.failed = 0

    def line(self, direction, name, expected, actual):
        if actual is None or expected.shape != actual.shape:
            difference = np.inf
        else:
            difference = float(np.max(np.abs(expected - actual))) / max(1.0, float(np.max(np.abs(expected))))
        is_alike = difference <= TOLERANCE
        self.failed += not is_alike
        print(f"{'alike ' if is_alike else 'DIFFER'} {direction:3} {name:34} {difference:.1e}", flush=True)


def out(node, report, networks):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        names = espalier(node, "write", folder, *networks)
        if names is None:
            sys.exit("Espalier could not write the networks")
        for name in names:
            picture, expected = floats(folder / f"{name}.input.bin"), floats(folder / f"{name}.output.bin")
            readers = [("h5", keras), ("keras", keras)] + ([("h5", tf_keras)] if tf_keras else [])
            for ending, reader in readers:
                try:
                    model = reader.models.load_model(folder / f"{name}.{ending}", compile=False)
                    answer = flat_answer(model, picture.reshape((1, *model.inputs[0].shape[1:])))
                except Exception as error:
                    print(f"{name}.{ending}: {str(error)[:300]}")
                    answer = None
                report.line("out", f"{name}.{ending}{' (Keras 2)' if reader is tf_keras else ''}", expected, answer)
                keras.backend.clear_session()


def with_random_variables(model, seed=1):
    """Fresh weights would hide a mistake in β, μ or σ, which begin as 0 and 1."""
    generator = np.random.default_rng(seed)
    for layer in model.layers:
        if not isinstance(layer, (keras.layers.BatchNormalization, getattr(tf_keras, "layers", keras.layers).BatchNormalization)):
            continue
        layer.set_weights([np.float32(0.5 + generator.random(weight.shape)) for weight in layer.get_weights()])
    return model


def functional_mixture(k):
    """Every kind of layer that the applications leave out."""
    layers = k.layers
    picture = layers.Input((16, 16, 3))
    x = layers.Conv2D(8, 3, padding="same", strides=2, activation="relu")(picture)
    y = layers.SeparableConv2D(8, 3, padding="same", activation="elu")(x)
    y = layers.LeakyReLU(0.2)(y)
    z = layers.Conv2D(8, 3, padding="same", groups=2, dilation_rate=2)(x)
    z = layers.PReLU(shared_axes=[1, 2], alpha_initializer="random_normal")(z)
    merged = layers.Concatenate()([layers.Add()([x, y]), layers.Multiply()([y, z]), layers.Maximum()([x, z])])
    merged = layers.Average()([merged, layers.Activation("tanh")(merged)])
    up = layers.Conv2DTranspose(6, 3, strides=2, padding="same")(merged)
    up = layers.UpSampling2D(2)(up)
    up = layers.Cropping2D(((1, 0), (0, 1)))(layers.ZeroPadding2D(((0, 1), (2, 0)))(up))
    up = layers.SpatialDropout2D(0.2)(layers.GaussianNoise(0.1)(up))
    shared = layers.Conv2D(4, 3, padding="same", use_bias=False)
    pooled = layers.AveragePooling2D(2)(shared(layers.MaxPooling2D(3, 2, padding="same")(up)))
    vector = layers.Flatten()(layers.ReLU(6.0)(pooled))
    vector = layers.Reshape((-1, 4))(vector)
    left = layers.Dense(5, activation="softmax", name="classes")(layers.Dropout(0.5)(layers.Flatten()(vector)))
    right = layers.Dense(2, activation="sigmoid", name="extra")(layers.GlobalMaxPooling2D()(up))
    return k.Model(picture, [left, right])


def sequential(k):
    layers = k.layers
    return k.Sequential(
        [
            layers.Input((12, 12, 2)),
            layers.Conv2D(4, 3, activation="swish"),
            layers.BatchNormalization(),
            layers.Conv2D(4, 3, activation="gelu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(3, activation="softmax"),
        ]
    )


def arithmetic(k):
    """Sums of tensors without a layer, and the activations that only Keras 3 has under these names."""
    picture = k.layers.Input((8, 8, 3))
    x = k.layers.Conv2D(4, 3, padding="same", activation="hard_sigmoid")(picture)
    y = k.layers.Conv2D(4, 3, padding="same", activation="hard_silu")(picture)
    return k.Model(picture, k.layers.GlobalAveragePooling2D()(x + y * x))


def applications(k):
    def application(name, size, **options):
        return lambda: getattr(k.applications, name)(weights=None, classes=10, input_shape=(size, size, 3), classifier_activation=None, **options)

    return {
        "MobileNet": application("MobileNet", 32),
        "MobileNetV2": application("MobileNetV2", 32),
        **({"MobileNetV3Small": application("MobileNetV3Small", 32)} if k is keras else {}),
        "ResNet50V2": application("ResNet50V2", 32),
        "ResNet50": application("ResNet50", 32),
        "DenseNet121": application("DenseNet121", 32),
        "EfficientNetB0": application("EfficientNetB0", 32),
        "VGG16": application("VGG16", 32),
        "InceptionV3": application("InceptionV3", 75),
        "Xception": application("Xception", 71),
    }


def into(node, report, networks):
    def check(k, name, build, ending):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            model = with_random_variables(build())
            shape = model.inputs[0].shape[1:]
            picture = np.random.default_rng(2).random((1, *map(int, shape)), np.float32)
            if any(word in name for word in ("EfficientNet", "MobileNetV3")):
                picture *= 255
            file = folder / f"model.{ending}"
            model.save(file)
            picture.tofile(folder / "input.bin")
            expected = flat_answer(model, picture)
            read = espalier(node, "answer", file, folder)
            suffix = " (Keras 2)" if k is tf_keras else ""
            report.line("in", f"{name}.{ending}{suffix}", expected, floats(folder / "output.bin") if read else None)
            if read:
                back = keras.models.load_model(folder / "back.keras", compile=False)
                report.line("and", f"{name} back in Keras", expected, flat_answer(back, picture))
            keras.backend.clear_session()

    own = {"mixture": functional_mixture, "sequential": sequential}
    for k, endings in ((keras, ("h5", "keras")), (tf_keras, ("h5",))):
        if k is None:
            continue
        builders = {**{name: (lambda f=f, k=k: f(k)) for name, f in own.items()}, **applications(k)}
        if k is keras:
            builders["arithmetic"] = lambda: arithmetic(keras)
        for name, build in builders.items():
            if networks and name not in networks:
                continue
            for ending in endings:
                check(k, name, build, ending)


parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--only", choices=["out", "in"])
parser.add_argument("--node", default="node")
parser.add_argument("--network", action="append", default=[], help="one of the networks, instead of all; may be repeated")
options = parser.parse_args()
print(f"Keras {keras.__version__}" + (f", tf_keras {tf_keras.__version__}" if tf_keras else ""))
report = Report()
if options.only != "in":
    out(options.node, report, options.network)
if options.only != "out":
    into(options.node, report, options.network)
sys.exit(1 if report.failed else 0)
