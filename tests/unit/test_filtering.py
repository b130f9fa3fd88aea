"""What each word of a filter finds on both lists, what it says of mistakes, and that any name can be searched for."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from uuid import NAMESPACE_DNS, uuid5

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from modeltui.domain.families import Family
from modeltui.domain.filtering import FIELDS, FLAGS, Filter, Kind, parse, quote
from modeltui.domain.haystack import models_haystack, providers_haystack
from modeltui.domain.resolution import state_of, verdicts
from modeltui.domain.rows import Credential, CredentialKind, KeyState, LineRow, ModelRow, ProviderRow
from modeltui.domain.text import checked_name, name_key
from modeltui.errors import ValidationError

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
SPACE = uuid5(NAMESPACE_DNS, "filtering.test")

STORED = Credential(CredentialKind.STORED, fingerprint="a41f09c2")
FILE = Credential(CredentialKind.FILE, path="/run/secrets/proj7.key")
AMBIENT = Credential(CredentialKind.AMBIENT)


def env(name: str) -> Credential:
    return Credential(CredentialKind.ENV, name=name)


def provider(
    name: str,
    family: Family = Family.OPENAI,
    base_url: str | None = None,
    credential: Credential | None = STORED,
    *,
    enabled: bool = True,
    key: KeyState = KeyState.READY,
    alone: int = 0,
) -> ProviderRow:
    return ProviderRow(
        uuid5(SPACE, f"p{name}"), family, name, base_url, credential, enabled, NOW, NOW, "alice", 1, key, 0, 0, alone
    )


def model(
    name: str,
    *providers: ProviderRow,
    upstream: str | None = None,
    own: str | None = None,
    enabled: bool = True,
    default: bool = False,
) -> ModelRow:
    """A model with a line to each provider; `own` is the last line's own upstream id."""
    answers = verdicts((row.enabled, row.key) for row in providers)
    lines = tuple(
        LineRow(
            row.id,
            row.name,
            row.family,
            place,
            own if place == len(providers) - 1 else None,
            row.enabled,
            row.credential,
            row.key,
            verdict,
            reason,
        )
        for place, (row, (verdict, reason)) in enumerate(zip(providers, answers, strict=True))
    )
    winner, state = state_of(enabled, lines)
    family = providers[0].family if providers else Family.OPENAI
    return ModelRow(
        uuid5(SPACE, f"m{name}"),
        family,
        name,
        upstream or name,
        enabled,
        default,
        128_000,
        70,
        {},
        None,
        NOW,
        NOW,
        "alice",
        1,
        winner,
        state,
        lines,
    )


EU = provider("openai-eu", base_url="https://eu.api.openai.com/v1", credential=env("OPENAI_EU_KEY"), enabled=False)
US = provider("openai-us", alone=1)
BATCH = provider("Batch jobs", credential=env("BATCH_API_KEY"), key=KeyState.MISSING)
CLAUDE = provider("anthropic-main", Family.ANTHROPIC, credential=FILE)
RACK = provider("vllm-rack2", Family.OPENAI_COMPAT, "http://rack2.local:8000/v1", AMBIENT, alone=2)
KEYLESS = provider("groq", Family.OPENAI_COMPAT, "https://api.groq.com/openai/v1", None, key=KeyState.NONE)
MOVED = provider("bedrock", Family.BEDROCK, credential=STORED, key=KeyState.UNREADABLE)
PROVIDERS = (CLAUDE, MOVED, BATCH, EU, US, KEYLESS, RACK)

MODELS = (
    model("claude-sonnet", CLAUDE, default=True),
    model("titan", MOVED),
    model("GPT-4.1", US, BATCH, enabled=False),
    model("gpt-5", EU, US, own="ft:gpt-5:proj7"),
    model("gpt-5-mini", BATCH, EU),
    model("gpt-5-pro", US, EU, upstream="o-pro"),
    model("llama3:8b", RACK, KEYLESS, upstream="meta/llama3:8b"),
    model("mistral:7b", RACK),
)


def found(text: str) -> list[str]:
    return [row.name for row in parse(text, "models").apply(models_haystack(MODELS, PROVIDERS), being_typed=True)]


def found_providers(text: str) -> list[str]:
    return [row.name for row in parse(text, "providers").apply(providers_haystack(PROVIDERS), being_typed=True)]


