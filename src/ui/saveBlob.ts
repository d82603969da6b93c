/** Saves a blob as a download of this name. */
export function saveBlob(blob: Blob, fileName: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  // The browser takes the blob when it begins the download, which some do later than the click.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
