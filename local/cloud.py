"""Starts, finds and stops the AWS on the laptop: one emulator (ministack) for each checkout.

While an emulator runs it holds a lock on `.local/cloud/lock`, which the system frees however it ends. So a record of a
process that is gone, or whose number another process has now, is never believed.
"""

import fcntl
import json
import os
import shutil
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from local import postgres
from local.emulator import EmulatorError, python

ROOT = Path(__file__).resolve().parents[1]
ACCOUNT = "111122223333"
REGION = "us-east-1"
KEY = "local-root"
"""Access key and secret of the account's root user; the emulator is bound to this machine's loopback only."""

START_SECONDS = 30.0
STOP_SECONDS = 15.0
"""How long it may take to write its content down at a stop, before it is killed."""

PORT_SECONDS = 1.0
"""How long the system may take to close the port of an emulator that was killed."""


@dataclass(frozen=True)
class Cloud:
    """An emulator that runs.

    Attributes:
        port: Port on 127.0.0.1.
        pid: Number of its process.
        started: Whether the call that returned this has started it, so that what a stack believes to exist has to
            be compared with what does (`pulumi up --refresh`).
    """

    port: int
    pid: int
    started: bool = False

    @property
    def endpoint(self) -> str:
        """URL of every AWS service; an IP address, so that S3 clients put the bucket into the path."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """Name the variables by which an AWS SDK in any language reaches the emulator and no other AWS."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": KEY,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }


def start(root: Path = ROOT, port: int | None = None, uv: Path | None = None) -> Cloud:
    """Return the checkout's emulator, and start it where it does not run.

    It comes back with what it held when it was stopped. One that was killed comes back empty.

    Args:
        root: Checkout; its `.local/cloud` keeps the emulator's log, record and content.
        port: Port to use; by default `BLOG_CLOUD_PORT`, else the one of the last run if it is free, else a free one.
        uv: Installer of packages, needed where the emulator is not in the cache yet.

    Raises:
        EmulatorError: The port is taken, or the emulator does not answer within `START_SECONDS`.
    """
    interpreter = python(uv)
    folder = _folder(root)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        running = _wait(lambda: _take(lock) or status(root), START_SECONDS, f"it does not answer; see {logs(root)}")
        wanted = port or _configured_port()
        if isinstance(running, Cloud):
            if wanted not in (0, running.port):
                raise EmulatorError(f"the emulator runs on port {running.port}, not {wanted}: stop it first")
            return running
        chosen = _choose_port(wanted, _last_port(folder))
        cloud = Cloud(chosen, _launch(interpreter, folder, chosen, lock), started=True)
        _record(folder, cloud)
    try:
        _wait(lambda: _answers(cloud) or _ended(folder, root), START_SECONDS, f"it does not answer; see {logs(root)}")
    except BaseException:
        stop(root)
        raise
    if postgres.exists(root):
        postgres.of(root).start()
    # Read once: content of an earlier stop must not come back after a later kill, when the stack knows other resources.
    shutil.rmtree(folder / "state", ignore_errors=True)
    return cloud


