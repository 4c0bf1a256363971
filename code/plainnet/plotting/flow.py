"""What flows through a small network: numbers, and a plane of points.

`flow` takes the texts to write. ``columns`` holds for each column a dict
from the name of a unit, written above its circle, to the number in it, of
at most six characters; "" leaves the circle empty, as before the number is
known. ``edges[c][i][j]`` is written on the arrow from unit i of column c to
unit j of the next, so a weight matrix keeps its rows and columns; None
draws no arrow, "" one without a text. A gap with texts is wider. Without
``edges`` everything is joined to everything. ``gradients`` is shaped like
``columns`` (names may be missing) and is written below the circles;
``edge_gradients`` is shaped like ``edges`` and is written below its texts::

    flow(
        [{"x": "0.5", "y": "2"}, {"z": "-0.1"}],
        edges=[[["0.4"], ["-0.2"]]],
        active="z",
        title="a weighted sum, a bias of 0.1",
    )
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from plainnet._types import Array
from plainnet.plotting._style import (
    BLUE,
    GREY,
    VERMILLION,
    Picture,
    in_style,
    paper,
)

_RADIUS, _STEP, _EDGE = 0.29, 1.2, 0.4  # inches
_LINE, _LETTER = 0.165, 0.082  # what a line and a letter of text take

Texts = Sequence[Mapping[str, str]]
Gaps = Sequence[Sequence[Sequence[str | None]]]


@in_style
def flow(
    columns: Texts,
    *,
    edges: Gaps | None = None,
    active: int | str | None = None,
    gradients: Texts | None = None,
    edge_gradients: Gaps | None = None,
    title: str = "",
) -> Picture:
    """Draw columns of units with a number in each, joined by arrows.

    The head of this module says how to give the texts. `active`, a column
    by its number or a unit by its name, is lit with the arrows that end
    there; when `gradients` are given, dashed arrows from the right.
    """
    figure, ax = _sheet(max(map(len, columns)), title)
    places, lit = _places(columns, edges), _lit(columns, active)
    back = gradients is not None
    for c in range(len(columns) - 1):
        for i, j in np.ndindex(len(columns[c]), len(columns[c + 1])):
            text = edges[c][i][j] if edges else ""
            below = edge_gradients[c][i][j] if edge_gradients else ""
            on = (c, i) in lit if back else (c + 1, j) in lit
            if text is not None:
                ends = places[c][i], places[c + 1][j]
                _arrow(ax, ends, (text, below or ""), on, back)
    for c, column in enumerate(columns):
        grads = gradients[c] if gradients else {}
        for i, (name, text) in enumerate(column.items()):
            texts = name, text, grads.get(name, "")
            _unit(ax, places[c][i], texts, (c, i) in lit, back)
    return figure


def _sheet(rows: int, title: str) -> tuple[Picture, Axes]:
    """Make axes that measure in inches."""
    height = _STEP * rows + 0.35
    figure, axes = paper(height=height)
    ax: Axes = axes[0, 0]
    figure.set_layout_engine("none")
    ax.set_position((0, 0, 1, 1))
    ax.set(xlim=(0, 5.6), ylim=(0, height))
    ax.axis("off")
    ax.text(0.05, height - 0.05, title, va="top")
    return figure, ax


def _places(columns: Texts, edges: Gaps | None) -> list[Array]:
    """Return for each column an array of (x, y), a row for each unit.

    A gap with texts on its arrows is wider than one without.
    """
    middle = _STEP * max(len(column) for column in columns) / 2
    gaps = np.ones(len(columns) - 1)
    for c, gap in enumerate(edges or ()):
        gaps[c] += any(text for row in gap for text in row)
    xs = np.array([0, *np.cumsum(gaps)]) / max(gaps.sum(), 1)
    return [
        np.array([(x, middle - _STEP * (i - (n - 1) / 2)) for i in range(n)])
        for x, n in zip(
            _EDGE + (5.6 - 2 * _EDGE) * xs, map(len, columns), strict=True
        )
    ]


def _lit(columns: Texts, active: int | str | None) -> set[tuple[int, int]]:
    return {
        (c, i)
        for c, column in enumerate(columns)
        for i, name in enumerate(column)
        if active in (c, name)
    }


def _arrow(
    ax: Axes,
    ends: tuple[Array, Array],
    texts: tuple[str, str],
    on: bool,
    back: bool,
) -> None:
    """Draw an arrow, broken by its texts a third of the way along."""
    start, end = ends
    along = (end - start) / np.linalg.norm(end - start)
    parts = _parts(start, end, texts)
    color = (VERMILLION if back else BLUE) if on else GREY
    look: dict[str, Any] = {"color": color, "lw": 1.8 if on else 0.7}
    for first, last in parts:
        if (last - first) @ along > 0.1:  # no stub that looks like a minus
            dash = "--" if on and back else "-"
            ax.plot(*np.transpose([first, last]), dash, **look)
    first, last = parts[-1]
    if on and back:  # in mid-air, where no other arrow crosses
        _head(ax, first + 0.4 * (last - first), -along, color)
    else:
        _head(ax, last, along, color)
    look = {"ha": "center", "va": "center", "size": 11}
    look["weight"] = "bold" if on else "normal"
    x, y = start + (end - start) / 3
    shift = _LINE / 2 if all(texts) else 0
    ax.text(x, y + shift, texts[0], color=GREY if back else color, **look)
    ax.text(x, y - shift, texts[1], color=VERMILLION, **look)


def _parts(
    start: Array, end: Array, texts: tuple[str, str]
) -> list[tuple[Array, Array]]:
    """Return the arrow from rim to rim, in two if there are texts."""
    along = (end - start) / np.linalg.norm(end - start)
    tail, tip = start + (_RADIUS + 0.03) * along, end - _RADIUS * along
    if not any(texts):
        return [(tail, tip)]
    width = _LETTER * max(map(len, texts)) + 0.18
    height = _LINE * sum(map(bool, texts)) + 0.06
    across, up = np.abs(along)
    half = min(width / max(across, 1e-9), height / max(up, 1e-9)) / 2
    middle = start + (end - start) / 3
    return [(tail, middle - half * along), (middle + half * along, tip)]


def _head(ax: Axes, tip: Array, along: Array, color: str) -> None:
    across = np.array([-along[1], along[0]])
    foot = tip - 0.1 * along
    corners = [tip, foot + 0.045 * across, foot - 0.045 * across]
    ax.fill(*np.transpose(corners), color=color, lw=0)


def _unit(
    ax: Axes, at: Array, texts: tuple[str, str, str], on: bool, back: bool
) -> None:
    """Draw a circle with its name above, its number in it, grad below."""
    name, text, grad = texts
    color = (VERMILLION if back else BLUE) if on else GREY
    ax.plot(
        *at, "o", mfc="none", mec=color, mew=2.4 if on else 1, ms=144 * _RADIUS
    )
    if on:
        ax.plot(*at, "o", mfc=color, mew=0, ms=144 * _RADIUS, alpha=0.15)
    style: dict[str, Any] = {"ha": "center", "size": 11}
    ax.text(at[0], at[1] + _RADIUS + 0.04, name, va="bottom", **style)
    style["weight"] = "bold" if on else "normal"
    small = {"size": 10} if len(text) > 5 else {}
    ax.text(at[0], at[1], text, va="center", **style | small)
    style["color"] = VERMILLION
    ax.text(at[0], at[1] - _RADIUS - 0.05, grad, va="top", **style)


@in_style
def moved_grid(
    stages: Mapping[str, tuple[Array, Array]],
    labels: Array,
    *,
    values: Array,
    line: tuple[float, float, float] | None = None,
    reach: float = 2.0,
) -> Picture:
    """Draw where layers move a grid of the plane and the examples on it.

    Each panel is a stage: the grid (rows, columns, 2) and the examples
    (n, 2), labelled 0 or 1, where they are at that stage. The boundary,
    where the `values` (rows, columns) of the grid points cross 0, is
    dashed; with a `line` (u, v, c) the last panel has u x + v y + c = 0.
    """
    height = 2.3 if len(stages) > 1 else 4.2
    figure, axes = paper(1, len(stages), height, sharey=True)
    ticks = [-int(reach), 0, int(reach)]
    for ax, (title, (grid, X)) in zip(axes[0], stages.items(), strict=True):
        for lines in grid[::2], grid.swapaxes(0, 1)[::2]:
            for path in lines:
                ax.plot(*path.T, color=GREY, lw=0.5, alpha=0.7)
        for label, marker, color in (0, "o", VERMILLION), (1, "s", BLUE):
            ax.plot(*X[labels == label].T, marker, color=color, ms=4.5, mew=0)
        if line is None or ax is not axes[0, -1]:
            ax.contour(*grid.T, values.T, [0], colors=GREY, linestyles="--")
        ax.set(xlim=(-reach, reach), ylim=(-reach, reach), title=title)
        ax.set(xticks=ticks, yticks=ticks, aspect="equal")
        ax.grid(visible=False)
    if line is not None:
        u, v, c = np.array(line) / np.hypot(*line[:2])
        along = np.array([[-3 * reach], [3 * reach]]) * [v, -u]
        axes[0, -1].plot(*(along - [c * u, c * v]).T, "--", color=GREY)
    return figure
