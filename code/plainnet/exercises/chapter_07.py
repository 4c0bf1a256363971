"""Exercises of the chapter on backpropagation."""

from collections.abc import Callable
from typing import Any

import numpy as np

from plainnet._types import Array
from plainnet.activations import relu
from plainnet.exercises._core import (
    Exercise,
    Function,
    Mistake,
    Value,
)
from plainnet.gradient_check import (
    check_network,
    numerical_gradient,
    relative_error,
)
from plainnet.layers import Dense, Layer, LeakyReLU, ReLU, Sigmoid, Tanh
from plainnet.losses import mean_squared_error
from plainnet.network import Network

# 7.1


def used_twice() -> list[float]:
    """Return dw, dx and dy for (w x + w - y)^2 at w, x, y = 2, 3, 5."""
    w, x, y = 2, 3, 5
    s = w * x + w - y
    ds = 2 * s
    return [ds * x + ds, ds * w, -ds]


# 7.2


def scale_backward(X: Array, scale: Array, grad: Array) -> tuple[Array, Array]:
    """Go backward through X * scale; return the gradients of both."""
    return grad * scale, (grad * X).sum(axis=0)


def _scale_by_mean(X: Array, scale: Array, grad: Array) -> Any:
    return grad * scale, (grad * X).mean(axis=0)


def _scale_not_summed(X: Array, scale: Array, grad: Array) -> Any:
    return grad * scale, grad * X


def _scale_swapped(X: Array, scale: Array, grad: Array) -> Any:
    return grad * X, (grad * scale).sum(axis=0)


def _scale_like_a_bias(X: Array, scale: Array, grad: Array) -> Any:
    return grad * scale, grad.sum(axis=0)


def _scale_like_a_matrix(X: Array, scale: Array, grad: Array) -> Any:
    return grad * scale, X.T @ grad


def _scale_undone(X: Array, scale: Array, grad: Array) -> Any:
    return grad / scale, (grad * X).sum(axis=0)


def _scale_forgotten(X: Array, scale: Array, grad: Array) -> Any:
    return grad, (grad * X).sum(axis=0)


# 7.3


def two_layers(
    X: Array, W1: Array, b1: Array, W2: Array, grad: Array
) -> tuple[Array, ...]:
    """Return dW1, db1, dW2, db2 of dense, ReLU, dense."""
    Z1 = X @ W1 + b1
    H = np.maximum(Z1, 0)
    dW2, db2 = H.T @ grad, grad.sum(axis=0)
    dZ1 = (grad @ W2.T) * (Z1 > 0)
    return X.T @ dZ1, dZ1.sum(axis=0), dW2, db2


def _two_layers_with(
    mask: Callable[[Array], Array], *, sums: bool = False
) -> Callable[..., tuple[Array, ...]]:
    """Return the function with another mask, or with dW2 from Z1."""

    def answer(X: Array, W1: Array, b1: Array, W2: Array, grad: Array) -> Any:
        Z1 = X @ W1 + b1
        H = Z1 if sums else relu(Z1)
        dZ1 = (grad @ W2.T) * mask(Z1)
        dW2, db2 = H.T @ grad, grad.sum(axis=0)
        return X.T @ dZ1, dZ1.sum(axis=0), dW2, db2

    return answer


# 7.4


def unit_rows_backward(X: Array, grad: Array) -> Array:
    """Go backward through a layer that gives every row the length 1."""
    length = np.sqrt((X * X).sum(axis=1, keepdims=True))
    Z = X / length
    return (grad - Z * (grad * Z).sum(axis=1, keepdims=True)) / length


def _fixed_length(X: Array, grad: Array) -> Array:
    return np.asarray(grad / np.sqrt((X * X).sum(axis=1, keepdims=True)))


def _no_length(X: Array, grad: Array) -> Array:
    length = np.sqrt((X * X).sum(axis=1, keepdims=True))
    return unit_rows_backward(X, grad) * length


def _raw_rows(X: Array, grad: Array) -> Array:
    length = np.sqrt((X * X).sum(axis=1, keepdims=True))
    return (grad - X * (grad * X).sum(axis=1, keepdims=True)) / length


