/** Of one connection or stream. */
export const MAX_FOLLOWED = 256;
export const MAX_FOLLOWED_URI_LENGTH = 2048;

/** The resources that one connection or stream is subscribed to; disposed with it. */
export class FollowedResources implements Disposable {
  readonly #follow: (uri: string) => Disposable | undefined;
  readonly #followed = new Map<string, Disposable | undefined>();

  /** @param follow asks for the changes of a resource where somebody has to be asked */
  constructor(follow: (uri: string) => Disposable | undefined) {
    this.#follow = follow;
  }

  get size(): number {
    return this.#followed.size;
  }

  has(uri: string): boolean {
    return this.#followed.has(uri);
  }

  add(uri: string): void {
    if (!this.#followed.has(uri)) this.#followed.set(uri, this.#follow(uri));
  }

  /** @returns whether it was followed */
  delete(uri: string): boolean {
    this.#followed.get(uri)?.[Symbol.dispose]();
    return this.#followed.delete(uri);
  }

  [Symbol.dispose](): void {
    for (const uri of this.#followed.keys()) this.delete(uri);
  }
}

/** The resources that a request for a subscription stream names; the SDK validates whatever else it holds. */
export function listenedUris(params: unknown): readonly string[] {
  const notifications = (params as { readonly notifications?: unknown } | undefined)?.notifications;
  const uris = (notifications as { readonly resourceSubscriptions?: unknown } | null | undefined)
    ?.resourceSubscriptions;
  if (!Array.isArray(uris)) return [];
  const isFollowed = (uri: unknown): uri is string => typeof uri === 'string' && uri.length <= MAX_FOLLOWED_URI_LENGTH;
  return uris.filter(isFollowed).slice(0, MAX_FOLLOWED);
}
