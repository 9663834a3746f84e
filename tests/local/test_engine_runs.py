"""The engine of this machine, whatever its origin, runs a program."""

import subprocess
from pathlib import Path

from local import engine, stack
from local.cloud import Cloud

NOWHERE = Cloud(port=1, pid=1)
"""No AWS is asked for anything here."""


def test_the_engine_previews_a_program_and_its_outputs(tmp_path: Path):
    (tmp_path / "Pulumi.yaml").write_text("name: two-lines\nruntime: python\n", encoding="utf-8")
    (tmp_path / "__main__.py").write_text("import pulumi\npulumi.export('greeting', 'hello')\n", encoding="utf-8")
    found = engine.ensure()
    environment = stack.environment("dev", found, NOWHERE, tmp_path)
    stack.ensure_stack("dev", environment, tmp_path)

    version = subprocess.run(["pulumi", "version"], env=environment, capture_output=True, text=True, check=True)
    preview = subprocess.run(
        ["pulumi", "preview", "--non-interactive"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip

    assert version.stdout == f"v{found.version}\n"
    assert preview.returncode == 0, preview.stderr
    assert 'greeting: "hello"' in preview.stdout
