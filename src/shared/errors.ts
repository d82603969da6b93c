/**
 * The one error class that crosses module and worker borders. A message says what was being done, what was expected, what came
 * instead and where; `hint` says what to do next. `code` is stable, for tests and for the interface to react to.
 */
export const errorCodes = [
  // reading files
  'file-empty',
  'file-too-large',
  'file-unsupported',
  'file-encrypted',
  'file-corrupt',
  'no-rows',
  'no-title-column',
  'no-label-column',
  'too-few-labels',
  'too-many-labels',
  'too-few-rows',
  // weights and packages
  'package-incomplete',
  'weights-corrupt',
  'weights-mismatch',
  'model-unsupported',
  // the Hugging Face Hub
  'offline',
  'access-denied',
  // running
  'device-unavailable',
  'device-lost',
  'out-of-memory',
  'training-diverged',
  'aborted',
  'busy',
  'name-missing',
  'data-mismatch',
  // storage
  'quota-exceeded',
  'storage-unavailable',
  'not-found',
  // a defect of ours
  'internal',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

export class RungError extends Error {
  override readonly name = 'RungError';
  readonly code: ErrorCode;
  /** What the user can do next; a full sentence. */
  readonly hint: string;

  constructor(code: ErrorCode, message: string, hint = '', options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = hint;
  }
}

/** Any thrown value as a RungError; one that is not ours becomes `internal` with the original message kept. */
export function toRungError(thrown: unknown): RungError {
  if (thrown instanceof RungError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new RungError('internal', message, '', { cause: thrown });
}
