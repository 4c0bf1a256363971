"""Layers: each knows how to go forward, and how to send blame back.

A layer keeps its last input. ``backward`` reads it, sets ``grads`` and
returns the gradient for that input; it never changes a parameter. Layers
know nothing of losses, optimizers or each other.
"""

import numpy as np
from numpy.typing import DTypeLike

from plainnet._checks import check_fraction, check_positive_int, check_rng
from plainnet._types import Array, Initializer
from plainnet.activations import (
    leaky_relu,
    relu,
    sigmoid,
    sigmoid_derivative,
    tanh,
    tanh_derivative,
)
from plainnet.initializers import he_normal


class Layer:
    """What all layers share; by itself it learns nothing.

    Attributes
    ----------
    params, grads : dict of str to ndarray
        Parameters and their gradients, by the same names; both stay empty
        in a layer that has nothing to learn.
    """

    def __init__(self) -> None:
        self.params: dict[str, Array] = {}
        self.grads: dict[str, Array] = {}
        self._X: Array | None = None

    def forward(self, X: Array, *, training: bool = False) -> Array:
        """Keep the input X for the way back and return the output."""
        raise NotImplementedError

    def backward(self, grad: Array) -> Array:
        """Set `grads` and return the gradient of the loss for the input.

        Parameters
        ----------
        grad : ndarray
            Gradient of the loss for the last output, and of its shape.

        Raises
        ------
        RuntimeError
            If there was no forward pass.
        ValueError
            If `grad` does not have the shape of the last output.
        """
        raise NotImplementedError

    def backward_params(self, grad: Array) -> None:
        """Set `grads` only: for a first layer, below which nobody waits."""
        self._last_input(grad)

    def check_input(self, X: Array) -> None:
        """Refuse an X of a shape that this layer cannot take."""

    def settings(self) -> dict[str, float]:
        """Return the arguments, besides sizes, that build this layer."""
        return {}

    def _last_input(self, grad: Array) -> Array:
        if self._X is None:
            raise RuntimeError(
                f"{type(self).__name__}.backward needs a forward pass first: "
                "call forward(X), then backward(grad)"
            )
        shape = self._output_shape(self._X)
        if grad.shape != shape:
            raise ValueError(
                f"grad must have the shape of the last output, {shape}, "
                f"got {grad.shape}"
            )
        return self._X

    def _output_shape(self, X: Array) -> tuple[int, ...]:
        return X.shape