def names_matching(text: str, *names: str) -> list[str]:
    """Which models of these names a filter finds."""
    # Bedrock has no base URL that a word could be found in.
    rows = [model(name, MOVED) for name in names]
    return [row.name for row in parse(text, "models").apply(models_haystack(rows, PROVIDERS))]


ALL = [row.name for row in MODELS]
GPT_5 = ["gpt-5", "gpt-5-mini", "gpt-5-pro"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ALL),
        ("  \t ", ALL),
        ("!", ALL),
        ("name:", ALL),
        ("!provider:", ALL),
        ("provider:=", ALL),
        ('name:""', ALL),
        # Plain words look everywhere but at the key.
        ("claude", ["claude-sonnet"]),
        ("o-pro", ["gpt-5-pro"]),
        ("proj7", ["gpt-5"]),
        ("bedrock", ["titan"]),
        ("rack2", ["llama3:8b", "mistral:7b"]),
        ("groq", ["llama3:8b"]),
        ("eu.api", GPT_5),
        ("api.openai.com", ["GPT-4.1", *GPT_5]),
        ("api.anthropic.com", ["claude-sonnet"]),
        ("amazonaws", []),
        ("proj7.key", []),
        ("nothing-like-it", []),
        # Words are ANDed and may be in different texts of a row.
        ("gpt mini", ["gpt-5-mini"]),
        ("mini gpt", ["gpt-5-mini"]),
        ("meta groq", ["llama3:8b"]),
        ("gpt claude", []),
        # A text is never found across two values.
        ("gpt-5o-pro", []),
        ('"gpt-5 o-pro"', []),
        # Smart case.
        ("gpt-4", ["GPT-4.1"]),
        ("GPT", ["GPT-4.1"]),
        ("Gpt", []),
        ("batch", ["GPT-4.1", "gpt-5-mini"]),
        ("Batch", ["GPT-4.1", "gpt-5-mini"]),
        ("BATCH", []),
        ("gpt Batch", ["GPT-4.1", "gpt-5-mini"]),
        # Negation.
        ("!gpt", ["claude-sonnet", "titan", "llama3:8b", "mistral:7b"]),
        ("gpt !mini !o-pro !GPT", ["gpt-5"]),
        ('!"gpt-5"', ["claude-sonnet", "titan", "GPT-4.1", "llama3:8b", "mistral:7b"]),
        ("!provider:rack2 !is:dark !gpt", ["claude-sonnet"]),
        # Fields.
        ("name:pro", ["gpt-5-pro"]),
        ("name:o-pro", []),
        ("model:o-pro", ["gpt-5-pro"]),
        ("model:ft:gpt-5:proj7", ["gpt-5"]),
        ("model:meta/", ["llama3:8b"]),
        ("NAME:pro", ["gpt-5-pro"]),
        ("provider:openai", ["GPT-4.1", *GPT_5]),
        ("provider:eu", GPT_5),
        ("!provider:openai", ["claude-sonnet", "titan", "llama3:8b", "mistral:7b"]),
        ('provider:"batch jobs"', ["GPT-4.1", "gpt-5-mini"]),
        ('provider:"jobs batch"', []),
        ("first:openai-eu", ["gpt-5"]),
        ("first:batch", ["gpt-5-mini"]),
        ("wins:openai-us", ["GPT-4.1", "gpt-5", "gpt-5-pro"]),
        ("wins:openai-eu", []),
        ("!wins:a !wins:r", ["titan", "gpt-5-mini"]),
        ("url:rack2.local:8000", ["llama3:8b", "mistral:7b"]),
        ("url:https://eu.", GPT_5),
        ("url:openai-eu", []),
        ("key:env", ["GPT-4.1", *GPT_5]),
        ("key:stored", ["titan", "GPT-4.1", "gpt-5", "gpt-5-pro"]),
        ("key:a41f", ["titan", "GPT-4.1", "gpt-5", "gpt-5-pro"]),
        ("key:file", ["claude-sonnet"]),
        ("key:proj7.key", ["claude-sonnet"]),
        ("key:secrets", []),
        ("key:ambient", ["llama3:8b", "mistral:7b"]),
        ("key:none", ["llama3:8b"]),
        ("key:OPENAI_EU", GPT_5),
        ("key:$batch_api_key", ["GPT-4.1", "gpt-5-mini"]),
        ("key:=BATCH_API_KEY", ["GPT-4.1", "gpt-5-mini"]),
        ("key:=API_KEY", []),
        # A family's whole word is that family alone.
        ("family:openai", ["GPT-4.1", *GPT_5]),
        ("family:OpenAI", ["GPT-4.1", *GPT_5]),
        ("family:open", ["GPT-4.1", *GPT_5, "llama3:8b", "mistral:7b"]),
        ("family:openai-compat", ["llama3:8b", "mistral:7b"]),
        ("!family:openai", ["claude-sonnet", "titan", "llama3:8b", "mistral:7b"]),
        # The whole text.
        ("name:=gpt-5", ["gpt-5"]),
        ("!name:=gpt-5 gpt-5", ["gpt-5-mini", "gpt-5-pro"]),
        ('provider:="batch jobs"', ["GPT-4.1", "gpt-5-mini"]),
        ('provider:="Batch jobs"', ["GPT-4.1", "gpt-5-mini"]),
        ("provider:=openai", []),
        ("model:=ft:gpt-5:proj7", ["gpt-5"]),
        # States.
        ("is:on", ["claude-sonnet", "gpt-5-pro", "llama3:8b", "mistral:7b"]),
        ("is:off", ["GPT-4.1"]),
        ("is:fallback", ["gpt-5"]),
        ("is:dark", ["titan", "gpt-5-mini"]),
        ("is:DARK", ["titan", "gpt-5-mini"]),
        ('is:"dark"', ["titan", "gpt-5-mini"]),
        ("is:=dark", ["titan", "gpt-5-mini"]),
        ("is:default", ["claude-sonnet"]),
        ("is:nokey", ["titan", "GPT-4.1", "gpt-5-mini", "llama3:8b"]),
        ("is:alone", ["claude-sonnet", "gpt-5", "gpt-5-pro", "llama3:8b", "mistral:7b"]),
        ("is:on !is:nokey", ["claude-sonnet", "gpt-5-pro", "mistral:7b"]),
        # Words with a colon.
        ("llama3:8b", ["llama3:8b"]),
        ("mistral:7b", ["mistral:7b"]),
        ("!mistral:7b", ALL[:-1]),
        ("ft:gpt-5:proj7", ["gpt-5"]),
        ("http://rack2", ["llama3:8b", "mistral:7b"]),
        ("https://eu.api", GPT_5),
        ("rack2.local:8000", ["llama3:8b", "mistral:7b"]),
        ("local:8000", ["llama3:8b", "mistral:7b"]),
        # While it is being typed the rest filters although a word is wrong.
        ("gpt-5 provder:x mini", ["gpt-5-mini"]),
        ("is:", ALL),
        ("is:dar", ALL),
        ("!is:dar", ALL),
        ("mini is:", ["gpt-5-mini"]),
        ('mini "gp', ["gpt-5-mini"]),
        ('mini name:"gp ', ["gpt-5-mini"]),
    ],
)
def test_models(text: str, names: list[str]) -> None:
    matches = found(text)
    assert sorted(matches) == sorted(names)


