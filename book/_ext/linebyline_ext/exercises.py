"""What a page shows of the exercises that plainnet.exercises holds.

    ```{hints} 7.2
    ```

becomes the hints to exercise 7.2 as closed boxes, one for each step, and

    ```{exercises}
    ```

the list of all exercises by chapter, filled in when pages are written.
"""

from collections.abc import Iterator
from pathlib import Path

import plainnet.exercises
from docutils import nodes
from plainnet.exercises import _exercises, _find
from plainnet.exercises._core import Exercise
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx_design.shared import create_component

from .index import facts_of, words

FOLDER = Path(plainnet.exercises.__file__).parent
LOGGER = logging.getLogger(__name__)


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


class place_for_exercises(nodes.General, nodes.Element):  # noqa: N801
    """Where the list of all exercises goes."""


class Exercises(SphinxDirective):
    """The list of all exercises."""

    def run(self) -> list[nodes.Node]:
        """Return its place, and depend on what it will say."""
        for file in sorted(FOLDER.glob("chapter_*.py")):
            self.env.note_dependency(str(file))
        return [place_for_exercises()]


class FillExercises(SphinxPostTransform):
    """Write the list once it is known which page has which exercise."""

    default_priority = 5
    formats = ("html",)

    def run(self, **_: object) -> None:
        """Put the chapters' lists in their place."""
        for place in list(self.document.findall(place_for_exercises)):
            place.replace_self(
                nodes.definition_list(
                    "", *self.chapters(), classes=["exercise-list"]
                )
            )

    def chapters(self) -> Iterator[nodes.Node]:
        """Yield each chapter that has exercises, with their list."""
        for page, facts in facts_of(self.env).items():
            if not (facts.chapter and facts.exercises):
                continue
            title = self.env.titles[page].astext()
            term = nodes.term(
                "", f"{facts.chapter}. ", self.link(page, "", title)
            )
            content = nodes.bullet_list(bullet="-")
            labels = facts.exercises
            for i, (number, exercise) in enumerate(registered(facts.chapter)):
                if i < len(labels):
                    words = f"{number} {exercise.title}"
                    line = nodes.paragraph(
                        "", "", self.link(page, labels[i], words)
                    )
                    line += nodes.Text(f", {exercise.level}")
                    content += nodes.list_item("", line)
            yield nodes.definition_list_item(
                "", term, nodes.definition("", content)
            )

    def link(self, page: str, place: str, words: str) -> nodes.Node:
        """Return a link to an exercise, or to its page."""
        builder = self.app.builder
        uri = builder.get_relative_uri(self.env.docname, page)
        uri += f"#{place}" if place else ""
        return nodes.reference("", words, internal=True, refuri=uri)


def registered(chapter: int) -> list[tuple[str, Exercise]]:
    """Return a chapter's exercises by number, none if it has no module."""
    try:
        return list(_exercises(chapter).items())
    except ModuleNotFoundError:
        return []


def setup(app: Sphinx) -> None:
    """Add the directives and what fills the list."""
    app.add_node(place_for_exercises)
    app.add_directive("hints", Hints)
    app.add_directive("exercises", Exercises)
    app.add_post_transform(FillExercises)
