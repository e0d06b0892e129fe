"""What publishers put around a text and nobody needs on a card: sign-ups, credits, cookie words.

The stories themselves speak of cookies, sign-ups and clicks, so only phrases that address the
reader of the page are known here, nearly all at the start of a sentence.
"""

import re

# Sentences that begin like this; each alternative is tried once, at the start.
_BEGINNINGS = (
    # English
    r"read (?:more|also|next|the (?:full|rest|original|complete)|full)\b",
    r"also read\b|see also\b|related(?: (?:articles?|stories|posts?|reading))? ?:|more on this\b",
    r"continue reading\b|keep reading\b|click here\b|learn more (?:at|about our|here)\b",
    r"(?:sign|signing) up (?:for|to|now|today|here)\b|subscribe (?:to|for|now|today|here)\b",
    r"subscribe$|already a (?:subscriber|member)\b|get (?:the|our) (?:latest|daily|weekly|best)\b.{0,60}\b(?:inbox|newsletter|email)\b",
    r"(?:join|follow|find|like) us (?:on|at)\b|follow .{1,40} on (?:twitter|x|facebook|linkedin|google news|mastodon|instagram)\b",
    r"(?:found|did you find|liked?|enjoyed) this (?:article|story|post)\b|share this\b|listen to this\b",
    r"(?:photo|photograph|image|picture|credit|illustration|source|photo illustration|image source)s?(?: credits?| by| courtesy| via)? ?[:：(]",
    r"(?:photo|image|picture|illustration)s? (?:credit|by|courtesy|via)\b|getty images\W*$",
    r"(?:we|this (?:web)?site|our (?:web)?site) (?:use|uses|may use) (?:necessary |essential )?cookies\b",
    r"by (?:continuing|using this|clicking|subscribing|signing)\b.{0,80}\b(?:agree|accept|consent|cookies?|terms|privacy)\b",
    r"(?:accept|manage|allow) (?:all )?cookies\b|please enable (?:javascript|cookies)\b",
    r"(?:©|\(c\)|copyright)\s?(?:©|\(c\)|\d{4})|all rights reserved\b",
    r"(?:advertisement|anzeige|publicité|publicidad|реклама|إعلان)\W*$|sponsored (?:content|post)\b|sponsored by.{1,40}$|this (?:article|post|story) (?:was |is )?(?:originally|first) (?:appeared|published)\b",
    r"this (?:article|post|story|page) (?:may )?contains? affiliate\b|we may earn a\b",
    r"(?:got|have) a (?:tip|story|news tip|confidential tip)\b|comments? (?:are|is) closed\b|leave a (?:comment|reply)\b",
    r"(?:filed under|posted (?:in|by|on)|tagged(?: with)?|tags|categories|topics) ?:",
    r"submitted by\W{0,4}/?u/|article url ?:|comments url ?:|points ?: ?\d|\[(?:link|comments)\]",
    r"\d{1,3} ?min(?:ute)?s? read\b|the post\b.{1,300}appeared first on|the post (?-i:[^a-z]).{1,300}first appeared on",
    r"note ?: the (?:cves?|vulnerabilit(?:y|ies)) in this (?:advisory|alert|report) (?:is|are) (?:un|not )related to\b",
    r"for more information\b.{0,200}\b(?:see|visit|refer to)\b",
    r"download (?:the |a )?(?:pdf|full|complete|printable)\b",
    r"see (?:the )?[^.!?]{0,80}?\b(?:appendi(?:x|ces)|figures?|sections?|tables?)\b",
    r"visit\b.{1,60}?\b(?:to (?:see|learn|read|view|find)|for more)\b",
    r"(?:note|editor['’]s note|disclaimer) ?: th(?:is|ese) (?:[\w#-]+ ){0,4}(?:advisor(?:y|ies)|alert|article|bulletin|blog|document|guide|page|post|publication|report|story)\b",
    r"\d{1,6} points?(?: by \S{1,40})?,? (?:and )?\d{1,6} comments?\b",
    r"this (?:article|piece|post|report|story) (?:was|has been) (?:amended|corrected|edited|modified|updated)\b",
    # German
    r"dieser (?:artikel|beitrag|text) wurde\b.{0,80}\b(?:aktualisiert|ergänzt|korrigiert)\b",
    r"(?:hinweis|anmerkung(?: der redaktion)?) ?: dies(?:er|e|es) (?:[\w-]+ ){0,3}(?:artikel|beitrag|bericht|meldung|seite|text|warnung)\b",
    r"lesen sie (?:auch|mehr|weiter)\b|weiterlesen\b|mehr zum thema\b|siehe auch\b|zum (?:artikel|beitrag)\b",
    r"(?:abonnieren|folgen) sie\b|jetzt (?:abonnieren|anmelden|registrieren)\b|newsletter (?:abonnieren|bestellen)\b|zum newsletter\b",
    r"(?:bild|foto|bildquelle|titelbild|quelle|bildnachweis) ?:|alle rechte vorbehalten\b|empfohlener redaktioneller inhalt\b",
    r"(?:wir verwenden|diese (?:web)?s(?:ei|i)te (?:verwendet|nutzt)) cookies\b|der beitrag\b.{1,300}erschien zuerst auf\b",
    # French
    r"cet article a été (?:actualisé|corrigé|mis à jour|modifié)\b",
    r"(?:note|ndlr|avertissement) ?: (?:ce|cet|cette) (?:[\w-]+ ){0,3}(?:article|alerte|avis|bulletin|document|page|rapport)\b",
    r"(?:à lire|lire|voir) (?:aussi|la suite|également|plus)\b|à lire\b ?:|en savoir plus\b|inscrivez[- ]vous\b|abonnez[- ]vous\b|suivez[- ]nous\b",
    r"(?:crédits?(?: photos?)?|photo|image|source|illustration) ?:|tous droits réservés\b",
    r"(?:ce site utilise|nous utilisons) des cookies\b|(?:l['’]article|cet article)\b.{1,300}est apparu en premier sur\b",
    # Spanish
    r"este artículo (?:fue|ha sido) (?:actualizado|corregido|modificado)\b",
    r"(?:nota(?: del editor)?|aviso) ?: est[ea] (?:[\w-]+ ){0,3}(?:alerta|artículo|aviso|boletín|documento|informe|página)\b",
    r"(?:lee|lea|leer|ver) (?:también|más)\b|seguir leyendo\b|sigue leyendo\b|más información (?:en|aquí)\b|suscr[íi]b(?:ete|ase|irse)\b|s[íi]guenos\b",
    r"(?:foto|imagen|crédito|fuente) ?:|todos los derechos reservados\b",
    r"(?:este sitio(?: web)? (?:utiliza|usa)|utilizamos|usamos) cookies\b|(?:la entrada|el artículo)\b.{1,300}(?:se publicó primero en|apareció primero en)\b",
    # Russian
    r"(?:статья|материал|новость) (?:был[аи]? )?(?:дополнен|исправлен|обновл[её]н)\w{0,2}\b",
    r"(?:примечание(?: редакции)?|от редакции) ?: эт[аот]\w* (?:[\w-]+ ){0,3}(?:бюллетень|документ|отчёт|отчет|статья|страница|уведомление)\b",
    r"читайте (?:также|далее|нас)|читать (?:далее|дальше|полностью)|подробнее ?(?:$|на|:|»)|подпи(?:сывайтесь|шитесь)|следите за нами",
    r"(?:фото|источник|изображение|иллюстрация) ?:|все права защищены|на правах рекламы",
    r"(?:мы используем|(?:этот|наш|данный) сайт использует) (?:файлы )?cookies?\b|(?:запись|сообщение)\b.{1,300}впервые появил",
    # Chinese
    r"本文(?:已(?:更新|修订|更正)|(?:更新|修订|更正)于)",
    r"点击(?:这里|此处|查看|阅读|关注|下方)|阅读(?:全文|原文|更多)|(?:欢迎)?关注(?:我们|微信|公众号)|(?:立即订阅|订阅(?:我们|本|邮件|频道))|扫码(?:关注|加入|添加|下载)|相关(?:阅读|文章)|延伸阅读",
    r"版权(?:所有|声明)|未经(?:许可|授权|允许)|图片来源|图源|图片[:：]|来源[:：]|责任编辑|本文(?:转载|来自|首发|经授权)|(?:我们|本网站)使用 ?cookie",
    r"(?:本文|本博客|本站|本项目|本公众号|文中|文章|[\w-]{0,20}项目).{0,40}(?:仅供|只供|仅用于).{0,30}(?:自负|承担|无关|之用|非法用途)|本文首发于",
    # Japanese
    r"(?:この|本)記事は.{0,40}(?:更新|修正|訂正)(?:しました|されました|済み)",
    r"続き(?:を読む|はこちら)|詳細は(?:こちら|以下)|詳しくは(?:こちら|以下)|関連(?:記事|リンク)|(?:メルマガ|ニュースレター)(?:に|を|の)?(?:登録|購読)|フォロー(?:して|する)",
    r"(?:画像|写真|出典|提供|画像提供|写真提供)[:：]|無断転載|(?:この|当)(?:ウェブ)?サイトは.{0,10}(?:クッキー|cookie)を",
    # Arabic
    r"(?:تم|جرى) (?:تحديث|تعديل|تصحيح) (?:هذا|هذه) (?:المقال|المقالة|الخبر|التقرير)",
    r"(?:اقرأ|اقرئي|اقرأوا) (?:أيض[اً]+|المزيد|كذلك)|للمزيد|لقراءة المزيد|اشترك(?:وا)? (?:الآن|في (?:النشرة|نشرتنا|القناة|قناتنا))|تابعو?نا|شارك (?:هذا|المقال)",
    r"(?:الصورة|صورة|مصدر الصورة|المصدر) ?:|جميع الحقوق محفوظة|(?:يستخدم هذا الموقع|نستخدم) ملفات تعريف الارتباط",
)
_BEGINNING = re.compile(
    r"[\W_]{0,4}(?:" + "|".join(f"(?:{one})" for one in _BEGINNINGS) + ")", re.IGNORECASE
)

