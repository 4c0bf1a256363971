"""What the book adds to Sphinx.

environment.py   the run's surroundings: cache, variables, buttons of a fork
numbers.py       chapter numbers, from the `chapter` entry of a page's header
listings.py      listings that name their source and tests; source pages
boxes.py         boxes that fold, all of them native <details> with a link
pages.py         small mends of the theme's HTML
third_party.py   the build fails when a page would load from another server
"""

from sphinx.application import Sphinx

from . import boxes, environment, listings, numbers, pages, third_party


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect every part to Sphinx."""
    for part in (environment, numbers, listings, boxes, pages, third_party):
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
