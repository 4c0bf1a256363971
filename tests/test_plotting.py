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
from plainnet.plotting._style import STYLE

IMAGES = np.arange(3 * 4 * 4).reshape(3, 4, 4)
DRAWINGS = {
    "image_grid": lambda: plotting.image_grid(IMAGES, ["a", "b", "c"]),
    "curves": lambda: plotting.curves({"loss": {"train": [3, 2, 1]}}),
    "dots": lambda: plotting.dots({"one": [1, 2], "two": [3]}, xlabel="x"),
    "histograms": lambda: plotting.histograms(
        {"0": np.arange(9), "1": np.arange(5)}, xlabel="ink", threshold=2
    ),
    "functions": lambda: plotting.functions(
        {"value": {"f": np.cos, "g": np.sin}, "slope": {"g": np.cos}}
    ),
    "bars": lambda: plotting.bars({"0": 5, "1": 1234}, ylabel="images"),
    "confusion_matrix": lambda: plotting.confusion_matrix(
        np.array([[5, 1], [0, 7]]), ["no", "yes"]
    ),
    "gradient_arrows": lambda: plotting.gradient_arrows(
        lambda u, v: u**2 + v**2, lambda u, v: (2 * u, 2 * v), [(1.0, 2.0)]
    ),
    "product_shapes": lambda: plotting.product_shapes(3, 2, 4, lit=(1, 2)),
    "secants": lambda: plotting.secants(np.square, 1.0, (1.0, 0.5, 0.001)),
    "network_diagram": lambda: plotting.network_diagram((64, 3, 1)),
    "predictions": lambda: plotting.predictions(
        IMAGES[:2], np.array([[0.2, 0.8], [0.6, 0.4]]), np.array([1, 1])
    ),
}


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
    names = {label.get_text(): label for label in value.texts}
    heights = sorted(label.xyann[1] for label in names.values())
    assert set(names) == {"one", "two", "three"}
    assert np.diff(heights).min() > 0.12
    assert max(names, key=lambda name: names[name].xyann[1]) == "three"
    assert slope.texts == []  # a single curve needs no name


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


def test_an_animation_shows_its_still_and_keeps_its_frames(monkeypatch):
    display = pytest.importorskip("IPython.display")
    shown = []
    monkeypatch.setattr(
        display, "display", lambda part, raw: shown.append(part)
    )
    pictures = frames()
    labels = ["step 0", 'step "1" & more', "step 2"]
    plotting.Animation(pictures, labels, still=-2)._ipython_display_()
    still, template = shown
    assert still == {"image/svg+xml": frames()[1]._repr_svg_()}
    page = ElementTree.fromstring(
        re.sub(r"(<img [^>]*)>", r"\1/>", template["text/html"])
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
