const fence = /^```[\s\S]*?^```/gmu;
const wholeResults = /<!-- results \S+ -->[\s\S]*?<!-- end of results -->/gu;
const marked = /\d[\d.,]*\**\s*<!-- figure [^>]*-->/gu;

/** Units and fractions that settings do not have. */
const byUnit =
  /\d ?(?:ns|µs|us|kB)\b|\d\.\d+\**\s+(?:ms|MB)\b|\d\.\d+ times|\d(?: to [\d.]+)? times (?:faster|slower|less|as|bare|the|cheaper|smaller)/u;
const byWords =
  /\b(?:takes?|took|costs?|weighs?|measured|median|blocks?|faster|slower)\b.*?[^\w.-]\d[\d.,]*\s?(?:ms|MB|times)\b/u;

/** Lines of prose or tables with a figure of speed or size that does not say from which measurement it comes. */
export function unmarkedFigures(markdown: string): string[] {
  const text = markdown.replaceAll(fence, '').replaceAll(wholeResults, '').replaceAll(marked, '');
  return text.split('\n').filter((line) => byUnit.test(line) || byWords.test(line));
}
