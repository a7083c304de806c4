import { BlockList, isIP, isIPv6 } from 'node:net';

/** Where a request goes: a name or an address without brackets, in lower case, and the port. */
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

/** A loopback address is this machine, which no proxy can reach. */
export const isLoopback: Rule = ({ host }) =>
  contains(loopback, host) || /(^|\.)localhost$/.test(host);

/** What nobody outside of a private network can reach: `minio`, `s3.internal`, 192.168.1.9. */
export const isPrivate: Rule = ({ host }) =>
  isIP(host) === 0
    ? !host.includes('.') || /\.(local|internal)$/.test(host)
    : contains(privateNets, host);

/**
 * One entry of NO_PROXY: `*`, a name with all names below it (`example.org`, `.example.org` and
 * `*.example.org` mean the same), an address, a subnet, each of the first two also with a port. Undefined
 * for anything else.
 */
export function parseRule(entry: string): Rule | undefined {
  const text = entry.toLowerCase();
  if (text === '*') return () => true;
  if (text.includes('/')) {
    const subnet = parseSubnets(text);
    return subnet && (({ host }) => contains(subnet, host));
  }
  const { name, port } = isIPv6(text) ? { name: text, port: undefined } : parted(text);
  if (name === undefined) return undefined;
  const isNamed: Rule =
    isIP(name) === 0
      ? ({ host }) => host === name || host.endsWith(`.${name}`)
      : ({ host }) => contains(subnets(`${name}/${isIPv6(name) ? 128 : 32}`), host);
  return (destination) => (port === undefined || port === destination.port) && isNamed(destination);
}

/** `[::1]:8080`, `example.org:443`, `*.example.org`. */
function parted(text: string): { name?: string | undefined; port?: string | undefined } {
  const [, bracketed, plain, port] =
    /^(?:\[([^\]]+)\]|(?:\*?\.)?([^\s:/*[\]]+?)\.?)(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (bracketed !== undefined && !isIPv6(bracketed)) return {};
  return { name: bracketed ?? plain, port };
}

function contains(list: BlockList, host: string): boolean {
  const version = isIP(host);
  return version !== 0 && list.check(host, version === 6 ? 'ipv6' : 'ipv4');
}

function subnets(...written: string[]): BlockList {
  const list = new BlockList();
  for (const subnet of written) {
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
