/**
 * y = s x / max(|x|, 1e-12) for each row of [B, H], as torch's functional.normalize times s. Gradient, with n = x / |x|:
 * dx = s / |x| (dy - n (n . dy)); below the bound the norm counts as constant.
 */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable, onWebGpu } from './device.ts';
import { allocate, floats } from './wasmHeap.ts';
import { launch, workgroupsFor, type Kernel } from './webgpuProgram.ts';

/** Square of the smallest norm that a row is divided by, 1e-12: a float32 too. */
const floor = 1e-24;

/** The result belongs to the caller's tidy. */
export function l2Normalise(x: Tensor2D, scale: number): Tensor2D {
  return differentiable<Tensor2D>([x], (save) => {
    save([x]);
    return {
      value: onWebGpu() ? runWebGpu(scale, x, null) : runWasm(scale, x, null),
      gradient: (dy, [input]) => [
        onWebGpu() ? runWebGpu(scale, input as Tensor2D, dy) : runWasm(scale, input as Tensor2D, dy),
      ],
    };
  });
}

/** One workgroup a row. */
const kernel = (backward: boolean): Kernel => ({
  name: backward ? 'L2 normalise gradient' : 'L2 normalise',
  inputs: backward ? { x: 'f32', dy: 'f32' } : { x: 'f32' },
  outputs: { y: 'f32' },
  uniforms: { B: 'u32', H: 'u32', scale: 'f32' },
  body: /* wgsl */ `
var<workgroup> lanes: array<vec2<f32>, 64>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32) {
  let row = group.y * groups.x + group.x;
  if (row >= u.B) { return; }
  let end = (row + 1u) * u.H;
  // |x|^2 and x . dy
  var sums = vec2<f32>(0.0);
  for (var i = row * u.H + lane; i < end; i += 64u) { sums += x[i] * vec2<f32>(x[i], ${backward ? 'dy[i]' : '0.0'}); }
  lanes[lane] = sums;
  workgroupBarrier();
  sums = vec2<f32>(0.0);
  for (var k = 0u; k < 64u; k++) { sums += lanes[k]; }
  let inverse = select(1.0 / sqrt(sums.x), 1e12, sums.x < ${floor});
  let along = select(sums.y * inverse * inverse, 0.0, sums.x < ${floor});
  for (var i = row * u.H + lane; i < end; i += 64u) {
    y[i] = u.scale * inverse * ${backward ? '(dy[i] - along * x[i])' : 'x[i]'};
  }
}`,
});
const forwardKernel = kernel(false);
const backwardKernel = kernel(true);

function runWebGpu(scale: number, x: Tensor2D, dy: Tensor | null): Tensor2D {
  const [B, H] = x.shape;
  const inputs = dy ? [x, dy] : [x];
  const [y] = launch(dy ? backwardKernel : forwardKernel, inputs, [[B, H]], [B, H, scale], workgroupsFor(B, 1));
  return y as Tensor2D;
}

function runWasm(scale: number, x: Tensor2D, dy: Tensor | null): Tensor2D {
  const [B, H] = x.shape;
  const result = allocate([B, H]) as Tensor2D;
  const [from, to] = [floats(x), floats(result)];
  const slope = dy && floats(dy);
  for (let at = 0; at < from.length; at += H) {
    let squares = 0;
    let product = 0;
    for (let i = at; i < at + H; i++) {
      squares += from[i] * from[i];
      if (slope) product += from[i] * slope[i];
    }
    const inverse = squares < floor ? 1e12 : 1 / Math.sqrt(squares);
    const along = squares < floor ? 0 : product * inverse * inverse;
    for (let i = at; i < at + H; i++) to[i] = scale * inverse * (slope ? slope[i] - along * from[i] : from[i]);
  }
  return result;
}
