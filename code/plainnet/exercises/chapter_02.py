"""Exercises of chapter 2, Logistic regression."""

from collections.abc import Callable
from functools import partial

import numpy as np

from plainnet._types import Array, Labels
from plainnet.data import make_moons
from plainnet.exercises._core import (
    Exercise,
    Experiment,
    Function,
    Mistake,
    Value,
)
from plainnet.regression import LogisticRegression

_rng = np.random.default_rng(0)
_X = _rng.normal(size=(6, 3))
_y = np.array([0, 1, 1, 0, 1, 0])
_ENOUGH = 0.97
_P = float(1 / (1 + np.exp(0.5)))  # of the point in exercise 2
_Q = float(1 / (1 + np.exp(1.0)))  # of the same without the bias

_SHAPE = "For 8 points the result must have 8 rows and 1 to 12 columns."
_ALONE = "The features of a point must not depend on the other points."
_FLAT = (
    "Every column of yours is a weighted sum of the two coordinates, which "
    "the model can form by itself. What can it not form?"
)
_BENT = (
    f"Your columns bend the line, but {_ENOUGH} are asked for. Draw the "
    "boundary that they give: where does it turn, and where should it?"
)


def odds_of_passing() -> list[float]:
    """Return the odds at 4 hours, the factor of an hour, hours for 0.9."""
    odds = np.exp(-3 + 0.5 * 4)
    factor = np.exp(0.5)
    hours = (np.log(0.9 / 0.1) + 3) / 0.5
    return [float(odds), float(factor), float(hours)]


def loss_and_gradient() -> list[float]:
    """Return the loss and its gradient for w1, w2 and b."""
    x, w, b, y = np.array([1, 3]), np.array([2, -1]), 0.5, 1
    p = 1 / (1 + np.exp(-(x @ w + b)))
    error = p - y
    return [float(-np.log(p)), *(error * x).tolist(), float(error)]


def signed_distance(X: Array, w: Array, b: float) -> Array:
    """Return how far each row of X lies from the boundary, signed."""
    return (X @ w + b) / np.sqrt(np.sum(w**2))


def _score(X: Array, w: Array, b: float) -> Array:
    return X @ w + b


def _divided_by_square(X: Array, w: Array, b: float) -> Array:
    return (X @ w + b) / np.sum(w**2)


def _unsigned(X: Array, w: Array, b: float) -> Array:
    return np.abs(signed_distance(X, w, b))


def _length_of_all(X: Array, w: Array, b: float) -> Array:
    return (X @ w + b) / np.sqrt(np.sum(w**2) + b**2)


def _turned(X: Array, w: Array, b: float) -> Array:
    return -signed_distance(X, w, b)


def _bias_left_whole(X: Array, w: Array, b: float) -> Array:
    return X @ w / np.sqrt(np.sum(w**2)) + b


def logistic_gradient(
    X: Array, y: Labels, w: Array, b: float
) -> tuple[Array, float]:
    """Return the gradient of the mean cross-entropy for w and for b."""
    error = 1 / (1 + np.exp(-(X @ w + b))) - y
    return X.T @ error / len(y), float(error.mean())


def _summed(X: Array, y: Labels, w: Array, b: float) -> tuple[Array, float]:
    dw, db = logistic_gradient(X, y, w, b)
    return dw * len(y), db * len(y)


def _doubled(X: Array, y: Labels, w: Array, b: float) -> tuple[Array, float]:
    dw, db = logistic_gradient(X, y, w, b)
    return 2 * dw, 2 * db


def _uphill(X: Array, y: Labels, w: Array, b: float) -> tuple[Array, float]:
    dw, db = logistic_gradient(X, y, w, b)
    return -dw, -db


def _of_squares(
    X: Array, y: Labels, w: Array, b: float
) -> tuple[Array, float]:
    p = 1 / (1 + np.exp(-(X @ w + b)))
    error = 2 * (p - y) * p * (1 - p)
    return X.T @ error / len(y), float(error.mean())


def _bent_not(X: Array, y: Labels, w: Array, b: float) -> tuple[Array, float]:
    error = X @ w + b - y
    return X.T @ error / len(y), float(error.mean())


