/** Where a method comes from, what its original measured wrongly, and what it reaches here: folded away. */
import css from './AboutMethod.module.css';
import { Fold } from './Fold.tsx';
import { ScrollRegion } from './ScrollRegion.tsx';

export interface MethodNotes {
  description: string;
  /** What the published original reports, with what is known of how. */
  original: string;
  /** What the original measured wrongly or left open, and how it is done here. */
  mended: string;
  /** What is reached here. */
  reached: {
    /** Of which data, and how it was measured. */
    caption: string;
    columns: readonly string[];
    /** A name and a cell for each column. */
    rows: readonly (readonly [string, ...string[]])[];
    /** What is not measured, or is to be kept in mind. */
    note?: string;
  };
}

export function AboutMethod({ description, original, mended, reached }: MethodNotes) {
  const { caption, columns, rows, note } = reached;
  return (
    <section className={css.panel} aria-label="About this method">
      <Fold title="About this method" note="where it comes from, what it reaches">
        <div className={css.body}>
          <p>{description}</p>
          <h3>What the original reports</h3>
          <p>{original}</p>
          <h3>What it measured wrongly</h3>
          <p>{mended}</p>
          <h3>What it reaches here</h3>
          <ScrollRegion label="What it reaches here" className={css.scroll}>
            <table className={`${css.table} tabular`}>
              <thead>
                <tr>
                  {columns.map((name) => (
                    <th key={name} scope="col">
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.map(([name, ...cells]) => (
                  <tr key={name}>
                    <th scope="row">{name}</th>
                    {cells.map((cell, i) => (
                      <td key={columns[i + 1]}>{cell}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollRegion>
          <p>{caption}</p>
          {note !== undefined && <p>{note}</p>}
        </div>
      </Fold>
    </section>
  );
}
