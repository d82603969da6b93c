/** Disjoint sets over 0..n-1 with path halving and union by size (Tarjan 1975). */
export class UnionFind {
  private readonly parent: Uint32Array<ArrayBuffer>;
  private readonly size: Uint32Array<ArrayBuffer>;

  constructor(count: number) {
    this.parent = Uint32Array.from({ length: count }, (_, i) => i);
    this.size = new Uint32Array(count).fill(1);
  }

  /** The representative of the set that holds `item`. */
  find(item: number): number {
    let at = item;
    while (this.parent[at] !== at) {
      this.parent[at] = this.parent[this.parent[at]];
      at = this.parent[at];
    }
    return at;
  }

  /** Joins two sets. */
  union(a: number, b: number): void {
    let [large, small] = [this.find(a), this.find(b)];
    if (large === small) return;
    if (this.size[large] < this.size[small]) [large, small] = [small, large];
    this.parent[small] = large;
    this.size[large] += this.size[small];
  }

  /** Set number of each item, numbered from 0 in the order of their first items. */
  groups(): Uint32Array<ArrayBuffer> {
    const numbers = new Map<number, number>();
    return this.parent.map((_, item) => {
      const root = this.find(item);
      const number = numbers.get(root) ?? numbers.size;
      numbers.set(root, number);
      return number;
    });
  }
}
