"""What can be wrong with what a handbook says of support: names that lead nowhere, places that nobody can read."""

import re
from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from handrail.handbook.document import KeyPath
from handrail.handbook.schema import Source
from handrail.handbook.support import Product, Proof, Support
from handrail.handbook.wording import nearest


def support_problems(support: Support, sure: Callable[..., bool]) -> Iterator[tuple[KeyPath, str]]:
    """Everything that is wrong with it, with the key path; ``sure`` says of a block whether it is as it was written."""
    if support.upstream and (problem := wrong_address(support.upstream)):
        yield ("support", "upstream"), f"`support.upstream` is no address to read releases at: {problem}"
    for name, product in support.products.items():
        yield from _product(("support", "products", name), product)
        if product.policy and product.policy not in support.policies and sure("support", "policies"):
            at = "support", "products", name, "policy"
            yield at, f"there is no policy `{product.policy}`{nearest(product.policy, support.policies)}"
    if support.ledger and not all(part.strip() for part in support.ledger.partition(":")):
        yield ("support", "ledger"), f"`{support.ledger}` is no file; write it like `group/project:path/to/ledger.yml`"
    for index, hold in enumerate(support.holds):
        if hold.product not in support.products and sure("support", "products"):
            where = "support", "holds", index, "product"
            yield where, f"there is no product `{hold.product}`{nearest(hold.product, support.products)}"


def source_problems(sources: Mapping[str, Source]) -> Iterator[tuple[KeyPath, str]]:
    """Forms of tags by which the releases of two milestones are not told apart."""
    for name, source in sources.items():
        form = source.release_tag
        named = {found[1] for found in re.finditer(r"\{(milestone|major|minor)(?:-\d+)?\}", form)}
        if form and "milestone" not in named and not named >= {"major", "minor"}:
            yield (
                ("sources", name, "release_tag"),
                f"`{form}` is the same for several releases; write it like `v{{milestone}}.0`",
            )


def _product(at: KeyPath, product: Product) -> Iterator[tuple[KeyPath, str]]:
    project, colon, path = product.file.partition(":")
    if product.file and not (project.strip() and (path.strip() or not colon)):
        yield (*at, "file"), f"`{product.file}` is no file; write it like `group/project:path/to/releases.json`"
    for index, proof in enumerate(product.proofs):
        yield from _proof((*at, "proofs", index, "pattern"), proof)


def _proof(at: KeyPath, proof: Proof) -> Iterator[tuple[KeyPath, str]]:
    try:
        groups = re.compile(proof.pattern).groups
    except (re.error, OverflowError, RecursionError) as error:
        yield at, f"`{proof.pattern}` is no regular expression ({error})"
        return
    if not groups:
        yield at, f"`{proof.pattern}` has no group, in `(` and `)`, that would be a version"


def wrong_address(address: str) -> str:
    """What is wrong with an address to read releases from; empty: nothing."""
    try:
        url = urlsplit(address)
        host, _ = url.hostname or "", url.port
    except ValueError:
        return "it cannot be understood"
    if not host:
        return "it names no host; write it like https://endoflife.date"
    if url.username or url.password or url.query or url.fragment:
        return "it has more than a host and a path"
    if url.scheme != "https" and not (url.scheme == "http" and _is_loopback(host)):
        return "only https:// is read, and http:// on this machine"
    return ""


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
