/**
 * The adapter to tfjs's WebGPU backend: own compute pipelines on its device, recorded into its command stream between its own
 * programs. Against `runWebGPUProgram` this allows several outputs and in-place ones, and costs no string keys and shape uniforms
 * at every launch.
 */
import { engine, type DataType, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';

/** A WGSL kernel. Keep the object: its compiled pipeline hangs on it. Bindings are numbered inputs, outputs, uniforms. */
export interface Kernel {
  name: string;
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

/** What is used of `WebGPUBackend`; it declares some of it private. */
interface GpuBackend {
  device: GPUDevice;
  queue: GPUQueue;
  bufferManager: { acquireBuffer(size: number, usage: number): GPUBuffer };
  tensorMap: { get(dataId: object): { resource?: GPUBuffer; values: unknown } };
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  commandQueueOwnedIds: WeakSet<object>;
  uniformPendingDisposal: GPUBuffer[];
  dispatchCountInPass: number;
  ensureCommandEncoderReady(): void;
  submitQueue(): void;
  uploadToGPU(dataId: object): void;
  makeTensorInfo(shape: number[], dtype: DataType): TensorInfo;
}

/** Launches after which the recorded work is sent off, so that the GPU starts while the rest is still being recorded. */
const launchesPerSubmission = 64;

let software = false;

/** Some kernels are built differently for a CPU that plays GPU; set once, when the device is chosen. */
export function setSoftwareAdapter(value: boolean): void {
  software = value;
}

export function isSoftwareAdapter(): boolean {
  return software;
}

function gpuBackend(): GpuBackend {
  return engine().backend as unknown as GpuBackend;
}

const pipelines = new WeakMap<GPUDevice, Map<Kernel, GPUComputePipeline>>();

/** The complete WGSL of a kernel. */
export function shaderSource(kernel: Kernel): string {
  let binding = 0;
  const lines: string[] = [];
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

function uniformBuffer(backend: GpuBackend, kernel: Kernel, values: number[]): GPUBuffer {
  const types = Object.values(kernel.uniforms);
  if (types.length !== values.length)
    throw new Error(`${kernel.name}: ${types.length} uniforms expected, ${values.length} given`);
  const words = Math.ceil(values.length / 4) * 4;
  const data = new ArrayBuffer(words * 4);
  const view = new DataView(data);
  for (const [i, value] of values.entries()) {
    if (types[i] === 'u32') view.setUint32(i * 4, value, true);
    else view.setFloat32(i * 4, value, true);
  }
  const buffer = backend.bufferManager.acquireBuffer(data.byteLength, GPUBufferUsage.COPY_DST | GPUBufferUsage.UNIFORM);
  backend.queue.writeBuffer(buffer, 0, data);
  backend.uniformPendingDisposal.push(buffer);
  return buffer;
}

function bufferOf(backend: GpuBackend, tensor: TensorInfo): GPUBuffer {
  backend.uploadToGPU(tensor.dataId);
  backend.commandQueueOwnedIds.add(tensor.dataId);
  const { resource } = backend.tensorMap.get(tensor.dataId);
  if (!resource) throw new Error('A tensor has no buffer on the GPU');
  return resource;
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
  const results = outputs.map((output) => {
    if (Array.isArray(output)) return engine().makeTensorFromTensorInfo(backend.makeTensorInfo(output, 'float32'));
    // A value that was read back is kept on the CPU; it is about to be wrong.
    backend.uploadToGPU(output.dataId);
    backend.tensorMap.get(output.dataId).values = null;
    return output;
  });
  if (rehearsed) {
    rehearsed.add(kernel);
    // Without a buffer tfjs would take these for tensors on the CPU and compute with them there.
    for (const tensor of results) backend.uploadToGPU(tensor.dataId);
    return results;
  }
  const buffers = [...inputs, ...results].map((tensor) => bufferOf(backend, tensor));
  buffers.push(uniformBuffer(backend, kernel, uniforms));
  const pipeline = pipelineOf(kernel, backend.device);
  const bindGroup = backend.device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  backend.ensureCommandEncoderReady();
  backend.computePassEncoder ??= backend.commandEncoder!.beginComputePass();
  const pass = backend.computePassEncoder;
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(...workgroups);
  if (++backend.dispatchCountInPass >= launchesPerSubmission) submit();
  return results;
}

/** Sends off what is recorded. */
export function submit(): void {
  const backend = gpuBackend();
  if (!backend.commandEncoder) return;
  backend.computePassEncoder?.end();
  backend.computePassEncoder = null;
  backend.submitQueue();
}

/** Resolves when the GPU has done all that was sent off so far. */
export async function submittedWorkDone(): Promise<void> {
  await gpuBackend().queue.onSubmittedWorkDone();
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
