"""The launch buttons: where a page's notebook opens at a click.

All three places read the branch `notebooks` of the repository: what
`make notebooks` puts together and the workflow `book.yml` publishes.
"""

import os
import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError

from .environment import fork

BRANCH = "notebooks"


class Place(NamedTuple):
    """A service that opens notebooks."""

    name: str
    icon: str
    start: str  # of its address, which a notebook's path ends


def launch_places(environ: Mapping[str, str]) -> list[Place]:
    """Return where notebooks open: on a class's own hub, or for all."""
    repository, _ = fork(environ)
    hub = environ.get("BOOK_JUPYTERHUB", "")
    if hub and not re.match(r"https?://[^/]", hub):
        raise ExtensionError(
            "BOOK_JUPYTERHUB must be the address of a hub, such as "
            f"https://hub.example.edu, got {hub!r}"
        )
    if hub and not repository:
        raise ExtensionError(
            "BOOK_JUPYTERHUB needs a repository that the hub can copy: set "
            "GITHUB_REPOSITORY to its owner/name too"
        )
    if hub:
        pull = urlencode(
            {
                "repo": f"https://github.com/{repository}",
                "branch": BRANCH,
                # A copy's folder has the repository's name.
                "urlpath": f"lab/tree/{repository.partition('/')[2]}/",
            },
            safe="/",
        )
        address = f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{pull}"
        return [Place("JupyterHub", "logo_jupyterhub.svg", address)]
    if not repository:
        return []
    binder = f"https://mybinder.org/v2/gh/{repository}/{BRANCH}"
    colab = f"https://colab.research.google.com/github/{repository}"
    return [
        Place("Binder", "logo_binder.svg", f"{binder}?urlpath=lab/tree/"),
        Place("Colab", "logo_colab.png", f"{colab}/blob/{BRANCH}/"),
    ]


def note_places(app: Sphinx, config: Config) -> None:
    """Make the places a setting: if it changes, pages are written anew."""
    config.book_places = launch_places(os.environ)


def add_buttons(app: Sphinx, notebook: str, context: dict[str, Any]) -> None:
    """Offer a page's notebook at its top, to be launched and to keep."""
    buttons = context["header_buttons"]
    (downloads,) = (b for b in buttons if b["label"] == "download-buttons")
    downloads["buttons"].insert(
        0,
        {
            "type": "link",
            "url": notebook.rpartition("/")[2],
            "text": ".ipynb",
            "tooltip": "Download notebook",
            "icon": "fas fa-code",
            "label": "download-notebook-button",
        },
    )
    if app.config.book_places:
        buttons.insert(
            0,
            {
                "type": "group",
                "tooltip": "Launch this page as a notebook",
                "icon": "fas fa-rocket",
                "label": "launch-buttons",
                "buttons": [
                    {
                        "type": "link",
                        "text": place.name,
                        "tooltip": f"Launch on {place.name}",
                        "icon": f"_static/images/{place.icon}",
                        "url": place.start + notebook,
                    }
                    for place in app.config.book_places
                ],
            },
        )


def setup(app: Sphinx) -> None:
    """Look at the surroundings before anything is read."""
    app.add_config_value("book_places", [], "html")
    app.connect("config-inited", note_places)
