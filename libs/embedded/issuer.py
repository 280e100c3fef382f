"""The OIDC issuer of the one-machine mode: a key pair of its own, and tokens for whoever may read it on this machine.

Services check its tokens exactly as they check those of a real issuer; only the key set comes from next door.
"""

import contextlib
import json
import os
import time
from pathlib import Path
from typing import Any, Self

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

ISSUER = "urn:dure:embedded-issuer"
AUDIENCE = "dure"
ALGORITHM = "ES256"
TOKEN_VALID_S = 24 * 3600


class Issuer:
    """Signs tokens with the private key of `key_path`."""

    def __init__(self, key: ECKey) -> None:
        self._key = key

    @classmethod
    def open(cls, key_path: Path) -> Self:
        """The issuer whose key lies at `key_path`; a key is made, readable by its owner only, where there is none."""
        if not key_path.exists():
            fresh = ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
            key_path.parent.mkdir(parents=True, exist_ok=True)
            part = key_path.with_suffix(f".{os.getpid()}")
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                json.dump(fresh.as_dict(private=True), file)
            try:
                with contextlib.suppress(FileExistsError):  # another process was faster: then its key counts
                    os.link(part, key_path)
            finally:
                part.unlink()
        return cls(ECKey.import_key(json.loads(key_path.read_text())))

    def jwks(self) -> dict[str, Any]:
        """The public key set, as a JWKS document."""
        return dict(KeySet([self._key]).as_dict(private=False))

    async def keys(self) -> dict[str, Any]:
        """The same, in the shape in which a verifier asks for it."""
        return self.jwks()

    def token(self, *roles: str, organisation_id: str = "", subject: str = "", valid_s: int = TOKEN_VALID_S) -> str:
        """A signed access token for a caller with these roles; the subject is the first role where none is given."""
        issued_at = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": subject or (f"{roles[0]}-{organisation_id}" if organisation_id else roles[0]),
            "roles": list(roles),
            "organisation_id": organisation_id,
            "iat": issued_at,
            "exp": issued_at + valid_s,
        }
        return jwt.encode({"alg": ALGORITHM, "kid": self._key.kid}, claims, self._key)
