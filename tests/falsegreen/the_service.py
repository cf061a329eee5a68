"""Services that answer as if all were well, or as if nothing were, and so hide whatever is wrong with them."""

from __future__ import annotations

from dataclasses import replace

from harness.model.cases import Family
from harness.model.exits import Exit
from harness.model.messages import Answer, Request, Silence
from harness.plan.contracts import valid_request
from tests.falsegreen.bench import BOOK, KEY, App, Calls, Honest, answer
from tests.falsegreen.ways import Way, bench

EXAMPLE = "nothing but reference runs was planned, so nothing was shown"
NOT_SHOWN = "D01 for book was asked for and could not be shown: book: "
UNCALLED = "(ledger got no call (it is told by LEDGER_URL))"


def always(what: Answer | Silence) -> App:
    """Return a service that makes the same of every request."""
    return lambda request, calls: what


def _echo(request: Request, _: Calls) -> Answer:
    return Answer(status=201, headers=(("Content-Type", "application/json"),), body=request.body)


class Breaking(Honest):
    """A correct service, but that it does not answer what it would have to refuse."""

    def __init__(self, instead: Silence = Silence.CLOSED) -> None:
        super().__init__()
        self._instead = instead

    def __call__(self, request: Request, calls: Calls) -> Answer | Silence:
        """Answer one request, or break it off."""
        usual = {name: value for name, value in valid_request(BOOK).headers if name != KEY.name}
        sent = {name: value for name, value in request.headers if name != KEY.name}
        came = super().__call__(request, calls) if sent == usual else answer(422)
        return self._instead if isinstance(came, Answer) and came.status // 100 == 4 else came


class _Calling(Honest):
    """A service that calls its ledger in another way."""

    def __init__(self, way: App) -> None:
        super().__init__()
        self._way = way

    def __call__(self, request: Request, calls: Calls) -> Answer | Silence:
        def otherwise(call: Request) -> int:
            came = self._way(call, calls)
            return came.status if isinstance(came, Answer) else 0

        return super().__call__(request, otherwise)


class _Until(Honest):
    """A correct service for its first ``good`` requests, and another one from then on."""

    def __init__(self, good: int, then: App) -> None:
        super().__init__()
        self._left, self._then = good, then

    def __call__(self, request: Request, calls: Calls) -> Answer | Silence:
        self._left -= 1
        return super().__call__(request, calls) if self._left >= 0 else self._then(request, calls)


def _elsewhere(call: Request, calls: Calls) -> Answer:
    calls(replace(call, target="/elsewhere"))
    return answer(201)


def _keyless(call: Request, calls: Calls) -> Answer:
    return answer(calls(replace(call, headers=())))


def _restless() -> App:
    """Return a service whose answers have another field each time."""
    served: list[Request] = []

    def app(request: Request, calls: Calls) -> Answer | Silence:
        served.append(request)
        came = Honest()(request, calls)
        return replace(came, body=came.body[:-1] + b', "n%d": 1}' % len(served)) if isinstance(came, Answer) else came

    return app


def _chatty() -> App:
    """Return a service that calls its ledger once more each time."""
    served: list[Request] = []

    def app(request: Request, calls: Calls) -> Answer | Silence:
        served.append(request)
        return [Honest()(request, calls) for _ in served][-1]

    return app


def _refused(what: str) -> tuple[str, ...]:
    return (
        EXAMPLE,
        f"{NOT_SHOWN}the valid example is not accepted: {what} {UNCALLED}",
        f"baseline-holds: 'reference' was answered {what} in reference/book/1 and 2 more",
    )


def _silent(symptom: str, how: str) -> tuple[str, ...]:
    kind = how.partition(" ")[0]
    return (
        f"book: {symptom} (none; answer-in-time, major) in reference/book/1 and 2 more",
        EXAMPLE,
        f"{NOT_SHOWN}the valid example is not accepted: no answer ({kind}) {UNCALLED}",
        f"baseline-holds: 'reference' got no answer ({how}) in reference/book/1 and 2 more",
    )


