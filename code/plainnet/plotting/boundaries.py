"""Where a classifier changes its mind: fields, lines and points."""

import functools
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from plainnet._types import Array, Labels
from plainnet.plotting._style import (
    BLUE,
    GREEN,
    GREY,
    PURPLE,
    VERMILLION,
    Picture,
    in_style,
    paper,
)

_FIELD = 96  # cells of the coloured field in each direction

Limits = tuple[float, float, float, float]
_MARKERS = ((0, "o", VERMILLION), (1, "s", BLUE))
_ARROW = {"arrowstyle": "-|>", "color": GREY, "shrinkA": 0, "shrinkB": 0}


@in_style
def decision_boundary(
    probability: Callable[[Array], Array],
    X: Array,
    y: Labels,
    *,
    limits: Limits | None = None,
    title: str = "",
) -> Picture:
    """Draw points of two classes on the probabilities that a model gives.

    The ground is deeper the surer the model is: orange-red for class 0,
    blue for class 1. The line is where the probability is 0.5.

    Parameters
    ----------
    probability : callable
        Takes points of shape (m, 2) and returns that of class 1 at each.
    X, y : ndarray of shape (n, 2) and (n,)
        The points and labels. Circles are class 0, squares are class 1.
    limits : tuple of float, optional
        Left, right, bottom and top; frames of an animation must share them.
    title : str
        Stands above the drawing.
    """
    limits = _around(X) if limits is None else limits
    figure, axes = paper(height=3.6)
    _field(axes[0, 0], probability, limits)
    _points(axes[0, 0], X, y, size=5 if len(X) > 20 else 9)
    _frame(axes[0, 0], limits, title)
    return figure


@in_style
def class_curves(
    x: Array,
    y: Labels,
    curves: Mapping[str, Callable[[Array], Array]],
    *,
    xlabel: str = "x",
    limits: tuple[float, float] = (0, 1),
) -> Picture:
    """Draw labels 0 and 1 against a feature, and curves fitted to them.

    Where a curve passes 0.5, the dashed line, a tick goes down to the axis.
    """
    figure, axes = paper(height=2.9)
    ax: Axes = axes[0, 0]
    xs = np.linspace(*limits, 401)
    ax.axhline(0.5, color=GREY, ls=":", lw=1)
    for i, (name, curve) in enumerate(curves.items()):
        color, dash = (GREEN, PURPLE)[i % 2], ("-", "--")[i % 2]
        values = np.asarray(curve(xs))
        ax.plot(xs, values, dash, color=color, label=name)
        at = xs[np.argmax(values > 0.5)]
        ax.plot([at, at], [-0.15, 0.5], dash, color=color, lw=1)
    for label, marker, color in _MARKERS:
        here = np.asarray(x)[np.asarray(y) == label]
        ax.plot(here, [label] * len(here), marker, color=color, ms=7)
    ax.set(xlim=limits, ylim=(-0.15, 1.3), xlabel=xlabel, ylabel="class 1")
    ax.legend(fontsize="small", loc="lower right")
    return figure


@in_style
def boundary_geometry(
    w: tuple[float, float], b: float, points: Sequence[tuple[float, float]]
) -> Picture:
    """Draw the line w @ x + b = 0, w across it, and distances from it."""
    figure, axes = paper(height=3.6)
    ax: Axes = axes[0, 0]
    weights, length = np.array(w), float(np.hypot(*w))
    foot = -b * weights / length**2
    along = 20 * np.array([-weights[1], weights[0]]) / length
    ax.plot(*np.array([foot - along, foot + along]).T, color=GREY, lw=1.8)
    tip = foot + weights
    ax.annotate("", tuple(tip), tuple(foot), arrowprops=_ARROW)
    name = foot + 1.08 * weights
    ax.text(name[0], name[1], "w", ha="center", va="center")
    for x in np.array(points):
        z = float(x @ weights + b)
        _, marker, color = _MARKERS[int(z > 0)]
        ends = np.array([x, x - z * weights / length**2])
        ax.plot(*ends.T, ":", color=color)
        ax.plot(*x, marker, color=color, ms=8)
        said = f"   z = {z:.3g}\n   distance {z / length:.3g}"
        ax.text(x[0], x[1], said, va="center", size=9)
    reach = _around(np.vstack([np.array(points), foot, tip]), room=0.2)
    _frame(ax, reach, "")
    return figure


@in_style
def half_planes(
    X: Array, y: Labels, lines: Sequence[tuple[float, float, float]]
) -> Picture:
    """Draw a panel for each line (w1, w2, b), wrong answers crossed out."""
    figure, axes = paper(1, len(lines), 2.3, sharey=True)
    reach = _around(X, room=0.4)
    for ax, (w1, w2, b) in zip(axes[0], lines, strict=True):
        model = functools.partial(_step, np.array([w1, w2]), b)
        wrong = model(X) != y
        _field(ax, model, reach)
        _points(ax, X, y, size=9)
        for color, width in ("white", 3.5), ("black", 1.8):
            ax.plot(*X[wrong].T, "x", color=color, ms=19, mew=width)
        _frame(ax, reach, f"{np.sum(~wrong)} of {len(y)} right")
        ax.label_outer()
    return figure


def _step(w: Array, b: float, X: Array) -> Array:
    """Return 1 on the side of a line where w @ x + b is positive, else 0."""
    return (X @ w + b > 0).astype(float)


def _around(X: Array, room: float = 0.1) -> Limits:
    """Return limits that leave room, a part of the points' extent, around."""
    low, high = np.min(X, axis=0), np.max(X, axis=0)
    margin = room * np.maximum(high - low, 1e-9)
    (left, bottom), (right, top) = low - margin, high + margin
    return float(left), float(right), float(bottom), float(top)


def _field(
    ax: Axes, probability: Callable[[Array], Array], limits: Limits
) -> None:
    """Colour the ground by the probability, and draw the line of 0.5."""
    left, right, bottom, top = limits
    width, height = (right - left) / _FIELD, (top - bottom) / _FIELD
    xs = left + width * (np.arange(_FIELD) + 0.5)
    ys = bottom + height * (np.arange(_FIELD) + 0.5)
    grid = np.stack(np.meshgrid(xs, ys), axis=-1)
    p = np.reshape(probability(grid.reshape(-1, 2)), grid.shape[:2])
    image = np.empty((*p.shape, 4))
    image[..., :3] = np.where(
        p[..., None] > 0.5, *map(to_rgb, (BLUE, VERMILLION))
    )
    image[..., 3] = np.round(np.abs(p - 0.5), 2)  # at most half opaque
    ax.imshow(image, extent=limits, origin="lower", interpolation="none")
    if p.min() < 0.5 < p.max():
        ax.contour(xs, ys, p, [0.5], colors=GREY, linewidths=1.8)


def _points(ax: Axes, X: Array, y: Labels, size: float) -> None:
    for label, marker, color in _MARKERS:
        ax.plot(
            *np.asarray(X)[np.asarray(y) == label].T,
            marker,
            color=color,
            ms=size,
            mec="white",
            mew=0.5,
        )


def _frame(ax: Axes, limits: Limits, title: str) -> None:
    ax.set(xlim=limits[:2], ylim=limits[2:], title=title)
    ax.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
    ax.grid(visible=False)
