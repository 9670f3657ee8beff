/** Clients check a whole list of tools against the protocol: one hint of another type would cost them every tool. */
export function annotationProblems({ title, annotations }: { title?: unknown; annotations?: unknown }): string[] {
  const problems = title === undefined || typeof title === 'string' ? [] : ['title must be text.'];
  if (annotations === undefined) return problems;
  if (typeof annotations !== 'object' || annotations === null || Array.isArray(annotations)) {
    return [...problems, 'annotations must be an object.'];
  }
  for (const [name, value] of Object.entries(annotations)) {
    if (value === undefined) continue;
    if (name === 'title' && typeof value !== 'string') problems.push('annotations.title must be text.');
    if (name.endsWith('Hint') && typeof value !== 'boolean')
      problems.push(`annotations.${name} must be true or false.`);
  }
  return problems;
}
