"""Exercises of the chapter on loss functions."""

from collections.abc import Callable

import numpy as np

from plainnet._types import Array, LossFunction
from plainnet.activations import log_softmax, softmax
from plainnet.data import one_hot
from plainnet.exercises._core import (
    Exercise,
    Function,
    Mistake,
    Value,
)
from plainnet.losses import softmax_cross_entropy

# 6.1


def before_learning() -> list[float]:
    """Return the starting loss for 26 letters, then a baseline's loss."""
    letters = np.log(26)
    share = np.array([0.9, 0.1])
    return [float(letters), float(-np.sum(share * np.log(share)))]


# 6.2


def log_sum_exp(Z: Array) -> Array:
    """Return log(sum(exp(z))) of each row, safe for any finite numbers."""
    top = Z.max(axis=1)
    return top + np.log(np.exp(Z - top[:, None]).sum(axis=1))


def _plain_log_sum_exp(Z: Array) -> Array:
    return np.log(np.exp(Z).sum(axis=1))


def _shifted_by_the_mean(Z: Array) -> Array:
    middle = Z.mean(axis=1)
    return middle + np.log(np.exp(Z - middle[:, None]).sum(axis=1))


def _shift_kept(Z: Array) -> Array:
    return log_sum_exp(Z) - Z.max(axis=1)


def _down_the_columns(Z: Array) -> Array:
    return log_sum_exp(Z.T)


def _one_shift(Z: Array) -> Array:
    top = Z.max()
    return top + np.log(np.exp(Z - top).sum(axis=1))


# 6.3


def soft_cross_entropy(logits: Array, targets: Array) -> tuple[float, Array]:
    """Return loss and gradient for targets that are rows of probabilities."""
    n = len(logits)
    loss = -np.sum(targets * log_softmax(logits)) / n
    return float(loss), (softmax(logits) - targets) / n


def _soft_no_mean(logits: Array, targets: Array) -> tuple[float, Array]:
    loss, grad = soft_cross_entropy(logits, targets)
    return loss, grad * len(logits)


def _soft_all_entries(logits: Array, targets: Array) -> tuple[float, Array]:
    loss, grad = soft_cross_entropy(logits, targets)
    return loss / logits.shape[1], grad / logits.shape[1]


def _soft_loss_over_entries(
    logits: Array, targets: Array
) -> tuple[float, Array]:
    loss, grad = soft_cross_entropy(logits, targets)
    return loss / logits.shape[1], grad


def _soft_wrong_sign(logits: Array, targets: Array) -> tuple[float, Array]:
    loss, grad = soft_cross_entropy(logits, targets)
    return loss, -grad


def _soft_largest_only(logits: Array, targets: Array) -> tuple[float, Array]:
    return softmax_cross_entropy(logits, targets.argmax(axis=1))


def _soft_log_of_p(logits: Array, targets: Array) -> tuple[float, Array]:
    p = softmax(logits)
    loss = -np.sum(targets * np.log(p)) / len(p)
    return float(loss), (p - targets) / len(p)


# 6.4


def mean_loss(P: Array, Y: Array) -> float:
    """Return the mean cross-entropy of probabilities and one-hot rows."""
    return float(-np.sum(Y * np.log(P), axis=1).mean())


def _mean_loss_as_given(P: Array, Y: Array) -> float:
    return float(-np.mean(Y * np.log(P)))


def _summed_loss(P: Array, Y: Array) -> float:
    return float(-np.sum(Y * np.log(P)))


def _both_sides_loss(P: Array, Y: Array) -> float:
    entries = Y * np.log(P) + (1 - Y) * np.log(1 - P)
    return float(-np.sum(entries, axis=1).mean())


# 6.5


def diagnose(loss: LossFunction) -> str:
    """Say "right", "times n", "over n" or "other" of a loss's gradient."""
    n, h = 4, 1e-5
    logits = np.random.default_rng(1).normal(size=(n, 3))
    labels = np.array([0, 2, 1, 1])
    _, grad = loss(logits, labels)
    slopes = np.empty_like(logits)
    for place in np.ndindex(logits.shape):
        nudge = np.zeros_like(logits)
        nudge[place] = h
        rise = loss(logits + nudge, labels)[0]
        rise -= loss(logits - nudge, labels)[0]
        slopes[place] = rise / (2 * h)
    for name, factor in ("right", 1), ("times n", n), ("over n", 1 / n):
        if np.allclose(grad, factor * slopes, rtol=1e-4, atol=1e-6):
            return name
    return "other"


def _gradient_not_divided_by_n(
    logits: Array, labels: Array
) -> tuple[float, Array]:
    value, grad = softmax_cross_entropy(logits, labels)
    return value, grad * len(logits)


def _gradient_divided_by_n_twice(
    logits: Array, labels: Array
) -> tuple[float, Array]:
    value, grad = softmax_cross_entropy(logits, labels)
    return value, grad / len(logits)


def _value_and_gradient_are_sums(
    logits: Array, labels: Array
) -> tuple[float, Array]:
    value, grad = softmax_cross_entropy(logits, labels)
    return value * len(logits), grad * len(logits)


