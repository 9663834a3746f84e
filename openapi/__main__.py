"""Publishes the description of the API, and refuses a change on which a client would break.

`make contract` compares it with `openapi.json` and writes that file and docs/api.md anew. `python -m openapi REF`
compares it with the file at a git reference, such as a release or the branch that a pull request goes to, and writes
nothing.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "functions"))

from openapi.changes import breaks  # noqa: E402  # the models are found in functions/
from openapi.document import document  # noqa: E402
from openapi.handlers import HandlerError  # noqa: E402
from openapi.page import page  # noqa: E402
from openapi.published import FILE  # noqa: E402

PAGE = ROOT / "docs" / "api.md"


class ChangeError(Exception):
    """A client of the published API would break; the message has a line for each reason, and what to do."""


def text(proposed: dict[str, Any]) -> str:
    """Write a description as the file has it."""
    return json.dumps(proposed, indent=2, ensure_ascii=False) + "\n"


def compare(published: dict[str, Any], proposed: dict[str, Any]) -> None:
    """Refuse a breaking change.

    Raises:
        ChangeError: A client would break, and the version says nothing of it.
    """
    if reasons := breaks(published, proposed):
        raise ChangeError(
            "clients of the API would break:\n"
            + "".join(f"  - {reason}\n" for reason in reasons)
            + "Keep what was there and add what is new; or, if it must break, raise the first number of VERSION in"
            " openapi/document.py, say so in CHANGELOG.md, and run `make contract`."
        )


NOTHING_PUBLISHED = f"No {FILE.name} has been published there: there are no clients to break"


def main(arguments: Sequence[str]) -> int:
    """Compare with a git reference, or else with the file, which is then written anew; return the exit status."""
    try:
        proposed = document()
        if arguments:
            published = _published(arguments[0])
            compare(published or proposed, proposed)
            print(f"Clients of the API at {arguments[0]} can use this one" if published else NOTHING_PUBLISHED)
        else:
            compare(json.loads(FILE.read_text(encoding="utf-8")), proposed)
            FILE.write_text(text(proposed), encoding="utf-8")
            PAGE.write_text(page(proposed), encoding="utf-8")
            print(f"{FILE.name} and docs/{PAGE.name} are up to date, version {proposed['info']['version']}")
    except (ChangeError, HandlerError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _published(reference: str) -> dict[str, Any] | None:
    """Read the description at a git reference, None where there was none yet."""
    if not _git("ls-tree", "--name-only", reference, FILE.name):
        return None
    return json.loads(_git("show", f"{reference}:{FILE.name}"))


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if done.returncode:
        raise ChangeError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
