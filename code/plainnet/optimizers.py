"""Optimizers: rules that turn gradients into changes of the parameters.

Parameters and gradients come as dicts with equal names. What an optimizer
remembers it keys by those names, so that its memory survives when a
network is copied, saved, loaded, or has an array replaced.
"""

import math

import numpy as np

from plainnet._checks import (
    check_finite,
    check_fraction,
    check_not_negative,
    check_positive,
)
from plainnet._types import Array, Schedule


class Optimizer:
    """What all optimizers share: the rate, the step count, the checks.

    Parameters
    ----------
    learning_rate : float or callable
        A number above 0, or a schedule that takes the number of the step,
        from 0, and returns the rate for it.

    Attributes
    ----------
    steps : int
        Number of steps taken.
    states : tuple of dict
        Everything remembered from step to step, by parameter name.
    """

    def __init__(self, learning_rate: float | Schedule) -> None:
        if not callable(learning_rate):
            check_positive("learning_rate", learning_rate)
        self.learning_rate = learning_rate
        self.steps = 0
        self.states: tuple[dict[str, Array], ...] = ()

    def step(self, params: dict[str, Array], grads: dict[str, Array]) -> None:
        """Change every parameter in place, once.

        Raises
        ------
        ValueError
            If names or shapes differ, or the schedule gives a rate that is
            negative or not finite. Nothing is changed then.
        """
        _check_pair(params, grads, self.states)
        rate = self._rate()
        self.steps += 1
        for name, param in params.items():
            self._update(name, param, grads[name], rate)

    def _update(self, name: str, w: Array, g: Array, rate: float) -> None:
        raise NotImplementedError

    def _rate(self) -> float:
        """Return the rate for the coming step, as a Python float."""
        if not callable(self.learning_rate):
            return float(self.learning_rate)
        rate = self.learning_rate(self.steps)
        check_not_negative(f"learning_rate at step {self.steps}", rate)
        return float(rate)


class SGD(Optimizer):
    """Stochastic gradient descent: w ← w - ηg.

    References
    ----------
    Robbins and Monro (1951).
    """

    def _update(self, name: str, w: Array, g: Array, rate: float) -> None:
        w -= rate * g


class Momentum(Optimizer):
    """Gradient descent with a velocity: v ← βv - ηg, w ← w + v.

    Parameters
    ----------
    momentum : float in [0, 1), default 0.9
        The part β of the velocity that is kept from step to step.
    nesterov : bool, default False
        Look ahead: w ← w + βv - ηg with the new v.

    References
    ----------
    Sutskever et al. (2013), equations 1 to 4; for Nesterov's form the
    stored w is the point they look ahead to, θ + βv.
    """

    def __init__(
        self,
        learning_rate: float | Schedule,
        momentum: float = 0.9,
        nesterov: bool = False,
    ) -> None:
        super().__init__(learning_rate)
        check_fraction("momentum", momentum)
        self.momentum = float(momentum)
        self.nesterov = nesterov
        self.velocity: dict[str, Array] = {}
        self.states = (self.velocity,)

    def _update(self, name: str, w: Array, g: Array, rate: float) -> None:
        v = self.velocity.setdefault(name, np.zeros_like(w))
        v *= self.momentum
        v -= rate * g
        w += self.momentum * v - rate * g if self.nesterov else v


class RMSProp(Optimizer):
    """Divide each step by the gradient's recent size.

    s ← ρs + (1 - ρ)g², w ← w - ηg / (√s + ε)

    Parameters
    ----------
    decay : float in [0, 1), default 0.9
        The part ρ of the average square that is kept from step to step.
    epsilon : float, default 1e-8
        A small ε, outside the root, that keeps the divisor off 0.

    References
    ----------
    Tieleman and Hinton (2012), lecture 6.5.
    """

    def __init__(
        self,
        learning_rate: float | Schedule = 1e-3,
        decay: float = 0.9,
        epsilon: float = 1e-8,
    ) -> None:
        super().__init__(learning_rate)
        check_fraction("decay", decay)
        check_positive("epsilon", epsilon)
        self.decay = float(decay)
        self.epsilon = float(epsilon)
        self.square: dict[str, Array] = {}
        self.states = (self.square,)

    def _update(self, name: str, w: Array, g: Array, rate: float) -> None:
        s = self.square.setdefault(name, np.zeros_like(w))
        s *= self.decay
        s += (1 - self.decay) * g * g
        w -= rate * g / (np.sqrt(s) + self.epsilon)


