"""ME15: texts that are code somewhere else."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema
from harness.mutations.pointers import dotted, replaced
from harness.mutations.specimen import Specimen

RULE = "A text is data, whatever it means in SQL, a template, a shell or a sheet: inert everywhere, never an error."

_TEXTS = {
    "sql-quote": "' OR '1'='1'; --",
    "sql-percent": "%' LIKE '%_",
    "template": "{{7*7}}${7*7}#{7*7}",
    "format": "%s%n%(name)s{0.__class__}",
    "log-lookup": "${jndi:ldap://127.0.0.1/x}",
    "path": "../../../../etc/passwd",
    "formula": "=1+1|cmd",
    "markup": "<script>alert(1)</script>",
    "shell": "$(reboot)`reboot`;reboot",
    "word-null": "null",
    "word-undefined": "undefined",
    "number": "1e309",
    "regular-expression": "(a+)+$",
    "entity": "&#0;&amp;",
}


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for path, _ in specimen.texts():
        for label, text in _TEXTS.items():
            document = replaced(specimen.document, path, text)
            expect = by_schema(specimen, document, rule=RULE)
            yield variant(specimen, f"{label}-{dotted(path)}", specimen.with_json(document), expect)


MALFORMATION = Malformation(
    id="ME15",
    title="texts that are code elsewhere",
    trouble="naughty-text",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body that holds a text",
)
