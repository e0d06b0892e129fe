"""Floors for what the words do, on texts written for this project; never below the simple rival.

What is measured on real texts stands in docs/quality.md (`python -m benchmarks.words`).
"""

import pytest

from benchmarks.intervals import auc, f1, mean
from benchmarks.rouge import rouge
from benchmarks.words import BAIT, boundaries, over_all
from digests.cards.condense import condense
from digests.stories.quality import clickbait, quality
from digests.stories.relevance import relevance
from digests.text.language import LANGUAGES, detect
from digests.text.sentences import split
from tests.quality.headlines import BAITS, HONEST, OTHER, SECURITY
from tests.quality.reports import PARAGRAPHS, REPORTS


def joined(parts: list[str], language: str) -> str:
    return ("" if language in {"zh", "ja"} else " ").join(parts)


def test_condensing_tells_more_of_what_people_keep_than_the_lead_does() -> None:
    ours, lead = [], []
    for title, report, kept in REPORTS:
        ours.append(rouge(condense(report, title=title), kept))
        lead.append(rouge(split(report, "en")[:3], kept))
    gains = [mean([a[n] - b[n] for a, b in zip(ours, lead, strict=True)]) for n in (0, 1)]
    assert gains[0] >= 3.0
    assert gains[1] >= 3.0


def test_condensed_sentences_stand_in_the_report_word_for_word() -> None:
    for title, report, _ in REPORTS:
        told = condense(report, title=title)
        assert len(told) == 3
        assert all(sentence in report for sentence in told)
        assert sorted(told, key=report.index) == told


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_is_condensed_in_every_language(language: str) -> None:
    parts = [sentence for paragraph in PARAGRAPHS[language] for sentence in paragraph]
    told = condense(joined(parts, language), language=language, sentences=2)
    assert len(told) == 2
    assert set(told) <= set(parts)


def test_relevance_is_right_for_19_of_20_in_all_languages_together() -> None:
    judged = [
        (true, relevance(title, text, language).relevant)
        for true, known in ((True, SECURITY), (False, OTHER))
        for language, rows in known.items()
        for title, text in rows
    ]
    assert f1(judged) >= 0.95


def test_relevance_of_headlines_alone_finds_most_and_alarms_for_none() -> None:
    found = [relevance(t, "", lang).relevant for lang, rows in SECURITY.items() for t, _ in rows]
    wrong = [relevance(t, "", lang).relevant for lang, rows in OTHER.items() for t, _ in rows]
    assert sum(found) >= 0.7 * len(found)
    assert not any(wrong)


def test_bait_stands_above_honest_headlines() -> None:
    pairs = [(True, one) for one in BAITS] + [(False, one) for one in HONEST]
    ours = auc([(bait, clickbait(headline)) for bait, headline in pairs])
    rival = auc([(bait, float(len(BAIT.findall(headline)))) for bait, headline in pairs])
    assert ours >= max(0.94, rival)


def test_headlines_of_security_news_are_no_bait() -> None:
    assert all(clickbait(title) < 0.5 for title in HONEST)
    assert all(clickbait(title) < 0.5 for rows in SECURITY.values() for title, _ in rows)


def test_every_sentence_is_known_by_its_language() -> None:
    wrong = [
        (language, sentence)
        for language, paragraphs in PARAGRAPHS.items()
        for paragraph in paragraphs
        for sentence in paragraph
        if detect(sentence) != language
    ]
    assert wrong == []


def test_five_words_tell_the_language() -> None:
    rows = [(lang, text) for lang, rows in (SECURITY | {}).items() for _, text in rows]
    rows += [(lang, text) for lang, rows in OTHER.items() for _, text in rows]
    right = [
        detect(text[:14] if lang in {"zh", "ja"} else " ".join(text.split()[:5])) == lang
        for lang, text in rows
    ]
    assert sum(right) >= 0.97 * len(right)


@pytest.mark.parametrize("language", LANGUAGES)
def test_paragraphs_are_split_where_their_sentences_end(language: str) -> None:
    counts = [
        boundaries(split(joined(parts, language), language), parts)
        for parts in PARAGRAPHS[language]
    ]
    assert over_all(counts) >= (0.9 if language == "de" else 0.95)


def test_reports_with_names_and_facts_are_better_than_headlines_alone() -> None:
    whole = [quality(title, report).score for title, report, _ in REPORTS]
    alone = [quality(title, "", teaser=True).score for title, _, _ in REPORTS]
    assert min(whole) > max(alone)
