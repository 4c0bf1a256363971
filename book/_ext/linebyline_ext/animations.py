"""Animations: one figure that holds its other frames for the player.

plotting.Animation shows a still picture and notes all frames beside it, in
an inert <template>. myst-nb would drop the note; this puts it right after
the image, where book/_static/player.js looks for it.
"""

from docutils import nodes
from myst_nb.core.render import MimeData, NbElementRenderer
from sphinx.application import Sphinx

plain_image = NbElementRenderer.render_image


def image_with_frames(
    renderer: NbElementRenderer, data: MimeData
) -> list[nodes.Element]:
    """Return the image of an output and the frames noted with it."""
    result = plain_image(renderer, data)
    note = data.output_metadata.get(data.mime_type, {})
    if "player" in note:
        result.append(nodes.raw("", note["player"], format="html"))
    return result


def setup(app: Sphinx) -> None:
    """Take the place of myst-nb's rendering of images."""
    NbElementRenderer.render_image = image_with_frames
