"""Exercises of the chapter on activation functions."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from plainnet._types import Array
from plainnet.activations import (
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    softmax,
    tanh,
    tanh_derivative,
)
from plainnet.data import make_moons
from plainnet.exercises._core import (
    Exercise,
    Experiment,
    Function,
    Mistake,
    Value,
)
from plainnet.layers import LeakyReLU
from plainnet.losses import binary_cross_entropy
from plainnet.network import mlp
from plainnet.optimizers import SGD
from plainnet.training import train_step

# 4.1


def at_log_three() -> list[float]:
    """Return value and slope of sigmoid, then of tanh, at log 3."""
    z = np.log(3)
    s = 1 / (1 + np.exp(-z))
    t = (3 - 1 / 3) / (3 + 1 / 3)
    return [float(s), float(s * (1 - s)), float(t), float(1 - t**2)]


def _at(*functions: Any) -> list[float]:
    """Return sigmoid and tanh at log 3, with some other way to a slope."""
    z = np.array(np.log(3))
    s, t = sigmoid(z), tanh(z)
    first, second = (f(z) for f in functions)
    return [float(s), float(first), float(t), float(second)]


def _at_minus_log_three() -> list[float]:
    s, s_slope, t, t_slope = at_log_three()
    return [1 - s, s_slope, -t, t_slope]


# 4.2


def softplus(z: Array) -> tuple[Array, Array]:
    """Return log(1 + exp(z)) and its slope, for any z."""
    small = np.exp(-np.abs(z))
    value = np.maximum(z, 0) + np.log1p(small)
    return value, np.where(z >= 0, 1, small) / (1 + small)


def _softplus_as_written(z: Array) -> tuple[Array, Array]:
    return np.log(1 + np.exp(z)), sigmoid(z)


def _softplus_as_written_twice(z: Array) -> tuple[Array, Array]:
    return softplus(z)[0], 1 / (1 + np.exp(-z))


def _softplus_with_relu_slope(z: Array) -> tuple[Array, Array]:
    return softplus(z)[0], relu_derivative(z)


def _softplus_with_sigmoid_slope(z: Array) -> tuple[Array, Array]:
    return softplus(z)[0], sigmoid_derivative(z)


# 4.3


def row_softmax(z: Array) -> Array:
    """Turn each row of logits (n, K) into probabilities."""
    exps = np.exp(z - z.max(axis=1, keepdims=True))
    return exps / exps.sum(axis=1, keepdims=True)


def _whole_softmax(z: Array) -> Array:
    exps = np.exp(z - z.max())
    return exps / exps.sum()


def _shared_maximum(z: Array) -> Array:
    exps = np.exp(z - z.max())
    return exps / exps.sum(axis=1, keepdims=True)


def _unshifted_softmax(z: Array) -> Array:
    exps = np.exp(z)
    return exps / exps.sum(axis=1, keepdims=True)


def _column_softmax(z: Array) -> Array:
    return softmax(z.T).T


# 4.4


def learned_slope(Z: Array, slope: float) -> tuple[Array, Array]:
    """Return the derivatives of a leaky ReLU by Z and by its slope."""
    return np.where(Z > 0, 1.0, slope), np.where(Z > 0, 0.0, Z)


def _slope_counts_one(Z: Array, slope: float) -> tuple[Array, Array]:
    return np.where(Z > 0, 1.0, slope), np.where(Z > 0, 0.0, 1.0)


def _slope_of_the_output(Z: Array, slope: float) -> tuple[Array, Array]:
    return np.where(Z > 0, 1.0, slope), np.where(Z > 0, 0.0, slope * Z)


def _slope_everywhere(Z: Array, slope: float) -> tuple[Array, Array]:
    return np.where(Z > 0, 1.0, slope), Z + 0.0


def _positive_side_at_zero(Z: Array, slope: float) -> tuple[Array, Array]:
    return np.where(Z >= 0, 1.0, slope), np.where(Z > 0, 0.0, Z)


def _slope_of_plain_relu(Z: Array, slope: float) -> tuple[Array, Array]:
    return np.where(Z > 0, 1.0, 0.0), np.where(Z > 0, 0.0, Z)


# 4.5


def softmax_backward(z: Array, grad: Array) -> Array:
    """Return the gradient for logits, given that for their softmax."""
    p = softmax(z)
    return p * (grad - (p * grad).sum(axis=1, keepdims=True))


def _diagonal_only(z: Array, grad: Array) -> Array:
    p = softmax(z)
    return grad * p * (1 - p)


def _no_competitors(z: Array, grad: Array) -> Array:
    return grad * softmax(z)


def _plain_mean(z: Array, grad: Array) -> Array:
    return softmax(z) * (grad - grad.mean(axis=1, keepdims=True))


def _rows_mixed(z: Array, grad: Array) -> Array:
    p = softmax(z)
    return p * (grad - (p * grad).sum())


def _of_the_probabilities(z: Array, grad: Array) -> Array:
    return softmax_backward(softmax(z), grad)


# 4.6


def settings() -> dict[str, float]:
    """Return a leak and a rate that wake the units in every run."""
    return {"slope": 0.3, "rate": 2.0}


def _judge_settings(answer: Any) -> str:
    if not isinstance(answer, Mapping) or set(answer) != {"slope", "rate"}:
        return "The answer must be a dict with the keys `slope` and `rate`."
    slope, rate = float(answer["slope"]), float(answer["rate"])
    if slope == 1:
        return "With a slope of 1, what is left of the bend?"
    if not 0 <= slope < 1 or not 0 < rate <= 10:
        return (
            "The slope must be at least 0 and below 1, the rate above 0 and "
            "at most 10."
        )
    runs = [_run(slope, rate, seed) for seed in range(5)]
    parts, off = np.array(runs).T
    found = (
        f"The five accuracies go from {parts.min():.3f} to {parts.max():.3f}, "
        f"and {off.mean():.0%} of the units are off at the end"
    )
    if parts.min() >= 0.95:
        return ""
    if slope == 0:
        return f"{found}. No gradient reaches a dead unit."
    if parts.min() <= 0.5:
        return f"{found}: some run ends no better than a coin. Smaller steps?"
    return f"{found}. All five have to be at least 0.95."


def _run(slope: float, rate: float, seed: int) -> tuple[float, float]:
    """Train from biases of -10; return the parts that are right, and off."""
    rng = np.random.default_rng(seed)
    X, y = make_moons(300, rng)
    leaky: Any = partial(LeakyReLU, slope=slope)
    network = mlp((2, 32, 1), rng=rng, activation=leaky)
    network.params["0.b"][...] = -10
    for _ in range(1000):
        train_step(network, binary_cross_entropy, SGD(rate), X, y[:, None])
    off = (network.layers[0].forward(X) <= 0).all(axis=0)
    return float(np.mean(network.predict(X) == y)), float(np.mean(off))


_WIDE = np.array([-1000.0, -2.0, 0.0, 0.5, 1000.0])
_LOGITS = np.array([[0.0, 1.0, 2.0], [1.0, 1.0, -1.0]])
_APART = np.array([[0.0, 1.0, 2.0], [1000.0, 1001.0, 1002.0]])
_SUMS = np.array([[1.5, -2.0], [0.0, -0.5], [-4.0, 3.0]])
_GRAD = np.array([[1.0, 0.0, 0.0], [0.5, -1.0, 2.0]])

EXERCISES: list[Exercise] = [
    Value(
        title="Values and slopes by hand",
        level="easy",
        solution=at_log_three,
        tolerance=6e-4,
        hints=(
            "`exp(log 3)` is 3, and `exp(-log 3)` is a third. Put them in "
            "before you simplify anything.",
            "Both slopes can be had from the values that you have already: "
            "no further `exp` is needed.",
        ),
        mistakes=[
            Mistake(
                _at(
                    lambda z: sigmoid_derivative(sigmoid(z)),
                    lambda z: tanh_derivative(tanh(z)),
                ),
                "The values are right. The slopes look as if the function "
                "had been applied twice: at which number do you want them?",
            ),
            Mistake(
                _at(sigmoid_derivative, lambda z: 1 - tanh(z)),
                "Three of the four are right. Look again at the slope of "
                "tanh: something in it is squared.",
            ),
            Mistake(
                _at_minus_log_three(),
                "Both slopes are right. The values look like those at the "
                "negative of the input: check a sign in the exponent.",
            ),
        ],
    ),
    Function(
        title="A ReLU without a corner",
        level="medium",
        solution=softplus,
        hints=(
            "What is the slope, on paper? You know the function.",
            "For large z, `1 + exp(z)` is nearly `exp(z)`. Take that factor "
            "out of the logarithm before you compute, and see which "
            "exponential is left.",
            "The same trick as in `sigmoid` serves both signs at once: one "
            "exponential whose argument is never positive.",
        ),
        cases=[
            (np.array([-2.0, -0.1, 0.0, 0.1, 2.0]),),
            (_WIDE,),
            (np.array([[-800.0], [3.0]]),),
        ],
        mistakes=[
            Mistake(
                _softplus_as_written,
                "The formula is right on paper. Which input makes its "
                "exponential larger than any number that fits?",
            ),
            Mistake(
                _softplus_as_written_twice,
                "An exponential still overflows, for a large negative "
                "number. Try the values and the slope, each alone, on 1000 "
                "and on -1000.",
            ),
            Mistake(
                _softplus_with_relu_slope,
                "The values are right. The slope is that of the function "
                "with the corner: this one has none.",
            ),
            Mistake(
                _softplus_with_sigmoid_slope,
                "The values are right. The slope has been differentiated "
                "once too often.",
            ),
        ],
        quiet=True,
    ),
    Function(
        title="A softmax for one row",
        level="medium",
        solution=row_softmax,
        hints=(
            "Try it on two equal rows. What do the numbers of a row sum to?",
            "Two lines take something over an array. Over which part of it "
            "should each take it, and what shape must come out?",
        ),
        cases=[
            (np.array([[0.0, 1.0, 2.0]]),),
            (_LOGITS,),
            (_APART,),
            (np.array([[3.0], [-700.0]]),),
        ],
        mistakes=[
            Mistake(
                _whole_softmax,
                "This is the function as it was given, or one that does the "
                "same: all rows together share one unit of probability.",
            ),
            Mistake(
                _shared_maximum,
                "Rows that lie near each other come out right. Put a row "
                "with very large logits beside one with small logits.",
            ),
            Mistake(
                _unshifted_softmax,
                "Rows of moderate logits come out right. The repair must not "
                "take away what guards the exponential.",
            ),
            Mistake(
                _column_softmax,
                "Here it is the columns that add up to one: each class is "
                "shared out among the examples.",
            ),
        ],
    ),
    Function(
        title="A slope that is learned",
        level="medium",
        solution=learned_slope,
        hints=(
            "Write the function down for a positive `Z` and for a negative "
            "one, and differentiate each line twice: first by `Z`, then by "
            "the slope, holding the other fixed.",
            "If the slope changes a little, by how much does the output "
            "change at `Z = 3`? And at `Z = -4`?",
        ),
        cases=[
            (_SUMS, 0.25),
            (np.array([0.0, -1e-3, 1e-3]), 0.1),
            (np.array([[-5.0, 2.0]]), 0.0),
        ],
        mistakes=[
            Mistake(
                _slope_counts_one,
                "The first result is right. In the second, ask what the "
                "slope is multiplied by on the negative side.",
            ),
            Mistake(
                _slope_of_the_output,
                "The first result is right. The second is the output "
                "itself there, not its derivative.",
            ),
            Mistake(
                _slope_everywhere,
                "The first result is right. Does the slope have any say "
                "where Z is positive?",
            ),
            Mistake(
                _positive_side_at_zero,
                "Right but for one value of Z, at which the exercise says "
                "which side to take.",
            ),
            Mistake(
                _slope_of_plain_relu,
                "The second result is right. The first is that of a ReLU "
                "that lets nothing leak.",
            ),
        ],
    ),
    Function(
        title="Backward through a softmax",
        level="hard",
        solution=softmax_backward,
        hints=(
            "A logit moves every probability of its row. The chain rule adds "
            "up these ways: one term for each probability.",
            "Put the Jacobian of the chapter into that sum. The term with the "
            "two equal indices stands alone, the others share a factor.",
            "What is left is a weighted mean of the row of `grad`, which is "
            "subtracted from each of its entries.",
        ),
        cases=[
            (_LOGITS, _GRAD),
            (np.array([[0.0, 0.0]]), np.array([[3.0, -1.0]])),
            (_APART, np.ones((2, 3))),
            (np.array([[50.0, -50.0, 0.0]]), np.array([[1.0, 2.0, 3.0]])),
        ],
        mistakes=[
            Mistake(
                _diagonal_only,
                "This lets each logit act on its own probability only. It "
                "acts on the others of its row too.",
            ),
            Mistake(
                _no_competitors,
                "This treats a logit as if raising it took nothing from "
                "the others.",
            ),
            Mistake(
                _plain_mean,
                "The form is right. But in what is subtracted, do all "
                "entries of a row of `grad` count alike?",
            ),
            Mistake(
                _rows_mixed,
                "For one row it is right. With two rows, what an example "
                "gets depends on the other one.",
            ),
            Mistake(
                _of_the_probabilities,
                "The softmax seems to be taken twice: once of the logits, "
                "and once more of what came out.",
            ),
        ],
    ),
    Experiment(
        title="Wake the units",
        level="hard",
        solution=settings,
        hints=(
            "At the start every unit is on its negative side. There, the "
            "network is a straight line whose pull on the biases goes with "
            "the slope, and the size of a step with the rate.",
            "A slope near 1 wakes units quickly and bends them hardly at "
            "all. A small one bends them well and wakes them late. Try "
            "slopes from 0.1 to 0.5.",
            "For each slope try the rates 0.5, 1, 2, 4 and 8, all of them: "
            "the runs may get worse before they get better. The share of "
            "units that are off tells on which side of the answer you are.",
        ),
        mistakes=[
            Mistake(
                {"slope": 0.0, "rate": 2.0},
                "No gradient reaches a dead unit.",
            ),
            Mistake(
                {"slope": 1.0, "rate": 2.0},
                "With a slope of 1, what is left of the bend?",
            ),
            Mistake(
                {"slope": 0.01, "rate": 0.5},
                "All five have to be at least 0.95.",
            ),
            Mistake(
                {"slope": 0.5, "rate": 10.0},
                "Smaller steps?",
            ),
            Mistake(
                {"slope": 0.2, "rate": 40.0},
                "The slope must be at least 0 and below 1, the rate above 0 "
                "and at most 10.",
            ),
        ],
        judge=_judge_settings,
    ),
]
