"""Name the forms of a picture, and write it in one that is no text for a terminal."""

from __future__ import annotations

from typing import Literal

from maestro_cli.graph_view.picture import Picture

__all__ = ["FORMS", "Form", "written"]

Form = Literal["text", "mermaid", "dot", "svg"]
FORMS: tuple[Form, ...] = ("text", "mermaid", "dot", "svg")


def written(picture: Picture, form: Form) -> str:
    """Return the picture in a form, each of which has a module of its own.

    Args:
        picture: What is drawn.
        form: ``mermaid``, ``dot`` or ``svg``; as text it is for a pipe without end or colours.
    """
    if form == "svg":
        from maestro_cli.graph_view.as_svg import svg

        return svg(picture)
    if form == "dot":
        from maestro_cli.graph_view.as_dot import dot

        return dot(picture)
    if form == "mermaid":
        from maestro_cli.graph_view.as_mermaid import mermaid

        return mermaid(picture)
    from maestro_cli.graph_view.as_text import text_lines

    lines = text_lines(picture, width=None, paint=lambda text, _style: text, unicode=True)
    return "\n".join(lines) + "\n"
