"""What a trained network says, holds and looks at."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from plainnet._types import Array, Labels
from plainnet.plotting._style import (
    BLUE,
    COLORS,
    GREY,
    in_style,
    paper,
)

# Zero is clear, so that it is the page's own ground, light or dark.
SIGNED = LinearSegmentedColormap.from_list(
    "signed",
    [(0, "#2166acff"), (0.5, "#2166ac00"), (0.5, "#c2222f00"), (1, "#c2222f")],
)
DIGIT_COLORS = [COLORS[i] for i in (0, 1, 2, 3, 4, 5, 1, 0, 4, 2)]


@in_style
def intervals(
    values: Mapping[str, float], errors: Sequence[float], *, xlabel: str
) -> Figure:
    """Draw a row for each name: its value, and two errors to each side.

    A dashed line marks the mean of all.
    """
    figure, axes = paper(height=0.9 + 0.27 * len(values))
    ax: Axes = axes[0, 0]
    middle = list(values.values())
    rows = np.arange(len(middle))
    ax.errorbar(middle, rows, xerr=2 * np.asarray(errors), fmt="o", color=BLUE)
    ax.axvline(float(np.mean(middle)), color=GREY, ls="--")
    ax.set_yticks(rows, list(values))
    ax.set_ylim(len(middle) - 0.5, -0.5)
    ax.set_xlabel(xlabel)
    return figure


@in_style
def reliability(
    groups: Mapping[str, tuple[Array, Array, Array]],
    *,
    xlabel: str,
    ylabel: str,
) -> Figure:
    """Draw measured shares against predicted ones, and where both agree.

    A group holds the predicted shares, the measured ones and the errors of
    these; a bar reaches two errors to each side.
    """
    figure, axes = paper(height=3.2)
    ax: Axes = axes[0, 0]
    ax.axline((0, 0), slope=1, color=GREY, ls="--")
    styles = zip(groups.items(), COLORS, "os^D", strict=False)
    for (label, (said, found, error)), color, mark in styles:
        ax.errorbar(
            said, found, 2 * error, fmt=mark, color=color, label=label, ms=6
        )
    ax.legend(fontsize="small", loc="upper left")
    low = min(float(said.min()) for said, _, _ in groups.values())
    ax.set(xlabel=xlabel, ylabel=ylabel, xlim=(low - 0.05, 1.02))
    ax.set_ylim(0, 1.03)
    ax.annotate(
        "as sure as right",
        (0.9, 0.88),
        (0.88, 0.5),
        size=9,
        color=GREY,
        ha="center",
        arrowprops={"arrowstyle": "-", "color": GREY},
    )
    return figure


@in_style
def image_rows(
    rows: Mapping[str, Array],
    titles: Sequence[str] = (),
    *,
    diverging: Collection[str] = (),
    limits: Mapping[str, float] | None = None,
) -> Figure:
    """Draw rows of images of shape (n, h, w), each under its row's name.

    Rows named in `diverging` show negative values blue, positive red and
    zero clear. A row's largest value is its own, or the one in `limits`.
    The titles stand below the last row.
    """
    columns = max(len(images) for images in rows.values())
    height = (5.4 / columns + 0.27) * len(rows) + (0.2 if titles else 0.0)
    figure, axes = paper(len(rows), columns, height)
    for line, (name, images) in zip(axes, rows.items(), strict=True):
        top = (limits or {}).get(name, float(np.abs(images).max())) or 1.0
        low, cmap = (-top, SIGNED) if name in diverging else (0.0, "gray")
        for ax in line:
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set(visible=name in diverging, color=GREY, lw=0.4)
        for ax, image in zip(line, images, strict=False):
            ax.imshow(image, cmap, vmin=low, vmax=top, interpolation="none")
        for ax in line[len(images) :]:
            ax.axis("off")
        line[0].set_title(name, loc="left", size=10, color=GREY, pad=3)
    for ax, title in zip(axes[-1], titles, strict=False):
        ax.set_xlabel(title, size=10, color=GREY)
    return figure


@in_style
def digit_inside(
    image: Array, hidden: Mapping[str, Array], probabilities: Array
) -> Figure:
    """Draw a digit, its hidden layers as squares, and the ten answers.

    A square holds a unit; the lighter, the larger its output. A unit that
    is off is black.
    """
    widths = [1.2, *[1.2] * len(hidden), 1.5]
    figure, axes = paper(1, len(hidden) + 2, 1.9, width_ratios=widths)
    first, *middle, last = axes[0]
    first.imshow(image, "gray", interpolation="none")
    first.set_title("image", loc="center", size=9)
    for ax, (name, outputs) in zip(middle, hidden.items(), strict=True):
        side = int(2 ** (np.log2(len(outputs)) // 2))
        ax.imshow(outputs.reshape(side, -1), "magma", interpolation="none")
        ax.set_title(name, loc="center", size=9)
    for ax in (first, *middle):
        ax.axis("off")
    colors = [
        BLUE if p == probabilities.max() else GREY for p in probabilities
    ]
    last.barh(range(len(probabilities)), probabilities, color=colors)
    last.set_yticks(range(len(probabilities)))
    last.set(xlim=(0, 1), ylim=(len(probabilities) - 0.5, -0.5))
    last.set_title("answer", loc="center", size=9)
    last.grid(axis="y", visible=False)
    return figure


@in_style
def digit_map(panels: Mapping[str, Array], labels: Labels) -> Figure:
    """Draw points of shape (n, 2), each as the digit that it stands for."""
    figure, axes = paper(len(panels), 1, 3.2 * len(panels))
    for ax, (name, points) in zip(axes[:, 0], panels.items(), strict=True):
        for digit, color in enumerate(DIGIT_COLORS):
            ax.plot(
                *points[labels == digit].T,
                ls="",
                marker=f"${digit}$",
                color=color,
                ms=6.5,
                mew=0.3,
            )
        ax.set_title(name, size=10, color=GREY)
        ax.set(xticks=[], yticks=[])
        ax.set(xlabel="first direction", ylabel="second direction")
    return figure
