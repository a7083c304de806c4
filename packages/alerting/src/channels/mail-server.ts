import { percentDecoded } from '@texas-ai/kernel';

/** Max time without a response at each step, in milliseconds. */
const timeoutMs = 10_000;

/**
 * Returns nodemailer's options for a URL. A password is sent only over TLS, except to this machine; `?insecure=true`
 * turns that off, and the verification of certificates.
 */
export function smtpOptions(address: URL) {
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
