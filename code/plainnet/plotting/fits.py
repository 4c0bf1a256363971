"""Lines through points, the bowl of their loss, and the way down."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from plainnet._types import Array
from plainnet.plotting._style import (
    BLUE,
    COLORS,
    GREY,
    VERMILLION,
    Picture,
    in_style,
    paper,
)

Line = tuple[float, float]  # slope and intercept
Bowl = tuple[Array, Array, Array]  # two columns, targets, path


@in_style
def lines(
    x: Array,
    y: Array,
    through: Mapping[str, Line] | None = None,
    *,
    xlabel: str = "x",
    ylabel: str = "y",
) -> Figure:
    """Draw points, and lines with their names at the right end.

    The lines go from thin to thick: the last one is the one to look at.
    """
    figure, axes = paper(height=3.2)
    ax: Axes = axes[0, 0]
    ax.plot(x, y, "o", color=GREY, ms=5, alpha=0.8)
    ends = np.array([0.0, 1.04 * float(x.max())])
    named = through or {}
    heights = [w * ends[1] + b for w, b in named.values()]
    reach = max([*heights, float(y.max())]) - min([*heights, 0.0])
    places = _apart(heights, 0.075 * reach)
    for i, (name, (w, b)) in enumerate(named.items()):
        thick = 1.2 + 1.6 * (i + 1) / len(named)
        color, dash = COLORS[i % 6], ("-", "--", "-.")[i % 3]
        ax.plot(ends, w * ends + b, dash, lw=thick, color=color)
        at = ends[1] * 1.02, places[i]
        ax.text(*at, name, va="center", size=9, color=GREY)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.set_xlim(0, ends[1] * (1.2 if named else 1.02))
    ax.set_ylim(bottom=min([-0.3, *heights]) if named else 0)
    return figure


def _apart(heights: Sequence[float], gap: float) -> Array:
    """Move labels up or down until none is nearer to the next than gap."""
    order, placed = np.argsort(heights), np.array(heights, dtype=float)
    for _ in range(100):
        near = np.maximum(gap - np.diff(placed[order]), 0) / 2
        placed[order[:-1]] -= near
        placed[order[1:]] += near
    return placed


@in_style
def residual_squares(
    x: Array,
    y: Array,
    through: Mapping[str, Line],
    *,
    xlabel: str = "x",
    ylabel: str = "y",
) -> Figure:
    """Draw a panel for each line, with the square on each residual.

    Squares are squares on the paper: their areas can be compared.
    """
    figure, axes = paper(1, len(through), 3.0, sharex=True, sharey=True)
    scale = 1.1 * float(x.max()) / (1.15 * float(y.max())) * 1.55
    for ax, (name, (w, b)) in zip(axes[0], through.items(), strict=True):
        ends = np.array([0.0, 1.1 * float(x.max())])
        ax.plot(ends, w * ends + b, color=BLUE)
        errors = w * x + b - y
        widths = np.abs(errors) * scale * np.where(x < x.mean(), 1, -1)
        for at, value, width, error in zip(x, y, widths, errors, strict=True):
            box = Rectangle((at, value), width, error, color=VERMILLION)
            ax.add_patch(box)
            box.set(alpha=0.25, lw=0.6)
        ax.plot(x, y, "o", color=GREY, ms=3)
        ax.set(title=name, box_aspect=1.55, xlabel=xlabel)
        ax.set(xlim=ends, ylim=(0, 1.15 * float(y.max())))
    axes[0, 0].set_ylabel(ylabel)
    return figure


@in_style
def tangents(
    f: Callable[[Array], Array],
    slope: Callable[[Array], Array],
    points: Mapping[str, float],
    *,
    low: float,
    high: float,
    xlabel: str,
    ylabel: str,
) -> Figure:
    """Draw a curve, and at each named point its tangent and its slope."""
    figure, axes = paper(height=3.2)
    ax: Axes = axes[0, 0]
    grid = np.linspace(low, high, 121)
    ax.plot(grid, f(grid), color=BLUE)
    reach = 0.12 * (high - low)
    for name, at in points.items():
        value, rise = float(f(np.array(at))), float(slope(np.array(at)))
        half = reach / np.hypot(1, rise * (high - low) / np.ptp(f(grid)))
        near = np.array([at - half, at + half])
        ax.plot(near, value + rise * (near - at), color=VERMILLION, lw=2.4)
        ax.plot(at, value, "o", color=VERMILLION, ms=6)
        flat = abs(half) > 0.8 * reach
        side = "center" if flat else "left" if rise < 0 else "right"
        shift = {"center": (0, 16), "left": (9, 5), "right": (-9, 5)}[side]
        text = f"{name}\nslope {rise:+.1f}".replace("-", "\N{MINUS SIGN}")
        ax.annotate(
            text, (at, value), shift, textcoords="offset points", ha=side
        )
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.set_ylim(bottom=0)
    return figure


def _squared_loss(columns: Array, y: Array, *weights: Array) -> Array:
    """Return the mean squared error at every point of a grid of weights."""
    total = sum(
        w[..., None] * column
        for w, column in zip(weights, columns.T, strict=True)
    )
    return np.mean((total - y) ** 2, axis=-1)


def _map(ax: Axes, bowl: Bowl, box: Sequence[float]) -> None:
    """Draw the contour lines of a bowl, and the path with its ends."""
    columns, y, path = bowl
    left, right, low, high = box
    U, V = np.meshgrid(
        np.linspace(left, right, 29), np.linspace(low, high, 29)
    )
    Z = _squared_loss(columns, y, U, V)
    best = np.linalg.lstsq(columns, y)[0]
    rise = Z.max() - Z.min()
    levels = Z.min() + rise * np.linspace(0.06, 0.9, 7) ** 2
    ax.contour(U, V, Z, levels, colors=GREY, linewidths=0.7, alpha=0.8)
    ax.plot(*path.T, "-o", color=VERMILLION, ms=3, lw=1.0)
    ax.plot(*path[0], "s", color=VERMILLION, ms=6)
    ax.plot(*best, "x", color=BLUE, ms=8, mew=2.2)
    ax.set(xlim=(left, right), ylim=(low, high))
    ax.grid(visible=False)
    ax.locator_params(nbins=4)


@in_style
def bowls(
    panels: Mapping[str, Bowl],
    *,
    xlabel: str,
    ylabel: str,
    box: Sequence[float] | Mapping[str, Sequence[float]],
) -> Figure:
    """Draw maps of losses of two weights, each with a path across it.

    A panel is made from two columns (n, 2), targets (n,) and a path
    (steps, 2); a square marks its start, a cross the lowest point. The
    `box` is (left, right, low, high), one for all or one for each name.
    """
    figure, axes = paper(1, len(panels), 5.6 / len(panels) + 0.75)
    for ax, (name, bowl) in zip(axes[0], panels.items(), strict=True):
        limits = box[name] if isinstance(box, Mapping) else box
        _map(ax, bowl, limits)
        ax.set(title=name, xlabel=xlabel, box_aspect=1)
    axes[0, 0].set_ylabel(ylabel)
    return figure


@in_style
def bowl_and_map(
    x: Array, y: Array, path: Array, *, box: Sequence[float]
) -> Figure:
    """Draw the loss of a line as a surface over w and b, and as a map."""
    figure = Picture(figsize=(5.6, 2.9))
    columns = np.column_stack([x, np.ones(len(x))])
    solid: Any = figure.add_subplot(1, 2, 1, projection="3d")
    left, right, low, high = box
    U, V = np.meshgrid(
        np.linspace(left, right, 21), np.linspace(low, high, 21)
    )
    Z = _squared_loss(columns, y, U, V)
    look = {"color": BLUE, "alpha": 0.4, "lw": 0.4, "edgecolor": GREY}
    solid.plot_surface(U, V, Z, rasterized=True, **look)
    heights = _squared_loss(columns, y, *path.T)
    solid.plot(*path.T, heights, "-o", color=VERMILLION, ms=3, zorder=9)
    for axis in solid.xaxis, solid.yaxis, solid.zaxis:
        axis.set_pane_color((0, 0, 0, 0))
        axis._axinfo["grid"].update(color=(*to_rgb(GREY), 0.3), linewidth=0.6)
    solid.set(xlabel="w", ylabel="b", title="the loss as a height")
    ax = figure.add_subplot(1, 2, 2)
    _map(ax, (columns, y, path), box)
    ax.set(xlabel="w", ylabel="b", box_aspect=1, title="the same as a map")
    return figure


@in_style
def descent(
    x: Array,
    y: Array,
    path: Array,
    *,
    box: Sequence[float],
    xlabel: str = "x",
    ylabel: str = "y",
) -> Figure:
    """Draw the path so far on the map of the loss, beside the line it is.

    With the same `box` and points, the axes do not move from frame to frame.
    """
    figure, (pair,) = paper(1, 2, 3.2)
    columns = np.column_stack([x, np.ones(len(x))])
    _map(pair[0], (columns, y, path), box)
    pair[0].set(xlabel="w", ylabel="b", title="the loss", box_aspect=1)
    ends = np.array([0.0, 1.04 * float(x.max())])
    w, b = path[-1]
    pair[1].plot(x, y, "o", color=GREY, ms=3.5)
    pair[1].plot(ends, w * ends + b, color=VERMILLION, lw=2.4)
    pair[1].set(xlabel=xlabel, ylabel=ylabel, title="the line", box_aspect=1)
    pair[1].set(xlim=ends, ylim=(-0.3, 1.1 * float(y.max())))
    return figure
