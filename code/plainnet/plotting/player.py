"""Pictures that move: frames drawn here, played by the page."""

import html
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from plainnet.plotting._style import Picture


class Animation:
    """Frames in a row; a page plays them, and prints one of them.

    In a notebook it shows the chosen frame. The image's metadata hold all
    frames in an inert <template>, of which the book's site makes a player.

    Parameters
    ----------
    frames : sequence of Picture
        Drawn with the same axes, so that only what moves moves.
    labels : sequence of str
        What to say of each frame: "step 3, loss 0.42".
    still : int, default -1
        The frame to show in print, without a script, and at first.
    """

    def __init__(
        self, frames: Sequence[Picture], labels: Sequence[str], still: int = -1
    ) -> None:
        if len(frames) < 2:
            raise ValueError(
                f"frames must hold at least 2 pictures, got {len(frames)}"
            )
        if len(labels) != len(frames):
            raise ValueError(
                "labels must hold one sentence for each of the "
                f"{len(frames)} frames, got {len(labels)}"
            )
        self.frames, self.labels = list(frames), list(labels)
        self.still = range(len(frames))[still]

    def template(self) -> str:
        """Return the frames as HTML that shows nothing by itself."""
        images = "".join(
            f'<img alt="" src="{html.escape(_data_uri(frame))}">'
            for frame in self.frames
        )
        return (
            f'<template class="player" data-still="{self.still}" '
            f'data-labels="{html.escape(json.dumps(self.labels))}">'
            f"{images}</template>"
        )

    def __repr__(self) -> str:
        return f"Animation of {len(self.frames)} frames"

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, str], Any]:
        """Return the still frame, and the others as a note to it.

        Were they an output of their own, they would be a figure of their
        own.
        """
        still = self.frames[self.still]._repr_svg_()
        note = {"image/svg+xml": {"player": self.template()}}
        return {"image/svg+xml": still}, note


def _data_uri(frame: Picture) -> str:
    """Return a frame as an address that holds the picture itself."""
    svg = " ".join(frame._repr_svg_().split())
    return "data:image/svg+xml," + quote(svg, safe=" '\"<>/:;=,.()-_!*@+&?")
