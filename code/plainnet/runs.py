"""Many runs at once, and runs that more than one chapter needs.

A run is a function of a setting and a seed. Its numbers do not depend on
where it runs, or on what ran before it.
"""

import hashlib
import os
import sys
from collections.abc import Callable, Hashable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import joblib
import numpy as np
import pooch
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from plainnet._types import Array
from plainnet.losses import softmax_cross_entropy
from plainnet.network import Network, mlp
from plainnet.optimizers import SGD
from plainnet.training import History, fit

Setting = TypeVar("Setting", bound=Hashable)
Result = TypeVar("Result")


def sweep(
    run: Callable[[Setting, int], Result],
    settings: Iterable[Setting],
    seeds: Iterable[int],
    *,
    jobs: int = -1,
) -> dict[Setting, list[Result]]:
    """Call ``run(setting, seed)`` for every pair, several at a time.

    Parameters
    ----------
    run : callable
        Its result is what it returns; what it changes is lost.
    settings, seeds : iterable
        Rates, names, tuples, …; and the seeds to repeat each of them with.
    jobs : int, default -1
        How many runs at a time; -1 takes all cores, 1 none but this one.

    Returns
    -------
    dict
        For each setting the list of its results, in the order of the seeds.
    """
    results: dict[Setting, list[Result]] = {s: [] for s in settings}
    pairs = [(setting, seed) for seed in seeds for setting in results]
    if not pairs:
        raise ValueError("settings and seeds must each hold at least one")
    parallel = joblib.Parallel(n_jobs=jobs, return_as="generator")
    answers = parallel(joblib.delayed(_alone)(run, *pair) for pair in pairs)
    bar = tqdm(answers, total=len(pairs), unit="run", file=sys.stdout)
    for (setting, _), answer in zip(pairs, bar, strict=True):
        results[setting].append(answer)
    return results


def _alone(
    run: Callable[[Setting, int], Result], setting: Setting, seed: int
) -> Result:
    """Run on one thread: the order of a sum decides its last digits."""
    with threadpool_limits(1):
        return run(setting, seed)


def train_reader(
    X: Array,
    y: Array,
    seed: int,
    validation: tuple[Array, Array] | None = None,
) -> tuple[Network, History]:
    """Train the book's reader of digits, 784-256-128-10, on X and labels y.

    Ten epochs of SGD at the rate 0.1, in minibatches of 64 examples.
    """
    rng = np.random.default_rng(seed)
    network = mlp((X.shape[1], 256, 128, 10), rng=rng)
    history = fit(
        network,
        softmax_cross_entropy,
        SGD(0.1),
        X,
        y,
        epochs=10,
        batch_size=64,
        rng=rng,
        validation=validation,
    )
    return network, history


def load_or_train(
    name: str,
    train: Callable[[int], Network],
    seed: int,
    data: Sequence[Array],
) -> Network:
    """Return ``train(seed)``: from the store if it is there, else by training.

    A stored network is found again only with the same name, seed, data,
    library and NumPy. The store is the folder that the environment variable
    ``PLAINNET_RUNS`` names, or a folder in the user's cache.

    Parameters
    ----------
    name : str
        Names the recipe: another way to train needs another name.
    data : sequence of ndarray
        All that the network learns from.
    """
    folder = os.environ.get("PLAINNET_RUNS") or pooch.os_cache("plainnet")
    stored = Path(folder, f"{name}-seed{seed}-{_fingerprint(data)}.npz")
    try:
        return Network.load(stored)
    except (FileNotFoundError, ValueError):  # none there, or a damaged one
        network = train(seed)
        stored.parent.mkdir(parents=True, exist_ok=True)
        network.save(stored)
        return network


def _fingerprint(data: Sequence[Array]) -> str:
    """Hash the library and the data, each to 12 characters."""
    library = hashlib.sha256(np.__version__.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        library.update(path.read_bytes())
    examples = hashlib.sha256()
    for array in data:
        examples.update(f"{array.dtype} {array.shape}".encode())
        examples.update(np.ascontiguousarray(array).data)
    return f"{library.hexdigest()[:12]}-{examples.hexdigest()[:12]}"
