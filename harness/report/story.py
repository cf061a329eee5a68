"""A finding as a story: what was sent, what the service made of it stage by stage, and where clean runs go another way.

The stages are the service's own: its structured log lines that bear the request's id, and its calls as the doubles saw
them. Whatever stands here was redacted before it was written.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from harness.history.owners import actor, owners
from harness.history.references import deviations
from harness.model.cases import Family
from harness.model.records import record
from harness.model.scope import DependencyCall, Exchange, Reference, Scope, SeenEffect
from harness.redaction.redact import redact_text
from harness.report.became import became, document
from harness.report.format import Chapter, Passage
from harness.report.shown import one_line
from harness.report.timeline import outcome

WIDTH = 160
"""Characters of a body that a passage shows; the report shows messages whole elsewhere."""

STAGES = 12
"""Stages of one exchange that are told; a service that logs more says the rest in its log."""

_TIMES = ("latency_ms", "took_ms", "duration_ms")
"""How services call the milliseconds of a stage."""

_TH = {1: "1st", 2: "2nd", 3: "3rd"}


@record
class Stage:
    """One line of the service's log that tells of a stage: its name, what came of it, after how many milliseconds."""

    name: str
    outcome: str
    took: float | None

    def __str__(self) -> str:
        took = f" ({self.took:,.3g} ms)" if self.took is not None else ""
        return one_line(f"{self.name}{': ' if self.outcome else ''}{self.outcome}", 80) + took


def story(
    scope: Scope, exchanges: Sequence[Exchange], clean: Scope | None, secrets: Iterable[str]
) -> tuple[Chapter, ...]:
    """Return a chapter for each of ``exchanges``; a load has none. ``clean`` is the scope of a clean run."""
    if scope.case.family is Family.LOAD:
        return ()
    teller = _Teller(scope, clean, tuple(secrets))
    ordered = sorted(exchanges, key=lambda exchange: exchange.sent)
    last = {actor(exchange): exchange.number for exchange in ordered}
    told = [
        Chapter(
            exchange=exchange.number,
            label=one_line(exchange.label, 40),
            passages=tuple(teller.passages(exchange, ends=last[actor(exchange)] == exchange.number)),
        )
        for exchange in ordered
    ]
    return _turned(told)


def stages(lines: Iterable[str], exchange: Exchange) -> tuple[Stage, ...]:
    """Return the stages that log lines tell of the request with the id of ``exchange``'s answer."""
    request_id = exchange.answer.header("X-Request-Id") if exchange.answer else None
    found = (_stage(line, request_id) for line in lines if request_id and request_id in line)
    return tuple(stage for stage in found if stage is not None)


def _stage(line: str, request_id: str) -> Stage | None:
    start = line.find("{")
    try:
        held = json.loads(line[start:]) if start >= 0 else None
    except ValueError:
        return None
    if not isinstance(held, dict) or not isinstance(held.get("stage"), str) or request_id not in held.values():
        return None
    times = (held.get(name) for name in _TIMES)
    took = next((each for each in times if isinstance(each, int | float) and not isinstance(each, bool)), None)
    came = held.get("outcome")
    return Stage(name=held["stage"], outcome=came if isinstance(came, str) else "", took=took)


