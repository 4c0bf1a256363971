"""Figures are read by people; these tests read what can be read of them."""

import json
import re
import subprocess
import sys
from urllib.parse import unquote
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest
from plainnet import plotting
from plainnet.plotting import fits
from plainnet.plotting._style import STYLE

IMAGES = np.arange(3 * 4 * 4).reshape(3, 4, 4)
X_FIT, Y_FIT = np.array([0.5, 1.0, 1.5]), np.array([2.0, 3.5, 3.5])
CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
BOTH = np.column_stack([X_FIT, np.ones(3)])
PATH, BOX = np.array([[0.0, 0.0], [0.65, 0.6]]), (-1, 3, -1, 3)
SQUARE = np.stack(np.meshgrid(np.arange(5), np.arange(5)), axis=-1)
SIDE = np.linspace(-1, 1, 9)
DIP = 0.1 + SIDE**2 + 2 * SIDE[:, None] ** 2
DRAWINGS = {
    "intervals": lambda: plotting.intervals(
        {"0": 0.98, "1": 0.95}, [0.01, 0.02], xlabel="recall"
    ),
    "reliability": lambda: plotting.reliability(
        {"a": (SIDE[4:], SIDE[4:] ** 2, SIDE[4:] / 9)},
        xlabel="confidence",
        ylabel="accuracy",
    ),
    "image_rows": lambda: plotting.image_rows(
        {"given": IMAGES, "slope": IMAGES[:2] - 8},
        ["a", "b", "c"],
        diverging=["slope"],
        limits={"slope": 50.0},
    ),
    "digit_inside": lambda: plotting.digit_inside(
        IMAGES[0], {"32 units": np.arange(32)}, np.full(10, 0.1)
    ),
    "digit_map": lambda: plotting.digit_map(
        {"pixels": np.eye(10, 2), "hidden": np.ones((10, 2))}, np.arange(10)
    ),
    "image_grid": lambda: plotting.image_grid(IMAGES, ["a", "b", "c"]),
    "curves": lambda: plotting.curves({"loss": {"train": [3, 2, 1]}}),
    "dots": lambda: plotting.dots({"one": [1, 2], "two": [3]}, xlabel="x"),
    "histograms": lambda: plotting.histograms(
        {"0": np.arange(9), "1": np.arange(5)}, xlabel="ink", threshold=2
    ),
    "functions": lambda: plotting.functions(
        {"value": {"f": np.cos, "g": np.sin}, "slope": {"g": np.cos}}
    ),
    "lines": lambda: plotting.lines(
        X_FIT, Y_FIT, {"one": (2.0, 0.5), "two": (2.0, 0.6)}
    ),
    "residual_squares": lambda: plotting.residual_squares(
        X_FIT, Y_FIT, {"one": (1.0, 1.0), "two": (2.0, 0.5)}
    ),
    "tangents": lambda: plotting.tangents(
        lambda x: x**2,
        lambda x: 2 * x,
        {"a": -1.0, "b": 0.0, "c": 1.0},
        low=-2,
        high=2,
        xlabel="w",
        ylabel="loss",
    ),
    "bowls": lambda: plotting.bowls(
        {"one": (BOTH, Y_FIT, PATH), "two": (BOTH, Y_FIT, PATH)},
        xlabel="w",
        ylabel="b",
        box={"one": (-1, 4, -2, 3), "two": BOX},
    ),
    "bowl_and_map": lambda: plotting.bowl_and_map(X_FIT, Y_FIT, PATH, box=BOX),
    "descent": lambda: plotting.descent(X_FIT, Y_FIT, PATH, box=BOX),
    "paths": lambda: plotting.paths(
        {"a": np.zeros((3, 2)), "b": np.eye(2)}, goal=(1.0, -1.0)
    ),
    "bars": lambda: plotting.bars({"0": 5, "1": 1234}, ylabel="images"),
    "confusion_matrix": lambda: plotting.confusion_matrix(
        np.array([[5, 1], [0, 7]]), ["no", "yes"]
    ),
    "boundary_geometry": lambda: plotting.boundary_geometry(
        (1.0, 2.0), -2.0, [(2.0, 2.0), (-1.0, 0.5)]
    ),
    "class_curves": lambda: plotting.class_curves(
        np.arange(4), np.array([0, 0, 1, 1]), {"f": lambda x: x / 3}
    ),
    "half_planes": lambda: plotting.half_planes(
        np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]),
        np.array([0, 1, 1, 0]),
        [(1, 1, -0.5), (0, 1, -0.5)],
    ),
    "decision_boundary": lambda: plotting.decision_boundary(
        lambda X: np.clip(X[:, 0], 0, 1),
        np.array([[0.2, 0.0], [0.8, 1.0], [0.9, 0.5]]),
        np.array([0, 1, 1]),
    ),
    "unit_planes": lambda: plotting.unit_planes(
        {
            "one": (CORNERS, np.array([0, 1, 1, 0]), {"or": (10, 10, -5)}),
            "two": (CORNERS[[1, 1, 1, 0]], np.array([1, 1, 1, 0]), {}),
        },
        points=["a", "b", "c", "d"],
        axes_names={"two": ("$h_1$", "$h_2$")},
    ),
    "approximations": lambda: plotting.approximations(
        np.arange(3),
        np.zeros(3),
        {"one": np.ones((2, 3)), "two": np.eye(3), "three": np.ones(3)},
    ),
    "computation_graph": lambda: plotting.computation_graph(
        {"x": (0.5, 1.0), "+": (2.0, 1.0), "b": (2.0, 0.2), "f": (4.0, 1.0)},
        [("x", "+", "2", "1.5"), ("b", "+", "3", ""), ("+", "f", "5", "1")],
    ),
    "shape_equations": lambda: plotting.shape_equations(
        [[("X", 3, 4), "@", ("W", 4, 5), "=", ("Z", 3, 5)], [("dZ", 3, 5)]]
    ),
    "log_log": lambda: plotting.log_log(
        {"one": [1e-3, 1e-1], "two": [1e-4, 1e-2]},
        x=np.array([1e-8, 1e-4]),
        xlabel="h",
        ylabel="error",
        marks={"best": 1e-5},
    ),
    "there_and_back": lambda: there_and_back().frames[-1],
    "gradient_arrows": lambda: plotting.gradient_arrows(
        lambda u, v: u**2 + v**2, lambda u, v: (2 * u, 2 * v), [(1.0, 2.0)]
    ),
    "product_shapes": lambda: plotting.product_shapes(3, 2, 4, lit=(1, 2)),
    "secants": lambda: plotting.secants(np.square, 1.0, (1.0, 0.5, 0.001)),
    "network_diagram": lambda: plotting.network_diagram((64, 3, 1)),
    "flow": lambda: plotting.flow(
        [{"x": "0.5", "y": "2"}, {"z": "-0.1"}],
        edges=[[["0.4"], ["-0.2"]]],
        active=1,
        title="weighted sum",
    ),
    "landscape": lambda: plotting.landscape(SIDE, SIDE, DIP),
    "landscape_path": lambda: plotting.landscape_path(
        SIDE, SIDE, DIP, PATH, xlabel="first", ylabel="second"
    ),
    "moved_grid": lambda: plotting.moved_grid(
        {
            "X": (SQUARE, SQUARE[0]),
            "Z": (3 * SQUARE, 3 * SQUARE[0]),
        },
        np.arange(5) % 2,
        values=SQUARE.sum(axis=-1) - 3,
        line=(1, 1, -4),
    ),
    "race": lambda: plotting.race(
        {"bowl": (SIDE, SIDE, DIP)}, {"bowl": {"one": PATH, "two": -PATH}}, 1
    ),
    "race_film": lambda: race_film().frames[-1],
    "powers": lambda: plotting.powers(
        {"one": np.eye(3), "two": [3, 2, 1]},
        np.array([0.1, 1.0, 10.0]),
        xlabel="rate",
        ylabel="loss",
        marked=True,
    ),
    "epochs": lambda: plotting.epochs(
        {"epoch 1": [np.array([2, 0]), np.array([1])], "epoch 2": [SIDE]}
    ),
    "valley": lambda: plotting.valley(
        {"one": PATH, "two": 2 * PATH}, (1.0, 4.0), box=BOX
    ),
    "head_to_tail": lambda: plotting.head_to_tail(
        {
            "one": {"a": ((0, 1), (1, 1)), "sum": ((0, 1), (2, 2))},
            "two": {"b": ((0, 1), (2, 2)), "c": ((0, 1), (1, 3))},
        },
        (1.0, 4.0),
        box=BOX,
    ),
    "sensitivity": lambda: plotting.sensitivity(
        {
            "one": {0.1: [4, 6], 1.0: [2, 4], 10.0: [90, 5]},
            "two": {0.01: [3, 3], 0.1: [4, 4]},
        },
        ylabel="error",
        top=20,
    ),
    "pairs": lambda: plotting.pairs(
        {
            "first": {"a": [1, 2, 3], "b": [2, 3, 3]},
            "second": {"a": [1, 2], "b": [2, 3], "c": [4, 5]},
        },
        ylabel="error",
    ),
    "ridges": lambda: plotting.ridges(
        {"one": [SIDE, SIDE / 9, 9 * SIDE], "two": [SIDE[:0]] * 3},
        xlabel="activation",
        span=(-1, 1),
    ),
    "signals": lambda: plotting.signals(
        [SIDE, SIDE / 9], [SIDE, 0 * SIDE], title="t", spans=((-1, 1), (-9, 1))
    ),
    "run_panels": lambda: plotting.run_panels(
        {"one": {"a": [1.0, 2.0], "b": [3.0]}, "two": {"a": [1.0, 1e9]}},
        threshold=2.0,
        ylabel="length",
        top=100.0,
    ),
    "predictions": lambda: plotting.predictions(
        IMAGES[:2], np.array([[0.2, 0.8], [0.6, 0.4]]), np.array([1, 1])
    ),
}


