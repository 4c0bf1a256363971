"""Exercises of the chapter on starting well."""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from plainnet._types import Array
from plainnet.data import load_digits
from plainnet.exercises._core import (
    Exercise,
    Experiment,
    Function,
    Mistake,
    Value,
)
from plainnet.initializers import xavier_normal
from plainnet.layers import Sigmoid
from plainnet.losses import softmax_cross_entropy
from plainnet.network import mlp
from plainnet.optimizers import SGD
from plainnet.training import fit

# 10.1


def four_numbers() -> list[float]:
    """Return two starts, what ten layers leave, and the factor of a clip."""
    return [
        math.sqrt(2 / (300 + 100)),
        math.sqrt(2 / 50),
        math.sqrt(0.5**10),
        3.5 / math.sqrt(2**2 + 3**2 + 6**2),
    ]


# 10.2


def leaky_scale(fan_in: int, slope: float) -> float:
    """Return the standard deviation that keeps leaky ReLUs level."""
    return math.sqrt(2 / ((1 + slope**2) * fan_in))


def _leak_not_squared(fan_in: int, slope: float) -> float:
    return math.sqrt(2 / ((1 + slope) * fan_in))


def _leaky_variance(fan_in: int, slope: float) -> float:
    return 2 / ((1 + slope**2) * fan_in)


def _no_leak(fan_in: int, slope: float) -> float:
    return math.sqrt(2 / fan_in)


def _no_half(fan_in: int, slope: float) -> float:
    return math.sqrt(1 / ((1 + slope**2) * fan_in))


def _leak_on_top(fan_in: int, slope: float) -> float:
    return math.sqrt(2 * (1 + slope**2) / fan_in)


# 10.3


def clip_together(
    grads: Mapping[str, Array], max_norm: float
) -> dict[str, Array]:
    """Return the gradients, scaled to a joint norm of at most max_norm."""
    norm = math.sqrt(sum(np.sum(g**2) for g in grads.values()))
    factor = max_norm / max(norm, max_norm)
    return {name: factor * g for name, g in grads.items()}


def _each_by_itself(
    grads: Mapping[str, Array], max_norm: float
) -> dict[str, Array]:
    clipped = {}
    for name, g in grads.items():
        norm = np.sqrt(np.sum(g**2))
        clipped[name] = g * max_norm / max(norm, max_norm)
    return clipped


def _each_entry(
    grads: Mapping[str, Array], max_norm: float
) -> dict[str, Array]:
    return {k: np.clip(g, -max_norm, max_norm) for k, g in grads.items()}


def _always_scaled(
    grads: Mapping[str, Array], max_norm: float
) -> dict[str, Array]:
    norm = math.sqrt(sum(np.sum(g**2) for g in grads.values()))
    return {name: max_norm / norm * g for name, g in grads.items()}


def _norms_added(
    grads: Mapping[str, Array], max_norm: float
) -> dict[str, Array]:
    norm = sum(np.sqrt(np.sum(g**2)) for g in grads.values())
    return {k: max_norm / max(norm, max_norm) * g for k, g in grads.items()}


# 10.4


def levelled(weights: Sequence[Array], X: Array) -> list[Array]:
    """Rescale each matrix so that its ReLU layer has a mean square of 1."""
    A, scaled = X, []
    for W in weights:
        size = np.sqrt(np.mean(np.maximum(0, A @ W) ** 2))
        scaled.append(W / size)
        A = np.maximum(0, A @ scaled[-1])
    return scaled


def _levelled_once(weights: Sequence[Array], X: Array) -> list[Array]:
    A, scaled = X, []
    for W in weights:
        A = np.maximum(0, A @ W)
        scaled.append(W / np.sqrt(np.mean(A**2)))
    return scaled


def _levelled_without_root(weights: Sequence[Array], X: Array) -> list[Array]:
    A, scaled = X, []
    for W in weights:
        scaled.append(W / np.mean(np.maximum(0, A @ W) ** 2))
        A = np.maximum(0, A @ scaled[-1])
    return scaled


def _levelled_sums(weights: Sequence[Array], X: Array) -> list[Array]:
    A, scaled = X, []
    for W in weights:
        scaled.append(W / np.sqrt(np.mean((A @ W) ** 2)))
        A = np.maximum(0, A @ scaled[-1])
    return scaled


