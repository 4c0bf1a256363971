"""network.py: passes, names, predictions, files, and bad input."""

import json
import math

import numpy as np
import pytest
from plainnet.gradient_check import check_network
from plainnet.initializers import normal, xavier_normal
from plainnet.layers import (
    Dense,
    Dropout,
    LeakyReLU,
    ReLU,
    Sigmoid,
    Tanh,
)
from plainnet.losses import (
    binary_cross_entropy,
    mean_squared_error,
    softmax_cross_entropy,
)
from plainnet.network import Network, mlp
from reference import central_difference, frozen, worst_error

LOSSES = [mean_squared_error, binary_cross_entropy, softmax_cross_entropy]
ACTIVATIONS = [Sigmoid, Tanh, ReLU, LeakyReLU]


def every_layer(rng, dtype=np.float64):
    """Build a network that has every kind of layer in it."""
    return Network(
        [
            Dense(4, 6, rng=rng, dtype=dtype),
            Sigmoid(),
            Dense(6, 5, rng=rng, dtype=dtype),
            ReLU(),
            Dropout(0.3, rng=rng),
            Dense(5, 6, rng=rng, dtype=dtype),
            LeakyReLU(0.1),
            Dropout(0.6, rng=rng),
            Dense(6, 6, rng=rng, dtype=dtype),
            Tanh(),
            Dense(6, 3, rng=rng, dtype=dtype),
        ]
    )


def three_two_two():
    """Build chapter 5's network, transposed from units by inputs."""
    rng = np.random.default_rng(0)
    network = mlp((3, 2, 2), rng=rng, dtype=np.float64)
    network.params["0.W"][:] = np.array([[0.4, -0.2, 0.6], [0.1, 0.5, -0.3]]).T
    network.params["0.b"][:] = [0.1, -0.1]
    network.params["2.W"][:] = np.array([[0.7, -0.4], [0.3, 0.8]]).T
    network.params["2.b"][:] = [0.2, -0.2]
    return network


X_BY_HAND = np.array([[0.5, 0.3, 0.8]])


def test_the_322_network_forward():
    network = three_two_two()
    z = network.layers[0].forward(X_BY_HAND)
    np.testing.assert_allclose(z, [[0.72, -0.14]])
    np.testing.assert_allclose(network.layers[1].forward(z), [[0.72, 0]])
    logits = network.forward(X_BY_HAND)
    np.testing.assert_allclose(logits, [[0.704, 0.016]])
    p = network.predict_proba(X_BY_HAND)
    np.testing.assert_allclose(p, [[0.666, 0.334]], atol=5e-4)
    assert network.predict(X_BY_HAND) == [0]


def test_the_322_network_backward():
    network = three_two_two()
    loss, grad = softmax_cross_entropy(
        network.forward(X_BY_HAND, training=True), np.array([1])
    )
    network.backward(grad)
    p = 1 / (1 + math.exp(0.016 - 0.704))
    assert loss == pytest.approx(-math.log(1 - p))
    # Blame for the logits is (p, -p); the second hidden unit is silent.
    blame = p * (0.7 - 0.3)
    expected = {
        "2.W": [[0.72 * p, -0.72 * p], [0, 0]],
        "2.b": [p, -p],
        "0.W": [[0.5 * blame, 0], [0.3 * blame, 0], [0.8 * blame, 0]],
        "0.b": [blame, 0],
    }
    assert network.grads.keys() == expected.keys()
    for name, value in expected.items():
        np.testing.assert_allclose(network.grads[name], value, atol=1e-15)


@pytest.mark.parametrize(
    ("sizes", "count"),
    [((784, 256, 128, 10), 235_146), ((64, 16, 8, 1), 1_185)],
)
def test_numbers_of_parameters(sizes, count, rng):
    network = mlp(sizes, rng=rng)
    assert sum(array.size for array in network.params.values()) == count


def targets_for(loss, rng, n, width):
    """Draw targets that the loss accepts for n rows of width outputs."""
    if loss is mean_squared_error:
        return rng.normal(size=(n, width))
    if loss is binary_cross_entropy:
        return rng.integers(0, 2, (n, width))
    return rng.integers(0, width, n)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_whole_networks_pass_the_gradient_check(activation, loss, rng):
    network = mlp((4, 7, 5, 3), rng=rng, activation=activation, dtype=float)
    X, y = rng.normal(size=(6, 4)), targets_for(loss, rng, 6, 3)
    errors = check_network(network, loss, X, y)
    assert errors.keys() == {*network.params, "X"}
    limit = 1e-5 if activation in (ReLU, LeakyReLU) else 1e-7
    assert max(errors.values()) <= limit


