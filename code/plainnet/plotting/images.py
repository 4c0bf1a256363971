"""Images of digits, and what a network says of them."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plainnet._types import Array, Labels
from plainnet.plotting._style import BLUE, GREY, VERMILLION, in_style, paper


@in_style
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
    figure, axes = paper(rows, columns, height)
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


@in_style
def confusion_matrix(matrix: Array, names: Sequence[str]) -> Figure:
    """Draw counts of true class (rows) against predicted class (columns).

    The diagonal is blue and errors are vermillion, the darker the more; a
    square-root scale lets single errors show beside thousands of hits.
    """
    figure, axes = paper(height=3.0 if len(names) < 5 else 4.8)
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


@in_style
def predictions(images: Array, probabilities: Array, labels: Labels) -> Figure:
    """Draw each image beside the probabilities that the network gives it.

    The true class is blue; a class that is wrongly preferred, vermillion.
    """
    figure, axes = paper(
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
