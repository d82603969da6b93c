import { useEffect, useState } from 'react';

/**
 * A component from a chunk of its own. Not `React.lazy`: that suspends even for code that is there, and all charts then wake together,
 * in one task of several hundred milliseconds.
 */
export function drawingCode<Drawing extends object>(
  fetchCode: () => Promise<{ default: Drawing }>,
): {
  /** Rejects when the code cannot be fetched; the next call tries again. */
  load: () => Promise<Drawing>;
  /** What draws, once its code is there; 'failed' when it cannot be fetched. */
  useDrawing: () => Drawing | 'failed' | null;
} {
  let loaded: Drawing | null = null;

  async function load(): Promise<Drawing> {
    loaded ??= (await fetchCode()).default;
    return loaded;
  }

  function useDrawing(): Drawing | 'failed' | null {
    const [drawing, setDrawing] = useState<Drawing | 'failed' | null>(() => loaded);
    useEffect(() => {
      if (drawing === null)
        load().then(
          (code) => setDrawing(() => code),
          () => setDrawing('failed'),
        );
    }, [drawing]);
    return drawing;
  }

  return { load, useDrawing };
}
