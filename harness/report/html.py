"""``report.html``: one self-contained page from the report alone.

Nothing is loaded from anywhere and nothing of the service becomes markup: text is escaped where elements are made,
and the page's own policy forbids every source but its one style sheet and its one script, by their hashes.
"""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from harness.report.format import Report
from harness.report.page.bounds import bounded
from harness.report.page.coverage import coverage
from harness.report.page.fields import fields
from harness.report.page.findings import findings
from harness.report.page.loads import loads
from harness.report.page.markup import Html, join, tag, verbatim
from harness.report.page.numbers import checks, facts, references, watched
from harness.report.page.servers import servers
from harness.report.page.top import top
from harness.report.page.words import VERDICT


def render(report: Report) -> str:
    """Return the page of a report; what is too long or too much for a page is left out, counted, and said to be."""
    report = bounded(report)
    style, script = _own("page.css"), _own("page.js")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", f"{VERDICT[report.verdict][1]}: {report.run.id}"),
        tag("style", verbatim(style)),
    )
    body = tag("body", top(report), tag("main", _sections(report), id="main"), tag("script", verbatim(script)))
    return "<!doctype html>\n" + tag("html", head, "\n", body, lang="en").text + "\n"


def _own(name: str) -> str:
    """Return one of the page's own files."""
    return (files("harness.report.page") / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Return the Content-Security-Policy (level 3): nothing but this very style and script."""
    own = f"style-src '{_hash(style)}'; script-src '{_hash(script)}'"
    return f"default-src 'none'; {own}; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    """Return a source expression for inline text."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


ROOM, LEAST = 330_000, 40_000
"""Characters of a page of ordinary size, and those for findings at least."""


def _sections(report: Report) -> Html:
    """Return every part in the order in which it is asked for; findings get the room that the others leave."""
    others = join(
        coverage(report),
        fields(report),
        loads(report),
        servers(report),
        watched(report),
        checks(report),
        references(report),
        facts(report),
    )
    return join(findings(report, max(ROOM - len(others.text), LEAST)), others)
