"""Reports of nine to twelve sentences with what a person would keep, written for these tests."""

# (title, report, what a person keeps)
REPORTS = [
    (
        "Clinic group in Northmere restores its systems",
        (
            "Monday mornings are busy at the Northmere clinics. People queue at the desk, and the phones"
            " do not stop. This Monday the screens stayed dark. A ransomware group had encrypted the"
            " servers of the clinic group on Sunday night, its director Ilse Brandt said on Tuesday. The"
            " attackers took the records of 41,000 patients and asked for 30 bitcoin. The group refused"
            " to pay and restored its servers from tapes within two days. Nurses wrote on paper"
            " meanwhile. Some patients brought cake. The attackers came in through a mail gateway that"
            " had not been patched since March, according to the police. The regulator has opened an"
            " inquiry."
        ),
        (
            "Ransomware encrypted the servers of the clinic group on Sunday. The attackers took records"
            " of 41,000 patients through an unpatched mail gateway. The group refused to pay 30 bitcoin"
            " and restored its servers from tapes."
        ),
    ),
    (
        "Gatehouse closes hole in its gateways",
        (
            "Gatehouse has fixed a vulnerability in its gateways that lets strangers run commands"
            " without a password. The flaw, CVE-2026-11002, affects versions 9.0 to 9.1.3 and is fixed"
            " in 9.1.4. Attackers have used it since the start of March, the company said. Its gateways"
            ' stand in 12,000 offices. "We are sorry," a spokesman wrote. He added that support is'
            " open at night. The national agency asks administrators to install the update within three"
            " days and to look for new accounts on the devices. Gatehouse was founded in 2004. It is"
            " known for its blue boxes. The researcher who found the flaw, Mei Tanaka, will speak about"
            " it in June."
        ),
        (
            "Gatehouse fixed CVE-2026-11002, a flaw in gateways that lets strangers run commands without"
            " a password; attackers have used it since March. Version 9.1.4 has the fix. The national"
            " agency asks administrators to install it within three days."
        ),
    ),
    (
        "Parcel scam costs pensioners their savings",
        (
            "It began with a text message about a parcel. Erna Holt, 71, clicked on the link. Two days"
            " later her savings were gone. Her case is one of 3,100 that the police in Lindmark count"
            " since January. The messages imitate a parcel service and lead to a page that asks for a"
            " bank login and a code. Losses reach 9 million crowns, police inspector Jonas Riis said."
            " The gang rents its pages from a phishing service called ParcelKit. Four suspects were"
            " arrested in two countries last week. Banks now hold transfers to new accounts for a day."
            " Holt no longer reads her messages. Her daughter does."
        ),
        (
            "Police in Lindmark count 3,100 cases of text messages that imitate a parcel service and"
            " steal bank logins, with losses of 9 million crowns. The gang rents its pages from a"
            " phishing service called ParcelKit. Four suspects were arrested in two countries."
        ),
    ),
    (
        "Poisoned package found in builds of 600 companies",
        (
            "A package that thousands of developers use was changed to steal their keys. Version 4.2.1"
            " of the package timeago-lite read environment variables and sent them to a server abroad,"
            " the registry said on Thursday. It was online for nine hours and was downloaded 38,000"
            " times. Builds of some 600 companies took it up. An attacker had guessed the password of a"
            " maintainer who used no second factor. The maintainer is on holiday. The registry removed"
            " the version and revoked the tokens it knows of. Developers should change every key that"
            " their builds could read. The registry will demand a second factor from July. Many had"
            " asked for that for years."
        ),
        (
            "Version 4.2.1 of timeago-lite stole keys from environment variables of builds at some 600"
            " companies. An attacker had guessed the password of a maintainer without a second factor."
            " Developers should change every key their builds could read."
        ),
    ),
    (
        "Court jails operator of camera botnet",
        (
            "The courtroom was full on Friday. Students had come with their notebooks. A court in Velden"
            " sentenced a 24-year-old man to five years in prison for running a botnet of 200,000"
            " hijacked cameras. The network knocked hospitals and game servers offline for money, the"
            " judge said. Customers paid from 20 euros an hour. The man, known as Flood, earned 1.4"
            " million euros in three years. He looked at the floor. Investigators found him through a"
            " pizza order paid from the same wallet. The cameras still stand open, because their maker"
            " has gone out of business. His lawyer will appeal. The judge left by the back door."
        ),
        (
            "A court in Velden sentenced a 24-year-old to five years for running a botnet of 200,000"
            " hijacked cameras that knocked hospitals and game servers offline. He earned 1.4 million"
            " euros. Investigators found him through a pizza order."
        ),
    ),
    (
        "Airport timetable system fails after update",
        (
            "Screens at Halden airport went blank for six hours on Wednesday. A faulty update of the"
            " timetable system deleted its database, the airport said. No attack took place. Some 120"
            " flights were late and 14 were cancelled. Staff wrote gate numbers on boards. A singer who"
            " was on the way to a concert sang for those who waited. The vendor had tested the update"
            " on an older version only. It will repay the airport 2 million crowns. From now on updates"
            " run on a copy first. The minister of transport asks all airports to do the same."
        ),
        (
            "A faulty update deleted the database of Halden airport's timetable system; no attack took"
            " place. 120 flights were late and 14 cancelled. The vendor had tested the update on an"
            " older version only."
        ),
    ),
]

