"""Which language a text is in: by its script where that settles it, else by its letters."""

import re

import regex

from digests.text.letters import likelihoods

LANGUAGES = ("en", "de", "fr", "es", "ru", "zh", "ja", "ar")
_LATIN = ("en", "de", "fr", "es")
_FALLBACK = "en"

_READ = 500  # characters; more does not make the answer better, and each costs a microsecond
_SURE = 0.9  # below, what the feed says of itself counts more than a guess
_GUESSED = 0.34  # below, names and jargon are likelier than French

_SCRIPTS = regex.compile(
    r"(?P<kana>[\p{Hiragana}\p{Katakana}--[・ー]])|(?P<han>\p{Han})|(?P<hangul>\p{Hangul})"
    r"|(?P<arabic>\p{Arabic})|(?P<cyrillic>\p{Cyrillic})|(?P<greek>\p{Greek})"
    r"|(?P<hebrew>\p{Hebrew})|(?P<thai>\p{Thai})|(?P<devanagari>\p{Devanagari})"
    r"|(?P<latin>\p{Latin})",
    regex.VERSION1,
)
_ONE_LANGUAGE = {"hangul": "ko", "greek": "el", "hebrew": "he", "thai": "th", "devanagari": "hi"}
# Who shares a script; a feed that names one of these is believed.
_SHARED = {
    "arabic": frozenset({"ar", "ur", "fa", "ps", "ckb", "ug", "sd"}),
    "cyrillic": frozenset({"ru", "uk", "be", "bg", "sr", "mk", "kk", "mn"}),
    "devanagari": frozenset({"hi", "mr", "ne"}),
    "hebrew": frozenset({"he", "yi"}),
}
_ELSEWHERE = frozenset({"zh", "ja", "ko", "el", "th"}).union(*_SHARED.values())
_URDU = frozenset("ٹڈڑںےہھۓ")
_PERSIAN = frozenset("پچژگکی")
_UKRAINIAN = frozenset("іїєґ")
# Characters that were simplified in Japan alone (neither GB 2312 nor Big5 has them): a headline
# without kana can still be told from Chinese.
_JAPANESE = frozenset(
    "両乗亀亜仏仮価倹働児円処剣剤剰労効勅勧単厳収営団囲図圏圧塁塩増壊壌壱売変奨嬢実対専峠巣巻"
    "帯帰庁広廃弐弾従徳応恵悩懐戦戯払抜択拝拠拡挙挿捜摂撃斉枠栄桜検楽様権歩毎気沢浄済渋渓満瀬"
    "焼犠猟獣畑畳発県砕穂穣窓竜粋粛経絵継続総縁縄縦繊聡聴脳荘蔵薬蛍覚覧観訳読謡譲賛転軽辺辻込"
    "逓遅酔醸釈鉄鉱銭鋳関闘陥隠雑霊頼顔駅騒験髄髪鶏黙齢"
)

# Each of them is in one of our Latin languages only ("die" and "des" are in two).
_SMALL_WORDS = {
    tag: frozenset(words.split())
    for tag, words in {
        "en": "the of and to with for is that from by are been this which their were they will its"
        " it have could would into how after more than",
        "de": "der und das ist nicht mit von ein eine für auf dem den sich auch werden wurde bei"
        " durch über nach im zur zum als wie sie haben können",
        "fr": "les dans une est pour qui sur du au aux avec ce cette ont sont pas été leur vous"
        " nous plus comme ces être",
        "es": "el los las y una por del para como más fue su sus esta este han ser pero sobre según"
        " también puede",
    }.items()
}
_ABOUND = 4
# Words that are written with characters of China too, and that Chinese does not have.
_JAPANESE_WORDS = re.compile(
    "無料|誕生日|競馬|競輪|競艇|藩主|藩士|藩領|株式会社|株価|割引|通販|切符|改札|駐車場|喫茶|弁当|野球|受付|取扱|見積"
    "|締切|振込|値上|値下|値段|給料|平成|昭和|令和|丁目|郵便|市役所|容疑者|被疑者|送検|不具合|素敵|番組|放送局|[『「].{0,20}[』」]発"
)
# Words that hardly any of the other three languages has: what a short text is told by. Each
# counts as much as an odds ratio of three.
_FUNCTION_WORDS = {
    "en": "the of and to is was with for that from by at it are has this after be been have its"
    " not will their who which were but new how says",
    "de": "der das und ist den dem ein eine einen einer von mit für auf im zu nicht auch sich wird"
    " nach bei als vom zum zur wurde sind über sein werden hat aus noch oder wie",
    "fr": "le les est et du une dans pour qui sur pas au aux avec par ce sont comme ses elle cette"
    " été aussi plus nous vous mais où leur ont être",
    "es": "el los las y del por con una para su al como más pero sus fue este esta ha lo sobre"
    " entre desde muy también han ser son está años",
}
# News begins with its date, and says how it goes on; no month that two of them write alike.
_DATES_AND_TURNS = {
    "en": "january february july october december monday tuesday wednesday thursday friday"
    " saturday sunday however although while",
    "de": "januar februar märz juni juli oktober dezember montag dienstag mittwoch donnerstag"
    " freitag samstag sonntag jedoch allerdings während",
    "fr": "janvier février avril juin juillet août septembre octobre novembre décembre lundi"
    " mardi mercredi jeudi vendredi samedi dimanche cependant pourtant selon",
    "es": "enero febrero marzo abril junio julio agosto septiembre octubre noviembre diciembre"
    " lunes martes miércoles jueves viernes sábado domingo además según mientras",
}
_LANGUAGES_OF_WORD = {
    word: language
    for table in (_FUNCTION_WORDS, _DATES_AND_TURNS)
    for language, row in table.items()
    for word in row.split()
}
_ODDS = 3.0
_FEW_WORDS = 12  # in longer texts the letters need no help
_WORDS = re.compile(r"[^\W\d_]+")


