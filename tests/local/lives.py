"""A life for each type."""

from tests.local import lives_api, lives_compute, lives_data, lives_messages, lives_operations

LIVES = [*lives_data.LIVES, *lives_compute.LIVES, *lives_api.LIVES, *lives_messages.LIVES, *lives_operations.LIVES]
