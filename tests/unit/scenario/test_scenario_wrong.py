"""What is wrong in a scenario file is told with its place and the right spelling."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.model.errors import ScenarioError
from harness.scenario import Vocabulary, load_scenarios

Told = list[tuple[int, int, str, str, str]]

WRONG: tuple[tuple[str, str, Told], ...] = (
    (
        "another format",
        "format: 2\nfamily: nonsense\n",
        [(1, 9, "format", "this version of the harness reads format 1, not 2", "1")],
    ),
    ("no format", "family: timeout\nentries: [T02]\n", [(1, 1, "format", "missing", "")]),
    (
        "an unknown family",
        "format: 1\nfamily: timeouts\nentries: [T02]\n",
        [
            (
                2,
                9,
                "family",
                "expected one of malformed-payload, duplicate-event, timeout, load, version-compatibility",
                "timeout",
            )
        ],
    ),
    (
        "the family of the references",
        "format: 1\nfamily: reference\nentries: [T02]\n",
        [
            (
                2,
                9,
                "family",
                "expected one of malformed-payload, duplicate-event, timeout, load, version-compatibility",
                "",
            )
        ],
    ),
    (
        "a misspelt key",
        "format: 1\nfamily: timeout\nentrys: [T02]\n",
        [(1, 1, "entries", "missing", ""), (3, 1, "entrys", "unknown key", "entries")],
    ),
    (
        "entries that are none",
        "format: 1\nfamily: timeout\nentries: []\n",
        [(3, 10, "entries", "expected at least one entry", "")],
    ),
    (
        "entries that are no list",
        "format: 1\nfamily: timeout\nentries: T02\n",
        [(3, 10, "entries", "expected a list, found text", "")],
    ),
    (
        "an unknown operation",
        "format: 1\nfamily: timeout\nentries:\n  - T02\noperations: [creat_batch, read_batch, read_batch]\n",
        [
            (5, 14, "operations[0]", "the configuration declares no such operation", "create_batch"),
            (5, 39, "operations[2]", "this operation stands in line 5 already", ""),
        ],
    ),
    (
        "no operation",
        "format: 1\nfamily: timeout\nentries:\n  - T02\noperations: []\n",
        [(5, 13, "operations", "expected at least one operation; leave the key out to mean all", "")],
    ),
    (
        "an unknown entry",
        "format: 1\nfamily: timeout\nentries:\n  - T20\n",
        [(4, 5, "entries[0]", "no such entry in the family timeout", "T02")],
    ),
    (
        "an entry in small letters",
        "format: 1\nfamily: timeout\nentries:\n  - t02\n",
        [(4, 5, "entries[0]", "no such entry in the family timeout", "T02")],
    ),
    (
        "an entry of another family",
        "format: 1\nfamily: timeout\nentries:\n  - MJ06\n",
        [
            (
                4,
                5,
                "entries[0]",
                "MJ06 belongs to the family malformed-payload, and this file is of the family timeout",
                "",
            )
        ],
    ),
    (
        "an entry twice",
        "format: 1\nfamily: timeout\nentries:\n  - T02\n  - T01\n  - {id: T02}\n",
        [(6, 10, "entries[2].id", "this entry stands in line 4 already", "")],
    ),
    (
        "an entry that is a number",
        "format: 1\nfamily: timeout\nentries:\n  - 5\n",
        [(4, 5, "entries[0]", "expected the id of an entry or a mapping with one, found a number", "")],
    ),
    (
        "an entry without an id",
        "format: 1\nfamily: timeout\nentries:\n  - {title: Slow}\n",
        [(4, 5, "entries[0].id", "missing", "")],
    ),
    (
        "an id that is a number",
        "format: 1\nfamily: timeout\nentries:\n  - {id: 5}\n",
        [(4, 10, "entries[0].id", "expected text, found a number", '"5"')],
    ),
    (
        "a misspelt key of an entry",
        "format: 1\nfamily: timeout\nentries:\n  - {id: T02, titel: Slow}\n",
        [(4, 15, "entries[0].titel", "unknown key", "title")],
    ),
    (
        "a fault for an entry that has one",
        "format: 1\nfamily: timeout\nentries:\n  - {id: T02, fault: {kind: late, dependency: ledger}}\n",
        [(4, 10, "entries[0].id", "T02 brings its own fault; give this entry a name of its own, such as my-late", "")],
    ),
    (
        "a name of one's own in capitals",
        "format: 1\nfamily: timeout\nentries:\n  - {id: My Late, fault: {kind: late, dependency: ledger}}\n",
        [(4, 10, "entries[0].id", "a name of your own is small letters and digits, joined by -", "my-late")],
    ),
    (
        "a fault in another family",
        "format: 1\nfamily: load\nentries:\n  - {id: L01, fault: {kind: late, dependency: ledger}}\n",
        [
            (
                4,
                15,
                "entries[0].fault",
                "unknown key; the keys here are clients, factor, id, rate, repeat, seconds, thresholds, title, together",
                "",
            )
        ],
    ),
    (
        "a fault without its kind",
        "format: 1\nfamily: timeout\nentries:\n  - {id: my-late, fault: {dependency: ledger}}\n",
        [(4, 19, "entries[0].fault.kind", "missing", "")],
    ),
    (
        "an unknown kind of fault",
        "format: 1\nfamily: timeout\nentries:\n  - {id: my-late, fault: {kind: lat, dependency: ledger}}\n",
        [(4, 33, "entries[0].fault.kind", "no such kind of fault", "late")],
    ),
    (
        "a kind that nothing resembles",
        "format: 1\nfamily: timeout\nentries:\n  - {id: my-late, fault: {kind: earthquake, dependency: ledger}}\n",
        [(4, 33, "entries[0].fault.kind", "no such kind of fault; there is: late, refused, status", "")],
    ),
    (
        "an unknown dependency",
        "format: 1\nfamily: timeout\nentries:\n  - {id: my-late, fault: {kind: late, dependency: leger}}\n",
        [(4, 51, "entries[0].fault.dependency", "no such dependency", "ledger")],
    ),
    (
        "a dependency that nothing resembles",
        "format: 1\nfamily: timeout\nentries:\n  - {id: my-late, fault: {kind: late, dependency: warehouse}}\n",
        [(4, 51, "entries[0].fault.dependency", "no such dependency; there is: ledger, mail", "")],
    ),
    (
        "a call that never happens",
        "format: 1\nfamily: timeout\nentries:\n  - {id: my-late, fault: {kind: late, dependency: ledger, call: POST /entry}}\n",
        [(4, 65, "entries[0].fault.call", "no such call of ledger", "POST /entries")],
    ),
    (
        "an occurrence before the first",
        "format: 1\nfamily: timeout\nentries:\n  - {id: my-late, fault: {kind: late, dependency: ledger, first: 0}}\n",
        [(4, 66, "entries[0].fault.first", "expected a whole number from 1 to 1000000", "")],
    ),
    (
        "times below none",
        "format: 1\nfamily: timeout\nentries:\n  - {id: my-late, fault: {kind: late, dependency: ledger, times: -1}}\n",
        [(4, 66, "entries[0].fault.times", "expected a whole number from 0 to 1000000", "")],
    ),
    (
        "an effect that lands in part",
        "format: 1\nfamily: timeout\nentries:\n  - {id: my-late, fault: {kind: late, dependency: ledger, landed: partial}}\n",
        [(4, 67, "entries[0].fault.landed", "expected one of none, whole", "")],
    ),
    (
        "a setting of another kind",
        "format: 1\nfamily: timeout\nentries:\n  - {id: my-late, fault: {kind: status, dependency: ledger, delay: 1s}}\n",
        [
            (
                4,
                61,
                "entries[0].fault.delay",
                "unknown key; the keys here are call, code, dependency, first, kind, landed, retry_after, times",
                "",
            )
        ],
    ),
    (
        "a misspelt setting",
        "format: 1\nfamily: timeout\nentries:\n  - {id: my-late, fault: {kind: late, dependency: ledger, dealy: 1s}}\n",
        [(4, 59, "entries[0].fault.dealy", "unknown key", "delay")],
    ),
    (
        "a delay without its unit",
        "format: 1\nfamily: timeout\nentries:\n  - {id: my-late, fault: {kind: late, dependency: ledger, delay: 1.5}}\n",
        [(4, 66, "entries[0].fault.delay", "expected a duration with its unit, such as 250ms, 1.5s or 1m", "1.5s")],
    ),
    (
        "a delay of milliseconds without its unit",
        "format: 1\nfamily: timeout\nentries:\n  - {id: my-late, fault: {kind: late, dependency: ledger, delay: 250}}\n",
        [(4, 66, "entries[0].fault.delay", "expected a duration with its unit, such as 250ms, 1.5s or 1m", "250ms")],
    ),
    (
        "a number that is text",
        'format: 1\nfamily: timeout\nentries:\n  - {id: my-late, fault: {kind: status, dependency: ledger, code: "500"}}\n',
        [(4, 67, "entries[0].fault.code", "expected a number, found text", "")],
    ),
    (
        "a number without bound",
        "format: 1\nfamily: timeout\nentries:\n  - {id: my-late, fault: {kind: status, dependency: ledger, code: .inf}}\n",
        [(4, 67, "entries[0].fault.code", "expected a number of a sensible size", "")],
    ),
    (
        "settings that the kind refuses",
        "format: 1\nfamily: timeout\nentries:\n  - {id: my-late, fault: {kind: late, dependency: ledger, delay: 2m}}\n",
        [(4, 26, "entries[0].fault", "nobody waits this long", "")],
    ),
    (
        "a fault that is text",
        "format: 1\nfamily: timeout\nentries:\n  - {id: my-late, fault: late}\n",
        [(4, 26, "entries[0].fault", "expected a mapping of keys and values, found text", "")],
    ),
    (
        "no rate",
        "format: 1\nfamily: load\nentries:\n  - {id: L01, rate: 0}\n",
        [(4, 21, "entries[0].rate", "expected more than 0 and at most 100000 arrivals per second", "")],
    ),
    (
        "a rate with a unit",
        "format: 1\nfamily: load\nentries:\n  - {id: L01, rate: 40/s}\n",
        [(4, 21, "entries[0].rate", "expected arrivals per second as a plain number", "40")],
    ),
    (
        "seconds without their unit",
        "format: 1\nfamily: load\nentries:\n  - {id: L01, seconds: 5}\n",
        [(4, 24, "entries[0].seconds", "expected a duration with its unit, such as 250ms, 1.5s or 1m", "5s")],
    ),
    (
        "a load without a request",
        "format: 1\nfamily: load\nentries:\n  - {id: L01, rate: 0.1, seconds: 5s}\n",
        [(4, 5, "entries[0]", "rate times seconds is less than one request; such a load shows nothing", "")],
    ),
    (
        "a share without its sign",
        "format: 1\nfamily: load\nentries:\n  - {id: L10, repeat: 0.2}\n",
        [(4, 23, "entries[0].repeat", "expected a share such as 20%", "20%")],
    ),
    (
        "a share of all",
        "format: 1\nfamily: load\nentries:\n  - {id: L10, repeat: 100%}\n",
        [(4, 23, "entries[0].repeat", "expected less than 100%", "")],
    ),
    (
        "a share in words",
        "format: 1\nfamily: load\nentries:\n  - {id: L10, repeat: some}\n",
        [(4, 23, "entries[0].repeat", "expected a share such as 20%", "")],
    ),
    (
        "wrong thresholds",
        'format: 1\nfamily: load\nentries:\n  - {id: L01, thresholds: ["p(101) < 1s", "errors < 1", "rate > 5", "rate > 6"]}\n',
        [
            (
                4,
                28,
                "entries[0].thresholds[0]",
                "a quantile lies between 0 and 100, both left out, not 101; write p(95)",
                "",
            ),
            (4, 43, "entries[0].thresholds[1]", "the bound of 'errors' needs its unit; write 1%", ""),
            (4, 69, "entries[0].thresholds[3]", "line 4 bounds this already", ""),
        ],
    ),
    (
        "thresholds that are no list",
        'format: 1\nfamily: load\nentries:\n  - {id: L01, thresholds: "p(95) < 1s"}\n',
        [(4, 27, "entries[0].thresholds", "expected a list, found text", "")],
    ),
    (
        "settings of another family",
        "format: 1\nfamily: malformed-payload\nentries:\n  - {id: MJ06, rate: 5}\n",
        [(4, 16, "entries[0].rate", "unknown key; the keys here are id, title", "")],
    ),
    (
        "one client",
        "format: 1\nfamily: duplicate-event\nentries:\n  - {id: D02, clients: 1, rounds: 0}\n",
        [
            (4, 24, "entries[0].clients", "expected a whole number from 2 to 500", ""),
            (4, 35, "entries[0].rounds", "expected a whole number from 1 to 100", ""),
        ],
    ),
    (
        "clients in a list",
        "format: 1\nfamily: duplicate-event\nentries:\n  - {id: D02, clients: [2, 10]}\n",
        [(4, 24, "entries[0].clients", "expected a whole number, found a list", "")],
    ),
    (
        "an unknown entry with more wrong",
        "format: 1\nfamily: timeout\nentries:\n  - {id: T20, titel: x}\n",
        [
            (4, 10, "entries[0].id", "no such entry in the family timeout", "T02"),
            (4, 15, "entries[0].titel", "unknown key", "title"),
        ],
    ),
    (
        "many mistakes at once",
        "format: 1\nfamly: load\nfamily: load\noperations: [x]\nentries:\n  - L02\n  - {id: L01, rate: fast, seconds: 5}\n  - MJ06\n",
        [
            (2, 1, "famly", "unknown key", "family"),
            (4, 14, "operations[0]", "the configuration declares no such operation", ""),
            (6, 5, "entries[0]", "no such entry in the family load", "L10"),
            (7, 21, "entries[1].rate", "expected arrivals per second as a plain number", ""),
            (7, 36, "entries[1].seconds", "expected a duration with its unit, such as 250ms, 1.5s or 1m", "5s"),
            (
                8,
                5,
                "entries[2]",
                "MJ06 belongs to the family malformed-payload, and this file is of the family load",
                "",
            ),
        ],
    ),
)
"""What is wrong; the file; every problem that is told: line, column, dotted key, message, nearest right spelling."""


@pytest.mark.parametrize(("text", "problems"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_every_mistake_in_a_scenario_is_told_whole(
    text: str, problems: Told, tmp_path: Path, words: Vocabulary
) -> None:
    """All problems of the file, and no other, in order."""
    path = tmp_path / "scenario.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_scenarios((path,), known=words)
    assert {one.file for one in caught.value.problems} == {str(path)}
    told = [(one.line, one.column, one.key, one.message, one.nearest) for one in caught.value.problems]
    assert told == problems
