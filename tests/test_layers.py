"""layers.py: worked numbers, gradient checks, the contract, bad input."""

import math

import numpy as np
import pytest
from plainnet.gradient_check import numerical_gradient, relative_error
from plainnet.initializers import xavier_normal, zeros
from plainnet.layers import (
    Dense,
    Dropout,
    Layer,
    LeakyReLU,
    ReLU,
    Sigmoid,
    Tanh,
)
from reference import central_difference, frozen, off_the_kink, worst_error

KINDS = ["dense", "sigmoid", "tanh", "relu", "leaky", "steep", "dropout"]
WIDTH = 4


def build(kind, rng, dtype=np.float64):
    """Build a layer that takes rows of WIDTH numbers."""
    if kind == "dense":
        layer = Dense(WIDTH, 3, rng=rng, dtype=dtype)
        layer.params["b"][:] = rng.normal(size=3)
        return layer
    return {
        "sigmoid": Sigmoid,
        "tanh": Tanh,
        "relu": ReLU,
        "leaky": LeakyReLU,
        "steep": lambda: LeakyReLU(0.3),
        "dropout": lambda: Dropout(0.4, rng=rng),
    }[kind]()


def with_fixed_mask(layer):
    """Return a training forward pass that draws the same mask each time."""
    generator = getattr(layer, "rng", np.random.default_rng())
    state = generator.bit_generator.state

    def forward(X):
        generator.bit_generator.state = state
        return layer.forward(X, training=True)

    return forward


def test_one_neuron_by_hand():
    layer = Dense(3, 1, rng=np.random.default_rng(0), dtype=np.float64)
    layer.params["W"][:, 0] = [0.4, -0.2, 0.6]
    layer.params["b"][:] = 0.1
    z = layer.forward(np.array([[0.5, 0.3, 0.8]]))
    np.testing.assert_allclose(z, [[0.72]], rtol=1e-15)
    np.testing.assert_allclose(ReLU().forward(z), [[0.72]], rtol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("X", "W", "b", "Z"),
    [
        (
            [[1, 2, 3], [4, 5, 6]],
            [[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8], [0.9, 1, 1.1, 1.2]],
            [0.1, 0.2, 0.3, 0.4],
            [[3.9, 4.6, 5.3, 6.0], [8.4, 10.0, 11.6, 13.2]],
        ),
        (
            [[1, 2], [3, 4]],
            [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]],
            [0.1, 0.2, 0.3],
            [[1.0, 1.4, 1.8], [2.0, 2.8, 3.6]],
        ),
    ],
)
def test_a_batch_by_hand(X, W, b, Z, dtype):
    layer = Dense(len(W), len(b), rng=np.random.default_rng(0), dtype=dtype)
    layer.params["W"][:], layer.params["b"][:] = W, b
    result = layer.forward(np.array(X))
    assert result.dtype == dtype
    np.testing.assert_allclose(result, Z, rtol=1e-6)


def test_dense_backward_by_hand():
    layer = Dense(2, 3, rng=np.random.default_rng(0), dtype=np.float64)
    layer.params["W"][:] = [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]
    layer.forward(np.array([[1.0, 2.0], [3.0, 4.0]]))
    down = layer.backward(np.array([[1.0, 0.0, -1.0], [2.0, 1.0, 0.0]]))
    np.testing.assert_array_equal(
        layer.grads["W"], [[7.0, 3.0, -1.0], [10.0, 4.0, -2.0]]
    )
    np.testing.assert_array_equal(layer.grads["b"], [3.0, 1.0, -1.0])
    np.testing.assert_allclose(down, [[-0.2, -0.2], [0.4, 1.3]])


