"""A capture as its file: tokens in the place of secrets, and nothing in it of which the last look says otherwise.

A recording cannot be made again. So an exchange that still holds a secret keeps only itself out of the file.
"""

from __future__ import annotations

import re
from dataclasses import replace

from harness.model.canonical import canonical
from harness.model.captures import Capture
from harness.model.services import Configuration, Server, Service
from harness.redaction.records import tokenised
from harness.redaction.scan import held, scanned
from harness.redaction.tokens import Tokens

_EXCHANGE = re.compile(r"exchanges\[(\d+)\]")


def kept(capture: Capture, secrets: tuple[str, ...] = (), *, file: str = "capture") -> str:
    """Return the text of the file that holds ``capture``, an item a line.

    ``secrets`` are further names of what is one. What cannot be made clean is left out, and said among the losses.
    ScenarioError where a secret stands in what is no exchange.
    """
    known = Configuration(file=file, service=Service(server=Server.URL), secrets=secrets)
    clean = tokenised(capture, Tokens(), known)
    found = held(canonical(clean), secrets)
    wrong = {int(match[1]): each.kind for each in found if (match := _EXCHANGE.match(each.key))}
    told = tuple(
        f"'{clean.exchanges[number].name}' is not here: in a form that cannot be replaced it still holds a {kind}"
        for number, kind in sorted(wrong.items())
    )
    left = tuple(each for number, each in enumerate(clean.exchanges) if number not in wrong)
    return scanned(canonical(replace(clean, exchanges=left, losses=clean.losses + told)), file, secrets)
