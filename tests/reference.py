"""Second, independent answers to what plainnet computes.

Nothing here imports plainnet. The optimisers follow the papers' algorithms
line by line on plain arrays, and the numerical gradient is written apart from
the library's own, so that one mistake cannot hide in both.
"""

import copy
import math

import numpy as np


def central_difference(f, x, step=1e-5):
    """Differentiate f() numerically with respect to every entry of x."""
    slope = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        kept = x[place]
        x[place] = kept + step
        above = f()
        x[place] = kept - step
        below = f()
        x[place] = kept
        slope[place] = (above - below) / (2 * step)
    return slope


def worst_error(a, b):
    """Compare two arrays: largest difference over largest magnitude."""
    assert a.shape == b.shape
    largest = max(np.abs(a).max(), np.abs(b).max())
    return float(np.abs(a - b).max() / largest) if largest else 0.0


def off_the_kink(rng, shape, gap=0.05):
    """Draw normal numbers that stay at least a gap away from zero."""
    draw = rng.normal(size=shape)
    return draw + gap * np.where(draw < 0, -1.0, 1.0)


def frozen(thing):
    """Copy nested dicts, sequences, arrays and objects into plain values."""
    if isinstance(thing, np.ndarray):
        return (thing.dtype.str, thing.shape, thing.tobytes())
    if isinstance(thing, dict):
        return {key: frozen(value) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return [frozen(value) for value in thing]
    if isinstance(thing, np.random.Generator):
        return frozen(thing.bit_generator.state)
    if callable(thing) or not hasattr(thing, "__dict__"):
        return copy.deepcopy(thing)
    return {type(thing).__name__: frozen(vars(thing))}


def sgd(weights, gradients, rates):
    """Plain gradient descent: w <- w - rate * g."""
    w = weights.copy()
    for g, rate in zip(gradients, rates, strict=True):
        w = w - rate * g
    return w


def momentum(weights, gradients, rates, beta=0.9):
    """Polyak's heavy ball: v <- beta v - rate g, w <- w + v."""
    w, v = weights.copy(), np.zeros_like(weights)
    for g, rate in zip(gradients, rates, strict=True):
        v = beta * v - rate * g
        w = w + v
    return w


def nesterov(weights, gradients, rates, beta=0.9):
    """Look ahead: v <- beta v - rate g, w <- w + beta v - rate g."""
    w, v = weights.copy(), np.zeros_like(weights)
    for g, rate in zip(gradients, rates, strict=True):
        v = beta * v - rate * g
        w = w + beta * v - rate * g
    return w


def rmsprop(weights, gradients, rates, decay=0.9, epsilon=1e-8):
    """Divide by the root of a running mean square, epsilon outside."""
    w, s = weights.copy(), np.zeros_like(weights)
    for g, rate in zip(gradients, rates, strict=True):
        s = decay * s + (1 - decay) * g * g
        w = w - rate * g / (np.sqrt(s) + epsilon)
    return w


def adam(
    weights,
    gradients,
    rates,
    beta1=0.9,
    beta2=0.999,
    epsilon=1e-8,
    weight_decay=0.0,
):
    """Follow Algorithm 1 of Kingma and Ba, decay decoupled as in AdamW."""
    w = weights.copy()
    m, v = np.zeros_like(w), np.zeros_like(w)
    for t, (g, rate) in enumerate(zip(gradients, rates, strict=True), 1):
        w = w - rate * weight_decay * w
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        m_hat = m / (1 - math.pow(beta1, t))
        v_hat = v / (1 - math.pow(beta2, t))
        w = w - rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return w
