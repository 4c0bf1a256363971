"""training.py: the loop, what it records, and what it refuses."""

import copy
import functools
import math
import os
import subprocess
import sys

import numpy as np
import pytest
from plainnet.data import make_xor, minibatches
from plainnet.layers import Dropout, Sigmoid, Tanh
from plainnet.losses import (
    binary_cross_entropy,
    mean_squared_error,
    softmax_cross_entropy,
)
from plainnet.network import Network, mlp
from plainnet.optimizers import SGD, Adam, Momentum
from plainnet.training import (
    EarlyStopping,
    History,
    ProgressBar,
    evaluate,
    fit,
    train_step,
)
from reference import frozen

N, D, K = 37, 4, 3


def problem(dtype=np.float64, **options):
    """Build a small network with its optimizer, examples and labels."""
    rng = np.random.default_rng(8)
    network = mlp((D, 6, K), rng=rng, activation=Tanh, dtype=dtype, **options)
    X = rng.normal(size=(N, D)).astype(dtype)
    return network, Adam(0.01), X, rng.integers(0, K, N)


def run(network, optimizer, X, y, loss=softmax_cross_entropy, **options):
    """Call fit with short defaults."""
    defaults = {"epochs": 3, "batch_size": 8, "rng": np.random.default_rng(5)}
    return fit(network, loss, optimizer, X, y, **{**defaults, **options})


class Spy:
    """A loss that remembers the labels it saw and the losses it gave."""

    def __init__(self):
        self.seen = []

    def __call__(self, outputs, y):
        loss, grad = softmax_cross_entropy(outputs, y % K)
        self.seen.append((y.copy(), loss))
        return loss, grad


def test_train_step_is_the_four_lines():
    network, optimizer, X, y = problem(dropout=0.3)
    twin, other = copy.deepcopy((network, optimizer))
    for _ in range(3):
        loss, grad = softmax_cross_entropy(twin.forward(X, training=True), y)
        twin.backward(grad)
        other.step(twin.params, twin.grads)
        value = train_step(network, softmax_cross_entropy, optimizer, X, y)
        assert value == loss
        assert type(value) is float
    assert frozen(network.params) == frozen(twin.params)
    assert frozen(network.grads) == frozen(twin.grads)
    assert optimizer.steps == 3


def test_train_step_returns_the_loss_before_the_step():
    network, optimizer, X, y = problem()
    before, _ = evaluate(network, softmax_cross_entropy, X, y)
    value = train_step(network, softmax_cross_entropy, optimizer, X, y)
    after, _ = evaluate(network, softmax_cross_entropy, X, y)
    assert value == pytest.approx(before, rel=1e-12)
    assert after < before


@pytest.mark.parametrize("dropout", [0.0, 0.4])
def test_fit_is_the_plain_loop(dropout):
    network, optimizer, X, y = problem(dropout=dropout)
    twin, other = copy.deepcopy((network, optimizer))
    history = run(network, optimizer, X, y)
    rng, means = np.random.default_rng(5), []
    for _ in range(3):
        total = 0.0
        for X_batch, y_batch in minibatches(X, y, 8, rng):
            outputs = twin.forward(X_batch, training=True)
            loss, grad = softmax_cross_entropy(outputs, y_batch)
            twin.backward(grad)
            other.step(twin.params, twin.grads)
            total += loss * len(X_batch)
        means.append(total / N)
    assert history.train_loss == pytest.approx(means, rel=1e-14)
    assert frozen(network.params) == frozen(twin.params)
    assert frozen(vars(optimizer)) == frozen(vars(other))


def test_each_epoch_sees_every_example_once_in_a_new_order():
    network, optimizer, X, _ = problem()
    spy, y = Spy(), np.arange(N)
    history = run(network, optimizer, X, y, loss=spy, epochs=4)
    # What looks at all answers at once is a check, not a minibatch.
    batches = [seen for seen in spy.seen if len(seen[0]) <= 8]
    sizes = [len(labels) for labels, _ in batches]
    assert sizes == [8, 8, 8, 8, 5] * 4
    orders = []
    for epoch in range(4):
        part = batches[5 * epoch : 5 * epoch + 5]
        orders.append(np.concatenate([labels for labels, _ in part]))
        weighted = sum(len(labels) * loss for labels, loss in part) / N
        assert history.train_loss[epoch] == pytest.approx(weighted, rel=1e-14)
    for order in orders:
        assert sorted(order) == list(range(N))
        assert list(order) != list(range(N))
    assert len({tuple(order) for order in orders}) == 4
    assert optimizer.steps == 20


