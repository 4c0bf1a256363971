"""Exercises of chapter 12, MNIST."""

import math
import struct

import numpy as np

from plainnet._types import Array, Labels
from plainnet.data import load_digits, minibatches
from plainnet.exercises._core import Exercise, Function, Mistake, Value
from plainnet.losses import softmax_cross_entropy
from plainnet.network import Network, mlp
from plainnet.optimizers import SGD
from plainnet.training import train_step


def header_and_length() -> list[int]:
    """Return the 16 bytes of the header, then the length of the file."""
    header = struct.pack(">BBBB3I", 0, 0, 8, 3, 10_000, 28, 28)
    return [*header, len(header) + 10_000 * 28 * 28]


def softmax_by_hand() -> list[float]:
    """Return three probabilities, the loss, and the gradient's entries."""
    logits, labels = np.array([[1.0, 1.0, 3.0]]), np.array([1])
    exps = np.exp(logits[0] - 3)
    loss, gradient = softmax_cross_entropy(logits, labels)
    return [*(exps / exps.sum()).tolist(), loss, *gradient[0].tolist()]


def train_in_order(
    network: Network, X: Array, y: Labels, epochs: int
) -> Array:
    """Train by SGD(0.1) on batches of 32, unshuffled; return all losses."""
    optimizer, rng = SGD(0.1), np.random.default_rng(0)
    return np.array(
        [
            train_step(network, softmax_cross_entropy, optimizer, *batch)
            for _ in range(epochs)
            for batch in minibatches(X, y, 32, rng, shuffle=False)
        ]
    )


def _shuffled(network: Network, X: Array, y: Labels, epochs: int) -> Array:
    optimizer, rng = SGD(0.1), np.random.default_rng(0)
    losses = []
    for _ in range(epochs):
        for batch in minibatches(X, y, 32, rng):
            losses.append(
                train_step(network, softmax_cross_entropy, optimizer, *batch)
            )
    return np.array(losses)


def _one_epoch(network: Network, X: Array, y: Labels, epochs: int) -> Array:
    return train_in_order(network, X, y, 1)


def _means(network: Network, X: Array, y: Labels, epochs: int) -> Array:
    losses = train_in_order(network, X, y, epochs)
    return losses.reshape(epochs, -1).mean(axis=1)


def width_and_count() -> list[int]:
    """Return the width h of 784-h-h-10 and its number of parameters."""
    h = math.floor(-398 + math.sqrt(398**2 + 101_760))
    return [h, h**2 + 796 * h + 10]


def scale(images: Array, training: Array) -> Array:
    """Flatten images; centre and scale them by the training images."""
    rows = images.reshape(len(images), -1).astype(np.float32)
    return (rows - training.mean()) / training.std()


def _scale_by_itself(images: Array, training: Array) -> Array:
    rows = images.reshape(len(images), -1).astype(np.float32)
    return (rows - rows.mean()) / rows.std()


def _scale_by_both(images: Array, training: Array) -> Array:
    rows = images.reshape(len(images), -1).astype(np.float32)
    both = np.concatenate([images, training])
    return (rows - both.mean()) / both.std()


def _scale_by_pixel(images: Array, training: Array) -> Array:
    rows = images.reshape(len(images), -1).astype(np.float32)
    known = training.reshape(len(training), -1)
    spread = known.std(axis=0)
    return (rows - known.mean(axis=0)) / np.where(spread > 0, spread, 1)


_DIGITS, _LABELS = load_digits()
_INPUTS = _DIGITS[:200] / 16
_ORDER = np.argsort(_LABELS[:200], kind="stable")
_IMAGES = _DIGITS.reshape(-1, 8, 8).astype(np.uint8)


def _network() -> Network:
    return mlp((64, 16, 10), rng=np.random.default_rng(0))


