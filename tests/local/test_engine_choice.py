"""Which engine is taken, with small programs in place of Pulumi, Go and curl on a PATH of the test's own."""

import json
import os
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local import cache, engine
from local.engine import build
from local.engine.release import OLDEST, PROGRAMS, VERSION

LAUNCHER = Path(engine.__file__).parents[1] / "bin"


def program(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(0o755)
    return file


def pulumi(folder: Path, version: str = VERSION) -> Path:
    for name in PROGRAMS:
        program(folder, name, f"echo v{version}")
    return folder


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose PATH and cache are empty; `uses.txt` tells which of its programs ran."""
    (tmp_path / "path").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}")
    monkeypatch.setenv("BLOG_CACHE", str(tmp_path / "cache"))
    return tmp_path


def offline(machine: Path) -> None:
    program(machine / "path", "curl", f"echo curl $* >> {machine}/uses.txt; echo 'no such host' >&2; exit 6")


def online(machine: Path, script: str) -> None:
    """Serve an installer script: the fake curl writes it to the file after -o."""
    (machine / "installer.sh").write_text(script, encoding="utf-8")
    copy = f'while [ "$1" != -o ]; do shift; done; /bin/cp {machine}/installer.sh "$2"'
    program(machine / "path", "curl", f"echo curl $* >> {machine}/uses.txt; {copy}")
    (machine / "path/sh").symlink_to("/bin/sh")


def go(machine: Path, version: str = "1.26.1", *, fails: bool = False) -> None:
    """A Go that answers as the real one does for the four commands of the build."""
    sources = machine / "sources/python"
    for script in build.SCRIPTS:
        program((machine / "sources" / script).parent, Path(script).name, "exit 0")
    assert sources.is_dir()
    answer = json.dumps({"Dir": str(machine / "sources")})
    made = f'printf \'#!/bin/sh\\necho v{VERSION}\\n\' > "$2"; /bin/chmod 755 "$2"'
    broken = "echo 'cannot find module providing package' >&2; exit 1"
    program(
        machine / "path",
        "go",
        f"""echo "go $* GOTOOLCHAIN=$GOTOOLCHAIN GOFLAGS=$GOFLAGS CGO=$CGO_ENABLED" >> {machine}/uses.txt
case $1 in
env) echo go{version} ;;
list) {broken if fails else "echo one; echo two"} ;;
build) while [ "$1" != -o ]; do shift; done; {made} ;;
mod) echo '{answer}' ;;
esac""",
    )


def uses(machine: Path) -> list[str]:
    file = machine / "uses.txt"
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def kept_in(machine: Path) -> list[str]:
    return sorted(path.name for path in (machine / "cache").iterdir())


def refusal() -> str:
    with pytest.raises(engine.Unavailable) as raised:
        engine.ensure()
    return str(raised.value)


def test_an_engine_on_the_path_is_taken_and_nothing_is_downloaded(machine: Path):
    offline(machine)
    go(machine)
    folder = pulumi(machine / "path", "3.250.1")

    assert engine.ensure() == engine.Engine(folder, "3.250.1", "path")
    assert uses(machine) == []
    assert not (machine / "cache").exists()


def test_an_engine_that_is_too_old_is_passed_over_for_a_newer_one_behind_it(
    machine: Path, monkeypatch: pytest.MonkeyPatch
):
    old, new = pulumi(machine / "old", "3.219.9"), pulumi(machine / "new", "3.220.0")
    monkeypatch.setenv("PATH", f"{old}{os.pathsep}{new}")

    assert engine.ensure() == engine.Engine(new, "3.220.0", "path")


def test_the_projects_own_launcher_is_never_taken_for_an_engine(machine: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", f"{LAUNCHER}{os.pathsep}{machine / 'path'}")

    assert "found on PATH: there is no pulumi on PATH" in refusal()


def test_a_link_is_followed_to_where_the_language_host_is(machine: Path):
    folder = pulumi(machine / "opt/pulumi")
    (machine / "path/pulumi").symlink_to(folder / "pulumi")

    assert engine.ensure() == engine.Engine(folder, VERSION, "path")


def test_an_engine_without_its_language_host_is_refused_with_what_is_missing(machine: Path):
    (pulumi(machine / "path") / "pulumi-language-python-exec").unlink()

    assert f"{machine}/path/pulumi has no pulumi-language-python-exec beside it" in refusal()


def test_a_pulumi_that_answers_no_version_is_refused_with_what_it_answered(machine: Path):
    program(machine / "path", "pulumi", "echo oops; exit 3")

    assert f"{machine}/path/pulumi version answered 'oops' (exit 3)" in refusal()


def test_the_official_installer_is_used_where_it_can_be_reached(machine: Path):
    online(
        machine,
        f"""echo "installer $*" >> {machine}/uses.txt
while [ "$1" != --install-root ]; do shift; done
/bin/mkdir "$2/bin"
for name in {" ".join(PROGRAMS)}; do
  printf '#!/bin/sh\\necho v{VERSION}\\n' > "$2/bin/$name"; /bin/chmod 755 "$2/bin/$name"
