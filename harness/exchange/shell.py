"""Command lines of a POSIX shell, as people paste them: quotes, ``$'...'``, continuations, background, pipes.

Nothing is carried out. A variable has the value that the text gave it before; what only a shell could find out (an
unset variable, the output of a command, a file) is refused with its place. A word is bytes, as ``$'...'`` can say any.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NoReturn

from harness.exchange.documents import Source, refused
from harness.exchange.places import line_and_column
from harness.model.messages import placeholder
from harness.model.records import record


@record
class Word:
    """One word of a command, without its quotes. ``line`` and ``column`` say where it begins, from 1."""

    data: bytes
    line: int
    column: int

    @property
    def text(self) -> str:
        """The word with one character a byte."""
        return self.data.decode("latin-1")


@record
class Command:
    """The words of one simple command, and what ends it: ``;`` (or a line end), ``&`` or ``|``."""

    words: tuple[Word, ...]
    end: str


_ENDS = " \t\r\n;|&<>()"
_CONTROL = re.compile(r"\n|;|\|\||&&|\||&")
_SAME = {"\n": ";", "&&": ";", "||": ";"}
_GAP = re.compile(r"(?:[ \t\r]|\\\r?\n)+")
_COMMENT = re.compile(r"#[^\n]*")
_ASSIGNED = re.compile(r"([A-Za-z_]\w*)=", re.ASCII)
_EVENT = re.compile(r"EVENT_(\d{1,12})=\Z")
_NAME = re.compile(r"\{(?P<braced>[A-Za-z_]\w*)(?P<cut>#\*//)?\}|(?P<bare>[A-Za-z_]\w*)", re.ASCII)
_DRAWN = re.compile(r"\(python3 -c 'import uuid; print\(uuid\.uuid4\(\)\)'\)")
_ESCAPE = re.compile(
    r"(?P<letter>[abeEfnrtv\\'\"?])|x(?P<hex>[0-9A-Fa-f]{1,2})|(?P<octal>[0-7]{1,3})"
    r"|u(?P<short>[0-9A-Fa-f]{1,4})|U(?P<long>[0-9A-Fa-f]{1,8})"
)
_OF_WINDOWS = re.compile(r"\^(?:\r?\n|\^?\")")
_LETTERS = dict(zip("abeEfnrtv\\'\"?", b"\x07\x08\x1b\x1b\x0c\n\r\t\x0b\\'\"?", strict=True))


def commands(source: Source, text: str) -> Iterator[Command]:
    """Yield the simple commands of the file in order; ScenarioError with the place of what cannot be read."""
    reader = _Reader(source, text)
    words: list[Word] = []
    while True:
        end = reader.gap()
        if end is None:
            words.append(reader.word(first=not words))
            continue
        if words and not reader.assigned(tuple(words)):
            yield Command(words=tuple(words), end=end or ";")
        words = []
        if not end:
            return


class _Reader:
    """Reads words from one place on; what was assigned is known to the words behind it."""

    def __init__(self, source: Source, text: str) -> None:
        self._source = source
        self._text = text
        self._at = 0
        self._known: dict[str, bytes] = {}

    def gap(self) -> str | None:
        """Pass over blanks and comments; return what ends the command here, empty at the end, None before a word."""
        while found := _GAP.match(self._text, self._at) or _COMMENT.match(self._text, self._at):
            self._at = found.end()
        if self._at == len(self._text):
            return ""
        found = _CONTROL.match(self._text, self._at)
        if found:
            self._at = found.end()
            return _SAME.get(found.group(), found.group())
        if self._text[self._at] in "<>()":
            self.refuse(f"'{self._text[self._at]}' needs a shell: leave redirections and subshells out")
        return None

    def word(self, *, first: bool) -> Word:
        """Return the word that begins here; ``first``: it may be an assignment."""
        begun = self._at
        data = bytearray()
        while self._at < len(self._text) and self._text[self._at] not in _ENDS:
            data += self._part(drawn=first and bool(_EVENT.match(bytes(data).decode("latin-1"))), event=bytes(data))
        line, column = line_and_column(self._text, begun)
        return Word(data=bytes(data), line=line, column=column)

    def assigned(self, words: tuple[Word, ...]) -> bool:
        """Take in the assignments that a command consists of; tell whether it does."""
        pairs = [(found, word) for word in words if (found := _ASSIGNED.match(word.text))]
        if len(pairs) < len(words):
            return False
        self._known |= {found[1]: word.data[found.end() :] for found, word in pairs}
        return True

    def refuse(self, message: str, at: int | None = None) -> NoReturn:
        """Raise that what stands ``at`` (None: here) cannot be read."""
        raise refused(self._source, message, *line_and_column(self._text, self._at if at is None else at))

    def _part(self, *, drawn: bool, event: bytes) -> bytes:
        """Return the next part of a word: quoted, escaped, a variable, or plain characters."""
        letter = self._text[self._at]
        if letter == "'":
            return self._until("'", "this ' is never closed").encode("utf-8")
        if letter == '"':
            return self._double()
        if letter == "\\":
            return self._escaped()
        if letter == "`":
            self.refuse("what a command prints is not known here: put the text itself in its place")
        if letter == "$":
            return self._dollar(quoted=False, drawn=drawn, event=event)
        if _OF_WINDOWS.match(self._text, self._at):  # as browsers copy for it: its quotes mean other things
            self.refuse("this was copied for the command line of Windows: copy it for bash")
        self._at += 1
        return letter.encode("utf-8")

    def _until(self, closing: str, why: str) -> str:
        """Return what stands between this character and the next ``closing``."""
        end = self._text.find(closing, self._at + 1)
        if end < 0:
            self.refuse(why)
        found, self._at = self._text[self._at + 1 : end], end + 1
        return found

    def _escaped(self) -> bytes:
        """Return the character behind a backslash; a line end behind it is none."""
        found = self._text[self._at + 1 : self._at + 2]
        self._at += 1 + len(found)
        return b"" if found == "\n" else found.encode("utf-8")

    def _double(self) -> bytes:
        """Return what stands between double quotes."""
        begun, data = self._at, bytearray()
        self._at += 1
        while self._text[self._at : self._at + 1] != '"':
            letter = self._text[self._at : self._at + 1]
            if not letter:
                self.refuse('this " is never closed', begun)
            elif letter == "\\" and self._text[self._at + 1 : self._at + 2] in tuple('$`"\\\n'):
                data += self._escaped()
            elif letter == "`":
                self.refuse("what a command prints is not known here: put the text itself in its place")
            elif letter == "$":
                data += self._dollar(quoted=True, drawn=False, event=b"")
            else:
                self._at += 1
                data += letter.encode("utf-8")
        self._at += 1
        return bytes(data)

    def _dollar(self, *, quoted: bool, drawn: bool, event: bytes) -> bytes:
        """Return what a dollar stands for: ``$'...'``, a variable, an identity drawn anew, or itself."""
        self._at += 1
        if not quoted and self._text.startswith("'", self._at):
            return self._ansi()
        if not quoted and self._text.startswith('"', self._at):
            return b""
        if drawn and (found := _DRAWN.match(self._text, self._at)):
            self._at = found.end()
            return self._identity(event)
        if self._text.startswith("(", self._at):
            self.refuse("what a command prints is not known here: put the text itself in its place", self._at - 1)
        return self._variable()

    def _identity(self, assigned: bytes) -> bytes:
        """Return the placeholder of the event that is named in an assignment."""
        number = int(assigned[len(b"EVENT_") : -1])
        if not number:
            self.refuse("events are counted from 1")
        return placeholder(number).encode("ascii")

    def _variable(self) -> bytes:
        """Return the value of the variable that is named here; a dollar without a name is itself."""
        found = _NAME.match(self._text, self._at)
        if not found:
            if self._text.startswith("{", self._at):
                self.refuse("this needs a shell: put the text itself in its place", self._at - 1)
            return b"$"
        name = found["braced"] or found["bare"]
        if name not in self._known:
            self.refuse(f"${name} has no value here: write {name}=... in a line before, or put the text", self._at - 1)
        self._at = found.end()
        value = self._known[name]
        return value.partition(b"//")[2] if found["cut"] and b"//" in value else value

    def _ansi(self) -> bytes:
        """Return what stands in ``$'...'``, its escapes as in ANSI C."""
        begun, data = self._at, bytearray()
        self._at += 1
        while self._text[self._at : self._at + 1] != "'":
            letter = self._text[self._at : self._at + 1]
            if not letter:
                self.refuse("this $' is never closed", begun)
            self._at += 1
            data += self._ansi_escape() if letter == "\\" else letter.encode("utf-8")
        self._at += 1
        return bytes(data)

    def _ansi_escape(self) -> bytes:
        found = _ESCAPE.match(self._text, self._at)
        if not found:
            self.refuse("this escape is not known", self._at - 1)
        begun, self._at = self._at, found.end()
        if found["letter"]:
            return bytes([_LETTERS[found["letter"]]])
        octal = found["octal"]
        point = int(octal, 8) & 0xFF if octal else int(found["hex"] or found["short"] or found["long"], 16)
        if point == 0 or point > 0x10FFFF or 0xD800 <= point < 0xE000:
            self.refuse("no command line holds this character: give the body from printf", begun - 1)
        return bytes([point]) if octal or found["hex"] else chr(point).encode("utf-8")
