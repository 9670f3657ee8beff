/** The text of a TypeScript file that people read: comments, string literals and the names that it declares. */
import ts from 'typescript-5.9';

export interface TextPart {
  readonly line: number;
  readonly text: string;
}

export function textOfSource(file: string, source: string): TextPart[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const parts: TextPart[] = commentsOf(tree, source);
  const add = (node: ts.Node, text: string): void => {
    parts.push({ line: tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1, text });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      add(node, node.text);
    }
    if (isDeclaredName(node)) add(node, wordsOf(node.text));
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return parts;
}

/** `maxQueueSize` and `MAX_QUEUE_SIZE`: the words of a name. */
export function wordsOf(name: string): string {
  return name
    .replaceAll(/(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/gu, ' ')
    .replaceAll(/[_#-]+/gu, ' ')
    .trim();
}

function isDeclaredName(node: ts.Node): node is ts.Identifier | ts.PrivateIdentifier {
  if (!ts.isIdentifier(node) && !ts.isPrivateIdentifier(node)) return false;
  const { parent } = node;
  return 'name' in parent && parent.name === node && !ts.isPropertyAccessExpression(parent);
}

function commentsOf(tree: ts.SourceFile, source: string): TextPart[] {
  const seen = new Map<number, TextPart>();
  const visit = (node: ts.Node): void => {
    if (node.getChildCount(tree) === 0) {
      for (const { pos, end } of [
        ...(ts.getLeadingCommentRanges(source, node.getFullStart()) ?? []),
        ...(ts.getTrailingCommentRanges(source, node.getEnd()) ?? []),
      ]) {
        seen.set(pos, { line: tree.getLineAndCharacterOfPosition(pos).line + 1, text: source.slice(pos, end) });
      }
    }
    for (const child of node.getChildren(tree)) visit(child);
  };
  visit(tree);
  return [...seen.values()];
}
