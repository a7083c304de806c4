import { percentDecoded } from '@texas-ai/kernel';

/** Longest silence of the server at any one step, in milliseconds. */
const timeoutMs = 10_000;

/**
 * How the server of an address is talked to. A password goes out encrypted only, but for a server on
 * this machine; `?insecure=true` says outright that neither that nor a certificate is asked for.
 */
export function mailServerOf(address: URL) {
  const { protocol, username, password, port, searchParams } = address;
  const host = address.hostname.replace(/^\[(.*)\]$/, '$1');
  const secure = protocol === 'smtps:';
  const insecure = searchParams.get('insecure') === 'true';
  const auth = { user: percentDecoded(username), pass: percentDecoded(password) };
  return {
    host,
    port: Number(port || (secure ? 465 : 587)),
    secure,
    ...(username !== '' && { auth }),
    requireTLS: !secure && password !== '' && !insecure && !isLoopback(host),
    dnsTimeout: timeoutMs,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    tls: { rejectUnauthorized: !insecure },
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);
}
