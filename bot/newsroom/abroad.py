"""What the German, Arabic, French, Japanese and Spanish publishers tell. All of it is made up."""

from bot.newsroom.stories import Tale, told

STADTWERKE = Tale("stadtwerke", "Stadtwerke Lindental melden Angriff auf Abrechnungssystem", 120,
    told("""
    Die Stadtwerke Lindental haben am {day-1} ihr Abrechnungssystem vom Netz genommen. Unbekannte
    hatten über ein altes Wartungskonto Zugriff auf die Daten von 120.000 Kunden. Strom- und
    Wasserversorgung waren nach Angaben des Unternehmens nicht betroffen.

    Das Konto gehörte zu einem Zählerprogramm, das seit drei Jahren nicht mehr benutzt wird. Sein
    Passwort stand in einer Anleitung, die im Internet zu finden war. Aufgefallen ist der Angriff,
    weil nachts Rechnungen für leerstehende Häuser gedruckt wurden.

    Abgeflossen sind Namen, Anschriften und Verbrauchswerte, in etwa 9.000 Fällen auch
    Bankverbindungen. Die Betroffenen erhalten in den nächsten Tagen einen Brief. Kunden sollen bei
    unerwarteten Rechnungen die bekannte Rufnummer anrufen und keine Links öffnen.

    Das System soll Ende der Woche wieder laufen. Bis dahin werden Abschläge nicht eingezogen, und
    Mahnungen ruhen.
    """))  # fmt: skip

WERKSTATT = Tale("diagnosegeraete", "Schwachstelle in Diagnosegeräten für Werkstätten erlaubt fremde Befehle",
    820, told("""
    Diagnosegeräte des Herstellers Kolbenfreund nehmen Befehle aus jedem WLAN an, mit dem sie sich
    verbinden. Angreifer in der Nähe einer Werkstatt können damit Fehlerspeicher löschen und
    Kilometerstände ändern. Die Lücke trägt die Kennung CVE-2026-40412.

    Die Geräte öffnen einen Dienst, der nur für die Fertigung gedacht war. Er verlangt keine
    Anmeldung und lässt sich in den Einstellungen nicht abschalten. Gefunden hat ihn ein Meister,
    dessen Gerät Fahrzeuge des Nachbarn anzeigte.

    Der Hersteller stellt seit {day-1} eine neue Firmware bereit. Werkstätten sollten die Geräte
    bis zur Aktualisierung nur über Kabel betreiben. Hinweise auf Missbrauch gibt es bisher nicht,
    allerdings führen die Geräte auch kein Protokoll.

    Betroffen sind rund 7.000 Geräte in vier Ländern. Ältere Modelle ohne WLAN haben den Dienst
    nicht.
    """))  # fmt: skip

HOSPITALS = Tale("hospitals", "هجوم فدية يعطّل مواعيد ثلاثة مستشفيات", 150, told("""
    أعلنت ثلاثة مستشفيات أن هجوم فدية عطّل أنظمة المواعيد لديها منذ فجر {day-1}. وقالت الإدارة إن
    أقسام الطوارئ تعمل بالسجلات الورقية وإن الأجهزة الطبية لم تتأثر. ولم تُؤجَّل سوى العمليات غير العاجلة.

    ويحقق فريق الاستجابة في دخول المهاجمين عبر حساب قديم لأحد المورّدين. وكان الحساب مفعّلًا رغم انتهاء
    العقد قبل عامين. ولم يكن الدخول من الخارج يتطلب أكثر من كلمة مرور.

    وطلب المهاجمون فدية خلال خمسة أيام وهددوا بنشر ملفات المرضى. وأكدت الإدارة أنها لن تدفع وأن النسخ
    الاحتياطية سليمة. ومن المتوقع عودة الأنظمة تدريجيًا خلال أسبوع.

    ودعت المستشفيات المرضى إلى الاتصال بالأرقام المعروفة فقط لتأكيد مواعيدهم. وحذّرت من رسائل تطلب دفع
    رسوم لحجز موعد جديد.
    """))  # fmt: skip

WALLETS = Tale("wallets", "تطبيق محفظة مزيف يسرق رموز التحقق من آلاف الهواتف", 980, told("""
    كشف باحثون عن تطبيق محفظة مزيف سرق رموز التحقق من نحو ستة آلاف هاتف. وانتشر التطبيق عبر إعلانات تعد
    باسترداد نقدي على المشتريات اليومية. وحُذف من المتجر بعد يومين من الإبلاغ عنه.

    ويطلب التطبيق إذن قراءة الإشعارات بحجة عرض الرصيد. وبعد الموافقة ينسخ كل رمز تحقق يصل إلى الهاتف ويرسله
    إلى خادم بعيد. ولا يظهر للمستخدم أي أثر لذلك لأن الإشعار يُخفى فورًا.

    واستُخدمت الرموز في تحويلات صغيرة حتى لا تلفت انتباه المصارف. وبلغت الخسائر المعروفة نحو أربعمئة ألف.
    وأعادت أغلب المصارف المبالغ إلى أصحابها.

    وينصح الباحثون بمراجعة قائمة التطبيقات التي تقرأ الإشعارات. ويقولون إن حذف التطبيق يكفي، لكن كلمات المرور
    يجب أن تتغير من جهاز آخر.
    """))  # fmt: skip

