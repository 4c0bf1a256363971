"""regression.py against closed forms, scikit-learn and bad input."""

import math

import numpy as np
import pytest
import sklearn.linear_model
from plainnet.regression import LinearRegression, LogisticRegression
from reference import central_difference, frozen, worst_error

MODELS = [LinearRegression, LogisticRegression]


def examples(model, rng, n=60, d=3):
    """Draw a data set that suits the model and has no perfect fit."""
    X = rng.normal(size=(n, d))
    y = X @ np.arange(1.0, d + 1) - 0.5 + rng.normal(size=n)
    return X, (y > 0).astype(np.int64) if model is LogisticRegression else y


@pytest.mark.parametrize("d", [1, 4])
def test_linear_regression_reaches_least_squares(d, rng):
    X, y = examples(LinearRegression, rng, d=d)
    model = LinearRegression(learning_rate=0.1, epochs=2000)
    assert model.fit(X, y) is model
    design = np.column_stack([X, np.ones(len(X))])
    solution, *_ = np.linalg.lstsq(design, y)
    np.testing.assert_allclose([*model.w, model.b], solution, atol=1e-9)
    np.testing.assert_allclose(model.predict(X), design @ solution)
    assert model.w.shape == (d,)
    assert type(model.b) is float


def test_logistic_regression_reaches_scikit_learns_answer(rng):
    X, y = examples(LogisticRegression, rng)
    model = LogisticRegression(learning_rate=1.0, epochs=5000)
    assert model.fit(X, y) is model
    theirs = sklearn.linear_model.LogisticRegression(C=np.inf, tol=1e-10)
    theirs.fit(X, y)
    np.testing.assert_allclose(model.w, theirs.coef_[0], rtol=1e-4)
    assert model.b == pytest.approx(theirs.intercept_[0], rel=1e-4)
    p = model.predict_proba(X)
    np.testing.assert_allclose(p, theirs.predict_proba(X)[:, 1], atol=1e-5)
    np.testing.assert_array_equal(model.predict(X), theirs.predict(X))
    assert model.predict(X).dtype == np.int64
    assert p.shape == model.predict(X).shape == y.shape


def mean_loss(model, w, b, X, y):
    """Compute the loss that each model descends, from its definition."""
    z = X @ w + b
    if model is LinearRegression:
        return float(np.mean((z - y) ** 2))
    p = 1 / (1 + np.exp(-z))
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


@pytest.mark.parametrize("model", MODELS)
def test_each_epoch_is_one_step_down_the_numerical_gradient(model, rng):
    X, y = examples(model, rng)
    w, b, losses = np.zeros(3), np.zeros(1), []

    def loss():
        return mean_loss(model, w, b, X, y)

    for _ in range(5):
        losses.append(loss())
        slopes = [central_difference(loss, array) for array in (w, b)]
        w -= 0.2 * slopes[0]
        b -= 0.2 * slopes[1]
    ours = model(learning_rate=0.2, epochs=5).fit(X, y)
    assert worst_error(ours.w, w) <= 1e-7
    assert ours.b == pytest.approx(b[0], rel=1e-7)
    np.testing.assert_allclose(ours.losses, losses, rtol=1e-7)
    assert all(type(loss) is float for loss in ours.losses)


def test_logistic_loss_starts_at_ln_2(rng):
    model = LogisticRegression(epochs=1)
    model.fit(*examples(LogisticRegression, rng))
    assert model.losses == [pytest.approx(math.log(2), rel=1e-15)]


def test_two_over_the_largest_curvature_is_the_limit_for_the_rate(rng):
    X, y = examples(LinearRegression, rng)
    design = np.column_stack([X, np.ones(len(X))])
    limit = 2 / np.linalg.eigvalsh(2 * design.T @ design / len(X)).max()
    below = LinearRegression(0.95 * limit, epochs=200).fit(X, y)
    above = LinearRegression(1.05 * limit, epochs=200).fit(X, y)
    assert below.losses[-1] < below.losses[0]
    assert above.losses[-1] > 1e3 * above.losses[0]


