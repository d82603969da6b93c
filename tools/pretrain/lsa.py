"""Word vectors to begin with: latent semantic analysis (Deerwester et al. 1990) of the occupations' texts. A small encoder has no time to
learn from nothing which words stand together; counting tells it in seconds."""

import math
from collections import Counter

import torch
from torch.nn import functional as F

from corpus import Corpus
from wordpiece import WordPiece

LONGEST = 400


def word_vectors(corpus: Corpus, tokenizer: WordPiece, dim: int, seed: int) -> torch.Tensor:
    """[vocabulary, dim], each of length 1: its direction in `dim - 1` dimensions says what occupations the piece stands with, its length there
    how few it stands with (inverse document frequency), and the last dimension is what is missing to 1. A piece that tells nothing points there alone."""
    texts = {key: [text] for key, text in corpus.occupations.items()}
    for title in corpus.titles:
        if title.occupation:
            texts[title.occupation].append(title.text)
    for key, tasks in corpus.tasks.items():
        texts[key] += tasks
    counts = [Counter(piece for text in own for piece in tokenizer.encode(text, LONGEST)[0][1:-1]) for own in texts.values()]
    documents = Counter(piece for own in counts for piece in own)
    rarity = torch.zeros(len(tokenizer.pieces))
    for piece, count in documents.items():
        rarity[piece] = math.log(len(counts) / count)
    table = torch.zeros(len(tokenizer.pieces), len(counts))
    for column, own in enumerate(counts):
        for piece, count in own.items():
            table[piece, column] = (1 + math.log(count)) * rarity[piece]
    table = F.normalize(table, dim=0)
    torch.manual_seed(seed)
    left, _, _ = torch.svd_lowrank(table, q=dim - 1, niter=3)
    # Turned at random, so that no dimension is larger than another and layer normalisation finds a mean of 0.
    turn, _ = torch.linalg.qr(torch.randn(dim - 1, dim - 1))
    vectors = F.normalize(left @ turn, dim=-1) * (rarity / rarity.max())[:, None]
    rest = (1 - vectors.square().sum(-1, keepdim=True)).clamp(min=0).sqrt()
    return torch.cat([vectors, rest], dim=-1)
