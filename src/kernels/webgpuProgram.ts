/**
 * Kernels of our own on tfjs's WebGPU backend: compute pipelines on its device, recorded into its command stream between its own
 * programs. Against `runWebGPUProgram` this allows several outputs and in-place ones, and costs no string keys and shape uniforms
 * at every launch.
 */
import { engine, type Tensor } from '@tensorflow/tfjs-core';
import { PooledWebGpuBackend } from './webgpuBackend.ts';

/** A WGSL kernel. Keep the object: its compiled pipeline hangs on it. Bindings are numbered inputs, outputs, uniforms. */
export interface Kernel {
  name: string;
  /** Features that its device must have. */
  needs?: 'subgroups'[];
  /** Read-only arrays: name -> element type. */
  inputs: Record<string, string>;
  /** Read-write arrays: name -> element type. */
  outputs: Record<string, string>;
  /** Scalars of struct `u`. */
  uniforms: Record<string, 'u32' | 'f32'>;
  /** Declarations and `fn main`, with its @workgroup_size. */
  body: string;
}

/** An output to allocate (its shape) or a tensor to write in place. */
export type Output = number[] | Tensor;

let software = false;

/** Some kernels are built differently for a CPU that plays GPU; set once, when the device is chosen. */
export function setSoftwareAdapter(value: boolean): void {
  software = value;
}

export function isSoftwareAdapter(): boolean {
  return software;
}

/** Whether the four lanes of a quad can exchange values. */
export function hasQuads(): boolean {
  return gpuBackend().device.features.has('subgroups');
}

function gpuBackend(): PooledWebGpuBackend {
  const { backend } = engine();
  if (backend instanceof PooledWebGpuBackend) return backend;
  throw new Error('The WebGPU backend is not the one that startBackend starts');
}

const pipelines = new WeakMap<GPUDevice, Map<Kernel, GPUComputePipeline>>();

/** The complete WGSL of a kernel. */
export function shaderSource(kernel: Kernel): string {
  let binding = 0;
  const lines = (kernel.needs ?? []).map((feature) => `enable ${feature};`);
  for (const [name, type] of Object.entries(kernel.inputs)) {
    lines.push(`@group(0) @binding(${binding++}) var<storage, read> ${name}: array<${type}>;`);
  }
  for (const [name, type] of Object.entries(kernel.outputs)) {
    lines.push(`@group(0) @binding(${binding++}) var<storage, read_write> ${name}: array<${type}>;`);
  }
  const fields = Object.entries(kernel.uniforms).map(([name, type]) => `${name}: ${type}`);
  lines.push(`struct Uniforms { ${fields.join(', ')} }`);
  lines.push(`@group(0) @binding(${binding}) var<uniform> u: Uniforms;`);
  return `${lines.join('\n')}\n${kernel.body}`;
}

function pipelinesOf(device: GPUDevice): Map<Kernel, GPUComputePipeline> {
  let ofDevice = pipelines.get(device);
  if (!ofDevice) pipelines.set(device, (ofDevice = new Map<Kernel, GPUComputePipeline>()));
  return ofDevice;
}

function descriptorOf(kernel: Kernel, device: GPUDevice): GPUComputePipelineDescriptor {
  const module = device.createShaderModule({ label: kernel.name, code: shaderSource(kernel) });
  return { label: kernel.name, layout: 'auto', compute: { module, entryPoint: 'main' } };
}

function pipelineOf(kernel: Kernel, device: GPUDevice): GPUComputePipeline {
  const ofDevice = pipelinesOf(device);
  let pipeline = ofDevice.get(kernel);
  if (!pipeline) {
    pipeline = device.createComputePipeline(descriptorOf(kernel, device));
    ofDevice.set(kernel, pipeline);
  }
  return pipeline;
}

/** The kernels met while a dry run goes on; launches do nothing then. */
let rehearsed: Set<Kernel> | null = null;

/**
 * Compiles, side by side and without blocking, every kernel that `work` would launch. Nothing is computed: tensors made inside hold
 * what was in their buffers, those given in place stay as they are.
 */
