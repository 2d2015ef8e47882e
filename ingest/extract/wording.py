"""The words by which pages say that they are no article: in the languages of the outlets, lower case, no accents.

A line is a pattern. Each is a habit of many outlets or of software that many use, and none is of one site. Texts are
folded before they are compared (see `fold`).
"""

import re
import unicodedata

Pattern = re.Pattern[str]


_ACCENTS = re.compile("[\u0300-\u036f]+")


def fold(text: str) -> str:
    """Lower case, without accents, white space collapsed, typographic apostrophes plain."""
    if not text.isascii():
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
        text = text.replace("’", "'").replace("´", "'")
    return " ".join(text.casefold().split())


def _any(lines: str, **parts: str) -> Pattern:
    """Any of the lines; a word in capitals is one of the parts."""
    joined = "|".join(f"(?:{line.strip()})" for line in lines.splitlines() if line.strip())
    for name, part in parts.items():
        joined = joined.replace(name, f"(?:{part})")
    return re.compile(joined)


SEPARATOR = re.compile(r"\s+[|·•»«–—>-]+\s+|\s*[|｜]\s*|\s+::\s+")
"""Between a title and the outlet's name."""


# ── not there ────────────────────────────────────────────────────────────────────────────────────────────────────────

_THE = "(?:la|el|a|o|le|the|this|that|est[ae]|ess[ae]|cett?e?|ce|die|der|das|diese[rs]?|il|quest[ao]|de|deze) |l'"
_NAMED = (
    "page|article|content|story|post|document|url|pagina|articulo|nota|noticia|contenido|publicacion|entrada|artigo|"
    "conteudo|materia|contenu|seite|artikel|beitrag|inhalt|articolo|contenuto"
)
_SOUGHT = "(?:que|qu'|you|that|die|das|den|sie|vous|usted|voce|che|demandee?|requested|solicitad[oa])[\\w' ]{0,40}?"

GONE = _any(
    r"""
    (?:http |error |fehler |erreur |erro )*(?:404|410)(?: error)?:?(?: (?:page )?not found)?
    THING (?:is not|was not|not|cannot be|can't be|could not be|couldn't be|isn't)(?: be)? (?:found|available)
    THING (?:is no longer|no longer|has been|was) (?:available|exists?|removed|deleted|unpublished|withdrawn|taken down)
    THING (?:doesn't|does not|no longer) exists?
    (?:we (?:can't|cannot|can not|couldn't|could not) (?:seem to )?find|we're unable to find) THING.{0,40}
    no (?:se (?:ha |pudo |puede )?encontr\w+|encontramos|hemos encontrado) THING.{0,40}
    THING no (?:se (?:ha |pudo |puede )?encontr\w+|(?:fue |ha sido )?encontrad[oa]|existe|(?:esta )?disponible)
    THING ya no (?:existe|(?:esta|se encuentra) disponible)
    THING (?:ha sido|fue) (?:eliminad|borrad|retirad)[oa]
    THING nao (?:foi )?(?:encontrad[oa]|existe|(?:esta )?(?:mais )?disponivel|pode ser encontrad[oa])
    THING (?:ja )?foi (?:removid|excluid|apagad)[oa]
    THING (?:est )?(?:introuvable|non trouvee?|n'existe (?:pas|plus))
    THING n'(?:est|a) (?:plus|pas) (?:disponible|ete trouvee?)
    THING (?:a ete|est) (?:supprimee?|retiree?|depubliee?)
    THING (?:WURDE )?(?:leider )?nicht(?: mehr)?(?: (?:gefunden(?: werden)?|verfugbar|vorhanden|auffindbar))?
    THING (?:WURDE )?(?:leider )?(?:geloscht|entfernt|depubliziert)
    THING non (?:trovat[oa]|e stat[oa] trovat[oa]|e (?:piu )?disponibile|esiste(?: piu)?)
    THING niet (?:gevonden|beschikbaar)
    """,
    THING=f"(?:{_THE})?(?:gesuchte |angeforderte |requested )?(?:{_NAMED})(?:,? {_SOUGHT})?,?",
    WURDE="wurde|ist|konnte|existiert|kann",
)
"""A title or a heading as a whole, see `is_gone`; or a sentence in what little a page has."""

