"""Lines that a page writes anew at each fetch: "1,234 views", "hace 3 horas", "Aktualisiert: 24.11.2026, 14:05".

A line, or a part of one between bars, is such a counter where every word of it is one that counters are written with.
So a figure within a sentence never is: "The video has 1,234 views already" may be a correction.
"""

import re

from ingest.clean.months import month_of
from ingest.dedupe.spelling import tokens
from ingest.words import without_accents

LONGEST = 160
"""Characters of a line that may have counters."""

_BETWEEN = re.compile(r"\s*[|•·]\s*|\s+[—–/-]\s+")
_FIGURE = re.compile(r"[-+]?\d[\d.,:/]*")
_CLOCK = re.compile(r"\d{1,2}:\d\d(?::\d\d)?")
_AGO = re.compile(r"\bil y a\b", re.IGNORECASE)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_COUNTED = _words("""
    ago view views viewed read reads reading reader readers comment comments commented share shares shared like likes
    liked reaction reactions retweets reply replies listens downloads followers updated published posted modified
    hace vistas visitas visualizaciones visto vista lectura lecturas leido leida comentario comentarios compartido
    compartida compartidos gusta reproducciones actualizado actualizada actualizacion publicado publicada modificado
    atras visualizacoes acessos leitura leituras lido compartilhamentos compartilhado partilhas curtidas
    atualizado atualizada atualizacao
    vue vues lecture lectures lu partage partages commentaire commentaires publie publiee mis mise
    vor aufrufe abrufe gelesen lesezeit lesedauer kommentar kommentare geteilt aktualisiert veroffentlicht stand
    fa visualizzazioni letture lettura letto commento commenti condivisioni aggiornato aggiornata aggiornamento
    pubblicato pubblicata
    更 公 配 閲 前 コ い
""")
"""One of these there must be, or a time of day beside a date: in English, Spanish, Portuguese, French, German, Italian,
and of Japanese what is updated, published, read, ago, a comment or liked."""

_DAYS = _words("""
    monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun today yesterday
    lunes martes miercoles jueves viernes sabado domingo hoy ayer
    segunda terca quarta quinta sexta feira hoje ontem
    lundi mardi mercredi jeudi vendredi samedi dimanche hier
    montag dienstag mittwoch donnerstag freitag samstag sonntag heute gestern
    lunedi martedi mercoledi giovedi venerdi sabato domenica oggi ieri
    年 月 日
""")

_BESIDE = _words("""
    a an the at on by of in for to and first be minute minutes min mins hour hours hr hrs h m s day days week weeks
    month months year years second seconds sec secs last since now just time times people your few about less than
    gmt utc est edt cst cdt mst mdt pst pdt bst cet cest ist jst am pm p th st nd rd k mil
    el la los las de del al por un una uno unas unos que y en ultima vez veces minuto minutos hora horas hs dia dias
    semana semanas mes meses ano anos segundo segundos momento menos personas me tiempo ahora
    o os as do da dos das um uma uns e em ha vezes pessoas tempo agora
    le les du des une il au jour jours heure heures seconde secondes semaine semaines mois ans fois personnes temps
    moins derniere premier soyez quelques
    uhr der die den dem ein eine einer einem einigen minuten stunde stunden tag tage tagen woche wochen monat monaten
    jahr jahren sekunde sekunden mal zuletzt
    i gli alle ore ora minuti giorno giorni settimana settimane mese mesi anno anni secondi volta volte ultimo persone
    新 開 信 覧 回 件 時 間 分 秒 最 終 数 い ね メ ン ト 表 示 午 後 の
""")

_WORDS = _COUNTED | _DAYS | _BESIDE


def without_counters(line: str) -> str:
    """The line without those parts of it that are counters; empty where all are."""
    if len(line) > LONGEST:
        return line
    return " | ".join(part for part in _BETWEEN.split(line) if not _is_counter(part))


def _is_counter(part: str) -> bool:
    figures, named = [], []
    for token in tokens(_AGO.sub("ago", part)):
        word = without_accents(token)
        if _FIGURE.fullmatch(word):
            figures.append(word)
        elif word in _WORDS or month_of(word):
            named.append(word)
        else:
            return False  # nearly always at the first word
    # A date alone may be the text's own.
    clock = any(map(_CLOCK.fullmatch, figures)) and any(word in _DAYS or month_of(word) for word in named)
    return (not named and not figures) or clock or not _COUNTED.isdisjoint(named)
