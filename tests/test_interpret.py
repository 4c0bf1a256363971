"""Mistakes are found and ordered; slopes and outputs are the network's."""

import numpy as np
import pytest
from plainnet.interpret import layer_outputs, mistakes, saliency
from plainnet.layers import Tanh
from plainnet.network import mlp

P = np.array(
    [
        [0.7, 0.2, 0.1],  # right
        [0.1, 0.3, 0.6],  # wrong, 0.6
        [0.0, 0.9, 0.1],  # wrong, 0.9
        [0.4, 0.3, 0.3],  # right
        [0.4, 0.2, 0.4],  # a tie goes to class 0: wrong, 0.4
        [0.6, 0.4, 0.0],  # wrong, 0.6
    ]
)
LABELS = np.array([0, 1, 0, 0, 2, 1])


def test_mistakes_come_surest_first_and_ties_in_order():
    assert mistakes(P, LABELS).tolist() == [2, 1, 5, 4]


def test_no_mistakes():
    found = mistakes(P, P.argmax(axis=1))
    assert found.shape == (0,)
    assert np.issubdtype(found.dtype, np.integer)


@pytest.mark.parametrize(
    ("probabilities", "labels", "error", "said"),
    [
        (P, LABELS[:5], ValueError, "one row for each example"),
        (P * 2, LABELS, ValueError, r"probabilities must be in \[0, 1\]"),
        (P, LABELS + 1, ValueError, r"labels must be in 0\.\.2"),
        (P, LABELS[:, None], ValueError, r"labels must have shape \(n,\)"),
        (P, LABELS * 1.0, TypeError, "labels must be integers"),
        (P[:0], LABELS[:0], ValueError, "at least one example"),
    ],
)
def test_bad_arguments_of_mistakes(probabilities, labels, error, said):
    with pytest.raises(error, match=said):
        mistakes(probabilities, labels)


RNG = np.random.default_rng(5)
NETWORK = mlp((4, 6, 5, 3), rng=RNG, activation=Tanh, dtype=np.float64)
X = RNG.normal(size=(7, 4))
Y = RNG.integers(0, 3, 7)


def test_outputs_of_each_layer():
    outputs = layer_outputs(NETWORK, X)
    W0, b0, W2, b2, W4, b4 = NETWORK.params.values()
    hidden = np.tanh(X @ W0 + b0)
    second = np.tanh(hidden @ W2 + b2)
    assert [array.shape[1] for array in outputs] == [6, 6, 5, 5, 3]
    np.testing.assert_allclose(outputs[1], hidden)
    np.testing.assert_allclose(outputs[3], second)
    np.testing.assert_allclose(outputs[4], second @ W4 + b4)
    assert (outputs[-1] == NETWORK.forward(X)).all()


def test_outputs_are_those_of_prediction_with_dropout():
    network = mlp((4, 50, 3), rng=RNG, dropout=0.5)
    assert (layer_outputs(network, X)[-1] == network.forward(X)).all()


def test_saliency_is_the_slope_of_the_chosen_logit():
    found = saliency(NETWORK, X, Y)
    assert found.shape == X.shape
    step = 1e-6
    for i, j in np.ndindex(X.shape):
        up, down = X.copy(), X.copy()
        up[i, j] += step
        down[i, j] -= step
        rise = NETWORK.forward(up)[i, Y[i]] - NETWORK.forward(down)[i, Y[i]]
        assert found[i, j] == pytest.approx(rise / (2 * step), rel=1e-6)


def test_saliency_of_an_example_does_not_depend_on_the_others():
    alone = np.vstack(
        [saliency(NETWORK, X[i : i + 1], Y[[i]]) for i in range(7)]
    )
    np.testing.assert_allclose(alone, saliency(NETWORK, X, Y), rtol=1e-12)


def test_saliency_keeps_the_dtype_and_changes_no_parameter():
    network = mlp((4, 6, 3), rng=RNG)
    before = {name: array.copy() for name, array in network.params.items()}
    assert saliency(network, X.astype(np.float32), Y).dtype == np.float32
    for name, array in network.params.items():
        assert (array == before[name]).all()


@pytest.mark.parametrize(
    ("labels", "error", "said"),
    [
        (Y[:3], ValueError, "one row for each example"),
        (Y + 3, ValueError, r"labels must be in 0\.\.2"),
        (Y * 1.0, TypeError, "labels must be integers"),
    ],
)
def test_bad_labels_of_saliency(labels, error, said):
    with pytest.raises(error, match=said):
        saliency(NETWORK, X, labels)
