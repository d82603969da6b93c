import { useEffect } from 'react';
import { useDropzone, type DropzoneRootProps } from 'react-dropzone';

type DragHandler = Record<'onDragEnter' | 'onDragOver' | 'onDragLeave' | 'onDrop', (event: DragEvent) => void>;

/**
 * Takes what is dropped anywhere on the page while the calling component is mounted: files, and the files in folders.
 * @param onUnreadable called instead when nothing could be read from it, as from an empty folder.
 * @returns whether files are being dragged over the page now.
 */
export function usePageDrop(onFiles: (files: File[]) => void, onUnreadable: () => void): boolean {
  const { getRootProps, rootRef, isDragActive } = useDropzone({
    noClick: true,
    noKeyboard: true,
    noPaste: true,
    // What nobody takes is left to the page's own listener.
    preventDropOnDocument: false,
    onDrop: (files) => (files.length > 0 ? onFiles(files) : onUnreadable()),
    onError: onUnreadable,
  });

  useEffect(() => {
    // The drop zone is the page itself, beyond what the component draws.
    const root = document.documentElement;
    rootRef.current = root;
    const zone = getRootProps<DropzoneRootProps & DragHandler>();
    const controller = new AbortController();
    const listen = (type: 'dragenter' | 'dragover' | 'dragleave' | 'drop', handle: (event: DragEvent) => void) =>
      root.addEventListener(type, (event) => carriesFiles(event) && handle(event), { signal: controller.signal });
    listen('dragenter', zone.onDragEnter);
    listen('dragover', zone.onDragOver);
    listen('dragleave', zone.onDragLeave);
    listen('drop', zone.onDrop);
    return () => controller.abort();
  }, [getRootProps, rootRef]);

  return isDragActive;
}

/** Text dragged from one box to another is not ours. */
function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}
