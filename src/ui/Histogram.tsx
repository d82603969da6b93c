import { useState } from 'react';
import css from './Histogram.module.css';

export interface HistogramBin {
  /** "7", "64 or more". */
  label: string;
  /** Under the bar; left out where bars are many. */
  tick?: string;
  count: number;
}

export interface HistogramProps {
  bins: readonly HistogramBin[];
  /** What the picture says, in one sentence. */
  summary: string;
  /** What a bin and its count are: `(bin) => "7 tokens: 412 titles"`. */
  describe: (bin: HistogramBin) => string;
  height?: number;
}

/** Upright bars over consecutive values; the one pointed at is read out below. */
export function Histogram({ bins, summary, describe, height = 96 }: HistogramProps) {
  const [pointed, setPointed] = useState<HistogramBin | null>(null);
  const largest = Math.max(1, ...bins.map((bin) => bin.count));
  return (
    <div onPointerLeave={() => setPointed(null)}>
      <div className={css.plot} aria-hidden="true" style={{ height }}>
        {bins.map((bin) => (
          <div key={bin.label} className={css.slot} onPointerEnter={() => setPointed(bin)}>
            <div
              className={css.bar}
              style={{ height: bin.count === 0 ? 0 : `max(2px, ${((100 * bin.count) / largest).toFixed(2)}%)` }}
            />
          </div>
        ))}
      </div>
      <div className={css.axis} aria-hidden="true">
        {bins.map((bin) => (
          <span key={bin.label} className={css.tick}>
            {bin.tick}
          </span>
        ))}
      </div>
      <div className={css.readout}>{pointed ? describe(pointed) : summary}</div>
    </div>
  );
}
