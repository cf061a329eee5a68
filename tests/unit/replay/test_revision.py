"""A build of an earlier day is what git keeps of it, started from its own directory with its own modules."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from harness.model.errors import TargetError, UsageError
from harness.model.services import Configuration, Server, Service
from harness.replay.revision import build_of


def git(where: Path, *words: str) -> str:
    """Run git as somebody."""
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *who, *words], cwd=where, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return the service's directory in a repository with two commits; ``shop.py`` came with the first."""
    place = tmp_path / "repository" / "service"
    place.mkdir(parents=True)
    git(place.parent, "init", "-q")
    for number in (1, 2):
        (place / "shop.py").write_text(f"RELEASE = {number}\n")
        git(place.parent, "add", ".")
        git(place.parent, "commit", "-q", "-m", str(number))
    return place


def configured(place: Path, app: str = "shop:app") -> Configuration:
    """Return a configuration whose service runs there."""
    return Configuration(file="harness.yaml", service=Service(server=Server.WSGI, app=app, directory=str(place)))


def test_a_revision_is_laid_out_and_taken_away_again(project: Path) -> None:
    """The service's directory as it was, beside the one of today; the repository is left as it is."""
    (project / "shop.py").write_text("RELEASE = 3\n")
    before, commit = git(project, "status", "--porcelain"), git(project, "rev-parse", "HEAD~1")
    with build_of("HEAD~1", configured(project)) as (name, old):
        there = Path(old.service.directory)
        assert (there.name, (there / "shop.py").read_text()) == ("service", "RELEASE = 1\n")
        assert (name, (project / "shop.py").read_text()) == (f"HEAD~1 ({commit[:12]})", "RELEASE = 3\n")
    assert not there.exists()
    assert (git(project, "status", "--porcelain"), git(project, "worktree", "list").count("\n")) == (before, 0)


@pytest.mark.parametrize(
    ("revision", "told"),
    [
        ("v9", "git knows no revision 'v9'"),
        ("--all", "git knows no revision '--all'"),
        ("HEAD~9", "git knows no revision 'HEAD~9'"),
    ],
)
def test_a_revision_that_is_not_there_is_told(project: Path, revision: str, told: str) -> None:
    """Nothing is started; what looks like an option is none."""
    with pytest.raises(UsageError, match=told), build_of(revision, configured(project)):
        pass


def test_a_directory_without_git_is_told(tmp_path: Path) -> None:
    """There is no earlier build to be had."""
    with pytest.raises(UsageError, match="--against takes a revision of git"), build_of("HEAD", configured(tmp_path)):
        pass


def test_a_service_that_was_elsewhere_is_told(project: Path) -> None:
    """Its directory came later than the revision."""
    later = project.parent / "later"
    later.mkdir()
    with pytest.raises(UsageError, match="HEAD has no directory later"), build_of("HEAD", configured(later)):
        pass


def test_two_builds_from_one_installed_package_are_refused(project: Path) -> None:
    """What both would import from the environment is one build, and comparing it with itself shows nothing."""
    installed = configured(project, "flask.app:app")
    with (
        pytest.raises(UsageError, match=r"'flask' would be imported from .* in both builds"),
        build_of("HEAD", installed),
    ):
        pass
    gone = configured(project, "store:app")
    with pytest.raises(TargetError, match="HEAD has no module 'store'"), build_of("HEAD", gone):
        pass
