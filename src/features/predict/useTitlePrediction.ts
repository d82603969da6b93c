import { useEffect, useState } from 'react';
import { toRungError } from '../../shared/errors.ts';
import { packStrings } from '../../shared/strings.ts';
import type { ModelInfo } from '../../shared/training.ts';
import type { Predict } from './filePrediction.ts';
import { Latest } from './latest.ts';

interface Asked {
  predict: Predict;
  modelId: string;
  text: string;
}

export interface TitlePrediction {
  /** Of the last title answered; null before the first, and while there is no title. */
  probabilities: Float32Array | null;
  error: { message: string; hint: string } | null;
}

/** Probabilities of the title in the box. They stay those of the title before until the next answer, so nothing flickers. */
export function useTitlePrediction(
  model: ModelInfo,
  predict: Predict,
  text: string,
  enabled: boolean,
): TitlePrediction {
  const [answer, setAnswer] = useState<(TitlePrediction & { modelId: string }) | null>(null);
  const [latest] = useState(
    () =>
      new Latest<Asked, Float32Array>(
        (asked) => asked.predict(asked.modelId, packStrings([asked.text])),
        ({ modelId }, probabilities) => setAnswer({ modelId, probabilities, error: null }),
        ({ modelId }, thrown) => {
          const { message, hint } = toRungError(thrown);
          setAnswer({ modelId, probabilities: null, error: { message, hint } });
        },
      ),
  );
  const title = text.trim();
  useEffect(() => {
    if (enabled && title !== '') latest.ask({ predict, modelId: model.id, text });
    else latest.cancel();
  }, [latest, predict, model.id, text, title, enabled]);

  if (title === '' || answer?.modelId !== model.id) return { probabilities: null, error: null };
  return answer;
}
