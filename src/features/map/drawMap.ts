/** The two layers of the map: the points, drawn anew when they or the view change, and over them what follows the pointer. */
import type { View } from './mapData.ts';
import type { Marks } from './marks.ts';

export interface PointLayer {
  positions: Float32Array;
  /** Label that colours each point; negative: none. */
  shown: Int16Array;
  /** 1 for points in full colour; null: all of them. */
  bright: Uint8Array | null;
  marks: Marks;
}

/** @param ratio device pixels a px */
export function drawPoints(
  context: CanvasRenderingContext2D,
  { positions, shown, bright, marks }: PointLayer,
  view: View,
  ratio: number,
): void {
  const { width, height } = context.canvas;
  context.clearRect(0, 0, width, height);
  const none = marks.full.length - 1;
  const half = marks.full[none].width / 2;
  const scale = view.scale * ratio;
  const [left, top] = [view.x * ratio - half, view.y * ratio - half];
  const pass = (wanted: 0 | 1, pictures: HTMLCanvasElement[]): void => {
    for (let point = 0; point < shown.length; point++) {
      if (bright ? bright[point] !== wanted : wanted === 0) continue;
      const x = positions[2 * point] * scale + left;
      const y = positions[2 * point + 1] * scale + top;
      if (x < -2 * half || y < -2 * half || x > width || y > height) continue;
      context.drawImage(pictures[shown[point] < 0 ? none : shown[point]], x, y);
    }
  };
  // Bright points lie over faint ones.
  pass(0, marks.faint);
  pass(1, marks.full);
}

export interface PointerLayer {
  /** Point under the pointer, px; null: none. */
  hovered: { x: number; y: number } | null;
  /** Line being drawn, px, x and y by turns. */
  lasso: readonly number[];
  /** The ring that keys move; null while the keyboard is elsewhere. */
  ring: { x: number; y: number; radius: number } | null;
  colour: string;
}

export function drawPointer(context: CanvasRenderingContext2D, layer: PointerLayer, ratio: number): void {
  const { hovered, lasso, ring, colour } = layer;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.strokeStyle = colour;
  context.fillStyle = colour;
  context.lineWidth = 2;
  if (hovered) circle(context, hovered.x, hovered.y, 8);
  if (ring) circle(context, ring.x, ring.y, ring.radius);
  if (lasso.length < 4) return;
  context.beginPath();
  for (let at = 0; at < lasso.length; at += 2) context.lineTo(lasso[at], lasso[at + 1]);
  context.closePath();
  context.globalAlpha = 0.12;
  context.fill();
  context.globalAlpha = 1;
  context.stroke();
}

function circle(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
}
