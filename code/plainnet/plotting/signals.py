"""Signals on their way through many layers: one histogram a layer."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

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

Span = tuple[float, float]  # the ends of an axis
BINS = 21


@in_style
def ridges(
    panels: Mapping[str, Sequence[Array]],
    *,
    xlabel: str,
    span: Span,
) -> Picture:
    """Draw the histograms of all layers under one another, a panel each.

    Parameters
    ----------
    panels : mapping of sequences of ndarray
        By title the values of layer 1, 2, …, drawn from the top. Values
        outside the span are counted at its end.
    span : (float, float)
        The ends of the horizontal axis.
    """
    figure, axes = paper(1, len(panels), 3.5, sharey=True)
    for ax, (title, layers) in zip(axes[0], panels.items(), strict=True):
        _ridges(ax, layers, span, BLUE)
        ax.set_title(title, size=10)
    axes[0, 0].set_ylabel("layer")
    figure.supxlabel(xlabel, size=10)
    return figure


@in_style
def signals(
    activations: Sequence[Array],
    gradients: Sequence[Array],
    *,
    title: str,
    spans: tuple[Span, Span],
) -> Picture:
    """Draw what goes forward beside the size of what comes back.

    The gradients are drawn by the powers of ten of their size; those that
    are 0 are left out.
    """
    figure, axes = paper(1, 2, 3.6, sharey=True)
    forward, back = axes[0]
    sizes = [np.log10(np.abs(g[g != 0])) for g in gradients]
    _ridges(forward, activations, spans[0], BLUE)
    _ridges(back, sizes, spans[1], VERMILLION)
    forward.set(xlabel="activation", ylabel="layer")
    back.set(xlabel="gradient, power of ten")
    figure.suptitle(title, size=11)
    return figure


def _ridges(ax: Axes, layers: Sequence[Array], span: Span, color: str) -> None:
    """Draw one filled outline for each layer, all of the same height."""
    edges, faint = np.linspace(*span, BINS + 1), to_rgba(color, 0.45)
    middles = (edges[:-1] + edges[1:]) / 2
    for row, values in enumerate(layers, 1):
        inside = np.clip(values, *span)
        counts = np.histogram(inside, edges)[0] / max(1, inside.size)
        heights = 0.85 * counts / max(counts.max(), 1e-12)
        # Points on flat ground are left out: frames must be small.
        near = np.convolve(heights > 0, np.ones(3), "same") > 0
        near[[0, -1]] = True
        x, y = middles[near], row - heights[near]
        outline = [span[0], *x[[0]], *x, *x[[-1]], span[1]]
        ax.fill(outline, [row, row, *y, row, row], fc=faint, ec=color, lw=0.7)
    ax.set(xlim=span, ylim=(len(layers) + 0.2, -0.1))
    ax.set_yticks([1, *range(5, len(layers) + 1, 5)])
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False)
    ax.locator_params(axis="x", nbins=3)


@in_style
def run_panels(
    panels: Mapping[str, Mapping[str, Array]],
    *,
    threshold: float,
    ylabel: str,
    top: float,
) -> Figure:
    """Draw quantities over the steps, and a dashed line at the threshold.

    Each panel holds the runs of one kind, by name; a run that is shorter
    than the others ends in a cross. What is above `top` is cut off.
    """
    figure, axes = paper(
        len(panels), 1, 1.9 * len(panels) + 0.5, sharex=True, sharey=True
    )
    longest = max(len(v) for runs in panels.values() for v in runs.values())
    for ax, (title, runs) in zip(axes[:, 0], panels.items(), strict=True):
        for i, (label, values) in enumerate(runs.items()):
            steps, color = np.arange(len(values)), COLORS[i % 6]
            ax.plot(steps, values, color=color, lw=0.9, label=label)
            if len(values) < longest:
                end = min(values[-1], top)
                ax.plot(len(values) - 1, end, "X", color=color, ms=9)
        ax.axhline(threshold, color=GREY, ls="--", lw=1)
        ax.set(title=title, ylabel=ylabel, yscale="log")
        ax.set_ylim(top=top)
    axes[0, 0].legend(fontsize="small", ncols=5, loc="upper left")
    axes[-1, 0].set_xlabel("step")
    return figure
