"""Linear and logistic regression by gradient descent, a page each.

Both models are one unit: a weighted sum of the features plus a bias. Every
step looks at all examples, in float64.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from plainnet._checks import (
    check_finite,
    check_numbers,
    check_positive,
    check_positive_int,
    check_same_length,
)
from plainnet._types import Array, Labels


@dataclass
class _Regression:
    learning_rate: float = 0.1
    epochs: int = 1000
    b = 0.0

    def __post_init__(self) -> None:
        check_positive("learning_rate", self.learning_rate)
        check_positive_int("epochs", self.epochs)

    def _weighted_sum(self, X: Array) -> Array:
        if not hasattr(self, "w"):
            raise RuntimeError("predict needs a fitted model: call fit(X, y)")
        X = np.asarray(X)
        if X.ndim != 2 or X.shape[1] != len(self.w):
            raise ValueError(
                f"X must have shape (n, {len(self.w)}), got {X.shape}"
            )
        return X @ self.w + self.b


class LinearRegression(_Regression):
    """A straight line (or plane) fitted by gradient descent.

    `fit` sets the weights ``w`` of shape (d,), the bias ``b``, and
    ``losses``, the mean squared error before each step.
    """

    def fit(self, X: Array, y: Array) -> Self:
        """Find w and b for X of shape (n, d) and targets y of shape (n,)."""
        X, y = _as_examples(X, y)
        n, d = X.shape
        self.w, self.b = np.zeros(d), 0.0
        self.losses: list[float] = []
        for _ in range(self.epochs):
            error = self.predict(X) - y
            self.losses.append(float(np.mean(error**2)))
            self.w -= self.learning_rate * 2 / n * (X.T @ error)
            self.b -= self.learning_rate * 2 / n * float(error.sum())
        return self

    def predict(self, X: Array) -> Array:
        """Return the fitted values, an ndarray of shape (n,)."""
        return self._weighted_sum(X)


class LogisticRegression(_Regression):
    """One sigmoid unit that tells class 1 from class 0.

    `fit` sets the weights ``w`` of shape (d,), the bias ``b``, and
    ``losses``, the mean binary cross-entropy before each step, in nats.
    """

    def fit(self, X: Array, y: Labels) -> Self:
        """Find w and b for X of shape (n, d) and labels y of shape (n,)."""
        X, y = _as_examples(X, y)
        if not np.isin(y, (0, 1)).all():
            raise ValueError(f"y must hold 0 and 1 only, got {np.unique(y)}")
        n, d = X.shape
        self.w, self.b = np.zeros(d), 0.0
        self.losses: list[float] = []
        for _ in range(self.epochs):
            z = self._weighted_sum(X)
            self.losses.append(float(np.mean(np.logaddexp(0, z) - y * z)))
            error = self.predict_proba(X) - y
            self.w -= self.learning_rate / n * (X.T @ error)
            self.b -= self.learning_rate / n * float(error.sum())
        return self

    def predict_proba(self, X: Array) -> Array:
        """Return the probability of class 1, an ndarray of shape (n,)."""
        # 1 / (1 + exp(-z)), written so that no z overflows.
        return np.exp(-np.logaddexp(0, -self._weighted_sum(X)))

    def predict(self, X: Array) -> Labels:
        """Return 1 where class 1 is the likelier, else 0, of shape (n,)."""
        return (self._weighted_sum(X) > 0).astype(np.int64)


def _as_examples(X: Array, y: Array) -> tuple[Array, Array]:
    X, y = np.asarray(X), np.asarray(y)
    if X.ndim != 2:
        raise ValueError(f"X must have shape (n, d), got {X.shape}")
    if y.ndim != 1:
        raise ValueError(f"y must have shape (n,), got {y.shape}")
    check_same_length(X, y)
    for name, array in ("X", X), ("y", y):
        check_numbers(name, array)
        check_finite(name, array)
    return X.astype(np.float64), y.astype(np.float64)
