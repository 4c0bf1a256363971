"""Cards: the picture that stands for a page where a link to it is shown."""

import io
import itertools
import textwrap

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image
from plainnet.plotting._style import in_style

SIZE = (1200, 630)
LEFT = 84
# The colours of book.css, on the ground of its code.
GROUND, INK, QUIET, ACCENT = "#f6f6f3", "#20282d", "#56626a", "#0b6e78"
# The book's logo: four lines of text become the inputs of a network.
LINES = ((3, 24, 11), (13, 24, 25), (13, 24, 39), (3, 24, 53))
LAYERS = (
    ((28, 11), (28, 25), (28, 39), (28, 53)),
    ((45, 22), (45, 42)),
    ((58, 32),),
)


def draw_logo(axes: Axes, x: float, y: float, scale: float) -> None:
    """Draw the logo with its upper left corner at this place."""

    def line(us: tuple[float, ...], vs: tuple[float, ...], **look) -> None:
        us, vs = [x + scale * u for u in us], [y + scale * v for v in vs]
        axes.plot(us, vs, solid_capstyle="round", **look)

    for start, end, v in LINES:
        line((start, end), (v, v), color=INK, linewidth=2.4 * scale)
    for layer, after in itertools.pairwise(LAYERS):
        for (u, v), (u2, v2) in itertools.product(layer, after):
            line((u, u2), (v, v2), color=ACCENT, linewidth=scale, alpha=0.65)
    for layer, color in zip(LAYERS, (INK, ACCENT, ACCENT), strict=True):
        for u, v in layer:
            line((u,), (v,), color=color, marker="o", markersize=6 * scale)


@in_style
def draw(title: str, promise: str, number: str, book: str) -> Figure:
    """Return the card as a figure, a point of whose axes is a pixel."""
    figure = Figure(
        figsize=(SIZE[0] / 100, SIZE[1] / 100),
        dpi=100,
        facecolor=GROUND,
        layout="none",
    )
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, SIZE[0]), ylim=(SIZE[1], 0))
    axes.axis("off")
    axes.axvspan(0, 20, color=ACCENT, linewidth=0)
    draw_logo(axes, LEFT, 52, 1.5)

    def write(y: float, text: str, size: float, **look: object) -> None:
        axes.text(LEFT, y, text, fontsize=0.72 * size, va="baseline", **look)

    axes.text(LEFT + 122, 112, book, fontsize=20, color=QUIET)
    if number:
        write(232, f"Chapter {number}", 30, color=ACCENT, weight="bold")
    y = 232
    for line in textwrap.wrap(title, 34, max_lines=2, placeholder=" …"):
        y += 72
        write(y, line, 56, color=INK, weight="bold")
    y += 26
    for line in textwrap.wrap(promise, 64, max_lines=4, placeholder=" …"):
        y += 46
        write(y, line, 32, color=QUIET)
    return figure


def card(title: str, promise: str, *, number: str, book: str) -> bytes:
    """Return the card as a small PNG, the same every time."""
    figure = draw(title, promise, number, book)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    image = Image.frombuffer("RGBA", SIZE, canvas.buffer_rgba())
    packed = io.BytesIO()
    image.convert("RGB").quantize(32, dither=Image.Dither.NONE).save(
        packed, "PNG", optimize=True
    )
    return packed.getvalue()
