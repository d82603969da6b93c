/** The thresholds that the screen shows: as kept with the run, or as being moved; kept once they rest. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { RunRecord } from '../../shared/training.ts';

/** Rest after which moved thresholds are kept, ms: a drag is one change, not hundreds. */
const rest = 600;

export interface Thresholds {
  /** One a label. */
  values: number[];
  /** True while they are being moved and not kept yet. */
  moving: boolean;
  move: (label: number, threshold: number) => void;
  /** Back to those that were chosen without the test rows: of one label, or of all. */
  reset: (label?: number) => void;
}

/** @param onKeep called with what is to be kept with the run; also when the screen is left before it rested. */
export function useThresholds(run: RunRecord, onKeep: (id: string, thresholds: number[]) => void): Thresholds {
  const [values, setValues] = useState(run.thresholds);
  const [kept, setKept] = useState(run.thresholds);
  const moving = values !== kept;
  const pending = useRef<(() => void) | null>(null);

  useEffect(() => {
    if (!moving) return;
    const keep = (): void => {
      pending.current = null;
      onKeep(run.id, values);
    };
    pending.current = keep;
    const timer = setTimeout(() => {
      setKept(values);
      keep();
    }, rest);
    return () => clearTimeout(timer);
  }, [moving, values, run.id, onKeep]);

  useEffect(() => () => pending.current?.(), []);

  const move = useCallback(
    (label: number, threshold: number) =>
      setValues((before) => (before[label] === threshold ? before : before.with(label, threshold))),
    [],
  );
  const { chosenThresholds } = run;
  const reset = useCallback(
    (label?: number) =>
      setValues((before) => (label === undefined ? chosenThresholds : before.with(label, chosenThresholds[label]))),
    [chosenThresholds],
  );
  return { values, moving, move, reset };
}
