"""Exercises of chapter 11, zero or one."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.model_selection import train_test_split

from plainnet._types import Array, Labels
from plainnet.data import load_digits
from plainnet.exercises._core import (
    Exercise,
    Experiment,
    Function,
    Mistake,
    Value,
)
from plainnet.initializers import xavier_normal
from plainnet.layers import Sigmoid
from plainnet.losses import binary_cross_entropy
from plainnet.network import Network, mlp
from plainnet.optimizers import SGD
from plainnet.training import fit


def loss_by_hand() -> list[float]:
    """Return the loss of the batch, then its gradient's three entries."""
    logits = np.array([[2.0], [-1.0], [0.0]])
    truth = np.array([[1], [1], [0]])
    loss, gradient = binary_cross_entropy(logits, truth)
    return [loss, *gradient[:, 0].tolist()]


def parameter_counts() -> list[int]:
    """Return the parameters of 64-20-10-1 and of 64-20-10-3."""
    counts = []
    for sizes in (64, 20, 10, 1), (64, 20, 10, 3):
        params = mlp(sizes, rng=np.random.default_rng(0)).params
        counts.append(sum(array.size for array in params.values()))
    return counts


def precision_and_recall(truth: Labels, answer: Labels) -> tuple[float, float]:
    """Return precision and recall; nan where the question has no answer."""
    hits = ((truth == 1) & (answer == 1)).sum()
    called, real = (answer == 1).sum(), (truth == 1).sum()
    precision = hits / called if called else float("nan")
    recall = hits / real if real else float("nan")
    return float(precision), float(recall)


def _accuracy_too(truth: Labels, answer: Labels) -> tuple[float, float]:
    precision, _ = precision_and_recall(truth, answer)
    return precision, float((truth == answer).mean())


def _zero_for_nothing(truth: Labels, answer: Labels) -> tuple[float, float]:
    pair = precision_and_recall(truth, answer)
    return float(np.nan_to_num(pair[0])), float(np.nan_to_num(pair[1]))


def epochs_needed() -> dict[str, list[int]]:
    """Count the epochs until the loss is below 0.1, for three scalings."""
    X, y = load_digits(classes=(0, 1))
    X_train, _, y_train, _ = train_test_split(
        X, y, test_size=0.2, stratify=y, random_state=0
    )
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    S_train = (X_train - mean) / np.where(std > 0, std, 1)
    scales = {"raw": X_train, "16": X_train / 16, "std": S_train}
    return {
        name: [_epochs(inputs, y_train[:, None], seed) for seed in range(5)]
        for name, inputs in scales.items()
    }


def _epochs(inputs: Array, targets: Array, seed: int) -> int:
    rng = np.random.default_rng(seed)
    sizes = (64, 16, 8, 1)
    network = mlp(sizes, rng=rng, activation=Sigmoid, init=xavier_normal)
    history = fit(
        network,
        binary_cross_entropy,
        SGD(0.5),
        inputs,
        targets,
        epochs=1000,
        batch_size=len(inputs),
        rng=rng,
        callbacks=[lambda _, so_far: min(so_far.train_loss, default=1) < 0.1],
    )
    return len(history)


_measured = functools.cache(epochs_needed)


def _judge_scaling(answer: Any) -> str:
    names = list(_measured())
    if not isinstance(answer, Mapping) or set(answer) != set(names):
        return f"The answer is a dict with the keys {names}."
    for name in names:
        counts = np.atleast_1d(np.asarray(answer[name], dtype=float))
        if counts.shape != (5,):
            return (
                f'"{name}" holds {counts.size} and not five numbers. One run '
                "cannot show how far runs differ."
            )
        if not np.allclose(counts, _measured()[name], rtol=0.05, atol=2):
            return (
                f'The epochs under "{name}" are not those of our runs. Do '
                "the seeds run from 0 to 4, with one generator for the "
                "weights and for `fit`, full batches and the rate 0.5?"
            )
    return ""


def errors(a: int, b: int, seeds: Sequence[int]) -> Array:
    """Return the share of held-out images that each split gets wrong."""
    X, y = load_digits(classes=(a, b))
    t = (y == b).astype(int)
    wrong = []
    for seed in seeds:
        train, test = train_test_split(
            np.arange(len(t)), test_size=0.3, stratify=t, random_state=seed
        )
        mean, std = X[train].mean(axis=0), X[train].std(axis=0)
        S = (X - mean) / np.where(std > 0, std, 1)
        network = _trained(S[train], t[train, None], seed)
        wrong.append(np.mean(network.predict(S[test]) != t[test]))
    return np.array(wrong)


def _trained(
    S: Array, targets: Array, seed: int, epochs: int = 200
) -> Network:
    """Train the chapter's network with full batches."""
    rng = np.random.default_rng(seed)
    sizes = (64, 16, 8, 1)
    network = mlp(sizes, rng=rng, activation=Sigmoid, init=xavier_normal)
    fit(
        network,
        binary_cross_entropy,
        SGD(0.5),
        S,
        targets,
        epochs=epochs,
        batch_size=len(S),
        rng=rng,
    )
    return network


def _wrong_errors(
    a: int, b: int, seeds: Sequence[int], slip: str = ""
) -> Array:
    """Return what `errors` gives with one slip."""
    X, y = load_digits(classes=(a, b))
    t = (y == b).astype(int)
    wrong = []
    for seed in seeds:
        train, test = train_test_split(
            np.arange(len(t)), test_size=0.3, stratify=t, random_state=seed
        )
        seen = X if slip == "leak" else X[train]
        mean, std = seen.mean(axis=0), seen.std(axis=0)
        S = (X - mean) / np.where(std > 0, std, 1)
        epochs = 1000 if slip == "epochs" else 200
        network = _trained(S[train], t[train, None], seed, epochs)
        judged = train if slip == "training" else test
        wrong.append(np.mean(network.predict(S[judged]) != t[judged]))
    return np.array(wrong)


