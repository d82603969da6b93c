/** What the user has open on Match: an external store for React (`subscribe`, `getSnapshot`) over the two workers. */
import { toRungError } from '../../shared/errors.ts';
import {
  defaultMatchingConfig,
  type MatchingConfig,
  type MatchingEncoder,
  type MatchingResult,
  type OpenedTaxonomy,
  type Scoring,
  type TaxonomyColumns,
  type TaxonomyFile,
  type TunedEncoder,
} from '../../shared/matching.ts';
import type { DataApi, EngineApi } from '../../worker/protocol.ts';

/** What the session asks of the workers. */
export interface MatchTools {
  data: Pick<DataApi, 'readTaxonomy' | 'readTitles' | 'writeMatches'>;
  matching: EngineApi['matching'];
}

/** An encoder as it is chosen. */
export interface EncoderOption {
  source: MatchingEncoder;
  name: string;
}

export interface LiveTuning {
  message: string;
  fraction: number | null;
  /** x in epochs. */
  losses: { x: number; y: number }[];
  step: number;
  totalSteps: number;
  secondsLeft: number | null;
  stopping: boolean;
}

export interface MatchState {
  file: TaxonomyFile | null;
  /** What is being read, before there is anything to show of it. */
  reading: string | null;
  encoder: MatchingEncoder | null;
  /** Null while the entries are being embedded. */
  opened: OpenedTaxonomy | null;
  opening: { message: string; fraction: number | null } | null;
  scoring: Scoring;
  config: MatchingConfig;
  live: LiveTuning | null;
  result: MatchingResult | null;
  tuned: TunedEncoder[];
  error: { message: string; hint: string } | null;
}

const empty: MatchState = {
  file: null,
  reading: null,
  encoder: null,
  opened: null,
  opening: null,
  scoring: 'both',
  config: defaultMatchingConfig,
  live: null,
  result: null,
  tuned: [],
  error: null,
};

/** Points of a live line: enough to see it, few enough to draw. */
const mostPoints = 400;

export function sameEncoder(a: MatchingEncoder | null, b: MatchingEncoder | null): boolean {
  return a?.kind === b?.kind && a?.id === b?.id;
}

export class MatchSession {
  private state = empty;
  private readonly listeners = new Set<() => void>();
  private readonly tools: MatchTools;
  /** As they were dropped, to be read again with other columns. */
  private files: File[] = [];
  private turn = 0;
  /** Held by the worker while it fine-tunes. */
  readonly lock = `matching-${crypto.randomUUID()}`;

  constructor(tools: MatchTools) {
    this.tools = tools;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getSnapshot = (): MatchState => this.state;

  /** Encoders of earlier visits. */
  async refresh(): Promise<void> {
    await this.guarded(async () => this.set({ tuned: await this.tools.matching.tuned() }));
  }

  /** Opens the files of a taxonomy and embeds its entries; the one before stays when this fails. */
  async open(files: File[], columns: TaxonomyColumns | null, encoder: MatchingEncoder): Promise<void> {
    const turn = ++this.turn;
    this.set({ reading: files.map(({ name }) => name).join(', '), error: null });
    await this.guarded(async () => {
      const file = await this.tools.data.readTaxonomy(files, columns, () => undefined);
      if (turn !== this.turn) return;
      this.files = files;
      this.set({ file, reading: null, opened: null, result: null });
      await this.embed(encoder);
    });
    if (turn === this.turn) this.set({ reading: null });
  }

  /** More files of the taxonomy that is open: other titles of its entries. */
  async add(files: File[], encoder: MatchingEncoder): Promise<void> {
    const names = new Set(files.map(({ name }) => name));
    await this.open([...this.files.filter(({ name }) => !names.has(name)), ...files], null, encoder);
  }

  async setColumns(columns: TaxonomyColumns): Promise<void> {
    if (this.state.encoder) await this.open(this.files, columns, this.state.encoder);
  }

  async setEncoder(encoder: MatchingEncoder): Promise<void> {
    await this.guarded(() => this.embed(encoder));
  }

  setScoring(scoring: Scoring): void {
    this.set({ scoring });
  }

  setConfig(change: Partial<MatchingConfig>): void {
    this.set({ config: { ...this.state.config, ...change } });
  }

  async finetune(name: string, encoderName: string): Promise<void> {
    const { config } = this.state;
    const live: LiveTuning = {
      message: 'Preparing',
      fraction: null,
      losses: [],
      step: 0,
      totalSteps: 0,
      secondsLeft: null,
      stopping: false,
    };
    this.set({ live, result: null, error: null });
    await this.guarded(async () => {
      const result = await this.tools.matching.finetune({ config, name, encoderName, lock: this.lock }, (event) => {
        const now = this.state.live;
        if (!now) return;
        if (event.type === 'phase')
          this.setLive({ message: event.message, fraction: event.fraction, secondsLeft: null });
        else if (event.type === 'started') this.setLive({ message: 'Fine-tuning', totalSteps: event.totalSteps });
        else if (event.type === 'step') {
          const { step, loss, secondsLeft } = event;
          const x = (config.epochs * step) / now.totalSteps;
          const losses = [...now.losses, { x, y: loss }];
          this.setLive({
            message: `Fine-tuning, epoch ${event.epoch} of ${config.epochs}`,
            fraction: step / now.totalSteps,
            losses: losses.length > mostPoints ? losses.filter((_, i) => i % 2 === 0) : losses,
            step,
            secondsLeft,
          });
        }
      });
      this.set({ result });
      await this.refresh();
    });
    this.set({ live: null });
  }

  async stop(): Promise<void> {
    this.setLive({ stopping: true });
    await this.guarded(() => this.tools.matching.stop());
  }

  /** @returns the zip; null when it failed, and `error` says why. */
  async exportTuned(id: string): Promise<Blob | null> {
    let zip: Blob | null = null;
    await this.guarded(async () => {
      zip = await this.tools.matching.exportTuned(id);
    });
    return zip;
  }

  async removeTuned(id: string, instead: MatchingEncoder): Promise<void> {
    await this.guarded(async () => {
      await this.tools.matching.removeTuned(id);
      await this.refresh();
      if (this.state.encoder?.kind === 'tuned' && this.state.encoder.id === id) await this.embed(instead);
    });
  }

  fail(thrown: unknown): void {
    const { code, message, hint } = toRungError(thrown);
    // Who stopped it knows.
    if (code !== 'aborted') this.set({ error: { message, hint } });
  }

  dismissError(): void {
    this.set({ error: null });
  }

  /** Embeds the entries of the open taxonomy. */
  private async embed(encoder: MatchingEncoder): Promise<void> {
    const { file } = this.state;
    if (!file) return;
    const before = this.state.encoder;
    this.set({ encoder, opened: null, opening: { message: 'Loading the encoder', fraction: null }, error: null });
    const isLatest = (): boolean => sameEncoder(this.state.encoder, encoder) && this.state.file === file;
    try {
      // Progress comes by another port than the answer, and may come after it.
      let reading = true;
      const opened = await this.tools.matching.open(file.taxonomy, encoder, (message, fraction) => {
        if (reading && isLatest()) this.set({ opening: { message, fraction } });
      });
      reading = false;
      if (isLatest()) this.set({ opened, opening: null });
    } catch (thrown) {
      if (isLatest()) this.set({ opening: null, encoder: before });
      throw thrown;
    }
  }

  private async guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  private setLive(change: Partial<LiveTuning>): void {
    if (this.state.live) this.set({ live: { ...this.state.live, ...change } });
  }

  private set(change: Partial<MatchState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}
