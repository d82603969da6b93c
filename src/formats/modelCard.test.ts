import { describe, expect, it } from 'vitest';
import { modelCard } from './modelCard.ts';
import type { FinetunedRun } from '../shared/training.ts';
import { testRecord } from '../testing/runRecord.ts';

const record = testRecord();
const cardOf = (run: FinetunedRun): string => modelCard(run, 'distilbert');
const card = cardOf(record);

describe('the model card', () => {
  it('gives each figure with its interval, its rows and the constant answer beside it', () => {
    expect(card).toContain('Measured on 121 test rows');
    expect(card).toContain('| micro-F1 | 0.91 (0.86 to 0.95) |');
    expect(card).toContain('| micro-F1 of the best constant answer, for comparison | 0.58 |');
    expect(card).toContain(
      '| Director | 700 | 70 | 72 | 0.40 | 0.90 (0.85 to 0.94) | 0.92 (0.87 to 0.96) | 0.91 (0.86 to 0.95) |',
    );
  });

  it('names the architecture', () => {
    expect(card).toContain('(DistilBERT architecture)');
    const other = modelCard(record, 'xlm-roberta');
    expect(other).toContain('  - xlm-roberta\n');
    expect(other).toContain('(XLM-RoBERTa architecture)');
    expect(other).not.toMatch(/distilbert/i);
  });

  it('says how titles are to be written, what was added by hand and where .5 is the threshold', () => {
    expect(card).not.toMatch(/normal form|by hand/);
    const normalisation = { steps: ['lowercase', 'abbreviations'] as const, abbreviations: { sr: 'senior' } };
    const extraRows = [{ title: 'A secret founder', labels: ['Owner'] }];
    const config = { ...record.config, normalisation, extraRows, thresholds: 'half' as const };
    const told = cardOf({ ...record, config });
    expect(told).toContain('normal form, and must be, too: lower case; abbreviations written out by the list');
    expect(told).toContain('- Rows written by hand that were learnt from beside them: 1; no figure');
    expect(told).toContain('The threshold is .5 for every label.');
    expect(told).not.toContain('secret');
  });

  it('tells of several models: how they were trained, which weights they have, how they answer in Python', () => {
    expect(card).not.toMatch(/member|averaged|mean of/);
    const plan = { ...record.plan, trainRows: 968, validationRows: 121 };
    const told = cardOf({
      ...record,
      plan,
      members: 3,
      config: { ...record.config, ensembleFolds: 3, bestBy: 'last' },
    });
    expect(told).toContain('3 models, each trained on the rows outside one of 3 folds of all but the test rows');
    expect(told).toContain(`of ${3 * record.config.epochs} epochs`);
    expect(told).toContain('1,089 to train and to validate in 3 folds');
    expect(told).toContain('Of each model the weights are those of its last epoch.');
    expect(told).toContain('load_file(f"{folder}/member-{number}.safetensors")');
    expect(told).toContain('probabilities = torch.stack([one(**inputs).logits for one in models]).mean(0).sigmoid()');
  });

  it('tells how many of the planned models there are when it was stopped', () => {
    const plan = { ...record.plan, trainRows: 968, validationRows: 121 };
    const config = { ...record.config, ensembleFolds: 3, thresholds: 'learnt' as const };
    const two = cardOf({ ...record, plan, config, members: 2 });
    expect(two).toContain('2 of 3 planned models, each trained');
    expect(two).toContain('Thresholds were chosen on the rows of 2 of 3 folds, each as the model');
    const one = cardOf({ ...record, plan, config, members: 1 });
    expect(one).toContain('The first of 3 planned models, trained on the rows outside one of 3 folds');
    expect(one).toContain('Thresholds were chosen on rows of one fold, which it had not learnt.');
    expect(one).not.toContain('member-');
  });

  it('says what is not known instead of making up a figure', () => {
    expect(card).toContain(
      '| Owner | 4 | 1 | 0 | 0.50 | not enough rows to say | not enough rows to say | not enough rows to say |',
    );
    expect(card).toContain('**Not known** for want of test rows: *Owner* (1).');
    expect(card).toContain('Fewer than 20 rows carried *Owner*');
    const untested = cardOf({ ...record, test: null });
    expect(untested).toContain('**Not measured.**');
    expect(untested).not.toMatch(/model-index|0\.91/);
  });

  it('says which thresholds were moved by hand, and what that does to the figures', () => {
    expect(card).not.toContain('Moved by hand');
    const moved = cardOf({ ...record, thresholds: [0.6, 0.55, 0.5] });
    expect(moved).toContain('**Moved by hand** afterwards: *Director* (from 0.40); if that was done');
    expect(moved).toContain('the figures above are optimistic');
  });

  it('names the loss and what was left as it was', () => {
    expect(card).toContain('- Binary cross-entropy for each label.');
    const config = { ...record.config, loss: 'focal', focalGamma: 3, labelSmoothing: 0.1, frozenLayers: 2 } as const;
    expect(cardOf({ ...record, config })).toContain(
      '- Focal loss for each label with power 3, label smoothing 0.1, the lowest 2 layers frozen, the embeddings counted as one.',
    );
  });

  it('says what the data was and how titles are cleaned, and holds no title', () => {
    expect(card).toContain('titles.xlsx, 1,210 rows used; 968 to train, 121 to validate, 121 to test');
    expect(card).toContain('`abc123`');
    expect(card).toContain('HTML tags removed and entities decoded; Unicode NFKC');
    expect(card).not.toContain('secret');
  });

  it('says how it was trained and which epoch was kept', () => {
    expect(card).toContain('1 of 8 epochs in 17 s on Some GPU (webgpu), stopping after 3 without a better micro-F1.');
    expect(card).toContain('The weights are those of epoch 1, the best by validation micro-F1.');
    const config = { ...record.config, earlyStoppingPatience: null };
    const unevaluated = cardOf({ ...record, config, epochs: [], bestEpoch: null, test: null });
    expect(unevaluated).toContain(
      '0 of 8 epochs in 17 s on Some GPU (webgpu). No epoch was finished: the weights are as they stood when training was stopped.',
    );
  });

  it('says how to load it with the limits it was trained with', () => {
    expect(card).toContain('max_length=64');
    expect(card).toContain('AutoModelForSequenceClassification.from_pretrained(folder)');
    expect(card).toContain("pipeline('text-classification'");
  });

  it("keeps the user's own words from becoming Markdown, HTML or YAML", () => {
    const name = 'A | <b>"bold"</b>\n---\n# `x`: {y}';
    const odd = cardOf({
      ...record,
      name,
      data: { ...record.data, name, labelNames: ['a|b', '*c*', '<i>'] },
    });
    const [, yaml, body] = odd.split(/^---$/m);
    expect(yaml).toContain(`  - name: ${JSON.stringify(name)}\n`);
    expect(yaml.split('\n').filter((line) => line.startsWith('#'))).toEqual([]);
    expect(body).toContain(String.raw`# A \| \<b\>"bold"\</b\> --- \# \`x\`: \{y\}`);
    expect(body).toContain(String.raw`*a\|b*, *\*c\**, *\<i\>*`);
    expect(body).not.toContain('<b>');
  });
});
