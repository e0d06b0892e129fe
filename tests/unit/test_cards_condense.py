"""Condensing: whole sentences of the text itself, in order, and none about the page."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digests.cards.boilerplate import is_boilerplate, without_formula
from digests.cards.condense import LIMIT, condense
from digests.text.plain import clean

BREACH = (
    "SOUTH BEND — A hospital group in Indiana says attackers encrypted the records of 41,000 "
    "patients on Sunday. The group shut down its network within an hour and called the police. "
    "Nobody should panic, said the mayor. Could it happen again? Surgeons went back to paper "
    "charts until Wednesday. The attackers, who call themselves Night Heron, ask for 30 bitcoin. "
    "The group said it would not pay the attackers and restores its records from tapes."
)

BOILERPLATE = {
    "en": [
        "Sign up for our daily newsletter.",
        "39 points, 16 comments",
        "Note: This joint Cybersecurity Advisory is part of an ongoing effort to publish advisories.",
        "Note: This advisory uses the MITRE ATT&CK® framework, version 17.",
        "Visit example.gov to see all advisories and to learn more about other threats.",
        "Subscribe to our newsletter to get the latest in your inbox.",
        "Read more of this story at Slashdot.",
        "Read more: how to patch your gateway",
        "Continue reading…",
        "Photo: A. N. Other / Getty Images",
        "Image credit: Vendor",
        "(Photo by A. N. Other)",
        "We use cookies to improve your experience.",
        "By continuing to use this site you agree to our terms.",
        "Follow us on Mastodon.",
        "All rights reserved.",
        "© 2026 Example Media",
        "Advertisement",
        "The post A very bad day appeared first on Example.",
        "Have a tip?",
        "5 min read",
        "This story was amended on Friday to correct the name of the minister.",
        "By Ada Quay and Bo Pier",
        "Download the PDF version of this report: A Threat (PDF, 841 KB).",
        "See Figure 1 as an example to illustrate this technique.",
        "See the Tactics and Techniques section of this advisory for a table of the activity.",
    ],
    "de": [
        "Hinweis: Dieser gemeinsame Bericht richtet sich an Betreiber.",
        "Lesen Sie auch: Neue Lücke",
        "Abonnieren Sie unseren Newsletter.",
        "Foto: dpa",
        "Dieser Artikel wurde am Montag um 9 Uhr aktualisiert.",
        "Ein Bericht von Ada Quay (Router, WLAN)",
    ],
    "fr": [
        "Note : cet avis remplace le précédent.",
        "Lire aussi : une faille",
        "Abonnez-vous à notre lettre.",
        "Crédits photo : AFP",
        "Cet article a été mis à jour lundi.",
    ],
    "es": [
        "Nota: este informe se actualizará.",
        "Lee también: otra brecha",
        "Suscríbete al boletín.",
        "Foto: EFE",
        "Este artículo ha sido actualizado.",
    ],
    "ru": [
        "Примечание: эта статья будет обновляться.",
        "Читайте также: новая уязвимость",
        "Подписывайтесь на наш канал.",
        "Фото: ТАСС",
        "Статья обновлена в понедельник.",
    ],
    "zh": [
        "阅读全文",
        "本文已更新",
        "图片来源：视觉中国",
        "责任编辑：王小明",
        "扫码关注我们",
        "本博客提供的部分文章思路可能带有攻击性，仅供安全研究与教学之用，风险自负!",
        "Ladon项目所涉及的技术、思路和工具仅供学习或授权渗透，非法用途后果自负。",
        "本文首发于跳跳糖社区，原文链接：",
    ],
    "ja": [
        "この記事は7日に更新されました。",
        "続きを読む",
        "関連記事：新たな脆弱性",
        "写真：共同",
        "詳しくはこちら",
    ],
    "ar": [
        "اقرأ أيضًا: ثغرة جديدة",
        "جميع الحقوق محفوظة",
        "مصدر الصورة: وكالة",
        "للمزيد من التفاصيل",
        "تم تحديث هذا الخبر صباح اليوم",
    ],
}

SUBJECTS = [
    "Note: This behavior can also be used for legitimate purposes.",
    "This joint advisory highlights a campaign against logistics entities.",
    "This story has been told before by the victims.",
    "By Monday Ada Quay had closed the hole.",
    "By Harbour Watch's count, three ports were open.",
    "Visitors of the site were sent to a page that installed malware.",
    "Subscribers of the service lost their session cookies to the malware.",
    "Advertisement fraud cost the network two million dollars.",
    "Cookies stolen by the malware open corporate accounts.",
    "Sponsored by a foreign state, the group reads diplomats' mail.",
    "Getty Images was among the victims of the breach.",
    "Reading the mail of its victims, the group learned of the deal.",
    "The poster appeared in the forum on Monday.",
    "Photographs of 4,000 passports were for sale.",
    "扫码支付诈骗案件在春节期间大幅增加。",
    "订阅服务的用户数据遭到泄露。",
    "اشترك في الهجوم ثلاثة من المشتبه بهم.",
    "إعلان حالة الطوارئ بعد الهجوم على المستشفى.",
]


def test_the_dateline_and_what_happened_come_first() -> None:
    told = condense(BREACH, title="Hospital group hit")
    assert told[0].startswith("SOUTH BEND — A hospital group in Indiana")
    assert len(told) == 3


def test_questions_give_way_to_statements() -> None:
    assert not any("Could it happen" in sentence for sentence in condense(BREACH, sentences=4))


@pytest.mark.parametrize(("asked", "given"), [(0, 2), (2, 2), (3, 3), (4, 4), (99, 4)])
def test_two_to_four_sentences_are_told(asked: int, given: int) -> None:
    assert len(condense(BREACH, sentences=asked)) == given


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_a_text_of_three_sentences_or_fewer_comes_back_whole(count: int) -> None:
    few = [f"Group number {n} of the attackers was seen in town {n}." for n in range(count)]
    assert condense(" ".join(few), sentences=2) == few


def test_a_sentence_that_repeats_the_headline_is_left_out() -> None:
    title = "Gateway flaw lets attackers in without a password"
    repeat = "A gateway flaw lets attackers in without a password."
    more = "A gateway flaw, CVE-2026-1234, lets attackers in; the vendor fixed it on Monday."
    assert condense(f"{repeat} {more}", title=title) == [more]
    assert condense(repeat, title=title) == []


def test_a_headline_in_front_of_the_text_is_left_out_of_its_first_sentence() -> None:
    title = "A gateway of many, part 8"
    more = "Copy the file into the system first."
    assert condense(f"{title} {more}", title=title) == [more]
    assert condense(
        "从零开始自定义系统 复制文件到系统里。", title="从零开始自定义系统", language="zh"
    ) == ["复制文件到系统里。"]
    assert condense("Gateways fall one by one here.", title="Gate") == [
        "Gateways fall one by one here."
    ]


def test_lines_of_a_log_are_no_sentences() -> None:
    log = "[2025-10-05 22:38:13] [*] Protocol Client SMB loaded..\n\n[+] Dumping local hashes."
    assert condense(f"It relays to itself.\n\n{log}") == ["It relays to itself."]


def test_a_tag_that_the_feed_cut_is_not_shown() -> None:
    assert condense('It relays to itself.\n\n<a href="#preface"') == ["It relays to itself."]
    assert condense("It holds if a <b and c.") == ["It holds if a <b and c."]


def test_a_sentence_is_told_once() -> None:
    assert condense("Patch the gateway now. PATCH THE GATEWAY NOW! All is well there.") == [
        "Patch the gateway now.",
        "All is well there.",
    ]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [(language, sentence) for language, many in BOILERPLATE.items() for sentence in many],
)
def test_words_about_the_page_are_known(language: str, sentence: str) -> None:
    assert is_boilerplate(sentence)


@pytest.mark.parametrize("sentence", SUBJECTS)
def test_stories_about_cookies_sign_ups_and_clicks_stay(sentence: str) -> None:
    assert not is_boilerplate(sentence)


def test_words_about_the_page_are_not_told() -> None:
    text = "A flaw was found in the gateway. Sign up for our newsletter! It was fixed on Monday."
    assert condense(text) == ["A flaw was found in the gateway.", "It was fixed on Monday."]


def test_a_feeds_closing_formula_goes_even_when_its_headline_has_full_stops() -> None:
    text = "It was fixed on Monday. The post Who did it? And why? appeared first on Example Blog."
    assert condense(text) == ["It was fixed on Monday."]
    assert without_formula("Der Beitrag Lücke erschien zuerst auf Beispiel.") == ""


def test_numbers_of_a_list_are_no_sentences() -> None:
    text = "Two stories are told today.\n\n1.\n\n2.\n\nThe gateway was open."
    assert condense(text) == ["Two stories are told today.", "The gateway was open."]


def test_what_first_appeared_on_a_forum_is_the_subject() -> None:
    posted = "The post offering four million records first appeared on BreachForums on Monday."
    assert condense(posted) == [posted]
    assert without_formula("It is over. The post Who? first appeared on Example.") == "It is over."


def test_a_note_of_what_an_advisory_is_not_about_does_not_lead() -> None:
    note = "Note: The CVEs in this advisory are unrelated to vulnerabilities in other gateways."
    link = "For more information on mitigating CVE-2025-0282, see Updates for other gateways."
    said = "Attackers chained two flaws in the gateway in September."
    assert condense(f"{note} {link}\n\n{said}") == [said]


def test_addresses_bare_headings_and_names_in_brackets_are_no_sentences() -> None:
    text = "Impact\n\nhttps://example.com/advisory\n\n(Example, Sample)\n\nIt crashes the gateway."
    assert condense(text) == ["It crashes the gateway."]


def test_rows_of_links_or_labels_and_pictures_in_markdown_are_no_sentences() -> None:
    said = "It crashes the gateway."
    text = f"https://a.example/1 https://b.example/2\n\n#security #news\n\n{said}"
    assert condense(text) == [said]
    assert condense(f'{said}\n\n![A gate]({{{{ base }}}}/gate.png "Gate"){{: .wide }}') == [said]


def test_what_a_sentence_is_filed_under_goes() -> None:
    assert condense("It crashes the gateway. (5G, Bundesnetzagentur)") == [
        "It crashes the gateway."
    ]
    said = "It crashes the gateway (and the port)."
    assert condense(said) == [said]


def test_headings_give_way_to_entries_where_sentences_are_few() -> None:
    text = (
        "今日のニュースをお伝えします。\n\n▼ 今日のトピック\n・ゲートウェイに重大な欠陥が見つかる\n"
        "・港のシステムが一週間停止した\n・犯人は三人とも逮捕された"
    )
    told = condense(text, language="ja")
    assert len(told) == 3
    assert "▼ 今日のトピック" not in told


def test_a_heading_with_nothing_below_it_is_not_told() -> None:
    text = "The gateway was open.\n\n▼ Sources\n\nhttps://a.example/1"
    assert condense(text) == ["The gateway was open."]
    assert condense("▼ Sources of today") == ["▼ Sources of today"]


def test_a_cut_end_is_told_only_where_nothing_else_is() -> None:
    whole = "The gateway was open. The vendor knew of it. Nobody was told for a year."
    assert condense(f"{whole} Researchers say that the […]") == [*condense(whole)]
    assert condense("Researchers say that the […]") == ["Researchers say that the […]"]


def test_very_long_sentences_give_way_to_shorter_ones() -> None:
    long = "The gateway, " + "which was open for a long time, " * 14 + "was closed."
    text = f"{long} The vendor knew. Attackers came in May. Nobody was told. It is over."
    assert long not in condense(text)


def test_a_single_endless_sentence_is_cut_to_fit() -> None:
    (only,) = condense("word " * 700)
    assert len(only) <= LIMIT
    assert only.endswith("…")


def test_hard_wrapped_lines_are_one_sentence() -> None:
    text = "A flaw in a widely used gateway lets attackers in who have no\npassword at all."
    assert condense(text) == [text.replace("\n", " ")]


@pytest.mark.parametrize(
    ("language", "text", "first"),
    [
        (
            "zh",
            (
                "研究人员发现新的勒索软件攻击医院。攻击者索要三十个比特币。医院周日关闭了网络。"
                "图片来源：视觉中国\n\n警方正在调查。病人没有受到影响。"
            ),
            "研究人员发现新的勒索软件攻击医院。",
        ),
        (
            "ja",
            (
                "新たなランサムウェアが病院を襲った。攻撃者は三十ビットコインを要求している。"
                "病院は日曜日にネットワークを停止した。警察が捜査している。関連記事：新たな脆弱性"
            ),
            "新たなランサムウェアが病院を襲った。",
        ),
        (
            "ar",
            (
                "اكتشف الباحثون هجوم فدية جديدا على المستشفيات. طلب المهاجمون ثلاثين بيتكوين. "
                "أغلق المستشفى شبكته يوم الأحد. تحقق الشرطة في الهجوم. اقرأ أيضًا: ثغرة جديدة"
            ),
            "اكتشف الباحثون هجوم فدية جديدا على المستشفيات.",
        ),
    ],
)
def test_other_scripts_are_condensed_too(language: str, text: str, first: str) -> None:
    told = condense(text, language=language)
    assert told[0] == first
    assert 2 <= len(told) <= 3
    assert not any(map(is_boilerplate, told))


words_of_a_text = st.sampled_from(
    [
        "The gateway",
        "was open",
        "for 12 days",
        "CVE-2026-1234",
        "we",
        "said Ms. Doe",
        "“patch now”",
        ". ",
        "! ",
        "? ",
        "… ",
        "\n",
        "\n\n",
        " ",
        ", ",
        "攻击",
        "。",
        "هجوم",
        "؟ ",
        "Read more",
        "\x00",
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    text=st.lists(words_of_a_text, max_size=120).map("".join),
    title=st.sampled_from(["", "The gateway was open", "攻击"]),
    language=st.sampled_from(["en", "zh", "ar", "xx", ""]),
    sentences=st.integers(0, 6),
)
def test_every_sentence_is_the_texts_own_in_order_and_told_once(
    text: str, title: str, language: str, sentences: int
) -> None:
    told = condense(text, title=title, language=language, sentences=sentences)
    source = " ".join(clean(text).split())
    at = 0
    for sentence in told:
        found = source.find(sentence.removesuffix("…") if len(told) == 1 else sentence, at)
        assert found >= at
        at = found + len(sentence.removesuffix("…"))
    assert len(set(told)) == len(told) <= max(3, min(max(sentences, 2), 4))
    assert sum(map(len, told)) <= LIMIT


@settings(deadline=None)
@given(st.text())
def test_any_text_can_be_condensed(text: str) -> None:
    assert all(sentence.strip() == sentence != "" for sentence in condense(text, title=text[:9]))


@pytest.mark.parametrize("piece", ["a", "a.", "a. ", "1.", "@", '"', "The post ", "http://", "。"])
def test_hostile_texts_take_no_time(piece: str) -> None:
    text = piece * (65_536 // len(piece))
    condense("A first use loads what is needed.")
    start = time.process_time()
    condense(text)
    assert time.process_time() - start < 2