ASSISTANCE = Tale("fausse-assistance", "Un faux service d'assistance visait les comptables", 300, told("""
    La police a fermé {day-1} un faux service d'assistance qui appelait des comptables. Les
    appelants demandaient l'installation d'un outil de prise en main à distance. Quarante-deux
    entreprises ont perdu ensemble 1,9 million d'euros.

    Les escrocs connaissaient le logiciel utilisé et la date de la dernière déclaration. Ils
    avaient trouvé ces détails dans des offres d'emploi et sur des forums d'entraide. L'appel
    tombait toujours la veille d'une échéance fiscale.

    Une fois connectés, ils remplaçaient les coordonnées bancaires de deux ou trois fournisseurs.
    Les virements partaient ensuite avec la signature habituelle de l'entreprise. La fraude
    n'apparaissait qu'à la première relance, souvent après un mois.

    Deux personnes ont été mises en examen. Les enquêteurs conseillent de rappeler chaque
    fournisseur avant de modifier un compte, à un numéro déjà connu.
    """))  # fmt: skip

BORNES = Tale("bornes-recharge", "Des bornes de recharge livraient les badges de leurs clients", 1200,
    told("""
    Les bornes de recharge du réseau Voltamarche transmettaient les numéros de badge sans
    chiffrement. Une personne garée à proximité pouvait les lire et recharger aux frais d'autrui.
    L'opérateur a confirmé la faille {day-1} et commencé à mettre à jour ses 3.400 bornes.

    Le numéro suffisait, car le badge ne contient aucune clé. Un étudiant l'a découvert en écoutant
    la liaison entre deux bornes voisines. Il a prévenu l'opérateur en mars et n'a reçu de réponse
    qu'en mai.

    Les clients lésés seront remboursés sans justificatif. L'opérateur compte 260 recharges
    suspectes, la plupart dans trois parkings. De nouveaux badges seront envoyés avant la fin de
    l'année.

    D'ici là, il recommande de payer par l'application. Celle-ci crée une autorisation valable pour
    une seule recharge.
    """))  # fmt: skip

ROUTER = Tale("router", "家庭用ルーターの管理画面に認証を回避される脆弱性", 350, told("""
    家庭用ルーター「ホタル」シリーズの管理画面に、認証を回避される脆弱性が見つかった。
    影響を受けるのは三機種で、修正版は{day-1}に公開された。
    識別番号はCVE-2026-40733で、深刻度は「緊急」とされている。

    管理画面は言語の切り替えを認証の前に処理していた。
    その際に渡される値を細工すると、設定ファイルをそのまま読み出せる。
    ファイルには無線の暗号鍵と管理者のパスワードが含まれる。

    研究者は、更新できない場合は遠隔管理を無効にするよう呼びかけている。
    初期設定では無効だが、見守りカメラの案内に従って有効にした利用者が多いという。
    メーカーは案内の書き方を改めるとしている。

    悪用はまだ確認されていない。
    ただし調査用とみられる通信が週末から増えており、早めの更新が望ましい。
    """))  # fmt: skip

RYOKAN = Tale("ryokan", "旅館の予約システムに不正アクセス、偽の請求メールが宿泊客に届く", 760, told("""
    旅館向け予約システム「ゆのはな帳」が不正アクセスを受け、宿泊客に偽の請求メールが届いた。
    運営会社によると、二十六の旅館で約一万二千件の予約情報が閲覧された。
    クレジットカードの番号は保存しておらず、流出していないという。

    メールは実際の宿泊日と部屋の名前を記し、前払いを求めるものだった。
    文面が自然だったため、電話で確認した客から被害が明らかになった。
    少なくとも三十一人が支払いの画面まで進んでいた。

    侵入には、旅館の従業員から盗まれたパスワードが使われた。
    従業員は忘れ物の写真を装ったファイルを開いていた。
    運営会社は二段階認証を必須とし、すべてのパスワードを初期化した。

    宿泊客には、届いたリンクを開かず旅館に直接問い合わせるよう求めている。
    """))  # fmt: skip

CAMARAS = Tale("camaras", "Un ayuntamiento publica por error las claves de su red de cámaras", 500,
    told("""
    El ayuntamiento de Villaserena publicó por error las claves de 340 cámaras en el anexo de una
    licitación. El documento estuvo accesible durante cuatro días. Los técnicos cambiaron las
    claves el {day-1} y revisan quién descargó el anexo.

    Las claves figuraban en una hoja oculta de la tabla de precios. Nadie la vio al convertir el
    archivo, porque el programa solo muestra la primera hoja. Un proveedor la encontró al copiar
    las cantidades y avisó por teléfono.

    El anexo se descargó 58 veces, casi siempre desde empresas que preparaban una oferta. Dos
    descargas llegaron desde servidores alquilados en el extranjero. No consta que nadie haya
    entrado en la red.

    El ayuntamiento revisará todos los anexos del último año. A partir de ahora los documentos se
    publicarán solo después de imprimirse y escanearse.
    """))  # fmt: skip

RIEGO = Tale("riego", "Un fallo en programadores de riego permitía abrir las válvulas a distancia", 1500,
    told("""
    Un fallo en los programadores de riego Acequia permitía abrir válvulas desde internet. El
    fabricante publicó la corrección el {day-1} y pide instalarla antes del próximo turno de agua.
    El fallo lleva el identificador CVE-2026-40519.

    Cada programador se identificaba con su número de serie y con nada más. Los números son
    correlativos, de modo que bastaba con ir sumando uno. Una agricultora lo descubrió al escribir
    mal el suyo y ver el huerto de un desconocido.

    En la región hay unos 5.200 aparatos instalados. La comunidad de regantes ha comprobado las
    lecturas de tres meses y no ve consumos extraños. Aun así, recomienda cerrar a mano las
    válvulas que no se usan.

    La nueva versión exige una clave distinta para cada aparato. Viene impresa en la tapa de la
    batería.
    """))  # fmt: skip
