"""The closed set of provider families and what follows from each."""

from __future__ import annotations

from enum import StrEnum


class Family(StrEnum):
    """The kind of a provider: which protocol it speaks and whose accounts it holds."""

    ANTHROPIC = "anthropic"
    AZURE = "azure"
    BEDROCK = "bedrock"
    GOOGLE = "google"
    OPENAI = "openai"
    OPENAI_COMPAT = "openai-compat"
    OPENROUTER = "openrouter"
    VERCEL = "vercel"

    @property
    def label(self) -> str:
        """The family's own spelling, for people."""
        return _LABELS[self]

    @property
    def default_base_url(self) -> str | None:
        """The family's own endpoint, or None where there is none (Bedrock goes by region)."""
        return _BASE_URLS.get(self)

    @property
    def needs_base_url(self) -> bool:
        """Whether a provider of this family must name its own base URL."""
        return self in (Family.AZURE, Family.OPENAI_COMPAT)

    @property
    def allows_ambient(self) -> bool:
        """Whether a provider of this family may work without a key of its own."""
        return self in (Family.AZURE, Family.BEDROCK, Family.GOOGLE, Family.OPENAI_COMPAT)

    @property
    def usual_variable(self) -> str:
        """The environment variable in which this family's own tools look for a key."""
        return _VARIABLES[self]


_LABELS = {
    Family.ANTHROPIC: "Anthropic",
    Family.AZURE: "Azure OpenAI",
    Family.BEDROCK: "AWS Bedrock",
    Family.GOOGLE: "Google",
    Family.OPENAI: "OpenAI",
    Family.OPENAI_COMPAT: "OpenAI Compatible",
    Family.OPENROUTER: "OpenRouter",
    Family.VERCEL: "Vercel AI Gateway",
}

_BASE_URLS = {
    Family.ANTHROPIC: "https://api.anthropic.com",
    Family.GOOGLE: "https://generativelanguage.googleapis.com",
    Family.OPENAI: "https://api.openai.com/v1",
    Family.OPENROUTER: "https://openrouter.ai/api/v1",
    Family.VERCEL: "https://ai-gateway.vercel.sh/v1",
}

# The names that each vendor's own SDK reads.
_VARIABLES = {
    Family.ANTHROPIC: "ANTHROPIC_API_KEY",
    Family.AZURE: "AZURE_OPENAI_API_KEY",
    Family.BEDROCK: "AWS_BEARER_TOKEN_BEDROCK",
    Family.GOOGLE: "GEMINI_API_KEY",
    Family.OPENAI: "OPENAI_API_KEY",
    Family.OPENAI_COMPAT: "OPENAI_COMPAT_API_KEY",
    Family.OPENROUTER: "OPENROUTER_API_KEY",
    Family.VERCEL: "AI_GATEWAY_API_KEY",
}
