import { describe, expect, test } from '@jest/globals';
import { smtpOptions } from './mail-server.js';

const server = (address: string) => smtpOptions(new URL(address));

test.each([
  ['smtp://mail.example.org', { host: 'mail.example.org', port: 587, secure: false }],
  ['smtps://mail.example.org', { host: 'mail.example.org', port: 465, secure: true }],
  ['smtp://[::1]:2525/?to=a', { host: '::1', port: 2525 }],
  ['smtps://[2001:db8::7]', { host: '2001:db8::7', port: 465 }],
])('%s is parsed', (address, expected) => {
  expect(server(address)).toMatchObject(expected);
});

test.each([
  ['smtp://mail.example.org', false],
  ['smtp://me@mail.example.org', false],
  ['smtp://me:secret@mail.example.org', true],
  ['smtp://me:secret@mail.example.org/?insecure=false', true],
  ['smtp://me:secret@mail.example.org/?insecure=true', false],
  ['smtp://me:secret@127.example.org', true],
  ['smtp://me:secret@127.0.0.2', false],
  ['smtp://me:secret@localhost', false],
  ['smtp://me:secret@[::1]', false],
  // Encrypted from the start.
  ['smtps://me:secret@mail.example.org', false],
])('%s: requires STARTTLS: %s', (address, requireTLS) => {
  expect(server(address).requireTLS).toBe(requireTLS);
});

describe('a certificate', () => {
  test.each([
    ['smtps://mail.example.org', true],
    ['smtps://mail.example.org/?insecure=true', false],
  ])('%s: is verified: %s', (address, rejectUnauthorized) => {
    expect(server(address).tls).toEqual({ rejectUnauthorized });
  });
});

test('every step has a timeout, and without a user there is no authentication', () => {
  const { auth, ...rest } = server('smtp://mail.example.org');
  expect(auth).toBeUndefined();
  expect(rest).toMatchObject({
    dnsTimeout: 10_000,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 10_000,
  });
});
