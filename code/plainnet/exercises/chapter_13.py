"""Exercises of chapter 13, SGD against Adam on MNIST."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import stats

from plainnet._types import Array, Labels
from plainnet.exercises._core import Exercise, Function, Mistake, Value
from plainnet.network import mlp


def paired_and_not() -> list[float]:
    """Return the mean difference, then its standard error in both ways."""
    a = np.array([3.0, 3.4, 2.9, 3.6, 3.1])
    b = np.array([2.8, 3.3, 2.6, 3.5, 2.8])
    paired = np.std(a - b, ddof=1) / np.sqrt(5)
    apart = np.sqrt((np.var(a, ddof=1) + np.var(b, ddof=1)) / 5)
    return [float(np.mean(a - b)), float(paired), float(apart)]


def bytes_to_train() -> list[int]:
    """Return what 784-512-256-10 needs: parameters; bytes with each rule."""
    params = mlp((784, 512, 256, 10), rng=np.random.default_rng(0)).params
    size = sum(array.size for array in params.values())
    arrays = {"SGD": 2, "momentum": 3, "Adam": 4}  # W, its gradient, the state
    return [size, *(4 * size * count for count in arrays.values())]


def first_epoch(values: Sequence[float], goal: float) -> float:
    """Return the first epoch that ends at the goal or below; nan if none."""
    for epoch, value in enumerate(values, 1):
        if value <= goal:
            return epoch
    return float("nan")


def _from_nought(values: Sequence[float], goal: float) -> float:
    return first_epoch(values, goal) - 1


def _all_if_never(values: Sequence[float], goal: float) -> float:
    epoch = first_epoch(values, goal)
    return len(values) if np.isnan(epoch) else epoch


def _strictly_below(values: Sequence[float], goal: float) -> float:
    return first_epoch(values, np.nextafter(goal, -np.inf))


def _lowest(values: Sequence[float], goal: float) -> float:
    return int(np.nanargmin(values)) + 1


def choose(results: Mapping[float, Array]) -> tuple[float, bool]:
    """Return the rate with the least error, and whether it is at the edge.

    For each rate there is an array (seeds, epochs) of errors. What counts is
    the mean of all seeds over the last three epochs; nan counts as infinite.
    """
    means = {
        rate: np.nan_to_num(np.mean(errors[:, -3:]), nan=np.inf)
        for rate, errors in results.items()
    }
    best = min(means, key=lambda rate: means[rate])
    return best, best in (min(means), max(means))


def _nan_first(results: Mapping[float, Array]) -> tuple[float, bool]:
    rates = list(results)
    best = rates[int(np.argmin([np.mean(results[r][:, -3:]) for r in rates]))]
    return best, best in (min(rates), max(rates))


def _survivors(results: Mapping[float, Array]) -> tuple[float, bool]:
    rates = list(results)
    means = [np.nanmean(results[r][:, -3:]) for r in rates]
    best = rates[int(np.argmin(means))]
    return best, best in (min(rates), max(rates))


def _best_epoch(results: Mapping[float, Array]) -> tuple[float, bool]:
    lows = {r: np.mean(np.min(results[r], axis=1)) for r in results}
    best = min(lows, key=lambda r: np.nan_to_num(lows[r], nan=np.inf))
    return best, best in (min(results), max(results))


def _least(means: Mapping[float, float]) -> tuple[float, bool]:
    best = min(means, key=lambda r: np.nan_to_num(means[r], nan=np.inf))
    return best, best in (min(means), max(means))


def _last_epoch(results: Mapping[float, Array]) -> tuple[float, bool]:
    return _least({r: float(np.mean(e[:, -1])) for r, e in results.items()})


def _all_epochs(results: Mapping[float, Array]) -> tuple[float, bool]:
    return _least({r: float(np.mean(e)) for r, e in results.items()})


def _luckiest(results: Mapping[float, Array]) -> tuple[float, bool]:
    ends = {r: np.nanmin(results[r][:, -3:].mean(axis=1)) for r in results}
    best = min(ends, key=lambda r: ends[r])
    return best, best in (min(results), max(results))


def _places(results: Mapping[float, Array]) -> tuple[float, bool]:
    best, _ = choose(results)
    rates = list(results)
    return best, best in (rates[0], rates[-1])


def disagreement(y: Labels, a: Labels, b: Labels) -> tuple[int, int, float]:
    """Count the images that only a, and only b, reads right; test if equal.

    The third number is the probability that a fair coin, tossed once for
    each of these images, is as far from even as these counts, or farther.
    """
    only_a = int(np.sum((a == y) & (b != y)))
    only_b = int(np.sum((a != y) & (b == y)))
    tosses = only_a + only_b
    p = stats.binomtest(only_a, tosses).pvalue if tosses else 1.0
    return only_a, only_b, float(p)


def _one_side(y: Labels, a: Labels, b: Labels) -> tuple[int, int, float]:
    only_a, only_b, _ = disagreement(y, a, b)
    few, tosses = min(only_a, only_b), only_a + only_b
    return only_a, only_b, float(stats.binom.cdf(few, tosses, 0.5))


def _uncapped(y: Labels, a: Labels, b: Labels) -> tuple[int, int, float]:
    only_a, only_b, p = _one_side(y, a, b)
    return only_a, only_b, 2 * p if only_a + only_b else 1.0


def _bell_curve(y: Labels, a: Labels, b: Labels) -> tuple[int, int, float]:
    only_a, only_b, _ = disagreement(y, a, b)
    far = abs(only_a - only_b) / np.sqrt(max(only_a + only_b, 1))
    return only_a, only_b, float(2 * stats.norm.sf(far))


def _all_right(y: Labels, a: Labels, b: Labels) -> tuple[int, int, float]:
    right_a, right_b = int(np.sum(a == y)), int(np.sum(b == y))
    p = stats.binomtest(right_a, max(right_a + right_b, 1)).pvalue
    return right_a, right_b, float(p)


def _wrong_way(y: Labels, a: Labels, b: Labels) -> tuple[int, int, float]:
    only_a, only_b, p = disagreement(y, a, b)
    return only_b, only_a, p


def _out_of_all(y: Labels, a: Labels, b: Labels) -> tuple[int, int, float]:
    only_a, only_b, _ = disagreement(y, a, b)
    return only_a, only_b, float(stats.binomtest(only_a, len(y)).pvalue)


def _table(*rows: tuple[float, list[list[float]]]) -> dict[float, Array]:
    return {rate: np.array(errors) for rate, errors in rows}


_SWEEPS = [
    _table(  # plain: the best is inside
        (0.01, [[9, 8, 7, 6, 5], [9, 8, 7, 6, 6]]),
        (0.1, [[6, 5, 4, 3, 3], [6, 5, 4, 4, 4]]),
        (1.0, [[4, 2.5, 5, 6, 7], [4, 2.5, 6, 5, 5]]),
    ),
    _table(  # a seed that breaks, the largest rate first
        (1.0, [[4, 3, 2, 2, 2], [5, 9, np.nan, np.nan, np.nan]]),
        (0.3, [[6, 5, 4, 3, 3], [6, 5, 4, 4, 4]]),
        (0.03, [[6, 5, 5, 5, 5], [6, 5, 5, 4, 5]]),
    ),
    _table(  # a broken seed at a rate that is bad anyway
        (0.03, [[6, 5, 5, 5, 5], [6, 5, 5, 4, 5]]),
        (0.3, [[6, 5, 4, 3, 3], [6, 5, 4, 4, 4]]),
        (1.0, [[9, 8, 8, 8, 8], [9, 9, 9, np.nan, np.nan]]),
    ),
    _table(  # one lucky seed; the best is at the edge, in the middle here
        (0.1, [[5, 4, 3, 3, 3], [5, 5, 6, 6, 6]]),
        (0.5, [[5, 4, 4, 4, 4], [5, 4, 4, 4, 4]]),
        (0.2, [[5, 5, 5, 5, 5], [5, 5, 5, 5, 5]]),
    ),
    _table(  # the last epoch, the last three and all five disagree
        (0.01, [[9, 9, 5, 5, 3], [9, 9, 5, 5, 3]]),
        (0.1, [[9, 9, 4, 4, 4], [9, 9, 4, 4, 4]]),
        (0.3, [[5, 5, 4.5, 4.5, 4.5], [5, 5, 4.5, 4.5, 4.5]]),
        (1.0, [[9, 9, 9, 9, 9], [9, 9, 9, 9, 9]]),
    ),
]
_TRUTH = np.arange(40) % 10
_A, _B, _C = _TRUTH.copy(), _TRUTH.copy(), _TRUTH.copy()
_A[[0, 1, 2, 3, 4, 5, 6, 7, 8]] = 99
_B[[5, 6, 20]] = 98
_C[[1, 30]] = 97
_D, _E = _TRUTH.copy(), _TRUTH.copy()
_D[[10, 11, 20]] = 96
_E[[5, 6, 20, 31]] = 95
_D[32] = 96  # so three read by each alone


EXERCISES: list[Exercise] = [
    Value(
        title="Five pairs",
        level="easy",
        solution=paired_and_not,
        hints=(
            "Write down the five differences first. Their mean is the first "
            "number, and their spread leads to the second.",
            "For the third, each row has its own variance, with n - 1. The "
            "variance of a difference of two independent means is a sum.",
        ),
        mistakes=[
            Mistake(
                [0.2, 0.04, 0.1918],
                "The spreads divide by n. A few runs that stand for many "
                "divide by one less.",
            ),
            Mistake(
                [0.2, 0.0447, 0.4796],
                "The third is a spread of single runs. A mean of five is "
                "surer than one run.",
            ),
            Mistake(
                [0.2, 0.0447, 0.3007],
                "In the third, what adds up: standard errors or variances?",
            ),
            Mistake(
                [0.2, 0.1, 0.4796],
                "These are spreads of single runs. A mean of five is surer "
                "than one run.",
            ),
            Mistake(
                [-0.2, 0.0447, 0.2145],
                "Which row is subtracted from which?",
            ),
        ],
    ),
    Value(
        title="How much memory?",
        level="easy",
        solution=bytes_to_train,
        tolerance=0.1,
        hints=(
            "Three weight matrices and three rows of biases; a number of "
            "kind float32 takes four bytes.",
            "Every parameter has a gradient beside it. Then count the arrays "
            "that the rule keeps from step to step.",
        ),
        mistakes=[
            Mistake(
                [535818, 0, 2143272, 4286544],
                "The parameters are right. These bytes are the state alone: "
                "what else must be there to take a step?",
            ),
            Mistake(
                [535818, 2143272, 4286544, 6429816],
                "Something that backward fills in is missing.",
            ),
            Mistake(
                [535818, 8573088, 12859632, 17146176],
                "Twice too many bytes for each number.",
            ),
            Mistake(
                [535040, 4280320, 6420480, 8560640],
                "Units have something besides weights.",
            ),
            Mistake(
                [535818, 1071636, 1607454, 2143272],
                "Right, if a number took one byte.",
            ),
        ],
    ),
    Function(
        title="Who is there first?",
        level="medium",
        solution=first_epoch,
        hints=(
            "Go through the values in order, and count from 1: a reader "
            "counts epochs so.",
            "Two cases are easy to forget: a value that equals the goal, and "
            "a run that never arrives.",
        ),
        cases=[
            ([0.5, 0.3, 0.2, 0.25, 0.1], 0.22),
            ([0.5, 0.3, 0.25], 0.25),
            ([0.5, 0.3, 0.25], 0.2),
            ([0.1, 0.3], 0.2),
            ([0.5, float("nan"), 0.1], 0.2),
        ],
        mistakes=[
            Mistake(_from_nought, "The first epoch has the number 1."),
            Mistake(
                _all_if_never,
                "A run that never arrives has not arrived at its end. What "
                "would a mean over the seeds say with such a number in it?",
            ),
            Mistake(
                _strictly_below,
                "Read the words on the goal again: what of a run that lands "
                "exactly on it?",
            ),
            Mistake(
                _lowest,
                "This is the epoch with the lowest value, whatever the goal.",
            ),
        ],
    ),
    Function(
        title="The rule that chooses",
        level="medium",
        solution=choose,
        hints=(
            "Make a dict from rate to one number first, then take the rate "
            "with the least.",
            "What does NumPy's `argmin` answer when one entry is nan? And "
            "Python's `min`?",
            "The edge is a matter of the rates' sizes, not of their order in "
            "the dict.",
        ),
        cases=[(sweep,) for sweep in _SWEEPS],
        mistakes=[
            Mistake(
                _nan_first,
                "A rate at which a run broke has been chosen: look at what "
                "comparisons with nan give.",
            ),
            Mistake(
                _survivors,
                "The runs that broke are left out, and their rate is judged "
                "by the others.",
            ),
            Mistake(
                _best_epoch,
                "Each run is judged by its best epoch, which nobody knows "
                "beforehand.",
            ),
            Mistake(
                _last_epoch,
                "A single last epoch decides. Which epochs does the rule "
                "name?",
            ),
            Mistake(
                _all_epochs,
                "The early epochs are in the mean. Which ones does the rule "
                "name?",
            ),
            Mistake(
                _luckiest,
                "Each rate is judged by its luckiest seed.",
            ),
            Mistake(
                _places,
                "The choice is right. Is the edge where the dict begins and "
                "ends?",
            ),
        ],
    ),
    Function(
        title="The images on which they disagree",
        level="hard",
        solution=disagreement,
        tolerance=1e-4,
        hints=(
            "Images that both read right, or both wrong, say nothing about "
            "which is better. Leave them out.",
            "If neither is better, each of the remaining images is the toss "
            "of a fair coin. How many tosses are there?",
            "`scipy.stats.binomtest` gives the probability. Mind the case of "
            "no toss at all.",
        ),
        cases=[
            (_TRUTH, _A, _B),
            (_TRUTH, _B, _C),
            (_TRUTH, _C, _A),
            (_TRUTH, _B, _B),
            (_TRUTH, _E, _D),
        ],
        mistakes=[
            Mistake(
                _one_side,
                "This is the probability of one side only. Before the test, "
                "either of the two might have been ahead.",
            ),
            Mistake(
                _uncapped,
                "Look at your answer when the counts are equal: is it a "
                "probability?",
            ),
            Mistake(
                _bell_curve,
                "This is the bell curve's approximation. With so few tosses "
                "the coin's own probabilities are wanted.",
            ),
            Mistake(
                _all_right,
                "These count every image that one reads right, also those "
                "that both do.",
            ),
            Mistake(
                _wrong_way,
                "Which count belongs to whom?",
            ),
            Mistake(
                _out_of_all,
                "The counts are right. The coin was not tossed for the "
                "images on which the two agree.",
            ),
        ],
    ),
]
