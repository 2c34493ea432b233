// Reaching anything over a socket. All of it is on this machine, except for one address that clouds answer at.
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { connect, createServer, type NetConnectOpts } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type Attack, type Context, contained, escaped, notTried, pause, Refused, reaches } from './attack.ts';
import { reachedBy } from './perl.ts';

const connects =
  (target: (context: Context) => NetConnectOpts): Attack =>
  (context) =>
    reaches(
      () =>
        new Promise((resolve, reject) => {
          const socket = connect(target(context));
          const give = (then: () => void) => {
            socket.destroy();
            then();
          };
          socket.once('connect', () => give(() => resolve('connected')));
          socket.once('error', (error) => give(() => reject(error)));
          socket.setTimeout(200, () => give(() => reject(new Refused('no answer'))));
        }),
    );

const opensSocket =
  (family: number, type: number, protocol = 0): Attack =>
  () =>
    reachedBy(`my $r = socket(my $s, ${family}, ${type}, ${protocol}) ? 0 : -1; print "answered $r ", $! + 0, "\\n";`);

export const network: Readonly<Record<string, Attack>> = {
  'connect to a loopback port': connects(({ facts }) => ({ host: '127.0.0.1', port: facts.tcpPort })),
  'connect to a loopback port over IPv6': connects(({ facts }) => ({ host: '::1', port: facts.tcp6Port })),
  'connect to a socket file': connects(({ facts }) => ({ path: facts.unixSocket })),
  'connect to an abstract socket': connects(({ facts }) => ({ path: `\0${facts.abstractSocket}` })),
  'connect to the control socket of the kernel': connects(({ facts }) => ({ path: facts.controlSocket })),
  'connect to the address of cloud metadata': connects(() => ({ host: '169.254.169.254', port: 80 })),
  'send a datagram to loopback': ({ facts }) =>
    reaches(
      () =>
        new Promise((resolve, reject) => {
          const socket = createSocket('udp4');
          socket.once('error', reject);
          // Nothing says whether it came: the other side answers.
          socket.once('message', () => resolve('it was answered'));
          socket.send('hostile', facts.udpPort, '127.0.0.1', (error) => error && reject(error));
          setTimeout(() => reject(new Refused('no answer')), 300);
        }),
    ),
  'look up a name': async ({ facts }) => {
    const resolver = new Resolver({ timeout: 200, tries: 1 });
    resolver.setServers([`127.0.0.1:${facts.udpPort}`]);
    const error = await resolver.resolve4('hostile.test').then(
      () => null,
      (reason: Error) => reason,
    );
    // The runner's port is no name server: that the question came is seen there.
    return error ? contained(error.message) : escaped('it was answered');
  },
  'listen and be reached': async ({ facts }) => {
    let reached = 0;
    const server = createServer((socket) => {
      reached += 1;
      socket.on('error', () => undefined).end(facts.token);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(facts.listenPort, '0.0.0.0', resolve);
    });
    await pause(800);
    server.close();
    return reached > 0 ? escaped('somebody came') : contained('nobody came');
  },
  'see the network of the machine': () => {
    const others = Object.keys(networkInterfaces()).filter((name) => name !== 'lo');
    return others.length > 0 ? escaped(others.join(', ')) : contained('loopback at most');
  },
  'open a raw socket': opensSocket(2, 3, 1),
  'open a packet socket': opensSocket(17, 3, 0x300),
  'open a virtual machine socket': opensSocket(40, 1),
  'open a crypto socket': opensSocket(38, 5),
  'open a Bluetooth socket': opensSocket(31, 3, 1),
  'open a key socket': opensSocket(15, 3, 2),
  'open a CAN socket': opensSocket(29, 3, 1),
  'open a TIPC socket': opensSocket(30, 1),
  'change the network by netlink': () => {
    // RTM_NEWLINK for an interface that is not there: refused for want of rights, or because there is none.
    const outcome = reachedBy(`
      socket(my $s, 16, 3, 0) or do { print "answered -1 ", $! + 0, "\\n"; exit };
      send($s, pack("LSSLL CCSlLL", 32, 16, 5, 1, 0, 0, 0, 0, 2147483646, 0, 0), 0) or do { print "answered -1 ", $! + 0, "\\n"; exit };
      recv($s, my $answer, 4096, 0);
      my (undef, undef, undef, undef, undef, $error) = unpack("LSSLLl", $answer);
      print "answered -1 ", -$error, "\\n";`);
    return outcome.detail === 'reached, answered errno 0' ? notTried('netlink gave no error') : outcome;
  },
};
