"""Trains the recipe of recipe.json on the split in data/, from the weights in start/.

    accelerate launch train.py            Hugging Face Trainer, on as many devices as accelerate is set up for
    python train.py --plain               the same steps in a plain loop on one device, without accelerate

Both use the functions above them: the order of the titles, the loss, AdamW's groups, the schedule and the choice of the epoch are those
of the page, step by step. Only dropout draws other numbers. The result goes to --output: the model, thresholds.json, figures.json.
"""

import argparse
import csv
import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from transformers import AutoModelForSequenceClassification, AutoTokenizer

here = Path(__file__).resolve().parent
MASK = 0xFFFFFFFF


# Data


def read_rows(path, columns):
    """Texts and labels (0 to 1) of a CSV whose first columns are `columns` and whose others are labels."""
    texts, labels = [], []
    with open(path, encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        next(lines)
        for line in lines:
            texts.append(line[columns.index("text")])
            labels.append([float(cell) for cell in line[len(columns):]])
    return texts, labels


def read_examples(name, recipe, tokenizer):
    texts, labels = read_rows(here / "data" / f"{name}.csv", recipe["columns"])
    ids = tokenizer(texts, truncation=True, max_length=recipe["maxTokens"])["input_ids"] if texts else []
    return [{"input_ids": row, "labels": held} for row, held in zip(ids, labels)]


def collator(tokenizer):
    def collate(rows):
        width = max(len(row["input_ids"]) for row in rows)
        pad = tokenizer.pad_token_id
        ids = [row["input_ids"] + [pad] * (width - len(row["input_ids"])) for row in rows]
        mask = [[1] * len(row["input_ids"]) + [0] * (width - len(row["input_ids"])) for row in rows]
        labels = torch.tensor([row["labels"] for row in rows], dtype=torch.float32)
        return {"input_ids": torch.tensor(ids), "attention_mask": torch.tensor(mask), "labels": labels}

    return collate


class Random:
    """sfc32, its state filled by splitmix32: the page's random numbers."""

    def __init__(self, seed):
        self.seed = seed & MASK
        self.a, self.b, self.c, self.counter = self._fill(), self._fill(), self._fill(), 1
        for _ in range(12):
            self.uint32()

    def _fill(self):
        self.seed = (self.seed + 0x9E3779B9) & MASK
        t = self.seed ^ (self.seed >> 16)
        t = (t * 0x21F0AAAD) & MASK
        t ^= t >> 15
        t = (t * 0x735A2D97) & MASK
        return t ^ (t >> 15)

    def uint32(self):
        t = (self.a + self.b + self.counter) & MASK
        self.counter = (self.counter + 1) & MASK
        self.a = self.b ^ (self.b >> 9)
        self.b = (self.c + (self.c << 3)) & MASK
        self.c = ((self.c << 21) | (self.c >> 11)) & MASK
        self.c = (self.c + t) & MASK
        return t


def epoch_order(count, seed, epoch):
    """The order of the rows in an epoch, counted from 1."""
    random = Random((seed * 0x9E3779B9 + epoch) & MASK)
    order = list(range(count))
    for i in range(count - 1, 0, -1):
        j = int(random.uint32() / 4294967296 * (i + 1))
        order[i], order[j] = order[j], order[i]
    return order


class EpochOrder(torch.utils.data.Sampler):
    """The order of each epoch; Trainer says which one begins, counted from 0."""

    def __init__(self, count, seed):
        self.count, self.seed, self.epoch = count, seed, 0

    def set_epoch(self, epoch):
        self.epoch = epoch

    def __iter__(self):
        return iter(epoch_order(self.count, self.seed, self.epoch + 1))

    def __len__(self):
        return self.count


# Loss


def loss_of(logits, labels, recipe):
    """Mean over titles and labels. `labels` are from 0 to 1, before smoothing."""
    smoothing, kind = recipe["labelSmoothing"], recipe["loss"]["kind"]
    labels = labels * (1 - smoothing) + smoothing / 2
    weights = recipe["positiveWeights"]
    weight = torch.ones(labels.shape[1]) if weights is None else torch.tensor(weights)
    weight = weight.to(logits)
    if kind == "bce":
        return F.binary_cross_entropy_with_logits(logits, labels, pos_weight=weight)
    above, below = F.softplus(logits), F.softplus(-logits)
    if kind == "focal":
        gamma = recipe["loss"]["gamma"]
        present = labels * weight * torch.exp(-gamma * above) * below
        return (present + (1 - labels) * torch.exp(-gamma * below) * above).mean()
    if kind == "asymmetric":
        positive, negative, margin = (recipe["loss"][name] for name in ("positive", "negative", "margin"))
        present = labels * weight * torch.exp(-positive * above) * below
        r = torch.exp(-below) - margin
        counted = r > 0
        r = torch.where(counted, r, torch.full_like(r, 0.5))
        surprise = above if margin == 0 else -torch.log1p(-r)
        absent = torch.where(counted, (1 - labels) * r**negative * surprise, torch.zeros_like(r))
        return (present + absent).mean()
    raise SystemExit(f"recipe.json: this script does not know the loss {kind!r}.")


# Optimiser and schedule


def optimizer_of(model, recipe):
    """AdamW with a group for each share of the learning rate, with and without decay; what is frozen gets no gradient."""
    settings, groups = recipe["parameters"], {}
    for name, parameter in model.named_parameters():
        if name not in settings:
            raise SystemExit(f"recipe.json: it says nothing of {name}, which the model in start/ has.")
        decayed, factor = settings[name]["decayed"], settings[name]["factor"]
        parameter.requires_grad_(factor is not None)
        if factor is not None:
            groups.setdefault((decayed, factor), []).append(parameter)
    rate, decay = recipe["learningRate"], recipe["weightDecay"]
    return torch.optim.AdamW(
        [
            {"params": held, "lr": rate * factor, "weight_decay": decay if decayed else 0.0}
            for (decayed, factor), held in groups.items()
        ],
        lr=rate,
        betas=(0.9, 0.999),
        eps=1e-8,
    )


class Schedule:
    """What the learning rate is multiplied by at a step, counted from 0."""

    def __init__(self, recipe, total):
        self.kind, self.total = recipe["schedule"], total
        self.warmup = math.ceil(recipe["warmup"] * total)
        self.factor, self.patience = recipe["plateau"]["factor"], recipe["plateau"]["patience"]
        self.multiplier, self.best, self.waited = 1.0, -math.inf, 0

    def at(self, step):
        if step < self.warmup:
            return self.multiplier * step / self.warmup
        progress = (step - self.warmup) / max(1, self.total - self.warmup)
        share = {"linear": max(0.0, 1 - progress), "cosine": 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))}
        return self.multiplier * share.get(self.kind, 1.0)

    def evaluated(self, score):
        """Schedule 'plateau': the rate falls when the score of an epoch has not risen, as torch's ReduceLROnPlateau."""
        if self.kind != "plateau":
            return
        if self.best == -math.inf or score > self.best + 1e-4 * abs(self.best):
            self.best, self.waited = score, 0
            return
        self.waited += 1
        if self.waited > self.patience:
            self.multiplier *= self.factor
            self.waited = 0


