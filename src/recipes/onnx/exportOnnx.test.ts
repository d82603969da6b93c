/** Exported models run by onnxruntime, against PyTorch's own logits and hidden states, and held to the rules of the format. */
import { existsSync, openAsBlob, readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { memberPrefix } from '../../shared/members.ts';
import { readSafetensors } from '../../formats/safetensors.ts';
import { initialParameters, isHead, isPooler, parameterShapes, parseModelConfig } from '../../models/model.ts';
import type { ModelConfig } from '../../models/model.ts';
import type { NamedArrays } from '../../shared/arrays.ts';
import { onnxForms, onnxPrecisions, type OnnxFile, type OnnxForm } from '../../shared/onnxFiles.ts';
import { largestDifference, relativeError } from '../../testing/close.ts';
import { readOnnx, type ReadModel } from '../../testing/onnxReader.ts';
import { padTitles } from '../../testing/paddedTitles.ts';
import type { FixtureInputs } from '../../testing/parity.ts';
import { exportOnnx } from './exportOnnx.ts';

const fixtures = ['distilbert', 'bert', 'roberta', 'deberta-v2', 'deberta-v2-noshare'];
const trimmed = 'src/testing/fixtures';
const complete = '../shared/fixtures';

interface Reference {
  config: ModelConfig;
  inputs: FixtureInputs;
  weights: NamedArrays;
  /** PyTorch's, in float64. */
  forward: NamedArrays;
}

async function readReference(folder: string): Promise<Reference> {
  const json = (name: string): unknown => JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8'));
  const tensors = async (name: string): Promise<NamedArrays> =>
    readSafetensors(await openAsBlob(`${folder}/${name}.safetensors`), name);
  const [weights, forward] = await Promise.all([tensors('model'), tensors('forward_f64')]);
  return { config: parseModelConfig(json('config')), inputs: json('inputs') as FixtureInputs, weights, forward };
}

async function bytesOf(config: ModelConfig, members: NamedArrays[], file: OnnxFile): Promise<Uint8Array> {
  return new Uint8Array(await exportOnnx(config, members, file).arrayBuffer());
}

type Run = (titles: readonly (readonly number[])[]) => Promise<Record<string, Float32Array>>;

async function runnerOf({ config, weights }: Reference, file: OnnxFile, members = [weights]): Promise<Run> {
  const session = await InferenceSession.create(await bytesOf(config, members, file), { intraOpNumThreads: 1 });
  return async (titles) => {
    const { inputs, dims } = padTitles(titles, config.padTokenId);
    const feeds = Object.entries(inputs).filter(([name]) => session.inputNames.includes(name));
    const results = await session.run(
      Object.fromEntries(feeds.map(([name, data]) => [name, new Tensor('int64', data, dims)])),
    );
    return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data as Float32Array]));
  };
}

/** The ragged main batch, without its padding. */
function titlesOf({ inputs }: Reference): number[][] {
  return inputs.main.input_ids.map((ids, row) => ids.filter((_, at) => inputs.main.attention_mask[row][at] === 1));
}

/** A title of one token, and the longest that the model takes. */
function extremeTitles({ config }: Reference): number[][] {
  return [[3], Array.from({ length: config.maxPositions }, (_, at) => 5 + (at % 190))];
}