_OH = re.compile(
    r"^(?:(?:oo+ps|ou?ps|u+ps|oh no|sorry|hoppla|whoops|uh-oh|lo sentimos|desculpe|desole|leider)\b[\W_]*)+"
)
_BARE = frozenset({"not found", "nicht gefunden", "no encontrado", "no encontrada", "nao encontrada", "introuvable"})


def is_gone(text: str) -> bool:
    """Whether a folded title or heading says that the page is not there, and nothing else."""
    bare = _OH.sub("", text).strip(" .!?:…")
    return bare in _BARE or bool(GONE.fullmatch(bare))


# ── challenges ───────────────────────────────────────────────────────────────────────────────────────────────────────

CHALLENGE = _any(
    r"""
    enable (?:js|javascript)(?: and cookies)? (?:to continue|and disable any ad blocker)
    (?:verify|confirm|prov|check|mak)\w*(?: sure)?(?: that| if| whether)? you(?:'re| are)(?: a)?(?: real)? HUMAN
    are you a (?:robot|human)\b|human verification|i(?:'m| am) not a robot|press (?:&|and) hold
    checking (?:your browser|if the site connection is secure)|(?:your|the) browser is being checked
    complete the (?:security check|captcha)|security (?:check|verification|checkpoint)|unusual traffic
    pardon our interruption|you have been blocked|request unsuccessful\. incapsula|ddos protection by
    access (?:to this (?:page|site|website|resource) )?(?:has been |is )?denied|don't have permission to access
    the requested url was rejected|automated (?:access|requests|queries)|suspicious activity
    no (?:soy|eres|es) un robot|comprobando (?:su|tu|el) navegador|trafico inusual|acceso denegado
    (?:verifi|confirm|comprob)\w+(?: que| si)? (?:eres|es|usted es) (?:un )?(?:ser )?human
    (?:comprobacion|verificacion) de seguridad
    nao (?:sou|e) um robo|verificando (?:seu|o) navegador|trafego incomum|acesso negado|verificacao de seguranca
    (?:verifi|confirm)\w+ (?:que|se) voce e (?:um )?(?:ser )?human
    (?:n'etes|ne suis|n'es) pas un robot|verification de securite|trafic inhabituel|acces refuse
    verifi\w+ que vous etes (?:bien )?(?:un )?(?:etre )?humain
    kein roboter|(?:ob|dass) sie ein mensch sind|sicherheits(?:uber)?prufung|sicherheitscheck
    ungewohnliche[nr]? (?:datenverkehr|aktivitat)|zugriff verweigert|browser wird (?:uber|ge)pruft
    """,
    HUMAN=r"human|not a (?:ro)?bot",
)
"""What a page says to a visitor whom it takes for a bot."""

CHALLENGE_TITLE = _any(
    r"""
    just a moment\W*|one moment,? please\W*|please wait\W*|un momento\W*|um momento\W*|un instant\W*
    nur einen moment\W*|attention required!?.*|access denied|access to this page has been denied\W*|request rejected
    security check(?:point)?|vercel security checkpoint|pardon our interruption\W*|ddos-guard|captcha.*
    are you a (?:robot|human)\??|human verification|bot verification|robot (?:check|challenge)\W*.*
    making sure you're not a bot!?
    """
)
"""A whole title or heading."""

CHALLENGE_CODE = _any(
    r"""
    /cdn-cgi/challenge-platform/h/|_cf_chl_|cf-challenge|cf-browser-verification|cf_captcha_kind
    captcha-delivery\.com
    px-captcha|_pxappid|/captcha/captcha\.js
    sec-if-cpt|/_sec/cp_challenge|bm-verify=
    _incapsula_resource|incapsula incident
    \.awswaf\.com|awswafintegration|gokuprops
    sucuri_cloudproxy|ddos-guard\.net|/\.well-known/sgcaptcha|kpsdk|anubis_challenge|validate\.perfdrive\.com
    hcaptcha\.com/1/api|recaptcha/(?:api|enterprise)\.js|challenges\.cloudflare\.com/turnstile
    """
)
"""Scripts and frames of those who make challenges (Cloudflare, DataDome, PerimeterX, Akamai, Imperva, AWS WAF, more),
in lower case. Articles load some of them, for their comments: they decide only where a page has next to no words."""


