/** A title with its labels, written by hand: learnt from beside the training rows; never validated or tested on. */
export interface ExtraRow {
  /** Empty in the document of a run, which holds no title. */
  title: string;
  labels: string[];
}
