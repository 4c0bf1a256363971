"""activations.py against SciPy, formulas on paper and central differences."""

import math

import numpy as np
import pytest
from plainnet.activations import (
    leaky_relu,
    leaky_relu_derivative,
    log_softmax,
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    softmax,
    tanh,
    tanh_derivative,
)
from reference import central_difference, frozen, off_the_kink, worst_error
from scipy import special

ELEMENTWISE = [sigmoid, tanh, relu, leaky_relu]
DERIVATIVES = [
    sigmoid_derivative,
    tanh_derivative,
    relu_derivative,
    leaky_relu_derivative,
]
ROWWISE = [softmax, log_softmax]


def test_values_by_hand():
    z = np.array([-2.0, 0.0, 3.0])
    np.testing.assert_allclose(sigmoid(np.log([9.0, 0.25])), [0.9, 0.2])
    np.testing.assert_allclose(tanh(z), np.sinh(z) / np.cosh(z))
    np.testing.assert_array_equal(relu(z), [0.0, 0.0, 3.0])
    np.testing.assert_allclose(leaky_relu(z), [-0.02, 0.0, 3.0])
    np.testing.assert_allclose(leaky_relu(z, slope=0.1), [-0.2, 0.0, 3.0])
    np.testing.assert_allclose(leaky_relu(z, 0.1), [-0.2, 0.0, 3.0])


def test_tanh_is_a_stretched_sigmoid(rng):
    z = rng.normal(scale=3, size=100)
    np.testing.assert_allclose(tanh(z), 2 * sigmoid(2 * z) - 1, atol=1e-15)


def test_sigmoid_against_scipy_far_into_both_tails():
    z = np.linspace(-700.0, 700.0, 2001)
    np.testing.assert_allclose(sigmoid(z), special.expit(z), rtol=1e-13)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1e3, 1e4])
def test_sigmoid_saturates_without_a_warning(dtype, size):
    z = np.array([-size, size], dtype)
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        np.testing.assert_array_equal(sigmoid(z), [0.0, 1.0])
        np.testing.assert_array_equal(sigmoid_derivative(z), [0.0, 0.0])


def test_sigmoid_derivative_peaks_at_a_quarter():
    slopes = sigmoid_derivative(np.linspace(-5, 5, 101))
    assert slopes.max() == sigmoid_derivative(np.zeros(1))[0] == 0.25


def test_derivatives_where_the_kink_is():
    zero = np.array([0.0, -0.0])
    np.testing.assert_array_equal(relu_derivative(zero), [0.0, 0.0])
    np.testing.assert_array_equal(leaky_relu_derivative(zero), [0.01] * 2)
    np.testing.assert_array_equal(leaky_relu_derivative(zero, 0.1), [0.1] * 2)
    both = np.array([-1.5, 1.5])
    np.testing.assert_array_equal(relu_derivative(both), [0.0, 1.0])
    np.testing.assert_array_equal(leaky_relu_derivative(both, 0.2), [0.2, 1])


@pytest.mark.parametrize(
    ("function", "derivative"),
    [
        (sigmoid, sigmoid_derivative),
        (tanh, tanh_derivative),
        (relu, relu_derivative),
        (leaky_relu, leaky_relu_derivative),
        (
            lambda z: leaky_relu(z, 0.3),
            lambda z: leaky_relu_derivative(z, 0.3),
        ),
    ],
)
def test_derivatives_against_central_differences(function, derivative, rng):
    z = off_the_kink(rng, (4, 5))
    numerical = central_difference(lambda: float(function(z).sum()), z)
    assert worst_error(derivative(z), numerical) <= 1e-7


def test_softmax_by_hand():
    np.testing.assert_allclose(
        softmax(np.array([[0.704, 0.016]])), [[0.666, 0.334]], atol=5e-4
    )
    expected = [[0.09003057, 0.24472847, 0.66524096]]
    for start in (0.0, 1000.0, -1000.0):
        z = np.array([[start, start + 1, start + 2]])
        np.testing.assert_allclose(softmax(z), expected, atol=1e-8)


@pytest.mark.parametrize("shape", [(5,), (4, 3), (6, 1), (2, 3, 4)])
def test_softmax_and_its_log_against_scipy(shape, rng):
    z = rng.normal(scale=5, size=shape)
    np.testing.assert_allclose(softmax(z), special.softmax(z, axis=-1))
    np.testing.assert_allclose(
        log_softmax(z), special.log_softmax(z, axis=-1), atol=1e-14
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_softmax_is_finite_at_ten_thousand(dtype):
    z = np.array([[1e4, -1e4, 0.0], [-1e4, -1e4, -1e4]], dtype)
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        p, log_p = softmax(z), log_softmax(z)
    np.testing.assert_allclose(p, [[1, 0, 0], [1 / 3] * 3], rtol=1e-6)
    third = -math.log(3)
    np.testing.assert_allclose(
        log_p, [[0, -2e4, -1e4], [third] * 3], rtol=1e-6
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("function", ELEMENTWISE + DERIVATIVES + ROWWISE)
def test_dtype_and_shape_are_kept_and_the_argument_too(function, dtype, rng):
    z = rng.normal(size=(3, 4)).astype(dtype)
    before = frozen(z)
    result = function(z)
    assert result.dtype == dtype
    assert result.shape == z.shape
    assert not np.shares_memory(result, z)
    assert frozen(z) == before
