"""initializers.py: the variances that chapter 10 derives, and bad input."""

import numpy as np
import pytest
from plainnet.initializers import he_normal, normal, xavier_normal, zeros
from reference import frozen

RANDOM = [normal, he_normal, xavier_normal]
FANS = [(300, 500), (500, 300), (784, 10), (1000, 1000)]


def by_formula(init, fan_in, fan_out):
    """Compute the variance that the initializer is meant to have."""
    return {
        normal: 0.01**2,
        he_normal: 2 / fan_in,
        xavier_normal: 2 / (fan_in + fan_out),
    }[init]


@pytest.mark.parametrize(("fan_in", "fan_out"), FANS)
@pytest.mark.parametrize("init", RANDOM)
def test_mean_variance_and_bell_shape(init, fan_in, fan_out, rng):
    draw = init(fan_in, fan_out, rng)
    variance = by_formula(init, fan_in, fan_out)
    count = draw.size
    # Five standard errors of each statistic of a normal sample.
    assert abs(draw.mean()) < 5 * np.sqrt(variance / count)
    assert abs(draw.var() / variance - 1) < 5 * np.sqrt(2 / count)
    kurtosis = np.mean(draw**4) / np.mean(draw**2) ** 2
    assert abs(kurtosis - 3) < 5 * np.sqrt(24 / count)


def test_normal_takes_a_scale(rng):
    assert normal(400, 400, rng, scale=0.5).std() == pytest.approx(0.5, 0.01)


def test_he_is_wider_than_xavier_by_the_ratio_of_the_formulas():
    def same_draw(init, fan_in, fan_out):
        return init(fan_in, fan_out, np.random.default_rng(1))

    square = same_draw(he_normal, 9, 9) / same_draw(xavier_normal, 9, 9)
    np.testing.assert_allclose(square, np.sqrt(2))
    wide = same_draw(he_normal, 10, 40) / same_draw(xavier_normal, 10, 40)
    np.testing.assert_allclose(wide, np.sqrt((10 + 40) / 10))


def test_zeros_are_zero_and_draw_nothing(rng):
    before = frozen(rng)
    np.testing.assert_array_equal(zeros(3, 2, rng), np.zeros((3, 2)))
    assert frozen(rng) == before


@pytest.mark.parametrize("init", [zeros, *RANDOM])
def test_shape_type_and_repeatability(init):
    first = init(4, 7, np.random.default_rng(5))
    assert first.shape == (4, 7)
    assert first.dtype == np.float64
    again = init(4, 7, np.random.default_rng(5))
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("rng", [None, 0, np.random, np.random.RandomState(0)])
@pytest.mark.parametrize("init", RANDOM)
def test_an_rng_is_a_generator(init, rng):
    with pytest.raises(TypeError, match=r"rng must be .*Generator"):
        init(3, 2, rng)
