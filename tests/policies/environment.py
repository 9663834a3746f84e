"""The library as others get it: a wheel, installed into an environment that has nothing else."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "policies/serverless-guard"
LOCK = ROOT / "requirements.lock"
THREE_LINES = (
    "from pathlib import Path\nfrom serverless_guard.pack import Pack, run\nrun(Pack(Path(__file__).parent))\n"
)


def uv(*arguments: str | Path) -> None:
    """Run the uv that `make` installs, or the one on PATH."""
    own = ROOT / ".local/uv/bin/uv"
    found = str(own) if own.exists() else shutil.which("uv")
    assert found, "there is no uv; `make .local/uv/bin/uv` installs it"
    done = subprocess.run([found, *arguments], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def build_wheel(folder: Path) -> Path:
    """Build the library into a folder and give its wheel."""
    uv("build", "--quiet", "--wheel", LIBRARY, "--out-dir", folder)
    (wheel,) = folder.glob("*.whl")
    return wheel


@dataclass(frozen=True)
class Environment:
    """A virtualenv with a wheel and its dependencies, and a folder outside of this repository to run it in."""

    folder: Path
    python: Path

    @classmethod
    def create(cls, folder: Path, wheel: str | Path, *requirements: str, python: str) -> "Environment":
        """Install a wheel with the versions of the lock, except for what is required otherwise."""
        uv("venv", "--quiet", "--python", python, folder / "venv")
        interpreter = folder / "venv/bin/python"
        pinned = () if requirements else ("--constraint", LOCK)
        uv("pip", "install", "--quiet", "--python", interpreter, *pinned, wheel, *requirements)
        (folder / "repository").mkdir()
        return cls(folder / "repository", interpreter)

    def run(self, *command: str | Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command of the environment in the folder."""
        program = self.python.parent / command[0]
        words = [str(program if program.exists() else command[0]), *map(str, command[1:])]
        variables = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))
        }
        path = f"{self.python.parent}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            words,
            cwd=self.folder,
            env={**variables, "PATH": path, **(env or {})},
            check=False,
            capture_output=True,
            text=True,
        )

    def add_pack(self, name: str, entry: str = THREE_LINES) -> Path:
        """Write a pack of three lines into a folder of any name."""
        folder = self.folder / "packs" / name
        folder.mkdir(parents=True)
        (folder / "PulumiPolicy.yaml").write_text(
            f"runtime: {{name: python, options: {{virtualenv: {self.python.parents[1]}}}}}\nversion: 3.1.4\n"
        )
        (folder / "__main__.py").write_text(entry)
        return folder
