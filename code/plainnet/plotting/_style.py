"""What all figures share: the book's style, its colours and its paper."""

import functools
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import matplotlib.style
from matplotlib.figure import Figure

from plainnet._types import Array

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


def in_style(function: Callable[_Args, _Result]) -> Callable[_Args, _Result]:
    """Run a function with the book's style sheet and nothing else's."""

    @functools.wraps(function)
    def styled(*args: _Args.args, **kwargs: _Args.kwargs) -> _Result:
        with matplotlib.style.context(["default", STYLE]):
            return function(*args, **kwargs)

    return styled


class Picture(Figure):
    """A matplotlib Figure that shows itself as SVG, the same every time."""

    @in_style
    def _repr_svg_(self) -> str:
        stream = io.StringIO()
        self.savefig(stream, format="svg", metadata={"Date": None})
        return stream.getvalue()


def paper(
    rows: int = 1, columns: int = 1, height: float = 3.0, **options: Any
) -> tuple[Picture, Array]:
    """Make a figure of the text's width and an array of its axes."""
    figure = Picture(figsize=(5.6, height))
    return figure, figure.subplots(rows, columns, squeeze=False, **options)
