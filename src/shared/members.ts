/**
 * How a folder holds several models that are averaged: the first where every tool looks for weights, the others beside it under names that
 * only Rung knows. A tool that does not know them loads the first, a model of its own.
 */

/** Of the model at `index`, counted from 0. */
export function memberFile(index: number): string {
  return index === 0 ? 'model.safetensors' : `member-${index + 1}.safetensors`;
}

/** What the names of its tensors begin with where all lie in one file. */
export function memberPrefix(index: number): string {
  return index === 0 ? '' : `member-${index + 1}.`;
}

/** Of the names in a folder those of the further models, in their order. */
export function furtherMembers(names: readonly string[]): string[] {
  const numbered = names.flatMap((name) => {
    const number = Number(/^member-([1-9]\d?)\.safetensors$/.exec(name)?.[1] ?? 0);
    return number > 1 ? [{ name, number }] : [];
  });
  return numbered.toSorted((a, b) => a.number - b.number).map(({ name }) => name);
}
