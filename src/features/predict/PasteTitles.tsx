import { PasteModal, type PasteModalProps } from '../../ui/PasteModal.tsx';

const box = {
  label: 'One title a line, or a table with a header row',
  placeholder: 'Head of Sales\nStaff Nurse',
  rows: 12,
};

/** A box for a list of titles copied from anywhere. */
export function PasteTitles(props: Pick<PasteModalProps, 'opened' | 'onClose' | 'onText'>) {
  return <PasteModal {...props} title="Paste titles" action="Predict these titles" box={box} />;
}
