"""Make one PDF of the whole book from its built site.

Run as: PYTHONPATH=book/_ext python -m offline.pdf

pdf.js joins the articles of all pages into one document, with a cover and
contents before them, and Chromium prints it: so links between chapters stay
within the PDF. It prints twice, because the contents learn from the first
time on which page each title stands. How a page looks on paper is said in
the site's own book.css, and in pdf.css what only a whole book needs.
"""

import io
import os
import re
import shutil
from datetime import UTC, datetime
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

import matplotlib
import pikepdf
import yaml
from babel.dates import format_date
from linebyline_ext.colophon import commit_of, git
from linebyline_ext.environment import site_address, source_address
from playwright.sync_api import Page, sync_playwright
from sphinx_external_toc.parsing import parse_toc_yaml

from .landing import FOLDER, PDF, ROOT, SITE, announce, settings, size

HERE = Path(__file__).parent
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = ["--no-sandbox", "--disable-gpu"]
PATIENCE = 600_000  # milliseconds; the document is long
READY = """async () => {
  await MathJax.startup.promise;
  await MathJax.typesetPromise();
  await document.fonts.ready;
  await Promise.all([...document.images].map((image) => image.decode()));
}"""
DRAWN = """() => [...document.querySelectorAll("pre.mermaid")].every(
  (diagram) => diagram.querySelector("svg"))"""
MATHJAX = re.compile(
    r"(<script>)(window\.MathJax = \{)(.*?</script>)\s*<script [^>]*"
    r'src="[./]*(_static/mathjax/[^"]+)"'
)
STYLE = re.compile(r'<link rel="stylesheet" href="[./]*(_static/[^"]+)"')
# One set of fonts, whatever the machine has. Family, style, weight, file.
FONTS = (
    ("serif", "normal", 400, "font_source_serif_pro/SourceSerifPro-Regular"),
    ("serif", "italic", 400, "font_source_serif_pro/SourceSerifPro-It"),
    ("serif", "normal", 700, "font_source_serif_pro/SourceSerifPro-Bold"),
    ("serif", "italic", 700, "font_source_serif_pro/SourceSerifPro-BoldIt"),
    ("sans", "normal", 400, "font_source_sans_pro/SourceSansPro-Regular"),
    ("sans", "italic", 400, "font_source_sans_pro/SourceSansPro-It"),
    ("sans", "normal", 600, "font_source_sans_pro/SourceSansPro-Semibold"),
    ("sans", "normal", 700, "font_source_sans_pro/SourceSansPro-Bold"),
    ("mono", "normal", 400, "DejaVuSansMono"),
    ("mono", "italic", 400, "DejaVuSansMono-Oblique"),
    ("mono", "normal", 700, "DejaVuSansMono-Bold"),
)
DOCUMENT = """<!DOCTYPE html>
<html lang="{language}" data-theme="light" data-content_root="{root}">
<head>
<meta charset="utf-8">
<title>{title}</title>
<link rel="stylesheet" href="{root}{style}">
<style>{fonts}</style>
<link rel="stylesheet" href="{here}/pdf.css">
{mathjax}
<script src="{here}/pdf.js"></script>
</head>
<body>
<section class="cover">
<img src="{root}_static/logo.svg" alt="">
<p class="cover-title">{title}</p>
<p class="cover-promise">{promise}</p>
<div class="picture"></div>
<p class="cover-foot">{foot}</p>
</section>
<main class="bd-main"><div class="bd-content">
<div class="bd-article-container"></div>
</div></main>
</body>
</html>
"""


def pages() -> list[dict[str, str]]:
    """Return the pages in the order of the contents, with their HTML."""
    toc = parse_toc_yaml(ROOT / "_toc.yml")
    names = [("", toc.root.docname)]
    for part in toc.root.subtrees:
        names += [(part.caption or "", str(page)) for page in part.items]
    return [
        {
            "part": part,
            "name": name,
            "html": (SITE / f"{name}.html").read_text(encoding="utf-8"),
        }
        for part, name in names
    ]


def font_faces() -> str:
    """Return the rules for the fonts, which come from packages."""
    own = Path(matplotlib.get_data_path(), "fonts", "ttf")
    rules = []
    for family, style, weight, name in FONTS:
        package, _, face = name.rpartition("/")
        folder = Path(str(files(package))) / "files" if package else own
        address = (folder / f"{face}.ttf").as_uri()
        rules.append(
            f'@font-face {{ font-family: "Book {family}"; font-style: {style};'
            f' font-weight: {weight}; src: url("{address}"); }}'
        )
    return "\n".join(rules)


def edition() -> tuple[datetime | None, str]:
    """Return the moment of the commit, and a sentence with both.

    Not the moment of the build: two builds of one commit give one text.
    """
    commit = commit_of(ROOT)
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    if commit and not seconds:
        seconds = git(ROOT, "show", "--no-patch", "--format=%ct")
    moment = datetime.fromtimestamp(int(seconds), UTC) if seconds else None
    told = []
    if moment:
        told.append(
            f"Edition of {format_date(moment, 'long', locale='en_GB')}"
        )
    if commit:
        changes = " with uncommitted changes" if commit.changed else ""
        told.append(f"commit {commit.name[:7]}{changes}")
    return moment, ", ".join(told)