def test_rows_and_answers_stay_together():
    network, optimizer, X, _ = problem()
    X[:, 0] = np.arange(N)
    pairs = []

    class Watching(Sigmoid):
        def forward(self, X, *, training=False):
            if training:
                pairs.append([X[:, 0].copy(), None])
            return super().forward(X, training=training)

    def loss(outputs, y):
        if pairs and pairs[-1][1] is None:
            pairs[-1][1] = y.copy()
        return softmax_cross_entropy(outputs, y % K)

    network = Network([Watching(), *network.layers])
    run(network, optimizer, X, np.arange(N), loss=loss)
    assert sum(len(rows) for rows, _ in pairs) == 3 * N
    for rows, answers in pairs:
        np.testing.assert_array_equal(rows, answers)


def test_sorted_data_are_learned_all_the_same():
    rng = np.random.default_rng(3)
    y = np.sort(np.arange(300) % 3)
    centres = np.array([[0.0, 4], [4, 0], [-4, -4]])
    X = centres[y] + rng.normal(size=(300, 2))
    network = mlp((2, 3), rng=rng)
    run(network, SGD(0.1), X, y, batch_size=10, epochs=2, rng=rng)
    assert np.mean(network.predict(X) == y) > 0.97


def test_a_batch_larger_than_the_data_is_the_whole_of_it():
    network, optimizer, X, y = problem()
    history = run(network, optimizer, X, y, batch_size=1000)
    assert optimizer.steps == len(history) == 3


def test_fit_changes_neither_the_data_nor_their_order():
    network, optimizer, X, y = problem()
    before = frozen([X, y])
    run(network, optimizer, X, y, validation=(X, y))
    assert frozen([X, y]) == before


def test_the_history_without_and_with_validation():
    network, optimizer, X, y = problem()
    history = run(network, optimizer, X, y)
    assert isinstance(history, History)
    assert history.epochs == len(history) == len(history.train_loss) == 3
    assert history.validation_loss == history.validation_accuracy == []
    assert len(history.seconds) == 3
    assert all(seconds > 0 for seconds in history.seconds)

    network, optimizer, X, y = problem()
    snapshots = []

    def snapshot(network, history):
        snapshots.append(
            evaluate(network, softmax_cross_entropy, X[:9], y[:9])
        )

    history = run(
        network,
        optimizer,
        X,
        y,
        validation=(X[:9], y[:9]),
        callbacks=[snapshot],
    )
    losses, accuracies = zip(*snapshots[1:], strict=True)
    assert history.validation_loss == list(losses)
    assert history.validation_accuracy == list(accuracies)
    for values in (history.train_loss, history.validation_loss):
        assert all(type(value) is float for value in values)


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_watching_leaves_training_bit_identical(dropout):
    def watch(network, history):
        evaluate(network, softmax_cross_entropy, X, y)
        network.predict_proba(X)

    ends = []
    for options in (
        {},
        {"validation": problem()[2:]},
        {"callbacks": [watch]},
        {"validation": problem()[2:], "callbacks": [watch, watch]},
    ):
        network, optimizer, X, y = problem(np.float32, dropout=dropout)
        rng = np.random.default_rng(5)
        history = run(network, optimizer, X, y, rng=rng, **options)
        kept = [network.params, network.grads, vars(optimizer), rng]
        ends.append(frozen([*kept, history.train_loss]))
    assert all(end == ends[0] for end in ends)


def test_a_float32_network_trains_in_float32_only():
    network, _, X, y = problem(np.float32, dropout=0.2)
    optimizer = Adam(np.float64(0.01))
    passed = []

    class Watching(Sigmoid):
        def forward(self, X, *, training=False):
            passed.append(X)
            return super().forward(X, training=training)

        def backward(self, grad):
            passed.append(grad)
            return super().backward(grad)

    network.layers.insert(1, Watching())
    run(network, optimizer, X.astype(np.float64), y, validation=(X, y))
    arrays = [*passed, *network.params.values(), *network.grads.values()]
    arrays += [*optimizer.mean.values(), *optimizer.square.values()]
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}


