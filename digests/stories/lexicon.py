"""Words by which security news is told from other news, in eight languages, with their weights.

A phrase counts once for each text, twice when the headline has it; its weight is what one sight
of it is worth. From 3 on the phrase alone makes a text security news. They are written in a form
that the analyzer stems (digests.text.tokens), so "vulnerability" finds "vulnerabilities" too; a
star stands for any ending, which German compounds need most.
"""

from collections.abc import Mapping

Weights = Mapping[int, str]

# Words of the trade that every language has borrowed, and names that mean nothing else.
INTERNATIONAL: Weights = {
    4: "ransomware*, malware*, spyware, botnet*, rootkit*, keylogger, infostealer, phishing*,"
    " spear-phishing, ddos*, cve, zero-day, 0-day, cyber*, wannacry, notpetya, cryptojacking,"
    " sql injection, xss, rce, apt28, apt29, apt41, magecart, mirai, emotet, trickbot, lockbit,"
    " infosec, stuxnet, pegasus spyware, smishing, vishing, adware, scareware, stalkerware",
    3: "hacker*, trojan, backdoor, kev, epss, cvss, cert-bund, enisa, anssi, fireeye, mandiant,"
    " crowdstrike, kaspersky, proofpoint, trend micro, palo alto networks, fortiguard, qualys,"
    " have i been pwned, metasploit, cobalt strike, mimikatz, exploit kit, bug bounty, owasp",
    2: "eset, sophos, symantec, mcafee, bitdefender, malwarebytes, fortinet, ivanti, virustotal,"
    " patch tuesday, openssl, pwn2own, fortigate, netscaler, poc",
    -4: "cyber monday, cyberpunk, cybertruck, cyberspace, cybersquatting, cybersquatter, hackathon",
}

ENGLISH: Weights = {
    4: "data breach, breach of data, data leak, denial of service, remote code execution,"
    " arbitrary code, privilege escalation, cross-site scripting, buffer overflow, use-after-free,"
    " path traversal, directory traversal, authentication bypass, authorization bypass,"
    " prototype pollution, request forgery, deserialization of untrusted data, out-of-bounds,"
    " threat actor, credential stuffing, business email compromise, sim swapping, sim swap,"
    " supply chain attack, security flaw, security hole, security bug, security vulnerability,"
    " security patch, security researcher, security breach, computer virus, computer worm,"
    " identity theft, dark web, unauthorized access, hacking group, hacked database, exploited in"
    " the wild, proof-of-concept exploit, command-and-control server, information security,"
    " computer security, network security, internet security, email scam, stolen credentials,"
    " leaked credentials, malicious code, malicious software, malicious package, card skimmer,"
    " card skimming, online scam, watering hole attack, social engineering, insecure direct object,"
    " security advisory, tech support scam, hostile packages, typosquatting, code injection,"
    " command injection, records exposed, exposed records, hacktivist, penetration testing,"
    " remote access trojan, command and control, c2 implant, espionage campaign, cyber espionage",
    3: "hacked, hacking, hack, security update, security firm, security company, antivirus,"
    " anti-virus, anti-malware, ransom note, two-factor authentication, multi-factor"
    " authentication, online attack, security fix, security threat, security expert, security"
    " issue, critical vulnerability, critical flaw, attack vector, attackers exploited, exploiting"
    " vulnerabilities, vulnerability allows, data theft, stolen data, patient records, breach"
    " notification, breach affecting, gain access, brute force, email account compromise, worms"
    " and viruses, viruses and worms, private data, sandbox escape, memory corruption, malvertising,"
    " clickjacking, worm variant, infected computers, infected machines, scammers, fraudsters,"
    " sextortion, threat intelligence, incident response, data exposure, certificate authority",
    2: "vulnerability, exploit, encrypted, decrypt, encryption, breach, breached, password,"
    " credential, malicious, scam, personal information, personal data, customer data, user data,"
    " compromised, firewall, vpn, social security number, bitcoin"
    " ransom, account takeover, fake email, fraudulent email, spoofing,"
    " spoofed, sensitive data, sensitive information, data protection, wiper, stealer,"
    " exfiltrated, payment card, cryptographic, hash collision, insecure, pwned, decryptor, shellcode, c2,"
    " state-sponsored, nation-state actor, financially motivated",
    1: "attack, bypass, exposed, extortion, patch, advisory, worm, virus, ransom, stolen, leak, flaw, bug, fraud,"
    " infected, payload, authentication, privacy, security, cryptocurrency, bitcoin, hijack,"
    " unauthorized, unauthorised, affected versions, server, email, privileges, firmware,"
    " sandbox, obfuscated, attachment, spam, database, router, plugin,"
    " surveillance, investigators, targeted, remote, injection, android, windows, wordpress",
    -4: "life hack, life hacks, growth hacking, travel hacks, beauty hacks, food hacks, hack day",
    -2: "heart attack, terror attack, suicide attack, bomb attack, security council, social"
    " security benefits, national security adviser, security forces, homeland security secretary,"
    " suicide bomber, militants, air strike, box office, quarterback, touchdown, flu, vaccine,"
    " ebola, chef, recipe, hostages, security guard, breach of contract, attack on titan,"
    " security deposit, government securities, medical virus, striker, wicket, midfielder",
}

