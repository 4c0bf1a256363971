"""Exercises of chapter 1, on fitting lines by gradient descent."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from plainnet._types import Array
from plainnet.data import make_line
from plainnet.exercises._core import (
    Exercise,
    Experiment,
    Function,
    Mistake,
    Value,
)

_rng = np.random.default_rng(0)


def loss_and_gradient() -> list[float]:
    """Return the loss, dw and db of the line y = x + 1 at three boils."""
    x, y = np.array([1.0, 2.0, 3.0]), np.array([2.0, 5.0, 6.0])
    error = 1.0 * x + 1.0 - y
    loss = np.mean(error**2)
    return [float(loss), 2 * np.mean(error * x), 2 * np.mean(error)]


def mse_gradient(
    X: Array, y: Array, w: Array, b: float
) -> tuple[Array, float]:
    """Return dw of shape (d,) and db of the mean squared error."""
    error = X @ w + b - y
    return 2 / len(y) * (X.T @ error), 2 * float(error.mean())


def _summed(X: Array, y: Array, w: Array, b: float) -> tuple[Array, float]:
    error = X @ w + b - y
    return 2 * (X.T @ error), 2 * float(error.sum())


def _without_two(
    X: Array, y: Array, w: Array, b: float
) -> tuple[Array, float]:
    error = X @ w + b - y
    return X.T @ error / len(y), float(error.mean())


def _reversed(X: Array, y: Array, w: Array, b: float) -> tuple[Array, float]:
    error = y - (X @ w + b)
    return 2 / len(y) * (X.T @ error), 2 * float(error.mean())


def _without_inputs(
    X: Array, y: Array, w: Array, b: float
) -> tuple[Array, float]:
    error = X @ w + b - y
    return np.full(X.shape[1], 2 * error.mean()), 2 * float(error.mean())


def _over_features(
    X: Array, y: Array, w: Array, b: float
) -> tuple[Array, float]:
    error = X @ w + b - y
    return 2 / len(w) * (X.T @ error), 2 * float(error.mean())


def one_step(
    x: Array, y: Array, w: float, b: float, rate: float
) -> tuple[float, float]:
    """Return w and b after one step of gradient descent."""
    error = w * x + b - y
    dw, db = 2 * float(np.mean(error * x)), 2 * float(np.mean(error))
    return w - rate * dw, b - rate * db


def _one_after_the_other(
    x: Array, y: Array, w: float, b: float, rate: float
) -> tuple[float, float]:
    w = w - rate * 2 * float(np.mean((w * x + b - y) * x))
    b = b - rate * 2 * float(np.mean(w * x + b - y))
    return w, b


def _bias_first(
    x: Array, y: Array, w: float, b: float, rate: float
) -> tuple[float, float]:
    b = b - rate * 2 * float(np.mean(w * x + b - y))
    w = w - rate * 2 * float(np.mean((w * x + b - y) * x))
    return w, b


def _uphill(
    x: Array, y: Array, w: float, b: float, rate: float
) -> tuple[float, float]:
    error = w * x + b - y
    dw, db = 2 * float(np.mean(error * x)), 2 * float(np.mean(error))
    return w + rate * dw, b + rate * db


def _swapped(
    x: Array, y: Array, w: float, b: float, rate: float
) -> tuple[float, float]:
    error = w * x + b - y
    dw, db = 2 * float(np.mean(error)), 2 * float(np.mean(error * x))
    return w - rate * dw, b - rate * db


def largest_rate(X: Array) -> float:
    """Return the rate at which gradient descent stops converging."""
    design = np.column_stack([X, np.ones(len(X))])
    H = 2 / len(X) * design.T @ design
    return 2 / float(np.linalg.eigvalsh(H)[-1])


def _without_ones(X: Array) -> float:
    H = 2 / len(X) * X.T @ X
    return 2 / float(np.linalg.eigvalsh(H)[-1])


def _of_the_sum(X: Array) -> float:
    design = np.column_stack([X, np.ones(len(X))])
    return 1 / float(np.linalg.eigvalsh(design.T @ design)[-1])


def _half_curvature(X: Array) -> float:
    design = np.column_stack([X, np.ones(len(X))])
    return 2 / float(np.linalg.eigvalsh(design.T @ design / len(X))[-1])


def _smallest(X: Array) -> float:
    design = np.column_stack([X, np.ones(len(X))])
    H = 2 / len(X) * design.T @ design
    return 2 / float(np.linalg.eigvalsh(H)[0])


def _to_the_bottom(X: Array) -> float:
    return largest_rate(X) / 2


def fit_polynomial(x: Array, y: Array, degree: int) -> Array:
    """Return the coefficients of 1, x, x**2, ... that fit best."""
    design = np.column_stack([x**k for k in range(degree + 1)])
    return np.linalg.lstsq(design, y)[0]


def _highest_first(x: Array, y: Array, degree: int) -> Array:
    return fit_polynomial(x, y, degree)[::-1]


def _fitted_values(x: Array, y: Array, degree: int) -> Array:
    design = np.column_stack([x**k for k in range(degree + 1)])
    return design @ np.linalg.lstsq(design, y)[0]


def _all_of_lstsq(x: Array, y: Array, degree: int) -> tuple[Any, ...]:
    design = np.column_stack([x**k for k in range(degree + 1)])
    return np.linalg.lstsq(design, y)


def _without_constant(x: Array, y: Array, degree: int) -> Array:
    design = np.column_stack([x**k for k in range(1, degree + 1)])
    return np.linalg.lstsq(design, y)[0]


def slope_spread() -> dict[str, Any]:
    """Fit 200 data sets of each size; return the slopes and the power."""
    slopes: dict[int, list[float]] = {}
    for n in (10, 40, 160, 640):
        slopes[n] = []
        for seed in range(200):
            X, y = make_line(n, np.random.default_rng(seed))
            design = np.column_stack([X, np.ones(n)])
            slopes[n].append(float(np.linalg.lstsq(design, y)[0][0]))
    sizes, spreads = list(slopes), [np.std(s) for s in slopes.values()]
    power = np.polyfit(np.log(sizes), np.log(spreads), 1)[0]
    return {"slopes": slopes, "power": float(power)}


def _judge_spread(answer: Any) -> str:
    if not isinstance(answer, Mapping) or not {"slopes", "power"} <= set(
        answer
    ):
        return "The answer must be a dict with the keys `slopes` and `power`."
    if not isinstance(answer["slopes"], Mapping):
        return "`slopes` must be a dict from each size to its slopes."
    slopes = {
        int(n): np.asarray(found, dtype=float).ravel()
        for n, found in answer["slopes"].items()
    }
    if len(slopes) < 4 or min(slopes) < 10:
        return "Take at least four sizes of data set, none below 10 points."
    if max(slopes) < 16 * min(slopes):
        return (
            f"Your sizes reach from {min(slopes)} to {max(slopes)} only. A "
            "law needs a longer lever, at least 16 times."
        )
    for n, found in sorted(slopes.items()):
        if said := _fault_of_slopes(n, found):
            return said
    first, last = min(slopes), max(slopes)
    spreads = [found.std() for found in slopes.values()]
    power = np.polyfit(np.log(list(slopes)), np.log(spreads), 1)[0]
    if not abs(float(answer["power"]) - power) < 0.1:
        return (
            f"From n = {first} to n = {last} the spread does not change as "
            "your `power` says. Compare the two spreads, and the two sizes."
        )
    return ""


def _fault_of_slopes(n: int, found: Array) -> str:
    """Say what is wrong with the slopes of data sets of n points."""
    if len(found) < 30:
        return (
            f"For n = {n} there are {len(found)} slopes. A spread that can "
            "be trusted needs at least 30 data sets."
        )
    if np.ptp(found) < 1e-9:
        return (
            f"For n = {n} all slopes are the same. Does each data set have "
            "a generator with a seed of its own?"
        )
    # Of the theory: 0.3 over the root of n times the variance of x, 1/3.
    theory = 0.3 / np.sqrt(n / 3)
    if not abs(found.mean() - 2) < 0.7 * theory:
        return (
            f"For n = {n} your slopes have the mean {found.mean():.2f}, too "
            "far from the 2 that `make_line` draws with. Does your line have "
            "a bias, and did its training end at the bottom?"
        )
    if not 0.6 * theory < found.std() < 1.6 * theory:
        return (
            f"For n = {n} your slopes have the spread {found.std():.3f}, "
            "which slopes of independent data sets with the usual noise do "
            "not have: is each a slope of one data set of that size?"
        )
    return ""


def _with_fit(**changes: Any) -> dict[str, Any]:
    """Make a wrong answer from slopes drawn around a mean."""
    rng = np.random.default_rng(1)
    sizes = changes.get("sizes", (10, 40, 160, 640))
    count, mean = changes.get("count", 100), changes.get("mean", 2.0)
    slopes = {n: mean + rng.normal(0, 0.52 / n**0.5, count) for n in sizes}
    if changes.get("same"):
        slopes = {n: np.full(count, found[0]) for n, found in slopes.items()}
    return {"slopes": slopes, "power": changes.get("power", -0.5)}


EXERCISES: list[Exercise] = [
    Value(
        title="Loss and gradient by hand",
        level="easy",
        solution=loss_and_gradient,
        hints=(
            "Make a table with a row for each boil: `x`, `y`, the predicted "
            "value, the error, the squared error, and the error times `x`.",
            "The loss is the mean of one column. Each gradient is twice the "
            "mean of another column.",
        ),
        mistakes=(
            Mistake(
                [8.0, -20.0, -8.0],
                "Are these sums over the three boils? The loss is defined "
                "by another word.",
            ),
            Mistake(
                [8 / 3, -10 / 3, -4 / 3],
                "The loss is right. In the gradient, look again at what "
                "becomes of a square when it is differentiated.",
            ),
            Mistake(
                [8 / 3, 20 / 3, 8 / 3],
                "The sizes are right. Is the error what you predict minus "
                "what you measured, or the other way round?",
            ),
            Mistake(
                [8 / 3, -8 / 3, -20 / 3],
                "The numbers are right, but two have changed places: which "
                "gradient has the factor `x`?",
            ),
            Mistake(
                [(8 / 3) ** 0.5, -20 / 3, -8 / 3],
                "The gradients are right. The loss is the mean itself, with "
                "nothing done to it afterwards.",
            ),
            Mistake(
                [2.67, -6.67, -2.67],
                "These are right as far as they go: give a third digit "
                "after the point.",
            ),
        ),
    ),
    Function(
        title="The gradient for any number of features",
        level="easy",
        solution=mse_gradient,
        hints=(
            "First compute the errors of all examples at once, of shape "
            "`(n,)`. The gradient of weight `j` pairs them with column `j` "
            "of `X`.",
            "Which matrix product does that for all columns? `X.T` is "
            "`(d, n)`. Then think of the factor in front, and of `n`.",
        ),
        cases=[
            (
                np.array([[1.0], [2.0], [3.0]]),
                np.array([2.0, 5.0, 6.0]),
                np.array([1.0]),
                1.0,
            ),
            (np.array([[0.5, -2.0]]), np.array([3.0]), np.zeros(2), 0.0),
            (
                _rng.normal(size=(7, 3)),
                _rng.normal(size=7),
                np.array([0.5, -1.0, 2.0]),
                -0.3,
            ),
        ],
        mistakes=(
            Mistake(
                _summed,
                "The direction is right, but your gradient grows with the "
                "number of examples: is the loss a sum or a mean?",
            ),
            Mistake(
                _without_two,
                "The direction is right and the size is half of what it "
                "should be: what does a square leave behind?",
            ),
            Mistake(
                _reversed,
                "The sizes are right and the signs are not: a step against "
                "this gradient would climb. Which way round is the error?",
            ),
            Mistake(
                _without_inputs,
                "The gradient of b is right. All weights get the same "
                "gradient: where does the value of the feature come in?",
            ),
            Mistake(
                _over_features,
                "The gradient of b is right. Over what is the mean taken in "
                "that of the weights, the features or the examples?",
            ),
        ),
    ),
    Function(
        title="A step that is nearly right",
        level="medium",
        solution=one_step,
        hints=(
            "Work through the step of the three boils in the chapter with "
            "pencil and paper, line by line of the function as given.",
            "In which line does the function use a `w` that is not the one "
            "it was given?",
        ),
        cases=[
            (
                np.array([0.5, 1.0, 1.5]),
                np.array([2.0, 3.5, 3.5]),
                0.0,
                0.0,
                0.1,
            ),
            (np.array([2.0]), np.array([1.0]), -1.0, 0.5, 0.2),
            (_rng.uniform(0, 2, 9), _rng.normal(3, 1, 9), 2.5, -1.0, 0.05),
        ],
        mistakes=(
            Mistake(
                _one_after_the_other,
                "This is the function as it was given. Its `w` is right and "
                "its `b` is not: at which point of the bowl is the slope for "
                "`b` taken?",
            ),
            Mistake(
                _bias_first,
                "Now `b` is right and `w` is not: the same slip, with the "
                "two lines in the other order.",
            ),
            Mistake(
                _uphill,
                "The step has the right length and goes up: the gradient "
                "points to where the loss grows.",
            ),
            Mistake(
                _swapped,
                "Are the two gradients in the places of each other? Ask of "
                "each which number multiplies the error.",
            ),
        ),
    ),
    Function(
        title="The largest learning rate",
        level="medium",
        solution=largest_rate,
        hints=(
            "The bound belongs to the model with its bias: what does the "
            "design matrix have that `X` has not?",
            "Build the matrix H of the chapter, with its factor in front. "
            "`np.linalg.eigvalsh` returns the eigenvalues of a symmetric "
            "matrix, in rising order.",
        ),
        cases=[
            (np.array([[0.5], [1.0], [1.5]]),),
            (np.array([[3.0, -4.0], [1.0, 0.0], [-2.0, 1.0]]),),
            (np.array([[0.1], [-0.1], [0.0], [0.2]]),),
            (_rng.normal(50, 10, size=(20, 4)),),
        ],
        mistakes=(
            Mistake(
                _without_ones,
                "This is the bound for a model without a bias. What does a "
                "bias add to the matrix?",
            ),
            Mistake(
                _of_the_sum,
                "Your rate falls as the data set grows. It would be right "
                "if the loss were a sum over the examples.",
            ),
            Mistake(
                _half_curvature,
                "Your rate is twice too large: look at the factor in front "
                "of the matrix, which comes from the square in the loss.",
            ),
            Mistake(
                _smallest,
                "Your rate is safe in the flattest direction of the bowl. "
                "Which direction breaks first?",
            ),
            Mistake(
                _to_the_bottom,
                "At your rate the steepest direction is done in one step. "
                "How much farther may a step go before it does harm?",
            ),
        ),
    ),
    Function(
        title="A curve from a linear model",
        level="medium",
        solution=fit_polynomial,
        hints=(
            "Powers of `x` are columns like any others. For degree 2 the "
            "design matrix has three. Which one belongs to the constant?",
            "Stack the columns with `np.column_stack` and give the matrix "
            "to `np.linalg.lstsq`, which returns several things.",
        ),
        cases=[
            (
                np.array([-1.0, 0.0, 1.0, 2.0]),
                np.array([4.0, 1.0, 0.0, 1.0]),
                2,
            ),
            (np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, 8.0]), 0),
            (np.array([0.5, 1.0, 1.5]), np.array([2.0, 3.5, 3.5]), 1),
            (_rng.uniform(-1, 1, 30), _rng.normal(size=30), 4),
        ],
        tolerance=1e-5,
        mistakes=(
            Mistake(
                _highest_first,
                "These are the right numbers in another order: which power "
                "comes first?",
            ),
            Mistake(
                _fitted_values,
                "These are the heights of the curve at the points. The "
                "question is by which numbers each power is multiplied.",
            ),
            Mistake(
                _all_of_lstsq,
                "You return everything that `np.linalg.lstsq` gives: the "
                "coefficients are one part of it.",
            ),
            Mistake(
                _without_constant,
                "One coefficient is missing: your curve has to pass through "
                "the origin. What lets a line leave it?",
            ),
        ),
    ),
    Experiment(
        title="How sure is the slope?",
        level="hard",
        solution=slope_spread,
        hints=(
            "One data set gives one slope. Draw many data sets of the same "
            "size, each with a generator of its own, and look at how their "
            "slopes scatter.",
            "`np.linalg.lstsq` fits a data set in an instant, so 200 of "
            "each size cost nothing. Take sizes that grow by a factor.",
            "If the spread is proportional to a power of the size, the "
            "logarithm of one is a straight line in the logarithm of the "
            "other. You have a method to fit one.",
        ),
        judge=_judge_spread,
        mistakes=(
            Mistake(
                _with_fit(sizes=(10, 20, 30, 40)),
                "A law needs a longer lever, at least 16 times.",
            ),
            Mistake(
                _with_fit(sizes=(10, 640)),
                "Take at least four sizes of data set, none below 10 points.",
            ),
            Mistake(
                _with_fit(count=5),
                "A spread that can be trusted needs at least 30 data sets.",
            ),
            Mistake(
                _with_fit(same=True),
                "Does each data set have a generator with a seed of its own?",
            ),
            Mistake(
                _with_fit(mean=2.75),
                "Does your line have a bias, and did its training end at the "
                "bottom?",
            ),
            Mistake(
                _with_fit(power=-1.0),
                "Compare the two spreads, and the two sizes.",
            ),
            Mistake(
                {"slopes": [2.0, 1.9], "power": -0.5},
                "`slopes` must be a dict from each size to its slopes.",
            ),
            Mistake(
                {"slopes": {}},
                "The answer must be a dict with the keys `slopes` and "
                "`power`.",
            ),
        ),
    ),
]
