/** The page for colleagues: one title while it is typed, and lists or files of titles with a CSV of what was predicted. */
import { readPasted, readTextTable } from '../data/readFile.ts';
import { recogniseRoles } from '../data/roles.ts';
import { csvLines, csvStart, headerCells, predictionCells } from '../data/predictionsCsv.ts';
import type { Table } from '../data/table.ts';
import { RungError, toRungError } from '../shared/errors.ts';
import type { PagePayload } from '../recipes/pagePayload.ts';

/** Probabilities, titles x labels. */
export type AskPredictor = (titles: string[]) => Promise<Float32Array>;

/** Different titles a question: few enough that progress moves. */
const chunkTitles = 256;
/** Rows shown; all are in the download. */
const shownRows = 500;

function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page lacks its element ${id}.`);
  return found;
}

function put(parent: HTMLElement, tag: string, content: string, attributes: Record<string, string> = {}): HTMLElement {
  const child = document.createElement(tag);
  child.textContent = content;
  for (const [name, value] of Object.entries(attributes)) child.setAttribute(name, value);
  parent.append(child);
  return child;
}

export function showPage(payload: PagePayload, ask: AskPredictor): void {
  document.title = payload.name;
  element('name', HTMLElement).textContent = payload.name;
  const facts = element('facts', HTMLElement);
  for (const fact of payload.facts) put(facts, 'li', fact);
  showBox(payload, ask);
  showList(payload, ask);
}

/** One title, answered while it is typed. */
function showBox({ labelNames, thresholds }: PagePayload, ask: AskPredictor): void {
  const input = element('title', HTMLInputElement);
  const verdict = element('verdict', HTMLElement);
  const rows = element('bars', HTMLElement);
  const bars = labelNames.map((name, label) => {
    const row = put(rows, 'tr', '');
    put(row, 'th', name, { scope: 'row' });
    const meter = put(put(row, 'td', ''), 'div', '', { class: 'meter' });
    meter.style.setProperty('--needed', `${100 * thresholds[label]}%`);
    const fill = put(meter, 'div', '');
    return { row, fill, figure: put(row, 'td', '–'), needed: put(row, 'td', thresholds[label].toFixed(2)) };
  });
  let [running, wanted] = [false, ''];
  const show = (probabilities: Float32Array | null): void => {
    const carried = labelNames.filter((_, label) => probabilities && probabilities[label] >= thresholds[label]);
    for (const [label, { row, fill, figure }] of bars.entries()) {
      fill.style.width = `${100 * (probabilities?.[label] ?? 0)}%`;
      figure.textContent = probabilities ? probabilities[label].toFixed(2) : '–';
      row.dataset.holds = String(probabilities !== null && probabilities[label] >= thresholds[label]);
    }
    verdict.textContent = probabilities
      ? carried.join(', ') || 'None of the labels: every probability is below its threshold.'
      : 'Its labels show here while you type.';
  };
  // Of what is typed meanwhile only the last is asked.
  const next = async (): Promise<void> => {
    running = true;
    for (let asked: string | null = null; asked !== wanted;) {
      asked = wanted;
      try {
        show(asked.trim() === '' ? null : await ask([asked]));
      } catch (thrown) {
        verdict.textContent = toRungError(thrown).message;
      }
    }
    running = false;
  };
  input.addEventListener('input', () => {
    wanted = input.value;
    if (!running) void next();
  });
  show(null);
}

interface Predicted {
  titles: string[];
  /** rows x labels, of the rows done. */
  values: Float32Array;
  done: number;
}

/** Many titles: pasted, dropped or chosen. */
function showList(payload: PagePayload, ask: AskPredictor): void {
  const box = element('list', HTMLTextAreaElement);
  const file = element('file', HTMLInputElement);
  const columns = element('column', HTMLSelectElement);
  const save = element('save', HTMLButtonElement);
  const stop = element('stop', HTMLButtonElement);
  const error = element('error', HTMLElement);
  let opened: { name: string; table: Table } | null = null;
  let current: { predicted: Predicted; name: string } | null = null;
  let turn = 0;

  const predict = async (name: string, titles: string[]): Promise<void> => {
    const mine = ++turn;
    const predicted = { titles, values: new Float32Array(titles.length * payload.labelNames.length), done: 0 };
    current = { predicted, name };
    save.hidden = true;
    stop.hidden = false;
    showRows(payload, predicted);
    try {
      await predictAll(ask, predicted, payload.labelNames.length, () => {
        if (mine === turn) showProgress(predicted);
        return mine === turn;
      });
    } catch (thrown) {
      error.textContent = toRungError(thrown).message;
    }
    if (mine !== turn && current?.predicted !== predicted) return;
    stop.hidden = true;
    save.hidden = predicted.done === 0;
    showRows(payload, predicted);
  };
  const open = async (name: string, read: () => Promise<Table> | Table): Promise<void> => {
    error.textContent = '';
    try {
      const table = await read();
      opened = { name, table };
      const chosen = recogniseRoles(table).title ?? 0;
      columns.replaceChildren(...table.columns.map((column, i) => new Option(column, String(i), false, i === chosen)));
      element('columns', HTMLElement).hidden = table.columns.length < 2;
      await predict(name, table.cells[chosen]);
    } catch (thrown) {
      const { message, hint } = toRungError(thrown);
      error.textContent = `${message} ${hint}`;
    }
  };
  const openFile = (given: File): void => void open(given.name, () => readTable(given));
  element('go', HTMLButtonElement).addEventListener(
    'click',
    () => void open('titles', () => readPasted(box.value, true)),
  );
  file.addEventListener('change', () => {
    if (file.files?.[0]) openFile(file.files[0]);
    file.value = '';
  });
  columns.addEventListener('change', () => {
    if (opened) void predict(opened.name, opened.table.cells[Number(columns.value)]);
  });
  stop.addEventListener('click', () => {
    turn++;
  });
  save.addEventListener('click', () => {
    if (current) saveCsv(payload, current.predicted, current.name);
  });
  acceptDrops(openFile);
}

async function readTable(file: File): Promise<Table> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
    const hint = 'In Excel: File, Save as, CSV UTF-8; or copy the column and paste it here.';
    throw new RungError('file-unsupported', `${file.name} is a workbook; this page reads CSV and text.`, hint);
  }
  return readTextTable(bytes, file.name, {});
}

function acceptDrops(openFile: (file: File) => void): void {
  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    const [dropped] = event.dataTransfer?.files ?? [];
    if (dropped) openFile(dropped);
  });
}

/** Identical titles are computed once. `onDone` answers whether to go on. */
async function predictAll(
  ask: AskPredictor,
  predicted: Predicted,
  labels: number,
  onDone: () => boolean,
): Promise<void> {
  const { titles, values } = predicted;
  const firstRow = new Map<string, number>();
  while (predicted.done < titles.length) {
    const fresh: number[] = [];
    let end = predicted.done;
    for (; end < titles.length && fresh.length < chunkTitles && end - predicted.done < 20_000; end++) {
      if (firstRow.has(titles[end])) continue;
      firstRow.set(titles[end], end);
      fresh.push(end);
    }
    const answers = fresh.length > 0 ? await ask(fresh.map((row) => titles[row])) : new Float32Array();
    for (const [i, row] of fresh.entries()) values.set(answers.subarray(i * labels, (i + 1) * labels), row * labels);
    for (let row = predicted.done; row < end; row++) {
      const source = firstRow.get(titles[row]) ?? row;
      if (source !== row) values.copyWithin(row * labels, source * labels, (source + 1) * labels);
    }
    predicted.done = end;
    if (!onDone()) return;
    await new Promise((resolve) => setTimeout(resolve));
  }
}

function showProgress({ done, titles }: Predicted): void {
  const progress = element('progress', HTMLProgressElement);
  progress.hidden = false;
  progress.max = Math.max(1, titles.length);
  progress.value = titles.length === 0 ? 1 : done;
  const rest = done < titles.length ? ` of ${titles.length}` : '';
  element('state', HTMLElement).textContent =
    `${done}${rest} titles predicted${titles.length > shownRows ? `; the first ${shownRows} are shown` : ''}.`;
}

function showRows(payload: PagePayload, predicted: Predicted): void {
  showProgress(predicted);
  const { labelNames, thresholds } = payload;
  const body = element('rows', HTMLElement);
  body.replaceChildren();
  element('table', HTMLElement).hidden = predicted.done === 0;
  for (let row = 0; row < Math.min(predicted.done, shownRows); row++) {
    const line = put(body, 'tr', '');
    put(line, 'td', predicted.titles[row]);
    const held = labelNames.filter(
      (_, label) => predicted.values[row * labelNames.length + label] >= thresholds[label],
    );
    put(line, 'td', held.join(', ') || 'none');
  }
}

function saveCsv({ labelNames, thresholds }: PagePayload, { titles, values, done }: Predicted, name: string): void {
  const parts = [csvStart, csvLines([headerCells(labelNames)])];
  const rowsOfPart = 5000;
  for (let from = 0; from < done; from += rowsOfPart) {
    const rows = titles.slice(from, Math.min(done, from + rowsOfPart));
    const cells = rows.map((title, i) =>
      predictionCells(title, labelNames, thresholds, values, (from + i) * labelNames.length),
    );
    parts.push(csvLines(cells));
  }
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(parts, { type: 'text/csv;charset=utf-8' }));
  link.download = `${name.replace(/\.[a-z0-9]{1,5}$/i, '')} predictions.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
