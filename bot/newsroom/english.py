"""What the English-speaking publishers tell. Every name, firm, product and place is made up."""

from bot.newsroom.stories import Edit, Tale, told

SHARED = "Flaw in Meridian gateways lets attackers log in without a password"

GATEWAYS_LEDGER = Tale("meridian-gateways", SHARED, 55, told("""
    A flaw in the login page of Meridian remote access gateways lets anyone on the internet become
    an administrator without a password. The vendor published version 9.4.2 on {day-1} and asks its
    customers to install it the same day. The flaw is tracked as CVE-2026-41234 and has been
    exploited for at least three weeks.

    The mistake sits in the part of the login page that hands a session from one node of a cluster
    to the other. A request with an empty node name was taken for a request from the device itself.
    About 14,000 gateways answered a survey of the address ranges in which Meridian sells, and
    roughly a third of them still ran a vulnerable release.

    Installing the update closes the door but does not throw anybody out. The vendor recommends
    ending all sessions, replacing the certificates on the device, and looking for administrators
    that nobody remembers creating. Gateways that were reachable from the internet should be
    treated as compromised until their logs have been reviewed.
    """))  # fmt: skip

GATEWAYS_SIGNAL = Tale("gateway-bypass", SHARED, 50, told("""
    Two hospitals took their Meridian gateways off the network at the weekend after strangers had
    logged in as administrators. Neither of them had lost a password. The intruders used
    CVE-2026-41234, a flaw that skips the question for one altogether.

    Staff noticed the intrusion because the gateway sent its weekly report in a language that
    nobody on the ward could read. The attackers had changed the time zone and the locale of the
    device, presumably to make its logs easier for themselves. Patient systems stand behind a
    second firewall and were not reached, according to both hospitals.

    Meridian shipped version 9.4.2 on {day-1}, and a workaround for those who cannot restart by day.
    It consists of one rule that refuses requests without a node name. The rule survives a restart,
    but not a restore from backup, which the first edition of the advice did not mention.
    """))  # fmt: skip

GATEWAYS_ALMANAC = Tale("meridian-9-4-2", SHARED, 45, told("""
    Logs shared by three companies show how intruders worked on Meridian gateways before the
    update of {day-1}. They logged in through CVE-2026-41234, stayed for less than four minutes
    and created accounts named after printers. Most of them came back only days later.

    The names were not chosen at random. Each account matched a printer on the same floor, which
    the attackers had read from the address book of the device. An administrator who skims a list
    of accounts will hardly stop at one called after the machine in the hallway.

    On the second visit the intruders switched on the recording of traffic and waited for somebody
    to sign in to a mail server. The recordings were fetched through the support page of the
    gateway and looked like ordinary diagnostics. One company found eleven of them, the oldest
    nineteen days old.

    Version 9.4.2 repairs the login page and deletes old diagnostics. Whoever wants to know what
    was taken should copy them before installing it. The script that the vendor offers does so
    when it is started with the option for preserving evidence.
    """))  # fmt: skip

GATEWAYS_OAKLINE = Tale("agencies-hit-by-gateway-flaw", SHARED, 40, told("""
    The national response team counts eleven agencies whose Meridian gateways were entered without
    a password. It has given all others until {day+2} to install version 9.4.2 or to switch
    their devices off. The order is the first of its kind this year.

    The agencies range from a fisheries board to the archive of a ministry. In nine cases the
    intruders only looked around, the team says. In two they copied directories of employees,
    with telephone numbers and the names of their superiors.

    The flaw, CVE-2026-41234, had been reported by a customer in the spring and was filed as a
    display error. The vendor apologised for that and has asked an outside firm to read older
    reports again. It expects the review to take six weeks.

    Private companies are not bound by the order. The team advises them to follow it nevertheless,
    since the same attackers hardly ask who owns a gateway before they enter it.
    """))  # fmt: skip

GATEWAYS_FERRY = Tale("meridian-insurers", SHARED, 1, told("""
    Insurers have begun to ask their customers whether they run Meridian gateways and when they
    updated them. Two of them confirm that they will not pay for damage through CVE-2026-41234
    that happens more than ten days after the update. Brokers call that short but expected.

    The clause is not new. It has stood in contracts for two years under the title of reasonable
    care and had never been used. Small firms without their own technicians are the ones that it
    will hit, says a broker who looks after some four hundred of them.

    A chamber of commerce has opened a telephone line for the coming week. Callers are told how to
    find the version of their gateway, whom to ask for the update, and which logs to keep. About
    ninety firms called on the first morning.
    """), version=3)  # fmt: skip

