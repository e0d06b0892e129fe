"""What a text shows of its own making: who is quoted, what is pinned down, what is being sold.

Tables of words in eight languages and the functions that count them; quality.py weighs what is
found. Every pattern is bounded, so that hostile text costs no more than other text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digests.text.attribution import says
from digests.text.phrases import Phrases

_MOST_VERBS = 60  # attributions looked at in one text
_BEFORE, _BEHIND = 110, 70  # characters beside one in which its name may stand
_NEXT_TO = 6  # characters between a verb and the name behind it

_LETTER = r"[^\W\d_]"
_NAMED = re.compile(
    rf"[A-ZÀ-ÞА-ЯЁ]{_LETTER}[\w'’.-]{{0,30}}"
    rf"(?: (?:van|von|de|der|del|la|al|bin|du) )?(?: [A-ZÀ-ÞА-ЯЁ]{_LETTER}[\w'’.-]{{0,30}}){{0,3}}"
)
_TWO_CAPITALS = re.compile(
    r"[A-ZÄÖÜ][\w'’-]{1,30}[- ][A-ZÄÖÜ][\w'’-]{1,30}|\b[A-Z]{2,6}\b|[A-Z][a-z]+[A-Z]\w*"
)
_NO_NAMES = re.compile(  # how a sentence begins, and people without a name
    r"(?:the|this|that|they|he|she|it|we|you|i|an?|in|on|at|for|and|but|however|when|while|as|if|our"
    r"|researchers|experts|officials|sources|people|police|company|der|die|das|er|sie|es|wir|eine?"
    r"|les?|la|ils?|elles?|une?|nous|el|los|las|él|ella|una|он|она|они|это|мы|в|на|но|\w*day|after|before|since|although|because|once|until|during|with|from|by|to|of|customers|users"
    r"|january|february|march|april|may|june|july|august|september|october"
    r"|november|december|cve)(?!\w)",
    re.IGNORECASE,
)
_QUOTE = re.compile(
    '["“„«「『]([^"“”„«»「」『』]{18,600})["”“»」』]'
)  # its ends exclude each other: linear

_ANONYMOUS = Phrases(
    "people familiar with, person familiar with, source familiar, sources familiar, source close to,"
    "sources close to, sources said, sources say, sources told, source said, anonymous source*,"
    "asked not to be named, asked not to be identified, on condition of anonymity,"
    "spoke anonymously, rumour*, rumor*, unnamed source*, unnamed official*,"
    "insider zufolge, insidern zufolge, aus informierten kreisen, nicht namentlich genannt,"
    "gerüchten zufolge, source proche d*, sources proches d*, sous couvert d'anonymat,"
    "sous couvert d’anonymat, selon des rumeurs, fuentes cercanas, fuentes anónimas,"
    "fuentes familiarizadas, bajo condición de anonimato, según rumores,"
    "на условиях анонимности, источник близкий, по слухам,"
    "неназванный источник, 知情人士, 匿名人士, 消息人士, 有传言, 关系者によると, 関係者によると, 匿名を条件,"
    "うわさでは, 噂では, مصادر مطلعة, مصدر مطلع, طلب عدم ذكر اسمه, طلب عدم الكشف عن اسمه"
)
_PROMOTION = Phrases(
    "buy now, order now, free trial, start your free trial, request a demo, book a demo,"
    "limited time, limited-time, special offer, % off, discount code, coupon*, promo code,"
    "industry-leading, industry leading, award-winning, award winning, best-in-class,"
    "best in class, world-class, world class, next-generation platform, game-changer,"
    "game changer, game-changing, cutting-edge, cutting edge, our solution*, our platform,"
    "our product*, our customers, our experts, we're excited to, we’re excited to,"
    "we are excited to, we are proud to, we're proud to, we’re proud to, we are thrilled to,"
    "we are pleased to, join us, join our webinar, register now, register today,"
    "register for the webinar, contact us, contact our sales, learn how we, learn how our,"
    "sponsored by, sponsored content, sponsored post, affiliate link*, act now,"
    "jetzt kaufen, jetzt bestellen, jetzt testen, jetzt sichern, kostenlos testen, rabattcode,"
    "marktführend*, unsere lösung*, essai gratuit, code promo, offre spéciale, offre limitée,"
    "notre solution, leader du marché, prueba gratuita, oferta especial, oferta limitada,"
    "código de descuento, nuestra solución, líder del mercado, бесплатный пробный,"
    "бесплатную пробную, промокод*, скидк*, наше решение, на правах рекламы,"
    "立即购买, 免费试用, 限时优惠, 优惠码, 我们的解决方案, 我们的产品, 我们的平台, 行业领先, 今すぐ購入, 無料トライアル,"
    "期間限定, 割引, 弊社の, 業界をリード, اشتر الآن, تجربة مجانية, عرض خاص, كود خصم, رمز الخصم, حلولنا, الرائدة في"
)
_DOCUMENT = Phrases(  # a primary source that is named but not linked
    "security advisory, security advisories, advisory, advisories, security bulletin*,"
    "court document*, court filing*, court record*, indictment*, affidavit*, complaint filed,"
    "regulatory filing*, breach notification*, white paper*, whitepaper*, technical report,"
    "technical analysis, sicherheitsmeldung*, gerichtsakten, anklageschrift,"
    "bulletin de sécurité, avis de sécurité, acte d'accusation, acte d’accusation,"
    "aviso de seguridad, boletín de seguridad, documentos judiciales, бюллетень безопасности,"
    "бюллетене безопасности, материалы суда, обвинительное заключение,"
    "安全公告, 起诉书, 法庭文件, 技术报告, セキュリティアドバイザリ, セキュリティ情報, 起訴状, 技術レポート,"
    "نشرة أمنية, وثائق المحكمة, لائحة اتهام"
)
_MONTHS_AND_DAYS = Phrases(
    "january, february, march, april, june, july, august, september, october, november,"
    "december, januar, februar, märz, mai, juni, juli, oktober, dezember, janvier, février,"
    "mars, avril, juin, juillet, août, septembre, octobre, novembre, décembre, enero, febrero,"
    "marzo, abril, mayo, junio, julio, agosto, septiembre, octubre, noviembre, diciembre,"
    "января, февраля, марта, апреля, мая, июня, июля, августа, сентября, октября, ноября, декабря,"
    "monday, tuesday, wednesday, thursday, friday, saturday, sunday, montag, dienstag, mittwoch,"
    "donnerstag, freitag, lundi, mardi, mercredi, jeudi, vendredi, lunes, martes, miércoles, jueves,"
    "viernes, يناير, فبراير, مارس, أبريل, مايو, يونيو, يوليو, أغسطس, سبتمبر, أكتوبر, نوفمبر, ديسمبر"
)
_PRIMARY_HOST = re.compile(
    r"https?://(?:[\w-]+\.){0,6}(?:(?:cve|first|mitre|enisa|openwall|sec|hkcert|jpcert|ietf)\.(?:org|gov|eu|or\.jp)|nist\.gov"
    r"|gov|gov\.[a-z]{2}|gouv\.fr|bund\.de|europa\.eu|go\.jp|mil|uscourts\.gov|courtlistener\.com|documentcloud\.org"
    r"|cert\.[a-z.]{2,6}|exploit-db\.com|osv\.dev|zerodayinitiative\.com|arxiv\.org)(?:[:/?#]|$)",
    re.IGNORECASE,
)
_PRIMARY_PATH = re.compile(
    r"https?://[^\s/]{1,100}/[^\s]{0,200}(?:advisor|security-bulletin|security/bulletin|psirt|/cve-\d|vulnerabilit|ghsa-|"
    r"security-update|release-notes|changelog|/commit/|/pull/)|https?://(?:psirt|msrc|sec|security)\.[^\s/]{1,100}",
    re.IGNORECASE,
)

# Of lower case, and a digit first where there is one, with the look behind it after it: so the engine
# can skip to what may be something.
_NUMBER = re.compile(r"\d(?<![\w.].)(?:\d{1,2}(?:[.,  ]\d{3})+(?!\w)|\d{1,6}(?![\w.]))")
_KINDS_OF_FACTS = {
    "identifiers": (
        re.compile(r"cve-\d{4}-\d{4,19}|ghsa-\w{4}-"), re.compile(r"\b[0-9a-f]{32}(?:[0-9a-f]{8}|[0-9a-f]{32})?\b")
    ),
    "versions": (
        re.compile(r"\d(?<![\d.].)\d{0,3}\.\d{1,6}(?:\.\d{1,6}){1,3}(?![\d.])"), re.compile(r"\b(?:versions?|версии) \d")
    ),
    "dates": (re.compile(r"20[0-3]\d-[01]\d-[0-3]\d"), re.compile(r"\d月")),
    "amounts": (
        re.compile(r"[$€£¥₽]\s?\d"),
        re.compile(r"\d\s?(?:%|percent|prozent|pour cent|por ciento|процент|million|billion|mio|млн|млрд|万|亿|億)"),
    ),
    "numbers": (_NUMBER,),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Voices:
    """Who speaks in a text."""

    named: tuple[str, ...]  # who is named as saying something, each once
    quotes: int  # quotations of some length with somebody's saying close by


def voices(text: str, language: str) -> Voices:
    """Who is named and quoted. Where no capitals are written, a name is what stands beside."""
    said = list(_attributions(text, language))
    found: dict[str, str] = {}
    for verb in said:
        if name := _name_beside(text, verb, language):
            found.setdefault(name.split()[-1].casefold(), name)
    quotes = sum(
        any(quote.start() - _BEFORE < verb.start() < quote.end() + _BEFORE for verb in said)
        for quote in _QUOTE.finditer(text)
    )
    return Voices(tuple(found.values()), quotes)


def _attributions(text: str, language: str) -> Iterator[re.Match[str]]:
    for number, verb in enumerate(says(language).finditer(text)):
        if number == _MOST_VERBS:
            return
        yield verb


_SENTENCE_END = re.compile(r"[.!?。！？؟]\s")


def _name_beside(text: str, verb: re.Match[str], language: str) -> str:
    before = _SENTENCE_END.split(text[max(0, verb.start() - _BEFORE) : verb.start()])[-1]
    behind = _SENTENCE_END.split(text[verb.end() : verb.end() + _BEHIND])[0]
    if language in {"zh", "ja", "ar"}:
        # No capitals tell a name there: the words beside the verb stand for it.
        near = behind.split()[:2] if language == "ar" else [before[-6:]]
        return " ".join(near).strip(" ，,、:：「“\"'")
    pattern = _TWO_CAPITALS if language == "de" else _NAMED
    names = [*_speaker_before(before, pattern), *_speaker_behind(behind, pattern)]
    people = [name for name in names if not _NO_NAMES.match(name)]
    return next((name for name in people if " " in name), people[0] if people else "")


def _speaker_before(text: str, pattern: re.Pattern[str]) -> list[str]:
    """`Jane Doe said`, `Jane Doe, who runs it, said`, `Jane Doe also said`."""
    names = list(pattern.finditer(text))
    if not names:
        return []
    between = text[names[-1].end() :].strip()
    inserted = between.startswith(",") and between.endswith(",")
    return [names[-1][0]] if inserted or len(between.split()) <= 1 else []


def _speaker_behind(text: str, pattern: re.Pattern[str]) -> list[str]:
    """`said Jane Doe`, `told the Jane Doe`."""
    name = pattern.search(text, 0, 60)
    return [name[0]] if name and name.start() <= _NEXT_TO else []


def anonymous_claims(text: str) -> int:
    """How often nobody in particular is said to know."""
    return _ANONYMOUS.count(text)


def promotions(text: str) -> tuple[str, ...]:
    """The selling words, each once."""
    return tuple(dict.fromkeys(phrase for _, _, phrase in _PROMOTION.find(text)))


def primary_links(links: Sequence[str]) -> tuple[str, ...]:
    """Links to who knows at first hand: authorities, vendors' advisories, courts, CVE records."""
    return tuple(
        link
        for link in links
        if _PRIMARY_HOST.match(link[:300]) or _PRIMARY_PATH.match(link[:300])
    )


def documents(text: str) -> int:
    """How often a primary source is named in words."""
    return _DOCUMENT.count(text)


def facts(text: str) -> tuple[str, ...]:
    """The kinds of facts a text pins down: identifiers, versions, dates, amounts, numbers."""
    lower = text.lower()
    found = [
        kind
        for kind, patterns in _KINDS_OF_FACTS.items()
        if any(pattern.search(lower) for pattern in patterns)
    ]
    if "dates" not in found and _MONTHS_AND_DAYS.count(text):
        found.append("dates")
    return tuple(found)


def numbers(text: str) -> int:
    """How many numbers of two digits and more a text has."""
    return len(_NUMBER.findall(text))
