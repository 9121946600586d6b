"""An authority for tests, which makes certificates as cert-manager lays them into secrets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Authority:
    """Makes certificates."""

    name: x509.Name
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def made(cls, name: str) -> Authority:
        return cls(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), ec.generate_private_key(ec.SECP256R1()))

    def lay(self, folder: Path, name: str = "localhost") -> Path:
        """A certificate with its key and this authority: `tls.crt`, `tls.key`, `ca.crt`; what was there is replaced at once."""
        folder.mkdir(exist_ok=True)
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        own = self._sign(subject, key, [x509.SubjectAlternativeName([x509.DNSName(name)])])
        ca = self._sign(self.name, self.key, [x509.BasicConstraints(ca=True, path_length=None)])
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        for file, content in (("tls.key", key.private_bytes(*form)), ("tls.crt", own), ("ca.crt", ca)):
            beside = folder / f"{file}.new"
            beside.write_bytes(content)
            beside.replace(folder / file)
        return folder

    def _sign(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, extensions: list[x509.ExtensionType]) -> bytes:
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=1))
        for extension in extensions:
            builder = builder.add_extension(extension, critical=False)
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
