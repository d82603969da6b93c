"""The openly licensed texts that the encoder is pretrained on, with what they say of each title. JobLevelData is read for one purpose:
its titles are taken out."""

import csv
import gzip
import random
import re
from dataclasses import dataclass, field
from pathlib import Path

HELD_OUT_SHARE = 0.2
HELD_OUT_SEED = 27


@dataclass
class Title:
    text: str
    soc: str | None = None
    """O*NET-SOC code of its occupation, "11-1011.00"."""
    isco: str | None = None
    """ISCO-08 group of its occupation, "1120"."""
    occupation: str | None = None
    """Key of `Corpus.occupations`."""


@dataclass
class Corpus:
    titles: list[Title]
    sentences: list[str]
    occupations: dict[str, str]
    """O*NET-SOC code or ESCO address -> title and description."""
    job_zones: dict[str, int]
    roles: dict[str, str]
    """Word -> RES, FUN, LOC or O: what the gazetteer says it tells."""
    tasks: dict[str, list[str]]
    """O*NET-SOC code -> what is done in the occupation."""


@dataclass
class Onet:
    occupations: dict[str, str]
    """Code -> title and description."""
    names: dict[str, str]
    alternates: list[tuple[str, str]]
    """(code, title)"""
    reported: list[tuple[str, str]]
    held_out: set[str] = field(default_factory=set)
    """Codes whose alternate and reported titles are kept from training."""


def folded(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


def _table(path: Path, delimiter: str) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        quoting = csv.QUOTE_NONE if delimiter == "\t" else csv.QUOTE_MINIMAL
        return list(csv.DictReader(file, delimiter=delimiter, quoting=quoting))


def read_onet(folder: Path) -> Onet:
    code = "O*NET-SOC Code"
    rows = _table(folder / "onet" / "Occupation Data.txt", "\t")
    alternates = [(row[code], row["Alternate Title"]) for row in _table(folder / "onet" / "Alternate Titles.txt", "\t")]
    reported = [(row[code], row["Reported Job Title"]) for row in _table(folder / "onet" / "Sample of Reported Titles.txt", "\t")]
    codes = sorted({own for own, _ in reported})
    held_out = set(random.Random(HELD_OUT_SEED).sample(codes, round(HELD_OUT_SHARE * len(codes))))
    occupations = {row[code]: f"{row['Title']}. {row['Description']}" for row in rows}
    return Onet(occupations, {row[code]: row["Title"] for row in rows}, alternates, reported, held_out)


def read_corpus(folder: Path) -> Corpus:
    """Reads every source whose licence allows it. Left out, compared by their words: titles that stand in JobLevelData, and those of
    the O*NET occupations that the zero-shot figures are measured on."""
    onet = read_onet(folder)
    titles = [Title(name, soc=own, occupation=own) for own, name in onet.names.items()]
    titles += [Title(text, soc=own, occupation=own) for own, text in onet.alternates + onet.reported if own not in onet.held_out]
    sentences = [text.split(". ", 1)[1] for text in onet.occupations.values()]
    tasks: dict[str, list[str]] = {}
    for row in _table(folder / "onet" / "Task Statements.txt", "\t"):
        tasks.setdefault(row["O*NET-SOC Code"], []).append(row["Task"])
    sentences += [task for own in tasks.values() for task in own]
    sentences += [row["DWA Title"] for row in _table(folder / "onet" / "DWA Reference.txt", "\t")]
    occupations = dict(onet.occupations)
    for row in _table(folder / "esco" / "occupations_en.csv", ","):
        key = row["conceptUri"]
        names = [row["preferredLabel"], *row["altLabels"].split("\n")]
        titles += [Title(name.strip(), isco=row["iscoGroup"], occupation=key) for name in names if name.strip()]
        sentences.append(row["description"])
        occupations[key] = f"{row['preferredLabel']}. {row['description']}"
    for row in _table(folder / "esco" / "ISCOGroups_en.csv", ","):
        sentences.append(row["description"])
        if len(row["code"]) == 4:
            titles.append(Title(row["preferredLabel"], isco=row["code"]))
    with gzip.open(folder / "find_job_titles" / "titles_combined.txt.gz", "rt", encoding="utf-8") as file:
        titles += [Title(line.strip()) for line in file]
    for name in ("queries.tsv", "corpus_documents.tsv"):
        lines = (folder / "avature" / name).read_text(encoding="utf-8").splitlines()
        titles += [Title(line.split("\t")[1]) for line in lines if "\t" in line]
    roles = {}
    for row in _table(folder / "ipod-gazetteer" / "gazetteer.csv", ","):
        votes = [row["A1"], row["A2"], row["A3"]]
        roles[row["Title"].strip().lower()] = max(sorted(set(votes)), key=votes.count)
    job_zones = {row["O*NET-SOC Code"]: int(row["Job Zone"]) for row in _table(folder / "onet" / "Job Zones.txt", "\t")}
    judged = {folded(row["Title"]) for row in _table(folder / "JobLevelData.csv", ",")}
    judged |= {folded(text) for own, text in onet.reported if own in onet.held_out}
    return Corpus(_once(titles, judged), _sentences(sentences, judged), occupations, job_zones, roles, tasks)


def _once(titles: list[Title], judged: set[str]) -> list[Title]:
    """Each title once; where several sources have it, what each says of it is joined."""
    found: dict[str, Title] = {}
    for title in titles:
        key = folded(title.text)
        if not key or key in judged or len(key) > 120:
            continue
        known = found.setdefault(key, title)
        known.soc = known.soc or title.soc
        known.isco = known.isco or title.isco
        known.occupation = known.occupation or title.occupation
    return list(found.values())


def _sentences(texts: list[str], judged: set[str]) -> list[str]:
    parts = (part.strip() for text in texts for part in re.split(r"(?<=[.;!?])\s+", text.replace("\n", " ")))
    return sorted({part for part in parts if 12 <= len(part) <= 400 and folded(part) not in judged})
