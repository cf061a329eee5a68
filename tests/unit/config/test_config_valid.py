"""A right file becomes exactly the records that it says."""

from __future__ import annotations

from pathlib import Path

from harness.config import load_configuration
from harness.model.services import (
    AnswerScript,
    Call,
    Configuration,
    Dependency,
    EffectKind,
    EffectRef,
    Operation,
    Route,
    Selector,
    Server,
    Service,
    ServiceClock,
)

ROOT = Path(__file__).parents[3]

KEY = Selector(place="header", name="Idempotency-Key")

FULL = r"""format: 1
service:
  command: [python, -m, shop, "--port={port}"]
  ready: GET /ready
  openapi: /api.json
  deadline: 1.5s
  start_timeout: 1m
  errors: problem+json
  database: PLACE
  clock: {env: NOW, form: "@%Y"}
  env: {MODE: no, EMPTY: "", PLACE: "{tmp}/x"}
dependencies:
  stock:
    env: STOCK_URL
    calls:
      - request: PUT /items/{sku}
        effect: {keyed: [path:sku, "json:/order/id", query:v]}
        answer: {status: 200, headers: {X-N: ["1", "2"]}, json: {n: "{n}", at: "{now}", back: "{request.json/a}"}}
        store: /items
      - request: GET /items/{sku}
      - {request: POST /mail, effect: unkeyed, answer: {status: 202, body: "ok"}}
      - {request: POST /ping, effect: none, answer: {status: 204}}
  bank:
    env: BANK_URL
operations:
  buy:
    request: POST /v1/shops/{shop}/orders?trace=abc
    headers: {X-Version: "1"}
    json: {source: crm, id: "a/b", nested: {"a/b": "x", list: [1, -0x1, 0o17, 010, 1e3, no, 2024-01-01, 1:30, null, true]}}
    event: [path:shop, query:trace, json:/id, json:/nested/a~1b, header:Request-Id]
    effect: stock PUT /items/{sku}
    read: GET /v1/orders/{answer.order.id}
    failing: [503]
    in_flight: [409, 425]
    most_calls: 3
    recovery: 5s
    degraded: json:/warnings
    deadline_header: X-Deadline-Ms
  upload:
    request: PUT /v1/files
    headers: {Content-Type: application/octet-stream}
    body: {base64: "AP8="}
  clear: {request: DELETE /v1/cart}
watch: [GET /ready, "GET /metrics"]
secrets: [X-Shop-Key, pin, "/MEMBER-[0-9]{8}/"]
not_secret: [token_count, /sku_live_.*/]
"""

BUY = Operation(
    name="buy",
    route=Route(method="POST", path="/v1/shops/{shop}/orders?trace=abc"),
    headers=(("X-Version", "1"),),
    json={
        "source": "crm",
        "id": "a/b",
        "nested": {"a/b": "x", "list": [1, "-0x1", 15, 10, 1000.0, "no", "2024-01-01", "1:30", None, True]},
    },
    event=(
        Selector(place="path", name="shop"),
        Selector(place="query", name="trace"),
        Selector(place="json", name="/id"),
        Selector(place="json", name="/nested/a~1b"),
        Selector(place="header", name="Request-Id"),
    ),
    effect=EffectRef(dependency="stock", route=Route(method="PUT", path="/items/{sku}")),
    read=Route(method="GET", path="/v1/orders/{answer.order.id}"),
    failing=(503,),
    in_flight=(409, 425),
    most_calls=3,
    recovery=5.0,
    degraded=Selector(place="json", name="/warnings"),
    deadline_header="X-Deadline-Ms",
)

STOCK = Dependency(
    name="stock",
    env="STOCK_URL",
    calls=(
        Call(
            route=Route(method="PUT", path="/items/{sku}"),
            effect=EffectKind.KEYED,
            key=(
                Selector(place="path", name="sku"),
                Selector(place="json", name="/order/id"),
                Selector(place="query", name="v"),
            ),
            answer=AnswerScript(
                status=200,
                headers=(("X-N", "1"), ("X-N", "2")),
                json={"n": "{n}", "at": "{now}", "back": "{request.json/a}"},
            ),
            store="/items",
        ),
        Call(route=Route(method="GET", path="/items/{sku}")),
        Call(
            route=Route(method="POST", path="/mail"),
            effect=EffectKind.UNKEYED,
            answer=AnswerScript(status=202, body=b"ok"),
        ),
        Call(route=Route(method="POST", path="/ping"), answer=AnswerScript(status=204)),
    ),
)


def written(directory: Path, text: str) -> Path:
    path = directory / "harness.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_key_of_the_language_becomes_its_record(tmp_path: Path) -> None:
    """Every key is read, durations are seconds, scalars follow YAML 1.2, and the service runs beside its file."""
    path = written(tmp_path, FULL)
    assert load_configuration(path) == Configuration(
        file=str(path),
        service=Service(
            server=Server.COMMAND,
            command=("python", "-m", "shop", "--port={port}"),
            directory=str(tmp_path),
            ready=Route(method="GET", path="/ready"),
            openapi="/api.json",
            deadline=1.5,
            start_timeout=60.0,
            env={"MODE": "no", "EMPTY": "", "PLACE": "{tmp}/x"},
            errors="problem+json",
            database="PLACE",
            clock=ServiceClock(env="NOW", form="@%Y"),
        ),
        dependencies=(STOCK, Dependency(name="bank", env="BANK_URL")),
        operations=(
            BUY,
            Operation(
                name="upload",
                route=Route(method="PUT", path="/v1/files"),
                headers=(("Content-Type", "application/octet-stream"),),
                body=b"\x00\xff",
            ),
            Operation(name="clear", route=Route(method="DELETE", path="/v1/cart")),
        ),
        watch=(Route(method="GET", path="/ready"), Route(method="GET", path="/metrics")),
        secrets=("X-Shop-Key", "pin", "/MEMBER-[0-9]{8}/", "!token_count", "!/sku_live_.*/"),
    )


