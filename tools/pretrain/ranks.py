"""Titles of known rank, made from rank words and fields of work, and the rank that real titles name. Own lists, from common knowledge: how
rank is written, shortened and joined to a field, and what takes it away again ("assistant to the director")."""

import random
import re

# Rank -> how it is written around a field of work.
RANKS: dict[str, list[str]] = {
    "chief": ["chief {} officer", "chief {} officer", "chief {}", "group chief {} officer", "global chief {} officer", "interim chief {} officer",
              "chief officer, {}", "acting chief {} officer", "chief {} & strategy officer", "regional chief {} officer"],
    "deputy chief": ["deputy chief {} officer", "deputy chief {}", "associate chief {} officer", "assistant chief {}"],
    "president": ["president {}", "president, {}", "{} president", "president of {}", "president & ceo {}", "division president, {}"],
    "board": ["chairman of {}", "chairman, {}", "{} chair", "board member, {}", "non-executive director {}", "member of the board {}", "trustee {}"],
    "senior vice president": ["senior vice president {}", "senior vice president of {}", "svp {}", "svp, {}", "evp {}", "evp of {}", "{} svp",
                              "executive vice president, {}", "executive vice president of {}", "sr vp {}", "sr. vice president, {}",
                              "sr. vp of {}", "group vice president {}", "exec vp {}", "{} senior vice president"],
    "vice president": ["vice president {}", "vice president of {}", "vice president, {}", "{} vice president", "vp {}", "vp of {}", "vp, {}",
                       "{} vp", "vice-president {}", "v.p. {}", "vp - {}", "global vp {}", "regional vice president {}", "vice president - {}",
                       "vice president & head of {}", "vp/{}", "divisional vice president, {}"],
    "assistant vice president": ["avp {}", "avp, {}", "assistant vice president {}", "associate vice president of {}", "asst vp {}",
                                 "associate vp, {}", "assistant vice president, {}", "deputy vice president {}"],
    "managing director": ["managing director {}", "managing director, {}", "executive director {}", "executive director of {}", "{} managing director",
                          "md {}", "exec director, {}"],
    "senior director": ["senior director {}", "senior director of {}", "sr director of {}", "sr. director, {}", "senior director, {}", "group director {}",
                        "global director of {}", "{} senior director", "snr director {}"],
    "director": ["director {}", "director of {}", "director, {}", "{} director", "{} director", "dir {}", "dir. of {}", "{} dir", "regional director {}",
                 "{} director emea", "director - {}", "director {} operations", "director for {}", "national director, {}", "director ({})",
                 "corporate director {}", "interim director of {}", "program director {}", "{} - director"],
    "associate director": ["associate director {}", "associate director of {}", "assistant director {}", "deputy director {}", "deputy director of {}",
                           "asst director, {}", "assoc. director {}", "assistant director of {}", "associate director, {}"],
    "head": ["head of {}", "{} head", "global head of {}", "group head {}", "head {}", "regional head of {}", "acting head of {}", "head - {}",
             "head, {}", "deputy head of {}", "department head {}"],
    "general manager": ["general manager {}", "general manager, {}", "gm {}", "{} general manager", "country manager {}", "regional general manager {}",
                        "plant manager {}", "branch manager {}", "managing partner {}"],
    "senior manager": ["senior manager {}", "senior manager, {}", "sr manager {}", "sr. manager of {}", "senior {} manager", "sr. {} manager",
                       "senior manager - {}", "global {} manager", "regional {} manager", "group manager {}"],
    "manager": ["manager {}", "manager of {}", "manager, {}", "{} manager", "{} manager", "mgr {}", "{} mgr", "manager - {}", "mgr. {}",
                "{} department manager", "manager {} team", "office manager {}", "manager ({})", "manager for {}", "{} operations manager",
                "{} - manager"],
    "assistant manager": ["assistant manager {}", "deputy manager {}", "asst manager, {}", "assistant {} manager", "associate manager {}",
                          "assistant general manager {}", "deputy {} manager"],
    "project manager": ["{} project manager", "{} program manager", "{} product manager", "project manager {}", "program manager, {}", "product manager - {}",
                        "{} account manager", "account manager {}", "key account manager {}", "senior project manager, {}", "{} case manager",
                        "it project manager {}", "programme manager {}", "sr. program manager {}", "relationship manager {}"],
    "supervisor": ["{} supervisor", "supervisor {}", "supervisor of {}", "supervisor, {}", "senior {} supervisor", "{} foreman", "shift supervisor {}",
                   "{} superintendent", "supv {}"],
    "lead": ["{} lead", "lead {}", "{} team lead", "{} team leader", "team lead, {}", "technical lead {}", "{} leader", "practice lead {}",
             "lead {} engineer", "lead {} analyst", "{} tech lead", "{} practice leader"],
    "senior staff": ["senior {}", "senior {} engineer", "sr {} analyst", "principal {}", "principal {} engineer", "sr. {} specialist", "senior {} consultant",
                     "{} architect", "senior {} advisor", "{} specialist iii", "staff {} engineer", "sr {} developer", "distinguished {} engineer",
                     "{} engineer iv", "principal {} consultant", "chief {} architect", "senior {} administrator", "{} expert"],
    "staff": ["{} specialist", "{} analyst", "{} engineer", "{} consultant", "{} coordinator", "{} administrator", "{} officer",
              "{} representative", "{} technician", "{} associate", "{} executive", "{} developer", "{} advisor", "{} scientist", "{} planner",
              "{} controller", "analyst, {}", "consultant {}", "specialist - {}", "{} buyer", "{} designer", "{} agent", "{} professional",
              "{} partner", "{} engineer ii", "member of {} team", "{} instructor", "{} operator", "{} worker", "{}", "{} auditor", "{} programmer"],
    "junior staff": ["{} assistant", "junior {}", "{} intern", "{} trainee", "{} apprentice", "{} clerk", "graduate {}", "student {}", "jr {} analyst",
                     "{} aide", "jr. {} developer", "associate {}", "{} helper", "entry level {}"],
    "aide": ["assistant to the {} director", "executive assistant to the vp {}", "secretary to the {} manager", "personal assistant to the chief {} officer",
             "{} director's assistant", "executive assistant to the svp of {}", "executive assistant, {}", "administrative assistant to vp {}",
             "ea to chief {} officer", "exec assistant to president {}", "chief of staff to the vp {}", "executive secretary {}",
             "assistant to the vice president of {}", "advisor to the chief {} officer"],
    "owner": ["owner {}", "{} owner", "founder {}", "co-founder {}", "founder and ceo {}", "proprietor {}", "owner/operator {}", "co-owner {}",
              "partner {}", "{} business owner", "entrepreneur {}", "cofounder, {}", "principal/owner {}", "owner, {}"],
}

