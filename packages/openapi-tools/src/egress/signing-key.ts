/** The private key of a client that proves who it is by a signature (RFC 7523) in place of a shared secret. */
import { createPrivateKey, webcrypto, type KeyObject } from 'node:crypto';

import type { PrivateKey, PrivateKeyJwt } from 'oauth4webapi';

type Algorithm = webcrypto.RsaHashedImportParams | webcrypto.EcKeyImportParams | { readonly name: 'Ed25519' };

type SigningKey = Exclude<Parameters<typeof PrivateKeyJwt>[0], PrivateKey>;

const CURVES: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' };
const MIN_RSA_BITS = 2048;

/** Why a text is no key that can be used, without the text. */
export function signingKeyProblem(pem: string): string | undefined {
  try {
    algorithmOf(createPrivateKey(pem));
    return undefined;
  } catch (error) {
    return error instanceof RangeError ? error.message : 'is no private key in PEM without a passphrase';
  }
}

/** @throws {Error} for what {@link signingKeyProblem} names */
export async function signingKey(pem: string): Promise<SigningKey> {
  const key = createPrivateKey(pem);
  const bytes = new Uint8Array(key.export({ type: 'pkcs8', format: 'der' }));
  // The types of the browser and those of Node describe the same object differently.
  const made: unknown = await webcrypto.subtle.importKey('pkcs8', bytes, algorithmOf(key), false, ['sign']);
  return made as SigningKey;
}

/** @throws {RangeError} in words that follow the name of the key */
function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails = {} }: KeyObject): Algorithm {
  if (asymmetricKeyType === 'ed25519') return { name: 'Ed25519' };
  if (asymmetricKeyType === 'ec') {
    const curve = CURVES[asymmetricKeyDetails.namedCurve ?? ''];
    if (curve !== undefined) return { name: 'ECDSA', namedCurve: curve };
  }
  if (asymmetricKeyType === 'rsa' && (asymmetricKeyDetails.modulusLength ?? 0) >= MIN_RSA_BITS) {
    return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  }
  throw new RangeError(`must be an RSA key of at least ${MIN_RSA_BITS} bits, or one of P-256, P-384, P-521 or Ed25519`);
}
