"""losses.py: worked numbers, gradients, the 1/n, extremes and bad input."""

import math
import re

import numpy as np
import pytest
from plainnet.losses import (
    binary_cross_entropy,
    mean_squared_error,
    softmax_cross_entropy,
)
from reference import central_difference, frozen, worst_error

DENSE_TARGETS = [mean_squared_error, binary_cross_entropy]


def batch(loss, rng, n=6, width=4, dtype=np.float64):
    """Draw outputs and fitting targets for a loss."""
    outputs = rng.normal(size=(n, width)).astype(dtype)
    if loss is mean_squared_error:
        return outputs, rng.normal(size=(n, width)).astype(dtype)
    if loss is binary_cross_entropy:
        return outputs, rng.integers(0, 2, (n, width)).astype(dtype)
    return outputs, rng.integers(0, width, n)


ALL = [*DENSE_TARGETS, softmax_cross_entropy]


def test_mean_squared_error_by_hand():
    predictions = np.array([[1.0, 2.0], [3.0, 5.0]])
    targets = np.array([[0.0, 2.0], [3.0, 1.0]])
    loss, gradient = mean_squared_error(predictions, targets)
    assert loss == 17 / 4
    np.testing.assert_array_equal(gradient, [[0.5, 0.0], [0.0, 2.0]])


def test_a_confident_mistake_costs_21_point_9_times_more():
    logits = np.full((1, 1), math.log(9.0))
    right, _ = binary_cross_entropy(logits, np.ones((1, 1)))
    wrong, _ = binary_cross_entropy(logits, np.zeros((1, 1)))
    assert right == pytest.approx(0.105, abs=5e-4)
    assert wrong == pytest.approx(2.303, abs=5e-4)
    assert wrong / right == pytest.approx(21.9, abs=0.05)


def test_binary_cross_entropy_against_the_formula_in_probabilities(rng):
    logits = rng.normal(size=(5, 3))
    targets = rng.random((5, 3))
    p = 1 / (1 + np.exp(-logits))
    entries = -targets * np.log(p) - (1 - targets) * np.log(1 - p)
    loss, gradient = binary_cross_entropy(logits, targets)
    assert loss == pytest.approx(entries.sum() / 15, rel=1e-14)
    np.testing.assert_allclose(gradient, (p - targets) / 15, rtol=1e-12)


def test_softmax_cross_entropy_against_the_formula(rng):
    logits, labels = batch(softmax_cross_entropy, rng)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    chosen = [p[row, label] for row, label in enumerate(labels)]
    loss, gradient = softmax_cross_entropy(logits, labels)
    assert loss == pytest.approx(-sum(map(math.log, chosen)) / 6, rel=1e-14)
    np.testing.assert_allclose(gradient, (p - np.eye(4)[labels]) / 6)


def test_softmax_cross_entropy_of_the_322_network():
    loss, gradient = softmax_cross_entropy(
        np.array([[0.704, 0.016]]), np.array([0])
    )
    assert loss == pytest.approx(-math.log(0.666), abs=1e-3)
    np.testing.assert_allclose(gradient, [[-0.334, 0.334]], atol=5e-4)


def test_losses_before_learning():
    nothing = np.zeros((20, 1))
    sides = np.arange(20.0).reshape(-1, 1) % 2
    assert binary_cross_entropy(nothing, sides)[0] == pytest.approx(
        math.log(2), rel=1e-15
    )
    for classes in (2, 10):
        loss, _ = softmax_cross_entropy(
            np.zeros((20, classes)), np.arange(20) % classes
        )
        assert loss == pytest.approx(math.log(classes), rel=1e-15)


@pytest.mark.parametrize("shape", [(1, 1), (7, 1), (1, 3), (5, 4)])
@pytest.mark.parametrize("loss", ALL)
def test_gradients_against_central_differences(loss, shape, rng):
    n, width = shape
    if loss is softmax_cross_entropy:
        width += 1  # one class alone is not a choice
    outputs, targets = batch(loss, rng, n, width)
    _, gradient = loss(outputs, targets)
    numerical = central_difference(lambda: loss(outputs, targets)[0], outputs)
    assert worst_error(gradient, numerical) <= 1e-7


def test_binary_cross_entropy_takes_integers_and_soft_targets(rng):
    logits = rng.normal(size=(4, 1))
    whole = np.array([[0], [1], [1], [0]])
    loss, gradient = binary_cross_entropy(logits, whole)
    same, equal = binary_cross_entropy(logits, whole.astype(float))
    assert loss == same
    np.testing.assert_array_equal(gradient, equal)
    soft = np.full((4, 1), 0.3)
    _, gradient = binary_cross_entropy(logits, soft)
    numerical = central_difference(
        lambda: binary_cross_entropy(logits, soft)[0], logits
    )
    assert worst_error(gradient, numerical) <= 1e-7


@pytest.mark.parametrize("target_dtype", [np.float32, np.float64])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("loss", ALL)
def test_loss_is_a_float_and_gradient_is_like_the_outputs(
    loss, dtype, target_dtype, rng
):
    outputs, targets = batch(loss, rng, dtype=dtype)
    if loss is not softmax_cross_entropy:
        targets = targets.astype(target_dtype)
    before = frozen([outputs, targets])
    value, gradient = loss(outputs, targets)
    assert type(value) is float
    assert gradient.dtype == dtype
    assert gradient.shape == outputs.shape
    assert frozen([outputs, targets]) == before


