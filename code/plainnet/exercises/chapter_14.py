"""Exercises of chapter 14, reading the network."""

import numpy as np

from plainnet._types import Array, Labels
from plainnet.data import load_digits
from plainnet.exercises._core import (
    Exercise,
    Experiment,
    Function,
    Mistake,
    Value,
)
from plainnet.interpret import saliency
from plainnet.losses import softmax_cross_entropy
from plainnet.network import Network, mlp
from plainnet.optimizers import SGD
from plainnet.training import train_step

_TABLE = np.array([[90, 6, 4], [10, 80, 10], [0, 34, 66]])


def three_rates() -> list[float]:
    """Return the accuracy, and recall and precision of the middle class."""
    hits = np.diag(_TABLE)
    accuracy = hits.sum() / _TABLE.sum()
    recall = hits[1] / _TABLE[1].sum()
    precision = hits[1] / _TABLE[:, 1].sum()
    return [float(accuracy), float(recall), float(precision)]


def confidence_gap(probabilities: Array, labels: Labels) -> float:
    """Return the mean confidence in the answers minus the accuracy."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    return float(confidence.mean() - right.mean())


def _gap_of_truth(probabilities: Array, labels: Labels) -> float:
    given = probabilities[np.arange(len(labels)), labels]
    right = probabilities.argmax(axis=1) == labels
    return float(given.mean() - right.mean())


def _gap_turned(probabilities: Array, labels: Labels) -> float:
    return -confidence_gap(probabilities, labels)


def _gap_of_wrong(probabilities: Array, labels: Labels) -> float:
    wrong = probabilities.argmax(axis=1) != labels
    return float(probabilities.max(axis=1).mean() - wrong.mean())


def error_after_refusing(
    probabilities: Array, labels: Labels, share: float
) -> float:
    """Return the error on what is left when the least sure are refused."""
    order = np.argsort(probabilities.max(axis=1), kind="stable")
    kept = order[round(share * len(order)) :]
    return float(np.mean(probabilities[kept].argmax(axis=1) != labels[kept]))


def _refuse_the_surest(
    probabilities: Array, labels: Labels, share: float
) -> float:
    order = np.argsort(-probabilities.max(axis=1), kind="stable")
    kept = order[round(share * len(order)) :]
    return float(np.mean(probabilities[kept].argmax(axis=1) != labels[kept]))


def _refuse_by_truth(
    probabilities: Array, labels: Labels, share: float
) -> float:
    truth = probabilities[np.arange(len(labels)), labels]
    kept = np.argsort(truth, kind="stable")[round(share * len(labels)) :]
    return float(np.mean(probabilities[kept].argmax(axis=1) != labels[kept]))


def _share_of_all(probabilities: Array, labels: Labels, share: float) -> float:
    order = np.argsort(probabilities.max(axis=1), kind="stable")
    kept = order[round(share * len(order)) :]
    wrong = probabilities[kept].argmax(axis=1) != labels[kept]
    return float(wrong.sum() / len(labels))


def _cut_off(probabilities: Array, labels: Labels, share: float) -> float:
    order = np.argsort(probabilities.max(axis=1), kind="stable")
    kept = order[int(share * len(order)) :]
    return float(np.mean(probabilities[kept].argmax(axis=1) != labels[kept]))


def _last_of_equals(
    probabilities: Array, labels: Labels, share: float
) -> float:
    return error_after_refusing(probabilities[::-1], labels[::-1], share)


def margin_slope(network: Network, X: Array, first: int, second: int) -> Array:
    """Return the slope of logit `first` minus logit `second` for inputs."""
    ask = np.zeros_like(network.forward(X))
    ask[:, first] = 1
    ask[:, second] = -1
    return network.input_gradient(ask)


def _first_only(network: Network, X: Array, first: int, second: int) -> Array:
    return saliency(network, X, np.full(len(X), first))


def _sum_of_both(network: Network, X: Array, first: int, second: int) -> Array:
    return _first_only(network, X, first, first) + _first_only(
        network, X, second, second
    )


def _other_way(network: Network, X: Array, first: int, second: int) -> Array:
    return margin_slope(network, X, second, first)


def _of_the_mean(network: Network, X: Array, first: int, second: int) -> Array:
    return margin_slope(network, X, first, second) / len(X)


def cost_of_silence(network: Network, X: Array, y: Labels, unit: int) -> float:
    """Return how much accuracy is lost without a unit of the first layer."""
    first, *rest = network.layers
    before = np.mean(network.predict(X) == y)
    hidden = rest[0].forward(first.forward(X)).copy()
    hidden[:, unit] = 0
    for layer in rest[1:]:
        hidden = layer.forward(hidden)
    return float(before - np.mean(hidden.argmax(axis=1) == y))


def _without_weights(
    network: Network, X: Array, y: Labels, unit: int
) -> float:
    before = np.mean(network.predict(X) == y)
    network.params["0.W"][:, unit] = 0
    return float(before - np.mean(network.predict(X) == y))


def _gained(network: Network, X: Array, y: Labels, unit: int) -> float:
    return -cost_of_silence(network, X, y, unit)


def _what_is_left(network: Network, X: Array, y: Labels, unit: int) -> float:
    before = float(np.mean(network.predict(X) == y))
    return before - cost_of_silence(network, X, y, unit)


def _input_silenced(network: Network, X: Array, y: Labels, unit: int) -> float:
    before = np.mean(network.predict(X) == y)
    X = X.copy()
    X[:, unit] = 0
    return float(before - np.mean(network.predict(X) == y))


def same_units() -> dict[str, list[float]]:
    """Compare what first-layer units learn with two seeds, and with luck."""
    digits, labels = load_digits()
    X = ((digits - digits.mean()) / digits.std()).astype(np.float32)
    learned = []
    for seed in range(3):
        network = mlp((64, 16, 10), rng=np.random.default_rng(seed))
        start = network.params["0.W"].copy()
        optimizer = SGD(0.1)
        for _ in range(200):
            train_step(network, softmax_cross_entropy, optimizer, X, labels)
        learned.append(network.params["0.W"] - start)
    found: dict[str, list[float]] = {"other seed": [], "luck": []}
    for seed in range(3):
        other = learned[(seed + 1) % 3]
        factors = np.random.default_rng(seed).normal(size=(len(X), 16))
        found["other seed"].append(_best_match(learned[seed], other))
        found["luck"].append(_best_match(learned[seed], X.T @ factors))
    return found


def _best_match(one: Array, other: Array) -> float:
    """Correlate each column with all of the other; average the best."""
    units = one.shape[1]
    table = np.corrcoef(one.T, other.T)[:units, units:]
    return float(np.abs(table).max(axis=1).mean())


def _judge_units(answer: object) -> str:
    expected = {"other seed", "luck"}
    if not isinstance(answer, dict) or set(answer) != expected:
        return f"The answer must be a dict with the keys {sorted(expected)}."
    for name, values in answer.items():
        values = np.asarray(values, dtype=float)
        if values.ndim != 1 or len(values) < 3:
            return (
                f"Under {name!r} stands not one number for each of at "
                "least three seeds."
            )
        if values.min() < 0 or values.max() > 1 + 1e-6:
            return (
                f"Under {name!r} stand numbers that no mean of absolute "
                "correlations can be."
            )
        if values.max() > 0.999:
            return f"Under {name!r} something is compared with itself."
        if len({*np.round(values, 6)}) < 3:
            return "The seeds all give the same: the runs are one run."
    if np.mean(answer["other seed"]) < np.mean(answer["luck"]):
        return (
            "What two networks learned from the same digits should be "
            "more alike than sums with random factors. Are these the changes?"
        )
    return ""


_DIGITS, _LABELS = load_digits()
_INPUTS = _DIGITS[:120] / 16
_NETWORK = mlp((64, 8, 10), rng=np.random.default_rng(4), dtype=np.float64)
for _ in range(60):
    train_step(
        _NETWORK, softmax_cross_entropy, SGD(0.5), _INPUTS, _LABELS[:120]
    )
_P = np.array(
    [[0.7, 0.2, 0.1], [0.1, 0.55, 0.35], [0.05, 0.05, 0.9], [0.4, 0.3, 0.3]]
)
_TIED = np.array([[0.6, 0.3, 0.1]] * 4 + [[0.5, 0.4, 0.1]] * 2)
_RANDOM = np.random.default_rng(7).dirichlet([0.4] * 4, 40)
_GUESSES = np.random.default_rng(8).integers(0, 4, 40)

EXERCISES: list[Exercise] = [
    Value(
        title="Three rates from a table",
        level="easy",
        solution=three_rates,
        hints=(
            "A row holds all images of one true class. A column holds all "
            "images that got one answer.",
            "Recall asks of the true ones how many were found; precision "
            "asks of the answers how many were true.",
        ),
        mistakes=[
            Mistake(
                [0.7867, 0.6667, 0.8],
                "The last two have changed places.",
            ),
            Mistake(
                [0.7867, 0.2667, 0.2667],
                "You divide all three by the number of all images.",
            ),
            Mistake(
                [78.667, 80.0, 66.667],
                "Shares are asked for, not numbers per hundred.",
            ),
            Mistake(
                [0.7867, 0.8, 0.8],
                "The last two are one number twice. Which total belongs to "
                "each of them?",
            ),
        ],
    ),
    Function(
        title="Too sure, in one number",
        level="easy",
        solution=confidence_gap,
        cases=[
            (_P, np.array([0, 1, 2, 1])),
            (_P, np.array([1, 2, 2, 0])),
            (_RANDOM, _GUESSES),
        ],
        hints=(
            "Two means over the same examples. One of them does not look "
            "at the labels.",
            "The confidence of a row belongs to the answer given, right or "
            "wrong.",
        ),
        mistakes=[
            Mistake(
                _gap_of_truth,
                "The confidence must be that in the answer given. Yours is "
                "read off at the label.",
            ),
            Mistake(
                _gap_turned,
                "The sign is turned: a network that is too sure must come "
                "out positive.",
            ),
            Mistake(
                _gap_of_wrong,
                "You compare with the share of wrong answers.",
            ),
        ],
    ),
    Function(
        title="Refuse the doubtful",
        level="medium",
        solution=error_after_refusing,
        cases=[
            (_RANDOM, _GUESSES, 0.25),
            (_RANDOM, _GUESSES, 0.0),
            (_P, np.array([0, 2, 2, 0]), 0.5),
            (_RANDOM, _GUESSES, 0.17),
            (_TIED, np.array([1, 0, 0, 0, 0, 1]), 0.5),
        ],
        hints=(
            "Order the images by confidence; drop a share of them at one end.",
            "At which end? And over how many images is the error then taken?",
        ),
        mistakes=[
            Mistake(
                _refuse_the_surest,
                "You refuse the images of which the network is surest.",
            ),
            Mistake(
                _refuse_by_truth,
                "You order by the probability of the true class. Nobody "
                "knows that class when the image arrives.",
            ),
            Mistake(
                _cut_off,
                "`int` cuts off; the number of refused images is to be "
                "rounded.",
            ),
            Mistake(
                _last_of_equals,
                "Of equally confident images you refuse the last.",
            ),
            Mistake(
                _share_of_all,
                "You divide by all images, the refused ones too.",
            ),
        ],
    ),
    Function(
        title="Why this digit and not that one?",
        level="medium",
        solution=margin_slope,
        tolerance=1e-5,
        cases=[
            (_NETWORK, _INPUTS[:3], 4, 9),
            (_NETWORK, _INPUTS[5:6], 7, 1),
        ],
        hints=(
            "A difference of two logits is a weighted sum of the logits. "
            "What are its slopes for the ten of them?",
            "`network.input_gradient` takes such slopes for the logits, a "
            "row for each example, and gives those for the inputs.",
            "A forward pass must come before it, on the same examples.",
        ),
        mistakes=[
            Mistake(_first_only, "The second logit has no say yet."),
            Mistake(
                _sum_of_both,
                "The two logits are added; their difference is asked for.",
            ),
            Mistake(_other_way, "All signs are turned."),
            Mistake(
                _of_the_mean,
                "Each row must be the slope for that example alone, "
                "whatever the number of the others.",
            ),
        ],
    ),
    Function(
        title="Silence a unit",
        level="hard",
        solution=cost_of_silence,
        cases=[
            (_NETWORK, _INPUTS, _LABELS[:120], 1),
            (_NETWORK, _INPUTS, _LABELS[:120], 0),
            (_NETWORK, _INPUTS[:50], _LABELS[:50], 6),
        ],
        hints=(
            "Go through `network.layers` yourself, and stop after the first "
            "activation.",
            "Set one column to 0, then go on through the layers that "
            "remain. Nothing of the network may be different afterwards.",
        ),
        mistakes=[
            Mistake(
                _without_weights,
                "A unit without weights still has its bias, and the "
                "network is another one afterwards.",
            ),
            Mistake(
                _gained,
                "The sign is turned: a loss of accuracy counts as positive.",
            ),
            Mistake(
                _what_is_left,
                "This is the accuracy that is left, not the one that is lost.",
            ),
            Mistake(
                _input_silenced,
                "You silence a pixel of the input, not a unit.",
            ),
        ],
    ),
    Experiment(
        title="Does another seed find the same units?",
        level="hard",
        solution=same_units,
        judge=_judge_units,
        hints=(
            "Units have no fixed order, so compare each unit of one network "
            "with all units of the other, and keep the best match.",
            "`np.corrcoef` of two arrays gives all correlations of their "
            "rows at once, so the units must be rows. Take absolute values; "
            "average the best ones.",
            "Copy the weights before training, and take the copy away after.",
        ),
        mistakes=[
            Mistake(
                {"other seed": [0.6, 0.62], "luck": [0.5, 0.51]},
                "Under 'other seed' stands not one number for each of at "
                "least three seeds.",
            ),
            Mistake(
                {"other seed": [0.6, 0.6, 0.6], "luck": [0.5, 0.51, 0.52]},
                "The seeds all give the same: the runs are one run.",
            ),
            Mistake(
                {"other seed": [1.0, 1.0, 1.0], "luck": [0.5, 0.51, 0.52]},
                "Under 'other seed' something is compared with itself.",
            ),
            Mistake(
                {"other seed": [0.35, 0.36, 0.37], "luck": [0.5, 0.51, 0.52]},
                "What two networks learned from the same digits should be "
                "more alike than sums with random factors. Are these the "
                "changes?",
            ),
        ],
    ),
]