PAYROLL = Tale("harbour-payroll", "Harbour payroll service restores systems after nine days", 190,
    told("""
    The payroll service Harbour Hours restored its last system on {day-1}, nine days after ransomware
    stopped it. About 310 employers paid wages from spreadsheets in the meantime. Personal records
    of 48,000 employees were taken before the encryption began.

    The company says that it paid no ransom and rebuilt everything from copies on tape. Those were
    kept in a former ferry terminal, without any connection to the network, because a founder had
    insisted on it. Restoring them took long because only one drive could still read the tapes.

    The attackers came in through an account for a contractor who had left in the spring. Its
    password had been guessed correctly on the fourth attempt. A second factor was required for
    employees, but not for the group to which contractors belong.

    Employees whose records were taken will be written to this week. They are advised to distrust
    calls about their wages, because the records name the bank and the day of payment.
    """), edits=(Edit(3, "Personal records of 48,000 employees were taken",
                      "Personal records of 61,500 employees, more than first reported, were taken"),
    ))  # fmt: skip

BADGES = Tale("badge-readers", "Museum badge readers opened doors for anyone who asked politely",
    1450, told("""
    Door readers in at least forty museums opened for a badge that had never been issued. A
    student of electronics found that the Cobblegate reader accepts every badge whose number it
    cannot look up. It was meant as a courtesy for times when the network is down.

    The reader asks a server in the basement whether a badge is known. When no answer arrives
    within a second it opens, so that nobody is locked in during a fire. It was enough to send the
    reader so many questions that the server fell behind.

    The maker has published new firmware which distinguishes between leaving and entering. Doors
    still open from the inside without a server, but no longer from the outside. The update has to
    be carried to each reader by hand, and some of them hang four metres above the ground.

    No theft is known to have happened this way. One museum discovered nevertheless that its cafe
    had been visited on eleven nights by somebody who took nothing but milk.
    """))  # fmt: skip

EXTENSION = Tale("quiet-update", "Browser extension with 200,000 users began to read mail after a sale",
    240, told("""
    An extension that resizes screenshots was sold in January and changed its behaviour in its
    next update. Since then it reads the pages of three webmail services and sends subjects and
    senders to a server that was registered a week before. The store removed it on {day-1}.

    The new owner did not need to ask for permissions. Resizing whatever is on the screen had
    always required access to all pages, and users had granted it years ago. The update was
    announced with two words about stability.

    A researcher noticed it because the extension had become faster. It no longer resized
    anything on webmail pages, but left early after copying what it wanted. The stolen subjects
    were packed into requests that look like the download of a picture.

    Removing the extension does not end the sessions that it may have copied. Users should sign
    out of their mail on all devices and look at the list of forwarding rules. The previous owner
    says that he sold it for the price of a used car and regrets it.
    """))  # fmt: skip

HEATING = Tale("district-heating", "Intruders lowered the heating of 600 flats by two degrees", 900,
    told("""
    For eleven days somebody kept the flats of the Pellworth estate two degrees colder than their
    tenants had chosen. The operator of the district heating confirmed on {day-1} that its control
    station had been entered from outside. Nobody was in danger, but 600 households were cold.

    The station could be reached through a modem that a supplier had installed for maintenance.
    Its access list was empty, and an empty list meant that everyone was welcome. A search engine
    for connected devices had listed it since the autumn.

    The intruders changed one curve, the one that says how warm the water must be on a cold day.
    Each single value stayed within the limits that would have raised an alarm. Tenants complained
    early, but their calls were answered with advice about airing rooms.

    The operator has removed the modem and compares all curves with their printed originals. It
    will credit every household with a month of its base fee.
    """))  # fmt: skip

RESOLVER = Tale("dns-cache", "Resolver update closes a hole that let strangers rename banks", 400,
    told("""
    The maintainers of the Larch resolver released version 3.8 after a student found that answers
    could be placed in its cache from outside. Whoever succeeds can send the visitors of a bank to
    a machine of their own. The attack needs about six minutes on a fast line.

    Larch protects itself with random port numbers, as all resolvers do. When it prefetches names
    that are about to expire, however, it used one port for a whole batch of questions. An attacker
    who knows which names are popular can predict the batch and guess the rest.

    The student wrote the attack in a weekend and spent two months on persuading herself that it
    was real. The maintainers confirmed it within a day. They thank her in the release notes, and
    have given the test that she wrote a permanent place in their suite.

    Operators who cannot update should switch off the prefetch option. Names that are signed were
    not in danger, because forged answers fail their verification. No attack outside the laboratory
    is known so far, and CVE-2026-40877 has been assigned.
    """))  # fmt: skip