# What stands for a rank without a field.
ALONE = {
    "chief": ["ceo", "cfo", "coo", "cto", "cio", "ciso", "cmo", "chro", "cso", "cro", "cdo", "cpo", "cco", "cao", "chief executive officer",
              "chief financial officer", "chief operating officer", "chief information officer", "chief technology officer",
              "chief marketing officer", "chief information security officer", "chief data officer", "chief executive", "chief technical officer",
              "chief privacy officer", "chief risk officer", "chief compliance officer", "chief security officer", "chief medical officer"],
    "president": ["president", "company president"],
    "board": ["chairman", "chairwoman", "board member", "chairperson"],
    "senior vice president": ["svp", "evp", "senior vice president", "executive vice president"],
    "vice president": ["vp", "vice president", "v.p."],
    "assistant vice president": ["avp", "assistant vice president"],
    "managing director": ["managing director", "executive director", "md"],
    "senior director": ["senior director"],
    "director": ["director", "dir"],
    "general manager": ["general manager", "gm", "store manager", "plant manager", "country manager"],
    "manager": ["manager", "mgr", "office manager"],
    "supervisor": ["supervisor", "foreman"],
    "lead": ["team lead", "team leader"],
    "aide": ["executive assistant", "administrative assistant", "personal assistant", "secretary"],
    "owner": ["owner", "founder", "co-founder", "business owner"],
}

