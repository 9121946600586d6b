"""Settings come from the environment, and secrets from files."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from services.kit.settings import Settings

KEY = "a key of more than thirty-two characters"


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which secrets are mounted."""
    monkeypatch.setenv("XIAONENG_SECRETS_DIR", str(tmp_path))
    monkeypatch.delenv("XIAONENG_AUDIT_KEY", raising=False)
    return tmp_path


def test_a_secret_is_read_from_its_file(secrets: Path) -> None:
    (secrets / "xiaoneng_audit_key").write_text(f"{KEY}\n")
    assert Settings().audit_key.get_secret_value() == KEY


def test_the_environment_holds_before_the_file(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (secrets / "xiaoneng_audit_key").write_text(KEY)
    monkeypatch.setenv("XIAONENG_AUDIT_KEY", KEY[::-1])
    assert Settings().audit_key.get_secret_value() == KEY[::-1]


def test_without_the_file_a_secret_is_missing(secrets: Path) -> None:
    with pytest.raises(ValidationError, match="audit_key"):
        Settings()


def test_half_of_the_certificates_are_none() -> None:
    with pytest.raises(ValidationError, match="XIAONENG_TLS_KEY"):
        Settings(audit_key=KEY, tls_cert=Path("tls.crt"))


def test_attachments_are_in_one_place() -> None:
    with pytest.raises(ValidationError, match="exclude each other"):
        Settings(audit_key=KEY, blob_dir=Path("here"), blob_bucket="there", blob_access_key="a", blob_secret_key="b")


def test_a_bucket_without_keys_is_refused() -> None:
    with pytest.raises(ValidationError, match="XIAONENG_BLOB_SECRET_KEY"):
        Settings(audit_key=KEY, blob_bucket="there", blob_access_key="a")
