"""Shell commands that send a message by hand: curl where curl can say it, Python on a socket where not.

Commands are for any POSIX shell. ``$SUT`` is the service's base URL and ``$EVENT_<n>`` the n-th event's
identity: fresh for whoever runs them, and the same in every command of a finding, so that a duplicate stays one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from harness.model.messages import HOST_PLACEHOLDER, Chunk, Ending, Message, Request, Wire, placeholder
from harness.model.records import record
from harness.model.steps import Load
from harness.model.wire import as_wire
from harness.redaction.redact import REDACTED, redact_bytes, redact_headers, redact_text
from harness.report.quoting import address, bytes_expression, printf_format, quoted

SUT = "SUT=http://127.0.0.1:8000"
LONGEST = 6_000
"""Characters of a command that anyone would paste."""

_EVENT_VARIABLE = re.compile(r"\$EVENT_(\d+)")
_TREATED_BY_CURL = frozenset(("host", "content-length", "content-type", "connection", "expect", "transfer-encoding"))
"""Headers that curl merges, replaces or acts on when they are given in its own way."""
_WITH_BODY = frozenset(("POST", "PUT", "PATCH"))
_TARGET = re.compile(r"/[!-\"$-~]*\Z")
"""Printable ASCII without ``#``: what curl sends as it is given."""
_CUT_AT = 65_536
"""The history keeps this many bytes of a message; one as long may have been longer."""
_EXPECT_FROM = 1_000_000
"""From this size on curl asks with ``Expect: 100-continue`` first."""
_TEXT = 1_500
"""Bytes of a body that are written out as text; above, repetition is folded."""

_ENDINGS = {
    Ending.LISTEN: "",
    Ending.HALF_CLOSE: "s.shutdown(socket.SHUT_WR); ",
    Ending.RESET: 's.setsockopt(socket.SOL_SOCKET,socket.SO_LINGER,struct.pack("ii",1,0)); s.close()',
    Ending.CLOSE: "s.close()",
}
_OPEN = (
    'import select,socket,struct,sys,time; h,p=sys.argv[1].split("//")[1].split(":"); '
    "s=socket.create_connection((h,int(p)),5); "
)
_READ = 'print(b"".join(iter(lambda: s.recv(65536) if select.select([s],[],[],3)[0] else b"",b"")).decode("latin-1"))'


@record
class Command:
    """A shell command, or why there is none."""

    line: str = ""
    why_not: str = ""


def by_hand(
    message: Request | Wire | None, data: bytes, identities: Mapping[str, int], secrets: tuple[str, ...]
) -> Command:
    """Return the command that sends ``message``, or ``data`` where the plan does not hold the message.

    ``identities`` maps the identities that were really sent to their event numbers.
    """
    if message is None and len(data) >= _CUT_AT:
        return Command(why_not="the history holds only the beginning of this message; use the repeat command")
    if message is None:
        message = _parsed(_symbolic(data, identities)) or Wire(chunks=(Chunk(data=_symbolic(data, identities)),))
    if isinstance(message, Request) and _curl_can(message):
        line = _curl(message, secrets)
    else:
        line = _socket(as_wire(message, HOST_PLACEHOLDER.decode("latin-1")), secrets)
    if len(line) > LONGEST:
        return Command(why_not=f"the command would take {len(line):,} characters; use the repeat command")
    return Command(line=line)


def load_by_hand(step: Load, secrets: tuple[str, ...]) -> Command:
    """Return a shell loop that sends what a load sends: as many requests at the same pace, none waiting for another.

    Each carries an identity and words of its own; where the load repeats events, so does the loop.
    """
    if not isinstance(step.message, Request) or not _curl_can(step.message):
        return Command(why_not="curl cannot send what this load sends; use the repeat command")
    line = _curl(_with_words_marked(step.message, step.tokens), secrets).replace("curl -sS -i", r"curl -sS -w '\n'", 1)
    for place, _ in enumerate(step.tokens):
        line = line.replace(_mark(place), f"'\"w${{n}}x{place}\"'")
    every = round(1 / step.repeat) if step.repeat else 0
    again = f"[ $((n % {every})) -ne 0 ] || {line} & " if every else ""
    body = f"{_fresh(1)}; {line} & {again}sleep {1 / step.rate:.3g}"
    return Command(line=f"for n in $(seq 1 {round(step.rate * step.seconds)}); do {body}; done; wait")


def _with_words_marked(request: Request, tokens: tuple[str, ...]) -> Request:
    """Return the request with each word that is another one in every request replaced by a mark."""
    body = request.body
    for place, token in enumerate(tokens):
        body = body.replace(token.encode(), _mark(place).encode())
    return replace(request, body=body)


def _mark(place: int) -> str:
    """Return what stands for the word at ``place`` until the command is built: letters that no quoting touches."""
    return f"HarnessWord{place}HarnessWord"


def _fresh(event: int) -> str:
    return f"EVENT_{event}=$(python3 -c 'import uuid; print(uuid.uuid4())')"


