"""What units make of a plane, and what a network makes of a line."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from plainnet._types import Array, Labels
from plainnet.plotting._style import (
    BLUE,
    GREY,
    VERMILLION,
    Picture,
    in_style,
    paper,
)

_LOOKS = (0, "o", VERMILLION, 11), (1, "s", BLUE, 7)
Lines = Mapping[str, tuple[float, float, float]]  # two weights and a bias


@in_style
def unit_planes(
    panels: Mapping[str, tuple[Array, Labels, Lines]],
    *,
    points: Sequence[str],
    axes_names: Mapping[str, tuple[str, str]] | None = None,
    limits: tuple[float, float] = (-0.45, 1.45),
) -> Picture:
    """Draw, side by side, planes that lines cut, and points of two classes.

    Parameters
    ----------
    panels : mapping of str to (X, y, lines)
        For each title the points, shape (n, 2), their labels, and the lines
        by name, each as the weights and the bias of the unit it belongs to.
        The ground is blue where every unit's weighted sum is positive;
        circles are class 0, squares are class 1.
    points : sequence of str
        A name for each point. Points in one place share their label.
    axes_names : mapping of str to (str, str), optional
        Names of the axes of some panels, by title, where not x1 and x2.
    limits : tuple of float
        Where both axes begin and end.
    """
    figure, axes = paper(1, len(panels), 5.6 / len(panels) + 0.45)
    for ax, (title, (X, y, lines)) in zip(
        axes[0], panels.items(), strict=True
    ):
        _cut(ax, lines, limits)
        _place(ax, np.asarray(X), np.asarray(y), points)
        across, up = (axes_names or {}).get(title, ("$x_1$", "$x_2$"))
        ax.set(xlabel=across, ylabel=up, title=title, aspect="equal")
        ax.set(xlim=limits, ylim=limits, xticks=(0, 1), yticks=(0, 1))
        ax.grid(visible=False)
    return figure


def _cut(ax: Axes, lines: Lines, limits: tuple[float, float]) -> None:
    """Draw the lines where units change sign, and fill the positive part."""
    side = np.linspace(*limits, 121)
    U, V = np.meshgrid(side, side)
    sums = [w1 * U + w2 * V + b for w1, w2, b in lines.values()]
    if sums:
        inside = np.min(sums, axis=0)
        ax.contourf(U, V, inside, [0, np.inf], colors=[BLUE], alpha=0.15)
    for i, ((name, line), Z) in enumerate(
        zip(lines.items(), sums, strict=True)
    ):
        dash = ("-", "--", "-.")[i % 3]
        ax.contour(U, V, Z, [0], colors=GREY, linestyles=dash, linewidths=1.6)
        _name_line(ax, name, line, sum(limits) / 2)


def _name_line(
    ax: Axes, name: str, line: tuple[float, float, float], centre: float
) -> None:
    """Write a name along a line, where it passes nearest to the centre."""
    w, b = np.array(line[:2]), line[2]
    middle = np.full(2, centre)
    foot = middle - w * (w @ middle + b) / (w @ w)
    angle = np.arctan(-w[0] / w[1]) if w[1] else np.pi / 2
    up = np.array([-np.sin(angle), np.cos(angle)])
    x, y = foot + 0.1 * up
    ax.text(
        x,
        y,
        name,
        rotation=np.degrees(angle),
        rotation_mode="anchor",
        size=8,
        ha="center",
        va="center",
    )


def _place(ax: Axes, X: Array, y: Labels, names: Sequence[str]) -> None:
    """Draw points; the circles are so large that a square hides none."""
    for label, marker, color, size in _LOOKS:
        at = X[y == label].T
        ax.plot(*at, marker, color=color, ms=size, mec="white", mew=0.6)
    places: dict[tuple[float, float], list[str]] = {}
    for (u, v), name in zip(X.tolist(), names, strict=True):
        near = [p for p in places if np.hypot(u - p[0], v - p[1]) < 0.12]
        places.setdefault(near[0] if near else (u, v), []).append(name)
    for place, found in places.items():
        ax.annotate(
            ", ".join(found),
            place,
            (0, 8),
            textcoords="offset points",
            ha="center",
            size=8,
        )


@in_style
def approximations(
    x: Array, target: Array, panels: Mapping[str, Array]
) -> Picture:
    """Draw, two panels a row, a dashed target and what came near to it.

    Each panel holds a matrix with a row for each run.
    """
    rows = -(-len(panels) // 2)
    figure, axes = paper(rows, 2, 2.0 * rows + 0.3, sharex=True, sharey=True)
    for ax, (title, runs) in zip(axes.flat, panels.items(), strict=False):
        for values in np.atleast_2d(runs):
            ax.plot(x, values, color=BLUE, lw=1.0, alpha=0.7)
        ax.plot(x, target, "--", color=VERMILLION, lw=1.6)
        ax.set_title(title)
    for ax in axes.flat[len(panels) :]:
        ax.axis("off")
    for ax in axes[-1]:
        ax.set_xlabel("x")
    return figure
