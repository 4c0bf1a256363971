"""Every figure of the book: functions that take data and return a Figure.

The rest of the library draws nothing. A figure shows itself in a notebook
as SVG, in the book's style, whatever the notebook's own settings are.
"""

from plainnet.plotting._style import (
    BLUE,
    COLORS,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    Picture,
)
from plainnet.plotting.charts import bars, curves, dots, histograms
from plainnet.plotting.images import confusion_matrix, image_grid, predictions
from plainnet.plotting.networks import network_diagram
from plainnet.plotting.player import Animation

__all__ = [
    "BLUE",
    "COLORS",
    "GREEN",
    "GREY",
    "ORANGE",
    "PURPLE",
    "SKY",
    "VERMILLION",
    "Animation",
    "Picture",
    "bars",
    "confusion_matrix",
    "curves",
    "dots",
    "histograms",
    "image_grid",
    "network_diagram",
    "predictions",
]