export async function compileAhead(work: () => void): Promise<void> {
  const { device } = gpuBackend();
  const found = new Set<Kernel>();
  rehearsed = found;
  try {
    work();
  } finally {
    rehearsed = null;
  }
  const ofDevice = pipelinesOf(device);
  const missing = [...found].filter((kernel) => !ofDevice.has(kernel));
  const compile = async (kernel: Kernel): Promise<void> => {
    ofDevice.set(kernel, await device.createComputePipelineAsync(descriptorOf(kernel, device)));
  };
  await Promise.all(missing.map(compile));
}

/** Uniform structs are read 16 bytes at a time. */
const uniformBytes = (kernel: Kernel): number => Math.ceil(Object.keys(kernel.uniforms).length / 4) * 16;

function writeUniforms(kernel: Kernel, values: number[], view: DataView): void {
  const types = Object.values(kernel.uniforms);
  if (types.length !== values.length)
    throw new Error(`${kernel.name}: ${types.length} uniforms expected, ${values.length} given`);
  for (const [i, value] of values.entries()) {
    if (types[i] === 'u32') view.setUint32(i * 4, value, true);
    else view.setFloat32(i * 4, value, true);
  }
}

/**
 * Records one dispatch. Returns the output tensors in order (float32; those given to write in place are returned as they are); new ones
 * belong to the caller's tidy.
 */
export function launch(
  kernel: Kernel,
  inputs: Tensor[],
  outputs: Output[],
  uniforms: number[],
  workgroups: [number, number, number],
): Tensor[] {
  const backend = gpuBackend();
  const results = outputs.map((output, i) => {
    if (Array.isArray(output))
      return engine().makeTensorFromTensorInfo(backend.allocate(output, `${kernel.name}, ${i}`));
    backend.forgetValues(output);
    return output;
  });
  if (rehearsed) {
    rehearsed.add(kernel);
    return results;
  }
  const bindings = [...inputs, ...results].map((tensor) => backend.bindingOf(tensor));
  const pipeline = pipelineOf(kernel, backend.device);
  const write = (view: DataView): void => writeUniforms(kernel, uniforms, view);
  backend.record(pipeline, bindings, uniformBytes(kernel), write, workgroups);
  return results;
}

/** Sends off what is recorded; to be called at the end of each step. */
export function submit(): void {
  gpuBackend().endStep();
}

/** Frees the buffers that earlier work has left behind: after a training, or when memory has run out. Does nothing on WASM. */
export function destroyUnusedBuffers(): void {
  const { backend } = engine();
  if (backend instanceof PooledWebGpuBackend) backend.pool.destroyUnused();
}

/** Resolves when the GPU has done all that was sent off so far. */
export async function submittedWorkDone(): Promise<void> {
  await gpuBackend().queue.onSubmittedWorkDone();
}

/** What one kernel can be given: storage buffers, and bytes of one of them. No limit on WASM. */
export function bindingLimits(): { buffers: number; bytes: number } {
  const { backend } = engine();
  if (!(backend instanceof PooledWebGpuBackend)) return { buffers: Infinity, bytes: Infinity };
  const { maxStorageBuffersPerShaderStage: buffers, maxStorageBufferBindingSize: bytes } = backend.device.limits;
  return { buffers, bytes };
}

/** Workgroups for `items` threads in a row, spread over two dimensions where one would exceed the limit of 65,535. */
export function workgroupsFor(items: number, workgroupSize: number): [number, number, number] {
  const groups = Math.ceil(items / workgroupSize);
  if (groups <= 65535) return [groups, 1, 1];
  const rows = Math.ceil(groups / 65535);
  return [Math.ceil(groups / rows), rows, 1];
}

/** Elements a thread of an elementwise kernel: four where they divide evenly, which costs a software adapter a third as much. */
export function laneType(size: number): { lanes: 1 | 4; type: 'f32' | 'vec4<f32>' } {
  return size % 4 === 0 ? { lanes: 4, type: 'vec4<f32>' } : { lanes: 1, type: 'f32' };
}

/** WGSL head of a kernel with one thread an item: `item` is the index; threads past `u.size` return. */
export const itemsHead = /* wgsl */ `
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let item = id.y * groups.x * 64u + id.x;
  if (item >= u.size) { return; }
`;