def there_and_back():
    return plotting.there_and_back(
        [{"x": "2", "y": "3"}, {"z": "5"}],
        [[["0.4"], ["0.7"]]],
        [{"x": "1.6", "y": "2.8"}, {"z": "4"}],
        [[["8"], ["12"]]],
    )


def race_film():
    paths = {"bowl": {"one": PATH, "two": -PATH}}
    losses = {"bowl": {"one": [2.0, 1.0], "two": [2.0, 0.125]}}
    ground = {"bowl": (SIDE, SIDE, DIP)}
    return plotting.race_film(ground, paths, losses, [0, 1])


def texts(figure):
    return [text.get_text() for text in figure.findobj(mpl.text.Text)]


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_a_figure_shows_itself_as_the_same_svg_every_time(draw):
    first, second = draw()._repr_svg_(), draw()._repr_svg_()
    assert first == second
    assert first.lstrip().startswith("<?xml")
    assert "<dc:date>" not in first


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_a_figure_has_no_ground_and_fits_the_page(draw):
    figure = draw()
    assert figure.get_facecolor()[3] == 0
    assert figure.get_figwidth() == pytest.approx(5.6)


def test_every_drawing_is_tried_here():
    public = {
        name
        for name, value in vars(plotting).items()
        if callable(value)
        and getattr(value, "__module__", "").startswith("plainnet.plotting.")
        and not name.startswith("_")
    }
    assert public - {"Picture", "Animation"} == set(DRAWINGS)