class _Teller:
    """Tells one exchange after the other, counting the calls and effects of each event on the way."""

    def __init__(self, scope: Scope, clean: Scope | None, secrets: tuple[str, ...]) -> None:
        self._scope = scope
        self._clean = clean
        self._secrets = secrets
        self._owners = owners(scope)
        self._calls: dict[int, Counter[str]] = {}
        self._effects: dict[int, Counter[str]] = {}
        self._bodies: dict[bytes, str] = {}

    def passages(self, exchange: Exchange, *, ends: bool) -> Iterator[Passage]:
        """Yield what happened of an exchange; what never came is told where its event ``ends``."""
        known = self._scope.references.get(exchange.operation)
        reference = known if known and not known.trouble else None
        request = document(exchange.data.partition(b"\r\n\r\n")[2])
        yield self._sent(exchange)
        for call in self._own(exchange):
            yield from self._call(call, exchange, reference, request)
        yield from self._stages(exchange)
        if ends and reference:
            yield from self._missing(exchange, reference)
        yield self._answer(exchange, reference, request)

    def _sent(self, exchange: Exchange) -> Passage:
        first = exchange.data.split(b"\r\n", 1)[0].decode("latin-1").removesuffix(" HTTP/1.1")
        body = exchange.data.partition(b"\r\n\r\n")[2]
        before = self._bodies.get(exchange.data)
        self._bodies.setdefault(exchange.data, exchange.label)
        event = f", event {exchange.event}" if exchange.event else ""
        other = ", not the operation's own example" if exchange.planned and exchange.planned.altered else ""
        same = f", byte for byte what '{one_line(before, 40)}' sent" if before else ""
        return Passage(
            kind="sent", text=f"{self._line(first)}{event}{other}{same}", body="" if same else self._body(body)
        )

    def _own(self, exchange: Exchange) -> list[DependencyCall]:
        """Return the calls of an exchange's event between its sending and that of the event's next."""
        me = actor(exchange)
        later = [e.sent for e in self._scope.exchanges if actor(e) == me and e.sent > exchange.sent]
        until = min(later, default=None)
        return [
            call
            for call, who in self._owners
            if who == me and call.received >= exchange.sent and (until is None or call.received < until)
        ]

    def _call(
        self, call: DependencyCall, exchange: Exchange, reference: Reference | None, request: object
    ) -> Iterator[Passage]:
        for fault in self._scope.faults:
            for firing in fault.firings:
                if fault.fault.dependency == call.dependency and firing.call_number == call.number:
                    landed = "its effect landed" if firing.landed.value == "whole" else "it had no effect"
                    yield Passage(kind="fault", text=f"{fault.fault.kind} struck the next call; {landed}")
        kind = f"{call.dependency} {call.call or f'{call.method} {call.target}'}"
        effects = [e for e in self._scope.effects if e.dependency == call.dependency and e.call_number == call.number]
        took = (max(call.ended, call.received) - call.received) / 1_000_000
        came = f"{call.status} after {took:,.0f} ms" if call.status else "no whole answer"
        text = f"{self._line(f'{call.dependency} {call.method} {call.target}')}: {came}"
        yield Passage(
            kind="call",
            text=text + "".join(f", {_effect(effect)}" for effect in effects),
            body=self._body(call.body),
            became=self._became(request, document(call.body)),
            clean=self._counted(kind, effects, exchange, reference),
        )

    def _counted(
        self, kind: str, effects: Sequence[SeenEffect], exchange: Exchange, reference: Reference | None
    ) -> str:
        """Count a call and its new effects for the event; say where clean runs have fewer."""
        me = actor(exchange)
        calls = self._calls.setdefault(me, Counter())
        done = self._effects.setdefault(me, Counter())
        calls[kind] += 1
        done[kind] += sum(effect.new for effect in effects)
        if reference is None:
            return ""
        for noun, count, usual in (
            ("effect", done[kind] if any(e.new for e in effects) else 0, reference.effects.get(kind, 0)),
            ("call", calls[kind], reference.calls.get(kind, 0)),
        ):
            if count > usual:
                which = _TH.get(count, f"{count}th")
                return f"the {which} {noun} of its kind for this event; clean runs have {usual or 'none'}"
        return ""

    def _stages(self, exchange: Exchange) -> Iterator[Passage]:
        """Yield the stages of an exchange, those that go as in clean runs as one passage."""
        usual = self._usual_stages(exchange)
        found = [(stage, _unlike(stage, usual)) for stage in stages(self._scope.logs, exchange)]
        for clean, alike in groupby(found[:STAGES], key=lambda pair: pair[1]):
            text = ", ".join(str(stage) for stage, _ in alike)
            yield Passage(kind="stage", text=redact_text(text, self._secrets), clean=clean)
        if len(found) > STAGES:
            yield Passage(kind="stage", text=f"and {len(found) - STAGES} more stages")

    def _usual_stages(self, exchange: Exchange) -> list[tuple[str, str]]:
        if self._clean is None:
            return []
        same = (e for e in self._clean.exchanges if e.operation == exchange.operation)
        return [(stage.name, stage.outcome) for e in same for stage in stages(self._clean.logs, e)]

    def _missing(self, exchange: Exchange, reference: Reference) -> Iterator[Passage]:
        """Yield what clean runs show of an event and this one does not."""
        me = actor(exchange)
        calls, done = self._calls.get(me, Counter()), self._effects.get(me, Counter())
        for kind, usual in reference.calls.items():
            if calls[kind] < usual:
                yield Passage(kind="missing", text=f"no call {one_line(kind, 80)}", clean=f"clean runs make {usual}")
            elif done[kind] < reference.effects.get(kind, 0):
                clean = f"clean runs have {reference.effects[kind]}"
                yield Passage(kind="missing", text=f"no effect of {one_line(kind, 80)}", clean=clean)

    def _answer(self, exchange: Exchange, reference: Reference | None, request: object) -> Passage:
        answer = exchange.answer
        return Passage(
            kind="answer",
            text=f"{outcome(exchange)} after {exchange.took * 1000:,.0f} ms",
            body=self._body(answer.body) if answer else "",
            became=self._became(request, document(answer.body)) if answer else (),
            clean=self._beside(exchange, reference),
        )

    def _beside(self, exchange: Exchange, reference: Reference | None) -> str:
        """Say how clean runs are answered, where that is otherwise."""
        if reference is None:
            return ""
        if exchange.answer is None or exchange.status != reference.status:
            return f"clean runs are answered {reference.status}"
        if exchange.planned and exchange.planned.altered:
            return ""
        found = deviations(reference, exchange.answer, exchange.data)
        told = redact_text(found[0].sentence, self._secrets) if found else ""
        more = f", and {len(found) - 1} more places differ" if len(found) > 1 else ""
        return f"beside clean runs {one_line(told, 120)}{more}" if found else ""

    def _body(self, body: bytes) -> str:
        edge = body[: 8 * WIDTH]  # a character takes four bytes at most, and blanks are drawn together
        return one_line(redact_text(edge.decode("utf-8", "backslashreplace"), self._secrets), WIDTH)

    def _line(self, text: str) -> str:
        return one_line(redact_text(text, self._secrets), 80)

    def _became(self, before: object, after: object) -> tuple[str, ...]:
        return tuple(one_line(redact_text(each, self._secrets), 120) for each in became(before, after))


