// The box's side of a plugin's network: `node relay.mjs SOCKET PORT -- program args…` listens on 127.0.0.1:PORT (0: any
// that is free), passes every connection on to the UNIX socket, and runs the program with the environment that makes
// clients use it. It ends with the program, in the same way. One file without imports of its own: it is bound into
// boxes alone.
import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { constants } from 'node:os';

const [socket, port, separator, program, ...args] = process.argv.slice(2);
if (separator !== '--' || program === undefined || !/^\d{1,5}$/.test(port)) {
  console.error('relay: expected SOCKET PORT -- program args…');
  process.exit(64);
}

const server = createServer({ allowHalfOpen: true }, (client) => {
  const kernel = connect({ path: socket, allowHalfOpen: true });
  client.pipe(kernel).pipe(client);
  for (const [one, other] of [
    [client, kernel],
    [kernel, client],
  ]) {
    one.on('error', () => other.destroy());
    one.once('close', () => (one.errored ? other.destroy() : other.end()));
  }
});
server.once('error', ({ code }) => {
  console.error(`relay: cannot listen on 127.0.0.1:${port}: ${code}. Loopback has to be up and the port free.`);
  process.exit(69);
});
server.listen(Number(port), '127.0.0.1', run);

function run() {
  const url = `http://127.0.0.1:${server.address().port}`;
  const proxied = { http_proxy: url, HTTP_PROXY: url, https_proxy: url, HTTPS_PROXY: url };
  const env = { ...process.env, ...proxied, no_proxy: '', NO_PROXY: '', NODE_USE_ENV_PROXY: '1' };
  const child = spawn(program, args, { stdio: 'inherit', env });
  const forwarded = ['SIGTERM', 'SIGINT', 'SIGHUP'];
  for (const signal of forwarded) process.on(signal, () => child.kill(signal));
  child.once('error', ({ code }) => {
    console.error(`relay: cannot run ${program}: ${code}.`);
    process.exit(code === 'ENOENT' ? 127 : 126);
  });
  child.once('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    for (const name of forwarded) process.removeAllListeners(name);
    process.kill(process.pid, signal);
    // The first process of a box survives its own signals.
    process.exit(128 + constants.signals[signal]);
  });
}
