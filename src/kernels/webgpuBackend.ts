/**
 * tfjs's WebGPU backend with what costs a training step most of its time outside the kernels put right: buffers come from a
 * `BufferPool` and are free for the next command as soon as their tensor is disposed of (commands run in the order in which they are
 * recorded), data go up through the queue instead of through a new staging buffer each, and the uniforms of all kernels lie in one
 * buffer that is written once a submission.
 */
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu/dist/backend_webgpu';
import { BufferPool } from './bufferPool.ts';

/** What is used of `WebGPUBackend` although it is declared private. */
interface Internals {
  bufferManager: unknown;
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  dispatchCountInPass: number;
  tensorToBinding: (tensor: TensorInfo) => GPUBufferBinding;
}

/** An entry of tfjs's map of tensors. */
interface TensorData {
  dtype: DataType;
  shape: number[];
  values: ArrayLike<number> | null;
  resource?: GPUBuffer;
}

/** Commands after which the recorded work is sent off, so that the GPU starts while the rest is still being recorded. */
const commandsPerSubmission = 128;
const storage = (): number => GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

export class PooledWebGpuBackend extends WebGPUBackend {
  readonly pool: BufferPool;
  private commands = 0;
  /** Uniforms of the recorded commands, each from a multiple of `slot` bytes on. */
  private readonly uniforms: ArrayBuffer;
  private readonly uniformBuffer: GPUBuffer;
  private readonly slot: number;