def _unlike(stage: Stage, usual: Sequence[tuple[str, str]]) -> str:
    """Say how clean runs go through a stage, where that is otherwise; empty: it is not, or nobody knows."""
    known = [came for name, came in usual if name == stage.name]
    if not usual or stage.outcome in known:
        return ""
    return f"clean runs: {one_line(', '.join(dict.fromkeys(known)), 60)}" if known else "no stage of clean runs"


def _effect(effect: SeenEffect) -> str:
    key = f" under key {one_line(effect.key, 44)}" if effect.key else ""
    return f"{'a new effect' if effect.new else 'a known effect, nothing new'}{key}"


def _turned(told: Sequence[Chapter]) -> tuple[Chapter, ...]:
    """Return the chapters with the first passage marked that clean runs do not show."""
    for number, chapter in enumerate(told):
        for place, passage in enumerate(chapter.passages):
            if passage.clean:
                passages = list(chapter.passages)
                passages[place] = replace(passage, turning=True)
                return (*told[:number], replace(chapter, passages=tuple(passages)), *told[number + 1 :])
    return tuple(told)


def clean_scope(scopes: Mapping[str, Scope], operation: str) -> Scope | None:
    """Return the scope of a clean run of ``operation``; None where there is none."""
    return next(
        (s for s in scopes.values() if s.case.family is Family.REFERENCE and s.case.operation == operation), None
    )
