// A box's way to the network: the kernel's proxy listens in a folder that the box is shown, and a relay in front of the
// plugin's program leads its clients there.
import { chown, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NetworkRequest } from '../../../contracts/generated/ledger.v1.ts';
import type { HostGrant } from '../../../contracts/generated/plugin.v1.ts';
import type { NetworkSettings } from '../../../contracts/generated/settings.v1.ts';
import type { Wrapper } from '../launch/box.ts';
import type { Recorder } from './exchange.ts';
import { openEgress } from './proxy.ts';

export interface WayOut {
  /** What the box is given. */
  readonly wrapper: Wrapper;
  /** From now on requests belong to a task; those that came before it, too. */
  begin(record: Recorder): void;
  /** The task is over: what is under way is cut, and recorded before this returns. */
  end(): void;
  close(): Promise<void>;
}

const relay = 'relay.mjs';
const strayAtMost = 100;
const anyFreePort = '0';

/** Opens a way to the hosts that the plugin `id` was granted, in a folder of its own below `place`, for a box whose user is `user` where that is not the kernel's own. */
export async function openWayOut(
  { id, hosts }: { readonly id: string; readonly hosts: readonly HostGrant[] },
  network: NetworkSettings | undefined,
  user: number | null,
  place: string,
): Promise<WayOut> {
  const folder = await mkdtemp(`${place}/`);
  const strays: NetworkRequest[] = [];
  try {
    await copyFile(fileURLToPath(new URL(relay, import.meta.url)), join(folder, relay));
    const egress = await openEgress({
      ...{ socket: join(folder, 'socket'), plugin: id, grants: hosts, network },
      recordStray: (request) => strays.length < strayAtMost && strays.push(request),
    });
    if (user !== null) for (const name of ['', relay]) await chown(join(folder, name), user, user);
    return {
      wrapper: { folder, file: relay, arguments: (at) => [`${at}/socket`, anyFreePort] },
      begin(record) {
        for (const request of strays.splice(0)) record(request);
        egress.begin(record);
      },
      end: egress.end,
      async close() {
        await egress.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
