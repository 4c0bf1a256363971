"""Epochs cut into batches, and ways down a valley."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse, Rectangle

from plainnet._types import Array
from plainnet.plotting._style import (
    BLUE,
    COLORS,
    GREEN,
    GREY,
    ORANGE,
    VERMILLION,
    Picture,
    in_style,
    paper,
)

Point = tuple[float, float]
ARROWS = (BLUE, ORANGE, GREEN)


@in_style
def epochs(orders: Mapping[str, Sequence[Array]]) -> Figure:
    """Draw a row for each epoch: its examples by number, batch by batch.

    Parameters
    ----------
    orders : dict of str to sequence of ndarray
        For each named epoch its batches, the examples' numbers in each.
    """
    height = 0.46 * len(orders) + 0.1
    figure, axes = paper(height=height)
    ax: Axes = axes[0, 0]
    longest = 0.0
    for row, (name, batches) in enumerate(orders.items()):
        ax.text(-0.3, row, name, ha="right", va="center", size=9.5)
        place = 0.0
        for k, batch in enumerate(batches):
            for number in batch:
                _example(ax, (place, row), str(number), COLORS[k % 6])
                place += 1
            place += 0.6
        longest = max(longest, place - 0.6)
    ax.set(xlim=(-3.2, longest), ylim=(len(orders) - 0.4, -0.6))
    ax.axis("off")
    return figure


def _example(ax: Axes, place: Point, number: str, color: str) -> None:
    x, y = place
    box = Rectangle((x + 0.05, y - 0.36), 0.9, 0.72, ec=color, fc=color)
    box.set(alpha=0.2)
    ax.add_patch(box)
    ax.text(x + 0.5, y, number, ha="center", va="center", size=8.5)


@in_style
def valley(
    paths: Mapping[str, Array],
    curvatures: Point,
    *,
    box: Sequence[float],
) -> Picture:
    """Draw paths of shape (steps, 2) down one valley, a panel for each.

    The loss is half the sum of curvature times square, with its bottom, a
    cross, at (0, 0). A square marks the start, a large dot the end, small
    ones the last steps. With the same `box`, (left, right, low, high), the
    axes of two pictures are the same.
    """
    figure, axes = paper(
        len(paths), 1, 1.75 * len(paths) + 0.3, sharex=True, sharey=True
    )
    for ax, (name, path) in zip(axes[:, 0], paths.items(), strict=True):
        _bowl(ax, curvatures, box)
        ax.plot(*path.T, "-", color=VERMILLION, lw=1.0)
        ax.plot(*path[-16:].T, "o", color=VERMILLION, ms=3)
        ax.plot(*path[0], "s", color=VERMILLION, ms=6)
        ax.plot(*path[-1], "o", color=VERMILLION, ms=9)
        ax.set(title=name, ylabel="$w_2$")
    axes[-1, 0].set_xlabel("$w_1$")
    return figure


@in_style
def head_to_tail(
    panels: Mapping[str, Mapping[str, tuple[Point, Point]]],
    curvatures: Point,
    *,
    box: Sequence[float],
) -> Figure:
    """Draw named arrows from start to end on the map of a bowl.

    Panels stand side by side; the loss is that of `valley`. The last arrow
    of a panel, the sum of the others, is dashed.
    """
    figure, axes = paper(1, len(panels), 3.1, sharex=True, sharey=True)
    for ax, (title, arrows) in zip(axes[0], panels.items(), strict=True):
        _bowl(ax, curvatures, box)
        first, *_, total = (np.subtract(b, a) for a, b in arrows.values())
        left = first[0] * total[1] > first[1] * total[0]
        for i, name in enumerate(arrows):
            last = i == len(arrows) - 1
            color = VERMILLION if last else ARROWS[i % 3]
            above = left if last else i > 0 or not left
            _arrow(ax, name, arrows[name], color, above=above)
        ax.plot(*next(iter(arrows.values()))[0], "s", color=GREY, ms=6)
        ax.set(title=title, xlabel="$w_1$", aspect="equal")
    axes[0, 0].set_ylabel("$w_2$")
    return figure


def _arrow(
    ax: Axes, name: str, ends: tuple[Point, Point], color: str, *, above: bool
) -> None:
    """Draw an arrow, dashed if it is a sum, with its name beside it."""
    dash = "--" if color == VERMILLION else "-"
    look = {"arrowstyle": "->", "color": color, "ls": dash, "lw": 2.0}
    look |= {"shrinkA": 0, "shrinkB": 0}
    ax.annotate("", ends[1], ends[0], arrowprops=look)
    ax.annotate(
        name,
        np.mean(ends, axis=0),
        (6, 8) if above else (-6, -8),
        textcoords="offset points",
        ha="left" if above else "right",
        va="center",
        size=10,
    )


def _bowl(ax: Axes, curvatures: Point, box: Sequence[float]) -> None:
    """Draw the contour lines of a quadratic loss, and its lowest point."""
    left, right, low, high = box
    ax.set(xlim=(left, right), ylim=(low, high))
    corner = np.array([max(-left, right), max(-low, high)])
    highest = np.sum(curvatures * corner**2) / 2
    for level in highest * np.linspace(0.1, 0.95, 6) ** 2:
        width, height = 2 * np.sqrt(2 * level / np.array(curvatures))
        line = Ellipse((0, 0), width, height, fill=False, ec=GREY, lw=0.7)
        ax.add_patch(line).set(alpha=0.8)
    ax.plot(0, 0, "x", color=BLUE, ms=8, mew=2.2)
    ax.grid(visible=False)
    ax.locator_params(axis="x", nbins=4)
    ax.locator_params(axis="y", nbins=3)
