"""The loss over a plane in the space of all weights."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.ticker import MaxNLocator

from plainnet._types import Array
from plainnet.plotting._style import (
    BLUE,
    GREY,
    VERMILLION,
    Picture,
    in_style,
    paper,
)


@in_style
def landscape(
    across: Array,
    up: Array,
    loss: Array,
    *,
    xlabel: str = "first direction",
    ylabel: str = "second direction",
) -> Picture:
    """Draw a loss over a plane as a surface and as contour lines.

    Parameters
    ----------
    across, up : ndarray of shape (columns,) and (rows,)
        Where the loss was measured, along two directions.
    loss : ndarray of shape (rows, columns)
        The loss there. A cross marks the point (0, 0).
    """
    figure = Picture(figsize=(5.6, 2.9))
    grid = figure.add_gridspec(1, 2, width_ratios=(1.1, 1), wspace=0.06)
    solid: Any = figure.add_subplot(grid[0], projection="3d")
    look = {"color": BLUE, "alpha": 0.45, "lw": 0.3, "edgecolor": GREY}
    U, V = np.meshgrid(across, up)
    solid.plot_surface(U, V, loss, rasterized=True, **look)
    for axis in solid.xaxis, solid.yaxis, solid.zaxis:
        axis.set_pane_color((0, 0, 0, 0))
        axis._axinfo["grid"].update(color=(*to_rgb(GREY), 0.3), linewidth=0.6)
        axis.set_major_locator(MaxNLocator(4))
    solid.set_box_aspect(None, zoom=1.1)
    solid.set(title="as a height")
    ax = figure.add_subplot(grid[1])
    _contours(ax, across, up, loss)
    ax.plot(0, 0, "x", color=VERMILLION, ms=8, mew=2.2)
    ax.set(xlabel=xlabel, ylabel=ylabel, title="as a map", box_aspect=1)
    return figure


@in_style
def landscape_path(
    across: Array,
    up: Array,
    loss: Array,
    path: Array,
    *,
    xlabel: str,
    ylabel: str,
) -> Picture:
    """Draw the contour lines of a loss and a path of shape (steps, 2) on it.

    A square marks the start of the path, a cross its end.
    """
    figure, axes = paper(height=3.6)
    ax: Axes = axes[0, 0]
    _contours(ax, across, up, loss)
    ax.plot(*path.T, "-", color=VERMILLION, lw=1.6)
    ax.plot(*path[:: max(1, len(path) // 10)].T, ".", color=VERMILLION, ms=7)
    ax.plot(*path[0], "s", color=VERMILLION, ms=8)
    ax.plot(*path[-1], "x", color=VERMILLION, ms=10, mew=2.4)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    return figure


def _contours(ax: Axes, across: Array, up: Array, loss: Array) -> None:
    """Draw contour lines whose losses are a constant factor apart."""
    low, high = np.log(loss.min()), np.log(loss.max())
    levels = np.exp(low + (high - low) * np.linspace(0.08, 0.95, 9))
    lines = ax.contour(
        across, up, loss, levels, colors=BLUE, linewidths=0.9, alpha=0.9
    )
    ax.clabel(lines, levels[::2], fontsize=7, fmt="%.2g", colors=GREY)
    ax.set(xlim=(across[0], across[-1]), ylim=(up[0], up[-1]))
    ax.grid(visible=False)
    ax.locator_params(nbins=5)
