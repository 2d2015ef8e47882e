"""A page that is no article is recognised by its kind, in many languages, and no real article is refused."""

import gzip
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from ingest.errors import ExtractFailed, PageKind
from ingest.extract import Extracted, extract
from ingest.extract.kinds import Look, kind_of
from ingest.extract.page import decode, parse
from ingest.extract.stubs import lead_of
from ingest.models import Block
from tests.conftest import CORPORA, needs_corpora

URL = "https://harbour.example/2026/11/the-night-ferry-stays-in-port-12345"
FERRY = (
    "The crews of the night ferry walked out on Monday evening, an hour before fog closed the bay to every ship.",
    "Ninety people spent the night on board, among them a school choir that had sung in the capital on Sunday.",
    "The company and the union talked until dawn, and both say that they will meet again when the fog has lifted.",
)
MENU = (
    "<nav><a href='/news'>News</a> <a href='/sport'>Sport</a> <a href='/culture'>Culture</a></nav>"
    "<footer><a href='/imprint'>Imprint</a> <a href='/privacy'>Privacy</a> Harbour Post, since 1911</footer>"
)


def page(body: str, title: str = "Harbour Post", head: str = "", classes: str = "") -> str:
    return f"<!doctype html><html><head><title>{title}</title>{head}</head><body class='{classes}'>{body}</body></html>"


def prose(*paragraphs: str) -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


def linked(**node: Any) -> str:
    return f"<script type='application/ld+json'>{json.dumps(node)}</script>"


def read(html: str, url: str = URL) -> Extracted:
    return extract(html.encode(), url)


def refused(html: str, url: str = URL) -> ExtractFailed:
    with pytest.raises(ExtractFailed) as failed:
        read(html, url)
    return failed.value


# ── challenges ───────────────────────────────────────────────────────────────────────────────────────────────────────

CHALLENGES = {
    "Cloudflare": page(
        "<h1>harbour.example</h1><p>We need a moment to look at your connection before you go on.</p>"
        "<script>window._cf_chl_opt = {cvId: '3'}</script>",
        "Just a moment...",
    ),
    "Cloudflare, blocked": page("<h1>Sorry, you have been blocked</h1>", "Attention Required! | Cloudflare"),
    "DataDome": page(
        "<p>Please enable JS and disable any ad blocker</p><script src='https://ct.captcha-delivery.com/c.js'></script>"
    ),
    "PerimeterX": page("<div id='px-captcha'></div><h1>Press &amp; Hold to go on to the page</h1>"),
    "Akamai": page(
        "<h1>Access Denied</h1>You don't have permission to access this address on this server.<p>Reference #18.2f</p>",
        "Access Denied",
    ),
    "Imperva": page(
        "<iframe src='/_Incapsula_Resource?CWUDNSAI=9'>Request unsuccessful. Incapsula incident ID: 7-1</iframe>", ""
    ),
    "AWS WAF": page("<div id='challenge'></div><script src='https://x1.token.awswaf.com/challenge.js'></script>", ""),
    "Spanish captcha": page("<h1>Un paso más</h1><p>Confirma que eres humano y sigue hacia la portada.</p>"),
    "Portuguese captcha": page("<p>Antes de seguir, confirme que você é humano marcando a caixa.</p>"),
    "French captcha": page("<p>Nous vérifions que vous êtes bien un humain. Cela prend un instant.</p>"),
    "German captcha": page("<p>Bitte bestätigen Sie, dass Sie kein Roboter sind, dann geht es weiter.</p>"),
    "with a menu": page(MENU + "<h1>Are you a robot?</h1><p>Unusual traffic came from your network today.</p>"),
}


@pytest.mark.parametrize("html", CHALLENGES.values(), ids=CHALLENGES)
def test_a_bot_challenge_is_recognised_and_asked_for_again_later(html: str) -> None:
    error = refused(html)
    assert (error.kind, error.again) == ("challenge", True)
    assert "challenge" in str(error)


def test_an_article_about_captchas_that_loads_one_for_its_comments_is_an_article() -> None:
    told = (
        "Are you a robot? Readers who verify that they are human waste, a study says, five hundred years a day on it."
    )
    html = page(prose(told, *FERRY) + "<script src='https://www.google.com/recaptcha/api.js'></script>")
    assert read(html).paragraphs[0] == told


