"""What documents adds to the kit's settings."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.kit.settings import Environment


class DocumentsSettings(Environment):
    """Limits of this installation."""

    model_config = SettingsConfigDict(env_prefix="XIAONENG_DOCUMENTS_", frozen=True, extra="ignore")

    file_megabytes: int = Field(100, ge=1, le=2048, description="Largest size of one attachment.")
    document_megabytes: int = Field(500, ge=1, le=20480, description="Largest size of all attachments of a document.")
    clamd: str = Field("", description="Virus scanner, `host:port` of clamd; empty: uploads are marked as not scanned by anybody.")
    export_days: int = Field(7, ge=1, le=365, description="How long a spreadsheet that was made in the background can be fetched.")
    sweep_seconds: int = Field(3600, ge=1, description="How often attachments that nothing holds are swept.")
