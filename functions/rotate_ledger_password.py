"""Called by Secrets Manager, four times a rotation: gives the master of the ledger's database another password."""

from typing import TYPE_CHECKING

from blog.reports.master import Master
from blog.rotation import Rotation

if TYPE_CHECKING:
    from collections.abc import Mapping

rotation = Rotation.connect(lock=Master.connect())


def handler(event: "Mapping[str, str]", _context: object) -> None:
    """Take one of the four steps; one that fails is repeated by the service."""
    rotation.take(event)
