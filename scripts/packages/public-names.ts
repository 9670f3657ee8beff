import ts from 'typescript-5.9';

export interface PublicNames {
  /** Names that exist at run time, sorted. */
  readonly values: readonly string[];
  /** Names that only the compiler knows, sorted. */
  readonly types: readonly string[];
}

/** What a package's declaration file exports, as the compiler sees it; star exports are followed. */
export function publicNames(declarationFile: string): PublicNames {
  const program = ts.createProgram([declarationFile], {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2024,
    types: [],
    skipLibCheck: true,
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(declarationFile);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`${declarationFile} is not a module`);
  const values: string[] = [];
  const types: string[] = [];
  for (const symbol of checker.getExportsOfModule(module)) {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    const typeOnly = symbol.declarations?.some((each) => ts.isTypeOnlyImportOrExportDeclaration(each)) ?? false;
    (target.flags & ts.SymbolFlags.Value && !typeOnly ? values : types).push(symbol.name);
  }
  return { values: values.sort(), types: types.sort() };
}
