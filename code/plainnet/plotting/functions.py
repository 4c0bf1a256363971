"""Functions of one variable, and paths of two."""

from collections.abc import Callable, Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plainnet._types import Array
from plainnet.plotting._style import (
    BLUE,
    COLORS,
    GREY,
    VERMILLION,
    in_style,
    paper,
)

Panels = Mapping[str, Mapping[str, Callable[[Array], Array]]]
_LEADER = {
    "arrowstyle": "-",
    "color": GREY,
    "lw": 0.6,
    "shrinkA": 0,
    "shrinkB": 0,
}


@in_style
def functions(
    panels: Panels, *, low: float = -5, high: float = 5, xlabel: str = "z"
) -> Figure:
    """Draw functions from `low` to `high`, a panel for each quantity.

    A name keeps its colour and dashes in all panels. Where a function is
    nan the curve has a gap: let it be nan where the curve jumps.
    """
    figure, axes = paper(len(panels), 1, 2.1 * len(panels) + 0.4, sharex=True)
    names = list(dict.fromkeys(n for part in panels.values() for n in part))
    x = np.linspace(low, high, 401)
    for ax, (quantity, curves) in zip(axes[:, 0], panels.items(), strict=True):
        ends = {}
        for name, function in curves.items():
            i, y = names.index(name), np.asarray(function(x), dtype=float)
            color, dash = COLORS[i % 6], ("-", "--", "-.", ":")[i % 4]
            ax.plot(x, y, dash, color=color)
            ends[name] = (
                x[np.isfinite(y)][-1],
                y[np.isfinite(y)][-1],
                color,
                dash,
            )
        ax.set(ylabel=quantity, xlim=(low, high))
        _label(ax, ends)
    axes[-1, 0].set_xlabel(xlabel)
    return figure


def _label(
    ax: Axes, ends: Mapping[str, tuple[float, float, str, str]]
) -> None:
    """Write names beside the ends (x, y, colour, dash), none over another.

    A thin grey line leads from an end to a piece of its curve and the name.
    """
    if len(ends) < 2:
        return
    bottom, top = ax.get_ylim()
    ax.set_ylim(bottom, top)
    heights = [(y - bottom) / (top - bottom) for _, y, *_ in ends.values()]
    order = np.argsort(heights, kind="stable")
    places = _apart(np.array(heights)[order], 0.13)
    for k, place in zip(order, places, strict=True):
        name = list(ends)[k]
        x, y, color, dash = ends[name]
        ax.annotate(
            "",
            (x, y),
            (1.05, place),
            textcoords="axes fraction",
            arrowprops=_LEADER,
        )
        sample = ax.plot([1.05, 1.12], [place, place], dash, color=color)
        sample[0].set(transform=ax.transAxes, clip_on=False)
        words = ax.text(1.14, place, name, transform=ax.transAxes)
        words.set(color=GREY, size="small", va="center")


def _apart(places: Array, gap: float) -> Array:
    """Push sorted places away from each other until none is too near."""
    places = places.copy()
    for _ in range(200):
        push = np.maximum(gap - np.diff(places), 0) / 2
        places[:-1] -= push
        places[1:] += push
    return places


@in_style
def paths(
    panels: Mapping[str, Array],
    *,
    goal: tuple[float, float],
    xlabel: str = "$w_1$",
    ylabel: str = "$w_2$",
) -> Figure:
    """Draw paths of shape (steps, 2) side by side, on the same scale.

    A ring marks the start, a cross the goal.
    """
    figure, axes = paper(1, len(panels), 2.9, sharex=True, sharey=True)
    for ax, (title, path) in zip(axes[0], panels.items(), strict=True):
        ax.plot(*np.transpose(path), ".-", color=BLUE, lw=0.8, ms=4)
        ax.plot(*path[0], "o", mfc="none", color=GREY, ms=9)
        ax.plot(*goal, "x", color=VERMILLION, ms=9, mew=2)
        ax.set(title=title, xlabel=xlabel, aspect="equal")
    axes[0, 0].set_ylabel(ylabel)
    return figure