def test_spares() -> None:
    spare = provider("spare")
    rows = (model("two", US, spare), model("one", US), model("one of two", US, EU), model("none", EU))
    haystack = models_haystack(rows, (US, EU, spare))
    assert [row.name for row in parse("is:alone", "models").apply(haystack)] == ["one", "one of two"]
    assert [row.name for row in parse("!is:alone", "models").apply(haystack)] == ["two", "none"]


def test_a_model_without_lines() -> None:
    bare = model("bare")
    haystack = models_haystack([bare], [])
    for text in ("bare", "is:dark", "!provider:x", "!first:x", "!wins:x", "!url:x", "!key:x", "!is:nokey"):
        assert parse(text, "models").apply(haystack) == (bare,), text


def test_a_line_whose_provider_was_not_read() -> None:
    row = model("gpt-5", EU)
    haystack = models_haystack([row], [])
    for text in ("openai-eu", "provider:openai-eu", "key:OPENAI_EU_KEY", "!url:eu.api", "!eu.api"):
        assert parse(text, "models").apply(haystack) == (row,), text


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", [row.name for row in PROVIDERS]),
        ("openai", ["Batch jobs", "openai-eu", "openai-us", "groq", "vllm-rack2"]),
        ("Batch", ["Batch jobs"]),
        ("compat", ["groq", "vllm-rack2"]),
        ("api.openai.com", ["Batch jobs", "openai-eu", "openai-us"]),
        ("eu.api", ["openai-eu"]),
        ("OPENAI_EU", ["openai-eu"]),
        ("$batch_api", ["Batch jobs"]),
        ("proj7", ["anthropic-main"]),
        ("a41f09c2", ["bedrock", "openai-us"]),
        ("stored", []),
        ("name:openai", ["openai-eu", "openai-us"]),
        ("provider:openai", ["openai-eu", "openai-us"]),
        ("family:openai", ["Batch jobs", "openai-eu", "openai-us"]),
        ("url:groq.com", ["groq"]),
        ("!url:http", ["bedrock"]),
        ("key:stored", ["bedrock", "openai-us"]),
        ("key:=env", ["Batch jobs", "openai-eu"]),
        ("key:none", ["groq"]),
        ("is:on", ["anthropic-main", "bedrock", "Batch jobs", "openai-us", "groq", "vllm-rack2"]),
        ("is:off", ["openai-eu"]),
        ("is:nokey", ["bedrock", "Batch jobs", "groq"]),
        ("is:alone", ["openai-us", "vllm-rack2"]),
        ("is:alone !family:openai", ["vllm-rack2"]),
        ("is:dark", [row.name for row in PROVIDERS]),
        ("wins:x groq", ["groq"]),
    ],
)
def test_providers(text: str, names: list[str]) -> None:
    assert found_providers(text) == names


