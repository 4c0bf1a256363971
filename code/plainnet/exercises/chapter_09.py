"""Exercises of the chapter on Adam."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from plainnet._types import Array
from plainnet.exercises._core import (
    Exercise,
    Experiment,
    Function,
    Mistake,
    Value,
)
from plainnet.optimizers import SGD, Adam, Optimizer

# 9.1


def two_steps() -> list[float]:
    """Return w after one step of Adam and after two."""
    first = 1 - 0.1 * 4 / np.sqrt(16)
    mean = (0.5 * 2 + 0.5 * 1) / (1 - 0.5**2)
    square = (0.8 * 3.2 + 0.2 * 1) / (1 - 0.8**2)
    return [float(first), float(first - 0.1 * mean / np.sqrt(square))]


# 9.2


def running_average(G: Array, beta: float) -> Array:
    """Return the corrected running average of the rows of G, row by row."""
    m, rows = np.zeros(G.shape[1]), []
    for t, g in enumerate(G, 1):
        m = beta * m + (1 - beta) * g
        rows.append(m / (1 - beta**t))
    return np.array(rows)


def _raw_average(G: Array, beta: float) -> Array:
    m, rows = np.zeros(G.shape[1]), []
    for g in G:
        m = beta * m + (1 - beta) * g
        rows.append(m)
    return np.array(rows)


def _correction_kept(G: Array, beta: float) -> Array:
    m, rows = np.zeros(G.shape[1]), []
    for t, g in enumerate(G, 1):
        m = (beta * m + (1 - beta) * g) / (1 - beta**t)
        rows.append(m)
    return np.array(rows)


def _same_correction(G: Array, beta: float) -> Array:
    return _raw_average(G, beta) / (1 - beta)


def _started_at_the_first(G: Array, beta: float) -> Array:
    m, rows = G[0], [G[0]]
    for g in G[1:]:
        m = beta * m + (1 - beta) * g
        rows.append(m)
    return np.array(rows)


# 9.3


def adam(
    params: dict[str, Array], history: Sequence[dict[str, Array]], rate: float
) -> dict[str, Array]:
    """Return the parameters after one step of Adam for each gradients."""
    params = {name: w.copy() for name, w in params.items()}
    m = {name: np.zeros_like(w) for name, w in params.items()}
    v = {name: np.zeros_like(w) for name, w in params.items()}
    for t, grads in enumerate(history, 1):
        for name, g in grads.items():
            m[name] = 0.9 * m[name] + 0.1 * g
            v[name] = 0.999 * v[name] + 0.001 * g * g
            m_hat = m[name] / (1 - 0.9**t)
            v_hat = v[name] / (1 - 0.999**t)
            params[name] -= rate * m_hat / (np.sqrt(v_hat) + 1e-8)
    return params


def _adam_counting(count: Any) -> Any:
    """Return `adam` with another count: of the step and the parameter."""

    def run(
        params: dict[str, Array],
        history: Sequence[dict[str, Array]],
        rate: float,
    ) -> dict[str, Array]:
        after = {}
        for k, name in enumerate(params):
            w = params[name].copy()
            m, v = np.zeros_like(w), np.zeros_like(w)
            for step, grads in enumerate(history):
                t = count(step, k, len(params))
                m = 0.9 * m + 0.1 * grads[name]
                v = 0.999 * v + 0.001 * grads[name] ** 2
                m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
                w -= rate * m_hat / (np.sqrt(v_hat) + 1e-8)
            after[name] = w
        return after

    return run


# 9.4


def as_sgd() -> dict[str, float]:
    """Return settings with which Adam walks like SGD at the rate 0.02."""
    return {
        "learning_rate": 0.02 * 1e8,
        "beta1": 0.0,
        "beta2": 0.999,
        "epsilon": 1e8,
    }


def _walk(optimizer: Optimizer) -> Array:
    """Walk 100 steps down a ravine with some noise; return the path."""
    rng = np.random.default_rng(0)
    params, path = {"w": np.array([-4.0, 1.0])}, []
    for _ in range(100):
        noise = rng.normal(size=2)
        grad = np.array([1.0, 50.0]) * params["w"] + noise
        optimizer.step(params, {"w": grad})
        path.append(params["w"].copy())
    return np.array(path)


def _judge_as_sgd(answer: Any) -> str:
    keys = {"learning_rate", "beta1", "beta2", "epsilon"}
    if not isinstance(answer, Mapping) or set(answer) != keys:
        return (
            "The answer must be a dict with the keys `learning_rate`, "
            "`beta1`, `beta2` and `epsilon`."
        )
    gap = np.abs(_walk(Adam(**answer)) - _walk(SGD(0.02))).max()
    if gap < 1e-4:
        return ""
    found = f"The two paths are up to {gap:.2g} apart"
    if answer["beta1"] > 0.05:
        return f"{found}. SGD remembers no direction: does yours?"
    ratio = answer["learning_rate"] / answer["epsilon"]
    if answer["epsilon"] < 1e3 or abs(ratio / 0.02 - 1) < 0.01:
        return (
            f"{found}. The root of the squares still has a say in the "
            "divisor. What would drown it?"
        )
    return (
        f"{found}. The root is drowned. What is the gradient multiplied by, "
        "then?"
    )


# 9.5


def uphill() -> dict[str, float]:
    """Return a large gradient and two betas that lead Adam uphill."""
    return {"large": 3.0, "beta1": 0.0, "beta2": 0.1}


def _end(optimizer: Optimizer, large: float) -> float:
    """Take 3,000 steps between -1 and 1, and return where they end."""
    params = {"w": np.zeros(1)}
    for step in range(3000):
        g = large if step % 3 == 0 else -1.0
        optimizer.step(params, {"w": np.array([g])})
        np.clip(params["w"], -1, 1, out=params["w"])
    return float(params["w"][0])


def _judge_uphill(answer: Any) -> str:
    keys = {"large", "beta1", "beta2"}
    if not isinstance(answer, Mapping) or set(answer) != keys:
        return (
            "The answer must be a dict with the keys `large`, `beta1` and "
            "`beta2`."
        )
    large = float(answer["large"])
    betas = float(answer["beta1"]), float(answer["beta2"])
    if not 2.1 <= large <= 10:
        return (
            "The large gradient must be at least 2.1 and at most 10. Below "
            "2 the gradients add up to less than 0, and going up is right."
        )
    end = _end(Adam(0.01, *betas), large)
    if end > 0.5:
        return ""
    found = f"Adam ends at {end:+.2f}"
    if betas[0] >= 0.5 or _end(Adam(0.01, 0.0, betas[1]), large) > 0.5:
        return (
            f"{found}. Its direction is averaged over several gradients. "
            "There the large one prevails."
        )
    return (
        f"{found}. All three gradients of a round are divided by nearly the "
        "same number. How long may the memory of the squares be?"
    )


_ROWS = np.array([[2.0, 0.01], [1.0, 0.02], [-1.0, -0.03], [4.0, 0.0]])
_PARAMS = {"W": np.array([[1.0, -1.0]]), "b": np.array([0.5])}
_HISTORY = [
    {"W": np.array([[2.0, 0.1]]), "b": np.array([-1.0])},
    {"W": np.array([[1.0, 0.3]]), "b": np.array([0.5])},
    {"W": np.array([[-1.0, 0.2]]), "b": np.array([3.0])},
]

EXERCISES: list[Exercise] = [
    Value(
        title="Two steps by hand",
        level="easy",
        solution=two_steps,
        hints=(
            "Make a table with the rows of the chapter's. The first step "
            "needs no arithmetic: what are the two corrected averages after "
            "a single gradient?",
            "At the second step, the weights of each average no longer sum "
            "to what they summed to at the first. The correction has a "
            "power in it.",
        ),
        mistakes=[
            Mistake(
                [
                    1 - 0.1 * 2 / np.sqrt(3.2),
                    1 - 0.1 * 2 / np.sqrt(3.2) - 0.1 * 1.5 / np.sqrt(2.76),
                ],
                "Both averages start at 0. Are they averages yet, after one "
                "gradient?",
            ),
            Mistake(
                [0.9, 0.9 - 0.1 * 2 / np.sqrt(2.76 / 0.2)],
                "The first is right. For the second, is each correction "
                "that of the second step?",
            ),
            Mistake(
                [0.9, 0.9 - 0.1 * (2.5 / 0.75) / np.sqrt(13 / 0.36)],
                "The first is right. What goes on to the second step: the "
                "averages, or what the correction made of them?",
            ),
            Mistake(
                [0.975, 0.975 - 0.1 * 2 / (2.76 / 0.36)],
                "The averages look right. What is done to the second one "
                "before it divides?",
            ),
            Mistake(
                [0.8, 0.8 - 0.1 * 2 / np.sqrt(0.84 / 0.36)],
                "The second average is one of squares. Yours is one of the "
                "gradients themselves.",
            ),
        ],
    ),
    Function(
        title="An average from the first step on",
        level="medium",
        solution=running_average,
        hints=(
            "Two things are needed in each round of the loop: what is "
            "carried on to the next round, and what is given out. They are "
            "not the same.",
            "After how many rows does the sum of the weights have the power "
            "of `beta` that you need? Count from 1.",
        ),
        cases=[
            (_ROWS, 0.9),
            (_ROWS[:1], 0.999),
            (np.ones((5, 3)), 0.5),
            (_ROWS, 0.0),
        ],
        mistakes=[
            Mistake(
                _raw_average,
                "This is the average before its correction: try it on rows "
                "that are all equal.",
            ),
            Mistake(
                _correction_kept,
                "The first row is right. Which number goes into the next "
                "round: the one with the correction or the one without?",
            ),
            Mistake(
                _same_correction,
                "The first row is right. The later ones are divided by the "
                "same number as the first.",
            ),
            Mistake(
                _started_at_the_first,
                "An average that starts at the first row needs no "
                "correction, but it is another one: how much does that row "
                "count in it?",
            ),
        ],
    ),
    Function(
        title="Too many steps",
        level="medium",
        solution=adam,
        hints=(
            "Follow `t` through the first gradients of a network with one "
            "weight and one bias. Which number does the bias see?",
            "All parameters take their first step together.",
        ),
        cases=[
            (_PARAMS, _HISTORY, 0.1),
            (_PARAMS, _HISTORY[:1], 0.1),
            ({"b": np.array([0.5])}, _HISTORY[:0], 0.1),
        ],
        mistakes=[
            Mistake(
                _adam_counting(lambda step, k, n: step * n + k + 1),
                "This is the function as it was given, or one that does "
                "the same: with a single parameter it would be right.",
            ),
            Mistake(
                _adam_counting(lambda step, k, n: 1),
                "The first step is right. At the second, your count has "
                "not moved.",
            ),
            Mistake(
                _adam_counting(lambda step, k, n: step + 2),
                "All parameters now see the same count, but it is one too "
                "large from the start.",
            ),
        ],
    ),
    Experiment(
        title="Adam as SGD",
        level="medium",
        solution=as_sgd,
        hints=(
            "Three things set Adam apart from SGD: the averaged direction, "
            "the division, and the length of a step. Each can be switched "
            "off by one of the settings.",
            "The division cannot be left out, but it can be made the same "
            "for all weights and all steps.",
            "If everything is divided by the same large number, how must "
            "the rate change so that nothing changes?",
        ),
        mistakes=[
            Mistake(
                {**as_sgd(), "beta1": 0.9},
                "SGD remembers no direction: does yours?",
            ),
            Mistake(
                {**as_sgd(), "epsilon": 1e-8, "learning_rate": 0.02},
                "What would drown it?",
            ),
            Mistake(
                {**as_sgd(), "learning_rate": 0.02},
                "What is the gradient multiplied by, then?",
            ),
        ],
        judge=_judge_as_sgd,
    ),
    Experiment(
        title="Adam goes uphill",
        level="hard",
        solution=uphill,
        hints=(
            "Write down what happens in one round if the three gradients "
            "are divided by their own sizes: which way does the weight go?",
            "So the memories have to be short: the large gradient must be "
            "divided by its own size, and the two small ones by theirs.",
            "Switch the averaging of the direction off first. Then shorten "
            "the memory of the squares until it holds hardly more than one.",
        ),
        mistakes=[
            Mistake(
                {"large": 3.0, "beta1": 0.9, "beta2": 0.999},
                "There the large one prevails.",
            ),
            Mistake(
                {"large": 3.0, "beta1": 0.0, "beta2": 0.999},
                "How long may the memory of the squares be?",
            ),
            Mistake(
                {"large": 1.5, "beta1": 0.0, "beta2": 0.1},
                "Below 2 the gradients add up to less than 0, and going up "
                "is right.",
            ),
        ],
        judge=_judge_uphill,
    ),
]
