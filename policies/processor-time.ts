// Time that is the same on a busy machine and an idle one, so that no verdict hangs on what else runs.

/** Milliseconds of the processor that this thread has used, where Node can tell; else the whole process, never less. */
export function processorMs(): number {
  const { user, system } = process.threadCpuUsage ? process.threadCpuUsage() : process.cpuUsage();
  return (user + system) / 1000;
}