def status(root: Path = ROOT) -> Cloud | None:
    """Return the checkout's emulator if it runs and answers, else None."""
    folder = _folder(root)
    try:
        with (folder / "lock").open("r+") as lock:
            if _take(lock):
                return None
        cloud = Cloud(**json.loads((folder / "cloud.json").read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    return cloud if _answers(cloud) else None


def stop(root: Path = ROOT) -> bool:
    """Stop the checkout's emulator, which writes down what it holds for the next start.

    Returns:
        Whether one was running.

    Raises:
        EmulatorError: It still runs after it was killed.
    """
    folder = _folder(root)
    if postgres.exists(root):
        postgres.of(root).stop()
    if not _runs(folder):
        return False
    pid = int(json.loads((folder / "cloud.json").read_text(encoding="utf-8"))["pid"])
    os.kill(pid, signal.SIGTERM)
    try:
        _wait(lambda: not _runs(folder), STOP_SECONDS, "it does not stop")
    except EmulatorError:
        os.kill(pid, signal.SIGKILL)
        _wait(lambda: not _runs(folder), STOP_SECONDS, f"the emulator, process {pid}, cannot be killed")
        forget(root)
    with suppress(ChildProcessError):  # another run has started it, as a rule
        os.waitpid(pid, 0)
    return True


def forget(root: Path = ROOT) -> None:
    """Drop what a stopped emulator held, so that the next one starts empty."""
    for content in ("state", "objects", "tmp", "valkey"):
        shutil.rmtree(_folder(root) / content, ignore_errors=True)
    if postgres.exists(root):
        postgres.of(root).forget()


def logs(root: Path = ROOT) -> Path:
    """Name the file that the emulator of the last start writes its log to."""
    return _folder(root) / "cloud.log"


def _folder(root: Path) -> Path:
    return root / ".local/cloud"


def _take(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _runs(folder: Path) -> bool:
    if not (folder / "lock").exists():
        return False
    with (folder / "lock").open("r+") as lock:
        return not _take(lock)


def _record(folder: Path, cloud: Cloud) -> None:
    """Write the record beside its place and rename it, so that a reader never sees half of it."""
    draft = folder / "cloud.json.new"
    draft.write_text(json.dumps({**asdict(cloud), "started": False}), encoding="utf-8")
    draft.rename(folder / "cloud.json")


def _configured_port() -> int:
    configured = os.environ.get("BLOG_CLOUD_PORT") or "0"
    if not configured.isdecimal():
        raise EmulatorError(f"BLOG_CLOUD_PORT is {configured!r}: it takes a port, 1 to 65535, or nothing")
    return int(configured)


def _last_port(folder: Path) -> int:
    """The same port again keeps the URLs that a stack has exported."""
    try:
        return int(json.loads((folder / "cloud.json").read_text(encoding="utf-8"))["port"])
    except (FileNotFoundError, ValueError, KeyError):
        return 0


def _choose_port(wanted: int, last: int) -> int:
    """Return the port that was asked for, or else the last run's or any that is free."""
    try:
        if wanted:
            return _bind(wanted)
    except (OSError, OverflowError) as error:
        raise EmulatorError(
            f"port {wanted} cannot be used for the emulator ({error}): stop what uses it,"
            " or choose another one with BLOG_CLOUD_PORT, or leave that out for a free one"
        ) from error
    with suppress(EmulatorError):
        return _wait(lambda: _free(last), PORT_SECONDS, f"port {last} is taken")
    return _bind(0)


def _free(port: int) -> int | None:
    try:
        return _bind(port)
    except OSError:
        return None


def _bind(port: int) -> int:
    """Try a port, where 0 stands for a free one, and return its number; raises OSError where it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        return int(probe.getsockname()[1])


def _launch(interpreter: Path, folder: Path, port: int, lock: IO[str]) -> int:
    """Start the emulator with an environment of its own, which its functions inherit: nothing of the user's in it.

    Returns:
        The number of its process, which has inherited the lock.
    """
    if not (folder / "state").exists():
        forget(folder.parents[1])
    temporary = folder / "tmp"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    environment = {
        "PATH": os.pathsep.join([str(interpreter.parent), os.defpath]),
        "HOME": str(temporary),
        "TMPDIR": str(temporary),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "AUTH": "true",
        "LAMBDA_EXECUTOR": "local",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": KEY,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(folder / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(folder / "objects"),
        "SSL_CERT_FILE": str(postgres.trusted(folder.parents[1])),
    }
    os.set_inheritable(lock.fileno(), True)
    log = os.open(folder / "cloud.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        # -P keeps the current folder, where the program's own modules are, out of its imports. A session of its own
        # keeps an interrupt typed at `make up` away from it.
        return os.posix_spawn(
            interpreter,
            [str(interpreter), "-P", str(Path(__file__).with_name("emulation") / "start.py")],
            environment,
            file_actions=[(os.POSIX_SPAWN_DUP2, log, 1), (os.POSIX_SPAWN_DUP2, log, 2)],
            setsid=True,
        )
    finally:
        os.close(log)


def _answers(cloud: Cloud) -> Cloud | None:
    try:
        with urllib.request.urlopen(f"{cloud.endpoint}/_ministack/health", timeout=2):  # noqa: S310 - loopback only
            return cloud
    except (OSError, urllib.error.URLError):
        return None


def _ended(folder: Path, root: Path) -> None:
    if not _runs(folder):
        tail = "\n".join(logs(root).read_text(encoding="utf-8", errors="replace").splitlines()[-8:])
        raise EmulatorError(f"the emulator ended at its start:\n{tail}")


def _wait[T](condition: Callable[[], T | None], seconds: float, refusal: str) -> T:
    """Poll until a condition holds, and return what it gave."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise EmulatorError(f"{refusal} ({seconds:.0f} s)")
