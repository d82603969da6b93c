"""Pretrains the encoder that Rung ships. Every step mixes its objectives, for chained ones forget what came before:

- masked words of titles, and of sentences about work (Devlin et al. 2019, whole words);
- the ranks that made titles hold and that real ones name, read from [CLS] through `pre_classifier`, as a classifier reads it later;
- the ISCO group, O*NET major group and job zone of a title's occupation, from the same;
- for each word, whether the gazetteer has it as rank, field or place;
- a title against the title and description of its occupation, mean pooled, with every other occupation as a negative (van den Oord et
  al. 2018; those not in the batch come from a table of what they were last, Wu et al. 2018).

Half of the titles are shortened and misspelled first, as people do it (`noise.py`). The words begin where counting puts them (`lsa.py`). What is kept is the running average of the weights.

    python3 tools/pretrain/pretrain.py --data DIR [--weights FILE] [--facts FILE] [--steps 8000] [--seed 1] [--threads 2]

Runs on a graphics card where PyTorch finds one. Reads `public/models/rung-mini/vocab.txt`. `npm run pretrain` calls it and makes the
model folder.
"""

import argparse
import copy
import json
import math
import platform
import random
import time
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from corpus import Corpus, Title, read_corpus
from lsa import word_vectors
from model import Encoder, Packed, mean_pooled
from noise import noisy
from ranks import RANK_NAMES, fields_of, made_title, named_ranks
from weights import write_weights
from wordpiece import WordPiece

ROLES = ["O", "RES", "FUN", "LOC"]
MOST_TITLE_TOKENS = 20
MOST_SENTENCE_TOKENS = 40
TEMPERATURE = 0.05
# Of the first weights: deviation of word and of position embeddings, and how much of its usual size what a layer adds has.
WORD_DEVIATION, PLACE_DEVIATION, FIRST_SHARE = 0.25, 0.05, 0.1
# Learning rate of the word embeddings over that of the rest: they know something from the beginning.
WORD_RATE = 0.5
WEIGHTS = {
    "title words": 1.0, "sentence words": 0.5, "made ranks": 8.0, "named ranks": 4.0, "isco": 0.3, "soc": 0.3, "zone": 0.2, "role": 0.3,
    "contrast": 1.0,
}  # fmt: skip


