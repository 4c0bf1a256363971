"""What must hold for every input: hypothesis draws them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from plainnet.activations import log_softmax, sigmoid, softmax
from plainnet.gradient_check import relative_error
from plainnet.layers import Dense, LeakyReLU, ReLU, Sigmoid, Tanh
from plainnet.losses import (
    binary_cross_entropy,
    mean_squared_error,
    softmax_cross_entropy,
)
from plainnet.network import Network, mlp
from plainnet.optimizers import SGD, Adam, AdamW, Momentum, RMSProp
from plainnet.schedules import cosine, exponential_decay, step_decay, warmup
from reference import frozen

LOSSES = [mean_squared_error, binary_cross_entropy, softmax_cross_entropy]
DTYPES = st.sampled_from([np.float32, np.float64])


def numbers(size, dtype=np.float64):
    """Draw floats from -size to size that dtype can hold."""
    width = np.dtype(dtype).itemsize * 8
    return st.floats(-size, size, width=width)


@st.composite
def logits(draw, size=50.0, dtype=None):
    """Draw a small matrix with at least two columns."""
    dtype = dtype or draw(DTYPES)
    shape = draw(st.tuples(st.integers(1, 6), st.integers(2, 5)))
    return draw(arrays(dtype, shape, elements=numbers(size, dtype)))


@st.composite
def outputs_and_targets(draw, loss, size=50.0, dtype=None):
    """Draw outputs with targets that the loss accepts."""
    z = draw(logits(size, dtype))
    if loss is softmax_cross_entropy:
        label = st.integers(0, z.shape[1] - 1)
        return z, draw(arrays(np.int64, len(z), elements=label))
    low = 0 if loss is binary_cross_entropy else -size
    high = 1 if loss is binary_cross_entropy else size
    width = z.dtype.itemsize * 8
    targets = st.floats(low, high, width=width)
    return z, draw(arrays(z.dtype, z.shape, elements=targets))


@given(z=logits(dtype=np.float64), shift=numbers(1e3))
def test_softmax_does_not_see_a_shift(z, shift):
    np.testing.assert_allclose(
        softmax(z + shift), softmax(z), rtol=1e-9, atol=1e-300
    )
    np.testing.assert_allclose(
        log_softmax(z + shift), log_softmax(z), rtol=1e-9, atol=1e-9
    )


@given(z=logits(size=1e4))
def test_softmax_is_a_distribution_at_any_size(z):
    p, log_p = softmax(z), log_softmax(z)
    assert p.dtype == log_p.dtype == z.dtype
    assert np.isfinite(p).all()
    assert np.isfinite(log_p).all()
    assert (p >= 0).all()
    assert (log_p <= 0).all()
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(np.exp(log_p), p, rtol=1e-2, atol=1e-30)
    np.testing.assert_array_equal(p.max(axis=1), p[range(len(p)), z.argmax(1)])


@given(z=logits(size=30, dtype=np.float64))
def test_log_softmax_is_the_logarithm_of_softmax(z):
    np.testing.assert_allclose(log_softmax(z), np.log(softmax(z)), atol=1e-12)


@given(z=logits(size=1e4))
def test_sigmoid_is_softmax_of_two_and_symmetric(z):
    p = sigmoid(z)
    tolerance = 100 * np.finfo(z.dtype).eps
    np.testing.assert_allclose(p + sigmoid(-z), 1, atol=tolerance)
    pair = np.stack([np.zeros_like(z), z], axis=-1)
    np.testing.assert_allclose(p, softmax(pair)[..., 1], atol=tolerance)


@pytest.mark.parametrize("loss", LOSSES)
@given(data=st.data())
def test_losses_are_finite_and_their_type_is_kept_at_any_size(loss, data):
    z, targets = data.draw(outputs_and_targets(loss, size=1e4))
    before = frozen([z, targets])
    value, gradient = loss(z, targets)
    assert type(value) is float
    assert np.isfinite(value)
    assert value >= 0
    assert np.isfinite(gradient).all()
    assert (gradient.dtype, gradient.shape) == (z.dtype, z.shape)
    assert frozen([z, targets]) == before


@given(data=st.data())
def test_rows_of_the_cross_entropy_gradient_add_up_to_nothing(data):
    z, labels = data.draw(outputs_and_targets(softmax_cross_entropy))
    _, gradient = softmax_cross_entropy(z, labels)
    tolerance = 10 * np.finfo(z.dtype).eps
    np.testing.assert_allclose(gradient.sum(axis=1), 0, atol=tolerance)
    assert (np.delete(gradient.ravel(), true_places(z, labels)) >= 0).all()
    assert (gradient.ravel()[true_places(z, labels)] <= tolerance).all()


def true_places(z, labels):
    """Return the flat position of each row's true class."""
    return np.arange(len(z)) * z.shape[1] + labels


@pytest.mark.parametrize("loss", LOSSES)
@given(data=st.data())
def test_a_duplicated_batch_has_the_same_loss_and_half_the_blame(loss, data):
    z, targets = data.draw(outputs_and_targets(loss, dtype=np.float64))
    value, gradient = loss(z, targets)
    twice = loss(np.concatenate([z, z]), np.concatenate([targets, targets]))
    np.testing.assert_allclose(twice[0], value, rtol=1e-12, atol=1e-300)
    half = np.concatenate([gradient, gradient]) / 2
    np.testing.assert_allclose(twice[1], half, rtol=1e-12)


@pytest.mark.parametrize("loss", LOSSES)
@given(data=st.data())
def test_the_order_of_examples_does_not_matter(loss, data):
    z, targets = data.draw(outputs_and_targets(loss, dtype=np.float64))
    order = data.draw(st.permutations(range(len(z))))
    value, gradient = loss(z, targets)
    mixed = loss(z[order], targets[order])
    np.testing.assert_allclose(mixed[0], value, rtol=1e-12)
    np.testing.assert_allclose(mixed[1], gradient[order], rtol=1e-12)