# ── consent ──────────────────────────────────────────────────────────────────────────────────────────────────────────

CONSENTS = {
    "English": (
        "Harbour Post and our 812 partners store cookies on your device and process personal data to show fitting ads.",
        "You can give or refuse consent for each purpose, and change your mind at any time in the privacy settings.",
        "Some partners do not ask for consent and rely on their interest. Tracking stays off for those who pay.",
        "Accept all",
    ),
    "Spanish": (
        "Con su consentimiento, nosotros y nuestros socios guardamos cookies y tratamos datos personales para medir.",
        "Puede retirar el consentimiento cuando quiera en la página de privacidad, al pie de cada artículo.",
        "Las cookies técnicas no necesitan consentimiento, y sirven para que la página funcione bien.",
        "Aceptar y continuar",
    ),
    "Portuguese": (
        "Nós e nossos parceiros usamos cookies e tratamos dados pessoais para mostrar anúncios que interessam.",
        "O consentimento pode ser retirado a qualquer momento na política de privacidade e de cookies.",
        "Sem o seu consentimento ficam apenas os cookies de que a página precisa para abrir.",
        "Aceitar todos os cookies",
    ),
    "French": (
        "Avec votre consentement, nos partenaires et nous déposons des cookies et traitons des données personnelles.",
        "Vous pouvez retirer ce consentement à tout moment sur la page de confidentialité, au bas de chaque article.",
        "Les traceurs et cookies nécessaires au service ne demandent pas de consentement de votre part.",
        "Tout accepter",
    ),
    "German": (
        "Mit Ihrer Zustimmung setzen wir und unsere Partner Cookies und nutzen personenbezogene Daten für Werbung.",
        "Die Einwilligung können Sie jederzeit in der Datenschutzerklärung am Ende jeder Seite widerrufen.",
        "Wer ohne Werbung und ohne Tracking lesen will, schließt ein Abonnement ab und braucht keine Cookies.",
        "Akzeptieren und weiter",
    ),
}


@pytest.mark.parametrize("language", CONSENTS)
def test_a_consent_wall_is_recognised_and_asked_for_again_later(language: str) -> None:
    *told, button = CONSENTS[language]
    error = refused(page(f"<main>{prose(*told)}<button>{button}</button></main>"))
    assert (error.kind, error.again) == ("consent", True)


def test_a_consent_wall_at_an_address_of_its_own_needs_no_button() -> None:
    told = prose(*CONSENTS["English"][:2])
    assert refused(page(told), "https://consent.harbour.example/v2/collectConsent?id=1").kind == "consent"


def test_an_article_behind_a_cookie_banner_is_an_article() -> None:
    *told, button = CONSENTS["German"]
    banner = f"<div class='banner'>{prose(*told)}<button>{button}</button></div>"
    html = page(f"{banner}<article>{prose(*FERRY)}</article>", head="<meta property='og:type' content='article'>")
    assert "night ferry" in " ".join(read(html).paragraphs)


# ── gone ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "said",
    [
        "404", "Error 404", "404 Not Found", "Page not found", "Oops! That page can’t be found.",
        "Sorry, this article is no longer available", "The page you requested could not be found",
        "Página no encontrada", "No se ha encontrado la página", "Este artículo ya no está disponible",
        "La noticia que busca no existe", "Página não encontrada", "Esta matéria não está mais disponível",
        "Page introuvable", "Cet article n’existe plus", "Oups, la page demandée est introuvable",
        "Seite nicht gefunden", "Die gesuchte Seite wurde nicht gefunden", "Dieser Artikel ist nicht mehr verfügbar",
        "Pagina non trovata", "Pagina niet gevonden",
    ],
)  # fmt: skip
@pytest.mark.parametrize("where", ["title", "heading"])
def test_not_found_with_status_200_is_recognised_and_not_asked_for_again(said: str, where: str) -> None:
    latest = "".join(f"<li><a href='/{n}'>The ferry left the harbour at {n} in the morning</a></li>" for n in range(20))
    heading = f"<h1>{said}</h1>" if where == "heading" else ""
    html = page(
        f"{MENU}{heading}<h2>Latest news</h2><ul>{latest}</ul>", f"{said} | Harbour Post" if not heading else ""
    )
    error = refused(html)
    assert (error.kind, error.again) == ("gone", False)


