"""JSON as it is read: most models have no options, and an empty object needs no parser."""

from __future__ import annotations

import json
from typing import Any


def json_value(text: str) -> Any:
    """What the database holds as text. Raises ValueError for what is no JSON."""
    return {} if text == "{}" else json.loads(text)