# ── consent ──────────────────────────────────────────────────────────────────────────────────────────────────────────

CONSENT = _any(
    r"""
    \b(?:cookies?|consent\w*|tracking|personal data|privacy|gdpr|dsgvo|(?:our|\d+) (?:partners|vendors))\b
    \b(?:zustimm\w*|einwillig\w*|datenschutz\w*|personenbezogen\w*|dritt?anbieter\w*|werbung|unsere\w* partner\w*)\b
    \b(?:consentimiento|datos personales|privacidad\w*|publicidad personalizada|nuestros socios|rgpd)\b
    \b(?:consentimento|dados pessoais|nossos parceiros|lgpd)\b
    \b(?:consentement\w*|traceurs|donnees personnelles|confidentialite|nos partenaires)\b
    """
)
CONSENT_STEMS = ("cookie", "consent", "zustimm", "datenschutz", "privacidad", "confidentialite")
"""One of these is in every wall, and is found sooner."""

ACCEPT = _any(
    r"""
    (?:yes, )?(?:i )?(?:accept|agree|allow|consent)(?: to)?(?: all| (?:and|&) (?:continue|close|proceed)| cookies)*
    (?:si, )?acept(?:ar|o)(?: tod[oa]s?| las cookies| y (?:continuar|cerrar|seguir)| cookies)*
    (?:sim, )?(?:aceitar|aceito|concordo|concordar)(?: tudo| todos| os cookies| e (?:continuar|fechar)| cookies)*
    (?:tout |j')?accepte[rz]?(?: tout| (?:et|&) (?:continuer|fermer)| les cookies)*
    (?:alle[sn]? )?(?:cookies )?(?:akzeptieren|zustimmen|annehmen|erlauben)(?: (?:und|&) \w+)?
    einverstanden|ich stimme zu|mit werbung weiterlesen
    accett[ao](?: tutt[oi]| e continua)*|(?:alles |alle cookies )?accepteren|akkoord
    """
)
"""A button's whole text."""

CONSENT_PLACE = _any(
    r"""
    ^(?:consent|cmp|privacy-?gate|myprivacy|guce|cookiewall|choices)\.
    /(?:cookie-?wall|cookie-?consent|(?:collect)?consent|zustimmung|privacy-?(?:wall|gate)|cmp)(?:[/.?]|$)
    """
)
"""Host and path, as `consent.outlet.example/page`."""


# ── logins, searches ─────────────────────────────────────────────────────────────────────────────────────────────────

LOGIN = _any(
    r"""
    (?:please )?(?:log ?in|log on|sign ?in|member login|subscriber login)(?: (?:to|or) .*)?(?: required)?
    inici(?:ar|a|e) (?:de )?sesion.*|acceder|ingresar|identificarse
    entrar(?: (?:na|em) .*)?|fazer login|faca login.*|acesse sua conta
    (?:se )?connexion|connectez-vous.*|s'identifier|identifiez-vous.*
    anmelden|anmeldung|einloggen|login(?: .*)?|bitte (?:melden sie sich an|anmelden|einloggen)
    accedi|accesso|inloggen
    """
)
"""A whole title or heading."""

LOGIN_PLACE = _any(
    r"""
    /(?:log-?in|sign-?in|log-?on|wp-login\.php|sso|oauth2?|auth)(?:[/.?]|$)
    /(?:iniciar-sesion|acceder|entrar|connexion|anmelden|anmeldung|einloggen)(?:[/.?]|$)
    """
)

SEARCH = _any(
    r"""
    search(?: results?.*)?|results? for .*|you searched for .*|no results.*|nothing found.*
    resultados? (?:de (?:la )?)?busqueda.*|resultados para .*|buscar|busqueda|buscador|has buscado .*
    resultados? da (?:busca|pesquisa).*|busca|pesquisa|voce pesquisou por .*
    resultats? (?:de (?:la |votre )?)?recherche.*|recherche|rechercher|resultats pour .*
    suche|suchergebnis.*|ihre suche.*
    """
)
"""A whole title or heading."""

SEARCH_PLACE = _any(
    r"""
    [?&](?:s|q|k|query|search|buscar|busqueda|busca|suche|suchbegriff|recherche|keyword)=
    /(?:search|buscar|busqueda|buscador|busca|pesquisa|recherche|rechercher|suche)(?:[/.?]|$)
    """
)


