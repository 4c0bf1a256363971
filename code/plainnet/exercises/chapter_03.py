"""Exercises of chapter 3, from logistic units to a network."""

import functools
import itertools
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from plainnet._types import Array
from plainnet.activations import sigmoid
from plainnet.data import make_xor
from plainnet.exercises._core import (
    Exercise,
    Experiment,
    Function,
    Mistake,
    Value,
)
from plainnet.initializers import normal
from plainnet.layers import Sigmoid
from plainnet.losses import binary_cross_entropy
from plainnet.network import mlp
from plainnet.optimizers import SGD
from plainnet.training import train_step

_rng = np.random.default_rng(0)


def weak_weights() -> list[float]:
    """Return h1, h2 and the logit of the weak network for the input (1, 0)."""
    x = np.array([1.0, 0.0])
    h = sigmoid(x @ np.array([[2.0, -2.0], [2.0, -2.0]]) + np.array([-1, 3]))
    logit = h @ np.array([2.0, 2.0]) - 3
    return [*h.tolist(), float(logit)]


def two_layers(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Array:
    """Return the logits (n, K) of a network with one hidden layer."""
    H = sigmoid(X @ W1 + b1)
    return H @ W2 + b2


def _bent_too_early(
    X: Array, W1: Array, b1: Array, W2: Array, b2: Array
) -> Array:
    H = sigmoid(X) @ W1 + b1
    return H @ W2 + b2


def _never_bent(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Array:
    return (X @ W1 + b1) @ W2 + b2


def _bent_twice(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Array:
    return sigmoid(two_layers(X, W1, b1, W2, b2))


def _bias_outside(
    X: Array, W1: Array, b1: Array, W2: Array, b2: Array
) -> Array:
    return (sigmoid(X @ W1) + b1) @ W2 + b2


def staircase(x: Array, edges: Array, heights: Array, steep: float) -> Array:
    """Return at x (n,) a sum of sigmoid bumps, one for each height."""
    steps = sigmoid(steep * (x[:, None] - edges))
    return (steps[:, :-1] - steps[:, 1:]) @ heights


def _never_down(x: Array, edges: Array, heights: Array, steep: float) -> Array:
    return sigmoid(steep * (x[:, None] - edges[:-1])) @ heights


def _shifted(x: Array, edges: Array, heights: Array, steep: float) -> Array:
    steps = sigmoid(steep * x[:, None] - edges)
    return (steps[:, :-1] - steps[:, 1:]) @ heights


def _hanging(x: Array, edges: Array, heights: Array, steep: float) -> Array:
    return -staircase(x, edges, heights, steep)


def parity_network() -> dict[str, Any]:
    """Return the parameters of a 3-3-1 network that tells odd from even."""
    return {
        "W1": np.full((3, 3), 10.0),
        "b1": np.array([-5.0, -15.0, -25.0]),  # at least 1, 2, 3 ones
        "W2": np.array([[10.0], [-10.0], [10.0]]),
        "b2": np.array([-5.0]),
    }


_SHAPES = {"W1": (3, 3), "b1": (3,), "W2": (3, 1), "b2": (1,)}


def _judge_parity(answer: Any) -> str:
    if not isinstance(answer, Mapping) or set(answer) != set(_SHAPES):
        return f"The answer is a dict with the keys {list(_SHAPES)}."
    given = {k: np.asarray(answer[k], dtype=float) for k in _SHAPES}
    for name, shape in _SHAPES.items():
        if given[name].shape != shape:
            each = "column" if name[0] == "W" else "number"
            return (
                f"Your {name} has shape {given[name].shape}, this network "
                f"needs {shape}: a {each} for each unit."
            )
    X = np.array(list(itertools.product([0.0, 1.0], repeat=3)))
    p = sigmoid(two_layers(X, **given))[:, 0]
    odd = X.sum(axis=1) % 2
    wrong = ~((p > 0.5) == odd)
    if wrong.all():
        return (
            "All 8 answers are the contrary of the truth. So your network "
            "does tell odd from even: what does the last unit make of it?"
        )
    if wrong.any():
        k = int(np.argmax(wrong))
        return (
            f"{int((~wrong).sum())} of the 8 inputs are right. The first that "
            f"is not is {X[k].astype(int).tolist()}, with the probability "
            f"{p[k]:.3f}: look at what your hidden units say there."
        )
    if not (np.abs(p - odd) < 0.1).all():
        return (
            "All 8 answers fall on the right side, but not all are sure to "
            "0.1. How did the chapter make its units surer?"
        )
    return ""


def _or_and_nand() -> dict[str, Any]:
    return {
        "W1": [[10.0, -10.0, 0.0], [10.0, -10.0, 0.0], [0.0, 0.0, 0.0]],
        "b1": [-5.0, 15.0, 0.0],
        "W2": [[10.0], [10.0], [0.0]],
        "b2": [-15.0],
    }


def _contrary() -> dict[str, Any]:
    right = parity_network()
    return right | {"W2": -right["W2"], "b2": -right["b2"]}


def _weak_parity() -> dict[str, Any]:
    right = parity_network()
    return right | {"W2": right["W2"] / 4, "b2": right["b2"] / 4}


def starts() -> dict[float, list[float]]:
    """Return the final losses of 20 runs for each size of the start."""
    X, y = make_xor()
    losses: dict[float, list[float]] = {}
    for scale in (0.1, 1.0, 10.0):
        losses[scale] = []
        for seed in range(20):
            rng, init = (
                np.random.default_rng(seed),
                partial(normal, scale=scale),
            )
            net = mlp((2, 2, 1), rng=rng, activation=Sigmoid, init=init)
            for _ in range(600):
                loss = train_step(
                    net, binary_cross_entropy, SGD(2.0), X, y[:, None]
                )
            losses[scale].append(loss)
    return losses


_measured = functools.cache(starts)


def _judge_starts(answer: Any) -> str:
    if not isinstance(answer, Mapping) or set(answer) != {0.1, 1.0, 10.0}:
        return (
            "The answer is a dict with the keys 0.1, 1.0 and 10.0: numbers, "
            "not strings."
        )
    for scale, ours in _measured().items():
        losses = np.ravel(np.asarray(answer[scale], dtype=float))
        if len(losses) != len(ours):
            return (
                f"For the scale {scale} there should be {len(ours)} final "
                f"losses, one for each seed, and there are {len(losses)}: a "
                "share of few runs says little."
            )
        if len(np.unique(losses)) == 1:
            return (
                f"For the scale {scale} all losses are equal to the last "
                "digit: does every run have a seed of its own?"
            )
        solved = int((losses < 0.1).sum())
        if abs(solved - int((np.array(ours) < 0.1).sum())) > 2:
            return (
                f"For the scale {scale} you have {solved} runs with a loss "
                "below 0.1, our runs have another number. Seeds 0 to 19, each "
                "with a new generator and network? 600 steps, no fewer?"
            )
    return ""


EXERCISES: list[Exercise] = [
    Value(
        title="The same signs, weaker weights",
        level="easy",
        solution=weak_weights,
        hints=(
            "Begin with the weighted sum of each hidden unit. For the input "
            "(1, 0) only one weight of each unit counts, and its bias.",
            "Both weighted sums come out equal. `1 / (1 + np.exp(-z))` turns "
            "them into what the last unit reads.",
            "The last unit multiplies what it reads by its two weights and "
            "adds its bias. The logit is that sum: no sigmoid any more.",
        ),
        mistakes=[
            Mistake(
                [1.0, 1.0, 1.0],
                "These are units that jump from 0 to 1. A sigmoid with weak "
                "weights does not say a clear yes.",
            ),
            Mistake(
                [0.8808, 0.1192, -1.0],
                "Something was left out of the two hidden units: what does a "
                "unit add to its weighted inputs?",
            ),
            Mistake(
                [0.7311, 0.7311, 0.4811],
                "The hidden units are right. The third number is the "
                "probability; asked for is what comes before the last "
                "sigmoid.",
            ),
            Mistake(
                [0.9933, 0.9933, 4.8661],
                "These are the numbers of the chapter's own network. Here all "
                "weights and biases are smaller.",
            ),
            Mistake(
                [0.7311, 0.2689, -1.0],
                "The first hidden unit is right. The bias of NAND is 3: which "
                "sign has its weighted sum for (1, 0)?",
            ),
            Mistake(
                [0.73, 0.73, -0.08],
                "That is rounded to two digits; asked for are three. And "
                "carry more than you write down: the logit is a small "
                "difference of larger numbers.",
            ),
            Mistake(
                [1.0, 1.0, -0.0758],
                "The third number is right. The first two are the weighted "
                "sums of the hidden units, before the sigmoid.",
            ),
        ],
    ),
    Function(
        title="A network that got its order wrong",
        level="medium",
        solution=two_layers,
        hints=(
            "All shapes fit, so no message will help. Take one unit of the "
            "chapter and say aloud in which order it does its three things.",
            "What does a hidden unit bend: each of its inputs, or the one "
            "number that it makes of them?",
        ),
        cases=[
            (
                np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]),
                np.array([[10.0, -10.0], [10.0, -10.0]]),
                np.array([-5.0, 15.0]),
                np.array([[10.0], [10.0]]),
                np.array([-15.0]),
            ),
            (
                _rng.normal(size=(1, 3)),
                _rng.normal(size=(3, 5)),
                _rng.normal(size=5),
                _rng.normal(size=(5, 2)),
                _rng.normal(size=2),
            ),
            (
                np.array([[1000.0], [-1000.0]]),
                np.array([[1.0, -2.0]]),
                np.array([0.5, -0.5]),
                np.array([[3.0], [1.0]]),
                np.array([0.0]),
            ),
        ],
        mistakes=[
            Mistake(
                _bent_too_early,
                "This is the function as it was given. What does its sigmoid "
                "get to see: weighted sums, or something else?",
            ),
            Mistake(
                _never_bent,
                "Now nothing is bent at all: this function of the input is a "
                "straight one, however many units you give it.",
            ),
            Mistake(
                _bent_twice,
                "These are probabilities. The function is to return what "
                "comes before the last sigmoid.",
            ),
            Mistake(
                _bias_outside,
                "The first bias is added too late: it should move the place "
                "where the unit bends, not what comes after the bend.",
            ),
        ],
    ),
    Function(
        title="A staircase of sigmoids",
        level="medium",
        solution=staircase,
        hints=(
            "One step up at an edge is a sigmoid that is shifted to the edge "
            "and pressed together by `steep`. Write that for one edge first.",
            "A bump goes up at its left edge and down again at its right "
            "one: a difference of two steps.",
            "`x[:, None]` against `edges` makes one column of steps for each "
            "edge. Neighbouring columns make the bumps; a matrix product "
            "gives each bump its height.",
        ),
        cases=[
            (
                np.array([-1.0, 0.5, 1.5, 3.0]),
                np.array([0.0, 1.0, 2.0]),
                np.array([2.0, -1.0]),
                50.0,
            ),
            (np.array([0.0]), np.array([-1.0, 1.0]), np.array([3.0]), 2.0),
            (
                _rng.normal(size=9),
                np.sort(_rng.normal(size=6)),
                _rng.normal(size=5),
                8.0,
            ),
        ],
        mistakes=[
            Mistake(
                _never_down,
                "Your steps go up and never come down, so the heights pile "
                "up from left to right.",
            ),
            Mistake(
                _shifted,
                "Your steps are in the wrong places when `steep` is not 1: "
                "at which `x` is the argument of your sigmoid 0?",
            ),
            Mistake(
                _hanging,
                "Your staircase hangs upside down: which of the two steps of "
                "a bump is taken from which?",
            ),
        ],
    ),
    Experiment(
        title="Odd or even",
        level="hard",
        solution=parity_network,
        judge=_judge_parity,
        hints=(
            "The answer depends only on how many ones there are. Which "
            "questions about that number can a single unit answer?",
            "OR asks for at least one, AND for all. Let the three hidden "
            "units ask for at least one, at least two and at least three.",
            "With 0, 1, 2 and 3 ones, how many of these say yes? The output "
            "has to go up, down and up again: think of the signs of its "
            "weights.",
        ),
        mistakes=[
            Mistake(_or_and_nand(), "4 of the 8 inputs are right."),
            Mistake(
                _weak_parity(),
                "All 8 answers fall on the right side, but not all are sure "
                "to 0.1.",
            ),
            Mistake(
                {**parity_network(), "W2": [10.0, -10.0, 10.0]},
                "Your W2 has shape (3,), this network needs (3, 1): a column "
                "for each unit.",
            ),
            Mistake(
                _contrary(), "All 8 answers are the contrary of the truth."
            ),
            Mistake(
                {**parity_network(), "b2": -5.0},
                "Your b2 has shape (), this network needs (1,): a number for "
                "each unit.",
            ),
            Mistake(
                {"W1": 1.0},
                f"The answer is a dict with the keys {list(_SHAPES)}.",
            ),
        ],
    ),
    Experiment(
        title="How large should the start be?",
        level="hard",
        solution=starts,
        judge=_judge_starts,
        hints=(
            "`functools.partial(normal, scale=0.1)` is an `init` that `mlp` "
            "accepts; `normal` is in `plainnet.initializers`.",
            "Two loops, over scales and over seeds, and in them the training "
            "loop of the chapter. Keep the loss of the last step.",
        ),
        mistakes=[
            Mistake(
                {0.1: [0.5], 1.0: [0.01], 10.0: [0.5]},
                "For the scale 0.1 there should be 20 final losses, one for "
                "each seed, and there are 1: a share of few runs says little.",
            ),
            Mistake(
                {0.1: [0.5] * 20, 1.0: [0.01] * 20, 10.0: [0.4] * 20},
                "For the scale 0.1 all losses are equal to the last digit: "
                "does every run have a seed of its own?",
            ),
            Mistake(
                {s: np.linspace(0.001, 0.01, 20) for s in (0.1, 1.0, 10.0)},
                "For the scale 0.1 you have 20 runs with a loss below 0.1, "
                "our runs have another number.",
            ),
            Mistake(
                [1, 2, 3],
                "The answer is a dict with the keys 0.1, 1.0 and 10.0: "
                "numbers, not strings.",
            ),
        ],
    ),
]
