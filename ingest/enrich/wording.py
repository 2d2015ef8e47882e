"""How outlets word their corrections: the labels that they begin with, and what they say of their own article."""

import re
from typing import Literal, NamedTuple

Kind = Literal["correction", "clarification", "update", "retraction", "editor"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LABELS: dict[Kind, str] = {
    "editor": r"""
        editors?['’]?s?['’]?\ note | note\ from\ the\ editors? | editorial\ note
        | nota\ (?: del\ editor | de\ la\ editora | de\ (?:la\ )?redacci[oó]n )
        | n\.\ ?de\ la\ r\. | n\.\ ?del\ [er]\. | n\.\ ?d\.\ ?[er]\.
        | nota\ (?: d[oa]\ editora? | da\ reda[cç][cç]?[aã]o ) | n\.\ ?da\ r\.
        | note\ (?: de\ l['’][ée]diteur | de\ la\ r[ée]daction ) | n\.?d\.?l\.?r\.?
        | (?: anmerkung | anm\. | hinweis ) \ (?: der\ redaktion | d\.\ ?red\.? | d\.\ ?redaktion )
        | redaktionelle[rn]?\ (?: hinweis | anmerkung )
        | nota\ (?: della\ redazione | del\ direttore | redazionale )
        | 編集部注 | 編集部より | 編注
    """,
    "retraction": r"""
        retraction | retracted | retractaci[oó]n | retrata[cç][aã]o | r[ée]tractation | ritrattazione | 撤回
    """,
    "correction": r"""
        corrections? (?: \ (?:&|and)\ clarifications? )? | clarifications?\ (?:&|and)\ corrections?
        | corrigend(?:um|a) | errat(?:um|a) (?:\ corrige)? | fe\ de\ erratas? | erramos
        | correcci[oó]n | rectificaci[oó]n | corre[cç][cç]?[aã]o | rec?tifica[cç][aã]o
        | korrektur (?:hinweis)? | richtigstellung | berichtigung
        | rectificati(?:f|on) | correctif | rettifica | correzione
        | (?: お詫び | おわび )(?: と訂正 )? | 訂正 (?: とお詫び | とおわび )? | 修正
    """,
    "clarification": r"""
        clarifications? | aclaraci[oó]n | aclaratoria | precisi[oó]n | esclarecimento | klarstellung | pr[ée]cisions?
        | precisazione | chiarimento
    """,
    "update": r"""
        updated? | actualizaci[oó]n | actualizado | atualiza[cç][aã]o | atualizado | aktualisierung | aktualisiert
        | mise?\ [àa]\ jour | m[àa]j | actualisation | actualis[ée] | aggiornamento | aggiornato | 追記 | 更新
    """,
}

KINDS = tuple(_LABELS)
MARKS = " *†‡•/([【（_—–-"
"""What may stand before a label: a bracket, a dash, the sign of a footnote; its number may, too."""
LABEL = re.compile(
    rf"[\s{re.escape(MARKS)}]* (?:\d{{1,2}}\s)? (?P<label>"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in _LABELS.items())
    + r") (?!\w)",
    re.VERBOSE | re.IGNORECASE,
)
BEGINNINGS = _words("""
    edi ed. not n.d ndl anm hin red ret rét rit cla acl pré pre esc kla chi kor cor err fe rec ber ric upd act atu akt
    mis màj maj agg お 訂 修 追 更 編 撤 n.
""")
"""Up to three letters with which a label begins: looked at first, as nearly all paragraphs begin otherwise."""

