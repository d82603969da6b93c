/** README.md of a downloaded model: what it is, how good it is and for how many rows that was measured, how to load it, what it cannot do. */
import type { CleaningOptions } from '../shared/dataset.ts';
import { epochsOfAll, foldModelCount, plannedMembers } from '../shared/epochs.ts';
import { movedThresholds } from '../shared/evaluation.ts';
import { sidesText } from './sidesText.ts';
import { memberSnippet } from '../shared/memberSnippet.ts';
import { normalisationSteps, type NormalisationStep } from '../shared/normalisation.ts';
import {
  figureOf,
  minimumSupport,
  thresholdsBy,
  type Interval,
  type LabelReport,
  type FinetunedRun,
  type SplitReport,
  type TrainingConfig,
} from '../shared/training.ts';

/** Names of the architectures by `model_type`. */
const architectures: Record<string, string | undefined> = {
  distilbert: 'DistilBERT',
  bert: 'BERT',
  roberta: 'RoBERTa',
  'xlm-roberta': 'XLM-RoBERTa',
  'deberta-v2': 'DeBERTa-v2',
};

/**
 * The model card of a run, Markdown with the Hub's YAML in front. Figures that were not measured are said to be missing.
 * @param modelType `model_type` of its config.json.
 */
export function modelCard(run: FinetunedRun, modelType: string): string {
  return [
    frontMatter(run, modelType),
    `# ${plain(run.name)}`,
    intended(run, modelType),
    figures(run),
    dataSection(run),
    trainingSection(run),
    usage(run),
    limits(run),
  ].join('\n\n');
}

function frontMatter({ name, data, test }: FinetunedRun, modelType: string): string {
  const lines = [
    '---',
    'library_name: transformers',
    'pipeline_tag: text-classification',
    'tags:',
    `  - ${modelType}`,
    '  - multi-label-classification',
    '  - job-titles',
  ];
  if (test) {
    const { microF1, macroF1, exactMatch } = test.report;
    lines.push(
      'model-index:',
      // A JSON string is a YAML string, whatever the user typed.
      `  - name: ${JSON.stringify(name)}`,
      '    results:',
      '      - task:',
      '          type: text-classification',
      '        dataset:',
      `          name: ${JSON.stringify(data.name)}`,
      '          type: private',
      '          split: test',
      '        metrics:',
      ...metric('f1', 'micro-F1', microF1.value),
      ...metric('f1', 'macro-F1', macroF1.value),
      ...metric('accuracy', 'exact match', exactMatch.value),
    );
  }
  return [...lines, '---'].join('\n');
}

function metric(type: string, label: string, value: number): string[] {
  return [`          - type: ${type}`, `            name: ${label}`, `            value: ${value.toFixed(4)}`];
}

function intended({ data, encoderName, createdAt }: FinetunedRun, modelType: string): string {
  const labels = data.labelNames.map((name) => `*${plain(name)}*`).join(', ');
  return `Reads a job title and gives a probability for each of ${data.labelNames.length} labels: ${labels}. A title may carry several
labels or none. The encoder is ${plain(encoderName)} (${architectures[modelType] ?? plain(modelType)} architecture), fine-tuned in a browser with Rung on
${day(createdAt)}; neither the data nor the model left that machine for it.`;
}

function figures(run: FinetunedRun): string {
  const { test, thresholds, data } = run;
  if (!test) {
    const rows = data.labelNames.map((name, i) => [plain(name), count(data.labelRows[i]), fixed(thresholds[i] ?? 0.5)]);
    return `## How good it is

**Not measured.** This run was not evaluated on test rows: treat its answers as untested.

${table(['Label', 'Rows in the data', 'Threshold'], rows)}`;
  }
  const { report } = test;
  const rows = [
    ['micro-F1', shown(report.microF1)],
    ['macro-F1, all labels in the test rows', shown(report.macroF1)],
    [`macro-F1, labels of ${minimumSupport} test rows or more`, shown(report.macroF1Supported)],
    ['exact match (all labels of a title right)', shown(report.exactMatch)],
    ['micro-F1 of the best constant answer, for comparison', fixed(report.constantMicroF1)],
  ];
  return `## How good it is

Measured on ${count(report.rows)} test rows that neither training nor the choice of thresholds saw; near-duplicate titles were kept on one side of
the split. In brackets the 95 % bootstrap interval: with this many rows the figure could as well have come out anywhere in it.

${table(['Figure', 'Value'], rows)}

${table(
  ['Label', 'Rows in the data', 'Test rows', 'Predicted', 'Threshold', 'Precision', 'Recall', 'F1'],
  report.perLabel.map((label, i) => labelRow(label, data.labelRows[i] ?? 0)),
)}
${unmeasured(report)}
${thresholdsBy(run.config) === 'half' ? 'The threshold is .5 for every label.' : `Thresholds were chosen on ${thresholdRows(run)}.`} ${moved(run)}A title carries a label when its probability reaches the threshold.`;
}

