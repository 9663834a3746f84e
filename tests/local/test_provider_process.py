"""The plugin as a process, and the archives that it uploads."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.cloud import Cloud
from local.provider import archives
from local.provider.wire import ARCHIVE, ASSET, SIGNATURE

PLUGIN = Path(__file__).resolve().parents[2] / "local/provider/pulumi-resource-aws"


def test_an_archive_has_the_same_bytes_from_any_folder(tmp_path: Path):
    for name, time_ in (("one", 1_000_000_000), ("two", 1_500_000_000)):
        (tmp_path / name / "inner").mkdir(parents=True)
        for file in ("b.py", "inner/a.py"):
            (tmp_path / name / file).write_text(f"# {file}\n", encoding="utf-8")
            os.utime(tmp_path / name / file, (time_, time_))
        (tmp_path / name / "b.py").chmod(0o600 if name == "one" else 0o755)
    folders = [{SIGNATURE: ARCHIVE, "path": str(tmp_path / name)} for name in ("one", "two")]
    texts = {"b.py": {SIGNATURE: ASSET, "text": "# b.py\n"}, "inner/a.py": {SIGNATURE: ASSET, "text": "# inner/a.py\n"}}

    one, two = map(archives.content, folders)

    assert one == two == archives.content({SIGNATURE: ARCHIVE, "assets": texts})


def started(environment: dict[str, str], folder: Path) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.defpath])
    return subprocess.Popen(
        [PLUGIN],
        env={"PATH": path, **environment},
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_the_plugin_starts_in_any_folder_and_stops_at_a_signal(emulator: Cloud, tmp_path: Path):
    (tmp_path / "local").mkdir()  # A folder of the program's must not be taken for the plugin's own.
    with started(emulator.environment(), tmp_path) as process:
        assert process.stdout is not None
        assert int(process.stdout.readline()) > 0
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == 0
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("endpoint", ["", "https://dynamodb.eu-central-1.amazonaws.com", "http://10.0.0.1:4566"])
def test_the_plugin_does_not_start_without_the_address_of_a_local_aws(endpoint: str, tmp_path: Path):
    with started({"AWS_ENDPOINT_URL": endpoint}, tmp_path) as process:
        output, errors = process.communicate(timeout=10)

    assert process.returncode == 1
    assert output == ""
    assert "AWS_ENDPOINT_URL is" in errors
    assert "local AWS only" in errors