def test_the_configuration_of_the_sample_app_is_read_whole() -> None:
    """The file at the root, which the README starts from, means exactly this."""
    path = ROOT / "harness.yaml"
    entries = Route(method="POST", path="/entries")
    assert load_configuration(path) == Configuration(
        file=str(path),
        service=Service(
            server=Server.GUNICORN,
            app="sample_app:create_app()",
            directory=str(ROOT),
            workers=2,
            threads=4,
            ready=Route(method="GET", path="/healthz"),
            openapi="/openapi.json",
            deadline=2.0,
            env={"DATABASE_URL": "sqlite:///{tmp}/app.sqlite", "PROMETHEUS_MULTIPROC_DIR": "{tmp}"},
            errors="problem+json",
        ),
        dependencies=(
            Dependency(
                name="ledger",
                env="LEDGER_URL",
                calls=(
                    Call(
                        route=entries,
                        effect=EffectKind.KEYED,
                        key=(KEY,),
                        answer=AnswerScript(status=201, json={"id": "{uuid}"}),
                    ),
                ),
            ),
            Dependency(
                name="reference",
                env="REFERENCE_URL",
                calls=(
                    Call(
                        route=Route(method="GET", path="/sources/{name}"),
                        answer=AnswerScript(json={"name": "{request.path/name}", "title": "Customer relations"}),
                    ),
                ),
            ),
        ),
        operations=(
            Operation(
                name="create_batch",
                route=Route(method="POST", path="/v1/batches"),
                json={"source": "crm", "values": [" alpha ", "", "beta"]},
                event=(KEY,),
                effect=EffectRef(dependency="ledger", route=entries),
                read=Route(method="GET", path="/v1/batches/{answer.id}"),
                deadline_header="X-Request-Timeout-Ms",
            ),
            Operation(
                name="create_batch_v2",
                route=Route(method="POST", path="/v2/batches"),
                json={
                    "source": "crm",
                    "items": [
                        {"id": "a", "value": " alpha ", "label": ""},
                        {"id": "b", "value": None},
                        {"id": "c", "value": "beta"},
                    ],
                },
                event=(KEY,),
                effect=EffectRef(dependency="ledger", route=entries),
                read=Route(method="GET", path="/v2/batches/{answer.id}"),
                degraded=Selector(place="json", name="/source/degraded"),
                deadline_header="X-Request-Timeout-Ms",
            ),
        ),
        watch=(Route(method="GET", path="/healthz"),),
    )


def test_a_clock_is_a_variable_or_that_with_a_form(tmp_path: Path) -> None:
    """The name alone means the form of ISO 8601."""
    file = tmp_path / "harness.yaml"
    file.write_text("format: 1\nservice: {app: 'a:b', clock: NOW}\noperations: {go: {request: POST /go}}\n")
    assert load_configuration(file).service.clock == ServiceClock(env="NOW", form="%Y-%m-%dT%H:%M:%SZ")


def test_the_way_of_running_follows_from_app_command_or_url(tmp_path: Path) -> None:
    """An app runs on gunicorn unless another server is named; a command and a url say it themselves."""
    sections = {
        "app: shop:app": Service(server=Server.GUNICORN, app="shop:app", directory=str(tmp_path)),
        "{app: shop:app, server: waitress, threads: 8}": Service(
            server=Server.WAITRESS, app="shop:app", threads=8, directory=str(tmp_path)
        ),
        "{app: shop:app, server: wsgi}": Service(server=Server.WSGI, app="shop:app", directory=str(tmp_path)),
        "command: [./serve]": Service(server=Server.COMMAND, command=("./serve",), directory=str(tmp_path)),
        'url: "http://[::1]:80/"': Service(server=Server.URL, url="http://[::1]:80", directory=str(tmp_path)),
    }
    for section, service in sections.items():
        text = f"format: 1\nservice:\n  {section}\noperations: {{ping: {{request: POST /ping}}}}\n"
        assert load_configuration(written(tmp_path, text)).service == service


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    """Editors that write a BOM or CRLF do not change what a file means, nor where its lines are."""
    text = "format: 1\nservice: {app: shop:app}\noperations: {ping: {request: POST /ping}}\n"
    plain = load_configuration(written(tmp_path, text))
    marked = tmp_path / "harness.yaml"
    marked.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert load_configuration(marked) == plain


def test_escaped_surrogate_pairs_are_one_character(tmp_path: Path) -> None:
    """JSON pasted into a file keeps its meaning: an escaped pair is one character, as RFC 8259 says."""
    text = (
        'format: 1\nservice: {app: shop:app}\noperations: {ping: {request: POST /p, json: {"a": "\\ud83d\\ude00"}}}\n'
    )
    assert load_configuration(written(tmp_path, text)).operation("ping").json == {"a": "\N{GRINNING FACE}"}
