"""Training: one step, many epochs, and what to watch meanwhile."""

import copy
import math
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from tqdm import tqdm

from plainnet._checks import (
    check_finite,
    check_floating,
    check_not_negative,
    check_positive_int,
    check_rng,
    check_same_length,
)
from plainnet._types import Array, LossFunction
from plainnet.data import minibatches
from plainnet.losses import binary_cross_entropy
from plainnet.network import Network
from plainnet.optimizers import Optimizer


@dataclass
class History:
    """What was measured, one entry for each finished epoch.

    Attributes
    ----------
    epochs : int
        How many epochs were planned; ``len(history)`` is how many are done.
    has_validation : bool
        Whether validation data were given.
    train_loss : list of float
        Mean loss of the epoch's minibatches, each before its own step.
    validation_loss, validation_accuracy : list of float
        At the end of the epoch; empty without validation data.
    seconds : list of float
        Time spent on training steps, validation not counted.
    """

    epochs: int
    has_validation: bool = False
    train_loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def __len__(self) -> int:
        """Return the number of finished epochs."""
        return len(self.train_loss)


#: Called before the first epoch and after each; True ends the training.
#: If it has a method ``finish(network)``, that is called at the end.
Callback = Callable[[Network, History], bool | None]


def train_step(
    network: Network,
    loss: LossFunction,
    optimizer: Optimizer,
    X: Array,
    y: Array,
) -> float:
    """Learn from one minibatch; return its mean loss before the step."""
    outputs = network.forward(X, training=True)
    value, grad = loss(outputs, y)
    network.backward(grad)
    optimizer.step(network.params, network.grads)
    return value


def fit(
    network: Network,
    loss: LossFunction,
    optimizer: Optimizer,
    X: Array,
    y: Array,
    *,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator,
    validation: tuple[Array, Array] | None = None,
    callbacks: Sequence[Callback] = (),
) -> History:
    """Train on X (n, d) and y for some epochs; return what was measured.

    Parameters
    ----------
    epochs, batch_size : int
        Passes over the data; examples in a minibatch.
    rng : numpy.random.Generator
        Shuffles the examples anew for each epoch.
    validation : (X, y), optional
        Held-out examples, evaluated after each epoch.
    callbacks : sequence of `Callback`
    """
    _check(network, loss, X, y, validation, epochs, batch_size, rng)
    history = History(epochs, has_validation=validation is not None)
    stop = _tell(callbacks, network, history)
    while not stop and len(history) < epochs:
        batches = minibatches(X, y, batch_size, rng)
        _run_epoch(network, loss, optimizer, batches, validation, history)
        stop = _tell(callbacks, network, history)
    _finish(callbacks, network)
    return history


def _run_epoch(
    network: Network,
    loss: LossFunction,
    optimizer: Optimizer,
    batches: Iterable[tuple[Array, Array]],
    validation: tuple[Array, Array] | None,
    history: History,
) -> None:
    start, total, n = time.perf_counter(), 0.0, 0
    for X, y in batches:
        total += train_step(network, loss, optimizer, X, y) * len(X)
        n += len(X)
    history.seconds.append(time.perf_counter() - start)
    history.train_loss.append(total / n)
    if validation is not None:
        value, accuracy = evaluate(network, loss, *validation)
        history.validation_loss.append(value)
        history.validation_accuracy.append(accuracy)


def _tell(
    callbacks: Sequence[Callback], network: Network, history: History
) -> bool:
    answers = [callback(network, history) for callback in callbacks]
    return any(answers)  # asked only after every callback was told


def _finish(callbacks: Sequence[Callback], network: Network) -> None:
    for callback in callbacks:
        if hasattr(callback, "finish"):
            callback.finish(network)


