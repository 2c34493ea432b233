// Who calls: what entries about people's decisions say.
import os from 'node:os';

export function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    // A user without a name, as in some containers.
    return `uid ${process.getuid?.() ?? '?'}`;
  }
}
