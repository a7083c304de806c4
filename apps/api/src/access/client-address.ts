import { isIP, SocketAddress } from 'node:net';
import type { Request } from 'express';

/**
 * The client's address in canonical form: no port, no zone, and IPv4 instead of IPv4-mapped IPv6. Each
 * proxy appends its peer to X-Forwarded-For, so the last `trustedHops` entries are trusted. An entry that
 * is not an address (`unknown`, garbage, empty) is replaced by the next hop, so that no spelling counts as
 * a separate client.
 */
export function clientAddress(request: Request, trustedHops: number): string {
  const forwarded = request.get('x-forwarded-for')?.split(',') ?? [];
  const trusted = forwarded.slice(Math.max(forwarded.length - trustedHops, 0));
  for (const hop of [...trusted, request.socket.remoteAddress ?? '']) {
    const address = canonicalAddress(hop);
    if (address !== null) return address;
  }
  return 'unknown';
}

/** `[IPv6]` or IPv4, with the port that some proxies append (RFC 7239, section 6). */
const withPort = /^(?:\[([^\]]+)\]|([^:]+))(?::[\w.-]*)?$/;

/** Null if invalid. Also accepts the syntax of `Forwarded`: `for="[2001:db8::1]:4711"`. */
function canonicalAddress(text: string): string | null {
  const node = text
    .replace(/^\s*for=/i, '')
    .replace(/;.*$/, '')
    .replaceAll('"', '')
    .trim();
  const [, bracketed, plain] = withPort.exec(node) ?? [];
  const address = (bracketed ?? plain ?? node).replace(/%.*$/, '');
  const family = isIP(address);
  if (family !== 6) return family === 4 ? address : null;
  return new SocketAddress({ address, family: 'ipv6' }).address.replace(/^::ffff:(?=[\d.]+$)/, '');
}
