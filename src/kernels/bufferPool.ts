/**
 * The buffers of the WebGPU backend, in place of tfjs's `BufferManager`. That one pools by exact size, so that batches of different
 * token counts keep a set of buffers each (4.7 GB for 1.1 GB in use were measured), and gives a buffer back only when its commands are
 * sent off. Here a request is served by any free buffer of up to half more bytes, the largest first: after the longest batch has come
 * by, every other one uses its buffers, and those that idle are destroyed.
 */

/** A buffer may be this much larger than what is asked for. */
const tolerance = 1.5;
/** Bytes kept, over the most that were in use at once. */
const reserve = 1.25;
const smallest = 256;

interface Entry {
  size: number;
  usage: number;
  /** Counts releases: what idles longest goes first. */
  released: number;
  /** To be destroyed instead of used a second time. */
  retired: boolean;
}

/** Sizes are rounded up to eight steps an octave, so that few occur. */
function roundedSize(bytes: number): number {
  if (bytes <= smallest) return smallest;
  const step = 2 ** (Math.floor(Math.log2(bytes - 1)) - 3);
  return Math.ceil(bytes / step) * step;
}

/** The sizes that serve a request, largest first. */
function servingSizes(bytes: number): number[] {
  const sizes = [roundedSize(bytes)];
  for (let next = roundedSize(sizes[0] + 1); next <= bytes * tolerance; next = roundedSize(next + 1))
    sizes.unshift(next);
  return sizes;
}

/** Has the members of tfjs's `BufferManager` that its backend uses. */
export class BufferPool {
  /** Bytes of the buffers that tensors hold. */
  numBytesUsed = 0;
  /** Bytes of all buffers. */
  numBytesAllocated = 0;
  /** Buffers made so far. */
  created = 0;
  private readonly device: GPUDevice;
  private readonly entries = new Map<GPUBuffer, Entry>();
  private numUsed = 0;
  private peak = 0;
  private releases = 0;
  /** "size usage" -> buffers that no command refers to which is recorded but not sent off. */
  private readonly settled = new Map<string, GPUBuffer[]>();
  /** The same for those that such commands refer to: later commands may use them, the CPU must not write to them yet. */
  private readonly recent = new Map<string, GPUBuffer[]>();
  /** To be destroyed once the recorded commands are sent off. */
  private doomed: GPUBuffer[] = [];

  constructor(device: GPUDevice) {
    this.device = device;
  }

  /** A buffer of at least `size` bytes for commands that are recorded from now on. */
  acquireBuffer(size: number, usage: number): GPUBuffer {
    return this.take(size, usage, [this.recent, this.settled]);
  }

  /** A buffer that the CPU may write to at once: no command waiting to be sent off refers to it. */
  acquireForWriting(size: number, usage: number): GPUBuffer {
    return this.take(size, usage, [this.settled]);
  }

  private take(size: number, usage: number, sources: Map<string, GPUBuffer[]>[]): GPUBuffer {
    const shared = (usage & GPUBufferUsage.STORAGE) !== 0;
    const sizes = shared ? servingSizes(size) : [roundedSize(size)];
    for (const fit of sizes) {
      for (const source of sources) {
        const buffer = source.get(`${fit} ${usage}`)?.pop();
        if (buffer) return this.use(buffer, fit);
      }
    }
    const rounded = roundedSize(size);
    const buffer = this.device.createBuffer({ size: rounded, usage });
    this.entries.set(buffer, { size: rounded, usage, released: 0, retired: false });
    this.numBytesAllocated += rounded;
    this.created++;
    return this.use(buffer, rounded);
  }

  private use(buffer: GPUBuffer, size: number): GPUBuffer {
    this.numUsed++;
    this.numBytesUsed += size;
    this.peak = Math.max(this.peak, this.numBytesUsed);
    return buffer;
  }

  /** Takes a buffer back; commands recorded so far may still use it. */
  releaseBuffer(buffer: GPUBuffer): void {
    const entry = this.entries.get(buffer);
    if (!entry) return;
    this.numUsed--;
    this.numBytesUsed -= entry.size;
    entry.released = ++this.releases;
    if (entry.retired) this.doomed.push(buffer);
    else put(this.recent, buffer, entry);
  }

  /** To be called when all recorded commands have been sent off. */
  settle(): void {
    for (const buffers of this.recent.values()) {
      for (const buffer of buffers.splice(0)) put(this.settled, buffer, this.entries.get(buffer)!);
    }
    for (const buffer of this.doomed.splice(0)) this.destroy(buffer);
    if (this.numBytesAllocated > this.peak * reserve) this.destroyIdle(this.peak * reserve);
  }

  /** Destroys free buffers, those first that have idled longest, until at most `bytes` are allocated. */
  private destroyIdle(bytes: number): void {
    const released = (buffer: GPUBuffer): number => this.entries.get(buffer)!.released;
    const free = [...this.settled.values()].flat().toSorted((a, b) => released(a) - released(b));
    for (const buffer of free) {
      if (this.numBytesAllocated <= bytes) break;
      this.destroy(buffer);
    }
    for (const [key, buffers] of this.settled) {
      const left = buffers.filter((buffer) => this.entries.has(buffer));
      if (left.length > 0) this.settled.set(key, left);
      else this.settled.delete(key);
    }
  }

  private destroy(buffer: GPUBuffer): void {
    this.numBytesAllocated -= this.entries.get(buffer)!.size;
    this.entries.delete(buffer);
    buffer.destroy();
  }

  /** Destroys every buffer that no tensor holds, now or when its commands are sent off, and forgets how much was in use once. */
  destroyUnused(): void {
    for (const buffers of this.recent.values()) this.doomed.push(...buffers.splice(0));
    this.peak = this.numBytesUsed;
    this.destroyIdle(0);
  }

  /** After the device ran out of memory: some of the buffers that are in use may be no good, so none is used a second time. */
  retireAll(): void {
    for (const entry of this.entries.values()) entry.retired = true;
    this.destroyUnused();
  }

  getNumUsedBuffers(): number {
    return this.numUsed;
  }

  getNumFreeBuffers(): number {
    return this.entries.size - this.numUsed;
  }

  dispose(): void {
    for (const buffer of this.entries.keys()) buffer.destroy();
    for (const map of [this.entries, this.settled, this.recent]) map.clear();
    this.doomed = [];
    this.numBytesUsed = this.numBytesAllocated = this.numUsed = this.peak = 0;
  }
}

function put(free: Map<string, GPUBuffer[]>, buffer: GPUBuffer, { size, usage }: Entry): void {
  const key = `${size} ${usage}`;
  const buffers = free.get(key);
  if (buffers) buffers.push(buffer);
  else free.set(key, [buffer]);
}