function thresholdRows({ config, plan, members }: FinetunedRun): string {
  const planned = plannedMembers(config, plan);
  if (planned > 1 && members === 1) return 'rows of one fold, which it had not learnt';
  if (planned > 1) {
    const rows = members === planned ? 'all rows but the test rows' : `the rows of ${members} of ${planned} folds`;
    return `${rows}, each as the model answered it that had not learnt it`;
  }
  if (foldModelCount(config, plan.trainRows) === 0) return 'validation rows';
  return 'training rows as models of the other rows answered them, and on validation rows';
}

/** Says which thresholds are not the chosen ones; empty, or a sentence with a space after it. */
function moved({ data, thresholds, chosenThresholds }: FinetunedRun): string {
  const labels = movedThresholds(thresholds, { chosenThresholds });
  if (labels.length === 0) return '';
  const names = labels.map((i) => `*${plain(data.labelNames[i])}* (from ${fixed(chosenThresholds[i])})`);
  return `**Moved by hand** afterwards: ${names.join(', ')}; if that was done
by looking at the test rows, the figures above are optimistic. `;
}

function labelRow({ name, support, predicted, threshold, precision, recall, f1 }: LabelReport, rows: number): string[] {
  return [
    plain(name),
    count(rows),
    count(support),
    count(predicted),
    fixed(threshold),
    f1 !== null && predicted === 0 ? 'never given' : shown(precision),
    shown(recall),
    shown(f1),
  ];
}

function unmeasured({ perLabel }: SplitReport): string {
  const names = perLabel.filter(({ f1 }) => f1 === null).map(({ name, support }) => `*${plain(name)}* (${support})`);
  return names.length === 0 ? '' : `\n**Not known** for want of test rows: ${names.join(', ')}.\n`;
}

function dataSection(run: FinetunedRun): string {
  const { data, config } = run;
  const steps = cleaningSteps(data.cleaning);
  return `## Data

- File: ${plain(data.name)}, ${count(data.rows)} rows used; ${sidesText(run, count)}.
- Fingerprint of titles and labels: \`${data.fingerprint.replace(/[^\w-]/g, '')}\` (the same data gives the same fingerprint).
- Titles were cleaned before training, and must be before prediction: ${steps.length > 0 ? steps.join('; ') : 'nothing was changed'}.${normalForm(config)}${byHand(config)}`;
}

function normalForm({ normalisation }: TrainingConfig): string {
  if (!normalisation || normalisation.steps.length === 0) return '';
  const words: Record<NormalisationStep, string> = {
    lowercase: 'lower case',
    symbols: 'symbols removed, but for R&D, C++, C# and the like; dots of initials and apostrophes close up',
    separators: 'separators and punctuation turned into spaces',
    abbreviations: 'abbreviations written out by the list in `rung.json`',
    'stop-words': 'English function words left out, but for "it"',
  };
  const steps = normalisationSteps.filter((step) => normalisation.steps.includes(step));
  return `\n- Then they were brought into normal form, and must be, too: ${steps.map((step) => words[step]).join('; ')}.`;
}

function byHand({ extraRows }: TrainingConfig): string {
  if (extraRows.length === 0) return '';
  return `\n- Rows written by hand that were learnt from beside them: ${count(extraRows.length)}; no figure is measured on them.`;
}

function cleaningSteps(cleaning: CleaningOptions): string[] {
  const words: Record<keyof CleaningOptions, string> = {
    html: 'HTML tags removed and entities decoded',
    unicode: 'Unicode NFKC, plain quotes and dashes, no control characters',
    separators: 'separators such as / | ; _ turned into spaces',
    symbols: 'other symbols removed',
    lowercase: 'lower case',
    whitespace: 'runs of white space made one space, ends trimmed',
  };
  const steps: [keyof CleaningOptions, string][] = [
    ['html', words.html],
    ['unicode', words.unicode],
    ['separators', words.separators],
    ['symbols', words.symbols],
    ['lowercase', words.lowercase],
    ['whitespace', words.whitespace],
  ];
  return steps.filter(([step]) => cleaning[step]).map(([, text]) => text);
}

/** Empty, or a sentence with a space before it. */
function distillationText({ config, plan }: FinetunedRun): string {
  const { distillationFolds, distillationShare } = config;
  if (foldModelCount(config, plan.trainRows) === 0) return '';
  return ` Self-distillation: ${distillationFolds} models of parts of the training rows answered the others, and what was learnt is ${percent(distillationShare)} their answers, the rest the labels.`;
}

/** Empty, or a sentence with a space before it. */
function membersText({ members, config, plan }: FinetunedRun): string {
  const planned = plannedMembers(config, plan);
  if (planned === 1) return '';
  const folds = `of ${planned} folds of all but the test rows, and validated on that fold`;
  if (members === 1) return ` The first of ${planned} planned models, trained on the rows outside one ${folds}.`;
  const told = members === planned ? members : `${members} of ${planned} planned`;
  return ` ${told} models, each trained on the rows outside one ${folds}; the mean of their logits answers.`;
}