RANK_NAMES = list(RANKS)

# Functions of a company, as they stand in titles of offices rather than in lists of occupations.
FUNCTIONS = (
    "it,information technology,information systems,information security,cyber security,cybersecurity,security,network,networking,infrastructure,"
    "it infrastructure,network operations,network engineering,systems,systems engineering,applications,application development,software,"
    "software engineering,engineering,data,data center,data analytics,business intelligence,analytics,big data,cloud,cloud services,"
    "enterprise architecture,architecture,devops,it operations,operations,technical operations,global operations,service delivery,"
    "technical services,technology,technology services,digital,digital marketing,e-commerce,marketing,product marketing,brand,communications,"
    "corporate communications,public relations,sales,inside sales,sales operations,business development,channel sales,strategic accounts,"
    "customer success,customer service,client services,support,technical support,help desk,desktop support,end user computing,it support,"
    "finance,corporate finance,accounting,tax,treasury,audit,internal audit,it audit,risk,risk management,enterprise risk,compliance,"
    "regulatory affairs,legal,contracts,privacy,governance,human resources,hr,talent,talent acquisition,learning and development,training,"
    "compensation and benefits,administration,facilities,real estate,procurement,purchasing,strategic sourcing,supply chain,logistics,"
    "distribution,warehouse,manufacturing,production,quality,quality assurance,research,research and development,r&d,innovation,strategy,"
    "corporate strategy,planning,transformation,change management,project management,pmo,portfolio management,product management,product,"
    "product development,clinical operations,clinical informatics,medical,nursing,patient services,pharmacy,health information,academic affairs,"
    "student services,admissions,institutional research,library,education,curriculum,investments,asset management,wealth management,"
    "private banking,commercial banking,credit,lending,mortgage,underwriting,claims,actuarial,insurance,capital markets,trading,payments,"
    "retail,merchandising,store operations,hospitality,food and beverage,construction,maintenance,energy,environmental health and safety,"
    "safety,transportation,fleet,telecom,telecommunications,wireless,unified communications,storage,database,database administration,"
    "identity and access management,threat intelligence,incident response,vulnerability management,security operations,security architecture,"
    "information assurance,disaster recovery,business continuity,web,web development,mobile,user experience,design,creative,content,media,"
    "events,community,government affairs,public sector,federal,international,emea,apac,americas,north america,global"
).split(",")

_rank_words = re.compile(
    r"\b(chief|officer|president|vice|vp|svp|evp|avp|director|dir|head|manager|mgr|supervisor|lead|leader|senior|sr|junior|jr|assistant|"
    r"associate|principal|executive|specialist|analyst|engineer|consultant|coordinator|administrator|technician|representative|clerk|"
    r"intern|trainee|owner|founder|partner|general|deputy|of|and|the|for)s?\b"
)


def fields_of(titles: list[str]) -> list[str]:
    """What titles say besides rank, each as often as it occurs: "Regional Sales Director" gives "regional sales"."""
    fields = (" ".join(_rank_words.sub(" ", re.sub(r"[^a-z ]+", " ", title.lower())).split()) for title in titles)
    return [field for field in fields if 3 <= len(field) <= 40 and len(field.split()) <= 4]


