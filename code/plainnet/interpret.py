"""Looking inside a trained network: its mistakes, its units, its slopes."""

import numpy as np

from plainnet._checks import (
    check_labels,
    check_probabilities,
    check_same_length,
)
from plainnet._types import Array, Labels
from plainnet.data import one_hot
from plainnet.network import Network


def mistakes(probabilities: Array, labels: Labels) -> Labels:
    """Find the examples that were misread, the surest mistake first.

    Parameters
    ----------
    probabilities : ndarray of shape (n, K)
        As from `Network.predict_proba`, with K of 2 or more.
    labels : ndarray of int, shape (n,)
        The true classes, 0 to K - 1.

    Returns
    -------
    ndarray of int
        Row numbers, ordered by the probability of the wrong answer given.
    """
    check_same_length(probabilities, labels)
    check_probabilities("probabilities", probabilities)
    check_labels(labels, probabilities.shape[1])
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    confidence = probabilities[wrong].max(axis=1)
    return wrong[np.argsort(-confidence, kind="stable")]


def layer_outputs(network: Network, X: Array) -> list[Array]:
    """Return what each layer makes of X (n, d), from the first to the last.

    Each is an array of shape (n, units); the last holds the logits.
    """
    outputs = []
    for layer in network.layers:
        X = layer.forward(X)
        outputs.append(X)
    return outputs


def saliency(network: Network, X: Array, labels: Labels) -> Array:
    """Return the slope of one logit of each example for its inputs.

    Parameters
    ----------
    X : ndarray of shape (n, d)
    labels : ndarray of int, shape (n,)
        Whose logit to ask about in each row, 0 to K - 1.

    Returns
    -------
    ndarray of shape (n, d)
        How fast the logit grows with each input, others held still.

    References
    ----------
    Simonyan, Vedaldi and Zisserman (2014), section 3.
    """
    check_same_length(X, labels)
    logits = network.forward(X)
    check_labels(labels, logits.shape[1])
    ask = one_hot(labels, logits.shape[1]).astype(logits.dtype)
    return network.input_gradient(ask)
