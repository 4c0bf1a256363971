"""Argument checks whose messages say what was found and what to do.

Each function returns nothing and changes nothing; it raises before the
caller has changed anything either.
"""

import math
from typing import Any

import numpy as np

from plainnet._types import Array


def check_rng(rng: Any) -> None:
    """Refuse everything but an explicit NumPy random generator."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            "rng must be a numpy.random.Generator, such as "
            f"np.random.default_rng(0), got {rng!r}"
        )


def check_positive_int(name: str, value: Any) -> None:
    """Refuse anything but a whole number of 1 or more."""
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not whole:
        raise TypeError(f"{name} must be a whole number, got {value!r}")
    if value < 1:
        raise ValueError(f"{name} must be at least 1, got {value}")


def check_positive(name: str, value: float) -> None:
    """Refuse anything but a finite number above 0."""
    check_number(name, value)
    if value <= 0:
        raise ValueError(f"{name} must be above 0, got {value}")


def check_not_negative(name: str, value: float) -> None:
    """Refuse anything but a finite number of 0 or more."""
    check_number(name, value)
    if value < 0:
        raise ValueError(f"{name} must not be negative, got {value}")


def check_fraction(name: str, value: float) -> None:
    """Refuse anything but a number in [0, 1)."""
    check_number(name, value)
    if not 0 <= value < 1:
        raise ValueError(f"{name} must be in [0, 1), got {value}")


def check_number(name: str, value: Any) -> None:
    """Refuse what is not a single finite real number."""
    if not isinstance(value, int | float | np.integer | np.floating):
        raise TypeError(f"{name} must be a number, got {value!r}")
    if not math.isfinite(value):
        raise ValueError(f"{name} must be finite, got {value}")


def check_not_empty(name: str, array: Array) -> None:
    """Refuse an array without a single entry."""
    if array.ndim == 0 or array.size == 0:
        raise ValueError(
            f"{name} must hold at least one example, got shape {array.shape}"
        )


def check_same_length(X: Array, y: Array) -> None:
    """Refuse examples and answers that do not pair up."""
    check_not_empty("X", X)
    if y.ndim == 0 or len(X) != len(y):
        raise ValueError(
            "X and y must have one row for each example, "
            f"got shapes {X.shape} and {y.shape}"
        )


def check_floating(name: str, array: Array) -> None:
    """Refuse arrays that are not of a floating-point type."""
    if not np.issubdtype(array.dtype, np.floating):
        raise TypeError(
            f"{name} must be floating-point, got {array.dtype}: convert it "
            f"with {name}.astype(np.float32); grey values from 0 to 255 "
            f"become numbers from 0 to 1 with "
            f"np.divide({name}, 255, dtype=np.float32)"
        )


def check_numbers(name: str, array: Array) -> None:
    """Refuse strings and objects that NumPy would try to convert."""
    if array.dtype.kind not in "buif":
        raise TypeError(f"{name} must be numbers, got {array.dtype}")


def check_finite(name: str, array: Array) -> None:
    """Refuse NaN and infinity, and say where the first one stands."""
    # A sum is finite only if every term is: no mask as large as X itself.
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(np.sum(array, dtype=np.float64)):
            return
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        place = tuple(map(int, bad[0]))
        raise ValueError(
            f"{name} must be finite, got {array[place]} at index {place}"
        )


def check_probabilities(name: str, array: Array) -> None:
    """Refuse entries outside [0, 1]."""
    if array.min() < 0 or array.max() > 1:
        raise ValueError(
            f"{name} must be in [0, 1], "
            f"got values from {array.min()} to {array.max()}"
        )


def check_same_shape(
    outputs_name: str, outputs: Array, targets: Array
) -> None:
    """Refuse targets that NumPy would broadcast against the outputs."""
    if outputs.shape != targets.shape:
        raise ValueError(
            f"targets must have the shape of {outputs_name}, "
            f"{outputs.shape}, got {targets.shape}: a single output means "
            "targets of shape (n, 1), such as y[:, None], never (n,)"
        )


def check_labels(labels: Array, classes: int) -> None:
    """Refuse labels that are not whole numbers from 0 to classes - 1."""
    if labels.ndim != 1:
        raise ValueError(
            f"labels must have shape (n,), got {labels.shape}: use "
            "labels.ravel() on a column, labels.argmax(axis=1) on one-hot rows"
        )
    check_not_empty("labels", labels)
    if not np.issubdtype(labels.dtype, np.integer):
        raise TypeError(
            f"labels must be integers, got {labels.dtype}: convert them with "
            "labels.astype(np.int64)"
        )
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(
            f"labels must be in 0..{classes - 1}, "
            f"got values from {labels.min()} to {labels.max()}"
        )
