"""Labels for a file of titles with Ray Data, from the trained model in trained/onnx/model.onnx.

    python predict_ray.py titles.parquet answers --column title --actors 4

Reads Parquet or CSV and writes a folder of Parquet files: all columns that came in, `labels` and a probability for each label. Titles are
to be cleaned as trained/rung.json says (README.md has it in words) before they are read here.
"""

import argparse
import json
from pathlib import Path

import numpy as np

here = Path(__file__).resolve().parent


class Predictor:
    """One copy of the model; called with a batch of columns."""

    def __init__(self, column, provider="CPUExecutionProvider"):
        import onnxruntime
        from tokenizers import Tokenizer

        trained = here / "trained"
        about = json.loads((trained / "rung.json").read_text(encoding="utf-8"))
        self.column, self.labels = column, about["labelNames"]
        self.thresholds = np.array(about["thresholds"])
        self.tokenizer = Tokenizer.from_file(str(trained / "tokenizer.json"))
        self.tokenizer.enable_truncation(about["maxTokens"])
        config = json.loads((trained / "config.json").read_text(encoding="utf-8"))
        self.tokenizer.enable_padding(pad_id=config.get("pad_token_id") or 0)
        self.session = onnxruntime.InferenceSession(str(trained / "onnx" / "model.onnx"), providers=[provider])
        self.inputs = [one.name for one in self.session.get_inputs()]

    def probabilities(self, titles):
        """Titles x labels."""
        encoded = self.tokenizer.encode_batch([str(title) for title in titles])
        arrays = {
            "input_ids": np.array([one.ids for one in encoded], dtype=np.int64),
            "attention_mask": np.array([one.attention_mask for one in encoded], dtype=np.int64),
        }
        arrays["token_type_ids"] = np.zeros_like(arrays["input_ids"])
        (logits,) = self.session.run(["logits"], {name: arrays[name] for name in self.inputs})
        return 1 / (1 + np.exp(-logits.astype(np.float64)))

    def __call__(self, batch):
        rows = self.probabilities(batch[self.column])
        held = [[name for name, yes in zip(self.labels, row >= self.thresholds) if yes] for row in rows]
        answers = {f"Probability of {name}": rows[:, label] for label, name in enumerate(self.labels)}
        return {**batch, "labels": np.array(["; ".join(names) for names in held], dtype=object), **answers}


def main():
    import ray

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("titles", help="a .parquet or .csv file, or a folder of them")
    parser.add_argument("answers", help="folder to write to")
    parser.add_argument("--column", default="title")
    parser.add_argument("--actors", type=int, default=2, help="copies of the model")
    parser.add_argument("--batch", type=int, default=256, help="titles at a time")
    parser.add_argument("--gpu", action="store_true", help="a graphics card for each copy (needs onnxruntime-gpu)")
    asked = parser.parse_args()
    read = ray.data.read_csv if asked.titles.endswith(".csv") else ray.data.read_parquet
    provider = "CUDAExecutionProvider" if asked.gpu else "CPUExecutionProvider"
    answers = read(asked.titles).map_batches(
        Predictor,
        fn_constructor_args=(asked.column, provider),
        batch_size=asked.batch,
        batch_format="numpy",
        compute=ray.data.ActorPoolStrategy(size=asked.actors),
        num_gpus=1 if asked.gpu else 0,
    )
    answers.write_parquet(asked.answers)


if __name__ == "__main__":
    main()
