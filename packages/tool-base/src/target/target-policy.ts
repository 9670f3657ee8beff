/**
 * Which addresses and names the tools of this server may be pointed at.
 *
 *   text -> grammar of its kind -> on the allowed list, not on the denied list -> resolve -> every answer checked -> pinned
 *
 * A text that the grammar does not know is refused; nothing is trimmed, folded or rewritten, so what was checked is what runs.
 */

import { ToolError } from '../result/tool-error.ts';
import { systemClock, type Clock } from '../clock.ts';
import { contains, overlaps, sizeOf, type AddressRange } from './address-set.ts';
import { DeniedNames } from './denied-names.ts';
import { parseAddress, parseNetwork } from './address.ts';
import { embeddedIpv4 } from './embedded-ipv4.ts';
import { isHostName } from './host-name.ts';
import { parseIpv4, parseIpv4Cidr } from './ipv4.ts';
import { formatIpv6, parseIpv6, parseIpv6Cidr, readIpv6 } from './ipv6.ts';
import { listsHost, parseEntries, type PolicyEntries } from './policy-entries.ts';
import { EMBEDDED_IPV4_RANGES, LIFTABLE_RANGES, ownAddresses } from './reserved-ranges.ts';
import { HostLookups, systemLookups, type Resolver } from './host-lookups.ts';
import type { ResolveMode, TargetKind } from './target-kind.ts';
import { spellingProblem } from './spelling-problem.ts';
import { parseUrl } from './url.ts';

/** A target that passed. `text` is byte for byte what the caller sent. */
export interface CheckedTarget {
  readonly text: string;
  readonly kind: 'ip' | 'host' | 'cidr' | 'url';
  /** The host name or address inside the text; absent for a CIDR. */
  readonly host?: string;
  /** For a URL: the written port, else 80 or 443. */
  readonly port?: number;
  /** The address to use: the literal one, or the pinned answer. Absent for a CIDR and for a name that was not pinned. */
  readonly address?: string;
  /** Every checked address: the literal one or all answers; empty when nothing was resolved. */
  readonly addresses: readonly string[];
}

export interface TargetPolicyOptions {
  /** `RFC1918`, `loopback`, addresses, CIDRs, host suffixes (`.lab.internal`), exact hosts. An empty list allows nothing. */
  readonly allowed: readonly string[];
  /** The same forms; wins over `allowed`. @default [] */
  readonly denied?: readonly string[];
  /** Refuse this machine's own interface addresses unless one is listed by itself. @default true */
  readonly denyOwnAddresses?: boolean;
  /** @default the system's resolver (`getaddrinfo`), 5 s at most */
  readonly resolver?: Resolver;
  readonly clock?: Clock;
}

export interface TargetCheckOptions {
  /** @default 'pin' */
  readonly resolve?: ResolveMode;
  /** Largest network a `cidr` target may name, in addresses. @default no limit */
  readonly maxAddresses?: number;
  readonly signal?: AbortSignal;
  /** Whose look-up this is; each caller has one at a time. @default one caller for all */
  readonly caller?: string;
}

const EXPECTED: Readonly<Record<Exclude<TargetKind, 'none'>, string>> = {
  ip: 'an address such as 10.0.0.5',
  host: 'a host name such as web.lab.internal',
  ip_or_host: 'an address such as 10.0.0.5 or a host name such as web.lab.internal',
  cidr: 'a network in canonical form such as 10.0.1.0/24',
  url: 'a URL such as http://10.0.0.5:8080/path',
};

function refuse(message: string, suggestion: string): never {
  throw new ToolError('validation_error', message, { suggestion });
}

function refuseSpelling(kind: Exclude<TargetKind, 'none'>, text: string, message: string): never {
  const problem = spellingProblem(kind, text);
  refuse(`${message}${problem === undefined ? '' : `: ${problem}`}.`, `Give ${EXPECTED[kind]}.`);
}

export class TargetPolicy {
  readonly #allowed: PolicyEntries;
  readonly #denied: PolicyEntries;
  readonly #denyOwn: boolean;
  readonly #lookups: HostLookups;
  readonly #deniedNames: DeniedNames;
  readonly #description: string;

  constructor(options: TargetPolicyOptions) {
    this.#allowed = parseEntries('Allowed', options.allowed);
    this.#denied = parseEntries('Denied', options.denied ?? []);
    this.#denyOwn = options.denyOwnAddresses ?? true;
    const { resolver, clock = systemClock } = options;
    this.#lookups = resolver === undefined ? systemLookups : new HostLookups(resolver, clock);
    this.#deniedNames = new DeniedNames(this.#denied.hosts, this.#lookups, clock);
    this.#description = options.allowed.join(', ') || 'nothing';
  }

  /** The allowed entries, for the description of an argument. */
  get description(): string {
    return this.#description;
  }

  /** Grammar, lists, then names resolved. @throws {ToolError} `validation_error`, or `tool_error` when the resolver fails */
  async check(kind: TargetKind, text: unknown, options: TargetCheckOptions = {}): Promise<CheckedTarget> {
    return this.resolve(this.checkText(kind, text, options), options);
  }

