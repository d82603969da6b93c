import { useEffect, useEffectEvent, useState } from 'react';

/**
 * Takes files dropped anywhere on the page while the calling component is mounted and `enabled`.
 * @returns whether files are being dragged over the page now.
 */
export function usePageDrop(onFiles: (files: File[]) => void, enabled = true): boolean {
  const [dragging, setDragging] = useState(false);

  const onDrop = useEffectEvent((event: DragEvent) => {
    setDragging(false);
    if (!carriesFiles(event)) return;
    event.preventDefault();
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length > 0) onFiles(files);
  });

  useEffect(() => {
    if (!enabled) return undefined;
    const controller = new AbortController();
    const options = { signal: controller.signal };
    const over = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      // Without this the browser would open the file in place of the page.
      event.preventDefault();
      setDragging(true);
    };
    window.addEventListener('dragenter', over, options);
    window.addEventListener('dragover', over, options);
    // Leaving for another element of the page has a related target; leaving the page has none.
    window.addEventListener('dragleave', (event) => event.relatedTarget === null && setDragging(false), options);
    window.addEventListener('drop', (event) => onDrop(event), options);
    return () => controller.abort();
  }, [enabled]);

  return dragging && enabled;
}

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}
