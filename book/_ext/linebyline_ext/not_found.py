"""404.html: what a server shows for an address that leads nowhere.

It stands for any address, however deep, so it holds all that it needs, and
its links are full addresses. Without a known one they start at the server's
root.
"""

import re
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import quote

from sphinx.application import Sphinx

STATIC = Path("book", "_static")
PAGE = Template("""<!DOCTYPE html>
<html lang="en" data-theme="light">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Page not found — $book</title>
<link rel="icon" href="data:image/svg+xml,$icon">
<script>
(() => {
  const mode = localStorage.getItem("mode") || "auto";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const show = () => {
    const auto = dark.matches ? "dark" : "light";
    document.documentElement.dataset.theme = mode === "auto" ? auto : mode;
  };
  dark.addEventListener("change", show);
  show();
})();
</script>
<style>
$tokens
body {
  max-width: var(--book-measure);
  margin: 0 auto;
  padding: 2rem 1.25rem;
  font: var(--book-text) / 1.62 var(--book-serif);
  color: var(--book-ink);
  background: var(--pst-color-background);
}
header, h1, h2, form { font-family: var(--book-sans); line-height: 1.3; }
header a {
  display: flex;
  gap: 0.75rem;
  align-items: center;
  font-weight: 650;
  color: inherit;
  text-decoration: none;
}
svg { height: 3rem; }
.ink { stroke: var(--book-ink); }
.edge { stroke: var(--book-accent); }
.dot { fill: var(--book-ink); }
.node { fill: var(--book-accent); }
h1 { margin: 3rem 0 1rem; font-size: var(--pst-font-size-h1); }
h2 { margin: 2.5rem 0 1rem; font-size: var(--pst-font-size-h3); }
a { color: var(--book-accent); }
li { padding: 0.15rem 0; }
form { display: flex; gap: 0.5rem; }
input, button {
  min-width: 0;
  padding: 0.6rem 1rem;
  font: inherit;
  font-size: 1rem;
  color: inherit;
  background: var(--book-code-ground);
  border: 1px solid var(--book-quiet);
  border-radius: var(--book-radius);
}
input { flex: 1; }
:focus-visible { outline: 3px solid var(--book-accent); outline-offset: 2px; }
</style>
</head>
<body>
<header><a href="$root$first.html">$logo $book</a></header>
<main>
<h1>Page not found</h1>
<p>There is nothing at this address. A page may have moved, or there is a
mistake in the link that led you here.</p>
<form action="${root}search.html" role="search">
<input type="search" name="q" aria-label="Search this book">
<button>Search</button>
</form>
<h2>The chapters</h2>
<ol>
$chapters
</ol>
<p><a href="$root$first.html">All that the book has</a></p>
</main>
</body>
</html>
""")


def write(app: Sphinx, error: Exception | None) -> None:
    """Write the page, with the chapters that there are."""
    if error is not None or app.builder.format != "html":
        return
    static = Path(app.srcdir) / STATIC
    style = (static / "book.css").read_text(encoding="utf-8")
    logo = (static / "logo.svg").read_text(encoding="utf-8")
    icon = (static / "favicon.svg").read_text(encoding="utf-8")
    root = app.config.html_baseurl or "/"
    numbers = {
        int(number): page
        for page in app.env.found_docs
        if (number := app.env.metadata[page].get("chapter"))
    }
    chapters = "\n".join(
        f'<li value="{number}"><a href="{escape(root)}{page}.html">'
        f"{escape(app.env.titles[page].astext())}</a></li>"
        for number, page in sorted(numbers.items())
    )
    text = PAGE.substitute(
        book=escape(app.config.html_title),
        tokens=re.split(r"/\* \d\..*?\*/", style)[1].strip(),
        logo=logo.replace("<svg ", '<svg aria-hidden="true" ', 1),
        icon=quote(icon),
        root=escape(root),
        first=app.config.root_doc,
        chapters=chapters,
    )
    Path(app.outdir, "404.html").write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Write the page at the end, like those that Sphinx writes itself."""
    app.connect("build-finished", write)
