// Builtins that reach a network or the machine. They are not there; a policy's test may put something in their place.
import { type Builtins, failed, pure } from '../builtin.ts';

function unavailable(name: string, arity: number) {
  return [
    name,
    pure(arity, () => {
      throw failed(`${name} is not there: nothing was put in its place`);
    }),
  ] as const;
}

export const mockable: Builtins = Object.fromEntries([
  unavailable('http.send', 1),
  unavailable('net.lookup_ip_addr', 1),
]);