MODEMS = Tale("satellite-modems", "Trawlers lose satellite link after update meant for another modem",
    1300, told("""
    Some 2,100 fishing vessels lost their satellite link for most of a day after an update reached
    the wrong modems. At first their owners suspected an attack. The provider now says that its own
    signing server was to blame, though an attacker could have done the same.

    Updates for two families of modems are signed with one key. The family is written in the name
    of the file and nowhere else. A technician renamed a file to correct a typing error, and
    the modems accepted what fitted the new name.

    Crews could still use their radios, and the coast guard repeated weather reports by voice every
    hour. Three vessels returned to port because they could not file their catch. A spare modem
    costs as much as a week at sea.

    The provider has introduced separate keys and refuses updates that do not name their family
    inside the signed part. It has asked two universities to look for similar shortcuts.
    """))  # fmt: skip

GRADES = Tale("school-grades", "Students changed 63 grades with a teacher's stolen session", 700,
    told("""
    Three students copied the session of a teacher from an unlocked computer and changed 63 grades
    over two weeks. The school noticed when a pupil who had been absent passed an oral examination.
    Its software kept sessions alive for thirty days.

    They did not need a password, nor did they ever learn one. A text file that the browser keeps
    for each site was enough, and it fitted on the memory stick of a calculator. The students
    improved the marks of classmates as well, for sweets and for a turn at a game console.

    The vendor of the school software has shortened sessions to one hour and binds them to the
    device on which they began. Teachers are asked for their password again before a grade that is
    older than a week can be changed. Eighty other schools use the same software.

    All grades have been restored from a printed register. The three will repeat their examinations
    and explain to the younger classes how sessions work.
    """))  # fmt: skip

WAREHOUSE = Tale("warehouse-robots", "Worm stops warehouse robots by telling them to wait for each other",
    2, told("""
    A worm has stopped the robots of two warehouses by making each of them wait for all others.
    The vehicles of the make Pallet Otter share the positions of their neighbours over radio. The
    worm travels in these messages and adds a neighbour that does not exist.

    A robot that hears of a vehicle ahead slows down and tells the next one. Within a quarter of an
    hour 140 of them stood still in good order. Switching them off and on helped for as long as it
    took the first one to hear of its imaginary neighbour again.

    The maker advises switching off position sharing and driving at half speed until an update is
    ready. It has been told of four sites so far, all of them with the firmware of last summer.
    Nobody has asked for money, and the maker does not rule out an experiment that escaped.
    """), version=2)  # fmt: skip

TERN = Tale("tern-exploited", "CVE-2026-40001 in Tern file transfer is known to be exploited", 30,
    told("""
    Agencies must update their Tern file transfer servers by {day+3}, because a flaw in them is
    known to be exploited. CVE-2026-40001 lets anyone upload a program and run it. Three groups
    have used it for extortion since the weekend.

    The flaw affects versions 11.0 to 12.1.6 when the option for guest uploads is on, which is the
    default. An uploaded file whose name ends in a space is stored outside the folder for guests.
    From there the server runs it at the next full hour, together with its own maintenance tasks.

    Version 12.1.7 closes the hole. Where it cannot be installed at once, guest uploads should be
    switched off and the maintenance tasks paused. The severity is rated 9.8 of 10.

    Traces are files whose names end in a space and entries in the task log that nobody planned.
    The vendor offers a script that finds both. Servers on which it finds something should be
    isolated, not restarted, since part of the evidence is lost with the memory.
    """), edits=(Edit(2, "by {day+3}, because", "by {day+2}, a day earlier than first ordered, because"),
    ))  # fmt: skip

