"""Headlines with a first sentence, written for these tests: security news and other, by language."""

SECURITY = {
    "en": [
        ("Attackers lock dental chain out of its own records", "A ransomware group claims the theft of 80 GB from Brightsmile's servers."),
        ("Router maker patches hole that let strangers in without a password", "The vulnerability allows remote code execution on 40 models."),
        ("Phishing kit imitates tax office to harvest bank logins", "Victims were sent text messages with links to fake pages."),
        ("Court jails man who ran botnet of hijacked cameras", "The network was used for DDoS attacks on game servers."),
        ("University warns students after data breach", "Names and passport numbers of applicants were exposed."),
        ("Browser update closes two zero-days used by spies", "Both flaws were exploited in the wild, the vendor said."),
        ("Developers told to remove poisoned package from builds", "The malicious code steals credentials from environment variables."),
        ("Ministry finds espionage malware in embassy network", "The implant had been active since March, investigators said."),
    ],
    "de": [
        ("Stadtwerke nach Hackerangriff offline", "Die Täter verschlüsselten Server und fordern Lösegeld."),
        ("Update schließt kritische Sicherheitslücke in Mailserver", "Angreifer können ohne Anmeldung Schadcode ausführen."),
        ("Phishing-Welle trifft Bankkunden", "Die Betrüger erbeuten Zugangsdaten über gefälschte Seiten."),
        ("Datenleck bei Reiseportal", "Kundendaten von 90.000 Personen standen offen im Netz."),
    ],
    "fr": [
        ("Un rançongiciel paralyse une mairie", "Les pirates réclament une rançon pour rendre les données."),
        ("Faille critique corrigée dans un pare-feu", "Elle permettait l'exécution de code à distance."),
        ("Fuite de données chez un opérateur", "Les mots de passe de 20 000 clients sont en vente."),
        ("Campagne d'hameçonnage contre les assurés", "De faux courriels imitent la caisse d'assurance."),
    ],
    "es": [
        ("Un ciberataque deja sin citas a un hospital", "El ransomware cifró los servidores durante la noche."),
        ("Corrigen una vulnerabilidad crítica en cámaras", "El fallo de seguridad permitía la ejecución de código."),
        ("Roban datos de clientes de una aerolínea", "La filtración de datos afecta a 30.000 personas."),
        ("Detenido por una estafa de phishing a jubilados", "Usaba páginas falsas para robar contraseñas."),
    ],
    "ru": [
        ("Хакеры взломали сеть аптек", "Вымогатели зашифровали базы и требуют выкуп."),
        ("Закрыта критическая уязвимость в роутерах", "Злоумышленники могли выполнить код удалённо."),
        ("Утечка данных клиентов банка", "Пароли пользователей появились в даркнете."),
        ("Фишинговая рассылка имитирует налоговую", "Письма содержат вредоносное вложение."),
    ],
    "zh": [
        ("勒索软件令连锁药店停业", "黑客加密了服务器并索要赎金。"),
        ("厂商修复路由器高危漏洞", "攻击者可远程执行代码。"),
        ("旅行网站发生数据泄露", "九万名用户的密码在暗网出售。"),
        ("钓鱼邮件冒充税务机关", "附件含有木马程序。"),
    ],
    "ja": [
        ("ランサムウェアで薬局チェーンが休業", "攻撃者はサーバーを暗号化し身代金を要求した。"),
        ("ルーターの深刻な脆弱性を修正", "遠隔から任意のコードが実行される恐れがあった。"),
        ("旅行サイトで個人情報が流出", "不正アクセスにより九万人分のパスワードが漏洩した。"),
        ("税務署を装うフィッシングメールに注意", "添付ファイルにマルウェアが含まれる。"),
    ],
    "ar": [
        ("برمجيات الفدية توقف سلسلة صيدليات", "شفّر القراصنة الخوادم وطالبوا بفدية."),
        ("إغلاق ثغرة أمنية خطيرة في أجهزة التوجيه", "كان بإمكان المهاجمين تنفيذ تعليمات عن بعد."),
        ("تسريب بيانات عملاء موقع سفر", "كلمات المرور معروضة للبيع بعد اختراق."),
        ("رسائل تصيد احتيالي تنتحل صفة مصلحة الضرائب", "المرفق يحتوي على برمجيات خبيثة."),
    ],
}  # fmt: skip