def _gradient_with_the_wrong_sign(
    logits: Array, labels: Array
) -> tuple[float, Array]:
    value, grad = softmax_cross_entropy(logits, labels)
    return value, -grad


def _gradient_without_the_labels(
    logits: Array, labels: Array
) -> tuple[float, Array]:
    value, _ = softmax_cross_entropy(logits, labels)
    return value, softmax(logits) / len(logits)


def _gradient_without_the_last_class(
    logits: Array, labels: Array
) -> tuple[float, Array]:
    value, grad = softmax_cross_entropy(logits, labels)
    grad[:, -1] = 0
    return value, grad


def _squared_error_of_probabilities(
    logits: Array, labels: Array
) -> tuple[float, Array]:
    p, n = softmax(logits), len(logits)
    error = p - one_hot(labels, p.shape[1])
    along = (error * p).sum(axis=1, keepdims=True)
    return float(np.sum(error**2) / n), 2 * p * (error - along) / n


def _by_formula(loss: LossFunction) -> str:
    logits = np.random.default_rng(1).normal(size=(4, 3))
    labels = np.array([0, 2, 1, 1])
    ratio = loss(logits, labels)[1] / softmax_cross_entropy(logits, labels)[1]
    for name, factor in ("right", 1.0), ("times n", 4), ("over n", 0.25):
        if np.allclose(ratio, factor):
            return name
    return "other"


def _compared(
    loss: LossFunction, change: Callable[[Array], Array], step: float = 1e-5
) -> str:
    """Compare `change` of the gradient with `change` of the slopes."""
    logits = np.array([[0.5, -1.0, 0.3], [0.2, 0.9, -0.4]])
    labels, slopes = np.array([0, 1]), np.empty((2, 3))
    for place in np.ndindex(logits.shape):
        nudge = np.zeros_like(logits)
        nudge[place] = step
        rise = loss(logits + nudge, labels)[0]
        rise -= loss(logits - nudge, labels)[0]
        slopes[place] = rise / (2 * step)
    grad, slopes = change(loss(logits, labels)[1]), change(slopes)
    for name, factor in ("right", 1.0), ("times n", 2.0), ("over n", 0.5):
        if np.allclose(grad, factor * slopes, rtol=1e-4, atol=1e-6):
            return name
    return "other"


def _without_signs(loss: LossFunction) -> str:
    return _compared(loss, np.abs)


def _first_entry(loss: LossFunction) -> str:
    return _compared(loss, lambda slopes: slopes[0, 0])


def _second_entry(loss: LossFunction) -> str:
    return _compared(loss, lambda slopes: slopes[0, 1])


def _coarse(loss: LossFunction) -> str:
    return _compared(loss, lambda slopes: slopes, step=0.5)


def _single_example(loss: LossFunction) -> str:
    logits, labels, h = np.array([[0.3, -0.2]]), np.array([0]), 1e-5
    nudge = np.array([[h, 0.0]])
    rise = loss(logits + nudge, labels)[0] - loss(logits - nudge, labels)[0]
    grad = loss(logits, labels)[1][0, 0]
    return "right" if np.isclose(grad, rise / (2 * h)) else "other"


