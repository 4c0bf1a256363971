"""Exercises of chapter 12, MNIST."""

import math
import struct

import numpy as np

from plainnet._types import Array, Labels
from plainnet.data import load_digits
from plainnet.exercises._core import Exercise, Function, Mistake, Value
from plainnet.losses import softmax_cross_entropy


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


def top_k(logits: Array, labels: Labels, k: int) -> float:
    """Return the share of rows whose true class is among the k largest."""
    likeliest = np.argsort(logits, axis=1)[:, -k:]
    return float(np.mean((likeliest == labels[:, None]).any(axis=1)))


def _smallest(logits: Array, labels: Labels, k: int) -> float:
    return top_k(-logits, labels, k)


def _in_place_k(logits: Array, labels: Labels, k: int) -> float:
    return float(np.mean(np.argsort(logits, axis=1)[:, -k] == labels))


def _mean_of_all(logits: Array, labels: Labels, k: int) -> float:
    return top_k(logits, labels, k) / k


def width_and_count() -> list[int]:
    """Return the width h of 784-h-h-10 and its number of parameters."""
    h = math.floor(-398 + math.sqrt(398**2 + 101_760))
    return [h, h**2 + 796 * h + 10]


def scale(images: Array, training: Array) -> Array:
    """Flatten images; shift and scale all by two numbers of `training`."""
    rows = images.reshape(len(images), -1).astype(np.float32)
    return (rows - float(training.mean())) / float(training.std())


def _scale_by_itself(images: Array, training: Array) -> Array:
    rows = images.reshape(len(images), -1).astype(np.float32)
    return (rows - rows.mean()) / rows.std()


def _scale_each(images: Array, training: Array) -> Array:
    rows = images.reshape(len(images), -1).astype(np.float32)
    mean, std = rows.mean(axis=1), rows.std(axis=1)
    return (rows - mean[:, None]) / std[:, None]


def _scale_by_both(images: Array, training: Array) -> Array:
    rows = images.reshape(len(images), -1).astype(np.float32)
    both = np.concatenate([images, training])
    return (rows - both.mean()) / both.std()


def _scale_by_pixel(images: Array, training: Array) -> Array:
    rows = images.reshape(len(images), -1).astype(np.float32)
    known = training.reshape(len(training), -1)
    spread = known.std(axis=0)
    return (rows - known.mean(axis=0)) / np.where(spread > 0, spread, 1)


def _scale_as_published(images: Array, training: Array) -> Array:
    rows = images.reshape(len(images), -1).astype(np.float32)
    return (rows / 255 - 0.1307) / 0.3081


_DIGITS, _LABELS = load_digits()
_IMAGES = _DIGITS.reshape(-1, 8, 8).astype(np.uint8)
_LOGITS = np.random.default_rng(12).normal(size=(40, 10))


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
                [0.1065, 0.1065, 0.7870, 2.2349, 0.1065, -0.8935, 0.7870],
                "Only the loss is a little off: it is the logarithm of a "
                "probability that had been rounded.",
            ),
            Mistake(
                [0.1065, 0.1065, 0.7870, 0.9726, 0.1065, -0.8935, 0.7870],
                "The loss is taken with logarithms to the base 10; in this "
                "book they are natural ones.",
            ),
            Mistake(
                [0.1065, 0.1065, 0.7870, 2.2395, -0.1065, 0.8935, -0.7870],
                "The gradient points downhill. A gradient points uphill.",
            ),
        ],
    ),
    Function(
        title="Within two answers",
        level="medium",
        solution=top_k,
        hints=(
            "`np.argsort(logits, axis=1)` lists the classes of each row from "
            "the smallest logit to the largest. Which columns do you want?",
            "Compare these columns with `labels[:, None]`. What must be true "
            "of a row of the result for the row to count?",
        ),
        cases=[
            (_LOGITS, _LABELS[:40], 1),
            (_LOGITS, _LABELS[:40], 2),
            (_LOGITS[:7], _LABELS[:7], 5),
        ],
        mistakes=[
            Mistake(
                _smallest,
                "The sorting runs from small to large: these are the least "
                "likely classes.",
            ),
            Mistake(
                _in_place_k,
                "This counts the rows whose truth is exactly in place k.",
            ),
            Mistake(
                _mean_of_all,
                "The share comes out k times too small. Of the k classes of "
                "a row, how many can be the true one?",
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
                "A network of this width has more than 101,770.",
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
                _scale_each,
                "Each image is scaled by itself: the training images have "
                "no say.",
            ),
            Mistake(
                _scale_as_published,
                "These are MNIST's two numbers. The function shall find its "
                "two in the training images that it is given.",
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
