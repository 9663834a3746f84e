"""Keeps the guard's transform the last one, so that no other changes what it has judged.

The engine runs the transforms of a stack in the order of their registration, after those of the resource and of its
parents (pulumi/pulumi, pkg/resource/deploy/source_eval.go, RegisterResource).
"""

from typing import Any

from pulumi.runtime import settings


def stay_last() -> None:
    """Have the transform that is registered next registered again after each one that follows.

    It so runs a second time after what came later, and judges what the engine really receives.
    """
    monitor: Any = settings.get_monitor()
    register = monitor.RegisterStackTransform
    own: list[Any] = []

    def register_before_own(callback: Any) -> Any:
        answer = register(callback)
        if not own:
            own.append(callback)
        elif callback.token != own[0].token:
            register(own[0])
        return answer

    monitor.RegisterStackTransform = register_before_own