PUMPS = Tale("pump-controllers", "Advisory: pump controllers accept commands without a signature", 1100,
    told("""
    Controllers of the series Wadewell 300 carry out commands that were not signed. An attacker in
    the same network can start and stop pumps and change the levels at which they do so. The flaw
    is tracked as CVE-2026-40655 and rated 8.6 of 10.

    Commands carry a signature, and the controller checks it when it is there. When the field is
    left out altogether the check is left out as well. Firmware before 5.2 is affected on all four
    models of the series.

    Operators should install firmware 5.2, which refuses commands without a signature. Remote
    stations that still run an old configuration tool will lose their connection and have to be
    updated first. The order is described in the notes of the release.

    No exploitation is known. Controllers should not be reachable from the internet in any case,
    and a survey found sixty that are.
    """))  # fmt: skip

CARDS = Tale("card-forum", "Forum for stolen cards loses its own customer list", 220, told("""
    A forum that trades in stolen payment cards left its customer list on an open server. The list
    names 21,000 accounts and the wallets from which they paid. Investigators in four countries
    copied it before it was closed.

    The server belonged to a contractor who had been hired to speed up the search of the forum. He
    made a copy of the database for his tests and forgot to protect it. The forum had advertised
    with the promise that it keeps no records.

    About a third of the accounts use an address that also appears in older leaks. That makes it
    likely that many of them can be given a name. The investigators ask for patience, since a name
    in a list is not yet proof of anything.

    The forum went offline on {day-1} with a message about maintenance. Its operators blame a rival
    and offer refunds, for which customers would have to state who they are.
    """))  # fmt: skip

PARCELS = Tale("parcel-texts", "Police take 1,200 SIM cards from a van that sent parcel notices", 640,
    told("""
    Police stopped a van with 1,200 SIM cards that sent false notices about parcels while it drove
    through the suburbs. The driver said that he had been paid by the kilometre. He did not know
    what the boxes behind his seat were for, according to his lawyer.

    The boxes pretended to be a base station and reached telephones nearby without any provider.
    Filters against unwanted messages sit in the networks of the providers and saw nothing. Around
    70,000 telephones received a notice in a single afternoon.

    The notice led to a page that asked for two euros of customs duty. Whoever paid gave away the
    number of a card, and 900 people did. Their banks have been informed and replaced the cards.

    Telephones that refuse the second generation of mobile radio are not affected. The setting is
    hidden on most devices, and the police have published a page that shows where to find it.
    """))  # fmt: skip

LOCKSMITH = Tale("remote-locksmith", "Court convicts locksmith who opened rental cars over the internet",
    1700, told("""
    A court has convicted a locksmith who opened rental cars for thieves over the internet. He was
    sentenced to two years and four months. In 57 cases he had turned a login that he once received
    for emergencies into a trade.

    The rental company had given the login to forty workshops and never changed it. It allowed the
    doors of every car in the fleet to be opened, not only those of a customer in distress. The
    company learned of the thefts from an insurer that had compared dates.

    The judge found the company careless but said that an open door is no invitation. The sentence
    is not final. Workshops now receive a code for one car that expires after fifteen minutes.
    """))  # fmt: skip

LABELS = Tale("update-labels", "Parliament wants a date on every connected device until which it is cared for",
    520, told("""
    Connected devices shall carry a date until which their maker promises security updates. A
    committee of the parliament agreed on the rule on {day-1} with a large majority. It covers
    everything from doorbells to washing machines and would apply in eighteen months.

    The date has to stand on the package, as large as the price of energy. Makers may extend it but
    not shorten it. Whoever stops earlier has to take the devices back or publish what is needed to
    maintain them.

    An association of makers calls the last point impossible to keep, because parts of the software
    belong to suppliers. Consumer groups answer that this is exactly why it is needed. A compromise
    with an exception for small makers failed by two votes.

    The plenary will vote next month. Shops would have half a year to sell what has no date yet.
    """))  # fmt: skip

VOICES = Tale("voice-orders", "Regulator fines bank that took a recorded voice for its customer", 1900,
    told("""
    A bank has to pay a fine of 740,000 because it accepted recorded voices as proof of identity.
    Its telephone line recognised customers by the sound of a fixed sentence. Recordings of that
    sentence opened nineteen accounts.

    The sentence was the same for everybody and had been printed in an advertisement. Fraudsters
    called customers, pretended to test the line and asked them to say it. In four cases a voice
    that had been assembled from videos was sufficient.

    The regulator writes that the bank had been warned by its own staff. An internal test had
    succeeded with a recording two years earlier and was filed under curiosities. The bank has
    switched off the recognition and repaid all customers.
    """))  # fmt: skip
