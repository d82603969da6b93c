/** The words in a bundle: how to run it, what is the same as in the page and what is not. */
import { sidesText } from '../../formats/sidesText.ts';
import type { CleaningOptions } from '../../shared/dataset.ts';
import { foldModelCount, plannedMembers } from '../../shared/epochs.ts';
import type { FinetunedRun } from '../../shared/training.ts';

const cleaningWords: Record<keyof CleaningOptions, string> = {
  html: 'HTML tags removed and entities decoded',
  unicode: 'Unicode NFKC, plain quotes and dashes, no control characters',
  separators: 'separators such as / | ; _ turned into spaces',
  symbols: 'other symbols removed',
  lowercase: 'lower case',
  whitespace: 'runs of white space made one space, ends trimmed',
};
const cleaningOrder = ['html', 'unicode', 'separators', 'symbols', 'lowercase', 'whitespace'] as const;

/** What pip installs for the scripts. */
export function requirements(predicts: boolean): string {
  const training = ['torch>=2.4', 'transformers>=5.0', 'accelerate>=1.1', 'safetensors>=0.4'];
  const predicting = ['ray[data]>=2.40', 'onnxruntime>=1.20', 'tokenizers>=0.20', 'numpy>=1.26', 'pyarrow>=15'];
  return [...training, ...(predicts ? predicting : [])].join('\n');
}

/** A paragraph, its blank line with it. */
const foldModelsText = `The page first trained models of parts of the rows; what they said of the others is in \`data/train.csv\` already and is not computed again. The
page chose thresholds on those answers, too; \`train.py\` chooses them on the validation rows alone.

`;

/** A paragraph, its blank line with it. */
const membersText = `Several models are trained, each on the rows and with the seed that \`recipe.json\` names under \`members\` (training and validation rows, but for the
fold it is validated on), and the mean of their logits answers.
The result holds the first as any tool loads it and the others as \`member-2.safetensors\` and so on; dropped on Rung, they answer together.

`;

/** README.md. @param predicts whether the trained model is in the bundle */
export function bundleReadme(run: FinetunedRun, predicts: boolean): string {
  const { config, plan, data, encoderName } = run;
  const averaged = plannedMembers(config, plan) > 1;
  const distilled = foldModelCount(config, plan.trainRows) > 0;
  return `# ${run.name.replace(/\s+/g, ' ')}, beyond one machine

What Rung trained in a browser, to be trained again, longer or on more machines: ${encoderName} on ${data.name}, ${sidesText(run, String)}. **The titles are in \`data/\`**: give this folder to those who may see them.

## Train

\`\`\`sh
pip install -r requirements.txt
python train.py --plain       # one device, without accelerate
accelerate launch train.py    # Hugging Face Trainer, as many devices as accelerate is set up for
\`\`\`

Change \`recipe.json\` for other settings (more epochs, a larger batch), or name another encoder of the Hub with \`--start organisation/model\`; what
\`recipe.json\` says of its \`parameters\` must then fit that model. The result goes to \`trained-again/\`, with its figures on the test rows
beside those of the page.

The same as in the page: the rows of each side and their order in every epoch, the tokens, the weights to start from (the head as it was
drawn from seed ${config.seed}), the loss with its weights and smoothing, AdamW's groups, clipping, the learning rate at each step, the choice of the epoch and of
thresholds. With dropout 0 the losses and weights of single steps agree but for rounding.

Not the same: dropout (${config.dropout}) draws other numbers, so results differ as between two seeds. A batch is read in one piece: parts that save memory change
no result. On several devices a batch is shared among them; the last, smaller batch of an epoch is filled up there.

${averaged ? membersText : ''}${distilled ? foldModelsText : ''}${predicts ? predictText(run) : 'This run kept no weights, so there is no trained model to predict with in here.'}

## What is in it

| file | holds |
|---|---|
| \`data/*.csv\` | row number of the table (0: written by hand), title, the text that becomes tokens, 0 or 1 for each label${distilled ? '; in train.csv what is learnt, a number between: the fold models’ answers are in it' : ''} |
| \`recipe.json\` | every setting, the weights of the labels, how each parameter is trained |
| \`start/\` | config, tokenizer and weights before the first step |
${predicts ? '| `trained/` | the model as ONNX, its tokenizer, thresholds and cleaning (`rung.json`) |\n' : ''}`;
}

function predictText({ data, config }: FinetunedRun): string {
  const steps = cleaningOrder.filter((step) => data.cleaning[step]).map((step) => cleaningWords[step]);
  const normal = config.normalisation
    ? ' Then they are to be brought into normal form, as `trained/rung.json` says.'
    : '';
  return `## Predict

\`\`\`sh
python predict_ray.py titles.parquet answers --column title --actors 4
\`\`\`

Ray Data spreads the titles over copies of the trained model. Clean them first as the page did: ${steps.length > 0 ? steps.join('; ') : 'nothing was changed'}.${normal}`;
}
