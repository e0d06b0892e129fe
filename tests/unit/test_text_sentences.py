"""Sentences: where they end, what they never cross, and that nothing is lost."""

import json
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.text.sentences import running, split
from tests.corpus import corpus, needs_corpus


@pytest.mark.parametrize(
    ("language", "text", "sentences"),
    [
        ("en", "One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("en", "Dr. Smith paid $1.5m. It works.", ["Dr. Smith paid $1.5m.", "It works."]),
        ("en", "Fixed in 1.2.3. Update now.", ["Fixed in 1.2.3.", "Update now."]),
        ("en", "No end", ["No end"]),
        ("de", "Das Update ist da. Es hilft.", ["Das Update ist da.", "Es hilft."]),
        ("zh", "微软发布补丁。攻击者利用漏洞。", ["微软发布补丁。", "攻击者利用漏洞。"]),
        ("ja", "攻撃が発生した。修正済み。", ["攻撃が発生した。", "修正済み。"]),
        ("ar", "هذا خبر. هل تم؟ نعم.", ["هذا خبر.", "هل تم؟", "نعم."]),
        ("en", "It calls os.RemoveAll then. Done.", ["It calls os.RemoveAll then.", "Done."]),
        (
            "en",
            "Use unix.SYS_READ. Or foo.bar() now.",
            ["Use unix.SYS_READ.", "Or foo.bar() now."],
        ),
        ("en", "It runs System.IO.Stream now. Yes.", ["It runs System.IO.Stream now.", "Yes."]),
        ("de", "Outlook inkl. Exchange. Ja.", ["Outlook inkl. Exchange.", "Ja."]),
        ("en", "At 17.00.The next began.", ["At 17.00.", "The next began."]),
        ("en", "It ended.The next began.", ["It ended.", "The next began."]),
        ("ru", "Музей им. А. С. Пушкина открыт. Да.", ["Музей им. А. С. Пушкина открыт.", "Да."]),
        ("ru", "Это помогло им. Потом ушли.", ["Это помогло им.", "Потом ушли."]),
        ("fr", "C'est J.-P. Martin. Oui.", ["C'est J.-P. Martin.", "Oui."]),
        ("ar", "قال د. أحمد نعم. تم.", ["قال د. أحمد نعم.", "تم."]),
        ("", "One. Two.", ["One.", "Two."]),
        ("xx", "One. Two.", ["One.", "Two."]),
        ("en", "", []),
        ("en", " \n\n ", []),
    ],
)
def test_a_text_is_split_into_its_sentences(
    language: str, text: str, sentences: list[str]
) -> None:
    assert split(text, language) == sentences


def test_a_sentence_never_crosses_a_paragraph() -> None:
    assert split("A headline\n\nThe first sentence", "en") == ["A headline", "The first sentence"]


def test_lines_of_a_list_are_sentences_of_their_own() -> None:
    listed = "Affected: 1.2\nFixed: 1.3\nCVE-2024-3400"
    assert split(listed, "en") == ["Affected: 1.2", "Fixed: 1.3", "CVE-2024-3400"]


def test_lines_wider_than_any_screen_are_paragraphs() -> None:
    said = "今回の攻撃により約五千人の乗客の個人情報が流出し、数週間にわたりオンラインサービスが停止した"
    lines = [said + said, "同グループは二〇二三年にもほかの企業を攻撃している"]
    assert split("\n".join(lines), "ja") == lines
    assert split(f"{'word ' * 40}of\nsomebody", "en") == [f"{'word ' * 40}of somebody"]


def test_an_entry_of_a_list_does_not_go_on_with_the_line_above_however_long() -> None:
    long = "・ファイル共有サービス「ShareFile」に緊急停止勧告——「信頼できる脅威」を確認した企業の数は二百社を超えるとの発表"
    listed = f"{long}\n・開発者向けツール「Gitea」に欠陥\n{'word ' * 13}\n- an entry\n{'word ' * 13}\nmore"
    assert split(listed, "ja") == [
        long,
        "・開発者向けツール「Gitea」に欠陥",
        ("word " * 13).strip(),
        "- an entry",
        f"{'word ' * 13}more",
    ]


def test_lines_broken_by_their_width_are_joined() -> None:
    wrapped = (
        "The vendor says that attackers have been using the flaw since\n"
        "March. Customers should update."
    )
    assert split(wrapped, "en") == [
        "The vendor says that attackers have been using the flaw since March.",
        "Customers should update.",
    ]


def test_a_paragraph_without_end_is_cut_at_a_sentence() -> None:
    sentence = "The vendor published a fixed version on Monday."
    assert set(split(" ".join([sentence] * 500), "en")) == {sentence}


@given(
    st.lists(st.sampled_from(["word", "Word.", "“", "”", "\n", "\n\n", " ", "。", "e.g.", "1.2"])),
    st.sampled_from(["en", "zh", "ar", ""]),
)
def test_no_word_is_lost_or_moved(parts: list[str], language: str) -> None:
    text = " ".join(parts)
    sentences = split(text, language)
    assert "".join("".join(sentences).split()) == "".join(text.split())
    assert all(sentence == sentence.strip() and "\n" not in sentence for sentence in sentences)


@given(st.text(st.characters(), max_size=200))
def test_any_text_can_be_split(text: str) -> None:
    assert all(split(text, "en"))


def borders(parts: list[str]) -> set[int]:
    found, at = set(), 0
    for part in parts[:-1]:
        at += len(part.replace(" ", ""))
        found.add(at)
    return found


FLOORS = {
    "English": ("en", 0.98),
    "Arabic": ("ar", 0.98),
    "Chinese": ("zh", 0.95),
    "Japanese": ("ja", 0.95),
    "Russian": ("ru", 0.97),
    "German": ("de", 0.90),
    "French": ("fr", 0.97),
    "Spanish": ("es", 0.97),
}


@needs_corpus
def test_real_sentences_joined_in_fives_are_found_again() -> None:
    lines = corpus("articles", "sentences-dev.jsonl").read_text().splitlines()
    by_language: dict[str, list[str]] = defaultdict(list)
    for line in map(json.loads, lines):
        by_language[line["language"]].append(" ".join(line["text"].split()))
    for name, (language, floor) in FLOORS.items():
        right = wrong = 0
        joint = "" if language in {"zh", "ja"} else " "
        for start in range(0, len(by_language[name]) - 4, 5):
            five = by_language[name][start : start + 5]
            wanted, found = borders(five), borders(split(joint.join(five), language))
            right += 2 * len(wanted & found)
            wrong += len(wanted ^ found)
        assert right / (right + wrong) >= floor, name


@pytest.mark.parametrize(
    ("sentences", "run"),
    [
        ((), ""),
        (("One.", "Two."), "One. Two."),
        (("漏洞已修复。", "请更新。"), "漏洞已修复。请更新。"),
        (("彼は「直った」", "はい。"), "彼は「直った」はい。"),
        (("他说：“好。”", "然后走了。"), "他说：“好。”然后走了。"),
        (("그는 말했다.", "둘."), "그는 말했다. 둘."),
        (("A heading without a stop", "It says more."), "A heading without a stop\nIt says more."),
        (("・「SAP」の脆弱性", "・一件目"), "・「SAP」の脆弱性\n・一件目"),
        (("一覧です。", "・一件目。", "・二件目"), "一覧です。\n・一件目。\n・二件目"),
        (
            ("These are new.", "- One.", "-5 is a number."),
            "These are new.\n- One. -5 is a number.",
        ),
        (("He said “no”", "Two."), "He said “no” Two."),
    ],
)
def test_sentences_run_on_as_their_writing_wants(sentences, run) -> None:
    assert running(sentences) == run