GERMAN: Weights = {
    4: "sicherheitslücke*, schadsoftware, schadcode, datenleck*, datenpanne, hackerangriff*,"
    " erpressungstrojaner, verschlüsselungstrojaner, it-sicherheit*, codeschmuggel, schadprogramm*,"
    " datendiebstahl, datenklau, identitätsdiebstahl, rechteausweitung, erpressersoftware,"
    " zero-day-lücke, angreifer können, zahlungskarten abgegriffen, passwortdiebstahl, netzwerksicherheit",
    3: "schwachstelle*, angreifer, gehackt, hackt, hacken, sicherheitsupdate*, sicherheitspatch*,"
    " sicherheitsforscher*, trojaner, hintertür, virenscanner, zugangsdaten, kritische lücke,"
    " datenschutzvorfall, lösegeldforderung, notfallupdate, sicherheitsmeldung, bsi warnt,"
    " passwörter gestohlen, denial of service, betrugsmasche, angriffswelle",
    2: "lücke, lücken, verwundbar, passwort*, ausgenutzt, abgegriffen, verschlüsselung*, kompromittiert,"
    " angriff auf die it, kundendaten, patientendaten, nutzerdaten, exploit, firewall,"
    " bsi, betrüger, lösegeld, erpresst, exploits, schutzlos, infiziert",
    1: "angriff*, sicherheit, update, patch, bug, virus, erpresser, geleakt, daten, server, spam,"
    " lahmgelegt, schützen, leck, datenschutz*",
    -3: "raketenangriff, luftangriff, messerangriff, drohnenangriff, terrorangriff, angriffskrieg,"
    " angriffsspieler, mittelfeld, rezept, marktlücke, gesetzeslücke, lohnlücke",
}

FRENCH: Weights = {
    4: "rançongiciel, logiciel malveillant, logiciel espion, hameçonnage, faille de sécurité,"
    " faille critique, fuite de données, vol de données, piratage informatique, pirate informatique,"
    " sécurité informatique, attaque informatique, violation de données, déni de service, jour zéro,"
    " cheval de troie, exécution de code, élévation de privilèges, vulnérabilité critique,"
    " porte dérobée, code malveillant, usurpation d'identité, injection de code",
    3: "vulnérabilité, pirates, piraté, piratage, maliciel, failles, mot de passe volé, identifiants"
    " volés, correctif de sécurité, mise à jour de sécurité, chercheurs en sécurité, arnaque en ligne,"
    " données volées, données piratées, antivirus, demande de rançon, escrocs en ligne",
    2: "faille, attaquant, mot de passe, rançon, chiffrement, données personnelles, malveillant,"
    " identifiants, exploitée, compromis, données clients, données de santé, cnil, arnaque, escroquerie",
    1: "attaque, sécurité, correctif, mise à jour, serveur, virus, fuite, données, chiffré, infecté",
    -3: "attaquant de pointe, attaque terroriste, attaque au couteau, pirates des caraïbes,"
    " pirates somaliens, faille spatio, sécurité sociale, sécurité routière, recette, milieu de terrain",
}

