"""The foot of a page: what made it, and where to say what is wrong with it.

What differs from build to build stands in an element of the class
`measured`, which is left out when two builds are compared.
"""

import os
import platform
import subprocess
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from babel.dates import format_datetime
from docutils import nodes
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx

from .environment import fork

WHEN = "d MMMM y 'at' HH:mm 'UTC'"


class Commit(NamedTuple):
    """What the pages were built from."""

    name: str
    changed: bool


def git(root: Path, *arguments: str) -> str:
    """Ask git about the tree at this place, and not about one around it."""
    run = subprocess.run(
        ["git", "-C", root, *arguments],
        env=os.environ | {"GIT_CEILING_DIRECTORIES": str(root.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout.strip()


def commit_of(root: Path) -> Commit | None:
    """Return the commit, and whether the tree differs; None without git."""
    try:
        name = git(root, "rev-parse", "HEAD")
        return Commit(name, git(root, "status", "--porcelain") != "")
    except (OSError, subprocess.CalledProcessError):
        return None


def built(environ: Mapping[str, str]) -> str:
    """Return the time of the build, or the one that is to stand for it."""
    seconds = float(environ.get("SOURCE_DATE_EPOCH") or time.time())
    moment = datetime.fromtimestamp(seconds, UTC)
    return format_datetime(moment, WHEN, locale="en")


def duration(seconds: float) -> str:
    """Return in words how long something took."""
    if seconds < 1:
        return "less than a second"
    minutes, rest = divmod(round(seconds), 60)
    parts = [(minutes, "minute"), (rest, "second")]
    return " and ".join(
        f"{count} {unit}{'s' if count > 1 else ''}"
        for count, unit in parts
        if count
    )


def made(
    when: str, commit: Commit | None, repository: str, seconds: float | None
) -> str:
    """Return the sentences that say what made a page."""
    source = ""
    if commit:
        source = f"<code>{commit.name[:7]}</code>"
        if repository:
            link = f"https://github.com/{repository}/commit/{commit.name}"
            source = f'<a href="{escape(link)}">{source}</a>'
        changes = " and uncommitted changes" if commit.changed else ""
        source = f" from commit {source}{changes},"
    text = (
        f"Built on {when}{source} with Python {platform.python_version()} "
        f"and NumPy {version('numpy')}."
    )
    if seconds is not None:
        text += f" The cells of this page ran for {duration(seconds)}."
    return f'<p class="measured">{text}</p>'


def links(repository: str, branch: str, file: str, title: str) -> str:
    """Return links to edit a page and to report what is wrong with it."""
    if not repository:
        return ""
    home = f"https://github.com/{repository}"
    report = urlencode(
        {
            "title": f"Error on the page “{title}”",
            "body": f"Page: `{file}`\n\nThis is wrong, or unclear:\n\n",
        },
        quote_via=quote,
    )
    edit = f"{home}/edit/{quote(branch)}/{quote(file)}"
    return (
        f'<p><a href="{escape(edit)}">Edit this page</a> · '
        f'<a href="{escape(f"{home}/issues/new?{report}")}">'
        "Report an error</a></p>"
    )


def note_build(app: Sphinx) -> None:
    """Find out once what this build is."""
    app.book_build = built(os.environ), commit_of(Path(app.srcdir))


def add(
    app: Sphinx,
    page: str,
    template: str,
    context: dict[str, Any],
    document: nodes.document | None,
) -> None:
    """Put the colophon at the foot of a page."""
    when, commit = app.book_build
    repository, branch = fork(os.environ)
    seconds = None
    foot = ""
    if document is not None:
        data = NbMetadataCollector.get_exec_data(app.env, page)
        seconds = data and data["runtime"]
        file = Path(app.env.doc2path(page)).relative_to(app.srcdir).as_posix()
        title = app.env.titles[page].astext()
        foot = links(repository, branch, file, title)
    foot += made(when, commit, repository, seconds)
    context["theme_extra_footer"] = f'<div class="colophon">{foot}</div>'


def setup(app: Sphinx) -> None:
    """Ask git at the start, and add the colophon to every page."""
    app.connect("builder-inited", note_build)
    app.connect("html-page-context", add)