def loss_from_logits(z: Array, y: Labels) -> float:
    """Return the mean binary cross-entropy of logits z and labels y."""
    return float(np.mean(np.logaddexp(0, z) - y * z))


def _as_given(z: Array, y: Labels) -> float:
    p = 1 / (1 + np.exp(-z))
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


def _padded(z: Array, y: Labels) -> float:
    p = np.exp(-np.logaddexp(0, -z))
    q = np.exp(-np.logaddexp(0, z))
    logs = y * np.log(p + 1e-12) + (1 - y) * np.log(q + 1e-12)
    return float(-np.mean(logs))


def _added(z: Array, y: Labels, least: float) -> float:
    p = 1 / (1 + np.exp(-z))
    logs = y * np.log(p + least) + (1 - y) * np.log(1 - p + least)
    return float(-np.mean(logs))


def _clipped(z: Array, y: Labels, least: float) -> float:
    p = np.clip(1 / (1 + np.exp(-z)), least, 1 - least)
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


def _ceiling(capped: Callable[..., float], least: float) -> str:
    highest = capped(np.array([40.0]), np.array([0]), least)
    return (
        "No logarithm of 0 any more, but the small number lets no mistake "
        f"cost more than {highest:.2f}. What should a logit of 40 cost with "
        "the label 0? And there is an exponential that overflows."
    )


def _total(z: Array, y: Labels) -> float:
    return loss_from_logits(z, y) * len(y)


def _exponential(z: Array, y: Labels) -> float:
    return float(np.mean(np.log(1 + np.exp(z)) - y * z))


Features = Callable[[Array], Array]


def curved_features() -> Features:
    """Return features with which a weighted sum splits the two moons."""

    def features(X: Array) -> Array:
        x1, x2 = X.T
        return np.column_stack([x1, x2, x1**2, x1**3])

    return features


def _mixed(X: Array) -> Array:
    x1, x2 = X.T
    return np.column_stack([x1, x2, x1 + x2, x1 - 2 * x2])


def _product(X: Array) -> Array:
    return X[:, 0] * X[:, 1]


def _sorted_by_batch(X: Array) -> Array:
    return np.column_stack([X, (X - X.mean(axis=0)) ** 3])


def _judge_features(features: Features) -> str:
    """Fit a logistic regression to the features, three times over."""
    if not callable(features):
        return "The answer must be a function that takes X."
    X = make_moons(8, np.random.default_rng(9)).X
    found = features(X.copy())
    if found is None:
        return "Your function returns nothing yet."
    F = np.asarray(found, dtype=float)
    if F.ndim != 2 or len(F) != 8 or not 1 <= F.shape[1] <= 12:
        return f"{_SHAPE} Yours has the shape {F.shape}."
    alone = np.asarray(features(X[:1].copy()), dtype=float)
    if alone.shape != F[:1].shape or not np.allclose(alone, F[:1]):
        return _ALONE
    mean = float(np.mean([_accuracy(features, seed) for seed in range(3)]))
    if mean >= _ENOUGH:
        return ""
    rank = np.linalg.matrix_rank(np.column_stack([np.ones(8), X, F]))
    return (
        f"Fresh points: {mean:.3f} are right. {_BENT if rank > 3 else _FLAT}"
    )


def _accuracy(features: Features, seed: int) -> float:
    rng = np.random.default_rng(seed)
    (X, y), (X_new, y_new) = make_moons(200, rng), make_moons(2000, rng)
    F, F_new = features(X), features(X_new)
    mean, std = F.mean(axis=0), F.std(axis=0)
    std = np.where(std > 0, std, 1)
    model = LogisticRegression(learning_rate=1.0, epochs=3000)
    model.fit((F - mean) / std, y)
    right = model.predict((F_new - mean) / std) == y_new
    return float(np.mean(right))


def _squares(X: Array) -> Array:
    return np.column_stack([X, X**2])