@pytest.mark.parametrize("n", [1, 5])
@pytest.mark.parametrize(
    "differentiate", [central_difference, numerical_gradient]
)
@pytest.mark.parametrize("kind", KINDS)
def test_gradients_of_every_layer(kind, differentiate, n, rng):
    layer = build(kind, rng)
    X = off_the_kink(rng, (n, WIDTH))
    forward = with_fixed_mask(layer)
    weighting = rng.normal(size=forward(X).shape)

    def f():
        return float((forward(X) * weighting).sum())

    f()
    exact = {"X": layer.backward(weighting), **layer.grads}
    assert exact.keys() == {"X", *layer.params}
    for name, array in {"X": X, **layer.params}.items():
        error = relative_error(exact[name], differentiate(f, array))
        assert error <= 1e-7, name


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_forward_and_backward_keep_to_the_contract(kind, training, dtype, rng):
    layer = build(kind, rng, dtype)
    X = rng.normal(size=(5, WIDTH)).astype(dtype)
    before = frozen([X, layer.params])
    output = layer.forward(X, training=training)
    grad = rng.normal(size=output.shape).astype(dtype)
    kept = frozen([grad, output])
    down = layer.backward(grad)
    assert frozen([X, layer.params]) == before
    assert frozen([grad, output]) == kept
    assert down.shape == X.shape
    assert output.dtype == down.dtype == dtype
    assert layer.grads.keys() == layer.params.keys()
    for name, param in layer.params.items():
        assert layer.grads[name].shape == param.shape
        assert layer.grads[name].dtype == dtype


@pytest.mark.parametrize("kind", KINDS)
def test_backward_sets_gradients_and_does_not_add_them_up(kind, rng):
    layer = build(kind, rng)
    output = layer.forward(rng.normal(size=(5, WIDTH)), training=True)
    grad = rng.normal(size=output.shape)
    down = layer.backward(grad)
    once = frozen([down, layer.grads])
    assert frozen([layer.backward(grad), layer.grads]) == once
    assert layer.backward_params(grad) is None
    assert frozen([down, layer.grads]) == once


@pytest.mark.parametrize("kind", KINDS)
def test_a_forward_pass_leaves_grads_alone(kind, rng):
    layer = build(kind, rng)
    output = layer.forward(rng.normal(size=(5, WIDTH)))
    layer.backward(np.ones_like(output))
    before = frozen(layer.grads)
    layer.forward(rng.normal(size=(2, WIDTH)), training=True)
    assert frozen(layer.grads) == before


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_are_sums_over_the_batch(kind, rng):
    layer = build(kind, rng)
    X = rng.normal(size=(3, WIDTH))
    grad = rng.normal(size=layer.forward(X).shape)
    down = layer.backward(grad)
    once = {name: array.copy() for name, array in layer.grads.items()}
    layer.forward(np.vstack([X, X]))
    np.testing.assert_allclose(
        layer.backward(np.vstack([grad, grad])), np.vstack([down, down])
    )
    for name, array in layer.grads.items():
        np.testing.assert_allclose(array, 2 * once[name])


@pytest.mark.parametrize("kind", KINDS)
def test_backward_before_forward_is_refused(kind, rng):
    layer = build(kind, rng)
    grad = np.ones((2, 3))
    for backward in (layer.backward, layer.backward_params):
        with pytest.raises(RuntimeError, match=r"backward.*forward"):
            backward(grad)
    assert layer.grads == {}


@pytest.mark.parametrize("wrong", [(4, 3), (5, 7), (5,), (5, 1), (1, 3)])
@pytest.mark.parametrize("kind", KINDS)
def test_a_gradient_of_another_shape_is_refused(kind, wrong, rng):
    layer = build(kind, rng)
    output = layer.forward(rng.normal(size=(5, WIDTH)), training=True)
    layer.backward(np.ones_like(output))
    before = frozen(layer.grads)
    with pytest.raises(ValueError, match="grad must") as caught:
        layer.backward(np.ones(wrong))
    assert str(wrong) in str(caught.value)
    assert str(output.shape) in str(caught.value)
    assert frozen(layer.grads) == before