def test_what_a_folder_offers_is_what_it_names():
    assert sorted(set(plotting.__all__)) == sorted(plotting.__all__)
    assert all(hasattr(plotting, name) for name in plotting.__all__)


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_the_readers_own_settings_do_not_matter_and_are_kept(draw):
    plain = draw()._repr_svg_()
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "yellow"}):
        before = dict(mpl.rcParams)
        assert draw()._repr_svg_() == plain
        assert dict(mpl.rcParams) == before


def test_no_window_system_is_needed():
    script = (
        "import sys; from plainnet import plotting; "
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_images_keep_their_order_titles_and_marks():
    figure = plotting.image_grid(
        IMAGES, ["a", "b", "c"], columns=2, marked=[True, False, True]
    )
    shown = [ax for ax in figure.axes if ax.images]
    assert len(figure.axes) == 4
    for ax, image in zip(shown, IMAGES, strict=True):
        assert np.array_equal(ax.images[0].get_array(), image)
    titles = [ax.title for ax in shown]
    assert [title.get_text() for title in titles] == ["a", "b", "c"]
    assert titles[0].get_color() == plotting.BLUE
    assert titles[1].get_color() == plotting.VERMILLION
    assert titles[1].get_weight() == "bold"  # not by colour alone


def test_all_images_of_a_grid_share_one_grey_scale():
    figure = plotting.image_grid(np.array([np.eye(2), 9 * np.eye(2)]))
    limits = [ax.images[0].get_clim() for ax in figure.axes if ax.images]
    assert limits == [(0, 9), (0, 9)]


def test_diverging_images_are_centred_on_zero():
    figure = plotting.image_grid(
        np.array([[[-3.0, 0.0], [1.0, 2.0]]]), columns=1, diverging=True
    )
    assert figure.axes[0].images[0].get_clim() == (-3, 3)


def test_curves_of_several_seeds_show_mean_and_spread():
    runs = np.array([[4.0, 2.0], [2.0, 1.0], [3.0, 0.0]])
    figure = plotting.curves(
        {"loss": {"a": runs, "b": [1, 1]}, "accuracy": {"c": [0, 1]}},
        log=["loss"],
    )
    loss, accuracy = figure.axes
    assert loss.lines[0].get_ydata().tolist() == [3, 1]
    assert loss.lines[0].get_xdata().tolist() == [1, 2]
    (band,) = loss.collections  # none for the single run
    assert band.get_paths()[0].get_extents().intervaly.tolist() == [0, 4]
    assert (loss.get_yscale(), accuracy.get_yscale()) == ("log", "linear")
    assert accuracy.get_legend() is None
    assert [ax.get_ylabel() for ax in figure.axes] == ["loss", "accuracy"]


def test_curves_take_other_steps():
    figure = plotting.curves(
        {"part": {"a": [1, 2]}}, x=np.array([10, 20]), xlabel="threshold"
    )
    assert figure.axes[0].lines[0].get_xdata().tolist() == [10, 20]
    assert figure.axes[0].get_xlabel() == "threshold"


def test_curves_keep_their_legend_off_the_lines():
    apart = plotting.curves({"loss": {"a": [0, 0], "b": [1, 1]}})
    rng = np.random.default_rng(0)
    crowd = plotting.curves(
        {"loss": {name: rng.normal(size=(3, 200)) for name in "abcde"}}
    )
    for figure, inside in (apart, True), (crowd, False):
        figure.draw_without_rendering()
        (ax,) = figure.axes
        legend = ax.get_legend().get_window_extent()
        assert (legend.y1 <= ax.bbox.y1) == inside
        assert legend.y0 >= (ax.bbox.y0 if inside else ax.bbox.y1)


def test_functions_keep_their_color_and_their_names_keep_apart():
    figure = plotting.functions(
        {
            "value": {"one": np.cos, "two": np.cos, "three": np.exp},
            "slope": {"two": lambda x: np.where(x > 0, np.nan, -1.0)},
        },
        low=-2,
        high=2,
    )
    value, slope = figure.axes
    assert value.lines[1].get_color() == slope.lines[0].get_color()
    assert value.lines[1].get_xdata()[[0, 200, -1]].tolist() == [-2, 0, 2]
    names = {text.get_text(): text.get_position()[1] for text in value.texts}
    names.pop("")  # a thin line, from an end to its name
    assert set(names) == {"one", "two", "three"}
    assert np.diff(sorted(names.values())).min() > 0.12
    assert max(names, key=names.get) == "three"
    samples = {line.get_ydata()[0]: line for line in value.lines[3:]}
    for line, name in zip(value.lines, names, strict=False):
        assert samples[names[name]].get_color() == line.get_color()
        assert samples[names[name]].get_linestyle() == line.get_linestyle()
    assert not list(slope.texts)  # a single curve needs no name


def test_ridges_stand_under_one_another_and_keep_what_lies_outside():
    one, two = DRAWINGS["ridges"]().axes
    assert one.get_ylim()[0] > one.get_ylim()[1]  # layer 1 at the top
    outlines = [patch.get_xy() for patch in one.patches]
    grounds = [outline[0][1] for outline in outlines]
    assert grounds == [1, 2, 3]
    tops = [outline[:, 1].min() for outline in outlines]
    assert tops == pytest.approx([0.15, 1.15, 2.15])  # all of one height
    last = outlines[2]  # all but one value lie beyond the span
    assert last[last[:, 1] == last[:, 1].min()][:, 0].min() < -0.9
    flat = [patch.get_xy()[:, 1] for patch in two.patches]
    assert [set(y) for y in flat] == [{1}, {2}, {3}]


def test_gradients_are_drawn_by_the_power_of_ten_of_their_size():
    forward, back = DRAWINGS["signals"]().axes
    assert forward.get_xlim() == (-1, 1)
    assert back.get_xlim() == (-9, 1)
    first, second = (patch.get_xy() for patch in back.patches)
    peak = first[first[:, 1].argmin(), 0]
    assert -0.9 < peak < 0.3
    assert set(second[:, 1]) == {2}  # nothing but zeros: nothing drawn


def test_a_run_that_ends_early_is_marked_and_high_values_are_cut():
    one, two = DRAWINGS["run_panels"]().axes
    assert one.get_ylim()[1] == two.get_ylim()[1] == 100
    crosses = [line for line in one.lines if line.get_marker() == "X"]
    assert [c.get_xydata().tolist() for c in crosses] == [[[0, 3]]]
    assert not [line for line in two.lines if line.get_marker() == "X"]
    dashed = [line for line in two.lines if line.get_linestyle() == "--"]
    assert [list(line.get_ydata()) for line in dashed] == [[2, 2]]


def test_paths_share_their_scale():
    one, two = DRAWINGS["paths"]().axes
    assert one.get_xlim() == two.get_xlim()
    assert one.get_ylim() == two.get_ylim()
    assert two.lines[0].get_xydata().tolist() == [[1, 0], [0, 1]]
    assert two.lines[1].get_xydata().tolist() == [[1, 0]]  # start
    assert two.lines[2].get_xydata().tolist() == [[1, -1]]  # goal


def test_lines_are_where_they_say_and_their_names_keep_apart():
    ax = DRAWINGS["lines"]().axes[0]
    points, one, two = ax.lines
    assert points.get_xdata().tolist() == X_FIT.tolist()
    ends = one.get_xdata()
    assert one.get_ydata() == pytest.approx(2 * ends + 0.5)
    assert two.get_ydata() == pytest.approx(2 * ends + 0.6)
    assert [text.get_text() for text in ax.texts] == ["one", "two"]
    heights = [text.get_position()[1] for text in ax.texts]
    assert heights[1] - heights[0] > 0.2
    assert list(plotting.lines(X_FIT, Y_FIT).axes[0].texts) == []


def test_squares_reach_from_the_point_to_the_line_and_are_square():
    ax = DRAWINGS["residual_squares"]().axes[0]
    figure = ax.figure
    figure.draw_without_rendering()
    box = ax.patches[1]  # x = 1: the line is at 2, the point at 3.5
    assert box.get_y() == 3.5
    assert box.get_height() == -1.5
    width, height = np.diff(
        ax.transData.transform(
            [box.get_xy(), (box.get_x() + box.get_width(), 2.0)]
        ),
        axis=0,
    )[0]
    assert abs(width) == pytest.approx(abs(height), rel=0.02)


def test_tangents_say_their_slope():
    ax = DRAWINGS["tangents"]().axes[0]
    assert [text.get_text() for text in ax.texts] == [
        "a\nslope \N{MINUS SIGN}2.0",
        "b\nslope +0.0",
        "c\nslope +2.0",
    ]
    x, y = ax.lines[1].get_data()  # after the curve, the first tangent
    assert np.diff(y) / np.diff(x) == pytest.approx(-2)


def test_a_bowl_has_its_cross_at_the_bottom_and_keeps_its_box():
    figure = DRAWINGS["bowls"]()
    for ax, right in zip(figure.axes, (4, 3), strict=True):
        path, start, best = ax.lines
        assert path.get_xydata().tolist() == PATH.tolist()
        assert start.get_xydata().tolist() == [[0, 0]]
        assert best.get_xydata() == pytest.approx(np.array([[1.5, 1.5]]))
        assert ax.get_xlim() == (-1, right)


def test_the_loss_of_a_grid_is_that_of_each_line():
    loss = fits._squared_loss(BOTH, Y_FIT, *PATH.T)
    assert loss == pytest.approx([9.5, 3.307917], abs=1e-6)


def test_descent_draws_the_line_where_the_path_ends():
    left, right = DRAWINGS["descent"]().axes
    x, y = right.lines[1].get_data()
    assert y == pytest.approx(0.65 * x + 0.6)
    other = plotting.descent(X_FIT, Y_FIT, PATH[:1], box=BOX).axes
    assert left.get_xlim() == other[0].get_xlim()
    assert right.get_ylim() == other[1].get_ylim()


def test_unit_planes_have_their_lines_where_the_sum_is_zero():
    one, two = DRAWINGS["unit_planes"]().axes
    ground, line = one.collections
    for vertices in line.get_paths()[0].vertices:
        assert vertices.sum() == pytest.approx(0.5)
    assert ground.get_paths()[0].contains_point((1, 1))
    assert not ground.get_paths()[0].contains_point((0, 0))
    names = {text.get_text() for text in one.texts}
    assert names == {"or", "a", "b", "c", "d"}
    assert {text.get_text() for text in two.texts} == {"a, b, c", "d"}
    assert (one.get_xlabel(), two.get_xlabel()) == ("$x_1$", "$h_1$")


def test_approximations_draw_every_run_and_the_target_last():
    axes = DRAWINGS["approximations"]().axes
    assert [len(ax.lines) for ax in axes] == [3, 4, 2, 0]
    assert axes[0].lines[-1].get_ydata().tolist() == [0, 0, 0]
    assert not axes[3].axison


def test_a_landscape_has_rows_upwards_and_its_middle_marked():
    _, ax = DRAWINGS["landscape"]().axes
    (lines,) = ax.collections
    ring = lines.get_paths()[4].vertices
    assert np.ptp(ring[:, 0]) > 1.2 * np.ptp(ring[:, 1])  # steeper upwards
    assert ax.lines[0].get_xydata().tolist() == [[0, 0]]
    assert np.allclose(np.diff(np.log(lines.levels), 2), 0)


def test_a_path_over_a_landscape_has_its_ends_marked():
    ax = DRAWINGS["landscape_path"]().axes[0]
    path, _, start, end = ax.lines
    assert path.get_xydata().tolist() == PATH.tolist()
    assert (start.get_marker(), end.get_marker()) == ("s", "x")
    assert end.get_xydata().tolist() == [PATH[-1].tolist()]


def test_dots_stand_at_the_values_and_bars_at_the_mean():
    ax = plotting.dots({"one": [1, 3], "two": [8]}, xlabel="x").axes[0]
    values, mean = ax.lines[0], ax.lines[1]
    assert values.get_xdata().tolist() == [1, 3]
    assert list(mean.get_xdata()) == [2]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["one", "two"]
    assert ax.yaxis_inverted()  # first setting on top


def test_histograms_share_their_bins():
    figure = plotting.histograms(
        {"0": np.zeros(4), "1": np.full(3, 10.0)}, xlabel="ink", bins=5
    )
    counts = [bar.get_height() for bar in figure.axes[0].patches]
    assert counts == [4, 0, 0, 0, 0, 0, 0, 0, 0, 3]


def test_bars_name_their_values():
    assert "1,234" in texts(DRAWINGS["bars"]())


def test_the_confusion_matrix_has_the_truth_in_rows():
    figure = DRAWINGS["confusion_matrix"]()
    cells = {
        text.get_text(): text.get_position() for text in figure.axes[0].texts
    }
    assert cells == {"5": (0, 0), "1": (1, 0), "0": (0, 1), "7": (1, 1)}
    assert figure.axes[0].get_ylabel() == "true"


def test_large_layers_are_shortened_and_say_their_size():
    found = texts(DRAWINGS["network_diagram"]())
    assert {"input\n64", "hidden\n3", "output\n1", "⋮"} <= set(found)
    assert found.count("⋮") == 1


def test_a_flow_writes_each_number_and_lights_what_is_computed():
    figure = DRAWINGS["flow"]()
    found = {text.get_text(): text for text in figure.axes[0].texts}
    assert {"x", "0.5", "2", "-0.1", "0.4", "-0.2", "weighted sum"} <= set(
        found
    )
    assert found["-0.1"].get_weight() == "bold"  # not by colour alone
    assert found["0.5"].get_weight() == "normal"
    assert found["0.4"].get_color() == plotting.BLUE


def test_a_flow_goes_back_in_another_colour_and_line_style():
    figure = plotting.flow(
        [{"x": "0.5"}, {"z": "1"}, {"p": "2"}],
        active="x",
        gradients=[{"x": "-0.3"}, {"z": "0.7"}, {}],
    )
    lines = [
        line for line in figure.axes[0].lines if len(line.get_xdata()) > 1
    ]
    assert [line.get_linestyle() for line in lines] == ["--", "-"]
    assert lines[0].get_color() == plotting.VERMILLION
    found = {text.get_text(): text for text in figure.axes[0].texts}
    assert found["-0.3"].get_color() == plotting.VERMILLION
    assert found["-0.3"].get_position()[1] < found["0.5"].get_position()[1]


def test_a_flow_leaves_out_the_arrows_that_are_none():
    one_to_one = [[["", None], [None, ""]]]
    columns = [{"a": "", "b": ""}, {"c": "", "d": ""}]
    few, all_ = (
        len(plotting.flow(columns, edges=edges).axes[0].patches)
        for edges in (one_to_one, None)
    )
    assert (few, all_) == (2, 4)


def test_a_graph_has_values_going_on_and_gradients_coming_back():
    ax = DRAWINGS["computation_graph"]().axes[0]
    places = {t.get_text(): t.get_position() for t in ax.texts}
    assert {"x", "+", "b", "f", "2", "1.5", "3", "5", "1"} <= set(places)
    assert places["2"][1] > 1 > places["1.5"][1]
    assert places["2"][0] == places["1.5"][0] == 1.25
    arrows = [t for t in ax.texts if hasattr(t, "arrow_patch")]
    ahead = [arrow.xy[0] > arrow.xyann[0] for arrow in arrows]
    assert ahead == [True, False, False, True, False]  # b's goes upwards
    lines = [arrow.arrow_patch.get_linestyle() for arrow in arrows]
    assert lines == ["-", "--", "-", "-", "--"]


def test_rectangles_have_the_shapes_they_name():
    ax = DRAWINGS["shape_equations"]().axes[0]
    assert len(ax.patches) == 12 + 20 + 15 + 15
    colors = [mpl.colors.to_hex(p.get_edgecolor()) for p in ax.patches]
    assert colors[-16:].count(plotting.VERMILLION.lower()) == 15
    found = [text.get_text() for text in ax.texts]
    assert found[:3] == ["X\n(3, 4)", "@", "W\n(4, 5)"]


def test_log_log_draws_and_marks_on_logarithmic_axes():
    ax = DRAWINGS["log_log"]().axes[0]
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert ax.lines[1].get_ydata().tolist() == [1e-4, 1e-2]
    assert list(ax.lines[2].get_xdata()) == [1e-5, 1e-5]
    assert ax.lines[0].get_marker() != ax.lines[1].get_marker()
    assert [text.get_text() for text in ax.texts] == ["best"]


def test_values_come_one_by_one_and_gradients_after_them():
    played = there_and_back()
    assert played.labels == [
        "forward: x = 2, y = 3",
        "forward: z = 5",
        "backward: dz = 4",
        "backward: dx = 1.6, dy = 2.8",
    ]
    found = [set(texts(frame)) for frame in played.frames]
    assert "5" not in found[0]
    assert "4" not in found[1]
    assert {"5", "4", "8", "12"} <= found[2]  # the edges' with their end
    assert "1.6" not in found[2]
    assert "1.6" in found[3]


def test_a_moved_grid_moves_its_lines_and_examples():
    figure = DRAWINGS["moved_grid"]()
    before, after = figure.axes
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["X", "Z"]
    # every second line of the grid, two classes
    assert len(before.lines) == 3 + 3 + 2
    for old, new in zip(before.lines, after.lines, strict=False):
        assert np.array_equal(3 * old.get_xydata(), new.get_xydata())
    assert before.lines[6].get_marker() != before.lines[7].get_marker()
    (contour,) = before.collections
    assert contour.get_linestyle()[0][1] is not None  # dashed
    bent = contour.get_paths()[0].vertices
    assert np.allclose(bent.sum(axis=1), 3)
    assert not after.collections
    boundary = after.lines[-1]
    assert boundary.get_linestyle() == "--"
    assert np.allclose(boundary.get_xydata().sum(axis=1), 4)


def test_a_race_is_drawn_as_far_as_the_step():
    ground, paths = {"bowl": (SIDE, SIDE, DIP)}, {"bowl": {"one": PATH}}
    (ax,) = plotting.race(ground, paths, 0).axes
    walked, here = ax.lines[-2:]
    assert walked.get_xydata().tolist() == PATH[:1].tolist()
    assert here.get_xydata().tolist() == PATH[:1].tolist()
    assert ax.lines[0].get_xydata().tolist() == [[0, 0]]  # the lowest point
    (ax,) = plotting.race(ground, paths).axes
    assert ax.lines[-2].get_xydata().tolist() == PATH.tolist()


def test_a_film_of_a_race_tells_the_losses():
    assert race_film().labels == [
        "step 0, loss on the bowl: one 2, two 2",
        "step 1, loss on the bowl: one 1, two 0.12",
    ]


def test_powers_have_a_logarithmic_axis_and_a_band_for_seeds():
    ax = DRAWINGS["powers"]().axes[0]
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "linear")
    assert ax.lines[0].get_ydata() == pytest.approx([1 / 3] * 3)
    assert ax.lines[0].get_marker() != ax.lines[1].get_marker()
    assert len(ax.collections) == 1  # one curve has a single run
    log = plotting.powers(
        {"a": [1, 2]}, SIDE[-2:], xlabel="", ylabel="", log=True
    )
    assert log.axes[0].get_yscale() == "log"
    assert log.axes[0].get_legend() is None


