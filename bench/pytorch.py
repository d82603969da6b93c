#!/usr/bin/env python3
"""PyTorch's training step on the bench's batches: DistilBERT's shape in eager mode and, where there is one, under torch.compile.

    node tools/run.mjs bench/batches.ts batches.json 60
    python3 bench/pytorch.py --batches batches.json --hidden 768 [--device cuda] [--json FILE]

float32 throughout, TF32 off. Batches are padded to their longest title with a mask, as Hugging Face's data collator does. Of the word
embeddings the whole table is trained, as PyTorch does by default. Needs nothing but torch.
"""
import argparse
import json
import math
import statistics
import time

import torch
from torch import nn
from torch.nn import functional as F

# No TF32: the other side computes in float32 too.
torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False
torch.set_float32_matmul_precision("highest")

LAYERS, VOCABULARY, POSITIONS, RATE, HEAD_RATE = 6, 30522, 512, 0.1, 0.2


class Layer(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.heads = hidden // 64
        self.q, self.k, self.v, self.out = (nn.Linear(hidden, hidden) for _ in range(4))
        self.attention_norm = nn.LayerNorm(hidden, eps=1e-12)
        self.wide, self.narrow = nn.Linear(hidden, 4 * hidden), nn.Linear(4 * hidden, hidden)
        self.output_norm = nn.LayerNorm(hidden, eps=1e-12)

    def forward(self, x, bias):
        batch, length, hidden = x.shape
        split = lambda y: y.view(batch, length, self.heads, -1).transpose(1, 2)
        q, k, v = split(self.q(x)), split(self.k(x)), split(self.v(x))
        rate = RATE if self.training else 0.0
        if hasattr(F, "scaled_dot_product_attention"):
            context = F.scaled_dot_product_attention(q, k, v, attn_mask=bias, dropout_p=rate)
        else:
            weights = torch.softmax(q @ k.transpose(2, 3) / math.sqrt(q.shape[-1]) + bias, -1)
            context = F.dropout(weights, rate) @ v
        x = self.attention_norm(self.out(context.transpose(1, 2).reshape(batch, length, hidden)) + x)
        return self.output_norm(F.dropout(self.narrow(F.gelu(self.wide(x))), rate) + x)


class DistilBert(nn.Module):
    def __init__(self, hidden, labels):
        super().__init__()
        self.words, self.positions = nn.Embedding(VOCABULARY, hidden), nn.Embedding(POSITIONS, hidden)
        self.norm = nn.LayerNorm(hidden, eps=1e-12)
        self.layers = nn.ModuleList(Layer(hidden) for _ in range(LAYERS))
        self.pre_classifier, self.classifier = nn.Linear(hidden, hidden), nn.Linear(hidden, labels)
        for module in self.modules():
            if isinstance(module, (nn.Linear, nn.Embedding)):
                nn.init.normal_(module.weight, std=0.02)

    def forward(self, ids, bias):
        places = torch.arange(ids.shape[1], device=ids.device)
        rate = RATE if self.training else 0.0
        x = F.dropout(self.norm(self.words(ids) + self.positions(places)), rate)
        for layer in self.layers:
            x = layer(x, bias)
        pooled = F.dropout(F.relu(self.pre_classifier(x[:, 0])), HEAD_RATE if self.training else 0.0)
        return self.classifier(pooled)


def padded(titles, device):
    longest = max(map(len, titles))
    ids = torch.tensor([title + [0] * (longest - len(title)) for title in titles])
    real = torch.tensor([[1.0] * len(title) + [0.0] * (longest - len(title)) for title in titles])
    bias = ((1 - real) * -1e9)[:, None, None, :]
    return ids.to(device), bias.to(device)


def wait(device):
    if device.type == "cuda":
        torch.cuda.synchronize()


def timed(device, work):
    wait(device)
    start = time.perf_counter()
    work()
    wait(device)
    return time.perf_counter() - start


def train(model, batches, warmup, device):
    decayed = [p for n, p in model.named_parameters() if not n.endswith("bias") and "norm" not in n]
    rest = [p for n, p in model.named_parameters() if n.endswith("bias") or "norm" in n]
    groups = [{"params": decayed, "weight_decay": 0.01}, {"params": rest, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=5e-5)
    model.train()

    def step(batch):
        ids, bias = padded(batch["ids"], device)
        labels = torch.tensor(batch["labels"], dtype=torch.float32, device=device)
        loss = F.binary_cross_entropy_with_logits(model(ids, bias), labels)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()

    seconds = [timed(device, lambda: step(batch)) for batch in batches]
    tokens = [sum(map(len, batch["ids"])) for batch in batches]
    slots = [len(batch["ids"]) * max(map(len, batch["ids"])) for batch in batches]
    median = statistics.median(seconds[warmup:])
    return {
        "msPerStep": median * 1000,
        "tokensPerSecond": statistics.mean(tokens[warmup:]) / median,
        "padding": 1 - sum(tokens[warmup:]) / sum(slots[warmup:]),
        "allocatedBytes": torch.cuda.max_memory_allocated() if device.type == "cuda" else None,
        "tflops": arithmetic(model, statistics.mean(tokens[warmup:])) / median / 1e12,
    }


def arithmetic(model, tokens):
    """Floating-point operations that a step without padding needs: 6 a token and weight of the layers' matrices."""
    weights = sum(p.numel() for n, p in model.named_parameters() if n.startswith("layers") and p.dim() == 2)
    return 6 * tokens * weights


@torch.no_grad()
def predict(model, titles, device):
    model.eval()

    def read(part):
        return model(*padded(part, device)).cpu()

    one = min(timed(device, lambda: read([title])) for title in titles[:10] for _ in range(2))
    many = min(timed(device, lambda: read(titles[:256])) for _ in range(3))
    return {"forward1": 1 / one, "forward256": min(256, len(titles)) / many}


def ceiling(device, hidden, tokens):
    """TFLOP/s of float32 products: of this model's widest layer, and of a large square one."""

    def rate(m, k, n):
        a, b = torch.randn(m, k, device=device), torch.randn(k, n, device=device)
        best = min(timed(device, lambda: a @ b) for _ in range(20))
        return 2 * m * k * n / best / 1e12

    large = 8192 if device.type == "cuda" else 1024
    return {"layer": rate(tokens, hidden, 4 * hidden), "large": rate(large, large, large)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batches", required=True)
    parser.add_argument("--hidden", type=int, default=768)
    parser.add_argument("--warmup", type=int, default=40, help="steps before the first that is measured")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--json")
    options = parser.parse_args()
    device = torch.device(options.device)
    data = json.load(open(options.batches, encoding="utf-8"))
    batches = data["batches"]
    titles = [title for batch in batches for title in batch["ids"]]
    warmup = min(options.warmup, len(batches) - 1)
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "processor"
    result = {"device": name, "torch": torch.__version__, "hidden": options.hidden, "tf32": False}
    result["matmulTflops"] = ceiling(device, options.hidden, 256)
    modes = ["eager", "compile"] if hasattr(torch, "compile") else ["eager"]
    for mode in modes:
        torch.manual_seed(1)
        model = DistilBert(options.hidden, data["labelCount"]).to(device)
        run = torch.compile(model, dynamic=True) if mode == "compile" else model
        result[mode] = {**train(run, batches, warmup, device), **predict(run, titles, device)}
    text = json.dumps(result, indent=1)
    print(text)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            file.write(text + "\n")


main()