def test_a_publishing_systems_own_mark_of_an_error_page_is_believed() -> None:
    assert refused(page(MENU + "<h1>Whoa there</h1>", classes="error404 wp-custom-logo")).kind == "gone"


def test_a_removed_article_that_keeps_its_frame_is_gone() -> None:
    html = page(
        f"{MENU}<article><h1>The ferry stays in port</h1><p>Sorry, this article has been removed.</p></article>",
        "The ferry stays in port",
        "<meta property='og:type' content='article'>",
    )
    assert refused(html).kind == "gone"


def test_an_article_about_a_page_not_found_is_an_article() -> None:
    html = page(prose("Page not found: so the town hall answers whoever asks for its budget of last year.", *FERRY))
    assert len(read(html).paragraphs) == 4


# ── logins, searches, lists ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("title", ["Log in", "Iniciar sesión", "Fazer login", "Connexion", "Anmelden"])
def test_a_login_page_is_recognised(title: str) -> None:
    form = "<form><input type='email' name='u'><input type='password' name='p'><button>OK</button></form>"
    told = "With an account you follow writers, keep articles for later and get the letter of the editors on Sundays."
    error = refused(page(f"{MENU}<h1>{title}</h1>{prose(told, told)}{form}", f"{title} | Harbour Post"))
    assert (error.kind, error.again) == ("login", False)


def test_an_article_with_a_login_form_in_its_head_is_an_article() -> None:
    form = "<form><input type='email'><input type='password'><button>Log in</button></form>"
    assert len(read(page(form + MENU + prose(*FERRY))).paragraphs) == 3


@pytest.mark.parametrize(
    ("title", "url"),
    [
        ("Search results for ferry", "https://harbour.example/?s=ferry"),
        ("Resultados de búsqueda: ferry", "https://harbour.example/buscar?q=ferry"),
        ("Resultados da busca por ferry", "https://harbour.example/busca/ferry"),
        ("Résultats de recherche", "https://harbour.example/recherche?q=ferry"),
        ("Suchergebnisse für Fähre", "https://harbour.example/suche/?q=ferry"),
    ],
)
def test_a_search_is_recognised(title: str, url: str) -> None:
    hits = "".join(f"<div><h3><a href='/{n}'>Ferry {n}</a></h3><p>{FERRY[n % 3]}</p></div>" for n in range(9))
    assert refused(page(MENU + f"<h1>{title}</h1>" + hits, title), url).kind == "search"


def teasers(count: int) -> str:
    return "".join(
        f"<section><h3><a href='/2026/{n}'>The harbour on day {n}</a></h3><p>{FERRY[n % 3]}</p></section>"
        for n in range(count)
    )


@pytest.mark.parametrize(
    ("classes", "head", "url"),
    [
        ("", "", "https://harbour.example/"),
        ("", "", "https://harbour.example/news/latin-america/"),
        ("home blog wp-theme", "", "https://harbour.example/start-1"),
        ("archive category category-port", "<meta property='og:type' content='article'>", URL),
        ("", linked(**{"@type": "CollectionPage", "name": "Port"}), URL),
    ],
    ids=["front page", "section", "WordPress' front page", "WordPress' category", "JSON-LD"],
)
def test_a_front_page_or_section_is_recognised(classes: str, head: str, url: str) -> None:
    error = refused(page(MENU + teasers(15), head=head, classes=classes), url)
    assert (error.kind, error.again) == ("index", False)


def test_an_article_with_as_many_teasers_below_it_is_an_article() -> None:
    assert read(page(f"<article>{prose(*FERRY)}</article>{teasers(15)}"), "https://harbour.example/").paragraphs


# ── stubs ────────────────────────────────────────────────────────────────────────────────────────────────────────────

LOCKED = linked(**{"@type": "NewsArticle", "headline": "The ferry", "isAccessibleForFree": False})
OFFERS = {
    "English": "Subscribe now to continue reading this article.",
    "Spanish": "Suscríbete por un euro para seguir leyendo.",
    "Portuguese": "Assine o jornal para continuar lendo esta matéria.",
    "French": "Cet article est réservé aux abonnés. Il vous reste 80 % à lire.",
    "German": "Jetzt weiterlesen mit dem Digitalabo, vier Wochen lang kostenlos.",
}