def test_relu_and_leaky_relu_at_exactly_zero():
    zero, grad = np.zeros((1, 3)), np.array([[1.0, -2.0, 3.0]])
    for layer, slope in [
        (ReLU(), 0),
        (LeakyReLU(), 0.01),
        (LeakyReLU(0.2), 0.2),
    ]:
        layer.forward(zero)
        np.testing.assert_array_equal(layer.backward(grad), slope * grad)


@pytest.mark.parametrize("size", [1e3, 1e4])
@pytest.mark.parametrize("kind", KINDS)
def test_huge_inputs_raise_no_warning(kind, size, rng):
    layer = build(kind, rng, np.float32)
    X = np.array([[-size, size, 0, 1]], np.float32)
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        output = layer.forward(X)
        down = layer.backward(np.ones_like(output))
    assert np.isfinite(output).all()
    assert np.isfinite(down).all()


def test_dense_starts_as_its_initializer_says(rng):
    layer = Dense(300, 200, rng=rng)
    assert layer.params["W"].dtype == layer.params["b"].dtype == np.float32
    assert layer.params["W"].std() == pytest.approx(math.sqrt(2 / 300), 0.02)
    assert not layer.params["b"].any()
    assert not Dense(3, 2, rng=rng, init=zeros).params["W"].any()
    wide = Dense(20, 5, rng=np.random.default_rng(3), init=xavier_normal)
    np.testing.assert_array_equal(
        wide.params["W"],
        xavier_normal(20, 5, np.random.default_rng(3)).astype(np.float32),
    )


def test_dense_converts_its_input_to_the_type_of_w(rng):
    layer = Dense(WIDTH, 3, rng=rng)
    for X in (
        rng.normal(size=(2, WIDTH)),
        rng.integers(0, 256, (2, WIDTH), dtype=np.uint8),
    ):
        assert layer.forward(X).dtype == np.float32
        layer.backward(np.ones((2, 3), np.float32))
        assert layer.grads["W"].dtype == np.float32


@pytest.mark.parametrize("replace", [False, True])
def test_params_are_the_live_arrays(replace, rng):
    layer = build("dense", rng)
    X = rng.normal(size=(2, WIDTH))
    if replace:
        layer.params["W"] = np.ones((WIDTH, 3))
        layer.params["b"] = np.full(3, 2.0)
    else:
        layer.params["W"][:] = 1
        layer.params["b"][:] = 2
    expected = np.repeat(X.sum(axis=1, keepdims=True) + 2, 3, axis=1)
    np.testing.assert_allclose(layer.forward(X), expected)
    np.testing.assert_allclose(layer.backward(np.ones((2, 3))), 3.0)


@pytest.mark.parametrize(
    "shape", [(WIDTH,), (2, WIDTH + 1), (2, WIDTH, 1), ()]
)
def test_dense_refuses_inputs_that_are_not_rows_of_its_width(shape, rng):
    layer = build("dense", rng)
    layer.forward(np.ones((2, WIDTH)))
    layer.backward(np.ones((2, 3)))
    before = frozen(vars(layer))
    with pytest.raises(
        ValueError, match=r"X must have shape \(n, 4\)"
    ) as caught:
        layer.forward(np.zeros(shape))
    assert str(shape) in str(caught.value)
    assert frozen(vars(layer)) == before


@pytest.mark.parametrize("name", ["fan_in", "fan_out"])
@pytest.mark.parametrize(
    ("value", "error"),
    [(0, ValueError), (-1, ValueError), (2.5, TypeError), ("3", TypeError)],
)
def test_a_dense_layer_has_a_size(name, value, error, rng):
    sizes = {"fan_in": 3, "fan_out": 2, name: value}
    before = frozen(rng)
    with pytest.raises(error, match=f"{name}.*{value}"):
        Dense(**sizes, rng=rng)
    assert frozen(rng) == before


