"""How endoflife.date is asked: only at an address that may be, only so much, only so long, and with nothing of ours."""

import socket
from itertools import count
from pathlib import Path

import pytest

from handrail.errors import UserError
from handrail.releases.site import Site
from handrail.releases.unread import TroubleError, UnreadError
from standin.endoflife import Answer, endoflife


def test_what_is_there_is_given_with_its_mark_and_asked_for_again_by_it() -> None:
    with endoflife({"ubuntu": b"{}"}) as served:
        site = Site(served.url + "/")
        body, mark = site.product("ubuntu")
        assert (body, site.product("ubuntu", mark)) == (b"{}", (None, mark))
        assert (site.requests, site.host) == (2, served.url.removeprefix("http://"))
        site.close()


def test_no_password_that_this_machine_keeps_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with endoflife({"ubuntu": b"{}"}) as served:
        site = Site(served.url)
        site.product("ubuntu")
        site.close()
        assert [sorted(sent) for sent in served.headers] == [
            ["Accept", "Accept-Encoding", "Connection", "Host", "User-Agent"]
        ]


def test_a_name_is_no_path() -> None:
    with endoflife({"ubuntu": b"{}"}) as served:
        site = Site(served.url)
        with pytest.raises(UnreadError, match=r"has no product \.\./ubuntu"):
            site.product("../ubuntu")
        assert served.asked[0][0] == "..%2Fubuntu"
        site.close()


def test_who_answers_in_drops_or_not_at_all_is_not_waited_for() -> None:
    with endoflife({"ubuntu": b" " * 500_000}) as served:
        ticks = count()
        site = Site(served.url, seconds=2, clock=lambda: float(next(ticks)))
        with pytest.raises(TroubleError, match="did not answer in time"):
            site.product("ubuntu")
        site.close()
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        site = Site(f"http://127.0.0.1:{silent.getsockname()[1]}", seconds=0.05)
        with pytest.raises(TroubleError, match="did not answer in time"):
            site.product("ubuntu")
        site.close()


def test_who_is_not_there_or_speaks_otherwise_is_named() -> None:
    with endoflife() as served:
        site = Site(served.url.replace("http:", "https:"))
        with pytest.raises(TroubleError, match="no certificate that is trusted here, or does not speak TLS"):
            site.product("ubuntu")
        site.close()
    site = Site(served.url)
    with pytest.raises(TroubleError, match="cannot be reached"):
        site.product("ubuntu")
    site.close()


def test_the_list_of_names_is_no_trouble_of_its_own() -> None:
    with endoflife({"ubuntu": b"{}"}) as served:
        served.answers[""] = Answer(404)
        site = Site(served.url)
        with pytest.raises(UnreadError, match="has no product ubunto: Name it by"):
            site.product("ubunto")
        site.close()


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://endoflife.date", "only https:// is read, and http:// on this machine"),
        ("ftp://127.0.0.1", "only https:// is read"),
        ("endoflife.date", "it names no host; write it like https://endoflife.date"),
        ("https://me:secret@endoflife.date", "it has more than a host and a path"),
        ("https://endoflife.date/?q", "it has more than a host and a path"),
        ("https://endoflife.date:x", "it cannot be understood"),
        ("https://[::1", "it cannot be understood"),
    ],
)
def test_an_address_that_is_not_asked(address: str, says: str) -> None:
    with pytest.raises(UserError) as refused:
        Site(address)
    assert says in str(refused.value)


@pytest.mark.parametrize("address", ["https://endoflife.date/mirror", "http://localhost:8080", "http://[::1]:8080"])
def test_an_address_that_may_be_asked(address: str) -> None:
    site = Site(f"{address}/")
    site.close()
    assert (site.address, site.requests) == (address, 0)
