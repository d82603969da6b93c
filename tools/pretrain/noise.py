"""How people write titles: shortened, misspelled, with other separators. Own list and rules."""

import random
import re

SHORT = {
    "senior": ["sr", "sr.", "snr"], "junior": ["jr", "jr."], "manager": ["mgr", "mngr", "manger", "managr"], "director": ["dir", "dir.", "directer"],
    "assistant": ["asst", "asst.", "assistent"], "associate": ["assoc", "assoc."], "executive": ["exec", "exec."],
    "vice president": ["vp", "v.p.", "vice-president", "vicepresident"], "information technology": ["it", "i.t."], "human resources": ["hr"],
    "research and development": ["r&d"], "engineer": ["eng", "engr"], "engineering": ["eng", "engg"], "administrator": ["admin", "adminstrator"],
    "administrative": ["admin"], "operations": ["ops"], "development": ["dev", "developement"], "developer": ["dev"], "management": ["mgmt"],
    "business": ["bus"], "marketing": ["mktg"], "international": ["intl", "int'l"], "department": ["dept"], "representative": ["rep"],
    "coordinator": ["coord", "co-ordinator"], "supervisor": ["supv", "superviser"], "technician": ["tech"], "technical": ["tech"],
    "technology": ["tech"], "specialist": ["spec"], "analyst": ["anlyst"], "security": ["sec", "secuirty"], "financial": ["fin"],
    "professional": ["prof"], "general manager": ["gm"], "chief executive officer": ["ceo"], "chief financial officer": ["cfo"],
    "chief operating officer": ["coo"], "chief technology officer": ["cto"], "chief information officer": ["cio"], "and": ["&", "+"],
    "head of": ["head -", "head,"], "director of": ["director,", "director -"], "manager of": ["manager,", "manager -"],
}
_short = re.compile(r"\b(" + "|".join(sorted(map(re.escape, SHORT), key=len, reverse=True)) + r")\b")
_near = {a: b for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm") for a, b in zip(row, row[1:] + row[-2])}


def noisy(title: str, rng: random.Random, typos: float = 0.03) -> str:
    """The title as somebody else might have typed it. Lower case, since the tokenizer folds case."""
    text = _short.sub(lambda m: rng.choice(SHORT[m[0]]) if rng.random() < 0.4 else m[0], title.lower())
    if rng.random() < 0.2:
        text = re.sub(r"[,/-]", lambda m: rng.choice([",", " -", "/", " |", " "]), text)
    out = []
    for character in text:
        draw = rng.random()
        if not character.isalpha() or draw > typos:
            out.append(character)
        elif draw < typos * 0.3:
            continue
        elif draw < typos * 0.5:
            out.append(character * 2)
        elif draw < typos * 0.75 and out:
            out.insert(len(out) - 1, character)
        else:
            out.append(_near.get(character, character))
    return "".join(out)