def test_epochs_show_each_example_in_its_batch():
    ax = DRAWINGS["epochs"]().axes[0]
    assert [t.get_text() for t in ax.texts[:4]] == ["epoch 1", "2", "0", "1"]
    left = [box.get_x() for box in ax.patches[:3]]
    assert np.diff(left) == pytest.approx([1, 1.6])  # a gap after the batch
    colors = [mpl.colors.to_hex(box.get_edgecolor()) for box in ax.patches]
    assert colors[0] == colors[1] != colors[2]


def test_a_valley_keeps_its_axes_and_shows_where_a_path_ends():
    for ax, scale in zip(DRAWINGS["valley"]().axes, (1, 2), strict=True):
        assert (*ax.get_xlim(), *ax.get_ylim()) == BOX
        bottom, path, _, start, end = ax.lines
        assert bottom.get_xydata().tolist() == [[0, 0]]
        assert path.get_xydata() == pytest.approx(scale * PATH)
        assert start.get_xydata().tolist() == [[0, 0]]
        assert end.get_xydata()[0] == pytest.approx(scale * PATH[-1])
        ring = ax.patches[2]  # curvatures 1 and 4: twice as wide as high
        assert ring.get_width() == pytest.approx(2 * ring.get_height())


def test_arrows_go_from_start_to_end_and_their_sum_is_dashed():
    one, two = DRAWINGS["head_to_tail"]().axes
    arrows = [t for t in one.texts if hasattr(t, "arrow_patch")]
    drawn = [a for a in arrows if a.arrow_patch is not None]
    assert [tuple(a.xy) for a in drawn] == [(1, 1), (2, 2)]
    assert [tuple(a.xyann) for a in drawn] == [(0, 1), (0, 1)]
    lines = [a.arrow_patch.get_linestyle() for a in drawn]
    assert lines == ["-", "--"]
    assert "b" in [t.get_text() for t in two.texts]


