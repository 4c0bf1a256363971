"""A network drawn as columns of units."""

import itertools
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plainnet._types import Array
from plainnet.plotting._style import (
    BLUE,
    GREEN,
    GREY,
    VERMILLION,
    in_style,
    paper,
)


@in_style
def network_diagram(sizes: Sequence[int], *, shown: int = 8) -> Figure:
    """Draw the layers of a network as columns of units, joined by weights.

    Of a layer with more than `shown` units only some are drawn, with dots
    between them; its size stands below.
    """
    figure, axes = paper(height=3.2)
    ax: Axes = axes[0, 0]
    columns = [_unit_heights(size, shown) for size in sizes]
    for i, (left, right) in enumerate(itertools.pairwise(columns)):
        for a in left:
            for b in right:
                ax.plot([i, i + 1], [a, b], color=GREY, lw=0.5, alpha=0.35)
    names = ["input", *["hidden"] * (len(sizes) - 2), "output"]
    for i, (size, heights) in enumerate(zip(sizes, columns, strict=True)):
        color = (
            GREEN if i == 0 else VERMILLION if i + 1 == len(sizes) else BLUE
        )
        ax.plot([i] * len(heights), heights, "o", ms=10, color=color)
        if size > shown:
            ax.text(i, 0, "⋮", ha="center", va="center", size=18)
        ax.text(
            i, -shown / 2 - 0.9, f"{names[i]}\n{size}", ha="center", va="top"
        )
    ax.set(xlim=(-0.4, len(sizes) - 0.6), ylim=(-shown / 2 - 2.4, shown / 2))
    ax.axis("off")
    return figure


def _unit_heights(size: int, shown: int) -> Array:
    """Return where to draw units, leaving a gap when not all are drawn."""
    if size <= shown:
        return np.arange(size) - (size - 1) / 2
    heights = np.arange(shown) - (shown - 1) / 2
    return heights[np.abs(heights) > 0.6]
