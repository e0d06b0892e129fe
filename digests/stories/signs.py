"""What a text shows of its own making: who is quoted, what is pinned down, what is being sold.

Tables of words in eight languages and the functions that count them; quality.py weighs what is
found. Every pattern is bounded, so that hostile text costs no more than other text.
"""

import re
from collections.abc import Iterator, Sequence

from digests.text.attribution import says

_MOST_VERBS = 60  # attributions looked at in one text
_BEFORE, _BEHIND = 110, 70  # characters beside one in which its name may stand

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
    r"|les?|la|ils?|elles?|une?|nous|el|los|las|él|ella|una|он|она|они|это|мы|в|на|но|\w*day|january|february|march|april|may|june|july|august|september|october"
    r"|november|december|cve)(?!\w)",
    re.IGNORECASE,
)
_QUOTE = re.compile(
    '["“„«「『]([^"“”„«»「」『』]{18,600})["”“»」』]'
)  # its ends exclude each other: linear

_ANONYMOUS = re.compile(
    r"\b(?:people familiar with|person familiar with|sources? (?:close to|familiar|said|say|told)|anonymous(?:ly)? sources?"
    r"|asked not to be (?:named|identified)|on condition of anonymity|spoke anonymously|rumou?rs?|unnamed (?:source|official)s?"
    r"|insider zufolge|aus informierten kreisen|nicht namentlich genannt|gerüchten zufolge"
    r"|sources? proches? d|sous couvert d['’]anonymat|selon des rumeurs|fuentes (?:cercanas|anónimas|familiarizadas)"
    r"|bajo condición de anonimato|según rumores|на условиях анонимности|источник,? близкий|по слухам|неназванный источник)"
    r"|知情人士|匿名人士|消息人士|有传言|関係者によると|匿名を条件|うわさでは|噂では|مصادر مطلعة|مصدر مطلع|طلب عدم (?:ذكر|الكشف عن) اسمه",
    re.IGNORECASE,
)
_PROMOTION = re.compile(
    r"\b(?:buy now|order now|free trial|start your (?:free )?trial|request a demo|book a demo|limited[- ]time|special offer"
    r"|\d{1,2} ?% off|discount code|coupon|promo code|industry[- ]leading|award[- ]winning|best[- ]in[- ]class|world[- ]class"
    r"|next[- ]generation platform|game[- ]chang(?:er|ing)|cutting[- ]edge|our (?:solutions?|platform|product|customers|experts)"
    r"|we(?:['’]re| are) (?:excited|proud|thrilled|pleased) to|join (?:us|our webinar)|register (?:now|today|for the webinar)"
    r"|contact (?:us|our sales)|learn how (?:we|our)|sponsored (?:by|content|post)|affiliate links?|act now"
    r"|jetzt (?:kaufen|bestellen|testen|sichern)|kostenlos(?:e)? testen|rabattcode|marktführend\w*|unsere lösung\w*"
    r"|essai gratuit|code promo|offre (?:spéciale|limitée)|notre solution|leader du marché|prueba gratuita"
    r"|oferta (?:especial|limitada)|código de descuento|nuestra solución|líder del mercado|бесплатн\w+ пробн\w+"
    r"|промокод|скидк\w+|наше решение|на правах рекламы)\b"
    r"|立即购买|免费试用|限时优惠|优惠码|我们的(?:解决方案|产品|平台)|行业领先|今すぐ購入|無料トライアル|期間限定|割引|弊社の|業界をリード"
    r"|اشتر الآن|تجربة مجانية|عرض خاص|كود خصم|رمز الخصم|حلولنا|الرائدة في",
    re.IGNORECASE,
)
_DOCUMENT = re.compile(  # a primary source that is named but not linked
    r"\b(?:security (?:advisory|bulletin)|advisory|court (?:documents?|filings?|records?)|indictment|affidavit|complaint filed"
    r"|regulatory filing|breach notification|white ?paper|technical (?:report|analysis)|sicherheitsmeldung|gerichtsakten"
    r"|anklageschrift|bulletin de sécurité|avis de sécurité|acte d['’]accusation|aviso de seguridad|boletín de seguridad"
    r"|documentos judiciales|бюллетень безопасности|материалы суда|обвинительное заключение)\b"
    r"|安全公告|起诉书|法庭文件|技术报告|セキュリティ(?:アドバイザリ|情報)|起訴状|技術レポート|نشرة أمنية|وثائق المحكمة|لائحة اتهام",
    re.IGNORECASE,
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

_KINDS_OF_FACTS = {
    "identifiers": re.compile(
        r"\bCVE-\d{4}-\d{4,19}|\b[0-9a-f]{32}\b|\b[0-9a-f]{40}\b|\b[0-9a-f]{64}\b|\bGHSA-\w{4}-", re.IGNORECASE
    ),
    "versions": re.compile(r"(?<![\d.])v?\d{1,4}\.\d{1,6}(?:\.\d{1,6}){1,3}(?![\d.])|\b(?:versions?|version|версии) \d"),
    "dates": re.compile(
        r"\b(?:january|february|march|april|june|july|august|september|october|november|december|januar|februar|märz|mai|juni|juli"
        r"|oktober|dezember|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre|enero|febrero|marzo"
        r"|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|января|февраля|марта|апреля|мая|июня|июля|августа"
        r"|сентября|октября|ноября|декабря|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b"
        r"|\b20[0-3]\d-[01]\d-[0-3]\d|\d{1,2}月|يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر",
        re.IGNORECASE,
    ),
    "amounts": re.compile(r"[$€£¥₽]\s?\d|\d\s?(?:%|percent|prozent|pour cent|por ciento|процент|million|billion|mio|млн|млрд|万|亿|億)", re.IGNORECASE),
    "numbers": re.compile(r"(?<![\w.])\d{2,3}(?:[.,  ]\d{3})+(?![\w])|(?<![\w.])\d{2,7}(?![\w.])"),
}  # fmt: skip


def named_sources(text: str, language: str) -> tuple[str, ...]:
    """Who is named as saying something, each once. Where no capitals are written, who comes first."""
    found: dict[str, str] = {}
    for verb in _attributions(text, language):
        name = _name_beside(text, verb, language)
        if name:
            found.setdefault(name.split()[-1].casefold(), name)
    return tuple(found.values())


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
    names = [*pattern.findall(before)[::-1], *pattern.findall(behind)]
    people = [name for name in names if not _NO_NAMES.match(name)]
    return next((name for name in people if " " in name), people[0] if people else "")


def attributed_quotes(text: str, language: str) -> int:
    """Quotations of some length with somebody's saying close by."""
    said = [verb.start() for verb in _attributions(text, language)]
    return sum(
        any(quote.start() - _BEFORE < place < quote.end() + _BEFORE for place in said)
        for quote in _QUOTE.finditer(text)
    )


def anonymous_claims(text: str) -> int:
    """How often nobody in particular is said to know."""
    return len(_ANONYMOUS.findall(text))


def promotions(text: str) -> tuple[str, ...]:
    """The selling words, each once."""
    return tuple(dict.fromkeys(found[0].casefold() for found in _PROMOTION.finditer(text)))


def primary_links(links: Sequence[str]) -> tuple[str, ...]:
    """Links to who knows at first hand: authorities, vendors' advisories, courts, CVE records."""
    return tuple(
        link
        for link in links
        if _PRIMARY_HOST.match(link[:300]) or _PRIMARY_PATH.match(link[:300])
    )


def documents(text: str) -> int:
    """How often a primary source is named in words."""
    return len(_DOCUMENT.findall(text))


def facts(text: str) -> tuple[str, ...]:
    """The kinds of facts a text pins down: identifiers, versions, dates, amounts, numbers."""
    return tuple(kind for kind, pattern in _KINDS_OF_FACTS.items() if pattern.search(text))


def numbers(text: str) -> int:
    """How many numbers of two digits and more a text has."""
    return len(_KINDS_OF_FACTS["numbers"].findall(text))
