import { describe, expect, it } from 'vitest';
import { webSocketAddress } from './web-socket-address.ts';

describe('the address of the WebSocket', () => {
  it.each([
    ['the API on the host of the page', undefined, '4000', 'http:', 'ws://laptop:4000/graphql'],
    ['a secure socket for a secure page', undefined, '4000', 'https:', 'wss://laptop:4000/graphql'],
    ['the usual port when the API has it', undefined, null, 'https:', 'wss://laptop/graphql'],
    ['what the operator named', 'wss://live.example.org/graphql', '4000', 'http:', 'wss://live.example.org/graphql'],
  ])('is %s', (_case, publicWsUrl, apiPort, protocol, expected) => {
    expect(webSocketAddress({ publicWsUrl, apiPort }, { protocol, hostname: 'laptop' })).toBe(expected);
  });
});
