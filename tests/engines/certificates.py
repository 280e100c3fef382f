"""Certificates for the engine tests: an authority of one's own, and what it signs for this machine's loopback."""

import datetime as dt
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

VALID = dt.timedelta(days=2)
"""Around the present, so that clocks may differ."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """The files of one server's certificate."""

    authority: Path
    """What a client is to trust."""
    chain: Path
    key: Path
    both: Path
    """Key and chain in one file, as Kafka takes it."""


def make_certificate(folder: Path, *names: str) -> Certificate:
    """A fresh authority and one certificate of it for 127.0.0.1 and these names, as PEM files in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    ca_key, key = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    issuer, subject = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("authority", "server"))
    ca = _builder(issuer, issuer, ca_key).add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    usage = x509.KeyUsage(
        digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    ca_certificate = ca.add_extension(usage, critical=True).sign(ca_key, hashes.SHA256())
    alternatives = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), *map(x509.DNSName, ("localhost", *names))]
    server = (
        _builder(subject, issuer, key)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    made = Certificate(folder / "ca.pem", folder / "server.pem", folder / "server.key", folder / "server-both.pem")
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signed = server.public_bytes(serialization.Encoding.PEM)
    made.authority.write_bytes(ca_certificate.public_bytes(serialization.Encoding.PEM))
    made.chain.write_bytes(signed)
    made.key.write_bytes(secret)
    made.both.write_bytes(secret + signed)
    for file in (made.key, made.both):
        file.chmod(0o600)
    return made


def _builder(subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - VALID)
        .not_valid_after(now + VALID)
    )