SPANISH: Weights = {
    4: "secuestro de datos, software malicioso, programa malicioso, programa espía, suplantación de"
    " identidad, fallo de seguridad, brecha de seguridad, brecha de datos, fuga de datos, filtración"
    " de datos, robo de datos, ataque informático, pirata informático, piratas informáticos,"
    " seguridad informática, denegación de servicio, día cero, puerta trasera, ejecución de código,"
    " escalada de privilegios, vulnerabilidad crítica, código malicioso, robo de credenciales,"
    " ciberataque, ciberdelincuente, virus informático, violación de datos, vulneración de datos",
    3: "vulnerabilidad, hackeo, hackeado, hackear, jaqueo, troyano, contraseñas robadas, parche de"
    " seguridad, actualización de seguridad, investigadores de seguridad, estafa en línea, datos"
    " robados, datos filtrados, antivirus, ciberseguridad, pide rescate, falla de seguridad",
    2: "atacantes, contraseña, malicioso, cifrado, datos personales, credenciales, explotada,"
    " comprometidos, datos de clientes, estafa, rescate en bitcoin, incibe, vulnerable, extorsión",
    1: "ataque, seguridad, parche, actualización, servidor, virus, filtración, datos, cifrar,"
    " infectado, rescate, fallo, phising",
    -3: "ataque terrorista, ataque aéreo, ataque al corazón, ataque cardíaco, seguridad social,"
    " seguridad vial, receta, mediocampista, delantero, brecha salarial, equipo de rescate",
}

RUSSIAN: Weights = {
    4: "кибер*, хакер*, вымогател*, вредонос*, фишинг*, уязвимост*, утечка данных, утечка персональных,"
    " шифровальщик, программа-вымогатель, ботнет*, бэкдор*, троян*, эксплойт*, ddos-атака, нулевого дня,"
    " информационной безопасности, информационная безопасность, взлом аккаунта, взлом сайта, кража"
    " данных, удаленное выполнение кода, отказ в обслуживании, повышение привилегий, шпионское по,"
    " вредоносное по, компьютерный вирус, инфобезопасност*, руткит*, малварь",
    3: "взлом, взломан, взломали, эксплоит*, злоумышленник*, мошенники в интернете, слив данных, украденные"
    " данные, пароли пользователей, обновление безопасности, брешь, антивирус*, утекли, утечка, пентест*,"
    " даркнет*, патч безопасности, телефонные мошенники",
    2: "пароль, шифрование, персональные данные, скомпрометирован, учетные данные, выкуп, мошенники,"
    " атаковали серверы, данные клиентов, базы данных клиентов, дыра, защита информации",
    1: "атака, безопасность, патч, обновление, сервер, вирус, данные, заражен, утечк*",
    -3: "теракт, ракетная атака, атака беспилотников, утечка газа, утечка мозгов, утечка нефти, рецепт,"
    " нападающий, полузащитник, совет безопасности, сердечный приступ, пво, обстрел*, снаряд*",
}

CHINESE: Weights = {
    4: "勒索软件, 勒索病毒, 恶意软件, 恶意代码, 网络攻击, 网络安全, 信息安全, 数据泄露, 数据泄漏, 漏洞, 零日, 钓鱼邮件,"
    " 网络钓鱼, 钓鱼网站, 木马, 后门, 黑客, 僵尸网络, 拒绝服务, 间谍软件, 提权, 远程代码执行, 渗透测试, 挖矿病毒, 供应链攻击,"
    " 信息泄露, 窃密, 勒索軟體, 惡意軟體, 惡意程式, 網路攻擊, 資安, 資料外洩, 零時差, 釣魚郵件, 網路釣魚, 駭客, 殭屍網路,"
    " 後門, 间谍程序, 电信诈骗, 反序列化, 注入攻击, 内网渗透, 红队, 免杀, 逆向分析, 应急响应, 蓝队",
    3: "攻击者, 攻擊者, 安全补丁, 安全更新, 安全公告, 撞库, 盗号, 电脑病毒, 计算机病毒, 蠕虫, 入侵, 暗网, 个人信息泄露, 安全研究,"
    " 窃取数据, 窃取信息, 病毒样本, 弱口令, 绕过, 提權, 注入, 爆破, 溢出, 攻防",
    2: "渗透, 密码, 密碼, 加密货币被盗, 赎金, 恶意, 惡意, 补丁, 泄露, 外洩, 窃取, 竊取, 加密, 解密, 凭证, 个人信息, 隐私, 利用链, 认证",
    1: "攻击, 攻擊, 安全, 病毒, 服务器, 更新, 防护, 诈骗, 劫持, 权限",
    -3: "新冠病毒, 病毒感染者, 恐怖袭击, 空袭, 疫情, 粮食安全, 食品安全, 交通安全, 安全生产, 前锋, 食谱, 票房",
}

