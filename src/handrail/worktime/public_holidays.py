"""Public holidays by country, from the `holidays` library, frozen to plain dates.

Importing that library costs tens of milliseconds, so it happens on first use; and so does each question, which is
answered alike from then on: ask for the years a calendar may touch.
"""

import warnings
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from functools import lru_cache


@lru_cache(maxsize=256)
def public_holidays(country: str, subdivision: str | None, years: range) -> Mapping[date, str]:
    """The days off in a country, or in one part of it, with their names, by date.

    `country` is an ISO 3166-1 code ("NL", "nld"); `subdivision` the part's ISO 3166-2 code without the
    country ("BY" of Germany), a name of it that the library knows ("Bayern"), or None for what holds
    everywhere. Names are English where the library has them. Raises ValueError naming close matches for a
    country or part that it does not know, and an empty dict for years it has no data for.
    """
    import holidays

    code = country.strip().upper()
    if code not in set(holidays.registry.EntityLoader.get_country_codes()):  # the library's own list imports them all
        raise ValueError(f"no public holidays are known for the country {country!r}{_hint(country, _names())}")
    part = None if subdivision is None else _part(code, subdivision)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of years that a country has announced nothing for: they have no holidays yet
        found = holidays.country_holidays(code, subdiv=part, years=years, language="en_US")
    return dict(sorted(found.items()))


def countries() -> dict[str, tuple[str, ...]]:
    """Every two-letter country code known, with the codes of its subdivisions."""
    import holidays

    known = holidays.list_supported_countries(include_aliases=False)
    return {code: tuple(parts) for code, parts in sorted(known.items())}


def _part(country: str, subdivision: str) -> str:
    import holidays

    entity = getattr(holidays, country)
    names: dict[str, str] = {part.casefold(): part for part in entity.subdivisions}
    names |= {name.casefold(): part for name, part in entity.subdivisions_aliases.items()}
    part = names.get(subdivision.strip().casefold())
    if part is None:
        raise ValueError(f"{country} has no part {subdivision!r} with public holidays{_hint(subdivision, names)}")
    return part


def _names() -> dict[str, str]:
    """Codes and spelled-out names, lower case, to the two-letter code to use."""
    from holidays import registry

    names: dict[str, str] = {}
    for module, (_, code, *aliases) in registry.COUNTRIES.items():
        for name in (module.replace("_", " "), code, *aliases):
            names[name.casefold()] = code
    return names


def _hint(wrong: str, names: dict[str, str]) -> str:
    near = get_close_matches(wrong.strip().casefold(), names, n=3, cutoff=0.7)
    meant = dict.fromkeys(f"{names[name]} ({name})" if names[name].casefold() != name else names[name] for name in near)
    return f"; did you mean {' or '.join(meant)}?" if meant else ""