def _levelled_spread(weights: Sequence[Array], X: Array) -> list[Array]:
    A, scaled = X, []
    for W in weights:
        scaled.append(W / np.maximum(0, A @ W).std())
        A = np.maximum(0, A @ scaled[-1])
    return scaled


# 10.5


def deep_sigmoids() -> dict[str, float]:
    """Return a factor and a rate with which five sigmoid layers learn."""
    return {"factor": 4.0, "rate": 1.0}


def _judge_sigmoids(answer: Any) -> str:
    if not isinstance(answer, Mapping) or set(answer) != {"factor", "rate"}:
        return "The answer must be a dict with the keys `factor` and `rate`."
    factor, rate = float(answer["factor"]), float(answer["rate"])
    if not 0 < factor <= 30 or not 0 < rate <= 10:
        return (
            "The factor must be above 0 and at most 30, the rate above 0 and "
            "at most 10."
        )
    parts = [_deep_accuracy(factor, rate, seed) for seed in range(3)]
    if min(parts) >= 0.85:
        return ""
    found = (
        f"The three accuracies go from {min(parts):.3f} to {max(parts):.3f}"
    )
    if factor > 7:
        return (
            f"{found}. How steep is a sigmoid where sums of that size land? "
            "And does the rate suit?"
        )
    if max(parts) < 0.2:
        return (
            f"{found}. That is guessing: what reaches the first layer, and "
            "how long are the steps?"
        )
    return f"{found}. It learns; all three have to reach 0.85."


def _deep_accuracy(factor: float, rate: float, seed: int) -> float:
    """Train five hidden layers of sigmoids; return the part that is right."""
    X, y = load_digits()
    order = np.random.default_rng(0).permutation(len(y))
    train, held = order[:997], order[997:1397]
    std = X[train].std(axis=0)
    S = (X - X[train].mean(axis=0)) / np.where(std > 0, std, 1)
    S = S.astype(np.float32)

    def init(fan_in: int, fan_out: int, rng: np.random.Generator) -> Array:
        return factor * xavier_normal(fan_in, fan_out, rng)

    rng = np.random.default_rng(seed)
    sizes = (64, *[32] * 5, 10)
    network = mlp(sizes, rng=rng, activation=Sigmoid, init=init)
    fit(
        network,
        softmax_cross_entropy,
        SGD(rate),
        S[train],
        y[train],
        epochs=20,
        batch_size=32,
        rng=rng,
    )
    return float(np.mean(network.predict(S[held]) == y[held]))


def _draws(*sizes: int) -> list[Array]:
    rng = np.random.default_rng(1)
    return [0.3 * rng.normal(size=pair) for pair in itertools.pairwise(sizes)]


_BATCH = np.random.default_rng(2).normal(size=(6, 4))
_STEEP = {"W": np.array([[6.0, 0.0], [0.0, 3.0]]), "b": np.array([2.0, 0.0])}
_FLAT = {"W": np.array([[0.3, -0.4]]), "b": np.array([0.0])}

