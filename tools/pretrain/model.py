"""DistilBERT (Sanh et al. 2019) with Hugging Face's parameter names, in plain PyTorch: the encoder that is pretrained. Like the app's
engine it reads packed batches: the tokens of all texts one after the other, so that no product is spent on padding."""

import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F


@dataclass
class Packed:
    """Texts of a batch, N tokens in B texts."""

    ids: torch.Tensor
    """[N]"""
    text: torch.Tensor
    """[N] index of the token's text"""
    place: torch.Tensor
    """[N] place in its text"""
    first: torch.Tensor
    """[B] where each text begins"""
    longest: int

    @staticmethod
    def of(encoded: list[list[int]], device: torch.device) -> "Packed":
        lengths = torch.tensor([len(ids) for ids in encoded])
        first = torch.cumsum(lengths, 0) - lengths
        text = torch.repeat_interleave(torch.arange(len(encoded)), lengths)
        ids = torch.tensor([token for ids in encoded for token in ids])
        place = torch.arange(len(ids)) - first[text]
        return Packed(ids.to(device), text.to(device), place.to(device), first.to(device), int(lengths.max()))


class Layer(nn.Module):
    def __init__(self, dim: int, heads: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.rate = heads, dropout
        self.attention = nn.ModuleDict({name: nn.Linear(dim, dim) for name in ("q_lin", "k_lin", "v_lin", "out_lin")})
        self.sa_layer_norm = nn.LayerNorm(dim, eps=1e-12)
        self.ffn = nn.ModuleDict({"lin1": nn.Linear(dim, hidden), "lin2": nn.Linear(hidden, dim)})
        self.output_layer_norm = nn.LayerNorm(dim, eps=1e-12)

    def forward(self, x: torch.Tensor, packed: Packed, mask: torch.Tensor) -> torch.Tensor:
        """x [N, H], mask [B, 1, 1, T] true at tokens -> [N, H]"""
        batch, length, dim = mask.shape[0], mask.shape[3], x.shape[1]
        at = packed.text * length + packed.place

        def split(name: str) -> torch.Tensor:
            padded = x.new_zeros(batch * length, dim).index_copy(0, at, self.attention[name](x))
            return padded.view(batch, length, self.heads, -1).transpose(1, 2)  # [B, A, T, D]

        rate = self.rate if self.training else 0.0
        scores = split("q_lin") @ split("k_lin").transpose(2, 3) / math.sqrt(dim // self.heads)  # [B, A, T, T]
        scores = scores.masked_fill(~mask, -1e9).softmax(-1)
        context = F.dropout(scores, rate) @ split("v_lin") if rate else scores @ split("v_lin")
        context = context.transpose(1, 2).reshape(batch * length, dim)[at]
        x = self.sa_layer_norm(self.attention["out_lin"](context) + x)
        wide = self.ffn["lin2"](F.gelu(self.ffn["lin1"](x)))
        return self.output_layer_norm(F.dropout(wide, rate, self.training) + x)


class Encoder(nn.Module):
    """Parameters as in DistilBertModel, and `pre_classifier` of DistilBertForSequenceClassification: the layer that reads [CLS]."""

    def __init__(self, vocabulary: int, dim=192, layers=4, heads=6, hidden=768, positions=128, dropout=0.1) -> None:
        super().__init__()
        self.rate = dropout
        self.embeddings = nn.ModuleDict(
            {
                "word_embeddings": nn.Embedding(vocabulary, dim),
                "position_embeddings": nn.Embedding(positions, dim),
                "LayerNorm": nn.LayerNorm(dim, eps=1e-12),
            }
        )
        self.transformer = nn.ModuleDict({"layer": nn.ModuleList(Layer(dim, heads, hidden, dropout) for _ in range(layers))})
        self.pre_classifier = nn.Linear(dim, dim)
        for name, parameter in self.named_parameters():
            if name.endswith("bias"):
                nn.init.zeros_(parameter)
            elif parameter.dim() == 2:
                nn.init.normal_(parameter, std=0.02 if "embeddings" in name else 1 / math.sqrt(dim))

    def forward(self, packed: Packed) -> torch.Tensor:
        """-> hidden states [N, H]"""
        places = torch.arange(packed.longest, device=packed.ids.device)
        lengths = torch.bincount(packed.text, minlength=len(packed.first))
        mask = (places < lengths[:, None])[:, None, None, :]  # [B, 1, 1, T]
        x = self.embeddings["word_embeddings"](packed.ids) + self.embeddings["position_embeddings"](packed.place)
        x = F.dropout(self.embeddings["LayerNorm"](x), self.rate, self.training)
        for layer in self.transformer["layer"]:
            x = layer(x, packed, mask)
        return x

    def read(self, hidden: torch.Tensor, packed: Packed) -> torch.Tensor:
        """What a head reads of each text: [CLS] through `pre_classifier`. -> [B, H]"""
        return F.relu(self.pre_classifier(hidden[packed.first]))


def mean_pooled(hidden: torch.Tensor, packed: Packed) -> torch.Tensor:
    """[N, H] -> [B, H], over each text's tokens."""
    sums = hidden.new_zeros(len(packed.first), hidden.shape[1]).index_add(0, packed.text, hidden)
    return sums / torch.bincount(packed.text, minlength=len(packed.first))[:, None]
