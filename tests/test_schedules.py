"""schedules.py against the formulas, at the edges, and with bad input."""

import math

import numpy as np
import pytest
from plainnet.optimizers import SGD
from plainnet.schedules import (
    constant,
    cosine,
    exponential_decay,
    step_decay,
    warmup,
)


def first(schedule, count):
    """List a schedule's first rates."""
    return [schedule(step) for step in range(count)]


def test_constant():
    assert first(constant(0.3), 4) == [0.3] * 4


def test_step_decay_drops_after_whole_periods():
    expected = [0.8, 0.8, 0.8, 0.4, 0.4, 0.4, 0.2]
    assert first(step_decay(0.8, 0.5, 3), 7) == pytest.approx(expected)


def test_exponential_decay():
    expected = [0.5 * 0.9**step for step in range(30)]
    assert expected == pytest.approx(first(exponential_decay(0.5, 0.9), 30))


def test_cosine_starts_at_the_rate_and_ends_at_the_final_one():
    rates = first(cosine(1.0, 4), 8)
    half = math.sqrt(0.5)
    expected = [1, (1 + half) / 2, 0.5, (1 - half) / 2, 0, 0, 0, 0]
    assert rates == pytest.approx(expected, abs=1e-15)
    rates = first(cosine(0.9, 10, final=0.1), 15)
    assert rates[0] == 0.9
    assert rates[5] == pytest.approx(0.5)
    assert rates[10:] == pytest.approx([0.1] * 5)
    assert rates == sorted(rates, reverse=True)


def test_warmup_climbs_in_a_line_and_hands_over():
    rates = first(warmup(exponential_decay(0.8, 0.5), 4), 8)
    expected = [0.2, 0.4, 0.6, 0.8, 0.8, 0.4, 0.2, 0.1]
    assert rates == pytest.approx(expected)
    assert first(warmup(constant(0.3), 1), 3) == pytest.approx([0.3] * 3)


@pytest.mark.parametrize(
    "schedule",
    [
        constant(0.1),
        step_decay(0.1, 0.5, 7),
        exponential_decay(0.1, 0.99),
        cosine(0.1, 50),
        warmup(cosine(0.1, 50), 10),
    ],
)
def test_rates_are_python_floats_and_usable_forever(schedule):
    for step in (0, 1, 49, 50, 60, 10_000_000):
        rate = schedule(step)
        assert type(rate) is float
        assert 0 <= rate <= 0.1
    optimizer = SGD(schedule)
    param = {"w": np.zeros(1)}
    for _ in range(70):
        optimizer.step(param, {"w": -np.ones(1)})
    assert param["w"][0] == pytest.approx(sum(first(schedule, 70)))


@pytest.mark.parametrize("rate", [0.0, -0.1, np.nan, np.inf])
@pytest.mark.parametrize(
    "make",
    [
        constant,
        lambda rate: step_decay(rate, 0.5, 3),
        lambda rate: exponential_decay(rate, 0.5),
        lambda rate: cosine(rate, 3),
    ],
)
def test_a_rate_is_positive(make, rate):
    with pytest.raises(ValueError, match=f"rate must be.*{rate}"):
        make(rate)


@pytest.mark.parametrize(
    ("make", "name", "found"),
    [
        (lambda: step_decay(1.0, 0.0, 3), "drop", "0"),
        (lambda: step_decay(1.0, 1.5, 3), "drop", r"1\.5"),
        (lambda: step_decay(1.0, 0.5, 0), "every", "0"),
        (lambda: exponential_decay(1.0, 0.0), "decay", "0"),
        (lambda: exponential_decay(1.0, 1.01), "decay", r"1\.01"),
        (lambda: cosine(1.0, 0), "steps", "0"),
        (lambda: cosine(1.0, 5, final=-0.1), "final", r"-0\.1"),
        (lambda: cosine(1.0, 5, final=2.0), "final", r"2\.0"),
        (lambda: cosine(1.0, 5, final=np.nan), "final", "nan"),
        (lambda: warmup(constant(1.0), 0), "steps", "0"),
    ],
)
def test_a_bad_value_is_named(make, name, found):
    with pytest.raises(ValueError, match=f"{name} must be.*{found}"):
        make()


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: step_decay(1.0, 0.5, 2.5), "every"),
        (lambda: cosine(1.0, 10.5), "steps"),
        (lambda: warmup(constant(1.0), 2.5), "steps"),
        (lambda: warmup(0.1, 5), "schedule"),
        (lambda: constant("0.1"), "rate"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(make, name):
    with pytest.raises(TypeError, match=f"{name} must be"):
        make()
