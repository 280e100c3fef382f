"""Who applies to P0 in the demo: both tracks, both sectors, and one applicant of every special kind."""

import datetime as dt
import random

from demo.people import Wish, business_number, documents_of, name_of, office_file, person

PRIVATE = ("sme", "sme", "startup", "venture", "midsize")
PUBLIC = ("university", "university_hospital", "national_institute", "government_funded_institute", "other_public")
SPECIALS = (
    "late", "late", "late", "banned", "arrears", "repeat", "unlisted_repeat", "individual", "large_enterprise",
    "no_professor", "two_units", "past_window", "bad_number", "no_document", "wrong_format", "twice",
    "banned_professor",
)  # fmt: skip


def wishes(rng: random.Random, count: int) -> list[Wish]:
    """The call's applicants: 7 of 10 for track ❶, 6 of 10 private, with one of each special kind among them."""
    made: list[Wish] = []
    for nth in range(1, count + 1):
        special = SPECIALS[nth // 5 - 1] if nth % 5 == 0 and nth // 5 <= len(SPECIALS) else ""
        made.append(_wish(rng, nth, special))
    return made


def _wish(rng: random.Random, nth: int, special: str) -> Wish:
    kind = rng.choice(PRIVATE if rng.random() < 0.6 else PUBLIC)
    if special in ("individual", "large_enterprise"):
        kind = special
    elif special in ("no_professor", "banned_professor"):
        kind = "university"
    elif special in ("arrears", "no_document", "wrong_format", "twice"):
        kind = "sme"
    sector = "private" if kind in (*PRIVATE, "individual", "large_enterprise") else "public"
    youth = sector == "private" and rng.random() < 0.3
    name = name_of(rng, kind, nth)
    track = "2" if rng.random() < 0.3 and not special else "1"
    product = "H100x8" if track == "2" else rng.choice(("H100x1", "H100x2", "H100x2", "H100x4"))
    units = rng.choice((1, 1, 2, 3)) if track == "2" else 1
    months = rng.randint(3, 8)
    wished_start = dt.date(2025, 10, 1) if rng.random() < 0.8 else dt.date(2025, 11, 1)
    if special == "two_units":
        units = 2
    if special == "past_window":
        months, wished_start = 9, dt.date(2025, 12, 1)
    number = business_number(nth)
    if special == "bad_number":
        number = number[:-1] + str((int(number[-1]) + 1) % 10)
    professor = None
    if kind in ("university", "university_hospital"):
        professor = {
            "id": f"PI-{nth:03d}",
            "name": person(rng, youth=False)["name"],
            "is_professor": special != "no_professor",
        }
    files = documents_of(name, kind, sector, track) if kind not in ("individual", "large_enterprise") else ()
    if special == "no_document":
        files = files[:-1]
    if special == "wrong_format":
        files = tuple((k, n, office_file("word/document.xml") if k == "plan" else content) for k, n, content in files)
    return Wish(
        name, number, kind, sector, track, product, units, months, wished_start,
        person(rng, youth=youth), youth, special, professor, files,
    )  # fmt: skip
