"""optimizers.py against the papers, and what happens to its memory."""

import copy
import functools
import math
import pickle

import numpy as np
import pytest
import reference
from plainnet.layers import Tanh
from plainnet.losses import softmax_cross_entropy
from plainnet.network import Network, mlp
from plainnet.optimizers import (
    SGD,
    Adam,
    AdamW,
    Momentum,
    Optimizer,
    RMSProp,
    clip_gradients,
)
from plainnet.schedules import cosine, step_decay, warmup
from plainnet.training import train_step
from reference import frozen, worst_error

SHAPES = {"0.W": (4, 5), "0.b": (5,), "2.W": (5, 1), "2.b": (1,)}
RATE = 0.02

# Each pair: how to build ours, and the same rule from the paper.
PAIRS = {
    "sgd": (SGD, reference.sgd),
    "momentum": (Momentum, reference.momentum),
    "momentum 0.5": (
        functools.partial(Momentum, momentum=0.5),
        functools.partial(reference.momentum, beta=0.5),
    ),
    "nesterov": (
        functools.partial(Momentum, nesterov=True),
        reference.nesterov,
    ),
    "nesterov 0.7": (
        functools.partial(Momentum, momentum=0.7, nesterov=True),
        functools.partial(reference.nesterov, beta=0.7),
    ),
    "rmsprop": (RMSProp, reference.rmsprop),
    "rmsprop 0.99, 0.1": (
        functools.partial(RMSProp, decay=0.99, epsilon=0.1),
        functools.partial(reference.rmsprop, decay=0.99, epsilon=0.1),
    ),
    "adam": (Adam, reference.adam),
    "adam 0.8, 0.9, 0.1": (
        functools.partial(Adam, beta1=0.8, beta2=0.9, epsilon=0.1),
        functools.partial(reference.adam, beta1=0.8, beta2=0.9, epsilon=0.1),
    ),
    "adamw": (
        AdamW,
        functools.partial(reference.adam, weight_decay=1e-2),
    ),
    "adamw 0.5": (
        functools.partial(AdamW, weight_decay=0.5),
        functools.partial(reference.adam, weight_decay=0.5),
    ),
}
EVERY = pytest.mark.parametrize("kind", PAIRS)


def start(rng, dtype=np.float64):
    """Draw starting parameters of several shapes, biases among them."""
    return {
        name: rng.normal(size=shape).astype(dtype)
        for name, shape in SHAPES.items()
    }


def journey(rng, steps=100, dtype=np.float64):
    """Draw gradients that change direction and size from step to step."""
    sizes = np.exp(rng.normal(scale=2, size=steps))
    return [
        {
            name: (size * (rng.normal(size=shape) + 0.3)).astype(dtype)
            for name, shape in SHAPES.items()
        }
        for size in sizes
    ]


def by_the_paper(rule, params, gradients, rates):
    """Follow the reference for each parameter by itself."""
    return {
        name: rule(param, [grads[name] for grads in gradients], rates)
        for name, param in params.items()
    }


def worst(params, expected):
    """Return the largest relative difference of two sets of parameters."""
    assert params.keys() == expected.keys()
    return max(worst_error(params[name], expected[name]) for name in params)


@EVERY
@pytest.mark.parametrize(
    "schedule", [None, step_decay(0.1, 0.5, 20), warmup(cosine(0.1, 60), 10)]
)
def test_a_hundred_steps_follow_the_paper(kind, schedule, rng):
    build, rule = PAIRS[kind]
    params, gradients = start(rng), journey(rng)
    rates = [schedule(step) if schedule else RATE for step in range(100)]
    expected = by_the_paper(rule, params, gradients, rates)
    optimizer = build(schedule or RATE)
    for grads in gradients:
        optimizer.step(params, grads)
    assert worst(params, expected) <= 1e-12
    assert optimizer.steps == 100


@pytest.mark.parametrize(
    ("optimizer", "expected"),
    [
        (RMSProp(), lambda *a: reference.rmsprop(*a, decay=0.9)),
        (Adam(), lambda *a: reference.adam(*a, beta1=0.9, beta2=0.999)),
        (AdamW(), lambda *a: reference.adam(*a, weight_decay=0.01)),
    ],
)
def test_default_arguments(optimizer, expected, rng):
    params, gradients = start(rng), journey(rng, steps=10)
    reached = by_the_paper(expected, params, gradients, [1e-3] * 10)
    for grads in gradients:
        optimizer.step(params, grads)
    assert worst(params, reached) <= 1e-12


