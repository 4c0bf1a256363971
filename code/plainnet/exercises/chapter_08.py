"""Exercises of the chapter on gradient descent and SGD."""

import math
from collections.abc import Mapping
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
from plainnet.optimizers import Momentum

# 8.1


def steps_of_training() -> list[int]:
    """Return steps an epoch, rows of the last batch, and steps in all."""
    steps = math.ceil(60_000 / 128)
    last = 60_000 - 128 * (steps - 1)
    return [steps, last, 10 * steps]


# 8.2


def four_points() -> list[float]:
    """Return w after one and two steps: with momentum, then Nesterov's."""
    first = -0.1 * 2 * 3.0  # the velocity after one step, of both kinds
    w = 3.0 + first
    v = 0.5 * first - 0.1 * 2 * w
    ahead = 3.0 + 0.5 * first - 0.1 * 2 * 3.0
    u = 0.5 * first - 0.1 * 2 * ahead
    return [w, w + v, ahead, ahead + 0.5 * u - 0.1 * 2 * ahead]


# 8.3


def cut(order: Array, batch_size: int) -> list[Array]:
    """Cut an order of examples into batches, the last one perhaps small."""
    starts = range(0, len(order), batch_size)
    return [order[start : start + batch_size] for start in starts]


def _whole_batches_only(order: Array, batch_size: int) -> list[Array]:
    count = len(order) // batch_size
    return [order[k * batch_size : (k + 1) * batch_size] for k in range(count)]


def _one_too_many(order: Array, batch_size: int) -> list[Array]:
    starts = range(0, len(order) + 1, batch_size)
    return [order[start : start + batch_size] for start in starts]


def _refilled(order: Array, batch_size: int) -> list[Array]:
    count = math.ceil(len(order) / batch_size)
    rows = np.arange(count * batch_size) % len(order)
    return list(order[rows].reshape(count, batch_size))


def _equal_parts(order: Array, batch_size: int) -> list[Array]:
    count = math.ceil(len(order) / batch_size)
    return np.array_split(order, count)


def _dealt_out(order: Array, batch_size: int) -> list[Array]:
    count = math.ceil(len(order) / batch_size)
    return [order[k::count] for k in range(count)]


# 8.4


def three_phases(step: int, rate: float, up: int, hold: int, down: int) -> Any:
    """Return the rate of a step: climb in a line, hold, fall in a line."""
    if step < up:
        return rate * (step + 1) / up
    done = (step - up - hold) / down
    return rate * (1 - min(max(done, 0.0), 1.0))


def _from_zero(step: int, rate: float, up: int, hold: int, down: int) -> Any:
    done = (step - up - hold) / down
    fall = 1 - min(max(done, 0.0), 1.0)
    return rate * step / up if step < up else rate * fall


def _no_end(step: int, rate: float, up: int, hold: int, down: int) -> Any:
    if step < up:
        return rate * (step + 1) / up
    return rate * (1 - max(step - up - hold, 0) / down)


def _no_hold(step: int, rate: float, up: int, hold: int, down: int) -> Any:
    return three_phases(step, rate, up, 0, down)


def _falls_at_once(
    step: int, rate: float, up: int, hold: int, down: int
) -> Any:
    return three_phases(step + (step >= up + hold), rate, up, hold, down)


def _counts_anew(step: int, rate: float, up: int, hold: int, down: int) -> Any:
    if step < up:
        return rate * (step + 1) / up
    return rate * (1 - min(max((step - hold) / down, 0.0), 1.0))


# 8.5


def settings() -> dict[str, float]:
    """Return a rate and a momentum that cross the valley in time."""
    kappa = 200 / 0.5
    root = (math.sqrt(kappa) - 1) / (math.sqrt(kappa) + 1)
    return {"rate": (1 + root) ** 2 / 200, "momentum": root**2}


def _judge_settings(answer: Any) -> str:
    wanted = {"rate", "momentum"}
    if not isinstance(answer, Mapping) or set(answer) != wanted:
        return "The answer must be a dict with the keys `rate` and `momentum`."
    rate, momentum = float(answer["rate"]), float(answer["momentum"])
    if not 0 <= momentum < 1 or not rate > 0:
        return "The rate must be above 0; the momentum at least 0 and below 1."
    steps = _steps_down(rate, momentum)
    if steps == 0:
        return (
            "The point flies out of the valley: one direction is too steep "
            "for this rate."
        )
    if steps <= 160:
        return ""
    said = f"It takes {steps} steps, and 160 are allowed."
    if momentum < 0.5:
        return f"{said} With so little momentum the flat direction waits."
    if momentum > 0.96:
        return f"{said} With so much momentum the point swings for long."
    return f"{said} Which direction is the last to arrive?"


def _steps_down(rate: float, momentum: float) -> int:
    """Count the steps from (1, 1) to below a thousandth; 0 if it flies off."""
    curvature = np.array([0.5, 200.0])
    params = {"w": np.ones(2)}
    optimizer = Momentum(rate, momentum)
    for step in range(1, 3000):
        optimizer.step(params, {"w": curvature * params["w"]})
        largest = float(np.abs(params["w"]).max())
        if largest > 1e6:
            return 0
        if largest < 1e-3:
            return step
    return 3000