def in_shell(commands: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return ``(group, command)`` as shell lines: those of one group run together, and all end before what comes next.

    An empty group is none; a group of which one command alone is left runs like any other; an empty command is left
    out.
    """
    batches: dict[str | int, list[str]] = {}
    for place, (group, line) in enumerate(commands):
        batches.setdefault(group or place, []).extend([line] if line else [])
    return tuple(line for batch in batches.values() for line in _batch(batch))


def _batch(lines: list[str]) -> list[str]:
    """Return commands that run together; the shell waits for all of them."""
    return [*(f"{line} &" for line in lines), "wait"] if len(lines) > 1 else lines


def script(messages: Iterable[tuple[str, str, Message]]) -> tuple[str, tuple[str, ...]]:
    """Return a shell script that sends ``(name, group, message)``, those of one group together, and what it cannot say.

    What curl cannot send exactly goes out by a line of Python; no secret is left out that was not before.
    """
    named = [(name, group, by_hand(message, b"", {}, ())) for name, group, message in messages]
    losses = [f"{name}: {command.why_not}" for name, _, command in named if command.why_not]
    losses += [
        f"{name}: curl cannot send this exactly: Python does" for name, _, c in named if "import select" in c.line
    ]
    lines = in_shell((group, command.line) for _, group, command in named)
    return "\n".join((*setup(lines), *lines)) + "\n", tuple(losses)


def setup(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return the shell lines that stand before ``lines``: the base URL and each event's identity that they use."""
    if not lines:
        return ()
    loops = tuple(line for line in lines if line.startswith("for "))  # a loop draws its own identities
    numbers = sorted({int(n) for line in lines if line not in loops for n in _EVENT_VARIABLE.findall(line)})
    note = (f"# {REDACTED} stands for a secret that was left out: put it back first",)
    return (
        SUT,
        *(_fresh(number) for number in numbers),
        *(note if any(REDACTED in line for line in lines) else ()),
    )


def _symbolic(data: bytes, identities: Mapping[str, int]) -> bytes:
    """Return ``data`` with the identities that were sent replaced by their placeholders, as in a plan."""
    for sent, event in identities.items():
        data = data.replace(sent.encode("latin-1", "ignore"), placeholder(event).encode("ascii"))
    return data


def _parsed(data: bytes) -> Request | None:
    """Return the request that ``data`` is, None where it is not one. Host and Content-Length are left to the client."""
    head, blank, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    fields = [line.partition(":") for line in lines]
    if not blank or len(words) != 3 or any(not colon for _, colon, _ in fields):
        return None
    headers = tuple((name, value.strip(" \t")) for name, _, value in fields)
    kept = tuple((name, value) for name, value in headers if name.lower() not in ("host", "content-length"))
    return Request(method=words[0], target=words[1], headers=kept, body=body)


def _curl_can(request: Request) -> bool:
    """Say whether curl sends exactly this: printable ASCII in the head, and no header that it treats in its own way."""
    names = [name.lower() for name, _ in request.headers]
    text = request.method + "".join(name + value for name, value in request.headers)
    plain = text.isascii() and text.isprintable() and bool(_TARGET.match(request.target))
    trimmed = all(value == value.strip() and name and name[0] != "@" for name, value in request.headers)
    own = {name for name in names if name in _TREATED_BY_CURL} - {"content-type"} or names.count("content-type") > 1
    return plain and trimmed and not own


def _curl(request: Request, secrets: tuple[str, ...]) -> str:
    """Return the curl line of a request: its own headers, and none of those that curl would add to a body."""
    body = redact_bytes(request.body, secrets)
    has_body = bool(body) or request.method in _WITH_BODY
    words = ["curl", "-sS", "-i", *_method(request.method, has_body=has_body)]
    if "/." in request.target:
        words.append("--path-as-is")
    if set(request.target) & set("[]{}"):
        words.append("-g")
    words.append(address(redact_text(request.target, secrets)))
    for name, value in redact_headers(request.headers, secrets):
        words += ["-H", quoted(f"{name}: {value}" if value else f"{name};")]
    if has_body and all(name.lower() != "content-type" for name, _ in request.headers):
        words += ["-H", quoted("Content-Type:")]
    if len(body) > _EXPECT_FROM:
        words += ["-H", quoted("Expect:")]
    source, argument = _body(body)
    return source + " ".join([*words, *(("--data-binary", argument) if has_body else ())])


def _method(method: str, *, has_body: bool) -> tuple[str, ...]:
    """Return curl's words for a method; none where it is what curl takes by itself."""
    if method == "HEAD":
        return ("--head",)
    return () if method == ("POST" if has_body else "GET") else ("-X", quoted(method))


def _body(body: bytes) -> tuple[str, str]:
    """Return what stands before curl (a pipe or nothing) and the argument of ``--data-binary``."""
    if len(body) > _TEXT:
        code = f"import sys; sys.stdout.buffer.write({bytes_expression(body)})"
        return f"python3 -c {quoted(code)} | ", "@-"
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if text.isprintable() and not text.startswith("@"):
        return "", quoted(text)
    return f"printf {quoted(printf_format(body))} | ", "@-"


def _socket(message: Wire, secrets: tuple[str, ...]) -> str:
    """Return the line of Python that writes exact bytes with their pauses and ends the connection in the same way."""
    code = _OPEN
    for chunk in message.chunks:
        code += f"time.sleep({chunk.pause:g}); " if chunk.pause else ""
        code += f"s.sendall({bytes_expression(redact_bytes(chunk.data, secrets))}); "
    code += _ENDINGS[message.ending]
    if message.ending in (Ending.LISTEN, Ending.HALF_CLOSE):
        code += _READ
    return f'python3 -c {quoted(code)} "$SUT"'
