"""Shows a preview where it is reviewed: as a comment on the pull request, and in the summary of the workflow's run."""

import os
import re
import subprocess
from pathlib import Path

from operations.stack import POLICIES, ROOT, OperationError, Stack

FOLDER = ROOT / ".local/previews"
LONGEST = 25_000
"""Of each output: GitHub takes comments of up to 65,536 characters, and there are two stacks."""


def preview(stack: Stack) -> int:
    """Preview with the policies, show it and keep it as Markdown; return the exit status."""
    command = ["pulumi", "preview", "--diff", "--color", "never", *POLICIES, "--stack", stack.name]
    print(f"\n$ {' '.join(command)}", flush=True)
    lines: list[str] = []
    with subprocess.Popen(
        command, cwd=ROOT, env=stack.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        for line in running.stdout or ():
            print(line, end="", flush=True)
            lines.append(line)
    text = markdown(stack.name, running.returncode == 0, "".join(lines))
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{stack.name}.md").write_text(text, encoding="utf-8")
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(text)
    return running.returncode


def markdown(stack: str, holds: bool, output: str) -> str:
    """A preview as Markdown: the verdict, what would change, and the whole output folded away.

    Args:
        stack: The stack's name.
        holds: Whether the preview succeeded, so that all mandatory rules hold.
        output: What the engine printed.
    """
    verdict = "all mandatory rules hold" if holds else "**refused**"
    found = re.search(r"^Resources:\n(?:[ ]+.*\n)+", output, re.MULTILINE)
    changes = f"```\n{found[0]}```\n\n" if found else ""
    # A fence longer than any in the output, which the output therefore cannot close.
    fence = "`" * (max([2, *(len(run) for run in re.findall(r"`+", output))]) + 1)
    shown = output if len(output) <= LONGEST else f"{output[:LONGEST]}\n... (the log of the run has the rest)"
    return (
        f"### Preview of `{stack}`: {verdict}\n\n{changes}"
        f"<details><summary>All of it</summary>\n\n{fence}\n{shown}\n{fence}\n</details>\n"
    )


def comment(pull_request: str) -> int:
    """Put the previews of all stacks on a pull request, in the place of those before; return the exit status of `gh`.

    Raises:
        OperationError: Nothing has been previewed.
    """
    previews = [file.read_text(encoding="utf-8") for file in sorted(FOLDER.glob("*.md"))]
    if not previews:
        raise OperationError("there is no preview to show: run `make preview ON=aws` first")
    command = ["gh", "pr", "comment", pull_request, "--body-file", "-", "--edit-last", "--create-if-none"]
    return subprocess.run(command, cwd=ROOT, input="\n".join(previews), text=True, check=False).returncode
