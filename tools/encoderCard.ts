/** The model card of the shipped encoder: what it is, and whose texts its vocabulary was learnt from. */

export interface EncoderFacts {
  parameters: number;
  vocabulary: number;
  seed: number;
  dim: number;
  n_layers: number;
  n_heads: number;
  hidden_dim: number;
  max_position_embeddings: number;
}

function count(n: number): string {
  return n.toLocaleString('en');
}

/** README.md of the model folder. */
export function encoderCard(facts: EncoderFacts): string {
  return `---
language: en
license: apache-2.0
library_name: transformers
tags:
  - distilbert
  - job-titles
---

# Rung mini

A small DistilBERT encoder to fine-tune on job titles in the browser.

**The weights are random.** Nothing was pretrained: they are drawn from N(0, 0.072), embeddings from N(0, 0.02) (seed ${facts.seed}), biases 0, LayerNorm 1 and 0, much as
Hugging Face initialises a new model. Without fine-tuning its output means nothing.

| | |
|---|---|
| Parameters | ${count(facts.parameters)} |
| Layers, width, heads, feed-forward | ${facts.n_layers}, ${facts.dim}, ${facts.n_heads}, ${facts.hidden_dim} |
| Longest input | ${facts.max_position_embeddings} tokens |
| Vocabulary | ${count(facts.vocabulary)} WordPieces, lower case |
| Weights | float16, \`model.safetensors\`, encoder only, no head |

\`\`\`python
from transformers import AutoModelForSequenceClassification, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("rung-mini")
model = AutoModelForSequenceClassification.from_pretrained("rung-mini", num_labels=6)
\`\`\`

## The vocabulary

It was learnt for this model by joining frequent pairs (Schuster and Nakajima 2012; \`tools/wordPiece.ts\`) from the texts below, job
titles counting five times as much as sentences. To these come letters, digits and marks of European scripts and some thirty short forms of
ranks ("svp", "ciso"). No text can be recovered from it beyond single words.

| Texts | Licence | By |
|---|---|---|
| O*NET 27.0 Database: occupations, alternate and reported titles, tasks, work activities | CC BY 4.0 | U.S. Department of Labor, Employment and Training Administration (USDOL/ETA) |
| ESCO: occupations and ISCO-08 groups, English | reuse with attribution (Commission Decision 2011/833/EU) | European Commission |
| find_job_titles: list of job titles | MIT | Johannes Ahlmann |
| Job-title similarity data | Apache-2.0 | Avature |
| IPOD gazetteer: words of titles | CC BY 4.0 | the IPOD authors |

This folder includes information from the O*NET 27.0 Database by the U.S. Department of Labor, Employment and Training Administration
(USDOL/ETA). Used under the CC BY 4.0 license. O*NET® is a trademark of USDOL/ETA. The information was modified: word counts were taken from it.
USDOL/ETA has not approved, endorsed, or tested these modifications.

This model uses the ESCO classification of the European Commission.

## Limits

The texts are English, and describe occupations of the United States and the European Union. Other European languages are read in smaller pieces;
Chinese, Japanese, Korean, Arabic, Hebrew and Indian scripts become \`[UNK]\`.
`;
}
