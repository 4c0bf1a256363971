"""Figures of chapter 14 show the numbers they were given."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from plainnet import plotting


def test_intervals_reach_two_errors_to_each_side():
    figure = plotting.intervals(
        {"a": 0.9, "b": 0.6}, [0.01, 0.05], xlabel="recall"
    )
    (ax,) = figure.axes
    (bars,) = ax.collections
    ends = [segment[:, 0] for segment in bars.get_segments()]
    np.testing.assert_allclose(ends, [[0.88, 0.92], [0.5, 0.7]])
    mean = [line for line in ax.lines if line.get_linestyle() == "--"]
    assert mean[0].get_xdata()[0] == pytest.approx(0.75)
    assert [t.get_text() for t in ax.get_yticklabels()] == ["a", "b"]


def test_reliability_draws_the_diagonal_and_two_errors():
    said, found = np.array([0.5, 0.9]), np.array([0.4, 0.95])
    figure = plotting.reliability(
        {"net": (said, found, np.array([0.1, 0.02]))},
        xlabel="said",
        ylabel="found",
    )
    (ax,) = figure.axes
    diagonal, points = ax.lines
    assert diagonal.get_slope() == 1
    assert diagonal.get_xy1() == (0, 0)
    np.testing.assert_array_equal(points.get_xydata().T, [said, found])
    (bars,) = ax.collections
    ends = [segment[:, 1] for segment in bars.get_segments()]
    np.testing.assert_allclose(ends, [[0.2, 0.6], [0.91, 0.99]])


def test_rows_of_images_have_their_own_scales():
    small, large = np.full((2, 3, 3), 0.5), np.full((3, 3, 3), -4.0)
    figure = plotting.image_rows(
        {"grey": small, "slope": large, "set": large},
        ["x", "y", "z"],
        diverging=["slope", "set"],
        limits={"set": 8.0},
    )
    axes = np.reshape(figure.axes, (3, 3))
    limits = [row[0].images[0].get_clim() for row in axes]
    assert limits == [(0, 0.5), (-4, 4), (-8, 8)]
    assert not axes[0, 2].images
    assert [ax.get_xlabel() for ax in axes[-1]] == ["x", "y", "z"]
    names = [row[0].get_title(loc="left") for row in axes]
    assert names == ["grey", "slope", "set"]


def test_zero_is_clear_and_the_signs_have_their_colours():
    figure = plotting.image_rows(
        {"slope": np.array([[[-1.0, 0.0, 1.0]]])}, diverging=["slope"]
    )
    image = figure.axes[0].images[0]
    ((low, zero, high),) = image.to_rgba(image.get_array())
    assert low[2] > low[0]
    assert high[0] > high[2]
    assert low[3] == high[3] == 1
    assert zero[3] < 0.01


def test_rows_of_zeros_are_drawn():
    figure = plotting.image_rows({"none": np.zeros((2, 3, 3))})
    assert figure.axes[0].images[0].get_clim() == (0, 1)


def test_a_digit_inside_shows_units_in_order_and_the_answer_in_blue():
    hidden = np.arange(32.0)
    p = np.full(10, 0.05)
    p[7] = 0.55
    figure = plotting.digit_inside(np.eye(28), {"32 units": hidden}, p)
    _, middle, last = figure.axes
    np.testing.assert_array_equal(
        middle.images[0].get_array(), hidden.reshape(4, 8)
    )
    colors = [to_hex(bar.get_facecolor()) for bar in last.patches]
    assert colors.index(plotting.BLUE.lower()) == 7
    assert len(set(colors)) == 2
    np.testing.assert_allclose([bar.get_width() for bar in last.patches], p)


def test_digits_that_are_often_confused_have_different_colours():
    figure = plotting.digit_map({"pixels": np.eye(10, 2)}, np.arange(10))
    color = [to_hex(line.get_color()) for line in figure.axes[0].lines]
    for one, other in (1, 7), (4, 9), (3, 5), (3, 8), (5, 8), (7, 9), (0, 6):
        assert color[one] != color[other]


def test_a_digit_map_draws_each_point_as_its_digit():
    points = np.arange(8.0).reshape(4, 2)
    labels = np.array([3, 3, 0, 9])
    figure = plotting.digit_map({"pixels": points}, labels)
    drawn = {
        line.get_marker(): line.get_xydata().tolist()
        for line in figure.axes[0].lines
        if len(line.get_xydata())
    }
    assert drawn == {
        "$3$": points[:2].tolist(),
        "$0$": points[2:3].tolist(),
        "$9$": points[3:].tolist(),
    }
