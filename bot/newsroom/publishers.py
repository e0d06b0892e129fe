"""The invented publishers, in the order in which their feeds are listed."""

from bot.newsroom import abroad, english
from bot.newsroom.bulletins import bulletins
from bot.newsroom.stories import Publisher, Shape

_NEWS = ("news",)

PUBLISHERS = (
    Publisher("The Night Ledger", "nightledger.example", "US", "en", _NEWS, "Ines Halloway",
              Shape.RSS, (english.GATEWAYS_LEDGER, english.PAYROLL, english.BADGES)),
    Publisher("Signal & Noise", "signalnoise.example", "GB", "en", _NEWS, "Tobias Wren",
              Shape.ATOM, (english.GATEWAYS_SIGNAL, english.EXTENSION, english.HEATING)),
    Publisher("Packet Almanac", "packetalmanac.example", "CA", "en", _NEWS, "Maude Fairlight",
              Shape.TEASER, (english.GATEWAYS_ALMANAC, english.RESOLVER, english.MODEMS)),
    Publisher("Oakline Wire", "oaklinewire.example", "AU", "en", _NEWS, "Desmond Karri",
              Shape.RSS, (english.GATEWAYS_OAKLINE, english.GRADES, english.WAREHOUSE)),
    Publisher("Advisory Desk", "advisorydesk.example", "US", "en", ("advisory",),
              "The desk", Shape.JSON, (english.TERN, english.PUMPS)),
    Publisher("Torn Page Press", "tornpage.example", "NL", "en", ("crime",), "Liesbeth Orval",
              Shape.CUT, (english.CARDS, english.PARCELS, english.LOCKSMITH)),
    Publisher("Ferry Street Journal", "ferrystreet.example", "IE", "en", ("policy",),
              "Conall Brisk", Shape.RSS,
              (english.LABELS, english.VOICES, english.GATEWAYS_FERRY)),
    Publisher("Nachtwache", "nachtwache.example", "DE", "de", _NEWS, "Jette Moorkamp",
              Shape.RSS, (abroad.STADTWERKE, abroad.WERKSTATT)),
    Publisher("مرصد الليل", "marsad.example", "JO", "ar", _NEWS, "سلمى الوردي",
              Shape.RSS, (abroad.HOSPITALS, abroad.WALLETS)),
    Publisher("La Veille de nuit", "laveille.example", "FR", "fr", _NEWS, "Apolline Serre",
              Shape.ATOM, (abroad.ASSISTANCE, abroad.BORNES)),
    Publisher("夜勤通信", "yakin.example", "JP", "ja", _NEWS, "月見里 灯",
              Shape.RDF, (abroad.ROUTER, abroad.RYOKAN)),
    Publisher("Turno de Noche", "turno.example", "ES", "es", _NEWS, "Amparo Lucena",
              Shape.RSS, (abroad.CAMARAS, abroad.RIEGO)),
    Publisher("Flood Bulletin", "floodbulletin.example", "US", "en", ("advisory",), "The desk",
              Shape.RSS, bulletins()),
)  # fmt: skip
