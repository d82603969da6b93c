"""Chooses how an encoder is fine-tuned, by nested validation: in each of 5 folds the candidates train on most of the rows outside it and are
scored on the rest of these; the fold itself is never looked at.

    python3 tools/pretrain/tune.py --data JobLevelData.csv --encoder FILE [--rates 3e-4,5e-4,1e-3] [--decays 1,.8] [--epochs 4,8]
"""

import argparse
import itertools
import random
from pathlib import Path
from types import SimpleNamespace

import torch
from torch.nn import functional as F

from model import Encoder, Packed
from probe import fine_tuned, folds_of, read
from weights import read_weights
from wordpiece import WordPiece

FOLDS = 5
INNER_SHARE = 0.2


def numbers(text: str) -> list[float]:
    return [float(value) for value in text.split(",")]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--rates", type=numbers, default=[3e-4, 5e-4, 1e-3])
    parser.add_argument("--decays", type=numbers, default=[1.0, 0.8])
    parser.add_argument("--epochs", type=numbers, default=[4, 8])
    parser.add_argument("--dropouts", type=numbers, default=[0.1])
    parser.add_argument("--folds", type=int, default=FOLDS)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    tokenizer = WordPiece(Path(__file__).resolve().parents[2] / "public" / "models" / "rung-mini" / "vocab.txt")
    titles, labels, _ = read(args.data)
    encoded = [tokenizer.encode(title, 48)[0] for title in titles]
    fold_of = folds_of(labels, FOLDS, random.Random(args.seed))
    for rate, decay, epochs, dropout in itertools.product(args.rates, args.decays, args.epochs, args.dropouts):
        scores = []
        for fold in range(args.folds):
            rng = random.Random(args.seed + fold)
            torch.manual_seed(args.seed + fold)
            rest = [row for row in range(len(titles)) if fold_of[row] != fold]
            rng.shuffle(rest)
            cut = round(INNER_SHARE * len(rest))
            inner, train = rest[:cut], rest[cut:]
            encoder = Encoder(len(tokenizer.pieces), dropout=dropout)
            read_weights(args.encoder, encoder)
            how = SimpleNamespace(rate=rate, decay=decay, epochs=int(epochs), pooling="cls")
            model = fine_tuned(encoder, encoded, labels, train, how, rng)
            with torch.no_grad():
                logits = model(Packed.of([encoded[row] for row in inner], labels.device))
            predicted, truth = (logits > 0).float(), labels[inner]
            micro = float(2 * (predicted * truth).sum() / (predicted.sum() + truth.sum()))
            exact = float((predicted == truth).all(1).float().mean())
            scores.append((micro, exact, float(F.binary_cross_entropy_with_logits(logits, truth))))
        means = [sum(column) / len(scores) for column in zip(*scores)]
        print(f"rate {rate:g} decay {decay:g} epochs {epochs:g} dropout {dropout:g}: micro-F1 {means[0]:.4f} exact {means[1]:.4f} loss {means[2]:.4f}", flush=True)


if __name__ == "__main__":
    main()
