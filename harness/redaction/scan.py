"""The last look before a file that is kept is written: one that still holds a secret is refused.

It goes another way than the redaction: over what is to be written, in every form that a secret may have in it (JSON and
percent escapes, base64, gzip, UTF-16). Only the facts are shared: the names and the shapes of secrets.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import unquote_to_bytes

from harness.model.errors import Problem, ScenarioError
from harness.model.records import record
from harness.redaction.entropy import drawn, long_words, readable
from harness.redaction.names import Rules, rules
from harness.redaction.shapes import seen
from harness.redaction.spans import CONFIGURED, CREDENTIALS, DRAWN, IN_A_URL, NAMED
from harness.redaction.tokens import whole_token

SHORTEST = 6
"""Characters from which a value is refused: a token that is shorter cannot be told from a secret."""

_MOST_BYTES = 1 << 20
_DEPTH = 3
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_NAMED = re.compile(
    r"(?<![\w.%-])(?P<name>[A-Za-z][\w.%-]{1,80})\\*[\"']?[ \t]*[:=][ \t]*\\*[\"']?(?P<value>[^\s&;,\"'\\{}\[\]<>]+)"
)
_HEADER = re.compile(r"^(?P<name>[\w-]+)[ \t]*:[ \t]*(?P<value>[^\r\n]+)", re.MULTILINE)
_SCHEME = re.compile(r"\b(?:Bearer|Basic)[ \t]+(?!authenti)(?P<value>[A-Za-z0-9._~+/-]{8,}={0,2})", re.IGNORECASE)
_IN_URL = re.compile(r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*://[^\s/?#:@\"']*:(?P<value>[^\s/?#@\"']+)@", re.IGNORECASE)
_ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}|\\[nrt\\u]")
_STANDS_FOR = {'"': '"', "'": "'", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_TELLS = re.compile(r"[A-Za-z0-9]")
_WIDE = ("utf-16-le", "utf-16-be")
_BYTES = "base64"
"""The key under which bytes that are no text stand in the harness's own files."""
_MARKED = f"{_BYTES}:"
"""What stands before such bytes in a setting of a fault."""
_GZIP = b"\x1f\x8b"
_PAIR = 2
_NOW_WHAT = (
    "still holds what must never be written, so the file is not: name it in 'secrets' of the configuration, and it is"
    " replaced; or in 'not_secret', where it is none"
)


@record
class Held:
    """A secret that a text still holds: where, under which key, of which kind. Its value is told nowhere."""

    line: int
    column: int
    key: str
    kind: str


def scanned(text: str, file: str, secrets: Iterable[str] = ()) -> str:
    """Return ``text``, which is to be written to ``file``; ScenarioError with every secret that it still holds.

    ``secrets`` are those of the configuration. Tokens and ``[redacted]`` are no secrets.
    """
    found = held(text, secrets)
    if found:
        raise ScenarioError(
            tuple(
                Problem(
                    message=f"a {each.kind} {_NOW_WHAT}", file=file, line=each.line, column=each.column, key=each.key
                )
                for each in found
            )
        )
    return text


def held(text: str, secrets: Iterable[str] = ()) -> tuple[Held, ...]:
    """Return every secret that ``text`` still holds, in the order of its lines, one of a kind at a place."""
    named = rules(secrets)
    try:
        leaves = tuple(_leaves(json.loads(text), ""))
    except (ValueError, RecursionError):
        leaves = ()
    found = list(_in_lines(text, named)) if not leaves else list(_in_leaves(text, leaves, named))
    return tuple(dict.fromkeys(found))


@record
class Leaf:
    """A text in a JSON document: where it stands, and the name that stands beside it in a pair of name and value."""

    key: str
    text: str
    name: str = ""


def _leaves(value: object, key: str) -> Iterator[Leaf]:
    """Yield every text of a document in the order in which it is written."""
    if isinstance(value, str):
        yield Leaf(key=key, text=value)
    elif isinstance(value, dict) and isinstance(value.get("chunks"), list):
        # Exact bytes, however they are cut: a secret is whole, and what is left of a token is one.
        yield Leaf(key=f"{key}.chunks", text=b"".join(map(_data, value["chunks"])).decode("utf-8", "replace"))
    elif isinstance(value, dict):
        name = value.get("name")
        for part, child in value.items():
            yield Leaf(key=key, text=part)
            beside = name if part == "value" and isinstance(name, str) and isinstance(child, str) else ""
            where = f"{key}.{part}".lstrip(".")
            yield from [Leaf(key=where, text=child, name=beside)] if beside else _leaves(child, where)
    elif isinstance(value, list):
        for number, child in enumerate(value):
            yield from _pair(child, f"{key}[{number}]") if _is_pair(child) else _leaves(child, f"{key}[{number}]")


def _is_pair(value: object) -> bool:
    """Tell whether an item of a list is a header field: a name and a value."""
    return isinstance(value, list) and len(value) == _PAIR and all(isinstance(item, str) for item in value)


def _pair(value: Sequence[str], key: str) -> Iterator[Leaf]:
    yield Leaf(key=f"{key}[0]", text=value[0])
    yield Leaf(key=f"{key}[1]", text=value[1], name=value[0])


def _data(chunk: object) -> bytes:
    """Return the bytes of a chunk of an exact message, or nothing where it is none."""
    data = chunk.get("data") if isinstance(chunk, dict) else None
    if isinstance(data, dict) and isinstance(data.get(_BYTES), str):
        return base64.b64decode(data[_BYTES])
    return data.encode("utf-8") if isinstance(data, str) else b""


