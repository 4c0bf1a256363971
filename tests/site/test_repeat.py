"""Two builds are compared but for the times that they measured."""

import sys

import pytest
from site_reader import ROOT

sys.path.append(str(ROOT / "benchmarks"))

from repeat import differences

PAGE = """<html><nav>5 minutes ago</nav><article><p>Accuracy 98.1
<span class="measured">3 seconds</span></p>
<div class="cell tag_measured"><pre>timed</pre>
<div class="cell_output"><p>4 ms</p><img src="a1.svg"></div></div>
<img src="b2.svg"></article></html>"""


def site(folder, html):
    folder.mkdir()
    (folder / "page.html").write_text(html, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("3 seconds", "9 seconds"),
        ("4 ms", "7 ms"),
        ("a1", "a2"),
        ("5 m", "6 m"),
    ],
)
def test_times_and_what_surrounds_the_article_may_differ(tmp_path, old, new):
    one = site(tmp_path / "one", PAGE)
    other = site(tmp_path / "other", PAGE.replace(old, new))
    assert differences(one, other) == []


@pytest.mark.parametrize(
    ("old", "new"), [("98.1", "98.2"), ("b2", "b3"), ("timed", "times")]
)
def test_other_differences_are_named(tmp_path, old, new):
    one = site(tmp_path / "one", PAGE)
    other = site(tmp_path / "other", PAGE.replace(old, new))
    found = differences(one, other)
    assert len(found) == 2
    assert all(line.startswith("page.html: ") for line in found)
    assert old in found[0]
    assert new in found[1]


def test_a_page_that_one_site_lacks_is_named(tmp_path):
    one = site(tmp_path / "one", PAGE)
    other = site(tmp_path / "other", PAGE)
    (other / "more.html").write_text(PAGE)
    assert differences(one, other) == ["only in one: more.html"]