UNSEEN = (
    "the declared effect 'ledger POST /entries' was not seen at the double: does the service call it where the harness "
    "listens?"
)

WAYS = (
    Way(
        name="a service that answers everything 200 with an empty body",
        act=bench(app=always(Answer(status=200))),
        told=(EXAMPLE, f"{NOT_SHOWN}{UNSEEN} {UNCALLED}"),
    ),
    Way(
        name="a service that sends back whatever it gets",
        act=bench(app=_echo),
        told=(EXAMPLE, f"{NOT_SHOWN}{UNSEEN} {UNCALLED}"),
    ),
    Way(
        name="a service that answers everything 503, so that nothing malformed is accepted",
        act=bench(app=always(answer(503))),
        told=_refused('503 {"status": 503}'),
    ),
    Way(
        name="a service that refuses everything with 422, so that nothing malformed is accepted",
        act=bench(app=always(answer(422))),
        told=_refused('422 {"status": 422}'),
    ),
    Way(
        name="a service that never answers",
        act=bench(app=always(Silence.TIMEOUT)),
        exit=Exit.FAIL,
        told=_silent("hang", "timeout after 2.00 s"),
    ),
    Way(
        name="a service that closes every connection without a word",
        act=bench(app=always(Silence.CLOSED)),
        exit=Exit.FAIL,
        told=_silent("no answer", "closed after 0.00 s"),
    ),
    Way(
        name="a service that never calls its dependency and says that it is done",
        act=bench(app=_Calling(always(answer(201)))),
        told=(EXAMPLE, f"{NOT_SHOWN}{UNSEEN} {UNCALLED}"),
    ),
    Way(
        name="a service that calls something that nobody declared",
        act=bench(app=_Calling(_elsewhere)),
        told=(EXAMPLE, f"{NOT_SHOWN}{UNSEEN} (ledger got POST /elsewhere, which is not declared)"),
    ),
    Way(
        name="a call that is declared as keyed and holds no key, so that its repeats cannot be told",
        act=bench(app=_Calling(_keyless)),
        told=(
            EXAMPLE,
            (
                f"{NOT_SHOWN}'ledger POST /entries' is declared as keyed by header:Idempotency-Key, and the call held "
                "nothing there: is the name right?"
            ),
        ),
    ),
    Way(
        name="clean answers that differ in shape, so that nothing can be held against them",
        act=bench(app=_restless()),
        told=(EXAMPLE, f"{NOT_SHOWN}the clean answers differ in shape"),
    ),
    Way(
        name="clean runs that call the dependency differently each time",
        act=bench(app=_chatty()),
        told=(EXAMPLE, f"{NOT_SHOWN}clean runs call the dependencies differently"),
    ),
    Way(
        name="a service that is well in its clean runs and refuses everything from then on",
        act=bench(app=_Until(3, always(answer(422))), scenarios={Family.MALFORMED: ("MJ03",)}),
        exit=Exit.FAIL,
        told=("book: not accepted (broken-json; unharmed-after, major) in MJ03/book/last-bracket-missing and 9 more",),
    ),
    Way(
        name="a service that is gone after its clean runs, so that nothing malformed is accepted",
        act=bench(app=_Until(3, always(Silence.REFUSED)), scenarios={Family.MALFORMED: ("MJ03",)}),
        exit=Exit.FAIL,
        told=(
            "book: no answer (broken-json; rejects-malformed, major) in MJ03/book/last-bracket-missing and 9 more",
            "book: not accepted (broken-json; unharmed-after, major) in MJ03/book/last-bracket-missing and 9 more",
        ),
    ),
    Way(
        name="a service that breaks the connection off under everything that is malformed, as a crash does",
        act=bench(app=Breaking(), scenarios={Family.MALFORMED: ("MJ03",)}),
        exit=Exit.FAIL,
        told=(
            ("book: no answer (broken-json; rejects-malformed, major) in MJ03/book/last-bracket-missing and 9 more"),
        ),
    ),
)
