"""How `make links` checks the links that lead to other sites."""

from sphinx.application import Sphinx

DOI = "https://doi.org/"


def what_to_ask(app: Sphinx, uri: str) -> str | None:
    """Return the address that tells whether a DOI exists.

    The DOI itself leads on to its publisher, and many of those turn
    programs away.
    """
    if uri.startswith(DOI):
        return f"{DOI}api/handles/{uri.removeprefix(DOI)}"
    return None


def setup(app: Sphinx) -> None:
    """Ask for DOIs in this way."""
    app.connect("linkcheck-process-uri", what_to_ask)