@pytest.mark.parametrize("label_dtype", [np.uint8, np.int32, np.int64])
def test_every_integer_type_of_label_counts_alike(label_dtype, rng):
    logits, labels = batch(softmax_cross_entropy, rng)
    loss, gradient = softmax_cross_entropy(logits, labels)
    again, same = softmax_cross_entropy(logits, labels.astype(label_dtype))
    assert loss == again
    np.testing.assert_array_equal(gradient, same)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_logits_of_ten_thousand_stay_finite_without_a_warning(dtype):
    logits = np.array([[1e4, -1e4], [-1e4, 1e4]], dtype)
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        right, flat = softmax_cross_entropy(logits, np.array([0, 1]))
        wrong, steep = softmax_cross_entropy(logits, np.array([1, 0]))
        sides = np.array([[1.0, 0.0], [0.0, 1.0]])
        good, level = binary_cross_entropy(logits, sides)
        bad, sheer = binary_cross_entropy(logits, 1 - sides)
    assert (right, wrong, good, bad) == (0.0, 2e4, 0.0, 1e4)
    np.testing.assert_array_equal(flat, np.zeros((2, 2)))
    np.testing.assert_array_equal(level, np.zeros((2, 2)))
    np.testing.assert_array_equal(steep, [[0.5, -0.5], [-0.5, 0.5]])
    np.testing.assert_array_equal(sheer, [[0.25, -0.25], [-0.25, 0.25]])


def test_tiny_losses_keep_their_digits():
    loss, _ = binary_cross_entropy(np.array([[40.0]]), np.array([[1.0]]))
    assert loss == pytest.approx(math.exp(-40), rel=1e-12)


@pytest.mark.parametrize("loss", DENSE_TARGETS)
@pytest.mark.parametrize(
    ("outputs", "targets"),
    [((4, 1), (4,)), ((4,), (4, 1)), ((4, 1), (3, 1)), ((4, 2), (4, 1))],
)
def test_targets_of_another_shape_are_refused(loss, outputs, targets):
    with pytest.raises(ValueError, match="targets") as caught:
        loss(np.zeros(outputs), np.zeros(targets))
    assert str(outputs) in str(caught.value)
    assert str(targets) in str(caught.value)


@pytest.mark.parametrize(
    ("labels", "error", "found"),
    [
        (np.zeros((3, 1), int), ValueError, "(3, 1)"),
        (np.zeros((3, 2), int), ValueError, "(3, 2)"),
        (np.array([0, 1]), ValueError, "2"),
        (np.array([0, 1, 2]), ValueError, "2"),
        (np.array([0, -1, 1]), ValueError, "-1"),
        (np.array([0.0, 1.0, 1.0]), TypeError, "float64"),
        (np.array(["0", "1", "1"]), TypeError, "U1"),
        (np.array([0, "1", 1], object), TypeError, "object"),
    ],
)
def test_bad_labels_are_refused_with_what_was_found(labels, error, found):
    with pytest.raises(error, match="labels") as caught:
        softmax_cross_entropy(np.zeros((3, 2)), labels)
    assert found in str(caught.value)


@pytest.mark.parametrize(
    "logits", [np.zeros(3), np.zeros((3, 1)), np.zeros((3, 2, 2))]
)
def test_softmax_cross_entropy_wants_a_row_of_logits_per_example(logits):
    with pytest.raises(ValueError, match="logits") as caught:
        softmax_cross_entropy(logits, np.zeros(3, int))
    assert str(logits.shape) in str(caught.value)


@pytest.mark.parametrize("shape", [(0, 1), (3, 0)])
@pytest.mark.parametrize("loss", DENSE_TARGETS)
def test_an_empty_batch_has_no_mean(loss, shape):
    with pytest.raises(ValueError, match="at least one") as caught:
        loss(np.zeros(shape), np.zeros(shape))
    assert str(shape) in str(caught.value)


def test_an_empty_batch_has_no_mean_cross_entropy():
    with pytest.raises(ValueError, match=r"at least one.*\(0, 3\)"):
        softmax_cross_entropy(np.zeros((0, 3)), np.zeros(0, int))


@pytest.mark.parametrize("loss", DENSE_TARGETS)
def test_targets_are_numbers(loss):
    with pytest.raises(TypeError, match=r"targets must be numbers.*U"):
        loss(np.zeros((2, 1)), np.array([["0"], ["1"]]))


@pytest.mark.parametrize("loss", ALL)
def test_whole_number_outputs_are_refused(loss):
    targets = np.zeros((3, 1), int)
    if loss is softmax_cross_entropy:
        targets = targets[:, 0]
    with pytest.raises(TypeError, match="int64"):
        loss(np.zeros((3, 1), int), targets)


@pytest.mark.parametrize("loss", DENSE_TARGETS)
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_targets_are_finite(loss, value):
    targets = np.array([[0.5], [value]])
    with pytest.raises(ValueError, match=f"targets must be finite.*{value}"):
        loss(np.zeros((2, 1)), targets)


def test_huge_targets_are_finite_although_their_sum_is_not():
    huge = np.full((3, 1), 1.5e308)
    assert mean_squared_error(huge, huge)[0] == 0.0


@pytest.mark.parametrize("value", [-0.5, 1.5, 7, np.nan])
def test_binary_targets_lie_between_zero_and_one(value):
    targets = np.array([[0.0], [value]])
    with pytest.raises(ValueError, match="targets") as caught:
        binary_cross_entropy(np.zeros((2, 1)), targets)
    assert re.search(re.escape(f"{value}"), str(caught.value))
