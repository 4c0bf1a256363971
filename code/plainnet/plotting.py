"""Every figure of the book: functions that take data and return a Figure.

The rest of the library draws nothing. A figure shows itself in a notebook
as SVG, in the book's style, whatever the notebook's own settings are.
"""

import functools
import io
import itertools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from plainnet._types import Array, Labels

BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY = COLORS = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
)
GREY = "#767676"
STYLE = Path(__file__).with_name("book.mplstyle")

_Args = ParamSpec("_Args")
_Result = TypeVar("_Result")


def _in_style(function: Callable[_Args, _Result]) -> Callable[_Args, _Result]:
    """Run a function with the book's style sheet and nothing else's."""

    @functools.wraps(function)
    def styled(*args: _Args.args, **kwargs: _Args.kwargs) -> _Result:
        with matplotlib.style.context(["default", STYLE]):
            return function(*args, **kwargs)

    return styled


class Picture(Figure):
    """A matplotlib Figure that shows itself as SVG, the same every time."""

    @_in_style
    def _repr_svg_(self) -> str:
        stream = io.StringIO()
        self.savefig(stream, format="svg", metadata={"Date": None})
        return stream.getvalue()


def _panels(
    rows: int = 1, columns: int = 1, height: float = 3.0, **options: Any
) -> tuple[Picture, Array]:
    """Make a figure of the text's width and an array of its axes."""
    figure = Picture(figsize=(5.6, height))
    return figure, figure.subplots(rows, columns, squeeze=False, **options)


@_in_style
def image_grid(
    images: Array,
    titles: Sequence[str] = (),
    *,
    columns: int = 8,
    marked: Sequence[bool] | None = None,
    diverging: bool = False,
) -> Figure:
    """Draw images of shape (n, h, w) in a grid, each with its title.

    With `marked`, a blue title means True and a vermillion one, also set
    in bold, False. `diverging` draws negative values blue, positive red.
    """
    rows = -(-len(images) // columns)
    height = 5.6 / columns * rows * (1.28 if len(titles) else 1.02)
    figure, axes = _panels(rows, columns, height)
    limit = float(np.abs(images).max()) or 1.0
    low, cmap = (-limit, "RdBu_r") if diverging else (0.0, "gray")
    for i, ax in enumerate(axes.flat):
        ax.axis("off")
        if i >= len(images):
            continue
        ax.imshow(images[i], cmap, vmin=low, vmax=limit, interpolation="none")
        if len(titles):
            good = marked is None or marked[i]
            color = GREY if marked is None else BLUE if good else VERMILLION
            weight = "normal" if good else "bold"
            ax.set_title(
                titles[i], loc="center", size=9, color=color, weight=weight
            )
    return figure


@_in_style
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
    figure, axes = _panels(len(panels), 1, height, sharex=True)
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
        if len(lines) > 1:
            ax.legend(fontsize="small")
    axes[-1, 0].set_xlabel(xlabel)
    if x is None:
        axes[-1, 0].xaxis.set_major_locator(MaxNLocator(integer=True))
    return figure


@_in_style
def dots(
    results: Mapping[str, Sequence[float]], *, xlabel: str, log: bool = False
) -> Figure:
    """Draw a row for each setting: a dot for each seed, a bar at the mean."""
    figure, axes = _panels(height=0.9 + 0.3 * len(results))
    ax: Axes = axes[0, 0]
    for row, values in enumerate(results.values()):
        ax.plot(values, [row] * len(values), "o", color=BLUE, alpha=0.55, ms=6)
        ax.plot([np.mean(values)], [row], "|", color=VERMILLION, ms=16, mew=2)
    ax.set_yticks(range(len(results)), list(results))
    ax.set_ylim(len(results) - 0.5, -0.5)
    ax.set(xlabel=xlabel, xscale="log" if log else "linear")
    return figure


@_in_style
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
    figure, axes = _panels(height=2.6)
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


@_in_style
def bars(values: Mapping[str, float], *, ylabel: str) -> Figure:
    """Draw one upright bar for each name, its value written above."""
    figure, axes = _panels(height=2.4)
    ax: Axes = axes[0, 0]
    drawn = ax.bar(list(values), list(values.values()), color=BLUE)
    ax.bar_label(drawn, fmt="{:,.0f}", size=8, padding=2)
    ax.grid(axis="x", visible=False)
    ax.set_ylabel(ylabel)
    return figure


@_in_style
def confusion_matrix(matrix: Array, names: Sequence[str]) -> Figure:
    """Draw counts of true class (rows) against predicted class (columns).

    The diagonal is blue and errors are vermillion, the darker the more; a
    square-root scale lets single errors show beside thousands of hits.
    """
    figure, axes = _panels(height=3.0 if len(names) < 5 else 4.8)
    ax: Axes = axes[0, 0]
    right = np.eye(len(names), dtype=bool)
    for cells, cmap in (right, "Blues"), (~right, "Oranges"):
        shade = np.ma.masked_where(~cells, np.sqrt(matrix))
        top = max(1.0, float(shade.max()))
        ax.imshow(shade, cmap, vmin=0, vmax=1.9 * top)
    for i, j in np.ndindex(matrix.shape):
        ax.text(j, i, f"{matrix[i, j]}", ha="center", va="center", c="black")
    ax.set_xticks(range(len(names)), names)
    ax.set_yticks(range(len(names)), names)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    ax.set(xlabel="predicted", ylabel="true")
    return figure


@_in_style
def network_diagram(sizes: Sequence[int], *, shown: int = 8) -> Figure:
    """Draw the layers of a network as columns of units, joined by weights.

    Of a layer with more than `shown` units only some are drawn, with dots
    between them; its size stands below.
    """
    figure, axes = _panels(height=3.2)
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


@_in_style
def predictions(images: Array, probabilities: Array, labels: Labels) -> Figure:
    """Draw each image beside the probabilities that the network gives it.

    The true class is blue; a class that is wrongly preferred, vermillion.
    """
    figure, axes = _panels(
        len(images), 2, 1.05 * len(images), width_ratios=(1, 4)
    )
    for (left, right), image, row, label in zip(
        axes, images, probabilities, labels, strict=True
    ):
        left.imshow(image, "gray", interpolation="none")
        left.axis("off")
        colors = [GREY] * len(row)
        colors[int(row.argmax())] = VERMILLION
        colors[int(label)] = BLUE
        right.bar(range(len(row)), row, color=colors)
        right.set_xticks(range(len(row)))
        right.set(ylim=(0, 1), yticks=(0, 1))
        right.grid(axis="x", visible=False)
    figure.supylabel("probability", size=10)
    axes[-1, 1].set_xlabel("class")
    return figure
