/** The matrix products that a linear layer needs, by how their operands lie. */
import type { Tensor2D } from '@tensorflow/tfjs-core';

/** NT: a [M, K], b [P, K]. NN: a [M, K], b [K, P]. TN: a [K, M], b [K, P]. The product is [M, P], a sum over K. */
export type Layout = 'NT' | 'NN' | 'TN';

export interface Shape {
  M: number;
  P: number;
  K: number;
}

export function shapeOf(layout: Layout, a: Tensor2D, b: Tensor2D): Shape {
  if (layout === 'NT') return { M: a.shape[0], P: b.shape[0], K: a.shape[1] };
  if (layout === 'NN') return { M: a.shape[0], P: b.shape[1], K: a.shape[1] };
  return { M: a.shape[1], P: b.shape[1], K: a.shape[0] };
}
