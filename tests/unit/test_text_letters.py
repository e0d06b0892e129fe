"""Which Latin language by its letters: held to the model that the weights were taken from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.text.letters import LANGUAGES, likelihoods

SENTENCES = [
    "Gateway firewall update 7.2.1",
    "Researchers describe a backdoor in routers",
    "Angreifer nutzen Lücke in Routern aus",
    "BSI warnt: Sicherheitslücken ohne Patch",
    "Une faille critique corrigée par l'éditeur",
    "L’hôpital paralysé après une cyberattaque",
    "Vulnerabilidad crítica en enrutadores domésticos",
    "Roban contraseñas a través de correos falsos",
    "CRITICAL FLAW FIXED",
    "ÜBERSICHT DER LÜCKEN",
    "Ransomware",
]


@pytest.fixture(scope="module")
def original():
    from py3langid import langid

    identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    return identifier


@pytest.mark.parametrize("text", SENTENCES)
def test_letters_say_what_the_whole_model_says(text, original):
    ours, theirs = likelihoods(text), dict(original.rank(text))
    assert max(ours, key=ours.get) == max(theirs, key=theirs.get)
    assert ours == pytest.approx(theirs, abs=0.02)


@pytest.mark.parametrize("text", ["", "漏洞"])
def test_what_has_no_known_letters_may_be_anything(text):
    assert set(likelihoods(text).values()) == {0.25}


@given(st.text())
def test_any_text_has_likelihoods_that_sum_to_one(text):
    assert sum(likelihoods(text).values()) == pytest.approx(1.0)