@EVERY
def test_steps_are_taken_in_place_and_gradients_kept(kind, rng):
    optimizer = PAIRS[kind][0](RATE)
    params = start(rng)
    arrays = dict(params)
    for grads in journey(rng, steps=3):
        before = frozen(grads)
        assert optimizer.step(params, grads) is None
        assert frozen(grads) == before
    assert all(params[name] is arrays[name] for name in arrays)


@EVERY
def test_memory_survives_when_arrays_are_replaced_by_new_ones(kind, rng):
    build, rule = PAIRS[kind]
    params, gradients = start(rng), journey(rng)
    expected = by_the_paper(rule, params, gradients, [RATE] * 100)
    optimizer = build(RATE)
    for grads in gradients:
        names = rng.permutation(list(params))  # nor does the order matter
        params = {str(name): params[name].copy() for name in names}
        optimizer.step(params, {name: grads[name].copy() for name in SHAPES})
    assert worst(params, expected) <= 1e-12
    held = [
        state for state in vars(optimizer).values() if isinstance(state, dict)
    ]
    assert all(state.keys() == SHAPES.keys() for state in held)


@EVERY
@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))]
)
def test_memory_survives_copying(kind, duplicate, rng):
    build, rule = PAIRS[kind]
    params, gradients = start(rng), journey(rng)
    expected = by_the_paper(rule, params, gradients, [RATE] * 100)
    optimizer = build(RATE)
    for step, grads in enumerate(gradients):
        if step in (1, 50):
            left_behind, optimizer = optimizer, duplicate(optimizer)
            left_behind.step({k: v.copy() for k, v in params.items()}, grads)
        optimizer.step(params, grads)
    assert worst(params, expected) <= 1e-12


def test_a_copy_keeps_its_schedule(rng):
    params, gradients = start(rng), journey(rng)
    schedule = cosine(0.1, 100)
    rates = [schedule(step) for step in range(100)]
    expected = by_the_paper(reference.adam, params, gradients, rates)
    optimizer = Adam(schedule)
    for grads in gradients:
        optimizer = copy.deepcopy(optimizer)
        optimizer.step(params, grads)
    assert worst(params, expected) <= 1e-12


@EVERY
def test_memory_survives_when_the_network_is_saved_and_loaded(
    kind, rng, tmp_path
):
    X, y = rng.normal(size=(12, 4)), np.arange(12) % 3
    original = mlp((4, 6, 3), rng=rng, activation=Tanh)
    original.save(tmp_path / "start")
    ends = []
    for interrupted in (False, True):
        network = Network.load(tmp_path / "start")
        optimizer = PAIRS[kind][0](RATE)
        for step in range(10):
            if interrupted and step == 5:
                network.save(tmp_path / "midway")
                network = Network.load(tmp_path / "midway")
            train_step(network, softmax_cross_entropy, optimizer, X, y)
        ends.append(frozen([network.params, vars(optimizer)]))
    assert ends[0] == ends[1]


@EVERY
@pytest.mark.parametrize("rate", [RATE, np.float64(RATE), cosine(RATE, 150)])
def test_float32_stays_float32(kind, rate, rng):
    build, rule = PAIRS[kind]
    params, gradients = start(rng, np.float32), journey(rng, 100, np.float32)
    rates = [rate(step) if callable(rate) else RATE for step in range(100)]
    wide = [
        {k: g.astype(float) for k, g in grads.items()} for grads in gradients
    ]
    expected = by_the_paper(
        rule, {k: p.astype(float) for k, p in params.items()}, wide, rates
    )
    optimizer = build(rate)
    for grads in gradients:
        optimizer.step(params, grads)
    memory = [
        array
        for state in vars(optimizer).values()
        if isinstance(state, dict)
        for array in state.values()
    ]
    dtypes = {array.dtype for array in [*params.values(), *memory]}
    assert dtypes == {np.dtype(np.float32)}
    assert worst(params, expected) <= 1e-4


@EVERY
@pytest.mark.parametrize(
    "rate", [np.float64(RATE), np.float32(RATE), lambda step: np.float64(RATE)]
)
def test_a_numpy_rate_computes_nothing_in_float64(kind, rate, rng):
    gradients = journey(rng, 5, np.float32)
    plain, other = start(np.random.default_rng(1), np.float32), {}
    other.update({name: array.copy() for name, array in plain.items()})
    number = float(rate) if not callable(rate) else RATE
    ours, theirs = PAIRS[kind][0](number), PAIRS[kind][0](rate)
    for grads in gradients:
        ours.step(plain, grads)
        theirs.step(other, grads)
    assert frozen(plain) == frozen(other)


