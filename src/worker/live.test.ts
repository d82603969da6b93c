import { describe, expect, it } from 'vitest';
import type { TrainingEvent } from '../shared/training.ts';
import { LiveTraining } from './live.ts';

function recorded() {
  const events: TrainingEvent['type'][] = [];
  return { events, live: new LiveTraining('id', (event) => events.push(event.type)) };
}

describe('LiveTraining', () => {
  it('holds the gate while paused and opens it on resume', async () => {
    const { events, live } = recorded();
    await live.gate();
    live.pause();
    live.pause();
    let passed = false;
    const waiting = live.gate().then(() => (passed = true));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(passed).toBe(false);
    live.resume();
    await waiting;
    live.resume();
    expect(events).toEqual(['paused', 'resumed']);
  });

  it('lets a paused training end when it is stopped', async () => {
    const { live } = recorded();
    live.pause();
    const waiting = live.gate();
    live.stop();
    await waiting;
    expect(live.signal.aborted).toBe(true);
    live.pause();
    await live.gate();
  });
});
