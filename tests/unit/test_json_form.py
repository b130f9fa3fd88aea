"""Rows as JSON: as Python's own writer has it, also where that one gives up."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.cli.text import model_block
from modeltui.json_form import json_line, json_text
from modeltui.tui.screens.option_fields import typed_options
from tests.unit.rows import model

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
)


def nested(levels: int, inside: Any = "\u00e9") -> dict[str, Any]:
    for level in range(levels):
        inside = {"a": inside, "b": []} if level % 2 else [inside, 1.5, None]
    return {"deep": inside}


@given(JSON)
def test_deep_values_are_written_as_any_others(value: Any) -> None:
    indented, line, dumps = json.dumps(value, indent=2), json.dumps(value, ensure_ascii=False), json.dumps

    def give_up(part: Any, **options: Any) -> str:
        if part and isinstance(part, dict | list):
            raise RecursionError
        return dumps(part, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json, "dumps", give_up)
        assert json_text(value) == indented
        assert json_line(value) == line


@pytest.mark.parametrize("levels", [500, 2_000])
def test_options_of_any_depth_are_shown_whole(levels: int) -> None:
    row = replace(model("gpt-5"), options={"provider_options": nested(levels)})
    shown = json_text([row])
    assert shown.count("1.5") == levels // 2
    assert "\\u00e9" in shown
    assert "\u00e9" in "\n".join(model_block(row))
    typed = typed_options(row.options)["provider_options"]
    assert typed.count("1.5") == levels // 2