@pytest.mark.parametrize("loss", LOSSES)
def test_every_layer_together_with_dropout_on(loss, rng):
    network = every_layer(rng)
    for array in network.params.values():
        array += rng.normal(size=array.shape)  # no input sits on a kink
    X, y = rng.normal(size=(4, 4)), targets_for(loss, rng, 4, 3)
    state = rng.bit_generator.state

    def outputs():
        rng.bit_generator.state = state
        return network.forward(X, training=True)

    down = network.input_gradient(loss(outputs(), y)[1])
    exact = {"X": down, **network.grads}
    for name, array in {"X": X, **network.params}.items():
        slope = central_difference(lambda: loss(outputs(), y)[0], array)
        assert worst_error(exact[name], slope) <= 1e-5, name


def test_loss_before_training_is_ln_k(rng):
    X = rng.normal(size=(500, 20)).astype(np.float32)
    ten = mlp((20, 30, 10), rng=rng, init=normal)
    loss, _ = softmax_cross_entropy(ten.forward(X), np.arange(500) % 10)
    assert loss == pytest.approx(math.log(10), abs=1e-3)
    two = mlp((20, 30, 1), rng=rng, activation=Sigmoid, init=normal)
    sides = (np.arange(500) % 2)[:, None]
    loss, _ = binary_cross_entropy(two.forward(X), sides)
    assert loss == pytest.approx(math.log(2), abs=1e-3)


def test_params_and_grads_are_the_live_arrays(rng):
    network = mlp((4, 5, 3), rng=rng, dtype=np.float64)
    assert list(network.params) == ["0.W", "0.b", "2.W", "2.b"]
    X = rng.normal(size=(2, 4))
    network.backward(np.ones_like(network.forward(X)))
    assert list(network.grads) == list(network.params)
    for number in (0, 2):
        for name in ("W", "b"):
            layer, key = network.layers[number], f"{number}.{name}"
            assert network.params[key] is layer.params[name]
            assert network.grads[key] is layer.grads[name]
    for array in network.params.values():
        array[...] = 0
    network.params["2.b"][:] = [1, 2, 3]
    np.testing.assert_array_equal(network.forward(X), [[1, 2, 3]] * 2)
    network.layers[2].params["b"] = np.array([4.0, 5, 6])
    np.testing.assert_array_equal(network.params["2.b"], [4, 5, 6])


def test_a_forward_pass_leaves_grads_and_params_alone(rng):
    network = every_layer(rng)
    X = rng.normal(size=(5, 4))
    network.backward(np.ones_like(network.forward(X, training=True)))
    before = frozen([network.grads, network.params])
    network.forward(-X, training=True)
    network.predict(X)
    network.predict_proba(X)
    assert frozen([network.grads, network.params]) == before


def test_backward_spares_the_first_layers_input_gradient(rng, monkeypatch):
    network = mlp((4, 5, 3), rng=rng, dtype=np.float64)
    X = rng.normal(size=(6, 4))
    grad = rng.normal(size=network.forward(X).shape)
    down = network.input_gradient(grad)
    by_input_gradient = frozen(network.grads)
    called = []
    first = network.layers[0]
    monkeypatch.setattr(first, "backward", lambda grad: called.append(grad))
    for layer in network.layers:
        layer.grads = {}
    assert network.backward(grad) is None
    assert called == []
    assert frozen(network.grads) == by_input_gradient
    slope = central_difference(
        lambda: float((network.forward(X) * grad).sum()), X
    )
    assert worst_error(down, slope) <= 1e-5


def test_neither_pass_writes_into_its_argument(rng):
    network = every_layer(rng)
    X = rng.normal(size=(5, 4))
    outputs = network.forward(X, training=True)
    grad = rng.normal(size=outputs.shape)
    before = frozen([X, outputs, grad, network.params])
    network.backward(grad)
    network.input_gradient(grad)
    assert frozen([X, outputs, grad, network.params]) == before


def test_float32_networks_stay_float32_from_float64_input(rng):
    network = every_layer(rng, np.float32)
    outputs = network.forward(rng.normal(size=(5, 4)), training=True)
    _, grad = softmax_cross_entropy(outputs, np.array([0, 1, 2, 0, 1]))
    down = network.input_gradient(grad)
    arrays = [outputs, grad, down, network.predict_proba(np.ones((2, 4)))]
    arrays += [*network.params.values(), *network.grads.values()]
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}


