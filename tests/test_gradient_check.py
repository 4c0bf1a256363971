"""gradient_check.py: exact where calculus is, loud where a gradient is not."""

import numpy as np
import pytest
from plainnet.gradient_check import (
    check_network,
    numerical_gradient,
    relative_error,
)
from plainnet.layers import Dense, Dropout, Sigmoid, Tanh
from plainnet.losses import mean_squared_error, softmax_cross_entropy
from plainnet.network import Network, mlp
from reference import central_difference, frozen


def test_numerical_gradient_of_a_cubic(rng):
    x = rng.normal(size=(3, 4))
    slope = numerical_gradient(lambda: float((x**3).sum()), x)
    assert relative_error(slope, 3 * x**2) <= 1e-9
    other = central_difference(lambda: float((x**3).sum()), x)
    assert relative_error(slope, other) <= 1e-12


def test_numerical_gradient_takes_the_step_it_is_given():
    x = np.array([2.0])
    slope = numerical_gradient(lambda: x[0] ** 3, x, step=0.5)
    # ((x + h)^3 - (x - h)^3) / 2h is 3 x^2 + h^2, exactly.
    assert slope[0] == pytest.approx(12.25, rel=1e-14)


def test_numerical_gradient_works_through_a_view(rng):
    base = rng.normal(size=(4, 6))
    x = base[1:, ::2].T
    slope = numerical_gradient(lambda: float((base**2).sum()), x)
    assert relative_error(slope, 2 * x) <= 1e-9


def test_numerical_gradient_of_a_single_number():
    x = np.array(3.0)
    slope = numerical_gradient(lambda: float(x**2), x)
    assert slope.shape == ()
    assert slope == pytest.approx(6, rel=1e-9)


def test_numerical_gradient_puts_x_back_bit_for_bit(rng):
    x = rng.normal(size=(3, 2)) * 1e-9
    before = frozen(x)
    numerical_gradient(lambda: float(x.sum()), x)
    assert frozen(x) == before


@pytest.mark.parametrize("good_calls", [0, 1, 2, 5])
def test_numerical_gradient_puts_x_back_when_f_fails(good_calls, rng):
    x = rng.normal(size=(2, 3))
    before = frozen(x)
    calls = []

    def f():
        calls.append(None)
        if len(calls) > good_calls:
            raise ArithmeticError("f gave up")
        return 0.0

    with pytest.raises(ArithmeticError, match="gave up"):
        numerical_gradient(f, x)
    assert frozen(x) == before


@pytest.mark.parametrize("dtype", [np.float32, np.int64])
def test_numerical_gradient_needs_float64(dtype):
    x = np.ones(2, dtype)
    with pytest.raises(TypeError, match=f"x must be float64.*{x.dtype}"):
        numerical_gradient(lambda: 0.0, x)


@pytest.mark.parametrize("step", [0.0, -1e-5, np.nan])
def test_a_step_is_positive(step):
    with pytest.raises(ValueError, match=f"step.*{step}"):
        numerical_gradient(lambda: 0.0, np.ones(2), step=step)


def test_relative_error_by_hand():
    a, b = np.array([1.0, 2.0]), np.array([1.0, 2.5])
    assert relative_error(a, b) == 0.2
    assert relative_error(b, a) == 0.2
    assert relative_error(a, -a) == 2.0
    assert relative_error(1e-20 * a, 1e-20 * b) == pytest.approx(0.2)


def test_relative_error_of_nothing_is_nothing():
    assert relative_error(np.zeros(3), np.zeros(3)) == 0.0
    assert relative_error(np.zeros((0, 2)), np.zeros((0, 2))) == 0.0
    assert relative_error(np.zeros(2), np.array([0.0, 1e-30])) == 1.0
    assert type(relative_error(np.ones(2), np.zeros(2))) is float


@pytest.mark.parametrize("side", [0, 1])
def test_a_gradient_of_nan_is_never_close(side):
    pair = [np.array([1.0, 2.0]), np.array([1.0, 2.0])]
    pair[side][1] = np.nan
    assert not relative_error(*pair) <= 1e300


def test_relative_error_refuses_to_broadcast():
    with pytest.raises(ValueError, match=r"\(3,\).*\(3, 1\)"):
        relative_error(np.zeros(3), np.zeros((3, 1)))


def test_check_network_names_every_parameter_and_x(rng):
    network = mlp((4, 5, 3), rng=rng, activation=Tanh, dtype=np.float64)
    X, y = rng.normal(size=(6, 4)), rng.integers(0, 3, 6)
    errors = check_network(network, softmax_cross_entropy, X, y)
    assert errors.keys() == {"0.W", "0.b", "2.W", "2.b", "X"}
    assert all(type(error) is float for error in errors.values())
    assert max(errors.values()) <= 1e-7


class Forgetful(Dense):
    """A dense layer whose bias gradient is a mean instead of a sum."""

    def backward_params(self, grad):
        super().backward_params(grad)
        self.grads["b"] = self.grads["b"] / len(grad)


class Leaky(Tanh):
    """A tanh layer that passes blame through as if it were linear."""

    def backward(self, grad):
        super().backward(grad)
        return grad


def test_check_network_points_at_the_wrong_parameter(rng):
    network = Network(
        [
            Dense(4, 5, rng=rng, dtype=np.float64),
            Sigmoid(),
            Forgetful(5, 2, rng=rng, dtype=np.float64),
        ]
    )
    X, y = rng.normal(size=(6, 4)), rng.normal(size=(6, 2))
    errors = check_network(network, mean_squared_error, X, y)
    wrong = errors.pop("2.b")
    assert wrong > 1e-2
    assert max(errors.values()) <= 1e-7


def test_check_network_sees_a_wrong_layer_between(rng):
    network = Network(
        [
            Dense(4, 5, rng=rng, dtype=np.float64),
            Leaky(),
            Dense(5, 2, rng=rng, dtype=np.float64),
        ]
    )
    X, y = rng.normal(size=(6, 4)), rng.normal(size=(6, 2))
    errors = check_network(network, mean_squared_error, X, y)
    assert min(errors[name] for name in ("0.W", "0.b", "X")) > 1e-2
    assert max(errors["2.W"], errors["2.b"]) <= 1e-7


def test_check_network_changes_nothing_it_was_given(rng):
    network = mlp((4, 5, 2), rng=rng, dropout=0.5, dtype=np.float64)
    X, y = rng.normal(size=(6, 4)), rng.integers(0, 2, 6)
    before = frozen([network.params, X, y, rng])
    errors = check_network(network, softmax_cross_entropy, X, y)
    assert frozen([network.params, X, y, rng]) == before
    assert max(errors.values()) <= 1e-5


def test_check_network_can_start_with_any_layer(rng):
    network = Network(
        [
            Dropout(0.5, rng=rng),
            Tanh(),
            Dense(3, 2, rng=rng, dtype=np.float64),
        ]
    )
    X, y = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    errors = check_network(network, mean_squared_error, X, y)
    assert errors.keys() == {"2.W", "2.b", "X"}
    assert max(errors.values()) <= 1e-7


def test_check_network_needs_float64(rng):
    network = mlp((4, 3, 2), rng=rng)
    with pytest.raises(ValueError, match=r"float64.*0\.W.*float32"):
        check_network(
            network, mean_squared_error, np.zeros((1, 4)), np.zeros((1, 2))
        )