def made_title(fields: list[str], rng: random.Random) -> tuple[str, set[str]]:
    """A title and the ranks it holds; one in seven holds two, as "VP Sales / General Manager" does."""
    first, rank = _single(fields, rng)
    if rng.random() > 0.15:
        return first, {rank}
    second, other = _single(fields, rng)
    joint = rng.choice([" / ", "/", " and ", ", ", " | ", " & ", " - ", "; "])
    return first + joint + second, {rank, other}


def _field(fields: list[str], rng: random.Random) -> str:
    if rng.random() < 0.4:
        return rng.choice(fields)
    if rng.random() < 0.7:
        return rng.choice(FUNCTIONS)
    joint = rng.choice([" and ", " & ", ", ", " ", "/", " - "])
    return rng.choice(FUNCTIONS) + joint + rng.choice(FUNCTIONS)


def _single(fields: list[str], rng: random.Random) -> tuple[str, str]:
    rank = rng.choice(RANK_NAMES)
    if rank in ALONE and rng.random() < 0.3:
        word = rng.choice(ALONE[rank])
        if rng.random() < 0.4:
            return word, rank
        return rng.choice(["{} {}", "{}, {}", "{} of {}", "{} - {}", "{} for {}"]).format(word, _field(fields, rng)), rank
    return rng.choice(RANKS[rank]).format(_field(fields, rng)), rank


# What a real title names, most telling first; the first that fits takes its words away, so that "vice president" is no president.
_named = [
    ("aide", r"\b(assistant|secretary|aide|advisor|ea|pa) to\b.*|\b(executive|administrative|personal) assistant\b"),
    ("owner", r"\b(co-?)?(owner|founder)s?\b|\bproprietors?\b|\bentrepreneurs?\b"),
    ("deputy chief", r"\b(deputy|assistant|associate) chief\b( \w+){0,3} officers?\b"),
    ("chief", r"\bchief( \w+){1,3} officers?\b|\bc[efotims]o\b|\bciso\b|\bchief executives?\b"),
    ("assistant vice president", r"\b(assistant|associate|asst|deputy) (vice.president|vp)s?\b|\bavp\b"),
    ("senior vice president", r"\b(senior|executive|sr|exec)\.? (vice.president|vp)s?\b|\b[se]vp\b"),
    ("vice president", r"\bvice.presidents?\b|\bvps?\b|\bv\.p\b"),
    ("president", r"\bpresidents?\b"),
    ("board", r"\bchair(man|woman|person)\b|\bboard member\b"),
    ("managing director", r"\b(managing|executive) directors?\b"),
    ("associate director", r"\b(associate|assistant|deputy) directors?\b"),
    ("senior director", r"\b(senior|sr)\.? directors?\b"),
    ("director", r"\bdirectors?\b"),
    ("head", r"\bhead of\b|\bdepartment head\b"),
    ("project manager", r"\b(project|programme|program|product|account|case|relationship) managers?\b"),
    ("assistant manager", r"\b(assistant|deputy|associate)( \w+)? managers?\b"),
    ("general manager", r"\b(general|plant|branch|country) managers?\b"),
    ("senior manager", r"\b(senior|sr)\.?( \w+){0,2} managers?\b"),
    ("manager", r"\bmanagers?\b|\bmgr\b"),
    ("supervisor", r"\bsupervisors?\b|\bforem[ae]n\b|\bsuperintendents?\b"),
    ("lead", r"\b(team )?leaders?\b|\b(team )?lead\b"),
    ("senior staff", r"^(senior|sr|principal)\b|\barchitects?\b"),
    ("junior staff", r"\b(assistant|intern|trainee|apprentice|clerk|helper|aide)s?\b|^(junior|jr)\b"),
]
_patterns = [(rank, re.compile(pattern)) for rank, pattern in _named]


def named_ranks(title: str) -> set[str]:
    """The ranks that a real title names, by its words; "staff" where it names none."""
    text, found = title.lower(), set()
    for rank, pattern in _patterns:
        text, count = pattern.subn(" ", text)
        if count:
            found.add(rank)
    return found or {"staff"}