def detect(text: str, *, hint: str = "") -> str:
    """The primary tag of the language of *text*: `en`, `ja`.

    *hint* is what the feed says (`de-AT`, `zh_CN`): it decides between languages that share a
    script when the text is short, and it is the only way to a Latin language that we do not know
    (`pt`, `da`). A text without letters is in the language of the hint, else English.
    """
    hint = _primary(hint)
    script = _main_script(text[:_READ])
    if script == "latin":
        return _latin(text[:_READ], hint)
    if not script:
        return hint or _FALLBACK
    if hint in _SHARED.get(script, ()):
        return hint
    return _by_script(script, text[:_READ])


def _primary(tag: str) -> str:
    primary = tag.strip().replace("_", "-").partition("-")[0].lower()
    return primary if 1 < len(primary) < 4 and primary.isascii() and primary.isalpha() else ""  # noqa: PLR2004 - ISO 639 codes have two or three letters


def _main_script(text: str) -> str:
    """The script of most letters; Latin ones, mostly names and products, count a fifth."""
    if text.isascii():
        return "latin" if any(map(str.isalpha, text)) else ""
    counts: dict[str, float] = {}
    for letter in _SCRIPTS.finditer(text):
        script = letter.lastgroup or ""
        counts[script] = counts.get(script, 0) + (0.2 if script == "latin" else 1)
    if not counts:
        return ""
    if counts.get("kana", 0) * 12 > counts.get("han", 0) and "kana" in counts:
        counts["kana"] += counts.pop("han", 0)  # Japanese is Chinese characters with kana between
    return max(counts, key=lambda script: counts[script])


def _by_script(script: str, text: str) -> str:
    letters = set(text)
    if script == "arabic":
        if letters & _URDU:
            return "ur"
        return "fa" if letters & _PERSIAN else "ar"
    if script == "cyrillic":
        return "uk" if letters & _UKRAINIAN and not letters & set("ыэъ") else "ru"
    if script == "han":
        return "ja" if letters & _JAPANESE or _JAPANESE_WORDS.search(text) else "zh"
    return "ja" if script == "kana" else _ONE_LANGUAGE[script]


def _latin(text: str, hint: str) -> str:
    if hint and hint not in LANGUAGES and hint not in _ELSEWHERE:
        return hint
    if plain := _by_small_words(text):
        return plain
    guess, confidence = _guess(text)
    if confidence < _SURE and hint in _LATIN:
        return hint
    return guess if confidence >= _GUESSED else _FALLBACK


def _guess(text: str) -> tuple[str, float]:
    """The likeliest of the Latin languages, and how likely it is."""
    likely = likelihoods(text)
    words = _WORDS.findall(text.lower())[: _FEW_WORDS + 1]
    if len(words) <= _FEW_WORDS:
        for word in words:
            if language := _LANGUAGES_OF_WORD.get(word):
                likely[language] *= _ODDS
    guess = max(likely, key=lambda language: likely[language])
    return guess, likely[guess] / sum(likely.values())


def _by_small_words(text: str) -> str:
    """The language whose small words abound while no other's occur: most texts, at a tenth the cost."""
    words = set(text.lower().split())
    counts = {tag: len(words & small) for tag, small in _SMALL_WORDS.items()}
    told = [tag for tag, count in counts.items() if count]
    return told[0] if len(told) == 1 and counts[told[0]] >= _ABOUND else ""
