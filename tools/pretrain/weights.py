"""The encoder's weights as the app reads them: float16 safetensors (https://huggingface.co/docs/safetensors) with the names of
DistilBertForSequenceClassification, no classifier."""

import json
import struct
from pathlib import Path

import torch

from model import Encoder


def write_weights(path: Path, encoder: Encoder) -> None:
    tensors = {name if name.startswith("pre_classifier") else f"distilbert.{name}": value for name, value in encoder.state_dict().items()}
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    parts: list[bytes] = []
    for name in sorted(tensors):
        start = sum(map(len, parts))
        parts.append(tensors[name].to(torch.float16).contiguous().cpu().numpy().tobytes())
        header[name] = {"dtype": "F16", "shape": list(tensors[name].shape), "data_offsets": [start, start + len(parts[-1])]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(parts))


def read_weights(path: Path, encoder: Encoder) -> None:
    """Fills the encoder from such a file."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    state = {}
    for name, entry in json.loads(data[8 : 8 + length]).items():
        if name != "__metadata__":
            start, end = (8 + length + offset for offset in entry["data_offsets"])
            values = torch.frombuffer(bytearray(data[start:end]), dtype=torch.float16).float()
            state[name.removeprefix("distilbert.")] = values.view(entry["shape"])
    encoder.load_state_dict(state)
