"""What only this Handrail can open: values that are kept where others may read them."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12


class Box:
    """Seals with AES-GCM under a key of its own for each purpose, so that nothing sealed for one opens for another."""

    def __init__(self, secret: bytes, purpose: str) -> None:
        self._cipher = AESGCM(HKDF(SHA256(), 32, None, purpose.encode()).derive(secret))

    def sealed(self, value: bytes) -> bytes:
        """The value, unreadable and signed."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, value, None)

    def opened(self, sealed: bytes) -> bytes | None:
        """The value; None for anything that was not sealed here for this purpose."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
        except (InvalidTag, ValueError):
            return None
