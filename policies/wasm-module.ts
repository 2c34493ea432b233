// What has to be true of a WebAssembly module before it is taken for a policy: OPA compiled it, and it works in the memory
// that it is given, for that one is bounded.

/** Node's types know nothing of it. */
const { Module } = Reflect.get(globalThis, 'WebAssembly') as {
  Module: { new (bytes: Uint8Array<ArrayBuffer>): object; exports(module: object): { name: string }[] };
};
const memorySection = 5;
const headerBytes = 8;

/** Why the module is none; nothing where it is fine. Throws what WebAssembly finds wrong with it. */
export function notAPolicy(bytes: Uint8Array<ArrayBuffer>): string | undefined {
  const exported = new Set(Module.exports(new Module(bytes)).map(({ name }) => name));
  const missing = ['opa_eval', 'opa_wasm_abi_version', 'entrypoints', 'builtins'].find((name) => !exported.has(name));
  if (missing) return `it exports no ${missing}, so OPA did not compile it`;
  if (hasSection(bytes, memorySection)) return 'it has a memory of its own, which nothing bounds';
  return undefined;
}

/** A valid module is a header and then sections: a number, a length, and as many bytes. */
function hasSection(bytes: Uint8Array, wanted: number): boolean {
  for (let at = headerBytes; at < bytes.length; ) {
    if (bytes[at++] === wanted) return true;
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] as number;
      length += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    at += length;
  }
  return false;
}