def test_predictions_of_many_classes(rng):
    network = every_layer(rng)
    X = rng.normal(size=(50, 4))
    logits = network.forward(X)
    exps = np.exp(logits)
    p = exps / exps.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(network.predict_proba(X), p)
    predicted = network.predict(X)
    assert predicted.shape == (50,)
    assert np.issubdtype(predicted.dtype, np.integer)
    np.testing.assert_array_equal(predicted, [row.argmax() for row in p])


def test_predictions_of_a_single_output(rng):
    network = Network([Dense(1, 1, rng=rng, dtype=np.float64)])
    network.params["0.W"][:], network.params["0.b"][:] = 1, 0
    X = np.array([[-2.0], [0.0], [1e-9], [3.0]])
    predicted = network.predict(X)
    assert np.issubdtype(predicted.dtype, np.integer)
    np.testing.assert_array_equal(predicted, [0, 0, 1, 1])
    p = network.predict_proba(X)
    assert p.shape == (4, 1)
    np.testing.assert_allclose(p, 1 / (1 + np.exp(-X)))


def test_predicting_never_drops_anything(rng):
    network = mlp((4, 50, 3), rng=rng, dropout=0.9, dtype=np.float64)
    X = rng.normal(size=(8, 4))
    before = frozen(rng)
    p = network.predict_proba(X)
    plain = Network([network.layers[i] for i in (0, 1, 3)])
    np.testing.assert_array_equal(p, plain.predict_proba(X))
    np.testing.assert_array_equal(network.forward(X), plain.forward(X))
    np.testing.assert_array_equal(network.predict(X), plain.predict(X))
    assert frozen(rng) == before


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_mlp_builds_what_its_arguments_say(activation):
    def build(**options):
        rng = np.random.default_rng(4)
        return mlp((5, 4, 3, 2), rng=rng, activation=activation, **options)

    plain = build()
    dense, between = Dense, activation
    kinds = [dense, between, dense, between, dense]
    assert [type(layer) for layer in plain.layers] == kinds
    shapes = [array.shape for array in plain.params.values()]
    assert shapes == [(5, 4), (4,), (4, 3), (3,), (3, 2), (2,)]
    assert {array.dtype for array in plain.params.values()} == {
        np.dtype(np.float32)
    }
    assert frozen(build().params) == frozen(plain.params)
    assert not any(plain.params[f"{i}.b"].any() for i in (0, 2, 4))

    dropping = build(dropout=0.25, init=xavier_normal, dtype=np.float64)
    kinds = [dense, between, Dropout, dense, between, Dropout, dense]
    assert [type(layer) for layer in dropping.layers] == kinds
    assert {dropping.layers[i].rate for i in (2, 5)} == {0.25}
    generator = np.random.default_rng(4)
    for name, shape in (("0.W", (5, 4)), ("3.W", (4, 3)), ("6.W", (3, 2))):
        np.testing.assert_array_equal(
            dropping.params[name], xavier_normal(*shape, generator)
        )


def test_dropout_layers_of_one_network_draw_different_masks(rng):
    network = mlp((3, 40, 40, 2), rng=rng, dropout=0.5)
    assert_masks_differ(network)


def assert_masks_differ(network):
    """Assert that no two dropout layers silence the same units."""
    ones = np.ones((5, 40), np.float32)
    masks = [
        layer.forward(ones, training=True)
        for layer in network.layers
        if isinstance(layer, Dropout)
    ]
    assert len(masks) == 2
    assert np.mean(masks[0] != masks[1]) > 0.2


@pytest.mark.parametrize(
    ("sizes", "error", "found"),
    [
        ((), ValueError, r"\(\)"),
        ((5,), ValueError, r"\(5,\)"),
        ((5, 0, 2), ValueError, "0"),
        ((5, -3), ValueError, "-3"),
        ((5, 2.5, 2), TypeError, r"2\.5"),
    ],
)
def test_an_mlp_has_at_least_two_sizes_of_at_least_one(
    sizes, error, found, rng
):
    before = frozen(rng)
    with pytest.raises(error, match=f"sizes must.*{found}"):
        mlp(sizes, rng=rng)
    assert frozen(rng) == before


@pytest.mark.parametrize("bad", [None, 3, np.random, np.random.RandomState(0)])
def test_an_mlp_takes_a_generator_only(bad):
    with pytest.raises(TypeError, match=r"rng must be .*Generator"):
        mlp((3, 2), rng=bad)


