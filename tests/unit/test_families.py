"""The closed set of families, and their endpoints."""

from __future__ import annotations

import re

import pytest

from modeltui.domain.families import Family
from modeltui.domain.text import checked_base_url

EXPECTED = {
    "anthropic": ("Anthropic", "https://api.anthropic.com"),
    "azure": ("Azure OpenAI", None),
    "bedrock": ("AWS Bedrock", None),
    "google": ("Google", "https://generativelanguage.googleapis.com"),
    "openai": ("OpenAI", "https://api.openai.com/v1"),
    "openai-compat": ("OpenAI Compatible", None),
    "openrouter": ("OpenRouter", "https://openrouter.ai/api/v1"),
    "vercel": ("Vercel AI Gateway", "https://ai-gateway.vercel.sh/v1"),
}


def test_the_families_their_names_and_endpoints() -> None:
    assert {family.value: (family.label, family.default_base_url) for family in Family} == EXPECTED


@pytest.mark.parametrize("family", Family)
def test_every_family_has_a_usual_variable_and_a_valid_endpoint(family: Family) -> None:
    assert re.fullmatch(r"[A-Z_]+_(API_KEY|BEDROCK)", family.usual_variable)
    url = family.default_base_url
    assert url is None or checked_base_url(family, url) == url
