"""A preview is shown on a pull request by its verdict first, and nothing in its output breaks out of the comment."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from operations import report
from operations.stack import OperationError

OUTPUT = "Previewing:\n + aws:s3:Bucket blog-dev-media create\nResources:\n    + 1 to create\n    70 unchanged\n"


def test_the_verdict_and_the_changes_come_first() -> None:
    shown = report.markdown("dev", holds=True, output=OUTPUT)
    assert shown.startswith(
        "### Preview of `dev`: all mandatory rules hold\n\n```\nResources:\n    + 1 to create\n    70 unchanged\n```\n"
    )
    assert "aws:s3:Bucket blog-dev-media create" in shown.partition("<details>")[2]


def test_a_refused_preview_says_so_and_has_no_changes_to_show() -> None:
    shown = report.markdown("prod", holds=False, output="error: a mandatory rule does not hold\n")
    assert shown.startswith("### Preview of `prod`: **refused**\n\n<details>")


def test_a_fence_in_the_output_does_not_close_the_comments() -> None:
    shown = report.markdown("dev", holds=True, output="````\n# not a heading\n")
    assert re.findall(r"^`{5}$", shown, re.MULTILINE) == ["`````", "`````"]


def test_a_long_output_is_cut_so_that_github_takes_two_of_them() -> None:
    shown = report.markdown("dev", holds=True, output="x" * 100_000)
    assert len(shown) < 65_536 / 2
    assert "the log of the run has the rest" in shown


def test_one_comment_holds_the_previews_of_all_stacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[tuple[list[str], str]] = []

    def gh(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        ran.append((command, options["input"]))
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(report, "FOLDER", tmp_path)
    monkeypatch.setattr(subprocess, "run", gh)
    (tmp_path / "prod.md").write_text("### prod\n")
    (tmp_path / "dev.md").write_text("### dev\n")
    assert report.comment("12") == 0
    command = ["gh", "pr", "comment", "12", "--body-file", "-", "--edit-last", "--create-if-none"]
    assert ran == [(command, "### dev\n\n### prod\n")]


def test_there_is_nothing_to_comment_before_a_preview(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "FOLDER", tmp_path)
    with pytest.raises(OperationError, match="there is no preview to show"):
        report.comment("12")
