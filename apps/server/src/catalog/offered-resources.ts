/** Resources that come and go while the server runs: those of upstreams, each under the key of its owner. */
import type { Principal } from '../access/principal.ts';
import type { CatalogReader } from './catalog-reader.ts';
import type { ResourceContents } from './resources.ts';

/** A resource, or a family of them whose pattern `uri` is. */
interface ListedResource {
  readonly uri: string;
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly mimeType?: string;
  readonly size?: number;
}

/** One owner's resources. Their addresses are those that clients use. */
export interface ResourceSource {
  readonly resources: readonly ListedResource[];
  readonly templates: readonly ListedResource[];
  /** Whether the caller may list and read them. */
  isOpenTo(principal: Principal): boolean;
  /** Whether an address is one of this owner, listed or not. */
  owns(uri: string): boolean;
  /** `undefined` when there is no such resource. */
  read(uri: string, reader: CatalogReader): Promise<ResourceContents[] | undefined>;
  complete(
    uriTemplate: string,
    argument: { readonly name: string; readonly value: string },
    reader: CatalogReader,
  ): Promise<readonly string[]>;
  /** Its changes are reported until the result is disposed. */
  subscribe(uri: string): Disposable;
}

export class OfferedResources {
  readonly #sources = new Map<string, ResourceSource>();
  readonly #changed: () => void;

  /** @param changed called after each change of what is offered */
  constructor(changed: () => void = () => {}) {
    this.#changed = changed;
  }

  /** Puts what an owner offers now in place of what it offered before. */
  offer(owner: string, source: ResourceSource | undefined): void {
    if (source === undefined) {
      if (!this.#sources.delete(owner)) return;
    } else this.#sources.set(owner, source);
    this.#changed();
  }

  /** Those that the caller may see, sorted by owner. */
  visibleTo(principal: Principal): readonly ResourceSource[] {
    const visible = [...this.#sources].filter(([, source]) => source.isOpenTo(principal));
    return visible.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, source]) => source);
  }

  /** Differs when what the caller may list does. */
  digest(principal: Principal): string {
    return JSON.stringify(this.visibleTo(principal).map(({ resources, templates }) => [resources, templates]));
  }

  /** The owner of an address, where the caller may read its resources. */
  find(uri: string, principal: Principal): ResourceSource | undefined {
    return this.visibleTo(principal).find((source) => source.owns(uri));
  }

  /** Whether the address has an owner, but not for this caller. */
  isHidden(uri: string, principal: Principal): boolean {
    const owner = [...this.#sources.values()].find((source) => source.owns(uri));
    return owner !== undefined && !owner.isOpenTo(principal);
  }
}
