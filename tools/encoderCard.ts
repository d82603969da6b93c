/** The model card of the shipped encoder: what it is, and whose texts its vocabulary was learnt from. */

import { readFileSync } from 'node:fs';

export interface EncoderFacts {
  parameters: number;
  vocabulary: number;
  dim: number;
  n_layers: number;
  n_heads: number;
  hidden_dim: number;
  max_position_embeddings: number;
}

/** What `pretrain.py` wrote of its run. */
interface PretrainingFacts {
  steps: number;
  of: number;
  /** Titles of each kind a step. */
  size: number;
  rate: number;
  seed: number;
  hours: number;
  threads: number;
  torch: string;
  machine: string;
  titles: number;
  sentences: number;
  occupations: number;
}

export interface CardFacts {
  pretraining: PretrainingFacts;
  /** Markdown: tables, each with the command that made it. */
  figures: string;
}

export function readCardFacts(pretrainingFile: string, figuresFile: string): CardFacts {
  return {
    pretraining: JSON.parse(readFileSync(pretrainingFile, 'utf8')),
    figures: readFileSync(figuresFile, 'utf8').trim(),
  };
}

function count(n: number): string {
  return n.toLocaleString('en');
}

/** README.md of the model folder. */
export function encoderCard(facts: EncoderFacts & CardFacts): string {
  const { pretraining: run } = facts;
  return `---
language: en
license: apache-2.0
library_name: transformers
tags:
  - distilbert
  - job-titles
---

# Rung mini

A small DistilBERT encoder, pretrained on open lists of occupations, to fine-tune on job titles in the browser. It knows what words tell rank, how
they are shortened and misspelled, and which occupations a title may mean.

| | |
|---|---|
| Parameters | ${count(facts.parameters)} |
| Layers, width, heads, feed-forward | ${facts.n_layers}, ${facts.dim}, ${facts.n_heads}, ${facts.hidden_dim} |
| Longest input | ${facts.max_position_embeddings} tokens |
| Vocabulary | ${count(facts.vocabulary)} WordPieces, lower case |
| Weights | float16, \`model.safetensors\`: the encoder and \`pre_classifier\`, which reads [CLS] for a classifier; no classifier |

\`\`\`python
from transformers import AutoModelForSequenceClassification, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("rung-mini")
model = AutoModelForSequenceClassification.from_pretrained("rung-mini", num_labels=6)
\`\`\`

## How it was made

It began with word embeddings from latent semantic analysis (Deerwester et al. 1990) of the occupations' texts: pieces that stand with the same occupations lie together, those that
stand with all of them weigh little, and the layers above add little at first, so that a mean-pooled title finds its occupation before the first step. Then ${count(run.steps)} steps
of AdamW (peak learning rate ${run.rate}, half of it for word embeddings, cosine, weight decay .01), without dropout; what is kept is the running average of the weights. Every step mixes
these, for objectives that follow one another are forgotten:

- **masked words** (whole words, a quarter of them) of ${run.size} titles, and of sentences about work;
- **the ranks of ${run.size} made titles**, read from [CLS] through \`pre_classifier\`: rank words in the ways people write them, around a field of work, one or two ranks at once, and
  what takes rank away again ("assistant to the director");
- **the ranks that ${run.size} real titles name** by their words, the ISCO-08 group, O*NET major group and job zone of their occupation, and which of their words the gazetteer has
  as rank, field or place;
- **each of these against its occupation's title and description**, mean pooled, with all other occupations of O*NET (or ESCO) as negatives.

Half of the titles are shortened and misspelled first. Of ${count(run.titles)} titles, ${count(run.sentences)} sentences and ${count(run.occupations)} occupations; titles that stand in the file that the
figures below are measured on were taken out first, and so were all alternate and reported titles of a fifth of O*NET's occupations, which the zero-shot figures are
measured on. The file was used for nothing else. (The vocabulary, which is older, was learnt without the former and with the latter.)

\`npm run pretrain -- --data DIR\` makes it again (seed ${run.seed}). It took ${run.hours} hours with PyTorch ${run.torch} on ${run.threads} thread${run.threads === 1 ? '' : 's'} of: ${run.machine}.

${facts.figures}

## The vocabulary and the texts

The vocabulary was learnt for this model by joining frequent pairs (Schuster and Nakajima 2012; \`tools/wordPiece.ts\`) from the texts below, job
titles counting five times as much as sentences. To these come letters, digits and marks of European scripts and some thirty short forms of
ranks ("svp", "ciso"). The weights were pretrained on the same texts.

| Texts | Licence | By |
|---|---|---|
| O*NET 27.0 Database: occupations, alternate and reported titles, tasks, work activities | CC BY 4.0 | U.S. Department of Labor, Employment and Training Administration (USDOL/ETA) |
| ESCO: occupations and ISCO-08 groups, English | reuse with attribution (Commission Decision 2011/833/EU) | European Commission |
| find_job_titles: list of job titles | MIT | Johannes Ahlmann |
| Job-title similarity data | Apache-2.0 | Avature |
| IPOD gazetteer: words of titles | CC BY 4.0 | the IPOD authors |

This folder includes information from the O*NET 27.0 Database by the U.S. Department of Labor, Employment and Training Administration
(USDOL/ETA). Used under the CC BY 4.0 license. O*NET® is a trademark of USDOL/ETA. The information was modified: this model was trained on it.
USDOL/ETA has not approved, endorsed, or tested these modifications.

This model uses the ESCO classification of the European Commission.

## Limits

It is small: a published encoder of 66 million parameters or more knows more words and more of the world. Ranks were taught by lists of words, made from common knowledge of
English titles; where a company uses them otherwise, its own rows must say so. The texts are English, and describe occupations of the United States and the European Union. Other European languages are read in smaller pieces;
Chinese, Japanese, Korean, Arabic, Hebrew and Indian scripts become \`[UNK]\`.
`;
}
