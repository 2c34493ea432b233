// Reaching anything over a socket.
import { type After, type Case, noFilter, plain } from '../case.ts';

const heardOf =
  (what: string) =>
  ({ heard }: After) =>
    heard.has(what) ? `the runner heard it: ${what}` : null;

export const networkCases: readonly Case[] = [
  { name: 'connect to a loopback port', outside: heardOf('tcp'), openAt: plain },
  { name: 'connect to a loopback port over IPv6', outside: heardOf('tcp6'), openAt: plain },
  { name: 'connect to a socket file', outside: heardOf('socket file'), openAt: plain },
  { name: 'connect to an abstract socket', outside: heardOf('abstract socket'), openAt: plain },
  { name: 'connect to the control socket of the kernel', openAt: plain },
  { name: 'connect to the address of cloud metadata', openAt: plain },
  { name: 'send a datagram to loopback', outside: heardOf('datagram'), openAt: plain },
  { name: 'look up a name', outside: heardOf('question'), openAt: plain },
  { name: 'listen and be reached', outside: heardOf('answer of a plugin'), openAt: plain },
  { name: 'see the network of the machine', openAt: plain },
  { name: 'change the network by netlink', openAt: plain },
  { name: 'open a raw socket', openAt: plain },
  { name: 'open a packet socket', openAt: plain },
  { name: 'open a virtual machine socket', openAt: noFilter },
  { name: 'open a crypto socket', openAt: noFilter },
  { name: 'open a Bluetooth socket', openAt: noFilter },
  { name: 'open a key socket', openAt: noFilter },
  { name: 'open a CAN socket', openAt: noFilter },
  { name: 'open a TIPC socket', openAt: noFilter },
];
