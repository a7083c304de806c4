import { BlockList, isIP, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';

/** `host` is a name or an address without brackets, in lower case. */
export interface Destination {
  readonly host: string;
  readonly port: string;
}

export type Rule = (destination: Destination) => boolean;

const loopback = subnets('127.0.0.0/8', '::1/128');
const privateNets = subnets(
  ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '100.64.0.0/10'],
  ...['fc00::/7', 'fe80::/10'],
);

/** Loopback addresses are local to this machine, so a proxy cannot reach them. */
export const isLoopback: Rule = ({ host }) =>
  contains(loopback, host) || /(^|\.)localhost$/.test(host);

/** Hosts of a private network: `minio`, `s3.internal`, 192.168.1.9. */
export const isPrivate: Rule = ({ host }) =>
  isIP(host) === 0
    ? !host.includes('.') || /\.(local|internal)$/.test(host)
    : contains(privateNets, host);

/**
 * Parses an entry of NO_PROXY: `*`, a name, which includes its subdomains (`example.org`, `.example.org`
 * and `*.example.org` are the same), a pattern such as `example.*` or `10.*`, an address, or a subnet; all
 * but a subnet also with a port. Undefined for an invalid entry.
 */
export function parseRule(entry: string): Rule | undefined {
  const text = entry.toLowerCase();
  if (text.includes('/')) {
    const subnet = parseSubnets(text);
    return subnet && (({ host }) => contains(subnet, host));
  }
  const { name, port = '*' } = isIPv6(text) ? { name: text } : splitPort(text);
  const matchesHost = name === undefined ? undefined : parseName(name);
  if (!matchesHost || port === '*') return matchesHost;
  return (destination) => port === destination.port && matchesHost(destination);
}

/** `[::1]:8080`, `example.org:443`, `*.example.org`. */
function splitPort(text: string): { name?: string | undefined; port?: string | undefined } {
  const [, bracketed, plain, port] =
    /^(?:\[([^\]]+)\]|(?:\*?\.)?([\p{L}\p{M}\p{N}_.*-]+?)\.?)(?::(\d{1,5}|\*))?$/u.exec(text) ?? [];
  if (bracketed !== undefined && !isIPv6(bracketed)) return {};
  return { name: bracketed ?? plain, port };
}

function parseName(name: string): Rule | undefined {
  if (isIP(name) !== 0) {
    const address = subnets(`${name}/${isIPv6(name) ? 128 : 32}`);
    return ({ host }) => contains(address, host);
  }
  if (name.includes('*')) return parsePattern(name);
  const ascii = domainToASCII(name);
  // URLs parse a host whose last label is a number as an address.
  if (ascii === '' || isIP(ascii) !== 0 || /(^|\.)\d+$/.test(ascii)) return undefined;
  return ({ host }) => host === ascii || host.endsWith(`.${ascii}`);
}

/** `*` matches any characters; a numeric pattern matches only addresses. */
function parsePattern(pattern: string): Rule {
  const parts = pattern.split(/\*+/).map((part) => part.replaceAll('.', '\\.'));
  const matcher = new RegExp(`^${parts.join('.*')}$`, 'u');
  const isNumeric = /\d/.test(pattern) && /^[\d.*]+$/.test(pattern);
  return ({ host }) => matcher.test(host) && (!isNumeric || isIP(host) === 4);
}

function contains(list: BlockList, host: string): boolean {
  const version = isIP(host);
  return version !== 0 && list.check(host, version === 6 ? 'ipv6' : 'ipv4');
}

function subnets(...texts: string[]): BlockList {
  const list = new BlockList();
  for (const subnet of texts) {
    const [address = '', bits] = subnet.split('/');
    list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return list;
}

function parseSubnets(text: string): BlockList | undefined {
  if (!/^[^/]+\/\d{1,3}$/.test(text)) return undefined;
  try {
    return subnets(text);
  } catch {
    return undefined;
  }
}