  constructor(device: GPUDevice, info: GPUAdapterInfo) {
    super(device, info);
    this.pool = new BufferPool(device);
    this.internals.bufferManager = this.pool;
    // tfjs's own programs read past the end, of the binding then, and count on zeros there.
    this.internals.tensorToBinding = (tensor) => ({ buffer: this.bufferOf(tensor), size: bytesOf(tensor) });
    this.slot = device.limits.minUniformBufferOffsetAlignment;
    const size = this.slot * commandsPerSubmission;
    this.uniforms = new ArrayBuffer(size);
    this.uniformBuffer = device.createBuffer({ size, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
  }

  private get internals(): Internals {
    return this as unknown as Internals;
  }

  private dataOf(dataId: object): TensorData {
    return this.tensorMap.get(dataId) as unknown as TensorData;
  }

  /** The buffer of a tensor, which may be longer than its values. */
  private bufferOf(tensor: TensorInfo): GPUBuffer {
    this.uploadToGPU(tensor.dataId);
    return this.dataOf(tensor.dataId).resource!;
  }

  /** The tensor's part of its buffer, to the end of its last vec4. */
  bindingOf(tensor: TensorInfo): GPUBufferBinding {
    return { buffer: this.bufferOf(tensor), size: Math.max(1, Math.ceil(bytesOf(tensor) / 16)) * 16 };
  }

  /** To be called before a kernel writes into a tensor: a value that was read back is kept on the CPU, and about to be wrong. */
  forgetValues(tensor: TensorInfo): void {
    this.uploadToGPU(tensor.dataId);
    this.dataOf(tensor.dataId).values = null;
  }

  /** A tensor of float32 for a kernel to write; `place` says which kernel, and which of its outputs. */
  allocate(shape: number[], place: string): TensorInfo {
    const tensor = this.makeTensorInfo(shape, 'float32');
    this.dataOf(tensor.dataId).resource = this.pool.acquireBuffer(bytesOf(tensor), storage(), place);
    return tensor;
  }

  /** Says that a step ends here: the next one's tensors get the buffers of this one's. */
  endStep(): void {
    this.submit();
    this.pool.beginStep();
  }

  /** Records a dispatch; `writeUniforms` fills the kernel's `uniformBytes`. Tensors are bound in order, uniforms last. */
  record(
    pipeline: GPUComputePipeline,
    bindings: GPUBufferBinding[],
    uniformBytes: number,
    writeUniforms: (view: DataView) => void,
    workgroups: [number, number, number],
  ): void {
    const offset = this.commands * this.slot;
    writeUniforms(new DataView(this.uniforms, offset, uniformBytes));
    const entries: GPUBindGroupEntry[] = bindings.map((resource, binding) => ({ binding, resource }));
    entries.push({ binding: bindings.length, resource: { buffer: this.uniformBuffer, offset, size: uniformBytes } });
    this.ensureCommandEncoderReady();
    const { internals } = this;
    internals.computePassEncoder ??= internals.commandEncoder!.beginComputePass();
    const pass = internals.computePassEncoder;
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, this.device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
    pass.dispatchWorkgroups(...workgroups);
    this.commandRecorded();
  }

  override runWebGPUProgram(...request: Parameters<WebGPUBackend['runWebGPUProgram']>): TensorInfo {
    // tfjs sends off after every 15 of its programs.
    this.internals.dispatchCountInPass = 0;
    const output = super.runWebGPUProgram(...request);
    this.commandRecorded();
    return output;
  }

  private commandRecorded(): void {
    if (++this.commands >= commandsPerSubmission) this.submit();
  }

  /** Sends off what is recorded. */
  submit(): void {
    if (!this.internals.commandEncoder) return;
    this.endComputePassEncoder();
    this.submitQueue();
  }

  override submitQueue(): void {
    if (this.commands > 0) this.queue.writeBuffer(this.uniformBuffer, 0, this.uniforms, 0, this.commands * this.slot);
    this.commands = 0;
    super.submitQueue();
    this.pool.settle();
  }

  override uploadToGPU(dataId: object): void {
    const data = this.dataOf(dataId);
    if (data.resource) return;
    const bytes = bytesOf(data);
    if (!data.values) {
      data.resource = this.pool.acquireBuffer(bytes, storage());
      return;
    }
    if (!this.internals.commandEncoder) this.pool.settle();
    const buffer = this.pool.acquireForWriting(bytes, storage());
    this.queue.writeBuffer(buffer, 0, wordsOf(data));
    data.resource = buffer;
    data.values = null;
  }

  /** As tfjs's, for buffers that are longer than the tensor. */
  override async read(dataId: object): ReturnType<WebGPUBackend['read']> {
    const data = this.dataOf(dataId);
    if (data.values) return data.values as Float32Array;
    const bytes = bytesOf(data);
    const staging = this.pool.acquireBuffer(bytes, GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ);
    this.ensureCommandEncoderReady();
    this.endComputePassEncoder();
    this.internals.commandEncoder!.copyBufferToBuffer(data.resource!, 0, staging, 0, bytes);
    this.submitQueue();
    this.pool.beginStep();
    try {
      await staging.mapAsync(GPUMapMode.READ, 0, bytes);
      const words = staging.getMappedRange(0, bytes).slice(0);
      staging.unmap();
      data.values = valuesOf(words, data.dtype);
      return data.values as Float32Array;
    } finally {
      this.pool.releaseBuffer(staging);
    }
  }

  override readSync(dataId: object): ReturnType<WebGPUBackend['readSync']> {
    const { values } = this.dataOf(dataId);
    if (values) return values as Float32Array;
    throw new Error('A tensor on the GPU can only be read with data(), not with dataSync()');
  }
}

function bytesOf({ shape }: { shape: number[] }): number {
  return 4 * shape.reduce((size, n) => size * n, 1);
}

/** 32 bits a value, as kernels read them. */
function wordsOf({ dtype, values }: TensorData): Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> {
  if (dtype !== 'float32')
    return values instanceof Int32Array ? (values as Int32Array<ArrayBuffer>) : Int32Array.from(values!);
  return values instanceof Float32Array ? (values as Float32Array<ArrayBuffer>) : Float32Array.from(values!);
}

function valuesOf(words: ArrayBuffer, dtype: DataType): ArrayLike<number> {
  if (dtype === 'float32') return new Float32Array(words);
  return dtype === 'bool' ? Uint8Array.from(new Int32Array(words)) : new Int32Array(words);
}
