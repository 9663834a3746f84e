"""The third way to an engine: a build from Go modules, for machines that reach a Go module proxy and no other network.

`cli/` holds the module of the Pulumi command, `language_host/` that of the Python language host, which is no part of
it; each has a go.sum, so that the same bytes are built everywhere. The two scripts that the language host needs are
copied out of the downloaded module.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path

from local.engine.release import VERSION, Unavailable, numbers
from local.progress import CommandError, Count, run

HERE = Path(__file__).parent
CLI = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
LANGUAGE_HOST = "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python"
SDK = f"github.com/pulumi/pulumi/sdk/v3@v{VERSION}"
SCRIPTS = (
    "python/cmd/pulumi-language-python-exec",
    "python/dist/pulumi-analyzer-policy-python",
    "python/dist/pulumi-resource-pulumi-python",
)

# Neither the user's Go settings nor a newer toolchain may change what is built; without cgo no C compiler is needed.
GO_ENVIRONMENT = {"CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly", "GOTOOLCHAIN": "local", "GOWORK": "off"}
LINKER_FLAGS = f"-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{VERSION}"


def install(folder: Path) -> None:
    """Build the engine, so that `folder/bin` holds it.

    The first build takes about two and a half minutes on two cores, 1 GB of memory and 2 GB of Go's caches.

    Args:
        folder: Existing empty folder.

    Raises:
        Unavailable: Go is missing or too old, or a module cannot be fetched or built.
    """
    _check_go()
    target = folder / "bin"
    target.mkdir()
    try:
        packages = _fetch()
        _go(
            f"engine 2/4: building the Pulumi {VERSION} command, about 2 minutes the first time",
            ["build", "-v", "-trimpath", "-ldflags", LINKER_FLAGS, "-o", str(target / "pulumi"), CLI],
            count=Count("packages", packages),
        )
        _go(
            "engine 3/4: building the Python language host, about 20 seconds the first time",
            [
                "build",
                "-v",
                "-trimpath",
                "-ldflags",
                "-s -w",
                "-o",
                str(target / Path(LANGUAGE_HOST).name),
                LANGUAGE_HOST,
            ],
            module="language_host",
            count=Count("packages"),
        )
        answer = _go("engine 4/4: copying the language host's scripts", ["mod", "download", "-json", SDK])
    except CommandError as error:
        raise Unavailable(f"the build from Go modules failed: {error}") from error
    source = Path(json.loads(answer)["Dir"])
    for script in SCRIPTS:
        shutil.copyfile(source / script, target / Path(script).name)
        (target / Path(script).name).chmod(0o755)


def _check_go() -> None:
    """Refuse a Go that the module's own `go` line rules out, before anything is downloaded."""
    needed = re.search(r"^go (\S+)$", (HERE / "cli/go.mod").read_text(encoding="utf-8"), re.MULTILINE)
    oldest = needed[1] if needed else "1.24"
    try:
        answer = subprocess.run(["go", "env", "GOVERSION"], capture_output=True, text=True, check=False)
    except OSError as error:
        raise Unavailable(f"go is not on PATH (Go {oldest} or newer is needed)") from error
    found = answer.stdout.strip().removeprefix("go")
    if numbers(found) < numbers(oldest):
        raise Unavailable(f"go is {found}, older than {oldest}")


def _fetch() -> int:
    """Download the modules that the command is built of, and return how many packages they are."""
    listed = _go(
        "engine 1/4: fetching the Go modules of the Pulumi command, about 20 seconds the first time",
        ["list", "-deps", CLI],
        count=Count("modules"),
    )
    return len(listed.splitlines())


def _go(title: str, arguments: list[str], *, module: str = "cli", count: Count | None = None) -> str:
    return run(title, ["go", *arguments], folder=HERE / module, environment=GO_ENVIRONMENT, count=count)
