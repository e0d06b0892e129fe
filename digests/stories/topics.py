"""What a story is about: a small fixed set of topics, most telling first.

Each topic has beginnings of words in the eight languages of the desk. A word in the headline
weighs three times one in the text, a strong one twice a plain one; a topic counts from four points
on, and at most three are named; where none does, a strong word in the first lines decides. What the
text names helps: a CVE is a vulnerability. The set is for channel rules (`topic:ransomware`), so it
stays small and its names never change.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from digests.model import Name
from digests.text.characters import lower_in_place

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

MOST = 3
LOOKED_AT = 4_000  # characters of the text: what comes later is seldom what it is about
LEAD = 300  # characters that a reader sees first
IN_TITLE, STRONG, PLAIN = 3, 2, 1
ENOUGH = 4

# "_" is a space; before "|" the strong words, behind it the plain ones.
_WORDS = {
    "ransomware": """ransomware rançongiciel вымогател шифровальщик 勒索 ランサム الفدية فدية
        erpressungstrojaner verschlüsselungstrojaner secuestro_de_datos double_extortion
        | ransom lösegeld rançon rescate выкуп extort erpress leak_site decryptor 身代金""",
    "breach": """data_breach databreach data_leak leaked_data stolen_data exposed_data breach
        datenleck datenpanne datendiebstahl fuite_de_données violation_de_données vol_de_données
        filtración_de_datos fuga_de_datos brecha_de_datos утечк 数据泄露 数据泄漏 情報漏 個人情報
        流出
        تسريب_بيانات تسرب_بيانات خرق_البيانات
        | leaked records_exposed stolen customer_data personal_data kundendaten données_personnelles
        unauthorized_access 不正アクセス datos_personales персональн misconfigur exposed unsecured_database""",
    "vulnerability": """vulnerabilit zero-day zero_day 0-day patch_tuesday patchday sicherheitslücke
        schwachstelle vulnérabilit faille vulnerabilidad уязвимост 漏洞 脆弱性 ثغرة ثغرات
        remote_code_execution privilege_escalation security_flaw security_hole security_update
        security_patch security_bug
        | denial-of-service denial_of_service déni_de_service denegación_de_servicio
        отказ_в_обслуживании 拒绝服务 サービス拒否 حجب_الخدمة
        cve- flaw exploit patch bug_ bugs_ advisory rce_ buffer_overflow sql_injection
        proof-of-concept actively_exploited correctif parche обновлени_безопасности 补丁 修正""",
    "malware": """malware spyware trojan botnet backdoor infostealer stealer rootkit wiper
        keylogger cryptominer cryptojack schadsoftware logiciel_malveillant maliciel вредонос троян
        恶意软件 木马 マルウェア ウイルス برمجيات_خبيثة برمجية_خبيثة فيروس
        | worm loader dropper virus c2_server command-and-control malicious infected infection
        schädling infecté infectad зараж""",
    "phishing": """phishing smishing vishing spear-phish quishing hameçonnage фишинг 钓鱼
        フィッシング تصيد suplantación_de_identidad business_email_compromise
        | social_engineering lure credential_theft fake_login spoof impersonat""",
    "espionage": """espionage cyberespionage cyber-espionage state-sponsored state_sponsored
        nation-state nation_state spionage espionnage espionaje шпион 间谍 تجسس スパイ活動 スパイ行為
        スパイ集団 スパイ組織 スパイ容疑 スパイ攻撃 サイバースパイ 産業スパイ 諜報
        advanced_persistent_threat apt_group geheimdienst
        | apt spies spying spyware intelligence_agency kremlin beijing pyongyang tehran dissident
        разведк""",
    # Denial of service alone is what most flaws allow somebody to do.
    "ddos": """ddos distributed_denial denial-of-service_attack denial_of_service_attack
        überlastungsangriff attaque_par_déni_de_service attaques_par_déni_de_service
        ataque_de_denegación ataques_de_denegación 拒绝服务攻击 サービス拒否攻撃 هجوم_حجب_الخدمة
        هجمات_حجب_الخدمة
        | flooding outage_attack""",
    "fraud": """fraud scam betrug arnaque escroquerie estafa fraude мошенн 诈骗 詐欺 احتيال
        identity_theft carding romance_scam
        | fake_ stolen_credit money_mule laundering swindl crypto_theft heist tax_refund""",
    "crime": """arrest indict sentenced extradit pleads_guilty pleaded_guilty convicted verhaftet
        festgenommen verurteilt arrêté condamné inculpé detenid condenad арест приговор задержан
        逮捕 被捕 起诉 起訴 اعتقال القبض law_enforcement europol interpol
        | police polizei policía полици court fbi justice_department prosecutor jail prison
        cybercrim seized takedown dark_web darknet hacker_charged""",
    "policy": """legislation regulat lawmaker executive_order sanction gesetz richtlinie_
        verordnung réglement sanctions législation ley_de законопроект санкц 立法 法规 法案 制裁
        規制 قانون عقوبات nis2 gdpr dsgvo cyber_resilience_act
        | senate congress parliament ministry white_house government policy bill_ compliance
        bundestag regierung gouvernement gobierno правительств 政府 حكومة fine_ fined""",
    "privacy": """privacy datenschutz vie_privée privacidad конфиденциальн приватност 隐私
        プライバシー الخصوصية gdpr dsgvo rgpd facial_recognition gesichtserkennung
        | tracking tracker consent surveill überwach vigilancia слежк personal_data cookies
        location_data""",
    "supply-chain": """supply_chain supply-chain lieferkette chaîne_d'approvisionnement
        cadena_de_suministro цепочк_поставок 供应链 サプライチェーン سلسلة_التوريد
        malicious_package typosquat dependency_confusion
        | npm pypi rubygems package_registry third-party_vendor open-source_package""",
    "industrial": """scada industrial_control critical_infrastructure kritis operational_technology
        ics_ ics/ plc power_grid stromnetz infrastructures_critiques infraestructura_crítica асу_тп
        критическ_инфраструктур 工控 关键基础设施 重要インフラ البنية_التحتية_الحيوية
        | water_utility pipeline energy_sector utilities siemens rockwell schneider""",
    "ai": """artificial_intelligence künstliche_intelligenz intelligence_artificielle
        inteligencia_artificial искусственн_интеллект 人工智能 人工知能 生成ai الذكاء_الاصطناعي
        deepfake prompt_injection large_language llm chatgpt generative_ai
        | openai copilot machine_learning chatbot""",
}  # fmt: skip
TOPICS = tuple(_WORDS)


def topics(
    title: str, text: str, names: Sequence[Name] = (), cves: Sequence[str] = ()
) -> tuple[str, ...]:
    """The topics of a story, at most three, most telling first; () when nothing is clear."""
    points = dict.fromkeys(TOPICS, 0)
    for topic, weight in _found(title):
        points[topic] += weight * IN_TITLE
    for topic, weight in _found(text[:LOOKED_AT]):
        points[topic] += weight
    if cves:
        points["vulnerability"] += STRONG
    if any(name.kind == "malware" for name in names):
        points["malware"] += PLAIN
    told = [topic for topic in TOPICS if points[topic] >= ENOUGH] or _led(text[:LEAD])
    return tuple(sorted(told, key=lambda topic: -points[topic])[:MOST])


def _led(lead: str) -> list[str]:
    """What the first lines name by a strong word (of 500 stories 18 more had a topic, two a wrong one)."""
    strong = {topic for topic, weight in _found(lead) if weight == STRONG}
    return [topic for topic in TOPICS if topic in strong]


def _found(text: str) -> Iterable[tuple[str, int]]:
    """Each word of the lists that the text has, once, with its topic and weight."""
    automaton, meanings = _lists()
    lower = lower_in_place(text) + " "
    hits = automaton.find_matches_as_indexes(lower, overlapping=True)
    found = {which for which, start, _ in hits if _begins(lower, start)}
    return [meaning for which in found for meaning in meanings[which]]


def _begins(text: str, start: int) -> bool:
    """Whether a word begins here; scripts without spaces between words begin anywhere."""
    return text[start] >= "\u0600" or not text[start - 1 : start].isalpha()


@cache
def _lists() -> "tuple[AhoCorasick, list[tuple[tuple[str, int], ...]]]":
    from ahocorasick_rs import AhoCorasick  # noqa: PLC0415 - only where texts are understood

    meanings: dict[str, tuple[tuple[str, int], ...]] = {}
    for topic, lists in _WORDS.items():
        strong, _, plain = lists.partition("|")
        for weight, words in ((STRONG, strong), (PLAIN, plain)):
            for word in (one.replace("_", " ") for one in words.split()):
                meanings[word] = (*meanings.get(word, ()), (topic, weight))
    return AhoCorasick(list(meanings)), list(meanings.values())
