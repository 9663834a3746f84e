"""JSON in the text of a property."""

import json
from typing import cast


def parse(text: str) -> object:
    """Parse JSON.

    Raises:
        ValueError: It is no JSON, or is nested too deeply to be read.
    """
    try:
        return cast("object", json.loads(text))
    except RecursionError:
        raise ValueError("nested too deeply") from None
