/** Counts what is asked of one GPU device, by wrapping the calls on its objects (which Dawn without a browser allows too). */
export interface Counts {
  dispatches: number;
  submissions: number;
  newBuffers: number;
}

export class GpuMeter {
  counts: Counts = { dispatches: 0, submissions: 0, newBuffers: 0 };
  /** Bytes of the buffers created and not destroyed. */
  allocatedBytes = 0;
  /** Called before every dispatch. */
  onDispatch: () => void = () => {};

  constructor(device: GPUDevice) {
    this.watchBuffers(device);
    const submit = device.queue.submit.bind(device.queue);
    device.queue.submit = (commands) => {
      this.counts.submissions++;
      submit(commands);
    };
    const createEncoder = device.createCommandEncoder.bind(device);
    device.createCommandEncoder = (descriptor) => this.watchEncoder(createEncoder(descriptor));
  }

  private watchBuffers(device: GPUDevice): void {
    const create = device.createBuffer.bind(device);
    device.createBuffer = (descriptor) => {
      const buffer = create(descriptor);
      this.counts.newBuffers++;
      this.allocatedBytes += descriptor.size;
      const destroy = buffer.destroy.bind(buffer);
      let destroyed = false;
      buffer.destroy = () => {
        if (!destroyed) this.allocatedBytes -= descriptor.size;
        destroyed = true;
        destroy();
      };
      return buffer;
    };
  }

  private watchEncoder(encoder: GPUCommandEncoder): GPUCommandEncoder {
    const begin = encoder.beginComputePass.bind(encoder);
    encoder.beginComputePass = (descriptor) => {
      const pass = begin(descriptor);
      const dispatch = pass.dispatchWorkgroups.bind(pass);
      pass.dispatchWorkgroups = (...groups) => {
        this.counts.dispatches++;
        this.onDispatch();
        dispatch(...groups);
      };
      const dispatchIndirect = pass.dispatchWorkgroupsIndirect.bind(pass);
      pass.dispatchWorkgroupsIndirect = (...where) => {
        this.counts.dispatches++;
        this.onDispatch();
        dispatchIndirect(...where);
      };
      return pass;
    };
    return encoder;
  }

  /** The counts since the last call. */
  take(): Counts {
    const taken = this.counts;
    this.counts = { dispatches: 0, submissions: 0, newBuffers: 0 };
    return taken;
  }
}
