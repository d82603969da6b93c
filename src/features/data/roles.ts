/** How column roles are put into words, and changed without losing what still holds. */
import type { ColumnRoles, LabelLayout, UnlabelledPolicy } from '../../shared/dataset.ts';

/** "A, B and C"; beyond `limit` names the rest is counted. */
export function joinNames(names: readonly string[], limit = 6): string {
  const shown = names.length > limit ? [...names.slice(0, limit - 1), `${names.length - limit + 1} more`] : names;
  if (shown.length < 2) return shown.join('');
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

const separatorNames: Record<string, string> = {
  ';': 'semicolons',
  ',': 'commas',
  '|': 'bars',
  '/': 'slashes',
  '\n': 'line breaks',
  '\t': 'tabs',
};

/** Where the titles are, as a sentence. */
export function describeTitle(roles: ColumnRoles, columns: readonly string[]): string {
  return roles.title === null ? 'No title column is recognised yet.' : `Titles are in ${columns[roles.title]}.`;
}

/** Where the labels are, as a sentence. */
export function describeLabels(layout: LabelLayout | null, columns: readonly string[]): string {
  if (!layout) return 'No label column is recognised yet.';
  if (layout.kind === 'separated') {
    const name = columns[layout.column];
    if (layout.separator === '') return `Labels are in ${name}, one in each cell.`;
    return `Labels are in ${name}, several in a cell with ${separatorNames[layout.separator] ?? `“${layout.separator}”`} between them.`;
  }
  const names = layout.columns.map((column) => columns[column]);
  if (names.length === 0) return 'No label column is chosen yet.';
  if (layout.kind === 'columns') return `Labels are in ${joinNames(names)}, at most one in each cell.`;
  return `${joinNames(names)} ${names.length === 1 ? 'is a label' : 'are labels'} of their own: a row has one where the cell says 1, yes, true or x.`;
}

/** What happens to rows without a label, as a sentence. */
export function describeUnlabelled(policy: UnlabelledPolicy): string {
  if (policy.kind === 'drop') return 'Rows without a label are left out.';
  if (policy.kind === 'label') return `Rows without a label get the label “${policy.name}”.`;
  return 'Rows without a label are kept, as titles to which no label applies.';
}

/** The columns a layout uses. */
export function layoutColumns(layout: LabelLayout | null): number[] {
  if (!layout) return [];
  return layout.kind === 'separated' ? [layout.column] : layout.columns;
}

/** The same columns understood another way; with none chosen so far, every column but the title's. */
export function withKind(kind: LabelLayout['kind'], roles: ColumnRoles, columnCount: number): LabelLayout | null {
  const others = Array.from({ length: columnCount }, (_, i) => i).filter((i) => i !== roles.title);
  const current = layoutColumns(roles.labels);
  const columns = current.length > 0 ? current : others;
  if (kind !== 'separated') return { kind, columns };
  return columns.length > 0 ? { kind, column: columns[0], separator: '' } : null;
}

/** Makes one column the title's; it stops being a label's. */
export function withTitle(roles: ColumnRoles, title: number): ColumnRoles {
  const { labels } = roles;
  if (!labels) return { title, labels };
  if (labels.kind === 'separated') return { title, labels: labels.column === title ? null : labels };
  return { title, labels: { kind: labels.kind, columns: labels.columns.filter((column) => column !== title) } };
}

/** Makes a layout the labels'; its columns stop being the title's. */
export function withLabels(roles: ColumnRoles, labels: LabelLayout | null): ColumnRoles {
  const taken = roles.title !== null && layoutColumns(labels).includes(roles.title);
  return { title: taken ? null : roles.title, labels };
}