class Heads(nn.Module):
    """What the objectives read the encoder with; none of it is shipped."""

    def __init__(self, dim: int, vocabulary: int, groups: int, majors: int) -> None:
        super().__init__()
        self.word_transform = nn.Linear(dim, dim)
        self.word_norm = nn.LayerNorm(dim)
        self.word_bias = nn.Parameter(torch.zeros(vocabulary))
        self.rank = nn.Linear(dim, len(RANK_NAMES))
        self.role = nn.Linear(dim, len(ROLES))
        self.isco = nn.Linear(dim, groups)
        self.soc = nn.Linear(dim, majors)
        self.zone = nn.Linear(dim, 5)

    def words(self, hidden: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
        return self.word_norm(F.gelu(self.word_transform(hidden))) @ table.T + self.word_bias


class Batches:
    """Everything a step needs, drawn from one seeded generator."""

    def __init__(self, corpus: Corpus, tokenizer: WordPiece, seed: int, size: int, device: torch.device) -> None:
        self.corpus, self.tokenizer, self.size, self.device = corpus, tokenizer, size, device
        self.rng = random.Random(seed)
        self.fields = fields_of([title.text for title in corpus.titles])
        self.groups = sorted({title.isco[:2] for title in corpus.titles if title.isco})
        self.majors = sorted({title.soc[:2] for title in corpus.titles if title.soc})
        self.occupations = list(corpus.occupations)
        self.index = {key: i for i, key in enumerate(self.occupations)}
        self.described = [tokenizer.encode(corpus.occupations[key], MOST_SENTENCE_TOKENS)[0] for key in self.occupations]
        self.is_onet = torch.tensor([not key.startswith("http") for key in self.occupations], device=device)
        self.with_occupation = [title for title in corpus.titles if title.occupation]
        self.named = [title for title in corpus.titles if named_ranks(title.text) - {"staff"}]

    def masked(self, text: str, most: int, share: float) -> tuple[list[int], list[int]]:
        """Ids with whole words hidden (80 %), swapped (10 %) or left (10 %), and the true ids at those places, else -100."""
        rng = self.rng
        ids, words = self.tokenizer.encode(text, most)
        ids, targets = list(ids), [-100] * len(ids)
        count = max(words) + 1
        if count == 0:
            return ids, targets
        chosen = {word for word in range(count) if rng.random() < share} or {rng.randrange(count)}
        for place, word in enumerate(words):
            if word in chosen:
                targets[place] = ids[place]
                draw = rng.random()
                if draw < 0.8:
                    ids[place] = self.tokenizer.mask
                elif draw < 0.9:
                    ids[place] = rng.randrange(110, len(self.tokenizer.pieces))
        return ids, targets

    def typed(self, text: str) -> str:
        return noisy(text, self.rng) if self.rng.random() < 0.5 else text

    def real_titles(self, count: int) -> list[Title]:
        """A third of those whose occupation is known, a third of those that name a rank, a third of all."""
        pools = (self.with_occupation, self.named, self.corpus.titles)
        return [self.rng.choice(pools[i % 3]) for i in range(count)]

    def roles(self, text: str) -> list[int]:
        """Of each token: the index in ROLES of its word, -100 where the gazetteer lacks it."""
        split = self.tokenizer.words(text)
        known = self.corpus.roles
        _, words = self.tokenizer.encode(text, MOST_TITLE_TOKENS)
        return [ROLES.index(known[split[word]]) if word >= 0 and split[word] in known else -100 for word in words]

    def ranks(self, names: list[set[str]]) -> torch.Tensor:
        return torch.tensor([[float(rank in own) for rank in RANK_NAMES] for own in names], device=self.device)

    def whole(self, values: list[int]) -> torch.Tensor:
        return torch.tensor(values, device=self.device)


def losses(encoder: Encoder, heads: Heads, batches: Batches, table: torch.Tensor, longer_too: bool) -> dict[str, torch.Tensor]:
    """Of one step. `table` [occupations, H] holds what each occupation's text was last, and is brought up to date. Sentences and the
    texts of occupations, which take as long as all titles, are read with `longer_too` only."""
    rng, size, tokenizer, device, found = batches.rng, batches.size, batches.tokenizer, batches.device, {}
    embeddings = encoder.embeddings["word_embeddings"].weight

    # One packed batch of titles: some with words hidden, some real, some made.
    hiding = [batches.masked(batches.typed(title.text), MOST_TITLE_TOKENS, 0.25) for title in rng.choices(batches.corpus.titles, k=size)]
    real = batches.real_titles(size)
    typed = [batches.typed(title.text) for title in real]
    made, made_ranks = zip(*(made_title(batches.fields, rng) for _ in range(size)))
    encoded = [ids for ids, _ in hiding]
    encoded += [tokenizer.encode(text, MOST_TITLE_TOKENS)[0] for text in [*typed, *map(batches.typed, made)]]
    packed = Packed.of(encoded, device)
    hidden = encoder(packed)
    targets = batches.whole([target for _, own in hiding for target in own])
    at = (targets >= 0).nonzero()[:, 0]
    found["title words"] = F.cross_entropy(heads.words(hidden[at], embeddings), targets[at])
    read = encoder.read(hidden, packed)
    found["named ranks"] = F.binary_cross_entropy_with_logits(
        heads.rank(read[size : 2 * size]), batches.ranks([named_ranks(title.text) for title in real])
    )
    found["made ranks"] = F.binary_cross_entropy_with_logits(heads.rank(read[2 * size :]), batches.ranks(list(made_ranks)))
    group = batches.whole([batches.groups.index(title.isco[:2]) if title.isco else -100 for title in real])
    major = batches.whole([batches.majors.index(title.soc[:2]) if title.soc else -100 for title in real])
    zone = batches.whole([batches.corpus.job_zones.get(title.soc or "", -99) - 1 for title in real])
    for name, head, target in (("isco", heads.isco, group), ("soc", heads.soc, major), ("zone", heads.zone, zone)):
        found[name] = F.cross_entropy(head(read[size : 2 * size]), target)
    roles = batches.whole([role for text in typed for role in batches.roles(text)])
    begin = int(packed.first[size])
    found["role"] = F.cross_entropy(heads.role(hidden[begin : begin + len(roles)]), roles)

    placed = [(i, batches.index[title.occupation]) for i, title in enumerate(real) if title.occupation]
    against = table
    if longer_too:
        # One of longer texts: sentences with words hidden, and occupations.
        fresh = sorted({own for _, own in placed})
        fresh = rng.sample(fresh, min(len(fresh), size // 4))
        hiding = [batches.masked(text, MOST_SENTENCE_TOKENS, 0.15) for text in rng.choices(batches.corpus.sentences, k=size // 4)]
        longer = Packed.of([ids for ids, _ in hiding] + [batches.described[own] for own in fresh], device)
        states = encoder(longer)
        targets = batches.whole([target for _, own in hiding for target in own])
        at = (targets >= 0).nonzero()[:, 0]
        found["sentence words"] = F.cross_entropy(heads.words(states[at], embeddings), targets[at])
        live = F.normalize(mean_pooled(states, longer)[len(hiding) :], dim=-1)
        where = batches.whole(fresh)
        against = table.index_copy(0, where, live)
        table.index_copy_(0, where, live.detach())
    rows, own = batches.whole([i for i, _ in placed]), batches.whole([own for _, own in placed])
    queries = F.normalize(mean_pooled(hidden, packed)[size + rows], dim=-1)
    scores = queries @ against.T / TEMPERATURE
    other_taxonomy = batches.is_onet[own][:, None] != batches.is_onet[None, :]
    found["contrast"] = F.cross_entropy(scores.masked_fill(other_taxonomy, -1e9), own)
    return found


@torch.no_grad()
def begin_with(encoder: Encoder, vectors: torch.Tensor) -> None:
    """Makes the untrained encoder one whose mean-pooled output is about the mean of `vectors` [vocabulary, H]: every layer adds little at
    first, and the last leaves out the dimension that holds what a piece does not tell."""
    table = encoder.embeddings["word_embeddings"].weight
    table.copy_(vectors * WORD_DEVIATION * math.sqrt(table.shape[1]))
    encoder.embeddings["position_embeddings"].weight.normal_(std=PLACE_DEVIATION)
    for layer in encoder.transformer["layer"]:
        layer.attention["out_lin"].weight.mul_(FIRST_SHARE)
        layer.ffn["lin2"].weight.mul_(FIRST_SHARE)
    encoder.transformer["layer"][-1].output_layer_norm.weight[-1] = 0


@torch.no_grad()
def refresh(encoder: Encoder, batches: Batches, table: torch.Tensor) -> None:
    """Reads every occupation's text anew."""
    encoder.eval()
    for start in range(0, len(batches.described), 256):
        packed = Packed.of(batches.described[start : start + 256], batches.device)
        table[start : start + 256] = F.normalize(mean_pooled(encoder(packed), packed), dim=-1)
    encoder.train()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, default=Path("model.safetensors"))
    parser.add_argument("--facts", type=Path, default=Path("pretraining.json"))
    parser.add_argument("--steps", type=int, default=8000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--size", type=int, default=40, help="titles of each kind a step")
    parser.add_argument("--rate", type=float, default=1e-3)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    tokenizer = WordPiece(Path(__file__).resolve().parents[2] / "public" / "models" / "rung-mini" / "vocab.txt")
    batches = Batches(read_corpus(args.data), tokenizer, args.seed, args.size, device)
    encoder = Encoder(len(tokenizer.pieces), dropout=0.0).to(device)
    begin_with(encoder, word_vectors(batches.corpus, tokenizer, 192, args.seed).to(device))
    heads = Heads(192, len(tokenizer.pieces), len(batches.groups), len(batches.majors)).to(device)
    table = torch.zeros(len(batches.occupations), 192, device=device)
    average = copy.deepcopy(encoder)
    parameters = [*encoder.parameters(), *heads.parameters()]
    plain = [p for p in parameters if p.dim() < 2]
    words = encoder.embeddings["word_embeddings"].weight
    decayed = [p for p in parameters if p.dim() >= 2 and p is not words]
    groups = [
        {"params": decayed, "weight_decay": 0.01, "share": 1.0},
        {"params": plain, "weight_decay": 0.0, "share": 1.0},
        {"params": [words], "weight_decay": 0.01, "share": WORD_RATE},
    ]
    optimiser = torch.optim.AdamW(groups, lr=args.rate)
    started, running = time.time(), {}
    for step in range(args.steps):
        if step % 1000 == 0:
            refresh(encoder, batches, table)
        rate = args.rate * min((step + 1) / 300, 0.02 + 0.49 * (1 + math.cos(math.pi * step / args.steps)))
        for group in optimiser.param_groups:
            group["lr"] = rate * group["share"]
        found = losses(encoder, heads, batches, table, longer_too=step % 2 == 0)
        optimiser.zero_grad()
        sum(WEIGHTS[name] * loss for name, loss in found.items()).backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        with torch.no_grad():
            keep = min(0.999, step / (step + 10))
            for kept, now in zip(average.parameters(), encoder.parameters()):
                kept.lerp_(now, 1 - keep)
        for name, loss in found.items():
            running[name] = 0.98 * running.get(name, loss.item()) + 0.02 * loss.item()
        if (step + 1) % 100 == 0:
            print(step + 1, f"{time.time() - started:.0f}s", " ".join(f"{name} {loss:.4f}" for name, loss in running.items()), flush=True)
        if (step + 1) % 500 == 0 or step + 1 == args.steps:
            write_weights(args.weights, average)
            facts = {
                "steps": step + 1, "of": args.steps, "seed": args.seed, "size": args.size, "rate": args.rate,
                "hours": round((time.time() - started) / 3600, 2), "torch": torch.__version__, "machine": machine(device),
                "threads": args.threads, "titles": len(batches.corpus.titles), "sentences": len(batches.corpus.sentences),
                "occupations": len(batches.occupations), "losses": {name: round(loss, 4) for name, loss in running.items()},
            }  # fmt: skip
            args.facts.write_text(json.dumps(facts, indent=2) + "\n")


def machine(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


if __name__ == "__main__":
    main()