@pytest.mark.parametrize("bad", [None, 0, np.random, np.random.RandomState(0)])
def test_layers_take_a_generator_only(bad):
    with pytest.raises(TypeError, match=r"rng must be .*Generator"):
        Dense(3, 2, rng=bad)
    with pytest.raises(TypeError, match=r"rng must be .*Generator"):
        Dropout(0.5, rng=bad)


@pytest.mark.parametrize("dtype", [int, np.uint8, bool])
def test_a_dense_layer_is_floating_point(dtype, rng):
    with pytest.raises(TypeError, match="dtype must"):
        Dense(3, 2, rng=rng, dtype=dtype)


def test_an_initializer_of_the_wrong_shape_is_refused(rng):
    with pytest.raises(ValueError, match=r"init.*\(3, 2\).*\(2, 3\)"):
        Dense(3, 2, rng=rng, init=lambda i, o, rng: np.zeros((o, i)))


@pytest.mark.parametrize("rate", [-0.1, 1.0, 1.5, np.nan, np.inf])
def test_a_dropout_rate_outside_its_range(rate, rng):
    with pytest.raises(ValueError, match=f"rate must be.*{rate}"):
        Dropout(rate, rng=rng)


@pytest.mark.parametrize("slope", [-0.1, np.nan, np.inf])
def test_a_leaky_slope_outside_its_range(slope):
    with pytest.raises(ValueError, match=f"slope must be.*{slope}"):
        LeakyReLU(slope)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("rate", [0.1, 0.5, 0.8])
def test_dropout_silences_a_part_and_keeps_the_mean(rate, dtype, rng):
    layer = Dropout(rate, rng=rng)
    X = np.ones((200, 500), dtype)
    output = layer.forward(X, training=True)
    dropped = np.mean(output == 0)
    assert abs(dropped - rate) < 5 * math.sqrt(rate * (1 - rate) / X.size)
    np.testing.assert_allclose(output[output != 0], 1 / (1 - rate), rtol=1e-6)
    again = layer.forward(X, training=True)
    assert 0.1 < np.mean(output != again) / (2 * rate * (1 - rate)) < 1.1
    columns = np.mean(output == 0, axis=0)
    assert columns.std() == pytest.approx(
        math.sqrt(rate * (1 - rate) / 200), rel=0.2
    )


def test_dropout_sends_blame_through_the_same_mask(rng):
    layer = Dropout(0.5, rng=rng)
    X = np.ones((20, 30))
    mask = layer.forward(X, training=True)
    grad = rng.normal(size=X.shape)
    np.testing.assert_array_equal(layer.backward(grad), grad * mask)


@pytest.mark.parametrize(("rate", "training"), [(0.5, False), (0.0, True)])
def test_dropout_that_does_nothing(rate, training, rng):
    layer = Dropout(rate, rng=rng)
    X = rng.normal(size=(20, 30))
    layer.forward(X, training=rate > 0)
    np.testing.assert_array_equal(layer.forward(X, training=training), X)
    grad = rng.normal(size=X.shape)
    np.testing.assert_array_equal(layer.backward(grad), grad)


def test_dropout_draws_nothing_unless_it_trains(rng):
    layer = Dropout(0.5, rng=rng)
    before = frozen(rng)
    layer.forward(np.ones((3, 4)))
    assert frozen(rng) == before


def test_the_base_class_asks_for_the_two_passes():
    layer = Layer()
    with pytest.raises(NotImplementedError):
        layer.forward(np.ones((2, 2)))
    assert layer.params == layer.grads == {}


def test_dropout_gradient_is_the_mask_and_not_its_square(rng):
    layer = Dropout(0.25, rng=rng)
    forward = with_fixed_mask(layer)
    X = rng.normal(size=(3, 5))
    forward(X)
    exact = layer.backward(np.ones_like(X))
    slope = central_difference(lambda: float(forward(X).sum()), X)
    assert worst_error(exact, slope) <= 1e-7
