"""What a long step shows while it runs, and what is left of a program that fails."""

import sys
from pathlib import Path

import pytest

from local.progress import CommandError, Count, run


def python(script: str) -> list[str]:
    return [sys.executable, "-c", script]


def test_a_step_returns_what_the_program_wrote_and_shows_its_title(capsys: pytest.CaptureFixture[str]):
    assert run("reading", python("print('answer')")) == "answer\n"
    assert capsys.readouterr().err == "reading ...\n"


def test_a_terminal_shows_the_count_and_the_time(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    run("building", python("import sys; print('a\\nb', file=sys.stderr)"), count=Count("packages", 3))

    assert capsys.readouterr().err.endswith("\r\x1b[Kbuilding, 2 of up to 3 packages, 0:00\n")


def test_a_failed_program_is_reported_with_its_status_and_its_last_words():
    with pytest.raises(CommandError) as raised:
        run("building", python("import sys; [print(n, file=sys.stderr) for n in range(50)]; sys.exit(7)"))

    assert str(raised.value) == f"{sys.executable} ended with status 7\n" + "\n".join(map(str, range(38, 50)))


def test_a_program_that_is_not_there_is_reported_by_its_name(tmp_path: Path):
    with pytest.raises(CommandError, match=r"missing does not start: .*No such file"):
        run("building", [str(tmp_path / "missing")])


def test_a_program_that_takes_too_long_is_ended():
    with pytest.raises(CommandError, match=r"building: not done after 0 s"):
        run("building", python("import signal; signal.pause()"), timeout=0.2)
