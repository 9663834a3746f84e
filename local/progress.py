"""Shows what a long step does and how far it is, while it runs another program."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

TERMINAL_SECONDS = 1.0
"""How often the line on a terminal is rewritten."""

LOG_SECONDS = 15.0
"""How often a line is added where the output is a file or a pipe, as in continuous integration."""

TAIL_LINES = 12
"""How much of a failed program's own words is repeated."""


class CommandError(RuntimeError):
    """A program could not be started, failed or took too long; the message ends with its last lines."""


@dataclass
class Count:
    """How many lines a program has written, as a measure of how far it is.

    Attributes:
        unit: What one line stands for, such as "packages"; nothing is counted where it is empty.
        total: How many there will be at most, or 0 where that is not known.
    """

    unit: str = ""
    total: int = 0
    lines: list[str] = field(default_factory=list[str])

    def __str__(self) -> str:
        """Show as ", 12 of up to 80 packages"."""
        if not self.unit:
            return ""
        return f", {len(self.lines)}{f' of up to {self.total}' if self.total else ''} {self.unit}"


def run(
    title: str,
    command: Sequence[str],
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    count: Count | None = None,
    timeout: float = 1800,
) -> str:
    """Run a program to its end and show its title, count and elapsed time on standard error meanwhile.

    Args:
        title: What the step does, for the user.
        command: Program and arguments.
        folder: Folder to run in; the current one by default.
        environment: Variables set in addition to those of this process.
        count: What a line on the program's standard error stands for.
        timeout: Seconds after which the program is ended.

    Returns:
        What the program wrote to standard output.

    Raises:
        CommandError: The program is not there, exits with another status than 0, or takes longer than `timeout`.
    """
    count = count or Count()
    started = time.monotonic()
    variables = {**os.environ, **(environment or {})}
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        try:
            process = subprocess.Popen(
                command, cwd=folder, env=variables, stdout=output, stderr=subprocess.PIPE, text=True, errors="replace"
            )
        except OSError as error:
            raise CommandError(f"{command[0]} does not start: {error}") from error
        with process:
            try:
                _follow(process, title, count, deadline=started + timeout)
            except BaseException:
                process.kill()
                raise
        output.seek(0)
        answer = output.read()
    if process.returncode != 0:
        said = "".join(count.lines or answer.splitlines(keepends=True))
        tail = "\n".join(said.splitlines()[-TAIL_LINES:])
        raise CommandError(f"{command[0]} ended with status {process.returncode}\n{tail}")
    return answer


def _follow(process: subprocess.Popen[str], title: str, count: Count, *, deadline: float) -> None:
    """Wait for a program's end, showing its progress."""
    stderr: IO[str] | None = process.stderr
    reader = threading.Thread(target=lambda: count.lines.extend(stderr or ()), daemon=True)
    reader.start()
    started = time.monotonic()
    terminal = sys.stderr.isatty()
    _show(title if terminal else f"{title} ...", terminal=terminal)
    while reader.is_alive():
        if time.monotonic() >= deadline:
            raise CommandError(f"{title}: not done after {deadline - started:.0f} s")
        reader.join(max(0, min(TERMINAL_SECONDS if terminal else LOG_SECONDS, deadline - time.monotonic())))
        if terminal or reader.is_alive():
            _show(f"{title}{count}, {_clock(time.monotonic() - started)}", terminal=terminal)
    process.wait()
    if terminal:
        sys.stderr.write("\n")


def _show(line: str, *, terminal: bool) -> None:
    sys.stderr.write(f"\r\x1b[K{line}" if terminal else f"{line}\n")
    sys.stderr.flush()


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
