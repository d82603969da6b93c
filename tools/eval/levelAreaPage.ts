/** The page in which `npm run eval -- --recipe level-area` runs: the app's own workers, without its interface. */
import {
  defaultLevelAreaConfig,
  type AreaScheme,
  type Labelling,
  type LevelAreaConfig,
  type LevelAreaModel,
} from '../../src/shared/levelArea.ts';
import { connectData, connectEngine } from '../../src/worker/client.ts';

export interface LevelAreaEvalRequest {
  fileName: string;
  bytes: string;
  scheme: AreaScheme;
  config: Partial<LevelAreaConfig>;
  seeds: number[];
  /** Columns of true labels by name. */
  truth: { level: string | null; area: string | null };
  /** By level of the shipped map, what the file calls it. */
  levelNames: (string | null)[];
}

export interface LevelAreaEvalResult {
  labelling: Labelling;
  models: LevelAreaModel[];
}

const baseUrl = new URL('../../', document.baseURI).href;
const fail = (error: Error): void => console.error(`worker: ${error.message}`);

async function evaluate(request: LevelAreaEvalRequest): Promise<LevelAreaEvalResult> {
  const data = connectData(baseUrl, fail).levelArea;
  const engine = connectEngine(baseUrl, fail);
  const bytes = Uint8Array.from(atob(request.bytes), (character) => character.charCodeAt(0));
  const shipped = await data.maps();
  const maps = { level: shipped.level, area: shipped.area[request.scheme] };
  const file = await data.open(new File([bytes], request.fileName), () => undefined);
  const truth = (name: string | null, names: (string | null)[]) => {
    const column = name === null ? -1 : file.columns.indexOf(name);
    return column < 0 ? null : { column, names };
  };
  const labelling = await data.label({
    titleColumn: file.titleColumn,
    maps,
    truth: {
      level: truth(request.truth.level, request.levelNames),
      area: truth(
        request.truth.area,
        maps.area.classes.map(() => null),
      ),
    },
  });
  await engine.device(request.config.backend ?? 'wasm');
  const models: LevelAreaModel[] = [];
  for (const seed of request.seeds) {
    const config: LevelAreaConfig = { ...defaultLevelAreaConfig, backend: 'wasm', ...request.config, seed };
    const dataset = await data.dataset();
    const { model } = await engine.levelArea.train(
      { dataset, config, name: `seed ${seed}`, version: '' },
      () => undefined,
    );
    const { level, area } = model.report;
    const agreed = [level, area].map((head) => head.agreement?.exactMatch.value.toFixed(3)).join(' and ');
    console.log(`seed ${seed}: best epoch ${model.bestEpoch}, agreement ${agreed}, ${model.seconds.toFixed(0)} s`);
    models.push(model);
  }
  return { labelling, models };
}

Object.assign(window, { evaluateLevelArea: evaluate });
