/**
 * Errors cross the worker border as `{name, code, message, hint, stack}` and are rebuilt as `RungError`; Comlink alone keeps only
 * name, message and stack. Installed on both sides before the first call.
 */
import * as Comlink from 'comlink';
import { object, picklist, safeParse, string, type InferOutput } from 'valibot';
import { errorCodes, RungError, toRungError } from '../shared/errors.ts';

const wireError = object({ code: picklist(errorCodes), message: string(), hint: string(), stack: string() });
type WireError = InferOutput<typeof wireError>;

function toWire(thrown: unknown): WireError {
  const error = toRungError(thrown);
  return { code: error.code, message: error.message, hint: error.hint, stack: error.stack ?? '' };
}

function fromWire(wire: unknown): RungError {
  const parsed = safeParse(wireError, wire);
  if (!parsed.success)
    return new RungError('internal', `A worker reported an error that cannot be read: ${String(wire)}`);
  const error = new RungError(parsed.output.code, parsed.output.message, parsed.output.hint);
  error.stack = parsed.output.stack;
  return error;
}

/** Replaces Comlink's handler of thrown values; calling it twice is harmless. */
export function installErrorTransfer(): void {
  const standard = Comlink.transferHandlers.get('throw');
  if (!standard) throw new RungError('internal', 'Comlink has no handler for thrown values; its version has changed.');
  Comlink.transferHandlers.set('throw', {
    canHandle: (value): value is { value: unknown } => standard.canHandle(value),
    serialize: (thrown: { value: unknown }) => [toWire(thrown.value), []],
    deserialize: (wire: unknown): never => {
      throw fromWire(wire);
    },
  });
}