def test_memory_has_the_documented_names(rng):
    params, gradients = start(rng), journey(rng, steps=1)
    grads = gradients[0]
    momentum, rmsprop, adam = Momentum(RATE), RMSProp(RATE), Adam(RATE)
    for optimizer in (momentum, rmsprop, adam):
        optimizer.step(params, grads)
    for name, g in grads.items():
        np.testing.assert_allclose(momentum.velocity[name], -RATE * g)
        np.testing.assert_allclose(rmsprop.square[name], 0.1 * g * g)
        np.testing.assert_allclose(adam.mean[name], 0.1 * g)
        np.testing.assert_allclose(adam.square[name], 0.001 * g * g)


def test_nesterov_looks_ahead(rng):
    gradients = journey(rng, steps=5)
    plain, ahead = (
        start(np.random.default_rng(1)),
        start(np.random.default_rng(1)),
    )
    heavy, nesterov = Momentum(RATE), Momentum(RATE, nesterov=True)
    for grads in gradients:
        heavy.step(plain, grads)
        nesterov.step(ahead, grads)
    assert worst(plain, ahead) > 1e-3
    # On a single step from rest, the look-ahead is a factor 1 + beta.
    w, v = {"w": np.zeros(1)}, {"w": np.zeros(1)}
    Momentum(0.1).step(w, {"w": np.ones(1)})
    Momentum(0.1, nesterov=True).step(v, {"w": np.ones(1)})
    assert v["w"][0] == pytest.approx(1.9 * w["w"][0]) == pytest.approx(-0.19)


@pytest.mark.parametrize("size", [1e-3, 1.0, 1e6])
def test_adams_first_step_has_the_size_of_the_rate(size):
    params = {"w": np.zeros(3)}
    Adam(0.01).step(params, {"w": size * np.array([1.0, -2.0, 0.5])})
    np.testing.assert_allclose(params["w"], [-0.01, 0.01, -0.01], rtol=1e-4)


def test_adams_first_three_steps_by_hand():
    params = {"w": np.array([1.0])}
    optimizer = Adam(0.1)
    reached = []
    for g in (1.0, 1.0, -2.0):
        optimizer.step(params, {"w": np.array([g])})
        reached.append(params["w"][0])
    m = 0.9 * 0.19 - 0.2
    v = 0.999 * 0.001999 + 0.004
    third = 0.1 * (m / 0.271) / math.sqrt(v / (1 - 0.999**3))
    assert reached == pytest.approx([0.9, 0.8, 0.8 - third], rel=1e-7)


def test_epsilon_is_outside_the_root():
    # With g = epsilon, m_hat / (sqrt(v_hat) + epsilon) is one half.
    for optimizer in (Adam(1.0, epsilon=0.1), RMSProp(1.0, 0.0, epsilon=0.1)):
        params = {"w": np.zeros(1)}
        optimizer.step(params, {"w": np.array([0.1])})
        assert params["w"][0] == pytest.approx(-0.5, rel=1e-12)


def test_a_gradient_of_zero_moves_nothing_and_divides_by_nothing(rng):
    for build, _ in PAIRS.values():
        params = start(rng)
        before = copy.deepcopy(params)
        optimizer = build(RATE)
        zero = {name: np.zeros(shape) for name, shape in SHAPES.items()}
        optimizer.step(params, zero)
        shrink = 1 - RATE * getattr(optimizer, "weight_decay", 0)
        for name in params:
            np.testing.assert_allclose(params[name], shrink * before[name])


def test_weight_decay_is_decoupled_from_the_gradient(rng):
    params, gradients = start(rng), journey(rng, steps=1)
    expected = {name: 0.95 * param for name, param in params.items()}
    Adam(0.1).step(expected, gradients[0])
    AdamW(0.1, weight_decay=0.5).step(params, gradients[0])
    assert worst(params, expected) <= 1e-15


def test_a_schedule_is_asked_once_a_step_from_zero(rng):
    asked = []

    def schedule(step):
        asked.append(step)
        return 0.1

    optimizer = Adam(schedule)
    params = start(rng)
    for grads in journey(rng, steps=4):
        optimizer.step(params, grads)
    assert asked == [0, 1, 2, 3]
    assert optimizer.steps == 4


