"""Which language: by script, by the classifier, by what the feed says, and what decides when."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.text.language import LANGUAGES, detect
from tests.corpus import corpus, needs_corpus


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Attackers exploit a flaw in a widely used gateway", "en"),
        ("Angreifer nutzen eine Lücke in vielen Routern aus", "de"),
        ("Des attaquants exploitent une faille dans les routeurs", "fr"),
        ("Los atacantes aprovechan una vulnerabilidad en los routers", "es"),
        ("Im Oktober: Bank of America", "de"),
        ("En abril de 2026 Contoso", "es"),
        ("Selon Contoso mardi", "fr"),
        ("Хакеры атаковали больницы через уязвимость", "ru"),
        ("Хакери атакували лікарні через вразливість", "uk"),
        ("研究人员发现新的勒索软件攻击医院", "zh"),
        ("研究人員發現新的勒索軟體攻擊醫院", "zh"),
        ("新たなランサムウェア攻撃が病院を襲った", "ja"),
        ("脆弱性対応情報公開", "ja"),
        ("새로운 랜섬웨어가 병원을 공격했다", "ko"),
        ("اكتشف الباحثون هجوم فدية جديدا على المستشفيات", "ar"),
        ("ہیکرز نے ہسپتالوں پر حملہ کیا ہے", "ur"),
        ("هکرها به بیمارستان‌ها حمله کردند و پول گرفتند", "fa"),
        ("Οι χάκερ επιτέθηκαν", "el"),
        ("האקרים תקפו", "he"),
    ],
)
def test_languages_are_told_apart(text: str, language: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Microsoft Exchange Server 漏洞被利用", "zh"),
        ("Cisco ASA の脆弱性を悪用", "ja"),
        ("Группа LockBit атаковала Windows Server", "ru"),
        ("Researchers at 奇安信 describe a new backdoor in routers", "en"),
        ("攻撃者がCVE-2024-3400を悪用", "ja"),
    ],
)
def test_names_in_latin_letters_do_not_decide(text: str, language: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize(
    ("text", "hint", "language"),
    [
        ("Linenoise", "en-US", "en"),
        ("Router Update", "de_DE", "de"),
        ("Pegasus", "es", "es"),
        ("Angreifer nutzen eine Lücke in vielen Routern aus", "en", "de"),
        ("Hackere angriber danske sygehuse med ransomware", "da-DK", "da"),
        ("Falha no roteador permite invasão", "pt-BR", "pt"),
        ("Хакерите атакуваха болници", "bg", "bg"),
        ("Хакеры атаковали больницы", "en", "ru"),
        ("هجوم فدية", "ur", "ur"),
        ("攻击", "en", "zh"),
        ("A plain English sentence about routers and gateways", "zh-CN", "en"),
        ("A plain English sentence about routers and gateways", "not a tag", "en"),
        ("", "fr-CA", "fr"),
        ("", "", "en"),
        ("123 — !!!", "", "en"),
    ],
)
def test_what_the_feed_says_decides_only_what_the_text_leaves_open(
    text: str, hint: str, language: str
) -> None:
    assert detect(text, hint=hint) == language


@pytest.mark.parametrize("title", ["Phrack Pro-Phile", "Loopback", "Fuzzing RTSP"])
def test_a_few_words_of_jargon_are_english(title: str) -> None:
    assert detect(title) == "en"


@given(st.text(st.characters(), max_size=100), st.text(max_size=8))
def test_any_text_has_a_language(text: str, hint: str) -> None:
    tag = detect(text, hint=hint)
    assert tag.isascii()
    assert tag.isalpha()
    assert 2 <= len(tag) <= 3


NAMES = dict(
    zip(
        LANGUAGES,
        ["English", "German", "French", "Spanish", "Russian", "Chinese", "Japanese", "Arabic"],
        strict=True,
    )
)


def beginning(text: str, language: str) -> str:
    return text[:14] if language in {"zh", "ja"} else " ".join(text.split()[:5])


@needs_corpus
def test_real_sentences_are_recognised_without_any_hint() -> None:
    lines = corpus("articles", "sentences-dev.jsonl").read_text().splitlines()
    tags = {name: tag for tag, name in NAMES.items()}
    sentences = [(tags[line["language"]], line["text"]) for line in map(json.loads, lines)]
    whole = sum(detect(text) == tag for tag, text in sentences)
    short = sum(detect(beginning(text, tag)) == tag for tag, text in sentences)
    assert whole / len(sentences) >= 0.997
    assert short / len(sentences) >= 0.991
