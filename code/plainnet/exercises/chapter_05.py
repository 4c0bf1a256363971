"""Exercises of the chapter on forward propagation."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from plainnet._types import Array
from plainnet.activations import relu
from plainnet.exercises._core import (
    Exercise,
    Experiment,
    Function,
    Mistake,
    Value,
)

# 5.1


def two_two_one() -> list[float]:
    """Return both hidden weighted sums, then the logit."""
    x = np.array([2.0, -1.0])
    z = x @ np.array([[0.5, -0.3], [0.4, 0.8]]) + [0.1, 0.2]
    h = np.maximum(0, z)
    logit = h @ np.array([1.5, -2.0]) - 0.5
    return [float(z[0]), float(z[1]), float(logit)]


# 5.2


def multiplications() -> int:
    """Return the products that 64-32-16-10 forms for fifty examples."""
    sizes = [64, 32, 16, 10]
    pairs = itertools.pairwise(sizes)
    return 50 * sum(fan_in * fan_out for fan_in, fan_out in pairs)


# 5.3


def forward(X: Array, params: Mapping[str, Array]) -> Array:
    """Return the logits of a network of dense layers and ReLUs."""
    layers = sorted({int(name.split(".")[0]) for name in params})
    for layer in layers:
        Z = X @ params[f"{layer}.W"] + params[f"{layer}.b"]
        X = np.maximum(0, Z)
    return Z


def _forward_by_name(X: Array, params: Mapping[str, Array]) -> Array:
    for number in sorted({name.split(".")[0] for name in params}):
        Z = X @ params[f"{number}.W"] + params[f"{number}.b"]
        X = relu(Z)
    return Z


def _forward_all_relu(X: Array, params: Mapping[str, Array]) -> Array:
    return relu(forward(X, params))


def _forward_no_relu(X: Array, params: Mapping[str, Array]) -> Array:
    for number in sorted({int(name.split(".")[0]) for name in params}):
        X = X @ params[f"{number}.W"] + params[f"{number}.b"]
    return X


def _forward_no_bias(X: Array, params: Mapping[str, Array]) -> Array:
    plain = {
        name: array * (not name.endswith("b"))
        for name, array in params.items()
    }
    return forward(X, plain)


def _forward_as_listed(X: Array, params: Mapping[str, Array]) -> Array:
    for name, W in params.items():
        if name.endswith("W"):
            Z = X @ W + params[name.replace("W", "b")]
            X = relu(Z)
    return Z


def _params(rng: np.random.Generator, *sizes: int) -> dict[str, Array]:
    params = {}
    for i, (fan_in, fan_out) in enumerate(itertools.pairwise(sizes)):
        params[f"{2 * i}.W"] = rng.normal(size=(fan_in, fan_out))
        params[f"{2 * i}.b"] = rng.normal(size=fan_out)
    return params


_RNG = np.random.default_rng(0)
_NETWORKS = [
    (_RNG.normal(size=(4, 3)), _params(_RNG, 3, 5, 2)),
    (_RNG.normal(size=(1, 3)), _params(_RNG, 3, 2)),
    (_RNG.normal(size=(3, 2)), _params(_RNG, 2, 2, 2, 2, 2, 2, 2)),
]
_X, _ORDERED = _NETWORKS[2]
_NETWORKS.append((_X, dict(reversed(_ORDERED.items()))))


class _OnNetworks(Function):
    """Tell an input by the widths of its network, not by its numbers."""

    def _name(self, case: Sequence[Any]) -> str:
        X, params = case
        ordered = sorted(params, key=lambda name: int(name.split(".")[0]))
        biases = [params[name] for name in ordered if name.endswith("b")]
        widths = "-".join(str(n) for n in [X.shape[1], *map(len, biases)])
        last_first = "" if ordered == list(params) else ", named last to first"
        return f"X of shape {X.shape} and a {widths} network{last_first}"


# 5.4


def mean_distance(outputs: Array, y: Array) -> float:
    """Return the mean of |output - y| for outputs (n, 1) and y (n,)."""
    return float(np.abs(outputs[:, 0] - y).mean())


def _mean_distance_as_given(outputs: Array, y: Array) -> float:
    return float(np.abs(outputs - y).mean())


def _distance_of_means(outputs: Array, y: Array) -> float:
    return float(np.abs(outputs.mean() - y.mean()))


def _summed_distance(outputs: Array, y: Array) -> float:
    return float(np.abs(outputs[:, 0] - y).sum())


def _distance_over_n(outputs: Array, y: Array) -> float:
    return float(np.abs(outputs - y).sum() / len(y))


def _squared_distance(outputs: Array, y: Array) -> float:
    return float(((outputs[:, 0] - y) ** 2).mean())


# 5.5


def to_rows(W: Array, b: Array, X: Array) -> tuple[Array, Array, Array]:
    """Turn a layer and its data, examples in columns, into ours."""
    return W.T, b[:, 0], X.T


def _reshaped(W: Array, b: Array, X: Array) -> tuple[Array, Array, Array]:
    return W.reshape(W.shape[::-1]), b[:, 0], X.reshape(X.shape[::-1])


def _column_kept(W: Array, b: Array, X: Array) -> tuple[Array, Array, Array]:
    return W.T, b, X.T


def _examples_kept(W: Array, b: Array, X: Array) -> tuple[Array, Array, Array]:
    return W.T, b[:, 0], X


# 5.6

_SHAPES = {"0.W": (2, 3), "0.b": (3,), "2.W": (3, 1), "2.b": (1,)}
_PAIRS = np.array(
    [
        *([3, 1], [1, 3], [0, 0], [2, 2]),
        *([-1, -4], [-4, -1], [-2, 5], [5, -2]),
        *([0.3, -0.7], [-1e12, -2e12]),
    ],
    dtype=float,
)


def larger_of_two() -> dict[str, Array]:
    """Return the parameters of a 2-3-1 network: the maximum."""
    return {
        "0.W": np.array([[1.0, 0.0, 0.0], [-1.0, 1.0, -1.0]]),
        "0.b": np.zeros(3),
        "2.W": np.array([[1.0], [1.0], [-1.0]]),
        "2.b": np.zeros(1),
    }


def _judge_maximum(answer: Any) -> str:
    """Say for which pair of numbers the network is wrong."""
    if not isinstance(answer, Mapping) or set(answer) != set(_SHAPES):
        return f"The answer must be a dict with the names {list(_SHAPES)}."
    params = {k: np.asarray(v, dtype=float) for k, v in answer.items()}
    for name, shape in _SHAPES.items():
        if params[name].shape != shape:
            return (
                f"`{name}` must have the shape {shape}, yours has "
                f"{params[name].shape}."
            )
    came = forward(_PAIRS, params)[:, 0]
    larger = _PAIRS.max(axis=1)
    off = ~(np.abs(came - larger) <= 1e-6 * np.maximum(1, np.abs(larger)))
    if not off.any():
        return ""
    pair = _PAIRS[off][0]
    said = (
        f"For x = ({pair[0]:g}, {pair[1]:g}) your network answers "
        f"{came[off][0]:.4g}; that is not the larger of the two."
    )
    if not off[:-2].any():
        said += " A bias carries negative numbers past a ReLU only so far."
    elif not off[(_PAIRS >= 0).all(axis=1)].any():
        said += " It is right wherever both numbers are at least 0."
    return said


def _without_negatives() -> dict[str, Array]:
    params = larger_of_two()
    params["2.W"] = np.array([[1.0], [1.0], [0.0]])
    return params


def _lifted_by_a_bias() -> dict[str, Array]:
    params = _without_negatives()
    params["0.b"] = np.array([0.0, 1000.0, 0.0])
    params["2.b"] = np.array([-1000.0])
    return params


def _units_by_inputs() -> dict[str, Array]:
    params = larger_of_two()
    params["0.W"] = params["0.W"].T
    return params


EXERCISES: list[Exercise] = [
    Value(
        title="A network by hand",
        level="easy",
        solution=two_two_one,
        hints=[
            "Each column of the first weight matrix belongs to one hidden "
            "unit: multiply it with the input entry by entry, add up, and "
            "add the unit's bias.",
            "Only positive weighted sums reach the second layer. One of the "
            "two hidden units is silent.",
        ],
        mistakes=[
            Mistake(
                [0.7, -1.2, 2.95],
                "The weighted sums are right. Between them and the logit a "
                "step of the network is missing.",
            ),
            Mistake(
                [0.7, 0, 0.55],
                "The second number is what leaves the ReLU. The weighted sum "
                "is what goes into it.",
            ),
            Mistake(
                [1.4, 0.2, 1.2],
                "It looks as if each hidden unit took a row of the first "
                "weight matrix. In this book a unit's weights stand in a "
                "column.",
            ),
            Mistake(
                [0.6, -1.4, 0.9],
                "The biases seem to be missing, in both layers.",
            ),
            Mistake(
                [0.7, -1.2, 1.05],
                "The weighted sums are right. The output has a bias too.",
            ),
        ],
    ),
    Value(
        title="The cost of a batch",
        level="easy",
        solution=multiplications,
        tolerance=0.5,
        hints=[
            "In a dense layer every input of an example is multiplied once "
            "for every unit.",
            "There are three dense layers. Add up what one example costs "
            "them, then think of the batch.",
        ],
        mistakes=[
            Mistake(
                2720,
                "That is what one example costs. The batch has more.",
            ),
            Mistake(
                138900,
                "It looks as if the biases were counted too. They are added, "
                "not multiplied.",
            ),
            Mistake(
                2720 + 58,
                "That is the number of parameters. It differs from the number "
                "of multiplications in two ways.",
            ),
        ],
    ),
    _OnNetworks(
        title="A forward pass without classes",
        level="medium",
        solution=forward,
        cases=_NETWORKS,
        hints=[
            "The layers' numbers are the parts of the names before the dot. "
            "Collect each once, and go through them in order.",
            'As texts, "10" comes before "2". Sort numbers.',
            "Keep the weighted sums in one name and the activations in "
            "another. Which of the two does the last layer return?",
        ],
        mistakes=[
            Mistake(
                _forward_by_name,
                "It is right for small networks and wrong for deep ones. Look "
                "at the order in which the layers are taken.",
            ),
            Mistake(
                _forward_as_listed,
                "It is right only if the dictionary happens to be in order. "
                "Look at what tells you which layer comes first.",
            ),
            Mistake(
                _forward_all_relu,
                "No logit is ever negative in what you return. Look at what "
                "happens after the last layer.",
            ),
            Mistake(
                _forward_no_relu,
                "The layers follow each other directly, so they are worth no "
                "more than a single one.",
            ),
            Mistake(
                _forward_no_bias,
                "The names that end in b do not seem to be used.",
            ),
        ],
    ),
    Function(
        title="Find the bug: a mean that is too large",
        level="medium",
        solution=mean_distance,
        cases=[
            (np.array([[1.0], [2.0], [5.0]]), np.array([1.0, 2.0, 5.0])),
            (np.array([[0.5], [-1.0]]), np.array([-1.0, 1.0])),
            (np.array([[3.0]]), np.array([1.0])),
        ],
        hints=[
            "Print the shape of the difference for three examples.",
            "A column and a vector meet. See the section on broadcasting in "
            "the refresher: which of the two is stretched, and how?",
        ],
        mistakes=[
            Mistake(
                _mean_distance_as_given,
                "This is the function as it was given, or one that does the "
                "same. It takes the mean of more numbers than there are "
                "examples.",
            ),
            Mistake(
                _distance_of_means,
                "The means are taken too early: errors of opposite sign then "
                "cancel.",
            ),
            Mistake(
                _summed_distance,
                "It grows with the number of examples. A mean does not.",
            ),
            Mistake(
                _distance_over_n,
                "The divisor is right, but the sum still has more terms than "
                "there are examples.",
            ),
            Mistake(
                _squared_distance,
                "These are squares. The distance is the absolute value.",
            ),
        ],
    ),
    Function(
        title="Translate a layer",
        level="medium",
        solution=to_rows,
        cases=[
            (
                np.array([[0.4, -0.2, 0.6], [0.1, 0.5, -0.3]]),
                np.array([[0.1], [-0.1]]),
                np.array([[0.5], [0.3], [0.8]]),
            ),
            (
                np.array([[1.0, 2.0], [3.0, 4.0]]),
                np.array([[5.0], [6.0]]),
                np.arange(6.0).reshape(2, 3),
            ),
            (np.array([[2.0]]), np.array([[0.0]]), np.array([[1.0, 2.0]])),
        ],
        hints=[
            "What stands in the rows of each array, and what should stand "
            "there? Write the shapes side by side.",
            "Two of the three arrays swap rows and columns. The third loses "
            "an axis.",
        ],
        mistakes=[
            Mistake(
                _reshaped,
                "The shapes are right and the entries are in the wrong "
                "places: to reshape keeps the order of the entries.",
            ),
            Mistake(
                _column_kept,
                "The bias is still a column. Added to a row for each example, "
                "it would not do what it should.",
            ),
            Mistake(
                _examples_kept,
                "The examples still stand in the columns.",
            ),
        ],
    ),
    Experiment(
        title="A network that takes the maximum",
        level="hard",
        solution=larger_of_two,
        judge=_judge_maximum,
        hints=[
            "The larger of two numbers is one of them plus what the other has "
            "more, if it has more. One ReLU says the second part.",
            "The first part, a number itself, must survive a ReLU even when "
            "it is negative. The section on the plane folds with two ReLUs; "
            "this is a relative of that.",
            "A number is its positive part minus the positive part of its "
            "opposite. That takes two of the three units.",
        ],
        mistakes=[
            Mistake(
                _without_negatives(),
                "It is right wherever both numbers are at least 0.",
            ),
            Mistake(
                _lifted_by_a_bias(),
                "A bias carries negative numbers past a ReLU only so far.",
            ),
            Mistake(
                _units_by_inputs(),
                "`0.W` must have the shape (2, 3), yours has (3, 2).",
            ),
            Mistake(
                {"0.W": np.eye(2), "0.b": np.zeros(2)},
                "The answer must be a dict with the names "
                "['0.W', '0.b', '2.W', '2.b'].",
            ),
        ],
    ),
]