EXERCISES: list[Exercise] = [
    Value(
        title="Loss by hand",
        level="easy",
        solution=loss_by_hand,
        hints=(
            "Turn each logit into a probability of class 1 first. The loss "
            "of an example asks only for the probability of its own truth.",
            "Entry i of the gradient compares the probability with the "
            "label, and carries the factor that makes the loss a mean.",
        ),
        mistakes=[
            Mistake(
                [2.133, -0.040, -0.244, 0.167],
                "The gradient is right, but the loss is the sum over the "
                "three images.",
            ),
            Mistake(
                [0.3088, -0.040, -0.244, 0.167],
                "The gradient is right. The loss is taken with logarithms "
                "to the base 10; in this book they are natural ones.",
            ),
            Mistake(
                [0.711, -0.119, -0.731, 0.5],
                "The loss is right. The gradient belongs to the sum of the "
                "losses, not to their mean.",
            ),
            Mistake(
                [0.711, 0.040, 0.244, -0.167],
                "The loss is right. Follow your gradient downhill in "
                "thought: the logit of the second image would fall, though "
                "its label is 1.",
            ),
        ],
    ),
    Value(
        title="Count the parameters",
        level="easy",
        solution=parameter_counts,
        tolerance=0.1,
        hints=(
            "Each dense layer has one weight for each pair of an input and "
            "an output. What else does it have?",
            "Count the three layers one by one. Only the last differs "
            "between the two networks.",
        ),
        mistakes=[
            Mistake([1543, 1521], "The two numbers have changed places."),
            Mistake([1490, 1510], "These are the weights. Units have more."),
            Mistake(
                [1585, 1607],
                "One bias too many for each input: inputs compute nothing.",
            ),
        ],
    ),
    Function(
        title="Precision and recall from scratch",
        level="medium",
        solution=precision_and_recall,
        hints=(
            "Compare each array with 1 and combine the two comparisons with "
            "`&`: that marks the true positives, and a sum counts them.",
            "Both fractions have the same numerator. One divides by how "
            "many were called 1, the other by how many are 1.",
            "Test the divisor before you divide, and return "
            '`float("nan")` where it is 0.',
        ),
        cases=[
            (
                np.array([1, 1, 1, 1, 1, 0, 0, 0, 0, 0]),
                np.array([1, 1, 1, 0, 0, 1, 0, 0, 0, 0]),
            ),
            (np.array([0, 1, 0, 1]), np.array([0, 0, 0, 0])),
            (np.array([0, 0]), np.array([1, 0])),
            (np.array([1, 0, 1]), np.array([1, 0, 1])),
        ],
        mistakes=[
            Mistake(
                lambda truth, answer: precision_and_recall(answer, truth),
                "The two have changed places: which question does each ask?",
            ),
            Mistake(
                _accuracy_too,
                "The second number counts right zeros too: that is the "
                "accuracy.",
            ),
            Mistake(
                _zero_for_nothing,
                "Where nothing was called 1, a 0 says that all calls were "
                "wrong. There were none.",
            ),
        ],
    ),
    Experiment(
        title="Does scaling help here?",
        level="medium",
        solution=epochs_needed,
        judge=_judge_scaling,
        hints=(
            "Only the input changes: `X_train`, `X_train / 16`, `S_train`.",
            "Make the generator anew for each run, "
            "`rng = np.random.default_rng(seed)`, and give it to `mlp` and to "
            "`fit`. `history.train_loss` has an entry for every epoch.",
        ),
        mistakes=[
            Mistake(
                {"raw": 100},
                "The answer is a dict with the keys ['raw', '16', 'std'].",
            ),
            Mistake(
                {"raw": 100, "16": 200, "std": 150},
                "One run cannot show how far runs differ.",
            ),
            Mistake(
                {"raw": [9] * 5, "16": [9] * 5, "std": [9] * 5},
                'The epochs under "raw" are not those of our runs.',
            ),
        ],
    ),
    Function(
        title="A harder pair",
        level="hard",
        solution=errors,
        hints=(
            "`load_digits` takes the two classes and returns the labels a and "
            "b: make targets of 0 and 1 from them, as a column for the loss.",
            "For each seed: split the row numbers, scale by the training "
            "part, build and train the network, count on the other part.",
            "Follow the section on changing one thing at a time: the body "
            "of `five_runs` is nearly what you need.",
        ),
        cases=[(0, 1, [0]), (3, 5, [1, 2]), (8, 9, [3, 0]), (1, 8, [4, 8])],
        mistakes=[
            Mistake(
                lambda a, b, seeds: 1 - errors(a, b, seeds),
                "These look like accuracies.",
            ),
            Mistake(
                lambda a, b, seeds: errors(a, b, [0] * len(seeds)),
                "All splits are the same one: a repetition that repeats "
                "everything shows no spread.",
            ),
            Mistake(
                functools.partial(_wrong_errors, slip="training"),
                "These errors are too small for images that the network has "
                "never seen.",
            ),
            Mistake(
                functools.partial(_wrong_errors, slip="leak"),
                "The images that are held out have had a say in the scale.",
            ),
            Mistake(
                functools.partial(_wrong_errors, slip="epochs"),
                "These are the errors after 1,000 epochs.",
            ),
        ],
    ),
]