# Who wrote it, on a line of its own: "By Ada Quay", "Ein Bericht von Bo Pier (Router, WLAN)".
_NAME = r"(?:[^\W\d_a-zß-ÿа-я][\w.'’-]{1,25}|von|van|der|de|da|di|und|and|et|y|e|и)"
_LONGEST_CREDIT = 200  # characters
_CREDIT = re.compile(
    r"(?:Von|By|Par|Por|Автор:?|(?:Ein|Eine|An?|Un|Une|Una) [^\W\d_]{3,20} (?:von|by|par|por|de))"
    rf" {_NAME}(?: {_NAME}){{1,5}}(?: ?\([^()]{{2,80}}\))?"
)

# A feed's closing formula may hold a headline with full stops of its own, so it is cut from the
# text before sentences are made.
_FORMULA_ENDS = (
    "appeared first on",
    "first appeared on",
    "erschien zuerst auf",
    "est apparu en premier sur",
    "se publicó primero en",
    "apareció primero en",
    "впервые появилась на",
    "впервые появилось на",
)
_FORMULA_BEGINS = re.compile(
    r"(?:the post|der beitrag|l['’]article|cet article|la entrada|el artículo|запись|сообщение)\s",
    re.IGNORECASE,
)
_FORMULA_ENDING = re.compile(r"\s(?:" + "|".join(_FORMULA_ENDS) + ")", re.IGNORECASE)
_HEADLINE, _SITE = 320, 200  # characters before and behind the ending that belong to it
_AMBIGUOUS = "first appeared on"  # what attackers post on a forum does so too


