/** Points as small pictures, one a label, drawn once: twenty thousand of them are then copied in a few milliseconds. */
import { labelStyle, type LabelMark } from '../../ui/labelStyle.ts';

/** On a field of 10 by 10, as the marks of label chips. */
const outlines: Record<LabelMark, string> = {
  circle: 'M5 1a4 4 0 1 1 0 8a4 4 0 1 1 0-8z',
  square: 'M1.2 1.2h7.6v7.6H1.2z',
  triangle: 'M5 0.8 9.4 9H0.6z',
  diamond: 'M5 0.4 9.6 5 5 9.6 0.4 5z',
  plus: 'M3.6 0.8h2.8v2.8h2.8v2.8H6.4v2.8H3.6V6.4H0.8V3.6h2.8z',
  ring: 'M5 0.7a4.3 4.3 0 1 1 0 8.6a4.3 4.3 0 1 1 0-8.6zM5 2.9a2.1 2.1 0 1 0 0 4.2a2.1 2.1 0 1 0 0-4.2z',
  star: 'M5 0.4 6.3 3.6 9.7 3.9 7.1 6.1 7.9 9.5 5 7.7 2.1 9.5 2.9 6.1 0.3 3.9 3.7 3.6z',
  bar: 'M0.6 3.2h8.8v3.6H0.6z',
};

export interface Marks {
  /** By label; the last is that of titles without one. */
  full: HTMLCanvasElement[];
  /** The same, drawn back. */
  faint: HTMLCanvasElement[];
}

const faintness = 0.16;

/** @param size px of a mark @param around element whose colour scheme holds */
export function makeMarks(labelCount: number, size: number, ratio: number, around: HTMLElement): Marks {
  const probe = around.ownerDocument.createElement('span');
  around.append(probe);
  const colourOf = (colour: string): string => {
    probe.style.color = colour;
    return getComputedStyle(probe).color;
  };
  const looks = Array.from({ length: labelCount }, (_, label) => labelStyle(label)).map(({ colour, mark }) => ({
    colour: colourOf(colour),
    mark,
  }));
  const none = { colour: colourOf('var(--muted)'), mark: 'circle' as const };
  probe.remove();
  const draw = (alpha: number): HTMLCanvasElement[] =>
    [...looks, none].map(({ colour, mark }) => drawMark(colour, mark, size * ratio, alpha));
  return { full: draw(1), faint: draw(faintness) };
}

function drawMark(colour: string, mark: LabelMark, pixels: number, alpha: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = Math.ceil(pixels);
  const context = canvas.getContext('2d');
  if (!context) return canvas;
  context.scale(pixels / 10, pixels / 10);
  context.globalAlpha = alpha * 0.85;
  context.fillStyle = colour;
  // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- a canvas is filled, no array
  context.fill(new Path2D(outlines[mark]), 'evenodd');
  return canvas;
}