describe.each(fixtures)('%s, run by onnxruntime', (name) => {
  let reference: Reference;
  beforeAll(async () => {
    reference = await readReference(`${trimmed}/${name}`);
  });

  it('gives the logits of PyTorch, whatever the titles are batched with', async () => {
    const run = await runnerOf(reference, { form: 'classifier', precision: 'fp32' });
    const titles = [...titlesOf(reference), ...extremeTitles(reference)];
    const { logits } = await run(titles);
    const truth = reference.forward.get('logits')!.data;
    expect(largestDifference(logits.subarray(0, truth.length), truth).largest).toBeLessThan(1e-5);
    const { labels } = reference.config;
    for (const [i, title] of titles.entries()) {
      const alone = await run([title]);
      const own = logits.subarray(i * labels, (i + 1) * labels);
      expect(largestDifference(alone.logits, own).largest).toBeLessThan(1e-5);
    }
  });

  it('gives about the same in fp16 and int8', async () => {
    const truth = reference.forward.get('logits')!.data;
    for (const [precision, tolerance] of [
      ['fp16', 0.005],
      ['int8', 0.2],
    ] as const) {
      const { logits } = await (await runnerOf(reference, { form: 'classifier', precision }))(titlesOf(reference));
      expect(largestDifference(logits, truth).largest).toBeLessThan(tolerance);
    }
  });

  it('averages several models: their logits, their last hidden states, the vectors of titles', async () => {
    const titles = titlesOf(reference);
    const members = [reference.weights, initialParameters(reference.config, 4)];
    const tolerances = { fp32: 1e-5, fp16: 0.005, int8: 1e-5 };
    for (const form of ['classifier', 'embedding'] as const) {
      for (const precision of form === 'classifier' ? onnxPrecisions : (['fp32'] as const)) {
        const file = { form, precision };
        const [both, first, second] = await Promise.all(
          [members, ...members.map((one) => [one])].map(async (some) =>
            (await runnerOf(reference, file, some))(titles),
          ),
        );
        expect(Object.keys(both)).toEqual(Object.keys(first));
        for (const [output, values] of Object.entries(both)) {
          const mean = values.map((_, i) => (first[output][i] + second[output][i]) / 2);
          expect(largestDifference(values, mean).largest).toBeLessThan(tolerances[precision]);
          expect(largestDifference(first[output], second[output]).largest).toBeGreaterThan(0.1);
        }
      }
    }
  });

  it('embeds a title as the mean of its tokens, whatever it is batched with', async () => {
    const titles = [...titlesOf(reference), ...extremeTitles(reference)];
    const { dim } = reference.config;
    const run = await runnerOf(reference, { form: 'embedding', precision: 'fp32' });
    const together = await run(titles);
    const longest = Math.max(...titles.map((title) => title.length));
    expect(together.last_hidden_state.length).toBe(titles.length * longest * dim);
    for (const [i, title] of titles.entries()) {
      const states = together.last_hidden_state.subarray(i * longest * dim, (i * longest + title.length) * dim);
      const mean = Array.from({ length: dim }, (_, h) => title.reduce((sum, __, at) => sum + states[at * dim + h], 0));
      const found = together.sentence_embedding.subarray(i * dim, (i + 1) * dim);
      const expected = mean.map((sum) => sum / title.length);
      expect(largestDifference(found, expected).largest).toBeLessThan(1e-5);
      const alone = await run([title]);
      expect(largestDifference(alone.sentence_embedding, found).largest).toBeLessThan(1e-5);
    }
    for (const [precision, tolerance] of [
      ['fp16', 0.003],
      ['int8', 0.1],
    ] as const) {
      const other = await (await runnerOf(reference, { form: 'embedding', precision }))(titles);
      expect(relativeError(other.sentence_embedding, together.sentence_embedding)).toBeLessThan(tolerance);
    }
  });
});

describe.skipIf(!existsSync(complete)).each(fixtures)('%s, all of the reference', (name) => {
  it('gives the last hidden states of PyTorch', async () => {
    const reference = await readReference(`${complete}/${name}`);
    const run = await runnerOf(reference, { form: 'embedding', precision: 'fp32' });
    const titles = titlesOf(reference);
    const { last_hidden_state: found } = await run(titles);
    const truth = reference.forward.get('last_hidden_state')!;
    const [, longest, dim] = truth.shape;
    for (const [i, title] of titles.entries()) {
      const own = [i * longest * dim, (i * longest + title.length) * dim] as const;
      expect(largestDifference(found.subarray(...own), truth.data.subarray(...own)).largest).toBeLessThan(1e-5);
    }
    const classify = await runnerOf(reference, { form: 'classifier', precision: 'fp32' });
    const { logits } = await classify(titles);
    expect(largestDifference(logits, reference.forward.get('logits')!.data).largest).toBeLessThan(1e-5);
  });
});

/** Of operator set 17. An operation that is not here needs a look at the version it came in. */
const operations = new Set(
  (
    'Add Cast Concat CumSum Div DynamicQuantizeLinear Equal Erf Expand Gather GatherElements Gemm Identity LayerNormalization MatMul ' +
    'MatMulInteger Max Mul Not Range ReduceSum Relu Reshape Shape Slice Softmax Sub Tanh Transpose Unsqueeze'
  ).split(' '),
);
/** Bytes of an element, by `TensorProto.DataType`. */
const widths: Record<number, number> = { 1: 4, 3: 1, 7: 8, 10: 2 };

