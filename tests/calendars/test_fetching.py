"""Calendars are fetched from the public internet alone, and no host can keep us, fill us or lead us elsewhere."""

import gzip
import socket
import ssl
import time
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address

import pytest

from handrail.calendars.fetching import MOST_BYTES, UnreadError, checked, fetch, is_public
from tests.calendars.conftest import Host, allow_here


def refusal(host: Host, url: str, seconds: float = 10) -> str:
    began = time.perf_counter()
    with pytest.raises(UnreadError) as refused:
        host.fetch(url, seconds=seconds)
    assert time.perf_counter() - began < seconds + 5
    assert "localhost" not in str(refused.value)
    assert "secret" not in str(refused.value)
    return str(refused.value)


def test_a_calendar_is_read_whole_packed_or_not_and_nothing_of_ours_is_sent_along(host: Host) -> None:
    assert host.fetch(host.serve("/plain", b"BEGIN:VCALENDAR")) == b"BEGIN:VCALENDAR"
    packed = gzip.compress(b"x" * 100_000)
    assert host.fetch(host.serve("/packed", packed, Content_Encoding="gzip")) == b"x" * 100_000
    assert host.fetch(host.serve("/a%20b?key=1", b"it")) == b"it"
    assert all(set(one) == {"host", "accept", "accept-encoding"} for one in host.asked)


def test_redirects_are_followed_and_each_is_checked_like_the_first(host: Host) -> None:
    host.serve("/there", b"it")
    assert host.fetch(host.serve("/moved", b"", 302, Location="/there")) == b"it"
    for where in ("https://10.0.0.7/secret", "https://169.254.169.254/latest/meta-data", "https://[::ffff:10.0.0.1]/"):
        told = refusal(host, host.serve("/private", b"", 301, Location=where))
        assert told == "it leads to an address that is not on the public internet"
    told = refusal(host, host.serve("/plain", b"", 307, Location=host.address.replace("https", "http") + "/there"))
    assert told == "only addresses that begin with https:// are read"
    assert "status 302" in refusal(host, host.serve("/nowhere", b"", 302))
    told = refusal(host, host.serve("/round", b"", 302, Location="/round"))
    assert told == "it was redirected more than 3 times"
    assert len(host.asked) == 2 + 3 + 1 + 1 + 4


def test_a_host_on_this_machine_is_not_even_asked(host: Host) -> None:
    for url in (host.serve("/here", b""), host.address.replace("localhost", "127.0.0.1") + "/here"):
        with pytest.raises(UnreadError, match="not on the public internet"):
            fetch(url)
    assert host.asked == []


def test_a_name_with_one_address_of_ours_among_public_ones_is_refused(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    def both(*_: object, **__: object) -> list[object]:
        return [(2, 1, 6, "", (address, 443)) for address in ("93.184.215.14", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with pytest.raises(UnreadError, match="not on the public internet"):
        fetch(host.address)


def test_the_connection_goes_to_the_address_that_was_checked(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that means another address the next time that it is looked up gains nothing by that."""
    found, lookups = socket.getaddrinfo, []

    def once(name: str, *rest: object, **more: object) -> object:
        if name == "localhost":
            lookups.append(name)
            return found("127.0.0.1" if len(lookups) == 1 else "10.0.0.1", *rest, **more)  # type: ignore[arg-type]
        assert name == "127.0.0.1", "no name is looked up to connect to"
        return found(name, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", once)
    assert host.fetch(host.serve("/it", b"it")) == b"it"
    assert lookups == ["localhost"]


def test_what_is_too_large_is_refused_before_it_is_read_or_as_soon_as_it_is(host: Host) -> None:
    assert refusal(host, host.serve("/2gb", b"", Content_Length=str(2 << 30))) == "it is larger than 5 MB"
    bomb = gzip.compress(b"\0" * (MOST_BYTES * 20))
    assert len(bomb) < MOST_BYTES
    assert refusal(host, host.serve("/bomb", bomb, Content_Encoding="gzip")) == "it is larger than 5 MB"

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"x" * 65536)

    host.answers["/endless"] = endless
    assert refusal(host, host.address + "/endless") == "it is larger than 5 MB"


def test_a_host_that_drips_is_hung_up_on(host: Host) -> None:
    def drips(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"x")
            time.sleep(0.05)

    def drips_headers(handler: BaseHTTPRequestHandler) -> None:
        while True:
            handler.wfile.write(b"H")
            time.sleep(0.05)

    host.answers.update({"/body": drips, "/headers": drips_headers})
    assert refusal(host, host.address + "/body", seconds=1) == "it took longer than 1 seconds"
    assert refusal(host, host.address + "/headers", seconds=1) == "it took longer than 1 seconds"


def test_what_else_goes_wrong_is_said_without_the_address(host: Host) -> None:
    assert refusal(host, host.serve("/secret", b"", 403)) == "its host answers with status 403"
    told = refusal(host, host.serve("/secret", b"x", Content_Encoding="br"))
    assert told == "it is packed in a way that was not asked for"
    assert "does not answer as one should" in refusal(host, host.serve("/x", b"not", Content_Encoding="gzip"))
    with pytest.raises(UnreadError, match="nobody vouches for its host’s certificate"):
        fetch(host.address + "/secret", allow_here, ssl.create_default_context())
    with pytest.raises(UnreadError, match="its host cannot be reached"):
        fetch("https://127.0.0.1:9/secret", allow_here, ssl.create_default_context())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("http://example.com/a.ics", "only addresses that begin with https://"),
        ("file:///etc/passwd", "only addresses that begin with https://"),
        ("https://", "names no host"),
        ("https://example.com:99999/", "cannot be understood"),
        ("https://[::1/", "cannot be understood"),
        ("https://user:word@example.com/", "with a user name or password"),
    ],
)
def test_addresses_that_are_not_read(text: str, why: str) -> None:
    with pytest.raises(UnreadError, match=why):
        checked(text)


def test_webcal_is_another_word_for_https() -> None:
    assert checked(" webcal://example.com/a.ics").geturl() == "https://example.com/a.ics"


@pytest.mark.parametrize("text", ["93.184.215.14", "8.8.8.8", "2606:4700::6810:84e5"])
def test_public_addresses(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "198.18.0.1",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "fec0::1",
        "ff02::1",
        "::ffff:8.8.8.8",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:db8::1",
    ],
)
def test_addresses_that_are_nobody_elses(text: str) -> None:
    assert not is_public(ip_address(text))
