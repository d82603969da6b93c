import { mostTokensCounted } from '../../shared/dataset.ts';
import { ChartFrame } from '../../ui/ChartFrame.tsx';
import { formatCount, formatCounted } from '../../ui/format.ts';
import { Histogram } from '../../ui/Histogram.tsx';
import css from './DataScreen.module.css';
import { tokenBins } from './tokenBins.ts';

/** How long titles are, as the model reads them. */
export function LengthChart({ tokenLengths }: { tokenLengths: readonly number[] }) {
  const { bins, titles, mean, longest } = tokenBins(tokenLengths);
  const rows = bins.map(({ label, count }) => [label, count] as const);
  return (
    <ChartFrame
      title="Title length"
      minHeight={136}
      table={{ columns: ['Tokens', 'Titles'], rows }}
      note="Counted in tokens: a token is a word or a piece of one, as the model reads it. Two more mark the start and the end."
    >
      {titles === 0 ? (
        <p className={css.nothing}>Lengths are not known: there are no titles, or the tokeniser could not be loaded.</p>
      ) : (
        <Histogram
          bins={bins}
          summary={
            longest < mostTokensCounted
              ? `${mean.toFixed(1)} tokens on average, ${formatCount(longest)} at most`
              : `${mean.toFixed(1)} tokens or more on average, up to ${formatCount(longest)} or more`
          }
          describe={({ label, count }) => `${label} tokens: ${formatCounted(count, 'title')}`}
        />
      )}
    </ChartFrame>
  );
}
