/** What a downloaded model consists of, in words for the user. */

export interface PackagePart {
  file: string;
  /** What it is for. */
  purpose: string;
}

export const packageParts: readonly PackagePart[] = [
  { file: 'model.safetensors', purpose: 'The weights, float32, under their Hugging Face names' },
  { file: 'config.json', purpose: 'The architecture and the names of the labels' },
  { file: 'tokenizer.json', purpose: 'How a title becomes tokens, with the settings and the vocabulary beside it' },
  { file: 'rung.json', purpose: 'Thresholds, title cleaning, and every figure of the test rows' },
  { file: 'README.md', purpose: 'The model card: what it is, how good it is, what it cannot do' },
];

/** A file name that every system takes: "VP model, 2nd try" -> "VP model, 2nd try"; slashes, colons and the like become dashes. */
export function fileNameOf(runName: string): string {
  const plain = runName
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be in a file name
    .replace(/[\u0000-\u001f\u007f<>:"/\\|?*]+/g, '-')
    .replace(/^[\s.-]+|[\s.-]+$/g, '')
    .slice(0, 100);
  // Windows keeps these for devices.
  return plain === '' || /^(con|prn|aux|nul|com\d|lpt\d)$/i.test(plain) ? 'rung-model' : plain;
}
