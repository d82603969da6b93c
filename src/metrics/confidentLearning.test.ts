import { describe, expect, it } from 'vitest';
import { judgeLabel } from './confidentLearning.ts';

/** Two labels; only the first is judged, the second is there to be stepped over. */
function judge(given: number[], probabilities: number[], fewest = 1) {
  const labels = Uint8Array.from(given.flatMap((flag) => [flag, 1 - flag]));
  const answers = Float32Array.from(probabilities.flatMap((p) => [p, 0.5]));
  return judgeLabel(labels, answers, 2, 0, fewest);
}

describe('judgeLabel', () => {
  it('thresholds, joint and issues as worked out by hand', () => {
    // Given: mean .7. Not given: mean of 1 - p is .7. Rows 3 and 8 are confidently of the other class.
    const judged = judge([1, 1, 1, 1, 0, 0, 0, 0, 0, 0], [0.95, 0.9, 0.85, 0.1, 0.05, 0.15, 0.2, 0.2, 0.9, 0.3]);
    expect(judged?.thresholds.present).toBeCloseTo(0.7, 6);
    expect(judged?.thresholds.absent).toBeCloseTo(0.7, 6);
    expect(judged?.issues.map(({ row }) => row)).toEqual([3, 8]);
    expect(judged?.issues[0].selfConfidence).toBeCloseTo(0.1, 6);
    expect(judged?.joint[1][0]).toBeCloseTo(1, 6);
    expect(judged?.joint[1][1]).toBeCloseTo(3, 6);
    // 1 of the 6 confident rows without the label; .3 reaches 1 - p = .7 up to rounding or not: both keep the class at 6 rows.
    expect((judged?.joint[0][0] ?? 0) + (judged?.joint[0][1] ?? 0)).toBeCloseTo(6, 6);
  });

  it('leaves a row that only a low threshold calls confident', () => {
    // A rare label that the model hardly finds: its threshold is .3, and .4 is still more likely absent.
    const judged = judge([1, 1, 0, 0, 0, 0], [0.3, 0.3, 0.4, 0.01, 0.02, 0.01]);
    expect(judged?.issues).toEqual([]);
  });

  it('says nothing of labels in too few rows, on either side', () => {
    expect(judge([1, 0, 0, 0], [0.9, 0.1, 0.1, 0.1], 2)).toBeNull();
    expect(judge([1, 1, 1, 0], [0.9, 0.9, 0.9, 0.1], 2)).toBeNull();
    expect(judge([], [], 1)).toBeNull();
  });

  it('finds nothing where every answer agrees, and keeps equals in their order', () => {
    expect(judge([1, 1, 0, 0], [1, 1, 0, 0])?.issues).toEqual([]);
    const judged = judge([1, 1, 1, 1, 1, 1, 0, 0, 0, 0], [0.9, 0.9, 0.9, 0.9, 0, 0, 0.1, 0.1, 0.1, 0.1]);
    expect(judged?.issues.map(({ row }) => row)).toEqual([4, 5]);
  });
});
