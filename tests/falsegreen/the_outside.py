"""Whole runs from the command line, with a service, a configuration or a selection that leave nothing to see."""

from __future__ import annotations

from dataclasses import dataclass

from harness.model.exits import Exit

NOT_SHOWN = "D01 for book was asked for and could not be shown: book: "
D01 = "format: 1\nfamily: duplicate-event\nentries: [D01]\n"
OPERATIONS = "\n  book:\n    request: POST /bookings\n    json: {guest: miller}\n    event: header:Idempotency-Key\n    effect: ledger POST /entries\n"


@dataclass(frozen=True)
class LiveWay:
    """One way, tried through ``harness run`` on the small service in ``apps``.

    ``changes`` are made in its configuration, each a text and what stands in its place. ``told`` is the sentence that
    must be among the reasons of the report, or in the error; in it ``{here}`` stands for the directory of the test.
    """

    name: str
    told: tuple[str, ...]
    exit: Exit = Exit.UNKNOWN
    changes: tuple[tuple[str, str], ...] = ()
    scenario: str = D01
    arguments: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name


def _mood(name: str) -> tuple[tuple[str, str], ...]:
    return (("MOOD: honest", f"MOOD: {name}"),)


def _scenario(family: str, entries: str) -> str:
    return f"format: 1\nfamily: {family}\nentries: [{entries}]\n"


WAYS = (
    LiveWay(
        name="a service that calls another port than that of the double",
        changes=_mood("elsewhere"),
        told=(
            f"{NOT_SHOWN}the valid example is not accepted: 503 {{}} (ledger got no call (it is told by LEDGER_URL))",
        ),
    ),
    LiveWay(
        name="a valid example that the service refuses",
        changes=_mood("refusing"),
        told=(
            (
                f'{NOT_SHOWN}the valid example is not accepted: 422 {{"why": "no"}} (ledger got no call (it is told by '
                "LEDGER_URL))"
            ),
        ),
    ),
    LiveWay(
        name="a watched route that never answered well",
        changes=(("operations:", "watch: [GET /nothing]\noperations:"),),
        scenario=_scenario("timeout", "T23"),
        told=(
            (
                "watched-routes-stay-fast: the watched route GET /nothing answered 404 before the fault: `watch` is for "
                "routes that always answer 2xx in T23/book/503"
            ),
        ),
    ),
    LiveWay(
        name="an OpenAPI document that is declared and not there",
        changes=(("  ready: GET /\n", "  ready: GET /\n  openapi: /openapi.json\n"),),
        exit=Exit.TARGET,
        told=(
            "harness: the service declares its OpenAPI document at /openapi.json, but GET /openapi.json gave status 404",
        ),
    ),
    LiveWay(
        name="an OpenAPI document that describes nothing",
        changes=(("  ready: GET /\n", "  ready: GET /\n  openapi: /\n"),),
        exit=Exit.TARGET,
        told=("harness: the OpenAPI document at / is none: it is no object with `paths`",),
    ),
    LiveWay(
        name="a service behind a URL at which nobody listens",
        arguments=("--url", "http://127.0.0.1:9"),
        changes=(
            ("start_timeout: 5s", "start_timeout: 300ms"),
            ("env: LEDGER_URL", "env: LEDGER_URL\n    port: {port}"),
        ),
        exit=Exit.TARGET,
        told=("the harness starts no service behind a url: is it running there?",),
    ),
    LiveWay(
        name="a duplicate for another worker, at a service of one process",
        scenario=_scenario("duplicate-event", "D15"),
        told=(
            (
                "no case was planned, so nothing was shown: D15 for book: the target cannot be made to serve a retry from "
                "another of two or more processes"
            ),
        ),
    ),
    LiveWay(
        name="operations: {}",
        changes=((OPERATIONS, " {}\n"),),
        exit=Exit.USAGE,
        told=("operations: expected at least one operation; without one there is nothing to test",),
    ),
    LiveWay(
        name="a deadline so long that no hang could ever be told",
        changes=(("deadline: 500ms", "deadline: 300m"),),
        exit=Exit.USAGE,
        told=("service.deadline: expected at most 5m: with a longer deadline no hang could ever be told",),
    ),
    LiveWay(
        name="a scenario without an entry",
        scenario=_scenario("duplicate-event", ""),
        exit=Exit.USAGE,
        told=("entries: expected at least one entry",),
    ),
    LiveWay(
        name="an empty directory of scenarios",
        arguments=("--scenarios", "{here}/empty"),
        exit=Exit.USAGE,
        told=("{here}/empty: this directory holds no scenario (*.yaml)",),
    ),
    LiveWay(
        name="options that select nothing",
        arguments=("--family", "load"),
        exit=Exit.USAGE,
        told=("harness: the options select no entry of any scenario: nothing would be run, so nothing could be shown",),
    ),
    LiveWay(
        name="an operation that does not exist",
        arguments=("--operation", "cancel"),
        exit=Exit.USAGE,
        told=("harness: no operation is called 'cancel'; there are: book",),
    ),
)
