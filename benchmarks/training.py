"""Compare one epoch of training: plainnet, PyTorch, scikit-learn, NumPy.

    python benchmarks/training.py [--rounds 3] [--examples 60000]

The network is 784-256-128-10 with ReLU, batch 64, float32, one thread. The
examples are random: arithmetic takes as long on noise as on digits. Each
round runs every contestant once, in turn, and the ratios are medians over
the rounds, so that a busy machine slows all of them alike. "bare products"
is the matrix products that training cannot do without: forward, weight
gradients, and input gradients for all layers but the first.
"""

import os

for variable in ("OMP", "OPENBLAS", "MKL"):  # before NumPy is imported
    os.environ[f"{variable}_NUM_THREADS"] = "1"

import argparse
import importlib.util
import itertools
import statistics
import time
import warnings
from collections.abc import Callable

import numpy as np
from plainnet.losses import softmax_cross_entropy
from plainnet.network import mlp
from plainnet.optimizers import SGD, Adam
from plainnet.training import fit

SIZES, BATCH = (784, 256, 128, 10), 64
Data = tuple[np.ndarray, np.ndarray]


def run_plainnet(data: Data, optimizer: str) -> None:
    rng = np.random.default_rng(0)
    network = mlp(SIZES, rng=rng)
    rule = SGD(0.1) if optimizer == "SGD" else Adam(1e-3)
    fit(
        network,
        softmax_cross_entropy,
        rule,
        *data,
        epochs=1,
        batch_size=BATCH,
        rng=rng,
    )


def run_pytorch(data: Data, optimizer: str) -> None:
    import torch

    torch.set_num_threads(1)
    layers: list[torch.nn.Module] = []
    for fan_in, fan_out in itertools.pairwise(SIZES):
        layers += [torch.nn.Linear(fan_in, fan_out), torch.nn.ReLU()]
    network = torch.nn.Sequential(*layers[:-1])
    if optimizer == "SGD":
        rule = torch.optim.SGD(network.parameters(), lr=0.1)
    else:
        rule = torch.optim.Adam(network.parameters(), lr=1e-3)
    loss = torch.nn.CrossEntropyLoss()
    X, y = (torch.from_numpy(array) for array in data)
    order = torch.randperm(len(X))
    for start in range(0, len(X), BATCH):
        index = order[start : start + BATCH]
        rule.zero_grad()
        value = loss(network(X[index]), y[index])
        value.backward()
        rule.step()
        value.item()  # plainnet returns the loss of every step too


def run_sklearn(data: Data, optimizer: str) -> None:
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(
        SIZES[1:-1],
        solver=optimizer.lower(),
        alpha=0.0,
        batch_size=BATCH,
        learning_rate_init=0.1 if optimizer == "SGD" else 1e-3,
        momentum=0.0,
        max_iter=1,
        random_state=0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one epoch does not converge
        model.fit(*data)


def run_products(data: Data, optimizer: str) -> None:
    X, _ = data
    rng = np.random.default_rng(0)
    pairs = list(itertools.pairwise(SIZES))
    weights = [rng.random(pair, dtype=np.float32) for pair in pairs]
    inputs = [rng.random((BATCH, a), dtype=np.float32) for a, _ in pairs]
    grads = [rng.random((BATCH, b), dtype=np.float32) for _, b in pairs]
    for start in range(0, len(X), BATCH):
        inputs[0] = X[start : start + BATCH]
        rows = len(inputs[0])
        for i, W in enumerate(weights):
            A, G = inputs[i][:rows], grads[i][:rows]
            A @ W
            A.T @ G
            if i > 0:
                G @ W.T


CONTESTANTS: dict[str, Callable[[Data, str], None]] = {
    "plainnet": run_plainnet,
    "PyTorch": run_pytorch,
    "scikit-learn": run_sklearn,
    "bare products": run_products,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--examples", type=int, default=60_000)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    X = rng.random((options.examples, SIZES[0]), dtype=np.float32)
    y = rng.integers(0, SIZES[-1], options.examples)
    names = list(CONTESTANTS)
    if importlib.util.find_spec("torch") is None:
        names.remove("PyTorch")
        print("PyTorch is not installed: it is left out.")
    for optimizer in ("SGD", "Adam"):
        seconds: dict[str, list[float]] = {name: [] for name in names}
        for name in names:  # imports and first calls are not what we time
            CONTESTANTS[name]((X[:640], y[:640]), optimizer)
        for _ in range(options.rounds):
            for name in names:
                start = time.process_time()
                CONTESTANTS[name]((X, y), optimizer)
                seconds[name].append(time.process_time() - start)
        print(f"\n{optimizer}: CPU seconds per epoch, relative to plainnet")
        for name in names:
            ratios = [
                theirs / ours
                for theirs, ours in zip(
                    seconds[name], seconds["plainnet"], strict=True
                )
            ]
            print(
                f"  {name:14s}{statistics.median(seconds[name]):7.2f} s"
                f"{statistics.median(ratios):8.2f} x"
                f"   ({min(ratios):.2f} to {max(ratios):.2f})"
            )


if __name__ == "__main__":
    main()
