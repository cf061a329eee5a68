"""A Python that is too old is told so by the first file that it reads, in grammar that it can read."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FIRST = ROOT / "harness" / "__init__.py"
TOLD = (
    "harness needs Python 3.11 or newer, and {} is Python {}: make an environment with a newer one, such as "
    "'python3.11 -m venv .venv', and install the harness there\n"
)
OLD = ("2.7", "3.6", "3.7", "3.8", "3.9", "3.10")


def run(*command: str) -> tuple[int, str, str]:
    """Run a command where the package can be imported."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def installed(version: str) -> str:
    """Return an interpreter of ``version`` on the path or beside our own; skip the test where there is none."""
    beside = Path(sys.base_prefix).parent.glob(f"*{version}*/bin/python")
    for found in (*map(str, beside), shutil.which(f"python{version}") or ""):
        if found and run(found, "-c", "import sys; print('%d.%d' % sys.version_info[:2])")[:2] == (0, f"{version}\n"):
            return found
    pytest.skip(f"no Python {version} is installed")


@pytest.mark.parametrize("version", OLD)
def test_an_old_interpreter_says_which_is_needed(version: str) -> None:
    """``import harness`` fails by ImportError with the words as its last line; nothing of it is a SyntaxError."""
    python = installed(version)
    code, out, err = run(python, "-B", "-c", "import harness")
    assert (code, out, err.splitlines()[-1] + "\n") == (1, "", f"ImportError: {TOLD.format(python, version)}")


@pytest.mark.parametrize("version", OLD[1:])
def test_the_command_under_an_old_interpreter_is_exit_2(version: str) -> None:
    """``python -m harness`` says nothing but the words: a traceback is no answer, and 1 is the code of a finding."""
    python = installed(version)
    assert run(python, "-B", "-m", "harness", "--help") == (2, "", TOLD.format(python, version))


PRETENDED = """\
import sys
class Old(tuple):
    major, minor = 3, 10
sys.version_info = Old((3, 10, 2, "final", 0))
sys.argv[0] = {word!r}
import harness
"""


@pytest.mark.parametrize(
    ("word", "code", "begin"), [("-m", 2, ""), ("bin/harness", 2, ""), ("x.py", 1, "ImportError: ")]
)
def test_where_no_old_interpreter_is_installed(word: str, code: int, begin: str) -> None:
    """The module and the script end with 2, a program gets an ImportError that it can catch."""
    ended = run(sys.executable, "-c", PRETENDED.format(word=word))
    assert (ended[0], ended[2].splitlines()[-1] + "\n") == (code, begin + TOLD.format(sys.executable, "3.10"))


def test_the_first_file_is_written_in_the_oldest_grammar() -> None:
    """No annotation, no f-string and no feature of the future stands in it, so any Python reads it to the end."""
    tree = ast.parse(FIRST.read_text(encoding="ascii"), feature_version=(3, 4))
    kinds = {type(node).__name__ for node in ast.walk(tree)}
    assert kinds & {"FunctionDef", "ClassDef", "AnnAssign", "JoinedStr", "Match", "NamedExpr"} == set()
    assert [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)] == ["harness.door"]