def test_a_rate_is_drawn_as_it_is_and_as_a_multiple_of_the_best():
    above, below = DRAWINGS["sensitivity"]().axes
    one, outside, two = above.lines
    assert one.get_xdata().tolist() == [0.1, 1, 10]
    assert one.get_ydata()[:2].tolist() == [5, 3]
    assert np.isnan(one.get_ydata()[2])  # above the top: an arrow is there
    assert (outside.get_xdata()[0], outside.get_ydata()[0]) == (10, 20)
    assert two.get_ydata().tolist() == [3, 4]
    assert below.lines[0].get_xdata().tolist() == [0.1, 1, 10]
    assert below.lines[2].get_xdata() == pytest.approx([1, 10])
    assert (above.get_xlabel(), above.get_yscale()) == ("learning rate", "log")


def test_pairs_join_the_results_of_a_seed():
    one, two = DRAWINGS["pairs"]().axes
    seeds, means = one.lines[:3], one.lines[3]
    ends = [seed.get_ydata().tolist() for seed in seeds]
    assert ends == [[1, 2], [2, 3], [3, 3]]
    assert means.get_ydata() == pytest.approx([2, 8 / 3])
    assert [t.get_text() for t in two.get_xticklabels()] == ["a", "b", "c"]
    assert two.get_title(loc="left") == "second"


