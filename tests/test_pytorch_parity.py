"""The same network in PyTorch: outputs, gradients and a hundred steps."""

import numpy as np
import pytest
from plainnet import layers, losses, optimizers
from plainnet.network import mlp

torch = pytest.importorskip("torch")
nn = torch.nn

ACTIVATIONS = {
    layers.Sigmoid: nn.Sigmoid,
    layers.Tanh: nn.Tanh,
    layers.ReLU: nn.ReLU,
    layers.LeakyReLU: nn.LeakyReLU,
}
LOSSES = {
    losses.mean_squared_error: nn.MSELoss,
    losses.binary_cross_entropy: nn.BCEWithLogitsLoss,
    losses.softmax_cross_entropy: nn.CrossEntropyLoss,
}
N, SIZES = 20, (6, 8, 7, 4)


@pytest.fixture(autouse=True)
def one_thread():
    """Keep PyTorch from spreading tiny products over many threads."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def twins(activation, dtype, rng):
    """Build our network and PyTorch's with the same weights."""
    ours = mlp(SIZES, rng=rng, activation=activation, dtype=dtype)
    modules = []
    for layer in ours.layers:
        if not isinstance(layer, layers.Dense):
            modules.append(ACTIVATIONS[type(layer)]())
            continue
        W, b = layer.params["W"], layer.params["b"]
        b[:] = rng.normal(size=b.shape)
        linear = nn.Linear(*W.shape, dtype=torch.from_numpy(W).dtype)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(W.T.copy()))
            linear.bias.copy_(torch.from_numpy(b))
        modules.append(linear)
    return ours, nn.Sequential(*modules)


def theirs_by_our_names(module, pick):
    """List what pick takes from PyTorch's parameters, named as ours are."""
    return {
        f"{number}.{ours}": pick(getattr(layer, name)).numpy().T
        for number, layer in enumerate(module)
        if isinstance(layer, nn.Linear)
        for ours, name in (("W", "weight"), ("b", "bias"))
    }


def problem(loss, dtype, rng):
    """Draw a batch and targets that suit the loss."""
    X = rng.normal(size=(N, SIZES[0])).astype(dtype)
    if loss is losses.softmax_cross_entropy:
        return X, rng.integers(0, SIZES[-1], N)
    return X, rng.random((N, SIZES[-1])).astype(dtype)


def assert_equal(ours, theirs, tolerance):
    """Assert that two dicts of arrays agree."""
    assert ours.keys() == theirs.keys()
    for name in ours:
        np.testing.assert_allclose(
            ours[name], theirs[name], rtol=tolerance, atol=tolerance
        )


@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-5)]
)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_outputs_losses_and_gradients(activation, loss, dtype, tolerance, rng):
    ours, theirs = twins(activation, dtype, rng)
    X, y = problem(loss, dtype, rng)
    X_theirs = torch.from_numpy(X).requires_grad_()
    outputs = theirs(X_theirs)
    value = LOSSES[loss]()(outputs, torch.from_numpy(y))
    value.backward()

    logits = ours.forward(X, training=True)
    our_value, grad = loss(logits, y)
    down = ours.input_gradient(grad)
    np.testing.assert_allclose(
        logits, outputs.detach(), rtol=tolerance, atol=tolerance
    )
    assert our_value == pytest.approx(value.item(), rel=tolerance)
    np.testing.assert_allclose(
        down, X_theirs.grad, rtol=tolerance, atol=tolerance
    )
    assert_equal(
        ours.grads,
        theirs_by_our_names(theirs, lambda tensor: tensor.grad),
        tolerance,
    )


OPTIMIZERS = {
    "sgd": (
        lambda: optimizers.SGD(0.1),
        lambda params: torch.optim.SGD(params, lr=0.1),
    ),
    "momentum": (
        lambda: optimizers.Momentum(0.05),
        lambda params: torch.optim.SGD(params, lr=0.05, momentum=0.9),
    ),
    "nesterov": (
        lambda: optimizers.Momentum(0.05, 0.8, nesterov=True),
        lambda params: torch.optim.SGD(
            params, lr=0.05, momentum=0.8, nesterov=True
        ),
    ),
    "rmsprop": (
        lambda: optimizers.RMSProp(0.005, decay=0.95),
        lambda params: torch.optim.RMSprop(params, lr=0.005, alpha=0.95),
    ),
    "adam": (
        lambda: optimizers.Adam(0.01),
        lambda params: torch.optim.Adam(params, lr=0.01),
    ),
    "adamw": (
        lambda: optimizers.AdamW(0.01),
        lambda params: torch.optim.AdamW(params, lr=0.01, weight_decay=0.01),
    ),
}


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize("loss", LOSSES)
def test_a_hundred_steps(kind, loss, rng):
    ours, theirs = twins(layers.Tanh, np.float64, rng)
    X, y = problem(loss, np.float64, rng)
    X_theirs, y_theirs = torch.from_numpy(X), torch.from_numpy(y)
    build, build_theirs = OPTIMIZERS[kind]
    optimizer, other = build(), build_theirs(theirs.parameters())
    for _ in range(100):
        _, grad = loss(ours.forward(X, training=True), y)
        ours.backward(grad)
        optimizer.step(ours.params, ours.grads)
        other.zero_grad()
        LOSSES[loss]()(theirs(X_theirs), y_theirs).backward()
        other.step()
    reached = theirs_by_our_names(theirs, lambda tensor: tensor.detach())
    assert_equal(ours.params, reached, 1e-9)