def without_formula(text: str) -> str:
    """The text without "The post … appeared first on …"."""
    folded = text.lower()
    if not any(end in folded for end in _FORMULA_ENDS):
        return text
    kept, at, looked = [], 0, 0
    for ending in _FORMULA_ENDING.finditer(text):
        begin = _formula_begins(text, max(at, looked), ending)
        looked = ending.start()  # no letter is looked at twice
        if begin is not None:
            kept.append(text[at:begin])
            at = _line_end(text, ending.end())
    return "".join((*kept, text[at:])).strip()


def _formula_begins(text: str, at: int, ending: re.Match[str]) -> int | None:
    """Looked for from the ending back, so that no text makes it slow."""
    near = max(at, ending.start() - _HEADLINE)
    begins = _FORMULA_BEGINS.search(
        text, max(near, text.rfind("\n", near, ending.start()) + 1), ending.start()
    )
    if begins is None or begins.end() >= ending.start():
        return None
    if ending[0][1:].lower() == _AMBIGUOUS and text[begins.end()].islower():
        return None  # "The post offering the data first appeared on …" has no headline in it
    return begins.start()


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at, at + _SITE)
    return min(at + _SITE, len(text)) if end < 0 else end


def is_boilerplate(sentence: str) -> bool:
    """Whether a sentence speaks about the page rather than about its subject."""
    if _BEGINNING.match(sentence) is not None:
        return True
    return len(sentence) <= _LONGEST_CREDIT and _CREDIT.fullmatch(sentence) is not None
