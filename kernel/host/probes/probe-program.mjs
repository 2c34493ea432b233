// Runs inside a box, in the place of a plugin, and tries to get out. Says that it is ready, reads what it needs to know
// from stdin, answers on stdout which attempts succeeded. Each attempt resolves when it got out and throws when it was contained; those named
// `must` have to work, for a box in which nothing works contains everything, and proves nothing.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';

fs.writeSync(1, 'ready\n');
const facts = JSON.parse(fs.readFileSync(0, 'utf8'));
const no = (reason) => {
  throw new Error(reason);
};

const attempts = {
  'run a program (must work)': () => execFileSync('/bin/true'),
  'write to its scratch (must work)': () => fs.writeFileSync('/tmp/scratch.txt', 'x'),
  'read a file outside': () => fs.readFileSync(facts.secret),
  'see other folders': () =>
    fs.readdirSync('/').every((name) => facts.folders.includes(name)) && no('only what a box is made of'),
  'write a file outside': () => fs.writeFileSync(facts.target, 'out'),
  'write to the plugin': () => fs.writeFileSync('/plugin/written.txt', 'x'),
  'write to /usr': () => fs.writeFileSync('/usr/arbiter-probe', 'x'),
  'write to /proc/sys': () => {
    const setting = '/proc/sys/kernel/core_pattern';
    fs.writeFileSync(setting, fs.readFileSync(setting));
  },
  'signal the kernel process': () => process.kill(facts.pid, 0),
  'read the environment of the kernel': () =>
    Object.keys(process.env).every((name) => facts.environment.includes(name)) && no('only its own'),
  'connect to loopback': () =>
    new Promise((resolve, reject) => net.connect(facts.port, '127.0.0.1', resolve).on('error', reject)),
  'reach an abstract socket': () =>
    new Promise((resolve, reject) => net.connect({ path: `\0${facts.abstractSocket}` }, resolve).on('error', reject)),
  'use an inherited descriptor': () =>
    fs.readdirSync('/proc/self/fd').some((fd) => isOutside(`/proc/self/fd/${fd}`)) || no('none'),
  'gain privileges': () =>
    /CapEff:\s*0*[1-9a-f]/.test(fs.readFileSync('/proc/self/status', 'utf8')) || no('no capability'),
};

/** A descriptor of this program's own is a pipe, a device, one of Node's nameless ones, or below what the box shows. */
function isOutside(link) {
  try {
    const target = fs.readlinkSync(link);
    return target.startsWith('/') && !/^\/(dev|proc|node$|plugin|wrapper|tmp|workspace)/.test(target);
  } catch {
    return false;
  }
}

const byWorkspace = {
  none: {
    'see a workspace': () => fs.readdirSync('/workspace').length > 0 || no('an empty folder'),
  },
  read: {
    'read the workspace (must work)': () =>
      fs.readFileSync('/workspace/inside.txt', 'utf8') === 'inside' || no('wrong content'),
    'write to a read-only workspace': () => fs.writeFileSync('/workspace/written.txt', 'x'),
    'see the folder hidden in it': () => fs.readFileSync('/workspace/hidden/secret.txt'),
  },
  write: {
    'write to its private copy (must work)': () => fs.writeFileSync('/workspace/written.txt', 'x'),
    'leave a link for the kernel (must work)': () => fs.symlinkSync(facts.secret, '/workspace/link'),
    'read through a link in its copy': () => fs.readFileSync('/workspace/link'),
  },
};

/** Only a system call filter stops these. */
const byFilter = {
  'make namespaces of its own': () =>
    execFileSync('unshare', ['--user', '--map-root-user', '--mount', 'true'], { stdio: 'pipe' }),
  'trace a process': () => execFileSync('perl', ['-e', `exit(syscall(${facts.ptrace}, 0, 0, 0, 0) == 0 ? 0 : 1)`]),
};

/** These end the box when it holds, so each has one to itself. */
const resources = {
  'start more processes than allowed': async () => {
    for (let count = 0; count < facts.limits.processes * 4; count++) {
      const child = spawn('sleep', ['20'], { stdio: 'ignore' });
      await new Promise((resolve, reject) => child.on('spawn', resolve).on('error', reject));
    }
  },
  'hold more memory than allowed': async () => {
    const held = [];
    for (let mb = 0; mb < facts.limits.memoryMb * 4; mb += 16) {
      held.push(Buffer.alloc(16 * 1024 * 1024, 1));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  },
};

function reasonOf({ code, syscall, path, status, message }) {
  if (code === 'ENOENT' && syscall?.startsWith('spawn')) return `not tried: there is no ${path} here`;
  return String(code ?? (status ? `it ended with ${status}` : message)).slice(0, 100);
}

const chosen = facts.resource
  ? { [facts.resource]: resources[facts.resource] }
  : { ...attempts, ...byWorkspace[facts.workspace], ...(facts.filtered ? byFilter : {}) };
const results = [];
for (const [name, attempt] of Object.entries(chosen)) {
  try {
    await attempt();
    results.push({ name, out: true, detail: 'succeeded' });
  } catch (error) {
    results.push({ name, out: false, detail: reasonOf(error) });
  }
}
fs.writeSync(1, JSON.stringify(results));
process.exit(0);
