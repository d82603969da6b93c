/**
 * The buffers of the WebGPU backend, in place of tfjs's `BufferManager`. That one pools by exact size, so that batches of different
 * token counts keep a set of buffers each (4.7 GB for 1.1 GB in use were measured), and gives a buffer back only when its commands are
 * sent off. Here each place of a step (the k-th output of a kernel since the step began) is remembered with the buffer it had last: a
 * step is the same commands every time, so that after the longest batch has come by every other one finds all its places free and
 * large enough. Buffers that idle are destroyed.
 */

/** Bytes kept, over the most that were in use at once; below so many bytes in all, every buffer is kept. */
const reserve = 1.4;
const alwaysKept = 2 ** 20;
const smallest = 256;

interface Entry {
  key: string;
  size: number;
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

/** Free buffers by "size usage". */
type FreeBuffers = Map<string, Set<GPUBuffer>>;

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
  /** Buffers that no command refers to which is recorded but not sent off. */
  private readonly settled: FreeBuffers = new Map();
  /** Those that such commands refer to: later commands may use them, the CPU must not write to them yet. */
  private readonly recent: FreeBuffers = new Map();
  /** To be destroyed once the recorded commands are sent off. */
  private doomed: GPUBuffer[] = [];
  /** The buffer that each place of a step had last. */
  private readonly places = new Map<string, GPUBuffer>();
  /** How often each kind of place has come in this step. */
  private readonly visits = new Map<string, number>();

  constructor(device: GPUDevice) {
    this.device = device;
  }

  /** A buffer of at least `size` bytes for commands that are recorded from now on; `place` says what for. */
  acquireBuffer(size: number, usage: number, place: unknown = ''): GPUBuffer {
    return this.take(size, usage, typeof place === 'string' ? place : '', [this.recent, this.settled]);
  }

  /** A buffer that the CPU may write to at once: no command waiting to be sent off refers to it. */
  acquireForWriting(size: number, usage: number): GPUBuffer {
    return this.take(size, usage, 'written', [this.settled]);
  }

  /** From here on places are counted anew. */
  beginStep(): void {
    this.visits.clear();
  }

  private take(size: number, usage: number, kind: string, sources: FreeBuffers[]): GPUBuffer {
    const visit = this.visits.get(kind) ?? 0;
    this.visits.set(kind, visit + 1);
    const place = `${kind} ${usage} ${visit}`;
    const last = this.places.get(place);
    const known = last && this.entries.get(last);
    const large = known !== undefined && known.size >= size;
    if (large) {
      for (const source of sources) if (source.get(known.key)?.delete(last!)) return this.use(last!);
    }
    const rounded = roundedSize(size);
    const buffer = this.takeFree(`${rounded} ${usage}`, sources) ?? this.create(rounded, usage);
    // One that is in use at the moment, in another kind of step, has not lost its place.
    if (!large) this.places.set(place, buffer);
    return this.use(buffer);
  }

  private takeFree(key: string, sources: FreeBuffers[]): GPUBuffer | null {
    for (const source of sources) {
      for (const buffer of source.get(key) ?? []) {
        source.get(key)!.delete(buffer);
        return buffer;
      }
    }
    return null;
  }

  private create(size: number, usage: number): GPUBuffer {
    const buffer = this.device.createBuffer({ size, usage });
    this.entries.set(buffer, { key: `${size} ${usage}`, size, released: 0, retired: false });
    this.numBytesAllocated += size;
    this.created++;
    return buffer;
  }

  private use(buffer: GPUBuffer): GPUBuffer {
    this.numUsed++;
    this.numBytesUsed += this.entries.get(buffer)!.size;
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
    else put(this.recent, entry.key, buffer);
  }

  /** To be called when all recorded commands have been sent off. */
  settle(): void {
    for (const [key, buffers] of this.recent) {
      for (const buffer of buffers) put(this.settled, key, buffer);
      buffers.clear();
    }
    for (const buffer of this.doomed.splice(0)) this.destroy(buffer);
    const kept = Math.max(alwaysKept, this.peak * reserve);
    if (this.numBytesAllocated > kept) this.destroyIdle(kept);
  }

  /** Destroys free buffers, those first that have idled longest, until at most `bytes` are allocated. */
  private destroyIdle(bytes: number): void {
    const released = (buffer: GPUBuffer): number => this.entries.get(buffer)!.released;
    const free: GPUBuffer[] = [];
    for (const buffers of this.settled.values()) free.push(...buffers);
    for (const buffer of free.toSorted((a, b) => released(a) - released(b))) {
      if (this.numBytesAllocated <= bytes) break;
      this.settled.get(this.entries.get(buffer)!.key)!.delete(buffer);
      this.destroy(buffer);
    }
    for (const [place, buffer] of this.places) if (!this.entries.has(buffer)) this.places.delete(place);
  }

  private destroy(buffer: GPUBuffer): void {
    this.numBytesAllocated -= this.entries.get(buffer)!.size;
    this.entries.delete(buffer);
    buffer.destroy();
  }

  /** Destroys every buffer that no tensor holds, now or when its commands are sent off, and forgets how much was in use once. */
  destroyUnused(): void {
    for (const buffers of this.recent.values()) {
      this.doomed.push(...buffers);
      buffers.clear();
    }
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
    for (const map of [this.entries, this.settled, this.recent, this.places, this.visits]) map.clear();
    this.doomed = [];
    this.numBytesUsed = this.numBytesAllocated = this.numUsed = this.peak = 0;
  }
}

function put(free: FreeBuffers, key: string, buffer: GPUBuffer): void {
  const buffers = free.get(key);
  if (buffers) buffers.add(buffer);
  else free.set(key, new Set([buffer]));
}
