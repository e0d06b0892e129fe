"""The guard: what stands in the report passes, what a model invents does not, and nothing raises."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digests.cards.guard import Doubt, doubts

REPORT = """SOUTH BEND — A flaw in the remote access gateway of Meridian Networks lets anyone log in
without a password, the company said on Monday. Attackers have used it since 9 November to enter at
least 41 hospitals and two city halls. The flaw, CVE-2026-21901, is in the part that checks session
cookies. Meridian published fixed versions 9.4.2 and 10.1.7 and advises customers to end all
sessions. “We should have found this ourselves,” said Ida Brandt, who leads its security team.
The damage is put at $5 million, or 12.5% of its sales. Some 1,200 devices were open, says Tomás Ruiz."""
SENTENCES = [
    "A flaw in the gateway of Meridian Networks lets attackers log in without a password.",
    "It was used to enter 41 hospitals and two city halls.",
    "Meridian's fixed versions are 9.4.2 and 10.1.7.",
    "Ida Brandt said “we should have found this ourselves”.",
    "The damage is 12.5 percent of sales, or $5 million.",
    "The flaw is CVE-2026-21901; 1200 devices were open to it.",
]
LIES = [
    ("It was used to enter 42 hospitals.", Doubt("number", "42")),
    ("It was used to enter three city halls.", Doubt("number", "three")),
    ("It was used to enter dozens of hospitals.", Doubt("number", "dozens")),
    ("The damage is put at $5 billion.", Doubt("number", "$5 billion")),
    ("The damage is put at €5 million.", Doubt("number", "€5 million")),
    ("The damage is 125% of its sales.", Doubt("number", "125 %")),
    ("Version 94.2 is fixed.", Doubt("number", "94.2")),
    ("The flaw is CVE-2026-21902.", Doubt("identifier", "CVE-2026-21902")),
    ("Lazarus attacked the hospitals.", Doubt("name", "Lazarus")),
    ("Hospitals use Microsoft gateways.", Doubt("name", "Microsoft")),
    ("The team is led by Ida Ruiz.", Doubt("name", "Ida Ruiz")),
    ("It left a file named b4ckd00r behind.", Doubt("name", "b4ckd00r")),
    ("Its security team said “we are sorry”.", Doubt("quotation", "we are sorry")),
    ('Its security team said "we should have found this.', Doubt("quotation", '"')),
    ("Read more at https://evil.example/ now.", Doubt("markup", "https://")),
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_what_stands_in_the_report_passes(sentence: str) -> None:
    assert doubts(sentence, REPORT, "en") == []


@pytest.mark.parametrize(("lie", "doubt"), LIES)
def test_what_does_not_is_a_doubt(lie: str, doubt: Doubt) -> None:
    assert doubt in doubts(lie, REPORT, "en")


@pytest.mark.parametrize(
    ("language", "report", "true", "lie"),
    [
        (
            "de",
            "Eine Lücke in Routern der Firma Nordlicht betrifft drei Kliniken, so das BSI.",
            "Laut BSI betrifft die Lücke in den Routern drei Kliniken.",
            "Laut BSI betrifft die Lücke in den Routern vier Kliniken.",
        ),
        (
            "fr",
            "Une faille dans les routeurs de Nordlicht touche trois hôpitaux, selon l'ANSSI.",
            "La faille dans les routeurs de Nordlicht touche trois hôpitaux.",
            "La faille dans les routeurs de Cisco touche trois hôpitaux.",
        ),
        (
            "es",
            "Un fallo en los enrutadores de Nordlicht afecta a tres hospitales, según el INCIBE.",
            "El fallo de Nordlicht afecta a tres hospitales.",
            "El fallo de Nordlicht afecta a cuatro hospitales.",
        ),
        (
            "ru",
            "Неизвестные хакеры атаковали три больницы в Москве, похищены данные пациентов.",
            "Хакеры атаковали больницы и похитили данные пациентов.",
            "Хакеры из Киева атаковали больницы и похитили данные.",
        ),
        (
            "ar",
            "أعلنت مجموعة مستشفيات في عمّان أن مهاجمين شفّروا سجلات 41 ألف مريض يوم الأحد.",
            "شفّر مهاجمون سجلات المستشفيات في عمّان.",
            "شفّر مهاجمون سجلات المستشفيات في بغداد.",
        ),
        (
            "zh",
            "研究人员周一表示，他们发现一种新的勒索软件，攻击了三家医院的系统。",
            "研究人员发现一种新的勒索软件，攻击了三家医院的系统。",
            "研究人员发现微软的一种新的勒索软件，攻击了三家医院的系统。",
        ),
        (
            "ja",
            "研究者は月曜日、新たなランサムウェアが三つの病院のシステムを攻撃したと発表した。",
            "新たなランサムウェアが三つの病院のシステムを攻撃した。",
            "新たなランサムウェアが四つの病院のシステムを攻撃した。",
        ),
    ],
)
def test_every_language_is_guarded(language: str, report: str, true: str, lie: str) -> None:
    assert doubts(true, report, language) == []
    assert doubts(lie, report, language) != []


@pytest.mark.parametrize("length", [0, 19, 701, 9_000])
def test_a_summary_of_no_use_is_a_doubt(length: int) -> None:
    assert doubts("a" * length, REPORT, "en") == [Doubt("length", str(length))]


def test_another_language_is_a_doubt() -> None:
    said = "die lücke erlaubt es jedem, sich ohne kennwort anzumelden"
    assert Doubt("language", "en") in doubts(said, REPORT, "en")


# --- properties ------------------------------------------------------------------------------


few = settings(max_examples=30, deadline=None)


@few
@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=3, unique=True))
def test_true_sentences_pass_together(told: list[str]) -> None:
    assert doubts(" ".join(told), REPORT, "en") == []


@few
@given(
    st.lists(st.sampled_from(SENTENCES), max_size=2, unique=True),
    st.sampled_from(LIES),
    st.integers(0, 2),
)
def test_a_lie_is_found_wherever_it_stands(
    true: list[str], lie: tuple[str, Doubt], at: int
) -> None:
    told = [*true[:at], lie[0], *true[at:]]
    assert doubts(" ".join(told), REPORT, "en") != []


@few
@given(st.integers(0, 10**9), st.sampled_from(["", "%", " million", " billion"]))
def test_any_number_that_the_report_does_not_have_is_a_doubt(number: int, size: str) -> None:
    written = f"{number}{size}"
    known = {"9", "41", "21901", "2026", "$5 million", "5 million", "1200", "12", "10"}
    if written not in known:
        said = f"The flaw was used against {written} hospitals since Monday."
        assert any(doubt.kind == "number" for doubt in doubts(said, REPORT, "en"))


@few
@given(st.from_regex(r"[A-Z][a-z]{4,9}", fullmatch=True))
def test_any_name_that_the_report_does_not_have_is_a_doubt(name: str) -> None:
    if name.casefold() not in REPORT.casefold():
        told = f"Attackers of {name} have used the flaw since November."
        assert any(doubt.kind == "name" for doubt in doubts(told, REPORT, "en"))


@few
@given(st.text(min_size=20, max_size=700), st.text(), st.sampled_from(["en", "ar", "ja", "xx"]))
def test_any_text_is_taken(said: str, report: str, language: str) -> None:
    assert all(one.kind for one in doubts(said, report, language))


@pytest.mark.parametrize(
    "piece", ["1", "1 ", "A ", "“", "'", '"', "漢", "一", "ا", "A-", "a.", "<"]
)
def test_hostile_texts_are_worked_in_bounded_time(piece: str) -> None:
    begun = time.process_time()
    doubts((piece * 700)[:700], piece * 65_536, "zh")
    doubts((piece * 700)[:700], piece * 65_536, "en")
    assert time.process_time() - begun < 4  # the worker's limit; usually a hundredth of it
