"""Starting values for the weights: called as init(fan_in, fan_out, rng).

Each returns a float64 array of shape (fan_in, fan_out), drawn from the
generator it is given; the layer casts it to its own dtype.
"""

import math

import numpy as np

from plainnet._checks import check_positive, check_positive_int, check_rng
from plainnet._types import Array


def zeros(fan_in: int, fan_out: int, rng: np.random.Generator) -> Array:
    """Start every weight at 0: right for biases, fatal for hidden layers."""
    _check_arguments(fan_in, fan_out, rng)
    return np.zeros((fan_in, fan_out))


def normal(
    fan_in: int, fan_out: int, rng: np.random.Generator, scale: float = 0.01
) -> Array:
    """Draw from a normal distribution with standard deviation `scale`."""
    _check_arguments(fan_in, fan_out, rng)
    check_positive("scale", scale)
    return rng.normal(0.0, scale, (fan_in, fan_out))


def xavier_normal(
    fan_in: int, fan_out: int, rng: np.random.Generator
) -> Array:
    """Draw with variance 2 / (fan_in + fan_out), for tanh and sigmoid.

    References
    ----------
    Glorot and Bengio (2010), equation 12.
    """
    _check_arguments(fan_in, fan_out, rng)
    return normal(fan_in, fan_out, rng, math.sqrt(2 / (fan_in + fan_out)))


def he_normal(fan_in: int, fan_out: int, rng: np.random.Generator) -> Array:
    """Draw with variance 2 / fan_in, for ReLU.

    References
    ----------
    He et al. (2015), equation 10.
    """
    _check_arguments(fan_in, fan_out, rng)
    return normal(fan_in, fan_out, rng, math.sqrt(2 / fan_in))


def _check_arguments(
    fan_in: int, fan_out: int, rng: np.random.Generator
) -> None:
    check_positive_int("fan_in", fan_in)
    check_positive_int("fan_out", fan_out)
    check_rng(rng)
