/** How to use a downloaded model elsewhere. */

/** A string literal of Python and of JavaScript. */
function literal(text: string): string {
  return JSON.stringify(text);
}

/** Python, with transformers and torch. */
export function pythonSnippet(folder: string, maxTokens: number): string {
  return `import json

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

folder = ${literal(folder)}  # the unzipped download
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
thresholds = json.load(open(f"{folder}/rung.json", encoding="utf-8"))["thresholds"]

titles = ["VP & Chief Information Officer", "Staff Nurse"]
inputs = tokenizer(titles, padding=True, truncation=True, max_length=${maxTokens},
                   return_token_type_ids=False, return_tensors="pt")
with torch.no_grad():
    probabilities = model(**inputs).logits.sigmoid().tolist()
for title, row in zip(titles, probabilities):
    print(title, [model.config.id2label[i] for i, p in enumerate(row) if p >= thresholds[i]])
`;
}

/** The one command that makes the ONNX file which transformers.js needs. */
export function convertSnippet(folder: string): string {
  return `pip install "optimum[onnxruntime]"
optimum-cli export onnx --model ${literal(folder)} --task text-classification ${literal(`${folder}/onnx`)}
`;
}

/** JavaScript, with transformers.js. */
export function javascriptSnippet(folder: string): string {
  return `import { env, pipeline } from '@huggingface/transformers';

env.allowRemoteModels = false;
env.localModelPath = './';
const folder = ${literal(folder)};
const classify = await pipeline('text-classification', folder, { dtype: 'fp32' });

// Every label with its probability; a label holds from its threshold in rung.json on.
const probabilities = await classify('VP & Chief Information Officer', { top_k: null });
`;
}
