"""Sealing API keys to their row, opening them, and every way in which that can fail."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from modeltui.errors import SecretDamaged, SecretKeyMismatch, ValidationError
from modeltui.services.secrets import API_KEY_LIMIT, TOKEN_PREFIX_LENGTH, SecretKey, token_key_id
from tests.support.secret_samples import API_KEY, KEY, MATERIAL, NEIGHBOUR, OTHER, PROVIDER, SPELLED, assert_hides


def test_a_secret_comes_back_out() -> None:
    for secret in (API_KEY, "x", "ключ🔑", "a" * API_KEY_LIMIT):
        assert KEY.open(PROVIDER, KEY.seal(PROVIDER, secret)) == secret


def test_the_token_is_aes_256_gcm_bound_to_the_row() -> None:
    version, key_id, payload = KEY.seal(PROVIDER, API_KEY).split(":")
    sealed = base64.b64decode(payload)
    row = f"provider_config:api_key:{PROVIDER}".encode()
    assert (version, key_id) == ("1", KEY.id)
    assert AESGCM(MATERIAL).decrypt(sealed[:12], sealed[12:], row) == API_KEY.encode()


def test_no_two_tokens_are_equal() -> None:
    assert KEY.seal(PROVIDER, API_KEY) != KEY.seal(PROVIDER, API_KEY)


def test_the_id_tells_keys_apart_and_gives_nothing_away() -> None:
    digest = HMAC(MATERIAL, SHA256())
    digest.update(b"modeltui secret key id")
    assert digest.finalize().hex()[:16] == KEY.id
    assert SecretKey(MATERIAL).id == KEY.id != OTHER.id


def test_the_fingerprint_is_an_hmac_under_a_derived_key() -> None:
    sub_key = HKDF(SHA256(), 32, None, b"modeltui api key fingerprint").derive(MATERIAL)
    digest = HMAC(sub_key, SHA256())
    digest.update(API_KEY.encode())
    assert KEY.fingerprint(API_KEY) == digest.finalize().hex()[:8]
    assert KEY.fingerprint(API_KEY) != KEY.fingerprint(API_KEY + "x")
    assert KEY.fingerprint(API_KEY) != OTHER.fingerprint(API_KEY)


def test_the_key_prints_its_id_alone() -> None:
    for shown in (repr(KEY), str(KEY), f"{KEY}", repr([KEY]), repr({"key": KEY})):
        assert KEY.id in shown
        assert repr(MATERIAL) not in shown
        assert "\\x01" not in shown
        assert SPELLED not in shown


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_key_has_32_bytes(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        SecretKey(bytes(size))


def test_another_key_is_a_mismatch_that_names_both() -> None:
    with pytest.raises(SecretKeyMismatch) as caught:
        OTHER.open(PROVIDER, KEY.seal(PROVIDER, API_KEY))
    assert KEY.id in caught.value.message
    assert OTHER.id in caught.value.message
    assert str(PROVIDER) in caught.value.message
    assert_hides(caught.value, API_KEY)


def damage(change: Callable[[str], str]) -> str:
    return change(KEY.seal(PROVIDER, API_KEY))


def with_payload(change: Callable[[bytes], bytes]) -> str:
    token = KEY.seal(PROVIDER, API_KEY)
    sealed = change(base64.b64decode(token[TOKEN_PREFIX_LENGTH:]))
    return token[:TOKEN_PREFIX_LENGTH] + base64.b64encode(sealed).decode()


def flipped(index: int) -> Callable[[bytes], bytes]:
    def change(sealed: bytes) -> bytes:
        changed = bytearray(sealed)
        changed[index] ^= 1
        return bytes(changed)

    return change


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="empty"),
        pytest.param("no token at all", id="no token at all"),
        pytest.param(damage(lambda token: "2" + token[1:]), id="another version"),
        pytest.param(damage(lambda token: token[:10]), id="cut in the key id"),
        pytest.param(damage(lambda token: token[:TOKEN_PREFIX_LENGTH]), id="nothing sealed"),
        pytest.param(damage(lambda token: token[:-6]), id="cut"),
        pytest.param(damage(lambda token: token[:-1] + "é"), id="not ascii"),
        pytest.param(damage(lambda token: token + "\n"), id="a line break more"),
        pytest.param(damage(lambda token: token.upper()), id="letter case"),
        pytest.param(with_payload(flipped(0)), id="nonce"),
        pytest.param(with_payload(flipped(12)), id="ciphertext"),
        pytest.param(with_payload(flipped(-1)), id="tag"),
        pytest.param(with_payload(lambda sealed: sealed[:27]), id="shorter than nonce and tag"),
        pytest.param(KEY.seal(NEIGHBOUR, API_KEY), id="moved from another row"),
    ],
)
def test_damaged_or_moved_tokens(token: str) -> None:
    with pytest.raises(SecretDamaged) as caught:
        KEY.open(PROVIDER, token)
    assert f"modeltui providers edit {PROVIDER} --api-key-stdin" in caught.value.message
    assert_hides(caught.value, "sk-very")


def test_a_secret_that_is_no_text_is_refused_unseen() -> None:
    with pytest.raises(ValidationError) as caught:
        KEY.seal(PROVIDER, API_KEY + "\udcff")
    assert caught.value.field == "api_key"
    assert_hides(caught.value, API_KEY)


def test_the_key_id_stands_in_the_prefix() -> None:
    token = KEY.seal(PROVIDER, API_KEY)
    assert token_key_id(token) == token_key_id(token[:TOKEN_PREFIX_LENGTH]) == KEY.id
    assert token_key_id(token[: TOKEN_PREFIX_LENGTH - 1]) is None
    assert token_key_id("") is None