# ── stubs ────────────────────────────────────────────────────────────────────────────────────────────────────────────

PAYWALL = _any(
    r"""
    (?:subscribe|sign up|log in|register|join)(?: [\w ]{1,30}?)? (?:to|and) (?:continue|keep|read|unlock|get full|view)
    to (?:continue|keep) reading|continue reading (?:with|for|by)|unlock (?:this|the full) (?:article|story)
    for subscribers only|subscriber[- ]only|subscribers? exclusive|exclusive to subscribers|this is a premium article
    already a (?:subscriber|member)|(?:article|story|content) is (?:only )?(?:for|available to|reserved for) SUBSCRIBERS
    you(?:'ve| have) (?:reached|read) (?:your|all) .{0,40}articles
    (?:suscribete|suscribase|registrate|hazte socio|inicia sesion).{0,30} para (?:seguir|continuar|leer|acceder)
    para (?:seguir|continuar) leyendo|ya (?:eres|soy|es) suscriptor|(?:solo|exclusivo) para suscriptores
    (?:contenido|articulo|nota|noticia) (?:exclusiv[oa]|solo|reservad[oa]) (?:para|de|a) (?:nuestros )?ABONADOS
    lee(?:r)? (?:el|la) (?:articulo|nota|noticia) complet[oa]
    (?:assine|cadastre-se|faca login).{0,30} para (?:continuar|ler|seguir)|para continuar lendo
    (?:exclusiv[oa]|so) para assinantes|ja e assinante
    article (?:est )?reserve aux? abonne|reservee?s? (?:aux|a nos) abonne|la suite est reservee|deja abonne
    (?:abonnez|inscrivez|connectez)-vous.{0,40} pour (?:lire|continuer|poursuivre|acceder)
    pour (?:lire la suite|(?:continuer|poursuivre) (?:la|votre) lecture)|il vous reste .{0,40}a lire
    (?:jetzt |weiter)lesen mit|nur fur abonnenten|bereits abonnent|(?:bereits|schon) abonnent
    artikel .{0,20}(?:nur )?(?:fur|mit) (?:abonnenten|abo\b|premium|plus)|exklusiv fur (?:abonnenten|mitglieder)
    um (?:diesen artikel )?(?:weiter)?zu ?lesen|jetzt (?:abonnieren|testen|registrieren) und weiterlesen
    """,
    SUBSCRIBERS="(?:our )?(?:paid |paying |premium )?(?:subscribers|members)",
    ABONADOS="suscriptores|socios|abonados",
)
"""What stands where a paywall cuts an article off."""

NOTICE = _any(
    r"""
    (?:this|the) THING is (?:currently |unfortunately )?(?:only|not|not yet|no longer)? ?available (?:only )?in LANGUAGE
    (?:esta|este) THING (?:solo )?esta(?: solo)? disponible (?:solo )?en LANGUAGE
    (?:esta|este) THING (?:no|aun no|todavia no) esta disponible en LANGUAGE
    (?:este|esta) THING (?:so )?esta disponivel (?:apenas |somente )?em LANGUAGE
    (?:este|esta) THING (?:ainda )?nao esta disponivel em LANGUAGE
    (?:cet?|cette) THING est (?:seulement |uniquement )?disponible (?:seulement |uniquement )?en LANGUAGE
    (?:cet?|cette) THING n'est (?:pas (?:encore )?disponible en|disponible qu'en) LANGUAGE
    (?:dieser?|der|die) THING ist (?:leider )?(?:nur|nicht|noch nicht) (?:auf|in) LANGUAGE(?: sprache)? verfugbar
    """,
    THING="entry|text|texte|texto|entrada|eintrag|story|post|article|content|page|articulo|contenido|pagina|nota|artigo|"
    "conteudo|contenu|artikel|inhalt|seite|beitrag",
    LANGUAGE="english|spanish|french|german|portuguese|italian|ingles|espanol|frances|aleman|portugues|espanhol|alemao|"
    "anglais|espagnol|francais|allemand|portugais|englisch\\w*|spanisch\\w*|franzosisch\\w*|deutsch\\w*|"
    "amerikanischem englisch|(?:tu|este|seu) idioma",
)
"""In the place of a text: it is to be had in another language."""