def test_callbacks_are_told_before_and_after_every_epoch_in_order():
    network, optimizer, X, y = problem()
    told = []

    def note(name, network, history):
        told.append((name, len(history), len(history.validation_loss)))

    run(
        network,
        optimizer,
        X,
        y,
        validation=(X, y),
        callbacks=[functools.partial(note, "a"), functools.partial(note, "b")],
    )
    assert told == [(name, i, i) for i in range(4) for name in "ab"]


@pytest.mark.parametrize("last", [0, 2])
def test_a_callback_that_returns_true_ends_the_training(last):
    network, optimizer, X, y = problem()
    before, told = frozen(network.params), []
    history = run(
        network,
        optimizer,
        X,
        y,
        epochs=5,
        callbacks=[
            lambda network, history: len(history) == last,
            lambda network, history: told.append(len(history)),
        ],
    )
    assert len(history) == last
    assert history.epochs == 5
    assert told == list(range(last + 1))
    assert optimizer.steps == 5 * last
    assert (frozen(network.params) == before) == (last == 0)


def test_xor_is_learned(rng):
    X, y = make_xor()
    network = mlp((2, 8, 1), rng=rng, activation=Tanh)
    history = run(
        network,
        Adam(0.05),
        X,
        y[:, None],
        loss=binary_cross_entropy,
        epochs=300,
        batch_size=4,
    )
    np.testing.assert_array_equal(network.predict(X), y)
    np.testing.assert_array_equal(y, [a != b for a, b in X.mean() < X])
    assert history.train_loss[-1] < 0.05
    assert evaluate(network, binary_cross_entropy, X, y[:, None])[1] == 1


def test_evaluate_by_hand():
    network = mlp((2, 2), rng=np.random.default_rng(0), dtype=np.float64)
    network.params["0.W"][:] = np.eye(2)
    X = np.log([[3.0, 1.0], [1.0, 4.0], [1.0, 1.5]])
    loss, accuracy = evaluate(
        network, softmax_cross_entropy, X, np.array([0, 0, 1])
    )
    expected = -math.log(0.75 * 0.2 * 0.6) / 3
    assert loss == pytest.approx(expected, rel=1e-14)
    assert accuracy == pytest.approx(2 / 3)
    assert type(loss) is type(accuracy) is float
    loss, accuracy = evaluate(network, mean_squared_error, X, X + 2)
    assert loss == pytest.approx(4)
    assert math.isnan(accuracy)


@pytest.mark.parametrize("dtype", [np.int64, np.float64, np.float32])
def test_evaluate_counts_binary_answers(dtype):
    network = mlp((1, 1), rng=np.random.default_rng(0), dtype=np.float64)
    network.params["0.W"][:] = 1
    X = np.array([[-3.0], [-1.0], [0.0], [0.25], [2.0]])
    y = np.array([[0], [1], [0], [1], [0]], dtype)
    loss, accuracy = evaluate(network, binary_cross_entropy, X, y)
    assert accuracy == pytest.approx(3 / 5)
    assert loss == pytest.approx(binary_cross_entropy(X, y)[0])


@pytest.mark.parametrize("n", [1, 999, 1000, 1001, 2500, 5003])
def test_evaluate_weighs_every_example_alike(n, rng):
    network = mlp((D, K), rng=rng, dtype=np.float64)
    X, y = rng.normal(size=(n, D)), rng.integers(0, K, n)
    X[-1] *= 50  # the last, short chunk counts for its rows and no more
    whole, _ = softmax_cross_entropy(network.forward(X), y)
    loss, accuracy = evaluate(network, softmax_cross_entropy, X, y)
    assert loss == pytest.approx(whole, rel=1e-12)
    right = np.mean(network.predict(X) == y)
    assert accuracy == pytest.approx(right, rel=1e-12)


def test_evaluate_never_drops_anything_and_changes_nothing():
    network, _, X, y = problem(dropout=0.9)
    train_step(network, softmax_cross_entropy, SGD(0.1), X, y)
    dropout = next(a for a in network.layers if isinstance(a, Dropout))
    watched = [network.params, network.grads, dropout.rng, X, y]
    before = frozen(watched)
    loss, _ = evaluate(network, softmax_cross_entropy, X, y)
    assert frozen(watched) == before
    expected, _ = softmax_cross_entropy(network.forward(X), y)
    assert loss == pytest.approx(expected, rel=1e-12)


