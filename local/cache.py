"""Keeps what is costly to obtain and the same for every checkout: outside of the checkout, whole or not at all."""

import fcntl
import os
import shutil
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path


def folder() -> Path:
    """Name the folder for what is kept.

    It is `BLOG_CACHE` where that is set, else `serverless-blog` in the user's cache folder
    (https://specifications.freedesktop.org/basedir-spec/latest/).
    """
    chosen = os.environ.get("BLOG_CACHE")
    if chosen:
        return Path(chosen).absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "serverless-blog"


def store(name: str, install: Callable[[Path], None]) -> Path:
    """Fill a folder beside its place in the cache and put it there when it is whole.

    The caller holds the `lock` of the name. What a run that was killed has left is removed first.

    Args:
        name: Name of what is kept, with its version, such as "pulumi-3.220.0".
        install: Fills the empty folder that it is given, and raises where it cannot.

    Returns:
        The folder in the cache, which exists only if `install` returned.
    """
    kept, partial = folder() / name, folder() / f"{name}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        install(partial)
        shutil.rmtree(kept, ignore_errors=True)
        partial.rename(kept)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return kept


@contextmanager
def lock(name: str) -> Generator[None]:
    """Let one run at a time obtain what has this name; another one waits and says so.

    The system frees the lock of a run that was killed.
    """
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / f"{name}.lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.stderr.write(f"{name}: waiting for another run that is installing it\n")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
