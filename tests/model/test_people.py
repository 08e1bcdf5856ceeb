"""What people say of their own hours, in place of the team's handbook."""

from handrail.model.people import OwnHours, Person

MARA = Person("Mara", "Europe/Berlin", country="DE", subdivision="BE")


def test_what_is_stated_counts_and_the_rest_stays() -> None:
    assert OwnHours(hours=("07:00-15:00",)).of(MARA) == Person(
        "Mara", "Europe/Berlin", hours=("07:00-15:00",), country="DE", subdivision="BE"
    )


def test_another_country_comes_without_the_old_ones_part() -> None:
    assert OwnHours(country="CA").of(MARA) == Person("Mara", "Europe/Berlin", country="CA")
    assert OwnHours(country="CA", subdivision="ON").of(MARA).subdivision == "ON"