def test_predictions_mark_truth_and_error():
    figure = DRAWINGS["predictions"]()
    right, wrong = figure.axes[1], figure.axes[3]
    colors = [
        [mpl.colors.to_hex(bar.get_facecolor()).upper() for bar in ax.patches]
        for ax in (right, wrong)
    ]
    assert colors == [
        [plotting.GREY.upper(), plotting.BLUE],
        [plotting.VERMILLION, plotting.BLUE],
    ]
    assert [bar.get_height() for bar in wrong.patches] == [0.6, 0.4]


def test_text_is_grey_enough_for_both_grounds():
    def luminance(color):
        parts = np.array(mpl.colors.to_rgb(color))
        linear = np.where(
            parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4
        )
        return linear @ [0.2126, 0.7152, 0.0722]

    colors = set(re.findall(r"color: \"(\w{6})\"", STYLE.read_text()))
    assert colors == {plotting.GREY[1:]}
    grey = luminance(plotting.GREY)
    assert (1 + 0.05) / (grey + 0.05) >= 4.5
    assert (grey + 0.05) / (0 + 0.05) >= 4.5


def frames(n=3):
    return [plotting.curves({"loss": {"a": [k, 1]}}) for k in range(n)]


def test_an_animation_shows_its_still_and_notes_its_frames():
    pictures = frames()
    labels = ["step 0", 'step "1" & more', "step 2"]
    animation = plotting.Animation(pictures, labels, still=-2)
    shown, notes = animation._repr_mimebundle_(include=None, exclude=None)
    assert shown == {"image/svg+xml": frames()[1]._repr_svg_()}
    assert repr(animation) == "Animation of 3 frames"
    page = ElementTree.fromstring(
        re.sub(r"(<img [^>]*)>", r"\1/>", notes["image/svg+xml"]["player"])
    )
    assert page.tag == "template"
    assert page.get("class") == "player"
    assert page.get("data-still") == "1"
    assert json.loads(page.get("data-labels")) == labels
    sources = [image.get("src") for image in page]
    assert len(sources) == 3
    for source, picture in zip(sources, pictures, strict=True):
        kind, data = source.split(",", 1)
        assert kind == "data:image/svg+xml"
        svg = ElementTree.fromstring(unquote(data))
        assert (
            svg.get("width")
            == "403.2pt"
            == ElementTree.fromstring(picture._repr_svg_()).get("width")
        )
    assert len(set(sources)) == 3


@pytest.mark.parametrize(
    ("count", "labels", "word"),
    [(1, ["a"], "frames must"), (3, ["a", "b"], "labels must")],
)
def test_an_animation_refuses_what_cannot_play(count, labels, word):
    with pytest.raises(ValueError, match=word):
        plotting.Animation(frames(count), labels)
