"""Numbers of chapters and sections, from `chapter: 11` in a page's header.

Sphinx numbers pages by their place in the table of contents. A chapter of
this book keeps its number while others are still to come, so its page says
it. Sections, figures, listings, tables, equations and exercises follow.
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx_external_toc.collectors import TocTreeCollectorWithStyles

Numbers = dict[str, tuple[int, ...]]


def number_sections(env: BuildEnvironment, docname: str) -> Numbers:
    """Assign numbers to a title and sections; return numbers by anchor."""
    chapter = env.metadata[docname].get("chapter")
    if chapter is None:
        return {}
    numbers: Numbers = {}

    def assign(entries: nodes.Element, depth: int, start: list[int]) -> None:
        for place, entry in enumerate(entries, 1):
            number = [*start, place] if depth else start
            reference = entry[0][0]
            shown = number if depth < 2 else []
            reference["secnumber"] = shown or None
            numbers[reference["anchorname"]] = tuple(shown)
            for deeper in entry[1:]:
                assign(deeper, depth + 1, number)

    assign(env.tocs[docname], 0, [int(chapter)])
    env.titles[docname]["secnumber"] = [int(chapter)]
    return numbers


def assign_section_numbers(
    collector: TocTreeCollectorWithStyles, env: BuildEnvironment
) -> list[str]:
    """Assign the chapters' numbers; return the pages whose numbers changed."""
    old = env.toc_secnumbers
    env.toc_secnumbers = {
        docname: numbers
        for docname in env.tocs
        if (numbers := number_sections(env, docname))
    }
    return [
        docname
        for docname in env.tocs
        if old.get(docname) != env.toc_secnumbers.get(docname)
    ]


def setup(app: Sphinx) -> None:
    """Take the place of Sphinx's numbering by the table of contents."""
    TocTreeCollectorWithStyles.assign_section_numbers = assign_section_numbers
