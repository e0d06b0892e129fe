"""Who says so: the verbs and phrases by which news attributes a statement, in eight languages."""

import re

_SAYS = {
    "en": r"\b(?:said|says|told|according to|wrote|writes|added|explained|confirmed|warned|noted|stated|announced|tweeted|disclosed|reported)\b",
    "de": r"\b(?:sagte?|sagt|laut|zufolge|erklärte?n?|erklärt|teilte?|berichtet|schreibt|schrieb|warnt|warnte|bestätigte?|betonte|nach angaben)\b",
    "fr": r"\b(?:a déclaré|a dit|dit|selon|d['’]après|affirme|explique|a expliqué|a indiqué|indique|a confirmé|souligne|précise|a précisé|écrit|estime)\b",
    "es": r"\b(?:dijo|dice|según|afirmó|explicó|declaró|señaló|indicó|confirmó|advirtió|aseguró|informó|escribió|explica|afirma)\b",
    "ru": r"\b(?:сказала?|заявила?|заявили|сообщила?|сообщили|сообщает|рассказала?|пояснила?|отметила?|отмечает|подтвердила?|по словам|по данным|пишет|уточнили)\b",
    "ar": r"\b(?:و?قالت?|و?صرحت?|و?أوضحت?|و?أكدت?|و?ذكرت?|و?أعلنت?|و?أضافت?|وفقا ل\w*|بحسب|و?أشارت?|و?حذرت?|كتبت?)\b",
    "zh": r"(?:表示|指出|告诉|告訴|称[，,：:“]|稱[，,：:「]|据[^，。]{2,20}(?:报道|介绍|披露|称)|根据[^，。]{2,20}(?:报告|公告)|强调|認為|认为|警告|透露|披露)",
    "ja": r"(?:と述べ|と語っ|によると|によれば|と発表|と説明|と指摘|と警告|と話し|を明らかにし|としている|と報告)",
}
_LOWER = {language: re.compile(row) for language, row in _SAYS.items()}
_PATTERNS = {language: re.compile(row, re.IGNORECASE) for language, row in _SAYS.items()}


def says(language: str) -> re.Pattern[str]:
    """The pattern of attributing words of a language; English for one that we do not know."""
    return _PATTERNS.get(language, _PATTERNS["en"])


def is_attributed(text: str, language: str) -> bool:
    """Whether one of these words is in a text; several times as fast as looking for where."""
    return _LOWER.get(language, _LOWER["en"]).search(text.lower()) is not None
