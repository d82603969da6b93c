/**
 * How a label looks: one colour and one mark by its position in the run's label list, so that labels are told apart without
 * colour too. Colours are CSS variables of `tokens.css` and follow the colour scheme.
 */
export const labelMarks = ['circle', 'square', 'triangle', 'diamond', 'plus', 'ring', 'star', 'bar'] as const;
export type LabelMark = (typeof labelMarks)[number];

const dashes = ['', '6 3', '2 3', '8 3 2 3', '12 4', '4 2', '1 4', '10 2 2 2'];

export interface LabelStyle {
  colour: string;
  mark: LabelMark;
  /** `stroke-dasharray` of its line in charts. */
  dash: string;
}

/** The look of the label at `index`; repeats after eight with another mark and dash. */
export function labelStyle(index: number): LabelStyle {
  const round = Math.floor(index / 8);
  return {
    colour: `var(--label-${index % 8})`,
    mark: labelMarks[(index + round) % 8],
    dash: dashes[(index + round) % 8],
  };
}