# Figures


def f1(tp, fp, fn):
    return 0.0 if 2 * tp + fp + fn == 0 else 2 * tp / (2 * tp + fp + fn)


def figures(labels, probabilities, thresholds):
    """Micro-F1, macro-F1 over the labels that some row carries, share of rows with every label right."""
    counts = [[0, 0, 0] for _ in thresholds]
    exact = 0
    for held, row in zip(labels, probabilities):
        given = [p >= threshold for p, threshold in zip(row, thresholds)]
        exact += all(bool(a) == b for a, b in zip(held, given))
        for count, a, b in zip(counts, held, given):
            count[0] += bool(a) and b
            count[1] += not a and b
            count[2] += bool(a) and not b
    macro = [f1(*count) for count in counts if count[0] + count[2] > 0]
    return {
        "microF1": f1(*(sum(column) for column in zip(*counts))) if counts else 0.0,
        "macroF1": sum(macro) / len(macro) if macro else 0.0,
        "exactMatch": exact / len(labels) if labels else 0.0,
        "perLabelF1": [f1(*count) if count[0] + count[2] > 0 else None for count in counts],
    }


def best_threshold(every, positive):
    """The cut with the highest F1, from the highest down; among equals the nearest to .5, then the lower. Both lists ascend."""
    best, best_score, missed = 0.5, -math.inf, len(positive)
    for i in range(len(every), -1, -1):
        upper, lower = (every[i] if i < len(every) else 1.0), (every[i - 1] if i > 0 else 0.0)
        if i > 0 and upper == lower:
            continue
        while missed > 0 and i < len(every) and positive[missed - 1] >= upper:
            missed -= 1
        tp = len(positive) - missed
        score = f1(tp, len(every) - i - tp, missed)
        candidate = 0.5 if lower < 0.5 <= upper else (upper + lower) / 2
        nearer = abs(candidate - 0.5) - abs(best - 0.5)
        if score > best_score or (score == best_score and (nearer < 0 or (nearer == 0 and candidate < best))):
            best, best_score = candidate, score
    return best


