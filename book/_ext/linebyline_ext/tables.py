"""Tables: where the corner above the first column is empty, it names rows."""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform


class RowNames(SphinxPostTransform):
    """Make headers of a first column that has none of its own."""

    default_priority = 200
    formats = ("html",)

    def run(self, **_: object) -> None:
        """Mark the columns; docutils writes their cells as headers."""
        for group in self.document.findall(nodes.tgroup):
            head = next(group.findall(nodes.thead), None)
            if head and not next(head.findall(nodes.entry)).astext().strip():
                next(group.findall(nodes.colspec))["stub"] = 1


def setup(app: Sphinx) -> None:
    """Add the transform."""
    app.add_post_transform(RowNames)