  /** The part of {@link check} that needs no resolver. */
  checkText(kind: TargetKind, text: unknown, options: Pick<TargetCheckOptions, 'maxAddresses'> = {}): CheckedTarget {
    if (kind === 'none') refuse('This tool takes no target.', 'Leave the target out.');
    const expected = `Give ${EXPECTED[kind]}.`;
    if (typeof text !== 'string') refuse('The target must be a string.', expected);
    if (kind === 'cidr') return this.#checkNetwork(text, options.maxAddresses);
    if (kind === 'url') {
      const url = parseUrl(text) ?? refuseSpelling(kind, text, 'The target is not a URL that this server accepts');
      return { ...this.#checkHostOrAddress(url.host), text, kind: 'url', port: url.port };
    }
    const isAddress = parseIpv4(text) !== undefined || parseIpv6(text) !== undefined;
    const matches = isAddress ? kind !== 'host' : kind !== 'ip' && isHostName(text);
    if (!matches) {
      refuseSpelling(kind, text, `The target is not ${EXPECTED[kind].replaceAll(/ such as [^ ]+/g, '')}`);
    }
    return this.#checkHostOrAddress(text);
  }

  /** Whether {@link resolve} has anything to do for a target. */
  needsResolving(target: CheckedTarget): boolean {
    return hasUnresolvedName(target) || !this.#deniedNames.isEmpty;
  }

  /** Resolves the name in a target that passed {@link checkText}, and holds the addresses against those of denied names. */
  async resolve(target: CheckedTarget, options: TargetCheckOptions = {}): Promise<CheckedTarget> {
    const mode = options.resolve ?? 'pin';
    if (!hasUnresolvedName(target)) return this.#requireNotDeniedByName(target);
    if (mode === 'off') return target;
    const answers = await this.#lookups.resolve(target.host, options);
    const addresses = answers.map((answer) => this.#checkAnswer(answer, target.host));
    const resolved = await this.#requireNotDeniedByName({ ...target, addresses });
    const first = addresses.find((address) => !address.includes(':')) ?? addresses[0];
    return mode === 'pin' && first !== undefined ? { ...resolved, address: first } : resolved;
  }

  async #requireNotDeniedByName(target: CheckedTarget): Promise<CheckedTarget> {
    if (this.#deniedNames.isEmpty) return target;
    const denied = await this.#deniedNames.addresses();
    const texts = target.kind === 'cidr' ? [target.text] : target.addresses;
    const ranges = texts.map(parseNetwork).filter((range) => range !== undefined);
    if (ranges.some((range) => denied.some((address) => overlaps(address, range)))) this.#refuseDenied('The target');
    return target;
  }

  #checkHostOrAddress(text: string): CheckedTarget {
    const range = parseAddress(text);
    if (range !== undefined) {
      this.#requireRange(range, 'The target');
      return { text, kind: 'ip', host: text, address: text, addresses: [text] };
    }
    if (listsHost(this.#denied, text)) this.#refuseDenied('The target');
    if (!listsHost(this.#allowed, text)) this.#refuseOutside('The target');
    return { text, kind: 'host', host: text, addresses: [] };
  }

  #checkNetwork(text: string, maxAddresses: number | undefined): CheckedTarget {
    const v4 = parseIpv4Cidr(text);
    const v6 = v4 === undefined ? parseIpv6Cidr(text) : undefined;
    if (v4 === undefined && v6 === undefined) {
      refuseSpelling('cidr', text, 'The target is not a network in canonical form');
    }
    const range: AddressRange = v4 === undefined ? { family: 6, ...v6! } : { family: 4, ...v4 };
    this.#requireRange(range, 'The network');
    if (maxAddresses !== undefined && sizeOf(range) > maxAddresses) {
      refuse(`The network holds more than ${maxAddresses} addresses.`, `Name a network of at most ${maxAddresses}.`);
    }
    return { text, kind: 'cidr', addresses: [] };
  }

  #checkAnswer(answer: string, host: string | undefined): string {
    const v6 = readIpv6(answer);
    const text = v6 === undefined ? answer : formatIpv6(v6);
    const range = parseAddress(text);
    if (range === undefined) refuse(`${host} has an address of a form that is not accepted.`, 'Use another target.');
    this.#requireRange(range, `An address of ${host}`);
    return text;
  }

  #requireRange(range: AddressRange, what: string): void {
    const hit = (list: readonly AddressRange[]): boolean => list.some((entry) => overlaps(entry, range));
    if (hit(this.#denied.ranges) || hit(EMBEDDED_IPV4_RANGES) || isIsatap(range)) this.#refuseDenied(what);
    const listing = this.#allowed.ranges.filter((entry) => contains(entry, range));
    if (listing.length === 0) this.#refuseOutside(what);
    const opened = (reserved: AddressRange): boolean => listing.some((entry) => contains(reserved, entry));
    if (LIFTABLE_RANGES.some((reserved) => overlaps(reserved, range) && !opened(reserved))) this.#refuseDenied(what);
    if (this.#denyOwn && range.first === range.last) this.#refuseOwnAddress(range, what);
  }

  #refuseOwnAddress(range: AddressRange, what: string): void {
    const listed = this.#allowed.ranges.some((entry) => entry.first === range.first && entry.last === range.last);
    if (listed || !ownAddresses().some((own) => contains(own, range))) return;
    refuse(`${what} is this server itself.`, 'Use another target, or ask the operator to list that address by itself.');
  }

  #refuseDenied(what: string): never {
    refuse(`${what} is on the denied list.`, `Use a target within: ${this.#description}.`);
  }

  #refuseOutside(what: string): never {
    refuse(`${what} is outside the allowed targets.`, `Use a target within: ${this.#description}.`);
  }
}

/** Known by its last half, after any prefix, so it is no range. */
function isIsatap({ family, first, last }: AddressRange): boolean {
  return family === 6 && first === last && embeddedIpv4(formatIpv6(first)).length > 0;
}

function hasUnresolvedName(target: CheckedTarget): target is CheckedTarget & { readonly host: string } {
  return target.host !== undefined && target.address === undefined;
}
