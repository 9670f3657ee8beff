/** `tools.<name>.resources`. Bytes, seconds and counts; what is undefined gets the default. */
export interface ResourcesDeclaration {
  readonly memory: number | 'none' | undefined;
  readonly fileSize: number | 'none' | undefined;
  readonly cpuTime: number | 'none' | undefined;
  readonly openFiles: number | 'none' | undefined;
  readonly processes: number | 'none' | undefined;
}

export interface ResourceDefaults extends ResourcesDeclaration {
  readonly memory: number | 'none';
  readonly fileSize: number | 'none';
  readonly openFiles: number | 'none';
  readonly processes: number | 'none';
}

export type ResourceCeilings = { readonly [K in keyof ResourcesDeclaration]: Exclude<ResourcesDeclaration[K], 'none'> };