@pytest.mark.parametrize("kind", ["models", "providers"])
def test_every_field_and_flag_has_something_to_look_in(kind: Kind) -> None:
    for text in [f"{field}:x" for field in FIELDS[kind] if field != "is"] + [f"is:{flag}" for flag in FLAGS[kind]]:
        read = parse(text, kind)
        assert read.problem is None
        assert read.terms
        if kind == "models":
            read.apply(models_haystack(MODELS, PROVIDERS))
        else:
            read.apply(providers_haystack(PROVIDERS))


MODEL_FLAGS = "is: knows on off dark fallback alone default nokey"


@pytest.mark.parametrize(
    ("kind", "text", "problem"),
    [
        ("models", "provder:x", "no field provder"),
        ("models", "Provder:x", "no field Provder"),
        ("models", "!provder:x", "no field provder"),
        ("models", "provder:", "no field provder"),
        ("models", "provder:8b", "no field provder"),
        ("models", "proivder:8b", "no field proivder"),
        ("models", "providers:8b", "no field providers"),
        ("models", "pravider:a:b", "no field pravider"),
        ("models", "keys:/run", "no field keys"),
        ("models", "state:dark", "no field state"),
        ("models", "state:=8", "no field state"),
        ("models", 'state:"8 b"', "no field state"),
        ("models", "phi:latest", "no field phi"),
        ("models", "is:", MODEL_FLAGS),
        ("models", "is:brown", MODEL_FLAGS),
        ("models", "!is:da", MODEL_FLAGS),
        ("models", 'is:"on off"', MODEL_FLAGS),
        ("models", '"gpt', "unclosed quote"),
        ("models", '"', "unclosed quote"),
        ("models", '"a""', "unclosed quote"),
        ("models", 'name:"gpt 5', "unclosed quote"),
        ("models", 'name:="gpt 5', "unclosed quote"),
        ("models", 'provder:"gpt', "unclosed quote"),
        ("models", "is:x provder:y", MODEL_FLAGS),
        ("models", "gpt provder:y", "no field provder"),
        ("providers", "is:dark", "is: knows on off alone nokey"),
        ("providers", "wins:x", "no field wins on providers"),
        ("providers", "first:8", "no field first on providers"),
        ("providers", "model:gpt", "no field model on providers"),
        ("providers", "nam:x", "no field nam"),
    ],
)
def test_mistakes(kind: Kind, text: str, problem: str) -> None:
    read = parse(text, kind)
    assert read.problem == problem
    assert all("gpt" in term.value for term in read.terms)


@pytest.mark.parametrize("text", ["gpt-5 provder:x", "provder:x", "is:dar", "mini is:", 'mini "gp'])
def test_a_kept_filter_with_a_mistake_finds_nothing(text: str) -> None:
    """Else an action on all that is visible would hit what one believes to be filtered out."""
    haystack = models_haystack(MODELS, PROVIDERS)
    assert parse(text, "models").apply(haystack) == ()
    assert parse(text, "models").apply(haystack, being_typed=True) != ()


