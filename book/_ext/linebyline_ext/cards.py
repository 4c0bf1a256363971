"""Cards: the picture that stands for a page where a link to it is shown."""

import io
import itertools
import textwrap

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from PIL import Image
from plainnet.plotting._style import in_style

SIZE = (1200, 630)
LEFT = 84
ROOM = SIZE[0] - 2 * LEFT
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


def fit(canvas: FigureCanvasAgg, text: str, count: int, **look) -> list[str]:
    """Return the text in lines as long as there is room, at most so many."""
    measure = canvas.get_renderer().get_text_width_height_descent
    font = FontProperties(**look)
    for columns in range(90, 10, -1):
        lines = textwrap.wrap(text, columns, max_lines=count, placeholder=" …")
        if all(measure(line, font, False)[0] <= ROOM for line in lines):
            break
    return lines


@in_style
def draw(title: str, promise: str, number: str, book: str) -> Figure:
    """Return the card as a figure, a point of whose axes is a pixel."""
    figure = Figure(
        figsize=(SIZE[0] / 100, SIZE[1] / 100),
        dpi=100,
        facecolor=GROUND,
        layout="none",
    )
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, SIZE[0]), ylim=(SIZE[1], 0))
    axes.axis("off")
    axes.axvspan(0, 20, color=ACCENT, linewidth=0)
    draw_logo(axes, LEFT, 52, 1.5)
    axes.text(LEFT + 122, 112, book, size=20, color=QUIET)
    if number:
        look = {"color": ACCENT, "size": 21, "weight": "bold"}
        axes.text(LEFT, 232, f"Chapter {number}", **look)
    y = 232
    look = {"size": 40, "weight": "bold"}
    for line in fit(canvas, title, 2, **look):
        y += 72
        axes.text(LEFT, y, line, color=INK, **look)
    y += 26
    for line in fit(canvas, promise, 4, size=23):
        y += 46
        axes.text(LEFT, y, line, color=QUIET, size=23)
    return figure


def card(title: str, promise: str, *, number: str, book: str) -> bytes:
    """Return the card as a small PNG, the same every time."""
    figure = draw(title, promise, number, book)
    figure.canvas.draw()
    image = Image.frombuffer("RGBA", SIZE, figure.canvas.buffer_rgba())
    packed = io.BytesIO()
    image.convert("RGB").quantize(32, dither=Image.Dither.NONE).save(
        packed, "PNG", optimize=True
    )
    return packed.getvalue()
