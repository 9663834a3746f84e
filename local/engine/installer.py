"""The second way to an engine: Pulumi's official installer."""

import subprocess
from pathlib import Path

from local.engine.release import VERSION, Unavailable
from local.progress import CommandError, run

SCRIPT = "https://get.pulumi.com"
CONNECT_SECONDS = 4
"""Time within which the installer's server must answer, so that a closed network costs no more than this."""


def install(folder: Path) -> None:
    """Run the official installer, so that `folder/bin` holds the engine.

    The script changes neither the user's shell profile nor anything outside of the folder
    (https://www.pulumi.com/docs/install/ describes its options).

    Args:
        folder: Existing empty folder.

    Raises:
        Unavailable: The installer cannot be reached within `CONNECT_SECONDS`, or fails.
    """
    script = folder / "install.sh"
    fetch = ["curl", "-fsSL", "--proto", "=https", "--connect-timeout", str(CONNECT_SECONDS), "--max-time", "15"]
    try:
        fetched = subprocess.run([*fetch, "-o", script, SCRIPT], capture_output=True, text=True, check=False)
    except OSError as error:
        raise Unavailable("curl, which the official installer needs, is not installed") from error
    if fetched.returncode != 0:
        raise Unavailable(f"{SCRIPT} cannot be reached ({fetched.stderr.strip() or f'curl exit {fetched.returncode}'})")
    options = ["--version", VERSION, "--install-root", str(folder), "--no-edit-path"]
    try:
        run(f"engine: installing Pulumi {VERSION} from {SCRIPT}", ["sh", str(script), *options], timeout=600)
    except CommandError as error:
        raise Unavailable(f"the official installer failed: {error}") from error
    script.unlink()