def _check(
    network: Network,
    loss: LossFunction,
    X: Array,
    y: Array,
    validation: tuple[Array, Array] | None,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator,
) -> None:
    """Try everything that can be refused before anything is changed."""
    check_positive_int("epochs", epochs)
    check_positive_int("batch_size", batch_size)
    check_rng(rng)
    examples = [(X, y)]
    if validation is not None:
        if not isinstance(validation, tuple | list) or len(validation) != 2:
            raise ValueError("validation must be a pair of arrays, (X, y)")
        examples.append((validation[0], validation[1]))
    for inputs, targets in examples:
        inputs, targets = np.asarray(inputs), np.asarray(targets)
        check_same_length(inputs, targets)
        check_floating("X", inputs)
        check_finite("X", inputs)
        network.layers[0].check_input(inputs)
        one = network.forward(inputs[:1])
        # The loss looks at all targets, against outputs of nothing but 0.
        loss(np.zeros((len(inputs), *one.shape[1:]), one.dtype), targets)


def evaluate(
    network: Network, loss: LossFunction, X: Array, y: Array
) -> tuple[float, float]:
    """Measure a network on examples without changing it.

    Parameters
    ----------
    X : ndarray of shape (n, d)
        Examples, passed through in chunks to spare memory.
    y : ndarray of shape (n,) or (n, K)
        Labels or targets, as the loss wants them.

    Returns
    -------
    loss : float
        Mean over all examples.
    accuracy : float
        Part of the answers that are right, nan for a regression loss.
    """
    X, y = np.asarray(X), np.asarray(y)
    check_same_length(X, y)
    total = right = 0.0
    for start in range(0, len(X), _CHUNK):
        rows = slice(start, start + _CHUNK)
        outputs = network.forward(X[rows])
        total += loss(outputs, y[rows])[0] * len(outputs)
        right += _accuracy(loss, outputs, y[rows]) * len(outputs)
    return total / len(X), right / len(X)


_CHUNK = 1000  # rows


def _accuracy(loss: LossFunction, outputs: Array, y: Array) -> float:
    if y.ndim == 1:
        return float(np.mean(outputs.argmax(axis=1) == y))
    if loss is binary_cross_entropy:
        return float(np.mean((outputs > 0) == (y > 0.5)))
    return math.nan


class EarlyStopping:
    """Stop when the validation loss has not improved for a while.

    When training ends, the parameters of the best epoch are put back. The
    optimizer keeps what it remembers.

    Parameters
    ----------
    patience : int
        Epochs without improvement after which training stops.
    min_delta : float, default 0
        What counts as an improvement of the validation loss.
    """

    def __init__(self, patience: int, min_delta: float = 0.0) -> None:
        check_positive_int("patience", patience)
        check_not_negative("min_delta", min_delta)
        self.patience = patience
        self.min_delta = min_delta

    def __call__(self, network: Network, history: History) -> bool:
        """Note the last epoch; return True when patience has run out."""
        if not history.has_validation:
            raise ValueError("EarlyStopping needs validation=(X, y) in fit")
        if len(history) == 0:
            self.best_loss, self.best_epoch = math.inf, 0
            self._best = copy.deepcopy(network.params)
            return False
        value = history.validation_loss[-1]
        if value < self.best_loss - self.min_delta:
            self.best_loss, self.best_epoch = value, len(history)
            self._best = copy.deepcopy(network.params)
        return len(history) - self.best_epoch >= self.patience

    def finish(self, network: Network) -> None:
        """Put the parameters of the best epoch back."""
        for name, param in network.params.items():
            param[...] = self._best[name]


class ProgressBar:
    """Show a bar that grows with every epoch.

    It goes to stdout: on stderr it would look like a warning in a notebook.
    The environment variable ``TQDM_DISABLE=1`` silences it.
    """

    def __call__(self, network: Network, history: History) -> None:
        """Open the bar before the first epoch, then advance it."""
        if len(history) == 0:
            self._bar = tqdm(
                total=history.epochs, unit="epoch", file=sys.stdout
            )
            return
        shown = {"loss": history.train_loss[-1]}
        if history.has_validation:
            shown["validation accuracy"] = history.validation_accuracy[-1]
        self._bar.set_postfix(shown, refresh=False)
        self._bar.update()

    def finish(self, network: Network) -> None:
        """Close the bar."""
        self._bar.close()
