"""Pictures of school mathematics, for the refresher."""

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from plainnet._types import Array
from plainnet.plotting._style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    VERMILLION,
    in_style,
    paper,
)


@in_style
def secants(
    f: Callable[[Array], Array], x: float, steps: Sequence[float]
) -> Figure:
    """Draw a curve and lines through its points at x and x + step.

    The smaller the step, the thinner the line; the last is the steepest
    guess at the tangent and is drawn solid.
    """
    figure, axes = paper(height=3.0)
    ax: Axes = axes[0, 0]
    reach = 1.25 * max(steps)
    grid = np.linspace(x - 0.7 * reach, x + reach, 121)
    ax.plot(grid, f(grid), color=BLUE)
    for i, step in enumerate(steps):
        slope = (f(np.array(x + step)) - f(np.array(x))) / step
        last = i + 1 == len(steps)
        ax.plot(
            grid,
            f(np.array(x)) + slope * (grid - x),
            color=VERMILLION if last else GREY,
            ls="-" if last else "--",
            lw=1.4,
        )
        if not last:
            ax.plot(x + step, f(np.array(x + step)), "o", color=GREY, ms=5)
    ax.plot(x, f(np.array(x)), "o", color=VERMILLION, ms=7)
    ax.set(xlabel="x", ylabel="f(x)")
    return figure


@in_style
def gradient_arrows(
    f: Callable[[Array, Array], Array],
    gradient: Callable[[Array, Array], tuple[Array, Array]],
    points: Sequence[tuple[float, float]],
    *,
    reach: float = 3.0,
    scale: float = 0.15,
) -> Figure:
    """Draw contour lines of f(u, v) and its gradient at some points."""
    figure, axes = paper(height=3.6)
    ax: Axes = axes[0, 0]
    side = np.linspace(-reach, reach, 81)
    U, V = np.meshgrid(side, side)
    lines = ax.contour(U, V, f(U, V), 9, colors=GREY, linewidths=0.8)
    ax.clabel(lines, fontsize=7, fmt="%g")
    for u, v in points:
        du, dv = gradient(np.array(u), np.array(v))
        ax.annotate(
            "",
            (u + scale * float(du), v + scale * float(dv)),
            (u, v),
            arrowprops={"arrowstyle": "-|>", "color": VERMILLION, "lw": 1.8},
        )
        ax.plot(u, v, "o", color=BLUE, ms=6)
    ax.set(xlabel="u", ylabel="v", aspect="equal")
    return figure


@in_style
def product_shapes(n: int, d: int, m: int, *, lit: tuple[int, int]) -> Figure:
    """Draw the matrix product (n, d) @ (d, m) = (n, m) as three grids.

    The row and the column that make one entry, `lit`, are filled.
    """
    figure, axes = paper(height=2.2)
    ax: Axes = axes[0, 0]
    row, column = lit
    start = 0.0
    for name, sign, rows, columns, color, filled in (
        ("X", "", n, d, BLUE, lambda i, j: i == row),
        ("W", "@", d, m, GREEN, lambda i, j: j == column),
        ("Z", "=", n, m, ORANGE, lambda i, j: (i, j) == lit),
    ):
        ax.text(start - 0.7, 0, sign, ha="center", va="center", size=14)
        for i, j in np.ndindex(rows, columns):
            corner = (start + j, rows / 2 - 1 - i)
            face = color if filled(i, j) else "none"
            ax.add_patch(Rectangle(corner, 1, 1, ec=GREY, fc=face, alpha=0.75))
        label = f"{name}\n({rows}, {columns})"
        middle = start + columns / 2
        ax.text(middle, -max(n, d) / 2 - 0.3, label, ha="center", va="top")
        start += columns + 1.4
    tall = max(n, d) / 2
    ax.set(xlim=(-0.5, start - 1), ylim=(-tall - 1.9, tall + 0.3))
    ax.set_aspect("equal")
    ax.axis("off")
    return figure