PLAIN = re.compile(
    "|".join(_LABELS[kind] for kind in ("retraction", "clarification", "update"))
    + r"""
    | corrections? | errata | correcci[oó]n | rectificaci[oó]n | corre[cç][aã]o | rec?tifica[cç][aã]o | korrektur
    | berichtigung | rectificati(?:f|on) | correctif | rettifica | correzione | 訂正 | 修正
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Those that are words of other uses too: they head lists, glossaries and the news about others' mistakes."""

MOMENT = _words("""
    a am p pm m h hs hrs hr st nd rd th et est edt pt pst pdt ct cst gmt utc bst cet cest jst uhr at on the vom um du le
    à de del da do las la às alle ore o clock hora horas hours mon tue tues wed thu thur thurs fri sat sun monday
    tuesday wednesday thursday friday saturday sunday lunes martes miércoles jueves viernes sábado domingo lundi mardi
    mercredi jeudi vendredi samedi dimanche montag dienstag mittwoch donnerstag freitag samstag sonntag 年 月 日 時 分
""")
"""What may stand between a label and its end, beside the names of months: the words of dates."""


class Wording(NamedTuple):
    """What articles of a language say of themselves. stems: without one of them they say nothing; says: the gravest
    first."""

    stems: frozenset[str]
    says: tuple[tuple[Kind, re.Pattern[str]], ...]

    def within(self, text: str) -> "Wording":
        """The same with those stems alone that the text has at all."""
        return self._replace(stems=frozenset([stem for stem in self.stems if stem in text]))


def _wording(stems: str, says: dict[Kind, tuple[str, ...]], **parts: str) -> Wording:
    """parts: what stands for {this}, {version} and {wurde} in the patterns."""
    filled = {kind: "|".join(patterns) for kind, patterns in says.items()}
    for name, part in parts.items():
        filled = {kind: pattern.replace(f"{{{name}}}", f"(?:{part})") for kind, pattern in filled.items()}
    return Wording(_words(stems), tuple((kind, re.compile(pattern)) for kind, pattern in filled.items()))


WORDINGS: dict[str, Wording] = {
    "en": _wording(
        "amended correct updated clarif retract version originally",
        {
            "retraction": (
                "{this} (?:has been|was|is) retracted",
                "we (?:have |are )?retract(?:ed|ing)? (?:this|the) (?:article|story|report)",
            ),
            "clarification": (
                "{this} {was} (?:clarified|{changed}[^.!?]{0,80} (?:to clarify|for clarity))",
                "{version} [^.!?]{0,80}unclear",
            ),
            "correction": (
                "{this} (?:[^.!?]{0,40} )?{was} (?:[^.!?]{0,30} )?(?:amended|corrected)",
                "{this} {was} {changed}[^.!?]{0,80} to (?:correct|fix|remove)",
                "{this} (?:originally|incorrectly) "
                "(?:mis|said|stated|identified|reported|named|gave|listed|included|described|referred|claimed|attribut|"
                "used|indicated|suggested|contained)",
                "{version}",
            ),
            "update": ("{this} (?:[^.!?]{0,40} )?(?:{was}|is) (?:last )?updated",),
        },
        version="(?:an?|the|our) (?:earlier|previous|original|initial|prior|older|first) (?:published |online )?"
        "(?:version|edition) of (?:th(?:is|e)|our) {article}",
        this="this {article}(?:['’]s headline)?(?: and (?:its )?headline)?",
        article="article|story|post|piece|report|column|sentence|paragraph|headline|caption|graphic|map|chart|review|"
        "obituary|copy|blog(?: post)?|live ?blog|podcast|news item",
        was="was|has been|had been",
        changed="(?:updated|amended|edited|changed|revised|modified)",
    ),
    "es": _wording(
        "versi corregid corrigi rectific enmendad actualiz modificad ampliad retirad retractad aclarar",
        {
            "retraction": ("{this} {was} (?:retirad|retractad)[oa]",),
            "clarification": ("{this} {was} [^.!?]{0,60}para aclarar",),
            "correction": (
                "{this} {was} (?:corregid|rectificad|enmendad)[oa]",
                "se (?:ha )?(?:corrigi|rectific|corregid)\\w+ {this}",
                "versi[oó]n (?:anterior|previa|original|inicial) de (?:est[ea]|la|l) ?{article}",
                "versi[oó]n (?:anterior|previa|original|inicial) del {article}",
            ),
            "update": (
                "{this} {was} (?:actualizad|modificad|ampliad)[oa]",
                "^\\W*(?:nota|art[ií]culo|noticia|informaci[oó]n) actualizad[oa]",
            ),
        },
        this="est[ea] {article}",
        article="art[ií]culo|nota|noticia|informaci[oó]n|texto|reportaje|historia|entrada|publicaci[oó]n|cr[oó]nica|"
        "entrevista|titular|pieza|contenido",
        was="fue|ha sido|se ha",
    ),
    "pt": _wording(
        "vers corrigid retificad alterad atualizad ampliad modificad retirad removid despublicad diferentemente",
        {
            "retraction": ("{this} {was} (?:retirad[oa] do ar|removid[oa]|despublicad[oa])",),
            "correction": (
                "{this} {was} (?:corrigid|retificad|alterad)[oa]",
                "vers[ãa]o (?:anterior|original|inicial|pr[ée]via) d(?:es[ts][ea]|[oa]) {article}",
                "diferentemente do (?:que foi |que )?(?:publicad|informad|afirmad)[oa]",
            ),
            "update": ("{this} {was} (?:atualizad|ampliad|modificad)[oa]",),
        },
        this="es[ts][ea] {article}",
        article="reportagem|mat[ée]ria|texto|artigo|not[íi]cia|post|coluna|conte[úu]do|entrevista|publica[çc][ãa]o",
        was="foi|está",
    ),
    "fr": _wording(
        "version corrig rectifi modifi jour actualis complét retiré dépubli",
        {
            "retraction": ("{this} a [ée]t[ée] (?:retir[ée]|d[ée]publi[ée])",),
            "correction": (
                "{this} (?:a [ée]t[ée] )?(?:corrig[ée]|rectifi[ée])",
                "(?:premi[èe]re version|pr[ée]c[ée]dente version|version (?:pr[ée]c[ée]dente|ant[ée]rieure|initiale)) "
                "de (?:cet article|l['’]article|cette (?:d[ée]p[êe]che|interview|tribune)|ce (?:papier|billet))",
            ),
            "update": (
                "{this} (?:a [ée]t[ée] )?(?:modifi[ée]|mise? [àa] jour|actualis[ée]|compl[ée]t[ée])",
                "^\\W*article (?:modifi[ée]|mis [àa] jour|actualis[ée]|compl[ée]t[ée])",
            ),
        },
        this="cet article|l['’]article|cette (?:d[ée]p[êe]che|interview|tribune)|ce (?:papier|billet|reportage)",
    ),
    "de": _wording(
        "Version Fassung korrigiert berichtigt richtiggestellt aktualisiert ergänzt überarbeitet",
        {
            "correction": (
                "{this}{gap}(?:korrigiert|berichtigt|richtiggestellt)",
                "{earlier} (?:version|fassung) (?:(?:diese[sr]|des|der) {article}|hie(?:ß|ss) es|stand|hatten wir)",
            ),
            "update": ("{this}{gap}(?:aktualisiert|ergänzt|überarbeitet)",),
        },
        this="diese[rns]? (?:artikel|beitrag|text|bericht|meldung|interview)|de[rn] (?:artikel|beitrag|text) wurde|"
        "wir haben (?:de[rn]|diesen|das|die) (?:artikel|beitrag|text|bericht|stelle|passage|fehler|angaben?)",
        article="artikels|beitrag(?:e?s)|texte?s|berichts|meldung|interviews|überschrift",
        gap=r"(?:[^.!?]|(?<=\d)\.){0,90}",
        earlier="früheren|ersten|vorherigen|älteren|ursprünglichen|vorigen",
    ),
    "it": _wording(
        "versione corrett rettificat aggiornat modificat",
        {
            "correction": (
                "{this} {was} (?:corrett|rettificat)[oa]",
                "(?:(?:precedente|prima) versione|versione (?:precedente|originale|iniziale)) "
                "(?:di |del|dell['’])(?:quest['’oa] ?)?(?:articolo|pezzo|post|notizia)",
            ),
            "update": ("{this} {was} (?:aggiornat|modificat)[oa]",),
        },
        this="quest['’o] ?articolo|l['’]articolo|questo (?:pezzo|post|testo)|questa (?:notizia|intervista)",
        was="[èe] stat[oa]",
    ),
    "ja": _wording(
        "訂正 修正 更新 加筆",
        {
            "correction": (
                "(?:お詫び|おわび)して訂正",
                "訂正して(?:お詫び|おわび)",
                "(?:記事|本文|見出し|タイトル|初出|当初)[^。]{0,40}(?:訂正|修正)(?:し|いた|致)",
            ),
            "update": ("(?:この|本)記事は[^。]{0,40}(?:更新|加筆)",),
        },
    ),
}