function trainingSection(run: FinetunedRun): string {
  const { config, plan, epochs, bestEpoch, seconds, device, members } = run;
  const stopping = config.earlyStoppingPatience;
  const figure = { microF1: 'micro-F1', macroF1: 'macro-F1' }[figureOf(config)];
  const chosen = config.bestBy === 'last' ? '' : `, the best by validation ${figure}`;
  const keptText =
    members > 1
      ? `Of each model the weights are those of its ${config.bestBy === 'last' ? 'last epoch' : `best epoch by validation ${figure}`}.`
      : bestEpoch === null
        ? 'No epoch was finished: the weights are as they stood when training was stopped.'
        : `The weights are those of epoch ${bestEpoch}${chosen}.`;
  return `## Training

- AdamW, peak learning rate ${config.learningRate}, ${config.schedule} schedule with ${percent(config.warmup)} warm-up, weight decay ${config.weightDecay}, gradient norm at most ${config.maxGradientNorm}.
- ${lossText(config)}.${distillationText(run)}${membersText(run)}
- ${config.batchSize} titles a step, dropout ${config.dropout}, class weights ${config.classWeights}, titles of at most ${config.maxTokens} tokens, seed ${config.seed}.
- ${epochs.length} of ${epochsOfAll(config, plan)} epochs in ${Math.round(seconds)} s on ${plain(device.name)} (${device.backend})${stopping === null ? '' : `, stopping after ${stopping} without a better ${figure}`}. ${keptText}`;
}

function lossText(config: FinetunedRun['config']): string {
  const { loss, focalGamma, asymmetricGamma, asymmetricMargin, labelSmoothing, layerDecay, frozenLayers } = config;
  const names = {
    bce: 'Binary cross-entropy for each label',
    focal: `Focal loss for each label with power ${focalGamma}`,
    asymmetric: `Asymmetric loss for each label with power ${asymmetricGamma} and margin ${asymmetricMargin}`,
  };
  const parts = [names[loss]];
  if (labelSmoothing > 0) parts.push(`label smoothing ${labelSmoothing}`);
  if (layerDecay < 1) parts.push(`learning rate times ${layerDecay} from each layer to the one below`);
  if (frozenLayers > 0) parts.push(`the lowest ${frozenLayers} layers frozen, the embeddings counted as one`);
  return parts.join(', ');
}

function usage({ config, members }: FinetunedRun): string {
  const { imports, load, logits } = memberSnippet(members);
  return `## How to use it

Drop the zip on Rung to predict or to train on. In Python:

\`\`\`python
import json

import torch
${imports}from transformers import AutoModelForSequenceClassification, AutoTokenizer

folder = "."  # where this file lies
tokenizer = AutoTokenizer.from_pretrained(folder)
${load}
thresholds = torch.tensor(json.load(open(f"{folder}/rung.json", encoding="utf-8"))["thresholds"])

titles = ["Vice President, Engineering"]  # cleaned as the Data section says
inputs = tokenizer(titles, padding=True, truncation=True, max_length=${config.maxTokens}, return_token_type_ids=False, return_tensors="pt")
with torch.no_grad():
    probabilities = ${logits}.sigmoid()
for title, row in zip(titles, probabilities):
    print(title, [model.config.id2label[i] for i, p in enumerate(row) if p >= thresholds[i]])
\`\`\`

Transformers.js and onnxruntime run the files in \`onnx/\`, which Rung adds when they are chosen for the download:

\`\`\`js
import { pipeline } from '@huggingface/transformers';

// Titles are to be cleaned as the Data section says; thresholds are in rung.json.
const classify = await pipeline('text-classification', 'path/to/this/folder', { dtype: 'fp32' }); // or fp16, q8
const probabilities = await classify('Vice President, Engineering', { top_k: null });
\`\`\``;
}

function limits({ data }: FinetunedRun): string {
  const rare = data.labelNames.filter((_, i) => data.labelRows[i] < 20).map((name) => `*${plain(name)}*`);
  const rareText =
    rare.length > 0 ? `\n- Fewer than 20 rows carried ${rare.join(', ')}: do not rely on the model for them.` : '';
  return `## Limits

- It repeats what its training rows say, their errors included. Titles of other fields, countries or languages than theirs were not tested.
- A title alone often does not settle a level: "Director" in one firm is "Manager" in another.
- The probabilities are not calibrated: 0.8 does not mean right four times out of five.
- Not made to decide on people (hiring, pay, credit): have a person look.${rareText}
`;
}

function table(header: string[], rows: string[][]): string {
  const lines = [header, header.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The user's own words without meaning to Markdown, HTML or tables. */
function plain(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_{}[\]<>|#!~$]/g, String.raw`\$&`);
}

function count(n: number): string {
  return n.toLocaleString('en');
}

function fixed(value: number): string {
  return value.toFixed(2);
}

function shown(figure: Interval | null): string {
  if (!figure) return 'not enough rows to say';
  return `${fixed(figure.value)} (${fixed(figure.low)} to ${fixed(figure.high)})`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
