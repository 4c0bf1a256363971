"""The weight of the pages, and the bundles that keep it low."""

import base64
import gzip
import importlib.util
import io
import random
import re
import shutil
import sys

import pytest
from fontTools.ttLib import TTFont
from linebyline_ext import bundles
from matplotlib.font_manager import findfont
from site_reader import ROOT, pages

# By its path: tests/book has a module of the same name.
spec = importlib.util.spec_from_file_location(
    "page_weights", ROOT / "benchmarks" / "pages.py"
)
weights = sys.modules["page_weights"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(weights)

KILOBYTES, REQUESTS = 1200, 30
HEAD = """<head>
<link href="../_static/styles/a.css?digest=1" rel="stylesheet" />
<link rel="stylesheet" type="text/css" href="../_static/b.css?v=2" />
<link rel="icon" href="../_static/icon.svg"/>
<script src="../_static/a.js?v=3"></script>
<script>inline()</script>
<script defer="defer" src="../_static/mathjax/tex.js?v=4"></script>
</head><body>
<script defer src="../_static/scripts/b.js?digest=5"></script>
</body>"""


@pytest.fixture
def static(tmp_path):
    """Give a folder of styles and scripts."""
    (tmp_path / "styles").mkdir()
    (tmp_path / "scripts").mkdir()
    texts = {
        "styles/a.css": '@charset "UTF-8";@import "../c.css";'
        "a{background:url(../images/a.png)}",
        "b.css": 'b{background:url("data:image/png;base64,AA")}',
        "c.css": "c{background:url(images/c.png)}",
        "a.js": "const a = 1",
        "scripts/b.js": "const b = 2 // the end",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_a_page_names_one_style_sheet_and_one_script(static):
    html = bundles.bundle(HEAD, static)
    style, script = sorted(path.name for path in static.glob("bundle-*"))
    assert re.findall(r'rel="stylesheet" href="([^?"]*)', html) == [
        f"../_static/{style}"
    ]
    assert re.findall(r'<script defer src="([^?"]*)', html) == [
        f"../_static/{script}"
    ]
    assert html.index(script) < html.index("inline()") < html.index("tex.js")
    for kept in "icon.svg", "inline()", 'src="../_static/mathjax/tex.js?v=4"':
        assert kept in html


def test_a_change_of_a_file_changes_the_address(static):
    changed = bundles.bundle(HEAD.replace("?v=3", "?v=6"), static)
    assert changed != bundles.bundle(HEAD, static)
    assert len(list(static.glob("bundle-*"))) == 2


def test_a_search_page_keeps_its_scripts(static):
    html = bundles.bundle(HEAD.replace("a.js", "searchtools.js"), static)
    assert html.count("<script") == HEAD.count("<script")


def test_bundles_hold_their_files_in_order(static):
    bundles.bundle(HEAD, static)
    style, script = sorted(static.glob("bundle-*"))
    text = bundles.contents(static, style)
    assert text.startswith("/* styles/a.css b.css */\n")
    assert "@" not in text
    assert [text.index(c) for c in ("c{", "a{", "b{")] == sorted(
        text.index(c) for c in ("c{", "a{", "b{")
    )
    for address in (
        "images/a.png",
        "images/c.png",
        '"data:image/png;base64,AA"',
    ):
        assert f"url({address})" in text
    text = bundles.contents(static, script)
    assert text.splitlines()[1:] == [
        "const a = 1",
        ";",
        "const b = 2 // the end",
        ";",
    ]
    script.write_text(text)
    assert bundles.contents(static, script) == text


def test_icons_that_no_page_shows_are_left_out():
    css = (
        '.fa-a:before,.fa-old-a:before{content:"\\f001"}'
        '.fa-b:before{content:"\\f002"}.fa-lg{font-size:2em}'
    )
    kept = bundles.only_icons(css, {"fa-old-a"})
    assert kept == css.replace('.fa-b:before{content:"\\f002"}', "")


def icons(css):
    """Return the codes of a style sheet's icons by their names."""
    rule = r'((?:\.fa-[\w-]+:before,?)+)\{content:"\\(\w+)"\}'
    return {
        name: int(code, 16)
        for names, code in re.findall(rule, css)
        for name in re.findall(r"fa-[\w-]+", names)
    }


def test_every_icon_of_the_site_has_its_glyph(site):
    theme = site / "_static" / "styles" / "pydata-sphinx-theme.css"
    known = icons(theme.read_text(encoding="utf-8"))
    classes = "".join(
        attribute
        for page in pages()
        for attribute in re.findall(
            'class="[^"]*"', (site / page).read_text(encoding="utf-8")
        )
    )
    shown = known.keys() & set(re.findall(r"\bfa-[\w-]+", classes))
    assert {"fa-magnifying-glass", "fa-sun"} <= shown
    for path in (site / "_static").glob("bundle-*.css"):
        css = path.read_text(encoding="utf-8")
        glyphs = set()
        for font in re.findall(r"url\(data:font/woff;base64,([^)]+)\)", css):
            data = io.BytesIO(base64.b64decode(font))
            glyphs |= set(TTFont(data).getBestCmap())
        assert {known[icon] for icon in shown} <= glyphs
        assert shown <= icons(css).keys()
        assert len(glyphs) < 100


def test_a_font_without_a_wanted_glyph_is_left_out(static):
    face = (
        "@font-face{{font-family:{0};src:url(vendor/fontawesome/{0}.woff2) "
        'format("woff2"),url(vendor/fontawesome/{0}.ttf) format("truetype")}}'
    )
    folder = static / "vendor" / "fontawesome"
    folder.mkdir(parents=True)
    shutil.copy(findfont("DejaVu Sans"), folder / "sans.ttf")
    shutil.copy(findfont("STIXNonUnicode"), folder / "other.ttf")
    css = face.format("sans") + face.format("other")
    css += '.fa-a:before{content:"\\f003"}.a:before{content:"\\fb00"}'
    text = bundles.with_fonts(css, static)
    assert text.count("@font-face") == 1
    assert "font-family:sans" in text
    assert "ttf" not in text
    assert len(text) < 5000


@pytest.fixture
def small_site(tmp_path):
    """Give a page that loads a style, and a picture when the style is there.

    The script is never loaded, and the picture cannot be packed further.
    """
    noise = random.Random(0).randbytes(3000)
    html = (
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="a.css">'
        "<p>One</p><!-- a.js -->"
    )
    (tmp_path / "page.html").write_text(html)
    (tmp_path / "a.css").write_text("p { background: url(a.png) }" * 100)
    (tmp_path / "a.png").write_bytes(noise)
    (tmp_path / "a.js").write_text("nobody asks for this")
    return tmp_path


def test_all_that_a_page_loads_is_weighed(browser, small_site):
    (load,) = weights.weigh(browser, small_site, ["page.html"])
    files = dict(load.files)
    assert files.keys() == {"page.html", "a.css", "a.png"}
    assert files["a.png"] == 3000
    style = (small_site / "a.css").read_bytes()
    assert files["a.css"] == len(gzip.compress(style, 6)) < len(style)
    assert load.kilobytes * 1000 == sum(files.values())
    assert load.seconds > 0.1  # three files, one after the other


def test_the_table_has_the_pages_and_no_parts_of_pages(small_site):
    (small_site / "_static").mkdir()
    (small_site / "_static" / "part.html").touch()
    assert weights.pages_below(small_site) == ["page.html"]


def test_chapters_are_light(browser, site):
    chapters = [page for page in pages() if page.startswith("book/part")]
    assert chapters
    for load in weights.weigh(browser, site, chapters, None):
        assert load.kilobytes <= KILOBYTES, (load.page, load.files)
        assert len(load.files) <= REQUESTS, (load.page, load.files)


def test_only_the_style_sheet_is_waited_for(site, page):
    html = (site / page).read_text(encoding="utf-8")
    styles = re.findall(r'<link [^>]*rel="stylesheet"[^>]*>', html)
    scripts = re.findall(r"<script [^>]*src=[^>]*>", html)
    assert len(styles) <= 1
    if page != "search.html":
        assert all("defer" in script for script in scripts), scripts


def test_the_old_names_are_loaded_by_nobody(site, page):
    """A page without diagrams does not ask for mermaid, nor for parts."""
    html = (site / page).read_text(encoding="utf-8")
    assert "mermaid/" not in html
    assert "preload" not in html
