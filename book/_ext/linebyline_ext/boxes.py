"""Boxes that fold: native <details>, closed at first, each with its link.

Three things fold: `dropdown`, and an `admonition` or a `solution` with
`:class: dropdown`. All become the same element, with a class for each kind
of box and none of the theme's looks. A box without a `:name:` is named after
its title. The "#" that links to it stands beside the <details>, not inside
its <summary>, where it would be a control within a control.
"""

from html import escape

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_design.dropdown import dropdown_main, dropdown_title
from sphinx_design.shared import create_component, is_component
from sphinx_exercise.nodes import solution_node

LINK = (
    '<a class="box-link" href="#{}" aria-label="Link to: {}">'
    '<span aria-hidden="true">#</span></a>'
)


def folds(node: nodes.Node) -> bool:
    """Whether the node is one of the three things that fold."""
    return is_component(node, "dropdown") or (
        isinstance(node, nodes.admonition | solution_node)
        and "dropdown" in node["classes"]
    )


def kinds(node: nodes.Element) -> list[str]:
    """Return the classes that say which kind of box the node is."""
    if isinstance(node, solution_node):
        return ["solution"]
    named = node.get("container_classes", node["classes"])
    return [name for name in named if name not in ("dropdown", "sd-mb-3")]


class Boxes(SphinxPostTransform):
    """Turn all that folds into <details> with a link beside it."""

    default_priority = 195  # after exercises' titles, before sphinx-design
    formats = ("html",)

    def run(self, **options: object) -> None:
        """Replace each node that folds."""
        for node in list(self.document.findall(folds)):
            node.parent.replace(node, self.box(node))

    def box(self, node: nodes.Element) -> nodes.Element:
        """Return the frame for a node whose first child is its title."""
        title, *content = node.children
        if isinstance(node, solution_node):  # its title would be a link
            title = nodes.rubric("", title.astext())
        name = (node["ids"] or title["ids"] or [self.free_id(title)])[0]
        box = dropdown_main(
            opened=node.get("opened", False),
            classes=["box", *kinds(node)],
            ids=[name],
        )
        text = nodes.inline("", "", *title.children, classes=["box-title"])
        box += dropdown_title("", "", text)
        box += create_component(
            "box-body", classes=["box-body"], children=content
        )
        link = LINK.format(name, escape(title.astext()))
        return create_component(
            "box-frame",
            classes=["box-frame"],
            children=[box, nodes.raw("", link, format="html")],
        )

    def free_id(self, title: nodes.Element) -> str:
        """Return an id made from the title that the page does not have."""
        name = wanted = nodes.make_id(title.astext()) or "box"
        count = 1
        while name in self.document.ids:
            count += 1
            name = f"{wanted}-{count}"
        self.document.ids[name] = title
        return name


def setup(app: Sphinx) -> None:
    """Add the transform."""
    app.add_post_transform(Boxes)
