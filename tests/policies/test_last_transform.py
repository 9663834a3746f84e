"""The guard's transform stays the last one, whatever a program registers later."""

from dataclasses import dataclass, field

import pytest
from pulumi.runtime import settings

from serverless_guard.last_transform import stay_last


@dataclass
class Callback:
    token: str


@dataclass
class Monitor:
    """The engine as a program sees it: it appends each callback to those that it runs."""

    registered: list[str] = field(default_factory=list[str])

    def RegisterStackTransform(self, callback: Callback) -> None:  # noqa: N802  the monitor's own method
        self.registered.append(callback.token)


def test_the_guard_s_transform_is_registered_again_after_each_other_one(monkeypatch: pytest.MonkeyPatch):
    monitor = Monitor()
    monkeypatch.setattr(settings, "get_monitor", lambda: monitor)
    monitor.RegisterStackTransform(Callback("earlier"))
    stay_last()
    for token in ("guard", "later", "guard", "last"):
        monitor.RegisterStackTransform(Callback(token))
    assert monitor.registered == ["earlier", "guard", "later", "guard", "guard", "last", "guard"]
