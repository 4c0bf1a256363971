"""Check a gradient against the slope of the loss itself.

Everything here is float64: in float32 the rounding error of the loss
drowns the small differences that the check lives on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from plainnet._checks import check_positive
from plainnet._types import Array, LossFunction

if TYPE_CHECKING:
    from plainnet.network import Network


def numerical_gradient(
    f: Callable[[], float], x: Array, step: float = 1e-5
) -> Array:
    """Estimate the gradient of f at x by central differences.

    Parameters
    ----------
    f : callable
        Takes nothing and returns a number that depends on `x`.
    x : ndarray of float64
        Nudged in place, one element at a time, and put back.
    step : float, default 1e-5
        Size of the nudge h in (f(x + h) - f(x - h)) / 2h.

    Returns
    -------
    ndarray
        The estimate, of the shape of `x`.
    """
    if x.dtype != np.float64:
        raise TypeError(f"x must be float64, got {x.dtype}")
    check_positive("step", step)
    gradient = np.empty_like(x)
    for index in np.ndindex(x.shape):
        value = x[index]
        try:
            x[index] = value + step
            above = f()
            x[index] = value - step
            below = f()
        finally:
            x[index] = value
        gradient[index] = (above - below) / (2 * step)
    return gradient


def relative_error(a: Array, b: Array) -> float:
    """Compare two gradients: largest difference over largest entry.

    Parameters
    ----------
    a, b : ndarray
        Two arrays of the same shape.

    Returns
    -------
    float
        max|a - b| / max(|a|, |b|): 0 for equal arrays, up to 2.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape:
        raise ValueError(
            f"a and b must have the same shape, got {a.shape} and {b.shape}"
        )
    largest = float(max(np.abs(a).max(initial=0), np.abs(b).max(initial=0)))
    if largest == 0:
        return 0.0
    return float(np.abs(a - b).max()) / largest


def check_network(
    network: Network, loss: LossFunction, X: Array, y: Array
) -> dict[str, float]:
    """Compare every gradient of a network with its numerical estimate.

    Parameters
    ----------
    network : Network
        Built with ``dtype=np.float64``. Dropout is off during the check.
    X : ndarray of shape (n, d)
        A few examples; the check runs the network twice for each number.
    y : ndarray
        Targets or labels, as the loss wants them.

    Returns
    -------
    dict of str to float
        Relative error by parameter name, and under "X" for the input.
    """
    _check_float64(network)
    X = np.array(X, dtype=np.float64)
    exact = {"X": network.input_gradient(loss(network.forward(X), y)[1])}
    exact.update(network.grads)
    arrays = {**network.params, "X": X}
    return {
        name: relative_error(
            exact[name],
            numerical_gradient(lambda: loss(network.forward(X), y)[0], array),
        )
        for name, array in arrays.items()
    }


def _check_float64(network: Network) -> None:
    for name, param in network.params.items():
        if param.dtype != np.float64:
            raise ValueError(
                f"network must be float64 for a gradient check, but {name} is "
                f"{param.dtype}: build it with dtype=np.float64"
            )