@pytest.mark.parametrize("rate", [-0.5, 1.0, np.nan])
def test_an_mlp_refuses_a_bad_dropout(rate, rng):
    before = frozen(rng)
    with pytest.raises(ValueError, match=f"dropout must be.*{rate}"):
        mlp((3, 4, 2), rng=rng, dropout=rate)
    assert frozen(rng) == before


def test_a_network_is_made_of_layers(rng):
    with pytest.raises(ValueError, match="layers must"):
        Network([])
    with pytest.raises(TypeError, match=r"layers must.*relu"):
        Network([Dense(2, 2, rng=rng), "relu"])


def test_backward_before_forward(rng):
    network = mlp((3, 4, 2), rng=rng)
    for backward in (network.backward, network.input_gradient):
        with pytest.raises(RuntimeError, match="forward"):
            backward(np.ones((1, 2)))
    assert network.grads == {}


@pytest.mark.parametrize("shape", [(3,), (2, 4), (2, 3, 1)])
def test_inputs_of_the_wrong_shape(shape, rng):
    network = mlp((3, 4, 2), rng=rng)
    network.backward(np.ones_like(network.forward(np.ones((2, 3)))))
    before = frozen(network)
    for method in (network.forward, network.predict, network.predict_proba):
        with pytest.raises(ValueError, match="X must have shape") as caught:
            method(np.ones(shape))
        assert str(shape) in str(caught.value)
    assert frozen(network) == before


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_save_and_load_are_bit_exact(dtype, rng, tmp_path):
    network = every_layer(rng, dtype)
    for array in network.params.values():
        array += rng.normal(size=array.shape).astype(dtype)
    X = rng.normal(size=(30, 4))
    path = tmp_path / "model.of.mine"
    before = frozen([network.params, rng])
    assert network.save(path) is None
    loaded = Network.load(str(path))
    assert frozen([network.params, rng]) == before
    assert frozen(loaded.params) == frozen(network.params)
    assert frozen(loaded.forward(X)) == frozen(network.forward(X))
    assert [type(a) for a in loaded.layers] == [
        type(a) for a in network.layers
    ]
    assert loaded.layers[6].slope == 0.1
    assert [loaded.layers[i].rate for i in (4, 7)] == [0.3, 0.6]
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_a_loaded_network_trains_like_the_saved_one(rng, tmp_path):
    network = mlp((4, 6, 3), rng=rng, activation=Tanh)
    X, y = rng.normal(size=(9, 4)), np.arange(9) % 3
    network.save(tmp_path / "network.npz")
    both = [network, Network.load(tmp_path / "network.npz")]
    for each in both:
        _, grad = softmax_cross_entropy(each.forward(X, training=True), y)
        each.backward(grad)
    assert frozen(both[0].grads) == frozen(both[1].grads)
    for array in both[1].params.values():
        array -= 1  # what was loaded can be written to


def test_loaded_dropout_layers_draw_different_masks(rng, tmp_path):
    network = mlp((3, 40, 40, 2), rng=rng, dropout=0.5)
    network.save(tmp_path / "network")
    assert_masks_differ(Network.load(tmp_path / "network"))


def test_load_keeps_the_class_it_is_called_on(rng, tmp_path):
    class Named(Network):
        """A network by another name."""

    Named([Dense(2, 2, rng=rng)]).save(tmp_path / "network")
    assert type(Named.load(tmp_path / "network")) is Named
    assert type(Network.load(tmp_path / "network")) is Network


def test_save_overwrites_and_holds_no_pickle(rng, tmp_path):
    path = tmp_path / "network.npz"
    for width in (5, 7):
        network = every_layer(rng) if width == 7 else mlp((2, 5, 1), rng=rng)
        network.save(path)
    assert frozen(Network.load(path).params) == frozen(network.params)
    with np.load(path, allow_pickle=False) as archive:
        for name in archive.files:
            assert archive[name].dtype.kind in "fUS"


