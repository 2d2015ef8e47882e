"""The names of months, in the languages that outlets publish in.

A name is looked up without its accents and in lower case; it may be cut ("sept.", "fev"), as long as at least three
letters stay and they begin the name of one month only, and it may carry the ending that its language declines it with
("tammikuuta", "lutego").
"""

from functools import lru_cache

from ingest.words import without_accents

# One line for each month: its names in full, the genitive where dates have that, languages in no order.
_NAMES = (
    "january enero janeiro janvier januar jänner gennaio januari gener xaneiro tammikuu styczeń stycznia leden ledna "
    "január január ianuarie януари январь января січень січня siječanj siječnja јануар ιανουάριος ιανουαρίου ocak "
    "sausis sausio janvāris jaanuar يناير جانفي ינואר มกราคม जनवरी yanvar janar қаңтар",
    "february febrero fevereiro février februar feber febbraio februari febrer febreiro helmikuu luty lutego únor "
    "února február februarie февруари февраль февраля лютий лютого veljača veljače фебруар φεβρουάριος φεβρουαρίου "
    "şubat vasaris vasario februāris veebruar فبراير فيفري פברואר กุมภาพันธ์ फरवरी fevral pebruari shkurt ақпан",
    "march mar mrz marzo março mars märz maerz maart març mart marts maaliskuu marzec marca březen března marec "
    "március martie март марта березень березня ožujak ožujka μάρτιος μαρτίου kovas kovo märts مارس מרץ มีนาคม मार्च "
    "maret наурыз",
    "april abril avril aprile huhtikuu kwiecień kwietnia duben dubna apríl április aprilie април апрель апреля "
    "квітень квітня travanj travnja απρίλιος απριλίου nisan balandis balandžio aprīlis aprill أبريل افريل אפריל "
    "เมษายน अप्रैल aprel prill сәуір",
    "may mayo maio mai maggio mei maig maj toukokuu maja květen května máj május май мая травень травня svibanj "
    "svibnja мај μάιος μαΐου mayıs gegužė gegužės maijs مايو ماي מאי พฤษภาคม मई мамыр",
    "june junio junho juin juni giugno juny xuño kesäkuu czerwiec czerwca červen června jún június iunie юни июнь "
    "июня червень червня lipanj lipnja јун jun ιούνιος ιουνίου haziran birželis birželio jūnijs juuni يونيو جوان "
    "יוני มิถุนายน जून iyun qershor маусым",
    "july lip julio julho juillet juli luglio juliol xullo heinäkuu lipiec lipca červenec července júl július iulie "
    "юли июль июля липень липня srpanj srpnja јул jul ιούλιος ιουλίου temmuz liepa liepos jūlijs juuli يوليو جويلية "
    "יולי กรกฎาคม जुलाई iyul korrik шілде",
    "august srp agosto août agost augustus augusti elokuu sierpień sierpnia srpen srpna augusztus август августа "
    "серпень серпня kolovoz kolovoza αύγουστος αυγούστου ağustos rugpjūtis rugpjūčio augusts أغسطس أوت אוגוסט "
    "สิงหาคม अगस्त avgust agustus gusht тамыз",
    "september septiembre setiembre setembro septembre settembre syyskuu wrzesień września září szeptember "
    "septembrie септември сентябрь сентября вересень вересня rujan rujna септембар septembar σεπτέμβριος σεπτεμβρίου "
    "eylül rugsėjis rugsėjo septembris سبتمبر ספטמבר กันยายน सितंबर sentyabr shtator қыркүйек",
    "october octubre outubro octobre oktober ottobre oktobar lokakuu październik października říjen října október "
    "októbr octombrie октомври октябрь октября жовтень жовтня октобар οκτώβριος οκτωβρίου ekim spalis spalio "
    "oktobris oktoober أكتوبر אוקטובר ตุลาคม अक्टूबर oktyabr tetor қазан",
    "november noviembre novembro novembre marraskuu listopad listopada листопад листопада novembar noiembrie ноември "
    "ноябрь ноября новембар νοέμβριος νοεμβρίου kasım lapkritis lapkričio novembris نوفمبر נובמבר พฤศจิกายน नवंबर "
    "noyabr nëntor қараша",
    "december diciembre dezembro décembre dezember dicembre desembre decembro desember joulukuu grudzień grudnia "
    "prosinec prosince decembrie декември декабрь декабря грудень грудня prosinac prosinca децембар decembar "
    "δεκέμβριος δεκεμβρίου aralık gruodis gruodžio decembris detsember ديسمبر דצמבר ธันวาคม दिसंबर dekabr dhjetor "
    "желтоқсан",
)
SHORTEST = 3
"""Letters of a name that is cut: "ma" begins March and May."""
_LONGEST_ENDING = 4


@lru_cache(maxsize=1024)
def month_of(word: str) -> int | None:
    """1 to 12 for the name of a month, whole or cut, in any case; None for another word."""
    plain = _fold(word)
    if month := _MONTHS.get(plain):
        return month
    stems = (plain[:end] for end in range(len(plain) - 1, max(4, len(plain) - _LONGEST_ENDING) - 1, -1))
    return next((month for stem in stems if (month := _WHOLE.get(stem))), None)


def _fold(word: str) -> str:
    return without_accents(word.casefold().replace("ı", "i"))


def _table() -> tuple[dict[str, int], dict[str, int]]:
    whole = {_fold(name): month for month, names in enumerate(_NAMES, 1) for name in names.split()}
    begins: dict[str, set[int]] = {}
    for name, month in whole.items():
        for end in range(SHORTEST, len(name)):
            begins.setdefault(name[:end], set()).add(month)
    return {cut: min(months) for cut, months in begins.items() if len(months) == 1} | whole, whole


_MONTHS, _WHOLE = _table()
