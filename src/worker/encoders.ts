/** Where encoders come from: the folders that ship with the app, models of the Hub, and what the user dropped on this page. */
import { array, number, object, parse, string, variant, literal } from 'valibot';
import type { ModelFolder } from '../formats/checkpoint.ts';
import { readEncoder, type Encoder } from '../recipes/encoder.ts';
import { RungError } from '../shared/errors.ts';
import type { EncoderInfo, EncoderSource, TensorReport } from '../shared/training.ts';
import { HubModels } from './hubModels.ts';

const encoderIndex = array(
  object({
    source: variant('kind', [
      object({ kind: literal('shipped'), id: string() }),
      object({ kind: literal('dropped'), id: string() }),
    ]),
    name: string(),
    description: string(),
    parameters: number(),
    bytes: number(),
  }),
);

const shippedFiles = [
  'config.json',
  'model.safetensors',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'vocab.txt',
];

export class Encoders {
  readonly hub = new HubModels();
  private readonly dropped = new Map<string, { info: EncoderInfo; encoder: Encoder }>();
  private readonly shipped = new Map<string, Promise<Encoder>>();
  private readonly baseUrl: string;

  constructor(baseUrl: string) {
    this.baseUrl = baseUrl;
  }

  async list(): Promise<EncoderInfo[]> {
    const response = await this.fetchShipped('models/index.json');
    const index = parse(encoderIndex, await response.json());
    return [...index, ...(await this.hub.encoders()), ...Array.from(this.dropped.values(), (entry) => entry.info)];
  }

  /** @throws RungError 'not-found' for one that was dropped in another session. */
  async load(source: EncoderSource): Promise<Encoder> {
    if (source.kind === 'shipped') {
      const loading = this.shipped.get(source.id) ?? this.fetchEncoder(source.id);
      this.shipped.set(source.id, loading);
      // A failed download is tried again next time.
      loading.catch(() => this.shipped.delete(source.id));
      return loading;
    }
    if (source.kind === 'hub') return this.hub.load(source.id);
    const found = this.dropped.get(source.id);
    if (!found) {
      const message = 'The encoder of these settings was dropped in an earlier visit and is not here any more.';
      throw new RungError('not-found', message, 'Drop its folder or zip again, or choose the shipped encoder.');
    }
    return found.encoder;
  }

  addDropped(name: string, encoder: Encoder, report: TensorReport): EncoderInfo {
    const id = `dropped-${this.dropped.size + 1}`;
    let parameters = 0;
    for (const weights of encoder.weights.values()) parameters += weights.data.length;
    const { layers, dim } = encoder.architecture;
    const description = `${layers} layers of ${dim}, dropped in this visit`;
    const info: EncoderInfo = {
      source: { kind: 'dropped', id },
      name,
      description,
      parameters,
      bytes: encoder.bytes,
      report,
    };
    this.dropped.set(id, { info, encoder });
    return info;
  }

  private async fetchEncoder(id: string): Promise<Encoder> {
    const folder: ModelFolder = new Map();
    await Promise.all(
      shippedFiles.map(async (name) => {
        const response = await this.fetchShipped(`models/${id}/${name}`);
        folder.set(name, await response.blob());
      }),
    );
    return readEncoder(folder);
  }

  private async fetchShipped(path: string): Promise<Response> {
    const response = await fetch(new URL(path, this.baseUrl)).catch((thrown: unknown) => {
      const message = `Loading ${path}: the file that ships with Rung could not be fetched.`;
      throw new RungError('not-found', message, 'Reload the page once while online.', { cause: thrown });
    });
    if (response.ok) return response;
    const message = `Loading ${path}: the server answered HTTP ${response.status}.`;
    throw new RungError('not-found', message, 'Check that the whole build folder was published, then reload.');
  }
}
