"""A pack of three lines: where its files lie, how it is called, who starts it."""

import os
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from serverless_guard import __version__, cli
from serverless_guard.enforcement import EnforcementError
from serverless_guard.pack import Pack, is_started_by_engine
from tests.policies.project import PACK

PACK_FOLDER = Path(__file__).parents[2] / "policies"

ENTRY = "from pathlib import Path\nfrom serverless_guard.pack import Pack, run\nrun(Pack(Path(__file__).parent))\n"
DESCRIBED = 'runtime: python\nversion: "3.1.4" # ours\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "packs" / "any-name"
    made.mkdir(parents=True)
    (made / "PulumiPolicy.yaml").write_text(DESCRIBED)
    (made / "__main__.py").write_text(ENTRY)
    return made


def test_it_is_called_as_its_folder_with_the_version_of_its_description(folder: Path):
    assert (Pack(folder).name, Pack(folder).version) == ("any-name", "3.1.4")
    assert (Pack(folder, name="ours", version="2.0.0").name, Pack(folder, version="2.0.0").version) == ("ours", "2.0.0")


def test_without_a_description_it_has_the_library_s_version(tmp_path: Path):
    assert Pack(tmp_path).version == __version__
    assert (Pack().name, Pack().version) == ("serverless-guard", __version__)


def test_this_project_s_pack_has_a_name_and_version_of_its_own():
    assert (PACK.name, PACK.version) == ("serverless-blog", "0.1.0")


def test_this_project_s_pack_requires_the_library_and_the_versions_of_the_program():
    required = (PACK_FOLDER / "requirements.txt").read_text().splitlines()[1:]
    program = tomllib.loads((PACK_FOLDER.parent / "pyproject.toml").read_text())["project"]["dependencies"]
    assert required[0] == "./serverless-guard"
    assert {one.partition("==")[0] for one in required[1:]} == {"pulumi"}
    assert set(required[1:]) <= set(program)


def test_its_files_lie_in_its_folder_or_anywhere(folder: Path, tmp_path: Path):
    pack = Pack(folder)
    names = [pack.enforcement_file, pack.waivers_file, pack.baseline_file]
    assert names == [folder / name for name in ("enforcement.yaml", "waivers.yaml", "baseline.json")]
    shared = tmp_path / "shared.yaml"
    shared.write_text("")
    assert Pack(folder, settings=shared).enforcement_file == shared
    assert Pack(folder, waivers=shared).waivers_file == shared
    assert Pack(folder, baseline=tmp_path / "new.json").baseline_file == tmp_path / "new.json"
    assert Pack().enforcement_file is Pack().waivers_file is Pack().baseline_file is None


def test_a_file_that_is_named_must_exist(tmp_path: Path):
    for kind, look_up in (("settings", "enforcement_file"), ("waivers", "waivers_file")):
        pack = replace(Pack(tmp_path), **{kind: tmp_path / "none.yaml"})
        with pytest.raises(EnforcementError, match=f"^{kind}: there is no file .*none.yaml; name an existing one, or "):
            getattr(pack, look_up)


@pytest.mark.parametrize(
    ("arguments", "engine"),
    [
        (["127.0.0.1:41234", "/repo/packs/any-name"], True),
        (["-logtostderr", "-v=9", "127.0.0.1:41234", "."], True),
        (["list"], False),
        (["check", "stack.json:1"], False),
        (["--help"], False),
        ([], False),
    ],
)
def test_the_engine_is_told_from_people_by_its_address(arguments: list[str], engine: bool):
    assert is_started_by_engine(arguments) is engine


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, folder, *words], check=False, capture_output=True, text=True)


def test_people_give_its_folder_a_command(folder: Path):
    (folder / "enforcement.yaml").write_text("every: {kms-rotation: {level: advisory}}\n")
    explained = command(folder, "explain", "kms-rotation")
    assert "  level     advisory in production, advisory elsewhere\n" in explained.stdout
    assert command(folder).stderr.startswith("usage: serverless-guard ")
    refused = command(folder, "explain", "kms-rotatoin")
    assert (refused.returncode, refused.stderr) == (
        2,
        "explain: there is no rule kms-rotatoin; did you mean kms-rotation?\n",
    )


def test_bad_settings_end_the_engine_s_start_with_a_sentence(folder: Path):
    (folder / "enforcement.yaml").write_text("every: {kms-rotatoin: {level: advisory}}\n")
    done = command(folder, "127.0.0.1:1", str(folder))
    assert done.returncode == 1
    assert (done.stdout, done.stderr) == (
        "",
        "enforcement.yaml: every: there is no rule kms-rotatoin; did you mean kms-rotation?\n",
    )


def test_the_command_takes_settings_and_waivers_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text("every: {kms-rotation: {level: disabled}}\n")
    Path("packs").mkdir()
    Path("packs/enforcement.yaml").write_text("every: {kms-rotation: {level: advisory}}\n")

    def level(*flags: str) -> str:
        assert cli.main(["explain", "kms-rotation", *flags]) == 0
        return capsys.readouterr().out.split("level     ")[1].split(" ")[0]

    assert level() == "mandatory"
    assert level("--settings", "mine.yaml") == "disabled"
    assert level("--pack", "packs") == "advisory"
    assert level("--pack", "packs", "--settings", "mine.yaml") == "disabled"
    Path("packs").rename("policies")
    assert level() == "advisory"
    for flag, words in (
        ("--settings", "settings: there is no file none; name an existing one, or leave settings out\n"),
        ("--pack", "--pack: there is no folder none; name the one with the pack's files\n"),
    ):
        assert cli.main(["explain", "kms-rotation", flag, "none"]) == 2
        assert capsys.readouterr().err == words


def test_a_reader_that_goes_away_gets_no_traceback(folder: Path):
    reader, writer = os.pipe()
    with subprocess.Popen(
        [sys.executable, folder, "list"], stdout=writer, stderr=subprocess.PIPE, text=True
    ) as process:
        os.close(writer)
        os.close(reader)
        assert process.communicate()[1] == ""
        assert process.returncode == 141
