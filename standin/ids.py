"""Numbers and digests that stay the same from run to run, because they follow from what they stand for."""

import hashlib


def number(kind: str, name: str) -> int:
    """A positive 31-bit number (GraphQL's Int) for one thing of a kind."""
    digest = hashlib.blake2b(f"{kind}\0{name}".encode(), digest_size=4).digest()
    return (int.from_bytes(digest) >> 1) or 1


def digest(*parts: object) -> str:
    """Forty hexadecimal digits, as GitLab's discussions and commits have."""
    return hashlib.sha1("\0".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()


def gid(kind: str, identity: object) -> str:
    """A global id as GraphQL shows it."""
    return f"gid://gitlab/{kind}/{identity}"


def of_gid(text: str, kind: str) -> str | None:
    """What a global id of the kind names, None for one of another kind."""
    start = f"gid://gitlab/{kind}/"
    return text[len(start) :] if text.startswith(start) else None
