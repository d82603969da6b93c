/** The labels of some rows. @param labels rows x labels, row-major @returns the same of the rows at `rows`, in that order */
export function labelsOf(labels: Uint8Array, labelCount: number, rows: Uint32Array): Uint8Array<ArrayBuffer> {
  const picked = new Uint8Array(rows.length * labelCount);
  for (const [i, row] of rows.entries())
    picked.set(labels.subarray(row * labelCount, (row + 1) * labelCount), i * labelCount);
  return picked;
}
