"""Relevance: security news in eight languages is known, and says by which words."""

import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digests.stories.lexicon import LEXICON
from digests.stories.relevance import relevance
from digests.text.language import LANGUAGES

SECURITY = [
    ("en", "Ransomware gang leaks records of 41,000 patients", "The hospital refused to pay."),
    ("en", "Cisco fixes critical vulnerability in IOS XE", "Attackers can gain root privileges."),
    ("en", "CISA adds CVE-2024-3400 to its catalog", ""),
    ("de", "Hackerangriff legt Klinikum lahm", "Die Angreifer verschlüsselten Patientendaten."),
    ("de", "Kritische Sicherheitslücken in Routern", "Ein Update schließt die Schwachstellen."),
    ("fr", "Une faille critique dans les routeurs", "Des pirates exploitent la vulnérabilité."),
    ("es", "Un ciberataque paraliza un hospital", "Los atacantes exigen un rescate."),
    ("ru", "Хакеры атаковали больницы", "Вымогатели зашифровали серверы."),
    ("zh", "研究人员发现新的勒索软件攻击医院", "黑客利用漏洞入侵服务器。"),
    ("ja", "新たなランサムウェア攻撃が病院を襲った", "攻撃者は脆弱性を悪用した。"),
    ("ar", "اكتشف الباحثون هجوم فدية جديدا على المستشفيات", "استغل القراصنة ثغرة أمنية."),
]
OTHER = [
    ("en", "Arsenal striker to miss the cup final", "The attack will be led by his deputy."),
    ("en", "Rebel attacks kill 12 in the capital", "Security forces closed the roads."),
    ("en", "Ten life hacks for a tidy kitchen", "A recipe for order."),
    ("de", "Raketenangriff auf die Hauptstadt", "Die Regierung verurteilt den Angriff."),
    ("fr", "Attaque au couteau devant une gare", "La police a arrêté un homme."),
    ("es", "El delantero marca tres goles", "El ataque funcionó."),
    ("ru", "Нападающий забил три гола", "Команда вышла в финал."),
    ("zh", "新冠病毒疫情得到控制", "医院恢复了门诊。"),
    ("ja", "新型コロナの感染者数が減少", "病院は通常の診療に戻った。"),
    ("ar", "فوز المنتخب في المباراة النهائية", "سجل اللاعب هدفين."),
]


@pytest.mark.parametrize(("language", "title", "text"), SECURITY)
def test_security_news_is_relevant(language: str, title: str, text: str) -> None:
    judged = relevance(title, text, language)
    assert judged.relevant
    assert judged.reasons
    assert all(reason.startswith("+") for reason in judged.reasons[:1])


@pytest.mark.parametrize(("language", "title", "text"), OTHER)
def test_other_news_is_not(language: str, title: str, text: str) -> None:
    assert not relevance(title, text, language).relevant


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Film director wins cybersquatting case"),
        ("en", "The poets of cyberspace meet"),
        ("ru", "ПВО отразили атаку, снаряды упали в поле, по предварительным данным"),
    ],
)
def test_what_only_sounds_like_it_is_not(language: str, title: str) -> None:
    assert not relevance(title, title, language).relevant


def test_the_language_is_found_out_when_it_is_not_given() -> None:
    assert relevance("Хакеры атаковали больницы", "Вымогатели зашифровали серверы.").relevant


def test_an_unknown_language_is_judged_by_the_words_all_languages_share() -> None:
    assert relevance(
        "Ataque de ransomware fecha hospital", "Phishing abriu a porta.", "pt"
    ).relevant
    assert not relevance("Incêndio fecha hospital", "Ninguém ficou ferido.", "pt").relevant


def test_a_word_in_the_headline_weighs_more() -> None:
    above = relevance("Malware found", "In a city.", "fr")
    below = relevance("In a city", "Malware found.", "fr")
    assert above.score > below.score


def test_nothing_is_no_security_news() -> None:
    assert not relevance("", "").relevant
    assert relevance("", "").reasons == ()


def test_the_lexicon_speaks_all_our_languages() -> None:
    assert set(LEXICON) == set(LANGUAGES)


@settings(deadline=None)  # the first call reads the model
@given(st.text(max_size=200), st.text(max_size=800), st.sampled_from(["", *LANGUAGES, "pt"]))
def test_any_text_has_a_score_between_0_and_1(title: str, text: str, language: str) -> None:
    judged = relevance(title, text, language)
    assert 0 <= judged.score <= 1
    assert judged.relevant == (judged.score >= 0.5)
    assert len(judged.reasons) <= 6


HEADLINE = "Users of the company said it was exposed"
TEXT = (
    "Users of the web site said that attackers had been in the servers and computers of the company,"
    " whose software and network a researcher had looked at; the government, the bank and the team of"
    " the game won oil, stocks and an election."
)


def test_every_process_judges_alike() -> None:
    asked = (
        f"from digests.stories.relevance import *; print(relevance({HEADLINE!r}, {TEXT!r}, 'en'))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", asked],
            env=os.environ | {"PYTHONHASHSEED": str(seed)},
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
        for seed in range(1, 5)
    }
    assert len(said) == 1