done""",
    )
    go(machine)

    kept = machine / f"cache/pulumi-{VERSION}"
    assert engine.ensure() == engine.Engine(kept / "bin", VERSION, "installer")
    fetched, installed = uses(machine)
    assert "--connect-timeout 4 --max-time 15" in fetched
    assert fetched.endswith("https://get.pulumi.com")
    assert installed == f"installer --version {VERSION} --install-root {kept}.partial --no-edit-path"
    assert kept_in(machine) == [f"pulumi-{VERSION}", f"pulumi-{VERSION}.lock"]


def test_a_machine_without_the_installer_builds_from_go_modules(machine: Path):
    offline(machine)
    go(machine)

    assert engine.ensure().origin == "build"
    _, version, listed, cli, host, scripts = uses(machine)
    settings = "GOTOOLCHAIN=local GOFLAGS=-mod=readonly CGO=0"
    partial = f"{machine}/cache/pulumi-{VERSION}.partial/bin"
    assert version.startswith("go env GOVERSION")
    assert listed == f"go list -deps {build.CLI} {settings}"
    assert cli == f"go build -v -trimpath -ldflags {build.LINKER_FLAGS} -o {partial}/pulumi {build.CLI} {settings}"
    assert f"-o {partial}/pulumi-language-python {build.LANGUAGE_HOST} {settings}" in host
    assert scripts == f"go mod download -json {build.SDK} {settings}"


def test_what_is_in_the_cache_is_used_without_another_look_at_the_network(machine: Path):
    offline(machine)
    go(machine)
    first = engine.ensure()
    (machine / "uses.txt").unlink()

    assert engine.ensure() == first
    assert uses(machine) == []


def test_an_installer_that_brings_another_version_is_not_kept_and_the_build_goes_on(machine: Path):
    online(
        machine,
        f"""while [ "$1" != --install-root ]; do shift; done
/bin/mkdir "$2/bin"
for name in {" ".join(PROGRAMS)}; do
  printf '#!/bin/sh\\necho v3.1.0\\n' > "$2/bin/$name"; /bin/chmod 755 "$2/bin/$name"
done""",
    )
    assert f"official installer: it installed 3.1.0 in place of {VERSION}" in refusal()
    assert kept_in(machine) == [f"pulumi-{VERSION}.lock"]

    go(machine)
    assert engine.ensure().origin == "build"


def test_what_a_killed_build_has_left_is_neither_used_nor_in_the_way(machine: Path):
    offline(machine)
    go(machine)
    left = machine / f"cache/pulumi-{VERSION}.partial/bin"
    pulumi(left)
    (left / "stale").touch()

    found = engine.ensure()

    assert found.bin == machine / f"cache/pulumi-{VERSION}/bin"
    assert not (found.bin / "stale").exists()
    assert not left.exists()


def test_a_cache_folder_that_lost_a_program_is_filled_anew(machine: Path):
    offline(machine)
    go(machine)
    host = engine.ensure().bin / "pulumi-language-python"
    host.unlink()

    assert engine.ensure().origin == "build"
    assert host.exists()


def test_a_machine_with_neither_network_nor_go_is_told_each_reason_and_what_to_install(machine: Path):
    offline(machine)

    assert refusal() == (
        "no Pulumi engine can be obtained:\n"
        "  - found on PATH: there is no pulumi on PATH\n"
        "  - official installer: https://get.pulumi.com cannot be reached (no such host)\n"
        "  - build from Go modules: go is not on PATH (Go 1.24.7 or newer is needed)\n"
        "Install Pulumi 3.220.0 or newer (https://www.pulumi.com/docs/install/), or Go (https://go.dev/dl/) with"
        " access to a module proxy, from which 3.220.0 is built; then run this again."
    )


def test_a_machine_without_curl_is_told_so(machine: Path):
    assert list((machine / "path").iterdir()) == []
    assert "official installer: curl, which the official installer needs, is not installed" in refusal()


def test_a_go_that_is_too_old_is_refused_before_anything_is_downloaded(machine: Path):
    offline(machine)
    go(machine, "1.22.1")

    assert "build from Go modules: go is 1.22.1, older than 1.24.7" in refusal()
    assert [use.split(" GOTOOLCHAIN")[0] for use in uses(machine)[1:]] == ["go env GOVERSION"]


def test_a_module_that_cannot_be_fetched_is_reported_in_gos_own_words(machine: Path):
    offline(machine)
    go(machine, fails=True)

    assert "build from Go modules: the build from Go modules failed: go ended with status 1" in refusal()
    assert "cannot find module providing package" in refusal()


def test_a_second_run_waits_for_the_first_and_takes_what_it_built(machine: Path, capsys: pytest.CaptureFixture[str]):
    offline(machine)
    go(machine)
    with ThreadPoolExecutor() as second:
        with cache.lock(engine.NAME):
            found = second.submit(engine.ensure)
            said, deadline = "", time.monotonic() + 10
            while "waiting for another run" not in said and time.monotonic() < deadline:
                said += capsys.readouterr().err
            assert said == f"pulumi-{VERSION}: waiting for another run that is installing it\n"
            assert uses(machine) == []
            folder = pulumi(machine / f"cache/pulumi-{VERSION}/bin").parent
            (folder / "origin").write_text("installer", encoding="utf-8")
        assert found.result(timeout=10) == engine.Engine(folder / "bin", VERSION, "installer")
    assert uses(machine) == []


def test_the_committed_modules_name_the_release_and_force_no_toolchain():
    cli = (build.HERE / "cli/go.mod").read_text(encoding="utf-8")
    host = (build.HERE / "language_host/go.mod").read_text(encoding="utf-8")

    assert f"github.com/pulumi/pulumi/pkg/v3 v{VERSION} " in cli
    assert f"github.com/pulumi/pulumi/sdk/v3 v{VERSION} " in cli
    assert "github.com/pulumi/pulumi/sdk/v3 v3.75.0 " in host
    assert re.findall(r"^toolchain", cli + host, re.MULTILINE) == []
    assert tuple(map(int, VERSION.split("."))) >= OLDEST
