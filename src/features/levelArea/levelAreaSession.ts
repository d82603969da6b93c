/** What the user has open on "Level & area": titles, keywords, settings, the training that runs, models, answers. Outlives the screen. */
import { toRungError } from '../../shared/errors.ts';
import {
  defaultLevelAreaConfig,
  heads,
  type AreaScheme,
  type Head,
  type KeywordMap,
  type Labelling,
  type LabellingSettings,
  type LevelAreaAnswers,
  type LevelAreaConfig,
  type LevelAreaEpoch,
  type LevelAreaFile,
  type LevelAreaModel,
  type PerHead,
  type TruthSettings,
} from '../../shared/levelArea.ts';
import { packStrings, unpackStrings } from '../../shared/strings.ts';
import type { Backend } from '../../shared/training.ts';
import type { LevelAreaDataApi, LevelAreaEngineApi, TitlesToAnswer } from '../../worker/protocol.ts';

export interface Doing {
  message: string;
  fraction: number | null;
}

export interface LiveLearning extends Doing {
  epochs: LevelAreaEpoch[];
  of: number;
  stopping: boolean;
}

/** Answers to the titles of a file, in its order. */
export interface Answered {
  name: string;
  model: LevelAreaModel;
  titles: string[];
  reasons: (string | null)[];
  answers: LevelAreaAnswers;
}

export interface LevelAreaState {
  file: LevelAreaFile | null;
  settings: LabellingSettings | null;
  scheme: AreaScheme;
  labelling: Labelling | null;
  /** Reading, labelling, answering or writing. */
  doing: Doing | null;
  config: LevelAreaConfig;
  live: LiveLearning | null;
  models: LevelAreaModel[];
  selectedId: string | null;
  answered: Answered | null;
  error: { message: string; hint: string } | null;
  notice: string | null;
}

interface Maps {
  level: KeywordMap;
  area: Record<AreaScheme, KeywordMap>;
}

export class LevelAreaSession {
  private readonly data: LevelAreaDataApi;
  private readonly engine: LevelAreaEngineApi;
  private readonly version: string;
  private readonly listeners = new Set<() => void>();
  private shipped: Maps | null = null;
  /** As edited; those of the other scheme wait here. */
  private maps: Maps | null = null;
  private turn = 0;
  private state: LevelAreaState = {
    file: null,
    settings: null,
    scheme: 'naics',
    labelling: null,
    doing: null,
    config: defaultLevelAreaConfig,
    live: null,
    models: [],
    selectedId: null,
    answered: null,
    error: null,
    notice: null,
  };