def _own_entry_only(X: Array, grad: Array) -> Array:
    length = np.sqrt((X * X).sum(axis=1, keepdims=True))
    return np.asarray(grad * (1 - (X / length) ** 2) / length)


def _length_of_all(X: Array, grad: Array) -> Array:
    length = np.sqrt((X * X).sum())
    Z = X / length
    return np.asarray((grad - Z * (grad * Z).sum()) / length)


def _all_rows_together(X: Array, grad: Array) -> Array:
    length = np.sqrt((X * X).sum(axis=1, keepdims=True))
    Z = X / length
    return np.asarray((grad - Z * (grad * Z).sum()) / length)


# 7.5


def broken_layer(network: Network, X: Array) -> int:
    """Return the number of the layer whose backward is wrong, or -1."""
    rng = np.random.default_rng(0)
    for number, layer in enumerate(network.layers):
        grad = rng.normal(size=layer.forward(X).shape)
        if not _agrees(layer, X, grad):
            return number
        X = layer.forward(X)
    return -1


def _agrees(layer: Layer, X: Array, grad: Array) -> bool:
    """Check the gradients of sum(output * grad) for a layer alone."""

    def total() -> float:
        return float((layer.forward(X) * grad).sum())

    layer.forward(X)
    exact = {"X": layer.backward(grad), **layer.grads}
    return all(
        relative_error(exact[name], numerical_gradient(total, array)) < 1e-7
        for name, array in {"X": X, **layer.params}.items()
    )


def _by_ones(network: Network, X: Array) -> int:
    for number, layer in enumerate(network.layers):
        if not _agrees(layer, X, np.ones_like(layer.forward(X))):
            return number
        X = layer.forward(X)
    return -1


class _MeanBias(Dense):
    def backward_params(self, grad: Array) -> None:
        super().backward_params(grad)
        self.grads["b"] = grad.mean(axis=0)


class _NoTranspose(Dense):
    def backward(self, grad: Array) -> Array:
        super().backward(grad)
        return grad @ self.params["W"]


class _OpenReLU(ReLU):
    def backward(self, grad: Array) -> Array:
        return grad


class _HalfTanh(Tanh):
    def backward(self, grad: Array) -> Array:
        return super().backward(grad) / 2


class _MirroredSigmoid(Sigmoid):
    def backward(self, grad: Array) -> Array:
        return super().backward(grad[:, ::-1])


class _Named(Network):
    """A network that a message can name."""

    fault = "a sound network"

    def __repr__(self) -> str:
        return self.fault


def _network(place: int, broken: Callable[[], Layer] | None) -> Network:
    """Build dense and activation layers in turn, with one replaced."""
    rng = np.random.default_rng(7)
    layers: list[Layer] = [_dense(Dense, rng)]
    for activation in Tanh, ReLU, Sigmoid, LeakyReLU:
        layers += [activation(), _dense(Dense, rng)]
    network = _Named(layers)
    if broken is not None:
        network.layers[place] = layer = broken()
        name = type(layer).__name__.lstrip("_")
        network.fault = f"a network whose layer {place} is {name}"
    return network


def _dense(kind: type[Dense], rng: np.random.Generator) -> Dense:
    layer = kind(4, 4, rng=rng, dtype=np.float64)
    layer.params["b"][...] = rng.normal(size=4)
    return layer


def _broken_networks() -> list[tuple[Network, Array]]:
    """Return cases, the sound network among them."""
    rng = np.random.default_rng(8)
    X = rng.normal(size=(5, 4))
    return [
        (_network(3, _OpenReLU), X),
        (_network(0, None), X),
        (_network(2, lambda: _dense(_MeanBias, rng)), X),
        (_network(6, lambda: _dense(_NoTranspose, rng)), X),
        (_network(1, _HalfTanh), X),
        (_network(5, _MirroredSigmoid), X),
        (_network(8, lambda: _dense(_NoTranspose, rng)), X),
        (_network(0, lambda: _dense(_MeanBias, rng)), X),
    ]


def _last_wrong(network: Network, X: Array) -> int:
    """Take the last wrong gradient of a check of the whole network."""
    errors = check_network(network, mean_squared_error, X, 0 * X)
    wrong = [int(n[0]) for n, e in errors.items() if n != "X" and e > 1e-6]
    return max(wrong, default=-1)


