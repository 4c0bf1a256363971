"""Fair comparisons: how the rate matters, and pairs joined by their seed."""

from collections.abc import Mapping, Sequence

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

MARKERS = "osD^v*"
MULTIPLES = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100)  # that get a tick
Sweep = Mapping[float, Sequence[float]]  # by rate, a result for each seed


@in_style
def sensitivity(
    results: Mapping[str, Sweep], *, ylabel: str, top: float
) -> Figure:
    """Draw a result that should be small against the rate, in two panels.

    The upper panel has the rates themselves, the lower one each rate as a
    multiple of its optimiser's best.

    Parameters
    ----------
    results : mapping of mappings
        For each optimiser and rate the results of the seeds: a line at the
        mean, a band from least to largest.
    top : float
        Where the axis ends. A mean above it, or one that is no number, is
        an arrow at the edge.
    """
    figure, axes = paper(2, 1, 5.2, sharey=True)
    for i, (name, by_rate) in enumerate(results.items()):
        rates = np.array(sorted(by_rate))
        runs = np.array([by_rate[rate] for rate in rates.tolist()])
        best = rates[np.nanargmin(runs.mean(axis=1))]
        for ax, x in zip(axes[:, 0], (rates, rates / best), strict=True):
            _valley(ax, x, runs, top, i, name)
    for ax, xlabel in zip(
        axes[:, 0], ("learning rate", "rate / best rate"), strict=True
    ):
        ax.set(xscale="log", yscale="log", xlabel=xlabel, ylabel=ylabel)
        _whole_ticks(ax, top)
    axes[1, 0].axvline(1, color=GREY, ls="--", lw=1)
    _plain_multiples(axes[1, 0])
    axes[0, 0].legend(fontsize="small")
    return figure


def _valley(
    ax: Axes, x: Array, runs: Array, top: float, i: int, name: str
) -> None:
    """Draw one optimiser's line, its band, and arrows for what is above."""
    color, dash = COLORS[i % 6], ("-", "--", "-.", ":")[i % 4]
    mark = MARKERS[i % 6]
    means = runs.mean(axis=1)
    inside = means <= top  # False for nan
    line = np.where(inside, means, np.nan)
    ax.plot(x, line, dash + mark, color=color, ms=5, label=name)
    low, high = runs.min(axis=1), runs.max(axis=1)
    ax.fill_between(x, low, high, inside, color=color, alpha=0.2, lw=0)
    for place in x[~inside]:
        ax.plot(place, top, mark, color=color, ms=5)
        ax.annotate(
            "",
            (place, 1),
            (place, 0.9),
            xycoords=ax.get_xaxis_transform(),
            arrowprops={"arrowstyle": "->", "color": color},
        )


def _whole_ticks(ax: Axes, top: float) -> None:
    """End a logarithmic axis at the top, and label it with plain numbers."""
    ax.set_ylim(top=top * 1.1)
    low, _ = ax.get_ylim()
    ticks = [t for t in (1, 2, 3, 4, 5, 6, 8, 10, 15, 20) if low <= t <= top]
    ax.set_yticks(ticks, [str(t) for t in ticks])
    ax.set_yticks([], minor=True)


def _plain_multiples(ax: Axes) -> None:
    """Label a logarithmic axis of multiples with plain numbers."""
    left, right = ax.get_xlim()
    ticks = [t for t in MULTIPLES if left <= t <= right]
    ax.set_xticks(ticks, [f"{t:g}" for t in ticks])
    ax.set_xticks([], minor=True)


@in_style
def pairs(
    panels: Mapping[str, Mapping[str, Sequence[float]]], *, ylabel: str
) -> Figure:
    """Draw a line from one result to the other for each seed.

    Each panel compares two results or more; where a line goes up, the seed
    was better, or larger, with the one on the right. Bars stand at the means.
    """
    figure, axes = paper(1, len(panels), 2.9, sharey=True)
    for ax, (title, results) in zip(axes[0], panels.items(), strict=True):
        values = np.array(list(results.values()))
        places = np.arange(len(values))
        ax.plot(places, values, "o-", color=BLUE, alpha=0.55, ms=5, lw=1)
        means = values.mean(axis=1)
        ax.plot(places, means, "_", color=VERMILLION, ms=24, mew=2.5)
        ax.set_xticks(places, list(results))
        ax.set_xlim(-0.45, len(values) - 0.55)
        ax.set_title(title, fontsize="small")
        ax.grid(axis="x", visible=False)
    axes[0, 0].set_ylabel(ylabel)
    return figure
