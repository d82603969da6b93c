/**
 * One HTML file with a program and what it works on: opened from disk it needs nothing else, and its content security policy lets it
 * fetch nothing. Text that is no script lies in `script` elements of other types, which no browser runs.
 */
import { Sha256 } from '../shared/sha256.ts';
import { pageBody, pageStyle } from './htmlTemplate.ts';

export interface PageParts {
  name: string;
  /** A classic script. */
  program: string;
  /** What the program reads as JSON. */
  payload: unknown;
  /** Empty where there are none. */
  weights: Uint8Array<ArrayBuffer>;
}

/** Base64 lengthens by this. */
export const base64Growth = 4 / 3;

export function htmlPage({ name, program, payload, weights }: PageParts): Blob {
  const script = `\n${inScript(program)}\n`;
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${base64Digest(script)}' 'wasm-unsafe-eval'`,
    'worker-src blob:',
    `style-src 'sha256-${base64Digest(pageStyle)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const head = [
    '<!doctype html>',
    '<html lang="en">',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escaped(name)}</title>`,
    `<style>${pageStyle}</style>`,
    pageBody,
  ].join('\n');
  const json = JSON.stringify(payload).replaceAll('<', String.raw`\u003c`);
  return new Blob(
    [
      head,
      `<script type="application/json" id="model">${json}</script>\n`,
      '<script type="text/plain" id="weights">',
      ...base64Pieces(weights),
      '</script>\n',
      `<script id="program">${script}</script>\n</html>\n`,
    ],
    { type: 'text/html;charset=utf-8' },
  );
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => entities[letter]);
}

/**
 * What would end the element, or begin a comment in it, written so that it does not (HTML, 4.12.1.3); and line ends as the parser has
 * them before it takes the hash.
 */
function inScript(program: string): string {
  return program.replace(/\r\n?/g, '\n').replace(/<(?=\/script|script|!--)/gi, String.raw`\x3c`);
}

function base64Digest(text: string): string {
  const hash = new Sha256();
  hash.update(new TextEncoder().encode(text));
  const bytes = Array.from(hash.hex().matchAll(/../g), ([byte]) => parseInt(byte, 16));
  return btoa(String.fromCharCode(...bytes));
}

/** A multiple of 3, so that pieces join without padding. */
const pieceBytes = 3 * 8192;

function base64Pieces(bytes: Uint8Array): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    pieces.push(btoa(String.fromCharCode(...bytes.subarray(at, at + pieceBytes))));
  }
  return pieces;
}