def stops_after(stopping, losses):
    """Feed losses to a stopping rule; return the epoch it ends at."""
    network = mlp((1, 1), rng=np.random.default_rng(0), dtype=np.float64)
    history = History(epochs=100, has_validation=True)
    assert not stopping(network, history)
    for count, loss in enumerate(losses, 1):
        history.train_loss.append(0.0)
        history.validation_loss.append(loss)
        network.params["0.W"][...] = count
        if stopping(network, history):
            break
    stopping.finish(network)
    return count, network.params["0.W"].item()


@pytest.mark.parametrize(
    ("patience", "min_delta", "losses", "end", "best"),
    [
        (1, 0.0, [3, 2, 2.5, 1], 3, 2),
        (2, 0.0, [3, 2, 2.5, 1, 4, 4], 6, 4),
        (2, 0.0, [3, 3, 3, 3], 3, 1),
        (2, 0.3, [3, 2.8, 2.75, 2.74], 3, 1),
        (2, 0.5, [3, 2.5, 2.75, 2], 3, 1),
        (2, 0.3, [3, 2.8, 2.6, 2.5, 2.4, 2.3], 5, 3),
        (3, 0.3, [3, 2.8, 2.6, 2.5, 2.4, 2.25, 2.2], 7, 6),
        (2, 0.0, [3, math.nan, 2, math.nan, math.nan], 5, 3),
    ],
)
def test_early_stopping_waits_and_restores(
    patience, min_delta, losses, end, best
):
    stopping = EarlyStopping(patience, min_delta)
    for _ in range(2):  # a second training starts with fresh patience
        assert stops_after(stopping, losses) == (end, best)


@pytest.mark.parametrize("end", ["patience", "epochs", "another callback"])
def test_early_stopping_within_fit(end):
    network, _, X, y = problem()
    held = (X[:10], (y[:10] + 1) % K)  # what is learned is wrong for these
    seen = []

    def note(network, history):
        seen.append(frozen(network.params))
        return end == "another callback" and len(history) == 12

    arrays = dict(network.params)
    history = run(
        network,
        Momentum(0.1),
        X,
        y,
        epochs=12 if end == "epochs" else 60,
        validation=held,
        callbacks=[note, EarlyStopping(4 if end == "patience" else 100)],
    )
    best = int(np.argmin(history.validation_loss)) + 1
    assert len(history) == (best + 4 if end == "patience" else 12)
    assert best < len(history) < 60
    assert frozen(network.params) == seen[best] != seen[-1]
    assert all(network.params[name] is arrays[name] for name in arrays)


def test_early_stopping_needs_validation():
    network, optimizer, X, y = problem()
    watched = [network.params, vars(optimizer)]
    before = frozen(watched)
    with pytest.raises(ValueError, match="validation"):
        run(network, optimizer, X, y, callbacks=[EarlyStopping(2)])
    assert frozen(watched) == before


@pytest.mark.parametrize(
    ("patience", "error"),
    [(0, ValueError), (-1, ValueError), (2.5, TypeError)],
)
def test_patience_is_a_whole_number_of_at_least_one(patience, error):
    with pytest.raises(error, match=f"patience must.*{patience}"):
        EarlyStopping(patience)


@pytest.mark.parametrize("delta", [-0.1, math.nan, math.inf])
def test_min_delta_is_finite_and_not_negative(delta):
    with pytest.raises(ValueError, match=f"min_delta must.*{delta}"):
        EarlyStopping(3, delta)


def test_the_progress_bar_goes_to_stdout(capsys):
    network, optimizer, X, y = problem()
    history = run(
        network,
        optimizer,
        X,
        y,
        validation=(X, y),
        callbacks=[ProgressBar()],
    )
    captured = capsys.readouterr()
    assert captured.err == ""
    assert "3/3" in captured.out
    assert f"{history.train_loss[-1]:.3g}" in captured.out
    assert f"{history.validation_accuracy[-1]:.3g}" in captured.out


