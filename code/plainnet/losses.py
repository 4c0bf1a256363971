"""Loss functions: each returns the mean loss and the gradient of that mean.

The division by the number of examples happens here, once; layers only sum.
"""

import numpy as np

from plainnet._checks import (
    check_finite,
    check_floating,
    check_labels,
    check_not_empty,
    check_numbers,
    check_probabilities,
    check_same_shape,
)
from plainnet._types import Array, Labels
from plainnet.activations import log_softmax, sigmoid


def mean_squared_error(
    predictions: Array, targets: Array
) -> tuple[float, Array]:
    """Average the squared errors over all n * K entries.

    Parameters
    ----------
    predictions, targets : ndarray of shape (n, K)
        What the model said, and what it should have said.

    Returns
    -------
    loss : float
        mean((predictions - targets)^2), without a factor 1/2.
    gradient : ndarray of shape (n, K)
        2 (predictions - targets) / (n K).

    Raises
    ------
    ValueError
        If the shapes differ: (n,) against (n, 1) would broadcast to (n, n).
    """
    targets = _as_targets("predictions", predictions, targets)
    error = predictions - targets
    loss = float(np.mean(error * error))
    return loss, error * (2 / error.size)


def binary_cross_entropy(logits: Array, targets: Array) -> tuple[float, Array]:
    """Average -log(probability of the truth) over all n * K entries.

    Parameters
    ----------
    logits : ndarray of shape (n, K)
        Outputs before the sigmoid; K is 1 for a single yes-or-no answer.
    targets : ndarray of shape (n, K)
        Truth: 0 or 1, or a probability in between.

    Returns
    -------
    loss : float
        The mean of log(1 + exp(z)) - y z, in nats.
    gradient : ndarray of shape (n, K)
        (sigmoid(logits) - targets) / (n K).

    Raises
    ------
    ValueError
        If the shapes differ or a target lies outside [0, 1].
    """
    targets = _as_targets("logits", logits, targets)
    check_probabilities("targets", targets)
    # log(1 + exp(z)) - y z, with the large part of z taken out of exp.
    losses = np.maximum(logits, 0) + np.log1p(np.exp(-np.abs(logits)))
    loss = float(np.mean(losses - targets * logits))
    return loss, (sigmoid(logits) - targets) / logits.size


def softmax_cross_entropy(
    logits: Array, labels: Labels
) -> tuple[float, Array]:
    """Average -log(probability of the true class) over the n examples.

    Parameters
    ----------
    logits : ndarray of shape (n, K)
        Outputs before the softmax, a column for each class.
    labels : ndarray of shape (n,)
        The true class of each example, an integer from 0 to K - 1.

    Returns
    -------
    loss : float
        Mean negative log-likelihood, in nats.
    gradient : ndarray of shape (n, K)
        (softmax(logits) - one_hot(labels)) / n.

    Raises
    ------
    ValueError, TypeError
        If the labels are not n integers from 0 to K - 1.
    """
    n = _check_logits(logits, labels)
    rows = np.arange(n)
    log_probabilities = log_softmax(logits)
    loss = -float(np.mean(log_probabilities[rows, labels]))
    gradient = np.exp(log_probabilities)
    gradient[rows, labels] -= 1
    gradient /= n
    return loss, gradient


def _as_targets(name: str, outputs: Array, targets: Array) -> Array:
    """Check a pair for the losses whose targets look like the outputs."""
    targets = np.asarray(targets)
    check_floating(name, outputs)
    check_numbers("targets", targets)
    check_same_shape(name, outputs, targets)
    check_not_empty(name, outputs)
    check_finite("targets", targets)
    return targets.astype(outputs.dtype, copy=False)


def _check_logits(logits: Array, labels: Labels) -> int:
    """Check a pair for `softmax_cross_entropy`; return n."""
    check_floating("logits", logits)
    if logits.ndim != 2 or logits.shape[1] < 2:
        raise ValueError(
            "logits must have shape (n, K) with K of 2 or more, "
            f"got {logits.shape}"
        )
    check_not_empty("logits", logits)
    labels = np.asarray(labels)
    check_labels(labels, classes=logits.shape[1])
    if len(labels) != len(logits):
        raise ValueError(
            f"labels must have shape ({len(logits)},) to match the logits, "
            f"got {labels.shape}"
        )
    return len(logits)