def test_a_failed_save_leaves_the_old_file(rng, tmp_path, monkeypatch):
    path = tmp_path / "network"
    mlp((2, 5, 1), rng=rng).save(path)
    before = path.read_bytes()

    def full(file, *args, **kwargs):
        file.write(b"half")
        raise OSError("No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="No space"):
        mlp((2, 3, 1), rng=rng).save(path)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["network"]


def test_save_refuses_what_load_could_not_read(rng, tmp_path):
    class Mine(Tanh):
        """A layer that load has never heard of."""

    with pytest.raises(TypeError, match=r"layers must.*Mine"):
        Network([Mine(), Dense(2, 1, rng=rng)]).save(tmp_path / "network")
    assert list(tmp_path.iterdir()) == []


def test_files_and_folders_that_are_missing(rng, tmp_path):
    missing = tmp_path / "nowhere" / "network.npz"
    with pytest.raises(FileNotFoundError, match="nowhere"):
        Network.load(missing)
    with pytest.raises(FileNotFoundError, match="nowhere"):
        mlp((2, 1), rng=rng).save(missing)
    with pytest.raises(FileNotFoundError, match=str(tmp_path)):
        Network.load(tmp_path)


def test_every_truncation_is_noticed(rng, tmp_path):
    path = tmp_path / "network.npz"
    mlp((3, 4, 2), rng=rng).save(path)
    whole = path.read_bytes()
    for length in range(0, len(whole), 11):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"path must.*network\.npz"):
            Network.load(path)


def test_a_damaged_byte_is_refused_or_harmless(rng, tmp_path):
    path = tmp_path / "network.npz"
    network = mlp((2, 3, 2), rng=rng)
    network.save(path)
    whole = path.read_bytes()
    messages = []
    places = range(0, len(whole), 5)
    for place in places:
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        path.write_bytes(damaged)
        try:
            loaded = Network.load(path)
        except ValueError as error:
            messages.append(str(error))
        else:
            assert frozen(loaded.params) == frozen(network.params)
    assert len(messages) > len(places) / 2
    assert all("network.npz" in message for message in messages)


def rewritten(path, **changes):
    """Write a saved network anew with some of its arrays changed."""
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in archive.files}
    arrays.update(changes)
    kept = {name: a for name, a in arrays.items() if a is not None}
    with path.open("wb") as file:
        np.savez(file, **kept)


@pytest.mark.parametrize(
    "changes",
    [
        {"0.W": None},
        {"0.b": None},
        {"0.W": np.zeros((3, 9))},
        {"0.W": np.zeros(3)},
        {"0.W": np.zeros((3, 4), int), "0.b": np.zeros(4, int)},
        {"0.b": np.zeros((1, 4), np.float32)},
        {"0.b": np.array(["a"] * 4)},
        {"header": None},
        {"header": np.array("{}")},
        {"header": np.array("not json")},
        {"header": np.array("[1, 2]")},
        {"header": np.array(3.5)},
    ],
)
def test_a_tampered_file_is_refused(changes, rng, tmp_path):
    path = tmp_path / "network.npz"
    mlp((3, 4, 2), rng=rng).save(path)
    rewritten(path, **changes)
    with pytest.raises(ValueError, match=r"path must.*network\.npz"):
        Network.load(path)


@pytest.mark.parametrize(
    "change",
    [
        {"format": "plainnet network 0"},
        {"layers": []},
        {"layers": [{"layer": "Dense"}]},
        {"layers": [{"layer": "Convolution", "settings": {}}]},
        {"layers": [{"layer": "Dropout", "settings": {"rate": 2}}]},
        {"layers": [{"layer": "ReLU", "settings": {"slope": 2}}]},
        {"layers": [{"layer": "ReLU", "settings": 7}]},
        {"layers": 7},
    ],
)
def test_a_header_that_makes_no_sense_is_refused(change, rng, tmp_path):
    path = tmp_path / "network.npz"
    mlp((3, 4, 2), rng=rng).save(path)
    with np.load(path) as archive:
        header = json.loads(str(archive["header"]))
    rewritten(path, header=np.array(json.dumps({**header, **change})))
    with pytest.raises(ValueError, match=r"path must.*network\.npz"):
        Network.load(path)


def test_files_of_another_format_are_refused(tmp_path):
    path = tmp_path / "network.npz"
    foreign = {
        "empty": lambda file: None,
        "text": lambda file: file.write(b"0.1, 0.2\n" * 50),
        "one array": lambda file: np.save(file, np.zeros(3)),
        "a pickle": lambda file: np.save(
            file, np.array([{}], object), allow_pickle=True
        ),
        "other arrays": lambda file: np.savez(file, W=np.zeros(3)),
        "objects": lambda file: np.savez(
            file, header=np.array([{}], object), allow_pickle=True
        ),
    }
    for write in foreign.values():
        with path.open("wb") as file:
            write(file)
        with pytest.raises(ValueError, match=r"path must.*network\.npz"):
            Network.load(path)


def test_a_layer_stands_in_a_network_once(rng):
    layer = Dense(3, 3, rng=rng)
    with pytest.raises(ValueError, match=r"layers must.*Dense twice"):
        Network([layer, ReLU(), layer])
