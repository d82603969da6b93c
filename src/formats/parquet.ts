/** A table as a Parquet file, through hyparquet-writer: Snappy, one column each of strings, doubles or 32-bit whole numbers, all may be null. */
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { RunTable } from './runTables.ts';

const types = { text: 'STRING', number: 'DOUBLE', whole: 'INT32' } as const;

export function writeParquet({ columns, rows }: RunTable): ArrayBuffer {
  return parquetWriteBuffer({
    columnData: columns.map(({ name, type }, i) => ({
      name,
      type: types[type],
      nullable: true,
      data: rows.map((row) => {
        const cell = row[i];
        return typeof cell === 'bigint' ? Number(cell) : cell;
      }),
    })),
  });
}