@pytest.mark.parametrize("language", OFFERS)
@pytest.mark.parametrize("head", [LOCKED, ""], ids=["stated", "not stated"])
def test_a_paywalls_lead_is_a_partial_article_without_the_offer(language: str, head: str) -> None:
    found = read(page(f"<article>{prose(*FERRY[:2], OFFERS[language])}</article>", "The ferry", head))
    assert found.partial
    assert found.paragraphs == FERRY[:2]


@pytest.mark.parametrize("language", OFFERS)
def test_a_paywall_without_a_lead_is_no_article(language: str) -> None:
    error = refused(page(f"<article>{prose('Fog closed the bay.', OFFERS[language])}</article>", "The ferry", LOCKED))
    assert (error.kind, error.again) == ("paywall", False)


def test_a_long_text_that_breaks_off_with_an_offer_is_partial_where_the_page_says_that_it_is_not_free() -> None:
    long = [f"{n}. {FERRY[n % 3]}" for n in range(20)]
    assert read(page(f"<article>{prose(*long, OFFERS['English'])}</article>", "The ferry", LOCKED)).partial
    assert not read(page(f"<article>{prose(*long)}</article>", "The ferry", LOCKED)).partial
    assert not read(page(f"<article>{prose(OFFERS['English'], *long)}</article>", "The ferry")).partial


def test_a_short_article_whose_length_is_stated_is_whole_although_it_is_not_free() -> None:
    stated = linked(**{"@type": "NewsArticle", "isAccessibleForFree": "False", "wordCount": 58})
    assert not read(page(f"<article>{prose(*FERRY)}</article>", "The ferry", stated)).partial


@pytest.mark.parametrize(
    "said",
    [
        "Sorry, this entry is only available in Spanish.",
        "Disculpa, pero esta entrada está disponible sólo en Inglés.",
        "Desculpe, este artigo está disponível apenas em inglês.",
        "Désolé, cet article est seulement disponible en anglais.",
        "Leider ist der Eintrag nur auf Spanisch verfügbar. Dieser Artikel ist leider nur auf Spanisch verfügbar.",
    ],
)
def test_a_notice_in_the_place_of_a_text_is_recognised(said: str) -> None:
    around = "The Harbour Post brings the news of the bay to readers on both sides of the water."
    html = page(
        f"{MENU}<article>{prose(said, around)}</article>", "The ferry", "<meta name='date' content='2026-11-01'>"
    )
    error = refused(html)
    assert (error.kind, error.again) == ("notice", False)


# ── precision and cost ───────────────────────────────────────────────────────────────────────────────────────────────

LISTS = {"https://en.blog.wordpress.com/", "https://web.archive.org/web/https://www.elimpulso.com/tag/tregua/"}
"""Of the real pages these are none with an article: a blog's front page, and the list of a tag."""


def real_pages() -> Iterator[tuple[dict[str, Any], Look]]:
    folder = CORPORA / "pages"
    for line in (folder / "gold.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        body = gzip.decompress((folder / row["page"]).read_bytes())
        yield row, Look(parse(decode(body)), row["url"])


@needs_corpora
def test_no_real_article_is_refused_and_a_look_costs_half_a_millisecond() -> None:
    taken: list[float] = []
    kinds: dict[str, PageKind] = {}
    for row, look in real_pages():
        start = time.process_time()
        kind = kind_of(look)
        taken.append(time.process_time() - start)
        if kind:
            kinds[row["url"]] = kind
    assert kinds == dict.fromkeys(LISTS, "index")
    assert len(taken) > 900
    assert sorted(taken)[len(taken) // 2] < 0.0005


@needs_corpora
def test_no_real_articles_text_is_taken_for_something_else() -> None:
    texts = [(row["gold"]["text"], look) for row, look in real_pages() if row["gold"].get("text")]
    assert len(texts) == 170
    for text, look in texts:
        blocks = tuple(Block(tag="p", text=line, html=line) for line in text.split("\n") if line.strip())
        kept, partial = lead_of(look, blocks)
        assert not partial or len(text.split()) < 50
        assert kept == blocks or partial