EXERCISES: list[Exercise] = [
    Value(
        title="Before anything is learned",
        level="easy",
        solution=before_learning,
        hints=[
            "A network that knows nothing gives every class the same "
            "probability. What does the true one cost then?",
            "For the second number, two kinds of signatures occur. What does "
            "each cost, and how often does it come?",
        ],
        mistakes=[
            Mistake(
                [3.258097, 0.693147],
                "The second number is what equal probabilities cost. This "
                "network has learned which class is frequent.",
            ),
            Mistake(
                [3.258097, 1.203973],
                "In the second number both prices count alike. They do not "
                "occur equally often.",
            ),
            Mistake(
                [4.700440, 0.468996],
                "These look like losses in bits. This book takes natural "
                "logarithms.",
            ),
            Mistake(
                [3.258097, 0.105361],
                "The second number is what an example of the frequent class "
                "costs. There are others.",
            ),
        ],
    ),
    Function(
        title="A sum that cannot overflow",
        level="medium",
        solution=log_sum_exp,
        quiet=True,
        cases=[
            (np.array([[0.0, 1.0, 2.0], [3.0, 3.0, 3.0]]),),
            (np.array([[1000.0, 1001.0], [0.0, -1.0]]),),
            (np.array([[-1000.0, -1001.0, -1000.0], [0.5, 900.0, 2.0]]),),
            (np.array([[1000.0, -1000.0, -1000.0]]),),
            (np.array([[7.0]]),),
        ],
        hints=[
            "Which number can you subtract from a row so that no exponential "
            "is larger than 1?",
            "Subtracting a number from all entries of a row lowers the result "
            "by that number. Put it back at the end.",
            "Rows have maxima of their own. Mind the shape: a column is "
            "subtracted from the rows, and a vector comes out.",
        ],
        mistakes=[
            Mistake(
                _plain_log_sum_exp,
                "For moderate numbers it is right. Think about what `np.exp` "
                "does with a large one.",
            ),
            Mistake(
                _shifted_by_the_mean,
                "The shift is too small for a row of very unequal numbers: "
                "some of them are still large after it.",
            ),
            Mistake(
                _shift_kept,
                "Something was taken away from every row and never came back.",
            ),
            Mistake(
                _down_the_columns,
                "It goes down the columns. An example is a row.",
            ),
            Mistake(
                _one_shift,
                "All rows are shifted by the same number. That helps only the "
                "row it came from.",
            ),
        ],
    ),
    Function(
        title="Labels that are not sure",
        level="medium",
        solution=soft_cross_entropy,
        quiet=True,
        cases=[
            (
                np.array([[0.704, 0.016], [-1.0, 2.0]]),
                np.array([[0.2, 0.8], [0.5, 0.5]]),
            ),
            (np.array([[0.0, 0.0, 0.0]]), np.array([[1.0, 0.0, 0.0]])),
            (
                np.array([[1000.0, 0.0, -1000.0], [0.0, 1.0, 2.0]]),
                np.array([[0.9, 0.1, 0.0], [0.2, 0.3, 0.5]]),
            ),
        ],
        hints=[
            "The price of an example is the price of each class, weighted by "
            "the probability that the target gives it.",
            "The library has a function for the logarithms of the "
            "probabilities that is safe for any logits.",
            "Check your gradient with a nudge: it has the form that you know, "
            "with the target's row in the place of the one-hot row.",
        ],
        mistakes=[
            Mistake(
                _soft_no_mean,
                "The loss is right. The gradient does not belong to it: "
                "compare it with what a small nudge does to the loss.",
            ),
            Mistake(
                _soft_all_entries,
                "Both results are too small by the number of classes. Over "
                "what is the mean taken?",
            ),
            Mistake(
                _soft_loss_over_entries,
                "The gradient is right. The loss is too small by the number "
                "of classes: over what is the mean taken?",
            ),
            Mistake(
                _soft_wrong_sign,
                "The gradient has the right size and points the wrong way. "
                "It says how the loss rises, not what to do about it.",
            ),
            Mistake(
                _soft_largest_only,
                "Only the likeliest class of each target counts in what you "
                "compute. The others have a say too.",
            ),
            Mistake(
                _soft_log_of_p,
                "For moderate logits it is right. Think about what happens "
                "when a probability rounds to 0.",
            ),
        ],
    ),
    Function(
        title="Find the bug: a network that starts too well",
        level="medium",
        solution=mean_loss,
        cases=[
            (np.full((1, 10), 0.1), np.eye(10)[[3]]),
            (np.array([[0.2, 0.8]]), np.array([[1.0, 0.0]])),
            (
                np.array([[0.7, 0.2, 0.1], [0.3, 0.3, 0.4]]),
                np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
            ),
        ],
        hints=[
            "Print the product inside the mean for one example. How many of "
            "its entries are 0, and do they count in a mean?",
            "First find the price of each example: one number a row. Then "
            "take the mean of these numbers.",
        ],
        mistakes=[
            Mistake(
                _mean_loss_as_given,
                "This is the function as it was given, or one that does the "
                "same. It averages over more numbers than there are examples.",
            ),
            Mistake(
                _summed_loss,
                "It grows with the number of examples. A mean does not.",
            ),
            Mistake(
                _both_sides_loss,
                "The classes that are not true are charged as well. That is "
                "the loss of ten separate yes-or-no questions.",
            ),
        ],
    ),
    Function(
        title="A doctor for losses",
        level="hard",
        solution=diagnose,
        cases=[
            (softmax_cross_entropy,),
            (_gradient_not_divided_by_n,),
            (_gradient_divided_by_n_twice,),
            (_value_and_gradient_are_sums,),
            (_gradient_with_the_wrong_sign,),
            (_gradient_without_the_labels,),
            (_gradient_without_the_last_class,),
            (_squared_error_of_probabilities,),
        ],
        hints=[
            "You cannot know the formula of the loss that you are given. What "
            "can you measure of it, by calling it?",
            "Nudge one logit up and down and see what the value does. That "
            "gives one entry of the gradient that it should have.",
            "Take several examples, so that n is not 1, and compare all "
            "entries with their signs, once for each factor in question.",
        ],
        mistakes=[
            Mistake(
                _by_formula,
                "The gradient is compared with that of one particular loss. "
                "Other losses have their own, and they may be right too.",
            ),
            Mistake(
                _coarse,
                "Even a right gradient is called wrong. If you measure "
                "slopes: is the nudge small, and does it go to both sides?",
            ),
            Mistake(
                _first_entry,
                "This gradient is right in some entries and wrong in others. "
                "How many of them do you look at?",
            ),
            Mistake(
                _second_entry,
                "It seems to look at the entry of a wrong class only. This "
                "gradient is wrong elsewhere.",
            ),
            Mistake(
                _without_signs,
                "A gradient that points the wrong way passes for right. "
                "Sizes are not enough.",
            ),
            Mistake(
                _single_example,
                "It seems to look at a single example. Then multiplying and "
                "dividing by n cannot be seen.",
            ),
        ],
    ),
]