def choose_thresholds(labels, probabilities, recipe):
    """Thresholds of the validation rows: pulled towards .5 the more, the fewer rows carry the label; .5 below 10."""
    chosen = []
    for label in range(len(recipe["labels"])):
        every = sorted(row[label] for row in probabilities)
        positive = sorted(row[label] for held, row in zip(labels, probabilities) if held[label])
        count = len(positive)
        best = best_threshold(every, positive) if count >= 10 else 0.5
        chosen.append(0.5 + (best - 0.5) * count / (count + 10))
    return chosen


def score_of_epoch(labels, probabilities, recipe):
    """The figure that early stopping, the best epoch and the plateau go by; plain cuts at .5 but for the asymmetric loss."""
    asymmetric = recipe["loss"]["kind"] == "asymmetric"
    cuts = choose_thresholds(labels, probabilities, recipe) if asymmetric else [0.5] * len(recipe["labels"])
    return figures(labels, probabilities, cuts)["macroF1" if recipe["bestBy"] == "macroF1" else "microF1"]


class EpochChoice:
    """Which epoch is kept, and when training ends early."""

    def __init__(self, recipe):
        self.by_score, self.patience = recipe["bestBy"] != "last", recipe["earlyStoppingPatience"]
        self.leading, self.epoch = None, 0

    def judge(self, score, loss):
        """Whether to keep this epoch, and whether to stop after it."""
        self.epoch += 1
        better = (
            self.leading is None
            or score > self.leading[1]
            or (score == 0 and self.leading[1] == 0 and loss < self.leading[2])
        )
        if better:
            self.leading = (self.epoch, score, loss)
        stop = self.patience is not None and self.epoch - self.leading[0] >= self.patience
        return better or not self.by_score, stop


@torch.no_grad()
def probabilities_of(models, examples, collate, recipe):
    """Probabilities by the mean of the models' logits, and the mean loss of examples, dropout off."""
    logits = []
    for model in models:
        model.eval()
    for at in range(0, len(examples), 256):
        batch = collate(examples[at:at + 256])
        each = []
        for model in models:
            device = next(model.parameters()).device
            ids, mask = batch["input_ids"].to(device), batch["attention_mask"].to(device)
            each.append(model(input_ids=ids, attention_mask=mask).logits.float().cpu())
        logits.append(torch.stack(each).mean(0))
    if not logits:
        return [], 0.0
    every = torch.cat(logits)
    labels = torch.tensor([row["labels"] for row in examples])
    return every.sigmoid().tolist(), loss_of(every, labels, recipe).item()


def labels_of(examples):
    return [row["labels"] for row in examples]


def members_of(recipe, train, validation):
    """Of each model its seed, the rows it learns and those it is validated on; one, unless several are averaged."""
    if recipe["members"] is None:
        return [(recipe["seed"], train, validation)]
    rows = train + validation
    pick = lambda positions: [rows[position] for position in positions]
    return [(member["seed"], pick(member["learnt"]), pick(member["held"])) for member in recipe["members"]]


# Loops


