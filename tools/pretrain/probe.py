"""How well an encoder fine-tunes on a labelled file, quickly: much as the app does it, out of fold, in PyTorch. For choosing between
pretrainings; what is reported comes from `npm run eval`.

    python3 tools/pretrain/probe.py --data JobLevelData.csv [--encoder FILE] [--seeds 1,2,3] [--folds 5]
"""

import argparse
import csv
import random
import statistics
from collections import Counter
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from model import Encoder, Packed, mean_pooled
from weights import read_weights
from wordpiece import WordPiece

LAYERS = 4


class Classifier(nn.Module):
    def __init__(self, encoder: Encoder, labels: int, pooling: str) -> None:
        super().__init__()
        self.encoder, self.pooling = encoder, pooling
        self.classifier = nn.Linear(192, labels)
        nn.init.normal_(self.classifier.weight, std=0.072)
        nn.init.zeros_(self.classifier.bias)

    def forward(self, packed: Packed) -> torch.Tensor:
        hidden = self.encoder(packed)
        read = self.encoder.read(hidden, packed) if self.pooling == "cls" else mean_pooled(hidden, packed)
        return self.classifier(F.dropout(read, 0.1, self.training))


def read(path: Path) -> tuple[list[str], torch.Tensor, list[str]]:
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
        rows = [(row[0], sorted({cell.strip() for cell in row[1:]} - {""})) for row in list(csv.reader(file))[1:]]
    rows = [row for row in rows if row[1]]
    names = [name for name, _ in Counter(label for _, own in rows for label in own).most_common()]
    labels = torch.tensor([[float(name in own) for name in names] for _, own in rows])
    return [title for title, _ in rows], labels, names


def folds_of(labels: torch.Tensor, count: int, rng: random.Random) -> list[int]:
    """Fold of each row, stratified on the label set."""
    rows = list(range(len(labels)))
    rng.shuffle(rows)
    rows.sort(key=lambda row: str(labels[row].tolist()))
    fold = [0] * len(rows)
    for place, row in enumerate(rows):
        fold[row] = place % count
    return fold


def depth(name: str) -> int:
    if ".layer." in name:
        return int(name.split(".")[3]) + 1
    return 0 if ".embeddings." in name else LAYERS + 1


def fine_tuned(encoder: Encoder, encoded: list[list[int]], labels: torch.Tensor, train: list[int], args, rng: random.Random) -> Classifier:
    model = Classifier(encoder, labels.shape[1], args.pooling)
    groups = [
        {"params": [parameter], "peak": args.rate * args.decay ** (LAYERS + 1 - depth(name)), "weight_decay": 0.01 if parameter.dim() > 1 else 0.0}
        for name, parameter in model.named_parameters()
    ]
    optimiser = torch.optim.AdamW(groups, lr=args.rate)
    steps, step = args.epochs * ((len(train) + 31) // 32), 0
    model.train()
    for _ in range(args.epochs):
        rng.shuffle(train)
        for at in range(0, len(train), 32):
            rows = train[at : at + 32]
            for group in optimiser.param_groups:
                group["lr"] = group["peak"] * min((step + 1) / (0.1 * steps), (steps - step) / (0.9 * steps))
            logits = model(Packed.of([encoded[row] for row in rows], labels.device))
            loss = F.binary_cross_entropy_with_logits(logits, labels[rows])
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            step += 1
    return model.eval()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--encoder", type=Path)
    parser.add_argument("--seeds", default="1")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--decay", type=float, default=1.0, help="learning rate of each layer against the one above it")
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--pooling", choices=["cls", "mean"], default="cls")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    tokenizer = WordPiece(Path(__file__).resolve().parents[2] / "public" / "models" / "rung-mini" / "vocab.txt")
    titles, labels, _ = read(args.data)
    encoded = [tokenizer.encode(title, 48)[0] for title in titles]
    results = []
    for seed in map(int, args.seeds.split(",")):
        rng = random.Random(seed)
        torch.manual_seed(seed)
        fold_of = folds_of(labels, args.folds, rng)
        probabilities = torch.zeros_like(labels)
        for fold in range(args.folds):
            train = [row for row in range(len(titles)) if fold_of[row] != fold]
            test = [row for row in range(len(titles)) if fold_of[row] == fold]
            encoder = Encoder(len(tokenizer.pieces), dropout=args.dropout)
            if args.encoder:
                read_weights(args.encoder, encoder)
            model = fine_tuned(encoder, encoded, labels, train, args, rng)
            with torch.no_grad():
                probabilities[test] = model(Packed.of([encoded[row] for row in test], labels.device)).sigmoid()
        predicted = (probabilities > 0.5).float()
        true = (predicted * labels).sum(0)
        f1 = 2 * true / (predicted.sum(0) + labels.sum(0))
        micro = float(2 * true.sum() / (predicted.sum() + labels.sum()))
        macro = float(f1[labels.sum(0) >= 10].mean())
        exact = float((predicted == labels).all(1).float().mean())
        results.append((micro, macro, exact))
        print(f"seed {seed}: micro {micro:.4f} macro {macro:.4f} exact {exact:.4f}", [f"{x:.3f}" for x in f1.tolist()], flush=True)
    print("mean", [f"{statistics.mean(column):.4f}" for column in zip(*results)])


if __name__ == "__main__":
    main()