def _first_wrong(network: Network, X: Array) -> int:
    errors = check_network(network, mean_squared_error, X, 0 * X)
    wrong = [int(n[0]) for n, e in errors.items() if n != "X" and e > 1e-6]
    return min(wrong, default=-1)


def _strict(network: Network, X: Array) -> int:
    """Call every difference a fault, also that of rounding."""
    errors = check_network(network, mean_squared_error, X, 0 * X)
    return next((int(n[0]) for n, e in errors.items() if n[0] != "X" and e), 0)


_rng = np.random.default_rng(0)
_SMALL = (
    np.array([[1.0, -2.0], [0.0, 3.0], [4.0, 0.5]]),
    np.array([0.5, -3.0]),
    np.array([[1.0, 1.0], [-2.0, 0.0], [0.5, 4.0]]),
)
_ONE_ROW = (np.array([[2.0, 5.0]]), np.zeros(2), np.array([[1.0, -1.0]]))
_LARGE = tuple(_rng.normal(size=s) for s in ((6, 4), 4, (6, 4)))
_TINY = (
    np.array([[1.0, 2.0]]),
    np.array([[1.0, -1.0], [0.5, 0.0]]),
    np.zeros(2),
    np.array([[2.0], [3.0]]),
    np.array([[1.0]]),
)
_NET = tuple(_rng.normal(size=s) for s in ((6, 4), (4, 5), 5, (5, 3), (6, 3)))
_SILENT = (_NET[0], _NET[1], np.full(5, -99.0), _NET[3], _NET[4])
_EDGE = (
    np.zeros((2, 4)),
    _NET[1],
    np.array([0.0, 1.0, -1.0, 0.0, 2.0]),
    _NET[3],
    np.ones((2, 3)),
)

