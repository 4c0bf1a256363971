"""Sweeps give the numbers of a plain loop; the store gives back a network."""

import os

import joblib
import numpy as np
import pytest
from plainnet import runs
from plainnet.losses import softmax_cross_entropy
from plainnet.network import mlp
from plainnet.optimizers import SGD, Adam
from plainnet.runs import load_or_train, sweep, train_reader
from plainnet.training import fit

RNG = np.random.default_rng(0)
X = RNG.normal(size=(120, 6)).astype(np.float32)
Y = RNG.integers(0, 3, 120)
OPTIMIZERS = {"SGD": SGD, "Adam": Adam}


def train(setting, seed):
    """Train a small network; return all that a chapter would look at."""
    name, rate = setting
    rng = np.random.default_rng(seed)
    network = mlp((6, 8, 3), rng=rng)
    history = fit(
        network,
        softmax_cross_entropy,
        OPTIMIZERS[name](rate),
        X,
        Y,
        epochs=2,
        batch_size=16,
        rng=rng,
    )
    return history.train_loss, network.params["0.W"].tobytes()


SETTINGS = [("SGD", 0.1), ("SGD", 0.5), ("Adam", 0.01)]
SEEDS = [3, 1, 2]
PLAIN = {s: [train(s, seed) for seed in SEEDS] for s in SETTINGS}


@pytest.mark.parametrize("jobs", [1, 2, -1])
def test_a_sweep_is_the_plain_loop(jobs):
    assert sweep(train, SETTINGS, SEEDS, jobs=jobs) == PLAIN


def test_the_runs_differ():
    found = [result for results in PLAIN.values() for _, result in results]
    assert len(set(found)) == len(SETTINGS) * len(SEEDS)


def test_a_sweep_takes_iterators():
    found = sweep(lambda s, seed: s * seed, iter([2, 3]), iter([5, 7]), jobs=1)
    assert found == {2: [10, 14], 3: [15, 21]}


def test_a_sweep_on_a_cluster_is_the_plain_loop():
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=False,
            dashboard_address=None,
        ) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config("dask"),
    ):
        assert sweep(train, SETTINGS, SEEDS) == PLAIN


@pytest.mark.parametrize(("settings", "seeds"), [([], [1]), ([0.1], [])])
def test_an_empty_sweep_is_refused(settings, seeds):
    with pytest.raises(ValueError, match="settings and seeds must each hold"):
        sweep(train, settings, seeds)


def test_a_failing_run_says_so():
    with pytest.raises(ZeroDivisionError):
        sweep(lambda setting, seed: 1 / setting, [1, 0], [0], jobs=1)


def test_a_sweep_shows_its_progress(monkeypatch, capsys):
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    sweep(lambda setting, seed: 0, [1, 2], [0], jobs=1)
    captured = capsys.readouterr()
    assert "2/2" in captured.out
    assert captured.err == ""


def test_each_run_has_one_thread():
    def threads(setting, seed):
        from threadpoolctl import threadpool_info

        return {pool["num_threads"] for pool in threadpool_info()}

    assert sweep(threads, ["here"], [0], jobs=1) == {"here": [{1}]}


def test_the_reader_is_the_recipe_of_the_book():
    network, history = train_reader(X, Y, 4, validation=(X, Y))
    rng = np.random.default_rng(4)
    same = mlp((6, 256, 128, 10), rng=rng)
    fit(
        same,
        softmax_cross_entropy,
        SGD(0.1),
        X,
        Y,
        epochs=10,
        batch_size=64,
        rng=rng,
    )
    assert len(history.validation_loss) == 10
    assert (network.forward(X) == same.forward(X)).all()


@pytest.fixture
def store(tmp_path, monkeypatch):
    """Give the store a folder of its own that does not exist yet."""
    folder = tmp_path / "deep" / "runs"
    monkeypatch.setenv("PLAINNET_RUNS", str(folder))
    return folder


class Trainer:
    """Trains, and counts how often it had to."""

    def __init__(self):
        self.calls = 0

    def __call__(self, seed):
        self.calls += 1
        return mlp((6, 4, 3), rng=np.random.default_rng(seed))


def test_the_second_time_a_network_is_loaded(store):
    trainer = Trainer()
    first = load_or_train("small", trainer, 5, (X, Y))
    second = load_or_train("small", trainer, 5, (X, Y))
    assert trainer.calls == 1
    assert (first.forward(X) == second.forward(X)).all()
    (file,) = store.iterdir()
    assert file.name.startswith("small-seed5-")
    assert file.suffix == ".npz"


def changed(array):
    """Return the array with another last number."""
    other = array.copy()
    other[-1] = other[-1] + 1
    return other


@pytest.mark.parametrize(
    "other",
    [
        ("other", 5, (X, Y)),
        ("small", 6, (X, Y)),
        ("small", 5, (changed(X), Y)),
        ("small", 5, (X, changed(Y))),
        ("small", 5, (X.astype(np.float64), Y)),
        ("small", 5, (X.reshape(60, 12), Y)),
        ("small", 5, (X,)),
    ],
)
def test_another_name_seed_or_data_trains_again(store, other):
    trainer = Trainer()
    load_or_train("small", trainer, 5, (X, Y))
    name, seed, data = other
    load_or_train(name, trainer, seed, data)
    assert trainer.calls == 2


def test_another_library_trains_again(store, monkeypatch, tmp_path):
    trainer = Trainer()
    load_or_train("small", trainer, 5, (X, Y))
    library = tmp_path / "plainnet"
    library.mkdir()
    (library / "runs.py").write_text("# changed\n")
    monkeypatch.setattr(runs, "__file__", str(library / "runs.py"))
    load_or_train("small", trainer, 5, (X, Y))
    monkeypatch.setattr(np, "__version__", "3.0.0")
    load_or_train("small", trainer, 5, (X, Y))
    assert trainer.calls == 3


def test_a_damaged_file_is_replaced(store):
    trainer = Trainer()
    good = load_or_train("small", trainer, 5, (X, Y))
    (file,) = store.iterdir()
    file.write_bytes(file.read_bytes()[:100])
    again = load_or_train("small", trainer, 5, (X, Y))
    assert trainer.calls == 2
    assert (good.forward(X) == again.forward(X)).all()
    load_or_train("small", trainer, 5, (X, Y))
    assert trainer.calls == 2


def test_without_the_variable_the_cache_of_the_user(tmp_path, monkeypatch):
    monkeypatch.delenv("PLAINNET_RUNS", raising=False)
    monkeypatch.setattr(runs.pooch, "os_cache", lambda name: tmp_path / name)
    load_or_train("small", Trainer(), 5, (X, Y))
    assert len(list((tmp_path / "plainnet").glob("small-*.npz"))) == 1
    assert "PLAINNET_RUNS" not in os.environ
