"""Gradients: on graphs, in networks, as shapes, and their errors."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from plainnet._types import Array
from plainnet.plotting._style import (
    BLUE,
    COLORS,
    GREY,
    VERMILLION,
    in_style,
    paper,
)
from plainnet.plotting.flow import Gaps, flow
from plainnet.plotting.player import Animation

_RADIUS = 0.19  # inches


@in_style
def computation_graph(
    nodes: Mapping[str, tuple[float, float]],
    edges: Sequence[tuple[str, str, str, str]],
    *,
    named: Mapping[str, str] | None = None,
    height: float = 1.9,
) -> Figure:
    """Draw a graph with a value above and a gradient below each edge.

    Parameters
    ----------
    nodes : dict of str to (x, y)
        Where each node stands, in inches from the lower left corner.
    edges : sequence of (start, end, value, gradient)
        The value goes with the arrow; the gradient, dashed underneath in
        another colour, goes against it. "" is not written.
    named : dict of str to str, optional
        What to write in a node, where it is not its name.
    """
    figure, axes = paper(height=height)
    ax: Axes = axes[0, 0]
    figure.set_layout_engine("none")
    ax.set_position((0, 0, 1, 1))
    ax.set(xlim=(0, 5.6), ylim=(0, height))
    ax.axis("off")
    for start, end, value, grad in edges:
        ends = np.array(nodes[start]), np.array(nodes[end])
        _edge(ax, ends, value, grad)
    for name, place in nodes.items():
        if name:
            ax.plot(*place, "o", mfc="none", mec=GREY, ms=144 * _RADIUS)
        text = (named or {}).get(name, name)
        ax.text(*place, text, ha="center", va="center", size=10.5)
    return figure


def _edge(ax: Axes, ends: tuple[Array, Array], value: str, grad: str) -> None:
    """Draw an arrow there and, where there is a gradient, one back."""
    start, end = ends
    along = (end - start) / np.linalg.norm(end - start)
    across = np.array([-along[1], along[0]])
    gap = (_RADIUS + 0.03) * along
    tail, tip = start + gap, end - gap
    for a, b, side, text, color, line in (
        (tail, tip, 0.035, value, BLUE, "-"),
        (tip, tail, -0.035, grad, VERMILLION, "--"),
    ):
        if not text:
            continue
        shift = side * across
        arrow = {"arrowstyle": "->", "color": color, "ls": line, "lw": 1.2}
        arrow |= {"shrinkA": 0, "shrinkB": 0}
        ax.annotate("", b + shift, a + shift, arrowprops=arrow)
        x, y = (start + end) / 2 + (1 if side > 0 else -1) * 0.14 * across
        beside = "right" if across[0] * side < 0 else "left"
        ax.text(
            x,
            y,
            text,
            color=color,
            size=9,
            weight="bold" if color == VERMILLION else "normal",
            va="center",
            ha=beside if abs(along[1]) > 0.25 else "center",
        )


@in_style
def shape_equations(
    lines: Sequence[Sequence[str | tuple[str, int, int]]],
    *,
    unit: float = 0.16,
) -> Figure:
    """Draw equations between matrices, each a rectangle of its shape.

    A part of a line is a sign, or (name, rows, columns): a side of a
    rectangle is `unit` inches for each row or column. A name that begins
    with d is a gradient and has another colour.
    """
    tall = [
        unit * max(part[1] for part in line if not isinstance(part, str))
        for line in lines
    ]
    figure, axes = paper(height=sum(tall) + 0.62 * len(lines))
    ax: Axes = axes[0, 0]
    figure.set_layout_engine("none")
    ax.set_position((0, 0, 1, 1))
    ax.set(xlim=(0, 5.6), ylim=(0, figure.get_figheight()))
    ax.axis("off")
    top = figure.get_figheight() - 0.1
    for line, height in zip(lines, tall, strict=True):
        _equation(ax, line, top - height / 2, unit)
        top -= height + 0.62
    return figure


def _equation(
    ax: Axes,
    line: Sequence[str | tuple[str, int, int]],
    middle: float,
    unit: float,
) -> None:
    """Draw one line in the middle of the page."""
    rooms = [
        0.0 if isinstance(part, str) else max(unit * part[2], 0.62)
        for part in line
    ]
    x = (5.6 - sum(rooms) - 0.32 * (len(line) - 1)) / 2
    for part, room in zip(line, rooms, strict=True):
        if isinstance(part, str):
            ax.text(x, middle, part, ha="center", va="center", size=13)
        else:
            _matrix(ax, part, (x + room / 2, middle), unit)
        x += room + 0.32


def _matrix(
    ax: Axes,
    part: tuple[str, int, int],
    centre: tuple[float, float],
    unit: float,
) -> None:
    name, rows, columns = part
    x, y = centre
    left, top = x - unit * columns / 2, y + unit * rows / 2
    color = VERMILLION if name.startswith("d") else BLUE
    for i, j in np.ndindex(rows, columns):
        corner = left + unit * j, top - unit * (i + 1)
        ax.add_patch(
            Rectangle(corner, unit, unit, ec=color, fc=color, alpha=0.3)
        )
    label = f"{name}\n({rows}, {columns})"
    below = y - unit * rows / 2 - 0.05
    ax.text(x, below, label, ha="center", va="top", size=9.5)


@in_style
def log_log(
    lines: Mapping[str, Array],
    *,
    x: Array,
    xlabel: str,
    ylabel: str,
    marks: Mapping[str, float] | None = None,
) -> Figure:
    """Draw curves with both axes logarithmic, and named upright lines."""
    figure, axes = paper(height=3.4)
    ax: Axes = axes[0, 0]
    for i, (label, values) in enumerate(lines.items()):
        style = ("o-", "s--", "^:", "v-.")[i % 4]
        ax.plot(x, values, style, color=COLORS[i % 6], ms=4, label=label)
    ax.set(xscale="log", yscale="log", xlabel=xlabel, ylabel=ylabel)
    for label, place in (marks or {}).items():
        ax.axvline(place, color=GREY, ls="--", lw=1)
        ax.annotate(
            label,
            (place, 1),
            (3, -2),
            xycoords=ax.get_xaxis_transform(),
            textcoords="offset points",
            va="top",
            size=9,
        )
    ax.legend(fontsize="small")
    return figure


def there_and_back(
    columns: Sequence[Mapping[str, str]],
    edges: Gaps,
    gradients: Sequence[Mapping[str, str]],
    edge_gradients: Gaps,
) -> Animation:
    """Play a forward pass unit by unit, and the gradients on their way back.

    The arguments are those of `flow`, complete. The first column comes and
    goes as a whole; the gradient of an edge appears with that of the unit
    where the edge ends.
    """
    steps = [(c, [n]) for c, names in enumerate(columns) if c for n in names]
    steps.insert(0, (0, list(columns[0])))
    frames, labels = [], []
    for k, (c, names) in enumerate(steps):
        shown = _part(columns, [n for _, part in steps[: k + 1] for n in part])
        active = names[0] if c else 0
        frames.append(flow(shown, edges=edges, active=active, title="forward"))
        labels.append(f"forward: {_said(columns[c], names)}")
    steps.sort(key=lambda step: -step[0])
    for k, (c, names) in enumerate(steps):
        known = {n for _, part in steps[: k + 1] for n in part}
        frames.append(
            flow(
                columns,
                edges=edges,
                active=names[0] if c else 0,
                gradients=_part(gradients, known),
                edge_gradients=_arrived(columns, edge_gradients, known),
                title="backward",
            )
        )
        labels.append(f"backward: {_said(gradients[c], names, 'd')}")
    return Animation(frames, labels)


def _part(
    columns: Sequence[Mapping[str, str]], known: Collection[str]
) -> list[dict[str, str]]:
    return [
        {name: text if name in known else "" for name, text in column.items()}
        for column in columns
    ]


def _arrived(
    columns: Sequence[Mapping[str, str]], gaps: Gaps, known: Collection[str]
) -> Gaps:
    return [
        [
            [t if n in known else "" for n, t in zip(ends, row, strict=True)]
            for row in gap
        ]
        for ends, gap in zip(columns[1:], gaps, strict=True)
    ]


def _said(
    column: Mapping[str, str], names: Sequence[str], sign: str = ""
) -> str:
    return ", ".join(f"{sign}{name} = {column[name]}" for name in names)
