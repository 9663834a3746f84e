"""Called by Secrets Manager, four times a rotation: makes another key, by which cursors are signed from then on."""

from typing import TYPE_CHECKING

from blog.rotation import Rotation

if TYPE_CHECKING:
    from collections.abc import Mapping

rotation = Rotation.connect(lock=None)


def handler(event: "Mapping[str, str]", _context: object) -> None:
    """Take one of the four steps; one that fails is repeated by the service."""
    rotation.take(event)
