"""Codes of countries (ISO 3166-1) and languages (ISO 639-1), and the code that was meant."""

from dataclasses import dataclass

from digests.config.kinds import Schema, or_variable, text_of
from digests.config.sheet import Refused, Sheet, nearest
from digests.config.tree import Node


def _codes(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# EU and XK are no countries of the standard, but reserved for what everybody writes so.
COUNTRIES = _codes(
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR"
    " BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ"
    " EC EE EG EH ER ES ET EU FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU"
    " GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW"
    " KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU"
    " MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW"
    " PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF"
    " TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT"
    " ZA ZM ZW"
)
LANGUAGES = _codes(
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de"
    " dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz"
    " ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li"
    " ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os"
    " pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te"
    " tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
_MEANT = {"uk": "GB", "el": "GR", "usa": "US"}


@dataclass(frozen=True, slots=True)
class Country:
    """Two capital letters."""

    accepts: str = "a country as ISO 3166 writes it, such as US, DE or JP"

    def read(self, node: Node, sheet: Sheet) -> str:
        """The code; raises Refused."""
        text = text_of(node, sheet)
        if text in COUNTRIES:
            return text
        meant = _MEANT.get(text.lower()) or text.upper()
        meant = meant if meant in COUNTRIES else _named(text, "territories", COUNTRIES)
        raise Refused(hint=f"write {meant}" if meant else "")

    def schema(self) -> Schema:
        """An enumeration."""
        return or_variable({"enum": sorted(COUNTRIES)})


@dataclass(frozen=True, slots=True)
class Language:
    """Two small letters, without a region."""

    accepts: str = "a language as ISO 639 writes it, such as en, de or ar"

    def read(self, node: Node, sheet: Sheet) -> str:
        """The code; raises Refused."""
        text = text_of(node, sheet)
        if text in LANGUAGES:
            return text
        meant = text.lower().replace("_", "-").partition("-")[0]
        meant = meant if meant in LANGUAGES else _named(text, "languages", LANGUAGES)
        raise Refused(hint=f"write {meant}" if meant else "")

    def schema(self) -> Schema:
        """An enumeration."""
        return or_variable({"enum": sorted(LANGUAGES)})


def _named(text: str, kind: str, codes: frozenset[str]) -> str:
    """The code of a country or language given by its English name; "" when it is none."""
    from babel import Locale  # noqa: PLC0415 - half a second of names, for a mistake only

    table = getattr(Locale("en"), kind)
    names = {name.casefold(): code for code, name in table.items() if code in codes}
    close = names.get(text.casefold()) or names.get(nearest(text, names, alike=0.8))
    return close or ""
