/** What the training loop tells as it goes. */

export interface StepEvent {
  type: 'step';
  step: number;
  epoch: number;
  /** Mean over the steps since the last event. */
  loss: number;
  learningRate: number;
  titlesPerSecond: number;
  /** Null until the first steps are timed. */
  secondsLeft: number | null;
}

export interface EpochEvent {
  type: 'epoch';
  /** Counted from 1. */
  epoch: number;
  step: number;
  /** Mean over the epoch's steps, dropout on. */
  trainLoss: number;
  validationLoss: number;
  /** Titles x labels, dropout off. */
  validationLogits: Float32Array<ArrayBuffer>;
  learningRate: number;
  titlesPerSecond: number;
  /** Since the start, time held by the gate left out. */
  seconds: number;
}

/** Something the user should know, in a sentence. */
export interface NoticeEvent {
  type: 'notice';
  message: string;
}

export type LoopEvent = StepEvent | EpochEvent | NoticeEvent;
