"""What the book adds to Sphinx.

environment.py   the run's surroundings: cache, variables, buttons of a fork
numbers.py       chapter numbers, from the `chapter` entry of a page's header
library.py       the library and its tests as text: who names what
listings.py      listings that remember their source; source pages
index.py         the index of listings, and the line under their captions
animations.py    the frames of an animation, beside its still picture
diagrams.py      the words that stand for a diagram
tables.py        names of rows in tables
exercises.py     the hints to an exercise
boxes.py         boxes that fold, all of them native <details> with a link
links.py         how the links to other sites are checked
about.py         what a page says of itself: description, card, address
cards.py         the picture for a chapter where its link is shown
colophon.py      the foot of a page: what made it, where to report an error
cells.py         the code of a page as cells of a notebook
markdown.py      the text of a page as Markdown that needs no extension
notebooks.py     a page as a notebook
launch.py        the buttons that open and download it
not_found.py     the page for an address that leads nowhere
bundles.py       one style sheet and one script for a page
pages.py         small mends of the theme's HTML
third_party.py   the build fails when a page would load from another server
"""

from sphinx.application import Sphinx

from . import (
    about,
    animations,
    boxes,
    bundles,
    colophon,
    diagrams,
    environment,
    exercises,
    index,
    launch,
    links,
    listings,
    not_found,
    notebooks,
    numbers,
    pages,
    tables,
    third_party,
)

PARTS = (
    environment,
    numbers,
    listings,
    index,
    animations,
    diagrams,
    tables,
    exercises,
    boxes,
    links,
    about,
    colophon,
    launch,
    notebooks,
    not_found,
    bundles,
    pages,
    third_party,
)


def setup(app: Sphinx) -> dict[str, int]:
    """Connect every part to Sphinx."""
    for part in PARTS:
        part.setup(app)
    return {
        "env_version": 1,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
