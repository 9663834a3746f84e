"""One workspace for all tests on the real engine: the program, an emulator and the stacks on it."""

from collections.abc import Iterator

import pytest

from tests.engine.workspace import Workspace


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    made = Workspace(tmp_path_factory.mktemp("workspace"))
    yield made
    made.stop()
