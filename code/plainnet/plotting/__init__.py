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
from plainnet.plotting.boundaries import (
    boundary_geometry,
    class_curves,
    decision_boundary,
    half_planes,
)
from plainnet.plotting.charts import bars, curves, dots, histograms
from plainnet.plotting.comparisons import pairs, sensitivity
from plainnet.plotting.descents import epochs, head_to_tail, valley
from plainnet.plotting.fits import (
    bowl_and_map,
    bowls,
    descent,
    lines,
    residual_squares,
    tangents,
)
from plainnet.plotting.flow import flow, moved_grid
from plainnet.plotting.functions import functions, paths
from plainnet.plotting.graphs import (
    computation_graph,
    log_log,
    shape_equations,
    there_and_back,
)
from plainnet.plotting.images import confusion_matrix, image_grid, predictions
from plainnet.plotting.landscape import landscape, landscape_path
from plainnet.plotting.maths import gradient_arrows, product_shapes, secants
from plainnet.plotting.networks import network_diagram
from plainnet.plotting.player import Animation
from plainnet.plotting.races import powers, race, race_film
from plainnet.plotting.reading import (
    digit_inside,
    digit_map,
    image_rows,
    intervals,
    reliability,
)
from plainnet.plotting.signals import ridges, run_panels, signals
from plainnet.plotting.spaces import approximations, unit_planes

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
    "approximations",
    "bars",
    "boundary_geometry",
    "bowl_and_map",
    "bowls",
    "class_curves",
    "computation_graph",
    "confusion_matrix",
    "curves",
    "decision_boundary",
    "descent",
    "digit_inside",
    "digit_map",
    "dots",
    "epochs",
    "flow",
    "functions",
    "gradient_arrows",
    "half_planes",
    "head_to_tail",
    "histograms",
    "image_grid",
    "image_rows",
    "intervals",
    "landscape",
    "landscape_path",
    "lines",
    "log_log",
    "moved_grid",
    "network_diagram",
    "pairs",
    "paths",
    "powers",
    "predictions",
    "product_shapes",
    "race",
    "race_film",
    "reliability",
    "residual_squares",
    "ridges",
    "run_panels",
    "secants",
    "sensitivity",
    "shape_equations",
    "signals",
    "tangents",
    "there_and_back",
    "unit_planes",
    "valley",
]
