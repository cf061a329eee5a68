"""The formats in which people keep what was seen at a service: a line a format, and how to tell one from another."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from harness.exchange.capture_files import read_capture
from harness.exchange.curl import read_curl
from harness.exchange.documents import Source, refused
from harness.exchange.har import read_har
from harness.exchange.log_lines import read_log
from harness.exchange.raw_http import read_raw
from harness.exchange.vcr import read_vcr
from harness.model.captures import Capture
from harness.model.records import record

Fields = Mapping[str, str]
"""Names of members in log lines that are called otherwise than usual."""


@record
class Format:
    """One format: what a file of it begins with, in its first bytes, and who reads it."""

    begins: re.Pattern[bytes]
    read: Callable[[Source, Fields], Capture]


LOOKED_AT = 65_536
"""Bytes of a file from which its format is told."""

INCIDENT = re.compile(rb'\s*\{(?=[^\0]{0,4000}?"shows"\s*:\s*\{)')
"""How an incident begins, which nobody has to import."""

FORMATS: Mapping[str, Format] = {
    "capture": Format(
        begins=re.compile(rb'\s*\{(?=[^\0]*"exchanges"\s*:)'), read=lambda source, _: read_capture(source)
    ),
    "vcr": Format(
        begins=re.compile(rb'\s*(?:(?:---|#)[^\n]*\n)*\s*(?:interactions:|\{(?=[^\0]*"interactions"\s*:))'),
        read=lambda source, _: read_vcr(source),
    ),
    "har": Format(begins=re.compile(rb'\s*\{\s*"log"\s*:\s*\{'), read=lambda source, _: read_har(source)),
    "log": Format(begins=re.compile(rb"\s*\{"), read=read_log),
    "raw": Format(
        begins=re.compile(rb"\s*[A-Za-z]{1,20} [!-~]+ HTTP/\d", re.ASCII), read=lambda source, _: read_raw(source)
    ),
    "curl": Format(
        begins=re.compile(rb"(?:[^\n]*\n)*?[^\n#]*\bcurl(?:\.exe)?\s"), read=lambda source, _: read_curl(source)
    ),
}
"""The formats by name, in the order in which a file is held against them."""


def read(source: Source, form: str, fields: Fields) -> Capture:
    """Return what the file holds; ``form`` is the name of its format, ``auto`` to tell it from how the file begins.

    ScenarioError with the place of what cannot be read.
    """
    return FORMATS[told(source) if form == "auto" else form].read(source, fields)


def told(source: Source) -> str:
    """Return the name of the format that the file begins like; ScenarioError where it is like none."""
    head = source.data[:LOOKED_AT].removeprefix(b"\xef\xbb\xbf")
    if INCIDENT.match(head):
        told_ = "this is an incident already: 'harness replay' carries it out, 'harness incident accept' keeps it"
        raise refused(source, told_)
    found = next((name for name, form in FORMATS.items() if form.begins.match(head)), None)
    if found is None:
        raise refused(source, f"this begins like none of {', '.join(FORMATS)}: name its format with --format")
    return found
