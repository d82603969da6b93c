/** How to use a downloaded model elsewhere. */
import type { CleaningOptions } from '../../shared/dataset.ts';
import { memberSnippet } from '../../shared/memberSnippet.ts';
import { onnxDtypes, onnxModelNames, type OnnxFile } from '../../shared/onnxFiles.ts';

/** A string literal of Python and of JavaScript. */
function literal(text: string): string {
  return JSON.stringify(text);
}

/** What each cleaning step of `data/cleaning.ts` is in Python; HTML that no job title holds may come out differently. */
const pythonSteps: Record<keyof CleaningOptions, string> = {
  html: 'title = re.sub(r"</?[A-Za-z][^<>]*>", " ", html.unescape(title))',
  unicode: String.raw`title = unicodedata.normalize("NFKC", title)
for marks, sign in (("\u2018-\u201b\u2032", "'"), ("\u201c-\u201f\u2033\u00ab\u00bb", '"'), ("\u2010-\u2015\u2212", "-")):
    title = re.sub(f"[{marks}]", sign, title)
title = "".join(c for c in re.sub(r"\s", " ", title) if unicodedata.category(c) not in ("Cc", "Cf"))`,
  separators: String.raw`title = re.sub(r"[/|;_\\\u00a6\u00b7\u2022\u203a\u2219]", " ", title)`,
  symbols: String.raw`title = "".join(c if c in "&+#'.-" or unicodedata.category(c)[0] in "LMN" else " " for c in title)`,
  lowercase: 'title = title.lower()',
  whitespace: 'title = " ".join(title.split())',
};
const stepOrder = ['html', 'unicode', 'separators', 'symbols', 'lowercase', 'whitespace'] as const;

/** Python's `clean`, with the steps that are on. */
function pythonCleaning(cleaning: CleaningOptions, normalForm: boolean): string {
  const lines = stepOrder.filter((step) => cleaning[step]).flatMap((step) => pythonSteps[step].split('\n'));
  if (normalForm) lines.push('# Then into normal form, as README.md says; the list of abbreviations is in rung.json.');
  return ['def clean(title):  # as rung.json says the titles were for training', ...lines, 'return title'].join(
    '\n    ',
  );
}

/** Python, with transformers and torch. `cleaning` is what titles went through before training, then `normalForm`; `members` models are averaged. */
export function pythonSnippet(
  folder: string,
  maxTokens: number,
  cleaning: CleaningOptions,
  normalForm = false,
  members = 1,
): string {
  const { imports, load, logits } = memberSnippet(members);
  return `import html, json, re, unicodedata

import torch
${imports}from transformers import AutoModelForSequenceClassification, AutoTokenizer

folder = ${literal(folder)}  # the unzipped download
tokenizer = AutoTokenizer.from_pretrained(folder)
${load}
thresholds = json.load(open(f"{folder}/rung.json", encoding="utf-8"))["thresholds"]

${pythonCleaning(cleaning, normalForm)}

titles = ["VP & Chief Information Officer", "Staff Nurse"]
inputs = tokenizer([clean(title) for title in titles], padding=True, truncation=True, max_length=${maxTokens},
                   return_token_type_ids=False, return_tensors="pt")
with torch.no_grad():
    probabilities = ${logits}.sigmoid().tolist()
for title, row in zip(titles, probabilities):
    print(title, [model.config.id2label[i] for i, p in enumerate(row) if p >= thresholds[i]])
`;
}

/** JavaScript, with transformers.js, of a folder that holds this file. */
export function javascriptSnippet(folder: string, { precision }: OnnxFile): string {
  return `import { env, pipeline } from '@huggingface/transformers';

env.allowRemoteModels = false;
env.allowLocalModels = true;
env.localModelPath = './'; // where the unzipped download lies
const folder = ${literal(folder)};
const classify = await pipeline('text-classification', folder, { dtype: '${onnxDtypes[precision].dtype}' });

// Titles are to be cleaned as rung.json says, see the Python code.
// Every label with its probability; a label holds from its threshold in rung.json on.
console.log(await classify('VP & Chief Information Officer', { top_k: null }));
`;
}

/** The same for vectors of titles. */
export function embeddingSnippet(folder: string, { form, precision }: OnnxFile): string {
  return `import { env, pipeline } from '@huggingface/transformers';

env.allowRemoteModels = false;
env.allowLocalModels = true;
env.localModelPath = './'; // where the unzipped download lies
const folder = ${literal(folder)};
const options = { dtype: '${onnxDtypes[precision].dtype}', model_file_name: '${onnxModelNames[form]}' };
const embed = await pipeline('feature-extraction', folder, options);
const vectors = await embed(['VP & Chief Information Officer', 'Staff Nurse'], { pooling: 'mean' });
console.log(vectors.dims, vectors.tolist());
`;
}