def test_a_schedule_may_stand_still(rng):
    params = start(rng)
    before = frozen(params)
    optimizer = SGD(lambda step: 0.0)
    optimizer.step(params, journey(rng, steps=1)[0])
    assert frozen(params) == before
    assert optimizer.steps == 1


@EVERY
@pytest.mark.parametrize(
    ("rate", "error"),
    [
        (-0.1, ValueError),
        (np.nan, ValueError),
        (np.inf, ValueError),
        (None, TypeError),
        ("fast", TypeError),
    ],
)
def test_a_bad_rate_from_a_schedule_changes_nothing(kind, rate, error, rng):
    params, gradients = start(rng), journey(rng, steps=3)
    optimizer = PAIRS[kind][0](lambda step: 0.1 if step < 2 else rate)
    for grads in gradients[:2]:
        optimizer.step(params, grads)
    before = frozen([params, vars(optimizer)])
    with pytest.raises(error, match=f"learning_rate.*{rate}"):
        optimizer.step(params, gradients[2])
    assert frozen([params, vars(optimizer)]) == before


def mistaken(params, grads):
    """List pairs that do not belong together, and what a message names."""
    fewer = {name: grads[name] for name in list(grads)[1:]}
    renamed = {name.replace("2.", "3."): g for name, g in grads.items()}
    turned = {name: g.T for name, g in grads.items()}
    column = {**grads, "0.b": grads["0.b"][:, None]}
    one = {**grads, "2.b": np.float64(1.0)}
    other = {
        name: np.zeros((2, *array.shape)) for name, array in grads.items()
    }
    return [
        (params, {}, "0.W"),
        (params, fewer, "0.W"),
        (params, renamed, "3.W"),
        (params, turned, "0.W"),
        (params, column, "0.b"),
        (params, one, "2.b"),
        (other, other, "0.W"),
        (fewer, grads, "0.W"),
    ]


@EVERY
@pytest.mark.parametrize("case", range(8))
def test_params_and_grads_that_do_not_fit_change_nothing(kind, case, rng):
    if case == 6 and kind == "sgd":
        return  # plain descent remembers no shape that could be another
    params, gradients = start(rng), journey(rng, steps=2)
    optimizer = PAIRS[kind][0](RATE)
    optimizer.step(params, gradients[0])
    bad_params, bad_grads, found = mistaken(params, gradients[1])[case]
    before = frozen([params, bad_params, bad_grads, vars(optimizer)])
    with pytest.raises(ValueError, match=r"params|grads") as caught:
        optimizer.step(bad_params, bad_grads)
    assert found in str(caught.value)
    assert frozen([params, bad_params, bad_grads, vars(optimizer)]) == before


@EVERY
@pytest.mark.parametrize("rate", [0, -0.1, np.nan, np.inf])
def test_a_rate_is_positive(kind, rate):
    with pytest.raises(ValueError, match=f"learning_rate must be.*{rate}"):
        PAIRS[kind][0](rate)


@pytest.mark.parametrize("rate", ["0.1", None, [0.1]])
def test_a_rate_is_a_number_or_a_schedule(rate):
    with pytest.raises(TypeError, match="learning_rate must be"):
        SGD(rate)


@pytest.mark.parametrize(
    ("build", "name", "values"),
    [
        (functools.partial(Momentum, 0.1), "momentum", [-0.1, 1.0, np.nan]),
        (RMSProp, "decay", [-0.1, 1.0, np.nan]),
        (RMSProp, "epsilon", [-1e-8, 0.0, np.inf]),
        (Adam, "beta1", [-0.1, 1.0, np.nan]),
        (Adam, "beta2", [-0.1, 1.0, np.nan]),
        (Adam, "epsilon", [-1e-8, 0.0, np.inf]),
        (AdamW, "beta1", [1.0]),
        (AdamW, "beta2", [1.0]),
        (AdamW, "epsilon", [0.0]),
        (AdamW, "weight_decay", [-0.01, np.nan, np.inf]),
    ],
)
def test_other_settings_out_of_range(build, name, values):
    for value in values:
        with pytest.raises(ValueError, match=f"{name} must.*{value}"):
            build(**{name: value})


def test_the_base_class_has_no_rule_of_its_own(rng):
    optimizer = Optimizer(0.1)
    with pytest.raises(NotImplementedError):
        optimizer.step(start(rng), journey(rng, steps=1)[0])


def joint(grads):
    """Compute the length of all gradients as one vector, another way."""
    return np.linalg.norm(np.concatenate([g.ravel() for g in grads.values()]))