class Dense(Layer):
    """A fully connected layer: every output is a weighted sum plus a bias.

    Parameters
    ----------
    fan_in, fan_out : int
        Number of inputs and of outputs (units).
    rng : numpy.random.Generator
        Source of the starting weights.
    init : callable, default he_normal
        Called as ``init(fan_in, fan_out, rng)``. Biases start at 0.
    dtype : float type, default numpy.float32
        Type of the parameters, and so of all that passes through.

    Attributes
    ----------
    params : dict
        "W" of shape (fan_in, fan_out) and "b" of shape (fan_out,).
    """

    def __init__(
        self,
        fan_in: int,
        fan_out: int,
        *,
        rng: np.random.Generator,
        init: Initializer = he_normal,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        check_positive_int("fan_in", fan_in)
        check_positive_int("fan_out", fan_out)
        check_rng(rng)
        if not np.issubdtype(dtype, np.floating):
            raise TypeError(f"dtype must be floating-point, got {dtype!r}")
        W = init(fan_in, fan_out, rng)
        if W.shape != (fan_in, fan_out):
            raise ValueError(
                f"init must return shape {(fan_in, fan_out)}, got {W.shape}"
            )
        self.params["W"] = W.astype(dtype)
        self.params["b"] = np.zeros(fan_out, dtype)

    def forward(self, X: Array, *, training: bool = False) -> Array:
        """Return X @ W + b, of shape (n, fan_out), for X (n, fan_in)."""
        W, b = self.params["W"], self.params["b"]
        X = np.asarray(X, dtype=W.dtype)
        self.check_input(X)
        self._X = X
        return X @ W + b

    def backward(self, grad: Array) -> Array:
        """Set the gradients of W and b; return that of X, (n, fan_in)."""
        self.backward_params(grad)
        return grad @ self.params["W"].T

    def backward_params(self, grad: Array) -> None:
        """Set the gradients of W and b for grad of shape (n, fan_out)."""
        X = self._last_input(grad)
        self.grads = {"W": X.T @ grad, "b": grad.sum(axis=0)}

    def check_input(self, X: Array) -> None:
        """Refuse an X that is not a matrix of shape (n, fan_in)."""
        fan_in = len(self.params["W"])
        if X.ndim != 2 or X.shape[1] != fan_in:
            raise ValueError(
                f"X must have shape (n, {fan_in}), got {X.shape}: a single "
                "example is a row, X[None, :], and images become rows with "
                "X.reshape(len(X), -1)"
            )

    def _output_shape(self, X: Array) -> tuple[int, ...]:
        return len(X), len(self.params["b"])


class Sigmoid(Layer):
    """Apply `sigmoid` to every element."""

    def forward(self, X: Array, *, training: bool = False) -> Array:
        """Return sigmoid(X)."""
        self._X = X
        return sigmoid(X)

    def backward(self, grad: Array) -> Array:
        """Return grad times the sigmoid's slope at the input."""
        return grad * sigmoid_derivative(self._last_input(grad))


class Tanh(Layer):
    """Apply `tanh` to every element."""

    def forward(self, X: Array, *, training: bool = False) -> Array:
        """Return tanh(X)."""
        self._X = X
        return tanh(X)

    def backward(self, grad: Array) -> Array:
        """Return grad times the slope of tanh at the input."""
        return grad * tanh_derivative(self._last_input(grad))


class ReLU(Layer):
    """Apply `relu` to every element."""

    def forward(self, X: Array, *, training: bool = False) -> Array:
        """Return max(0, X)."""
        self._X = X
        return relu(X)

    def backward(self, grad: Array) -> Array:
        """Let the gradient through where the input was positive."""
        return grad * (self._last_input(grad) > 0)


class LeakyReLU(Layer):
    """Apply `leaky_relu` to every element.

    Parameters
    ----------
    slope : float in [0, 1), default 0.01
        Slope for inputs that are not positive.
    """

    def __init__(self, slope: float = 0.01) -> None:
        super().__init__()
        check_fraction("slope", slope)
        self.slope = float(slope)

    def forward(self, X: Array, *, training: bool = False) -> Array:
        """Return X where positive, slope * X elsewhere."""
        self._X = X
        return leaky_relu(X, self.slope)

    def backward(self, grad: Array) -> Array:
        """Let the gradient through, times the slope where X <= 0."""
        X = self._last_input(grad)
        return np.where(X > 0, grad, self.slope * grad)

    def settings(self) -> dict[str, float]:
        """Return the slope."""
        return {"slope": self.slope}


class Dropout(Layer):
    """Silence a random part of the inputs while training, none otherwise.

    Parameters
    ----------
    rate : float in [0, 1)
        Probability that an input is set to 0. Those that stay are divided
        by 1 - rate, so that the expected value does not change.
    rng : numpy.random.Generator
        Source of the masks.

    References
    ----------
    Srivastava et al. (2014), section 10, "inverted" scaling.
    """

    def __init__(self, rate: float, *, rng: np.random.Generator) -> None:
        super().__init__()
        check_fraction("rate", rate)
        check_rng(rng)
        self.rate = float(rate)
        self.rng = rng
        self._mask: Array | None = None

    def forward(self, X: Array, *, training: bool = False) -> Array:
        """Return X times a fresh mask when training, else X itself."""
        self._X, self._mask = X, None
        if not training:
            return X
        keep = self.rng.random(X.shape, dtype=np.float32) >= self.rate
        self._mask = np.multiply(keep, 1 / (1 - self.rate), dtype=X.dtype)
        return X * self._mask

    def backward(self, grad: Array) -> Array:
        """Return grad times the mask of the forward pass."""
        self._last_input(grad)
        return grad if self._mask is None else grad * self._mask

    def settings(self) -> dict[str, float]:
        """Return the rate."""
        return {"rate": self.rate}