def train_plainly(model, train, validation, collate, recipe, steps=None, record=None):
    """The page's loop on one device. `record(step, loss, model)` is called after every update; `steps` ends it early."""
    device = next(model.parameters()).device
    optimizer, choice = optimizer_of(model, recipe), EpochChoice(recipe)
    size = recipe["batchSize"]
    schedule = Schedule(recipe, math.ceil(len(train) / size) * recipe["epochs"])
    rates = [group["lr"] for group in optimizer.param_groups]
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    step, kept = 0, None
    for epoch in range(1, recipe["epochs"] + 1):
        order = epoch_order(len(train), recipe["seed"], epoch)
        for at in range(0, len(order), size):
            if steps is not None and step >= steps:
                return
            model.train()
            batch = {name: value.to(device) for name, value in collate([train[i] for i in order[at:at + size]]).items()}
            labels = batch.pop("labels")
            loss = loss_of(model(**batch).logits, labels, recipe)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, recipe["maxGradientNorm"])
            for group, rate in zip(optimizer.param_groups, rates):
                group["lr"] = rate * schedule.at(step)
            optimizer.step()
            optimizer.zero_grad()
            step += 1
            if record is not None:
                record(step, loss.item(), model)
        probabilities, loss = probabilities_of([model], validation, collate, recipe)
        score = score_of_epoch(labels_of(validation), probabilities, recipe)
        schedule.evaluated(score)
        print(f"epoch {epoch}: validation loss {loss:.4f}, F1 {score:.4f}", flush=True)
        keep, stop = choice.judge(score, loss)
        if keep:
            kept = {name: value.detach().clone() for name, value in model.state_dict().items()}
        if stop:
            break
    if kept is not None:
        model.load_state_dict(kept)


def train_with_trainer(model, train, validation, collate, recipe, output):
    """The same through Trainer and accelerate. A step has the page's batch, shared among the devices."""
    from torch.optim.lr_scheduler import LambdaLR
    from transformers import Trainer, TrainerCallback, TrainingArguments

    total = math.ceil(len(train) / recipe["batchSize"]) * recipe["epochs"]
    schedule, choice = Schedule(recipe, total), EpochChoice(recipe)
    kept = {}

    class RungTrainer(Trainer):
        def get_train_dataloader(self):
            sampler = EpochOrder(len(train), recipe["seed"])
            loader = torch.utils.data.DataLoader(
                train, batch_size=recipe["batchSize"], sampler=sampler, collate_fn=collate
            )
            return self.accelerator.prepare(loader)

        def create_optimizer(self, *unused):
            if self.optimizer is None:
                self.optimizer = optimizer_of(self.model, recipe)
            return self.optimizer

        def create_scheduler(self, num_training_steps, optimizer=None):
            if self.lr_scheduler is None:
                self.lr_scheduler = LambdaLR(optimizer or self.optimizer, schedule.at)
            return self.lr_scheduler

        def compute_loss(self, model, inputs, return_outputs=False, **unused):
            labels = inputs.pop("labels")
            outputs = model(**inputs)
            loss = loss_of(outputs.logits, labels, recipe)
            return (loss, outputs) if return_outputs else loss

    class Epochs(TrainerCallback):
        def on_epoch_end(self, args, state, control, optimizer=None, **unused):
            probabilities, loss = probabilities_of([model], validation, collate, recipe)
            score = score_of_epoch(labels_of(validation), probabilities, recipe)
            before = schedule.multiplier
            schedule.evaluated(score)
            # The scheduler has set the next step's rate already.
            for group in optimizer.param_groups:
                group["lr"] *= schedule.multiplier / before
            keep, control.should_training_stop = choice.judge(score, loss)
            if keep:
                kept.update({name: value.detach().clone() for name, value in model.state_dict().items()})
            if state.is_world_process_zero:
                print(f"epoch {state.epoch:.0f}: validation loss {loss:.4f}, F1 {score:.4f}", flush=True)

    processes = max(1, torch.distributed.get_world_size() if torch.distributed.is_initialized() else 1)
    if recipe["batchSize"] % processes:
        raise SystemExit(f"A batch of {recipe['batchSize']} titles cannot be shared evenly among {processes} processes.")
    arguments = TrainingArguments(
        output_dir=str(output),
        num_train_epochs=recipe["epochs"],
        per_device_train_batch_size=recipe["batchSize"],
        max_grad_norm=recipe["maxGradientNorm"],
        accelerator_config={"split_batches": True},
        seed=recipe["seed"],
        save_strategy="no",
        report_to=[],
        remove_unused_columns=False,
    )
    trainer = RungTrainer(
        model=model, args=arguments, train_dataset=train, data_collator=collate, callbacks=[Epochs()]
    )
    trainer.train()
    model.load_state_dict(kept)
    return trainer.is_world_process_zero()


