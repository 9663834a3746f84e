"""Called by Secrets Manager, four times a rotation: gives the cache's user another password."""

from typing import TYPE_CHECKING

from blog import env
from blog.cache_user import CacheUser
from blog.rotation import Rotation

if TYPE_CHECKING:
    from collections.abc import Mapping

rotation = Rotation.connect(lock=CacheUser.connect(env.required("CACHE_USER", "the user of the cache")))


def handler(event: "Mapping[str, str]", _context: object) -> None:
    """Take one of the four steps; one that fails is repeated by the service."""
    rotation.take(event)
