"""Learning-rate schedules: functions from the step number to the rate.

Steps count minibatches, from 0, not epochs.
"""

import math

from plainnet._checks import check_fraction, check_positive, check_positive_int
from plainnet._types import Schedule


def constant(rate: float) -> Schedule:
    """Give the same rate at every step."""
    check_positive("rate", rate)
    return lambda step: rate


def step_decay(rate: float, drop: float, every: int) -> Schedule:
    """Multiply the rate by `drop`, in (0, 1), after each `every` steps."""
    check_positive("rate", rate)
    check_positive("drop", drop)
    check_fraction("drop", drop)
    check_positive_int("every", every)
    return lambda step: rate * drop ** (step // every)


def exponential_decay(rate: float, decay: float) -> Schedule:
    """Multiply the rate by `decay`, in (0, 1), after every step."""
    check_positive("rate", rate)
    check_positive("decay", decay)
    check_fraction("decay", decay)
    return lambda step: rate * decay**step


def cosine(rate: float, steps: int, final: float = 0.0) -> Schedule:
    """Glide from `rate` to `final` along half a cosine in `steps` steps.

    References
    ----------
    Loshchilov and Hutter (2017), equation 5, without restarts.
    """
    check_positive("rate", rate)
    check_positive_int("steps", steps)
    if not 0 <= final <= rate:
        raise ValueError(f"final must be in [0, {rate}], got {final}")

    def schedule(step: int) -> float:
        done = min(step / steps, 1)
        return final + (rate - final) * (1 + math.cos(math.pi * done)) / 2

    return schedule


def warmup(schedule: Schedule, steps: int) -> Schedule:
    """Climb to the schedule's first rate in `steps` steps, then follow it."""
    if not callable(schedule):
        raise TypeError(f"schedule must be a function, got {schedule!r}")
    check_positive_int("steps", steps)

    def warmed(step: int) -> float:
        if step < steps:
            return schedule(0) * (step + 1) / steps
        return schedule(step - steps)

    return warmed