@pytest.mark.parametrize(
    "text",
    [
        "llama3:8b",
        "mistral:7b",
        "localhost:8000",
        "ft:gpt-5:eu",
        "arn:aws:bedrock",
        "anthropic.claude-v1:0",
        "meta/llama:free",
        "deepseek-r1:latest",
        "模型:大",
        "naïve:x",
        "https://x",
        "http:",
        "https:/",
        "s://bucket",
        "key-:x",
        ":x",
        "::",
        ":",
        "5:30",
        'a"b',
        "=x",
        "a!",
        "[/]",
    ],
)
def test_words_that_only_look_like_more(text: str) -> None:
    read = parse(text, "models")
    assert read.problem is None
    assert [(term.field, term.value) for term in read.terms] == [("", text)]
    assert names_matching(text, f"a{text}b", "other") == [f"a{text}b"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('"gpt 5"', "my gpt 5 model"),
        ('"!x"', "a!x"),
        ('"name:x"', "name:x"),
        ('"is:dark"', "is:dark"),
        ('"phi:latest"', "phi:latest"),
        ('"a""b"', 'a"b'),
        ('""""', 'say "'),
        ("!!x", "no such"),
        ("[red]x", "[red]x"),
        ("[/]", "[/]"),
        ("模型", "大模型"),
        ("É", "É"),
        ("é", "É"),
        ("e\u0301", "CAFÉ"),
        ("é", "Cafe\u0301"),
        ("strasse", "Straße"),
        ("σας", "ΣΑΣ"),
        ("name:=[/]", "[/]"),
        ("name:!x", "!x"),
        ('name:="=x"', "=x"),
        ('name:"=x"', "a=x"),
        ("name:a:b", "a:b"),
        ('"a"b', "ba"),
        ('"a"name:b', "ab"),
        ("a\u3000b", "b a"),
    ],
)
def test_hostile_names(text: str, name: str) -> None:
    assert parse(text, "models").problem is None
    assert name in names_matching(text, name, "something else")


def test_case_counts_only_in_the_word_that_has_a_capital() -> None:
    names = ("GPT Turbo", "gpt Turbo", "gpt turbo")
    assert names_matching("gpt Turbo", *names) == ["GPT Turbo", "gpt Turbo"]
    assert names_matching("GPT turbo", *names) == ["GPT Turbo"]
    assert names_matching("É", "É", "é") == ["É"]


def test_a_pasted_line_break_is_a_blank() -> None:
    assert found("gpt\nmini\r\n") == ["gpt-5-mini"]
    assert found('"gpt-5\no-pro"') == []


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("gpt", ["a-gpt-5", "gpt-5-mini", "gpt-5", "gpt 5"]),
        ("gpt-5", ["gpt-5", "a-gpt-5", "gpt-5-mini"]),
        ("name:gpt-5", ["gpt-5", "a-gpt-5", "gpt-5-mini"]),
        ("provider:rock gpt-5", ["gpt-5", "a-gpt-5", "gpt-5-mini"]),
        ("gpt-5 !mini", ["gpt-5", "a-gpt-5"]),
        ("gpt 5", ["gpt 5", "a-gpt-5", "gpt-5-mini", "gpt-5"]),
        ('"gpt 5"', ["gpt 5"]),
        ("!gpt-5", ["gpt 5"]),
        ("provider:bedrock", ["a-gpt-5", "gpt-5-mini", "gpt-5", "gpt 5"]),
    ],
)
def test_an_exact_name_comes_first_and_the_rest_keeps_its_order(text: str, order: list[str]) -> None:
    assert names_matching(text, "a-gpt-5", "gpt-5-mini", "gpt-5", "gpt 5") == order


def test_an_exact_name_comes_first_without_regard_to_case() -> None:
    assert names_matching("gpt-4", "a-gpt-4", "GPT-4") == ["GPT-4", "a-gpt-4"]
    assert found_providers("name:bedrock")[0] == "bedrock"


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("dark", "dark"),
        ("Fallback", "fallback"),
        ("gpt dark nokey", "dark"),
        ("!dark", None),
        ("name:dark", None),
        ("is:dark", None),
        # Part of a name (openai, pro), so it was a word after all.
        ("on", None),
        ("nothing", None),
        ("", None),
    ],
)
def test_a_plain_word_that_is_a_state(text: str, flag: str | None) -> None:
    assert parse(text, "models").meant_state(models_haystack(MODELS, PROVIDERS)) == flag