EXERCISES: list[Exercise] = [
    Value(
        title="Odds of passing",
        level="easy",
        solution=odds_of_passing,
        hints=(
            "The log-odds are given. What undoes a logarithm?",
            "Adding something to the log-odds multiplies the odds. For the "
            "last number, turn the probability into odds, then into "
            "log-odds, and solve for the hours.",
        ),
        mistakes=[
            Mistake(
                [1 / (1 + np.exp(1)), np.exp(0.5), 2 * (np.log(9) + 3)],
                "The first number is a probability. Odds compare the chance "
                "of passing with that of failing.",
            ),
            Mistake(
                [np.exp(-1), 0.5, 2 * (np.log(9) + 3)],
                "The second number is what an hour adds to the log-odds. "
                "What does that do to the odds themselves?",
            ),
            Mistake(
                [np.exp(-1), np.exp(0.5), 2 * (np.log(0.9) + 3)],
                "The third number takes the probability for the odds.",
            ),
            Mistake(
                [-1, np.exp(0.5), 2 * (np.log(9) + 3)],
                "The first number is still a logarithm.",
            ),
            Mistake(
                [10**-1, 10**0.5, 2 * (np.log10(9) + 3)],
                "Yours are logarithms to the base 10. In this book they are "
                "natural ones.",
            ),
            Mistake(
                [0.37, 1.65, 10.39],
                "Give three digits after the point, not two.",
            ),
        ],
    ),
    Value(
        title="Loss and gradient by hand",
        level="easy",
        solution=loss_and_gradient,
        tolerance=2e-3,  # for p rounded to three digits on the way
        hints=(
            "First the weighted sum, then its sigmoid. The label says which "
            "of the two logarithms counts.",
            "The gradient of a weight is one number times the feature that "
            "the weight multiplies. The bias multiplies 1.",
        ),
        mistakes=[
            Mistake(
                [-np.log(_P), 1 - _P, 3 * (1 - _P), 1 - _P],
                "Loss right, signs not: the probability is too low here, so "
                "would a step against your gradient raise the weighted sum?",
            ),
            Mistake(
                [-np.log(1 - _P), _P, 3 * _P, _P],
                "That is the answer for the other label.",
            ),
            Mistake(
                [-np.log(_P), _P - 1, _P - 1, _P - 1],
                "The weights have equal gradients in yours. Did both "
                "multiply the same feature?",
            ),
            Mistake(
                [-np.log(1 - _P), _P - 1, 3 * (_P - 1), _P - 1],
                "The gradient is right, and the loss is that of the other "
                "label.",
            ),
            Mistake(
                [-np.log(_P), _P, 3 * _P, _P],
                "The loss is right. Your gradient is the same for both "
                "labels: what does the label do in it?",
            ),
            Mistake(
                [-np.log(_Q), _Q - 1, 3 * (_Q - 1), _Q - 1],
                "What does the unit add to the products of weights and "
                "features?",
            ),
        ],
    ),
    Function(
        title="Distance from the boundary",
        level="medium",
        solution=signed_distance,
        cases=[
            (np.array([[2.0, 2.0], [-1.0, 0.5]]), np.array([1.0, 2.0]), -2.0),
            (np.array([[0.0, 0.0]]), np.array([3.0, -4.0]), 10.0),
            (_X, np.array([0.1, 0.2, -0.2]), 0.0),
        ],
        hints=(
            "The weighted sum has the right sign already. What happens to it "
            "if you double `w` and `b`? And to the boundary?",
            "Divide by something that doubles along with `w`: its length.",
        ),
        mistakes=[
            Mistake(
                _score,
                "This is the weighted sum. It doubles when `w` and `b` "
                "double, although the boundary stays where it is.",
            ),
            Mistake(
                _divided_by_square,
                "If `w` and `b` double, your distances become half as long. "
                "Compare what you divide by with a length.",
            ),
            Mistake(
                _unsigned,
                "All your distances are positive. On which side of the "
                "boundary does a point lie?",
            ),
            Mistake(
                _bias_left_whole,
                "Your scaling leaves out a part of the weighted sum, so the "
                "points on the boundary do not get 0.",
            ),
            Mistake(
                _length_of_all,
                "Shift the boundary, which changes `b` alone: yours then "
                "divides by something else, although the direction across "
                "the boundary is the same.",
            ),
            Mistake(
                _turned,
                "Your signs are the wrong way round: on which side is the "
                "weighted sum positive?",
            ),
        ],
    ),
    Function(
        title="The gradient for all examples",
        level="medium",
        solution=logistic_gradient,
        cases=[
            (_X, _y, np.array([0.5, -1.0, 2.0]), 0.3),
            (_X, _y, np.zeros(3), 0.0),
            (
                np.array([[1.0, 2.0]]),
                np.array([1]),
                np.array([0.5, -0.25]),
                0.1,
            ),
            (_X[:4, :1], _y[:4], np.array([6.0]), -2.0),
        ],
        hints=(
            "Each example has an error, its probability minus its label. "
            "Compute all of them as one array of shape `(n,)`.",
            "The gradient for a weight is the mean, over the examples, of "
            "error times feature. A matrix product adds up such terms: which "
            "of `X` and `X.T` has a row for each weight?",
        ),
        mistakes=[
            Mistake(
                _summed,
                "Your gradient grows with the number of examples. The loss "
                "is a mean.",
            ),
            Mistake(_uphill, "Your gradient points the opposite way."),
            Mistake(
                _doubled,
                "Yours is twice as long. The 2 of chapter 1 came from the "
                "derivative of a square: is there one here?",
            ),
            Mistake(
                _of_squares,
                "Your gradient fades where the sigmoid is flat: that is what "
                "the squared error does.",
            ),
            Mistake(
                _bent_not,
                "Your errors are those of a straight line: is the prediction "
                "a probability?",
            ),
        ],
    ),
    Function(
        title="A loss that breaks",
        level="medium",
        solution=loss_from_logits,
        cases=[
            (np.array([0.0, 2.0, -1.0]), np.array([0, 1, 1])),
            (np.array([40.0, -40.0]), np.array([1, 0])),
            (np.array([40.0]), np.array([0])),
            (np.array([1000.0, -1000.0]), np.array([0, 1])),
            (np.array([-3.0]), np.array([0])),
        ],
        quiet=True,
        hints=(
            "Print the probability at a logit of 40. What is one minus it, "
            "and what is the logarithm of that?",
            "Write the loss of one example in terms of the logit alone, as "
            "this chapter does, before you write any code.",
            "`np.logaddexp(a, b)` is the logarithm of a sum of two "
            "exponentials and never overflows. One of the two can be the "
            "exponential of 0.",
        ),
        mistakes=[
            Mistake(
                _as_given,
                "This is the function as it was given: try it on a large "
                "logit, and look at each logarithm.",
            ),
            Mistake(
                _padded,
                "A small number added under the logarithm removes the "
                "infinity and puts a ceiling on the loss: a mistake made "
                "with logit 1000 costs no more than one with logit 30.",
            ),
            *(
                Mistake(partial(_added, least=least), _ceiling(_added, least))
                for least in (1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15, 1e-16)
            ),
            Mistake(partial(_clipped, least=1e-16), _ceiling(_clipped, 1e-16)),
            Mistake(
                _total,
                "Your loss grows with the number of examples. The mean does "
                "not.",
            ),
            Mistake(
                _exponential,
                "No probability rounds to 1 any more, but an exponential "
                "still grows beyond all numbers.",
            ),
        ],
    ),
    Experiment(
        title="Features for the moons",
        level="hard",
        solution=curved_features,
        judge=_judge_features,
        hints=(
            "The boundary is where a weighted sum of your columns is zero. "
            "Draw the moons, and between them the curve that you want.",
            "The curve goes up, down and up again. Which power of a "
            "coordinate does that? And with which other powers can a "
            "weighted sum move it sideways, to where the moons are?",
            "Keep the two coordinates, and add powers up to the third.",
        ),
        mistakes=[
            Mistake(_mixed, _FLAT),
            Mistake(_product, _SHAPE),
            Mistake(_sorted_by_batch, _ALONE),
            Mistake(_squares, _BENT),
        ],
    ),
]