@st.composite
def layers(draw):
    """Draw a layer, its dtype, an input and a gradient for its output."""
    dtype = draw(DTYPES)
    n, fan_in, fan_out = draw(st.tuples(*[st.integers(1, 5)] * 3))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    layer = draw(
        st.sampled_from(
            [
                Dense(fan_in, fan_out, rng=rng, dtype=dtype),
                Sigmoid(),
                Tanh(),
                ReLU(),
                LeakyReLU(0.2),
            ]
        )
    )
    X = draw(arrays(dtype, (n, fan_in), elements=numbers(100, dtype)))
    width = fan_out if isinstance(layer, Dense) else fan_in
    grad = draw(arrays(dtype, (n, width), elements=numbers(100, dtype)))
    return layer, X, grad


@given(drawn=layers(), training=st.booleans())
def test_layers_keep_types_and_write_into_nothing(drawn, training):
    layer, X, grad = drawn
    before = frozen([X, grad, layer.params])
    output = layer.forward(X, training=training)
    down = layer.backward(grad)
    assert frozen([X, grad, layer.params]) == before
    assert output.dtype == down.dtype == X.dtype
    assert (output.shape, down.shape) == (grad.shape, X.shape)
    assert {g.dtype for g in layer.grads.values()} <= {X.dtype}


@given(drawn=layers())
def test_backward_is_linear_in_the_blame(drawn):
    layer, X, grad = drawn
    layer.forward(X)
    down = layer.backward(grad)
    once = dict(layer.grads)
    close_to(layer.backward(-3 * grad), -3 * down)
    for name, array in layer.grads.items():
        close_to(array, -3 * once[name])


@given(drawn=layers())
def test_examples_do_not_see_each_other(drawn):
    layer, X, grad = drawn
    whole = layer.forward(X)
    down = layer.backward(grad)
    sums = {name: np.zeros_like(p) for name, p in layer.params.items()}
    for row in range(len(X)):
        part = slice(row, row + 1)
        close_to(layer.forward(X[part]), whole[part])
        close_to(layer.backward(grad[part]), down[part])
        for name, array in layer.grads.items():
            sums[name] += array
    layer.forward(X)
    layer.backward(grad)
    for name, array in layer.grads.items():
        close_to(array, sums[name])


def close_to(a, b):
    """Assert that two arrays agree to rounding of sums of a few terms."""
    tolerance = 1e5 * np.finfo(a.dtype).eps
    np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


@given(
    sizes=st.lists(st.integers(1, 6), min_size=2, max_size=4),
    activation=st.sampled_from([Sigmoid, Tanh, ReLU, LeakyReLU]),
    dropout=st.sampled_from([0.0, 0.5]),
    dtype=DTYPES,
    seed=st.integers(0, 2**32),
)
def test_any_network_is_saved_and_loaded_bit_for_bit(
    sizes, activation, dropout, dtype, seed, tmp_path_factory
):
    rng = np.random.default_rng(seed)
    network = mlp(
        sizes, rng=rng, activation=activation, dropout=dropout, dtype=dtype
    )
    for array in network.params.values():
        array += rng.normal(size=array.shape).astype(dtype)
    path = tmp_path_factory.mktemp("saved") / "network"
    network.save(path)
    loaded = Network.load(path)
    X = rng.normal(size=(7, sizes[0]))
    assert frozen(loaded.params) == frozen(network.params)
    assert frozen(loaded.forward(X)) == frozen(network.forward(X))
    assert frozen(loaded.predict(X)) == frozen(network.predict(X))


@given(
    make=st.sampled_from(
        [
            lambda: SGD(0.1),
            lambda: Momentum(0.1),
            lambda: Momentum(0.1, nesterov=True),
            lambda: RMSProp(0.1),
            lambda: Adam(0.1),
            lambda: AdamW(0.1),
        ]
    ),
    names=st.permutations(["0.W", "0.b", "2.W"]),
    dtype=DTYPES,
    data=st.data(),
)
def test_parameters_do_not_see_each_other(make, names, dtype, data):
    gradients = data.draw(
        st.lists(
            arrays(dtype, (3, 2), elements=numbers(100, dtype)),
            min_size=1,
            max_size=5,
        )
    )
    together = {name: np.ones(2, dtype) for name in names}
    optimizer = make()
    for rows in gradients:
        optimizer.step(together, dict(zip(names, rows.copy(), strict=True)))
    for place, name in enumerate(names):
        alone, single = {name: np.ones(2, dtype)}, make()
        for rows in gradients:
            single.step(alone, {name: rows[place].copy()})
        assert frozen(together[name]) == frozen(alone[name])
        assert together[name].dtype == dtype


@given(rate=st.floats(1e-6, 10), step=st.integers(0, 10**6))
def test_schedules_stay_between_nothing_and_their_rate(rate, step):
    for schedule in (
        step_decay(rate, 0.5, 10),
        exponential_decay(rate, 0.9),
        cosine(rate, 100, final=rate / 10),
        warmup(cosine(rate, 100), 20),
    ):
        assert 0 <= schedule(step) <= rate * (1 + 1e-12)


@given(
    a=arrays(np.float64, 4, elements=numbers(1e3)),
    b=arrays(np.float64, 4, elements=numbers(1e3)),
)
def test_relative_error_is_symmetric_and_scale_free(a, b):
    error = relative_error(a, b)
    assert 0 <= error <= 2
    assert error == relative_error(b, a) == relative_error(4 * a, 4 * b)
    assert relative_error(a, a) == 0
