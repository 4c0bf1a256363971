"""What a page shows of the exercises that plainnet.exercises holds.

    ```{hints} 7.2
    ```

becomes the hints to exercise 7.2 as closed boxes, one for each step.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import plainnet.exercises
from docutils import nodes
from plainnet.exercises import _find
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx_design.shared import create_component

FOLDER = Path(plainnet.exercises.__file__).parent
LOGGER = logging.getLogger(__name__)


def words(text: str) -> Iterator[nodes.Node]:
    """Yield a hint's text, with what stands in backticks as literals."""
    for place, part in enumerate(re.split(r"`([^`]*)`", text)):
        if part:
            yield nodes.literal("", part) if place % 2 else nodes.Text(part)


class Hints(SphinxDirective):
    """The hints to an exercise, each in a box of its own."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the boxes; none, and a warning, for an unknown number."""
        number = self.arguments[0]
        file = FOLDER / f"chapter_{number.partition('.')[0]:0>2}.py"
        self.env.note_dependency(str(file))
        try:
            hints = _find(number).hints
        except (ValueError, ModuleNotFoundError) as error:
            LOGGER.warning(
                "no hints to exercise %s: %s",
                number,
                error,
                location=self.get_location(),
            )
            return []
        return [self.box(i, hint) for i, hint in enumerate(hints, 1)]

    def box(self, place: int, hint: str) -> nodes.Element:
        """Return one closed box, as the directive `dropdown` would."""
        name = f"hint-{self.arguments[0].replace('.', '-')}-{place}"
        title = nodes.rubric("", f"Hint {place}", names=[name])
        self.state.document.note_explicit_target(title, title)
        box = create_component(
            "dropdown",
            classes=[],
            opened=False,
            type="dropdown",
            has_title=True,
            icon=None,
            chevron=None,
            container_classes=["hint"],
            title_classes=[],
            body_classes=[],
            children=[title, nodes.paragraph("", "", *words(hint))],
        )
        self.set_source_info(box)
        return box


def setup(app: Sphinx) -> None:
    """Add the directive."""
    app.add_directive("hints", Hints)
