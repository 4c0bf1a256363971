"""One style sheet and one script for a page, in place of a dozen of each.

The theme and the extensions name their files one by one, and each is a
request that the page waits for. As a page is written, the names give way to
those of two bundles. A bundle's first line says what it is made of; the rest
is put in at the end of every build, so that a page left alone gets it too.
Scripts run when the page has been read, in their old order.

Of the icons only those remain that a page shows: their rules in the style
sheet, and their glyphs in the fonts, which the style sheet then holds.
"""

import base64
import hashlib
import io
import posixpath
import re
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from sphinx.application import Sphinx
from sphinx.config import Config

STYLE = re.compile(
    r'\s*<link (?=[^>]*rel="stylesheet")'
    r'[^>]*href="([^"]*?_static/)([^"?]+)([^"]*)"[^>]*>'
)
# MathJax finds its fonts by its own address, so it stays what it is.
SCRIPT = re.compile(
    r'\s*<script [^>]*src="([^"]*?_static/)(?!mathjax/)([^"?]+)([^"]*)"'
    r"[^>]*></script>"
)
TAGS = {
    "css": (STYLE, '\n<link rel="stylesheet" href="{}">'),
    "js": (SCRIPT, '\n<script defer src="{}"></script>'),
}
IMPORT = re.compile(r'@import "([^"]+)";')
URL = re.compile(r"""url\((?!["']?data:)["']?([^"')]+)["']?\)""")
ICON = re.compile(r'(?:\.fa-[\w-]+:before,?)+\{content:"\\[0-9a-f]+"\}')
NAME = re.compile(r"\bfa-[\w-]+")
GLYPH = re.compile(r"\\([ef][0-9a-f]{3})\b")
FONT = re.compile(
    r"(@font-face\{[^}]*)"
    r'url\((vendor/fontawesome/[^)]+)\.woff2\) format\("woff2"\),'
    r'url\(\2\.ttf\) format\("truetype"\)\}'
)


def short(text: str) -> str:
    """Return a few letters that change with the text."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def bundle(html: str, static: Path) -> str:
    """Return the page with two bundles in place of its styles and scripts."""
    for kind, (pattern, tag) in TAGS.items():
        found = pattern.findall(html)
        # On the search page a script looks for another one as it starts.
        if not found or (kind == "js" and "searchtools.js" in html):
            continue
        names = " ".join(name for _, name, _ in found)
        path = static / f"bundle-{short(names)}.{kind}"
        if not path.is_file():
            path.write_text(f"/* {names} */\n", encoding="utf-8")
        version = short("".join(version for *_, version in found))
        first = iter([tag.format(f"{found[0][0]}{path.name}?v={version}")])
        html = pattern.sub(lambda _, first=first: next(first, ""), html)
    return html


def style_sheet(static: Path, name: str) -> str:
    """Return a style sheet with its imports, all addresses from `static`."""
    folder = posixpath.dirname(name)

    def here(path: str) -> str:
        return posixpath.normpath(posixpath.join(folder, path))

    text = (static / name).read_text(encoding="utf-8")
    text = text.replace('@charset "UTF-8";', "")
    text = URL.sub(lambda found: f"url({here(found[1])})", text)
    return IMPORT.sub(lambda found: style_sheet(static, here(found[1])), text)


def contents(static: Path, bundle: Path) -> str:
    """Return the bundle's first line and all that it names."""
    first = bundle.read_text(encoding="utf-8").partition("\n")[0]
    parts = [first]
    for name in first.strip("/* ").split():
        if bundle.suffix == ".css":
            parts.append(style_sheet(static, name))
        else:
            code = (static / name).read_text(encoding="utf-8")
            parts.append(code.rstrip() + "\n;")
    return "\n".join(parts) + "\n"


def only_icons(css: str, shown: set[str]) -> str:
    """Return the style sheet without the rules of icons not shown."""
    return ICON.sub(
        lambda rule: rule[0] if shown & set(NAME.findall(rule[0])) else "",
        css,
    )


def font(path: Path, glyphs: set[int]) -> str:
    """Return a font with only these glyphs as an address, "" with none."""
    drawn = TTFont(path, recalcTimestamp=False)
    glyphs = glyphs & set(drawn.getBestCmap())
    if not glyphs:
        return ""
    options = subset.Options(flavor="woff", layout_features=[])
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=glyphs)
    subsetter.subset(drawn)
    packed = io.BytesIO()
    subset.save_font(drawn, packed, options)
    data = base64.b64encode(packed.getvalue()).decode()
    return f'url(data:font/woff;base64,{data}) format("woff")'


def with_fonts(css: str, static: Path) -> str:
    """Return the style sheet with the icons' fonts cut down and put in."""
    glyphs = {int(code, 16) for code in GLYPH.findall(css)}

    def put_in(found: re.Match[str]) -> str:
        address = font(static / f"{found[2]}.ttf", glyphs)
        return f"{found[1]}{address}}}" if address else ""

    return FONT.sub(put_in, css)


def note_files(app: Sphinx, config: Config) -> None:
    """Make the book's files a setting: if one changes, so do all pages."""
    files = sorted(Path(app.srcdir, "book", "_static").iterdir())
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files))
    config.book_static = digest.hexdigest()


def fill(app: Sphinx, error: Exception | None) -> None:
    """Put into every bundle what its first line names."""
    if error is not None or app.builder.format != "html":
        return
    out = Path(app.outdir)
    static = out / "_static"
    if not any(static.glob("vendor/fontawesome/webfonts/*.ttf")):
        return  # nothing was out of date, and nothing copied
    bundles = sorted(static.glob("bundle-*"))
    text = {path: contents(static, path) for path in bundles}
    scripts = [text[path] for path in bundles if path.suffix == ".js"]
    pages = [p.read_text(encoding="utf-8") for p in out.rglob("*.html")]
    shown = {name for t in pages + scripts for name in NAME.findall(t)}
    for path in bundles:
        if path.suffix == ".css":
            css = only_icons(text[path], shown)
            text[path] = with_fonts(css, static)
        path.write_text(text[path], encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Fill the bundles after Sphinx has copied what they are made of."""
    app.add_config_value("book_static", "", "html")
    app.connect("config-inited", note_files)
    app.connect("build-finished", fill)
