/** Size of a shared memory segment that an attack makes: nobody else's has it. */
export const segmentBytes = 16 * 1024 * 1024 + 3 * 4096;