def _in_leaves(text: str, leaves: Iterable[Leaf], named: Rules) -> Iterator[Held]:
    position = 0
    for leaf in leaves:
        written = min((at for form in _spellings(leaf.text) if (at := text.find(form, position)) >= 0), default=-1)
        position = max(position, written)
        for kind in _kinds(leaf, named):
            yield _at(text, position, leaf.key, kind)


def _spellings(text: str) -> tuple[str, str]:
    return json.dumps(text), json.dumps(text, ensure_ascii=False)


def _in_lines(text: str, named: Rules) -> Iterator[Held]:
    """Yield what a text that is no JSON holds as it is, and what its lines hide."""
    for position, kind in _plain(text, named):
        yield _at(text, text.rfind("\n", 0, position) + 1, "", kind)
    start = 0
    for line in text.splitlines(keepends=True):
        _, *hidden = _forms(line, _DEPTH)
        for kind in dict.fromkeys(kind for form in hidden for _, kind in _plain(form, named)):
            yield _at(text, start, "", kind)
        start += len(line)


def _at(text: str, position: int, key: str, kind: str) -> Held:
    before = text[:position]
    return Held(line=before.count("\n") + 1, column=position - before.rfind("\n"), key=key, kind=kind)


def _kinds(leaf: Leaf, named: Rules) -> dict[str, None]:
    """Return the kinds of secrets in a text of a document and in every form that it hides, in order, each once."""
    whole, *hidden = _forms(leaf.text, _DEPTH)
    forms = hidden if leaf.key.rpartition(".")[2] == _BYTES or whole.startswith(_MARKED) else [whole, *hidden]
    kinds = dict.fromkeys(kind for form in forms for _, kind in _plain(form, named))
    beside = leaf.name and named.secret_name(leaf.name) and _tells(leaf.text, leaf.name, named)
    return {NAMED: None} | kinds if beside else kinds


def _forms(text: str, depth: int) -> Iterator[str]:
    """Yield a text and what it stands for, decoded from any form that is known."""
    yield text
    if not depth:
        return
    data = text.encode("utf-8", "surrogatepass")
    decoded = [unquote_to_bytes(data.replace(b"+", b" "))] if b"%" in data else []
    decoded += [_unescaped(text)] if "\\" in text else []
    raw = _BASE64.fullmatch(text.removeprefix(_MARKED)) is not None
    decoded += [plain for match in _BASE64.finditer(text) if (plain := _decoded(match[0], raw=raw))]
    for plain in decoded:
        if plain != data:
            yield from (form for inner in _texts(plain) for form in _forms(inner, depth - 1))


def _texts(data: bytes) -> Iterator[str]:
    """Yield the texts that bytes may be: UTF-8, UTF-16, and what gzip holds."""
    if data.startswith(_GZIP):
        try:
            data = zlib.decompressobj(wbits=31).decompress(data, _MOST_BYTES)
        except zlib.error:
            return
    for encoding in _WIDE if b"\0" in data else ():
        yield data.decode(encoding, "replace")
    yield data.replace(b"\0", b"").decode("utf-8", "replace")


def _unescaped(text: str) -> bytes:
    """Return a text whose JSON escapes stand for what they say, whether the rest of it is JSON or not."""
    plain = re.sub(r"(?<!\\)\\+u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text)
    return re.sub(r"(?<!\\)\\+([\"'/bfnrt])", lambda m: _STANDS_FOR[m[1]], plain).encode("utf-8", "replace")


def _decoded(word: str, *, raw: bool) -> bytes:
    """Return what base64 stands for: a text, or what gzip holds; whatever it is where it stands for ``raw`` bytes."""
    if text := readable(word):
        return text.encode("utf-8")
    bare = word.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        data = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except binascii.Error:
        return b""
    return data if raw or data.startswith(_GZIP) else b""


def _plain(text: str, named: Rules) -> Iterator[tuple[int, str]]:
    """Yield where a text holds a secret as it is, and of which kind."""
    for pattern in (_HEADER, _NAMED):
        for match in pattern.finditer(text):
            if named.secret_name(match["name"]) and _tells(match["value"], match["name"], named):
                yield match.start("value"), NAMED
    for pattern, kind in ((_SCHEME, CREDENTIALS), (_IN_URL, IN_A_URL)):
        yield from (
            (match.start("value"), kind) for match in pattern.finditer(text) if _tells(match["value"], "", named)
        )
    for own in named.patterns:
        yield from ((match.start(), CONFIGURED) for match in own.finditer(text) if _tells(match[0], "", named))
    yield from _by_sight(text, named)


def _by_sight(text: str, named: Rules) -> Iterator[tuple[int, str]]:
    # A word that is cut by escapes is whole where they stand for what they say, and is looked at there.
    shaped = tuple((shape, match) for shape, match in seen(text) if "\\" not in match["secret"])
    yield from ((match.start(), shape.kind) for shape, match in shaped if _tells(match[0], "", named))
    for match in long_words(text):
        beside = not any(m.start() < match.end() and match.start() < m.end() for _, m in shaped)
        if beside and not _ESCAPED.search(text) and drawn(match[0]) and _tells(match[0], "", named):
            yield match.start(), DRAWN


def _tells(value: str, name: str, named: Rules) -> bool:
    """Tell whether a value gives a secret away: it is neither declared harmless, nor too short, nor a token."""
    if named.harmless_value(value) or len(value) < SHORTEST:
        return False
    return bool(_TELLS.search(value)) and not whole_token(value, cookies="cookie" in name.lower())
