import { isIP, SocketAddress } from 'node:net';
import type { Request } from 'express';

/**
 * The client's address in its canonical spelling, without port and zone; IPv4 also where it came mapped
 * into IPv6. Each proxy appends what it saw to X-Forwarded-For, so the last `trustedHops` entries are
 * believed. Where a proxy wrote something that is no address (`unknown`, garbage, nothing), the next hop
 * closer to us stands for it: no spelling makes a client of its own.
 */
export function clientAddress(request: Request, trustedHops: number): string {
  const forwarded = request.get('x-forwarded-for')?.split(',') ?? [];
  const believed = forwarded.slice(Math.max(forwarded.length - trustedHops, 0));
  for (const hop of [...believed, request.socket.remoteAddress ?? '']) {
    const address = canonicalAddress(hop);
    if (address !== null) return address;
  }
  return 'unknown';
}

/** `[address]` or an address without colons, with the port that some proxies append (RFC 7239, 6). */
const withPort = /^(?:\[([^\]]+)\]|([^:]+))(?::[\w.-]*)?$/;

/** Null for what is no address. Also takes a node as `Forwarded` has it: `for="[2001:db8::1]:4711"`. */
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
