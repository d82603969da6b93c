/** A model's parameters as arrays: drawn anew, joined into the matrices of the device, and parted again. */
import { hash32 } from '../kernels/dropout.ts';
import type { NamedArray, NamedArrays } from '../shared/arrays.ts';
import { Random } from '../shared/random.ts';
import type { Fusion, Shapes } from './family.ts';

/** Weight decay applies to all but biases and LayerNorms, as in Hugging Face's Trainer. */
export function isDecayed(name: string): boolean {
  return !name.endsWith('.bias') && !/layer_?norm/i.test(name);
}

/**
 * Random weights as Hugging Face draws them: normal with this deviation, biases 0, LayerNorm gains 1, and 0 the row of each table in
 * `padRows`. Those whose name is `wanted`; the numbers of a tensor depend on its name and the seed only.
 */
export function drawParameters(
  shapes: Shapes,
  deviation: number,
  padRows: ReadonlyMap<string, number>,
  seed: number,
  wanted: (name: string) => boolean,
): NamedArrays {
  const parameters: NamedArrays = new Map();
  for (const [name, shape] of Object.entries(shapes)) {
    if (!wanted(name)) continue;
    const random = new Random(seedOf(name, seed));
    const data = new Float32Array(shape.reduce((size, n) => size * n, 1));
    if (shape.length === 2) for (let i = 0; i < data.length; i++) data[i] = random.normal() * deviation;
    else if (name.endsWith('.weight')) data.fill(1);
    const pad = padRows.get(name);
    if (pad !== undefined) data.fill(0, pad * shape[1], (pad + 1) * shape[1]);
    parameters.set(name, { shape, data });
  }
  return parameters;
}

/** A tensor's own seed: the name's characters hashed one after the other, from `seed` on. */
function seedOf(name: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < name.length; i++) hash = hash32(hash, name.charCodeAt(i));
  return hash;
}

/** The same name with one of its dotted parts replaced; null when it has no such part. */
function withPart(name: string, from: string, to: string): string | null {
  const parts = name.split('.');
  const at = parts.lastIndexOf(from);
  return at < 0 ? null : parts.with(at, to).join('.');
}

/** The parameters of `shapes` as they stand on the device: those of a fusion one below the other. @throws Error when one is missing. */
export function fuse(shapes: Shapes, fusions: readonly Fusion[], weights: NamedArrays): NamedArrays {
  const fused: NamedArrays = new Map();
  const arrayOf = (name: string): NamedArray => {
    const array = weights.get(name);
    if (!array) throw new Error(`fuse: ${name} is missing`);
    return array;
  };
  for (const name of Object.keys(shapes)) {
    const fusion = fusions.find(({ parts }) => parts.some((part) => withPart(name, part, part)));
    if (!fusion) fused.set(name, arrayOf(name));
    else {
      const [first] = fusion.parts;
      const into = withPart(name, first, fusion.into);
      if (into) fused.set(into, stack(fusion.parts.map((part) => arrayOf(withPart(name, first, part)!))));
    }
  }
  return fused;
}

function stack(parts: NamedArray[]): NamedArray {
  const data = new Float32Array(parts.reduce((size, part) => size + part.data.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return { shape: [parts.length * parts[0].shape[0], ...parts[0].shape.slice(1)], data };
}

/** The inverse of `fuse`. */
export function split(fusions: readonly Fusion[], fused: NamedArrays): NamedArrays {
  const parted: NamedArrays = new Map();
  for (const [name, array] of fused) {
    const fusion = fusions.find(({ into }) => withPart(name, into, into));
    if (!fusion) {
      parted.set(name, array);
      continue;
    }
    const count = fusion.parts.length;
    const size = array.data.length / count;
    for (const [i, part] of fusion.parts.entries()) {
      const shape = [array.shape[0] / count, ...array.shape.slice(1)];
      parted.set(withPart(name, fusion.into, part)!, { shape, data: array.data.slice(i * size, (i + 1) * size) });
    }
  }
  return parted;
}

/** What wrappers and base models put before a parameter's name. */
const wrappers = new Set('0 auto_model base_model model module bert deberta distilbert roberta xlm_roberta'.split(' '));

/**
 * A checkpoint's tensors under the names that the model has: with the base model's prefix or without, below a wrapper
 * (`0.auto_model.encoder...`), with the LayerNorm names of TensorFlow (`gamma`, `beta`). Those that the model does not know keep their
 * names. Where two would get one name, the one that has it already keeps it.
 */
export function withModelNames(shapes: Shapes, prefix: string, stored: NamedArrays): NamedArrays {
  const named: NamedArrays = new Map();
  const others: [string, NamedArray][] = [];
  for (const [name, array] of stored) {
    if (Object.hasOwn(shapes, name)) named.set(name, array);
    else others.push([name, array]);
  }
  for (const [name, array] of others) {
    const target = modelName(shapes, prefix, name);
    named.set(target === null || named.has(target) ? name : target, array);
  }
  return named;
}

function modelName(shapes: Shapes, prefix: string, name: string): string | null {
  const parts = name
    .replace(/\.gamma$/, '.weight')
    .replace(/\.beta$/, '.bias')
    .split('.');
  for (let skipped = 0; skipped < parts.length; skipped++) {
    const rest = parts.slice(skipped).join('.');
    for (const candidate of [rest, prefix + rest]) if (Object.hasOwn(shapes, candidate)) return candidate;
    if (!wrappers.has(parts[skipped])) return null;
  }
  return null;
}