/** What a checker would complain of. */
function broken({ nodes, initializers, inputs, outputs }: ReadModel): string[] {
  const problems: string[] = [];
  const known = new Set<string>();
  const define = (name: string): void => {
    if (known.has(name) || name === '') problems.push(`${name} is defined twice`);
    known.add(name);
  };
  for (const { name } of inputs) define(name);
  for (const [name, { type, dims, raw }] of initializers) {
    define(name);
    const expected = dims.reduce((product, size) => product * size, widths[type]);
    if (raw.length !== expected) problems.push(`${name} has ${raw.length} bytes instead of ${expected}`);
  }
  for (const { name, op, domain, inputs: used, outputs: results } of nodes) {
    if (!operations.has(op) || domain !== '') problems.push(`${name} is ${domain}.${op}`);
    for (const input of used) if (!known.has(input)) problems.push(`${input} is used by ${name} before it is there`);
    for (const result of results) define(result);
  }
  if (new Set(nodes.map(({ name }) => name)).size !== nodes.length) problems.push('two nodes have one name');
  const used = new Set([...nodes.flatMap((node) => node.inputs), ...outputs.map(({ name }) => name)]);
  for (const name of [...initializers.map(([tensor]) => tensor), ...inputs.map((port) => port.name)]) {
    if (!used.has(name)) problems.push(`${name} is used by nobody`);
  }
  for (const { name } of outputs) if (!known.has(name)) problems.push(`${name} is never computed`);
  return problems;
}

const sizes = { vocab_size: 30, hidden_size: 8, intermediate_size: 12, num_hidden_layers: 2, num_attention_heads: 2 };
const labels = { id2label: { 0: 'a', 1: 'b', 2: 'c' } };
const configs: Record<string, unknown>[] = [
  { model_type: 'distilbert', vocab_size: 30, dim: 8, hidden_dim: 12, n_layers: 2, n_heads: 2, ...labels },
  { model_type: 'bert', ...sizes, ...labels, hidden_act: 'gelu_new' },
  { model_type: 'xlm-roberta', ...sizes, ...labels, pad_token_id: 1 },
  {
    model_type: 'deberta-v2',
    ...sizes,
    ...labels,
    relative_attention: true,
    pos_att_type: 'c2p|p2c',
    position_buckets: 8,
    share_att_key: true,
    norm_rel_ebd: 'layer_norm',
    type_vocab_size: 2,
  },
];

/** Parameters that the graph of this form has no use for. */
function unusedIn(form: OnnxForm, config: ModelConfig, name: string): boolean {
  return form === 'embedding' && (isHead(config, name) || isPooler(config, name));
}

describe.each(configs)('$model_type', (json) => {
  const config = parseModelConfig(json);
  const weights = initialParameters(config, 1);

  const files = onnxForms.flatMap((form) =>
    onnxPrecisions.flatMap((precision) => [1, 2].map((count) => ({ form, precision, count }))),
  );

  it.each(files)('keeps the rules of the format: $form, $precision, models: $count', async ({ count, ...file }) => {
    const members = [weights, initialParameters(config, 2)].slice(0, count);
    const model = readOnnx(await bytesOf(config, members, file));
    expect(broken(model)).toEqual([]);
    expect([model.irVersion, model.operatorSets]).toEqual([8, [{ domain: '', version: 17 }]]);
    const stored = new Set(model.initializers.map(([name]) => name.replace(/_(quantized|scale)$/, '')));
    const used = Object.keys(parameterShapes(config)).filter((name) => !unusedIn(file.form, config, name));
    const expected = members.flatMap((_, i) => used.map((name) => memberPrefix(i) + name));
    expect(expected.filter((name) => !stored.has(name))).toEqual([]);
    const wanted = ['input_ids', 'attention_mask'];
    if (/^(bert|deberta)/.test(String(json.model_type))) wanted.push('token_type_ids');
    const rectangle = ['batch_size', 'sequence_length'];
    expect(model.inputs).toEqual(wanted.map((name) => ({ name, type: 7, dims: rectangle })));
    expect(model.outputs).toEqual(
      file.form === 'classifier'
        ? [{ name: 'logits', type: 1, dims: ['batch_size', 3] }]
        : [
            { name: 'last_hidden_state', type: 1, dims: [...rectangle, 8] },
            { name: 'sentence_embedding', type: 1, dims: ['batch_size', 8] },
          ],
    );
    expect(model.metadata).toEqual({ family: config.family, ...file, members: String(count) });
  });

  it('says which parameter is missing', () => {
    const some = new Map([...weights].slice(0, -1));
    expect(() => exportOnnx(config, [some], { form: 'classifier', precision: 'fp32' })).toThrow(/\.bias is missing/);
  });
});