EXERCISES: list[Exercise] = [
    Value(
        title="A weight that is used twice",
        level="easy",
        solution=used_twice,
        hints=(
            "Go forward first and write down every value: the product, the "
            "sum, the difference, the square.",
            "The weight enters at two places. Work out what comes back from "
            "each of them, and only then what belongs to the weight.",
        ),
        mistakes=[
            Mistake(
                [18, 12, -6],
                "The last two are right. The first holds what comes through "
                "the product only: where else does `w` enter?",
            ),
            Mistake(
                [6, 12, -6],
                "The last two are right. The first holds what comes through "
                "the sum only: where else does `w` enter?",
            ),
            Mistake(
                [24, 12, 6],
                "The first two are right. Look at the sign of the last: what "
                "does the loss do if `y` grows a little?",
            ),
            Mistake(
                [0.5 * g for g in used_twice()],
                "All three are off by the same factor. Look at the slope of "
                "the square.",
            ),
        ],
    ),
    Function(
        title="A layer that scales its columns",
        level="medium",
        solution=scale_backward,
        hints=(
            "Write one entry of the output, with its two indices. Which "
            "entries of the output does one entry of X reach? And which does "
            "one entry of the scale reach?",
            "A number that is used for every example gets blame from every "
            "example. The result for the scale has the shape of the scale.",
        ),
        cases=[_SMALL, _ONE_ROW, _LARGE],
        mistakes=[
            Mistake(
                _scale_by_mean,
                "The gradient of the scale is too small, by a factor that "
                "depends on the number of rows. Who divides by n?",
            ),
            Mistake(
                _scale_not_summed,
                "The second result has the shape of X. What should its shape "
                "be, and where does the rest go?",
            ),
            Mistake(
                _scale_swapped,
                "Each factor of the product has been given the blame of the "
                "other one.",
            ),
            Mistake(
                _scale_like_a_matrix,
                "The first result is right. The second is what a matrix of "
                "weights would get: here an output has only one input.",
            ),
            Mistake(
                _scale_undone,
                "The second result is right. The first undoes the scaling, "
                "as if you wanted X back. By what does Z grow if X does?",
            ),
            Mistake(
                _scale_forgotten,
                "The second result is right. The first hands the price on "
                "unchanged, as a sum would.",
            ),
            Mistake(
                _scale_like_a_bias,
                "The first result is right. The second is what a bias would "
                "get: by what is the scale multiplied?",
            ),
        ],
    ),
    Function(
        title="The gradient that leaks",
        level="medium",
        solution=two_layers,
        hints=(
            "Check the function's four results one by one against "
            "`numerical_gradient` of `(output * grad).sum()`. Which are "
            "wrong?",
            "Print the mask beside `Z1`. For how many entries is it False?",
        ),
        cases=[_TINY, _NET, _SILENT, _EDGE],
        mistakes=[
            Mistake(
                _two_layers_with(lambda Z1: relu(Z1) >= 0),
                "This is the function as it was given, or one that does the "
                "same: no unit ever stops a gradient.",
            ),
            Mistake(
                _two_layers_with(lambda Z1: Z1 >= 0),
                "Almost. Which slope does this book give a unit whose "
                "weighted sum is exactly 0?",
            ),
            Mistake(
                _two_layers_with(relu),
                "The right units are stopped. The others should pass on "
                "what they got, whatever their value is.",
            ),
            Mistake(
                _two_layers_with(lambda Z1: Z1 > 0, sums=True),
                "The first layer is right now. What did the second one "
                "receive in the forward pass?",
            ),
        ],
    ),
    Function(
        title="Rows of length one",
        level="hard",
        solution=unit_rows_backward,
        hints=(
            "Treat one row, and call its length r. An entry of the output "
            "depends on an entry of the row in two ways: by itself, and by "
            "way of r. Add up both.",
            "The slope of r by one entry of the row is that entry divided "
            "by r, in other words an entry of the output.",
            "The answer must have no part along the row itself: to make a "
            "row longer changes nothing. Test yours for that.",
        ),
        cases=[
            (np.array([[3.0, 4.0]]), np.array([[1.0, 0.0]])),
            (
                np.array([[3.0, 4.0], [0.0, -2.0]]),
                np.array([[1, 2], [3, 4.0]]),
            ),
            (1000 * _rng.normal(size=(4, 3)), _rng.normal(size=(4, 3))),
            (np.array([[-0.5]]), np.array([[2.0]])),
        ],
        mistakes=[
            Mistake(
                _fixed_length,
                "This treats the length as a constant. It is made of the "
                "same entries.",
            ),
            Mistake(
                _no_length,
                "The direction is right and the size is not: what happens "
                "to the slope when all inputs are a thousand times larger?",
            ),
            Mistake(
                _raw_rows,
                "Rows that have the length 1 already would come out right. "
                "Are you using the inputs where the outputs belong?",
            ),
            Mistake(
                _own_entry_only,
                "This is the slope of each output for its own input. By way "
                "of the length, an input reaches the other outputs too.",
            ),
            Mistake(
                _length_of_all,
                "For a single row it is right. With two, what is divided by "
                "the length of both together?",
            ),
            Mistake(
                _all_rows_together,
                "For a single row it is right. With two, what an example "
                "gets depends on the other one.",
            ),
        ],
    ),
    Function(
        title="Find the broken layer",
        level="hard",
        solution=broken_layer,
        hints=(
            "A wrong gradient is handed down, so in a check of the whole "
            "network the layers before the broken one look broken too. How "
            "could you look at a layer without the others?",
            "A layer needs no network: give it an X and any array in place "
            "of the gradient of its output. Of which number is "
            "`layer.backward(grad)` then the gradient?",
            "That number is the sum of all entries of the layer's output, "
            "each multiplied by its entry of `grad`. Nudge X and each of "
            "`layer.params`.",
        ),
        cases=_broken_networks(),
        mistakes=[
            Mistake(
                _last_wrong,
                "This takes the last layer that holds a wrong gradient. A "
                "layer can be sound and still hold one: who handed it down?",
            ),
            Mistake(
                _first_wrong,
                "This takes the first layer that holds a wrong gradient. "
                "Gradients come from the other end.",
            ),
            Mistake(
                _by_ones,
                "Almost. Ones are a special case: a layer may mix up the "
                "entries of a row, and with ones nobody sees it.",
            ),
            Mistake(
                _strict,
                "Even in a sound network, no gradient agrees with its "
                "estimate to the last digit.",
            ),
        ],
    ),
]
