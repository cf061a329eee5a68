"""HTML by construction: text is escaped unless it was made here, so nothing from the service becomes markup."""

from __future__ import annotations

import html
from collections.abc import Iterable

from harness.model.records import record
from harness.report.shown import visible


@record
class Html:
    """Markup that was made by :func:`tag` or :func:`verbatim`."""

    text: str


Child = Html | str | None
"""What stands inside an element: markup, text to be escaped, or nothing."""

_VOID = frozenset(("meta", "br", "hr", "line", "path", "circle", "polyline", "rect"))


def tag(element: str, /, *children: Child | Iterable[Child], **attributes: object) -> Html:
    """Return an element. ``class_`` stands for ``class``, ``_`` in a name for ``-``; None and False are left out."""
    given = ((key, value) for key, value in attributes.items() if value is not None and value is not False)
    pairs = "".join(_attribute(key, value) for key, value in given)
    if element in _VOID and not children:
        return Html(text=f"<{element}{pairs}>" if element in ("meta", "br", "hr") else f"<{element}{pairs}/>")
    return Html(text=f"<{element}{pairs}>{join(*children).text}</{element}>")


def join(*children: Child | Iterable[Child]) -> Html:
    """Return children one after another."""
    return Html(text="".join(_inner(child) for child in children))


def verbatim(text: str) -> Html:
    """Return text of our own files (style, script) as it is. Never call it with anything of a run."""
    return Html(text=text)


def _inner(child: Child | Iterable[Child]) -> str:
    """Return one child as markup."""
    if child is None:
        return ""
    if isinstance(child, Html):
        return child.text
    if isinstance(child, str):
        return html.escape(visible(child))
    return "".join(_inner(one) for one in child)


def _attribute(key: str, value: object) -> str:
    """Return one attribute with its value escaped; True is an attribute without one."""
    name = key.rstrip("_").replace("_", "-") if key != "viewBox" else key
    return f" {name}" if value is True else f' {name}="{html.escape(visible(str(value)))}"'


def table(
    head: Iterable[Child],
    rows: Iterable[Iterable[Child] | Html],
    *,
    numbers: Iterable[int] = (),
    caption: str = "",
    style: str | None = None,
) -> Html:
    """Return a table that scrolls by itself where it is too wide. ``numbers`` are the columns set flush right.

    A row may be a finished ``tr`` (or ``tbody``, where all are). ``style`` is the class of the table.
    """
    right = frozenset(numbers)

    def cell(name: str, place: int, child: Child) -> Html:
        scope = "col" if name == "th" else None
        return tag(name, child, class_="number" if place in right else None, scope=scope)

    def line(row: Iterable[Child] | Html) -> Html:
        return row if isinstance(row, Html) else tag("tr", [cell("td", place, c) for place, c in enumerate(row)])

    body = join([line(row) for row in rows])
    held = tag(
        "table",
        tag("caption", caption) if caption else None,
        tag("thead", tag("tr", [cell("th", place, child) for place, child in enumerate(head)])),
        body if body.text.startswith("<tbody") else tag("tbody", body),
        class_=style,
    )
    return scrolling(held, caption or "table")


def scrolling(inside: Html, name: str) -> Html:
    """Return a box that scrolls sideways where its content is too wide; ``name`` is read to those who enter it."""
    return tag("div", inside, class_="scroll", tabindex="0", role="group", aria_label=name)


def fold(summary: Child | Iterable[Child], *children: Child | Iterable[Child], open_: bool = False) -> Html:
    """Return a part that opens on demand, by mouse or keyboard."""
    return tag("details", tag("summary", summary), tag("div", *children, class_="inside"), open=open_)
