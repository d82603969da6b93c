/**
 * One request at a time; of those that come meanwhile only the last is made. Typing fast then costs one prediction for each that
 * the device can keep up with, never a growing queue.
 */
export class Latest<Input, Output> {
  readonly #request: (input: Input) => Promise<Output>;
  readonly #onAnswer: (input: Input, output: Output) => void;
  readonly #onFailure: (input: Input, thrown: unknown) => void;
  #running = false;
  #next: { input: Input } | null = null;

  constructor(
    request: (input: Input) => Promise<Output>,
    onAnswer: (input: Input, output: Output) => void,
    onFailure: (input: Input, thrown: unknown) => void,
  ) {
    this.#request = request;
    this.#onAnswer = onAnswer;
    this.#onFailure = onFailure;
  }

  ask(input: Input): void {
    this.#next = { input };
    if (!this.#running) void this.#run();
  }

  /** Forgets what was asked and not yet begun; an answer on its way still arrives. */
  cancel(): void {
    this.#next = null;
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#next) {
      const { input } = this.#next;
      this.#next = null;
      try {
        this.#onAnswer(input, await this.#request(input));
      } catch (thrown) {
        this.#onFailure(input, thrown);
      }
    }
    this.#running = false;
  }
}