EXERCISES: list[Exercise] = [
    Value(
        title="Count the steps",
        level="easy",
        solution=steps_of_training,
        hints=(
            "How many whole batches fit into the training set, and how many "
            "examples are left over?",
            "What is left over makes a batch too, and a step of its own.",
        ),
        mistakes=[
            Mistake(
                [468, 96, 4680],
                "The left-over examples are counted right. Do they get no "
                "step?",
            ),
            Mistake(
                [468, 128, 4680],
                "Multiply 468 by 128. Has every example been in a batch?",
            ),
            Mistake(
                [469, 128, 4690],
                "The steps are right. But is the last batch full?",
            ),
            Mistake(
                [468.75, 96, 4687.5],
                "There is no three quarters of a step. What happens to the "
                "examples that do not fill a batch?",
            ),
            Mistake(
                [469, 96, 4688],
                "An epoch is counted right. Are the left-over examples of "
                "one epoch put together with those of the next?",
            ),
        ],
    ),
    Value(
        title="Two steps of each kind",
        level="easy",
        solution=four_points,
        hints=(
            "Write a table with a row for each step: the slope at the "
            "present w, the new v, the new w.",
            "In Nesterov's form the new v is computed as before. What "
            "differs is what is added to w: a part of the new v, and the "
            "slope's share once more.",
        ),
        mistakes=[
            Mistake(
                [2.4, 1.92, 2.4, 1.92],
                "This is gradient descent without memory. The second step "
                "must keep a part of the first.",
            ),
            Mistake(
                [2.4, 1.62, 2.4, 1.62],
                "The first two are right. In Nesterov's form even the first "
                "step is another.",
            ),
            Mistake(
                [2.7, 2.28, 2.55, 2.0925],
                "Check the slope of the square of w: there is a factor in "
                "front.",
            ),
            Mistake(
                [2.4, 1.62, 2.4, 1.44],
                "Momentum is right. In Nesterov's form even the first step "
                "goes farther than the velocity.",
            ),
            Mistake(
                [2.4, 1.32, 2.1, 1.08],
                "The first steps are right. Is the second slope taken at "
                "the new point?",
            ),
        ],
    ),
    Function(
        title="The batch that is lost",
        level="medium",
        solution=cut,
        hints=(
            "Try it with five examples and batches of two. Which example "
            "does no batch hold?",
            "Think of where the batches start, not of how many there are. A "
            "slice that reaches past the end stops at the end.",
        ),
        cases=[
            (np.array([3, 0, 4, 1, 2]), 2),
            (np.arange(12)[::-1].copy(), 4),
            (np.array([2, 0, 1]), 8),
            (np.arange(7), 1),
            (np.array([5, 3, 1, 0, 2, 4, 6, 9, 8, 7]), 4),
        ],
        mistakes=[
            Mistake(
                _whole_batches_only,
                "This is the function as it was given, or one that does the "
                "same: some examples are in no batch.",
            ),
            Mistake(
                _one_too_many,
                "All examples are there. When the batches come out even, "
                "what does the last one hold?",
            ),
            Mistake(
                _refilled,
                "Every batch is full now, because some examples are seen "
                "twice in the epoch.",
            ),
            Mistake(
                _equal_parts,
                "Each example is in one batch. But the batches should have "
                "the size that was asked for, all but the last.",
            ),
            Mistake(
                _dealt_out,
                "Each example is in one batch. But the order that was drawn "
                "is not kept within the batches.",
            ),
        ],
    ),
    Function(
        title="Climb, hold, fall",
        level="medium",
        solution=three_phases,
        hints=(
            "Draw it on paper for `up = 4`, `hold = 3` and `down = 5`, and "
            "mark the rate of each step. Steps count from 0.",
            "At the first step the rate must not be 0: a step with the rate "
            "0 is a step wasted.",
            "In the last phase, count how far it is done, as a number from 0 "
            "to 1. Hold that number back at both ends.",
        ),
        cases=[
            (0, 0.5, 4, 3, 5),
            (3, 0.5, 4, 3, 5),
            (4, 0.5, 4, 3, 5),
            (6, 0.5, 4, 3, 5),
            (7, 0.5, 4, 3, 5),
            (9, 0.5, 4, 3, 5),
            (12, 0.5, 4, 3, 5),
            (40, 0.5, 4, 3, 5),
            (2, 1.0, 10, 0, 2),
        ],
        mistakes=[
            Mistake(
                _from_zero,
                "The plateau and the fall are right. Look at the very first "
                "step.",
            ),
            Mistake(
                _no_end,
                "Right until the end of the fall. What rate does a later "
                "step get?",
            ),
            Mistake(
                _no_hold,
                "The climb is right. Then the rate falls at once: where is "
                "the phase between?",
            ),
            Mistake(
                _falls_at_once,
                "The climb and the hold are right. Which rate should the "
                "first step after the hold have?",
            ),
            Mistake(
                _counts_anew,
                "The climb is right. From which step on does the fall begin "
                "here, and from which should it?",
            ),
        ],
    ),
    Experiment(
        title="Across the valley in time",
        level="hard",
        solution=settings,
        hints=(
            "What is the condition number here? Compare it with that of the "
            "chapter's valley.",
            "The section on what momentum buys has a formula for the best "
            "rate and the best momentum. Start there.",
            "Then vary the rate a little to either side, and after that the "
            "momentum.",
        ),
        mistakes=[
            Mistake(
                {"rate": 0.009, "momentum": 0.0},
                "With so little momentum the flat direction waits.",
            ),
            Mistake(
                {"rate": 0.05, "momentum": 0.9},
                "The point flies out of the valley: one direction is too "
                "steep for this rate.",
            ),
            Mistake(
                {"rate": 0.015, "momentum": 0.99},
                "With so much momentum the point swings for long.",
            ),
            Mistake(
                {"rate": 0.001, "momentum": 0.9},
                "Which direction is the last to arrive?",
            ),
            Mistake(
                {"rate": 0.01, "momentum": 1.0},
                "The rate must be above 0; the momentum at least 0 and below "
                "1.",
            ),
        ],
        judge=_judge_settings,
    ),
]
