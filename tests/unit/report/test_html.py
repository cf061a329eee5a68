"""The page is self-contained, tells everything in words, and cannot be taken over by what a service said."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from harness.report.html import render
from tests.unit.report.hostile import HOSTILE, hostile
from tests.unit.report.made import bad_report, good_report, unknown_report

REPORTS = {"good": good_report, "bad": bad_report, "unknown": unknown_report}


class Reader(HTMLParser):
    """Collects elements with their attributes, the text, and what is opened and not closed."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element that is opened."""
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "hr"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element that is closed at once."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Close the element that was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep text."""
        self.words.append(data)


@pytest.mark.parametrize("name", REPORTS)
def test_well_formed(name: str) -> None:
    """Every element that is opened is closed, every link within the page leads somewhere."""
    reader = Reader(render(REPORTS[name]()))
    assert reader.open == []
    places = {attributes["id"] for _, attributes in reader.elements if "id" in attributes}
    links = [attributes["href"] or "" for tag, attributes in reader.elements if tag == "a"]
    assert [link for link in links if link.removeprefix("#") not in places] == []


@pytest.mark.parametrize("name", REPORTS)
def test_self_contained(name: str) -> None:
    """Nothing is loaded: no source, no outside link, no style attribute, no event attribute."""
    for tag, attributes in Reader(render(REPORTS[name]())).elements:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base", "form")
        assert not {"src", "srcset", "style", "action", "xlink:href"} & set(attributes)
        assert not any(key.startswith("on") for key in attributes)
        assert (attributes.get("href") or "#").startswith("#")


def sections(reader: Reader) -> list[str]:
    """Return the ids of the page's sections in order."""
    return [attributes["id"] or "" for tag, attributes in reader.elements if tag == "section" and "id" in attributes]


def test_policy() -> None:
    """The page's own policy forbids everything but its one style sheet and its one script, by their hashes."""
    page = render(bad_report())
    policy = next(
        attributes["content"] or ""
        for tag, attributes in Reader(page).elements
        if tag == "meta" and "http-equiv" in attributes
    )
    hashes = [
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in (
            *re.findall(r"<style>(.*?)</style>", page, re.DOTALL),
            *re.findall(r"<script>(.*?)</script>", page, re.DOTALL),
        )
    ]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_text(name: str) -> None:
    """Whatever the service said is text: no element, no attribute and no control character comes of it."""
    clean, evil = Reader(render(bad_report())), Reader(page := render(hostile(bad_report(), HOSTILE[name])))
    assert evil.open == []
    assert sections(evil) == sections(clean)
    assert {tag for tag, _ in evil.elements} <= {tag for tag, _ in clean.elements}
    assert [tag for tag, _ in evil.elements].count("script") == 1
    assert not any("onerror" in attributes or "onload" in attributes for _, attributes in evil.elements)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\ud800-\udfff]", page)
    assert len(page) < 3_000_000


def test_verdict_in_words() -> None:
    """Verdict, severity and whether a threshold holds are words beside their marks, never colour alone."""
    words = " ".join(Reader(render(bad_report())).words)
    for said in ("✕ fail", "▲▲ critical", "▲ major", "△ minor", "✕ does not hold", "? unknown", "fails the gate"):
        assert said in words
    assert "✓ pass" in " ".join(Reader(render(good_report())).words)


def test_every_entry_is_there() -> None:
    """Every entry of the catalogue that was possible is on the page with its counts, those left out with the reason."""
    report = unknown_report()
    words = Reader(render(report)).words
    assert [entry.entry for entry in report.coverage.entries if entry.entry not in words] == []
    assert "the OpenAPI document states no limit of the body (x-max-body-bytes)" in words


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1])
def test_contrast(scheme: int) -> None:
    """Text has a contrast of at least 4.5 (WCAG 2.2, AA) on what it stands on, light and dark."""
    style = re.findall(r"<style>(.*?)</style>", render(good_report()), re.DOTALL)[0]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", re.findall(r":root \{(.*?)\}", style, re.DOTALL)[scheme]))
    pairs = [(text, well) for text in ("text", "quiet", "link", "fail") for well in ("page", "card")]
    pairs += [("text", "well"), ("quiet", "well"), *((kind, f"{kind}-well") for kind in ("pass", "fail", "unknown"))]
    assert [pair for pair in pairs if contrast(colours[pair[0]], colours[pair[1]]) < 4.5] == []