def finish(models, tokenizer, validated, test, collate, recipe, output):
    """Thresholds on what each model says of the rows it was validated on, figures on the test rows, and the folder of the model: of several the
    first, the others beside it as member-2.safetensors and so on, which Rung averages with it."""
    learnt = recipe["thresholds"] == "learnt"
    count = len(recipe["labels"])
    labels, probabilities = ([row for part in parts for row in part] for parts in zip(*validated))
    thresholds = choose_thresholds(labels, probabilities, recipe) if learnt else [0.5] * count
    on_test, _ = probabilities_of(models, test, collate, recipe)
    measured = figures(labels_of(test), on_test, thresholds)
    output.mkdir(parents=True, exist_ok=True)
    models[0].save_pretrained(output)
    for number, model in enumerate(models[1:], start=2):
        tensors = {name: value.detach().cpu().contiguous() for name, value in model.state_dict().items()}
        save_file(tensors, output / f"member-{number}.safetensors")
    tokenizer.save_pretrained(output)
    (output / "thresholds.json").write_text(json.dumps(dict(zip(recipe["labels"], thresholds)), indent=1))
    (output / "figures.json").write_text(json.dumps(measured, indent=1))
    reached = recipe["reached"]
    for name in ("microF1", "macroF1", "exactMatch"):
        there = "" if reached is None else f" (in the page {reached[name]:.4f})"
        print(f"test {name}: {measured[name]:.4f}{there}")


def recorder(folder):
    """Losses and parameters after every step, to compare two engines with."""
    folder.mkdir(parents=True, exist_ok=True)
    losses = []

    def record(step, loss, model):
        losses.append(loss)
        (folder / "losses.json").write_text(json.dumps(losses))
        tensors = {name: value.detach().cpu().contiguous().clone() for name, value in model.named_parameters()}
        save_file(tensors, folder / f"step-{step}.safetensors")

    return record


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plain", action="store_true", help="a plain loop on one device, without accelerate")
    parser.add_argument("--start", default=str(here / "start"), help="folder or Hub id of the weights to start from")
    parser.add_argument("--output", type=Path, default=here / "trained-again")
    parser.add_argument("--steps", type=int, help="with --plain: end after so many steps of the first model, write none")
    parser.add_argument("--record", type=Path, help="with --plain: folder for the loss and the weights of every step of the first model")
    asked = parser.parse_args()
    recipe = json.loads((here / "recipe.json").read_text(encoding="utf-8"))
    tokenizer = AutoTokenizer.from_pretrained(asked.start)
    train, validation, test = (read_examples(name, recipe, tokenizer) for name in ("train", "validation", "test"))
    collate = collator(tokenizer)
    models, validated, writes = [], [], True
    for seed, learnt, held in members_of(recipe, train, validation):
        own = {**recipe, "seed": seed}
        # A head that start/ lacks is drawn: the same for every model.
        torch.manual_seed(recipe["seed"])
        model = AutoModelForSequenceClassification.from_pretrained(
            asked.start, num_labels=len(recipe["labels"]), ignore_mismatched_sizes=True, dtype=torch.float32
        )
        models.append(model)
        torch.manual_seed(own["seed"])
        if asked.plain:
            model.to("cuda" if torch.cuda.is_available() else "cpu")
            record = recorder(asked.record) if asked.record and len(models) == 1 else None
            train_plainly(model, learnt, held, collate, own, asked.steps, record)
            if asked.steps is not None:
                return
        else:
            writes = train_with_trainer(model, learnt, held, collate, own, asked.output)
        validated.append((labels_of(held), probabilities_of([model], held, collate, recipe)[0]))
    if writes:
        finish(models, tokenizer, validated, test, collate, recipe, asked.output)


if __name__ == "__main__":
    main()