EXERCISES: list[Exercise] = [
    Value(
        title="A header by hand",
        level="easy",
        solution=header_and_length,
        tolerance=0.1,
        hints=(
            "Four bytes say what follows; then come three sizes of four "
            "bytes each, the high byte first.",
            "Divide 10,000 by 256: quotient and remainder are two bytes. "
            "The header is followed by one byte for each pixel.",
        ),
        mistakes=[
            Mistake(
                [0, 0, 8, 1, 0, 0, 39, 16, 0, 0, 0, 28, 0, 0, 0, 28, 7840016],
                "The fourth byte counts dimensions. Images have more of "
                "them than labels.",
            ),
            Mistake(
                [0, 0, 8, 3, 16, 39, 0, 0, 28, 0, 0, 0, 28, 0, 0, 0, 7840016],
                "The sizes begin with their low bytes here. The file has "
                "them the other way round.",
            ),
            Mistake(
                [0, 0, 8, 3, 0, 0, 39, 16, 0, 0, 0, 28, 0, 0, 0, 28, 7840000],
                "The header is right. The length leaves it out.",
            ),
        ],
    ),
    Value(
        title="Softmax cross-entropy by hand",
        level="easy",
        solution=softmax_by_hand,
        hints=(
            "Subtract the largest logit from all three first: the "
            "exponentials become small and easy.",
            "The loss asks for the probability of the second class only. "
            "The gradient compares all three with the one-hot row.",
        ),
        mistakes=[
            Mistake(
                [0.1065, 0.1065, 0.7870, 0.2395, 0.1065, -0.8935, 0.7870],
                "The probabilities and the gradient are right. The loss is "
                "that of the likeliest class.",
            ),
            Mistake(
                [0.1065, 0.1065, 0.7870, 2.2395, -0.1065, 0.8935, -0.7870],
                "The gradient points downhill. A gradient points uphill.",
            ),
        ],
    ),
    Function(
        title="Sorted data",
        level="medium",
        solution=train_in_order,
        hints=(
            "Two loops: over the epochs, and inside it over the batches.",
            "`minibatches` has an argument that keeps the order of the rows. "
            "It wants a generator all the same.",
            "`train_step` does the four lines and returns the loss: collect "
            "what it returns.",
        ),
        cases=[
            (_network(), _INPUTS[_ORDER], _LABELS[:200][_ORDER], 2),
            (_network(), _INPUTS[:40], _LABELS[:40], 3),
        ],
        mistakes=[
            Mistake(
                _shuffled,
                "The losses are those of shuffled batches. What is the last "
                "argument of `minibatches` for?",
            ),
            Mistake(
                _one_epoch,
                "It stops after the first epoch.",
            ),
            Mistake(
                _means,
                "These are means over epochs; one loss for each step is "
                "asked for.",
            ),
        ],
    ),
    Value(
        title="Wide or deep?",
        level="medium",
        solution=width_and_count,
        tolerance=0.1,
        hints=(
            "Write the number of parameters of 784-h-h-10 as a polynomial "
            "in h: three weight matrices and three bias vectors.",
            "Set it equal to 101,770 and solve the quadratic equation; take "
            "the whole number below the solution.",
        ),
        mistakes=[
            Mistake(
                [113, 102_727],
                "The next whole number is nearer and stays within budget.",
            ),
            Mistake([112, 101_472], "The width is right; units have biases."),
        ],
    ),
    Function(
        title="Find the bug",
        level="hard",
        solution=scale,
        tolerance=1e-4,
        hints=(
            "What are the mean and the spread of a single thin 1? Of what "
            "should the inputs of an image not depend?",
            "Scale the same image alone and in a batch, and compare. Which "
            "argument of the function is never used?",
        ),
        cases=[
            (_IMAGES[:3], _IMAGES[100:140]),
            (_IMAGES[:1], _IMAGES[100:140]),
        ],
        mistakes=[
            Mistake(
                _scale_by_itself,
                "This is the function as it was given, or does the same.",
            ),
            Mistake(
                _scale_by_both,
                "The image that is scaled still has a say in its scale.",
            ),
            Mistake(
                _scale_by_pixel,
                "This scales each pixel by itself; here all pixels share "
                "one mean and one spread.",
            ),
        ],
    ),
]
