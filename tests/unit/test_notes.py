"""Corrections and editor's notes are marked as outlets write them; the news about others' corrections is not."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import extract_article
from ingest.enrich import add_notes
from ingest.models import Article
from tests.unit.test_enrich import article

BODY = (
    "The crews of the night ferry walked out on Monday evening, an hour before fog closed the bay.",
    "By noon nineteen boats were waiting, and the harbour office expected as many again.",
    "The owners called the walk-out a surprise.",
    "Nobody knows when the next ferry leaves.",
    "The mayor asked both sides to talk.",
    "They meet again on Thursday.",
    "Until then the road around the bay is the only way.",
    "It takes three hours.",
)


def notes(text: str, language: str = "en") -> list[tuple[str, str]]:
    return [(note.kind, note.text) for note in add_notes(article(text, language)).notes]


@pytest.mark.parametrize(
    ("kind", "language", "note"),
    [
        ("correction", "en", "Correction: The ferry holds 300 people, not 3,000."),
        ("correction", "en", "CORRECTION (May 3, 2026): The ferry holds 300 people, not 3,000"),
        ("correction", "en", "[Correction, 12:30 p.m. ET: The name of the mayor is Ana Marín.]"),
        ("correction", "en", "Corrections & clarifications: the ferry was built in Gijón, not in Vigo."),
        ("correction", "en", "• This article was amended on 3 May to give the right number of boats."),
        ("correction", "en", "An earlier version of this story misstated the mayor's name. She is Ana Marín."),
        ("correction", "en", "This story has been updated to correct the spelling of Marín."),
        ("correction", "en", "Editor’s note: This story has been corrected. The ferry holds 300 people."),
        (
            "correction",
            "en",
            "Because of an editing error, this article originally misidentified the owner of the ferry.",
        ),
        ("clarification", "en", "Clarification: The owners say that they offered talks in April."),
        ("clarification", "en", "This article was amended on 3 May to clarify who owns the harbour."),
        ("retraction", "en", "This article has been retracted. We could not confirm what its only witness said."),
        ("update", "en", "UPDATE, 3 May: The crews went back to work on Tuesday."),
        ("update", "en", "Updated 14:05 GMT: The owners said that they would talk."),
        ("update", "en", "This article was updated on 3 May with an answer of the owners."),
        ("editor", "en", "Editor's note: The author is a member of the crews' union."),
        (
            "editor",
            "en",
            "A note from the editors"[2:].capitalize() + ": Names of the crew were changed at their request.",
        ),
        ("correction", "es", "Fe de erratas: el ferry lleva 300 pasajeros y no 3.000, como se dijo."),
        ("correction", "es", "Fe de errata. El ferry lleva 300 pasajeros y no 3.000."),
        ("correction", "es", "Corrección: la alcaldesa se llama Ana Marín."),
        ("correction", "es", "Rectificación: la alcaldesa se llama Ana Marín."),
        ("correction", "es", "Una versión anterior de esta nota decía que el ferry lleva 3.000 pasajeros."),
        ("correction", "es", "Este artículo ha sido corregido: la alcaldesa se llama Ana Marín."),
        ("clarification", "es", "Aclaratoria: los dueños ofrecieron hablar ya en abril."),
        ("update", "es", "ACTUALIZACIÓN (12:30) Las tripulaciones volvieron al trabajo el martes."),
        ("update", "es", "Actualización, 3 de mayo: las tripulaciones volvieron al trabajo."),
        ("update", "es", "Esta noticia ha sido actualizada con la respuesta de los dueños."),
        ("editor", "es", "Nota del editor: la autora es miembro del sindicato."),
        ("editor", "es", "Nota de la Redacción. Los nombres de la tripulación fueron cambiados."),
        ("editor", "es", "N. de la R.: los nombres de la tripulación fueron cambiados."),
        ("correction", "pt", "Correção: a balsa leva 300 passageiros, e não 3.000."),
        ("correction", "pt", "Errata: a prefeita se chama Ana Marín."),
        ("correction", "pt", "ERRAMOS: a balsa leva 300 passageiros, e não 3.000."),
        ("correction", "pt", "Diferentemente do publicado, a balsa leva 300 passageiros. O texto foi corrigido."),
        ("update", "pt", "Esta reportagem foi atualizada com a resposta dos donos."),
        ("editor", "pt", "Nota da Redação: os nomes dos tripulantes foram trocados."),
        ("correction", "fr", "Rectificatif : le bac transporte 300 passagers, et non 3 000."),
        ("correction", "fr", "Une première version de cet article indiquait que le bac transporte 3 000 passagers."),
        ("correction", "fr", "Cet article a été corrigé le 3 mai : la maire s'appelle Ana Marín."),
        ("update", "fr", "Mise à jour du 3 mai à 12h30 : les équipages ont repris le travail."),
        ("update", "fr", "Article mis à jour le 3 mai avec la réponse des propriétaires."),
        ("editor", "fr", "NDLR : les noms des marins ont été changés."),
        ("editor", "fr", "Note de la rédaction : les noms des marins ont été changés."),
        ("correction", "de", "Korrektur: Die Fähre fasst 300 Menschen, nicht 3.000."),
        ("correction", "de", "Korrekturhinweis: Die Fähre fasst 300 Menschen, nicht 3.000."),
        ("correction", "de", "In einer früheren Version dieses Artikels hieß es, die Fähre fasse 3.000 Menschen."),
        ("correction", "de", "In einer früheren Fassung stand, die Fähre fasse 3.000 Menschen. Das ist falsch."),
        ("update", "de", "Update vom 3. Mai, 12:30 Uhr: Die Besatzungen arbeiten wieder."),
        ("update", "de", "Dieser Artikel wurde am 3. Mai um eine Antwort der Eigner ergänzt."),
        ("editor", "de", "Anmerkung der Redaktion: Die Namen der Matrosen sind geändert."),
        ("editor", "de", "Anm. d. Red.: Die Namen der Matrosen sind geändert."),
        ("editor", "de", "Hinweis der Redaktion: Die Autorin ist Mitglied der Gewerkschaft."),
        ("correction", "it", "Errata corrige: il traghetto porta 300 persone, e non 3.000."),
        ("correction", "it", "Rettifica: la sindaca si chiama Ana Marín."),
        ("correction", "it", "Una versione precedente di questo articolo riportava un numero sbagliato."),
        ("update", "it", "Aggiornamento, 3 maggio: gli equipaggi sono tornati al lavoro."),
        ("editor", "it", "Nota della redazione: i nomi dei marinai sono stati cambiati."),
        ("correction", "ja", "訂正：フェリーの定員は3000人ではなく300人でした。"),
        ("correction", "ja", "お詫びと訂正：市長の名前に誤りがありました。正しくはマリン氏です。"),
        ("correction", "ja", "当初の記事で市長の名前を誤って記載しておりました。お詫びして訂正いたします。"),
        ("update", "ja", "【追記 5月3日 12:30】乗組員は火曜日に仕事に戻りました。"),
    ],
)
def test_a_note_at_the_end_or_the_start_is_marked(kind: str, language: str, note: str) -> None:
    assert notes("\n\n".join((*BODY, note)), language) == [(kind, note)]
    assert notes("\n\n".join((note, *BODY)), language) == [(kind, note)]


@pytest.mark.parametrize(
    "note",
    [
        "Correction, 3 May: The ferry holds 300 people, not 3,000.",
        "The owners were not to be reached. (UPDATE, 8.12.2026: They have answered since.) The crews wait.",
        "*This sentence has been updated to give the year in which the ferry was built.",
        "Nota del editor: los nombres fueron cambiados.",
    ],
)
def test_a_note_that_says_when_or_is_unmistakable_is_marked_anywhere(note: str) -> None:
    assert [text for _, text in notes("\n\n".join((*BODY, note, *BODY)))] == [note]


@pytest.mark.parametrize("label", ["Fe de errata", "Editor's note:", "Correction:", "Nota de la redacción"])
def test_below_a_label_that_stands_alone_is_the_note(label: str) -> None:
    said = "The ferry holds 300 people, not 3,000 as we said."
    assert [text for _, text in notes("\n\n".join((*BODY, label, said)))] == [said]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The correction in the markets went on for a third day."),
        ("en", "Correction in the markets: what investors should know now."),
        ("en", "Correction officers at the jail said that they had seen nothing."),
        ("en", "The Department of Correction said that two officers were moved."),
        ("en", "Corrections: If you are aware of an inaccuracy, please write to us."),
        ("en", "The newspaper corrected its story, and the minister asked for an apology."),
        ("en", "An earlier version of the bill misstated the tax."),
        ("en", "An updated version of the app comes in May."),
        ("en", "This article originally appeared in the spring issue of the magazine."),
        ("en", "Updated: 9.45pm"),
        ("en", "Updated on September 19 at 3:15 p.m."),
        ("en", "Update: New phone arrives"),
        ("en", "Update 17.4 brings new emoji, says the maker."),
        ("en", "The study was retracted by its authors in May."),
        ("en", "Clarification of butter takes ten minutes."),
        ("es", "Rectificación de nombres, pide diputado"),
        ("es", "Corrección política: un debate que no termina en la universidad."),
        ("es", "La corrección del presupuesto llega en mayo, dijo el ministro."),
        ("es", "Actualización de precios: qué sube y qué baja desde mayo."),
        ("es", "Precisión y fuerza son las virtudes del nuevo campeón."),
        ("es", "El diario rectificó su información y pidió disculpas."),
        ("pt", "Correção monetária: entenda como o índice é calculado."),
        ("pt", "A atualização do aplicativo chega em maio, disse a empresa."),
        ("fr", "La première version de ce texte de loi prévoyait une taxe."),
        ("fr", "Précision et force sont les vertus du nouveau champion."),
        ("de", "Korrektur an den Börsen: Was Anleger jetzt wissen müssen."),
        ("de", "Der Name des Matrosen (von der Redaktion geändert) ist Luis, Anm. d. Red."),
        ("de", "„Das sagte er (der Minister, Anm. der Redaktion) uns nicht“, so der Matrose."),
        ("de", "Hinweis: Bei der Fähre gelten andere Preise als auf der Straße."),
        ("de", "Der Bericht über die Häfen habe die Gesetze geändert, sagt sie."),
        ("it", "La correzione dei conti arriva a maggio, ha detto il ministro."),
        ("ja", "修正案は来週の国会で審議される見通しだ。"),
        ("ja", "気象庁は更新された予報を発表した。"),
    ],
)
def test_an_article_about_a_correction_has_no_note(language: str, text: str) -> None:
    assert notes("\n\n".join((*BODY, text)), language) == []
    assert notes("\n\n".join((text, *BODY)), language) == []


def test_a_glossary_in_the_middle_of_a_text_has_no_notes() -> None:
    assert notes("\n\n".join((*BODY, "Correction: to write a word that was wrong once more.", *BODY))) == []


def test_a_page_keeps_the_correction_below_its_text() -> None:
    note = "Correction, 3 May: The ferry holds 300 people, not 3,000."
    page = "".join(f"<p>{text}</p>" for text in BODY) + f"<p class='note'><em>{note}</em></p>"
    html = f"<html><head><title>Fog</title></head><body><article><h1>Fog</h1>{page}</article></body></html>"
    made = extract_article(html.encode(), "https://harbour.example/fog")
    assert [(each.kind, each.text) for each in made.notes] == [("correction", note)]


@given(st.lists(st.text(max_size=40) | st.sampled_from(["Correction:", "(Update 3 May:", "NDLR", "1 訂正："])))
def test_notes_are_paragraphs_of_the_text_and_change_nothing_else(texts: list[str]) -> None:
    plain: Article = article("\n\n".join(texts))
    noted = add_notes(plain)
    assert {note.text for note in noted.notes} <= set(plain.text.split("\n\n"))
    assert (noted.text, noted.title, noted.words) == (plain.text, plain.title, plain.words)


@pytest.mark.parametrize(
    "text", ["(" * 100_000, "Update " * 20_000, "this article " * 20_000 + "was updated", "1 " * 90_000]
)
def test_no_text_keeps_the_notes_waiting(text: str) -> None:
    started = time.process_time()
    add_notes(article(text))
    assert time.process_time() - started < 1
