/**
 * Answers in Markdown. README.md has each under a comment that names its question. Another document quotes a whole one, all
 * but its heading, between `<!-- answer QUESTION -->` and `<!-- end of answer -->`.
 */

/** The answer with its heading, without the comment; undefined if the question was never asked. */
export function answerTo(question: string, readme: string): string | undefined {
  const [start, end] = placeOf(question, readme) ?? [];
  return start === undefined ? undefined : readme.slice(start, end).replace(commentOf(question), '').trim();
}

/** The README in which this answer has replaced the last one to the same question. */
export function withAnswer(question: string, answer: string, readme: string): string {
  const section = `${commentOf(question)}\n\n${answer.trim()}\n`;
  const [start, end] = placeOf(question, readme) ?? [];
  if (start === undefined) return `${readme.trimEnd()}\n\n${section}`;
  return `${readme.slice(0, start)}${section}${end === undefined ? '' : `\n${readme.slice(end)}`}`;
}

const quoted = /<!-- answer (?<question>\S+) -->\n(?<text>[\s\S]*?)<!-- end of answer -->/gu;

export interface QuotedAnswer {
  readonly question: string;
  readonly text: string;
}

export function quotedAnswers(document: string): QuotedAnswer[] {
  return [...document.matchAll(quoted)].map(({ groups }) => ({
    question: groups?.['question'] ?? '',
    text: (groups?.['text'] ?? '').trim(),
  }));
}

/** The document with every quoted answer as the README has it now. */
export function withQuotedAnswers(document: string, readme: string): string {
  return document.replaceAll(quoted, (whole, question: string) => {
    const answer = answerTo(question, readme);
    return answer === undefined
      ? whole
      : `<!-- answer ${question} -->\n\n${withoutHeading(answer)}\n\n<!-- end of answer -->`;
  });
}

export function withoutHeading(answer: string): string {
  return answer.replace(/^### .*\n/u, '').trim();
}

function commentOf(question: string): string {
  return `<!-- ${question} -->`;
}

function placeOf(question: string, readme: string): readonly [start: number, end: number | undefined] | undefined {
  const start = readme.indexOf(commentOf(question));
  if (start < 0) return undefined;
  const end = readme.indexOf('\n<!-- ', start);
  return [start, end < 0 ? undefined : end + 1];
}
