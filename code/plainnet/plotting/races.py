"""Optimisers side by side: paths on a map, and curves over powers of ten."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from plainnet._types import Array
from plainnet.plotting._style import (
    COLORS,
    GREY,
    Picture,
    in_style,
    paper,
)
from plainnet.plotting.player import Animation

Map = tuple[Array, Array, Array]  # across, up, and the loss there
Paths = Mapping[str, Array]  # by optimiser: (steps + 1, 2)
MARKERS = "osD^v*"


@in_style
def race(
    maps: Mapping[str, Map],
    paths: Mapping[str, Paths],
    step: int | None = None,
    *,
    xlabel: str = "$w_1$",
    ylabel: str = "$w_2$",
) -> Picture:
    """Draw a map for each landscape, and the paths as far as a step.

    A map is (across, up, loss) of shapes (columns,), (rows,) and (rows,
    columns), with crosses at its lowest points. The path of an optimiser, of
    shape (steps + 1, 2), ends in a marker. Without a step all are drawn.
    """
    figure, axes = paper(len(maps), 1, 2.15 * len(maps) + 0.5)
    for ax, (name, ground) in zip(axes[:, 0], maps.items(), strict=True):
        _ground(ax, ground)
        for i, path in enumerate(paths[name].values()):
            color, dash = COLORS[i % 6], ("-", "--", "-.", ":")[i % 4]
            walked = path[: len(path) if step is None else step + 1]
            ax.plot(*_thinned(walked, ground).T, dash, color=color, lw=1.1)
            ax.plot(*walked[-1], MARKERS[i % 6], color=color, ms=7, alpha=0.8)
        ax.set(title=name, ylabel=ylabel)
    axes[-1, 0].set_xlabel(xlabel)
    _name(figure, list(next(iter(paths.values()))))
    return figure


def _name(figure: Picture, names: Sequence[str]) -> None:
    """Write the names of the optimisers above the figure, in a row."""
    handles = [
        Line2D([], [], color=COLORS[i % 6], marker=MARKERS[i % 6], label=name)
        for i, name in enumerate(names)
    ]
    place: Any = {"loc": "outside upper center", "fontsize": "small"}
    figure.legend(handles=handles, ncols=len(names), **place)


def _thinned(path: Array, ground: Map) -> Array:
    """Leave out points too near to the one before to be seen apart."""
    across, up, _ = ground
    scale = np.array([np.ptp(across), np.ptp(up)])
    kept = [0]
    for i in range(1, len(path)):
        if np.abs((path[i] - path[kept[-1]]) / scale).max() > 0.035:
            kept.append(i)
    return path[kept if kept[-1] == len(path) - 1 else [*kept, -1]]


def _ground(ax: Axes, ground: Map) -> None:
    """Draw contour lines, closer together near the bottom."""
    across, up, loss = ground
    low, high = float(loss.min()), float(loss.max())
    levels = low + (high - low) * np.linspace(0.28, 0.9, 3) ** 3
    ax.contour(
        across, up, loss, levels, colors=GREY, linewidths=0.7, alpha=0.7
    )
    bottom = loss <= low + 1e-9 * (high - low)
    for row, column in np.argwhere(bottom):
        ax.plot(across[column], up[row], "x", color=GREY, ms=9, mew=2)
    ax.set(xlim=(across[0], across[-1]), ylim=(up[0], up[-1]))
    ax.grid(visible=False)
    ax.locator_params(nbins=3)


def race_film(
    maps: Mapping[str, Map],
    paths: Mapping[str, Paths],
    losses: Mapping[str, Paths],
    steps: Sequence[int],
    *,
    still: int = -1,
) -> Animation:
    """Draw the race as it stands after each of the steps.

    `losses` holds for each landscape and optimiser the loss along its path.
    """
    frames, labels = [], []
    for step in steps:
        frames.append(race(maps, paths, step))
        parts = []
        for name, runs in losses.items():
            found = ", ".join(f"{k} {v[step]:.2g}" for k, v in runs.items())
            parts.append(f"{name}: {found}")
        labels.append(f"step {step}, loss on the " + "; on the ".join(parts))
    return Animation(frames, labels, still)


@in_style
def powers(
    lines: Mapping[str, Array],
    x: Array,
    *,
    xlabel: str,
    ylabel: str,
    log: bool = False,
    marked: bool = False,
) -> Figure:
    """Draw curves over an axis of powers of ten.

    A curve is a row of numbers, or a matrix with a row for each seed: then
    the line is the mean and the band reaches from the least to the largest.
    `marked` puts a marker at each number, `log` makes the other axis
    logarithmic too.
    """
    figure, axes = paper(height=3.2)
    ax: Axes = axes[0, 0]
    for i, (label, values) in enumerate(lines.items()):
        runs = np.atleast_2d(np.asarray(values, dtype=float))
        color, dash = COLORS[i % 6], ("-", "--", "-.", ":")[i % 4]
        marker = MARKERS[i % 6] if marked else ""
        look: Any = {"color": color, "marker": marker, "ms": 5}
        ax.plot(x, runs.mean(axis=0), dash, label=label, **look)
        if len(runs) > 1:
            low, high = runs.min(axis=0), runs.max(axis=0)
            ax.fill_between(x, low, high, color=color, alpha=0.2, lw=0)
    ax.set(xscale="log", yscale="log" if log else "linear")
    ax.set(xlabel=xlabel, ylabel=ylabel)
    if len(lines) > 1:
        ax.legend(fontsize="small")
    return figure
