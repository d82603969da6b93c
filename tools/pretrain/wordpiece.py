"""The encoder's tokenizer: BERT's normaliser and splitter, then longest match first. Same ids as its tokenizer.json."""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path


class WordPiece:
    def __init__(self, vocabulary: Path) -> None:
        self.pieces = vocabulary.read_text(encoding="utf-8").splitlines()
        self.ids = {piece: i for i, piece in enumerate(self.pieces)}
        self.pad, self.unknown, self.cls, self.sep, self.mask = (
            self.ids[name] for name in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
        )
        self._word = lru_cache(200_000)(self._encode_word)

    def words(self, text: str) -> list[str]:
        text = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(c) != "Mn")
        return re.findall(r"[^\W_]+|[^\w\s]|_", text)

    def encode(self, text: str, most: int) -> tuple[list[int], list[int]]:
        """Ids with [CLS] and [SEP], at most `most`, and the index of the word that each belongs to (-1 for the two)."""
        ids, words = [self.cls], [-1]
        for index, word in enumerate(self.words(text)):
            pieces = self._word(word)
            ids += pieces
            words += [index] * len(pieces)
        return [*ids[: most - 1], self.sep], [*words[: most - 1], -1]

    def _encode_word(self, word: str) -> tuple[int, ...]:
        if len(word) > 100:
            return (self.unknown,)
        found, start = [], 0
        while start < len(word):
            end = len(word)
            while end > start and (piece := ("##" if start else "") + word[start:end]) not in self.ids:
                end -= 1
            if end == start:
                return (self.unknown,)
            found.append(self.ids[piece])
            start = end
        return tuple(found)
