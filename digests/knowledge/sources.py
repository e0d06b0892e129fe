"""Where knowledge is published, and how often it is worth asking. Each can be a mirror."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

# CISA's catalog of known exploited vulnerabilities (CC0 1.0); it grows a few times a week.
KEV = "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"
# FIRST's exploit prediction scores, all of them, made anew every day.
EPSS = "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz"
# The CVE program's own records; {year}, {thousand} ("3xxx") and {cve} are filled in.
CVE = (
    "https://raw.githubusercontent.com/CVEProject/cvelistV5/main/cves/{year}/{thousand}/{cve}.json"
)

KEV_EVERY = timedelta(hours=2)
EPSS_EVERY = timedelta(hours=12)
RECORD_EVERY = timedelta(days=1)
RECORDS_AT_ONCE = 20  # of CVEs, in one round
AGAIN = timedelta(minutes=30)  # after a failure

_OFF = "off"


@dataclass(frozen=True, slots=True)
class Sources:
    """Addresses; "" is never asked."""

    kev: str = KEV
    epss: str = EPSS
    cve: str = CVE

    def record(self, cve: str) -> str:
        """The address of one CVE's record; "" where records are not asked for."""
        _, year, number = cve.split("-")
        return (
            self.cve.replace("{year}", year)
            .replace("{thousand}", f"{number[:-3]}xxx")
            .replace("{cve}", cve)
        )


def sources(environment: Mapping[str, str]) -> Sources:
    """NIGHTDESK_KEV, NIGHTDESK_EPSS and NIGHTDESK_CVE: a mirror's address, or `off`."""

    def chosen(name: str, usual: str) -> str:
        written = environment.get(name, "").strip()
        return "" if written.casefold() == _OFF else written or usual

    return Sources(
        chosen("NIGHTDESK_KEV", KEV),
        chosen("NIGHTDESK_EPSS", EPSS),
        chosen("NIGHTDESK_CVE", CVE),
    )