def test_states_that_only_models_have_are_no_states_of_providers() -> None:
    haystack = providers_haystack(PROVIDERS)
    assert parse("dark", "providers").meant_state(haystack) is None
    assert parse("nokey", "providers").meant_state(haystack) == "nokey"


def test_active_says_whether_anything_is_asked() -> None:
    assert parse("", "models") == Filter()
    for text in ("", "!", "name:", "provder:x", '"x'):
        assert not parse(text, "models").terms, text
    for text in ("x", "!x", "is:on", "provder:x y"):
        assert parse(text, "models").terms, text


@pytest.mark.parametrize("value", ["openai-eu", "a.b/c_d+e@f", "模型", "É"])
def test_plain_values_stay_as_they_are(value: str) -> None:
    assert quote(value) == value


@pytest.mark.parametrize(
    ("value", "quoted"),
    [("a b", '"a b"'), ('a"b', '"a""b"'), ("=x", '"=x"'), ("!x", '"!x"'), ("a:b", '"a:b"'), ("", '""')],
)
def test_other_values_are_quoted(value: str, quoted: str) -> None:
    assert quote(value) == quoted


@st.composite
def valid_names(draw: st.DrawFn) -> str:
    alphabet = st.one_of(
        st.sampled_from('"!:= /[]aAbBéÉße\u0301\u0338模İıſ'), st.characters(exclude_categories=["Cc", "Cf", "Cs"])
    )
    text = draw(st.text(alphabet, min_size=1, max_size=20))
    try:
        return checked_name("name", text, 64)
    except ValidationError:
        assume(False)
        raise


def holds(name: str, part: str) -> bool:
    """Whether one name is in another, by smart case."""
    name, part = unicodedata.normalize("NFC", name), unicodedata.normalize("NFC", part)
    if any(character.isupper() for character in part):
        return part in name
    return part.casefold() in name.casefold()


@given(wanted=valid_names(), others=st.lists(valid_names(), max_size=5))
@example(wanted='"', others=['""', 'a"b', "a"])
@example(wanted="=openai", others=["openai", "a=openai"])
@example(wanted="\u0338x", others=["x", "a\u0338x"])
@example(wanted="openai", others=["openai-eu", "OpenAI"])
def test_any_provider_name_can_be_filtered_by(wanted: str, others: list[str]) -> None:
    lines = list({name_key(name): provider(name) for name in (wanted, *others, f"x{wanted}y")}.values())
    rows = [model(f"m{place}", US, line) for place, line in enumerate(lines)]
    haystack = models_haystack(rows, [US, *lines])

    part = parse("provider:" + quote(wanted), "models")
    assert part.problem is None
    by_part = [row for row, line in zip(rows, lines, strict=True) if holds(line.name, wanted) or holds(US.name, wanted)]
    assert list(part.apply(haystack)) == by_part

    whole = parse("provider:=" + quote(wanted), "models").apply(haystack)
    assert list(whole) == [
        row
        for row, line in zip(rows, lines, strict=True)
        if any(name_key(name) == name_key(wanted) and holds(name, wanted) for name in (line.name, US.name))
    ]

    alone = parse(quote(wanted), "models")
    assert [(term.field, term.negated) for term in alone.terms] == [("", False)]
    assert set(part.apply(haystack)) <= set(alone.apply(haystack))


@given(st.text(st.sampled_from('"!:=/ ab1nameiskey\n\u3000é[]'), max_size=40) | st.text(max_size=40))
def test_nothing_that_can_be_typed_fails(text: str) -> None:
    for kind in ("models", "providers"):
        read = parse(text, kind)
        assert len(read.terms) <= len(text)
    assert set(parse(text, "models").apply(models_haystack(MODELS, PROVIDERS))) <= set(MODELS)


@given(st.text(st.sampled_from('":= abnameis\u3000'), max_size=20), st.sampled_from(["gpt", "is:dark", "!mini"]))
def test_what_is_typed_behind_a_word_changes_nothing_of_it(typed: str, word: str) -> None:
    assert parse(f"{word} {typed}", "models").terms == parse(word, "models").terms + parse(typed, "models").terms