# Paragraphs as lists of their sentences: abbreviations, numbers, quotations.
PARAGRAPHS = {
    "en": [
        ["Dr. Alvarez of Initech Inc. found the flaw on Jan. 5.", "It affects versions 2.1 to 2.4.", '"Patch now!" she said.', "Will users listen?", "About 3.5 million devices are open."],
        ["The U.S. agency published its list at 9 a.m. on Monday.", "It names five flaws, e.g. one in a mail server.", "Nobody was surprised."],
    ],
    "de": [
        ["Die Lücke betrifft ca. 40.000 Geräte, z. B. Router.", "Das Update erschien am 3. März.", "Wer es nicht installiert, ist angreifbar.", "Der Hersteller entschuldigte sich."],
        ["Laut Dr. Weber kam der Angriff aus dem Ausland.", "Ob Daten abflossen, ist unklar.", "Die Polizei ermittelt."],
    ],
    "fr": [
        ["M. Dupont a découvert la faille le 5 janvier.", "Elle touche les versions 2.1 à 2.4.", "« Installez le correctif », dit-il.", "Qui va l'écouter ?"],
        ["La mairie a coupé son réseau.", "Les services reprennent lundi.", "Aucune donnée n'a été perdue."],
    ],
    "es": [
        ["El Sr. García encontró el fallo el 5 de enero.", "Afecta a las versiones 2.1 a 2.4.", "¿Quién instalará el parche?", "La empresa pidió perdón."],
        ["El hospital cerró su red.", "Los médicos escribieron en papel.", "Nadie pagó el rescate."],
    ],
    "ru": [
        ["Уязвимость нашли 5 января 2026 г. в Москве.", "Она затрагивает версии 2.1 и 2.4.", "Обновление уже вышло.", "Кто его установит?"],
        ["Больница отключила сеть.", "Врачи писали на бумаге.", "Выкуп никто не заплатил."],
    ],
    "zh": [
        ["研究人员发现了漏洞。", "它影响两百万台设备。", "“请立即更新！”他说。", "谁会听呢？"],
        ["医院关闭了网络。", "医生用纸记录。", "没有人支付赎金。"],
    ],
    "ja": [
        ["研究者が脆弱性を見つけた。", "影響を受ける機器は二百万台に上る。", "修正版は公開済みだ。", "誰が更新するのか？"],
        ["病院はネットワークを遮断した。", "医師は紙に記録した。", "身代金は支払われなかった。"],
    ],
    "ar": [
        ["اكتشف الباحثون الثغرة يوم الأحد.", "وهي تصيب مليوني جهاز.", "صدر التحديث بالفعل.", "من سيثبته؟"],
        ["أغلق المستشفى شبكته.", "كتب الأطباء على الورق.", "لم يدفع أحد الفدية."],
    ],
}  # fmt: skip
