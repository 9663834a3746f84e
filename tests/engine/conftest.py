"""One workspace for all tests on the real engine: the program, an emulator and the stacks on it."""

import shutil
from collections.abc import Iterator

import pytest

from tests.engine.workspace import ROOT, Workspace


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    made = Workspace(tmp_path_factory.mktemp("workspace"))
    yield made
    made.stop()


@pytest.fixture(scope="session")
def options(workspace: Workspace) -> Workspace:
    """The workspace with the stack options deployed, which has what neither dev nor prod uses."""
    shutil.copy(ROOT / "tests/options/Pulumi.options.yaml", workspace.folder)
    workspace.up("options")
    return workspace


@pytest.fixture(scope="session")
def more(workspace: Workspace) -> Workspace:
    """The workspace with the stack more deployed, which has what excludes an option of the stack options."""
    shutil.copy(ROOT / "tests/options/Pulumi.more.yaml", workspace.folder)
    workspace.up("more")
    return workspace
