/** Imports nothing, so that a Node that cannot load the rest can still say so. */
const oldest = [22, 18] as const;

/** @param version as `process.versions.node`. @returns what is wrong with it, or nothing */
export function complaintAboutNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return undefined;
  return `This is Node ${version}; the server needs ${oldest.join('.')} or later.`;
}
