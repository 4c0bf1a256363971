"""Curves, dots, bars and histograms."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from plainnet._types import Array
from plainnet.plotting._style import (
    BLUE,
    COLORS,
    GREY,
    VERMILLION,
    in_style,
    paper,
)


@in_style
def curves(
    panels: Mapping[str, Mapping[str, Array]],
    *,
    xlabel: str = "epoch",
    x: Array | None = None,
    log: Sequence[str] = (),
) -> Figure:
    """Draw labelled curves, a panel for each quantity.

    A curve is a row of numbers, or a matrix with a row for each seed: then
    the line is the mean and the band reaches from the least to the largest.
    Panels named in `log` get a logarithmic axis.
    """
    height = 2.5 * len(panels) + 0.4
    figure, axes = paper(len(panels), 1, height, sharex=True)
    for ax, (quantity, lines) in zip(axes[:, 0], panels.items(), strict=True):
        for i, (label, values) in enumerate(lines.items()):
            runs = np.atleast_2d(np.asarray(values, dtype=float))
            steps = np.arange(1, runs.shape[1] + 1) if x is None else x
            color, dash = COLORS[i % 6], ("-", "--", "-.", ":")[i % 4]
            ax.plot(steps, runs.mean(axis=0), dash, color=color, label=label)
            if len(runs) > 1:
                low, high = runs.min(axis=0), runs.max(axis=0)
                ax.fill_between(steps, low, high, color=color, alpha=0.2, lw=0)
        ax.set(ylabel=quantity, yscale="log" if quantity in log else "linear")
    axes[-1, 0].set_xlabel(xlabel)
    if x is None:
        axes[-1, 0].xaxis.set_major_locator(MaxNLocator(integer=True))
    for ax, lines in zip(axes[:, 0], panels.values(), strict=True):
        if len(lines) > 1:
            _legend(figure, ax)
    return figure


def _legend(figure: Figure, ax: Axes) -> None:
    """Name the curves: inside the panel if it has room, else above it."""
    legend = ax.legend(fontsize="small")
    figure.draw_without_rendering()
    place, to_screen = legend.get_window_extent(), ax.transData.transform_path
    lines = [to_screen(line.get_path()) for line in ax.lines]
    bands = [to_screen(p) for band in ax.collections for p in band.get_paths()]
    crossed = any(path.intersects_bbox(place, False) for path in lines)
    if not (crossed or any(path.intersects_bbox(place) for path in bands)):
        return
    for columns in range(len(lines), 0, -1):
        legend = ax.legend(
            fontsize="small",
            ncols=columns,
            loc="lower left",
            bbox_to_anchor=(0, 1),
            borderpad=0.2,
        )
        if legend.get_window_extent().width <= ax.bbox.width:
            break


@in_style
def dots(
    results: Mapping[str, Sequence[float]], *, xlabel: str, log: bool = False
) -> Figure:
    """Draw a row for each setting: a dot for each seed, a bar at the mean."""
    figure, axes = paper(height=0.9 + 0.3 * len(results))
    ax: Axes = axes[0, 0]
    for row, values in enumerate(results.values()):
        ax.plot(values, [row] * len(values), "o", color=BLUE, alpha=0.55, ms=6)
        ax.plot([np.mean(values)], [row], "|", color=VERMILLION, ms=16, mew=2)
    ax.set_yticks(range(len(results)), list(results))
    ax.set_ylim(len(results) - 0.5, -0.5)
    ax.set(xlabel=xlabel, xscale="log" if log else "linear")
    return figure


@in_style
def histograms(
    groups: Mapping[str, Array],
    *,
    xlabel: str,
    ylabel: str = "images",
    bins: int = 20,
    threshold: float | None = None,
    log: bool = False,
) -> Figure:
    """Draw histograms over one another, with an optional dashed threshold."""
    figure, axes = paper(height=2.6)
    ax: Axes = axes[0, 0]
    together = np.concatenate(list(groups.values()))
    edges = np.histogram_bin_edges(together, bins).tolist()
    for (label, values), color in zip(groups.items(), COLORS, strict=False):
        ax.hist(values, edges, alpha=0.55, color=color, label=label)
    if threshold is not None:
        ax.axvline(threshold, color=GREY, ls="--")
    if len(groups) > 1:
        ax.legend(fontsize="small")
    ax.set(xlabel=xlabel, ylabel=ylabel, yscale="log" if log else "linear")
    return figure


@in_style
def bars(
    values: Mapping[str, float], *, ylabel: str, xlabel: str = ""
) -> Figure:
    """Draw one upright bar for each name, its value written above."""
    figure, axes = paper(height=2.4)
    ax: Axes = axes[0, 0]
    drawn = ax.bar(list(values), list(values.values()), color=BLUE)
    ax.bar_label(drawn, fmt="{:,.0f}", size=8, padding=2)
    ax.grid(axis="x", visible=False)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    return figure
