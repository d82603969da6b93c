/**
 * The folder that a fine-tuned encoder becomes, as the Hugging Face libraries read it: without a head for `AutoModel`, and with the three
 * small files by which sentence-transformers knows to pool by the mean and to normalise.
 */
import type { NamedArrays } from '../../shared/arrays.ts';
import type { TunedEncoder } from '../../shared/matching.ts';
import type { ModelFiles } from '../../formats/package.ts';
import { writeSafetensors } from '../../formats/safetensors.ts';
import { configToJson, isHead, isPooler } from '../../models/model.ts';
import type { Encoder } from '../encoder.ts';
import { tokenizerFiles } from '../package.ts';
import { reportTable } from './reportTable.ts';

/** Everything but the zip around it. */
export function tunedFolder(
  encoder: Encoder,
  weights: NamedArrays,
  tuned: TunedEncoder,
  maxTokens: number,
): ModelFiles {
  const { architecture, files } = encoder;
  const kept: NamedArrays = new Map(
    [...weights].filter(
      ([name]) => !isHead(architecture, name) && (!isPooler(architecture, name) || encoder.weights.has(name)),
    ),
  );
  const folder: ModelFiles = new Map();
  folder.set('config.json', json(headless(configToJson(architecture, ['none']))));
  folder.set('model.safetensors', writeSafetensors(kept, { dtype: 'F32' }));
  for (const name of tokenizerFiles) {
    const bytes = files.get(name);
    if (bytes) folder.set(name, bytes);
  }
  const parts = ['', '1_Pooling', '2_Normalize'];
  const types = ['Transformer', 'Pooling', 'Normalize'];
  folder.set(
    'modules.json',
    json(
      parts.map((path, idx) => ({ idx, name: String(idx), path, type: `sentence_transformers.models.${types[idx]}` })),
    ),
  );
  folder.set('sentence_bert_config.json', json({ max_seq_length: maxTokens, do_lower_case: false }));
  folder.set(
    '1_Pooling/config.json',
    json({ word_embedding_dimension: architecture.dim, pooling_mode_mean_tokens: true, pooling_mode_cls_token: false }),
  );
  folder.set('README.md', text(card(tuned)));
  return folder;
}

/** A config of the base model: no labels, no classifier. */
function headless(config: Record<string, unknown>): Record<string, unknown> {
  const left = new Set(['id2label', 'label2id', 'problem_type', 'num_labels']);
  const base = Object.fromEntries(Object.entries(config).filter(([name]) => !left.has(name)));
  const architectures: unknown[] = Array.isArray(config.architectures) ? config.architectures : [];
  return {
    ...base,
    architectures: architectures.map((name) => String(name).replace('ForSequenceClassification', 'Model')),
  };
}

function card({ name, encoderName, taxonomyName, createdAt, config, epochsDone, report }: TunedEncoder): string {
  const table = report ? `\n## How good it is\n\n${reportTable(report.rows)}\n\n${report.notes.join('\n\n')}\n` : '';
  return `---
library_name: sentence-transformers
pipeline_tag: sentence-similarity
tags:
  - job-titles
  - sentence-similarity
---

# ${plain(name)}

Embeds job titles near the titles and descriptions of the entries of ${plain(taxonomyName)}: mean pooled, of length 1, compared by cosine. The
encoder is ${plain(encoderName)}, fine-tuned in a browser with Rung on ${new Date(createdAt).toISOString().slice(0, 10)}: ${epochsDone} of ${config.epochs} epochs
of contrastive learning with the other entries of a step as negatives, ${config.batchEntries} entries and up to ${config.titlesPerEntry} titles of each a step, temperature
${config.temperature}, peak learning rate ${config.learningRate}.
${table}
## How to use it

\`\`\`python
from sentence_transformers import SentenceTransformer

model = SentenceTransformer(".")  # where this file lies
titles = model.encode(["Head of Sales"])
entries = model.encode(["Sales Managers. Plan, direct, or coordinate the distribution of a product to the customer."])
print(titles @ entries.T)
\`\`\`

Or drop the zip on Rung. O*NET's titles and descriptions are licensed CC BY 4.0 by the U.S. Department of Labor; other taxonomies by their own terms.
`;
}

/** The user's own words without meaning to Markdown or HTML. */
function plain(words: string): string {
  return words.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>|#!~$]/g, String.raw`\$&`);
}

const text = (content: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(content);
const json = (value: unknown): Uint8Array<ArrayBuffer> => text(`${JSON.stringify(value, null, 2)}\n`);