def test_clipping_by_hand():
    grads = {"W": np.array([[3.0], [4.0]]), "b": np.array([12.0])}
    assert clip_gradients(grads, 6.5) == 13.0
    assert grads["W"].ravel().tolist() == [1.5, 2.0]
    assert grads["b"].tolist() == [6.0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("max_norm", [0.1, 1, np.float32(2.5), 1e3])
def test_clipping_keeps_the_direction_and_bounds_the_length(
    max_norm, dtype, rng
):
    for grads in journey(rng, steps=20, dtype=dtype):
        arrays, before = dict(grads), copy.deepcopy(grads)
        norm = clip_gradients(grads, max_norm)
        assert type(norm) is float
        assert norm == pytest.approx(joint(before), rel=1e-6)
        assert joint(grads) <= max_norm * (1 + 1e-6)
        factor = min(1, max_norm / norm)
        for name, g in grads.items():
            assert g is arrays[name]
            assert g.dtype == dtype
            np.testing.assert_allclose(g, factor * before[name], rtol=1e-6)


def test_gradients_that_are_short_enough_stay_as_they_are(rng):
    grads = journey(rng, steps=1)[0]
    before, norm = frozen(grads), joint(grads)
    assert clip_gradients(grads, 1.0001 * norm) == pytest.approx(norm)
    zero = {"w": np.zeros(3)}
    assert clip_gradients(zero, 1.0) == 0.0
    assert frozen(grads) == before
    assert not zero["w"].any()


def test_the_squares_of_float32_gradients_do_not_overflow():
    grads = {"w": np.full(4, 1e30, np.float32)}
    assert clip_gradients(grads, 1.0) == pytest.approx(2e30)
    np.testing.assert_allclose(grads["w"], 0.5, rtol=1e-6)


@pytest.mark.parametrize("size", [1e155, 1e200, 1.7e308])
def test_float64_gradients_whose_squares_overflow_are_refused(size):
    grads = {"w": np.array([size, 1.0]), "b": np.array([1.0])}
    before = frozen(grads)
    with pytest.raises(ValueError, match="grads must have squares that"):
        clip_gradients(grads, 1.0)
    assert frozen(grads) == before


def test_the_longest_float64_gradients_are_clipped_to_the_limit():
    grads = {"w": np.array([3e153]), "b": np.array([-4e153])}
    assert clip_gradients(grads, 1.0) == pytest.approx(5e153)
    assert grads["w"][0] == pytest.approx(0.6)
    assert grads["b"][0] == pytest.approx(-0.8)


def test_a_clipped_step_is_no_longer_than_rate_times_limit(rng):
    X, y = 100 * rng.normal(size=(12, 4)), np.arange(12) % 3
    network = mlp((4, 6, 3), rng=rng, activation=Tanh, dtype=np.float64)
    before = copy.deepcopy(network.params)
    _, grad = softmax_cross_entropy(network.forward(X), y)
    network.backward(grad)
    clip_gradients(network.grads, 0.01)
    SGD(0.5).step(network.params, network.grads)
    moved = {k: p - before[k] for k, p in network.params.items()}
    assert joint(moved) == pytest.approx(0.005)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_gradients_that_are_not_finite_are_refused_and_kept(value, rng):
    grads = journey(rng, steps=1)[0]
    grads["2.W"][3, 0] = value
    before = frozen(grads)
    message = rf"grads\['2.W'\] must be finite, got {value} at index \(3, 0\)"
    with pytest.raises(ValueError, match=message):
        clip_gradients(grads, 1.0)
    assert frozen(grads) == before


@pytest.mark.parametrize(
    ("grads", "max_norm", "error", "message"),
    [
        ({}, 1.0, ValueError, "grads must not be empty.*backward"),
        ({"w": np.array([3, 4])}, 1.0, TypeError, "grads.*floating.*int64"),
        ({"w": np.ones(2)}, 0.0, ValueError, "max_norm must be above 0.*0.0"),
        ({"w": np.ones(2)}, -1.0, ValueError, "max_norm must be above 0.*-1"),
        ({"w": np.ones(2)}, np.nan, ValueError, "max_norm must be finite"),
        ({"w": np.ones(2)}, None, TypeError, "max_norm must be a number"),
    ],
)
def test_what_clipping_cannot_use(grads, max_norm, error, message):
    with pytest.raises(error, match=message):
        clip_gradients(grads, max_norm)
