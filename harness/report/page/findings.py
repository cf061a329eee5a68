"""Findings as cards, one a cause: what happened, what is expected, why it matters, and where else it shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from harness.report.format import Report, ReportedFinding
from harness.report.page.causes import Cause, causes
from harness.report.page.contrast import contrast
from harness.report.page.evidence import evidence
from harness.report.page.markup import Html, fold, join, table, tag
from harness.report.page.sequence import sequence
from harness.report.page.story import story
from harness.report.page.words import FAMILY, severity
from harness.report.standing import repeated, standing
from harness.report.summary import plural

ROWS = 60
"""Further troubles that a card lists."""
MOST = 100
"""Causes without a card that have a row; the rest is counted."""


def findings(report: Report, room: int) -> Html:
    """Return the section of all findings, worst cause first; those that fail the gate first, advice last.

    ``room`` is how many characters there are for cards; causes beyond it have a row each.
    """
    found = causes(report.findings)
    cards = _cards(found, room)
    by_part: dict[str, list[tuple[Cause, Html]]] = {part: [] for part in _PARTS}
    for cause, card in zip(found, cards, strict=False):
        by_part[_part(cause)].append((cause, card))
    return tag(
        "section",
        tag("h2", _title(report.findings, found)),
        None
        if found
        else tag("p", f"No finding in the {plural(report.coverage.total.run, 'case')} that ran.", class_="quiet"),
        [_titled(_PARTS[part], held) for part, held in by_part.items() if held],
        _further(found[len(cards) :]),
        id="findings",
    )


_PARTS = {"fail": "", "excused": "Not counted: waived, or known already", "advice": "Advice: does not fail the gate"}
"""The parts of the section in order, with what stands above each."""


def _titled(title: str, held: Sequence[tuple[Cause, Html]]) -> Html:
    """Return the cards of one part under its title with the number of findings; the first part has none."""
    number = sum(len(cause.findings) for cause, _ in held)
    return join(tag("h3", f"{title} ({number})") if title else None, [card for _, card in held])


def _part(cause: Cause) -> str:
    """Return how the gate takes a cause; a filter goes by the same words."""
    first = cause.first
    return "fail" if first.fails_gate else "excused" if first.reaches_gate else "advice"


def _title(listed: tuple[ReportedFinding, ...], found: tuple[Cause, ...]) -> str:
    if not listed:
        return "Findings (0)"
    return f"Findings ({plural(len(listed), 'finding')} of {plural(len(found), 'cause')})"


def _cards(found: Iterable[Cause], room: int) -> list[Html]:
    """Return a card for each cause while there is room; the first has one in any case, and is open."""
    cards = list[Html]()
    for cause in found:
        card = _card(cause, open_=not cards and cause.first.fails_gate)
        room -= len(card.text)
        if cards and room < 0:
            break
        cards.append(card)
    return cards


def _further(beyond: Sequence[Cause]) -> Html | None:
    """Return a row for each cause that has no card."""
    if not beyond:
        return None
    said = f"{plural(len(beyond), 'further cause')}: the page has no room for their evidence, report.json has it."
    head = ("severity", "symptom", "where", "gate", "smallest case", "repeat it")
    rows = [_in_brief(cause) for cause in beyond[:MOST]]
    more = len(beyond) - MOST
    return join(
        tag("h3", said),
        table(head, rows, caption="Further causes"),
        tag("p", f"{more:,} more causes are in report.json.", class_="facts") if more > 0 else None,
    )


def _in_brief(cause: Cause) -> Html:
    """Return the row of one cause."""
    first = cause.first
    return tag(
        "tr",
        tag("td", severity(first.severity)),
        tag("td", first.symptom),
        tag("td", _where(cause)),
        tag("td", standing(first)),
        tag("td", tag("code", first.case)),
        tag("td", tag("code", first.repeat)),
        **_about(cause, "finding"),
        tabindex="-1",
    )


def _about(cause: Cause, style: str) -> dict[str, str]:
    """Return the attributes by which a cause is found: its link and what it can be filtered by."""
    first = cause.first
    return {
        "id": f"finding-{first.fingerprint}",
        "class_": style,
        "data_verdict": _part(cause),
        "data_severity": first.severity.value,
        "data_family": " ".join(cause.families),
        "data_operation": " ".join(cause.operations),
    }


def _card(cause: Cause, *, open_: bool) -> Html:
    """Return the card of one cause: everything there is of its smallest case, and where else it shows."""
    first = cause.first
    head = tag(
        "h3",
        severity(first.severity),
        " ",
        tag("span", first.symptom, class_="symptom"),
        " ",
        tag("span", _where(cause), class_="quiet"),
    )
    inside = (_told(first), _others(cause), sequence(first), story(first), contrast(first), evidence(first))
    return tag("article", fold(head, *inside, open_=open_), **_about(cause, "card finding"))


def _where(cause: Cause) -> str:
    """Return where a cause shows: the place and trouble of one finding, the numbers of several."""
    check = cause.first.check
    if len(cause.findings) == 1:
        return f"{check} · {cause.first.operation} · {cause.first.trouble}"
    troubles = len({finding.trouble for finding in cause.findings})
    operations = cause.operations[0] if len(cause.operations) == 1 else f"{len(cause.operations)} operations"
    return f"{check} · {operations} · {plural(troubles, 'trouble')} · {plural(cause.cases, 'case')}"


def _told(first: ReportedFinding) -> Html:
    """Return the three sentences and the facts."""
    rows = (("Happened", first.happened), ("Expected", first.expected), ("Why it matters", first.why))
    return join(
        tag("dl", [join(tag("dt", name), tag("dd", text)) for name, text in rows], class_="told"), _facts(first)
    )


def _facts(finding: ReportedFinding) -> Html:
    """Return what the finding is called by, and a link to it."""
    facts = (
        finding.entry,
        FAMILY[finding.family],
        f"check {finding.check} ({finding.force})",
        f"blame: {finding.blame}",
        standing(finding),
        repeated(finding),
        "fingerprint ",
    )
    return tag(
        "p",
        " · ".join(filter(None, facts)),
        tag("a", finding.fingerprint, href=f"#finding-{finding.fingerprint}"),
        class_="facts",
    )


def _others(cause: Cause) -> Html | None:
    """Return the further troubles and places under which a cause shows; None where there are none."""
    others = [finding for finding in cause.findings if finding is not cause.first]
    if not others:
        return None
    rows = [_other(finding) for finding in others[:ROWS]]
    head = ("trouble", "operation", "smallest case", "cases", "happened")
    body = table(head, rows, numbers=(3,), caption="Also seen under")
    more = len(others) - ROWS
    note = (
        tag("p", f"{more:,} more are not shown here; report.json has them all.", class_="facts") if more > 0 else None
    )
    return fold(f"The same under {plural(len(others), 'other trouble')}", body, note, open_=len(others) <= 6)


def _other(finding: ReportedFinding) -> Html:
    """Return the row of one further trouble."""
    return tag(
        "tr",
        tag("td", finding.trouble),
        tag("td", finding.operation),
        tag("td", tag("code", finding.case)),
        tag("td", f"{len(finding.witnesses):,}", class_="number"),
        tag("td", finding.happened),
        id=f"finding-{finding.fingerprint}",
    )