class Adam(Optimizer):
    """Momentum and RMSProp in one, both corrected for their start at 0.

    m ← β₁m + (1 - β₁)g, v ← β₂v + (1 - β₂)g²,
    w ← w - η m̂ / (√v̂ + ε) with m̂ = m / (1 - β₁ᵗ), v̂ = v / (1 - β₂ᵗ)

    Parameters
    ----------
    beta1, beta2 : float in [0, 1), default 0.9 and 0.999
        The parts of the two averages that are kept from step to step.
    epsilon : float, default 1e-8
        A small ε, outside the corrected root, as in PyTorch and optax.

    References
    ----------
    Kingma and Ba (2015), Algorithm 1.
    """

    def __init__(
        self,
        learning_rate: float | Schedule = 1e-3,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
    ) -> None:
        super().__init__(learning_rate)
        check_fraction("beta1", beta1)
        check_fraction("beta2", beta2)
        check_positive("epsilon", epsilon)
        self.beta1, self.beta2 = float(beta1), float(beta2)
        self.epsilon = float(epsilon)
        self.mean: dict[str, Array] = {}
        self.square: dict[str, Array] = {}
        self.states = (self.mean, self.square)

    def _update(self, name: str, w: Array, g: Array, rate: float) -> None:
        m = self.mean.setdefault(name, np.zeros_like(w))
        v = self.square.setdefault(name, np.zeros_like(w))
        m *= self.beta1
        m += (1 - self.beta1) * g
        v *= self.beta2
        v += (1 - self.beta2) * g * g
        # η m̂ / (√v̂ + ε) with both corrections folded into two scalars.
        root = math.sqrt(1 - self.beta2**self.steps)
        change = np.sqrt(v)
        change += root * self.epsilon
        np.divide(m, change, out=change)
        change *= rate * root / (1 - self.beta1**self.steps)
        w -= change


class AdamW(Adam):
    """Adam that also shrinks every parameter by ηλ at each step.

    Parameters
    ----------
    learning_rate, beta1, beta2, epsilon
        As for `Adam`.
    weight_decay : float, default 1e-2
        The λ in w ← (1 - ηλ)w, done before Adam's step, biases too.

    References
    ----------
    Loshchilov and Hutter (2019), Algorithm 2, with PyTorch's meaning of λ:
    it is multiplied by the whole rate η; the paper's own λ is our ηλ.
    """

    def __init__(
        self,
        learning_rate: float | Schedule = 1e-3,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 1e-2,
    ) -> None:
        super().__init__(learning_rate, beta1, beta2, epsilon)
        check_not_negative("weight_decay", weight_decay)
        self.weight_decay = float(weight_decay)

    def _update(self, name: str, w: Array, g: Array, rate: float) -> None:
        w *= 1 - rate * self.weight_decay
        super()._update(name, w, g, rate)


def clip_gradients(grads: dict[str, Array], max_norm: float) -> float:
    """Scale all gradients together, in place, if they are too long.

    Parameters
    ----------
    grads : dict of str to ndarray
        Gradients by name, after ``backward`` and before ``step``.
    max_norm : float
        The largest length, above 0, of all of them as one vector.

    Returns
    -------
    float
        Its length before: the root of the sum of all squares.

    Raises
    ------
    ValueError
        If a gradient is not finite or its square overflows; all stay.

    References
    ----------
    Pascanu, Mikolov and Bengio (2013), Algorithm 1.
    """
    check_positive("max_norm", max_norm)
    _check_gradients(grads)
    with np.errstate(over="ignore"):
        squares = [np.sum(np.square(g, dtype=float)) for g in grads.values()]
        norm = float(np.sqrt(np.sum(squares)))
    if norm == np.inf:
        raise ValueError("grads must have squares that float64 can add up")
    if norm > max_norm:
        for g in grads.values():
            g *= max_norm / norm
    return norm


def _check_gradients(grads: dict[str, Array]) -> None:
    if not grads:
        raise ValueError("grads must not be empty: call backward first")
    for name, g in grads.items():
        if not np.issubdtype(g.dtype, np.floating):
            raise TypeError(
                f"grads[{name!r}] must be floating-point, got {g.dtype}"
            )
        check_finite(f"grads[{name!r}]", g)


def _check_pair(
    params: dict[str, Array],
    grads: dict[str, Array],
    states: tuple[dict[str, Array], ...],
) -> None:
    if params.keys() != grads.keys():
        raise ValueError(
            "params and grads must have the same names, got "
            f"{sorted(params)} and {sorted(grads)}: call backward before step"
        )
    for name, param in params.items():
        if param.shape != grads[name].shape:
            raise ValueError(
                f"grads[{name!r}] must have shape {param.shape}, "
                f"got {grads[name].shape}"
            )
        for state in states:
            if name in state and state[name].shape != param.shape:
                raise ValueError(
                    f"params[{name!r}] must keep its shape "
                    f"{state[name].shape}, got {param.shape}: a new network "
                    "needs a new optimizer"
                )