JAPANESE: Weights = {
    4: "ランサムウェア, ランサムウエア, マルウェア, マルウエア, 脆弱性, サイバー, 不正アクセス, 情報漏洩, 情報漏えい, 情報流出,"
    " フィッシング, ゼロデイ, ハッカー, ハッキング, ボットネット, スパイウェア, バックドア, トロイの木馬, サービス拒否, 標的型攻撃,"
    " 情報セキュリティ, 個人情報の流出, 個人情報が流出, 身代金要求型, 遠隔コード実行, 権限昇格, クロスサイトスクリプティング,"
    " コンピュータウイルス, インフォスティーラー, ddos攻撃, 任意のコード, 不正送金, サプライチェーン攻撃",
    3: "セキュリティ, 攻撃者, 乗っ取り, 不正ログイン, パスワード流出, 認証情報, 悪用, 脅威アクター, 修正パッチ, ダークウェブ, 闇サイト,"
    " 不正プログラム, データ漏えい, データ流出, 改ざん, 暗号資産流出, フィッシング詐欺, ウイルス対策ソフト",
    2: "パスワード, 暗号化, 身代金, 侵害, 漏洩, 漏えい, 個人情報, 修正プログラム, 感染, 詐欺メール, 多要素認証, ipa, jpcert, 窃取",
    1: "攻撃, 流出, パッチ, アップデート, サーバ, ウイルス, 詐欺, 不正, 認証, 更新",
    -3: "新型コロナ, 感染者数, コロナウイルス, 空爆, ミサイル攻撃, インフルエンザ, 社会保障, レシピ, 攻撃陣, 先制攻撃, サイバーマンデー, サイバーエージェント",
}

ARABIC: Weights = {
    4: "برمجيات الفدية, برامج الفدية, هجوم فدية, فيروس الفدية, برمجيات خبيثة, برمجية خبيثة, برامج ضارة,"
    " برنامج ضار, برنامج تجسس, برامج تجسس, هجوم إلكتروني, هجمات إلكترونية, هجوم سيبراني, هجمات سيبرانية, الأمن"
    " السيبراني, سيبراني, سيبرانية, أمن المعلومات, تسريب بيانات, تسرب البيانات, اختراق بيانات, سرقة بيانات,"
    " ثغرة أمنية, ثغرات أمنية, قراصنة, هاكر, هاكرز, التصيد الاحتيالي, تصيد احتيالي, حصان طروادة, باب خلفي,"
    " حجب الخدمة, يوم الصفر, تنفيذ التعليمات البرمجية, الجرائم الإلكترونية, قرصنة إلكترونية, القرصنة",
    3: "ثغرة, ثغرات, اختراق, مخترقون, مخترق, قرصان, احتيال إلكتروني, بيانات مسروقة, تحديث أمني,"
    " فدية, كلمات مرور مسروقة, باحثون أمنيون, تسريب معلومات, برنامج الفدية, الاختراق الأمني, شبكة روبوتات",
    2: "كلمة المرور, كلمات المرور, تشفير, بيانات شخصية, البيانات الشخصية, ضارة, خبيثة, بيانات المستخدمين,"
    " بيانات العملاء, تسريب, احتيال, استغلال, محتالون",
    1: "هجوم, هجمات, أمن, تحديث, خادم, فيروس, بيانات, حماية, أنظمة, رقمية, إلكتروني",
    -3: "هجوم إرهابي, غارة جوية, هجوم انتحاري, فيروس كورونا, مجلس الأمن, قوات الأمن, مهاجم المنتخب, وصفة, خط الهجوم, هجوم بري",
}

LEXICON: Mapping[str, tuple[Weights, ...]] = {
    "en": (INTERNATIONAL, ENGLISH),
    "de": (INTERNATIONAL, GERMAN),
    "fr": (INTERNATIONAL, FRENCH),
    "es": (INTERNATIONAL, SPANISH),
    "ru": (INTERNATIONAL, RUSSIAN),
    "zh": (INTERNATIONAL, CHINESE),
    "ja": (INTERNATIONAL, JAPANESE),
    "ar": (INTERNATIONAL, ARABIC),
}