  /** @param version of Rung, to be kept with models */
  constructor(data: LevelAreaDataApi, engine: LevelAreaEngineApi, version: string) {
    this.data = data;
    this.engine = engine;
    this.version = version;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getSnapshot = (): LevelAreaState => this.state;

  async refresh(): Promise<void> {
    await this.guarded(async () => {
      const models = await this.engine.models();
      this.set({ models, selectedId: this.state.selectedId ?? models[0]?.id ?? null });
    });
  }

  async open(source: File | string): Promise<void> {
    const turn = ++this.turn;
    await this.during('Reading the titles', async (tell) => {
      const maps = await this.knownMaps();
      const file = await this.data.open(source, tell);
      if (turn !== this.turn) return;
      const settings: LabellingSettings = {
        titleColumn: file.titleColumn,
        maps: { level: maps.level, area: maps.area[this.state.scheme] },
        truth: { level: null, area: null },
      };
      this.set({ file, settings, labelling: null, answered: null });
      await this.label(settings);
    });
  }

  close(): void {
    this.turn++;
    this.set({ file: null, settings: null, labelling: null, answered: null });
  }

  async setTitleColumn(titleColumn: number): Promise<void> {
    await this.change((settings) => ({ ...settings, titleColumn }));
  }

  async setScheme(scheme: AreaScheme): Promise<void> {
    const maps = await this.knownMaps();
    this.set({ scheme });
    await this.change((settings) => ({
      ...settings,
      maps: { ...settings.maps, area: maps.area[scheme] },
      truth: { ...settings.truth, area: null },
    }));
  }

  /** An edited map. True labels stay with their classes as long as these are as many. */
  async setMap(head: Head, map: KeywordMap): Promise<void> {
    const maps = await this.knownMaps();
    this.maps =
      head === 'level' ? { ...maps, level: map } : { ...maps, area: { ...maps.area, [this.state.scheme]: map } };
    await this.change((settings) => {
      const truth = settings.truth[head];
      const fits = truth?.names.length === map.classes.length;
      return {
        ...settings,
        maps: { ...settings.maps, [head]: map },
        truth: { ...settings.truth, [head]: fits ? truth : null },
      };
    });
  }

  /** The map that comes with the app. */
  async resetMap(head: Head): Promise<void> {
    const shipped = this.shipped;
    if (shipped) await this.setMap(head, head === 'level' ? shipped.level : shipped.area[this.state.scheme]);
  }

  /** Column of true labels; null: none. Classes that are called as in the file, case aside, are matched at once. */
  async setTruth(head: Head, column: number | null): Promise<void> {
    const names = this.state.settings?.maps[head].classes.map(() => null) ?? [];
    await this.setTruthSettings(head, column === null ? null : { column, names });
    const values = this.state.labelling?.heads[head].truthValues;
    const { settings } = this.state;
    if (!values || column === null || !settings) return;
    const found = new Map(values.map(({ value }) => [value.toLowerCase(), value]));
    const matched = settings.maps[head].classes.map(({ name }) => found.get(name.toLowerCase()) ?? null);
    await this.setTruthSettings(head, { column, names: matched });
  }

  async setTruthSettings(head: Head, truth: TruthSettings | null): Promise<void> {
    await this.change((settings) => ({ ...settings, truth: { ...settings.truth, [head]: truth } }));
  }

  setConfig(change: Partial<LevelAreaConfig>): void {
    this.set({ config: { ...this.state.config, ...change } });
  }

  async train(name: string, backend: Backend | null): Promise<void> {
    if (this.state.live) return;
    const { config } = this.state;
    this.set({
      live: { message: 'Preparing', fraction: null, epochs: [], of: config.epochs, stopping: false },
      error: null,
      notice: null,
    });
    await this.guarded(async () => {
      const dataset = await this.data.dataset();
      const request = { dataset, config: { ...config, backend }, name, version: this.version };
      const { model, notKept } = await this.engine.train(request, (event) => {
        const { live } = this.state;
        if (!live) return;
        const change =
          event.type === 'phase'
            ? { message: event.message, fraction: event.fraction }
            : { message: `Epoch ${event.epoch.epoch}`, fraction: null, epochs: [...live.epochs, event.epoch] };
        this.set({ live: { ...live, ...change } });
      });
      this.set({ models: [model, ...this.state.models], selectedId: model.id, answered: null, notice: notKept });
    });
    this.set({ live: null });
  }

  async stop(): Promise<void> {
    const { live } = this.state;
    if (live) this.set({ live: { ...live, stopping: true } });
    await this.guarded(() => this.engine.stop());
  }

  select(id: string): void {
    this.set({ selectedId: id, answered: null });
  }

  async remove(id: string): Promise<void> {
    await this.guarded(async () => {
      await this.engine.removeModel(id);
      const models = this.state.models.filter((model) => model.id !== id);
      this.set({ models, selectedId: models[0]?.id ?? null, answered: null });
    });
  }

  /** The zip of a model that was downloaded here. */
  async openModel(files: File[]): Promise<void> {
    await this.during('Reading the model', async () => {
      const { model, notKept } = await this.engine.openModel(files);
      const models = [model, ...this.state.models.filter(({ id }) => id !== model.id)];
      this.set({ models, selectedId: model.id, answered: null, notice: notKept });
    });
  }

  async exportModel(id: string): Promise<Blob | null> {
    let zip: Blob | null = null;
    await this.during('Writing the model', async () => {
      zip = await this.engine.exportModel(id);
    });
    return zip;
  }

  /** Answers the titles that are open, or those of another file or text. */
  async answer(model: LevelAreaModel, source: File | string | null): Promise<void> {
    await this.during('Reading the titles', async (tell) => {
      const { titleColumn = 0 } = this.state.settings ?? {};
      const found =
        source === null ? await this.data.openTitles(titleColumn) : await this.data.titlesToAnswer(source, null);
      const { name, titles, reasons } = found;
      const answers = await this.engine.answer(model.id, titles, tell);
      this.set({ answered: { name, model, titles: unpackStrings(titles), reasons, answers } });
    });
  }

  async writeAnswers({ titles, reasons, answers, model }: Answered): Promise<Blob | null> {
    let csv: Blob | null = null;
    await this.during('Writing the file', async () => {
      const rows: TitlesToAnswer = { titles: packStrings(titles), reasons };
      csv = await this.data.writeAnswers(rows, answers, model.maps);
    });
    return csv;
  }

  fail(message: string, hint: string): void {
    this.set({ error: { message, hint } });
  }

  dismiss(): void {
    this.set({ error: null, notice: null });
  }

  private async knownMaps(): Promise<Maps> {
    this.shipped ??= await this.data.maps();
    return (this.maps ??= this.shipped);
  }

  private async change(next: (settings: LabellingSettings) => LabellingSettings): Promise<void> {
    const { settings } = this.state;
    if (settings) await this.during('Reading the keywords', () => this.label(next(settings)));
  }

  /** The settings are kept only when they can be followed. */
  private async label(settings: LabellingSettings): Promise<void> {
    const turn = ++this.turn;
    const labelling = await this.data.label(settings);
    if (turn === this.turn) this.set({ settings, labelling });
  }

  private async during(
    message: string,
    work: (tell: (message: string, fraction: number | null) => void) => Promise<void>,
  ) {
    this.set({ doing: { message, fraction: null }, error: null });
    await this.guarded(() => work((now, fraction) => this.set({ doing: { message: now, fraction } })));
    this.set({ doing: null });
  }

  private async guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      const { message, hint, code } = toRungError(thrown);
      if (code !== 'aborted' || this.state.live) this.set({ error: { message, hint } });
    }
  }

  private set(change: Partial<LevelAreaState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}

/** Titles that a keyword decides, by head. */
export function decidedTitles({ heads: of }: Labelling): PerHead<number> {
  const sum = (head: Head): number => of[head].classTitles.reduce((total, count) => total + count, 0);
  return { level: sum('level'), area: sum('area') };
}

export const headNames: PerHead<string> = { level: 'Level', area: 'Area' };
export { heads };