OTHER = {
    "en": [
        ("Rebels attack convoy near the border", "Security forces said nine soldiers were killed."),
        ("Striker out for six weeks with knee injury", "The club hopes its attack will hold without him."),
        ("Central bank leaves rates unchanged", "Markets had expected a cut before the summer."),
        ("Flu virus spreads early this winter", "Hospitals ask patients to be vaccinated."),
        ("Phone maker shows thinner tablet", "The device goes on sale in May for 499 dollars."),
        ("Streaming service raises prices again", "Subscribers pay two dollars more from June."),
        ("Leak in tunnel delays trains", "Engineers will patch the wall over the weekend."),
        ("Senate passes social security bill", "Pensions rise by three percent in January."),
    ],
    "de": [
        ("Raketenangriff auf Hafenstadt", "Die Regierung verurteilt den Angriff scharf."),
        ("Stürmer fällt sechs Wochen aus", "Der Trainer stellt den Angriff um."),
        ("Zentralbank lässt Zinsen unverändert", "Die Märkte hatten eine Senkung erwartet."),
        ("Neues Tablet vorgestellt", "Das Gerät kostet 499 Euro."),
    ],
    "fr": [
        ("Attaque contre un convoi près de la frontière", "Neuf soldats ont été tués."),
        ("L'attaquant absent six semaines", "Le club espère marquer sans lui."),
        ("La banque centrale maintient ses taux", "Les marchés attendaient une baisse."),
        ("Une nouvelle tablette plus fine", "Elle sera vendue 499 euros en mai."),
    ],
    "es": [
        ("Ataque a un convoy cerca de la frontera", "Murieron nueve soldados."),
        ("El delantero será baja seis semanas", "El equipo confía en su ataque."),
        ("El banco central mantiene los tipos", "Los mercados esperaban una bajada."),
        ("Presentan una tableta más delgada", "Costará 499 euros."),
    ],
    "ru": [
        ("Атака на колонну у границы", "Погибли девять солдат."),
        ("Нападающий выбыл на шесть недель", "Тренер перестроит атаку."),
        ("Центробанк сохранил ставку", "Рынки ждали снижения."),
        ("Показан новый планшет", "Он поступит в продажу в мае."),
    ],
    "zh": [
        ("边境车队遭袭", "九名士兵丧生。"),
        ("前锋因伤缺阵六周", "球队将调整进攻阵容。"),
        ("央行维持利率不变", "市场此前预期降息。"),
        ("新款平板电脑发布", "售价四百九十九美元。"),
    ],
    "ja": [
        ("国境付近で車列が襲撃される", "兵士九人が死亡した。"),
        ("フォワードが六週間離脱", "攻撃陣の立て直しが急務だ。"),
        ("中央銀行、金利を据え置き", "市場は利下げを予想していた。"),
        ("新型タブレットを発表", "五月に発売される。"),
    ],
    "ar": [
        ("هجوم على قافلة قرب الحدود", "قتل تسعة جنود."),
        ("غياب المهاجم ستة أسابيع", "يأمل النادي في الفوز من دونه."),
        ("البنك المركزي يبقي الفائدة دون تغيير", "توقعت الأسواق خفضا."),
        ("جهاز لوحي جديد أنحف", "يطرح للبيع في مايو."),
    ],
}  # fmt: skip

BAITS = [
    "You won't believe how this app tracks you",
    "17 things only night shift workers understand",
    "This simple trick keeps hackers away forever",
    "What happened next will leave you speechless",
    "Here's why everyone is deleting this app",
    "Can you guess which password is the worst?",
    "The one setting you should change right now",
    "21 photos that will make you rethink your router",
    "She opened an email and her life changed completely",
    "These reactions to the outage are absolutely hilarious",
    "How well do you actually know your phone?",
    "We need to talk about what this browser just did",
]
HONEST = [
    "Regulator fines bank 4 million euros over late breach report",
    "Vendor releases fix for flaw in mail gateway",
    "Two charged over theft of hospital records",
    "Parliament delays vote on surveillance bill",
    "Researchers describe new loader used by banking trojan",
    "Airline restores booking system after two-day outage",
    "Police seize servers of forum in three countries",
    "Cloud provider reports third incident in a month",
    "Court rejects appeal in spyware case",
    "City council approves budget for network upgrade",
    "Chip maker warns of attacks on older drivers",
    "Minister names new head of cyber agency",
]
