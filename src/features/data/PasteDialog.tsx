import { PasteModal, type PasteModalProps } from '../../ui/PasteModal.tsx';

const box = {
  label: 'Copied cells or comma-separated text',
  description: 'Select the cells in your spreadsheet with their header row, copy them, and paste them here.',
  placeholder: 'Title\tLevel\nHead of Sales\tDirector',
  rows: 10,
  styles: {
    description: { color: 'var(--muted)' },
    input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13, whiteSpace: 'pre' },
  },
} as const;

/** A box for a table copied from a spreadsheet. */
export function PasteDialog(props: Pick<PasteModalProps, 'opened' | 'onClose' | 'onText'>) {
  return <PasteModal {...props} title="Paste a table" action="Read this table" box={box} />;
}