def test_the_progress_bar_is_closed_after_an_early_end(capsys):
    bar = ProgressBar()
    run(*problem(), epochs=9, callbacks=[bar, lambda *told: len(told[1]) == 2])
    captured = capsys.readouterr()
    assert "2/9" in captured.out
    assert captured.out.endswith("\n")


def test_the_progress_bar_can_be_used_again_and_needs_no_validation(capsys):
    bar = ProgressBar()
    for _ in range(2):
        run(*problem(), callbacks=[bar])
    assert capsys.readouterr().out.count("3/3") == 2


def test_the_progress_bar_can_be_silenced():
    # tqdm reads the variable when it is imported: hence another process.
    script = (
        "from plainnet.training import History, ProgressBar\n"
        "bar, history = ProgressBar(), History(1)\n"
        "bar(None, history)\n"
        "history.train_loss.append(0.5)\n"
        "bar(None, history)\n"
        "bar.finish(None)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "TQDM_DISABLE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("", "")


def test_fit_is_silent(capsys):
    network, optimizer, X, y = problem()
    run(network, optimizer, X, y, validation=(X, y))
    evaluate(network, softmax_cross_entropy, X, y)
    assert capsys.readouterr() == ("", "")


def spoiled(X, value):
    """Copy X with one number replaced."""
    X = X.copy()
    X[-1, 2] = value
    return X


# What is wrong, the error, what the message names, and what it found.
BAD = {
    "labels (n, 1)": ({"y": "column"}, ValueError, "labels", "(37, 1)"),
    "label K": ({"y": "large"}, ValueError, "labels", "3"),
    "label -1": ({"y": "negative"}, ValueError, "labels", "-1"),
    "float labels": ({"y": "float"}, TypeError, "labels", "float64"),
    "string labels": ({"y": "string"}, TypeError, "labels", "U"),
    "fewer labels": ({"y": "fewer"}, ValueError, "X and y", "(36,)"),
    "no examples": ({"X": "none", "y": "none"}, ValueError, "X", "(0, 4)"),
    "nan": ({"X": "nan"}, ValueError, "X must be finite", "nan"),
    "inf": ({"X": "inf"}, ValueError, "X must be finite", "inf"),
    "wide X": ({"X": "wide"}, ValueError, "X must have shape", "(37, 8)"),
    "1-D X": ({"X": "flat"}, ValueError, "X must have shape", "(37,)"),
    "images": ({"X": "uint8"}, TypeError, "255", "uint8"),
    "integers": ({"X": "int"}, TypeError, "X must", "int64"),
    "epochs 0": ({"epochs": 0}, ValueError, "epochs", "0"),
    "epochs -1": ({"epochs": -1}, ValueError, "epochs", "-1"),
    "epochs 1.5": ({"epochs": 1.5}, TypeError, "epochs", "1.5"),
    "batch 0": ({"batch_size": 0}, ValueError, "batch_size", "0"),
    "batch -4": ({"batch_size": -4}, ValueError, "batch_size", "-4"),
    "batch 2.5": ({"batch_size": 2.5}, TypeError, "batch_size", "2.5"),
    "seed": ({"rng": 3}, TypeError, "rng must", "3"),
    "no rng": ({"rng": None}, TypeError, "rng must", "None"),
    "module": ({"rng": np.random}, TypeError, "rng must", "module"),
}


def wrong(X, y, kind):
    """Return the bad form of X or y that a case asks for."""
    makers = {
        "column": lambda: y[:, None],
        "large": lambda: np.where(np.arange(N) == N - 1, K, y),
        "negative": lambda: np.where(np.arange(N) == N - 1, -1, y),
        "float": lambda: y.astype(float),
        "string": lambda: y.astype(str),
        "fewer": lambda: y[:-1],
        "nan": lambda: spoiled(X, np.nan),
        "inf": lambda: spoiled(X, -np.inf),
        "wide": lambda: np.hstack([X, X]),
        "flat": lambda: X[:, 0],
        "uint8": lambda: (X * 10).astype(np.int64).astype(np.uint8),
        "int": lambda: (X * 10).astype(np.int64),
    }
    return makers[kind]()


def bad_call(case, X, y):
    """Build the arguments of fit for a case."""
    change, *rest = BAD[case]
    options = {"X": X, "y": y, **change}
    for name, good in (("X", X), ("y", y)):
        if change.get(name) == "none":
            options[name] = good[:0]
        elif isinstance(change.get(name), str):
            options[name] = wrong(X, y, change[name])
    return options, rest


@pytest.mark.parametrize("case", BAD)
def test_bad_input_changes_nothing(case):
    network, optimizer, X, y = problem(dropout=0.3)
    run(network, optimizer, X, y)
    options, (error, names, found) = bad_call(case, X, y)
    told = []
    options = {
        "rng": np.random.default_rng(2),
        "callbacks": [lambda network, history: told.append(history)],
        **options,
    }
    rng = options["rng"]
    generator = [rng] if isinstance(rng, np.random.Generator) else []
    rngs = [
        layer.rng for layer in network.layers if isinstance(layer, Dropout)
    ]
    watched = [network.params, network.grads, vars(optimizer), rngs, generator]
    before = frozen(watched)
    with pytest.raises(error, match=names) as caught:
        run(network, optimizer, **options)
    assert found in str(caught.value)
    assert frozen(watched) == before
    assert told == []


DATA_CASES = [case for case in BAD if BAD[case][0].keys() & {"X", "y"}]


@pytest.mark.parametrize("case", DATA_CASES)
def test_bad_validation_data_are_refused_before_anything_changes(case):
    network, optimizer, X, y = problem()
    options, (error, _, found) = bad_call(case, X, y)
    rng = np.random.default_rng(2)
    watched = [network.params, network.grads, vars(optimizer), rng]
    before = frozen(watched)
    with pytest.raises(error) as caught:
        run(
            network,
            optimizer,
            X,
            y,
            rng=rng,
            validation=(options["X"], options["y"]),
        )
    assert found in str(caught.value)
    assert frozen(watched) == before


@pytest.mark.parametrize("kind", ["X alone", "nothing", "three"])
def test_validation_is_a_pair(kind):
    network, optimizer, X, y = problem()
    validation = {"X alone": X, "nothing": (), "three": (X, y, y)}[kind]
    watched = [network.params, vars(optimizer)]
    before = frozen(watched)
    with pytest.raises((ValueError, TypeError), match="validation must"):
        run(network, optimizer, X, y, validation=validation)
    assert frozen(watched) == before


@pytest.mark.parametrize("loss", [mean_squared_error, binary_cross_entropy])
def test_flat_targets_against_a_column_of_outputs(loss, rng):
    network, optimizer = mlp((D, 1), rng=rng), SGD(0.1)
    X, y = rng.normal(size=(N, D)), rng.integers(0, 2, N).astype(float)
    watched = [network.params, vars(optimizer)]
    before = frozen(watched)
    with pytest.raises(ValueError, match=r"targets.*\(37,\)"):
        run(network, optimizer, X, y, loss=loss)
    with pytest.raises(ValueError, match=r"targets.*\("):
        train_step(network, loss, optimizer, X, y)
    with pytest.raises(ValueError, match=r"targets.*\("):
        evaluate(network, loss, X, y)
    assert frozen(watched) == before


@pytest.mark.parametrize(
    "case", ["labels (n, 1)", "label K", "label -1", "float labels"]
)
def test_train_step_and_evaluate_refuse_bad_labels_too(case):
    network, optimizer, X, y = problem()
    train_step(network, softmax_cross_entropy, optimizer, X, y)
    options, (error, names, found) = bad_call(case, X, y)
    watched = [network.params, network.grads, vars(optimizer)]
    before = frozen(watched)
    for call in (
        lambda y: train_step(network, softmax_cross_entropy, optimizer, X, y),
        lambda y: evaluate(network, softmax_cross_entropy, X, y),
    ):
        with pytest.raises(error, match=names) as caught:
            call(options["y"])
        assert found in str(caught.value)
    assert frozen(watched) == before


def test_evaluate_refuses_what_does_not_pair_up():
    network, _, X, y = problem()
    with pytest.raises(ValueError, match=r"X and y.*\(36,\)"):
        evaluate(network, softmax_cross_entropy, X, y[:-1])
    with pytest.raises(ValueError, match=r"at least one.*\(0, 4\)"):
        evaluate(network, softmax_cross_entropy, X[:0], y[:0])
    with pytest.raises(ValueError, match=r"X must have shape.*\(37, 8\)"):
        evaluate(network, softmax_cross_entropy, np.hstack([X, X]), y)
