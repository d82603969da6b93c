"""Finds the O*NET occupation of a title that nobody labelled, by cosine against each occupation's title and description: for titles as
workers reported them, of the occupations whose titles were kept from pretraining (a fifth, see `corpus.py`), among all occupations.

    python3 tools/pretrain/zero_shot.py --data DIR --encoder FILE
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from scipy.sparse import hstack
from torch.nn import functional as F

from corpus import folded, read_corpus, read_onet
from lsa import word_vectors
from model import Encoder, Packed, mean_pooled
from pretrain import begin_with
from weights import read_weights
from wordpiece import WordPiece

RESAMPLES = 2000


def tfidf_scores(queries: list[str], documents: list[str]) -> np.ndarray:
    """Cosine, queries x documents, over words, pairs of words and pieces of 2 to 5 letters."""
    forms = [
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
    ]
    fitted = [(form, form.fit_transform(documents)) for form in forms]
    against = hstack([matrix for _, matrix in fitted]).tocsr()
    asked = hstack([form.transform(queries) for form, _ in fitted]).tocsr()
    return (asked @ against.T).toarray()


@torch.no_grad()
def embedding_scores(encoder: Encoder, tokenizer: WordPiece, queries: list[str], documents: list[str]) -> np.ndarray:
    def embedded(texts: list[str]) -> torch.Tensor:
        parts = []
        for start in range(0, len(texts), 256):
            packed = Packed.of([tokenizer.encode(text, 128)[0] for text in texts[start : start + 256]], torch.device("cpu"))
            parts.append(F.normalize(mean_pooled(encoder(packed), packed), dim=-1))
        return torch.cat(parts)

    return (embedded(queries) @ embedded(documents).T).numpy()


def ranks_of(scores: np.ndarray, truth: list[int]) -> np.ndarray:
    """How many documents score higher than the true one."""
    own = scores[np.arange(len(truth)), truth]
    return (scores > own[:, None]).sum(1)


def interval(hits: np.ndarray, groups: np.ndarray) -> tuple[float, float]:
    """95 % bootstrap over occupations, whose titles stand and fall together."""
    random = np.random.default_rng(1)
    names = np.unique(groups)
    sums = np.array([hits[groups == name].sum() for name in names])
    counts = np.array([(groups == name).sum() for name in names])
    drawn = random.integers(0, len(names), (RESAMPLES, len(names)))
    return tuple(np.percentile(sums[drawn].sum(1) / counts[drawn].sum(1), [2.5, 97.5]))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    args = parser.parse_args()
    onet = read_onet(args.data)
    codes = list(onet.occupations)
    documents = [onet.occupations[code] for code in codes]
    # A title that several occupations report has no one answer; one that names its occupation needs no encoder.
    owners: dict[str, set[str]] = {}
    for code, title in onet.reported:
        owners.setdefault(folded(title), set()).add(code)
    asked = [(title, code) for code, title in onet.reported if code in onet.held_out and len(owners[folded(title)]) == 1]
    queries, truth = [title for title, _ in asked], [codes.index(code) for _, code in asked]
    groups = np.array(truth)
    print(f"{len(queries)} titles of {len(onet.held_out)} occupations held out, among {len(codes)} occupations")
    tokenizer = WordPiece(Path(__file__).resolve().parents[2] / "public" / "models" / "rung-mini" / "vocab.txt")
    torch.manual_seed(1)
    random_encoder = Encoder(len(tokenizer.pieces)).eval()
    counted = Encoder(len(tokenizer.pieces)).eval()
    begin_with(counted, word_vectors(read_corpus(args.data), tokenizer, 192, 1))
    trained = Encoder(len(tokenizer.pieces)).eval()
    read_weights(args.encoder, trained)
    embeddings = embedding_scores(trained, tokenizer, queries, documents)
    words = tfidf_scores(queries, documents)
    for name, scores in (
        ("TF-IDF", words),
        ("encoder, random weights", embedding_scores(random_encoder, tokenizer, queries, documents)),
        ("encoder, before the first step", embedding_scores(counted, tokenizer, queries, documents)),
        ("encoder, pretrained", embeddings),
        ("encoder + TF-IDF, half and half", embeddings + words),
    ):
        ranks = ranks_of(scores, truth)
        line = []
        for most in (1, 5, 10):
            hits = (ranks < most).astype(float)
            low, high = interval(hits, groups)
            line.append(f"top-{most} {hits.mean():.3f} ({low:.3f} to {high:.3f})")
        print(f"{name:32} {'  '.join(line)}")


if __name__ == "__main__":
    main()