def authors() -> str:
    """Return the names of the authors as one is to cite them."""
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    return ", ".join(
        who.get("name")
        or f"{who.get('given-names', '')} {who['family-names']}".strip()
        for who in yaml.safe_load(text)["authors"]
    )


def document(book: list[dict[str, str]], told: str) -> str:
    """Return the document that pdf.js fills: its head and the cover."""
    found = settings()
    mathjax = next(filter(None, (MATHJAX.search(p["html"]) for p in book)))
    script, name, rest, address = mathjax.groups()
    root = f"{SITE.as_uri()}/"
    site = site_address(os.environ)
    foot = [escape(f"© {found['copyright']}"), escape(told)]
    if site:
        foot.append(f'<a href="{escape(site)}">{escape(site)}</a>')
    promise = re.search(r"sd-fs-5[^>]*>\s*<p>(.*?)</p>", book[0]["html"], re.S)
    return DOCUMENT.format(
        language=found["sphinx"]["config"]["language"],
        root=root,
        here=HERE.as_uri(),
        title=escape(found["title"]),
        style=STYLE.search(book[0]["html"])[1],
        fonts=font_faces(),
        mathjax=f'{script}{name}"startup": {{"typeset": false}}, {rest}\n'
        f'<script src="{root}{address}"></script>',
        promise=promise[1] if promise else "",
        foot="<br>".join(filter(None, foot)),
    )


def fill(tab: Page, book: list[dict[str, str]]) -> list[dict[str, str]]:
    """Put the pages into the document; return what its contents list."""
    entries = tab.evaluate(
        "book => makeBook(book)",
        {
            "pages": book,
            "files": f"{SITE.as_uri()}/",
            "site": site_address(os.environ),
            "source": source_address(os.environ),
        },
    )
    tab.evaluate(READY)
    tab.add_script_tag(url=f"{SITE.as_uri()}/_static/diagrams.js")
    tab.wait_for_function(DRAWN)
    return entries


def page_numbers(pdf: pikepdf.Pdf) -> dict[str, int]:
    """Return the page of each place that something links to."""
    places = {page.objgen: at for at, page in enumerate(pdf.pages, 1)}
    return {
        name[1:]: places[target[0].objgen]
        for name, target in pdf.Root.Dests.items()
    }


def print_book(tab: Page) -> bytes:
    """Print the document, with the right numbers in its contents."""
    paper: dict[str, Any] = {
        "prefer_css_page_size": True,
        "print_background": True,
    }
    with pikepdf.open(io.BytesIO(tab.pdf(tagged=False, **paper))) as pdf:
        tab.evaluate("numbers => numberContents(numbers)", page_numbers(pdf))
    return tab.pdf(tagged=True, **paper)


def add_outline(pdf: pikepdf.Pdf, entries: list[dict[str, str]]) -> None:
    """Give the PDF an outline: parts, chapters, sections."""
    levels = {"part": 0, "chapter": 1, "section": 2}
    with pdf.open_outline() as outline:
        open_at = [outline.root]
        for entry in entries:
            target = pdf.Root.Dests[f"/{entry['target']}"]
            item = pikepdf.OutlineItem(entry["title"], target)
            item.is_closed = entry["kind"] == "chapter"
            del open_at[levels[entry["kind"]] + 1 :]
            open_at[-1].append(item)
            if entry["kind"] != "section":
                open_at.append(item.children)


def finish(
    data: bytes,
    path: Path,
    entries: list[dict[str, str]],
    moment: datetime | None,
) -> int:
    """Say in the PDF what it is, and write it; return its pages."""
    found = settings()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        add_outline(pdf, entries)
        with pdf.open_metadata(set_pikepdf_as_editor=False) as about:
            about["dc:title"] = found["title"]
            about["dc:creator"] = [authors()]
            about["dc:language"] = [found["sphinx"]["config"]["language"]]
            about["dc:rights"] = found["copyright"]
            about["pdf:Producer"] = str(pdf.docinfo["/Producer"])
        pdf.docinfo["/Title"] = found["title"]
        pdf.docinfo["/Author"] = authors()
        for name in ("/Creator", "/CreationDate", "/ModDate"):
            if name in pdf.docinfo:
                del pdf.docinfo[name]
        if moment:
            pdf.docinfo["/CreationDate"] = f"{moment:D:%Y%m%d%H%M%SZ}"
        pdf.Root.PageMode = pikepdf.Name.UseOutlines
        path.parent.mkdir(exist_ok=True)
        pdf.save(
            path,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            deterministic_id=True,
        )
        return len(pdf.pages)


def main() -> None:
    """Make the PDF and say so on the first page of the site."""
    chromium = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if not chromium:
        raise SystemExit("The PDF needs Chromium or Chrome, on PATH.")
    if not SITE.is_dir():
        raise SystemExit("The PDF is made from the site: `make book` first.")
    moment, told = edition()
    book = pages()
    source = SITE.parent / "pdf" / "book.html"
    source.parent.mkdir(exist_ok=True)
    source.write_text(document(book, told), encoding="utf-8")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        tab = browser.new_page()
        tab.set_default_timeout(PATIENCE)
        tab.goto(source.as_uri())
        entries = fill(tab, book)
        data = print_book(tab)
        browser.close()
    path = SITE / FOLDER / PDF
    count = finish(data, path, entries, moment)
    announce()
    print(f"{path}: {count} pages, {size(path)}")


if __name__ == "__main__":
    main()
