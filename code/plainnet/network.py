"""A network is a list of layers: forward in order, backward in reverse."""

import itertools
import json
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import DTypeLike

from plainnet._checks import check_fraction, check_positive_int, check_rng
from plainnet._types import Array, Initializer, Labels
from plainnet.activations import sigmoid, softmax
from plainnet.initializers import he_normal, zeros
from plainnet.layers import (
    Dense,
    Dropout,
    Layer,
    LeakyReLU,
    ReLU,
    Sigmoid,
    Tanh,
)

_FORMAT = "plainnet network 1"
_LAYERS = {
    cls.__name__: cls
    for cls in (Dense, Sigmoid, Tanh, ReLU, LeakyReLU, Dropout)
}


class Network:
    """Layers in a row, ending in a `Dense` layer whose outputs are logits.

    Parameters
    ----------
    layers : sequence of Layer
        From the input to the output.

    Attributes
    ----------
    params, grads : dict of str to ndarray
        The live arrays of all layers, named "0.W", "0.b", "2.W", …: the
        number of the layer, then the name in it. Change them in place; to
        replace one, assign to the layer's own dict.
    """

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = list(layers)
        if not self.layers:
            raise ValueError("layers must hold at least one layer, got none")
        for layer in self.layers:
            if not isinstance(layer, Layer):
                raise TypeError(f"layers must be Layer objects, got {layer!r}")
            if sum(layer is other for other in self.layers) > 1:
                raise ValueError(
                    "layers must be different objects, got one "
                    f"{type(layer).__name__} twice: each keeps its own input"
                )

    def forward(self, X: Array, *, training: bool = False) -> Array:
        """Send X of shape (n, d) through all layers; return the logits."""
        for layer in self.layers:
            X = layer.forward(X, training=training)
        return X

    def backward(self, grad: Array) -> None:
        """Set every gradient, from the loss's gradient for the logits.

        The first layer is asked for its parameters only: the gradient for
        the input has no reader in training, and its product is a large one.
        """
        for layer in reversed(self.layers[1:]):
            grad = layer.backward(grad)
        self.layers[0].backward_params(grad)

    def input_gradient(self, grad: Array) -> Array:
        """Go backward and return the gradient for X itself, (n, d)."""
        for layer in reversed(self.layers):
            grad = layer.backward(grad)
        return grad

    @property
    def params(self) -> dict[str, Array]:
        """The parameters of all layers, by name."""
        return {
            f"{i}.{name}": array
            for i, layer in enumerate(self.layers)
            for name, array in layer.params.items()
        }

    @property
    def grads(self) -> dict[str, Array]:
        """The gradients of the last backward pass, by the same names."""
        return {
            f"{i}.{name}": array
            for i, layer in enumerate(self.layers)
            for name, array in layer.grads.items()
        }

    def predict(self, X: Array) -> Labels:
        """Return the most probable class of each row, shape (n,).

        With a single output it is class 1 where the logit is above 0.
        """
        logits = self.forward(X)
        if logits.shape[1] == 1:
            return (logits[:, 0] > 0).astype(np.int64)
        return logits.argmax(axis=1)

    def predict_proba(self, X: Array) -> Array:
        """Return probabilities: softmax (n, K), for one output (n, 1)."""
        logits = self.forward(X)
        return sigmoid(logits) if logits.shape[1] == 1 else softmax(logits)

    def save(self, path: str | Path) -> None:
        """Write layers and parameters to an .npz file at `path`.

        The file appears whole or not at all. It holds no pickled objects.
        """
        for layer in self.layers:
            if type(layer).__name__ not in _LAYERS:
                raise TypeError(f"layers must be plainnet's, got {layer!r}")
        layers = [
            {"layer": type(layer).__name__, "settings": layer.settings()}
            for layer in self.layers
        ]
        header = json.dumps({"format": _FORMAT, "layers": layers})
        arrays = {"header": np.array(header), **self.params}
        path = Path(path)
        if not path.parent.is_dir():
            raise FileNotFoundError(f"path: no folder {path.parent}")
        partial = path.with_name(path.name + ".partial")
        try:
            with partial.open("wb") as file:
                np.savez(file, allow_pickle=False, **arrays)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what `save` wrote; outputs are equal bit for bit.

        Dropout layers share a new ``default_rng(0)`` for their masks.

        Raises
        ------
        FileNotFoundError
            If there is no file at `path`.
        ValueError
            If the file is truncated or not a plainnet network.
        """
        path = Path(path)
        if not path.is_file():
            raise FileNotFoundError(f"path: no model file at {path}")
        try:
            with path.open("rb") as file, np.load(file) as archive:
                arrays = {name: archive[name] for name in archive.files}
            return cls(_rebuild(arrays))
        except _DAMAGE as error:
            raise ValueError(
                f"path must be a whole file written by Network.save, but "
                f"{path} is truncated or of another format ({error})"
            ) from error


# All that reading a truncated, damaged or foreign file can raise.
_DAMAGE = (
    OSError,
    EOFError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
)


def _rebuild(arrays: dict[str, Array]) -> list[Layer]:
    header = json.loads(str(arrays["header"]))
    if header["format"] != _FORMAT:
        raise ValueError(f"format {header['format']!r}, not {_FORMAT!r}")
    layers: list[Layer] = []
    rng = np.random.default_rng(0)
    for i, entry in enumerate(header["layers"]):
        kind, settings = _LAYERS[entry["layer"]], dict(entry["settings"])
        if kind is Dense:
            W, b = arrays[f"{i}.W"], arrays[f"{i}.b"]
            if b.shape != W.shape[1:] or b.dtype != W.dtype:
                raise ValueError(f"{i}.W and {i}.b do not fit together")
            settings.update(fan_in=W.shape[0], fan_out=W.shape[1], init=zeros)
            settings.update(dtype=W.dtype, rng=rng)
        elif kind is Dropout:
            settings.update(rng=rng)
        layer = kind(**settings)
        for name in layer.params:
            layer.params[name] = arrays[f"{i}.{name}"]
        layers.append(layer)
    return layers


def mlp(
    sizes: Sequence[int],
    *,
    rng: np.random.Generator,
    activation: type[Layer] = ReLU,
    init: Initializer = he_normal,
    dropout: float = 0.0,
    dtype: DTypeLike = np.float32,
) -> Network:
    """Build a multilayer perceptron: Dense layers with activations between.

    Parameters
    ----------
    sizes : sequence of int
        Inputs, units of each hidden layer, outputs: (784, 128, 10).
    dropout : float in [0, 1), default 0
        Rate of a Dropout layer after each activation; 0 adds none.
    rng, init, dtype
        As for `Dense`; `rng` also draws the dropout masks.
    """
    _check_sizes(sizes)
    check_fraction("dropout", dropout)
    check_rng(rng)
    layers: list[Layer] = []
    for fan_in, fan_out in itertools.pairwise(sizes):
        if layers:
            layers.append(activation())
            if dropout > 0:
                layers.append(Dropout(dropout, rng=rng))
        layers.append(Dense(fan_in, fan_out, rng=rng, init=init, dtype=dtype))
    return Network(layers)


def _check_sizes(sizes: Sequence[int]) -> None:
    if len(sizes) < 2:
        raise ValueError(
            f"sizes must hold at least inputs and outputs, got {sizes!r}"
        )
    for size in sizes:
        check_positive_int("every one of sizes", size)
