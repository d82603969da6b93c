/** What was dropped or chosen: a model, or something else; and where in its folder each file lay. */

/** Whether the files are a model's (a folder with its config or weights, one zip, or one JSON) or a run's document, and no table. */
export function holdsModel(files: readonly File[]): boolean {
  if (files.length === 1 && /\.(zip|json)$/i.test(files[0].name)) return true;
  return files.some(({ name }) => /(^|\/)(config\.json|pytorch_model[^/]*\.bin)$|\.safetensors$/i.test(name));
}

/**
 * The file with its path as its name. Folders of sentence-transformers hold several files of one name, and the path that a drop zone
 * notes on a file is lost on the way to a worker.
 */
export function namedByPath(file: File): File {
  const noted: unknown = Reflect.get(file, 'path');
  const path = file.webkitRelativePath || (typeof noted === 'string' ? noted : '') || file.name;
  const name = path.replace(/^(\.?\/)+/, '');
  return name === file.name ? file : new File([file], name, { type: file.type, lastModified: file.lastModified });
}
