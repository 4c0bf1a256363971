"""Activation functions and their derivatives.

Each function works on every element of an array of any shape, except
softmax, which works on rows. What comes out has the dtype of what goes in.
"""

import numpy as np

from plainnet._types import Array


def sigmoid(z: Array) -> Array:
    """Squash any number into (0, 1): 1 / (1 + exp(-z)).

    Parameters
    ----------
    z : ndarray
        Logits. Large values of either sign are safe.

    Returns
    -------
    ndarray
        Probabilities, of the shape and dtype of `z`.
    """
    small = np.exp(-np.abs(z))  # in (0, 1]: it cannot overflow
    return np.where(z >= 0, 1, small) / (1 + small)


def sigmoid_derivative(z: Array) -> Array:
    """Return the slope of `sigmoid` at `z`: s (1 - s), at most 1/4."""
    s = sigmoid(z)
    return s * (1 - s)


def tanh(z: Array) -> Array:
    """Squash any number into (-1, 1); equal to 2 sigmoid(2z) - 1."""
    return np.tanh(z)


def tanh_derivative(z: Array) -> Array:
    """Return the slope of `tanh` at `z`: 1 - tanh(z)^2, at most 1."""
    t = np.tanh(z)
    return 1 - t * t


def relu(z: Array) -> Array:
    """Keep what is positive and replace the rest by 0: max(0, z)."""
    return np.maximum(z, 0)


def relu_derivative(z: Array) -> Array:
    """Return the slope of `relu` at `z`: 1 above 0, else 0 (at 0 too)."""
    return (z > 0).astype(z.dtype)


def leaky_relu(z: Array, slope: float = 0.01) -> Array:
    """Keep what is positive and multiply the rest by `slope`."""
    return np.where(z > 0, z, slope * z)


def leaky_relu_derivative(z: Array, slope: float = 0.01) -> Array:
    """Return the slope of `leaky_relu` at `z`: 1 above 0, else `slope`."""
    return np.where(z > 0, 1, slope).astype(z.dtype)


def softmax(z: Array) -> Array:
    """Turn each row of logits into probabilities that add up to 1.

    Parameters
    ----------
    z : ndarray of shape (n, K)
        Logits: a row for each example, a column for each class.

    Returns
    -------
    ndarray of shape (n, K)
        exp(z) divided by its row sum. Subtracting the row's maximum first
        changes nothing but keeps exp from overflowing.
    """
    exps = np.exp(z - z.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)


def log_softmax(z: Array) -> Array:
    """Return the logarithm of `softmax`, finite for any finite logits.

    Parameters
    ----------
    z : ndarray of shape (n, K)
        Logits.

    Returns
    -------
    ndarray of shape (n, K)
        Log-probabilities, in nats, none above 0.
    """
    shifted = z - z.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
