import type { MatchingRow } from '../../shared/matching.ts';

/** The table before and after, in Markdown. */
export function reportTable(rows: readonly MatchingRow[]): string {
  const head = ['Scores', 'Fine-tuning', 'Entries', 'Questions', 'Top-1', 'Top-5', 'Precision', 'Recall', 'F1'];
  const names = { words: 'TF-IDF', encoder: 'encoder', both: 'both' };
  const groups = { seen: 'seen', unseen: 'not seen' };
  const lines = rows.map(({ scoring, when, group, questions, figures: f }) => [
    names[scoring],
    scoring === 'words' ? 'none' : when,
    groups[group],
    String(questions),
    ...[f.top1, f.top5, f.precision, f.recall, f.f1].map(
      ({ value, low, high }) => `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`,
    ),
  ]);
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
