"""Names: the first name of what a text speaks of, and nothing where a name is only a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.model import Name
from digests.text.names import MOST, canonical, find


def named(text: str) -> set[tuple[str, str]]:
    return {(one.kind, one.name) for one in find(text)}


@pytest.mark.parametrize(
    "alias", ["APT28", "APT 28", "APT-28", "Fancy Bear", "FANCY BEAR", "Sofacy"]
)
def test_all_names_of_one_actor_lead_to_one(alias: str) -> None:
    assert Name("actor", "APT28", alias) in find(f"Researchers blame {alias} for it.")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("LockBit is back", ("malware", "LockBit")),
        ("LOCKBIT is back", ("malware", "LockBit")),
        ("the Lockbit leak site", ("malware", "LockBit")),
        ("攻击者使用LockBit勒索软件", ("malware", "LockBit")),
        ("Группировка Silence атаковала банк", ("actor", "Silence group")),
        ("Play ransomware hits a city", ("malware", "Play")),
        ("Hive-Ransomware legt Klinik lahm", ("malware", "Hive")),
        ("Conti ransomware's source code", ("malware", "Conti")),
        ("they ran Mimikatz", ("tool", "Mimikatz")),
        ("Lapsus$ hackers return", ("actor", "Lapsus$")),
        ("Midnight Blizzard read the mail", ("actor", "APT29")),
    ],
)
def test_a_threat_is_named(text: str, name: tuple[str, str]) -> None:
    assert name in named(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Children play in the royal park of Cuba, the first to lead after the fog.",
        "Play resumed after the Royal visit; Hive of activity. James Conti scored.",
        "They chose a group of one, and the one group chose them.",
        "The Russian president met the Equation of state.",
        "lockbits and xlockbit are no words",
        "The lazarus of the town",
        "Net profit rose; ping me.",
        "The exploit for the vulnerability pops Calc",
        "Angela Merkel's phone was hacked; players of PUBG face malware",
        "Fake Ransomware, Unknown Malware and a Brazilian Trojan",
        "Path traversal vulnerability in the Email Template Loader",
        "Desync the Planet: a vulnerability of rsync",
        "18 malicious packages against users of Alibaba, malware for Windows10",
    ],
)
def test_words_of_everyday_are_no_threats(text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "The ransom note names evilcorp@mail.example and lockbit@mail.example.",
        "See https://news.example/2026/lockbit-mimikatz/lockbit for the malware.",
        "勒索软件（https://news.example/lockbit）",
        "@lockbit_talk, admin@lockbit.example",
    ],
)
def test_a_part_of_an_address_names_nobody(text: str) -> None:
    assert find(text) == []


def test_a_name_beside_an_address_counts() -> None:
    assert named("LockBit (https://news.example/) and https://news.example/ Ryuk") == {
        ("malware", "LockBit"),
        ("malware", "Ryuk"),
    }
    assert named("见https://news.example/lockbit，LockBit勒索软件") == {("malware", "LockBit")}


def test_vendors_and_products_count_where_security_is_spoken_of() -> None:
    assert find("Microsoft opens a new office; Windows sells well") == []
    text = "Ivanti warns of a zero-day in Connect Secure; Microsoft Exchange is not affected"
    assert named(text) == {
        ("vendor", "Ivanti"),
        ("product", "Connect Secure"),
        ("vendor", "Microsoft"),
        ("product", "Exchange Server"),
    }


def test_a_term_that_holds_a_name_does_not_mean_it() -> None:
    assert find("A Padding Oracle vulnerability of a cookie") == []
    assert named("A Padding Oracle vulnerability in Oracle WebLogic") == {
        ("vendor", "Oracle"),
        ("product", "WebLogic"),
    }


def test_a_name_comes_once_and_in_the_order_of_the_text() -> None:
    found = find("LockBit and BlackCat, then ALPHV and LockBit again")
    assert [one.name for one in found] == ["LockBit", "BlackCat"]
    assert [one.alias for one in found] == ["LockBit", "BlackCat"]


def test_a_name_asked_for_in_any_spelling_has_its_first_name() -> None:
    assert canonical("actor", "sofacy") == "APT28"
    assert canonical("malware", "ALPHV") == "BlackCat"
    assert canonical("actor", "no such actor") == "no such actor"


@given(st.text(max_size=200))
def test_every_alias_stands_in_the_text(text: str) -> None:
    found = find(f"{text} LockBit malware {text}")
    assert len(found) <= MOST
    assert all(one.alias in f"{text} LockBit malware {text}" for one in found)