EXERCISES: list[Exercise] = [
    Value(
        title="Four numbers by hand",
        level="easy",
        solution=four_numbers,
        hints=(
            "The first two are standard deviations: the rules give variances.",
            "For the third, what does one ReLU layer do to the mean square if "
            "each weight has the variance 1 / fan-in? Ten layers do it ten "
            "times, and the root comes last.",
            "For the fourth, all entries of all arrays go into one length.",
        ),
        mistakes=[
            Mistake(
                [2 / 400, 2 / 50, 0.5**10, 0.5],
                "The first three are mean squares. Which quantity was asked "
                "for?",
            ),
            Mistake(
                [math.sqrt(2 / 300), 0.2, math.sqrt(0.5**10), 0.5],
                "Three are right. The first rule has both ends of the layer "
                "in it.",
            ),
            Mistake(
                [math.sqrt(2 / 400), 0.2, 0.5**10, 0.5],
                "Three are right. The third is what happens to the mean "
                "square, not to its root.",
            ),
            Mistake(
                [
                    math.sqrt(2 / 400),
                    0.2,
                    math.sqrt(0.5**10),
                    3.5 / (math.sqrt(13) + 6),
                ],
                "Three are right. In the fourth, lengths of two arrays do not "
                "add up to the length of both.",
            ),
        ],
    ),
    Function(
        title="A start for a leaky ReLU",
        level="medium",
        solution=leaky_scale,
        hints=(
            "Go through the step in which the factor 2 came in. Which half of "
            "the weighted sums was lost there, and what is left of it now?",
            "A negative sum is multiplied by the slope. By what is its square "
            "multiplied?",
        ),
        cases=[(64, 0.5), (100, 0.01), (10, 0.0), (25, 0.9)],
        mistakes=[
            Mistake(
                _leak_not_squared,
                "Right without a leak. What adds up is the squares of the "
                "outputs, not the outputs.",
            ),
            Mistake(
                _leaky_variance,
                "This is the variance of the weights.",
            ),
            Mistake(
                _no_half,
                "For a linear layer, slope 1, the rule is 1 / fan-in. Is that "
                "what yours gives? Positive sums are one half of all.",
            ),
            Mistake(
                _no_leak,
                "This is the rule for a ReLU that lets nothing through on "
                "the negative side.",
            ),
            Mistake(
                _leak_on_top,
                "Does a leak make the signal that arrives larger or smaller, "
                "and must the weights then be larger or smaller?",
            ),
        ],
    ),
    Function(
        title="Clip together",
        level="medium",
        solution=clip_together,
        hints=(
            "Draw two gradients as one arrow: the first across, the second "
            "up. In which direction does the clipped arrow point?",
            "One number multiplies all arrays. So compute it before the loop "
            "over them.",
        ),
        cases=[
            (_STEEP, 3.5),
            (_STEEP, 1.0),
            (_FLAT, 1.0),
            (_STEEP, 6.8),
        ],
        mistakes=[
            Mistake(
                _each_by_itself,
                "This is the function as it was given, or one that does the "
                "same: each array gets a factor of its own.",
            ),
            Mistake(
                _each_entry,
                "This cuts each entry at the limit: the direction changes, "
                "and the length may still be above it.",
            ),
            Mistake(
                _always_scaled,
                "Long gradients come out right. What should become of a "
                "short one?",
            ),
            Mistake(
                _norms_added,
                "All arrays get one factor, as they should. But it is the "
                "squares that add up, not the lengths.",
            ),
        ],
    ),
    Function(
        title="Level by measurement",
        level="hard",
        solution=levelled,
        hints=(
            "If a matrix is divided by a number, by what are the activations "
            "of its layer divided, with ReLU?",
            "Go from the first layer to the last. What the next layer "
            "receives is what leaves the matrix that you have just rescaled.",
        ),
        cases=[
            ([*_draws(4, 5)], _BATCH),
            ([*_draws(4, 5, 6, 3)], _BATCH),
            ([100 * W for W in _draws(4, 8, 8)], _BATCH),
        ],
        mistakes=[
            Mistake(
                _levelled_once,
                "The first matrix is right. The later ones were measured on "
                "a signal that had not been levelled.",
            ),
            Mistake(
                _levelled_without_root,
                "Halve a matrix, and what happens to the mean square of its "
                "activations? Not halving.",
            ),
            Mistake(
                _levelled_sums,
                "These keep the weighted sums level. It is what leaves the "
                "ReLU that should be.",
            ),
            Mistake(
                _levelled_spread,
                "A standard deviation takes the mean away first; the mean "
                "square does not.",
            ),
        ],
    ),
    Experiment(
        title="Wake a deep sigmoid network",
        level="hard",
        solution=deep_sigmoids,
        hints=(
            "The way back multiplies the mean square of the gradient by the "
            "number of units, the variance of a weight, and the mean square "
            "of the slope. What is the slope of a sigmoid near 0?",
            "Make that product 1 and compare the weights with Xavier's. Take "
            "your answer as a first guess: sums that are large see flatter "
            "slopes.",
            "With the factor fixed, double the rate from 0.1 on.",
        ),
        mistakes=[
            Mistake(
                {"factor": 1.0, "rate": 1.0},
                "That is guessing: what reaches the first layer, and how long "
                "are the steps?",
            ),
            Mistake(
                {"factor": 30.0, "rate": 0.5},
                "How steep is a sigmoid where sums of that size land?",
            ),
            Mistake(
                {"factor": 3.0, "rate": 0.05},
                "It learns; all three have to reach 0.85.",
            ),
        ],
        judge=_judge_sigmoids,
    ),
]
