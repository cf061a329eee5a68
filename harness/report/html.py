"""``report.html``: one self-contained page from the report alone.

Nothing is loaded from anywhere and nothing of the service becomes markup: text is escaped where elements are made,
and the page's own policy forbids every source but its one style sheet and its one script, by their hashes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from importlib.resources import files

from harness.report.format import Report
from harness.report.page.coverage import coverage
from harness.report.page.findings import findings
from harness.report.page.markup import Html, join, tag, verbatim
from harness.report.page.numbers import checks, facts, loads, references, watched
from harness.report.page.words import VERDICT, duration


def render(report: Report) -> str:
    """Return the page of a report."""
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
    body = tag("body", _top(report), tag("main", _sections(report), id="main"), tag("script", verbatim(script)))
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


def _top(report: Report) -> Html:
    """Return the verdict with its reason, the reasons, and the way to each part."""
    mark, word = VERDICT[report.verdict]
    run = report.run
    line = " · ".join(part for part in (run.target, f"seed {run.seed}", duration(run.took), run.started) if part)
    return tag(
        "header",
        tag("a", "Skip to the findings", href="#findings", class_="skip"),
        tag("p", "harness · reliability report", class_="quiet"),
        tag(
            "h1",
            tag("span", f"{mark} {word}", class_=f"badge {word}"),
            " ",
            tag("span", _capital(report.sentence) + "."),
        ),
        tag("p", line, class_="quiet"),
        _sentences(report.reasons, "Reasons"),
        _sentences((notice.text for notice in report.notices), "What the gate says beside its verdict"),
        _ways(report),
    )


def _capital(text: str) -> str:
    """Return a sentence with its first letter as a capital."""
    return text[:1].upper() + text[1:]


def _sentences(told: Iterable[str], name: str) -> Html | None:
    """Return a list of sentences; None where there is none."""
    items = [tag("li", sentence) for sentence in told]
    return tag("ul", items, class_="reasons", aria_label=name) if items else None


def _ways(report: Report) -> Html:
    """Return links to the parts that are there."""
    parts = [("findings", "Findings"), ("coverage", "What was run")]
    parts += [("load", "Load")] if report.loads else []
    parts += [("watch", "Watched routes")] if report.watched else []
    parts += [("checks", "Checks"), ("run", "The run")]
    return tag("nav", [tag("a", name, href=f"#{place}") for place, name in parts], aria_label="Parts of the report")


def _sections(report: Report) -> Html:
    """Return every part in the order in which it is asked for."""
    return join(
        findings(report),
        coverage(report),
        loads(report),
        watched(report),
        checks(report),
        references(report),
        facts(report),
    )