@pytest.mark.parametrize("model", MODELS)
def test_fit_starts_afresh_and_leaves_the_data_alone(model, rng):
    X, y = examples(model, rng)
    before = frozen([X, y])
    once = model(epochs=7).fit(X, y)
    twice = model(epochs=7).fit(X[::-1], y[::-1]).fit(X, y)
    assert frozen([X, y]) == before
    assert frozen(vars(once)) == frozen(vars(twice))
    assert len(once.losses) == 7


def test_logistic_regression_is_calm_far_from_the_boundary():
    X = np.array([[-1e4], [1e4]])
    model = LogisticRegression(learning_rate=10.0, epochs=3)
    model.fit(X, np.array([0, 1]))
    np.testing.assert_array_equal(model.predict_proba(X), [0.0, 1.0])
    np.testing.assert_array_equal(model.predict(X), [0, 1])
    assert np.isfinite(model.losses).all()


def test_no_line_gets_xor_right():
    X = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    y = np.array([0, 1, 1, 0])
    model = LogisticRegression(learning_rate=1.0, epochs=2000).fit(X, y)
    assert np.mean(model.predict(X) == y) <= 0.75
    assert model.losses[-1] == pytest.approx(math.log(2), rel=1e-6)


@pytest.mark.parametrize("model", MODELS)
def test_a_rate_and_epochs_are_positive(model):
    for rate in (0, -0.1, np.nan, np.inf):
        with pytest.raises(ValueError, match=f"learning_rate.*{rate}"):
            model(learning_rate=rate)
    for epochs in (0, -3):
        with pytest.raises(ValueError, match=f"epochs.*{epochs}"):
            model(epochs=epochs)
    with pytest.raises(TypeError, match=r"epochs.*1\.5"):
        model(epochs=1.5)


def broken(X, y):
    """List bad pairs: data, the error, and what its message must say."""
    holed, endless = X.copy(), X.copy()
    holed[2, 1], endless[3, 0] = np.nan, -np.inf
    return [
        (X[:, 0], y, ValueError, "X must", f"({len(X)},)"),
        (X, y[:, None], ValueError, "y must", f"({len(X)}, 1)"),
        (X, y[:-1], ValueError, "X and y", f"({len(X) - 1},)"),
        (X[:0], y[:0], ValueError, "X must", "(0, 3)"),
        (holed, y, ValueError, "X must be finite", "nan"),
        (endless, y, ValueError, "X must be finite", "-inf"),
        (X, y.astype(str), TypeError, "y must", "U"),
    ]


@pytest.mark.parametrize("case", range(7))
@pytest.mark.parametrize("model", MODELS)
def test_bad_data_is_refused_and_the_fit_kept(model, case, rng):
    good = examples(model, rng)
    X, y, error, names, found = broken(*good)[case]
    fitted = model(epochs=3).fit(*good)
    before = frozen(vars(fitted))
    with pytest.raises(error, match=names) as caught:
        fitted.fit(X, y)
    assert found in str(caught.value)
    assert frozen(vars(fitted)) == before


@pytest.mark.parametrize("value", [2, -1, 0.5])
def test_logistic_labels_are_zero_or_one(value, rng):
    X, y = examples(LogisticRegression, rng)
    y = y.astype(float)
    y[4] = value
    with pytest.raises(ValueError, match=f"y must.*{value}"):
        LogisticRegression().fit(X, y)


@pytest.mark.parametrize("model", MODELS)
def test_predict_wants_a_fit_and_the_same_features(model, rng):
    X, y = examples(model, rng)
    with pytest.raises(RuntimeError, match="fit"):
        model().predict(X)
    fitted = model(epochs=1).fit(X, y)
    with pytest.raises(ValueError, match=r"X must.*\(60, 2\)"):
        fitted.predict(X[:, :2])
    with pytest.raises(ValueError, match=r"X must.*\(60,\)"):
        fitted.predict(X[:, 0])
